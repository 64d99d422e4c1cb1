"""Tick boxes: whether one is marked, by the ink that the blank does not have.

What: ink inside the box and just around it, judged against two bars with a band of doubt between.
Why: two bars instead of one, because a dot of noise and a faint tick overlap: the middle goes to a person.
Refuses: to read intent: a crossed-out mark is doubtful, not unmarked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from intake.ocr import thresholds
from intake.ocr.ink import FilledPage, despeckled, without_thick_rules


class MarkVerdict(StrEnum):
    """What stands in a tick box."""

    PRESENT = "present"
    ABSENT = "absent"
    UNSURE = "unsure"


@dataclass(frozen=True)
class MarkReading:
    """One tick box, as seen."""

    verdict: MarkVerdict
    firmness: float  # 0–1: how far from the band of doubt
    ink_share: float  # of the box's inside that is inked, 0–1
    around_mm2: float  # ink just outside the box, square millimetres


def read_mark(page: FilledPage, box_mm: tuple[float, float, float, float]) -> MarkReading:
    """Judge one tick box; `box_mm` is the printed square."""
    x0, y0, x1, y1 = page.box(box_mm)
    inset = thresholds.PRINT_REACH_PX + 2
    zone = (slice(y0 + inset, y1 - inset), slice(x0 + inset, x1 - inset))
    cleaned, thickened = without_thick_rules(page.fill[zone], page.printed[zone])
    if page.fill[zone].mean() > thresholds.MARK_SCRIBBLED_SHARE:
        cleaned, thickened = page.fill[zone], False  # filled in, edge to edge
    inside = despeckled(cleaned, thresholds.MARK_SPECK_PX)
    share = float(inside.mean()) if inside.size else 0.0
    ox0, oy0, ox1, oy1 = page.box(box_mm, grow_mm=thresholds.MARK_AROUND_MM)
    ring = page.fill[oy0:oy1, ox0:ox1].copy()
    ring[y0 - oy0 : y1 - oy0, x0 - ox0 : x1 - ox0] = False
    around = float(despeckled(ring, 4 * thresholds.MARK_SPECK_PX).sum()) * (25.4 / page.dpi) ** 2
    low, high = thresholds.MARK_ABSENT_SHARE, thresholds.MARK_PRESENT_SHARE
    if share >= high:
        crossed_out = share > thresholds.MARK_SCRIBBLED_SHARE and around > thresholds.MARK_NEAT_MM2
        firmness = 0.0 if thickened else float(np.clip((share - high) / high, 0.0, 1.0))
        return MarkReading(
            MarkVerdict.UNSURE if crossed_out else MarkVerdict.PRESENT, 0.0 if crossed_out else firmness, share, around
        )
    if share <= low:
        beside = around > thresholds.MARK_BESIDE_MM2
        firmness = 0.0 if thickened else float(np.clip(1.0 - share / low, 0.0, 1.0))
        return MarkReading(MarkVerdict.UNSURE if beside else MarkVerdict.ABSENT, 0.0 if beside else firmness, share, around)
    return MarkReading(MarkVerdict.UNSURE, 0.0, share, around)
