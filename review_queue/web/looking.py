"""What can be looked at of one item: its page, its images and strips (the queue: `review_queue.web.queueing`).

What: the desk's GET routes. Each page image belongs to an item, and only that item's pages are shown under it.
Why: whoever opens an item is noted with the time, as 45 CFR 164.312 asks of what shows patients.
Refuses: pages of another fax, fields the form does not have, strips of a page nobody could lay over its blank (404 each).
"""

from __future__ import annotations

from datetime import datetime

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from intake.forms.definition import FormDefinition
from review_queue import recalling, reviewing, storage, strips
from review_queue.card_making import Hands
from review_queue.drafts import drafts_of
from review_queue.lifecycle import may_take
from review_queue.page_making import first_left, item_page
from review_queue.review_item import ReviewItem
from review_queue.rule_notes import rule_notes
from review_queue.web.choosing import beside_item
from review_queue.web.hinting import kept_signatures, signature_hint
from review_queue.web.keying_views import keyed_for_item
from review_queue.web.noting import together_on
from review_queue.web.questions import said_before, talk_about, with_earlier_words
from review_queue.web.rendering import show
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices
from review_queue.web.watching import history_of
from review_queue.wording import span

ACTS = ("reject", "send-back", "escalate", "second-look", "hand", "take-over", "keys")
REJECTIONS = (
    "This is not a form of the Clozapine REMS.",
    "A laboratory printout is not a form: please report the value on the ANC Lab Reporting Form.",
    "This is a form of another program: please send it there.",
    "The fax cannot be read: please fax the form again, in black ink, at fine resolution.",
    "This form was received before and has been answered.",
)


def add_looking_routes(router: APIRouter, services: DeskServices) -> None:
    """The item and its images."""

    @router.get("/items/{item_id}")
    def item(request: Request, item_id: str, field: str = "", act: str = "") -> Response:
        return item_response(request, services, item_id, wanted=field, act=act if act in ACTS else "")

    @router.get("/items/{item_id}/pages/{number}.png")
    def page_image(item_id: str, number: int) -> Response:
        return _png(_page_of(services, item_id, number))

    @router.get("/items/{item_id}/pages/{number}/thumb.png")
    def thumb(item_id: str, number: int) -> Response:
        return _png(strips.encode(strips.thumbnail(strips.decode(_page_of(services, item_id, number)))))

    @router.get("/items/{item_id}/strip/{field}.png")
    def strip(item_id: str, field: str, around: str = "") -> Response:
        item, form = load(services, item_id)
        if form is None or item.reading is None or field not in {one.name for one in form.fields}:
            raise HTTPException(404, "There is no such field.")
        definition = form.field(field)
        page = next((one for one in item.reading.pages if one.form_page == definition.page), None)
        if page is None or page.mm_to_pixels is None:
            raise HTTPException(404, "Nobody knows where this field stands on the page.")
        image = strips.decode(_image(services, item, page.fax_page))
        return _png(strips.encode(strips.cut_strip(image, definition.box, form, page.mm_to_pixels, around=around == "1")))


def item_response(
    request: Request,
    services: DeskServices,
    item_id: str,
    *,
    wanted: str = "",
    act: str = "",
    trouble: str = "",
    typed: str = "",
    insist: str = "",
    status: int = 200,
) -> Response:
    """The item page; `trouble` is what is wrong with the answer just given to the wanted field, `typed` what was typed.

    `insist`: the answer that is kept as it stands on the paper if it is given again.
    """
    now, reviewer = services.clock(), reviewer_of(request)
    item, form = load(services, item_id)
    pages = pages_of(item)
    with services.sessions() as session, session.begin():
        storage.add_event(session, item_id, "opened", reviewer.name, now)
        keyed = keyed_for_item(session, item, form, now)
        recall = recalling.recallable(session, reviewer.name, now, services.grace)
        backlog = reviewing.backlog(session)
        patient = services.known_patient(session, item.values()) if form is not None else None
        beside = beside_item(services, session, item, form, reviewer.name)
        kept = kept_signatures(services, session, item, form)
        history = history_of(services, session, item)
        typed_before = drafts_of(session, item_id) if item.holder == reviewer.name else ()
        together = together_on(session, item, reviewer, now)
        talk = talk_about(session, item, now)
        said = said_before(session, form, talk)
    images = {number: services.pages.image(item.fax.fax_id, number) for number in pages}
    sizes = {number: strips.size_of(image) for number, image in images.items() if image is not None}
    page = with_earlier_words(item_page(item, form, sizes, reviewer.name, now, Hands(reviewer.name, typed_before)), said)
    return show(
        request,
        "item.html",
        status,
        page=page,
        beside=beside,
        fax_id=item.fax.fax_id if services.faxes is not None else "",
        talk=talk,
        may_link=services.answering is not None,
        open_key=first_left(page, [wanted] if wanted else []),
        notes=rule_notes(form.code, item.values()) if form is not None else (),
        patient=patient,
        keyed=keyed,
        recall=recall,
        earlier=signature_hint(services, item, form, kept),
        takeable=may_take(
            item.state,
            item.holder,
            item.lease_until,
            item.passed_by,
            reviewer.name,
            now,
            senior=reviewer.senior,
            meant_for=item.meant_for,
            meant_until=item.meant_until,
        ),
        together=together,
        backlog=backlog,
        history=history,
        oldest=_age(backlog, now),
        rejections=REJECTIONS,
        act=act,
        trouble=trouble,
        typed=typed,
        insist=insist,
        lost_pages=[number for number in pages if number not in sizes],
    )


def to_item(item_id: str) -> Response:
    """Back to the item's page after a form was sent without a script."""
    return RedirectResponse(f"/desk/items/{item_id}", status_code=303)


def load(services: DeskServices, item_id: str) -> tuple[ReviewItem, FormDefinition | None]:
    """The item and the form it is; None for loose pages."""
    with services.sessions() as session:
        item = reviewing.look_at(session, item_id)
    form = None if item.reading is None else services.forms.form(item.reading.form, item.reading.revision)
    return item, form


def pages_of(item: ReviewItem) -> list[int]:
    """The fax pages that belong to the item."""
    if item.reading is None:
        return [page.fax_page for page in item.loose_pages]
    return [page.fax_page for page in item.reading.pages]


def _page_of(services: DeskServices, item_id: str, number: int) -> bytes:
    with services.sessions() as session:
        item = reviewing.look_at(session, item_id)
    return _image(services, item, number)


def _image(services: DeskServices, item: ReviewItem, number: int) -> bytes:
    image = services.pages.image(item.fax.fax_id, number) if number in pages_of(item) else None
    if image is None:
        raise HTTPException(404, "There is no such page.")
    return image


def _age(backlog: reviewing.Backlog, now: datetime) -> str:
    return "" if backlog.oldest_received is None else span(now - backlog.oldest_received)


def _png(data: bytes) -> Response:
    return Response(data, media_type="image/png")
