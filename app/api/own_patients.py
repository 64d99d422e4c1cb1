"""A prescriber's own list of patients over the API (R23, R47, R48).

What: `GET /prescribers/{npi}/patients`, and the way off the list.
Why: who treats whom is seen at a glance; a patient who went elsewhere must not be asked about for ever.
Refuses: another prescriber's list (403), and to tell of a patient who is not on it whether there is one (404). A designee sees
the list and takes nobody off it.
"""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.acts import tell_of_act
from app.api.door import ToSeePatients, ToSettle
from app.api.parties_allowed import NO_PATIENT, acting_for_prescriber, seeing_for_prescriber
from app.api.problems import Problem, errors
from app.api.repeats import Effect, IdempotencyKey, once
from app.api.shapes import TEXT_PATTERN, DoneOut, Given, NpiInPath, PatientIdInPath
from app.composition import Remsfax
from registry import own_lists, storage
from registry.audit import Cause
from registry.identifiers import normal_patient_id
from registry.moments import program_day
from registry.patients import Patient
from registry.policies import STATUS_FORM_VALID
from registry.vocabulary import Channel


class ListedPatientOut(BaseModel):
    """One patient on the list."""

    patient_id: str = Field(description="REMS Patient ID.")
    first_name: str = Field(description="As enrolled.")
    last_name: str = Field(description="As enrolled.")
    date_of_birth: date = Field(description="As enrolled.")
    treatment_status: str = Field(description="R38: enrolled, interrupted or discontinued.", examples=["enrolled"])
    status_since: date = Field(description="Since when.")
    next_status_form_by: date = Field(description="The last day on which the last status form, or the enrollment, counts (R65).")


class OffListIn(Given):
    """Why the patient leaves the list."""

    reason: str | None = Field(
        default=None, max_length=500, pattern=TEXT_PATTERN, description="In words, if there are any.", examples=["Moved away."]
    )


def own_patient_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`."""
    router = APIRouter(tags=["prescribers"])

    @router.get("/prescribers/{npi}/patients", responses=errors(401, 403, 422))
    def patients(npi: NpiInPath, caller: ToSeePatients) -> list[ListedPatientOut]:
        """The prescriber's own list, by REMS Patient ID."""
        with house.database.reading() as session:
            seeing_for_prescriber(session, caller, npi)
            return [_out(one) for one in own_lists.on_list(session, npi)]

    @router.post(
        "/prescribers/{npi}/patients/{patient_id}/off-list",
        response_model=DoneOut,
        responses=errors(400, 401, 403, 404, 409, 413, 422),
    )
    def off_list(
        npi: NpiInPath,
        patient_id: PatientIdInPath,
        caller: ToSettle,
        body: OffListIn | None = None,
        key: IdempotencyKey = None,
    ) -> JSONResponse:
        """R48: the patient leaves the list, and stays enrolled; treatment status and history stay as they are."""
        acting_for_prescriber(caller, npi)
        reason = (body.reason if body is not None else None) or ""

        def effect(session: Session) -> Effect:
            found = storage.patient_meant(session, normal_patient_id(patient_id) or "")
            if found is None or found.prescriber_npi != npi:
                raise Problem(404, "not-found", NO_PATIENT)
            now = house.clock()
            cause = Cause(now, caller.actor, Channel.WEB.value, reason=reason or None)
            answer = own_lists.take_off_list(session, npi, found.patient_id, cause, reason)
            nudges = tell_of_act(session, f"off_list:{found.patient_id}", answer.notices, house.desk, now)
            why = [] if answer.done else [{"rule": "R48", "reason": answer.reason}]
            return Effect(200, {"done": answer.done, "reasons": why}, nudges)

        return once(house, caller, key, f"off-list {npi} {patient_id} {reason}", effect)

    return router


def _out(one: Patient) -> ListedPatientOut:
    counted_from = program_day(one.last_form_at or one.enrolled_at)
    return ListedPatientOut(
        patient_id=one.patient_id,
        first_name=one.first_name,
        last_name=one.last_name,
        date_of_birth=one.date_of_birth,
        treatment_status=one.treatment_status.value,
        status_since=one.status_since,
        next_status_form_by=counted_from + STATUS_FORM_VALID,
    )
