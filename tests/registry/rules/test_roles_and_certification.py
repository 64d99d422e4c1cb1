"""R01–R28: who has a role, which prescriber is certified, what a designee may not; R60–R93 stand in test_pharmacies_and_…"""

from __future__ import annotations

import pytest

from registry.grading import example_answer_keys
from tests.registry.rules.played_registry import BY_DON, ONLY_DESIGNEE, Registry, cited, parts, rules, told
from tests.registry.world import (
    ANN,
    BEA,
    CORNER,
    DESIGNEE,
    DISTRIBUTOR,
    OTHER_PRESCRIBER,
    PHARMACY,
    PRESCRIBER,
)

ONE_WRONG = {"a": "b", "b": "a", "c": "a", "d": "a"}
SIGNED = {"prescriber": "present"}
BOTH = {"prescriber": "present", "designee": "present"}
BY_BEA = {"prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA}


def wrong(form: str, how_many: int) -> dict[str, str]:
    """That many wrong answers to an assessment."""
    key = example_answer_keys()[form]
    return {field: ONE_WRONG[key[field]] for field in list(key)[:how_many]}


def test_r01_prescriber_designee_representative_and_distributor_each_get_their_role_by_their_own_form(empty: Registry) -> None:
    assert empty.prescriber()["ids"] == {"prescriber_npi": ANN}
    assert "designee" in parts(empty.designee())
    assert empty.pharmacy()["ids"] == {"pharmacy_npi": CORNER}
    enrolled = empty.submit("distributor_enrollment", DISTRIBUTOR, channel="phone", signed={"ar": "present"})
    assert "enrollment" in parts(enrolled)
    assert empty.line(1, ask="prescriber", prescriber_npi=ANN)["designees"] == ["DON MAY"]
    assert empty.standing(CORNER, 1)["ar_name"] == "RAY HILL"


def test_r02_an_email_in_use_is_refused_whoever_uses_it_in_whatever_case(empty: Registry) -> None:
    empty.prescriber()
    again = {**OTHER_PRESCRIBER, "prescriber_email": "Ann@Example.org"}
    refused = empty.submit("prescriber_enrollment", again, 1, signed=SIGNED)
    assert (refused["admitted"], rules(refused)) == (False, {("prescriber_email", "R02")})


@pytest.mark.parametrize(("form", "values", "signed", "field"), [
    ("prescriber_designee", {**DESIGNEE, "designee_email": "ann@example.org"}, BOTH, "designee_email"),
    ("outpatient_pharmacy", {**PHARMACY, "ar_email": "ann@example.org"}, {"ar": "present"}, "ar_email"),
    ("inpatient_pharmacy", {**PHARMACY, "ar_email": "ann@example.org"}, {"ar": "present"}, "ar_email"),
    ("distributor_enrollment", {**DISTRIBUTOR, "ar_email": "ann@example.org"}, {"ar": "present"}, "ar_email"),
], ids=lambda given: given if isinstance(given, str) and "_" in given else "")  # fmt: skip
def test_r02_another_role_needs_another_address(
    empty: Registry, form: str, values: dict, signed: dict[str, str], field: str
) -> None:
    empty.prescriber()
    refused = empty.submit(form, values, 1, signed=signed)
    assert (refused["admitted"], rules(refused)) == (False, {(field, "R02")})


def test_r02_the_same_person_holds_two_roles_with_two_addresses(empty: Registry) -> None:
    empty.prescriber()
    both = {**PHARMACY, "ar_first_name": "ANN", "ar_last_name": "LEE", "ar_email": "ann.lee@example.org"}
    assert empty.submit("outpatient_pharmacy", both, 1, signed={"ar": "present"})["admitted"] is True


def test_r10_a_prescriber_without_certification_starts_nobody(empty: Registry) -> None:
    refused = empty.enroll()
    assert (refused["admitted"], rules(refused)) == (False, {("enrollment", "R35")})
    empty.submit("prescriber_enrollment", PRESCRIBER, 1, signed=SIGNED)
    assert empty.enroll(1)["admitted"] is False, "pending is not certified"
    empty.assessment(2)
    assert empty.enroll(2)["admitted"] is True


def test_r11_an_inpatient_pharmacy_continues_an_enrolled_patient_and_nobody_asks_for_the_wards_prescriber(
    maria: Registry,
) -> None:
    maria.pharmacy(form="inpatient_pharmacy")
    answer = maria.ask(1)
    assert (answer["authorized"], answer["reasons"]) == (True, [])


@pytest.mark.parametrize("first", ["form", "assessment"])
def test_r12_certification_is_form_and_assessment_in_either_order_and_one_alone_is_pending(empty: Registry, first: str) -> None:
    steps = [lambda: empty.submit("prescriber_enrollment", PRESCRIBER, 1, signed=SIGNED), lambda: empty.assessment(1)]
    alone, then = steps if first == "form" else steps[::-1]
    assert told(alone()) == {"certification_pending"}
    asked = empty.line(1, ask="prescriber", prescriber_npi=ANN)
    assert (asked["certified"], len(asked["missing"])) == (False, 1)
    assert "certification" in parts(then())
    asked = empty.line(1, ask="prescriber", prescriber_npi=ANN)
    assert (asked["certified"], asked["missing"]) == (True, [])


@pytest.mark.parametrize("verdict", ["absent", "unsure"])
def test_r12_a_form_without_the_prescribers_signature_is_none(empty: Registry, verdict: str) -> None:
    refused = empty.submit("prescriber_enrollment", PRESCRIBER, signed={"prescriber": verdict})
    assert (refused["admitted"], cited(refused)) == (False, {"R12"})
    empty.assessment(1)
    assert empty.line(1, ask="prescriber", prescriber_npi=ANN)["certified"] is False


@pytest.mark.parametrize("field", [
    "prescriber_first_name", "prescriber_last_name", "credentials", "prescriber_npi", "address", "city", "state", "zip",
    "prescriber_phone", "prescriber_fax", "prescriber_email",
])  # fmt: skip
def test_r12_an_incomplete_form_is_refused_and_the_missing_item_named(empty: Registry, field: str) -> None:
    refused = empty.submit("prescriber_enrollment", {**PRESCRIBER, field: None}, signed=SIGNED)
    assert (refused["admitted"], rules(refused)) == (False, {(field, "R12")})


def test_r12_a_tick_left_out_at_an_attestation_is_a_missing_item(empty: Registry) -> None:
    refused = empty.submit("prescriber_enrollment", {**PRESCRIBER, "attestation_1": False}, signed=SIGNED)
    assert (refused["admitted"], rules(refused)) == (False, {("attestation_1", "R12")})


@pytest.mark.parametrize(("mistakes", "certified"), [(1, True), (2, False)])
def test_r12_the_assessment_is_passed_at_the_pass_mark_of_the_key(empty: Registry, mistakes: int, certified: bool) -> None:
    empty.submit("prescriber_enrollment", PRESCRIBER, signed=SIGNED)
    graded = empty.assessment(1, **wrong("prescriber_knowledge", mistakes))
    assert empty.line(1, ask="prescriber", prescriber_npi=ANN)["certified"] is certified
    assert ("assessment_not_passed" in told(graded)) is not certified


def test_r12_a_failed_assessment_is_taken_again(empty: Registry) -> None:
    empty.submit("prescriber_enrollment", PRESCRIBER, signed=SIGNED)
    empty.assessment(1, **wrong("prescriber_knowledge", 5))
    empty.assessment(2)
    assert empty.line(2, ask="prescriber", prescriber_npi=ANN)["certified"] is True


def test_r12_a_blank_answer_is_asked_for_and_not_counted_wrong(empty: Registry) -> None:
    graded = empty.assessment(1, **{"answers.3": None})
    assert (graded["admitted"], rules(graded), told(graded)) == (False, {("answers.3", "R12")}, set())


def test_r13_a_prescriber_who_completes_certification_is_told(empty: Registry) -> None:
    assert told(empty.prescriber(), "prescriber") == {"certification_complete"}


@pytest.mark.parametrize("credentials", ["md", "do", "np", "pa", "resident_or_intern", "other"])
def test_r14_any_profession_with_prescribing_privileges_certifies(empty: Registry, credentials: str) -> None:
    values = {**PRESCRIBER, "credentials": credentials, "credentials_other": "PharmD" if credentials == "other" else None}
    empty.prescriber(values=values)
    assert empty.line(1, ask="prescriber", prescriber_npi=ANN)["certified"] is True


def test_r15_a_covering_prescriber_reports_when_certified_and_not_before(maria: Registry) -> None:
    refused = maria.status(7, (7, 1900), **BY_BEA)
    assert (refused["admitted"], cited(refused)) == (False, {"R35"})
    maria.prescriber(8, OTHER_PRESCRIBER)
    covering = maria.status(9, (9, 1800), **BY_BEA)
    assert "labs.0" in parts(covering)
    assert maria.know()["prescriber_npi"] == ANN, "covering is not taking over"


def test_r20_a_designee_is_a_provider_office_staff_or_a_pharmacist_and_nothing_else(empty: Registry) -> None:
    empty.prescriber()
    for number, role in enumerate(("provider", "staff", "pharmacist")):
        values = {**DESIGNEE, "designee_role": role, "designee_email": f"don{number}@example.org"}
        assert empty.submit("prescriber_designee", values, signed=BOTH)["admitted"] is True
    refused = empty.submit("prescriber_designee", {**DESIGNEE, "designee_role": "neighbour"}, signed=BOTH)
    assert (refused["admitted"], rules(refused)) == (False, {("designee_role", "R21")})


@pytest.mark.parametrize("signed", [
    {"prescriber": "present", "designee": "absent"}, {"prescriber": "absent", "designee": "present"},
    {"prescriber": "present", "designee": "unsure"}, {"prescriber": "unsure", "designee": "present"}, {},
])  # fmt: skip
def test_r21_a_designees_form_needs_both_signatures(empty: Registry, signed: dict[str, str]) -> None:
    empty.prescriber()
    refused = empty.submit("prescriber_designee", DESIGNEE, signed=signed)
    assert (refused["admitted"], cited(refused)) == (False, {"R21"})
    assert empty.line(1, ask="prescriber", prescriber_npi=ANN)["designees"] == []


@pytest.mark.parametrize("field", [
    "prescriber_first_name", "prescriber_last_name", "prescriber_npi", "designee_first_name", "designee_last_name",
    "designee_role", "designee_phone", "designee_email",
])  # fmt: skip
def test_r21_a_designees_form_needs_every_section(empty: Registry, field: str) -> None:
    empty.prescriber()
    refused = empty.submit("prescriber_designee", {**DESIGNEE, field: None}, signed=BOTH)
    assert (refused["admitted"], rules(refused)) == (False, {(field, "R21")})


def test_r22_an_enrolled_designee_is_invited_to_create_credentials(empty: Registry) -> None:
    empty.prescriber()
    assert "designee_invitation" in told(empty.designee(), "designee")


def test_r23_a_designee_enrolls_general_patients_and_submits_the_status_form(empty: Registry) -> None:
    empty.prescriber()
    empty.designee()
    enrolled = empty.enroll(signed=ONLY_DESIGNEE, **BY_DON)
    assert enrolled["treatment_status"] == "enrolled"
    reported = empty.status(7, (7, 1900), signed=ONLY_DESIGNEE, **BY_DON)
    assert {"labs.0", "status_form"} <= parts(reported)


def test_r23_who_is_not_enrolled_as_this_prescribers_designee_reports_nothing(maria: Registry) -> None:
    refused = maria.status(7, (7, 1900), signed=ONLY_DESIGNEE, **BY_DON)
    assert (refused["admitted"], cited(refused)) == (False, {"R35"})


def test_r23_one_prescribers_designee_is_not_anothers(treated: Registry) -> None:
    treated.prescriber(1, OTHER_PRESCRIBER)
    refused = treated.status(7, (7, 1900), signed=ONLY_DESIGNEE, **{**BY_DON, **BY_BEA})
    assert (refused["admitted"], cited(refused)) == (False, {"R35"})


def test_r24_a_designee_does_not_set_ben(treated: Registry) -> None:
    answer = treated.status(7, (7, 1900), signed=ONLY_DESIGNEE, ben=True, **BY_DON)
    assert ("ben", "R28") in rules(answer)
    assert treated.know()["ben"] is False


def test_r25_a_designee_does_not_set_hospice(treated: Registry) -> None:
    answer = treated.status(7, (7, 1900), signed=ONLY_DESIGNEE, hospice=True, **BY_DON)
    assert ("hospice", "R28") in rules(answer)
    assert treated.know()["hospice"] is False


@pytest.mark.parametrize(("ben", "anc"), [(False, 999), (False, 499), (True, 499)], ids=["moderate", "severe", "ben-severe"])
def test_r26_a_designee_does_not_authorize_continuation_below_range(treated: Registry, ben: bool, anc: float) -> None:
    treated.status(3, (3, 1900), ben=ben)
    values = {"rationale": True, "rationale_draw_date": "2023-11-08", "rationale_anc": anc}
    answer = treated.status(7, (7, anc), signed=ONLY_DESIGNEE, **values, **BY_DON)
    assert ("rationale", "R28") in rules(answer)
    assert treated.treatment() == "interrupted"


def test_r27_a_designee_does_not_authorize_continuation_without_labs(later: Registry) -> None:
    answer = later.status(20, (20, 1900), signed=ONLY_DESIGNEE, missing_labs_authorized=True, **BY_DON)
    assert ("missing_labs_authorized", "R28") in rules(answer)
    assert later.ask(20)["authorized"] is False


def test_r12_nobody_takes_over_a_certification_by_writing_its_npi(empty: Registry) -> None:
    empty.prescriber()
    taken = {**OTHER_PRESCRIBER, "prescriber_npi": ANN}
    answer = empty.submit("prescriber_enrollment", taken, 1, signed=SIGNED)
    assert (answer["admitted"], rules(answer)) == (False, {("prescriber_npi", "R12")})
    assert empty.line(2, ask="prescriber", prescriber_npi=ANN)["last_name"] == "LEE"


def test_r12_an_assessment_passed_under_another_name_certifies_nobody(empty: Registry) -> None:
    empty.assessment(0, respondent_first_name="BEA", respondent_last_name="FOX")
    answer = empty.submit("prescriber_enrollment", PRESCRIBER, 1, signed=SIGNED)
    assert (answer["admitted"], told(answer)) == (True, {"certification_pending"})
    assert "certification_complete" in told(empty.assessment(2))


def test_r12_a_new_last_name_is_no_other_person(empty: Registry) -> None:
    empty.prescriber()
    married = {**PRESCRIBER, "prescriber_last_name": "SUMMERFIELD"}
    assert empty.submit("prescriber_enrollment", married, 1, signed=SIGNED)["admitted"] is True
