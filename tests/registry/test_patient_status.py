"""The Patient Status Form: what each sender may say, part by part, and what follows for the patient."""

from __future__ import annotations

import pytest

from registry import storage
from registry.patients import AncResult, StatusForm
from registry.submission import Admitted
from registry.vocabulary import Channel, TreatmentStatus
from tests.registry.world import BEA, CORNER, OTHER_PRESCRIBER, STATUS, World, day, kinds, on, parts, rules

ENROLLED, INTERRUPTED, DISCONTINUED = TreatmentStatus.ENROLLED, TreatmentStatus.INTERRUPTED, TreatmentStatus.DISCONTINUED
BY_DON = {"submitter": "designee", "designee_first_name": "DON", "designee_last_name": "MAY"}


@pytest.fixture
def world() -> World:
    made = World()
    made.maria = made.patient()  # type: ignore[attr-defined]
    return made


def rationale(number: int, anc: float) -> dict:
    return {"rationale": True, "rationale_draw_date": on(number), "rationale_anc": anc}


def test_r03_all_of_the_months_draws_are_recorded_at_once(world: World) -> None:
    admission = world.status(day(28), (7, 1900), (14, 1800), (21, 1750), (28, 1600))
    assert (admission.admitted, kinds(admission)) == (Admitted.YES, ["status_form_recorded"])
    assert [one["anc"] for one in world.know(world.maria)["labs"]] == [2100, 1900, 1800, 1750, 1600]
    assert admission.notices[0].facts["next_status_form_by"] == on(65)


@pytest.mark.parametrize("part", ["ben", "hospice", "missing_labs_authorized"])
def test_r28_each_part_that_needs_the_prescribers_own_signature_is_refused_alone_without_it(world: World, part: str) -> None:
    world.designee()
    admission = world.status(day(7), (7, 1900), signed=("designee",), **BY_DON, **{part: True})
    assert (admission.admitted, rules(admission)) == (Admitted.PARTLY, {(part, "R28")})
    assert {"labs.0", "status_form"} <= parts(admission)
    known = world.know(world.maria)
    assert (known["ben"], known["hospice"]) == (False, False)


def test_r28_r42_a_rationale_without_the_prescribers_signature_leaves_the_patient_interrupted(world: World) -> None:
    world.designee()
    admission = world.status(day(7), (7, 850), signed=("designee",), **BY_DON, **rationale(7, 850))
    assert rules(admission) == {("rationale", "R28")}
    assert admission.treatment_status is INTERRUPTED


def test_r24_r25_the_prescribers_signature_sets_ben_and_hospice(world: World) -> None:
    admission = world.status(day(7), (7, 1900), ben=True, hospice=True, monitoring_frequency="every_six_months")
    assert {"ben", "hospice", "monitoring_frequency"} <= parts(admission)
    known = world.know(world.maria)
    assert (known["ben"], known["hospice"], known["monitoring_frequency"]) == (True, True, "every_six_months")


def test_an_empty_box_takes_ben_never_away(world: World) -> None:
    world.status(day(1), ben=True)
    world.status(day(7), (7, 900), ben=False)
    known = world.know(world.maria)
    assert (known["ben"], known["treatment_status"]) == (True, "enrolled")


def test_ben_set_on_the_form_holds_for_the_ancs_of_the_same_form(world: World) -> None:
    admission = world.status(day(7), (7, 700), ben=True)
    assert admission.treatment_status is ENROLLED
    assert "neutropenia_ben" in kinds(admission)


def test_a_form_nobody_signed_reports_its_ancs_and_does_not_count_as_completed(world: World) -> None:
    admission = world.status(day(7), (7, 850), signed=(), ben=True)
    assert rules(admission) == {("ben", "R28"), ("status_form", "R28")}
    assert admission.treatment_status is INTERRUPTED
    assert storage.count(world.session, StatusForm) == 0


def test_an_empty_form_nobody_signed_is_refused_with_its_reason(world: World) -> None:
    admission = world.status(day(7), signed=())
    assert (admission.admitted, rules(admission), kinds(admission)) == (Admitted.NO, {("status_form", "R28")}, [])


