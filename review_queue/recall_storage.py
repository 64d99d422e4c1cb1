"""The statements of taking a verdict back, and of the case flow's taking it up: whoever is first wins.

What: two compare-and-sets on one row, and what may still be taken back.
Why: between a reviewer's "no, wait" and the registry stands only the order of two UPDATEs on the item's row.
Refuses: nothing; a False says that the other was first.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from review_queue.lifecycle import ReviewState
from review_queue.tables import ItemRow


def take_up(session: Session, item_id: str, version: int, now: datetime) -> bool:
    """The case flow takes this very verdict; False if it was taken back or taken up before."""
    mine = (ItemRow.id == item_id, ItemRow.version == version, ItemRow.taken_up_at.is_(None))
    return _changed(session, mine, {"taken_up_at": now})


def take_back(session: Session, item_id: str, reviewer: str, states: Iterable[ReviewState], lease_until: datetime) -> bool:
    """Back into the hands of who settled it; False if the case flow was first, or somebody else settled it."""
    mine = (
        ItemRow.id == item_id,
        ItemRow.closed_by == reviewer,
        ItemRow.taken_up_at.is_(None),
        ItemRow.state.in_([one.value for one in states]),
    )
    changes = {
        "state": ReviewState.IN_HAND.value,
        "holder": reviewer,
        "lease_until": lease_until,
        "version": ItemRow.version + 1,
        "closed_by": None,
        "closed_at": None,
        "reason": "",
        "asked_for": [],
        "answer_sender": True,
    }
    return _changed(session, mine, changes)


def last_settled(session: Session, reviewer: str, states: Iterable[ReviewState], since: datetime) -> ItemRow | None:
    """What the reviewer settled last, since then, and the case flow has not taken up; None if nothing."""
    wanted = (
        select(ItemRow)
        .where(
            ItemRow.state.in_([one.value for one in states]),
            ItemRow.taken_up_at.is_(None),
            ItemRow.closed_at >= since,
            ItemRow.closed_by == reviewer,
        )
        .order_by(ItemRow.closed_at.desc())
        .limit(1)
    )
    return session.scalar(wanted)


def _changed(session: Session, conditions: tuple[object, ...], changes: dict[str, object]) -> bool:
    done = session.scalar(
        update(ItemRow)
        .where(*conditions)  # type: ignore[arg-type]
        .values(changes)
        .returning(ItemRow.id)
        .execution_options(synchronize_session=False)
    )
    return done is not None
