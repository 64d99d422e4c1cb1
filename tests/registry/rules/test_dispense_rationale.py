"""R67–R71: the pharmacist's exception when nothing but the status form is missing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.registry.rules.played_registry import Registry, ancs, on, why
from tests.registry.world import CLINIC, CORNER


@pytest.fixture
def rejected(later: Registry) -> Registry:
    """Corner Drugs was denied on day 8 for want of a current status form."""
    assert why(later.ask(8)) == ["R65"]
    return later


def monitored(registry: Registry, frequency: str) -> int:
    """A status form with that frequency on day 7 that is too old on the day given back, when Corner Drugs is denied."""
    registry.status(7, (7, 1900), monitoring_frequency=frequency)
    registry.ask(45)
    return 45


def test_r67_it_is_offered_after_a_rejection_for_want_of_a_status_form_alone(later: Registry) -> None:
    assert later.ask(8)["dispense_rationale_offered"] is True


def test_r67_it_is_not_offered_where_anything_else_fails_too(later: Registry) -> None:
    later.lab(7, 7, 900)
    assert later.ask(8)["dispense_rationale_offered"] is False
    assert later.rationale(8, 8)["authorized"] is False


def test_r67_it_is_not_offered_where_nothing_fails(treated: Registry) -> None:
    assert treated.ask(1)["dispense_rationale_offered"] is False


def test_r67_without_a_rejection_before_there_is_none(later: Registry) -> None:
    refused = later.rationale(8, 7)
    assert (refused["authorized"], why(refused)) == (False, ["R67"])
    later.ask(8)
    assert later.rationale(8, 7)["authorized"] is True


def test_r67_a_rejection_before_the_last_status_form_is_past(rejected: Registry) -> None:
    rejected.status(9, (9, 1900), monitoring_frequency="other")
    assert why(rejected.rationale(50, 49)) == ["R67"]


def test_r67_an_uncertified_pharmacy_is_not_rejected_for_the_status_form(later: Registry) -> None:
    answer = later.ask(8, CLINIC)
    assert answer["dispense_rationale_offered"] is False
    assert later.rationale(8, 7, pharmacy=CLINIC)["authorized"] is False


@pytest.mark.parametrize("status", ["interrupted", "discontinued"])
def test_r68_the_patient_must_be_enrolled(rejected: Registry, status: str) -> None:
    rejected.status(9, (9, 1900), treatment_status=status, monitoring_frequency="other")
    rejected.ask(47)
    assert rejected.rationale(47, 46)["authorized"] is False


@pytest.mark.parametrize(("anc", "accepted"), [(1000, True), (999.9, False), (999, False), (499, False)])
def test_r68_the_anc_must_be_acceptable(rejected: Registry, anc: float, accepted: bool) -> None:
    answer = rejected.rationale(8, 7, anc)
    assert (answer["authorized"], why(answer)) == (accepted, [] if accepted else ["R68"])


@pytest.mark.parametrize(("anc", "accepted"), [(500, True), (499.9, False)])
def test_r68_under_ben_500_is_acceptable(later: Registry, anc: float, accepted: bool) -> None:
    later.status(7, (7, 1900), ben=True, monitoring_frequency="other")
    later.ask(45)
    assert later.rationale(45, 44, anc)["authorized"] is accepted


@pytest.mark.parametrize(("frequency", "oldest"), [("weekly", 9), ("every_two_weeks", 16), ("monthly", 33)])
def test_r68_the_anc_is_current_up_to_the_interval_and_its_tolerance(later: Registry, frequency: str, oldest: int) -> None:
    asked = monitored(later, frequency)
    refused = later.rationale(asked, asked - oldest - 1)
    assert (refused["authorized"], why(refused)) == (False, ["R68"])
    assert later.rationale(asked, asked - oldest)["authorized"] is True


def test_r68_an_anc_of_the_future_is_not_current(rejected: Registry) -> None:
    refused = rejected.rationale(8, 9)
    assert (refused["authorized"], why(refused)) == (False, ["R68"])


def test_r68_an_anc_drawn_today_is_current(rejected: Registry) -> None:
    assert rejected.rationale(8, 8)["authorized"] is True


@pytest.mark.parametrize(("what", "value"), [
    ("prescriber_npi", None), ("prescriber_npi", "1234567890"), ("draw_date", None), ("draw_date", "11/07/2023"),
    ("anc", None), ("anc", "much"), ("anc", 1.9), ("anc", 19), ("anc", 0), ("anc", 30_001), ("anc", "45%"),
])  # fmt: skip
def test_r69_prescriber_draw_date_and_value_must_be_given_and_possible(rejected: Registry, what: str, value: Any) -> None:
    given = {"prescriber_npi": "1234567893", "draw_date": on(7), "anc": 1900, what: value}
    answer = rejected.rationale(8, given["draw_date"], given["anc"], prescriber=given["prescriber_npi"])
    assert (answer["authorized"], why(answer)) == (False, ["R69"])


def test_r69_each_missing_item_is_named(rejected: Registry) -> None:
    assert why(rejected.rationale(8, None, None, prescriber=None)) == ["R69", "R69", "R69"]


def use(registry: Registry, day: float, pharmacy: str = CORNER) -> dict[str, Any]:
    """A rejection and the Dispense Rationale after it."""
    registry.ask(day, pharmacy)
    return registry.rationale(day, int(day), pharmacy=pharmacy)


def test_r70_the_fourth_of_an_outpatient_is_refused_and_not_offered(later: Registry) -> None:
    later.pharmacy(2, pharmacy_npi=CLINIC, ar_email="clinic@example.org")
    given = [use(later, 8), use(later, 9, CLINIC), use(later, 10)]
    assert [(one["authorized"], one["used_this_year"]) for one in given] == [(True, 1), (True, 2), (True, 3)]
    assert later.ask(11, CLINIC)["dispense_rationale_offered"] is False
    fourth = later.rationale(11, 11, pharmacy=CLINIC)
    assert (fourth["authorized"], why(fourth), fourth["used_this_year"]) == (False, ["R70"], 3)


def test_r70_the_year_is_365_days_and_rolls(later: Registry) -> None:
    for day in (8, 9, 10):
        assert use(later, day)["authorized"] is True
    assert use(later, 8 + 364)["authorized"] is False
    assert use(later, 8 + 365)["authorized"] is True, "the first left the window"
    assert use(later, 8 + 365)["authorized"] is False, "the other two are still in it"
    assert use(later, 9 + 365)["authorized"] is True


def test_r70_a_refused_one_uses_nothing_up(later: Registry) -> None:
    later.ask(8)
    for _ in range(5):
        assert later.rationale(8, 8, 999)["authorized"] is False
    assert later.rationale(8, 8)["used_this_year"] == 1


def test_r70_inpatients_have_no_limit_and_use_up_nothing(later: Registry) -> None:
    later.pharmacy(2, form="inpatient_pharmacy", pharmacy_npi=CLINIC, ar_email="clinic@example.org")
    assert [use(later, day, CLINIC)["authorized"] for day in (8, 9, 10, 11, 12)] == [True] * 5
    assert use(later, 13)["used_this_year"] == 1


@pytest.mark.parametrize(("channel", "accepted"), [("web", True), ("phone", True), ("fax", False)])
def test_r71_it_is_given_on_the_web_or_by_phone_and_not_by_fax(rejected: Registry, channel: str, accepted: bool) -> None:
    answer = rejected.rationale(8, 7, channel=channel)
    assert (answer["authorized"], why(answer)) == (accepted, [] if accepted else ["R71"])


def test_r71_only_a_certified_pharmacy_gives_it(rejected: Registry) -> None:
    rejected.line(8, deactivate={"pharmacy_npi": CORNER})
    assert rejected.rationale(8, 7)["authorized"] is False


def test_r68_the_anc_of_an_accepted_one_joins_the_history_and_the_next_low_one_interrupts(rejected: Registry) -> None:
    rejected.rationale(8, 7, 1900)
    assert ancs(rejected.know()) == [2100, 1900]
    rejected.lab(9, 9, 900)
    assert rejected.treatment() == "interrupted"
