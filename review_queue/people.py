"""What the desk shows of a person in the registry, and what may be done there: the port that `app` fills.

What: values for the pages of people (found ones, one with everything that happened), and the acts a senior reviewer may do.
Why: the desk knows no registry table; a page that is made of words can be tested without one.
Refuses: nothing; whether an act is done, and why not, is the registry's answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.orm import Session


class ActKind(StrEnum):
    """What can be done to a patient's record, each with a reason."""

    WITHDRAW = "withdraw"  # a record was an error of ours: it counts no more
    CORRECT = "correct"  # an ANC was read wrongly: the right one counts instead
    MERGE = "merge"  # another patient is the same person: that one's history counts here
    UNMERGE = "unmerge"  # a merged patient is another person after all
    OFF_LIST = "off-list"  # the prescriber took the patient off the own list (R48)


@dataclass(frozen=True)
class FoundPerson:
    """Somebody whom a search named."""

    kind: str  # patient, prescriber, designee, pharmacy or distributor
    key: str  # as the page's address has it
    words: str  # name and what tells one from another


@dataclass(frozen=True)
class PatientRecordLine:
    """One record that the patient's status follows from."""

    record_id: str  # its key, by which it is withdrawn or corrected
    words: str  # "ANC 1850/µL drawn 11/02/2023"
    received: str  # in words, with what brought it
    gone: str  # who withdrew it and why; empty: it counts
    draw_date: str = ""  # ISO day of an ANC; empty for other records
    anc: str = ""  # its value per µL


@dataclass(frozen=True)
class Twin:
    """A patient who may be the same person."""

    patient_id: str
    words: str  # who it is, and what agrees, nearly agrees and differs


@dataclass(frozen=True)
class HistoryLine:
    """One thing that happened."""

    at: str  # in words
    title: str
    by: str  # who, and through which door
    reason: str  # empty: none was given
    details: tuple[str, ...]  # a sentence each


@dataclass(frozen=True)
class PersonPage:
    """A person on one page, up to a day."""

    kind: str
    key: str
    name: str
    number: str  # the key as people read it
    facts: tuple[tuple[str, str], ...]  # label and value
    history: tuple[HistoryLine, ...]  # the latest first
    records: tuple[PatientRecordLine, ...] = ()  # of a patient, the latest first
    twins: tuple[Twin, ...] = ()  # of a patient
    absorbed: tuple[Twin, ...] = ()  # patients merged into this one
    merged_into: str = ""  # the patient this one was found to be
    listed: bool = False  # a patient on a prescriber's list


@dataclass(frozen=True)
class Act:
    """What a senior reviewer wants done, and why."""

    kind: ActKind
    reason: str
    record_id: str = ""  # of a record, to withdraw or correct
    other_id: str = ""  # another patient's ID, to merge or part
    draw_date: date | None = None  # the right draw day
    anc: float | None = None  # the right value per µL


class People(Protocol):
    """The people of the registry."""

    def find(self, session: Session, text: str, now: datetime) -> Sequence[FoundPerson]:
        """Everyone whom a patient ID, NPI, DEA number, HIN or email names, or a last name with a birth date."""
        ...

    def look(self, session: Session, kind: str, key: str, as_of: date | None) -> PersonPage | None:
        """One person, with what was known at the end of that day; None where nobody is known by the key."""
        ...

    def act(self, session: Session, patient_id: str, act: Act, actor: str, now: datetime) -> str:
        """Does it in the session's transaction; why not, or empty where it is done."""
        ...
