"""Taking back one's last word on an item, step by step, until it is submitted.

What: one step back, as a row of its own; which word it is comes from `review_queue.standing`.
Why: a slip of the finger must cost one key, and the history must still tell that it happened.
Refuses: a step by somebody who does not hold the item (`NotYours`), one where nothing of theirs stands (`NothingToTakeBack`).
Never commits: the caller owns the transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from review_queue import storage
from review_queue.review_item import ReviewItem, VerdictKind
from review_queue.reviewing import LEASE, look_at, renew
from review_queue.standing import next_to_take_back


class NothingToTakeBack(Exception):
    """Nothing of this reviewer's stands on the item that nobody has answered since."""


def take_back(
    session: Session, item_id: str, version: int, reviewer: str, now: datetime, lease: timedelta = LEASE, *, once: str = ""
) -> tuple[ReviewItem, str]:
    """The reviewer's last word is unsaid; the item as it stands then and the key of the field.

    `once` marks the message: sent again it takes back nothing more, and the key is empty.
    """
    renew(session, item_id, version, reviewer, now, lease)
    if storage.was_said(session, item_id, once):
        return look_at(session, item_id), ""
    last = next_to_take_back(storage.verdicts(session, item_id), reviewer)
    if last is None:
        raise NothingToTakeBack(item_id)
    storage.add_verdict(session, item_id, replace(last, kind=VerdictKind.RETRACTED, at=now), once)
    return look_at(session, item_id), last.key
