"""Tick boxes: whether one is marked, by two unlike opinions that must agree.

What: rules measure the ink in the box and around it; a small net looks at its shape. A verdict is firm where both say the same.
Why: a dot of noise and a faint tick overlap in ink, a mark and a mark struck out do too; shape alone may be sure of nonsense.
Refuses: to read intent: what was struck out, covered, circled or put beside the box goes to a person, with what it looks like.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import cv2
import numpy as np

from intake.ocr import thresholds
from intake.ocr.ink import FilledPage, PixelBox, despeckled, extent, without_thick_rules
from intake.ocr.ink_nets import BoxMm, Floats, MarkClass, mark_beliefs


class MarkVerdict(StrEnum):
    """What stands in a tick box."""

    PRESENT = "present"
    ABSENT = "absent"
    UNSURE = "unsure"


class MarkLook(StrEnum):
    """What the ink looks like, in words for a reviewer."""

    EMPTY = "nothing in the box"
    MARKED = "a mark"
    FAINT = "a trace of ink in the box"
    DOT = "a dot in the box"
    BESIDE = "ink beside the box, not in it"
    STRUCK = "a mark that seems struck out"
    COVERED = "the box seems covered or cut"
    BLACKED = "the box is blacked out"


@dataclass(frozen=True)
class MarkReading:
    """One tick box, as seen."""

    verdict: MarkVerdict
    firmness: float  # 0–1; from `thresholds.MARK_FIRM` on nobody need look
    ink_share: float  # of the box's inside that is inked, 0–1
    around_mm2: float  # ink just outside the box, square millimetres
    marked: float = 0.0  # the net's belief that it is marked, 0–1
    look: MarkLook = field(default=MarkLook.EMPTY)


@dataclass(frozen=True)
class _Ink:
    """What rules measure of one box."""

    share: float
    around: float
    thickened: bool
    anything: bool  # ink, be it a speck, in or near the box
    whole: bool  # the printed box is where it should be
    thin: bool = False  # it spreads too far for its amount to be a dot


def read_mark(page: FilledPage, box_mm: BoxMm) -> MarkReading:
    """Judge one tick box; `box_mm` is the printed square."""
    return read_marks(page, (box_mm,))[0]


def read_marks(page: FilledPage, boxes_mm: Sequence[BoxMm]) -> tuple[MarkReading, ...]:
    """Judge tick boxes, the net in one run over all that hold any ink."""
    inks = [_measured(page, box) for box in boxes_mm]
    looked_at = [place for place, ink in enumerate(inks) if ink.anything or not ink.whole]
    beliefs: dict[int, Floats] = {}
    if looked_at:
        beliefs = dict(zip(looked_at, mark_beliefs(page, [boxes_mm[place] for place in looked_at]), strict=True))
    return tuple(_judged(ink, beliefs.get(place)) for place, ink in enumerate(inks))


def _measured(page: FilledPage, box_mm: BoxMm) -> _Ink:
    x0, y0, x1, y1 = page.box(box_mm)
    inset = thresholds.PRINT_REACH_PX + 2
    zone = (slice(y0 + inset, y1 - inset), slice(x0 + inset, x1 - inset))
    cleaned, thickened = without_thick_rules(page.fill[zone], page.printed[zone])
    if page.fill[zone].mean() > thresholds.MARK_SCRIBBLED_SHARE:
        cleaned, thickened = page.fill[zone], False  # filled in, edge to edge
    inside = despeckled(cleaned, thresholds.MARK_SPECK_PX)
    share = float(inside.mean()) if inside.size else 0.0
    spread = extent(inside)
    thin = spread is not None and _no_dot(spread, int(inside.sum()), page.dpi)
    ox0, oy0, ox1, oy1 = page.box(box_mm, grow_mm=thresholds.MARK_AROUND_MM)
    ring = page.fill[oy0:oy1, ox0:ox1].copy()
    anything = int(ring.sum()) > thresholds.MARK_CLEAN_PX
    ring[y0 - oy0 : y1 - oy0, x0 - ox0 : x1 - ox0] = False
    around = float(despeckled(ring, 4 * thresholds.MARK_SPECK_PX).sum()) * (25.4 / page.dpi) ** 2
    printed = page.blank[y0:y1, x0:x1] < thresholds.DARK
    reach = np.ones((2 * thresholds.PRINT_REACH_PX + 1,) * 2, np.uint8)  # a rule a pixel or two away is still there
    inked = cv2.dilate((page.page[y0:y1, x0:x1] < thresholds.PRINTED).astype(np.uint8), reach).astype(bool)
    kept = float((inked & printed).sum()) / max(1, int(printed.sum()))
    return _Ink(share, around, thickened, anything, kept >= thresholds.MARK_WHOLE_SHARE, thin)


def _no_dot(spread: PixelBox, inked: int, dpi: float) -> bool:
    """Whether ink of this extent, so many pixels of it, is too wide and thin for a dot."""
    width, height = spread[2] - spread[0], spread[3] - spread[1]
    wide = min(width, height) * 25.4 / dpi >= thresholds.MARK_NO_DOT_MM
    return wide and inked < thresholds.MARK_NO_DOT_SHARE * width * height


def _judged(ink: _Ink, beliefs: Floats | None) -> MarkReading:
    if beliefs is None:
        return MarkReading(MarkVerdict.ABSENT, 1.0, ink.share, ink.around)
    marked = float(beliefs[MarkClass.MARKED] + beliefs[MarkClass.FILLED])
    empty = float(beliefs[MarkClass.EMPTY])
    if ink.share == 0.0 and ink.around < thresholds.MARK_STRAY_MM2 and beliefs[MarkClass.BESIDE] < thresholds.MARK_HARDLY_BESIDE:
        # too little ink beside the box for any mark that missed it, and none left over by fluid on a box that is all there
        empty += float(beliefs[MarkClass.BESIDE]) + (float(beliefs[MarkClass.COVERED]) if ink.whole else 0.0)
    if ink.thin and marked >= 0.5:  # where the net wavers between a small sign and a dot, its shape settles it
        marked += float(beliefs[MarkClass.DOT])
    look = _look(ink, beliefs)
    verdict, firmness = MarkVerdict.UNSURE, 0.0
    if ink.share >= thresholds.MARK_INKED_SHARE:
        verdict, firmness = MarkVerdict.PRESENT, firmness_of(marked, thresholds.MARK_SURE_PRESENT)
    else:
        verdict, firmness = MarkVerdict.ABSENT, firmness_of(empty, thresholds.MARK_SURE_ABSENT)
    if firmness < thresholds.MARK_FIRM:
        verdict = MarkVerdict.UNSURE
    return MarkReading(verdict, firmness, ink.share, ink.around, marked, look)


def firmness_of(belief: float, sure: float) -> float:
    """Belief as firmness: `thresholds.MARK_FIRM` where it equals `sure`, growing with the logarithm of the odds, 0–1."""
    odds = np.log10(max(belief, 1e-9) / max(1.0 - belief, 1e-9))
    return float(np.clip(thresholds.MARK_FIRM * odds / np.log10(sure / (1.0 - sure)), 0.0, 1.0))


def _look(ink: _Ink, beliefs: Floats) -> MarkLook:
    """What a reviewer is told: the net's first choice, in the light of the ink."""
    first = MarkClass(int(beliefs.argmax()))
    if first in (MarkClass.MARKED, MarkClass.FILLED):
        return MarkLook.MARKED if ink.share >= thresholds.MARK_INKED_SHARE else MarkLook.FAINT
    if first is MarkClass.STRUCK and ink.share > thresholds.MARK_SCRIBBLED_SHARE:
        return MarkLook.BLACKED
    if first is MarkClass.EMPTY and ink.share > thresholds.MARK_INKED_SHARE:
        return MarkLook.FAINT
    return {
        MarkClass.EMPTY: MarkLook.EMPTY,
        MarkClass.DOT: MarkLook.DOT,
        MarkClass.BESIDE: MarkLook.BESIDE,
        MarkClass.STRUCK: MarkLook.STRUCK,
        MarkClass.COVERED: MarkLook.COVERED,
    }[first]
