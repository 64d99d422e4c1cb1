"""What the label asks for: how often, and by when the next draw."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from registry.course import Turn
from registry.label_monitoring import advice
from registry.patients import AncResult, Patient
from registry.vocabulary import MonitoringFrequency, TreatmentStatus

START = date(2023, 1, 31)
MOMENT = datetime(2023, 1, 31, 15, tzinfo=UTC)
MARIA = Patient(
    "p", 0, "MARIA", None, "GARCIA", date(1980, 2, 3), None, None, None, None, "npi", ben=False, hospice=False,
    monitoring_frequency=MonitoringFrequency.WEEKLY, new_to_clozapine=True, start_date=START, enrolled_at=MOMENT,
    treatment_status=TreatmentStatus.ENROLLED, status_since=START,
)  # fmt: skip
BEN = replace(MARIA, ben=True)


def asked(
    patient: Patient, *draws: tuple[int, float], on: int | None = None, turns: tuple[Turn, ...] = ()
) -> tuple[str, str | None]:
    """The label's words, and the day of the next draw, with draws so many days after the start."""
    results = [AncResult(str(n), "p", START + timedelta(n), anc, MOMENT, "", "s") for n, anc in draws]
    today = START + timedelta(draws[-1][0] if on is None else on)
    found = advice(patient, results, turns, today)
    return found.words, found.next_draw_by.isoformat() if found.next_draw_by else None


@pytest.mark.parametrize(
    ("on", "words"), [(0, "weekly"), (180, "weekly"), (181, "every 2 weeks"), (364, "every 2 weeks"), (365, "monthly")]
)
def test_weekly_to_month_6_every_2_weeks_to_month_12_monthly_after(on: int, words: str) -> None:
    """Six months after 31 January is 31 July, day 181; twelve are day 365."""
    assert asked(MARIA, (on, 1900))[0] == words


@pytest.mark.parametrize(
    ("patient", "anc", "words"),
    [
        (MARIA, 1500, "weekly"), (MARIA, 1499.9, "three times a week"), (MARIA, 1000, "three times a week"),
        (MARIA, 999.9, "daily"), (MARIA, 400, "daily"),
        (BEN, 1000, "weekly"), (BEN, 999.9, "three times a week"), (BEN, 500, "three times a week"), (BEN, 499.9, "daily"),
    ],
)  # fmt: skip
def test_a_low_anc_is_drawn_again_as_its_band_says(patient: Patient, anc: float, words: str) -> None:
    assert asked(patient, (1, anc))[0] == words


def test_after_a_moderate_one_recovery_is_followed_weekly_for_four_weeks_then_the_last_interval() -> None:
    draws = ((400, 800.0), (402, 1200.0), (404, 1600.0))
    assert asked(MARIA, *draws, on=404)[0] == "weekly"
    assert asked(MARIA, *draws, on=404 + 27)[0] == "weekly"
    assert asked(MARIA, *draws, on=404 + 28)[0] == "monthly"


def test_after_a_mild_one_the_last_interval_holds_at_once() -> None:
    assert asked(MARIA, (400, 1200), (402, 1600))[0] == "monthly"


def test_the_four_weeks_begin_again_with_another_low_one() -> None:
    draws = ((400, 800.0), (404, 1600.0), (410, 900.0), (420, 1700.0))
    assert asked(MARIA, *draws, on=447)[0] == "weekly"
    assert asked(MARIA, *draws, on=448)[0] == "monthly"


def test_of_two_values_of_a_day_the_lower_one_sets_the_interval() -> None:
    assert asked(MARIA, (1, 1900), (1, 1100))[0] == "three times a week"


def test_the_next_draw_is_due_an_interval_after_the_last() -> None:
    assert asked(MARIA, (0, 1900)) == ("weekly", "2023-02-07")
    assert asked(MARIA, (0, 800)) == ("daily", "2023-02-01")
    assert asked(replace(MARIA, hospice=True), (0, 1900)) == ("every 6 months", "2023-08-03")


def test_without_any_anc_there_is_no_day_to_count_from_and_later_draws_are_not_looked_at() -> None:
    assert asked(MARIA, (5, 800), on=4) == ("weekly", None)


def turn(number: int, before: TreatmentStatus, after: TreatmentStatus) -> Turn:
    return Turn("s", MOMENT, before, after, START + timedelta(number), "")


@pytest.mark.parametrize(("days", "words"), [(29, "monthly"), (30, "weekly")])
def test_interrupted_for_30_days_or_more_the_ladder_begins_anew(days: int, words: str) -> None:
    enrolled, interrupted = TreatmentStatus.ENROLLED, TreatmentStatus.INTERRUPTED
    turns = (turn(400, enrolled, interrupted), turn(400 + days, interrupted, enrolled))
    assert asked(MARIA, (400 + days, 1900), turns=turns)[0] == words


def test_where_the_forms_do_not_say_the_start_the_first_anc_on_file_is_it() -> None:
    unknown = replace(MARIA, start_date=None)
    assert asked(unknown, (300, 1900), (400, 1900))[0] == "weekly"


def test_the_interval_stands_beside_its_words_and_its_reason() -> None:
    def of(*ancs: float) -> tuple[timedelta, bool]:
        results = [AncResult(str(anc), "p", START, anc, MOMENT, "", "s") for anc in ancs]
        found = advice(MARIA, results, (), START)
        return found.interval, bool(found.why)

    assert of() == (timedelta(days=7), True)
    assert of(1900) == (timedelta(days=7), True)
    assert of(1200) == (timedelta(days=2), True)
    assert of(900) == (timedelta(days=1), True)


def test_of_two_values_of_a_day_the_lower_one_counts_in_either_order() -> None:
    assert asked(MARIA, (1, 1100), (1, 1900))[0] == "three times a week"


def test_under_ben_recovery_is_measured_by_its_own_band() -> None:
    draws = ((400, 600.0), (402, 1200.0))
    assert asked(BEN, *draws, on=402 + 27)[0] == "weekly"
    assert asked(BEN, *draws, on=402 + 28)[0] == "monthly"


def test_the_four_weeks_run_from_the_first_normal_draw_and_not_from_those_after_it() -> None:
    draws = ((400, 800.0), (404, 1600.0), (411, 1700.0), (418, 1800.0))
    assert asked(MARIA, *draws, on=404 + 27)[0] == "weekly"
    assert asked(MARIA, *draws, on=404 + 28)[0] == "monthly"


def test_1000_is_not_low_enough_for_the_four_weeks_and_999_is() -> None:
    assert asked(MARIA, (400, 1000), (402, 1600))[0] == "monthly"
    assert asked(MARIA, (400, 999.9), (402, 1600))[0] == "weekly"


def test_the_ladder_counts_from_the_first_anc_and_not_from_a_later_one() -> None:
    assert asked(replace(MARIA, start_date=None), (0, 1900), (400, 1900))[0] == "monthly"


def test_only_interrupted_that_ended_in_enrolled_begins_the_ladder_anew() -> None:
    enrolled, interrupted, discontinued = TreatmentStatus
    for first, then in ((discontinued, enrolled), (interrupted, discontinued)):
        turns = (turn(300, enrolled, first), turn(400, first, then))
        assert asked(MARIA, (400, 1900), turns=turns)[0] == "monthly"
