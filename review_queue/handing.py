"""Working together on one item: taking over, handing to a named colleague, notes beside it.

What: three changes, each in the caller's transaction.
Why: a fax that waits in the hands of somebody who went home, or that only one colleague knows about, must not stand still; and
whoever had it must learn why it is gone.
Refuses: what is not so any more (`NotFree`, `NotYours`), words that are missing (`ReasonMissing`), a colleague who does not
exist, has left or is oneself (`NoSuchColleague`). The desk's people of rank are checked where the route is added.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from review_queue import note_storage, queue_storage, reviewing, storage
from review_queue.business_days import after_working_day
from review_queue.lifecycle import ReviewEvent, after
from review_queue.mentions import named_in
from review_queue.review_item import Closing, ReviewItem
from review_queue.reviewing import LEASE, NotFree, ReasonMissing


class NoSuchColleague(Exception):
    """Nobody of that name can be handed anything."""


def take_over(
    session: Session, item_id: str, version: int, supervisor: str, now: datetime, reason: str, lease: timedelta = LEASE
) -> ReviewItem:
    """What somebody else holds, now in the supervisor's hands with all that was said; the former holder's next post is refused.

    `version` is that of the page on which the supervisor saw who held it: what changed hands since stays where it is (`NotFree`).
    """
    words = _words(reason)
    if not queue_storage.seize(session, item_id, version, supervisor, now, now + lease):
        raise NotFree(reviewing.look_at(session, item_id))
    former = storage.taken_from(session, item_id)
    storage.add_event(session, item_id, ReviewEvent.TAKEN_OVER.value, supervisor, now, f"from {former}: {words}")
    return reviewing.look_at(session, item_id)


def hand(session: Session, item_id: str, version: int, reviewer: str, now: datetime, colleague: str, note: str) -> ReviewItem:
    """To that colleague, who gets it before all else, and to everybody once a working day has gone by."""
    reviewing.renew(session, item_id, version, reviewer, now)
    item = reviewing.look_at(session, item_id)
    name = " ".join(colleague.split()).casefold()
    if name == reviewer:
        raise NoSuchColleague("You have this fax already. Name a colleague, or put it back into the queue.")
    if name not in queue_storage.colleagues(session):
        raise NoSuchColleague("Nobody of that name sits at this desk. Choose a colleague from the list.")
    words = _words(note)
    state = after(item.state, ReviewEvent.HANDED)
    storage.leave(session, item_id, state, Closing(reviewer, now, words), reviewer)
    queue_storage.mean_for(session, item_id, name, after_working_day(now))
    storage.add_event(session, item_id, ReviewEvent.HANDED.value, reviewer, now, f"to {name}: {words}")
    return reviewing.look_at(session, item_id)


def write_note(session: Session, item_id: str, by: str, now: datetime, text: str) -> tuple[str, ...]:
    """A note beside an item in whatever state, by whomever; the names of those it names. `NoSuchItem`."""
    reviewing.look_at(session, item_id)
    words = text.strip()
    if not words:
        raise ReasonMissing("Write something first.")
    names = named_in(words, queue_storage.colleagues(session))
    note_storage.add_note(session, item_id, by, now, words, names)
    return names


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise ReasonMissing("Say why, in a sentence.")
    return words
