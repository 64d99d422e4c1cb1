"""The queue page: lanes, what comes next, who holds what, the pace; and its numbers alone for the page's own script.

What: two GET routes over the same view. Everything is read by index from what is open.
Why: a reviewer comes here between two faxes and must see in one look what is late and what Enter gives.
Refuses: nothing; a filter nobody understands shows all.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlalchemy.orm import Session

from intake.reading import ProblemKind
from review_queue import note_storage, queue_storage, recalling, storage
from review_queue.business_days import overdue_before
from review_queue.daily_figures import present_pace
from review_queue.figures import forecast, rate_words
from review_queue.keying_work import keying_comes_first
from review_queue.queue_page import (
    LANES,
    SENDER,
    LaneView,
    Titles,
    address,
    behind,
    doubt_choices,
    form_choices,
    holder,
    holder_choices,
    lane_view,
    next_words,
    queue_line,
)
from review_queue.queue_storage import LaneCount, Wanted
from review_queue.reviewers import Reviewer
from review_queue.web.keying import next_address
from review_queue.web.quality import for_queue
from review_queue.web.rendering import part, show
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices, FormLookup
from review_queue.wording import span

FEW, MANY = 8, 50  # lines of each lane where all are shown, and of a lane by itself
TO_KEY = "Next: fields to key that a colleague has keyed, without seeing theirs."
MOST_HOLDERS = 100  # more people than any desk has
TOLD = {
    "submitted": "Submitted. Nothing else waits.",
    "rejected": "Rejected. Nothing else waits.",
    "sent-back": "The sender is asked. Nothing else waits.",
    "escalated": "A senior reviewer will look. Nothing else waits.",
    "second-look": "A colleague will look. Nothing else waits.",
    "handed": "Handed on. Nothing else waits.",
    "to-key": "Submitted. A colleague keys what you corrected; then it goes on. Nothing else waits.",
    "keyed": "Keyed. Thank you: two who agree are worth more than one. Nothing else waits.",
    "nothing": "Nothing waits.",
}


def add_queue_routes(router: APIRouter, services: DeskServices) -> None:
    """The page, and what of it changes by itself."""

    @router.get("")
    def queue(
        request: Request, told: str = "", lane: str = "", after: str = "", form: str = "", sender: str = "", doubt: str = "",
        holder: str = "",
    ) -> Response:  # fmt: skip
        wanted = _wanted(form, sender, doubt, holder)
        with services.looking() as session:
            seen = _view(session, services, reviewer_of(request), wanted, lane, after)
            choices: dict[str, Any] = {
                "forms": form_choices(queue_storage.forms_open(session), _titles(services.forms), wanted),
                "doubts": doubt_choices(wanted),
                "holders": holder_choices([one.name for one in seen["held"]], wanted),
                "recall": recalling.recallable(session, reviewer_of(request).name, services.clock(), services.grace),
                "quality": for_queue(session, services, services.clock(), senior=reviewer_of(request).senior),
            }
        return show(request, "queue.html", told=TOLD.get(told, ""), wanted=wanted, lane=lane, **choices, **seen)

    @router.get("/numbers")
    def numbers(
        request: Request, lane: str = "", after: str = "", form: str = "", sender: str = "", doubt: str = "", holder: str = ""
    ) -> Response:
        wanted = _wanted(form, sender, doubt, holder)
        with services.looking() as session:
            seen = _view(session, services, reviewer_of(request), wanted, lane, after)
            mentions = note_storage.unseen(session, reviewer_of(request).name)
        board = part("_queue_board.html", reviewer=reviewer_of(request), wanted=wanted, lane=lane, **seen)
        told = {"next": seen["next_words"], "any": seen["any_next"], "numbers": seen["numbers"], "mentions": mentions}
        return JSONResponse({**told, "board": board})


def on_to_next(request: Request, services: DeskServices, told: str) -> Response:
    """On to the next fax or keying, or to the queue if nothing waits."""
    return RedirectResponse(next_address(request, services) or f"/desk?told={told}", status_code=303)


def _wanted(form: str, sender: str, doubt: str, holder: str) -> Wanted:
    return Wanted(form.strip(), sender.strip(), doubt if doubt in set(ProblemKind) else "", holder.strip())


def _view(session: Session, services: DeskServices, reviewer: Reviewer, wanted: Wanted, lane: str, after: str) -> dict[str, Any]:
    """What the page and its numbers show alike."""
    now, titles = services.clock(), _titles(services.forms)
    late = overdue_before(now)
    whole = queue_storage.lane_counts(session, Wanted(), late)
    counts = queue_storage.lane_counts(session, wanted, late) if wanted else whole
    handed = queue_storage.handed_to(session, reviewer.name)
    next_id = storage.held_by(session, reviewer.name, now) or storage.peek_next(
        session, reviewer.name, now, senior=reviewer.senior
    )
    next_line = None if next_id is None else queue_storage.line(session, next_id)
    to_key = keying_comes_first(session, reviewer.name, now, senior=reviewer.senior)
    return {
        "lanes": _lanes(session, titles, reviewer, wanted, lane, after, counts, now),
        "handed": [queue_line(one, titles, reviewer.name, now, senior=reviewer.senior) for one in handed],
        "held": [holder(one, titles, reviewer.name, now) for one in queue_storage.in_hand(session, MOST_HOLDERS)],
        "next_words": TO_KEY if to_key else next_words(next_line, titles, reviewer.name, now),
        "any_next": next_line is not None or to_key,
        "numbers": _numbers(session, whole, now),
    }


def _lanes(
    session: Session,
    titles: Titles,
    reviewer: Reviewer,
    wanted: Wanted,
    lane: str,
    after: str,
    counts: Mapping[int | None, LaneCount],
    now: datetime,
) -> list[LaneView]:
    """All lanes with their first lines, or one lane from a line on."""
    alone = lane in {code for code, _, _ in LANES}
    most, place = (MANY, behind(after)) if alone else (FEW, None)
    found = []
    for number, (code, rank, _) in enumerate(LANES):
        if alone and code != lane:
            continue
        lines = queue_storage.lines(session, rank, wanted, most + 1, place) if rank in counts else []
        shown = lines[:most]
        last = (shown[-1].received_at, shown[-1].item_id) if shown else None
        # from the overview one sees the lane from its beginning, in a lane one goes on behind its last line
        more = address(wanted, code, last if alone else None) if len(lines) > most else ""
        views = [queue_line(one, titles, reviewer.name, now, senior=reviewer.senior) for one in shown]
        found.append(lane_view(number, counts.get(rank), views, more, now))
    return found


def _numbers(session: Session, counts: Mapping[int | None, LaneCount], now: datetime) -> dict[str, str]:
    """The queue in numbers, for everybody: what waits for a person here, how old, how fast."""
    here = [count for rank, count in counts.items() if rank is not None]
    waiting = sum(one.count for one in here)
    oldest = min((one.oldest for one in here if one.oldest is not None), default=None)
    pace = present_pace(session, now)
    return {
        "waiting": str(waiting),
        "oldest": "–" if oldest is None else span(now - oldest),
        "late": str(sum(one.overdue for one in here)),
        SENDER: str(counts[None].count if None in counts else 0),
        "arrived": rate_words(pace.per_hour(pace.arrived)),
        "done": rate_words(pace.per_hour(pace.done)),
        "forecast": forecast(waiting, pace, now),
    }


def _titles(forms: FormLookup) -> Titles:
    @cache
    def title(code: str) -> str:
        try:
            return forms.form(code).title
        except LookupError:  # a form that remsfax no longer brings still waits under its code
            return code

    return title
