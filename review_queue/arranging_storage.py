"""The one statement by which an item ends because its fax was put together anew."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import update
from sqlalchemy.orm import Session

from review_queue.lifecycle import ReviewState
from review_queue.review_item import Closing
from review_queue.tables import ItemRow


def set_aside(session: Session, item_id: str, version: int, states: Iterable[ReviewState], closing: Closing) -> bool:
    """REARRANGED, if the item still is in one of the states and of that version; False otherwise."""
    wanted = (ItemRow.id == item_id, ItemRow.version == version, ItemRow.state.in_([one.value for one in states]))
    changes = {
        "state": ReviewState.REARRANGED.value,
        "version": ItemRow.version + 1,
        "holder": None,
        "lease_until": None,
        "closed_by": closing.by,
        "closed_at": closing.at,
        "reason": closing.reason,
    }
    return session.scalar(update(ItemRow).where(*wanted).values(changes).returning(ItemRow.id)) is not None
