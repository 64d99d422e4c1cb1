"""Who is certified, over the API: look-ups by NPI, and what everybody may know.

What: certification of one prescriber or pharmacy, and the public search by name, city and ZIP.
Why: who prescribes or dispenses must know how the other stands; a patient must find a certified prescriber.
Refuses: to tell everybody more than name, city and ZIP of those who are certified; a public search without a word to search for.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from app.api.door import ToLookUp, anonymous
from app.api.problems import FieldProblem, Problem, errors
from app.api.shapes import TEXT_PATTERN, NpiInPath
from app.composition import Remsfax
from registry import looking_up, questions


class PrescriberOut(BaseModel):
    """A prescriber's certification (R12)."""

    npi: str = Field(description="As asked.")
    certified: bool = Field(description="Whether the prescriber may prescribe clozapine.")
    standing: str = Field(description="unknown, pending or certified.", examples=["certified"])
    missing: list[str] = Field(description="What is still needed.")
    first_name: str | None = Field(description="As enrolled; null where unknown.")
    last_name: str | None = Field(description="As enrolled; null where unknown.")


class PharmacyOut(BaseModel):
    """A pharmacy's certification (R73–R76)."""

    npi: str = Field(description="As asked.")
    certified: bool = Field(description="Whether it may buy and dispense clozapine.")
    standing: str = Field(description="unknown, pending, certified, deactivated or decertified.", examples=["certified"])
    missing: list[str] = Field(description="What is still needed.")
    name: str | None = Field(description="As enrolled; null where unknown.")
    kind: str | None = Field(description="outpatient or inpatient (R61, R62).")
    reconfirm_by: date | None = Field(description="R75: the last day of this certification.")


class PublicOut(BaseModel):
    """What everybody may know of who is certified."""

    name: str = Field(description="Name.")
    city: str | None = Field(description="City.")
    zip: str | None = Field(description="ZIP.")


class FoundOut(BaseModel):
    """What a public search found."""

    found: list[PublicOut] = Field(description="At most twenty-five, by name.")


Word = Annotated[str | None, Query(min_length=2, max_length=80, pattern=TEXT_PATTERN)]
Zip = Annotated[str | None, Query(pattern=r"^[0-9]{5}$", description="Five digits.")]


def party_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`."""
    router = APIRouter(tags=["certification"])

    @router.get("/pharmacies/{npi}", responses=errors(401, 403, 422))
    def pharmacy(npi: NpiInPath, _: ToLookUp) -> PharmacyOut:
        """A pharmacy's certification, and what is missing."""
        with house.database.reading() as session:
            found = questions.pharmacy(session, npi, house.clock())
        return PharmacyOut(**{name: found[name] for name in PharmacyOut.model_fields})

    @router.get("/prescribers/{npi}", responses=errors(401, 403, 422))
    def prescriber(npi: NpiInPath, _: ToLookUp) -> PrescriberOut:
        """A prescriber's certification, and what is missing."""
        with house.database.reading() as session:
            found = questions.prescriber(session, npi)
        return PrescriberOut(**{name: found[name] for name in PrescriberOut.model_fields})

    @router.get("/public/pharmacies", responses=errors(422), dependencies=[Depends(anonymous)])
    def public_pharmacies(name: Word = None, city: Word = None, zip: Zip = None) -> FoundOut:
        """Certified pharmacies whose name, city and ZIP begin so; no token is needed."""
        _something(name, city, zip)
        with house.database.reading() as session:
            found = looking_up.public_pharmacies(session, house.clock(), name, city, zip)
        return FoundOut(found=[PublicOut(name=one.name, city=one.city or None, zip=one.zip or None) for one in found])

    @router.get("/public/prescribers", responses=errors(422), dependencies=[Depends(anonymous)])
    def public_prescribers(name: Word = None, city: Word = None, zip: Zip = None) -> FoundOut:
        """Certified prescribers whose last name, city and ZIP begin so; no token is needed."""
        _something(name, city, zip)
        with house.database.reading() as session:
            found = looking_up.public_prescribers(session, name, city, zip)
        return FoundOut(found=[PublicOut(name=one.name, city=one.city or None, zip=one.zip or None) for one in found])

    return router


def _something(*criteria: str | None) -> None:
    """Problem 422 where nothing is searched for: the whole list is the distributors' (R91)."""
    if not any(criteria):
        nothing = FieldProblem(location="query", message="Give at least one of name, city, zip.")
        raise Problem(422, "not-valid", "Give a name, a city or a ZIP to search for.", errors=[nothing])
