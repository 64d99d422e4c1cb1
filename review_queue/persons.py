"""Whom a form means, at the desk: the registry's candidates beside the form, and a reviewer's choice among them.

What: what a candidate looks like, the port that `app` fills from the registry, the acts by which a reviewer says who it is, and
what those acts come to.
Why: a slip of the pen and another person look alike; only somebody who sees both sides can tell, and must be able to say so.
Refuses: nothing itself; `review_queue.choosing` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session

from intake.reading import Value
from registry.submission import PersonChoice, PersonSaid


class PersonAct(StrEnum):
    """What a reviewer does about who is meant."""

    SAME = "same"  # this candidate is the person
    NEW = "new"  # nobody of them: a new patient
    NOT_THIS = "not_this"  # not this candidate: never offered again for this item
    UNDO = "undo"  # the last of these is taken back


@dataclass(frozen=True)
class PersonStep:
    """One act, as it was done."""

    act: PersonAct
    patient_id: str | None  # of the candidate; None for a new patient and for undo
    by: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class PersonStanding:
    """What all acts on an item come to."""

    choice: PersonChoice | None = None  # whom the form means; None: nobody has said
    ruled_out: frozenset[str] = field(default_factory=frozenset)  # candidates that are not the person
    last: PersonStep | None = None  # what an undo would take back


def standing_of(steps: Iterable[PersonStep]) -> PersonStanding:
    """The acts in order, each undo taking back the last that stood; a later choice counts in place of an earlier."""
    stack: list[PersonStep] = []
    for step in steps:
        if step.act is not PersonAct.UNDO:
            stack.append(step)
        elif stack:
            stack.pop()
    choices = [one for one in stack if one.act in (PersonAct.SAME, PersonAct.NEW)]
    choice = None
    if choices:
        last = choices[-1]
        choice = PersonChoice(PersonSaid(last.act.value), last.patient_id, last.by, last.at, last.reason)
    ruled_out = frozenset(one.patient_id for one in stack if one.act is PersonAct.NOT_THIS and one.patient_id is not None)
    return PersonStanding(choice, ruled_out, stack[-1] if stack else None)


@dataclass(frozen=True)
class Compared:
    """One item of the form beside the candidate's record."""

    item: str  # "last name"
    known: str  # what the record has, as people write it; empty if nothing
    agreement: str  # "agrees", "nearly", "differs" or "unknown"
    how: str  # which slip it is, in words; empty unless nearly


@dataclass(frozen=True)
class Candidate:
    """A known patient whom the form may mean."""

    patient_id: str  # normal form
    number: str  # the same as people read it
    name: str
    about: str  # "Enrolled, weekly"
    compared: tuple[Compared, ...]  # every item, in the order a person reads them
    named_exactly: bool = False  # the form names exactly this patient: nobody else can be meant

    @property
    def differs(self) -> bool:
        """Whether something on the form is plainly another's: a choice of this candidate says why."""
        return any(one.agreement == "differs" for one in self.compared)


class Persons(Protocol):
    """The registry's people, for the box beside a form."""

    def candidates(self, session: Session, values: Mapping[str, Value]) -> Sequence[Candidate]:
        """Known patients whom a form of these values means or may mean, the likeliest first."""
        ...

    def written(self, values: Mapping[str, Value]) -> Mapping[str, str]:
        """What stands on the form, by the items compared, as people write it; empty where nothing does."""
        ...

    def against(self, session: Session, values: Mapping[str, Value], choice: PersonChoice) -> str:
        """Why the choice cannot stand with these values, a sentence; empty where it can."""
        ...
