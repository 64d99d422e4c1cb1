"""The next-business-day clock: holidays as the statute has them, and a due time nobody has to argue about."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.moments import program_day
from review_queue.business_days import (
    after_working_day,
    due_at,
    due_words,
    holidays,
    is_business_day,
    next_business_day,
    overdue_before,
)

EASTERN = ZoneInfo("America/New_York")
DAYS = st.dates(date(2022, 1, 1), date(2060, 12, 31))


def at(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=EASTERN).astimezone(UTC)


MOMENTS = st.integers(0, 39 * 365 * 1440).map(lambda minute: at(2022, 1, 1, 0) + timedelta(minutes=minute))


# as the Office of Personnel Management publishes them; observed days where they differ
PUBLISHED = {
    2021: "0101 0118 0215 0531 0618 0705 0906 1011 1111 1125 1224 1231",
    2024: "0101 0115 0219 0527 0619 0704 0902 1014 1111 1128 1225",
    2026: "0101 0119 0216 0525 0619 0703 0907 1012 1111 1126 1225",
    2027: "0101 0118 0215 0531 0618 0705 0906 1011 1111 1125 1224 1231",
}


@pytest.mark.parametrize("year", PUBLISHED)
def test_the_holidays_of_a_year_are_those_that_are_published(year):
    assert sorted(f"{day:%m%d}" for day in holidays(year)) == PUBLISHED[year].split()


def test_juneteenth_was_a_working_day_until_it_was_made_a_holiday():
    assert is_business_day(date(2020, 6, 19))
    assert not is_business_day(date(2023, 6, 19))


@pytest.mark.parametrize(
    ("received", "due"),
    [
        (at(2026, 11, 23, 9), at(2026, 11, 24, 17)),
        (at(2026, 11, 23, 23, 59), at(2026, 11, 24, 17)),  # late on Monday is still Monday's fax
        (at(2026, 11, 25, 10), at(2026, 11, 27, 17)),  # over Thanksgiving
        (at(2026, 7, 2, 10), at(2026, 7, 6, 17)),  # Independence Day on a Saturday is kept on the Friday
        (at(2026, 11, 20, 10), at(2026, 11, 23, 17)),  # over a weekend
        (at(2026, 11, 21, 10), at(2026, 11, 23, 17)),  # received on a Saturday
        (at(2026, 3, 6, 12), at(2026, 3, 9, 17)),  # the hour that spring takes moves nothing
    ],
)
def test_a_fax_is_due_at_the_end_of_the_next_business_day(received, due):
    assert due_at(received) == due


@given(DAYS)
def test_the_next_business_day_is_later_is_one_and_leaves_none_out(day):
    following = next_business_day(day)
    assert following > day
    assert is_business_day(following)
    between = (day + timedelta(days=1 + count) for count in range((following - day).days - 1))
    assert not any(is_business_day(one) for one in between)
    assert (following - day).days <= 5


@given(MOMENTS, MOMENTS)
def test_who_came_later_is_never_due_earlier(one, other):
    earlier, later = sorted((one, other))
    assert due_at(earlier) <= due_at(later)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)))
def test_the_bound_for_the_index_says_the_same_as_the_clock_of_each_fax(now, age):
    received = now - age
    assert (received < overdue_before(now)) == (due_at(received) < now)


@given(MOMENTS)
def test_a_working_day_later_is_the_same_hour_of_a_business_day(now):
    later = after_working_day(now)
    assert later > now
    assert is_business_day(program_day(later))


def test_a_time_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="without a zone"):
        due_at(datetime(2026, 11, 23, 9))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("now", "words"),
    [
        (at(2026, 11, 23, 10), "due tomorrow 17:00"),
        (at(2026, 11, 24, 9), "due today 17:00"),
        (at(2026, 11, 24, 13, 55), "3 h 05 m left"),
        (at(2026, 11, 24, 17), "0 m left"),
        (at(2026, 11, 24, 19, 10), "overdue 2 h 10 m"),
    ],
)
def test_the_clock_is_said_in_words(now, words):
    assert due_words(at(2026, 11, 23, 9), now) == words


def test_a_due_day_after_tomorrow_is_named_by_its_date():
    assert due_words(at(2026, 11, 25, 9), at(2026, 11, 25, 10)) == "due Fri 11/27 17:00"
