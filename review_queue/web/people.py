"""The pages of people: find somebody, see everything on one page as of any day, put a record right.

What: GET routes for every reviewer, and one POST for what only a senior reviewer may do.
Why: a caller asks what became of a fax, an inspector what was known on a day; and two records of one person must be brought
together by somebody who sees both.
Refuses: an act without a reason or by who is not senior (403); whoever looks is noted with the time (45 CFR 164.312).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from review_queue import storage
from review_queue.people import Act, ActKind, People
from review_queue.web.guards import Permission, change
from review_queue.web.rendering import show
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices

Text = Annotated[str, Form()]

DONE = {
    ActKind.WITHDRAW: "Withdrawn. It stays in the history and counts no more.",
    ActKind.CORRECT: "Corrected. Both values stay in the history.",
    ActKind.MERGE: "Merged. Both IDs mean this patient now.",
    ActKind.UNMERGE: "Parted. Each stands with the own records again.",
    ActKind.OFF_LIST: "Taken off the list. The treatment status stays as it is.",
}


def add_people_routes(router: APIRouter, services: DeskServices, people: People) -> None:
    """Finding and looking."""

    @router.get("/people")
    def search(request: Request, q: str = "") -> Response:
        with services.sessions() as session:
            found = people.find(session, q.strip(), services.clock()) if q.strip() else []
        if len(found) == 1:
            return RedirectResponse(address(found[0].kind, found[0].key), status_code=303)
        return show(request, "people.html", asked=q, found=found)

    @router.get("/people/{kind}/{key}")
    def person(request: Request, kind: str, key: str, as_of: str = "", done: str = "") -> Response:
        return person_response(request, services, people, kind, key, as_of=as_of, told=DONE.get(_kind(done), "") if done else "")


def add_person_act(router: APIRouter, services: DeskServices, people: People) -> None:
    """Putting right, merging, parting."""

    @change(router, "/people/patient/{key}/act", "put a record right", by=Permission.SENIOR, words_in=("reason",))
    def act(
        request: Request, key: str, what: Text, reason: Text = "", record: Text = "", other: Text = "", draw_date: Text = "",
        anc: Text = "",
    ) -> Response:  # fmt: skip
        reviewer = reviewer_of(request)
        wanted = Act(_kind(what), reason.strip(), record, other.strip(), _day(draw_date), _number(anc))
        now = services.clock()
        with services.sessions() as session, session.begin() as transaction:
            trouble = people.act(session, key, wanted, reviewer.name, now)
            if trouble:
                transaction.rollback()
        if trouble:
            return person_response(request, services, people, "patient", key, trouble=trouble, status=422)
        return RedirectResponse(f"{address('patient', key)}?done={wanted.kind.value}", status_code=303)


def person_response(
    request: Request, services: DeskServices, people: People, kind: str, key: str, *, as_of: str = "", told: str = "",
    trouble: str = "", status: int = 200,
) -> Response:  # fmt: skip
    """The page; `trouble` is why what was just asked is not done."""
    reviewer, day = reviewer_of(request), _day(as_of)
    if as_of and day is None:
        trouble = f"“{as_of}” is no day. Write it as 2024-01-31."
    with services.sessions() as session, session.begin():
        page = people.look(session, kind, key, day)
        if page is None:
            raise HTTPException(404, "Nobody in the registry has this number.")
        contacts = (
            () if services.contacts is None or day is not None else services.contacts.of_person(session, page.kind, page.key)
        )
        storage.add_event(session, f"{kind}:{key}"[:40], "looked at", reviewer.name, services.clock(), as_of if day else "")
    return show(
        request, "person.html", status, page=page, contacts=contacts, as_of=as_of if day else "", told=told, trouble=trouble,
        may_act=reviewer.senior and kind == "patient" and day is None,
    )  # fmt: skip


def address(kind: str, key: str) -> str:
    """The page of somebody."""
    return f"/desk/people/{quote(kind, safe='')}/{quote(key, safe='')}"


def _kind(text: str) -> ActKind:
    try:
        return ActKind(text)
    except ValueError:
        raise HTTPException(422, "The desk did not understand this request.") from None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        return None


def _number(text: str) -> float | None:
    bare = text.strip().replace(",", "")
    return float(bare) if bare.replace(".", "", 1).isascii() and bare.replace(".", "", 1).isdigit() else None
