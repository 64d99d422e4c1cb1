"""Whether a form that came in answers a question we asked: pure.

What: what tells one form's owner from another's, the open questions, and the one that an arriving form answers.
Why: a question that is never joined with its answer waits for ever, and what a reviewer had settled is keyed a second time.
Refuses: to join across two forms or two people. A clinic's fax number alone proves little, since it sends many patients' forms,
and a patient's form that comes late, or tells of other blood draws, may be the next month's: such a match is offered to a person.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from intake.reading import FormReading, Value
from registry.identifiers import normal_npi
from registry.moments import program_day
from registry.vocabulary import FormCode

_DRAW = re.compile(r"labs\.\d+\.draw_date")
REFERENCE = re.compile(r"\bR-?\s?(\d{8})-?\s?(\d{4})\b")
PARTY_FIELD: Mapping[str, str] = {
    FormCode.PRESCRIBER_ENROLLMENT: "prescriber_npi",
    FormCode.PRESCRIBER_KNOWLEDGE: "prescriber_npi",
    FormCode.PRESCRIBER_DESIGNEE: "prescriber_npi",
    FormCode.OUTPATIENT_PHARMACY: "pharmacy_npi",
    FormCode.INPATIENT_PHARMACY: "pharmacy_npi",
    FormCode.PHARMACY_KNOWLEDGE: "pharmacy_npi",
}
"""Forms that certify or enroll somebody: the field whose NPI says whom. A patient's form is its patient's, whoever sends it."""


@dataclass(frozen=True)
class Whose:
    """What tells whose form it is; each None where it cannot be told."""

    patient_id: str | None = None  # of the patient in the registry
    named: str | None = None  # key of the patient's name and birth date
    npi: str | None = None  # of the prescriber or pharmacy whom a form of theirs is about
    sender_fax: str | None = None  # ten digits, from the caller's identification

    @property
    def known(self) -> bool:
        """Whether the form itself says whose it is."""
        return any((self.patient_id, self.named, self.npi))


@dataclass(frozen=True)
class Question:
    """What a sender was asked about one form, and waits for."""

    number: int  # the order in which questions were asked
    item_id: str  # of the review item that waits
    document_id: str  # of the form we asked about
    fax_id: str  # the fax it came in
    reference: str  # as the sender knows it
    form: str  # form code
    whose: Whose
    received_at: datetime  # aware UTC; of the fax we asked about
    asked_at: datetime  # aware UTC
    answer_by: date  # the day the letter names
    asked_for: tuple[str, ...]  # what is asked, a sentence each
    fields: tuple[str, ...]  # the form's fields that are meant by it
    by: str  # who asked
    ended: str = ""  # how it ended (`Ended`); empty: it is open


class Ended(StrEnum):
    """How a question came to its end."""

    ANSWERED = "answered"  # a later form was joined with it
    SETTLED = "settled"  # a reviewer settled it otherwise: the sender phoned, or it was rejected
    ASKED_AGAIN = "asked_again"  # a newer question about the same form took its place


@dataclass(frozen=True)
class Arrived:
    """A form that has just been read."""

    fax_id: str
    form: str
    whose: Whose
    received_at: datetime  # aware UTC
    quoted: frozenset[str] = frozenset()  # references written on it


class Tie(StrEnum):
    """What ties an answer to its question."""

    label: str

    def __new__(cls, code: str, label: str = "") -> Tie:
        """A member from its stable code and its label."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    REFERENCE = "reference", "it quotes the reference"
    PATIENT = "patient", "the same form for the same patient"
    PARTY = "party", "the same form of the same sender"
    FAX_NUMBER = "fax_number", "the same form from the same fax number"
    PERSON = "person", "a reviewer said so"


@dataclass(frozen=True)
class Match:
    """The question that a form answers."""

    question: Question
    tie: Tie
    but: str = ""  # what speaks against it, in words: then a person says

    @property
    def sure(self) -> bool:
        """Whether it joins by itself; otherwise a person says."""
        return self.tie is not Tie.FAX_NUMBER and not self.but


def answered(arrived: Arrived, questions: Iterable[Question]) -> Match | None:
    """The open question this form answers, by the strongest tie and then the latest asked; None if it answers none."""
    found: list[tuple[int, int, Match]] = []
    for one in questions:
        tie = _tie(arrived, one)
        if tie is not None:
            late = tie is Tie.PATIENT and program_day(arrived.received_at) > one.answer_by
            found.append((_STRENGTH.index(tie), -one.number, Match(one, tie, "it came late" if late else "")))
    return min(found, key=lambda each: each[:2])[2] if found else None


def differ(one: Whose, other: Whose) -> bool:
    """Whether the two are certainly not the same person's; what is known of one side only says nothing."""
    if one.patient_id and other.patient_id:
        return one.patient_id != other.patient_id
    if one.named and other.named and one.named != other.named:
        return True
    return bool(one.npi and other.npi and one.npi != other.npi)


def other_draws(values: Mapping[str, Value], earlier: Mapping[str, Value]) -> bool:
    """Whether two forms of one patient tell of blood draws of which none is on both: then the later one is no second copy."""
    one, other = _draw_days(values), _draw_days(earlier)
    return bool(one and other) and one.isdisjoint(other)


def _draw_days(values: Mapping[str, Value]) -> set[Value]:
    return {value for name, value in values.items() if _DRAW.fullmatch(name) and value}


def references_on(reading: FormReading) -> frozenset[str]:
    """References of ours that stand in a field of the form, as the letter asks senders to write them."""
    texts = [str(part) for one in reading.fields.values() for part in (one.value, *one.raw.values()) if isinstance(part, str)]
    return frozenset(f"R-{day}-{number}" for text in texts for day, number in REFERENCE.findall(text.upper()))


def party_npi(form: str, values: Mapping[str, Value]) -> str | None:
    """The NPI that says whose a prescriber's or pharmacy's own form is; None for patients' forms and where it is not known."""
    name = PARTY_FIELD.get(form)
    value = None if name is None else values.get(name)
    return normal_npi(str(value)) if value else None


_STRENGTH = (Tie.REFERENCE, Tie.PATIENT, Tie.PARTY, Tie.FAX_NUMBER)


def _tie(arrived: Arrived, question: Question) -> Tie | None:
    if question.ended or question.form != arrived.form or question.fax_id == arrived.fax_id:
        return None
    if arrived.received_at < question.received_at or differ(arrived.whose, question.whose):
        return None
    mine, asked = arrived.whose, question.whose
    if question.reference in arrived.quoted:
        return Tie.REFERENCE
    if (mine.patient_id and mine.patient_id == asked.patient_id) or (mine.named and mine.named == asked.named):
        return Tie.PATIENT
    if mine.npi and mine.npi == asked.npi:
        return Tie.PARTY
    if mine.sender_fax and mine.sender_fax == asked.sender_fax and not (mine.known and asked.known):
        return Tie.FAX_NUMBER
    return None