def test_a_pharmacys_status_form_without_any_anc_is_refused_with_its_reason(world: World) -> None:
    world.pharmacy()
    admission = world.status(day(7), submitter="pharmacy", pharmacy_npi=CORNER)
    assert rules(admission) == {("status_form", "R23")}


def test_r39_r44_a_low_anc_interrupts_and_the_associated_prescriber_is_told_everything(world: World) -> None:
    admission = world.status(day(7), (7, 999))
    assert admission.treatment_status is INTERRUPTED
    assert kinds(admission) == ["status_form_recorded", "neutropenia_moderate", "treatment_interrupted", "rationale_needed"]
    assert {one.to for one in admission.notices} == {"prescriber"}
    told = admission.notices[1].facts
    assert (told["anc"], told["draw_date"], told["is_latest"]) == (999, on(7), True)


@pytest.mark.parametrize(
    ("anc", "kind", "status"),
    [(1499, "neutropenia_mild", ENROLLED), (500, "neutropenia_moderate", INTERRUPTED), (499, "neutropenia_severe", INTERRUPTED)],
)
def test_r36_the_notice_is_the_bands(world: World, anc: float, kind: str, status: TreatmentStatus) -> None:
    admission = world.status(day(7), (7, anc))
    assert kind in kinds(admission)
    assert admission.treatment_status is status


def test_r36_several_low_results_of_one_band_are_one_notice_naming_all(world: World) -> None:
    admission = world.status(day(9), (5, 1200), (7, 1300), (9, 1400))
    assert kinds(admission).count("neutropenia_mild") == 1
    facts = admission.notices[1].facts
    assert (facts["draw_date"], facts["other_results"]) == (on(9), f"{on(5)}: 1200; {on(7)}: 1300")


def test_a_late_older_low_result_is_told_but_does_not_interrupt(world: World) -> None:
    world.status(day(8), (8, 1900))
    admission = world.status(day(9), (5, 400))
    assert admission.treatment_status is ENROLLED
    assert "neutropenia_severe" in kinds(admission)
    assert admission.notices[1].facts["is_latest"] is False
    assert "treatment_interrupted" not in kinds(admission)


def test_r42_a_signed_rationale_for_the_low_anc_returns_the_patient_to_enrolled(world: World) -> None:
    world.status(day(7), (7, 850))
    admission = world.status(day(8), **rationale(7, 850))
    assert admission.treatment_status is ENROLLED
    assert kinds(admission) == ["status_form_recorded", "treatment_resumed"]


def test_r42_the_rationale_may_stand_on_the_form_that_brings_the_low_anc(world: World) -> None:
    admission = world.status(day(7), (7, 850), **rationale(7, 850))
    assert (admission.treatment_status, rules(admission)) == (ENROLLED, set())


def test_a_newer_low_anc_interrupts_again_after_a_rationale(world: World) -> None:
    world.status(day(7), (7, 850), **rationale(7, 850))
    assert world.status(day(8), (8, 850)).treatment_status is INTERRUPTED


def test_a_resend_of_the_answered_low_anc_changes_nothing(world: World) -> None:
    world.status(day(7), (7, 850), **rationale(7, 850))
    again = world.status(day(8), (7, 850))
    assert again.treatment_status is ENROLLED
    assert "neutropenia_moderate" not in kinds(again)
    assert storage.count(world.session, AncResult) == 2


def test_a_rationale_for_an_older_anc_does_not_answer_the_newer_low_one(world: World) -> None:
    world.status(day(7), (5, 850), (7, 800))
    admission = world.status(day(8), **rationale(5, 850))
    assert "rationale" in parts(admission)
    assert admission.treatment_status is INTERRUPTED


@pytest.mark.parametrize("missing", ["rationale", "rationale_draw_date", "rationale_anc"])
def test_r42_an_incomplete_rationale_is_refused_and_names_what_is_missing(world: World, missing: str) -> None:
    world.status(day(7), (7, 850))
    admission = world.status(day(8), **{**rationale(7, 850), missing: None})
    assert (rules(admission), admission.treatment_status) == ({("rationale", "R42")}, INTERRUPTED)
    assert "missing" in admission.refused[0].reason


def test_r42_a_rationale_that_contradicts_the_anc_on_file_is_refused(world: World) -> None:
    world.status(day(7), (7, 850))
    assert rules(world.status(day(8), **rationale(7, 950))) == {("rationale", "R42")}


