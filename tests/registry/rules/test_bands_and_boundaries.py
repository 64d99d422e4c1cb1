"""The label's bands, the thresholds to start and to continue, and values that are never accepted silently."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from registry.anc import Finding, acceptable_to_continue, acceptable_to_start, finding
from registry.vocabulary import Population
from tests.registry.rules.played_registry import Registry, ancs, parts, row, rules

GENERAL, BEN = Population.GENERAL, Population.BEN
plausible = st.one_of(st.integers(100, 30_000).map(float), st.floats(100, 30_000))


@pytest.mark.parametrize(("population", "anc", "band"), [
    (GENERAL, 30_000, Finding.NORMAL), (GENERAL, 1500, Finding.NORMAL), (GENERAL, 1499.9, Finding.MILD),
    (GENERAL, 1499, Finding.MILD), (GENERAL, 1000, Finding.MILD), (GENERAL, 999.9, Finding.MODERATE),
    (GENERAL, 500, Finding.MODERATE), (GENERAL, 499.9, Finding.SEVERE), (GENERAL, 100, Finding.SEVERE),
    (BEN, 1000, Finding.NORMAL), (BEN, 999.9, Finding.BEN_LOW), (BEN, 500, Finding.BEN_LOW), (BEN, 499.9, Finding.BEN_SEVERE),
])  # fmt: skip
def test_a_band_begins_at_its_lower_border_unrounded(population: Population, anc: float, band: Finding) -> None:
    assert finding(anc, population) is band


@given(plausible)
@example(999.9999999)
@example(1000.0)
@example(499.9999999)
def test_the_threshold_to_continue_is_the_border_of_the_interrupting_bands(anc: float) -> None:
    assert acceptable_to_continue(anc, GENERAL) is (finding(anc, GENERAL) in (Finding.NORMAL, Finding.MILD)) is (anc >= 1000)
    assert acceptable_to_continue(anc, BEN) is (finding(anc, BEN) is not Finding.BEN_SEVERE) is (anc >= 500)


@given(plausible)
@example(1499.9999999)
@example(1500.0)
def test_acceptable_to_start_is_the_normal_band_and_always_acceptable_to_continue(anc: float) -> None:
    for population in Population:
        assert acceptable_to_start(anc, population) is (finding(anc, population) is Finding.NORMAL)
        assert acceptable_to_continue(anc, population) or not acceptable_to_start(anc, population)


@given(plausible, plausible)
@settings(max_examples=200, deadline=None)
def test_a_lower_anc_is_never_better(one: float, other: float) -> None:
    low, high = sorted((one, other))
    for population in Population:
        assert acceptable_to_continue(high, population) or not acceptable_to_continue(low, population)


@pytest.mark.parametrize("anc", [100, 101, 1850, "1850", "1,850", 29_999, 30_000])
def test_an_anc_per_microlitre_is_taken(maria: Registry, anc: Any) -> None:
    assert "labs.0" in parts(maria.status(7, **row(0, 7, anc)))


@pytest.mark.parametrize(
    "anc", [0, 1, 1.85, "1.85", 2, 50, 99, 99.9, 30_000.1, 30_001, 185_000, "45%", "1.85 K", "low", "-5", True]
)
@pytest.mark.parametrize("form", ["status", "lab"])
def test_a_value_whose_unit_is_in_doubt_is_neither_converted_nor_accepted(maria: Registry, form: str, anc: Any) -> None:
    answer = maria.status(7, **row(0, 7, anc)) if form == "status" else maria.lab(7, 7, anc)
    assert "labs.0.anc" in {part for part, _ in rules(answer)}
    assert ancs(maria.know()) == [2100]


def test_one_doubtful_row_costs_no_other_row(maria: Registry) -> None:
    answer = maria.status(14, **row(0, 7, 1.9), **row(1, 14, 1800))
    assert {part for part, _ in rules(answer)} == {"labs.0.anc"}
    assert ancs(maria.know()) == [2100, 1800]


def test_a_value_without_its_day_and_a_day_without_its_value_are_both_asked_for(maria: Registry) -> None:
    answer = maria.status(14, **{"labs.0.anc": 1900, "labs.1.draw_date": "2023-11-08"})
    assert {part for part, _ in rules(answer)} == {"labs.0.draw_date", "labs.1.anc"}
