"""The statements of what is being typed (table: `review_queue.draft_tables`).

What: keep, find and forget drafts. Functions take a session and never commit.
Why: drafts are the one thing of the desk that is overwritten and deleted; apart from the rows that only grow.
Refuses: to judge; who may keep a draft stands in `review_queue.drafts`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review_queue.draft_tables import DraftRow


def put(session: Session, item_id: str, key: str, reviewer: str, text: str, page: str, stroke: int, at: datetime) -> None:
    """Keep the text; nothing changes where the same page has already sent something later."""
    row = session.get(DraftRow, (item_id, key, reviewer), populate_existing=True)
    if row is None:
        row = DraftRow(item_id=item_id, key=key, reviewer=reviewer, text=text, page=page, stroke=stroke, at=at)
        session.add(row)
    elif row.page != page or row.stroke <= stroke:
        row.text, row.page, row.stroke, row.at = text, page, stroke, at
    session.flush()


def of_item(session: Session, item_id: str) -> list[DraftRow]:
    """Every draft of an item, by key; of one key the latest first."""
    wanted = select(DraftRow).where(DraftRow.item_id == item_id)
    return list(session.scalars(wanted.order_by(DraftRow.key, DraftRow.at.desc(), DraftRow.reviewer)))


def forget(session: Session, item_id: str, key: str, reviewer: str) -> None:
    """The field was settled, or stands again as it was drawn."""
    row = (DraftRow.item_id == item_id, DraftRow.key == key, DraftRow.reviewer == reviewer)
    session.execute(delete(DraftRow).where(*row))


def forget_all(session: Session, item_id: str) -> None:
    """The item is settled: what was only typed says nothing any more."""
    session.execute(delete(DraftRow).where(DraftRow.item_id == item_id))
