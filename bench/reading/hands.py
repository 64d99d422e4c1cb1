"""Hands by chance: typewriters, handwriting fonts, real pens, real pens with scanned digits.

What: a `Hand` for each of four styles, made of the letters of one part.
Why: what is reported for a style must come from hands that no training and no fitting has seen.
Refuses: pens and digits without the data folder (the caller leaves such strata out and says so).
"""

from __future__ import annotations

import random
from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from tools.handwriting.pens import PenLetters, writers
from tools.handwriting.scanned_digits import DigitLetters, digits
from tools.handwriting.splits import FONTS, Part, part_of_writer
from tools.make_samples.hand import (
    BOLD_TYPEWRITER,
    OFFICE_SYSTEM,
    SERIF_PRINTER,
    TYPEWRITER,
    WORD_PROCESSOR,
    WRITTEN,
    Hand,
)
from tools.make_samples.pen import MarkStyle

PEN_MARKS = (MarkStyle.CROSS, MarkStyle.TICK, MarkStyle.FILL)


class Style(StrEnum):
    """How a form is filled in."""

    TYPED = "typed"
    FONT = "font"  # a handwriting font
    PEN = "pen"  # letters and digits of a real writer
    DIGITS = "digits"  # letters of a real writer, scanned digits of many


def hand_of(style: Style, part: Part, chance: random.Random, data: Path | None) -> Hand:
    """A hand of a style; `data` is the folder of the handwriting data."""
    if style is Style.TYPED:
        return chance.choice((TYPEWRITER, WORD_PROCESSOR, OFFICE_SYSTEM, BOLD_TYPEWRITER, SERIF_PRINTER))
    rough = replace(
        WRITTEN,
        capitals=chance.random() < 0.4,
        mark=chance.choice(PEN_MARKS),
        cap_mm=chance.uniform(3.0, 4.2),
        cell_cap_mm=chance.uniform(3.6, 5.0),
        numbers_right=chance.random() < 0.2,
    )
    if style is Style.FONT:
        return replace(rough, font=chance.choice(FONTS[part]), weight=chance.choice((0, 1, 1, 2)), shake=chance.uniform(0.3, 0.9))
    assert data is not None
    mine = [number for number in writers(data) if part_of_writer(number) is part]
    pen = PenLetters(writers(data)[chance.choice(mine)], pen_mm=chance.uniform(0.3, 0.7))
    if style is Style.PEN:
        return replace(rough, lettering=pen, shake=chance.uniform(0.2, 0.6))
    source = "mnist" if chance.random() < 0.75 else "semeion"
    stamped = DigitLetters(digits(data, part, source), pen, pen=chance.choice((-20, 0, 20, 35)))
    return replace(rough, lettering=stamped, shake=chance.uniform(0.2, 0.6))
