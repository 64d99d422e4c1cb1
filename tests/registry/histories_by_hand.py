"""Records of one patient made by hand: a history for the pure rules, without forms and without a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from registry.patients import About, AncResult, Patient, PatientFile, Rationale, Statement, StatusForm
from registry.vocabulary import MonitoringFrequency, TreatmentStatus

NOON = datetime(2023, 11, 1, 17, 0, tzinfo=UTC)
"""Of day 0, the day of the enrollment."""


def at(day: float) -> datetime:
    """The moment of a day; noon, US Eastern."""
    return NOON + timedelta(days=day)


def on(day: int) -> date:
    return at(day).date()


def patient(**values: Any) -> Patient:
    made: dict[str, Any] = {
        "patient_id": "P", "serial": 1, "first_name": "MARIA", "middle_initial": None, "last_name": "GARCIA",
        "date_of_birth": date(1980, 2, 3), "sex": None, "zip": None, "address": None, "phone": None, "prescriber_npi": "first",
        "ben": False, "hospice": False, "monitoring_frequency": MonitoringFrequency.WEEKLY, "new_to_clozapine": None,
        "start_date": None, "enrolled_at": at(0), "treatment_status": TreatmentStatus.ENROLLED, "status_since": on(0),
    }  # fmt: skip
    return Patient(**{**made, **values})


def lab(drawn: int, anc: float, received: float, submission: str | None = None) -> AncResult:
    name = submission or f"s{received}"
    return AncResult(f"{name}:{drawn}:{anc}", "P", on(drawn), anc, at(received), "patient_status", name)


def rationale(drawn: int, anc: float, received: float, submission: str | None = None) -> Rationale:
    name = submission or f"s{received}"
    return Rationale(f"{name}:rationale", "P", on(drawn), anc, "first", at(received), name)


def form(received: float, authorized: bool = False, submission: str | None = None) -> StatusForm:
    return StatusForm(submission or f"s{received}", "P", "first", at(received), authorized, None)


def said(about: About, value: str, received: float, submission: str | None = None, day: int | None = None,
         reason: str | None = None) -> Statement:  # fmt: skip
    name = submission or f"s{received}"
    return Statement(f"{name}:{about}", "P", name, at(received), about, value, None if day is None else on(day), reason)


def history(*records: AncResult | Rationale | StatusForm | Statement, **values: Any) -> PatientFile:
    return PatientFile(patient(**values)).grown(*records)
