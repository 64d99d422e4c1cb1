"""A prescriber's earlier signatures on an item's page, where the operator has switched that on.

What: the hint's lines for the page, and the route of the earlier signatures' images.
Why: only the signature's own zone is shown, never the rest of the other fax: it is another patient's.
Refuses: to look for anything where it is switched off; images of what is no earlier signature of this item's prescriber (404).
"""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, HTTPException, Response
from sqlalchemy.orm import Session

from intake.fax import GrayImage
from intake.forms.definition import FormDefinition
from review_queue import reviewing, strips
from review_queue.review_item import ReviewItem
from review_queue.signature_hint import (
    MOST_SHOWN,
    SIGNATURE,
    EarlierSignature,
    KeptSignature,
    hint,
    prescriber_to_look_for,
    zone_of,
)
from review_queue.web.services import DeskServices


def add_hint_route(router: APIRouter, services: DeskServices) -> None:
    """The image of an earlier signature."""

    @router.get("/items/{item_id}/earlier-signatures/{document_id}.png")
    def earlier_signature(item_id: str, document_id: str) -> Response:
        with services.sessions() as session:
            item = reviewing.look_at(session, item_id)
            form = None if item.reading is None else services.forms.form(item.reading.form, item.reading.revision)
            kept = kept_signatures(services, session, item, form)
        for one in kept:
            zone = _zone(services, one) if one.document_id == document_id else None
            if zone is not None:
                return Response(strips.encode(zone), media_type="image/png")
        raise HTTPException(404, "There is no such signature.")


def kept_signatures(
    services: DeskServices, session: Session, item: ReviewItem, form: FormDefinition | None
) -> Sequence[KeptSignature]:
    """Where the earlier signatures stand that may be shown beside this item; none where the hint is switched off."""
    if services.earlier_signatures is None or form is None:
        return ()
    npi = prescriber_to_look_for(item, form)
    return () if npi is None else services.earlier_signatures(session, npi, item.fax.received_at, MOST_SHOWN)


def signature_hint(
    services: DeskServices, item: ReviewItem, form: FormDefinition | None, kept: Sequence[KeptSignature]
) -> tuple[EarlierSignature, ...]:
    """The lines of the hint; none without an earlier signature whose page is still there."""
    if not kept or form is None or item.reading is None:
        return ()
    definition = form.field(SIGNATURE)
    page = next((one for one in item.reading.pages if one.form_page == definition.page), None)
    image = None if page is None or page.mm_to_pixels is None else services.pages.image(item.fax.fax_id, page.fax_page)
    if image is None or page is None or page.mm_to_pixels is None:
        return ()
    zones = [(one, _zone(services, one)) for one in kept]
    now = zone_of(strips.decode(image), definition.box, page.mm_to_pixels)
    return hint(now, [(one, zone) for one, zone in zones if zone is not None])


def _zone(services: DeskServices, kept: KeptSignature) -> GrayImage | None:
    image = services.pages.image(kept.fax_id, kept.fax_page)
    return None if image is None else zone_of(strips.decode(image), kept.box, kept.mm_to_pixels)
