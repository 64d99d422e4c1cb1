"""R63–R71, condition by condition, over records made by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from registry.dispensing import (
    Authorization,
    Denial,
    DispenseCheck,
    DispenseHistory,
    RationaleRequest,
    check,
    check_rationale,
    dispensed_from,
    is_first_dispensing,
    is_outpatient,
    rationale_offered,
    rationales_used,
)
from registry.parties import Pharmacy, PharmacyKind
from registry.patients import Patient
from registry.vocabulary import MonitoringFrequency, TreatmentStatus
from tests.registry.histories_by_hand import at, on, patient

A_MOMENT = timedelta(microseconds=1)
CORNER = Pharmacy(
    "corner", PharmacyKind.OUTPATIENT, "CORNER", form_received_at=at(0), assessment_passed_at=at(0), certified_at=at(0)
)
CLINIC = replace(CORNER, npi="clinic", kind=PharmacyKind.INPATIENT)


def treated(**values: Any) -> Patient:
    """A patient in treatment who lacks nothing on day 40: dispensed on day 1, a form on day 20."""
    made: dict[str, Any] = {
        "latest_draw": on(39), "latest_anc": 1900.0, "last_form_at": at(20), "dispensed_from": at(1),
    }  # fmt: skip
    return patient(**{**made, **values})


def why(found: DispenseCheck | tuple[Any, ...]) -> list[tuple[str, str]]:
    """Rule and first words of each reason."""
    reasons = found.reasons if isinstance(found, DispenseCheck) else found
    return [(one.rule, " ".join(one.reason.split()[:4])) for one in reasons]


NO_FORM = ("R65", "No Patient Status Form")


def test_r64_r65_who_lacks_nothing_is_authorized() -> None:
    assert check(CORNER, treated(), at(40)) == DispenseCheck((), False)


def test_r64_nobody_enrolled_is_one_reason_beside_the_pharmacys() -> None:
    assert check(CORNER, None, at(40)).only_status_form is False
    assert why(check(CORNER, None, at(40))) == [("R64", "The patient is not")]
    assert why(check(None, None, at(40))) == [("R64", "The pharmacy is not"), ("R64", "The patient is not")]


def test_r64_r31_the_first_dispensing_asks_for_the_anc_of_the_enrollment_and_for_no_form() -> None:
    first = treated(dispensed_from=None, last_form_at=None)
    assert check(CORNER, first, at(40)) == DispenseCheck((), False)
    lacking = check(CORNER, replace(first, latest_anc=None, missing_labs="some"), at(40))
    assert (why(lacking), lacking.only_status_form) == ([("R64", "The acceptable ANC of")], False)


def test_r64_the_first_dispensing_is_over_a_moment_after_the_day_that_counts() -> None:
    assert is_first_dispensing(treated(dispensed_from=None), at(40))
    assert is_first_dispensing(treated(), at(1))
    assert not is_first_dispensing(treated(), at(1) + A_MOMENT)


def given(number: str, day: float, **values: Any) -> Authorization:
    made: dict[str, Any] = {"by_rationale": True, "outpatient": True}
    return Authorization(number, "corner", "P", at(day), **{**made, **values})


def test_r65_later_dispensings_count_from_the_first_report_or_a_week_after_the_first_authorization() -> None:
    assert dispensed_from([]) is None
    assert dispensed_from([given("a", 1), given("b", 3)]) == at(8)
    assert dispensed_from([given("a", 1), given("b", 3, dispensed_at=at(4))]) == at(4) - A_MOMENT
    assert dispensed_from([given("a", 1, dispensed_at=at(30))]) == at(8)
    assert dispensed_from([given("a", 1, reversed_at=at(2)), given("b", 3)]) == at(10)
    assert dispensed_from([given("a", 1, reversed_at=at(2))]) is None


def test_r70_a_year_counts_outpatient_rationales_that_were_not_taken_back() -> None:
    counted = [given("a", 1), given("b", 365, dispensed_at=at(366))]
    others = [given("c", 2, by_rationale=False), given("d", 2, outpatient=False), given("e", 2, reversed_at=at(3))]
    assert rationales_used(counted + others, at(365)) == 2
    assert rationales_used(counted, at(366) - A_MOMENT) == 2
    assert rationales_used(counted, at(366)) == 1
    assert rationales_used(counted, at(365) - A_MOMENT) == 2, "given by a request with a later clock"


def test_r62_r70_only_a_known_inpatient_pharmacy_is_free_of_the_limit() -> None:
    assert [is_outpatient(one) for one in (None, Pharmacy("x"), CORNER, CLINIC)] == [True, True, True, False]


def test_r67_r70_the_rationale_is_offered_for_the_form_alone_and_up_to_the_third() -> None:
    only, other = DispenseCheck((), True), DispenseCheck((), False)
    two, three = (DispenseHistory(tuple(given(str(one), one) for one in range(count))) for count in (2, 3))
    assert rationale_offered(only, CORNER, two, at(40))
    assert not rationale_offered(only, CORNER, three, at(40))
    assert rationale_offered(only, CLINIC, three, at(40))
    assert not rationale_offered(other, CLINIC, DispenseHistory(), at(40))


def test_r65_the_last_form_counts_37_days_from_its_program_day() -> None:
    assert why(check(CORNER, treated(last_form_at=at(3)), at(40))) == []
    late = check(CORNER, treated(last_form_at=at(2.4)), at(40))  # day 3 in UTC, day 2 US Eastern
    assert (why(late), late.only_status_form) == ([NO_FORM], True)
    assert str(on(2)) in late.reasons[0].reason
    assert check(CORNER, treated(last_form_at=at(3)), at(40.4)).reasons == ()
    none = check(CORNER, treated(last_form_at=None), at(40))
    assert (why(none), none.only_status_form) == ([NO_FORM], True)


def test_r67_a_missing_form_beside_anything_else_is_not_the_form_alone() -> None:
    late = treated(last_form_at=None, missing_labs=f"{on(1)} to {on(20)}")
    found = check(CORNER, late, at(40))
    assert (why(found), found.only_status_form) == ([("R65", "Required labs are missing"), NO_FORM], False)
    assert not check(None, treated(last_form_at=None), at(40)).only_status_form
    assert not check(CORNER, treated(), at(40)).only_status_form


def test_r65_missing_labs_an_open_low_anc_and_no_anc_are_reasons_of_their_own() -> None:
    labs = check(CORNER, treated(missing_labs="2023-11-02 to 2023-11-20"), at(40))
    assert (why(labs), "2023-11-02 to 2023-11-20" in labs.reasons[0].reason) == ([("R65", "Required labs are missing")], True)
    low = check(CORNER, treated(low_open=True, latest_anc=850.0), at(40))
    assert (why(low), f"850/µL drawn {on(39)}" in low.reasons[0].reason) == ([("R65", "The latest ANC, 850/µL")], True)
    assert why(check(CORNER, treated(latest_anc=None, latest_draw=None), at(40))) == [("R65", "No ANC is on")]


@pytest.mark.parametrize(
    ("status", "asks_for_a_rationale"), [(TreatmentStatus.INTERRUPTED, True), (TreatmentStatus.DISCONTINUED, False)]
)
def test_r41_a_status_that_stops_is_named_with_its_day(status: TreatmentStatus, asks_for_a_rationale: bool) -> None:
    found = check(CORNER, treated(treatment_status=status, status_since=on(30)), at(40))
    assert [one.rule for one in found.reasons] == ["R64"]
    text = found.reasons[0].reason
    assert (status.label in text, str(on(30)) in text, "Treatment Rationale" in text) == (True, True, asks_for_a_rationale)


@pytest.mark.parametrize(
    ("pharmacy", "rule", "words"),
    [
        (None, "R64", ["Enrollment Form", " and ", "Knowledge Assessment"]),
        (replace(CORNER, certified_at=None, assessment_passed_at=None), "R64", ["needed: the Knowledge Assessment"]),
        (replace(CORNER, certified_at=None, form_received_at=None, deactivated_at=at(3)), "R76", ["deactivated"]),
        (replace(CORNER, certified_at=at(-800)), "R76", ["decertified", "reconfirm"]),
    ],
)
def test_r60_r76_a_pharmacy_that_may_not_is_told_what_it_lacks(pharmacy: Pharmacy | None, rule: str, words: list[str]) -> None:
    found = check(pharmacy, treated(), at(40))
    assert [one.rule for one in found.reasons] == [rule]
    assert all(one in found.reasons[0].reason for one in words)


LATE = treated(last_form_at=at(1))
REQUEST = RationaleRequest("npi", on(39), 1900.0)
DENIED = DispenseHistory(denials=(Denial("d", "corner", "P", at(40), only_status_form=True),))


def rationale(request: RationaleRequest = REQUEST, who: Patient | None = LATE, pharmacy: Pharmacy | None = CORNER,
              past: DispenseHistory = DENIED, day: float = 40) -> list[tuple[str, str]]:  # fmt: skip
    return why(check_rationale(pharmacy, who, past, request, at(day)))


ASK_FIRST = ("R67", "A Dispense Rationale follows")


def test_r67_after_a_rejection_for_the_form_alone_the_rationale_is_taken() -> None:
    assert rationale() == []


def test_r67_a_rationale_that_is_not_needed_is_refused() -> None:
    assert rationale(who=treated()) == [("R67", "No Dispense Rationale is")]


@pytest.mark.parametrize(
    "denial",
    [
        Denial("d", "corner", "P", at(40), only_status_form=False),
        Denial("d", "another", "P", at(40), only_status_form=True),
        Denial("d", "corner", "P", at(1) - A_MOMENT, only_status_form=True),  # a form came since
    ],
)
def test_r67_the_rejection_must_be_of_this_pharmacy_for_the_form_alone_and_after_the_last_form(denial: Denial) -> None:
    assert rationale(past=DispenseHistory(denials=(denial,))) == [ASK_FIRST]
    assert rationale(past=DispenseHistory()) == [ASK_FIRST]
    assert rationale(past=DispenseHistory(denials=(denial, *DENIED.denials))) == []
    same_moment = Denial("d", "corner", "P", at(1), only_status_form=True)
    assert rationale(past=DispenseHistory(denials=(same_moment,))) == []


def test_r67_without_any_form_the_rejection_must_be_after_the_enrollment() -> None:
    formless = treated(last_form_at=None)
    before = Denial("d", "corner", "P", at(0) - A_MOMENT, only_status_form=True)
    assert rationale(who=formless) == []
    assert rationale(who=formless, past=DispenseHistory(denials=(before,))) == [ASK_FIRST]


def test_r67_every_other_condition_stands_in_the_way_of_a_rationale_and_the_form_does_not() -> None:
    low = replace(LATE, treatment_status=TreatmentStatus.INTERRUPTED, low_open=True, latest_anc=800.0)
    assert [rule for rule, _ in rationale(who=low)] == ["R64", "R65"]
    assert rationale(pharmacy=None, past=DispenseHistory()) == [("R64", "The pharmacy is not")]
    assert rationale(who=None) == [("R64", "The patient is not")]


def test_r69_npi_draw_date_and_anc_are_needed_and_each_is_named() -> None:
    assert [rule for rule, _ in rationale(RationaleRequest(None, None, None))] == ["R69", "R69", "R69"]
    assert rationale(replace(REQUEST, prescriber_npi=None)) == [("R69", "The prescriber's NPI is")]
    assert rationale(replace(REQUEST, draw_date=None)) == [("R69", "The draw date of")]
    assert rationale(replace(REQUEST, anc=None)) == [("R69", "The ANC per µL")]
    assert rationale(replace(REQUEST, anc_problem="it may be K/µL")) == [("R69", "it may be K/µL;")]


def test_r69_what_is_missing_is_named_also_of_a_patient_nobody_knows() -> None:
    nobody = rationale(RationaleRequest(None, date(2020, 1, 1), 100.0), who=None)
    assert nobody == [("R64", "The patient is not"), ("R69", "The prescriber's NPI is")]


def test_r68_the_anc_is_no_older_than_the_interval_and_its_tolerance() -> None:
    for frequency, days in ((MonitoringFrequency.WEEKLY, 9), (MonitoringFrequency.MONTHLY, 33)):
        who = replace(LATE, monitoring_frequency=frequency)
        assert rationale(replace(REQUEST, draw_date=on(40 - days)), who) == []
        stale = check_rationale(CORNER, who, DENIED, replace(REQUEST, draw_date=on(39 - days)), at(40))
        assert [one.rule for one in stale] == ["R68"]
        assert (frequency.label in stale[0].reason, str(on(39 - days)) in stale[0].reason) == (True, True)


def test_r68_a_draw_of_a_day_that_has_begun_elsewhere_is_current_and_a_later_one_is_not() -> None:
    evening = 40.4  # day 41 in UTC already
    assert rationale(replace(REQUEST, draw_date=on(41)), day=evening) == []
    assert rationale(replace(REQUEST, draw_date=on(42)), day=evening) == [("R68", "The ANC drawn 2023-12-13")]
    assert rationale(replace(REQUEST, draw_date=on(41))) == [("R68", "The ANC drawn 2023-12-12")]
    assert rationale(replace(REQUEST, draw_date=on(31)), day=evening) == []


def test_r68_the_anc_is_acceptable_to_continue_for_its_population() -> None:
    assert rationale(replace(REQUEST, anc=1000.0)) == []
    assert rationale(replace(REQUEST, anc=999.5)) == [("R68", "The ANC of 999.5/µL")]
    assert rationale(replace(REQUEST, anc=500.0), replace(LATE, ben=True)) == []


def test_r70_the_fourth_rationale_of_a_year_is_refused_and_says_how_many_are_used() -> None:
    used = tuple(given(str(one), one) for one in range(1, 4))
    past = replace(DENIED, authorizations=used)
    assert rationale(past=replace(past, authorizations=used[:2])) == []
    assert rationale(past=past) == [("R70", "3 of 3 Dispense")]
    assert rationale(past=replace(past, authorizations=(*used, given("4", 4)))) == [("R70", "4 of 3 Dispense")]
    assert rationale(pharmacy=replace(CLINIC, npi="corner"), past=past) == []
