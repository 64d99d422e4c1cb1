"""The statements of keyings: tasks, who may take them, what was keyed.

What: the few statements the use cases need. Functions take a session and never commit.
Why: that nobody keys what they have seen is one condition, and stands inside the UPDATE that hands a task out.
Refuses: to judge; what comes of the answers is decided in `review_queue.keying`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from intake.fax import DocumentId, FaxId
from intake.reading_json import form_reading_from_json, form_reading_to_json
from review_queue.keying import KeyingId, KeyingState, KeyingTask, Purpose, Word
from review_queue.keying_tables import KeyedRow, KeyingRow
from review_queue.lifecycle import ReviewState
from review_queue.review_item import FaxFacts, ReviewItemId, VerdictKind
from review_queue.tables import EventRow, ItemRow, ReviewerRow, VerdictRow

OPEN = (KeyingState.WAITING.value, KeyingState.IN_HAND.value)
SEEN = ("opened", "taken", "taken_over")  # events after which somebody may know what stands on an item
_ORDER = (KeyingRow.urgency_rank, KeyingRow.ahead, KeyingRow.place_at, KeyingRow.id)


@dataclass(frozen=True)
class Head:
    """The first keying somebody may take."""

    task_id: str
    place: tuple[int, int, datetime]  # rank of the lane, 0 where a form waits for it, as if received then


def add_task(session: Session, task: KeyingTask) -> bool:
    """Store a new task; False, and nothing done, if it is there already."""
    if session.get(KeyingRow, task.task_id) is not None:
        return False
    session.add(
        KeyingRow(
            id=task.task_id,
            purpose=task.purpose.value,
            item_id=task.item_id,
            document_id=task.document_id,
            fax_id=task.fax.fax_id,
            reference=task.fax.reference,
            received_at=task.fax.received_at,
            place_at=task.place_at,
            reading=form_reading_to_json(task.reading),
            first={field: [word.by, word.kind.value, word.value] for field, word in task.first.items()},
            fields=list(task.fields),
            number=task.number,
            urgency_rank=task.urgency_rank,
            ahead=0 if task.purpose is Purpose.SECOND else 1,
            state=task.state.value,
            version=task.version,
            asked_at=task.asked_at,
            release_at=task.release_at,
        )
    )
    session.flush()
    return True


def task(session: Session, task_id: str) -> KeyingTask | None:
    """The task, or None."""
    row = session.get(KeyingRow, task_id, populate_existing=True)
    return None if row is None else _task(row)


def tasks_of_item(session: Session, item_id: str) -> list[KeyingTask]:
    """Every keying ever asked of an item, the first one first."""
    rows = session.scalars(select(KeyingRow).where(KeyingRow.item_id == item_id).order_by(KeyingRow.asked_at, KeyingRow.id))
    return [_task(row) for row in rows]


def held_by(session: Session, reviewer: str, now: datetime) -> str | None:
    """The task the reviewer has in hand under a running lease; None if none."""
    mine = select(KeyingRow.id).where(KeyingRow.state == KeyingState.IN_HAND.value, KeyingRow.holder == reviewer)
    return session.scalar(mine.where(KeyingRow.lease_until > now).order_by(*_ORDER).limit(1))


def head(session: Session, reviewer: str, now: datetime) -> Head | None:
    """The first task the reviewer may take, passing over those that others are just taking."""
    first = select(KeyingRow.id, KeyingRow.urgency_rank, KeyingRow.ahead, KeyingRow.place_at)
    found = [
        row
        for way in _ways_of_being_free(now)
        for row in session.execute(
            first.where(way, not_(_knows(reviewer))).order_by(*_ORDER).limit(1).with_for_update(skip_locked=True, of=KeyingRow)
        )
    ]
    heads = [Head(row.id, (row.urgency_rank, row.ahead, row.place_at)) for row in found]
    return min(heads, key=lambda one: (one.place, one.task_id), default=None)


def claim(session: Session, task_id: str, reviewer: str, now: datetime, lease_until: datetime) -> bool:
    """Give the reviewer this task if it is free and they do not know what was said, in one statement; False otherwise."""
    free = and_(KeyingRow.id == task_id, or_(*_ways_of_being_free(now)), not_(_knows(reviewer)))
    changes = {
        "state": KeyingState.IN_HAND.value,
        "holder": reviewer,
        "lease_until": lease_until,
        "version": KeyingRow.version + 1,
    }
    return _changed(session, free, changes)


def hold(session: Session, task_id: str, version: int, reviewer: str, lease_until: datetime) -> bool:
    """Renew the lease if the reviewer still holds this version and is still blind to it; the first statement of each change."""
    return _changed(session, and_(_held(task_id, version, reviewer), not_(_knows(reviewer))), {"lease_until": lease_until})


def put_back(session: Session, task_id: str, version: int, reviewer: str) -> bool:
    """Out of the reviewer's hands; False if they do not hold this version."""
    return _changed(session, _held(task_id, version, reviewer), _waiting())


