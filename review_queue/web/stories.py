"""The story of one fax: from its arrival to its answer, with its pages and the letters that went out.

What: a page and its images, for everybody at the desk.
Why: "what became of my fax?" is answered while the caller waits.
Refuses: pages of another fax, and letters that answer another one (404). Whoever looks is noted with the time (45 CFR 164.312).
"""

from __future__ import annotations

from fastapi import APIRouter, HTTPException, Request, Response

from intake.fax import FaxId
from review_queue import storage, strips
from review_queue.contacts import Contacts
from review_queue.web.rendering import show
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices


def add_story_routes(router: APIRouter, services: DeskServices, contacts: Contacts) -> None:
    """The page of a fax, its images, its letters' images."""

    @router.get("/faxes/{fax_id}/history")
    def history(request: Request, fax_id: str) -> Response:
        with services.sessions() as session, session.begin():
            fax = contacts.of_fax(session, fax_id)
            if fax is None:
                raise HTTPException(404, "There is no such fax.")
            storage.add_event(session, f"fax:{fax_id}"[:40], "looked at", reviewer_of(request).name, services.clock())
        return show(request, "fax_history.html", fax=fax, sends=services.sent is not None)

    @router.get("/faxes/{fax_id}/history/pages/{number}.png")
    def page(fax_id: str, number: int) -> Response:
        return _png(_page(services, fax_id, number))

    @router.get("/faxes/{fax_id}/history/pages/{number}/thumb.png")
    def thumb(fax_id: str, number: int) -> Response:
        return _png(strips.encode(strips.thumbnail(strips.decode(_page(services, fax_id, number)))))

    @router.get("/faxes/{fax_id}/history/letters/{delivery_id}/{number}.png")
    def letter(fax_id: str, delivery_id: str, number: int) -> Response:
        with services.sessions() as session:
            draw = contacts.letter(session, fax_id, delivery_id)
        drawn = None if draw is None else draw(number)  # without a session: laying out a letter takes a tenth of a second
        if drawn is None:
            raise HTTPException(404, "There is no such letter, or it has no such page.")
        return _png(drawn)


def _page(services: DeskServices, fax_id: str, number: int) -> bytes:
    image = services.pages.image(FaxId(fax_id), number)
    if image is None:
        raise HTTPException(404, "There is no such page.")
    return image


def _png(data: bytes) -> Response:
    return Response(data, media_type="image/png")
