"""The representative's role over the API: kept for two more years (R75), or the pharmacy taken out of the program (R76).

What: `/pharmacies/{npi}/reconfirmation` and `/pharmacies/{npi}/deactivation`.
Why: a pharmacy whose representative forgets to reconfirm can dispense to nobody the day after; one request must be enough.
Refuses: everybody but the present representative (403). What the rules refuse, such as reconfirming after a lapse, is answered
with the reason.
"""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from app.api.door import ToSettle
from app.api.parties_allowed import representative_of
from app.api.problems import errors
from app.api.repeats import Effect, IdempotencyKey, once
from app.api.shapes import DoneOut, NpiInPath, done_out
from app.composition import Remsfax
from registry import dispense_requests


class ReconfirmedOut(DoneOut):
    """The answer to a reconfirmation."""

    reconfirm_by: date | None = Field(description="R75: the last day of the certification now; null where it is not done.")


def representative_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`."""
    router = APIRouter(tags=["pharmacies"])

    @router.post("/pharmacies/{npi}/reconfirmation", response_model=ReconfirmedOut, responses=errors(401, 403, 409, 422))
    def reconfirm(npi: NpiInPath, caller: ToSettle, key: IdempotencyKey = None) -> JSONResponse:
        """R75: the representative keeps the role for two more years; after a lapse only a new certification helps."""

        def effect(session: Session) -> Effect:
            representative_of(session, caller, npi)
            answer = dispense_requests.reconfirm(session, npi, house.clock(), caller.actor)
            until = answer.until.isoformat() if answer.until is not None else None
            return Effect(200, {**done_out(answer), "reconfirm_by": until})

        return once(house, caller, key, f"reconfirmation {npi}", effect)

    @router.post("/pharmacies/{npi}/deactivation", response_model=DoneOut, responses=errors(401, 403, 409, 422))
    def deactivate(npi: NpiInPath, caller: ToSettle, key: IdempotencyKey = None) -> JSONResponse:
        """R76: the pharmacy leaves the program, and can neither order nor dispense until it certifies anew."""

        def effect(session: Session) -> Effect:
            representative_of(session, caller, npi)
            return Effect(200, done_out(dispense_requests.deactivate(session, npi, house.clock(), caller.actor)))

        return once(house, caller, key, f"deactivation {npi}", effect)

    return router
