"""The life of a review item, as a table.

What: every state, every event, and where each event leads.
Why: "two reviewers never hold one item" and "nothing is decided twice" must be readable in one place.
Refuses: an event the table does not know for a state raises `IllegalStep`, and nothing happens.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class ReviewState(StrEnum):
    """Where an item stands."""

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
    BEING_KEYED = "being_keyed", "keyed a second time by a colleague"
    SENT_BACK = "sent_back", "waiting for the sender"
    CONFIRMED = "confirmed", "confirmed"
    REJECTED = "rejected", "rejected"
    JOINED = "joined", "joined with the sender's answer"
    REARRANGED = "rearranged", "put together anew"


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
    HANDED = "handed"
    KEYING_ASKED = "keying_asked"
    KEYED_ALIKE = "keyed_alike"
    KEYED_UNLIKE = "keyed_unlike"
    KEYING_WAIVED = "keying_waived"
    RECALLED = "recalled"
    ANSWER_CAME = "answer_came"
    PAGES_REARRANGED = "pages_rearranged"


class IllegalStep(Exception):
    """An event that cannot happen to an item in this state."""

    def __init__(self, state: ReviewState, event: ReviewEvent) -> None:
        super().__init__(f"an item that is {state.label} cannot be {event.value.replace('_', ' ')}")
        self.state = state
        self.event = event


TABLE: dict[ReviewState, dict[ReviewEvent, ReviewState]] = {
    ReviewState.WAITING: {
        ReviewEvent.TAKEN: ReviewState.IN_HAND,
        # its fax was put together in another way while nobody held it
        ReviewEvent.PAGES_REARRANGED: ReviewState.REARRANGED,
    },
    ReviewState.IN_HAND: {
        # a lease that ran out, or a supervisor who takes over, hands the item on without a stop in the queue: the work is kept
        ReviewEvent.TAKEN_OVER: ReviewState.IN_HAND,
        ReviewEvent.RELEASED: ReviewState.WAITING,
        ReviewEvent.HANDED: ReviewState.WAITING,  # for the named colleague
        ReviewEvent.SUBMITTED: ReviewState.CONFIRMED,
        # submitted as well, but with critical fields that somebody else must key without seeing them
        ReviewEvent.KEYING_ASKED: ReviewState.BEING_KEYED,
        ReviewEvent.SENT_BACK: ReviewState.SENT_BACK,
        ReviewEvent.REJECTED: ReviewState.REJECTED,
        ReviewEvent.ESCALATED: ReviewState.ESCALATED,
        ReviewEvent.SECOND_LOOK_ASKED: ReviewState.SECOND_LOOK,
        ReviewEvent.PAGES_REARRANGED: ReviewState.REARRANGED,
    },
    # passed on is not done: somebody else must be able to finish these two
    ReviewState.SECOND_LOOK: {
        ReviewEvent.TAKEN: ReviewState.IN_HAND,
        ReviewEvent.PAGES_REARRANGED: ReviewState.REARRANGED,
    },
    ReviewState.ESCALATED: {
        ReviewEvent.TAKEN: ReviewState.IN_HAND,
        ReviewEvent.PAGES_REARRANGED: ReviewState.REARRANGED,
    },
    ReviewState.BEING_KEYED: {
        ReviewEvent.KEYED_ALIKE: ReviewState.CONFIRMED,
        # not even the third agreed: a senior reviewer looks
        ReviewEvent.KEYED_UNLIKE: ReviewState.ESCALATED,
        # a senior reviewer lets it go on without: nobody was there to key it in time
        ReviewEvent.KEYING_WAIVED: ReviewState.CONFIRMED,
        ReviewEvent.RECALLED: ReviewState.IN_HAND,
    },
    # the sender was asked; the item waits, and ends when the answer is there or a person settles it otherwise
    ReviewState.SENT_BACK: {
        ReviewEvent.TAKEN: ReviewState.IN_HAND,
        ReviewEvent.ANSWER_CAME: ReviewState.JOINED,
    },
    # taken back by the one who submitted, as long as the case flow has not taken the verdict up (`ItemRow.taken_up_at`)
    ReviewState.CONFIRMED: {ReviewEvent.RECALLED: ReviewState.IN_HAND},
    ReviewState.REJECTED: {ReviewEvent.RECALLED: ReviewState.IN_HAND},
    ReviewState.JOINED: {},
    ReviewState.REARRANGED: {},
}

VERDICTS: frozenset[ReviewState] = frozenset({ReviewState.CONFIRMED, ReviewState.SENT_BACK, ReviewState.REJECTED})
"""States in which the case flow has something to do for the document."""
CLOSED: frozenset[ReviewState] = frozenset(
    {ReviewState.CONFIRMED, ReviewState.REJECTED, ReviewState.JOINED, ReviewState.REARRANGED}
)
"""States in which the desk waits for nobody and nothing."""
OPEN: frozenset[ReviewState] = frozenset(ReviewState) - CLOSED


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
    meant_for: str | None = None,
    meant_until: datetime | None = None,
) -> bool:
    """Whether this reviewer would get the item if they asked for it; what `review_queue.storage` decides, said beforehand.

    `meant_for`: the colleague it was handed to, alone until `meant_until`; senior reviewers may take it from them.
    """
    if state is ReviewState.IN_HAND:
        return holder == reviewer or (lease_until is not None and lease_until <= now)
    if state is ReviewState.SECOND_LOOK:
        return passed_by != reviewer
    if state is ReviewState.ESCALATED:
        return senior
    if state is ReviewState.WAITING:
        return meant_for in (None, reviewer) or senior or (meant_until is not None and meant_until <= now)
    return state is ReviewState.SENT_BACK
