"""What deciding about a submission needs and yields: a `Situation` in, a `Decision` out.

What: the situation is everything the registry knows of the people a form names; the decision is what to store and what to say.
Why: with both as values every rule is a pure function, tested without a database, replayed at will.
Refuses: `Findings.tell` raises ValueError for a notice that is not in `registry.notices`, or with other facts than its row names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeAlias

from registry.form_values import Complaint
from registry.grading import AnswerKey
from registry.matching import Match, PatientMatch
from registry.notices import NOTICES
from registry.parties import Account, Assessment, Designee, Distributor, Pharmacy, PharmacyLocation, Prescriber
from registry.patients import AncResult, Patient, PatientFile, Rationale, Statement, StatusChange, StatusForm
from registry.submission import Admission, Admitted, Applied, NoticeDue, Reference, Refused, Submission, SubmissionId, Value
from registry.vocabulary import TreatmentStatus

Record: TypeAlias = (
    Prescriber
    | Designee
    | Pharmacy
    | PharmacyLocation
    | Distributor
    | Account
    | Assessment
    | Patient
    | AncResult
    | Rationale
    | StatusForm
    | Statement
    | StatusChange
)
"""Anything that stands in the registry."""

NOBODY_NAMED = PatientMatch(Match.INCOMPLETE)


@dataclass(frozen=True)
class Situation:
    """What the registry knows of whom a form names, at one moment."""

    next_serial: int  # from which the next REMS Patient ID is issued
    keys: Mapping[str, AnswerKey]  # answer keys by form code
    prescriber: Prescriber | None = None  # of the form's NPI, or DEA where the form has no NPI
    designees: tuple[Designee, ...] = ()  # of that prescriber
    match: PatientMatch = NOBODY_NAMED  # whom the form means
    file: PatientFile | None = None  # of the matched patient
    associated: Prescriber | None = None  # the matched patient's prescriber
    pharmacy: Pharmacy | None = None  # of the form's pharmacy NPI, or the one that answers for that location
    assessments: tuple[Assessment, ...] = ()  # of the form's NPI for the form's audience
    accounts: Mapping[str, Account] = field(default_factory=dict)  # by the form's emails that are in use


@dataclass(frozen=True)
class Decision:
    """What a submission changes, and what is said about it."""

    records: tuple[Record, ...]  # to store, new or in place of their earlier version
    admission: Admission
    held: bool = False  # R35: kept until its sender is certified


@dataclass(frozen=True)
class Act:
    """What a person does to the registry without a form: a withdrawal, a merge."""

    submission_id: SubmissionId  # names the act
    reference: Reference  # as told to who asks
    sender_fax: str | None = None  # nobody sent it


class Findings:
    """Collects what one submission, or one act, comes to; `decision` closes it."""

    def __init__(self, submission: Submission | Act) -> None:
        self._submission = submission
        self._applied: list[Applied] = []
        self._refused: list[Refused] = []
        self._records: list[Record] = []
        self._notices: list[NoticeDue] = []
        self._ids: dict[str, str] = {}
        self._held = False

    @property
    def anything_applied(self) -> bool:
        """Whether some part stands so far."""
        return bool(self._applied)

    def apply(self, part: str, detail: str, *records: Record) -> None:
        """A part that now stands, with what is stored for it."""
        self._applied.append(Applied(part, detail))
        self._records.extend(records)

    def store(self, *records: Record) -> None:
        """Records that belong to a part already named."""
        self._records.extend(records)

    def refuse(self, part: str, rule: str, reason: str) -> None:
        """A part that is not applied."""
        self._refused.append(Refused(part, rule, reason))

    def refuse_all(self, rule: str, complaints: list[Complaint]) -> None:
        """A refusal for each field complained of."""
        for complaint in complaints:
            self.refuse(complaint.field, rule, complaint.reason)

    def hold(self) -> None:
        """R35: keep the submission until its sender is certified."""
        self._held = True

    def identify(self, name: str, identifier: str) -> None:
        """An identifier that was issued or matched."""
        self._ids[name] = identifier

    def tell(self, kind: str, to: str, facts: Mapping[str, Value], name: str = "", fax: str | None = None,
             email: str | None = None) -> None:  # fmt: skip
        """Somebody must be told; ValueError unless kind, recipient and facts are a row of `registry.notices`."""
        row = NOTICES.get(kind)
        if row is None or to not in row.to:
            raise ValueError(f"no notice {kind!r} to {to!r}")
        if set(facts) != set(row.facts):
            raise ValueError(f"notice {kind!r}: facts differ from its row in {sorted(set(facts) ^ set(row.facts))}")
        self._notices.append(NoticeDue(kind, to, name, fax, email, dict(facts)))

    def tell_prescriber(self, kind: str, prescriber: Prescriber | None, facts: Mapping[str, Value]) -> None:
        """A notice to a prescriber's fax on file."""
        if prescriber is None:
            self.tell(kind, "prescriber", facts)
        else:
            self.tell(kind, "prescriber", facts, prescriber.full_name, prescriber.fax, prescriber.email)

    def tell_pharmacy(self, kind: str, pharmacy: Pharmacy, facts: Mapping[str, Value]) -> None:
        """A notice to a pharmacy's fax on file."""
        self.tell(kind, "pharmacy", facts, pharmacy.name or "", pharmacy.fax, pharmacy.ar_email)

    def tell_sender(self, kind: str, facts: Mapping[str, Value], name: str = "") -> None:
        """A notice to the number the fax came from."""
        self.tell(kind, "sender", facts, name, self._submission.sender_fax)

    def decision(self, treatment_status: TreatmentStatus | None = None) -> Decision:
        """The whole, with `admitted` as the parts say."""
        whole = Admitted.PARTLY if self._refused else Admitted.YES
        admission = Admission(
            submission_id=self._submission.submission_id,
            reference=self._submission.reference,
            admitted=whole if self._applied else Admitted.NO,
            applied=tuple(self._applied),
            refused=tuple(self._refused),
            treatment_status=treatment_status,
            ids=dict(self._ids),
            notices=tuple(self._notices),
        )
        return Decision(tuple(self._records), admission, self._held)


def patient_facts(patient: Patient) -> dict[str, Value]:
    """Who a notice is about."""
    return {
        "patient_id": patient.patient_id,
        "patient_name": patient.full_name,
        "patient_date_of_birth": patient.date_of_birth.isoformat(),
    }


def status_facts(patient: Patient) -> dict[str, Value]:
    """Who a notice is about, and where the patient stands."""
    return {
        **patient_facts(patient),
        "treatment_status": patient.treatment_status.value,
        "prescriber_npi": patient.prescriber_npi,
    }


def iso(moment: date | datetime | None) -> str | None:
    """A day or moment as a fact."""
    return None if moment is None else moment.isoformat()
