"""The desk's statements on items and what happened to them (tables: `review_queue.tables`).

What: the few statements the use cases need. Functions take a session and never commit.
Why: who holds an item is decided by one UPDATE with its condition inside (compare-and-set), so that two reviewers who ask at the
same moment cannot both win; and because it is the transaction's first statement, SQLite takes its write lock there.
Refuses: to judge; which steps are legal stands in `review_queue.lifecycle`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, update
from sqlalchemy.orm import Session

from intake.fax import DocumentId, FaxId
from intake.reading import OtherKind, OtherPage, ProblemKind
from intake.reading_json import form_reading_from_json, form_reading_to_json
from review_queue import draft_storage, person_storage
from review_queue.desk_tables import NoteRow as NoteRow  # with it, all of the desk's tables are known
from review_queue.drafts import KEPT_IN
from review_queue.lifecycle import ReviewState
from review_queue.review_item import (
    Closing,
    Doubt,
    FaxFacts,
    ItemKind,
    ReviewItem,
    ReviewItemId,
    Urgency,
    Verdict,
    settled_by,
)
from review_queue.tables import Base as Base
from review_queue.tables import EventRow, ItemRow
from review_queue.verdict_storage import add_verdict as add_verdict
from review_queue.verdict_storage import standing_verdicts
from review_queue.verdict_storage import verdicts as verdicts
from review_queue.verdict_storage import was_said as was_said


def add_item(session: Session, item: ReviewItem) -> bool:
    """Store a new item; False, and nothing done, if its document already has one."""
    if session.scalar(select(ItemRow.id).where(ItemRow.document_id == item.document_id)) is not None:
        return False
    session.add(
        ItemRow(
            id=item.item_id,
            document_id=item.document_id,
            kind=item.kind.value,
            fax_id=item.fax.fax_id,
            reference=item.fax.reference,
            received_at=item.fax.received_at,
            sender_fax=item.fax.sender_fax,
            sender_name=item.fax.sender_name,
            reading=None if item.reading is None else form_reading_to_json(item.reading),
            loose_pages=[[page.fax_page, page.kind.value] for page in item.loose_pages],
            doubts=[doubt_to_json(doubt) for doubt in item.doubts],
            doubt_count=len(item.doubts),
            doubt_kinds=leading_kinds(item.doubts),
            urgency=item.urgency.value,
            urgency_rank=item.urgency.lane.rank,
            form=None if item.reading is None else item.reading.form,
            meant_for=item.meant_for,
            meant_until=item.meant_until,
            urgency_note=item.urgency_note,
            enqueued_at=item.enqueued_at,
            state=item.state.value,
            version=item.version,
            asked_for=[],
        )
    )
    session.flush()
    return True


def item(session: Session, item_id: str) -> ReviewItem | None:
    """The item with its latest verdicts, or None."""
    row = session.get(ItemRow, item_id, populate_existing=True)
    if row is None:
        return None
    found = _item(row, standing_verdicts(session, item_id))
    person = person_storage.standing(session, item_id).choice
    if person is None:
        return found
    return replace(found, person=person, verdicts={**settled_by(person, found.doubts, found.reading), **found.verdicts})


def item_of_document(session: Session, document_id: DocumentId) -> ReviewItem | None:
    """The item of that document, or None."""
    item_id = session.scalar(select(ItemRow.id).where(ItemRow.document_id == document_id))
    return None if item_id is None else item(session, item_id)


def leading_kinds(doubts: Iterable[Doubt]) -> str:
    """What leads each doubt, each once, as `ItemRow.doubt_kinds` holds it; empty without doubts."""
    kinds = dict.fromkeys(doubt.kinds[0].value for doubt in doubts if doubt.kinds)
    return f",{','.join(kinds)}," if kinds else ""


def confirmed_items(session: Session) -> Iterator[ReviewItem]:
    """Every item that a person confirmed, the oldest first."""
    rows = session.scalars(select(ItemRow).where(ItemRow.state == ReviewState.CONFIRMED.value).order_by(ItemRow.received_at))
    for row in rows:
        yield _item(row, standing_verdicts(session, row.id))


def counts(session: Session, states: Iterable[ReviewState]) -> dict[ReviewState, int]:
    """How many items stand in each of these states. Ask for open ones: what is done grows for ever."""
    wanted = [state.value for state in states]
    rows = session.execute(select(ItemRow.state, func.count()).where(ItemRow.state.in_(wanted)).group_by(ItemRow.state))
    found = {row[0]: row[1] for row in rows}
    return {ReviewState(state): found.get(state, 0) for state in wanted}


def oldest_received(session: Session, states: Iterable[ReviewState]) -> datetime | None:
    """When the oldest fax in those states arrived."""
    return session.scalar(select(func.min(ItemRow.received_at)).where(ItemRow.state.in_([state.value for state in states])))


def held_by(session: Session, reviewer: str, now: datetime) -> str | None:
    """The item the reviewer has in hand under a running lease, the oldest first; None if none."""
    mine = select(ItemRow.id).where(ItemRow.state == ReviewState.IN_HAND.value, ItemRow.holder == reviewer)
    return session.scalar(mine.where(ItemRow.lease_until > now).order_by(ItemRow.received_at).limit(1))


def claim_next(session: Session, reviewer: str, now: datetime, lease_until: datetime, *, senior: bool = False) -> str | None:
    """Give the reviewer what was handed to them, else the most urgent and then oldest free item; its id, None if nothing is free.

    The head of each way of being free is found by index and locked, passing over what others are just taking, so that fifty
    reviewers who ask at once get fifty items. None may also mean that somebody was faster: ask again.
    """
    first = _head(session, reviewer, now, senior=senior, lock=True)
    if first is None:
        return None
    free = or_(_handed_to(reviewer), *_ways_of_being_free(reviewer, now, senior=senior))
    return _claim(session, and_(ItemRow.id == first, free), reviewer, now, lease_until)


def peek_next(session: Session, reviewer: str, now: datetime, *, senior: bool = False) -> str | None:
    """What `claim_next` would give if nobody was faster; nothing is locked."""
    return _head(session, reviewer, now, senior=senior, lock=False)


def _head(session: Session, reviewer: str, now: datetime, *, senior: bool, lock: bool) -> str | None:
    """What was handed to the reviewer goes before everything; else the first of the heads of each way of being free."""
    for ways in ([_handed_to(reviewer)], _ways_of_being_free(reviewer, now, senior=senior)):
        heads: list[Row[int, datetime, str]] = []
        for way in ways:
            head = select(ItemRow.urgency_rank, ItemRow.received_at, ItemRow.id).where(way).order_by(*_QUEUE_ORDER).limit(1)
            heads += session.execute(head.with_for_update(skip_locked=True) if lock else head).all()
        if heads:
            return str(min(heads, key=tuple).id)
    return None


def first_free(session: Session, reviewer: str, now: datetime, *, senior: bool) -> tuple[int, datetime] | None:
    """Lane's rank and receipt of what `peek_next` names; before every lane what was handed to the reviewer. None if none."""
    first = peek_next(session, reviewer, now, senior=senior)
    if first is None:
        return None
    row = session.execute(select(ItemRow.urgency_rank, ItemRow.received_at, ItemRow.meant_for).where(ItemRow.id == first)).one()
    return (-1 if row.meant_for == reviewer else row.urgency_rank), row.received_at


