"""The statements on notes beside items, and on whom they name.

What: add a note with its mentions, read an item's notes, count and list what names somebody, note that they have seen it.
Why: a badge on every page must cost one look into an index that holds unseen mentions only.
Refuses: to judge; functions take a session and never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from review_queue.desk_tables import MentionRow, NoteRow
from review_queue.tables import ItemRow


@dataclass(frozen=True)
class Note:
    """One note."""

    item_id: str
    by: str  # the reviewer
    at: datetime
    text: str
    reference: str = ""  # of the item's fax, where notes of several items stand together
    seen: bool = True  # by whom it names


def add_note(session: Session, item_id: str, by: str, at: datetime, text: str, names: Sequence[str]) -> None:
    """Add a note that names these people; whoever names themselves has seen it."""
    row = NoteRow(item_id=item_id, by=by, at=at, text=text)
    session.add(row)
    session.flush()
    session.add_all(MentionRow(note=row.number, name=name, item_id=item_id, seen_at=at if name == by else None) for name in names)
    session.flush()


def notes_of(session: Session, item_id: str) -> list[Note]:
    """An item's notes, in order."""
    rows = session.scalars(select(NoteRow).where(NoteRow.item_id == item_id).order_by(NoteRow.number))
    return [Note(row.item_id, row.by, row.at, row.text) for row in rows]


def unseen(session: Session, name: str) -> int:
    """How many notes name this person and were not on a page of theirs yet."""
    asked = select(func.count()).where(MentionRow.name == name, MentionRow.seen_at.is_(None))
    return session.scalar(asked) or 0


def see(session: Session, item_id: str, name: str, now: datetime) -> None:
    """The item's notes are on that person's page."""
    theirs = update(MentionRow).where(MentionRow.name == name, MentionRow.item_id == item_id, MentionRow.seen_at.is_(None))
    session.execute(theirs.values(seen_at=now))


def notes_naming(session: Session, name: str, limit: int) -> list[Note]:
    """What names this person, the latest first."""
    asked = (
        select(NoteRow, ItemRow.reference, MentionRow.seen_at)
        .join(MentionRow, MentionRow.note == NoteRow.number)
        .join(ItemRow, ItemRow.id == NoteRow.item_id)
        .where(MentionRow.name == name)
        .order_by(MentionRow.note.desc())
        .limit(limit)
    )
    return [
        Note(row.item_id, row.by, row.at, row.text, reference, seen_at is not None)
        for row, reference, seen_at in session.execute(asked)
    ]
