"""The Patient Enrollment Form: who is enrolled, who is not, and who only moves to another prescriber."""

from __future__ import annotations

import pytest

from registry import storage
from registry.identifiers import patient_id_fits
from registry.patients import AncResult, Patient
from registry.submission import Admitted
from registry.vocabulary import Channel, TreatmentStatus
from tests.registry.world import BEA, DAY_ONE, OTHER_PRESCRIBER, PATIENT, World, day, kinds, on, parts, rules

BEN = {"ben": True, "labs.1.draw_date": "2023-10-25", "labs.1.anc": 1300}
BY_DON = {"submitter": "designee", "designee_first_name": "DON", "designee_last_name": "MAY"}


def enroll(world: World, signed: tuple[str, ...] = ("prescriber",), at=DAY_ONE, **values):
    return world.send("patient_enrollment", {**PATIENT, **values}, at, signed)


@pytest.fixture
def world() -> World:
    made = World()
    made.prescriber()
    return made


def test_r30_a_complete_form_enrolls_the_patient_under_an_id_of_ours(world: World) -> None:
    admission = enroll(world)
    assert (admission.admitted, admission.treatment_status) == (Admitted.YES, TreatmentStatus.ENROLLED)
    assert patient_id_fits(admission.ids["patient_id"])
    assert kinds(admission) == ["enrollment_confirmed"]
    assert admission.notices[0].fax == "3125550143"
    known = world.know(admission.ids["patient_id"])
    assert known["labs"] == [{"draw_date": "2023-10-31", "anc": 2100}]
    assert (known["prescriber_npi"], known["monitoring_frequency"], known["ben"]) == ("1234567893", "weekly", False)


@pytest.mark.parametrize("field", ["patient_first_name", "patient_last_name", "patient_date_of_birth"])
def test_r34_without_name_or_birth_date_there_is_no_enrollment(world: World, field: str) -> None:
    admission = enroll(world, **{field: None})
    assert (admission.admitted, rules(admission)) == (Admitted.NO, {(field, "R34")})


@pytest.mark.parametrize("born", ["2023-11-01", "2031-02-03", "1980-02-31", "02/03/1980"])
def test_r34_a_birth_date_is_past_and_exists(world: World, born: str) -> None:
    assert rules(enroll(world, patient_date_of_birth=born)) == {("patient_date_of_birth", "R34")}


@pytest.mark.parametrize(("anc", "enrolled"), [(1500, True), (1499.9, False), (1000, False)])
def test_r31_the_general_population_starts_at_1500(world: World, anc: float, enrolled: bool) -> None:
    admission = enroll(world, **{"labs.0.anc": anc})
    assert (admission.admitted is Admitted.YES) is enrolled
    assert rules(admission) == (set() if enrolled else {("enrollment", "R31")})


@pytest.mark.parametrize(("anc", "enrolled"), [(1000, True), (999.9, False)])
def test_r31_ben_starts_at_1000(world: World, anc: float, enrolled: bool) -> None:
    admission = enroll(world, **BEN, **{"labs.0.anc": anc})
    assert (admission.admitted is Admitted.YES) is enrolled


def test_r31_ben_starts_with_two_baselines_of_different_days(world: World) -> None:
    assert rules(enroll(world, ben=True)) == {("labs.1", "R31")}
    same_day = {"labs.1.draw_date": "2023-10-31", "labs.1.anc": 1300}
    assert rules(enroll(world, ben=True, **same_day)) == {("labs.1", "R31")}


def test_r31_a_continuing_patient_is_measured_by_the_threshold_to_continue(world: World) -> None:
    assert rules(enroll(world, new_to_clozapine="yes", **{"labs.0.anc": 1200})) == {("enrollment", "R31")}
    admission = enroll(world, new_to_clozapine="no", **{"labs.0.anc": 1200})
    assert admission.admitted is Admitted.YES
    assert kinds(admission) == ["enrollment_confirmed", "neutropenia_mild"]
    assert rules(enroll(world, patient_first_name="OLGA", new_to_clozapine="no", **{"labs.0.anc": 999})) == {
        ("enrollment", "R31")
    }


def test_r31_the_latest_of_two_baselines_counts(world: World) -> None:
    older_is_high = {"labs.1.draw_date": "2023-10-25", "labs.1.anc": 2000, "labs.0.anc": 1200}
    assert rules(enroll(world, **older_is_high)) == {("enrollment", "R31")}


def test_r31_without_an_anc_there_is_no_enrollment(world: World) -> None:
    assert rules(enroll(world, **{"labs.0.draw_date": None, "labs.0.anc": None})) == {("labs.0", "R31")}
    assert rules(enroll(world, **{"labs.0.draw_date": None})) == {("labs.0.draw_date", "R31")}
    assert rules(enroll(world, **{"labs.0.anc": 21})) == {("labs.0.anc", "R31")}


def test_r33_a_designee_enrolls_the_general_population(world: World) -> None:
    world.designee()
    assert enroll(world, ("designee",), **BY_DON).admitted is Admitted.YES


