"""Taking a submission or a rejection back, as long as the case flow has not taken it up.

What: `recall`, and what the next page offers to take back.
Why: the slip is seen in the second after the key; for a short grace nothing has happened yet, and all can be undone.
Refuses: what somebody else settled, and what is on its way to the registry (`TooLate`): then a new entry puts it right, on the
page of the person it is about. Never commits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from review_queue import keying_storage, recall_storage, reviewing, storage
from review_queue.keying import KeyingState
from review_queue.lifecycle import ReviewEvent, ReviewState, states_allowing
from review_queue.review_item import Lane, ReviewItem
from review_queue.reviewing import LEASE

GRACE = timedelta(seconds=10)  # a glance at the next page
SAFETY_SHARE = 0.5  # of the grace in the safety lane


class TooLate(Exception):
    """The case flow has taken the verdict up, or it was somebody else's."""

    def __init__(self, item: ReviewItem) -> None:
        super().__init__(
            f"{item.fax.reference} cannot be taken back any more: it is on its way to the registry, or in other hands. "
            "Put it right on the page of the person it is about"
        )
        self.item = item


@dataclass(frozen=True)
class Recallable:
    """What the reviewer has just settled and may take back."""

    item_id: str
    reference: str
    words: str  # "Submitted", "Rejected"
    seconds: int  # for how long it is offered


_WORDS = {
    ReviewState.CONFIRMED: "Submitted",
    ReviewState.REJECTED: "Rejected",
    ReviewState.BEING_KEYED: "Submitted, to be keyed by a colleague:",
}


def grace_of(rank: int, grace: timedelta) -> timedelta:
    """How long a verdict in this lane waits before the case flow takes it up: half in the safety lane."""
    return grace * SAFETY_SHARE if rank == Lane.SAFETY.rank else grace


def recall(session: Session, item_id: str, reviewer: str, now: datetime, lease: timedelta = LEASE) -> ReviewItem:
    """The item back in the hands of who settled it, with every verdict; `TooLate`."""
    # the keying first: a keyer who is just ending holds its row, and goes on to the item's
    keying_storage.end_of_item(session, item_id, KeyingState.WITHDRAWN, reviewer, now)
    if not recall_storage.take_back(session, item_id, reviewer, states_allowing(ReviewEvent.RECALLED), now + lease):
        raise TooLate(reviewing.look_at(session, item_id))
    storage.add_event(session, item_id, ReviewEvent.RECALLED.value, reviewer, now)
    return reviewing.look_at(session, item_id)


def recallable(session: Session, reviewer: str, now: datetime, grace: timedelta) -> Recallable | None:
    """What the reviewer settled within the grace and can still take back; None if nothing."""
    row = recall_storage.last_settled(session, reviewer, states_allowing(ReviewEvent.RECALLED), now - grace)
    if row is None or row.closed_at is None:
        return None
    until = row.closed_at + grace_of(row.urgency_rank, grace)
    seconds = int((until - now).total_seconds())
    return Recallable(row.id, row.reference, _WORDS[ReviewState(row.state)], seconds) if seconds > 0 else None
