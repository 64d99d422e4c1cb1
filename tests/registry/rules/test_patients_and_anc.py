"""R03–R08, R30–R38, R46–R48: enrollment, the ANCs that arrive, the frequency, and who is told."""

from __future__ import annotations

from typing import Any

import pytest

from registry.identifiers import issue_patient_id, print_patient_id
from tests.registry.rules.played_registry import (
    BY_CORNER,
    BY_DON,
    NEITHER_SIGNED,
    Registry,
    ancs,
    cited,
    neutropenia,
    on,
    parts,
    row,
    rules,
    told,
    why,
)
from tests.registry.world import ANN, BEA, CORNER, OTHER_PRESCRIBER, PATIENT, World, day

BY_BEA = {"prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA}
TWO_BASELINES = {**row(0, -2, 1500), **row(1, -1, 1500)}


@pytest.fixture
def ann(empty: Registry) -> Registry:
    """Ann is certified and Don her designee; no patient is known."""
    empty.prescriber()
    empty.designee()
    return empty


def test_r03_a_status_form_brings_all_of_the_months_draws_at_once(maria: Registry) -> None:
    answer = maria.status(28, (7, 1900), (14, 1800), (21, 1700), (28, 1600))
    assert {f"labs.{number}" for number in range(4)} <= parts(answer)
    assert ancs(maria.know()) == [2100, 1900, 1800, 1700, 1600]


def test_r04_an_anc_lab_reporting_form_brings_one_and_is_no_status_form(later: Registry) -> None:
    assert "labs.0" in parts(later.lab(7, 7, 1900))
    assert ancs(later.know()) == [2100, 1900]
    assert later.know()["last_status_form"] is None
    assert why(later.ask(7)) == ["R65"]


def test_r04_a_lab_form_without_its_signature_is_not_recorded(maria: Registry) -> None:
    values = {**PATIENT, **row(0, 7, 1900), "submitter_name": "ANN LEE"}
    for verdict in ("absent", "unsure"):
        assert maria.submit("anc_lab_reporting", values, 7, signed={"submitter": verdict})["admitted"] is False
    assert ancs(maria.know()) == [2100]


@pytest.mark.parametrize(("form", "signed"), [
    ("patient_status", {"prescriber": "present"}), ("anc_lab_reporting", {"submitter": "present"}),
    ("patient_enrollment", {"prescriber": "present"}),
])  # fmt: skip
@pytest.mark.parametrize("said", [{"adverse_event": "yes"}, {"adverse_event_narrative": "fainted"}])
def test_r05_a_suspected_adverse_event_goes_to_the_contact_centre(
    maria: Registry, form: str, signed: dict[str, str], said: dict[str, str]
) -> None:
    answer = maria.submit(form, {**PATIENT, "submitter_name": "ANN LEE", **said}, 7, signed=signed)
    assert "adverse_event" in told(answer, "contact_centre")


def test_r05_also_when_everything_else_on_the_fax_is_refused(empty: Registry) -> None:
    answer = empty.status(7, (7, 1900), adverse_event="yes")
    assert answer["admitted"] is False
    assert "adverse_event" in told(answer, "contact_centre")


def test_r05_the_received_time_starts_the_safety_clock_however_late_the_form_was_confirmed() -> None:
    world = World()
    answer = world.send("patient_status", {"adverse_event": "yes"}, day(3))
    (notice,) = [one for one in answer.notices if one.kind == "adverse_event"]
    assert notice.facts["received_at"] == day(3).isoformat()


def test_r05_a_form_that_says_no_tells_nobody(maria: Registry) -> None:
    assert "adverse_event" not in told(maria.status(7, (7, 1900), adverse_event="no"))


@pytest.mark.parametrize("frequency", ["every_two_weeks", "monthly", "other"])
def test_r07_the_prescriber_sets_the_monitoring_frequency_on_the_status_form(maria: Registry, frequency: str) -> None:
    maria.status(7, (7, 1900), monitoring_frequency=frequency)
    assert maria.know()["monitoring_frequency"] == frequency


def test_r07_six_months_are_for_hospice_patients_only(maria: Registry) -> None:
    refused = maria.status(7, (7, 1900), monitoring_frequency="every_six_months")
    assert ("monitoring_frequency", "R07") in rules(refused)
    assert maria.know()["monitoring_frequency"] == "weekly"
    maria.status(8, (8, 1900), monitoring_frequency="every_six_months", hospice=True)
    assert maria.know()["monitoring_frequency"] == "every_six_months"


def test_r08_a_pharmacys_frequency_is_ignored_and_the_pharmacy_told(treated: Registry) -> None:
    for form in (treated.status(7, (7, 1900), signed=NEITHER_SIGNED, monitoring_frequency="monthly", **BY_CORNER),
                 treated.lab(8, 8, 1800, monitoring_frequency="monthly", **BY_CORNER)):  # fmt: skip
        assert ("monitoring_frequency", "R08") in rules(form)
        assert "labs.0" in parts(form), "its ANC counts all the same"
    assert treated.know()["monitoring_frequency"] == "weekly"


@pytest.mark.parametrize("form", ["outpatient_pharmacy", "inpatient_pharmacy"])
def test_r30_nobody_gets_clozapine_without_being_enrolled(empty: Registry, form: str) -> None:
    empty.pharmacy(form=form)
    for stranger in (issue_patient_id(7), "0000-0000-A", "nobody"):
        answer = empty.ask(1, patient_id=stranger)
        assert (answer["authorized"], why(answer)) == (False, ["R64"])


@pytest.mark.parametrize(("values", "accepted"), [
    ({"labs.0.anc": 1500}, True), ({"labs.0.anc": 1499}, False), ({"labs.0.anc": 1499.9}, False),
    ({"labs.0.anc": None, "labs.0.draw_date": None}, False), ({"labs.0.draw_date": None}, False), ({"labs.0.anc": None}, False),
    ({**TWO_BASELINES, "ben": True, "labs.1.anc": 1000}, True), ({**TWO_BASELINES, "ben": True, "labs.1.anc": 999}, False),
    ({**TWO_BASELINES, "ben": True, "labs.1.anc": 999.9}, False), ({"ben": True, "labs.0.anc": 1000}, False),
    ({**TWO_BASELINES, "ben": True, "labs.1.draw_date": on(-2)}, False),
    ({"labs.0.anc": 1000, "new_to_clozapine": "no"}, True), ({"labs.0.anc": 999.9, "new_to_clozapine": "no"}, False),
    ({"labs.0.anc": 500, "new_to_clozapine": "no", "ben": True}, True),
    ({"labs.0.anc": 499, "new_to_clozapine": "no", "ben": True}, False),
    ({"labs.0.anc": 1499, "new_to_clozapine": "yes"}, False),
])  # fmt: skip
def test_r31_the_enrollment_carries_an_acceptable_anc_to_start_or_to_continue(
    ann: Registry, values: dict[str, Any], accepted: bool
) -> None:
    answer = ann.enroll(**values)
    assert answer["admitted"] is accepted
    assert ("R31" in cited(answer)) is not accepted


def test_r31_the_latest_of_several_baselines_decides_and_the_lower_of_one_day(ann: Registry) -> None:
    assert ann.enroll(**row(0, -3, 1200), **row(1, -1, 1600))["admitted"] is True
    other = {"patient_first_name": "IVO"}
    assert ann.enroll(**other, **row(0, -3, 1600), **row(1, -1, 1200))["admitted"] is False
    assert ann.enroll(**other, **row(0, -1, 1600), **row(1, -1, 1200))["admitted"] is False


@pytest.mark.parametrize("marks", [{"ben": True}, {"hospice": True}, {"ben": True, "hospice": True}])
@pytest.mark.parametrize("verdict", ["absent", "unsure"])
def test_r33_ben_and_hospice_patients_are_enrolled_by_the_prescriber_only(
    ann: Registry, marks: dict[str, bool], verdict: str
) -> None:
    both = {**TWO_BASELINES, **marks}
    refused = ann.enroll(signed={"prescriber": verdict, "designee": "present"}, **both, **BY_DON)
    assert (refused["admitted"], cited(refused)) == (False, {"R33"})
    assert ann.enroll(1, **both)["admitted"] is True


def test_r33_a_form_nobody_signed_and_a_pharmacys_enroll_nobody(ann: Registry) -> None:
    ann.pharmacy()
    assert ann.enroll(signed=NEITHER_SIGNED)["admitted"] is False
    assert ann.enroll(signed={"prescriber": "unsure", "designee": "unsure"})["admitted"] is False
    assert cited(ann.enroll(signed=NEITHER_SIGNED, **BY_CORNER)) == {"R33"}


@pytest.mark.parametrize("field", ["patient_first_name", "patient_last_name", "patient_date_of_birth"])
def test_r34_without_name_and_birth_date_there_is_no_enrollment(ann: Registry, field: str) -> None:
    answer = ann.enroll(**{field: None})
    assert (answer["admitted"], rules(answer)) == (False, {(field, "R34")})


@pytest.mark.parametrize("field", ["patient_zip", "patient_sex", "patient_address", "patient_phone", "monitoring_frequency"])
def test_r34_nothing_else_of_the_patient_is_indispensable(ann: Registry, field: str) -> None:
    assert ann.enroll(**{field: None})["treatment_status"] == "enrolled"


@pytest.mark.parametrize("born", ["2023-11-01", "2024-02-03", "1980-02-30", "03/02/1980"])
def test_r34_a_birth_date_lies_in_the_past_and_exists(ann: Registry, born: str) -> None:
    assert cited(ann.enroll(patient_date_of_birth=born)) == {"R34"}


def test_r35_an_anc_of_an_uncertified_sender_is_held_and_counts_from_certification_on(maria: Registry) -> None:
    held = maria.lab(7, 7, 400, submitter_name="BEA FOX", **BY_BEA)
    assert (held["admitted"], cited(held)) == (False, {"R35"})
    assert "anc_held" in told(held, "sender")
    assert maria.treatment() == "enrolled"
    maria.prescriber(9, OTHER_PRESCRIBER)
    assert ancs(maria.know()) == [2100, 400]
    assert maria.treatment() == "interrupted"


def test_r35_a_pharmacy_reports_when_certified_and_no_longer_when_deactivated(maria: Registry) -> None:
    assert cited(maria.lab(1, 1, 1900, **BY_CORNER)) == {"R35"}
    maria.pharmacy(2)
    assert "labs.0" in parts(maria.lab(3, 3, 1800, **BY_CORNER))
    maria.line(4, deactivate={"pharmacy_npi": CORNER})
    assert cited(maria.lab(5, 5, 1700, **BY_CORNER)) == {"R35"}
    assert 1700 not in ancs(maria.know())


@pytest.mark.parametrize(("ben", "anc", "notices"), [
    (False, 1500, set()), (False, 1499, {"neutropenia_mild"}), (False, 1000, {"neutropenia_mild"}),
    (False, 999.9, {"neutropenia_moderate"}), (False, 500, {"neutropenia_moderate"}), (False, 499, {"neutropenia_severe"}),
    (True, 1000, set()), (True, 999, {"neutropenia_ben"}), (True, 500, {"neutropenia_ben"}),
    (True, 499.9, {"neutropenia_ben_severe"}),
])  # fmt: skip
@pytest.mark.parametrize("form", ["status", "lab"])
def test_r36_the_associated_prescriber_is_told_of_every_band_of_neutropenia(
    maria: Registry, form: str, ben: bool, anc: float, notices: set[str]
) -> None:
    maria.status(3, (3, 1900), ben=ben)
    answer = maria.status(7, (7, anc)) if form == "status" else maria.lab(7, 7, anc)
    assert neutropenia(told(answer, "prescriber")) == notices


def test_r36_the_notice_goes_to_the_associated_prescriber_and_not_to_who_covers() -> None:
    world = World()
    world.patient()
    world.prescriber(values=OTHER_PRESCRIBER)
    answer = world.status(day(7), (7, 1200), **BY_BEA)
    assert [one.name for one in answer.notices if one.kind == "neutropenia_mild"] == ["ANN LEE"]


def test_r37_a_substantial_drop_alone_tells_nobody(maria: Registry) -> None:
    maria.status(7, (7, 9000))
    assert neutropenia(told(maria.status(14, (14, 1500)))) == set()


@pytest.mark.parametrize("status", ["enrolled", "interrupted", "discontinued"])
def test_r38_three_statuses_can_be_reported(maria: Registry, status: str) -> None:
    answer = maria.status(7, (7, 1900), treatment_status=status)
    assert (answer["admitted"], answer["treatment_status"]) == (True, status)


@pytest.mark.parametrize("status", ["paused", "on hold", "deceased"])
def test_r38_a_fourth_status_is_refused_and_the_rest_stands(maria: Registry, status: str) -> None:
    answer = maria.status(7, (7, 1900), treatment_status=status)
    assert rules(answer) == {("treatment_status", "R38")}
    assert ("labs.0" in parts(answer), answer["treatment_status"]) == (True, "enrolled")


def test_r46_a_word_on_hospital_admission_or_discharge_is_not_kept_and_changes_nothing(maria: Registry) -> None:
    before = maria.know()
    answer = maria.status(7, hospital_admission="2023-11-02", hospital_discharge="2023-11-05", inpatient=True)
    assert cited(answer) == set()
    of_the_form = {"last_status_form", "next_status_form_by"}
    after = maria.know()
    assert {name for name in after if after[name] != before[name]} <= of_the_form


def test_r47_another_prescriber_enrolls_a_known_patient_without_a_duplicate_or_error(maria: Registry) -> None:
    maria.prescriber(1, OTHER_PRESCRIBER)
    moved = maria.enroll(2, **BY_BEA)
    assert (moved["admitted"], moved["ids"]["patient_id"], cited(moved)) == (True, maria.maria, set())
    assert maria.know()["prescriber_npi"] == BEA
    assert ancs(maria.know()) == [2100], "and the same result is not kept twice"


def test_r47_re_enrollment_lifts_no_interruption(maria: Registry) -> None:
    maria.status(7, (7, 900))
    maria.prescriber(8, OTHER_PRESCRIBER)
    maria.enroll(8, **{**row(0, 8, 2000), **BY_BEA})
    assert maria.treatment() == "interrupted"


def test_r47_a_near_twin_is_neither_merged_nor_enrolled_by_itself(maria: Registry) -> None:
    refused = maria.enroll(2, patient_date_of_birth="1980-02-04")
    assert (refused["admitted"], rules(refused)) == (False, {("enrollment", "R47")})


def test_r48_taking_a_patient_off_a_list_needs_no_status_and_none_follows_from_it(maria: Registry) -> None:
    maria.prescriber(1, OTHER_PRESCRIBER)
    maria.enroll(2, **BY_BEA)  # the patient leaves Ann's list
    known = maria.know()
    assert (known["prescriber_npi"], known["treatment_status"]) == (BEA, "enrolled")


def test_r48_a_prescriber_takes_a_patient_off_the_own_list_and_the_patient_stays_enrolled(maria: Registry) -> None:
    maria.pharmacy()
    answer = maria.line(2, off_list={"prescriber_npi": ANN, "patient_id": maria.maria})
    assert "error" not in answer
    known = maria.know()
    assert (known["prescriber_npi"], known["treatment_status"]) == (None, "enrolled")
    assert maria.ask(3)["authorized"] is True


def test_the_patients_id_is_accepted_as_printed(maria: Registry) -> None:
    answer = maria.status(7, (7, 1900), patient_id=print_patient_id(maria.maria))
    assert answer["ids"]["patient_id"] == maria.maria


@pytest.mark.parametrize(("marks", "frequency"), [({"hospice": True}, "every_six_months"), ({}, "weekly")])
def test_r07_six_months_may_be_set_with_hospice_at_enrollment_and_with_nothing_else(
    ann: Registry, marks: dict[str, Any], frequency: str
) -> None:
    answer = ann.enroll(1, monitoring_frequency="every_six_months", **marks)
    known = ann.line(1, ask="patient", patient_id=answer["ids"]["patient_id"])
    assert known["monitoring_frequency"] == frequency
    assert rules(answer) == (set() if marks else {("monitoring_frequency", "R07")})
