"""What became of judged things: counts of firm and withheld verdicts, and how a report writes them.

What: present, absent, unsure and wrong by kind; rows of a table; the upper bound of a rate.
Why: accepted and wrong among accepted belong side by side, always.
Refuses: nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np


@dataclass
class Count:
    """What became of the things of one kind."""

    present: int = 0
    absent: int = 0
    unsure: int = 0
    wrong: int = 0
    seen: list[str] = field(default_factory=list)  # where wrong, to look at

    def add(self, verdict: str, right: Iterable[str]) -> None:
        """One verdict, and which firm ones would be right."""
        setattr(self, verdict, getattr(self, verdict) + 1)
        self.wrong += verdict != "unsure" and verdict not in right

    @property
    def n(self) -> int:
        """All of them."""
        return self.present + self.absent + self.unsure

    @property
    def accepted(self) -> int:
        """Those that nobody need look at."""
        return self.present + self.absent


HEAD = "| | n | present % | absent % | unsure % | firm and wrong |\n|---|--:|--:|--:|--:|--:|"


def row(name: str, one: Count) -> str:
    """A line of the table under HEAD."""
    shares = " | ".join(percent(part, one.n) for part in (one.present, one.absent, one.unsure))
    return f"| {name} | {one.n} | {shares} | {one.wrong} |"


def total(counts: Iterable[Count]) -> Count:
    """All counts together."""
    all_: Counter[str] = Counter()
    for one in counts:
        all_.update({"present": one.present, "absent": one.absent, "unsure": one.unsure, "wrong": one.wrong})
    return Count(all_["present"], all_["absent"], all_["unsure"], all_["wrong"])


def percent(part: int, whole: int, digits: int = 1) -> str:
    """A share in percent; a dash of nothing."""
    return f"{100 * part / whole:.{digits}f}" if whole else "–"


def bound(wrong: int, n: int) -> str:
    """The upper end of the 95 % interval, per 1,000 (Wilson, one-sided)."""
    if n == 0:
        return "–"
    z, p = 1.645, wrong / n
    upper = (p + z * z / (2 * n) + z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    return f"at most {1000 * upper:.2f} per 1,000 at 95 %"
