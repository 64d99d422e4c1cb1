"""The queue page's statements: lines, counts and ages of what is open; who holds what; taking over and handing on.

What: narrow reads of items in open states, and the two changes of hands that need no free item.
Why: with a million items done and ten thousand waiting, every number here comes from an index over the open ones alone
(`review_items_open`), whose condition must stand in the statement as it stands in the index.
Refuses: to read a form's reading or its doubts for a line; to judge. Functions never commit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select, update
from sqlalchemy.orm import Session

from review_queue.lifecycle import ReviewEvent, ReviewState, states_allowing
from review_queue.tables import CLOSED_STATES, ItemRow, ReviewerRow

SENT_BACK = ReviewState.SENT_BACK.value
IN_HAND = ReviewState.IN_HAND.value


@dataclass(frozen=True)
class Wanted:
    """What of the queue somebody wants to see; empty means all."""

    form: str = ""  # the form's code, or LOOSE
    sender: str = ""  # digits of the fax number's beginning, or part of the name
    doubt: str = ""  # a `ProblemKind`'s code
    holder: str = ""  # who has it in hand, or NOBODY

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.form or self.sender or self.doubt or self.holder)


LOOSE, NOBODY = "-loose", "-nobody"
"""Choices of a filter that no form and no person is called."""


@dataclass(frozen=True)
class Line:
    """What the queue says of one item."""

    item_id: str
    form: str | None  # code; None for loose pages
    reference: str
    received_at: datetime
    sender_fax: str | None
    sender_name: str | None
    urgency: str
    urgency_rank: int
    urgency_note: str
    doubt_count: int
    state: str
    version: int
    holder: str | None
    lease_until: datetime | None
    taken_at: datetime | None
    passed_by: str | None
    meant_for: str | None
    meant_until: datetime | None
    reason: str  # what the one who passed it on wrote
    closed_at: datetime | None  # when the sender was asked, or somebody passed it on


@dataclass(frozen=True)
class LaneCount:
    """How much stands in one lane."""

    count: int
    oldest: datetime | None  # received
    overdue: int  # received before the moment asked for


_LINE = (
    ItemRow.id, ItemRow.form, ItemRow.reference, ItemRow.received_at, ItemRow.sender_fax, ItemRow.sender_name, ItemRow.urgency,
    ItemRow.urgency_rank, ItemRow.urgency_note, ItemRow.doubt_count, ItemRow.state, ItemRow.version, ItemRow.holder,
    ItemRow.lease_until, ItemRow.taken_at, ItemRow.passed_by, ItemRow.meant_for, ItemRow.meant_until, ItemRow.reason,
    ItemRow.closed_at,
)  # fmt: skip


def _line(row: Sequence[Any]) -> Line:
    return Line(*row)


def _is_open() -> ColumnElement[bool]:
    return ItemRow.state.not_in(bindparam("closed", list(CLOSED_STATES), expanding=True, literal_execute=True))


def _in_lane(rank: int | None) -> list[ColumnElement[bool]]:
    """The lane of that rank; None: what waits for the sender, of whatever rank."""
    if rank is None:
        return [_is_open(), ItemRow.state == SENT_BACK]
    return [_is_open(), ItemRow.urgency_rank == rank, ItemRow.state != SENT_BACK]


def _only(wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.form:
        conditions.append(ItemRow.form.is_(None) if wanted.form == LOOSE else ItemRow.form == wanted.form)
    if wanted.sender:
        digits = "".join(one for one in wanted.sender if one.isdigit())
        name = func.lower(ItemRow.sender_name).contains(wanted.sender.lower(), autoescape=True)
        conditions.append(or_(name, ItemRow.sender_fax.startswith(digits)) if digits else name)
    if wanted.doubt:
        conditions.append(ItemRow.doubt_kinds.contains(f",{wanted.doubt},", autoescape=True))
    if wanted.holder:
        conditions.append(ItemRow.holder.is_(None) if wanted.holder == NOBODY else ItemRow.holder == wanted.holder)
    return conditions


def lines(
    session: Session, rank: int | None, wanted: Wanted, limit: int, after: tuple[datetime, str] | None = None
) -> list[Line]:
    """Lines of a lane (None: waiting for the sender), the oldest first, behind that received time and id."""
    asked = select(*_LINE).where(*_in_lane(rank), *_only(wanted))
    if after is not None:
        behind = and_(ItemRow.received_at == after[0], ItemRow.id > after[1])
        # said twice: the first condition is what an index can begin at
        asked = asked.where(ItemRow.received_at >= after[0], or_(ItemRow.received_at > after[0], behind))
    return [_line(row) for row in session.execute(asked.order_by(ItemRow.received_at, ItemRow.id).limit(limit))]


def line(session: Session, item_id: str) -> Line | None:
    """One item's line, or None."""
    row = session.execute(select(*_LINE).where(ItemRow.id == item_id)).first()
    return None if row is None else _line(row)


