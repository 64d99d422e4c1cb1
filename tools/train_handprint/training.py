"""Fitting the two nets, their temperatures, and writing them as one model file.

What: both nets see the same shuffled batches; the rate of learning rises and falls once; the temperature of each is the one that
makes its probabilities likeliest on hands that took no part in the fit.
Why: certainty is what the reader is for; a net that is right and boastful is of no use.
Refuses: to choose anything by the TEST part: it never sees it.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnx
import torch
from torch import nn

from intake.ocr.cells import SIZE
from tools.train_handprint.glyphs import CHARACTERS
from tools.train_handprint.nets import Both, Fine, Round
from tools.train_handprint.rows import Samples

Net = TypeVar("Net", bound=nn.Module)

BATCH = 128
RATE = 3e-3
SHIFT = 1.2  # pixels that an image is moved at most: cutting is not exact
TURN, LEAN = 0.05, 0.06  # radians and shear, standard deviations
STRETCH = (0.95, 1.1)  # of the side that an image's own side is drawn from: above 1 it gets smaller


def fresh(seed: int) -> tuple[Fine, Round]:
    """The two nets before they have seen anything."""
    torch.manual_seed(seed)
    return Fine(len(CHARACTERS)), Round(len(CHARACTERS))


def fitted(net: Net, samples: Samples, epochs: float, seed: int, say: Callable[[str], None]) -> Net:
    """One net after so many passes over the samples.

    Labels are not smoothed: that made the likeliest texts less often right (area under error against acceptance 36 instead of 33
    per 1,000 identifiers of TUNE).
    """
    torch.manual_seed(seed)
    net = net.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    images, classes = torch.from_numpy(samples.images), torch.from_numpy(samples.classes)
    steps = int(len(images) * epochs) // BATCH
    mover = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=0.02)
    rate = torch.optim.lr_scheduler.OneCycleLR(mover, RATE, total_steps=steps, pct_start=0.15)
    chance = np.random.default_rng(seed)
    order = np.concatenate([chance.permutation(len(images)) for _ in range(int(np.ceil(epochs)))])
    started, seen, shown = time.monotonic(), 0.0, 0
    net.train()
    for step in range(steps):
        picked = torch.from_numpy(order[step * BATCH : (step + 1) * BATCH])
        with torch.autocast("cpu", torch.bfloat16):  # half the time on processors that have it, the same result to a hair
            scores = net(altered(images[picked], chance))
        loss = nn.functional.cross_entropy(scores.float(), classes[picked])
        mover.zero_grad()
        loss.backward()
        mover.step()
        rate.step()
        seen, shown = seen + float(loss.detach()), shown + 1
        if shown == 200 or step == steps - 1:
            say(f"{net.__class__.__name__} {step + 1}/{steps} loss {seen / shown:.4f} after {time.monotonic() - started:.0f} s")
            seen, shown = 0.0, 0
    return net.eval()


def altered(images: torch.Tensor, chance: np.random.Generator) -> torch.Tensor:
    """A batch, 0–1, each image turned, leaned, stretched and moved a little, its ink paler or darker: none twice alike."""
    many = len(images)
    turn, lean = chance.normal(0, TURN, many), chance.normal(0, LEAN, many)
    wide, high = chance.uniform(*STRETCH, many), chance.uniform(*STRETCH, many)
    rows = np.empty((many, 2, 3), np.float32)  # from the new image's places to the old one's, both −1 to 1
    rows[:, 0, 0], rows[:, 0, 1] = np.cos(turn) * wide, (lean - np.sin(turn)) * wide
    rows[:, 1, 0], rows[:, 1, 1] = np.sin(turn) * high, np.cos(turn) * high
    rows[:, :, 2] = chance.uniform(-SHIFT, SHIFT, (many, 2)) * 2 / SIZE
    grid = nn.functional.affine_grid(torch.from_numpy(rows), [many, 1, SIZE, SIZE], align_corners=False)
    moved = nn.functional.grid_sample(images.unsqueeze(1).float() / 255, grid, align_corners=False)
    shade = torch.from_numpy(chance.uniform(0.85, 1.1, (many, 1, 1, 1)).astype(np.float32))
    return (moved * shade).clamp(0, 1).contiguous(memory_format=torch.channels_last)


def outputs(net: nn.Module, images: np.ndarray) -> torch.Tensor:
    """A net's scores before the softmax, n × classes."""
    with torch.no_grad():
        parts = [net(torch.from_numpy(images[at : at + 512]).unsqueeze(1).float() / 255) for at in range(0, len(images), 512)]
    return torch.cat(parts)


def temperature(scores: torch.Tensor, classes: np.ndarray) -> float:
    """What to divide scores by so that the classes of these samples are likeliest."""
    tried = np.exp(np.linspace(np.log(0.4), np.log(3), 60))
    losses = [float(nn.functional.cross_entropy(scores / t, torch.from_numpy(classes))) for t in tried]
    return float(tried[int(np.argmin(losses))])


def write_model(fine: Fine, round_: Round, tune: Samples, out: Path, say: Callable[[str], None]) -> None:
    """Both nets as one file, with the characters that their columns stand for."""
    scores = [outputs(net, tune.images) for net in (fine, round_)]
    warmth = (temperature(scores[0], tune.classes), temperature(scores[1], tune.classes))
    right = [float((one.argmax(1).numpy() == tune.classes).mean()) for one in scores]
    say(f"on TUNE: right {right[0]:.4f} and {right[1]:.4f}, temperatures {warmth[0]:.2f} and {warmth[1]:.2f}")
    both = Both(fine, round_, warmth).eval()
    names = ["log_probs", "traits"]
    axes = {name: {0: "cells"} for name in ("images", *names)}
    out.parent.mkdir(parents=True, exist_ok=True)
    torch.onnx.export(
        both, (torch.zeros(2, *tune.images.shape[1:]),), str(out), input_names=["images"], output_names=names,
        dynamic_axes=axes, opset_version=17, dynamo=False,
    )  # fmt: skip
    model = onnx.load(str(out))
    entry = model.metadata_props.add()
    entry.key, entry.value = "characters", CHARACTERS
    onnx.save(model, str(out))