def test_a_rationale_for_a_day_without_a_result_reports_that_result(world: World) -> None:
    admission = world.status(day(7), **rationale(7, 850))
    assert (admission.treatment_status, rules(admission)) == (ENROLLED, set())
    assert world.know(world.maria)["labs"][-1] == {"draw_date": on(7), "anc": 850}


def test_a_later_normal_anc_does_not_lift_interrupted(world: World) -> None:
    world.status(day(7), (7, 850))
    assert world.status(day(9), (9, 1900)).treatment_status is INTERRUPTED


def test_the_prescribers_status_change_lifts_after_a_normal_anc(world: World) -> None:
    world.status(day(7), (7, 850))
    assert world.status(day(9), (9, 1900), treatment_status="enrolled").treatment_status is ENROLLED


def test_r44_enrolled_is_not_taken_over_an_unanswered_low_anc(world: World) -> None:
    world.status(day(7), (7, 850))
    admission = world.status(day(9), treatment_status="enrolled")
    assert (rules(admission), admission.treatment_status) == ({("treatment_status", "R44")}, INTERRUPTED)


def test_r42_a_designee_cannot_return_a_patient_to_enrolled(world: World) -> None:
    world.designee()
    world.status(day(7), (7, 850))
    admission = world.status(day(9), (9, 1900), signed=("designee",), treatment_status="enrolled", **BY_DON)
    assert (rules(admission), admission.treatment_status) == ({("treatment_status", "R42")}, INTERRUPTED)


def test_r38_a_designee_may_report_that_treatment_stopped(world: World) -> None:
    world.designee()
    values = {"treatment_status": "discontinued", "status_date": on(5), "status_reason": "moved away", **BY_DON}
    admission = world.status(day(7), signed=("designee",), **values)
    assert admission.treatment_status is DISCONTINUED
    assert "treatment_discontinued" in kinds(admission)
    assert world.know(world.maria)["status_since"] == on(5)
    change = storage.status_changes(world.session, world.maria)[-1]
    assert (change.before, change.after, change.reason) == (ENROLLED, DISCONTINUED, "moved away")


def test_r38_there_are_three_statuses(world: World) -> None:
    assert rules(world.status(day(7), treatment_status="active")) == {("treatment_status", "R38")}


def test_the_status_the_patient_already_has_changes_nothing(world: World) -> None:
    admission = world.status(day(7), (7, 1900), treatment_status="enrolled")
    assert (admission.admitted, parts(admission)) == (Admitted.YES, {"labs.0", "status_form"})


def test_r07_the_prescriber_reports_the_monitoring_frequency(world: World) -> None:
    assert "monitoring_frequency" in parts(world.status(day(7), (7, 1900), monitoring_frequency="every_two_weeks"))
    assert world.know(world.maria)["monitoring_frequency"] == "every_two_weeks"


def test_every_six_months_is_for_hospice_patients_only(world: World) -> None:
    admission = world.status(day(7), (7, 1900), monitoring_frequency="every_six_months")
    assert rules(admission) == {("monitoring_frequency", "R07")}
    assert world.know(world.maria)["monitoring_frequency"] == "weekly"


def test_r08_r28_a_pharmacys_status_form_counts_its_ancs_and_nothing_else(world: World) -> None:
    world.pharmacy()
    values = {"submitter": "pharmacy", "pharmacy_npi": CORNER, "monitoring_frequency": "monthly",
              "treatment_status": "interrupted", "ben": True}  # fmt: skip
    admission = world.status(day(7), (7, 1900), **values)
    assert rules(admission) == {("monitoring_frequency", "R08"), ("treatment_status", "R38"), ("ben", "R28")}
    assert parts(admission) == {"labs.0"}
    assert admission.notices[0].to == "pharmacy"