def lane_counts(session: Session, wanted: Wanted, overdue_before: datetime) -> dict[int | None, LaneCount]:
    """By the lane's rank, and under None what waits for the sender; lanes without anything are left out."""
    lane = case((ItemRow.state == SENT_BACK, None), else_=ItemRow.urgency_rank)
    late = func.sum(case((ItemRow.received_at < overdue_before, 1), else_=0))
    asked = select(lane, func.count(), func.min(ItemRow.received_at), late).where(_is_open(), *_only(wanted)).group_by(lane)
    return {rank: LaneCount(count, oldest, overdue) for rank, count, oldest, overdue in session.execute(asked)}


def ages(session: Session, bounds: Sequence[datetime]) -> list[int]:
    """How many that wait for a person here were received since each bound (the youngest class first), and before the last."""
    upper: list[ColumnElement[bool]] = [ItemRow.received_at > bound for bound in bounds]
    counted = [func.sum(case((and_(since, *(~one for one in upper[:number])), 1), else_=0)) for number, since in enumerate(upper)]
    rest = func.sum(case((and_(*(~one for one in upper)), 1), else_=0))
    row = session.execute(select(*counted, rest).where(_is_open(), ItemRow.state != SENT_BACK)).one()
    return [int(one or 0) for one in row]


def forms_open(session: Session) -> dict[str | None, int]:
    """How many of each form are open; None: loose pages."""
    rows = session.execute(select(ItemRow.form, func.count()).where(_is_open()).group_by(ItemRow.form))
    return {row[0]: row[1] for row in rows}


def in_hand(session: Session, limit: int) -> list[Line]:
    """What is in somebody's hands, by name and then the longest in hand first."""
    asked = select(*_LINE).where(ItemRow.state == IN_HAND).order_by(ItemRow.holder, ItemRow.taken_at, ItemRow.id).limit(limit)
    return [_line(row) for row in session.execute(asked)]


def handed_to(session: Session, reviewer: str) -> list[Line]:
    """What colleagues handed to this one and nobody took yet, the most urgent first."""
    mine = select(*_LINE).where(ItemRow.meant_for == reviewer, ItemRow.state == ReviewState.WAITING.value)
    return [_line(row) for row in session.execute(mine.order_by(ItemRow.urgency_rank, ItemRow.received_at, ItemRow.id))]


def seize(session: Session, item_id: str, version: int, supervisor: str, now: datetime, lease_until: datetime) -> bool:
    """Put an item that somebody else holds into the supervisor's hands, in one statement; False if it is not so any more."""
    held = and_(
        ItemRow.id == item_id,
        ItemRow.version == version,
        ItemRow.state.in_([state.value for state in states_allowing(ReviewEvent.TAKEN_OVER)]),
        ItemRow.holder != supervisor,
    )
    change = update(ItemRow).where(held).values(
        taken_from=ItemRow.holder, holder=supervisor, taken_at=now, lease_until=lease_until, version=ItemRow.version + 1
    )  # fmt: skip
    found = session.scalar(change.returning(ItemRow.id).execution_options(synchronize_session=False))
    return found is not None


def mean_for(session: Session, item_id: str, colleague: str, until: datetime) -> None:
    """Name the colleague for whom an item waits, and until when for them alone."""
    session.execute(update(ItemRow).where(ItemRow.id == item_id).values(meant_for=colleague, meant_until=until))


def mean_for_everybody(session: Session, colleague: str) -> None:
    """What waits for this colleague waits for everybody: they will not come."""
    theirs = and_(ItemRow.meant_for == colleague, ItemRow.state == ReviewState.WAITING.value)
    session.execute(update(ItemRow).where(theirs).values(meant_for=None, meant_until=None))


def colleagues(session: Session) -> list[str]:
    """The sign-in names of everybody who may sign in, in order."""
    return list(session.scalars(select(ReviewerRow.name).where(ReviewerRow.disabled_at.is_(None)).order_by(ReviewerRow.name)))
