"""Signature zones: whether somebody signed, never who, by two unlike opinions that must agree.

What: rules measure the pen strokes in the zone; a small net tells a signature from type, words by hand, lines, smudges, crosses.
Why: a signature is long connected strokes that run over a good part of the zone; but a drawn line, a smear and "on file" by hand
are that too, and only their shape tells them apart.
Refuses: likeness to other signatures; words by hand, which may be a name, without a reader who says what they are.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

import cv2
import numpy as np

from intake.ocr import thresholds
from intake.ocr.ink import FilledPage, despeckled, extent, without_thick_rules
from intake.ocr.ink_nets import BoxMm, Floats, ZoneClass, zone_beliefs
from intake.ocr.marks import MarkVerdict, firmness_of


class ZoneLook(StrEnum):
    """What the ink looks like, in words for a reviewer."""

    NOTHING = "nothing in the zone"
    SIGNED = "a signature"
    TYPED = "typed letters"
    WRITTEN = "words or a date by hand"
    LINE = "a line"
    SMUDGE = "a smudge"
    CROSS = "a cross or a tick alone"
    NAME = "a name printed by hand"


@dataclass(frozen=True)
class SignatureReading:
    """One signature zone, as seen."""

    verdict: MarkVerdict
    firmness: float  # 0–1; from `thresholds.MARK_FIRM` on nobody need look
    stroke_mm: float  # length of all strokes, millimetres
    width_mm: float  # of the inked part
    largest_mm: float  # width of the widest connected stroke
    signed: float = 0.0  # the net's belief that it is signed, 0–1
    name: float = 0.0  # … that a name is printed by hand, which may be how somebody signs
    typed: float = 0.0  # … that there is type
    written: float = 0.0  # … that there are words or a date by hand
    look: ZoneLook = ZoneLook.NOTHING
    may_be_signed: bool = False  # by the rules: long enough and no bare line


@dataclass(frozen=True)
class _Strokes:
    """What rules measure of one zone."""

    stroke_mm: float
    width_mm: float
    largest_mm: float
    may_be_signed: bool  # long enough and no bare line
    bare: bool  # hardly a speck in the zone: a pale signature that broke into specks has more


def read_signature(page: FilledPage, box_mm: BoxMm) -> SignatureReading:
    """Judge one signature zone."""
    strokes = _measured(page, box_mm)
    if strokes.bare:
        return SignatureReading(MarkVerdict.ABSENT, 1.0, 0.0, 0.0, 0.0)
    return _weighed(strokes, zone_beliefs(page, box_mm))


def _measured(page: FilledPage, box_mm: BoxMm) -> _Strokes:
    x0, y0, x1, y1 = page.box(box_mm)
    inset = thresholds.PRINT_REACH_PX + 2
    zone = (slice(y0 + inset, y1 - inset), slice(x0 + inset, x1 - inset))
    fill = despeckled(without_thick_rules(page.fill[zone], page.printed[zone])[0], thresholds.SIGNATURE_SPECK_PX)
    mm = 25.4 / page.dpi
    bare = int(page.fill[zone].sum()) <= thresholds.SIGNATURE_BARE_PX
    found = extent(fill)
    if found is None:
        return _Strokes(0.0, 0.0, 0.0, False, bare)
    # a broken pen stroke is still one stroke: bridge gaps of a third of a millimetre
    bridged = cv2.dilate(fill.astype(np.uint8), np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(bridged, connectivity=8)
    widths = stats[1:, cv2.CC_STAT_WIDTH] * mm
    heights = stats[1:, cv2.CC_STAT_HEIGHT] * mm
    stroke_mm = float(fill.sum()) * mm * mm / thresholds.PEN_WIDTH_MM
    width_mm = (found[2] - found[0]) * mm
    largest = float(widths.max()) if count > 1 else 0.0
    tallest = float(heights.max()) if count > 1 else 0.0
    widest_tall = float(heights[widths.argmax()]) if count > 1 else 0.0
    line_only = tallest < thresholds.SIGNATURE_TALL_MM or (largest > 12 * max(widest_tall, 0.1) and stroke_mm < 1.4 * largest)
    long_enough = stroke_mm >= thresholds.SIGNATURE_SOME_MM and width_mm >= thresholds.SIGNATURE_WIDTH_MM
    may_be_signed = long_enough and not line_only
    return _Strokes(stroke_mm, width_mm, largest, may_be_signed, bare)


def _weighed(strokes: _Strokes, beliefs: Floats) -> SignatureReading:
    first = ZoneClass(int(beliefs.argmax()))
    seen = SignatureReading(
        MarkVerdict.UNSURE,
        0.0,
        strokes.stroke_mm,
        strokes.width_mm,
        strokes.largest_mm,
        signed=float(beliefs[ZoneClass.SIGNED]),
        name=float(beliefs[ZoneClass.NAME]),
        typed=float(beliefs[ZoneClass.TYPED]),
        written=float(beliefs[ZoneClass.WRITTEN]),
        look=ZoneLook[first.name],
        may_be_signed=strokes.may_be_signed,
    )
    verdict, firmness = judged(seen)
    return replace(seen, verdict=verdict, firmness=firmness)


def judged(seen: SignatureReading, words: float = 1.0) -> tuple[MarkVerdict, float]:
    """The verdict and its firmness; a reader may have found it `words` times likelier that the ink is words and no name.

    Without one, words by hand count as a name: only who can read knows which.
    """
    written = seen.written * words
    typed = seen.typed * max(1.0, words)  # type is none of a person's ink, whatever it says
    rest = max(0.0, 1.0 - seen.signed - seen.name - seen.typed - seen.written)
    whole = seen.signed + seen.name + typed + written + rest
    signed, unsigned = seen.signed / whole, (rest + typed + (written if words > 1.0 else 0.0)) / whole
    verdict, firmness = MarkVerdict.UNSURE, 0.0
    if signed >= 0.5 and seen.may_be_signed:
        verdict, firmness = MarkVerdict.PRESENT, firmness_of(signed, thresholds.SIGNATURE_SURE_PRESENT)
    elif unsigned >= 0.5:
        verdict, firmness = MarkVerdict.ABSENT, firmness_of(unsigned, thresholds.SIGNATURE_SURE_ABSENT)
    if firmness < thresholds.MARK_FIRM:
        verdict = MarkVerdict.UNSURE
    return verdict, firmness
