"""The FHIR R4 door: laboratory results in, a patient's counts out.

What: `POST /fhir/Observation` and `GET /fhir/Patient/{id}/$everything`, in FHIR's own shapes of answers and errors.
Why: an ANC that a system sends itself is neither misread nor late.
Refuses: a pharmacy that asks for a whole patient (403): it has `/patients/{id}/status`. What the registry refuses comes back as
an OperationOutcome with 422 and changes nothing but the record of the submission.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from app.answers import Desk
from app.api.door import ToSeePatients, ToSubmit
from app.api.parties_allowed import patient_seen_by
from app.api.problems import FHIR_MEDIA_TYPE, WORDS, FieldProblem, Problem
from app.api.repeats import Effect, IdempotencyKey, once
from app.api.shapes import PatientIdInPath
from app.api.submissions import admit_for
from app.api.submitters import stand_for
from app.api.tokens import Caller, PartyKind
from app.composition import Remsfax
from app.fhir.everything import bundle
from app.fhir.observing import LOINC, LOINC_CODES, PATIENT_ID_SYSTEM, UCUM, Observed, Refused, values_of
from registry import questions
from registry.submission import Admission, Value
from registry.vocabulary import FormCode, SignatureRole, SignatureVerdict

EXAMPLE = {
    "resourceType": "Observation",
    "status": "final",
    "code": {"coding": [{"system": LOINC, "code": "751-8"}]},
    "subject": {"identifier": {"system": PATIENT_ID_SYSTEM, "value": "4417-0823-D"}},
    "effectiveDateTime": "2023-11-02T09:30:00-05:00",
    "valueQuantity": {"value": 1.85, "system": UCUM, "code": "10*3/uL"},
}
_OBJECT: dict[str, Any] = {"type": "object", "required": ["resourceType"], "properties": {"resourceType": {"type": "string"}}}
OUTCOME = {**_OBJECT, "required": ["resourceType", "issue"], "properties": {
    "resourceType": {"const": "OperationOutcome"}, "issue": {"type": "array", "minItems": 1, "items": {"type": "object"}},
}}  # fmt: skip


def fhir_answers(success: int, words: str, *statuses: int) -> dict[int | str, dict[str, Any]]:
    """The answers of a route for its OpenAPI description, errors as OperationOutcome."""
    found: dict[int | str, dict[str, Any]] = {success: {"description": words, "content": {FHIR_MEDIA_TYPE: {"schema": _OBJECT}}}}
    for status in sorted({*statuses, 429, 500, 503}):
        found[status] = {"description": WORDS[status], "content": {FHIR_MEDIA_TYPE: {"schema": OUTCOME}}}
    return found


async def _body(request: Request) -> bytes:
    """The body as it came: its decimals must not become floats on the way."""
    return await request.body()


RawBody = Annotated[bytes, Depends(_body)]


class FhirAnswer(JSONResponse):
    """A FHIR resource."""

    media_type = FHIR_MEDIA_TYPE


def fhir_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1/fhir`."""
    router = APIRouter(prefix="/fhir", tags=["fhir"], default_response_class=FhirAnswer)
    desk = Desk(house.settings.program_fax, house.settings.contact_centre_fax)

    @router.post(
        "/Observation",
        status_code=201,
        responses=fhir_answers(201, "Recorded: an OperationOutcome that says so.", 400, 401, 403, 409, 413, 422),
        openapi_extra={
            "requestBody": {"required": True, "content": {FHIR_MEDIA_TYPE: {"schema": _schema(), "example": EXAMPLE}}}
        },
    )
    def observation(raw: RawBody, caller: ToSubmit, key: IdempotencyKey = None) -> JSONResponse:
        """One ANC, as an Observation of LOINC 751-8, 26499-4 or 753-4 in an explicit UCUM unit."""
        try:
            observed = values_of(raw)
        except Refused as problem:
            refused = [FieldProblem(location=problem.path, message=problem.reason)]
            raise Problem(422, "not-valid", problem.reason, errors=refused) from None
        standing = stand_for(caller, FormCode.ANC_LAB_REPORTING, _values(caller, observed), _signatures(caller))

        def effect(session: Session) -> Effect:
            admission, nudges = admit_for(session, caller, FormCode.ANC_LAB_REPORTING, standing, None, desk, house.clock())
            return Effect(201 if admission.applied else 422, _outcome(admission), nudges)

        request = f"fhir/Observation {hashlib.sha256(raw).hexdigest()}"
        return once(house, caller, key, request, effect, FHIR_MEDIA_TYPE)

    @router.get(
        "/Patient/{patient_id}/$everything",
        responses=fhir_answers(200, "A Bundle: the Patient, and an Observation for each ANC on file.", 401, 403, 404, 422),
    )
    def everything(patient_id: PatientIdInPath, caller: ToSeePatients, request: Request) -> FhirAnswer:
        """A patient of the token's prescriber, whole."""
        if caller.kind is PartyKind.PHARMACY:
            raise Problem(
                403, "minimum-necessary", "A pharmacy is told a patient's status, not every count: /patients/{id}/status."
            )
        with house.database.reading() as session:
            found = questions.patient(session, patient_seen_by(session, caller, patient_id).patient_id)
        assert found is not None
        return FhirAnswer(bundle(found, str(request.base_url).rstrip("/") + "/api/v1/fhir"))

    return router


