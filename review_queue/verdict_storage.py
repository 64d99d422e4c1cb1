"""The statements of what was said on fields (table: `review_queue.tables.VerdictRow`); rows are only ever added.

What: add a verdict, every verdict of an item, the ones that stand, whether a message was taken before.
Why: a verdict may be sent twice by a page whose server went away in between; its own mark keeps it one.
Refuses: to judge which count; that is `review_queue.standing`'s.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from review_queue.review_item import Verdict, VerdictKind
from review_queue.standing import latest
from review_queue.tables import VerdictRow


def add_verdict(session: Session, item_id: str, verdict: Verdict, once: str = "") -> None:
    """Add a verdict; earlier ones on the same field stay. `once`: the page's own mark of this message, empty without a script."""
    session.add(
        VerdictRow(
            item_id=item_id,
            key=verdict.key,
            kind=verdict.kind.value,
            read=verdict.read,
            value=verdict.value,
            by=verdict.by,
            at=verdict.at,
            carried_from=verdict.carried_from,
            once=once or None,
        )
    )
    session.flush()


def was_said(session: Session, item_id: str, once: str) -> bool:
    """Whether the message of that mark was taken before."""
    if not once:
        return False
    row = select(VerdictRow.number).where(VerdictRow.item_id == item_id, VerdictRow.once == once)
    return session.scalar(row) is not None


def verdicts(session: Session, item_id: str) -> list[Verdict]:
    """Everything ever said on an item, in order, with what was taken back and the taking back."""
    rows = session.scalars(select(VerdictRow).where(VerdictRow.item_id == item_id).order_by(VerdictRow.number))
    return [Verdict(row.key, VerdictKind(row.kind), row.read, row.value, row.by, row.at, row.carried_from) for row in rows]


def standing_verdicts(session: Session, item_id: str) -> dict[str, Verdict]:
    """What stands on each field, by key."""
    return latest(verdicts(session, item_id))
