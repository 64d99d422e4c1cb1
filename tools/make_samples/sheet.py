"""A sheet of paper that can be written on: gray pixels under form millimetres.

What: letters, pen strokes and lines put on the image of a blank page, before any machine scans it.
Why: damage (skew, noise, resolution) belongs to the machine; what stands on the paper must be drawn once, finely.
Refuses: nothing; what runs over the edge is cut off, as on paper.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from tools.make_samples.fonts import cap_height, font

SHEET_DPI = 304.8
PIXELS_PER_MM = 12.0  # the same as SHEET_DPI; half again as fine as the finest fax
LETTER_MM = (215.9, 279.4)

Gray = npt.NDArray[np.uint8]
Point = tuple[float, float]


class Sheet:
    """One page in 8-bit gray, `PIXELS_PER_MM` pixels to the millimetre, 0 black."""

    def __init__(self, image: Gray | None = None) -> None:
        if image is None:
            image = np.full((round(LETTER_MM[1] * PIXELS_PER_MM), round(LETTER_MM[0] * PIXELS_PER_MM)), 255, np.uint8)
        self.image: Gray = image.copy()

    def write(
        self, text: str, at: Point, font_name: str, cap_mm: float, turn: float = 0.0, weight: int = 0, stretch: float = 1.0
    ) -> None:
        """Text whose baseline begins at a point (mm), its capitals `cap_mm` high, turned by degrees (up is positive), `weight`
        pixels of extra ink around each stroke, widths times `stretch`."""
        stamp, left, baseline = letters(text, font_name, cap_mm, weight)
        if stretch != 1.0:
            stamp = cv2.resize(stamp, (max(1, round(stamp.shape[1] * stretch)), stamp.shape[0]), interpolation=cv2.INTER_AREA)
            left *= stretch
        if turn:
            stamp, left, baseline = turned(stamp, left, baseline, turn)
        self.press(stamp, at[0] * PIXELS_PER_MM - left, at[1] * PIXELS_PER_MM - baseline)

    def press(self, stamp: Gray, x: float, y: float) -> None:
        """Darken the sheet by a stamp (0 is ink) whose top left corner stands at a pixel."""
        left, top = round(x), round(y)
        height, width = stamp.shape
        x0, y0 = max(left, 0), max(top, 0)
        x1, y1 = min(left + width, self.image.shape[1]), min(top + height, self.image.shape[0])
        if x0 < x1 and y0 < y1:
            part = self.image[y0:y1, x0:x1]
            np.minimum(part, stamp[y0 - top : y1 - top, x0 - left : x1 - left], out=part)

    def stroke(self, points: Sequence[Point], width_mm: float) -> None:
        """A pen stroke through points (mm), joined by straight pieces."""
        path = np.array([[(x * PIXELS_PER_MM * 16, y * PIXELS_PER_MM * 16) for x, y in points]], dtype=np.int32)
        cv2.polylines(self.image, path, False, 0, max(1, round(width_mm * PIXELS_PER_MM)), cv2.LINE_AA, 4)

    def blot(self, box: tuple[float, float, float, float], shade: int) -> None:
        """A filled rectangle (mm) of a shade: correction fluid at 255, a bar at 0."""
        x0, y0, x1, y1 = (round(edge * PIXELS_PER_MM) for edge in box)
        self.image[y0:y1, x0:x1] = shade


def letters(text: str, font_name: str, cap_mm: float, weight: int = 0) -> tuple[Gray, float, float]:
    """Text as a stamp (0 is ink), with the pixels from its left edge to the pen's start and from its top to the baseline."""
    drawn = font(font_name, round(cap_mm * PIXELS_PER_MM / cap_height(font_name)))
    ascent, _ = drawn.getmetrics()
    x0, y0, x1, y1 = drawn.getbbox(text, stroke_width=weight)
    margin = 3
    size = (math.ceil(x1 - x0) + 2 * margin, math.ceil(y1 - y0) + 2 * margin)
    stamp = Image.new("L", size, 255)
    ImageDraw.Draw(stamp).text((margin - x0, margin - y0), text, fill=0, font=drawn, stroke_width=weight)
    return np.asarray(stamp), margin - x0, margin - y0 + ascent


def width_of(text: str, font_name: str, cap_mm: float) -> float:
    """How wide a text stands, in millimetres."""
    return font(font_name, round(cap_mm * PIXELS_PER_MM / cap_height(font_name))).getlength(text) / PIXELS_PER_MM


def turned(stamp: Gray, left: float, baseline: float, degrees: float) -> tuple[Gray, float, float]:
    """A stamp turned around the start of its baseline, with the start's new place in it."""
    height, width = stamp.shape
    matrix = cv2.getRotationMatrix2D((left, baseline), degrees, 1.0)
    corners = np.array([[0, 0, 1], [width, 0, 1], [0, height, 1], [width, height, 1]], dtype=np.float64) @ matrix.T
    low, high = np.floor(corners.min(axis=0)) - 1, np.ceil(corners.max(axis=0)) + 1
    matrix[:, 2] -= low
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    out = cv2.warpAffine(stamp, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,))
    return np.asarray(out, dtype=np.uint8), left - low[0], baseline - low[1]