def _values(caller: Caller, observed: Observed) -> dict[str, Value]:
    """The form's values; the performer's NPI, where one is named, must be that of the token's party."""
    field = "pharmacy_npi" if caller.kind is PartyKind.PHARMACY else "prescriber_npi"
    values: dict[str, Value] = {
        "patient_id": observed.patient_id,
        "labs.0.draw_date": observed.draw_date.isoformat(),
        "labs.0.anc": observed.anc,
    }
    if observed.performer_npi is not None:
        values[field] = observed.performer_npi
    if caller.is_operator:
        values["submitter"] = "prescriber"
    return values


def _signatures(caller: Caller) -> dict[SignatureRole, SignatureVerdict]:
    """An operator's system vouches for what the prescriber named as performer reports; a party's account signs by itself."""
    return {SignatureRole.SUBMITTER: SignatureVerdict.PRESENT} if caller.is_operator else {}


def _outcome(admission: Admission) -> dict[str, Any]:
    told = [
        {"severity": "information", "code": "informational", "diagnostics": f"{one.detail} Reference {admission.reference}."}
        for one in admission.applied
    ]
    refused = [
        {
            "severity": "warning" if admission.applied else "error",
            "code": "business-rule",
            "details": {"text": one.rule},
            "diagnostics": one.reason,
        }
        for one in admission.refused
    ]
    nothing = [{"severity": "error", "code": "business-rule", "diagnostics": "Nothing was recorded."}]
    return {"resourceType": "OperationOutcome", "issue": told + refused or nothing}


def _schema() -> dict[str, Any]:
    """What an Observation must have here, for OpenAPI; FHIR itself says the rest."""
    coding = {"type": "object", "required": ["system", "code"], "properties": {
        "system": {"const": LOINC}, "code": {"enum": list(LOINC_CODES)},
    }}  # fmt: skip
    return {
        "type": "object",
        "required": ["resourceType", "status", "code", "subject", "effectiveDateTime", "valueQuantity"],
        "properties": {
            "resourceType": {"const": "Observation"},
            "status": {"enum": ["final", "corrected", "amended"]},
            "code": {"type": "object", "required": ["coding"], "properties": {
                "coding": {"type": "array", "minItems": 1, "items": coding},
            }},
            "subject": {"type": "object", "required": ["identifier"]},
            "effectiveDateTime": {"type": "string"},
            "valueQuantity": {"type": "object", "required": ["value", "system", "code"]},
        },
    }  # fmt: skip
