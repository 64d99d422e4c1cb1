"""Names, dates and phrases that stand in a signature's zone, and a line of them put there.

What: invented names, ways of writing a date, what people write instead of signing, the typefaces of each part.
Why: signatures and what is none say the same things in other letters.
Refuses: nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

from tools.handwriting.splits import Part
from tools.make_samples.sheet import Sheet, width_of
from tools.train_ink.strokes import Box, Chance

FIRST = (
    "Maria", "James", "Anne", "Robert", "Elena", "Thomas", "Priya", "Walter", "Susan", "Kwame", "Linda", "Oscar", "Grace",
    "Hugo", "Ruth",
)  # fmt: skip
LAST = (
    "Abernathy", "Lopez", "Nguyen", "Fischer", "O'Hara", "Patel", "Smith", "Kowalski", "Brown", "Okafor", "Lindqvist",
    "Reyes", "Hall",
)  # fmt: skip
TITLES = ("", "", "", " MD", ", M.D.", " NP", " PharmD", ", RPh", " DO")
PHRASES = (
    "on file", "On file", "ON FILE", "signature on file", "Signature on File", "SIGNATURE ON FILE", "N/A", "n/a", "NA",
    "none", "None", "sig on file", "see attached", "See page 1", "not applicable", "SOF", "same as above",
    "verbal order", "pending", "to follow",
)  # fmt: skip
TYPEFACES: Mapping[Part, tuple[str, ...]] = {
    Part.FIT: ("dejavu-mono", "liberation-mono", "liberation-serif", "dejavu-mono-bold"),
    Part.TUNE: ("liberation-mono", "dejavu-mono-bold"),
    Part.TEST: ("liberation-sans", "liberation-serif", "dejavu-mono"),
}


def one_of(chance: Chance, of: tuple[str, ...]) -> str:
    """One by chance."""
    return of[int(chance.integers(len(of)))]


def a_pen(chance: Chance) -> float:
    """Widths in mm of pens that sign."""
    return float(chance.choice((0.3, 0.4, 0.5, 0.6, 0.7, 0.9), p=(0.15, 0.2, 0.25, 0.2, 0.12, 0.08)))


def a_name(chance: Chance) -> str:
    """A name as people sign it."""
    first, last = one_of(chance, FIRST), one_of(chance, LAST)
    kind = int(chance.integers(5))
    return (f"{first} {last}", f"{first[0]}. {last}", f"{first[0]} {last}", f"{first} {last[0]}.", last)[kind]


def a_date(chance: Chance) -> str:
    """A date as people write it."""
    month, day, year = int(chance.integers(1, 13)), int(chance.integers(1, 29)), int(chance.integers(2019, 2028))
    kind = int(chance.integers(5))
    months = ("Jan", "Feb", "March", "April", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec")
    return (
        f"{month:02d}/{day:02d}/{year}", f"{month}/{day}/{year % 100}", f"{month}-{day}-{year}",
        f"{months[month - 1]} {day}, {year}", f"{year}-{month:02d}-{day:02d}",
    )[kind]  # fmt: skip


def put(sheet: Sheet, box: Box, chance: Chance, text: str, font: str, cap: float, turn: float, weight: int) -> None:
    """One line of a font, somewhere in the zone."""
    cap = round(min(cap, cap * (box[2] - box[0] - 4) / max(width_of(text, font, cap), 0.1)), 1)
    room = max(0.0, box[2] - box[0] - 3 - width_of(text, font, cap))
    x = box[0] + 1.5 + float(chance.uniform(0, 1)) ** 2 * room
    y = (box[1] + box[3] + cap) / 2 + float(chance.normal(0, 1.5))
    sheet.write(text, (x, y), font, cap, turn=turn, weight=weight)
