"""A blank form page as what pages are laid over: its landmarks, its profiles, what it prints row by row.

What: worked out once from the drawn blank, and kept.
Why: every fax page of a form is looked at for the same spots; finding them costs more than laying a page.
Refuses: nothing.
"""

from __future__ import annotations

import cv2
import numpy as np

from intake.fax import GrayImage
from intake.ocr import thresholds
from intake.ocr.coarse import BlankProfiles, Floats
from intake.ocr.following import BAND
from intake.ocr.row_path import cells_of
from intake.ocr.torn import blocks_of

PATCH = 14  # pixels from a landmark's middle to its edge
EDGE = PATCH + 10  # pixels from the page's edge within which nothing can be looked for


class BlankPage:
    """A blank form page as pixels: the frame everything is laid into. Made once, kept."""

    def __init__(self, image: GrayImage) -> None:
        self.image = image  # 200 dpi
        self.profiles = BlankProfiles(image, thresholds.DPI)
        smooth = _softened(image)
        self.landmarks, self.first = _landmarks(smooth)  # n × 2, x and y, whole pixels; the first so many do for a whole page
        self.patches = [
            smooth[y - PATCH : y + PATCH + 1, x - PATCH : x + PATCH + 1].copy() for x, y in self.landmarks.astype(int).tolist()
        ]
        self.cells = cells_of(image)
        self.extent = _extent(image)
        self.blocks = blocks_of(image)


def _landmarks(smooth: GrayImage) -> tuple[Floats, int]:
    """Corners of print, spread evenly: one in each of 12 × 16 fields of the page, then a second; and how many are first ones."""
    height, width = smooth.shape
    corners = cv2.goodFeaturesToTrack(smooth, maxCorners=1500, qualityLevel=0.04, minDistance=18, blockSize=7)
    taken: dict[tuple[int, int], int] = {}
    kept: tuple[list[tuple[float, float]], list[tuple[float, float]]] = ([], [])
    for x, y in np.asarray(corners, np.float32).reshape(-1, 2).round().tolist():
        inside = EDGE < x < width - EDGE and EDGE < y < height - EDGE
        cell = (int(x * 12 / width), int(y * 16 / height))
        number = taken.get(cell, 0)
        if inside and number < 2:
            taken[cell] = number + 1
            kept[number].append((x, y))
    return np.array([*kept[0], *kept[1]], np.float32).reshape(-1, 2), len(kept[0])


def _softened(image: GrayImage) -> GrayImage:
    """A little blur: a fax moves edges by half a pixel, and correlation must not mind."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1.0), np.uint8)


def _extent(image: GrayImage) -> Floats:
    """Ends of print, n × 2 (x, y) in blank pixels: the leftmost and rightmost of each BAND rows that print anything."""
    ends = []
    for top in range(0, image.shape[0], BAND):
        columns = np.flatnonzero((image[top : top + BAND] < thresholds.DARK).any(axis=0))
        if columns.size:
            ends += [(columns[0], top + BAND / 2), (columns[-1], top + BAND / 2)]
    return np.array(ends, np.float32).reshape(-1, 2)
