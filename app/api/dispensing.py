"""Dispensing over the API: checks, Dispense Rationales, what was dispensed and what was taken back (R63–R71).

What: the routes of pharmacies. Each POST is one short transaction: load, decide, store.
Why: R71: a Dispense Rationale is given on the web or by phone; the check before each dispensing is what the program is for.
Refuses: another pharmacy's NPI (403) and another pharmacy's authorization (404); what the rules refuse is answered with reasons.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app import storage as cases
from app.acts import tell_of_act
from app.answers import Desk
from app.api.door import ToDispense
from app.api.parties_allowed import acting_for_pharmacy
from app.api.problems import Problem, errors
from app.api.repeats import Effect, IdempotencyKey, once
from app.api.shapes import TEXT_PATTERN, Day, Given, Npi, PatientId, PatientIdInPath, ReasonOut
from app.api.tokens import Caller
from app.composition import Remsfax
from registry import dispense_requests, storage
from registry.certification import Standing, pharmacy_standing
from registry.dispense_requests import DispenseAnswer
from registry.dispensing import Authorization
from registry.identifiers import iso_day, normal_patient_id
from registry.staffing import may_ask

IN_PROCESS = "A form of this patient was received and is in process: ask again soon."

AuthorizationNumber = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$", description="An authorization number, as the dispense check gave it.")
]


class DispenseCheckIn(Given):
    """May this pharmacy dispense to this patient now?"""

    pharmacy_npi: Npi
    patient_id: PatientId


class DispenseCheckOut(BaseModel):
    """The answer: an authorization, or every reason against it."""

    authorized: bool = Field(description="Whether clozapine may be dispensed on this check.")
    authorization: str | None = Field(
        description="The authorization number (R63); null where it is denied.", examples=["A00000001"]
    )
    reasons: list[ReasonOut] = Field(description="Every failed condition (R66); empty where authorized.")
    dispense_rationale_offered: bool = Field(description="A Dispense Rationale may be given instead (R67).")
    in_process: bool = Field(description="A form of this patient waits in the queue: received, in process.")
    message: str = Field(description="The answer in words.")


class RationaleIn(Given):
    """R67–R71: the pharmacist holds a current, acceptable ANC although no current Patient Status Form is on file."""

    pharmacy_npi: Npi
    patient_id: PatientId
    prescriber_npi: Npi
    draw_date: Day
    anc: float = Field(strict=True, allow_inf_nan=False, ge=0, le=1e9, description="The ANC per µL.", examples=[1900])


class RationaleOut(BaseModel):
    """The answer to a Dispense Rationale."""

    authorized: bool = Field(description="Whether the rationale was accepted.")
    authorization: str | None = Field(description="The authorization number; null where it was not.")
    reasons: list[ReasonOut] = Field(description="Every reason against it (R68–R71).")
    used_this_year: int = Field(description="Outpatient Dispense Rationales of this patient in 365 days, of three (R70).")


class DispensedOut(BaseModel):
    """The report is taken."""

    authorization: str = Field(description="The authorization number.")
    dispensed: bool = Field(description="True: it stands as dispensed, by this report or an earlier one.")


class ReversalIn(Given):
    """Why what was authorized or dispensed is taken back."""

    reason: str = Field(
        min_length=3,
        max_length=500,
        pattern=TEXT_PATTERN,
        description="In words.",
        examples=["Returned to stock, never picked up."],
    )


class ReversalOut(BaseModel):
    """The answer to a reversal."""

    authorization: str = Field(description="The authorization number.")
    reversed: bool = Field(description="Whether it is taken back.")
    reasons: list[ReasonOut] = Field(description="Why it is not; empty where it is.")


class GivenOut(BaseModel):
    """One authorization of a patient."""

    authorization: str = Field(description="Its number.")
    pharmacy_npi: str = Field(description="The pharmacy it was given to.")
    authorized_at: datetime = Field(description="When it was given.")
    by_dispense_rationale: bool = Field(description="Given on a Dispense Rationale.")
    dispensed_at: datetime | None = Field(description="As the pharmacy reported; null: not reported.")
    reversed_at: datetime | None = Field(description="When the pharmacy took it back; it counts as never given.")


class DeniedOut(BaseModel):
    """One check that was denied."""

    pharmacy_npi: str = Field(description="The pharmacy that asked.")
    denied_at: datetime = Field(description="When it was denied.")


class HistoryOut(BaseModel):
    """What was authorized, denied and dispensed for a patient, the oldest first; a pharmacy sees its own."""

    patient_id: str = Field(description="REMS Patient ID.")
    authorizations: list[GivenOut] = Field(description="What was authorized.")
    denials: list[DeniedOut] = Field(description="What was denied.")


def dispensing_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`."""
    router = APIRouter(tags=["dispensing"])
    desk = Desk(house.settings.program_fax, house.settings.contact_centre_fax)

    @router.post("/dispense-checks", response_model=DispenseCheckOut, responses=errors(400, 401, 403, 409, 413, 422))
    def dispense_check(body: DispenseCheckIn, caller: ToDispense, key: IdempotencyKey = None) -> JSONResponse:
        """R63–R67: the REMS Dispense Authorization, or every reason against it. A denial is an answer, not an error."""
        npi = acting_for_pharmacy(caller, body.pharmacy_npi)

        def effect(session: Session) -> Effect:
            answer = dispense_requests.ask_dispense(session, npi, body.patient_id, house.clock(), caller.actor)
            if not answer.authorized:
                answer = replace(answer, in_process=is_in_process(session, body.patient_id))
            return Effect(200, _checked(answer))

        return once(house, caller, key, f"dispense-checks {body.model_dump_json()}", effect)

    @router.post("/dispense-rationales", response_model=RationaleOut, responses=errors(400, 401, 403, 409, 413, 422))
    def dispense_rationale(body: RationaleIn, caller: ToDispense, key: IdempotencyKey = None) -> JSONResponse:
        """R67–R71: authorizes on a Dispense Rationale, after a denial for want of a current Patient Status Form."""
        npi = acting_for_pharmacy(caller, body.pharmacy_npi)

        def effect(session: Session) -> Effect:
            _one_of_the_pharmacy(session, caller, npi, house.clock())
            now = house.clock()
            answer = dispense_requests.give_rationale(
                session, npi, body.patient_id, body.prescriber_npi, iso_day(body.draw_date), body.anc, now, caller.actor
            )
            nudges = tell_of_act(session, f"dispense-rationale:{answer.authorization}", answer.notices, desk, now)
            return Effect(
                200,
                {
                    "authorized": answer.authorized,
                    "authorization": answer.authorization,
                    "reasons": _reasons(answer),
                    "used_this_year": answer.used_this_year,
                },
                nudges,
            )

        return once(house, caller, key, f"dispense-rationales {body.model_dump_json()}", effect)

    @router.post("/authorizations/{number}/dispensed", response_model=DispensedOut, responses=errors(401, 403, 404, 409, 422))
    def dispensed(number: AuthorizationNumber, caller: ToDispense, key: IdempotencyKey = None) -> JSONResponse:
        """The pharmacy has dispensed on the authorization; reported twice, the first report stands."""

        def effect(session: Session) -> Effect:
            _own_authorization(session, caller, number)
            answer = dispense_requests.report_dispensed(session, number, house.clock(), caller.actor)
            if not answer.done:
                raise Problem(409, "not-possible", answer.reason.reason if answer.reason else "It cannot be reported.")
            return Effect(200, {"authorization": number, "dispensed": True})

        return once(house, caller, key, f"dispensed {number}", effect)

    @router.post(
        "/authorizations/{number}/reversal", response_model=ReversalOut, responses=errors(400, 401, 403, 404, 409, 413, 422)
    )
    def reversal(number: AuthorizationNumber, body: ReversalIn, caller: ToDispense, key: IdempotencyKey = None) -> JSONResponse:
        """What was authorized or dispensed is taken back, with the reason; it counts as never given."""

        def effect(session: Session) -> Effect:
            _own_authorization(session, caller, number)
            answer = dispense_requests.reverse(session, number, house.clock(), caller.actor, body.reason)
            why = [] if answer.reason is None else [{"rule": answer.reason.rule, "reason": answer.reason.reason}]
            return Effect(200, {"authorization": number, "reversed": answer.done, "reasons": why})

        return once(house, caller, key, f"reversal {number} {body.model_dump_json()}", effect)

    @router.get("/patients/{patient_id}/dispensing", responses=errors(401, 403, 404, 422))
    def dispensing(patient_id: PatientIdInPath, caller: ToDispense) -> HistoryOut:
        """What was authorized, denied and dispensed for a patient; a pharmacy sees what it asked itself."""
        with house.database.reading() as session:
            patient = storage.patient_meant(session, normal_patient_id(patient_id) or "")
            if patient is None:
                raise Problem(404, "not-found", "There is no such patient.")
            history = storage.dispense_history(session, patient.patient_id)
            own = None if caller.is_operator else _own_npi(session, caller)
        return HistoryOut(
            patient_id=patient.patient_id,
            authorizations=[
                GivenOut(
                    authorization=one.authorization,
                    pharmacy_npi=one.pharmacy_npi,
                    authorized_at=one.authorized_at,
                    by_dispense_rationale=one.by_rationale,
                    dispensed_at=one.dispensed_at,
                    reversed_at=one.reversed_at,
                )
                for one in sorted(history.authorizations, key=lambda one: (one.authorized_at, one.authorization))
                if own in (None, one.pharmacy_npi)
            ],
            denials=[
                DeniedOut(pharmacy_npi=one.pharmacy_npi, denied_at=one.denied_at)
                for one in sorted(history.denials, key=lambda one: (one.denied_at, one.denial_id))
                if own in (None, one.pharmacy_npi)
            ],
        )

    return router


