"""The next-business-day clock: when a fax must be worked, and since when it is late.

What: the legal public holidays of 5 U.S.C. 6103 with the days on which they are observed, business days on the program's calendar
(US Eastern), the moment a fax received then is due, and that moment in words.
Why: a fax must be worked by the end of the next business day; a clock that forgot Juneteenth, an observed Friday or the hour that
spring takes would call faxes late that are not, or worse.
Refuses: naive times (ValueError). Days on which the President alone closes offices are no holidays of the statute: they count as
business days.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from registry.moments import day_begins, program_day
from registry.policies import PROGRAM_ZONE
from review_queue.wording import span

CLOSES = time(17)  # on the program's clock: the end of a business day
SOON = timedelta(hours=4)  # from here on the hours left say more than the hour of the day
SATURDAY, SUNDAY, MONDAY, THURSDAY = 5, 6, 0, 3
JUNETEENTH_SINCE = 2021  # Public Law 117-17, signed two days before the first one


@lru_cache(maxsize=64)
def holidays(year: int) -> frozenset[date]:
    """The days of that calendar year on which a holiday is observed, 31 December for the next year's New Year's Day included."""
    observed = (_observed(day) for nearby in (year, year + 1) for day in _legal_days(nearby))
    return frozenset(day for day in observed if day.year == year)


def _legal_days(year: int) -> Iterator[date]:
    """5 U.S.C. 6103(a)."""
    yield date(year, 1, 1)  # New Year's Day
    yield _nth(year, 1, MONDAY, 3)  # Birthday of Martin Luther King, Jr.
    yield _nth(year, 2, MONDAY, 3)  # Washington's Birthday
    yield _nth(year, 6, MONDAY, 1) - timedelta(days=7)  # Memorial Day: the last Monday in May
    if year >= JUNETEENTH_SINCE:
        yield date(year, 6, 19)  # Juneteenth National Independence Day
    yield date(year, 7, 4)  # Independence Day
    yield _nth(year, 9, MONDAY, 1)  # Labor Day
    yield _nth(year, 10, MONDAY, 2)  # Columbus Day
    yield date(year, 11, 11)  # Veterans Day
    yield _nth(year, 11, THURSDAY, 4)  # Thanksgiving Day
    yield date(year, 12, 25)  # Christmas Day


def _nth(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (count - 1))


def _observed(day: date) -> date:
    """Saturday's on the Friday before (5 U.S.C. 6103(b)), Sunday's on the Monday after (Executive Order 11582)."""
    return day + timedelta(days={SATURDAY: -1, SUNDAY: 1}.get(day.weekday(), 0))


def is_business_day(day: date) -> bool:
    """Neither a weekend nor an observed federal holiday."""
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def next_business_day(day: date) -> date:
    """The first business day after that day."""
    return next(one for one in _days_from(day, 1) if is_business_day(one))


def _days_from(day: date, step: int) -> Iterator[date]:
    while True:
        day += timedelta(days=step)
        yield day


def _closing(day: date) -> datetime:
    return datetime.combine(day, CLOSES, ZoneInfo(PROGRAM_ZONE)).astimezone(UTC)


def due_at(received: datetime) -> datetime:
    """When a fax received at that moment must have been worked: the end of the next business day, aware UTC."""
    return _closing(next_business_day(program_day(received)))


def overdue_before(now: datetime) -> datetime:
    """What was received before this moment is overdue now, and nothing else: `due_at(received) < now`, made fit for an index."""
    today = program_day(now)
    closed = today if is_business_day(today) and now > _closing(today) else None
    return day_begins(closed or next(one for one in _days_from(today, -1) if is_business_day(one)))


def after_working_day(now: datetime) -> datetime:
    """The same hour of the next business day: a working day later for whoever sits at the desk, aware UTC."""
    zone = ZoneInfo(PROGRAM_ZONE)
    return datetime.combine(next_business_day(program_day(now)), now.astimezone(zone).time(), zone).astimezone(UTC)


def due_words(received: datetime, now: datetime) -> str:
    """How the clock of a fax stands: "overdue 2 h 10 m", "3 h 05 m left", "due today 17:00", "due Mon 11/30 17:00"."""
    due = due_at(received)
    if now > due:
        return f"overdue {span(now - due)}"
    if due - now <= SOON:
        return f"{span(due - now)} left"
    return f"due {day_words(program_day(due), program_day(now))} {CLOSES:%H:%M}"


def day_words(day: date, today: date) -> str:
    """ "today", "tomorrow", or "Mon 11/30"."""
    near = {0: "today", 1: "tomorrow"}.get((day - today).days)
    return near or f"{day:%a %m/%d}"
