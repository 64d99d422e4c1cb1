"""Letters on paper, whoever makes them: what filling a form asks of a hand.

What: the protocol, and its first filling, a font.
Why: typewriters, handwriting fonts, real pens and scanned digits fill forms in the same way.
Refuses: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tools.make_samples.sheet import Sheet, width_of


class Lettering(Protocol):
    """One way of making letters."""

    def width(self, text: str, cap_mm: float) -> float:
        """Millimetres a text takes with capitals `cap_mm` high."""
        ...

    def write(
        self, sheet: Sheet, text: str, at: tuple[float, float], cap_mm: float, turn: float, chance: np.random.Generator
    ) -> None:
        """A text whose baseline begins at a point (mm), turned by degrees (up is positive)."""
        ...


@dataclass(frozen=True)
class FontLetters:
    """A font, each letter like the last."""

    font: str  # by its name in `fonts`
    weight: int = 0  # pixels of extra ink around each stroke

    def width(self, text: str, cap_mm: float) -> float:
        """As the font has it."""
        return width_of(text, self.font, cap_mm)

    def write(
        self, sheet: Sheet, text: str, at: tuple[float, float], cap_mm: float, turn: float, chance: np.random.Generator
    ) -> None:
        """Drawn by FreeType; chance has no part in it."""
        sheet.write(text, at, self.font, cap_mm, turn=turn, weight=self.weight)