def ask_third(session: Session, task_id: str, number: int, fields: Iterable[str]) -> None:
    """On to the next person, who keys these fields; the caller holds the task."""
    _changed(session, KeyingRow.id == task_id, {**_waiting(), "number": number, "fields": list(fields)})


def end(session: Session, task_id: str, state: KeyingState, by: str, at: datetime, reason: str = "") -> bool:
    """End an open task; False if it had ended."""
    changes = {**_waiting(), "state": state.value, "ended_by": by, "ended_at": at, "reason": reason}
    return _changed(session, and_(KeyingRow.id == task_id, KeyingRow.state.in_(OPEN)), changes)


def end_of_item(session: Session, item_id: str, state: KeyingState, by: str, at: datetime, reason: str = "") -> None:
    """End what is open of an item."""
    changes = {**_waiting(), "state": state.value, "ended_by": by, "ended_at": at, "reason": reason}
    _changed(session, and_(KeyingRow.item_id == item_id, KeyingRow.state.in_(OPEN)), changes)


def add_keyed(session: Session, task: KeyingTask, field: str, word: Word, at: datetime) -> None:
    """Add what was keyed; it counts once its person has keyed everything."""
    session.add(
        KeyedRow(
            task_id=task.task_id,
            document_id=task.document_id,
            field=field,
            kind=word.kind.value,
            value=word.value,
            by=word.by,
            at=at,
            counts=False,
        )
    )
    session.flush()


def keyed_so_far(session: Session, task_id: str, reviewer: str) -> dict[str, Word]:
    """What the reviewer has keyed of a task, by field."""
    rows = session.scalars(select(KeyedRow).where(KeyedRow.task_id == task_id, KeyedRow.by == reviewer).order_by(KeyedRow.number))
    return {row.field: _word(row) for row in rows}


def count(session: Session, task_id: str, reviewer: str) -> None:
    """From now on what the reviewer keyed of the task counts, and they have had their say on its document."""
    session.execute(update(KeyedRow).where(KeyedRow.task_id == task_id, KeyedRow.by == reviewer).values(counts=True))


def counted(session: Session, document_id: str) -> dict[str, list[Word]]:
    """By field, the word of each person that counts, in the order they had their say."""
    rows = session.scalars(
        select(KeyedRow).where(KeyedRow.document_id == document_id, KeyedRow.counts.is_(True)).order_by(KeyedRow.number)
    )
    found: dict[str, dict[str, Word]] = {}
    for row in rows:
        words = found.setdefault(row.field, {})
        words.pop(row.by, None)  # one's last word counts, and has its place
        words[row.by] = _word(row)
    return {field: list(words.values()) for field, words in found.items()}


def people_who_keyed(session: Session, task_id: str) -> int:
    """How many people have had their say on a task."""
    rows = session.scalars(select(KeyedRow.by).where(KeyedRow.task_id == task_id, KeyedRow.counts.is_(True)).distinct())
    return len(rows.all())


def anybody_left(session: Session, task_id: str) -> bool:
    """Whether anybody who may sign in could still key it."""
    could = and_(KeyingRow.id == task_id, ReviewerRow.disabled_at.is_(None), not_(_knows(ReviewerRow.name)))
    return session.scalar(select(ReviewerRow.name).select_from(KeyingRow).join(ReviewerRow, could).limit(1)) is not None


