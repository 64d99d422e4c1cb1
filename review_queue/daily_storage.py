"""The statements behind the figures: what happened in a stretch of time, and the numbers kept of days that are over.

What: counts by index over one bounded time; keep and fetch a day's figures.
Why: a page of figures that read a million done items would be looked at by nobody twice; a day that is over is counted once.
Refuses: a question without a beginning and an end. Functions never commit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import extract, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from review_queue.desk_tables import DayFigureRow
from review_queue.figures import TwoWords
from review_queue.tables import EventRow, VerdictRow

AT_ONCE = 1000  # rows asked for by their numbers in one statement


def count_events(session: Session, events: Iterable[str], begins: datetime, ends: datetime) -> int:
    """How many events of these kinds there were, the end not included."""
    asked = select(func.count()).where(EventRow.event.in_(list(events)), EventRow.at >= begins, EventRow.at < ends)
    return session.scalar(asked) or 0


def events_by_hour(session: Session, event: str, begins: datetime, ends: datetime) -> dict[datetime, int]:
    """How many events of a kind there were in each hour of at most a month; hours by their beginning in UTC."""
    day, hour = extract("day", EventRow.at), extract("hour", EventRow.at)
    asked = select(day, hour, func.count()).where(EventRow.event == event, EventRow.at >= begins, EventRow.at < ends)
    found = {(int(row[0]), int(row[1])): int(row[2]) for row in session.execute(asked.group_by(day, hour))}
    at, counted = begins.replace(minute=0, second=0, microsecond=0), {}
    while at < ends:
        counted[at] = found.get((at.day, at.hour), 0)
        at += timedelta(hours=1)
    return counted


def moments_by_person(session: Session, events: Iterable[str], begins: datetime, ends: datetime) -> dict[str, list[datetime]]:
    """When each person caused events of these kinds, in order."""
    asked = select(EventRow.by, EventRow.at).where(EventRow.event.in_(list(events)), EventRow.at >= begins, EventRow.at < ends)
    found: dict[str, list[datetime]] = {}
    for by, at in session.execute(asked.order_by(EventRow.at)):
        found.setdefault(by, []).append(at)
    return found


def verdicts_by_field(session: Session, begins: datetime, ends: datetime) -> list[tuple[str, str, int]]:
    """Field, kind of verdict, and how many."""
    asked = select(VerdictRow.key, VerdictRow.kind, func.count()).where(VerdictRow.at >= begins, VerdictRow.at < ends)
    return [(key, kind, count) for key, kind, count in session.execute(asked.group_by(VerdictRow.key, VerdictRow.kind))]


def second_words(session: Session, begins: datetime, ends: datetime) -> list[TwoWords]:
    """Each word on a field that followed one by somebody else, with the last such one; the later was said in the time asked for.

    The earlier one is looked up row by row, through the item's index: as a join PostgreSQL reads all verdicts there ever were.
    """
    earlier, later = aliased(VerdictRow), aliased(VerdictRow)
    before = (
        select(func.max(earlier.number))
        .where(earlier.item_id == later.item_id, earlier.key == later.key, earlier.number < later.number, earlier.by != later.by)
        .scalar_subquery()
    )
    said = select(later.kind, later.value, before.label("before")).where(later.at >= begins, later.at < ends).subquery()
    pairs = session.execute(select(said).where(said.c.before.is_not(None))).all()
    firsts: dict[int, VerdictRow] = {}
    for start in range(0, len(pairs), AT_ONCE):
        numbers = [row.before for row in pairs[start : start + AT_ONCE]]
        firsts |= {row.number: row for row in session.scalars(select(VerdictRow).where(VerdictRow.number.in_(numbers)))}
    return [
        TwoWords(firsts[row.before].by, firsts[row.before].kind, firsts[row.before].value, row.kind, row.value) for row in pairs
    ]


def day_figures(session: Session, first: date, last: date) -> dict[date, dict[tuple[str, str], int]]:
    """What is kept of these days, both included: numbers by measure and part."""
    asked = select(DayFigureRow).where(DayFigureRow.day >= first, DayFigureRow.day <= last)
    found: dict[date, dict[tuple[str, str], int]] = {}
    for row in session.scalars(asked):
        found.setdefault(row.day, {})[row.measure, row.part] = row.number
    return found


def keep_day(session: Session, day: date, figures: Mapping[tuple[str, str], int]) -> None:
    """Keep a day's figures; nothing is done if somebody kept them in the same moment."""
    rows: Sequence[DayFigureRow] = [
        DayFigureRow(day=day, measure=measure, part=part[:80], number=number) for (measure, part), number in figures.items()
    ]
    try:
        with session.begin_nested():
            session.add_all(rows)
    except IntegrityError:
        return  # counted from the same rows: theirs are ours
