"""The two nets and how they are trained: plain convolutions, a cosine from high to low, everything seeded.

What: nets in torch, training with random shifts, flips where a flip keeps the meaning, label smoothing; export to ONNX.
Why: some 50,000 weights are enough to tell a tick from a mark struck out, and cost a fraction of a millisecond.
Refuses: to choose anything by the TEST part.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from intake.ocr.ink_nets import MarkClass, ZoneClass
from tools.train_ink.crops import Crops


def _block(inward: int, outward: int, kernel: int = 3, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(inward, outward, kernel, stride, kernel // 2, bias=False), nn.BatchNorm2d(outward), nn.ReLU()]


class MarkNet(nn.Module):
    """2 × 80 × 80 to seven classes."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_block(2, 12, 5, 2), nn.MaxPool2d(2), *_block(12, 24), nn.MaxPool2d(2), *_block(24, 32), nn.MaxPool2d(2)
        )  # fmt: skip
        self.head = nn.Sequential(nn.Flatten(), nn.Dropout(0.2), nn.Linear(32 * 25, 48), nn.ReLU(), nn.Linear(48, len(MarkClass)))

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """Logits."""
        return self.head(self.body(ink))


class ZoneNet(nn.Module):
    """2 × 80 × 352 or 512 to eight classes; what stands where along the zone does not matter, so it is pooled over."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *_block(2, 12, 5, 2), nn.MaxPool2d(2), *_block(12, 24), nn.MaxPool2d(2), *_block(24, 40), nn.MaxPool2d((1, 2)),
            *_block(40, 48), *_block(48, 48),
        )  # fmt: skip
        self.head = nn.Sequential(nn.Dropout(0.2), nn.Linear(96, 48), nn.ReLU(), nn.Linear(48, len(ZoneClass)))

    def forward(self, ink: torch.Tensor) -> torch.Tensor:
        """Logits."""
        seen = self.body(ink)
        return self.head(torch.cat([seen.amax(dim=(2, 3)), seen.mean(dim=(2, 3)) * 4], dim=1))


def folded(net: nn.Module) -> nn.Module:
    """The net with its batch norms folded into its convolutions, as it is exported; further training then moves it little."""
    net.eval()
    layers: list[nn.Module] = []
    for module in net.body:
        if isinstance(module, nn.BatchNorm2d):
            layers[-1] = nn.utils.fuse_conv_bn_eval(layers[-1], module)
        else:
            layers.append(module)
    net.body = nn.Sequential(*layers)
    return net


def trained(
    net: nn.Module,
    data: Crops,
    tune: Crops,
    epochs: int,
    seed: int,
    marks: bool,
    batch: int = 64,
    peak: float = 4e-3,
    fresh: bool = True,
) -> nn.Module:
    """The net after so many rounds over the data; prints the tuning part's figures as it goes. `fresh` begins from nothing."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    chance = np.random.default_rng([71, seed])
    for module in net.modules():
        if fresh and isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    net.to(memory_format=torch.channels_last)
    optimiser = torch.optim.AdamW(net.parameters(), lr=peak, weight_decay=2e-3)
    steps = epochs * sum(len(rows) // batch for rows in data.by_width())
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, peak, total_steps=steps + 1, pct_start=0.15)
    loss_of = nn.CrossEntropyLoss()
    for epoch in range(epochs):
        net.train()
        batches, total = _batches(data, batch, chance), 0.0
        for picked in batches:
            images = data.cut(picked)
            if marks and chance.random() < 0.5:
                images = images[..., ::-1]  # a tick by a left hand
            shift = (0, 0, int(chance.integers(-2, 3)), int(chance.integers(-2, 3)))
            images = np.roll(images, shift, axis=(0, 1, 2, 3))
            optimiser.zero_grad()
            ink = torch.from_numpy(np.ascontiguousarray(images)).to(memory_format=torch.channels_last)
            loss = loss_of(net(ink), torch.from_numpy(data.labels[picked]))
            loss.backward()
            nn.utils.clip_grad_norm_(net.parameters(), 5.0)
            optimiser.step()
            schedule.step()
            total += float(loss.detach())
        found = beliefs(net, tune)
        right = float((found.argmax(axis=1) == tune.labels).mean())
        print(f"  round {epoch + 1}: loss {total / len(batches):.4f}, right on tune {right:.4f}", flush=True)
    return net


def _batches(data: Crops, batch: int, chance: np.random.Generator) -> list[np.ndarray]:
    """Rows in batches of one width each, shuffled."""
    out = []
    for rows in data.by_width():
        order = chance.permutation(rows)
        out += [order[start : start + batch] for start in range(0, len(order) - batch + 1, batch)]
    return [out[place] for place in chance.permutation(len(out))]


def beliefs(net: nn.Module, data: Crops) -> np.ndarray:
    """The net's belief in each class."""
    net.eval()
    out: list[np.ndarray] = [np.zeros(0)] * len(data.labels)
    with torch.no_grad():
        for rows in data.by_width():
            for start in range(0, len(rows), 128):
                picked = rows[start : start + 128]
                ink = torch.from_numpy(data.cut(picked)).to(memory_format=torch.channels_last)
                for row, belief in zip(picked, torch.softmax(net(ink), dim=1).numpy(), strict=True):
                    out[row] = belief
    return np.stack(out)


def exported(net: nn.Module, shape: tuple[int, int, int], place: Path) -> None:
    """The net as ONNX, batches of any size."""
    net.eval()
    net.to(memory_format=torch.contiguous_format)
    torch.onnx.export(
        net, (torch.zeros(1, *shape),), str(place), input_names=["ink"], output_names=["logits"],
        dynamic_axes={"ink": {0: "boxes", 3: "width"}, "logits": {0: "boxes"}}, opset_version=17, dynamo=False,
    )  # fmt: skip
