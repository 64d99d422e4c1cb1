"""R27, R28, R65 and "Missing labs": gaps between draws, counted from the form before and at most 37 days back."""

from __future__ import annotations

import pytest

from tests.registry.rules.played_registry import BY_DON, ONLY_DESIGNEE, Registry, on, parts, told, why


def authorized(registry: Registry, day: int) -> bool:
    """Whether a dispense check is authorized that day."""
    return bool(registry.ask(day)["authorized"])


@pytest.mark.parametrize(("frequency", "widest"), [("weekly", 9), ("every_two_weeks", 16), ("monthly", 33)])
def test_r65_a_gap_wider_than_the_interval_and_two_days_of_tolerance_is_a_missing_lab(
    treated: Registry, frequency: str, widest: int
) -> None:
    treated.status(2, (0, 2000), monitoring_frequency=frequency)
    treated.dispense(2)
    treated.status(2 + widest, (widest, 1900), (2 + widest, 1900))
    assert authorized(treated, 2 + widest)
    late = 4 + 2 * widest
    treated.lab(late, 2 + 2 * widest + 1, 1900)
    answer = treated.status(late)
    assert ("missing_labs" in told(answer, "prescriber")) is True
    assert why(treated.ask(late)) == ["R65"]


@pytest.mark.parametrize(("second", "complete"), [(16, True), (17, False)])
def test_r65_weekly_draws_of_days_7_and_16_leave_no_gap_and_of_7_and_17_do(later: Registry, second: int, complete: bool) -> None:
    answer = later.status(20, (7, 1900), (second, 1900))
    assert ("missing_labs" not in told(answer)) is complete
    assert authorized(later, 20) is complete


@pytest.mark.parametrize(("received", "complete"), [(16, True), (17, False)])
def test_r65_the_days_from_the_last_draw_to_the_forms_receipt_are_a_gap_too(
    later: Registry, received: int, complete: bool
) -> None:
    later.status(received, (7, 1900))
    assert authorized(later, received) is complete


@pytest.mark.parametrize(("drawn", "complete"), [(16, True), (17, False)])
def test_r65_the_period_begins_at_the_last_status_form(later: Registry, drawn: int, complete: bool) -> None:
    later.status(7, (7, 1900))
    later.status(20, (drawn, 1900))
    assert authorized(later, 20) is complete


def test_r65_a_gap_more_than_37_days_back_is_not_looked_for(later: Registry) -> None:
    draws = [(day, 1900) for day in (63, 70, 77, 84, 91, 98)]  # none from day 0 to day 62
    answer = later.status(100, *draws)
    assert "missing_labs" not in told(answer)
    assert authorized(later, 100)


def test_r65_one_signature_of_the_prescriber_authorizes_all_missing_labs(later: Registry) -> None:
    answer = later.status(37, (20, 1900), missing_labs_authorized=True, missing_labs_reason="no transport")
    assert "missing_labs_authorized" in parts(answer)
    assert authorized(later, 37)


@pytest.mark.parametrize("signed", [ONLY_DESIGNEE, {"prescriber": "unsure", "designee": "present"}])
def test_r28_missing_labs_are_not_authorized_without_the_prescribers_own_signature(
    later: Registry, signed: dict[str, str]
) -> None:
    answer = later.status(37, (20, 1900), signed=signed, missing_labs_authorized=True, **BY_DON)
    assert {"labs.0", "status_form"} <= parts(answer)
    assert why(later.ask(37)) == ["R65"]


def test_r65_an_authorization_holds_for_its_own_form_and_not_the_next(later: Registry) -> None:
    later.status(20, (7, 1900), missing_labs_authorized=True)
    assert authorized(later, 20)
    later.status(40)
    assert not authorized(later, 40)


def test_r65_a_draw_that_arrives_late_fills_its_gap(later: Registry) -> None:
    later.status(20, (7, 1900), (20, 1900))
    assert not authorized(later, 20)
    later.lab(21, 14, 1900)
    assert authorized(later, 21)


def test_r65_other_frequencies_miss_no_lab(later: Registry) -> None:
    later.status(36, monitoring_frequency="other")
    assert authorized(later, 36)


def test_r65_hospice_at_six_months_misses_no_lab_of_a_month(later: Registry) -> None:
    later.status(36, hospice=True, monitoring_frequency="every_six_months")
    assert authorized(later, 36)


def test_r07_a_frequency_changed_on_the_form_does_not_judge_the_draws_before_it(later: Registry) -> None:
    later.status(7, (7, 1900), monitoring_frequency="monthly")
    later.status(36, (36, 1900), monitoring_frequency="weekly")
    assert authorized(later, 36)


def test_r65_missing_labs_are_told_with_the_form_and_not_held_against_its_ancs(later: Registry) -> None:
    answer = later.status(20, (7, 1900))
    assert {"labs.0", "status_form"} <= parts(answer)
    assert {"draw_date": on(7), "anc": 1900} in later.know()["labs"]
