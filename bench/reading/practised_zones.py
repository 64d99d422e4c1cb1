"""Labelled signature zones of practice sheets, for the calibration.

What: zones of every kind by hands of the tune part, judged as the product judges them, with whether the firm verdict is right.
Why: faxes hold hardly any odd zones, and a bar that follows from easy ones alone is no bar for the others.
Refuses: zones that are unsure already: nobody was to be certain of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.marks_report import NOT_SIGNED
from intake.instead_of_signing import words_of
from intake.marked_fields import signature_verdict, strips_of_zone
from intake.ocr.calibrating import Labelled
from intake.ocr.certainty import Manner, mark_certainty
from intake.ocr.marks import MarkVerdict
from intake.ocr.ppocr import PpOcr
from intake.ocr.signatures import read_signature
from tools.handwriting.splits import Part
from tools.train_ink.crops import ink_of
from tools.train_ink.sheets import practice
from tools.train_ink.signature_styles import ZONE_STYLES

ZONE_SHEETS, UNSIGNED_SHEETS = 60, 60
"""Practice sheets, twenty zones each: of all kinds alike, and of nothing but what is no signature."""


def practised_zones(data: Path, seed: int) -> Iterator[Labelled]:
    """Firm verdicts on the signature zones of practice sheets of the tune part."""
    ink, reader = ink_of(Part.TUNE, data), PpOcr()
    unsigned = {name: float(style.right == NOT_SIGNED) for name, style in ZONE_STYLES.items()}
    for first, pages, shares in ((900, ZONE_SHEETS, dict.fromkeys(ZONE_STYLES, 1.0)), (1900, UNSIGNED_SHEETS, unsigned)):
        for number, sheet in enumerate(practice(seed + first, pages, ink, marks=False, zone_shares=shares)):
            for style, box in sheet.styles:
                seen = read_signature(sheet.page, box)
                words = words_of([reader.lattice(strip) for strip in strips_of_zone(sheet.page, "signature", box, seen)])
                verdict, firmness, _ = signature_verdict(seen, words)
                if verdict is not MarkVerdict.UNSURE:
                    speaks = mark_certainty(firmness, Manner.SIGNATURE).speaks
                    right = verdict.value in ZONE_STYLES[style].right
                    yield Labelled(f"sheet-{first}-{number}", Manner.SIGNATURE, speaks, critical=True, right=right)
