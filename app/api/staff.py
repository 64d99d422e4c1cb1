"""A pharmacy's staff over the API: invited, listed and removed by the representative, accepted by the person (R80).

What: the routes under `/pharmacies/{npi}/staff`.
Why: there is no form for staff; the representative's own word is the way in, and its end. Addresses of people stand in bodies,
for what stands in a URL ends in logs.
Refuses: everybody but the present representative (403), who may not accept in another's name either: that takes a token whose
email is the invited one.
"""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.acts import tell_of_act
from app.api import storage as tokens
from app.api.door import ToSettle
from app.api.parties_allowed import acting_for_pharmacy, representative_of
from app.api.problems import errors
from app.api.repeats import Effect, IdempotencyKey, once
from app.api.shapes import DoneOut, Email, Given, NpiInPath, PersonName, done_out
from app.api.tokens import PartyKind
from app.composition import Remsfax
from registry import staffing, storage
from registry.identifiers import normal_email
from registry.parties import PharmacyLocation, Staff


class InvitationIn(Given):
    """Who is invited."""

    first_name: PersonName = Field(description="First name.", examples=["Kit"])
    last_name: PersonName = Field(description="Last name.", examples=["Roe"])
    email: Email


class StaffRemovalIn(Given):
    """Who is removed, or whose invitation is taken back."""

    email: Email


class StaffOut(BaseModel):
    """One person of a pharmacy's staff."""

    first_name: str = Field(description="As invited.")
    last_name: str = Field(description="As invited.")
    email: str = Field(description="The address that was invited.")
    state: str = Field(description="invited, enrolled or removed.", examples=["enrolled"])
    invited_at: datetime = Field(description="When the representative invited.")
    accepted_at: datetime | None = Field(description="When the person accepted; null: not yet.")
    removed_at: datetime | None = Field(description="When a representative removed the person; null: not removed.")


def staff_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`."""
    router = APIRouter(tags=["pharmacies"])

    @router.get("/pharmacies/{npi}/staff", responses=errors(401, 403, 422))
    def staff(npi: NpiInPath, caller: ToSettle) -> list[StaffOut]:
        """Everybody whom a representative ever invited, by address."""
        with house.database.reading() as session:
            representative_of(session, caller, npi)
            return [_out(one) for one in staffing.staff_of(session, npi)]

    @router.post("/pharmacies/{npi}/staff", response_model=DoneOut, responses=errors(400, 401, 403, 409, 413, 422))
    def invite(npi: NpiInPath, body: InvitationIn, caller: ToSettle, key: IdempotencyKey = None) -> JSONResponse:
        """R80: invites a person by e-mail, who may ask for nothing before accepting; invited twice changes nothing."""

        def effect(session: Session) -> Effect:
            whose, now = representative_of(session, caller, npi), house.clock()
            answer = staffing.invite(session, whose, npi, body.first_name, body.last_name, body.email, now, caller.actor)
            nudges = tell_of_act(session, f"staff_invitation:{npi}:{body.email}", answer.notices, house.desk, now)
            return Effect(200, done_out(answer), nudges)

        return once(house, caller, key, f"staff {npi} {body.model_dump_json()}", effect)

    @router.post("/pharmacies/{npi}/staff/acceptance", response_model=DoneOut, responses=errors(401, 403, 409, 422))
    def accept(npi: NpiInPath, caller: ToSettle, key: IdempotencyKey = None) -> JSONResponse:
        """R80: the token's person accepts the invitation of the token's email address, and may ask from now on."""
        acting_for_pharmacy(caller, npi)

        def effect(session: Session) -> Effect:
            return Effect(200, done_out(staffing.accept(session, caller.email, npi, house.clock())))

        return once(house, caller, key, f"staff-acceptance {npi}", effect)

    @router.post("/pharmacies/{npi}/staff/removal", response_model=DoneOut, responses=errors(400, 401, 403, 409, 413, 422))
    def remove(npi: NpiInPath, body: StaffRemovalIn, caller: ToSettle, key: IdempotencyKey = None) -> JSONResponse:
        """Removes a person, or takes an invitation back; tokens of the pharmacy in that person's name end with it."""

        def effect(session: Session) -> Effect:
            whose, now = representative_of(session, caller, npi), house.clock()
            answer = staffing.remove(session, whose, npi, body.email, now, caller.actor)
            if answer.done:
                places = _places(session, npi)
                tokens.revoke_tokens_of(session, PartyKind.PHARMACY, places, normal_email(body.email) or "", now)
            return Effect(200, done_out(answer))

        return once(house, caller, key, f"staff-removal {npi} {body.model_dump_json()}", effect)

    return router


def _places(session: Session, npi: str) -> set[str]:
    """The NPIs that a token of this pharmacy's people may act for: its own, and those of its locations (R61)."""
    pharmacy = storage.pharmacy_for(session, npi)
    if pharmacy is None:
        return {npi}
    return {npi, pharmacy.npi, *(one.npi for one in storage.find(session, PharmacyLocation, {"parent_npi": pharmacy.npi}))}


def _out(one: Staff) -> StaffOut:
    state = "removed" if one.ended_at is not None else "enrolled" if one.enrolled else "invited"
    return StaffOut(
        first_name=one.first_name, last_name=one.last_name, email=one.email, state=state,
        invited_at=one.invited_at, accepted_at=one.accepted_at, removed_at=one.ended_at,
    )  # fmt: skip
