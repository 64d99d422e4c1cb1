"""Who sits at the desk: the page on which a supervisor adds people, gives ranks and passwords, and lets nobody in any more.

What: one GET page and five POST routes, all for supervisors only.
Why: people come and go without the operator; a made-up password stands on one page once and nowhere else.
Refuses: what `review_queue.accounts` refuses, and everybody who is no supervisor (403).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, HTTPException, Request, Response
from fastapi.responses import RedirectResponse

from review_queue import account_storage, accounts, queue_storage
from review_queue.accounts import Rank
from review_queue.queue_page import moment
from review_queue.web.guards import Permission, change
from review_queue.web.rendering import show
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices
from review_queue.wording import span

Text = Annotated[str, Form()]
MOST_EVENTS = 20  # lines of what was done to accounts
TOLD = {"rank": "The rank is changed.", "disabled": "Disabled, and signed out everywhere.", "enabled": "May sign in again."}
SUPERVISE = Permission.SUPERVISE


def add_accounts_page(router: APIRouter, services: DeskServices) -> None:
    """The page."""

    @router.get("/reviewers")
    def reviewers(request: Request, told: str = "") -> Response:
        if not SUPERVISE.held_by(reviewer_of(request)):
            raise HTTPException(403, "Only a supervisor sees the accounts.")
        return _page(request, services, told=TOLD.get(told, ""))


def add_account_acts(router: APIRouter, services: DeskServices) -> None:
    """What changes an account."""

    @change(router, "/reviewers/add", "add a reviewer", by=SUPERVISE)
    def add(request: Request, who: Text = "", rank: Text = Rank.REVIEWER.value) -> Response:
        with services.sessions() as session, session.begin():
            password = accounts.add(session, who, _rank(rank), reviewer_of(request).name, services.clock())
        return _page(request, services, password=password, whose=who.strip())

    @change(router, "/reviewers/password", "give a new password", by=SUPERVISE)
    def new_password(request: Request, who: Text = "") -> Response:
        with services.sessions() as session, session.begin():
            password = accounts.new_password(session, who, reviewer_of(request).name, services.clock())
        return _page(request, services, password=password, whose=who)

    @change(router, "/reviewers/rank", "give a rank", by=SUPERVISE)
    def give_rank(request: Request, who: Text = "", rank: Text = "") -> Response:
        with services.sessions() as session, session.begin():
            accounts.give_rank(session, who, _rank(rank), reviewer_of(request).name, services.clock())
        return RedirectResponse("/desk/reviewers?told=rank", status_code=303)

    @change(router, "/reviewers/disable", "disable an account", by=SUPERVISE, words_in=("reason",))
    def disable(request: Request, who: Text = "", reason: Text = "") -> Response:
        with services.sessions() as session, session.begin():
            accounts.disable(session, who, reason.strip(), reviewer_of(request).name, services.clock())
        return RedirectResponse("/desk/reviewers?told=disabled", status_code=303)

    @change(router, "/reviewers/enable", "enable an account", by=SUPERVISE)
    def enable(request: Request, who: Text = "") -> Response:
        with services.sessions() as session, session.begin():
            accounts.enable(session, who, reviewer_of(request).name, services.clock())
        return RedirectResponse("/desk/reviewers?told=enabled", status_code=303)


def _rank(code: str) -> Rank:
    try:
        return Rank(code)
    except ValueError:
        raise HTTPException(422, "Choose one of the ranks: reviewer, senior, supervisor.") from None


def _page(request: Request, services: DeskServices, told: str = "", password: str = "", whose: str = "") -> Response:
    now = services.clock()
    with services.sessions() as session:
        found = accounts.accounts(session)
        events = account_storage.account_events(session, MOST_EVENTS)
        lines = [(moment(one.at), one.by, one.event, one.name, one.detail) for one in events]
        held = {one.holder for one in queue_storage.in_hand(session, 100)}
    people = [
        {
            "name": one.name,
            "rank": one.rank.value,
            "since": moment(one.created_at),
            "last": "never" if one.last_sign_in_at is None else f"{span(now - one.last_sign_in_at)} ago",
            "state": f"disabled {moment(one.disabled_at)}" if one.disabled_at is not None
            else "rests after wrong passwords" if one.locked_until is not None and one.locked_until > now
            else "has a fax in hand" if one.name in held else "",
            "disabled": one.disabled_at is not None,
            "oneself": one.name == reviewer_of(request).name,
        }
        for one in found
    ]  # fmt: skip
    return show(
        request, "reviewers.html", people=people, ranks=[one.value for one in Rank], told=told, password=password, whose=whose,
        events=lines,
    )  # fmt: skip
