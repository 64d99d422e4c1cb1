"""Invented people are put together from these names, a third of which belongs to each part.

What: first and last names common in the United States, sorted, dealt to the parts in turn.
Why: a person of the test must not carry a name that a calibration has seen.
Refuses: nothing.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from tools.handwriting.splits import Part

HERE = Path(__file__).parent
FIRST = tuple((HERE / "first_names.txt").read_text().split())
LAST = tuple((HERE / "last_names.txt").read_text().split())
CITIES = tuple((HERE / "cities.txt").read_text().splitlines())
"""City, state and ZIP code, parted by bars."""


@cache
def of(part: Part, names: tuple[str, ...]) -> list[str]:
    """The names of one part."""
    place = list(Part).index(part)
    return [name for number, name in enumerate(sorted(set(names))) if number % 3 == place]
