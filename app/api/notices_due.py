"""What is due by time for the caller: status forms of a prescriber's patients, a pharmacy's reconfirmation (R65, R75, R76).

What: `GET /notices`.
Why: a letter may lie in a fax tray; a practice's or pharmacy's own system can ask each morning what it owes.
Refuses: another party's (403); names and birth dates: an ID and a day are enough to act on. What events of patients made due was
told when they happened, and webhooks tell it again.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.api.door import ToSeePatients
from app.api.parties_allowed import acting_for_pharmacy, seeing_for_prescriber
from app.api.problems import FieldProblem, Problem, errors
from app.api.shapes import NPI_PATTERN
from app.api.tokens import Caller, PartyKind
from app.composition import Remsfax
from registry import questions
from registry.submission import NoticeDue

WhoseNpi = Annotated[
    str | None, Query(pattern=NPI_PATTERN, description="Whose notices: operators must say it, for others it is their own.")
]


class NoticeDueOut(BaseModel):
    """One thing that is due."""

    kind: str = Field(
        description="status_form_due, status_form_overdue, ar_reconfirmation_due or pharmacy_decertified.",
        examples=["status_form_due"],
    )
    patient_id: str | None = Field(description="REMS Patient ID; null where it is about a pharmacy.")
    pharmacy_npi: str | None = Field(description="Null where it is about a patient.")
    by: date | None = Field(description="The last day: of the status form (R65), or of the certification (R75).")


class NoticesDueOut(BaseModel):
    """All that is due for one party today."""

    npi: str = Field(description="The party's NPI.")
    notices: list[NoticeDueOut] = Field(description="The most urgent first.")


def notice_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`."""
    router = APIRouter(tags=["notices"])

    @router.get("/notices", responses=errors(401, 403, 422))
    def notices(caller: ToSeePatients, npi: WhoseNpi = None) -> NoticesDueOut:
        """What time alone has made due for a prescriber or pharmacy, told by letter before or not."""
        whose, now = npi or caller.identifier, house.clock()
        if not whose:
            nothing = FieldProblem(location="query.npi", message="Say whose.")
            raise Problem(422, "not-valid", "An operator must name the NPI of a prescriber or pharmacy.", errors=[nothing])
        with house.database.reading() as session:
            found: list[NoticeDue] = []
            if caller.is_operator or caller.kind is PartyKind.PHARMACY:
                found += questions.due_for_pharmacy(session, acting_for_pharmacy(caller, whose), now)
            if caller.kind is not PartyKind.PHARMACY:
                found += _of_prescriber(session, caller, whose, house)
        shown = [_out(one) for one in found]
        return NoticesDueOut(npi=whose, notices=sorted(shown, key=lambda one: (one.by or date.max, one.patient_id or "")))

    return router


def _of_prescriber(session: Session, caller: Caller, npi: str, house: Remsfax) -> list[NoticeDue]:
    return questions.due_for_prescriber(session, seeing_for_prescriber(session, caller, npi), house.clock())


def _out(one: NoticeDue) -> NoticeDueOut:
    facts = one.facts
    said = {name: None if facts.get(name) is None else str(facts[name]) for name in ("patient_id", "pharmacy_npi")}
    by = facts.get("next_status_form_by") or facts.get("reconfirm_by")
    return NoticeDueOut(kind=one.kind, **said, by=None if by is None else date.fromisoformat(str(by)))