def is_in_process(session: Session, patient_id: str) -> bool:
    """Whether a form of this patient was received and is not yet recorded: by ID, or by name and birth date as read."""
    patient = storage.patient_meant(session, normal_patient_id(patient_id) or "")
    if patient is None:
        return False
    return cases.is_in_process(session, patient.patient_id, patient.first_name, patient.last_name, patient.date_of_birth)


def _one_of_the_pharmacy(session: Session, caller: Caller, npi: str, now: datetime) -> None:
    """R71: the AR or enrolled staff; Problem 403 for others. A pharmacy that is not certified gets the rules' own answer."""
    certified = pharmacy_standing(storage.pharmacy_for(session, npi), now) is Standing.CERTIFIED
    if certified and not caller.is_operator and not may_ask(session, caller.email, npi, now):
        raise Problem(403, "person", "R71: only the representative or enrolled staff give a Dispense Rationale.")


def _own_npi(session: Session, caller: Caller) -> str:
    """The NPI under which the registry keeps the caller's authorizations: a store's are its headquarters' (R61)."""
    pharmacy = storage.pharmacy_for(session, caller.identifier)
    return caller.identifier if pharmacy is None else pharmacy.npi


def _own_authorization(session: Session, caller: Caller, number: str) -> None:
    found = storage.load(session, Authorization, number)
    if found is None or not (caller.is_operator or found.pharmacy_npi == _own_npi(session, caller)):
        raise Problem(404, "not-found", "There is no such authorization, or it is not of this token's pharmacy.")


def _checked(answer: DispenseAnswer) -> dict[str, Any]:
    if answer.authorized:
        message = f"Authorized under {answer.authorization}."
    else:
        parts = ["Not authorized.", *(one.reason for one in answer.reasons)]
        if answer.rationale_offered:
            parts.append("A Dispense Rationale may be given.")
        if answer.in_process:
            parts.append(IN_PROCESS)
        message = " ".join(parts)
    return {
        "authorized": answer.authorized,
        "authorization": answer.authorization,
        "reasons": _reasons(answer),
        "dispense_rationale_offered": answer.rationale_offered,
        "in_process": answer.in_process,
        "message": message,
    }


def _reasons(answer: DispenseAnswer) -> list[dict[str, str]]:
    return [{"rule": one.rule, "reason": one.reason} for one in answer.reasons]
