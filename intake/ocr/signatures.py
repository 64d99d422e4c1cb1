"""Signature zones: whether somebody signed, never who.

What: the length and spread of connected pen strokes in the zone.
Why: a signature is long connected strokes that run over a good part of the zone; a speck, a stripe of the scanner, a stamp of
dots or typed letters are not.
Refuses: likeness to other signatures; a typed name is sent to a person.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from intake.ocr import thresholds
from intake.ocr.ink import FilledPage, despeckled, extent, without_thick_rules
from intake.ocr.marks import MarkVerdict


@dataclass(frozen=True)
class SignatureReading:
    """One signature zone, as seen."""

    verdict: MarkVerdict
    firmness: float  # 0–1
    stroke_mm: float  # length of all strokes, millimetres
    width_mm: float  # of the inked part
    largest_mm: float  # width of the widest connected stroke


def read_signature(page: FilledPage, box_mm: tuple[float, float, float, float]) -> SignatureReading:
    """Judge one signature zone."""
    x0, y0, x1, y1 = page.box(box_mm)
    inset = thresholds.PRINT_REACH_PX + 2
    zone = (slice(y0 + inset, y1 - inset), slice(x0 + inset, x1 - inset))
    fill = despeckled(without_thick_rules(page.fill[zone], page.printed[zone])[0], thresholds.SIGNATURE_SPECK_PX)
    mm = 25.4 / page.dpi
    found = extent(fill)
    if found is None:
        return SignatureReading(MarkVerdict.ABSENT, 1.0, 0.0, 0.0, 0.0)
    # a broken pen stroke is still one stroke: bridge gaps of a third of a millimetre
    bridged = cv2.dilate(fill.astype(np.uint8), np.ones((3, 3), np.uint8))
    count, _, stats, _ = cv2.connectedComponentsWithStats(bridged, connectivity=8)
    widths = stats[1:, cv2.CC_STAT_WIDTH] * mm
    heights = stats[1:, cv2.CC_STAT_HEIGHT] * mm
    stroke_mm = float(fill.sum()) * mm * mm / thresholds.PEN_WIDTH_MM
    width_mm = (found[2] - found[0]) * mm
    largest = float(widths.max()) if count > 1 else 0.0
    tallest = float(heights[widths.argmax()]) if count > 1 else 0.0
    letters = int(((heights > 1.2) & (heights < 5.0) & (widths < 5.0)).sum())
    if stroke_mm < thresholds.SIGNATURE_NONE_MM and largest < 4.0:
        return SignatureReading(MarkVerdict.ABSENT, 1.0 - stroke_mm / thresholds.SIGNATURE_NONE_MM, stroke_mm, width_mm, largest)
    line_only = tallest < 1.0 or (largest > 12 * max(tallest, 0.1) and stroke_mm < 1.4 * largest)
    typed = letters >= 5 and largest < 6.0
    long_enough = stroke_mm >= thresholds.SIGNATURE_SOME_MM and width_mm >= thresholds.SIGNATURE_WIDTH_MM and largest >= 5.0
    if long_enough and not line_only and not typed:
        firmness = float(np.clip(stroke_mm / thresholds.SIGNATURE_SOME_MM - 1.0, 0.0, 1.0))
        return SignatureReading(MarkVerdict.PRESENT, firmness, stroke_mm, width_mm, largest)
    return SignatureReading(MarkVerdict.UNSURE, 0.0, stroke_mm, width_mm, largest)
