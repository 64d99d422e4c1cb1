"""Forms over the API: `POST /submissions`, and what became of one.

What: a form's values as JSON go through the registry's one door, by the channel web.
Why: the same form by fax, phone and web must come to the same.
Refuses: another party's form (403), and another form under an id that was used (409). What the rules refuse is an answer, with
reasons, not an error.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Path
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.answers import Desk
from app.api.door import ToSubmit
from app.api.problems import Problem, errors
from app.api.repeats import Effect, IdempotencyKey, once
from app.api.shapes import Given, ReasonOut
from app.api.submitters import Standing, stand_for
from app.api.tokens import Caller
from app.composition import Remsfax
from app.nudging import Nudge
from app.web_forms import admit_told_form, reference_for
from registry import storage
from registry.submission import Admission, Submission, SubmissionId
from registry.submission_json import admission_to_json
from registry.vocabulary import Channel, FormCode, SignatureRole, SignatureVerdict

FormValue = (
    Annotated[bool, Field(strict=True)]
    | Annotated[int, Field(strict=True, ge=-(10**12), le=10**12)]
    | Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-1e12, le=1e12)]
    | Annotated[str, Field(max_length=4000, pattern=r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]*$")]
    | None
)
FieldName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]{0,79}$")]


class SubmissionIn(Given):
    """A form."""

    form: FormCode = Field(description="Its code, as `remsfax forms list` has it.", examples=["anc_lab_reporting"])
    values: dict[FieldName, FormValue] = Field(
        max_length=400,
        json_schema_extra={"additionalProperties": False},
        description="By the field names of `remsfax forms geometry`: text, numbers, true or false for marks, ISO dates.",
        examples=[{"patient_id": "4417-0823-D", "labs.0.draw_date": "2023-11-02", "labs.0.anc": 1850}],
    )
    signatures: dict[SignatureRole, SignatureVerdict] = Field(
        default={},
        description="For a party's token: only to say that its own is absent. For operators: what stands on the paper.",
    )
    submission_id: str | None = Field(
        default=None, pattern=r"^[A-Za-z0-9._-]{1,64}$", description="Your own id: the same form again under it changes nothing."
    )


class PartOut(BaseModel):
    """One part of the form that now stands."""

    part: str = Field(description="Such as `labs.0` or `monitoring_frequency`.")
    detail: str = Field(description="One sentence.")


class RefusedOut(ReasonOut):
    """One part that was not applied."""

    part: str = Field(description="Such as `ben` or `labs.0.anc`.")


class NoticeOut(BaseModel):
    """Somebody is told something."""

    kind: str = Field(description="Which notice.", examples=["neutropenia_moderate"])
    to: str = Field(description="Whom.", examples=["prescriber"])


class AdmissionOut(BaseModel):
    """The registry's answer to a form."""

    submission_id: str = Field(description="Under which it is kept.")
    admitted: bool | str = Field(description='true, false, or "partly".')
    reference: str = Field(description="The reference number, as letters tell it.", examples=["R-20231102-0001"])
    applied: list[PartOut] = Field(description="What now stands in the registry.")
    refused: list[RefusedOut] = Field(description="What was not applied, with its rule.")
    treatment_status: str | None = Field(description="Of the patient concerned, after this form.")
    ids: dict[str, str] = Field(description="Identifiers issued or matched.", examples=[{"patient_id": "44170823D"}])
    notices: list[NoticeOut] = Field(description="Who is told what.")


def submission_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`."""
    router = APIRouter(tags=["submissions"])
    desk = Desk(house.settings.program_fax, house.settings.contact_centre_fax)

    @router.post("/submissions", status_code=201, response_model=AdmissionOut, responses=errors(400, 401, 403, 409, 413, 422))
    def submit(body: SubmissionIn, caller: ToSubmit, key: IdempotencyKey = None) -> JSONResponse:
        """A form for the registry. The token's party is its submitter, and its account stands for that party's signature."""
        standing = stand_for(caller, body.form, body.values, body.signatures)

        def effect(session: Session) -> Effect:
            admission, nudges = admit_for(session, caller, body.form, standing, body.submission_id, desk, house.clock())
            return Effect(201, admission_out(admission), nudges)

        return once(house, caller, key, f"submissions {json.dumps(body.model_dump(mode='json'), sort_keys=True)}", effect)

    @router.get("/submissions/{submission_id}", responses=errors(401, 403, 404, 422))
    def submission(
        submission_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,160}$", description="As the admission tells it.")],
        caller: ToSubmit,
    ) -> AdmissionOut:
        """What a form came to; a party sees its own, an operator every one, faxed ones too."""
        own = caller.is_operator or submission_id.startswith(_prefix(caller))
        with house.database.reading() as session:
            admission = storage.admission_of(session, submission_id) if own else None
        if admission is None:
            raise Problem(404, "not-found", "There is no such submission, or none that this token may see.")
        return AdmissionOut(**admission_out(admission))

    return router


def admit_for(
    session: Session, caller: Caller, form: FormCode, standing: Standing, given_id: str | None, desk: Desk, now: datetime
) -> tuple[Admission, list[Nudge]]:
    """The admission of a caller's form; Problem 409 where its id was used for another one."""
    submission_id = SubmissionId(_prefix(caller) + (given_id or uuid4().hex))
    earlier = storage.submission_of(session, submission_id)
    if earlier is not None:
        same = (earlier.form, dict(earlier.values), dict(earlier.signatures)) == (
            form, dict(standing.values), dict(standing.signatures),
        )  # fmt: skip
        found = storage.admission_of(session, submission_id)
        if not same or found is None:
            raise Problem(409, "id-used", "This submission_id was used for another form. Take a new one.")
        return found, []
    submission = Submission(
        submission_id=submission_id,
        reference=reference_for(session, now),
        form=form,
        revision=None,
        channel=Channel.WEB,
        received_at=now,
        values=standing.values,
        signatures=standing.signatures,
        confirmed_by=caller.actor,
    )
    admission, nudges = admit_told_form(session, submission, desk, now)
    return admission, list(nudges)


def admission_out(admission: Admission) -> dict[str, Any]:
    """An admission in the outside contract's shape, with its id."""
    full = admission_to_json(admission)
    return {
        "submission_id": full["submission_id"],
        "admitted": {"yes": True, "no": False}.get(full["admitted"], full["admitted"]),
        "reference": full["reference"],
        "applied": full["applied"],
        "refused": full["refused"],
        "treatment_status": full["treatment_status"],
        "ids": full["ids"],
        "notices": [{"kind": one.kind, "to": one.to} for one in admission.notices],
    }


def _prefix(caller: Caller) -> str:
    return f"web-{caller.party}-"