def claim(session: Session, item_id: str, reviewer: str, now: datetime, lease_until: datetime, *, senior: bool) -> bool:
    """Give the reviewer this item if it is free for them, in one statement; False otherwise."""
    return (
        _claim(session, and_(ItemRow.id == item_id, _free_if_chosen(reviewer, now, senior=senior)), reviewer, now, lease_until)
        is not None
    )


def taken_from(session: Session, item_id: str) -> str | None:
    """Whose lease had run out when the present holder took the item; None if it was free."""
    return session.scalar(select(ItemRow.taken_from).where(ItemRow.id == item_id))


def hands(session: Session, item_id: str) -> tuple[ReviewState, int, str | None, datetime | None, str | None, str | None] | None:
    """State, version, holder, end of the lease, who passed it on, for whom: what an open page asks for; None for no such item."""
    wanted = (ItemRow.state, ItemRow.version, ItemRow.holder, ItemRow.lease_until, ItemRow.passed_by, ItemRow.meant_for)
    row = session.execute(select(*wanted).where(ItemRow.id == item_id)).one_or_none()
    return None if row is None else (ReviewState(row[0]), row[1], row[2], row[3], row[4], row[5])


def hold(session: Session, item_id: str, version: int, reviewer: str, lease_until: datetime) -> bool:
    """Renew the lease if the reviewer still holds this version; False otherwise. The first statement of each change."""
    held = and_(
        ItemRow.id == item_id,
        ItemRow.version == version,
        ItemRow.holder == reviewer,
        ItemRow.state == ReviewState.IN_HAND.value,
    )
    return session.scalar(update(ItemRow).where(held).values(lease_until=lease_until).returning(ItemRow.id)) is not None


def leave(session: Session, item_id: str, state: ReviewState, closing: Closing | None, passed_by: str | None) -> None:
    """Take the item out of its holder's hands into another state; the caller holds it (`hold`)."""
    changes: dict[str, Any] = {
        "state": state.value,
        "taken_up_at": None,  # of this verdict
        "version": ItemRow.version + 1,
        "holder": None,
        "lease_until": None,
        "passed_by": passed_by,
    }
    if closing is not None:
        changes |= {
            "closed_by": closing.by,
            "closed_at": closing.at,
            "reason": closing.reason,
            "asked_for": list(closing.asked_for),
            "answer_sender": closing.answer_sender,
        }
    session.execute(update(ItemRow).where(ItemRow.id == item_id).values(changes))
    if state not in KEPT_IN:
        draft_storage.forget_all(session, item_id)


def note_taken_up(session: Session, item_id: str, now: datetime) -> None:
    """When the case flow took the item's verdict."""
    session.execute(update(ItemRow).where(ItemRow.id == item_id).values(taken_up_at=now))


