"""R10, R12, R73–R76: the pure rules of certification, moment by moment."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from registry.certification import (
    PHARMACY_ASSESSMENT,
    PHARMACY_FORM,
    PRESCRIBER_ASSESSMENT,
    PRESCRIBER_FORM,
    Standing,
    after_lapse,
    deactivated,
    is_certified,
    pharmacy_missing,
    pharmacy_standing,
    prescriber_missing,
    reconfirm_by,
    spent_by_new_ar,
    with_pharmacy_certification,
    with_prescriber_certification,
)
from registry.parties import Assessment, Pharmacy, Prescriber

T1 = datetime(2023, 11, 1, 15, tzinfo=UTC)
T2, T3 = T1 + timedelta(days=1), T1 + timedelta(days=2)
MINUTE = timedelta(minutes=1)
KNOWN = Pharmacy("1012345678", ar_first_name="Ray", ar_last_name="Hill", form_received_at=T1)
CERTIFIED = replace(KNOWN, assessment_passed_at=T1, certified_at=T1)


def taken(at: datetime, respondent: str = "RAY HILL", passed: bool = True) -> Assessment:
    return Assessment(f"{at}/{respondent}", "pharmacy_knowledge", KNOWN.npi, respondent, 9, 10, passed, "v1", at)


@pytest.mark.parametrize(("form", "passed", "missing"), [
    (None, None, (PRESCRIBER_FORM, PRESCRIBER_ASSESSMENT)), (T1, None, (PRESCRIBER_ASSESSMENT,)), (None, T1, (PRESCRIBER_FORM,)),
    (T1, T2, ()),
])  # fmt: skip
def test_r12_what_a_prescriber_lacks(form: datetime | None, passed: datetime | None, missing: tuple[str, ...]) -> None:
    prescriber = Prescriber("1234567893", form_received_at=form, assessment_passed_at=passed)
    assert prescriber_missing(prescriber) == missing
    certified = with_prescriber_certification(prescriber)
    assert is_certified(certified) is (missing == ())
    assert certified.certified_at == (T2 if missing == () else None)


def test_r12_who_is_unknown_lacks_both_and_is_not_certified() -> None:
    assert prescriber_missing(None) == (PRESCRIBER_FORM, PRESCRIBER_ASSESSMENT)
    assert pharmacy_missing(None) == (PHARMACY_FORM, PHARMACY_ASSESSMENT)
    assert is_certified(None) is False
    assert pharmacy_standing(None, T1) is Standing.UNKNOWN


@pytest.mark.parametrize(("form", "passed", "moment"), [(T1, T2, T2), (T2, T1, T2)])
def test_r12_certification_begins_with_the_later_half_and_is_never_moved(
    form: datetime, passed: datetime, moment: datetime
) -> None:
    certified = with_prescriber_certification(Prescriber("1234567893", form_received_at=form, assessment_passed_at=passed))
    assert certified.certified_at == moment
    assert with_prescriber_certification(replace(certified, assessment_passed_at=T3)).certified_at == moment


@pytest.mark.parametrize(("form", "passed", "missing"), [
    (None, None, (PHARMACY_FORM, PHARMACY_ASSESSMENT)), (T1, None, (PHARMACY_ASSESSMENT,)), (None, T1, (PHARMACY_FORM,)),
    (T1, T1, ()),
])  # fmt: skip
def test_r73_what_a_pharmacy_lacks(form: datetime | None, passed: datetime | None, missing: tuple[str, ...]) -> None:
    assert pharmacy_missing(replace(KNOWN, form_received_at=form, assessment_passed_at=passed)) == missing


def test_r73_the_present_representatives_passed_assessment_certifies() -> None:
    certified = with_pharmacy_certification(KNOWN, [taken(T2)])
    assert (certified.assessment_passed_at, certified.certified_at) == (T2, T2)
    early = with_pharmacy_certification(replace(KNOWN, form_received_at=T3), [taken(T2)])
    assert early.certified_at == T3


def test_r73_of_several_passed_the_last_is_kept() -> None:
    assert with_pharmacy_certification(KNOWN, [taken(T3), taken(T2)]).assessment_passed_at == T3


@pytest.mark.parametrize("assessments", [[], [taken(T2, "TIM COLE")], [taken(T2, passed=False)]])
def test_r73_nothing_anothers_or_a_failed_one_certifies_nobody(assessments: list[Assessment]) -> None:
    pending = with_pharmacy_certification(KNOWN, assessments)
    assert (pending.assessment_passed_at, pending.certified_at) == (None, None)


def test_r73_without_a_named_representative_no_assessment_counts() -> None:
    unnamed = Pharmacy("1012345678", form_received_at=T1)
    assert with_pharmacy_certification(unnamed, [taken(T2, "")]).certified_at is None


def test_r73_an_assessment_without_a_form_is_kept_and_certifies_nobody() -> None:
    pending = with_pharmacy_certification(replace(KNOWN, form_received_at=None, reconfirmed_at=T1, certified_at=T1), [taken(T2)])
    assert (pending.assessment_passed_at, pending.certified_at, pending.reconfirmed_at) == (T2, None, None)


def test_r73_a_certified_pharmacy_keeps_its_moment_and_its_reconfirmation() -> None:
    kept = with_pharmacy_certification(replace(CERTIFIED, reconfirmed_at=T2), [taken(T3)])
    assert (kept.certified_at, kept.reconfirmed_at) == (T1, T2)


def test_r75_the_last_day_is_two_years_after_certification_or_the_last_reconfirmation() -> None:
    assert reconfirm_by(KNOWN) is None
    assert reconfirm_by(CERTIFIED) == date(2025, 11, 1)
    assert reconfirm_by(replace(CERTIFIED, reconfirmed_at=T3)) == date(2025, 11, 3)
    assert reconfirm_by(replace(KNOWN, reconfirmed_at=T3)) is None
    assert reconfirm_by(replace(CERTIFIED, certified_at=datetime(2024, 2, 29, 15, tzinfo=UTC))) == date(2026, 2, 28)


def test_r75_a_certification_stands_through_its_last_day_us_eastern_and_no_longer() -> None:
    midnight = datetime(2025, 11, 2, 4, tzinfo=UTC)
    assert pharmacy_standing(CERTIFIED, midnight - MINUTE) is Standing.CERTIFIED
    assert pharmacy_standing(CERTIFIED, midnight) is Standing.DECERTIFIED
    assert after_lapse(CERTIFIED, midnight - MINUTE) == CERTIFIED
    lapsed = after_lapse(CERTIFIED, midnight)
    assert lapsed.void_before == midnight
    assert (lapsed.form_received_at, lapsed.assessment_passed_at, lapsed.certified_at) == (None, None, None)


def test_r75_nothing_lapses_that_was_never_certified() -> None:
    assert after_lapse(KNOWN, T1 + timedelta(days=3000)) == KNOWN


@pytest.mark.parametrize("moment", [T2, T2 + timedelta(days=3000)])
def test_r76_deactivated_is_out_until_a_new_form_and_a_new_assessment(moment: datetime) -> None:
    out = deactivated(replace(CERTIFIED, reconfirmed_at=T1), T2)
    assert (out.deactivated_at, out.void_before) == (T2, T2)
    assert (out.form_received_at, out.assessment_passed_at, out.certified_at, out.reconfirmed_at) == (None, None, None, None)
    assert pharmacy_standing(out, moment) is Standing.DEACTIVATED


@pytest.mark.parametrize(("passed_at", "counts"), [(T1, False), (T2, False), (T2 + MINUTE, True)])
def test_r76_what_came_up_to_the_deactivation_counts_no_more(passed_at: datetime, counts: bool) -> None:
    out = replace(deactivated(CERTIFIED, T2), form_received_at=T3)
    again = with_pharmacy_certification(out, [taken(passed_at)])
    assert (again.certified_at == T3) is counts
    assert (again.deactivated_at is None) is counts
    assert (pharmacy_standing(again, T3) is Standing.CERTIFIED) is counts


def test_r76_certified_again_counts_from_then_and_not_from_an_old_reconfirmation() -> None:
    out = replace(deactivated(CERTIFIED, T2), form_received_at=T3, reconfirmed_at=T1)
    again = with_pharmacy_certification(out, [taken(T3)])
    assert (again.reconfirmed_at, reconfirm_by(again)) == (None, date(2025, 11, 3))


def test_standings_of_a_pharmacy_on_its_way() -> None:
    assert pharmacy_standing(KNOWN, T1) is Standing.PENDING


def test_r76_a_deactivated_pharmacy_whose_new_form_came_is_pending_and_so_is_one_of_whom_only_an_assessment_is_known() -> None:
    assert pharmacy_standing(replace(deactivated(CERTIFIED, T2), form_received_at=T3), T3) is Standing.PENDING
    assert pharmacy_standing(Pharmacy("1012345678", assessment_passed_at=T1), T1) is Standing.PENDING


def test_r74_a_new_representative_spends_what_the_outgoing_one_passed_and_nothing_else() -> None:
    rays, other, spent = taken(T1), taken(T1, "Sue Pike"), replace(taken(T2), spent_at=T2)
    assert spent_by_new_ar(CERTIFIED, "Sue Pike", [rays, other, spent], T3) == (replace(rays, spent_at=T3),)


def test_r74_the_same_representative_however_written_spends_nothing() -> None:
    assert spent_by_new_ar(CERTIFIED, "RAY  HÍLL", [taken(T1)], T3) == ()


def test_r74_where_no_representative_was_named_nothing_is_spent() -> None:
    nobody = replace(CERTIFIED, ar_first_name=None, ar_last_name=None)
    assert spent_by_new_ar(nobody, "Sue Pike", [taken(T1), taken(T1, "")], T3) == ()


def test_r74_a_representative_who_comes_back_passes_anew() -> None:
    spent = replace(taken(T1), spent_at=T2)
    assert with_pharmacy_certification(KNOWN, [spent]).certified_at is None
    assert with_pharmacy_certification(KNOWN, [spent, taken(T3)]).certified_at == T3