def colleagues(session: Session, reviewer: str) -> bool:
    """Whether anybody else may sign in at this desk."""
    others = select(ReviewerRow.name).where(ReviewerRow.disabled_at.is_(None), ReviewerRow.name != reviewer)
    return session.scalar(others.limit(1)) is not None


def gave_verdict(session: Session, item_id: str, reviewer: str) -> bool:
    """Whether the reviewer has said a word on the item."""
    mine = select(VerdictRow.number).where(VerdictRow.item_id == item_id, VerdictRow.by == reviewer)
    return session.scalar(mine.limit(1)) is not None


def still_keyed(session: Session, item_id: str) -> bool:
    """Whether the item still waits for its keying; its row is locked until the transaction ends."""
    mine = and_(ItemRow.id == item_id, ItemRow.state == ReviewState.BEING_KEYED.value)
    return session.scalar(update(ItemRow).where(mine).values(holder=None).returning(ItemRow.id)) is not None


def is_being_keyed(session: Session, item_id: str) -> bool:
    """Whether the item waits for its keying; only looked at."""
    state = select(ItemRow.state).where(ItemRow.id == item_id)
    return session.scalar(state) == ReviewState.BEING_KEYED.value


def open_of_item(session: Session, item_id: str) -> KeyingTask | None:
    """The keying an item waits for; None if it waits for none."""
    row = session.scalar(select(KeyingRow).where(KeyingRow.item_id == item_id, KeyingRow.state.in_(OPEN)).limit(1))
    return None if row is None else _task(row)


def open_tasks(session: Session, limit: int) -> list[KeyingTask]:
    """Keyings that forms wait for, the most urgent and then the oldest first."""
    rows = session.scalars(
        select(KeyingRow).where(KeyingRow.state.in_(OPEN), KeyingRow.ahead == 0).order_by(*_ORDER).limit(limit)
    )
    return [_task(row) for row in rows]


def _knows(reviewer: str | InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The reviewer has said a word on the document, or may have seen one."""
    said = exists().where(VerdictRow.item_id == KeyingRow.item_id, VerdictRow.by == reviewer)
    saw = exists().where(EventRow.item_id == KeyingRow.item_id, EventRow.by == reviewer, EventRow.event.in_(SEEN))
    keyed = exists().where(KeyedRow.document_id == KeyingRow.document_id, KeyedRow.by == reviewer, KeyedRow.counts.is_(True))
    return or_(said, saw, keyed)


def _ways_of_being_free(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        KeyingRow.state == KeyingState.WAITING.value,
        and_(KeyingRow.state == KeyingState.IN_HAND.value, KeyingRow.lease_until <= now),
    )


def _held(task_id: str, version: int, reviewer: str) -> ColumnElement[bool]:
    return and_(
        KeyingRow.id == task_id,
        KeyingRow.version == version,
        KeyingRow.holder == reviewer,
        KeyingRow.state == KeyingState.IN_HAND.value,
    )


def _waiting() -> dict[str, Any]:
    return {"state": KeyingState.WAITING.value, "holder": None, "lease_until": None, "version": KeyingRow.version + 1}


def _changed(session: Session, condition: ColumnElement[bool], changes: dict[str, Any]) -> bool:
    found = session.scalars(
        update(KeyingRow).where(condition).values(changes).returning(KeyingRow.id).execution_options(synchronize_session=False)
    )
    return found.first() is not None


def _word(row: KeyedRow) -> Word:
    return Word(row.by, VerdictKind(row.kind), row.value)


def _task(row: KeyingRow) -> KeyingTask:
    return KeyingTask(
        task_id=KeyingId(row.id),
        purpose=Purpose(row.purpose),
        item_id=None if row.item_id is None else ReviewItemId(row.item_id),
        document_id=DocumentId(row.document_id),
        fax=FaxFacts(FaxId(row.fax_id), row.reference, row.received_at),
        reading=form_reading_from_json(row.reading),
        first={field: Word(by, VerdictKind(kind), value) for field, (by, kind, value) in row.first.items()},
        fields=tuple(row.fields),
        number=row.number,
        urgency_rank=row.urgency_rank,
        state=KeyingState(row.state),
        version=row.version,
        holder=row.holder,
        lease_until=row.lease_until,
        asked_at=row.asked_at,
        release_at=row.release_at,
    )