@pytest.mark.parametrize("marked", [BEN, {"hospice": True}])
def test_r33_ben_and_hospice_patients_are_enrolled_by_the_prescriber_only(world: World, marked: dict) -> None:
    world.designee()
    refused = enroll(world, ("designee",), **BY_DON, **marked)
    assert (refused.admitted, rules(refused)) == (Admitted.NO, {("enrollment", "R33")})
    assert enroll(world, ("prescriber",), **marked).admitted is Admitted.YES


def test_r33_an_unsigned_form_enrolls_nobody(world: World) -> None:
    assert rules(enroll(world, ())) == {("enrollment", "R33")}


def test_r33_a_pharmacy_enrolls_nobody(world: World) -> None:
    world.pharmacy()
    assert rules(enroll(world, submitter="pharmacy", pharmacy_npi="1012345678")) == {("enrollment", "R33")}


def test_r10_r35_a_prescriber_who_is_not_certified_enrolls_nobody() -> None:
    world = World()
    admission = enroll(world)
    assert (admission.admitted, rules(admission)) == (Admitted.NO, {("enrollment", "R35")})
    assert "the Knowledge Assessment for Prescribers" in admission.refused[0].reason
    assert storage.count(world.session, Patient) == 0


def test_r35_a_stranger_who_claims_to_be_the_designee_enrolls_nobody(world: World) -> None:
    assert rules(enroll(world, ("designee",), **BY_DON)) == {("enrollment", "R35")}


def test_an_npi_that_belongs_to_another_name_is_refused(world: World) -> None:
    admission = enroll(world, prescriber_first_name="BEA", prescriber_last_name="FOX")
    assert rules(admission) == {("enrollment", "R35")}


def test_sex_zip_and_frequency_are_asked_for_but_keep_nobody_from_treatment(world: World) -> None:
    admission = enroll(world, patient_sex=None, patient_zip=None, monitoring_frequency=None)
    assert admission.admitted is Admitted.PARTLY
    assert rules(admission) == {("patient_sex", "R30"), ("patient_zip", "R30"), ("monitoring_frequency", "R07")}
    assert world.know(admission.ids["patient_id"])["monitoring_frequency"] == "weekly"


def test_r47_another_prescribers_enrollment_reassociates_without_a_duplicate(world: World) -> None:
    world.prescriber(values=OTHER_PRESCRIBER)
    first = enroll(world)
    bea = {"prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA,
           "monitoring_frequency": "monthly", "labs.0.draw_date": on(9), "labs.0.anc": 1700}  # fmt: skip
    again = enroll(world, at=day(10), **bea)
    assert (again.admitted, again.ids) == (Admitted.YES, first.ids)
    assert storage.count(world.session, Patient) == 1
    assert kinds(again) == ["patient_reassociated"]
    assert again.notices[0].fax == "3125550199"
    known = world.know(first.ids["patient_id"])
    assert (known["prescriber_npi"], known["monitoring_frequency"], len(known["labs"])) == (BEA, "monthly", 2)


def test_r47_a_low_anc_on_the_second_enrollment_counts_like_any_other(world: World) -> None:
    first = enroll(world)
    again = enroll(world, at=day(10), **{"labs.0.draw_date": on(9), "labs.0.anc": 700})
    assert again.treatment_status is TreatmentStatus.INTERRUPTED
    assert kinds(again) == ["patient_reassociated", "neutropenia_moderate", "treatment_interrupted", "rationale_needed"]
    assert world.know(first.ids["patient_id"])["treatment_status"] == "interrupted"


def test_enrolling_an_interrupted_patient_again_lifts_nothing(world: World) -> None:
    enroll(world)
    enroll(world, at=day(10), **{"labs.0.draw_date": on(9), "labs.0.anc": 700})
    assert enroll(world, at=day(12), **{"labs.0.draw_date": on(11)}).treatment_status is TreatmentStatus.INTERRUPTED


def test_a_resend_of_the_enrollment_adds_neither_patient_nor_anc(world: World) -> None:
    enroll(world)
    again = enroll(world)
    assert "already on file" in again.applied[1].detail
    assert (storage.count(world.session, Patient), storage.count(world.session, AncResult)) == (1, 1)


def test_a_near_twin_is_held_for_a_person_and_never_guessed(world: World) -> None:
    enroll(world)
    admission = enroll(world, patient_first_name="MARIO")
    assert (admission.admitted, rules(admission)) == (Admitted.NO, {("enrollment", "R47")})
    assert storage.count(world.session, Patient) == 1


def test_on_the_phone_an_agent_has_asked_and_the_near_twin_is_enrolled(world: World) -> None:
    enroll(world)
    values = {**PATIENT, "patient_first_name": "MARIO"}
    assert world.send("patient_enrollment", values, signed=("prescriber",), channel=Channel.PHONE).admitted is Admitted.YES
    assert storage.count(world.session, Patient) == 2


def test_twins_with_unlike_first_names_are_two_patients(world: World) -> None:
    enroll(world)
    assert "enrollment" in parts(enroll(world, patient_first_name="OLGA"))
    assert storage.count(world.session, Patient) == 2
