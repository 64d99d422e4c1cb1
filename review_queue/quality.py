"""How often a field that nobody looked at was wrong: rates with exact bounds, and when they are too high.

What: counts of keyed samples, one-sided Clopper-Pearson bounds, and the rule by which an alarm is raised and is over. Pure.
Why: the reader's own certainty is fitted on other faxes; only what people key blind, day by day, says what goes wrong here.
Refuses: to call a small sample good or bad: without enough keyed fields there is neither an alarm nor an all-clear.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache

from intake.ocr.calibrating import at_most, upper_bound

CONFIDENCE = 0.95  # of each bound alone
WINDOW = timedelta(days=90)  # what a rate is made of: keyings settled in it
PER_THOUSAND = 1000.0


class Outcome(StrEnum):
    """What became of one sampled field."""

    OPEN = "open"  # waits to be keyed, or for a third person
    RIGHT = "right"
    WRONG = "wrong"  # two people agree that something else stands there
    UNCLEAR = "unclear"  # no two agree, or no third person was there: a senior reviewer says


@dataclass(frozen=True)
class Bar:
    """What the error rate of a class may be, as a rate (0–1)."""

    rate: float  # more than this, shown, is an alarm
    bound: float  # what the upper bound must come down to


CRITICAL_BAR = Bar(0.2 / PER_THOUSAND, 1.0 / PER_THOUSAND)  # docs/figures/reading.md
ORDINARY_BAR = Bar(0.4 / PER_THOUSAND, 3.0 / PER_THOUSAND)


@dataclass(frozen=True)
class Rate:
    """So many wrong of so many keyed."""

    wrong: int
    fields: int

    @property
    def rate(self) -> float:
        """The share that was wrong; 0 where nothing was keyed."""
        return self.wrong / self.fields if self.fields else 0.0

    @property
    def upper(self) -> float:
        """One-sided 95 % upper bound (Clopper-Pearson); 1 where nothing was keyed."""
        return upper_bound(self.wrong, self.fields, CONFIDENCE)

    @property
    def lower(self) -> float:
        """One-sided 95 % lower bound (Clopper-Pearson); 0 where nothing was wrong."""
        return lower_bound(self.wrong, self.fields, CONFIDENCE)


@dataclass(frozen=True)
class Counted:
    """Settled samples of one stratum and class."""

    form: str
    hand: str
    critical: bool
    outcome: Outcome
    fields: int


def rate_of(counted: Iterable[Counted], *, critical: bool) -> Rate:
    """The rate of a class over what is given; unclear ones count as wrong until a senior has said otherwise."""
    these = [one for one in counted if one.critical is critical and one.outcome is not Outcome.OPEN]
    wrong = sum(one.fields for one in these if one.outcome in (Outcome.WRONG, Outcome.UNCLEAR))
    return Rate(wrong, sum(one.fields for one in these))


def too_high(rate: Rate, bar: Bar) -> str:
    """Why an alarm is due, as a sentence; empty where none is.

    Either the rate is shown to be above the bar (the lower bound is), or so many fields were keyed that a rate at the bar would
    have brought the upper bound down, and it did not come down.
    """
    told = f"{rate.wrong} of {rate.fields:,} fields keyed blind were wrong ({in_thousands(rate.rate)} in 1,000)"
    if rate.lower > bar.rate:
        return f"{told}: at least {in_thousands(rate.lower)} in 1,000, where {in_thousands(bar.rate)} are allowed."
    if rate.fields >= enough_for(bar) and rate.upper > bar.bound:
        return f"{told}: it may be {in_thousands(rate.upper)} in 1,000, where {in_thousands(bar.bound)} is the bound."
    return ""


def recovered(since: Rate, bar: Bar) -> bool:
    """Whether an alarm is over by itself: of what was admitted since, the upper bound is within the bound."""
    return since.upper <= bar.bound


@cache
def enough_for(bar: Bar) -> int:
    """The fewest keyed fields with which a true rate at the bar keeps the upper bound within its bound 19 times in 20.

    With fewer the upper bound is above its bound for want of evidence alone, and says nothing.
    """
    wrong = 0
    while True:
        fields = _fewest_within(wrong, bar.bound)
        if at_most(wrong, fields, bar.rate) >= CONFIDENCE:
            return fields
        wrong += 1


def _fewest_within(wrong: int, bound: float) -> int:
    """The fewest fields of which so many may be wrong with the upper bound within `bound`."""
    low, high = wrong + 1, 1_000_000
    while low < high:
        middle = (low + high) // 2
        if upper_bound(wrong, middle, CONFIDENCE) <= bound:
            high = middle
        else:
            low = middle + 1
    return low


def lower_bound(wrong: int, count: int, confidence: float = CONFIDENCE) -> float:
    """The exact (Clopper-Pearson) one-sided lower bound of an error rate; 0 where nothing was wrong."""
    if wrong == 0:
        return 0.0
    low, high = 0.0, wrong / count
    for _ in range(60):
        middle = (low + high) / 2
        if 1.0 - at_most(wrong - 1, count, middle) > 1 - confidence:
            high = middle
        else:
            low = middle
    return low


def in_thousands(rate: float) -> str:
    """A rate per 1,000, short: "0.23"."""
    return f"{rate * PER_THOUSAND:.2f}"
