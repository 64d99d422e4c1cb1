"""Cutting a field's writing out of a laid page, cleaned of the form.

What: for a line of writing or a row of comb cells: the ink, which cells hold any, and the strip a reader gets.
Why: readers are only as good as the strip: no rules, no specks, tight around the ink, cells counted by ink and not by a reader.
Refuses: nothing; a strip without ink is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from intake.fax import GrayImage
from intake.ocr import thresholds
from intake.ocr.ink import FilledPage, Mask, despeckled, extent, ink_area_mm2

BoxMm = tuple[float, float, float, float]


@dataclass(frozen=True)
class Cut:
    """What a zone holds."""

    image: GrayImage | None  # the strip, black on white; None where there is no ink to read
    ink_mm2: float  # inked area after despeckling
    cells: tuple[bool, ...]  # per comb cell: whether it holds ink; empty without cells
    doubtful_cells: int  # cells with so little ink that it may be dirt
    beyond: bool  # strokes cross the zone's edge


def cut_line(page: FilledPage, box_mm: BoxMm) -> Cut:
    """A line (or block) of free writing."""
    x0, y0, x1, y1 = page.box(box_mm, grow_mm=-0.3)
    fill = despeckled(page.fill[y0:y1, x0:x1], thresholds.SPECK_PX)
    area = ink_area_mm2(fill, page.dpi)
    if area < thresholds.LINE_INK_MM2:
        return Cut(None, area, (), 0, beyond=False)
    return Cut(_strip(page.page[y0:y1, x0:x1], fill), area, (), 0, beyond=_beyond(page, (x0, y0, x1, y1)))


def cut_cells(page: FilledPage, cells_mm: Sequence[BoxMm]) -> Cut:
    """A row of comb cells."""
    hull = (min(c[0] for c in cells_mm), min(c[1] for c in cells_mm), max(c[2] for c in cells_mm), max(c[3] for c in cells_mm))
    x0, y0, x1, y1 = page.box(hull)
    fill = despeckled(page.fill[y0:y1, x0:x1], thresholds.SPECK_PX)
    inked, doubtful = [], 0
    for cell in cells_mm:
        cx0, cy0, cx1, cy1 = page.box(cell)
        part = fill[cy0 - y0 : cy1 - y0, cx0 - x0 : cx1 - x0]
        ink = ink_area_mm2(part, page.dpi)
        tall = _height_mm(part, page.dpi)
        inked.append(ink >= thresholds.CELL_INK_MM2 and tall >= thresholds.CELL_INK_TALL_MM)
        if not inked[-1] and ink > thresholds.CELL_DIRT_MM2:
            doubtful += 1
    area = ink_area_mm2(fill, page.dpi)
    if not any(inked):
        return Cut(None, area, tuple(inked), doubtful, beyond=False)
    beyond = _beyond(page, (x0, y0, x1, y1))
    return Cut(_strip(page.page[y0:y1, x0:x1], fill), area, tuple(inked), doubtful, beyond)


def _height_mm(part: Mask, dpi: float) -> float:
    found = extent(part)
    return 0.0 if found is None else (found[3] - found[1]) * 25.4 / dpi


def _strip(page: GrayImage, fill: Mask) -> GrayImage | None:
    """The zone's own gray where it is filled, white elsewhere, cut to the ink with white around."""
    found = extent(fill)
    if found is None:
        return None
    x0, y0, x1, y1 = found
    near = cv2.dilate(fill.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    image = np.where(near, page, np.uint8(255))[y0:y1, x0:x1]
    # characters of a comb fill about two thirds of the recogniser's height; flat ink (a dash) must not be blown up to fill it
    height = max(y1 - y0, thresholds.STRIP_LEAST_PX)
    above = (height - (y1 - y0)) // 2
    below = height - (y1 - y0) - above
    margin = max(3, round(height * 0.18))
    return np.asarray(
        cv2.copyMakeBorder(image, above + margin, below + margin, 2 * margin, 2 * margin, cv2.BORDER_CONSTANT, value=(255,)),
        np.uint8,
    )


def _beyond(page: FilledPage, box: tuple[int, int, int, int]) -> bool:
    """Whether strokes cross the zone's edge: ink right outside, connected to ink right inside."""
    x0, y0, x1, y1 = box
    reach = round(thresholds.BEYOND_MM * page.dpi / 25.4)
    height, width = page.fill.shape
    above = page.fill[max(0, y0 - reach) : y0, x0:x1]
    below = page.fill[y1 : min(height, y1 + reach), x0:x1]
    right = page.fill[y0:y1, x1 : min(width, x1 + reach)]
    outside = ink_area_mm2(above, page.dpi) + ink_area_mm2(below, page.dpi) + ink_area_mm2(right, page.dpi)
    return outside > thresholds.BEYOND_INK_MM2
