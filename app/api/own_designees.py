"""A prescriber's designees over the API: who they are, and taking one back (R20–R23).

What: `/prescribers/{npi}/designees`. A designee joins by the form that both sign, which `/submissions` takes.
Why: who left an office must not report on its patients, nor see them; the tokens of such a person end in the same transaction.
Refuses: everybody but the prescriber (403); a designee ends nobody, not even itself.
"""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.api import storage as tokens
from app.api.door import ToSettle
from app.api.parties_allowed import acting_for_prescriber
from app.api.problems import errors
from app.api.repeats import Effect, IdempotencyKey, once
from app.api.shapes import DoneOut, Email, Given, NpiInPath, done_out
from app.api.tokens import PartyKind
from app.composition import Remsfax
from registry import designees, storage
from registry.identifiers import normal_email


class DesigneeRemovalIn(Given):
    """Who is taken back."""

    email: Email


class DesigneeOut(BaseModel):
    """One designee."""

    first_name: str = Field(description="As enrolled.")
    last_name: str = Field(description="As enrolled.")
    email: str = Field(description="As enrolled.")
    role: str = Field(description="provider, staff or pharmacist (R20).", examples=["staff"])
    enrolled_at: datetime = Field(description="When the signed form counted.")
    ended_at: datetime | None = Field(description="When the prescriber took the designee back; null: still one.")


def designee_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`."""
    router = APIRouter(tags=["prescribers"])

    @router.get("/prescribers/{npi}/designees", responses=errors(401, 403, 422))
    def own_designees(npi: NpiInPath, caller: ToSettle) -> list[DesigneeOut]:
        """Everybody who ever was a designee of this prescriber, by address."""
        acting_for_prescriber(caller, npi)
        with house.database.reading() as session:
            return [
                DesigneeOut(
                    first_name=one.first_name,
                    last_name=one.last_name,
                    email=one.email,
                    role=one.role,
                    enrolled_at=one.enrolled_at,
                    ended_at=one.ended_at,
                )
                for one in storage.designees_of(session, npi)
            ]

    @router.post("/prescribers/{npi}/designees/removal", response_model=DoneOut, responses=errors(400, 401, 403, 409, 413, 422))
    def remove(npi: NpiInPath, body: DesigneeRemovalIn, caller: ToSettle, key: IdempotencyKey = None) -> JSONResponse:
        """Takes a designee back; tokens in that person's name for this prescriber end with it. A new signed form enrolls anew."""
        acting_for_prescriber(caller, npi)

        def effect(session: Session) -> Effect:
            now = house.clock()
            answer = designees.remove(session, npi, body.email, now, caller.actor)
            if answer.done:
                tokens.revoke_tokens_of(session, PartyKind.DESIGNEE, {npi}, normal_email(body.email) or "", now)
            return Effect(200, done_out(answer))

        return once(house, caller, key, f"designee-removal {npi} {body.model_dump_json()}", effect)

    return router
