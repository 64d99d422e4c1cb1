"""Crops to learn from: practice sheets cut up by the product's own code, eight bits to the pixel.

What: arrays of crops with their classes and styles, by part and seed.
Why: what the net learns from is cut exactly as what it will be asked about.
Refuses: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from intake.ocr.ink_nets import ZONE_WIDTHS, mark_crop, zone_crop
from tools.handwriting.pens import writers
from tools.handwriting.splits import Part, part_of_writer
from tools.train_ink.mark_styles import MARK_STYLES
from tools.train_ink.sheets import practice
from tools.train_ink.signature_styles import ZONE_STYLES
from tools.train_ink.strokes import Ink


@dataclass(frozen=True)
class Crops:
    """Crops of one part."""

    images: npt.NDArray[np.uint8]  # n × 2 × height × width, 255 is ink
    labels: npt.NDArray[np.int64]
    styles: tuple[str, ...]

    def by_width(self) -> list[npt.NDArray[np.intp]]:
        """The rows of each width in which the product would cut them; padding costs time and changes what the net sees."""
        if self.images.shape[3] != ZONE_WIDTHS[-1]:
            return [np.arange(len(self.labels))]
        wide = self.images[:, 1, :, ZONE_WIDTHS[0] :].any(axis=(1, 2))
        return [np.flatnonzero(~wide), np.flatnonzero(wide)]

    def joined(self, other: Crops) -> Crops:
        """Both, one after the other."""
        return Crops(
            np.concatenate([self.images, other.images]), np.concatenate([self.labels, other.labels]), self.styles + other.styles
        )

    def first(self, count: int) -> Crops:
        """So many from the start."""
        return Crops(self.images[:count], self.labels[:count], self.styles[:count])

    def cut(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.float32]:
        """Crops of one width, 0–1."""
        images = self.images[rows]
        if images.shape[3] == ZONE_WIDTHS[-1] and not images[:, 1, :, ZONE_WIDTHS[0] :].any():
            images = images[..., : ZONE_WIDTHS[0]]
        return images.astype(np.float32) / np.float32(255)


def ink_of(part: Part, folder: Path) -> Ink:
    """The pens of a part."""
    return Ink(part, tuple(one for number, one in writers(folder).items() if part_of_writer(number) is part))


def crops(part: Part, folder: Path, seed: int, pages: int, marks: bool, second: bool = False) -> Crops:
    """Crops of so many pages."""
    images, labels, styles = [], [], []
    cut, known = (mark_crop, MARK_STYLES) if marks else (zone_crop, ZONE_STYLES)
    for sheet in practice(seed, pages, ink_of(part, folder), marks, second):
        for style, box in sheet.styles:
            crop = np.round(cut(sheet.page, box) * 255).astype(np.uint8)
            images.append(crop if marks else np.pad(crop, ((0, 0), (0, 0), (0, ZONE_WIDTHS[-1] - crop.shape[2]))))
            labels.append(int(known[style].label))
            styles.append(style)
    return Crops(np.stack(images), np.array(labels, np.int64), tuple(styles))
