"""Changing hands: a supervisor takes over, a reviewer hands on to a named colleague.

What: two POST routes.
Why: both leave somebody without the fax they had or give somebody one they did not ask for, so both need words.
Refuses: what `review_queue.handing` refuses; taking over by who is no supervisor (403).
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import RedirectResponse

from review_queue import handing
from review_queue.web.guards import Permission, change
from review_queue.web.queueing import on_to_next
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices

Text = Annotated[str, Form()]
Number = Annotated[int, Form()]


def add_handing_routes(router: APIRouter, services: DeskServices) -> None:
    """Taking over and handing on."""

    @change(router, "/items/{item_id}/take-over", "take over", by=Permission.SUPERVISE, words_in=("reason",))
    def take_over(request: Request, item_id: str, version: Number, reason: Text = "") -> Response:
        with services.sessions() as session, session.begin():
            name, now = reviewer_of(request).name, services.clock()
            handing.take_over(session, item_id, version, name, now, reason, services.lease)
        return RedirectResponse(f"/desk/items/{item_id}", status_code=303)

    @change(router, "/items/{item_id}/hand", "hand to a colleague", words_in=("note",))
    def hand(request: Request, item_id: str, version: Number, to: Text = "", note: Text = "") -> Response:
        with services.sessions() as session, session.begin():
            handing.hand(session, item_id, version, reviewer_of(request).name, services.clock(), to, note)
        return on_to_next(request, services, told="handed")