def add_doubt(session: Session, item_id: str, doubt: Doubt) -> None:
    """One more doubt about an item, unless its field is doubtful already."""
    row = session.get_one(ItemRow, item_id)
    if all(one["key"] != doubt.key for one in row.doubts):
        row.doubts = [*row.doubts, doubt_to_json(doubt)]
        kinds = [_doubt_from_json(one) for one in row.doubts]
        row.doubt_count, row.doubt_kinds = len(kinds), leading_kinds(kinds)
        session.flush()


def add_event(session: Session, item_id: str, event: str, by: str, at: datetime, detail: str = "") -> None:
    """Add what happened."""
    session.add(EventRow(item_id=item_id, event=event, by=by, at=at, detail=detail))
    session.flush()


def events(session: Session, item_id: str) -> list[EventRow]:
    """What happened to an item, in order."""
    return list(session.scalars(select(EventRow).where(EventRow.item_id == item_id).order_by(EventRow.number)))


_QUEUE_ORDER = (ItemRow.urgency_rank, ItemRow.received_at, ItemRow.id)


def _handed_to(reviewer: str) -> ColumnElement[bool]:
    return and_(ItemRow.state == ReviewState.WAITING.value, ItemRow.meant_for == reviewer)


def _ways_of_being_free(reviewer: str, now: datetime, *, senior: bool) -> list[ColumnElement[bool]]:
    """Waiting for everybody (or no longer for one alone), held under a lease that ran out, or waiting for other eyes than those
    that passed it on. Apart, since each alone is found by the queue's index."""
    ways = [
        and_(ItemRow.state == ReviewState.WAITING.value, or_(ItemRow.meant_for.is_(None), ItemRow.meant_until <= now)),
        and_(ItemRow.state == ReviewState.IN_HAND.value, ItemRow.lease_until <= now),
        and_(ItemRow.state == ReviewState.SECOND_LOOK.value, ItemRow.passed_by != reviewer),
    ]
    if senior:
        ways.append(ItemRow.state == ReviewState.ESCALATED.value)
    return ways


def _free_if_chosen(reviewer: str, now: datetime, *, senior: bool) -> ColumnElement[bool]:
    """As `lifecycle.may_take`: also what waits for a sender, and for seniors what was handed to somebody."""
    ways = [
        _handed_to(reviewer),
        *_ways_of_being_free(reviewer, now, senior=senior),
        ItemRow.state == ReviewState.SENT_BACK.value,
    ]
    if senior:
        ways.append(ItemRow.state == ReviewState.WAITING.value)
    return or_(*ways)


def _claim(session: Session, condition: ColumnElement[bool], reviewer: str, now: datetime, lease_until: datetime) -> str | None:
    return session.scalar(
        update(ItemRow)
        .where(condition)
        .values(
            state=ReviewState.IN_HAND.value,
            taken_from=ItemRow.holder,
            holder=reviewer,
            lease_until=lease_until,
            taken_at=now,
            meant_for=None,
            meant_until=None,
            taken_up_at=None,  # taken again from those that wait for their sender: its next verdict is a new one
            version=ItemRow.version + 1,
        )
        .returning(ItemRow.id)
        .execution_options(synchronize_session=False)
    )


def _item(row: ItemRow, latest: Mapping[str, Verdict]) -> ReviewItem:
    closing = None
    if row.closed_by is not None and row.closed_at is not None:
        closing = Closing(row.closed_by, row.closed_at, row.reason, tuple(row.asked_for), row.answer_sender)
    return ReviewItem(
        item_id=ReviewItemId(row.id),
        document_id=DocumentId(row.document_id),
        kind=ItemKind(row.kind),
        fax=FaxFacts(FaxId(row.fax_id), row.reference, row.received_at, row.sender_fax, row.sender_name),
        reading=None if row.reading is None else form_reading_from_json(row.reading),
        loose_pages=tuple(OtherPage(number, OtherKind(kind)) for number, kind in row.loose_pages),
        doubts=tuple(_doubt_from_json(doubt) for doubt in row.doubts),
        urgency=Urgency(row.urgency),
        urgency_note=row.urgency_note,
        enqueued_at=row.enqueued_at,
        state=ReviewState(row.state),
        version=row.version,
        holder=row.holder,
        lease_until=row.lease_until,
        passed_by=row.passed_by,
        meant_for=row.meant_for,
        meant_until=row.meant_until,
        verdicts=latest,
        closing=closing,
    )


def doubt_to_json(doubt: Doubt) -> dict[str, Any]:
    """A doubt as the item's row keeps it."""
    return {
        "key": doubt.key,
        "label": doubt.label,
        "kinds": [kind.value for kind in doubt.kinds],
        "why": doubt.why,
        "guesses": list(doubt.guesses),
        "critical": doubt.critical,
        "page": doubt.page,
    }


def _doubt_from_json(found: dict[str, Any]) -> Doubt:
    return Doubt(
        key=found["key"],
        label=found["label"],
        kinds=tuple(ProblemKind(kind) for kind in found["kinds"]),
        why=found["why"],
        guesses=tuple(found["guesses"]),
        critical=found["critical"],
        page=found["page"],
    )
