"""What can be changed: one POST per verdict and per step, each with its actor, its token and the version it was decided on.

What: the desk's POST routes. The page's script asks for JSON; without it the same forms are answered with a page.
Why: server-side forms work on any machine and can be tested as such; a verdict saved one by one survives a browser that dies.
Refuses: what `review_queue.reviewing` refuses; an answer that cannot be the field's value comes back with the reason (422).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from intake.forms.definition import FormDefinition
from review_queue import reviewing
from review_queue.answers import Said, Settled, Unsettled, settle
from review_queue.page_making import SEEN, card_of
from review_queue.review_item import WHOLE_DOCUMENT, ReviewItem, VerdictKind
from review_queue.rule_notes import rule_notes
from review_queue.web.guards import change
from review_queue.web.looking import item_response, load
from review_queue.web.rendering import part
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
        return _to(f"/desk/items/{item_id}")

    @change(router, "/items/{item_id}/lease", "renew the lease")
    def renew(request: Request, item_id: str, version: Number) -> Response:
        with services.sessions() as session, session.begin():
            reviewing.renew(session, item_id, version, reviewer_of(request).name, services.clock(), services.lease)
        return JSONResponse({"lease": int(services.lease.total_seconds())})

    @change(router, "/items/{item_id}/release", "put back")
    def release(request: Request, item_id: str, version: Number) -> Response:
        with services.sessions() as session, session.begin():
            reviewing.release(session, item_id, version, reviewer_of(request).name, services.clock())
        return _to("/desk")


def add_verdict_route(router: APIRouter, services: DeskServices) -> None:
    """What a field is, or that a doubt about the whole document has been looked at."""

    @change(router, "/items/{item_id}/fields/{key}", "say what a field is")
    def verdict(
        request: Request,
        item_id: str,
        key: str,
        version: Number,
        said: Text = "value",
        value: Text = "",
        guess: Text = "",
        insist: Text = "",
    ) -> Response:
        item, form = load(services, item_id)
        answer = guess or value
        outcome = _judged(item, form, key, said, answer, insist=insist == "1")
        if isinstance(outcome, Unsettled):
            if wants_json(request):
                return JSONResponse({"why": outcome.why, "may_insist": outcome.may_insist}, status_code=422)
            return item_response(
                request,
                services,
                item_id,
                wanted=key,
                trouble=outcome.why,
                typed=answer,
                insist=outcome.may_insist,
                status=422,
            )
        with services.sessions() as session, session.begin():
            name, now = reviewer_of(request).name, services.clock()
            item = reviewing.record(session, item_id, version, key, outcome.kind, outcome.value, name, now, services.lease)
            patient = services.known_patient(session, item.values()) if form is not None else None
        if not wants_json(request):
            return _to(f"/desk/items/{item_id}")
        card = card_of(item, form, key)
        return JSONResponse(
            {
                "key": key,
                "verdict": card.verdict,
                "shown": card.shown,
                "typed": card.typed,
                "by": card.by,
                "left": [doubt.key for doubt in item.left()],
                "lease": int(services.lease.total_seconds()),
                "rules": part("_rules.html", notes=rule_notes(form.code, item.values()) if form is not None else ()),
                "patient": part("_patient.html", patient=patient),
            }
        )


def _judged(
    item: ReviewItem, form: FormDefinition | None, key: str, said: str, answer: str, *, insist: bool
) -> Settled | Unsettled:
    if key.startswith(WHOLE_DOCUMENT) and key in {doubt.key for doubt in item.doubts}:
        return Settled(VerdictKind.CONFIRMED, SEEN)
    if form is None or item.reading is None or key not in {field.name for field in form.fields}:
        raise HTTPException(404, "There is no such field.")
    if said not in tuple(Said):
        raise HTTPException(422, "The desk did not understand this request.")
    today = item.fax.received_at.date()
    return settle(form.field(key), item.reading.fields.get(key), Said(said), answer, today, insist=insist)


def add_closing_routes(router: APIRouter, services: DeskServices) -> None:
    """The ways out of the desk."""

    @change(router, "/items/{item_id}/submit", "submit")
    def submit(request: Request, item_id: str, version: Number) -> Response:
        with services.sessions() as session, session.begin():
            item = reviewing.submit(session, item_id, version, reviewer_of(request).name, services.clock())
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


def _next(request: Request, services: DeskServices, told: str) -> Response:
    """On to the next fax, or to the queue if nothing waits."""
    with services.sessions() as session, session.begin():
        item = reviewing.take_next(
            session, reviewer_of(request).name, services.clock(), services.lease, senior=reviewer_of(request).senior
        )
    if item is None:
        return _to(f"/desk?told={told}")
    return _to(f"/desk/items/{item.item_id}")


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=303)
