"""How somebody fills in a form: with which letters, how steadily, how they mark a box.

What: a `Hand` for every way the samples are filled, typed or written.
Why: two faxes of one prescriber look alike, two prescribers do not.
Refuses: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tools.make_samples.lettering import FontLetters, Lettering
from tools.make_samples.pen import MarkStyle


@dataclass(frozen=True)
class Hand:
    """One way of filling in a form."""

    font: str  # by its name in `fonts`
    typed: bool  # straight and even, one letter to a cell
    capitals: bool  # names and places in capitals
    mark: MarkStyle
    cap_mm: float = 2.9  # height of a capital on a line
    cell_cap_mm: float = 3.3  # height of a capital in a comb cell
    weight: int = 0  # pixels of extra ink around each stroke, for pens broader than the font
    shake: float = 0.0  # how unsteady: 1 is somebody in a hurry
    numbers_right: bool = False  # numbers stand in the last cells, not in the first
    lettering: Lettering | None = None  # letters that come from no font

    @property
    def letters(self) -> Lettering:
        """Where its letters come from."""
        return self.lettering or FontLetters(self.font, self.weight)


TYPEWRITER = Hand("dejavu-mono", True, False, MarkStyle.TYPED_X)
WORD_PROCESSOR = Hand("liberation-sans", True, False, MarkStyle.TYPED_X, cap_mm=2.9, cell_cap_mm=3.2)
OFFICE_SYSTEM = Hand("liberation-mono", True, False, MarkStyle.TYPED_X, cap_mm=2.7, cell_cap_mm=3.2, weight=0, numbers_right=True)
BOLD_TYPEWRITER = Hand("dejavu-mono-bold", True, True, MarkStyle.CROSS, cap_mm=2.7)
SERIF_PRINTER = Hand("liberation-serif", True, False, MarkStyle.TICK, cap_mm=3.1, cell_cap_mm=3.5)

WRITTEN = Hand("patrick-hand", False, False, MarkStyle.CROSS, cap_mm=3.6, cell_cap_mm=4.2, weight=1, shake=0.6)


def written(font: str, mark: MarkStyle = MarkStyle.CROSS, capitals: bool = False, weight: int = 1, shake: float = 0.6) -> Hand:
    """A hand in one of the handwriting fonts."""
    return replace(WRITTEN, font=font, mark=mark, capitals=capitals, weight=weight, shake=shake)
