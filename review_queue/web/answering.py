"""What a field is: said, checked while it is typed, kept while it is typed, taken back.

What: the desk's POST routes of single fields. The page's script asks for JSON; without it a verdict is answered with a page.
Why: a verdict saved one by one survives a browser that dies; a text kept as it is typed survives even that.
Refuses: an answer that cannot be the field's value (422, with the reason); any change to an item that is not in one's hands (409,
with who holds it and what stands in the field now). Drafts are taken from whoever had the item in hand: they change nothing.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from intake.forms.definition import FormDefinition
from review_queue import drafts, reviewing, storage
from review_queue.answers import Said, Settled, Unsettled, settle
from review_queue.lifecycle import ReviewEvent
from review_queue.page_making import SEEN, card_of
from review_queue.review_item import WHOLE_DOCUMENT, ReviewItem, Verdict, VerdictKind
from review_queue.reviewing import NotYours
from review_queue.rule_notes import rule_notes
from review_queue.taking_back import take_back
from review_queue.web.guards import change
from review_queue.web.looking import item_response, load, to_item
from review_queue.web.rendering import part
from review_queue.web.security import reviewer_of, wants_json
from review_queue.web.services import DeskServices
from review_queue.web.watching import hands_of

Text = Annotated[str, Form()]
Number = Annotated[int, Form()]
Texts = Annotated[list[str] | None, Form()]
Mark = Annotated[str, Form(max_length=40)]  # made by the page for each message: sent twice, it counts once

_INTO_HANDS = frozenset({ReviewEvent.TAKEN, ReviewEvent.TAKEN_OVER, ReviewEvent.RECALLED})
STANDS = "stands"  # the button of a field in which no ink was found: what was typed, or else blank


def add_answering_routes(router: APIRouter, services: DeskServices) -> None:
    """Verdicts, and what comes before and after them."""
    _add_verdict_route(router, services)
    _add_undo_route(router, services)
    _add_check_route(router, services)
    _add_drafts_route(router, services)


def _add_verdict_route(router: APIRouter, services: DeskServices) -> None:
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
        once: Mark = "",
    ) -> Response:
        item, form = load(services, item_id)
        answer = guess or value
        if said == STANDS:
            said = Said.VALUE if answer.strip() else Said.BLANK
        outcome = _judged(item, form, key, said, answer, insist=insist != "" and insist == answer)
        if isinstance(outcome, Unsettled):
            if wants_json(request):
                return JSONResponse({"why": outcome.why, "may_insist": outcome.may_insist}, status_code=422)
            insisting = answer if outcome.may_insist else ""
            return item_response(
                request, services, item_id, wanted=key, trouble=outcome.why, typed=answer, insist=insisting, status=422
            )
        name, now = reviewer_of(request).name, services.clock()
        try:
            with services.sessions() as session, session.begin():
                item = reviewing.record(
                    session, item_id, version, key, outcome.kind, outcome.value, name, now, services.lease, once=once
                )
        except NotYours:
            if not wants_json(request):
                raise
            return _lost(request, services, item_id, key)
        if not wants_json(request):
            return to_item(item_id)
        return _answered(services, item, form, key)


def _add_undo_route(router: APIRouter, services: DeskServices) -> None:
    @change(router, "/items/{item_id}/undo", "take back")
    def undo(request: Request, item_id: str, version: Number, once: Mark = "") -> Response:
        name, now = reviewer_of(request).name, services.clock()
        try:
            with services.sessions() as session, session.begin():
                item, key = take_back(session, item_id, version, name, now, services.lease, once=once)
        except NotYours:
            if not wants_json(request):
                raise
            return _lost(request, services, item_id, "")
        if not wants_json(request):
            return to_item(item_id)
        _, form = load(services, item_id)
        return _answered(services, item, form, key)


def _add_check_route(router: APIRouter, services: DeskServices) -> None:
    @change(router, "/items/{item_id}/check", "check a value without keeping it")
    def check(request: Request, item_id: str, key: Text = "", said: Text = "value", value: Text = "") -> Response:
        item, form = load(services, item_id)
        outcome = _judged(item, form, key, said, value, insist=False)
        told: dict[str, Any] = {"key": key, "value": value, "why": "", "may_insist": False}
        if isinstance(outcome, Unsettled):
            # an empty field is told when it is confirmed, not while it is being filled
            told |= {"why": outcome.why if value.strip() else "", "may_insist": outcome.may_insist}
            outcome = _judged(item, form, key, said, value, insist=True)
        if isinstance(outcome, Settled) and form is not None:
            meant = Verdict(key, outcome.kind, None, outcome.value, "", services.clock())
            item = replace(item, verdicts={**item.verdicts, key: meant})
        return JSONResponse(told | {"rules": _rules(item, form)})


def _add_drafts_route(router: APIRouter, services: DeskServices) -> None:
    @change(router, "/items/{item_id}/drafts", "keep what is typed")
    def keep(
        request: Request,
        item_id: str,
        version: Number,
        page: Mark,
        stroke: Number,
        key: Texts = None,
        text: Texts = None,
        once: Texts = None,
        back: Texts = None,
    ) -> Response:
        keys, texts = key or [], text or []
        marks = once or [""] * len(keys)
        if not len(keys) == len(texts) == len(marks):
            raise HTTPException(422, "The desk did not understand this request.")
        reviewer, now = reviewer_of(request), services.clock()
        with services.sessions() as session, session.begin():
            lease = _renewed(services, session, item_id, version, reviewer.name)
            item = reviewing.look_at(session, item_id)
            form = None if item.reading is None else services.forms.form(item.reading.form, item.reading.revision)
            fields = set() if form is None else {field.name for field in form.fields}
            said = dict(zip(keys, marks, strict=True))
            typed = drafts.Typed(page, stroke, dict(zip(keys, texts, strict=True)), said, back or ())
            theirs = lease is not None or _has_held(session, item, reviewer.name)
            kept = theirs and drafts.keep(session, item, fields, reviewer.name, typed, now)
        return JSONResponse({"kept": kept, "lease": lease} | hands_of(item, reviewer, now))


def _renewed(services: DeskServices, session: Session, item_id: str, version: int, reviewer: str) -> int | None:
    """Typing is a sign of life; None where the item is in other hands by now."""
    try:
        reviewing.renew(session, item_id, version, reviewer, services.clock(), services.lease)
    except NotYours:
        return None
    return int(services.lease.total_seconds())


def _has_held(session: Session, item: ReviewItem, reviewer: str) -> bool:
    """Whether they have the item in hand, or had: whoever only looks has typed nothing on it."""
    return item.holder == reviewer or any(
        row.by == reviewer and row.event in _INTO_HANDS for row in storage.events(session, item.item_id)
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


def _answered(services: DeskServices, item: ReviewItem, form: FormDefinition | None, key: str) -> Response:
    """What the page shows of the field and the whole after a verdict; `key` is empty where no field changed."""
    with services.sessions() as session:
        patient = services.known_patient(session, item.values()) if form is not None else None
    return JSONResponse(
        {
            **(_card(item, form, key) if key else {"key": ""}),
            "left": [doubt.key for doubt in item.left()],
            "lease": int(services.lease.total_seconds()),
            "rules": _rules(item, form),
            "patient": part("_patient.html", patient=patient),
        }
    )


def _card(item: ReviewItem, form: FormDefinition | None, key: str) -> dict[str, Any]:
    card = card_of(item, form, key)
    chosen = next((answer.code for answer in card.answers if answer.chosen), "")
    return {
        "key": key,
        "verdict": card.verdict,
        "shown": card.shown,
        "typed": chosen if card.widget == "pick" else card.typed,
        "by": card.by,
    }


def _lost(request: Request, services: DeskServices, item_id: str, key: str) -> Response:
    """409: who holds the item now, and what stands in the field, so that both answers can be shown."""
    item, form = load(services, item_id)
    reviewer = reviewer_of(request)
    stands = _card(item, form, key) if key else {}
    words = f"This fax is no longer in your hands. {hands_of(item, reviewer, services.clock())['words']} Nothing was changed."
    return JSONResponse(hands_of(item, reviewer, services.clock()) | {"why": words, "stands": stands}, status_code=409)


def _rules(item: ReviewItem, form: FormDefinition | None) -> str:
    return part("_rules.html", notes=rule_notes(form.code, item.values()) if form is not None else ())
