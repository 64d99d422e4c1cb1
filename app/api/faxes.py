"""The service itself over the API: what an operator's programs may ask.

What: faxes, documents, deliveries, queue counts, as they stand in the rows.
Why: a practice system or a dashboard must not scrape the desk.
Refuses: everybody without an operator's token; and to change anything: changes are made by people at the desk.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from app import storage
from app.api.door import Needs
from app.api.problems import Problem, errors
from app.api.tokens import Scope
from app.case_flow import DocumentState
from app.composition import Remsfax
from app.status import status
from intake import storage as faxes
from intake.storage import StoredFax
from outbound import storage as letters
from outbound.delivery import Delivery


class DocumentOut(BaseModel):
    """One document of a fax."""

    document_id: str
    fax_id: str
    form: str | None = Field(description="Form code; null for pages that belong to no form.")
    fax_pages: list[int] = Field(description="1-based pages of the fax.")
    state: str
    changed_at: datetime
    submission: dict[str, Any] | None = Field(description="As confirmed; null before.")
    admission: dict[str, Any] | None = Field(description="The registry's answer; null before.")
    turned_away: dict[str, Any] | None = Field(description="Why a person rejected it; null otherwise.")


class DeliveryOut(BaseModel):
    """One letter on its way."""

    delivery_id: str
    reference: str
    fax: str | None = Field(description="Ten digits; null: no number is known, or it goes by e-mail.")
    email: str | None = Field(description="The address of one that goes by e-mail; null: it goes by fax.")
    state: str
    attempts: int
    pages: int
    created_at: datetime
    last_word: str


class FaxOut(BaseModel):
    """One fax as it stands."""

    fax_id: str
    reference: str
    state: str
    received_at: datetime
    taken_at: datetime
    changed_at: datetime
    source_name: str
    sha256: str
    pages: int | None = Field(description="Null until read.")
    duplicate_of: str | None = Field(description="The fax whose file was the same.")
    quarantine_reason: str | None
    quarantine_detail: str | None


class FaxInFull(FaxOut):
    """One fax with all that came of it."""

    reading: dict[str, Any] | None = Field(description="The whole reading; null until read.")
    documents: list[DocumentOut]
    deliveries: list[DeliveryOut]


Limit = Annotated[int, Query(ge=1, le=1000, description="How many at most.")]
FaxNamed = Annotated[str, Path(pattern=r"^[A-Za-z0-9-]{1,40}$", description="The fax's id, or its reference `R-…`.")]


def service_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`, all behind an operator's token."""
    router = APIRouter(tags=["service"], dependencies=[Depends(Needs(Scope.SERVICE))])

    @router.get("/status", responses=errors(401, 403))
    def service_status() -> dict[str, Any]:
        """Counts by state, the oldest items, the lag."""
        return status(house.database, house.broker, house.clock()).to_json()

    @router.get("/faxes", responses=errors(401, 403, 422))
    def list_faxes(limit: Limit = 100) -> list[FaxOut]:
        """The faxes taken last, the youngest first."""
        with house.database.reading() as session:
            return [FaxOut(**_fax(one)) for one in faxes.latest_faxes(session, limit)]

    @router.get("/faxes/{fax_id}", responses=errors(401, 403, 404, 422))
    def one_fax(fax_id: FaxNamed) -> FaxInFull:
        """A fax by its id or its reference."""
        with house.database.reading() as session:
            found = faxes.load_fax(session, fax_id) or faxes.fax_of_reference(session, fax_id)
            if found is None:
                raise Problem(404, "not-found", "There is no such fax.")
            return FaxInFull(
                **_fax(found),
                reading=None if found.reading is None else json.loads(found.reading),
                documents=[_document(one) for one in storage.documents_of(session, found.fax.fax_id)],
                deliveries=[_delivery(one) for one in letters.of_reference(session, found.fax.reference)],
            )

    @router.get("/documents", responses=errors(401, 403, 422))
    def list_documents(state: DocumentState | None = None, limit: Limit = 100) -> list[DocumentOut]:
        """Documents, the youngest first, of one state if asked."""
        with house.database.reading() as session:
            return [_document(one) for one in storage.latest_documents(session, limit, state)]

    @router.get("/deliveries/wanting-a-person", responses=errors(401, 403, 422))
    def stuck_deliveries(limit: Limit = 100) -> list[DeliveryOut]:
        """Letters that do not go on by themselves: no number known, uncertain, given up."""
        with house.database.reading() as session:
            return [_delivery(one) for one in letters.wanting_a_person(session, limit)]

    return router


def _fax(stored: StoredFax) -> dict[str, Any]:
    return {
        "fax_id": stored.fax.fax_id,
        "reference": stored.fax.reference,
        "state": stored.state.value,
        "received_at": stored.fax.received_at,
        "taken_at": stored.taken_at,
        "changed_at": stored.changed_at,
        "source_name": stored.fax.source_name,
        "sha256": stored.fax.sha256,
        "pages": stored.pages,
        "duplicate_of": stored.duplicate_of,
        "quarantine_reason": stored.quarantine_reason,
        "quarantine_detail": stored.quarantine_detail,
    }


def _document(one: storage.Document) -> DocumentOut:
    return DocumentOut(
        document_id=one.document_id,
        fax_id=one.fax_id,
        form=one.form,
        fax_pages=list(one.fax_pages),
        state=one.state.value,
        changed_at=one.changed_at,
        submission=None if one.submission is None else dict(one.submission),
        admission=None if one.admission is None else dict(one.admission),
        turned_away=None if one.turned_away is None else dict(one.turned_away),
    )


def _delivery(one: Delivery) -> DeliveryOut:
    return DeliveryOut(
        delivery_id=one.delivery_id,
        reference=one.reference,
        fax=one.fax,
        email=one.email,
        state=one.state.value,
        attempts=one.attempts,
        pages=one.pages,
        created_at=one.created_at,
        last_word=one.last_word,
    )
