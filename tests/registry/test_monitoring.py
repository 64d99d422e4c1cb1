"""Counting days: missing labs and the 37 days of a status form."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from registry.moments import program_day
from registry.monitoring import Gap, is_current, missing_labs, period_start, status_form_is_current, wider
from registry.vocabulary import MonitoringFrequency as Frequency

START = date(2023, 11, 1)


def days(*numbers: int) -> list[date]:
    return [START + timedelta(days=number) for number in numbers]


@pytest.mark.parametrize(
    ("frequency", "allowed"), [(Frequency.WEEKLY, 9), (Frequency.EVERY_TWO_WEEKS, 16), (Frequency.MONTHLY, 33)]
)
def test_a_gap_is_missing_one_day_after_interval_and_tolerance(frequency: Frequency, allowed: int) -> None:
    assert missing_labs(days(0, allowed), frequency, START, START + timedelta(days=allowed)) == ()
    late = missing_labs(days(0, allowed + 1), frequency, START, START + timedelta(days=allowed + 1))
    assert late == (Gap(START, START + timedelta(days=allowed + 1)),)


def test_days_without_a_draw_up_to_the_form_are_a_gap_too() -> None:
    assert missing_labs(days(0, 7), Frequency.WEEKLY, START, START + timedelta(days=17)) == (Gap(*days(7, 17)),)


def test_the_last_draw_before_the_period_opens_it() -> None:
    assert missing_labs(days(-4, 6), Frequency.WEEKLY, START, START + timedelta(days=8)) == (Gap(*days(-4, 6)),)


def test_a_gap_that_belonged_to_the_form_before_is_not_counted_again() -> None:
    assert missing_labs(days(-30, 6), Frequency.WEEKLY, START, START + timedelta(days=8)) == ()


def test_a_frequency_of_the_prescribers_own_misses_nothing() -> None:
    assert missing_labs([], Frequency.OTHER, START, START + timedelta(days=37)) == ()


def test_a_draw_of_the_first_or_last_day_counts_for_the_period() -> None:
    assert missing_labs(days(-5, 0, 9), Frequency.WEEKLY, START, START + timedelta(days=9)) == ()
    assert missing_labs(days(-5, 0), Frequency.WEEKLY, START, START + timedelta(days=10)) == (Gap(*days(0, 10)),)


def test_the_draw_before_the_period_opens_it_up_to_the_interval_and_its_tolerance() -> None:
    assert missing_labs(days(-9), Frequency.WEEKLY, START, START + timedelta(days=1)) == (Gap(*days(-9, 1)),)
    assert missing_labs(days(-10), Frequency.WEEKLY, START, START + timedelta(days=1)) == ()


def test_a_draw_of_the_day_of_the_form_ends_the_gap_once() -> None:
    assert missing_labs(days(0, 10), Frequency.WEEKLY, START, START + timedelta(days=10)) == (Gap(*days(0, 10)),)


@pytest.mark.parametrize(
    ("one", "other", "found"),
    [
        (Frequency.WEEKLY, Frequency.MONTHLY, Frequency.MONTHLY),
        (Frequency.MONTHLY, Frequency.EVERY_TWO_WEEKS, Frequency.MONTHLY),
        (Frequency.EVERY_SIX_MONTHS, Frequency.MONTHLY, Frequency.EVERY_SIX_MONTHS),
        (Frequency.OTHER, Frequency.EVERY_SIX_MONTHS, Frequency.OTHER), (Frequency.WEEKLY, Frequency.OTHER, Frequency.OTHER),
    ],
)  # fmt: skip
def test_the_wider_of_two_frequencies_asks_for_fewer_draws_and_other_for_none(
    one: Frequency, other: Frequency, found: Frequency
) -> None:
    assert wider(one, other) is wider(other, one) is found


def test_r68_an_anc_of_today_is_current() -> None:
    assert is_current(START, Frequency.WEEKLY, START)


def test_draws_after_the_period_fill_nothing() -> None:
    assert missing_labs(days(0, 40), Frequency.WEEKLY, START, START + timedelta(days=12)) == (Gap(*days(0, 12)),)


def test_the_period_begins_with_the_last_form_or_the_enrollment_and_is_at_most_37_days() -> None:
    enrolled = START
    assert period_start(START + timedelta(days=20), None, enrolled) == START
    assert period_start(START + timedelta(days=20), START + timedelta(days=5), enrolled) == START + timedelta(days=5)
    assert period_start(START + timedelta(days=100), None, enrolled) == START + timedelta(days=63)


def test_r65_days_0_to_37_after_receipt_count() -> None:
    assert status_form_is_current(START, START)
    assert status_form_is_current(START, START + timedelta(days=37))
    assert not status_form_is_current(START, START + timedelta(days=38))
    assert not status_form_is_current(START, START - timedelta(days=1))


def test_r68_an_anc_is_current_for_one_interval_and_its_tolerance() -> None:
    assert is_current(START, Frequency.WEEKLY, START + timedelta(days=9))
    assert not is_current(START, Frequency.WEEKLY, START + timedelta(days=10))
    assert not is_current(START, Frequency.WEEKLY, START - timedelta(days=1))
    assert is_current(START, Frequency.OTHER, START + timedelta(days=33))
    assert not is_current(START, Frequency.OTHER, START + timedelta(days=34))


def test_the_programs_day_is_us_eastern_in_summer_and_winter() -> None:
    assert program_day(datetime(2023, 11, 7, 4, 59, tzinfo=UTC)) == date(2023, 11, 6)
    assert program_day(datetime(2023, 11, 7, 5, 0, tzinfo=UTC)) == date(2023, 11, 7)
    assert program_day(datetime(2023, 7, 7, 4, 0, tzinfo=UTC)) == date(2023, 7, 7)


def test_a_time_without_a_zone_has_no_program_day() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        program_day(datetime(2023, 11, 7))  # noqa: DTZ001
