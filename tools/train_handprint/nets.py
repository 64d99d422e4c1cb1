"""Two small convolutional nets of unlike shape that look at the same character, and both in one ONNX graph.

What: `Fine` keeps places to its last layer and weighs where a stroke stands; `Round` pools early and asks what is there.
Why: two nets of one shape make the same mistakes; where unlike ones disagree the character is doubtful.
Refuses: nothing.
"""

from __future__ import annotations

import torch
from torch import nn

from intake.ocr.cells import SIZE


def _step(before: int, after: int, stride: int = 1, side: int = 3) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(before, after, side, stride, side // 2, bias=False), nn.BatchNorm2d(after), nn.ReLU(inplace=True)
    )


class Fine(nn.Module):
    """Strided convolutions, flattened at 4 × 4."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.steps = nn.Sequential(
            _step(1, 16), _step(16, 32, 2), _step(32, 32), _step(32, 64, 2), _step(64, 64), _step(64, 96, 2), nn.Flatten()
        )  # fmt: skip
        self.last = nn.Sequential(nn.Dropout(0.3), nn.Linear(96 * (SIZE // 8) ** 2, classes))

    def traits(self, images: torch.Tensor) -> torch.Tensor:
        """Images n × 1 × SIZE × SIZE, 0–1, to what is seen before anything is decided."""
        return self.steps(images)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Images n × 1 × SIZE × SIZE, 0–1, to n × classes."""
        return self.last(self.traits(images))


class Round(nn.Module):
    """A wide first look, pooled early, averaged over the whole image."""

    def __init__(self, classes: int) -> None:
        super().__init__()
        self.steps = nn.Sequential(
            _step(1, 24, 2, 5), _step(24, 32), nn.MaxPool2d(2), _step(32, 64), _step(64, 80), nn.MaxPool2d(2),
            _step(80, 128), _step(128, 128),
        )  # fmt: skip
        self.last = nn.Sequential(nn.Dropout(0.2), nn.Linear(256, classes))

    def traits(self, images: torch.Tensor) -> torch.Tensor:
        """Images n × 1 × SIZE × SIZE, 0–1, to what is seen before anything is decided."""
        seen = self.steps(images)
        return torch.cat([seen.mean(dim=(2, 3)), seen.amax(dim=(2, 3))], dim=1)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        """Images n × 1 × SIZE × SIZE, 0–1, to n × classes."""
        return self.last(self.traits(images))


class Both(nn.Module):
    """What goes into the model file: bytes in; out come each net's log probabilities, each at its own temperature, and what both
    saw before they decided, of length 1: two characters of one hand are told by it to be the same."""

    def __init__(self, fine: Fine, round_: Round, temperatures: tuple[float, float]) -> None:
        super().__init__()
        self.fine, self.round = fine, round_
        self.temperatures = temperatures

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Images n × SIZE × SIZE, 0–255 as float, to n × 2 × classes and n × traits."""
        scaled = images.unsqueeze(1) / 255.0
        seen = [self.fine.traits(scaled), self.round.traits(scaled)]
        logs = [
            torch.log_softmax(net.last(traits) / warmth, dim=1)
            for net, traits, warmth in zip((self.fine, self.round), seen, self.temperatures, strict=True)
        ]
        length_1 = [traits / (traits.norm(dim=1, keepdim=True) + 1e-6) for traits in seen]
        return torch.stack(logs, dim=1), torch.cat(length_1, dim=1) * 0.5**0.5
