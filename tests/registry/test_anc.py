"""The ANC's bands, thresholds and order: the lines that decide whether a patient gets medicine."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.anc import (
    Finding,
    acceptable_to_continue,
    acceptable_to_start,
    finding,
    implausible,
    impossible_draw,
    is_on_file,
    latest,
    more_current,
    number,
)
from registry.patients import AncResult
from registry.vocabulary import Population

GENERAL, BEN = Population.GENERAL, Population.BEN


def result(day: int, anc: float, name: str = "") -> AncResult:
    drawn = date(2023, 1, 1) + timedelta(days=day)
    return AncResult(name or f"{day}/{anc}", "p", drawn, anc, datetime(2023, 12, 1, tzinfo=UTC), "patient_status", "s")


@pytest.mark.parametrize(
    ("anc", "population", "band"),
    [
        (1500, GENERAL, Finding.NORMAL), (1499.9, GENERAL, Finding.MILD), (1000, GENERAL, Finding.MILD),
        (999.9, GENERAL, Finding.MODERATE), (500, GENERAL, Finding.MODERATE), (499.9, GENERAL, Finding.SEVERE),
        (1000, BEN, Finding.NORMAL), (999.9, BEN, Finding.BEN_LOW), (500, BEN, Finding.BEN_LOW), (499.9, BEN, Finding.BEN_SEVERE),
    ],
)  # fmt: skip
def test_r36_each_band_begins_at_its_unrounded_value(anc: float, population: Population, band: Finding) -> None:
    assert finding(anc, population) is band


@pytest.mark.parametrize(("population", "start", "go_on"), [(GENERAL, 1500, 1000), (BEN, 1000, 500)])
def test_r31_r39_r40_the_thresholds_to_start_and_to_continue(population: Population, start: float, go_on: float) -> None:
    assert acceptable_to_start(start, population)
    assert not acceptable_to_start(start - 0.1, population)
    assert acceptable_to_continue(go_on, population)
    assert not acceptable_to_continue(go_on - 0.1, population)


results = st.lists(st.builds(result, st.integers(0, 20), st.sampled_from([300.0, 800.0, 1200.0, 1900.0])), max_size=12)


@given(results, st.randoms(use_true_random=False))
def test_the_latest_result_is_the_same_in_whatever_order_results_arrived(found: list[AncResult], chance) -> None:
    shuffled = found.copy()
    chance.shuffle(shuffled)
    assert latest(shuffled) == latest(found)


@given(results.filter(bool))
def test_the_latest_result_is_of_the_last_day_and_the_lowest_of_it(found: list[AncResult]) -> None:
    newest = latest(found)
    assert newest is not None
    assert newest.draw_date == max(one.draw_date for one in found)
    assert newest.anc == min(one.anc for one in found if one.draw_date == newest.draw_date)


def test_the_more_current_of_two_is_of_the_later_day_and_of_one_day_the_lower() -> None:
    early, late, lower = result(3, 900), result(4, 1900), result(4, 1200)
    assert more_current(None, early) == early
    for one, other, current in ((early, late, late), (late, lower, lower), (early, lower, lower)):
        assert more_current(one, other) == more_current(other, one) == latest([one, other]) == current


def test_the_same_result_again_changes_nothing() -> None:
    first, again = result(3, 900, "a"), replace(result(3, 900, "a"), submission_id="again")
    assert more_current(first, again) is first


def test_there_is_no_latest_of_nothing() -> None:
    assert latest([]) is None


def test_a_result_is_on_file_only_with_the_same_day_and_value() -> None:
    found = [result(3, 1900)]
    assert is_on_file(found, result(3, 1900).draw_date, 1900)
    assert not is_on_file(found, result(4, 1900).draw_date, 1900)
    assert not is_on_file(found, result(3, 1900).draw_date, 1901)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1850, 1850.0), (999.5, 999.5), ("1850", 1850.0), ("1,850", 1850.0), (" 12,345.5 ", 12345.5), ("1.85 K", None),
     ("55%", None), ("18,50", None), ("", None), (None, None), (True, None), ("1e3", None), ("-5", None)],
)  # fmt: skip
def test_only_plain_numbers_are_numbers(value, expected: float | None) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("anc", [0, 0.5, 1.85, 1, 18, 99, 99.9, 30000.1, 31000])
def test_values_of_doubtful_unit_are_never_taken_silently(anc: float) -> None:
    assert implausible(anc) is not None


@pytest.mark.parametrize("anc", [100, 499, 1850, 30000])
def test_plausible_values_pass(anc: float) -> None:
    assert implausible(anc) is None


def test_a_draw_is_neither_of_the_future_nor_older_than_the_span() -> None:
    received = date(2023, 11, 6)
    assert impossible_draw(received, received) is None
    assert impossible_draw(received + timedelta(days=1), received) is not None
    assert impossible_draw(received - timedelta(days=365), received) is None
    assert impossible_draw(received - timedelta(days=366), received) is not None


@pytest.mark.parametrize(("value", "expected"), [
    (float("nan"), None), (float("inf"), None), ("1234,567", None), ("1,234,567", 1234567.0), ("1,23", None),
    ("1850.", None), (".5", None), ("1850 ", 1850.0), ("1 850", None), ("12", 12.0), (False, None), (0, 0.0),
])  # fmt: skip
def test_a_number_is_finite_and_written_as_people_write_it(value, expected: float | None) -> None:
    assert number(value) == expected


def test_of_two_like_results_of_one_day_the_first_by_name_is_the_latest() -> None:
    assert latest([result(3, 900, "b"), result(3, 900, "a")]) == result(3, 900, "a")


@pytest.mark.parametrize(("anc", "word"), [(0, "0"), (1, "1"), (99.9, "99.9"), (30_000.5, "30000.5")])
def test_a_doubtful_value_is_named_as_it_was_written(anc: float, word: str) -> None:
    assert word in (implausible(anc) or "")


def test_an_impossible_draw_is_named_with_both_days_or_the_span() -> None:
    received = date(2023, 11, 6)
    assert "2023-11-07" in (impossible_draw(date(2023, 11, 7), received) or "")
    assert "365" in (impossible_draw(date(2022, 11, 1), received) or "")