def test_each_bad_row_is_refused_alone(world: World) -> None:
    rows = {"labs.1.draw_date": on(5), "labs.2.anc": 1700, "labs.3.draw_date": on(9), "labs.3.anc": 1700,
            "labs.4.draw_date": on(4), "labs.4.anc": 18, "labs.5.draw_date": "2023-11-31", "labs.5.anc": 1700,
            "labs.6.draw_date": on(3), "labs.6.anc": "1.85 K"}  # fmt: skip
    admission = world.status(day(7), (7, 1900), **rows)
    assert rules(admission) == {
        (field, "R03")
        for field in ("labs.1.anc", "labs.2.draw_date", "labs.3.draw_date", "labs.4.anc", "labs.5.draw_date", "labs.6.anc")
    }
    assert (admission.admitted, parts(admission)) == (Admitted.PARTLY, {"labs.0", "status_form"})


def test_r15_a_covering_certified_prescriber_may_report_and_the_associated_one_is_alarmed(world: World) -> None:
    world.prescriber(values=OTHER_PRESCRIBER)
    values = {"prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA}
    admission = world.status(day(7), (7, 400), **values)
    assert [(one.kind, one.fax) for one in admission.notices[:2]] == [
        ("status_form_recorded", "3125550199"), ("neutropenia_severe", "3125550143"),
    ]  # fmt: skip
    assert world.know(world.maria)["prescriber_npi"] == "1234567893"


def test_the_patient_is_found_by_id_or_by_name_and_birth_date(world: World) -> None:
    by_id = world.status(day(7), (7, 1900), patient_id=world.maria, patient_last_name="MARRIED")
    assert by_id.ids == {"patient_id": world.maria}
    printed = f"{world.maria[:4]}-{world.maria[4:8]}-{world.maria[8:]}".lower()
    assert world.status(day(7), (6, 1900), patient_id=printed).ids == {"patient_id": world.maria}
    assert world.status(day(7), (5, 1900)).ids == {"patient_id": world.maria}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"patient_first_name": "OLGA"}, {("patient", "R30")}), ({"patient_first_name": "MARIO"}, {("patient", "R30")}),
        ({"patient_date_of_birth": None}, {("patient_date_of_birth", "R34"), ("patient_id", "R30")}),
        ({"patient_date_of_birth": None, "patient_id": "44170823X"}, {("patient_date_of_birth", "R34"), ("patient_id", "R30")}),
    ],
)  # fmt: skip
def test_a_patient_who_is_not_surely_found_is_refused(world: World, values: dict, expected: set) -> None:
    admission = world.status(day(7), (7, 400), **values)
    assert (admission.admitted, rules(admission)) == (Admitted.NO, expected)
    assert world.know(world.maria)["treatment_status"] == "enrolled"


def test_r05_an_adverse_event_reaches_the_contact_centre_even_when_all_else_is_refused() -> None:
    admission = World().status(day(7), adverse_event="yes", adverse_event_narrative="collapsed")
    told = next(one for one in admission.notices if one.kind == "adverse_event")
    assert (told.to, told.facts["received_at"], told.facts["narrative"]) == ("contact_centre", day(7).isoformat(), "collapsed")
    assert admission.admitted is Admitted.NO


def test_r05_no_adverse_event_is_no_notice(world: World) -> None:
    assert "adverse_event" not in kinds(world.status(day(7), (7, 1900), adverse_event="no"))


def test_r65_missing_labs_are_told_unless_the_prescriber_authorized_them(world: World) -> None:
    admission = world.status(day(28), (7, 1900), (28, 1900))
    told = next(one for one in admission.notices if one.kind == "missing_labs")
    assert told.facts["gaps"] == f"{on(7)} to {on(28)}"
    authorized = world.status(day(28), missing_labs_authorized=True, missing_labs_reason="holidays")
    assert "missing_labs_authorized" in parts(authorized)
    assert "missing_labs" not in kinds(authorized)


def test_on_the_web_the_prescribers_account_signs(world: World) -> None:
    values = {**STATUS, "labs.0.draw_date": on(7), "labs.0.anc": 1900, "ben": True}
    admission = world.send("patient_status", values, day(7), channel=Channel.WEB)
    assert {"ben", "status_form"} <= parts(admission)


def test_on_the_phone_the_form_counts_but_nobody_has_signed(world: World) -> None:
    values = {**STATUS, "labs.0.draw_date": on(7), "labs.0.anc": 1900, "ben": True}
    admission = world.send("patient_status", values, day(7), channel=Channel.PHONE)
    assert (rules(admission), "status_form" in parts(admission)) == ({("ben", "R28")}, True)
