"""What the registry takes and what it answers: a `Submission` in, an `Admission` out.

What: the one kind of thing that passes the registry's three doors (fax, phone, web), and its answer.
Why: the law of the program must not depend on how a form arrived.
Refuses: nothing itself; `registry.admission` decides. Values are JSON-native so that a
submission can be stored, replayed and compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from registry.vocabulary import Channel, FormCode, SignatureRole, SignatureVerdict, TreatmentStatus

SubmissionId = NewType("SubmissionId", str)
Reference = NewType("Reference", str)

Value = str | int | float | bool | None
"""A confirmed value: text with folded spaces, ISO dates as text, numbers, marks as booleans, a choice as its option's code,
None for blank on the form."""


@dataclass(frozen=True)
class Correction:
    """One value that a person changed or settled at the desk, with what was read before."""

    field: str  # the form's field name
    read: Value  # what the reader had offered; None if nothing or blank
    confirmed: Value  # what the person said it is; None for blank
    verdict: str  # "confirmed", "corrected", "blank" or "illegible"
    by: str  # the reviewer's sign-in name
    at: datetime  # aware UTC


class PersonSaid(StrEnum):
    """What a person said of whom a form means."""

    SAME = "same"  # this known patient
    NEW = "new"  # nobody known yet


@dataclass(frozen=True)
class PersonChoice:
    """Whom a form means, said by a person who saw the form beside the record. It settles what is near, never what contradicts."""

    said: PersonSaid
    patient_id: str | None  # of the patient chosen, in normal form; None for a new one
    by: str  # the reviewer's sign-in name
    at: datetime  # aware UTC
    reason: str = ""  # why, in a sentence, where it goes against what differs


@dataclass(frozen=True)
class Submission:
    """A form as confirmed: by certainty or by a person."""

    submission_id: SubmissionId  # made in app; admitting the same id twice changes nothing the second time
    reference: Reference  # the fax's reference number, as told to the sender
    form: FormCode  # which of the ten forms
    revision: str | None  # the form's revision as "2023-11"; None where the channel has no paper
    channel: Channel  # fax, phone or web
    received_at: datetime  # aware UTC; the day the fax arrived counts as the day of completion, never the day it was read
    values: Mapping[str, Value]  # by the field names of the forms
    signatures: Mapping[SignatureRole, SignatureVerdict]  # a role the form has no zone for is missing here
    confirmed_by: str = "remsfax"  # reviewer's sign-in name, or "remsfax" when every field was certain
    corrections: tuple[Correction, ...] = ()  # what the desk changed
    illegible: tuple[str, ...] = ()  # fields a person declared illegible; their value is None and the sender is asked
    sender_fax: str | None = None  # ten digits, from the caller's identification, if any
    fax_pages: tuple[int, ...] = ()  # 1-based pages of the fax it stands on, for the audit; none on phone and web
    person: PersonChoice | None = None  # whom a reviewer said the form means; None: nobody was asked


class Admitted(StrEnum):
    """How much of a submission the registry took."""

    YES = "yes"
    NO = "no"
    PARTLY = "partly"


@dataclass(frozen=True)
class Applied:
    """One part of a submission that now stands in the registry."""

    part: str  # such as "enrollment", "labs.0", "ben", "monitoring_frequency"
    detail: str  # one sentence for the sender


@dataclass(frozen=True)
class Refused:
    """One part of a submission that was not applied, and why."""

    part: str  # such as "ben", "labs.0.anc", "enrollment"
    rule: str  # the rule's number, "R28"
    reason: str  # one sentence for the sender that says what to do


@dataclass(frozen=True)
class NoticeDue:
    """Somebody must be told something; outbound finds the words and the pages."""

    kind: str  # such as "enrollment_confirmed", "neutropenia_moderate", "certification_pending"
    to: str  # role: "prescriber", "designee", "pharmacy", "staff", "distributor", "sender", "contact_centre"
    name: str = ""  # the recipient's name as it stands in the registry
    fax: str | None = None  # ten digits, the fax number on file; None: no fax known
    email: str | None = None  # on file, if any
    facts: Mapping[str, Value] = field(default_factory=dict)  # what the letter says: names, ids, values, dates as ISO text


@dataclass(frozen=True)
class Admission:
    """The registry's answer to one submission."""

    submission_id: SubmissionId
    reference: Reference
    admitted: Admitted
    applied: tuple[Applied, ...] = ()
    refused: tuple[Refused, ...] = ()
    treatment_status: TreatmentStatus | None = None  # of the patient concerned, after this submission
    ids: Mapping[str, str] = field(default_factory=dict)  # issued or matched identifiers, such as {"patient_id": "…"}
    notices: tuple[NoticeDue, ...] = ()
