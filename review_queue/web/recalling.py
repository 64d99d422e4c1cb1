"""Taking the last submission back.

What: one POST, offered on whichever page comes next.
Why: it must be one key, on the page where the slip is noticed.
Refuses: what `review_queue.recalling` refuses; then it says where the record is put right.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from review_queue import recalling
from review_queue.web.guards import change
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices


def add_recall(router: APIRouter, services: DeskServices) -> None:
    """The one route."""

    @change(router, "/items/{item_id}/recall", "take a submission back")
    def recall(request: Request, item_id: str) -> Response:
        with services.sessions() as session, session.begin():
            recalling.recall(session, item_id, reviewer_of(request).name, services.clock(), services.lease)
        return RedirectResponse(f"/desk/items/{item_id}", status_code=303)
