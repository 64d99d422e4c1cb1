"""What is typed and not yet confirmed: kept while it is typed, there again when the item is opened again.

What: keep drafts, and read them for the reviewer who has the item in hand now.
Why: a browser that dies, a lost connection or a lease that ran out must cost no keystroke; whoever takes an item over sees what
the one before had typed, as a guess.
Refuses: drafts of an item that is settled (they would outlive it), longer than anything a form holds, or of no field (ignored).
Never commits: the caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from review_queue import draft_storage, verdict_storage
from review_queue.lifecycle import ReviewState
from review_queue.review_item import ReviewItem

LONGEST = 4000  # characters; the longest narrative of a form is far below it
KEPT_IN = frozenset({ReviewState.WAITING, ReviewState.IN_HAND, ReviewState.SECOND_LOOK, ReviewState.ESCALATED})
"""States in which somebody may go on with what was typed."""


@dataclass(frozen=True)
class Draft:
    """What somebody typed in a field without confirming it."""

    key: str  # the field's name
    by: str  # the reviewer's sign-in name
    text: str  # as it stood in the field; for a pick the answer's code
    at: datetime  # aware UTC


@dataclass(frozen=True)
class Typed:
    """One message of a page: what changed in its fields since the last."""

    page: str  # which opening of the page
    stroke: int  # counts its messages
    texts: Mapping[str, str]  # by field
    unsaid: Mapping[str, str] = field(default_factory=dict)  # by field: the mark of the verdict that carries the same text
    back: Collection[str] = ()  # fields that stand again as they were drawn


def keep(session: Session, item: ReviewItem, fields: Collection[str], reviewer: str, typed: Typed, now: datetime) -> bool:
    """Keep what was typed, whoever holds the item now; False, and nothing kept, once it is settled."""
    if item.state not in KEPT_IN:
        return False
    for key, text in typed.texts.items():
        # a page that goes keeps the texts of its unanswered verdicts as typed; one that was taken meanwhile needs no draft
        taken = verdict_storage.was_said(session, item.item_id, typed.unsaid.get(key, ""))
        if key in fields and len(text) <= LONGEST and not taken:
            draft_storage.put(session, item.item_id, key, reviewer, text, typed.page, typed.stroke, now)
    for key in typed.back:
        draft_storage.forget(session, item.item_id, key, reviewer)
    return True


def drafts_of(session: Session, item_id: str) -> tuple[Draft, ...]:
    """Every draft of the item; of one field the latest first."""
    return tuple(Draft(row.key, row.reviewer, row.text, row.at) for row in draft_storage.of_item(session, item_id))
