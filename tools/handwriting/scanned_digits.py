"""Handwritten digits as they were scanned: MNIST and Semeion, as stamps on a sheet of paper.

What: single digits scaled to a capital's height, smoothed, as ink that a fax machine will threshold like any other.
Why: the pens' data has sixteen hundred digits of forty people; these are ten thousand of hundreds.
Refuses: anything but digits: a hand that writes them takes its letters from somebody else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from tools.handwriting.splits import Part, part_of_row
from tools.make_samples.sheet import PIXELS_PER_MM, Sheet

Gray = npt.NDArray[np.uint8]


class OtherLetters(Protocol):
    """Where the signs that are no digits come from."""

    def width(self, text: str, cap_mm: float) -> float: ...  # noqa: D102
    def write(  # noqa: D102
        self, sheet: Sheet, text: str, at: tuple[float, float], cap_mm: float, turn: float, chance: np.random.Generator
    ) -> None: ...


@cache
def digits(folder: Path, part: Part, source: str) -> Mapping[str, tuple[Gray, ...]]:
    """The digits of a part by sign, 255 is ink; `source` is "mnist" (28 × 28 gray) or "semeion" (16 × 16, two levels)."""
    name = {"mnist": "digits_mnist_10k.npz", "semeion": "digits_semeion_1593.npz"}[source]
    with np.load(folder / name) as packed:
        images, labels = packed["X"], packed["y"]
    if images.max() <= 1:
        images = images * 255
    found: dict[str, list[Gray]] = {}
    for row, (image, label) in enumerate(zip(images, labels, strict=True)):
        if part_of_row(row) is part:
            found.setdefault(str(int(label)), []).append(np.asarray(image, np.uint8))
    return {sign: tuple(all_) for sign, all_ in found.items()}


@dataclass(frozen=True)
class DigitLetters:
    """Digits of a part by chance, all else in another hand. `pen` thickens (above 0) or thins strokes, in gray levels."""

    stamps: Mapping[str, tuple[Gray, ...]]
    others: OtherLetters
    pen: int = 0

    def width(self, text: str, cap_mm: float) -> float:
        """Millimetres a text takes."""
        digits_ = sum(sign.isdigit() for sign in text)
        rest = "".join(sign for sign in text if not sign.isdigit())
        return digits_ * 0.85 * cap_mm + (self.others.width(rest, cap_mm) if rest else 0.0)

    def write(
        self, sheet: Sheet, text: str, at: tuple[float, float], cap_mm: float, turn: float, chance: np.random.Generator
    ) -> None:
        """A text on a baseline from a point (mm); digits stand straight, as they were scanned."""
        x = at[0]
        for sign in text:
            if sign in self.stamps:
                ways = self.stamps[sign]
                stamp = scaled(ways[int(chance.integers(len(ways)))], cap_mm * PIXELS_PER_MM, self.pen)
                sheet.press(stamp, x * PIXELS_PER_MM, at[1] * PIXELS_PER_MM - stamp.shape[0])
                x += max(0.5 * cap_mm, stamp.shape[1] / PIXELS_PER_MM + 0.12 * cap_mm)
            else:
                self.others.write(sheet, sign, (x, at[1]), cap_mm, turn, chance)
                x += self.others.width(sign, cap_mm)


def scaled(digit: Gray, height_px: float, pen: int) -> Gray:
    """A digit cut to its ink and scaled smoothly to a height, 0 is ink."""
    rows, columns = np.flatnonzero(digit.max(axis=1) > 40), np.flatnonzero(digit.max(axis=0) > 40)
    cut = cv2.copyMakeBorder(
        digit[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,)
    )
    factor = height_px / max(rows[-1] - rows[0] + 1, 8)
    large = cv2.resize(cut, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC).astype(np.float32)
    large = cv2.GaussianBlur(large, (0, 0), 0.35 * factor)
    # a steep edge where the scan was half inked, as ink on paper has
    return np.asarray(255 - np.clip((large - (110 - pen)) * 4 + 128, 0, 255), np.uint8)
