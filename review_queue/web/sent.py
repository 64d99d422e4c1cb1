"""The pages of letters: what went out and is going out, one letter with its evidence, one number with its history, charts.

What: GET routes only; what is done about a letter is posted to `review_queue.web.sent_acts`.
Why: "did my answer arrive?" is asked by telephone, and what did not arrive must be seen by somebody who was not asked.
Refuses: nothing; a filter nobody understands shows all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Request, Response

from registry.identifiers import normal_phone
from registry.moments import program_day
from review_queue import sent_figures
from review_queue.sent_letters import Filter, LetterList, Sent, Sought
from review_queue.web.rendering import show
from review_queue.web.sent_views import LETTER_TOLD, MANY, NUMBER_TOLD, letter_response, number_response
from review_queue.web.services import DeskServices

FIRST = 12  # lines of what wants a person beside the whole list
MOST_COUNTED = 1000
STATES = (
    (Filter.PERSON, "needs a person"),
    (Filter.UNCERTAIN, "uncertain"),
    (Filter.HELD, "held"),
    (Filter.NO_NUMBER, "no number"),
    (Filter.FAILED, "failed"),
    (Filter.QUEUED, "queued or waiting"),
    (Filter.CALLING, "calling"),
    (Filter.DELIVERED, "delivered"),
    (Filter.STOPPED, "stopped"),
)


def add_sent_routes(router: APIRouter, services: DeskServices, sent: Sent) -> None:
    """The list, charts, a number, a letter, the pages of a call."""

    @router.get("/sent")
    def letters(
        request: Request, state: str = "", kind: str = "", text: str = "", begins: str = "", ends: str = "", after: str = ""
    ) -> Response:
        wanted, trouble = _wanted(state, kind, text, begins, ends)
        now, overview = services.clock(), not wanted and not after
        with services.looking() as session:
            count = sent.wanting(session, MOST_COUNTED)
            first = sent.letters(session, Sought(Filter.PERSON), "", FIRST, now) if overview and count else None
            found = sent.letters(session, wanted, after, MANY, now)
        return show(
            request, "sent.html", wanted=wanted, first=first, found=found, count=count, most=MOST_COUNTED, trouble=trouble,
            states=STATES, kinds=sent.kinds(), more=_more(wanted, found), after=after, number=normal_phone(wanted.text) or "",
            dates=(_iso(wanted.begins), _iso(wanted.ends)),
        )  # fmt: skip

    @router.get("/sent/figures")
    def figures(request: Request) -> Response:
        today = program_day(services.clock())
        with services.looking() as session:
            found = sent.days(session, today - timedelta(days=sent_figures.DAYS - 1), today)
        return show(request, "sent_figures.html", charts=sent_figures.charts(found), days=sent_figures.DAYS)

    @router.get("/sent/number/{fax}")
    def number(request: Request, fax: str, after: str = "", done: str = "") -> Response:
        return number_response(request, services, sent, fax, after=after, told=NUMBER_TOLD.get(done, ""))

    @router.get("/sent/{letter_id}")
    def letter(request: Request, letter_id: str, call: int = -1, done: str = "") -> Response:
        return letter_response(request, services, sent, letter_id, call=call, told=LETTER_TOLD.get(done, ""))

    @router.get("/sent/{letter_id}/calls/{call}/{number}.png")
    def page(letter_id: str, call: int, number: int) -> Response:
        with services.looking() as session:
            draw = sent.drawn(session, letter_id, call)
        drawn = None if draw is None else draw()  # without a session
        png = None if drawn is None else drawn.page(number)
        if png is None:
            raise HTTPException(404, "There is no such letter or call, or it has no such page.")
        return Response(png, media_type="image/png")


def _wanted(state: str, kind: str, text: str, begins: str, ends: str) -> tuple[Sought, str]:
    """What is asked for, and what of it nobody understood."""
    days: list[date | None] = []
    trouble = ""
    for said in (begins, ends):
        try:
            days.append(date.fromisoformat(said.strip()) if said.strip() else None)
        except ValueError:
            days.append(None)
            trouble = f"“{said}” is no day. Write it as 2026-11-23."
    known = state if state in set(Filter) else ""
    return Sought(known, kind.strip(), text.strip(), days[0], days[1]), trouble


def _more(wanted: Sought, found: LetterList) -> str:
    """The address of the next page of the list; "" after the last."""
    if not found.then:
        return ""
    asked: Sequence[tuple[str, str]] = (
        ("state", wanted.state), ("kind", wanted.kind), ("text", wanted.text), ("begins", _iso(wanted.begins)),
        ("ends", _iso(wanted.ends)), ("after", found.then),
    )  # fmt: skip
    return f"/desk/sent?{urlencode([(name, said) for name, said in asked if said])}"


def _iso(day: date | None) -> str:
    return "" if day is None else day.isoformat()
