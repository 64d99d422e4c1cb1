"""Patients and what the registry remembers of their treatment.

What: frozen records: the patient, each ANC, each Treatment Rationale, each status form, each thing a form said of the patient,
each change of status, each withdrawal of an error.
Why: nothing is overwritten: a history can be asked what was known when, an updated field cannot.
Refuses: decisions; bands are `registry.anc`'s, the status is `registry.treatment`'s, what a history comes to `registry.course`'s.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from registry.vocabulary import MonitoringFrequency, Population, TreatmentStatus


@dataclass(frozen=True)
class Patient:
    """An enrolled patient (R30)."""

    patient_id: str  # REMS Patient ID, normal form; the key
    serial: int  # the number the ID was issued from
    first_name: str
    middle_initial: str | None
    last_name: str
    date_of_birth: date
    sex: str | None
    zip: str | None
    address: str | None
    phone: str | None
    prescriber_npi: str  # the associated prescriber: who gets the notices (R36, R47); from here on, what `registry.course` makes
    ben: bool
    hospice: bool
    monitoring_frequency: MonitoringFrequency
    new_to_clozapine: bool | None
    start_date: date | None
    enrolled_at: datetime  # receipt of the enrollment form
    treatment_status: TreatmentStatus
    status_since: date
    off_list_since: date | None = None  # R48: day the prescriber took the patient off the own list; nobody's list until R47
    latest_draw: date | None = None  # draw day of the most current ANC
    latest_anc: float | None = None  # its value per µL
    low_open: bool = False  # that ANC is below the threshold to continue and no rationale answers it (R39, R40)
    last_form_at: datetime | None = None  # receipt of the last completed Patient Status Form (R65)
    missing_labs: str | None = None  # the gaps of its period that nobody authorized, for people; None: none
    dispensed_from: datetime | None = (
        None  # from when on a first dispensing is behind the patient (R64); None: nothing authorized
    )
    merged_into: str | None = None  # the patient this one was found to be the same person as

    @property
    def population(self) -> Population:
        """Which thresholds hold."""
        return Population.BEN if self.ben else Population.GENERAL

    @property
    def full_name(self) -> str:
        """First and last name, for letters."""
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class AncResult:
    """One ANC of one draw; two different values of one day are two results."""

    result_id: str  # the key
    patient_id: str
    draw_date: date
    anc: float  # cells/µL, unrounded
    received_at: datetime
    source: str  # form code it came on, or "dispense_rationale"
    submission_id: str


@dataclass(frozen=True)
class Rationale:
    """A prescriber's Treatment Rationale: it answers one ANC of one day (R42–R43)."""

    rationale_id: str  # the key
    patient_id: str
    draw_date: date
    anc: float
    prescriber_npi: str
    received_at: datetime
    submission_id: str


@dataclass(frozen=True)
class StatusForm:
    """A completed Patient Status Form (R65)."""

    status_form_id: str  # the submission's id; the key
    patient_id: str
    prescriber_npi: str
    received_at: datetime  # the day of receipt is the day of completion
    missing_labs_authorized: bool
    missing_labs_reason: str | None


def form_order(form: StatusForm) -> tuple[datetime, bool, str]:
    """Sorts by receipt; of one moment the form that authorizes no missing labs counts as the last."""
    return form.received_at, not form.missing_labs_authorized, form.status_form_id


YES = "yes"
"""The value of a statement that is a mark."""


class About(StrEnum):
    """What a statement is about."""

    PRESCRIBER = "prescriber"  # R47: the value is the NPI of who enrolls the patient
    OFF_LIST = "off_list"  # R48: the value is the NPI of the prescriber who takes the patient off the own list
    BEN = "ben"  # the value is "yes"
    HOSPICE = "hospice"  # the value is "yes"
    FREQUENCY = "frequency"  # the value is a monitoring frequency's code
    STATUS = "status"  # the value is a treatment status's code


@dataclass(frozen=True)
class Statement:
    """What somebody who may say it said of a patient beside ANCs; whether it takes effect is `registry.course`'s to find."""

    statement_id: str  # "<submission>:<about>"; the key
    patient_id: str
    submission_id: str
    received_at: datetime
    about: About
    value: str
    day: date | None = None  # from when, as the form says (status_date)
    reason: str | None = None  # as the form gave it


@dataclass(frozen=True)
class Withdrawal:
    """A record found to be an error of ours: it stays, and counts no more."""

    record_id: str  # key of the ANC, rationale, status form or statement withdrawn; the key
    patient_id: str
    at: datetime
    by: str  # sign-in name of the person who decided it
    reason: str


@dataclass(frozen=True)
class Merge:
    """Two patients found to be one person, by a person at the desk; undone, both stand apart again."""

    merge_id: str  # "<absorbed>><kept>@<moment>"; the key
    kept_id: str
    absorbed_id: str
    at: datetime
    by: str
    reason: str
    undone_at: datetime | None = None
    undone_by: str | None = None
    undone_reason: str | None = None


@dataclass(frozen=True)
class StatusChange:
    """One change of a patient's treatment status, and its cause."""

    change_id: str  # the key
    patient_id: str
    at: datetime  # receipt of what caused it
    before: TreatmentStatus
    after: TreatmentStatus
    cause: str  # one sentence
    reason: str | None = None  # as the form gave it


PatientRecord = AncResult | Rationale | StatusForm | Statement
"""What a patient's history is made of."""


@dataclass(frozen=True)
class PatientFile:
    """A patient with the whole history a decision needs; what was withdrawn is not in it."""

    patient: Patient
    results: tuple[AncResult, ...] = ()
    rationales: tuple[Rationale, ...] = ()
    status_forms: tuple[StatusForm, ...] = ()
    statements: tuple[Statement, ...] = ()

    @property
    def last_status_form(self) -> StatusForm | None:
        """The one received last."""
        return max(self.status_forms, key=form_order, default=None)

    def grown(self, *records: PatientRecord) -> PatientFile:
        """The file with further records."""
        return replace(
            self,
            results=(*self.results, *(one for one in records if isinstance(one, AncResult))),
            rationales=(*self.rationales, *(one for one in records if isinstance(one, Rationale))),
            status_forms=(*self.status_forms, *(one for one in records if isinstance(one, StatusForm))),
            statements=(*self.statements, *(one for one in records if isinstance(one, Statement))),
        )
