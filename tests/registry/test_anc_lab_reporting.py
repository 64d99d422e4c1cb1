"""The ANC Lab Reporting Form: one ANC, from whoever may report it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from registry import storage
from registry.patients import AncResult
from registry.submission import Admitted
from registry.vocabulary import TreatmentStatus
from tests.registry.world import CORNER, STATUS, World, day, kinds, on, rules

BY_CORNER = {"submitter": "pharmacy", "pharmacy_npi": CORNER, "pharmacy_name": "CORNER DRUGS"}


@pytest.fixture
def world() -> World:
    made = World()
    made.maria = made.patient()  # type: ignore[attr-defined]
    return made


def test_r04_one_anc_is_recorded_and_confirmed_to_the_fax_on_file(world: World) -> None:
    admission = world.lab(day(7), 7, 1800)
    assert (admission.admitted, kinds(admission)) == (Admitted.YES, ["anc_recorded"])
    assert (admission.notices[0].fax, admission.notices[0].facts["already_on_file"]) == ("3125550143", False)


def test_r35_a_certified_pharmacy_reports_and_gets_the_confirmation(world: World) -> None:
    world.pharmacy()
    admission = world.lab(day(7), 7, 700, **BY_CORNER)
    assert [(one.kind, one.to) for one in admission.notices] == [
        ("anc_recorded", "pharmacy"), ("neutropenia_moderate", "prescriber"), ("treatment_interrupted", "prescriber"),
        ("rationale_needed", "prescriber"),
    ]  # fmt: skip
    assert admission.notices[0].fax == "3125550161"
    assert admission.treatment_status is TreatmentStatus.INTERRUPTED


def test_r35_a_pharmacy_that_is_not_certified_is_held(world: World) -> None:
    admission = world.lab(day(7), 7, 700, **BY_CORNER)
    assert (admission.admitted, rules(admission)) == (Admitted.NO, {("labs", "R35")})
    assert kinds(admission) == ["anc_held", "unauthorized_sender"]
    assert kinds(world.pharmacy(day(8)))[1:] == [
        "anc_recorded", "neutropenia_moderate", "treatment_interrupted", "rationale_needed",
    ]  # fmt: skip


def test_r08_a_pharmacy_cannot_change_the_monitoring_frequency(world: World) -> None:
    world.pharmacy()
    admission = world.lab(day(7), 7, 1800, **BY_CORNER, monitoring_frequency="monthly")
    assert (admission.admitted, rules(admission)) == (Admitted.PARTLY, {("monitoring_frequency", "R08")})
    assert world.know(world.maria)["monitoring_frequency"] == "weekly"


def test_an_unsigned_report_is_not_accepted(world: World) -> None:
    values = {**STATUS, "labs.0.draw_date": on(7), "labs.0.anc": 1800}
    admission = world.send("anc_lab_reporting", values, day(7), absent=("submitter",))
    assert rules(admission) == {("signature_submitter", "R35")}
    assert storage.count(world.session, AncResult) == 1


def test_the_prescribers_dea_number_stands_in_for_the_npi(world: World) -> None:
    assert world.lab(day(7), 7, 1800, prescriber_npi=None, prescriber_dea="AP5836727").admitted is Admitted.YES


def test_a_report_without_a_value_names_what_is_missing(world: World) -> None:
    admission = world.lab(day(7), 7, 1800, **{"labs.0.anc": None})
    assert rules(admission) == {("labs.0.anc", "R04")}
    neither = world.lab(day(7), 7, 1800, **{"labs.0.anc": None, "labs.0.draw_date": None})
    assert rules(neither) == {("labs.0", "R04")}


def test_a_resend_adds_no_result_and_alarms_nobody_again(world: World) -> None:
    world.lab(day(7), 7, 700)
    again = world.lab(day(8), 7, 700)
    assert kinds(again) == ["anc_recorded"]
    assert again.notices[0].facts["already_on_file"] is True
    assert storage.count(world.session, AncResult) == 2


def test_r44_a_second_low_anc_of_an_interrupted_patient_asks_for_a_rationale_again(world: World) -> None:
    world.lab(day(7), 7, 700)
    assert kinds(world.lab(day(8), 8, 450)) == ["anc_recorded", "neutropenia_severe", "rationale_needed"]


def test_a_sender_who_does_not_say_who_is_refused(world: World) -> None:
    admission = world.lab(day(7), 7, 1800, submitter=None)
    assert rules(admission) == {("labs", "R35")}


def test_r35_an_enrolled_designee_reports_under_the_submitters_name(world: World) -> None:
    by_don = {"submitter": "designee", "submitter_name": "DON MAY"}
    assert rules(world.lab(day(7), 7, 1800, **by_don)) == {("labs", "R35")}
    assert "held" in [one.part for one in world.designee(day(8)).applied]
    assert world.lab(day(9), 9, 1800, **by_don).admitted is Admitted.YES
    assert world.lab(day(9), 8, 1800, **{**by_don, "submitter_name": "May, Don"}).admitted is Admitted.YES
    assert rules(world.lab(day(9), 7, 1700, **{**by_don, "submitter_name": "EVE MAY"})) == {("labs", "R35")}


def test_a_draw_dated_by_utc_or_by_an_eastern_island_is_not_of_the_future(world: World) -> None:
    received = datetime(2023, 11, 7, 0, 30, tzinfo=UTC)  # the evening of the 6th in New York
    tomorrow, today = world.lab(received, 7, 1800), world.lab(received, 6, 1800)
    assert rules(tomorrow) == {("labs.0.draw_date", "R04")}
    assert today.admitted is Admitted.YES
