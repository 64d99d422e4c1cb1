"""Cutting a field's writing out of a laid page, cleaned of the form.

What: for a line of writing or a row of comb cells: the ink, which cells hold any, and the strip a reader gets.
Why: readers are only as good as the strip: no rules, no specks, tight around the ink, cells counted by ink and not by a reader.
Refuses: nothing; a strip without ink is None.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from intake.fax import GrayImage
from intake.ocr import thresholds
from intake.ocr.cells import BoxMm, CombInk, comb_ink
from intake.ocr.ink import FilledPage, Mask, despeckled, extent, ink_area_mm2, without_dust, without_thick_rules


@dataclass(frozen=True)
class Cut:
    """What a zone holds."""

    lines: tuple[GrayImage, ...]  # strips, black on white, one per line of writing; empty where there is no ink to read
    ink_mm2: float  # inked area without specks and dust
    cells: tuple[bool, ...]  # per comb cell: whether it holds ink; empty without cells
    doubtful_cells: int  # cells with so little ink that it may be dirt
    beyond: bool  # strokes cross the zone's edge
    stray: bool = False  # right above or below cells stands ink that is no character's


def cut_line(page: FilledPage, box_mm: BoxMm) -> Cut:
    """A line (or block) of free writing."""
    x0, y0, x1, y1 = page.box(box_mm, grow_mm=-0.3)
    every = without_thick_rules(page.fill[y0:y1, x0:x1], page.printed[y0:y1, x0:x1])[0]
    fill = without_dust(despeckled(every, thresholds.SPECK_PX), every, page.dpi)
    area = ink_area_mm2(fill, page.dpi)
    if area < thresholds.LINE_INK_MM2:
        return Cut((), area, (), 0, beyond=False)
    image = page.page[y0:y1, x0:x1]
    tall = (y1 - y0) * 25.4 / page.dpi > thresholds.ONE_LINE_MM
    lines = [
        _strip(image[top:bottom], fill[top:bottom]) for top, bottom in (_line_rows(fill, page.dpi) if tall else [(0, y1 - y0)])
    ]
    return Cut(tuple(line for line in lines if line is not None), area, (), 0, beyond=_beyond(page, (x0, y0, x1, y1)))


def cut_cells(page: FilledPage, cells_mm: Sequence[BoxMm], ink: CombInk | None = None) -> Cut:
    """A row of comb cells; `ink` where it is known already."""
    ink = ink or comb_ink(page, cells_mm)
    x0, y0, x1, y1 = ink.box_px
    fill, inked, doubtful = ink.fill, ink.inked, sum(ink.doubtful)
    area = ink_area_mm2(fill, page.dpi)
    if not any(inked):
        return Cut((), area, inked, doubtful, beyond=False)
    beyond = _beyond(page, (x0, y0, x1, y1))
    strip = _strip(page.page[y0:y1, x0:x1], fill)
    return Cut(() if strip is None else (strip,), area, inked, doubtful, beyond)


def _line_rows(fill: Mask, dpi: float) -> list[tuple[int, int]]:
    """Top and bottom rows of each line of writing in a block: cut where hardly any ink stands between two lines."""
    profile = np.asarray(fill.sum(axis=1), dtype=np.float32)
    least = max(1.0, 0.04 * float(profile.max()))
    inked = profile > least
    spans: list[tuple[int, int]] = []
    for row in np.flatnonzero(inked):
        if spans and row - spans[-1][1] <= round(thresholds.LINE_GAP_MM * dpi / 25.4):
            spans[-1] = (spans[-1][0], int(row) + 1)
        else:
            spans.append((int(row), int(row) + 1))
    tall = [span for span in spans if span[1] - span[0] >= round(thresholds.LINE_TALL_MM * dpi / 25.4)]
    if not tall:
        return [(0, fill.shape[0])]
    middles = [0, *((one[1] + two[0]) // 2 for one, two in pairwise(tall)), fill.shape[0]]
    return list(pairwise(middles))


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
