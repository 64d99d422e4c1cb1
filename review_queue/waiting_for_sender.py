"""How long a sender has to answer, and what waits for longer: pure.

What: the day by which a question wants its answer, in business days of the program, and whether it is past.
Why: the letter names a day, the queue shows the same one as overdue; both come from here.
Refuses: to know holidays [decision]: a day more costs nobody anything, a calendar that is out of date would.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from registry.moments import program_day

BUSINESS_DAYS = 5  # [decision] a week for an office to find the sheet, sign it and fax it; REMSFAX_ANSWER_WITHIN_BUSINESS_DAYS
_SATURDAY = 5


def answer_by(asked_at: datetime, business_days: int = BUSINESS_DAYS) -> date:
    """The program's day that lies so many business days after the day of asking; ValueError for fewer than one."""
    if business_days < 1:
        raise ValueError("a sender needs at least one business day to answer")
    day = program_day(asked_at)
    while business_days:
        day += timedelta(days=1)
        if day.weekday() < _SATURDAY:
            business_days -= 1
    return day


def overdue(by: date, now: datetime) -> bool:
    """Whether the day by which an answer was wanted is over."""
    return program_day(now) > by
