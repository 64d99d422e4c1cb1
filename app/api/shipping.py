"""The distributors' list over the API: whole, what changed on it, and one pharmacy (R91–R93).

What: the routes under `/certified-pharmacies`.
Why: a wholesaler checks before each shipment, and keeps its own copy up to date without taking the whole list each day.
Refuses: a distributor whose enrollment is not on file (403, R91); and a guess: a pharmacy that is not on the list gets no
shipment, and the answer says why.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from app.api.door import ToList
from app.api.parties_allowed import enrolled_distributor
from app.api.problems import FieldProblem, Problem, errors
from app.api.shapes import DAY_PATTERN, NpiInPath
from app.composition import Remsfax
from registry import looking_up, questions
from registry.distribution import Listed
from registry.identifiers import iso_day
from registry.moments import program_day


class CertifiedPharmacyOut(BaseModel):
    """R91: one pharmacy that may be shipped to."""

    npi: str = Field(description="Its NPI.")
    name: str | None = Field(description="Its name.")
    city: str | None = Field(description="Where; null for a store known by its ZIP only.")
    state: str | None = Field(description="Two letters.")
    zip: str | None = Field(description="Five digits, or five and four.")


class CertifiedPharmaciesOut(BaseModel):
    """R91: every certified pharmacy."""

    pharmacies: list[CertifiedPharmacyOut] = Field(description="By NPI; one that is not here gets no shipment (R93).")


class ListedOut(CertifiedPharmacyOut):
    """A row of the list, with how long it holds."""

    certified_on: date = Field(description="Since which program day.")
    valid_until: date = Field(description="R75: the last program day of the certification, unless it is reconfirmed.")
    answered_for_by: str | None = Field(description="NPI of the pharmacy whose representative answers for this location (R61).")


class ListChangeOut(BaseModel):
    """One difference between the list of a day and today's."""

    change: str = Field(description="certified, left or changed.", examples=["left"])
    what: str = Field(description="Columns that differ, apart by spaces; of one that left, its standing.")
    row: ListedOut = Field(description="As it stands now; of one that left, as it last stood.")


class ListChangesOut(BaseModel):
    """R91: what became of the list."""

    since: date = Field(description="As asked.")
    as_of: date = Field(description="The program day of this answer: ask from it the next time.")
    changes: list[ListChangeOut] = Field(description="By NPI.")


class ShipmentOut(BaseModel):
    """R92, R93: whether a pharmacy may be shipped to."""

    npi: str = Field(description="As asked.")
    may_be_shipped_to: bool = Field(description="Whether it is on the list today.")
    reason: str = Field(description="Why it is not, in words; empty where it is.")
    row: ListedOut | None = Field(description="As on the list; null: no shipment.")


Since = Annotated[
    str, Query(pattern=DAY_PATTERN, description="An ISO day: changes from its beginning on.", examples=["2023-11-02"])
]


def shipping_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`."""
    router = APIRouter(tags=["certification"])

    @router.get("/certified-pharmacies", responses=errors(401, 403))
    def certified_pharmacies(caller: ToList) -> CertifiedPharmaciesOut:
        """R91: the list for distributors, each location that a representative answers for included."""
        with house.database.reading() as session:
            enrolled_distributor(session, caller)
            found = questions.certified_pharmacies(session, house.clock())
        return CertifiedPharmaciesOut(pharmacies=[CertifiedPharmacyOut(**one) for one in found])

    @router.get("/certified-pharmacies/changes", responses=errors(401, 403, 422))
    def list_changes(since: Since, caller: ToList) -> ListChangesOut:
        """R91: who came, who left and what is different since the beginning of a program day."""
        day, now = iso_day(since), house.clock()
        if day is None:
            raise Problem(422, "not-valid", "since is no day.", errors=[FieldProblem(location="query.since", message="No day.")])
        with house.database.reading() as session:
            enrolled_distributor(session, caller)
            found = looking_up.list_changes(session, day, now)
        rows = [ListChangeOut(change=one.change.value, what=one.what, row=_row(one.row)) for one in found]
        return ListChangesOut(since=day, as_of=program_day(now), changes=rows)

    @router.get("/certified-pharmacies/{npi}", responses=errors(401, 403, 422))
    def may_be_shipped_to(npi: NpiInPath, caller: ToList) -> ShipmentOut:
        """R92: one pharmacy or location, on the list or why not."""
        with house.database.reading() as session:
            enrolled_distributor(session, caller)
            found = looking_up.check_pharmacy(session, npi, house.clock())
        row = None if found.row is None else _row(found.row)
        return ShipmentOut(npi=npi, may_be_shipped_to=row is not None, reason=found.reason, row=row)

    return router


def _row(one: Listed) -> ListedOut:
    return ListedOut(
        npi=one.npi,
        name=one.name or None,
        city=one.city or None,
        state=one.state or None,
        zip=one.zip or None,
        certified_on=one.certified_on,
        valid_until=one.valid_until,
        answered_for_by=one.answered_for_by or None,
    )
