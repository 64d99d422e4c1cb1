"""Who is to key a fax is shown nothing that was said of it, whichever page asks.

What: `StaysBlind`, a dependency of all the desk's routes that looks at each one about an item.
Why: a second keying is worth something only if no page tells the first value; a page that forgot to ask would undo it unseen.
Refuses: everything about an item that is being keyed but the images of its pages, to whoever may be asked to key it (409).
"""

from __future__ import annotations

from fastapi import Request

from review_queue import keying_storage, keying_work, reviewing
from review_queue.web.security import reviewer_of
from review_queue.web.services import DeskServices

ITEM = "item_id"  # the name of a route's parameter that names an item


class StaysBlind:
    """A dependency that comes after the sign-in."""

    def __init__(self, services: DeskServices) -> None:
        self._services = services

    def __call__(self, request: Request) -> None:
        """`StillBlind` where the item is being keyed and the reviewer may be asked to key it."""
        item_id = request.path_params.get(ITEM)
        if item_id is None or request.url.path.endswith(".png"):
            return
        with self._services.sessions() as session:
            if not keying_storage.is_being_keyed(session, item_id):
                return
            reviewer = reviewer_of(request)
            keying_work.check_may_see(session, reviewing.look_at(session, item_id), reviewer.name, senior=reviewer.senior)
