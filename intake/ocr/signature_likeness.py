"""How alike two signatures look: a hint for the desk, never a verdict.

What: shape features of two crops (where the ink is, how it runs, how tall and wide), compared once both are cut to their ink.
Why: somebody who compares a signature with earlier ones by eye is quicker when the most unlike is named first.
Refuses: to say who signed; the number knows nothing of forgery, and no value is accepted or withheld by it.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from intake.ocr.ink import Mask, despeckled, extent

Floats = npt.NDArray[np.float32]
WIDE, TALL = 96, 32  # pixels to which the ink is brought
DIRECTIONS = 8
SHIFT = 3  # pixels by which one may be moved over the other


def likeness(one: Mask, other: Mask) -> float:
    """How alike the ink of two zones is, 0–1: 0 nothing in common or nothing there, 1 the same; their order does not matter.

    `one` and `other` are the fill of two zones at 200 dpi (True is ink), of any size.
    """
    first, second = _ink(one), _ink(other)
    if first is None or second is None:
        return 0.0
    shape = float(np.exp(-abs(np.log(_aspect(first) / _aspect(second)))))
    runs = float(np.minimum(_directions(first), _directions(second)).sum())
    return float(np.clip(0.6 * _overlay(_spread(first), _spread(second)) + 0.2 * shape + 0.2 * runs, 0.0, 1.0))


def _ink(fill: Mask) -> Mask | None:
    """The zone cut to its ink; None where there is hardly any."""
    clean = despeckled(fill, 12)
    found = extent(clean)
    if found is None or int(clean.sum()) < 60:
        return None
    x0, y0, x1, y1 = found
    return clean[y0:y1, x0:x1]


def _aspect(ink: Mask) -> float:
    height, width = ink.shape
    return float(max(width, 4) / max(height, 4))


def _spread(ink: Mask) -> Floats:
    """The ink at a common size, softened so that strokes a little apart still meet."""
    small = cv2.resize(ink.astype(np.float32), (WIDE, TALL), interpolation=cv2.INTER_AREA)
    soft = cv2.GaussianBlur(small, (0, 0), 2.0)
    soft -= soft.mean()
    return np.asarray(soft / max(float(np.linalg.norm(soft)), 1e-6), np.float32)


def _overlay(one: Floats, other: Floats) -> float:
    """The best correlation over small shifts, 0–1."""
    padded = cv2.copyMakeBorder(one, SHIFT, SHIFT, SHIFT, SHIFT, cv2.BORDER_CONSTANT, value=(0.0,))
    back = cv2.copyMakeBorder(other, SHIFT, SHIFT, SHIFT, SHIFT, cv2.BORDER_CONSTANT, value=(0.0,))
    best = max(cv2.matchTemplate(padded, other, cv2.TM_CCORR).max(), cv2.matchTemplate(back, one, cv2.TM_CCORR).max())
    return float(np.clip(best, 0.0, 1.0))


def _directions(ink: Mask) -> Floats:
    """How much of the strokes' edges runs in each direction; sums to 1."""
    gray = cv2.GaussianBlur(ink.astype(np.float32), (0, 0), 1.5)
    across, down = cv2.Sobel(gray, cv2.CV_32F, 1, 0), cv2.Sobel(gray, cv2.CV_32F, 0, 1)
    angle = np.mod(np.arctan2(down, across), np.pi)
    place = np.minimum((angle / np.pi * DIRECTIONS).astype(int), DIRECTIONS - 1)
    strength = np.hypot(across, down)
    counts = np.bincount(place.ravel(), weights=strength.ravel(), minlength=DIRECTIONS)
    return np.asarray(counts / max(float(counts.sum()), 1e-6), np.float32)
