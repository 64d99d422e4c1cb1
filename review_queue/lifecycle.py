"""The life of a review item, as a table.

What: every state, every event, and where each event leads.
Why: "two reviewers never hold one item" and "nothing is decided twice" must be readable in one place.
Refuses: an event the table does not know for a state raises `IllegalStep`, and nothing happens.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class ReviewState(StrEnum):
    """Where an item stands; the first two and the two asking for other eyes are open, the rest is final."""

    label: str

    def __new__(cls, code: str, label: str = "") -> ReviewState:
        """A member from its stable code and its label."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    WAITING = "waiting", "waiting"
    IN_HAND = "in_hand", "in hand"
    SECOND_LOOK = "second_look", "waiting for a second look"
    ESCALATED = "escalated", "waiting for a senior reviewer"
    CONFIRMED = "confirmed", "confirmed"
    SENT_BACK = "sent_back", "sent back to the sender"
    REJECTED = "rejected", "rejected"


class ReviewEvent(StrEnum):
    """What can happen to an item."""

    TAKEN = "taken"
    TAKEN_OVER = "taken_over"
    RELEASED = "released"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    REJECTED = "rejected"
    ESCALATED = "escalated"
    SECOND_LOOK_ASKED = "second_look_asked"


class IllegalStep(Exception):
    """An event that cannot happen to an item in this state."""

    def __init__(self, state: ReviewState, event: ReviewEvent) -> None:
        super().__init__(f"an item that is {state.label} cannot be {event.value.replace('_', ' ')}")
        self.state = state
        self.event = event


TABLE: dict[ReviewState, dict[ReviewEvent, ReviewState]] = {
    ReviewState.WAITING: {ReviewEvent.TAKEN: ReviewState.IN_HAND},
    ReviewState.IN_HAND: {
        # a lease that ran out hands the item to whoever comes next, without a stop in the queue: the work done is kept
        ReviewEvent.TAKEN_OVER: ReviewState.IN_HAND,
        ReviewEvent.RELEASED: ReviewState.WAITING,
        ReviewEvent.SUBMITTED: ReviewState.CONFIRMED,
        ReviewEvent.SENT_BACK: ReviewState.SENT_BACK,
        ReviewEvent.REJECTED: ReviewState.REJECTED,
        ReviewEvent.ESCALATED: ReviewState.ESCALATED,
        ReviewEvent.SECOND_LOOK_ASKED: ReviewState.SECOND_LOOK,
    },
    # passed on is not done: somebody else must be able to finish these two
    ReviewState.SECOND_LOOK: {ReviewEvent.TAKEN: ReviewState.IN_HAND},
    ReviewState.ESCALATED: {ReviewEvent.TAKEN: ReviewState.IN_HAND},
    ReviewState.CONFIRMED: {},
    ReviewState.SENT_BACK: {},
    ReviewState.REJECTED: {},
}

FINAL: frozenset[ReviewState] = frozenset(state for state, ways in TABLE.items() if not ways)
OPEN: frozenset[ReviewState] = frozenset(TABLE) - FINAL


def after(state: ReviewState, event: ReviewEvent) -> ReviewState:
    """The state that follows; `IllegalStep` if the table has no such step."""
    try:
        return TABLE[state][event]
    except KeyError:
        raise IllegalStep(state, event) from None


def states_allowing(event: ReviewEvent) -> frozenset[ReviewState]:
    """The states in which the event may happen; storage asks for them in its compare-and-set."""
    return frozenset(state for state, ways in TABLE.items() if event in ways)


def may_take(
    state: ReviewState,
    holder: str | None,
    lease_until: datetime | None,
    passed_by: str | None,
    reviewer: str,
    now: datetime,
    *,
    senior: bool,
) -> bool:
    """Whether this reviewer would get the item if they asked for it; what `review_queue.storage` decides, said beforehand."""
    if state is ReviewState.IN_HAND:
        return holder == reviewer or (lease_until is not None and lease_until <= now)
    if state is ReviewState.SECOND_LOOK:
        return passed_by != reviewer
    if state is ReviewState.ESCALATED:
        return senior
    return state is ReviewState.WAITING
