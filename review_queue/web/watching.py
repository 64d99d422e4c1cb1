"""In whose hands an item is now, and what happened to it: asked lightly by pages that stay open.

What: `GET /items/{id}/hands`, and the same words for answers to changes that came too late; `GET /items/{id}/history`.
Why: whoever looks at a colleague's fax sees when it gets free; whoever has lost one learns it before typing on.
Refuses: to keep a sign-in alive: a page nobody touches must still be signed out (45 CFR 164.312, automatic log-off).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from review_queue import reviewing, storage
from review_queue.item_history import HistoryLine, history_lines
from review_queue.lifecycle import CLOSED, ReviewState, may_take
from review_queue.review_item import ReviewItem
from review_queue.reviewers import Reviewer
from review_queue.reviewing import NoSuchItem
from review_queue.web.rendering import part
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices
from review_queue.wording import clock


def add_watching_routes(router: APIRouter, services: DeskServices) -> None:
    """Who holds it, and who asks (a page whose sign-in ended learns the new one's token here); what happened so far."""

    @router.get("/items/{item_id}/history")
    def history(item_id: str) -> Response:
        with services.sessions() as session:
            item = reviewing.look_at(session, item_id)
            lines = history_of(services, session, item)
        return JSONResponse({"lines": part("_history.html", history=lines)})

    @router.get("/items/{item_id}/hands")
    def hands(request: Request, item_id: str) -> Response:
        reviewer = reviewer_of(request)
        with services.sessions() as session:
            found = storage.hands(session, item_id)
        if found is None:
            raise NoSuchItem(item_id)
        return JSONResponse(_hands(*found, reviewer, services.clock()) | {"csrf": reviewer.csrf, "reviewer": reviewer.name})


def history_of(services: DeskServices, session: Session, item: ReviewItem) -> tuple[HistoryLine, ...]:
    """What happened to the item, the latest first."""
    form = None if item.reading is None else services.forms.form(item.reading.form, item.reading.revision)
    events, said = storage.events(session, item.item_id), storage.verdicts(session, item.item_id)
    return history_lines(events, said, item.doubts, form)


def hands_of(item: ReviewItem, reviewer: Reviewer, now: datetime) -> dict[str, Any]:
    """In whose hands the item is, for this reviewer: `mine`, `takeable`, `version` and `words`, a sentence."""
    return _hands(item.state, item.version, item.holder, item.lease_until, item.passed_by, item.meant_for, reviewer, now)


def _hands(
    state: ReviewState,
    version: int,
    holder: str | None,
    lease_until: datetime | None,
    passed_by: str | None,
    meant_for: str | None,
    reviewer: Reviewer,
    now: datetime,
) -> dict[str, Any]:
    mine = holder == reviewer.name and state is ReviewState.IN_HAND
    free = may_take(state, holder, lease_until, passed_by, reviewer.name, now, senior=reviewer.senior, meant_for=meant_for)
    return {
        "mine": mine,
        "takeable": free and state not in CLOSED,
        "version": version,
        "words": "It is yours." if mine else _words(state, holder, lease_until, now),
    }


def _words(state: ReviewState, holder: str | None, lease_until: datetime | None, now: datetime) -> str:
    if holder is None:
        return f"It is {state.label}."
    if lease_until is not None and lease_until > now:
        return f"{holder} has it in hand, {clock(lease_until, now)} left."
    return f"{holder} had it in hand until the time ran out."
