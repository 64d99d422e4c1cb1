"""R65, R75, R76: what becomes due by time alone, on the day it does, with what the letter needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry import due
from registry.due import pharmacy_notices, status_form_notices
from registry.parties import Pharmacy, Prescriber
from registry.patients import Patient
from registry.submission import NoticeDue
from registry.vocabulary import TreatmentStatus
from tests.registry.histories_by_hand import at, on, patient

CORNER = Pharmacy(
    "1012345678", name="Corner Drugs", fax="3125550161", ar_first_name="Ray", ar_last_name="Hill", ar_email="ray@example.org",
    form_received_at=at(0), assessment_passed_at=at(0), certified_at=at(0),
)  # fmt: skip
"""Certified on 1 November 2023, so until 1 November 2025: day 731."""

ANN = Prescriber("1234567893", first_name="Ann", last_name="Lee", fax="3125550143", email="ann@example.org")
MARIA = patient()


def of(pharmacy: Pharmacy, day: float) -> list[str]:
    return [one.kind for one in pharmacy_notices([pharmacy], at(day))]


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (670, []), (671, ["ar_reconfirmation_due"]), (701, ["ar_reconfirmation_due"]), (731, ["ar_reconfirmation_due"]),
        (732, ["pharmacy_decertified"]), (2000, ["pharmacy_decertified"]),
    ],
)  # fmt: skip
def test_r75_the_representative_is_reminded_from_60_days_before_the_last_day_and_decertified_after_it(
    day: int, kinds: list[str]
) -> None:
    assert of(CORNER, day) == kinds


def test_r75_the_reminder_says_whom_what_and_how_many_days_are_left() -> None:
    facts: dict[str, Any] = {
        "pharmacy_npi": "1012345678", "pharmacy_name": "Corner Drugs", "ar_name": "Ray Hill", "reconfirm_by": "2025-11-01",
    }  # fmt: skip
    whom = ("pharmacy", "Corner Drugs", "3125550161", "ray@example.org")
    assert pharmacy_notices([CORNER], at(701)) == [NoticeDue("ar_reconfirmation_due", *whom, {**facts, "days_left": 30})]
    assert pharmacy_notices([CORNER], at(732)) == [NoticeDue("pharmacy_decertified", *whom, facts)]


def test_r75_a_pharmacy_without_a_name_or_representative_on_file_is_told_too() -> None:
    (one,) = pharmacy_notices([replace(CORNER, name=None, ar_first_name=None, ar_last_name=None)], at(701))
    assert (one.name, one.facts["pharmacy_name"], one.facts["ar_name"]) == ("", None, None)


def test_r75_who_never_certified_or_has_time_is_passed_over_and_the_next_is_looked_at() -> None:
    pending, fresh = replace(CORNER, certified_at=None), replace(CORNER, reconfirmed_at=at(700))
    assert [one.facts["pharmacy_npi"] for one in pharmacy_notices([pending, fresh, CORNER, CORNER], at(705))] == [CORNER.npi] * 2


def forms(*rows: tuple[Patient, Any, Prescriber | None], day: float) -> list[NoticeDue]:
    return status_form_notices(rows, at(day))


@pytest.mark.parametrize(
    ("day", "kinds"),
    [
        (29, []), (30, ["status_form_due"]), (37, ["status_form_due"]), (38, ["status_form_overdue"]),
        (400, ["status_form_overdue"]), (30.4, ["status_form_due"]), (37.4, ["status_form_due"]),
    ],
)  # fmt: skip
def test_r65_a_status_form_is_due_from_day_30_and_overdue_after_day_37(day: float, kinds: list[str]) -> None:
    assert [one.kind for one in forms((MARIA, on(0), ANN), day=day)] == kinds
    assert [one.kind for one in forms((MARIA, None, ANN), day=day)] == kinds, "from the enrollment where no form came"


def test_r65_the_days_run_from_the_last_form() -> None:
    assert forms((MARIA, on(10), ANN), day=39) == []
    assert [one.kind for one in forms((MARIA, on(10), ANN), day=40)] == ["status_form_due"]


def test_r65_the_reminder_says_whose_patient_and_by_when() -> None:
    facts = {
        "patient_id": "P", "patient_name": "MARIA GARCIA", "patient_date_of_birth": "1980-02-03", "treatment_status": "enrolled",
        "prescriber_npi": "first", "last_received_on": on(10).isoformat(), "next_status_form_by": on(47).isoformat(),
    }  # fmt: skip
    whom = ("prescriber", "Ann Lee", "3125550143", "ann@example.org")
    assert forms((MARIA, on(10), ANN), day=40) == [NoticeDue("status_form_due", *whom, facts)]
    nobody = forms((MARIA, None, None), day=40)[0]
    assert (nobody.to, nobody.name, nobody.fax, nobody.email) == ("prescriber", "", None, None)
    assert (nobody.facts["last_received_on"], nobody.facts["next_status_form_by"]) == (None, on(37).isoformat())


def test_r65_discontinued_patients_are_passed_over_and_interrupted_ones_are_not() -> None:
    gone = replace(MARIA, treatment_status=TreatmentStatus.DISCONTINUED)
    stopped = replace(MARIA, patient_id="Q", treatment_status=TreatmentStatus.INTERRUPTED)
    assert [one.facts["patient_id"] for one in forms((gone, None, ANN), (stopped, None, ANN), day=40)] == ["Q"]


@pytest.mark.parametrize(("reminded", "whose"), [(False, ["P"]), (True, ["Q", "P"])])
def test_r48_of_a_patient_off_the_list_nobody_is_reminded_unless_the_operator_says_so(
    monkeypatch: pytest.MonkeyPatch, reminded: bool, whose: list[str]
) -> None:
    monkeypatch.setattr(due, "OFF_LIST_IS_REMINDED", reminded)
    off = replace(MARIA, patient_id="Q", off_list_since=on(3))
    assert [one.facts["patient_id"] for one in forms((off, None, ANN), (MARIA, None, ANN), day=40)] == whose


def test_r65_one_whose_form_is_not_yet_due_hides_no_other() -> None:
    assert len(forms((MARIA, on(39), ANN), (MARIA, on(1), ANN), day=40)) == 1
