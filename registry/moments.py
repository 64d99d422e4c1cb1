"""Times as every floor keeps them: aware, in UTC.

What: the column type for moments, and the refusal of times without a zone.
Why: SQLite forgets the zone; a naive time silently read as local would shift the 37-day window.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime, TypeDecorator

from registry.policies import PROGRAM_ZONE


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC moment in a column; a naive one raises ValueError instead of being guessed."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Stored as naive UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone cannot be stored: {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Read back aware."""
        return None if value is None else value.replace(tzinfo=UTC)


def program_day(at: datetime) -> date:
    """The program's calendar day (US Eastern) of an aware moment; ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError(f"a time without a zone has no program day: {at!r}")
    return at.astimezone(ZoneInfo(PROGRAM_ZONE)).date()


def day_begins(day: date) -> datetime:
    """The first moment of a program day, in UTC; a program day may have 23 or 25 hours."""
    return datetime.combine(day, time(), ZoneInfo(PROGRAM_ZONE)).astimezone(UTC)


def day_ends(day: date) -> datetime:
    """The first moment after a program day, in UTC."""
    return day_begins(day + timedelta(days=1))


def last_day_begun(at: datetime) -> date:
    """UTC's calendar day of an aware moment, never before the program's: what is dated up to it is not of the future.

    Puerto Rico's new day begins an hour before the program's in winter, and many senders' machines stamp UTC.
    """
    return max(program_day(at), at.astimezone(UTC).date())
