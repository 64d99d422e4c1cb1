"""Patients and what the registry remembers of their treatment.

What: frozen records: the patient, each ANC, each Treatment Rationale, each status form, each change of status.
Why: nothing is overwritten: a history can be asked what was known when, an updated field cannot.
Refuses: decisions; bands are `registry.anc`'s, the status is `registry.treatment`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

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
    prescriber_npi: str  # the associated prescriber: who gets the notices (R36, R47)
    ben: bool
    hospice: bool
    monitoring_frequency: MonitoringFrequency
    new_to_clozapine: bool | None
    start_date: date | None
    enrolled_at: datetime  # receipt of the enrollment form
    treatment_status: TreatmentStatus
    status_since: date

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


@dataclass(frozen=True)
class StatusForm:
    """A completed Patient Status Form (R65)."""

    status_form_id: str  # the submission's id; the key
    patient_id: str
    prescriber_npi: str
    received_at: datetime  # the day of receipt is the day of completion
    period_start: date  # missing labs were looked for from here
    monitored: MonitoringFrequency  # by which its period's draws are judged, whatever is set later
    missing_labs_authorized: bool
    missing_labs_reason: str | None


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


@dataclass(frozen=True)
class PatientFile:
    """A patient with the whole history a decision needs."""

    patient: Patient
    results: tuple[AncResult, ...] = ()
    rationales: tuple[Rationale, ...] = ()
    status_forms: tuple[StatusForm, ...] = ()

    @property
    def last_status_form(self) -> StatusForm | None:
        """The one received last."""
        return max(self.status_forms, key=lambda form: form.received_at, default=None)
