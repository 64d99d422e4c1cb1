"""Getting an item into one's hands, and the ways out of them: one POST per step, with its actor, token and version.

What: the desk's POST routes of whole items (of single fields: `review_queue.web.answering`). The page's script asks for JSON and
is told where to go; without it the same forms are answered with a page.
Why: server-side forms work on any machine and can be tested as such; a script that sends them keeps the words if no answer comes.
Refuses: what `review_queue.reviewing` refuses.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from review_queue import reviewing
from review_queue.lifecycle import ReviewState
from review_queue.review_item import ReviewItem
from review_queue.reviewing import NotYours
from review_queue.web.choosing import person_still_fits
from review_queue.web.guards import change
from review_queue.web.keying import next_address, second_keying
from review_queue.web.security import reviewer_of, wants_json
from review_queue.web.services import DeskServices

Text = Annotated[str, Form()]
Number = Annotated[int, Form()]
Texts = Annotated[list[str] | None, Form()]


def add_taking_routes(router: APIRouter, services: DeskServices) -> None:
    """Getting an item into one's hands and out of them again."""

    @change(router, "/next", "take the next")
    def take_next(request: Request) -> Response:
        return _next(request, services, told="nothing")

    @change(router, "/items/{item_id}/take", "take")
    def take(request: Request, item_id: str) -> Response:
        reviewer = reviewer_of(request)
        with services.sessions() as session, session.begin():
            reviewing.take(session, item_id, reviewer.name, services.clock(), senior=reviewer.senior, lease=services.lease)
        return _to(request, f"/desk/items/{item_id}")

    @change(router, "/items/{item_id}/lease", "renew the lease")
    def renew(request: Request, item_id: str, version: Number) -> Response:
        with services.sessions() as session, session.begin():
            reviewing.renew(session, item_id, version, reviewer_of(request).name, services.clock(), services.lease)
        return JSONResponse({"lease": int(services.lease.total_seconds())})

    @change(router, "/items/{item_id}/release", "put back")
    def release(request: Request, item_id: str, version: Number) -> Response:
        with services.sessions() as session, session.begin():
            reviewing.release(session, item_id, version, reviewer_of(request).name, services.clock())
        return _to(request, "/desk")


def add_closing_routes(router: APIRouter, services: DeskServices) -> None:
    """The ways out of the desk."""

    @change(router, "/items/{item_id}/submit", "submit")
    def submit(request: Request, item_id: str, version: Number) -> Response:
        reviewer = reviewer_of(request).name
        try:
            with services.sessions() as session, session.begin():
                person_still_fits(services, session, item_id)
                asks = second_keying(services, session, item_id)
                item = reviewing.submit(session, item_id, version, reviewer, services.clock(), asks)
        except NotYours:
            item = _submitted_before(services, item_id, version, reviewer)
        if item.state is ReviewState.BEING_KEYED:
            return _next(request, services, told="to-key")
        services.settled(item.document_id)
        return _next(request, services, told="submitted")

    @change(router, "/items/{item_id}/reject", "reject", words_in=("reason", "other", "silent"))
    def reject(
        request: Request, item_id: str, version: Number, reason: Text = "", other: Text = "", silent: Text = ""
    ) -> Response:
        words = other.strip() or reason or ("Filed without an answer." if silent == "1" else "")
        with services.sessions() as session, session.begin():
            item = reviewing.reject(
                session, item_id, version, reviewer_of(request).name, services.clock(), words, answer_sender=silent != "1"
            )
        services.settled(item.document_id)
        return _next(request, services, told="rejected")

    @change(router, "/items/{item_id}/send-back", "ask the sender", words_in=("ask", "other"))
    def send_back(request: Request, item_id: str, version: Number, ask: Texts = None, other: Text = "") -> Response:
        asked = [*(ask or []), *([other] if other.strip() else [])]
        with services.sessions() as session, session.begin():
            item = reviewing.send_back(session, item_id, version, reviewer_of(request).name, services.clock(), asked)
        services.settled(item.document_id)
        return _next(request, services, told="sent-back")

    @change(router, "/items/{item_id}/escalate", "escalate", words_in=("note",))
    def escalate(request: Request, item_id: str, version: Number, note: Text = "") -> Response:
        with services.sessions() as session, session.begin():
            reviewing.escalate(session, item_id, version, reviewer_of(request).name, services.clock(), note)
        return _next(request, services, told="escalated")

    @change(router, "/items/{item_id}/second-look", "ask for a second look", words_in=("note",))
    def second_look(request: Request, item_id: str, version: Number, note: Text = "") -> Response:
        with services.sessions() as session, session.begin():
            reviewing.ask_second_look(session, item_id, version, reviewer_of(request).name, services.clock(), note)
        return _next(request, services, told="second-look")


def _submitted_before(services: DeskServices, item_id: str, version: int, reviewer: str) -> ReviewItem:
    """The item this very reviewer submitted from this very page, where the answer to that was lost; `NotYours` otherwise."""
    with services.sessions() as session:
        item = reviewing.look_at(session, item_id)
    theirs = item.closing is not None and item.closing.by == reviewer and item.version == version + 1
    if not theirs or item.state not in (ReviewState.CONFIRMED, ReviewState.BEING_KEYED):
        raise NotYours(item_id)
    return item


def _next(request: Request, services: DeskServices, told: str) -> Response:
    """On to the next fax or keying, or to the queue if nothing waits."""
    return _to(request, next_address(request, services) or f"/desk?told={told}")


def _to(request: Request, address: str) -> Response:
    """On to that page; the script is told its address, so that it is opened once."""
    return JSONResponse({"to": address}) if wants_json(request) else RedirectResponse(address, status_code=303)
