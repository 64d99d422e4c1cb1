"""A patient over the API: the minimum for a pharmacy, the whole for the prescriber and the designee.

What: `GET /patients/{id}/status`.
Why: 45 CFR 164.502(b): who dispenses needs to know whether it may, not every count of a year.
Refuses: another prescriber's patients (404, as for no patient at all).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.api.dispensing import is_in_process
from app.api.door import ToSeePatients
from app.api.parties_allowed import patient_seen_by
from app.api.problems import errors
from app.api.shapes import PatientIdInPath, ReasonOut
from app.api.tokens import PartyKind
from app.composition import Remsfax
from registry import questions, storage
from registry.dispensing import check
from registry.moments import program_day
from registry.patients import Patient


class ForPharmacy(BaseModel):
    """What a pharmacy needs before it dispenses, and nothing more."""

    view: str = Field(default="pharmacy", description="Which of the two shapes this is.")
    patient_id: str = Field(description="REMS Patient ID.")
    treatment_status: str = Field(description="R38: enrolled, interrupted or discontinued.", examples=["enrolled"])
    may_be_dispensed: bool = Field(description="What a dispense check would say now; it authorizes nothing.")
    message: str = Field(description="The same in words.")
    reasons: list[ReasonOut] = Field(description="Every condition that fails now (R66).")
    in_process: bool = Field(description="A form of this patient waits in the queue.")


class LabOut(BaseModel):
    """One ANC on file."""

    draw_date: date = Field(description="The day of the draw.")
    anc: float = Field(description="Per µL.")


class ForPrescriber(BaseModel):
    """All that the patient's own prescriber and designees, and the operator, see."""

    view: str = Field(default="prescriber", description="Which of the two shapes this is.")
    patient_id: str = Field(description="REMS Patient ID.")
    first_name: str = Field(description="As enrolled.")
    last_name: str = Field(description="As enrolled.")
    date_of_birth: date = Field(description="As enrolled.")
    treatment_status: str = Field(description="R38: enrolled, interrupted or discontinued.")
    status_since: date = Field(description="Since when.")
    monitoring_frequency: str = Field(description="How often the ANC is drawn (R07).")
    prescriber_npi: str | None = Field(description="The associated prescriber; null: on nobody's list (R48).")
    ben: bool = Field(description="Benign ethnic neutropenia.")
    hospice: bool = Field(description="In hospice care.")
    labs: list[LabOut] = Field(description="Every ANC on file, in the order of the draws.")
    last_status_form: date | None = Field(description="The day the last Patient Status Form was received.")
    next_status_form_by: date = Field(description="The last day on which the last status form, or the enrollment, counts (R65).")
    next_draw_by: date | None = Field(
        description="The day by which the label asks for the next ANC; null where it asks for none."
    )
    label_monitoring: str = Field(description="What the label asks for, in words.")
    label_reason: str = Field(description="Why it does.")
    in_process: bool = Field(description="A form of this patient waits in the queue.")


def patient_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`."""
    router = APIRouter(tags=["patients"])

    @router.get("/patients/{patient_id}/status", responses=errors(401, 403, 404, 422))
    def patient_status(patient_id: PatientIdInPath, caller: ToSeePatients) -> ForPharmacy | ForPrescriber:
        """A patient's status: for a pharmacy whether it may dispense and why not, for the prescriber the whole."""
        now = house.clock()
        with house.database.reading() as session:
            patient = patient_seen_by(session, caller, patient_id)
            if caller.kind is PartyKind.PHARMACY:
                return _for_pharmacy(session, caller.identifier, patient, now)
            found = questions.patient(session, patient.patient_id, on=program_day(now))
            assert found is not None
            waits = is_in_process(session, patient.patient_id)
        return ForPrescriber(**{**_known(found), "in_process": waits})

    return router


def _for_pharmacy(session: Session, npi: str, patient: Patient, now: datetime) -> ForPharmacy:
    checked = check(storage.pharmacy_for(session, npi), patient, now)
    may = not checked.reasons
    reasons = [ReasonOut(rule=one.rule, reason=one.reason) for one in checked.reasons]
    words = "A dispense check would authorize now." if may else " ".join(["Do not dispense.", *(one.reason for one in reasons)])
    return ForPharmacy(
        patient_id=patient.patient_id,
        treatment_status=patient.treatment_status.value,
        may_be_dispensed=may,
        message=words,
        reasons=reasons,
        in_process=not may and is_in_process(session, patient.patient_id),
    )


def _known(found: dict[str, Any]) -> dict[str, Any]:
    """What the registry answers, as far as it is told here."""
    return {name: found[name] for name in ForPrescriber.model_fields if name in found}
