"""What a program day brought, counted as it happens; and rows that are made when they are first needed.

Why: a chart or a daily limit that counts what is done gets slower every day; a counter does not. Each is counted in the
transaction of what it counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from outbound.delivery import Event
from outbound.tables import Base, DayRow
from registry.moments import program_day

CALLS = "calls"
MAILS = "mails"
COUNTED: Mapping[str, str] = {
    Event.CONFIRMED: "delivered",
    Event.ARRIVAL_TOLD: "delivered",
    Event.GIVE_UP: "given_up",
    Event.LOSE_SIGHT: "uncertain",
    Event.HOLD: "held",
    Event.CLOSE_BY_PERSON: "closed",
}
"""Under which word an event of a letter is counted."""

TOOK = "took:"
WITHIN: Mapping[str, timedelta] = {
    "quarter": timedelta(minutes=15),
    "hour": timedelta(hours=1),
    "four": timedelta(hours=4),
    "day": timedelta(days=1),
    "three_days": timedelta(days=3),
    "longer": timedelta.max,
}
"""Within what time from when it became due a letter arrived, by the word that follows `TOOK`: the first that fits."""

TRIES = "tries:"
TRIES_TOLD_APART = 5
"""Letters by how many attempts they took, the number follows `TRIES`; this many stands for more too."""


def count(session: Session, now: datetime, what: str) -> None:
    """One more of `what` on the program day of `now`."""
    table, day = cast(Table, DayRow.__table__), program_day(now)
    more = {"times": table.c.times + 1}
    values = {"day": day, "what": what, "times": 1}
    if session.get_bind().dialect.name == "postgresql":
        session.execute(postgresql.insert(table).values(values).on_conflict_do_update(index_elements=["day", "what"], set_=more))
    else:
        session.execute(sqlite.insert(table).values(values).on_conflict_do_update(index_elements=["day", "what"], set_=more))


def count_arrival(session: Session, now: datetime, due_since: datetime, attempts: int) -> None:
    """One more letter arrived: how long after it became due, and at which attempt."""
    count(session, now, TOOK + next(word for word, within in WITHIN.items() if now - due_since <= within))
    count(session, now, f"{TRIES}{min(max(attempts, 1), TRIES_TOLD_APART)}")


def times(session: Session, now: datetime, what: str) -> int:
    """How often it happened so far on the program day of `now`."""
    wanted = select(DayRow.times).where(DayRow.day == program_day(now), DayRow.what == what)
    return session.scalar(wanted) or 0


def per_day(session: Session, first: date, last: date) -> dict[date, dict[str, int]]:
    """For each program day from `first` to `last` on which anything happened: how often each thing did."""
    rows = session.execute(
        select(DayRow.day, DayRow.what, DayRow.times).where(DayRow.day.between(first, last)).order_by(DayRow.day)
    )
    found: dict[date, dict[str, int]] = {}
    for day, what, often in rows:
        found.setdefault(day, {})[what] = often
    return found


def make_unless_there(session: Session, row: type[Base], **values: Any) -> None:
    """A new row unless its key is there, also where another process makes it at this moment."""
    table = cast(Table, row.__table__)
    if session.get_bind().dialect.name == "postgresql":
        session.execute(postgresql.insert(table).values(values).on_conflict_do_nothing())
    else:
        session.execute(sqlite.insert(table).values(values).on_conflict_do_nothing())
