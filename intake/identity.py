"""Who a page means: the joint evidence of all fields that name a person or a place, over all who could be meant.

What: each candidate's fields scored on the writing; the one who explains the page best, by how much the next one falls short,
which fields confirm, and whether somebody of the same name was born about the same day.
Why: a first name, a last name, a birth date, a ZIP code and a number are nearly independent; together they name a person where
each alone would go to a reviewer.
Refuses: to choose between near-twins, or without a margin; to know anybody by a name alone.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from intake.known import KnownParty

FLOOR = 1e-5  # of a field's score in the joint evidence: one smudged or changed field must not outweigh all others
CONFIRMS_CELLS = 0.02  # against the best reading of the cells: the known value may stand there
CONFIRMS_LINE = 0.30  # lattice score; 1 in 1,000 random others reaches 0.45 (recognition figures), and here several agree
POSSIBLE_LINE = 0.02  # lattice score from which the name of somebody who is identified may stand there; the calibration decides
MARGIN = math.log(100.0)  # by which the winner's joint evidence must beat the runner-up's
WEIGHTS = {
    "code": 3.0, "id": 3.0, "npi": 3.0, "dea": 3.0, "ncpdp": 2.0, "date_of_birth": 2.0, "phone": 1.5, "fax": 1.5, "email": 2.0,
    "last_name": 1.5, "name": 1.5, "first_name": 1.0, "zip": 1.0,
}  # fmt: skip
"""What a confirmed field says of who it is: about the powers of ten of people among whom it names one."""
ENOUGH = 3.5  # weight of confirming fields that names somebody
WITHOUT_A_NAME = 5.5  # weight of numbers and days that names somebody whose written name nobody can read
ABOUT_THE_SAME_DAYS = 31
PERSONS = frozenset({"patient", "designee", "prescriber"})


@dataclass(frozen=True)
class Scored:
    """One candidate and how each field speaks of them."""

    party: KnownParty
    scores: Mapping[str, float]  # by short field name, 0–1
    confirmed: frozenset[str]  # short names

    @property
    def evidence(self) -> float:
        """The joint evidence, in nats."""
        return sum(math.log(max(score, FLOOR)) for score in self.scores.values())

    @property
    def weight(self) -> float:
        """What the confirming fields weigh together."""
        return sum(WEIGHTS.get(short, 0.5) for short in self.confirmed)


@dataclass(frozen=True)
class Identified:
    """The one who is meant."""

    who: Scored
    margin: float  # nats by which the runner-up falls short; infinite without one


@dataclass(frozen=True)
class NearTwins:
    """Somebody would be meant, but another one is too like them."""

    who: Scored
    other: KnownParty


@dataclass(frozen=True)
class Contradicted:
    """Names and more are somebody's, but what would make it certain says otherwise."""

    who: Scored


def identify(scored: Sequence[Scored]) -> Identified | NearTwins | Contradicted | None:
    """The one whom the page means; None where nobody is named for certain."""
    if not scored:
        return None
    ranked = sorted(scored, key=lambda one: -one.evidence)
    best = ranked[0]
    if best.weight < ENOUGH:
        return None
    if not _anchored(best):
        return Contradicted(best) if best.confirmed >= {"first_name", "last_name"} else None
    twin = next((one.party for one in ranked[1:] if are_near_twins(best.party, one.party)), None)
    if twin is not None:
        return NearTwins(best, twin)
    margin = math.inf if len(ranked) == 1 else best.evidence - ranked[1].evidence
    return Identified(best, margin) if margin >= MARGIN else None


def _anchored(one: Scored) -> bool:
    """A patient is known by a name and birth date or ID, never by names and a ZIP code alone; others by a name and a number."""
    named = bool(one.confirmed & {"last_name", "first_name", "name"}) or one.weight >= WITHOUT_A_NAME
    if one.party.kind == "patient":
        return named and bool(one.confirmed & {"date_of_birth", "id", "code"})
    return named and bool(one.confirmed & {"npi", "dea", "ncpdp", "email", "phone", "fax"})


def are_near_twins(one: KnownParty, other: KnownParty) -> bool:
    """Two patients of the same name, or nearly so, born on days that a slip of the pen makes one of the other."""
    if one.kind != "patient" or other.kind != "patient":
        return False
    if one.values.get("id") and one.values.get("id") == other.values.get("id"):
        return False
    alike = [_alike(one.values.get(name, ""), other.values.get(name, "")) for name in ("first_name", "last_name")]
    days = [one.values.get("date_of_birth"), other.values.get("date_of_birth")]
    return all(alike) and days[0] is not None and days[1] is not None and near_days(days[0], days[1])


def near_days(one: str, other: str) -> bool:
    """ISO days within a month of each other, with day and month exchanged, or with one or two digits another."""
    if one == other:
        return True
    try:
        a, b = date.fromisoformat(one), date.fromisoformat(other)
    except ValueError:
        return False
    if abs((a - b).days) <= ABOUT_THE_SAME_DAYS or (a.year, a.month, a.day) == (b.year, b.day, b.month):
        return True
    return sum(x != y for x, y in zip(one, other, strict=True)) <= 2


def _alike(one: str, other: str) -> bool:
    """Equal letters, or one letter changed, added or lost."""
    a, b = bare(one), bare(other)
    if a == b or not a or not b:
        return a == b
    short, long = sorted((a, b), key=len)
    if len(long) - len(short) > 1:
        return False
    if len(long) == len(short):
        return sum(x != y for x, y in zip(a, b, strict=True)) <= 1
    return any("".join(kept) == short for kept in combinations(long, len(short))) if len(long) <= 20 else False


def alike(one: str, other: str) -> float:
    """How much of two texts is the same, 0–1: one less the edits between them per letter of the longer."""
    a, b = bare(one), bare(other)
    row = list(range(len(b) + 1))
    for place, sign in enumerate(a, 1):
        before, row[0] = row[0], place
        for column, letter in enumerate(b, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (sign != letter))
    return 1.0 - row[-1] / max(1, len(a), len(b))


def bare(text: str) -> str:
    """Letters and digits alone, small."""
    return "".join(sign for sign in text.casefold() if sign.isalnum())
