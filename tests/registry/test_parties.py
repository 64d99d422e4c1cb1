"""Prescribers, designees, pharmacies, distributors: certification complete, pending, lost and won again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from registry import dispense_requests, questions, storage
from registry.admission import NOT_KEPT
from registry.parties import Assessment, Designee, Distributor, Pharmacy, Prescriber
from registry.submission import Admitted
from registry.vocabulary import Channel, SignatureRole, SignatureVerdict
from tests.registry.world import (
    ANN,
    BEA,
    CLINIC,
    CORNER,
    DAY_ONE,
    DESIGNEE,
    DISTRIBUTOR,
    OTHER_PRESCRIBER,
    PHARMACY,
    PRESCRIBER,
    World,
    day,
    kinds,
    parts,
    rules,
)  # fmt: skip


def test_r12_form_and_assessment_certify_in_either_order() -> None:
    for first, second in (("form", "assessment"), ("assessment", "form")):
        world = World()
        for step in (first, second):
            last = (
                world.send("prescriber_enrollment", PRESCRIBER, signed=("prescriber",)) if step == "form" else world.assessment()
            )
        assert questions.prescriber(world.session, ANN)["certified"] is True
        assert kinds(last) == ["certification_complete"], "R13"
        assert "certification" in parts(last)


def test_r12_one_alone_leaves_the_prescriber_pending_with_the_missing_item_named() -> None:
    world = World()
    form = world.send("prescriber_enrollment", PRESCRIBER, signed=("prescriber",))
    assert (form.admitted, kinds(form)) == (Admitted.YES, ["certification_pending"])
    assert form.notices[0].facts["missing"] == "the Knowledge Assessment for Prescribers, passed"
    assert form.notices[0].fax == "3125550143"
    alone = World().assessment()
    assert alone.notices[0].facts["missing"] == "the Prescriber Enrollment Form, complete and signed"
    assert (alone.notices[0].to, alone.notices[0].fax) == ("sender", "3125550999")


@pytest.mark.parametrize("verdict", [SignatureVerdict.ABSENT, SignatureVerdict.UNSURE, None])
def test_r12_an_unsigned_form_is_not_recorded(verdict: SignatureVerdict | None) -> None:
    world = World()
    signatures = {} if verdict is None else {SignatureRole.PRESCRIBER: verdict}
    admission = world.send("prescriber_enrollment", PRESCRIBER, signatures=signatures)
    assert admission.admitted is Admitted.NO
    assert rules(admission) == {("signature_prescriber", "R12")}
    assert storage.load(world.session, Prescriber, ANN) is None


@pytest.mark.parametrize("field", ["prescriber_first_name", "credentials", "prescriber_npi", "address", "state", "zip",
                                   "prescriber_fax", "prescriber_email", "attestation_1"])  # fmt: skip
def test_r12_each_missing_item_of_the_form_is_named(field: str) -> None:
    admission = World().send("prescriber_enrollment", {**PRESCRIBER, field: None}, signed=("prescriber",))
    assert (admission.admitted, rules(admission)) == (Admitted.NO, {(field, "R12")})
    assert "missing" in admission.refused[0].reason
    assert "800-878-5927" in admission.refused[0].reason


def test_an_illegible_item_is_named_as_illegible() -> None:
    admission = World().send("prescriber_enrollment", {**PRESCRIBER, "zip": None}, signed=("prescriber",), illegible=("zip",))
    assert "could not be read" in admission.refused[0].reason


def test_an_npi_with_a_wrong_check_digit_is_refused() -> None:
    admission = World().send("prescriber_enrollment", {**PRESCRIBER, "prescriber_npi": "1234567890"}, signed=("prescriber",))
    assert rules(admission) == {("prescriber_npi", "R12")}
    assert "check digit" in admission.refused[0].reason


def test_a_wrong_optional_dea_number_is_refused_alone() -> None:
    admission = World().send("prescriber_enrollment", {**PRESCRIBER, "prescriber_dea": "AB4523763"}, signed=("prescriber",))
    assert (admission.admitted, rules(admission)) == (Admitted.PARTLY, {("prescriber_dea", "R12")})


@pytest.mark.parametrize("credentials", ["md", "do", "np", "pa", "resident_or_intern"])
def test_r14_any_professional_with_prescribing_privileges_may_certify(credentials: str) -> None:
    values = {**PRESCRIBER, "credentials": credentials}
    assert World().send("prescriber_enrollment", values, signed=("prescriber",)).admitted is Admitted.YES


def test_other_credentials_must_be_named() -> None:
    values = {**PRESCRIBER, "credentials": "other"}
    assert rules(World().send("prescriber_enrollment", values, signed=("prescriber",))) == {("credentials_other", "R12")}


def test_r02_an_email_in_use_is_refused_for_another_person_and_for_another_role() -> None:
    world = World()
    world.prescriber()
    other = {**OTHER_PRESCRIBER, "prescriber_email": "ANN@example.org"}
    assert rules(world.send("prescriber_enrollment", other, signed=("prescriber",))) == {("prescriber_email", "R02")}
    designee = {**DESIGNEE, "designee_email": "ann@example.org"}
    refused = world.send("prescriber_designee", designee, signed=("prescriber", "designee"))
    assert (refused.admitted, rules(refused)) == (Admitted.NO, {("designee_email", "R02")})
    pharmacy = world.send("outpatient_pharmacy", {**PHARMACY, "ar_email": "ann@example.org"}, signed=("ar",))
    assert rules(pharmacy) == {("ar_email", "R02")}
    distributor = world.send("distributor_enrollment", {**DISTRIBUTOR, "ar_email": "ann@example.org"}, signed=("ar",))
    assert rules(distributor) == {("ar_email", "R02")}


def test_r02_the_same_person_in_the_same_role_may_send_the_form_again() -> None:
    world = World()
    world.prescriber()
    again = world.send("prescriber_enrollment", {**PRESCRIBER, "city": "Joliet"}, day(1), ("prescriber",))
    assert again.admitted is Admitted.YES
    found = storage.load(world.session, Prescriber, ANN)
    assert found is not None
    assert (found.city, found.certified_at) == ("Joliet", DAY_ONE)


def test_a_failed_assessment_is_kept_and_told_and_certifies_nobody() -> None:
    world = World()
    world.send("prescriber_enrollment", PRESCRIBER, signed=("prescriber",))
    assert world.assessment(at=day(0), respondent_last_name="MAY", prescriber_npi=BEA, **{"answers.1": "c"}).applied, (
        "9 of 10 pass"
    )
    failed = world.assessment(**{"answers.1": "c", "answers.2": "c"})
    assert (failed.admitted, rules(failed)) == (Admitted.NO, {("assessment", "R12")})
    assert failed.notices[0].facts["correct"] == 8
    assert storage.count(world.session, Assessment) == 2
    assert questions.prescriber(world.session, ANN)["certified"] is False
    assert kinds(world.assessment()) == ["certification_complete"]


def test_an_unanswered_question_is_asked_for_and_not_counted_wrong() -> None:
    world = World()
    admission = world.assessment(**{"answers.4": None})
    assert rules(admission) == {("answers.4", "R12")}
    assert storage.count(world.session, Assessment) == 0


def test_an_assessment_under_another_persons_npi_is_refused() -> None:
    world = World()
    world.send("prescriber_enrollment", PRESCRIBER, signed=("prescriber",))
    admission = world.assessment(respondent_first_name="BEA", respondent_last_name="FOX")
    assert rules(admission) == {("assessment", "R12")}


def test_r21_a_designee_needs_both_signatures() -> None:
    for signed, missing in ((("designee",), "signature_prescriber"), (("prescriber",), "signature_designee")):
        admission = World().send("prescriber_designee", DESIGNEE, signed=signed)
        assert (admission.admitted, rules(admission)) == (Admitted.NO, {(missing, "R21")})


@pytest.mark.parametrize("field", ["prescriber_npi", "designee_first_name", "designee_role", "designee_phone", "designee_email"])
def test_r21_a_designee_form_needs_every_section(field: str) -> None:
    admission = World().send("prescriber_designee", {**DESIGNEE, field: None}, signed=("prescriber", "designee"))
    assert (admission.admitted, rules(admission)) == (Admitted.NO, {(field, "R21")})


def test_r22_an_enrolled_designee_gets_an_email_with_a_link() -> None:
    world = World()
    world.prescriber()
    admission = world.designee()
    assert kinds(admission) == ["designee_enrolled", "designee_invitation"]
    assert (admission.notices[1].to, admission.notices[1].email) == ("designee", "don@example.org")
    assert storage.count(world.session, Designee) == 1


@pytest.mark.parametrize("role", ["provider", "staff", "pharmacist"])
def test_r20_a_designee_may_be_provider_staff_or_pharmacist(role: str) -> None:
    assert World().send("prescriber_designee", {**DESIGNEE, "designee_role": role}, signed=("prescriber", "designee")).applied


def test_one_designee_may_serve_two_prescribers_with_one_account() -> None:
    world = World()
    world.designee()
    other = {**DESIGNEE, "prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA}
    assert world.send("prescriber_designee", other, signed=("prescriber", "designee")).admitted is Admitted.YES
    assert storage.count(world.session, Designee) == 2


def test_r73_form_and_the_ars_assessment_certify_a_pharmacy_in_either_order() -> None:
    world = World()
    assert kinds(world.pharmacy()) == ["pharmacy_certified"]
    other = World()
    pending = other.send("outpatient_pharmacy", PHARMACY, signed=("ar",))
    assert kinds(pending) == ["pharmacy_pending"]
    assert (
        pending.notices[0].facts["missing"] == "the Knowledge Assessment for Pharmacies, passed by the authorized representative"
    )
    assert kinds(other.assessment("pharmacy_knowledge")) == ["pharmacy_certified"]


def test_r73_another_persons_assessment_does_not_certify_the_pharmacy() -> None:
    world = World()
    world.send("outpatient_pharmacy", PHARMACY, signed=("ar",))
    admission = world.assessment("pharmacy_knowledge", respondent_first_name="TOM")
    assert ("respondent_last_name", "R73") in rules(admission)
    assert questions.pharmacy(world.session, CORNER, DAY_ONE)["certified"] is False


def test_r73_a_pharmacy_form_without_the_ars_signature_is_not_recorded() -> None:
    world = World()
    assert rules(world.send("outpatient_pharmacy", PHARMACY, absent=("ar",))) == {("signature_ar", "R73")}
    assert storage.count(world.session, Pharmacy) == 0


@pytest.mark.parametrize(
    "field", ["pharmacy_name", "pharmacy_kind", "pharmacy_ncpdp", "pharmacy_fax", "ar_last_name", "ar_title"]
)
def test_r73_each_missing_item_of_a_pharmacy_form_is_named(field: str) -> None:
    admission = World().send("outpatient_pharmacy", {**PHARMACY, field: None}, signed=("ar",))
    assert (admission.admitted, rules(admission)) == (Admitted.NO, {(field, "R73")})


def test_an_inpatient_pharmacy_needs_neither_kind_nor_ncpdp() -> None:
    values = {**PHARMACY, "pharmacy_kind": None, "pharmacy_ncpdp": None}
    assert World().send("inpatient_pharmacy", values, signed=("ar",)).admitted is Admitted.YES


def test_r62_a_pharmacy_of_both_kinds_stays_outpatient() -> None:
    world = World()
    world.pharmacy()
    world.send("inpatient_pharmacy", PHARMACY, day(1), ("ar",))
    assert questions.pharmacy(world.session, CORNER, day(1))["kind"] == "outpatient"


@pytest.mark.parametrize("title", ["pharmacy_manager", "staff_pharmacist"])
def test_r81_a_single_sites_title_cannot_answer_for_several(title: str) -> None:
    values = {**PHARMACY, "pharmacy_kind": "chain", "ar_title": title}
    assert rules(World().send("outpatient_pharmacy", values, signed=("ar",))) == {("ar_title", "R81")}
    assert World().send("outpatient_pharmacy", {**values, "ar_title": "corporate_executive"}, signed=("ar",)).applied


def test_r61_r91_the_locations_of_a_chain_are_on_the_list_of_certified_pharmacies() -> None:
    world = World()
    admission = world.pharmacy(pharmacy_kind="chain", ar_title="corporate_executive",
                               **{"locations.0.npi": CLINIC, "locations.0.name": "NORTH", "locations.0.zip": "60601",
                                  "locations.1.name": "SOUTH", "locations.1.npi": "1234567890"})  # fmt: skip
    assert rules(admission) == {("locations.1.npi", "R61")}
    found = questions.certified_pharmacies(world.session, day(0))
    assert [(one["npi"], one["name"]) for one in found] == [(CORNER, "CORNER DRUGS"), (CLINIC, "NORTH")]
    assert questions.pharmacy(world.session, CLINIC, DAY_ONE)["certified"] is True


def test_r74_a_new_ar_means_a_new_assessment() -> None:
    world = World()
    world.pharmacy()
    new = {**PHARMACY, "ar_first_name": "UMA", "ar_last_name": "DALE", "ar_email": "uma@example.org", "ar_replaces": "yes"}
    assert kinds(world.send("outpatient_pharmacy", new, day(5), ("ar",))) == ["pharmacy_pending"]
    assert questions.pharmacy(world.session, CORNER, day(5))["certified"] is False
    world.assessment("pharmacy_knowledge", day(6), respondent_first_name="UMA", respondent_last_name="DALE")
    assert questions.pharmacy(world.session, CORNER, day(6))["certified"] is True


def test_r75_without_reconfirmation_the_pharmacy_is_decertified_after_two_years() -> None:
    world = World()
    world.pharmacy()
    assert questions.pharmacy(world.session, CORNER, day(731))["certified"] is True, "1 November 2025, the anniversary"
    assert questions.pharmacy(world.session, CORNER, day(732))["standing"] == "decertified"
    assert not dispense_requests.reconfirm(world.session, CORNER, day(732)).done


def test_r75_reconfirmation_gives_two_more_years() -> None:
    world = World()
    world.pharmacy()
    assert dispense_requests.reconfirm(world.session, CORNER, day(700)).done
    assert questions.pharmacy(world.session, CORNER, day(1400))["certified"] is True
    assert questions.pharmacy(world.session, CORNER, day(1432))["certified"] is False


def test_r75_the_ar_is_reminded_from_60_days_before_and_the_lapse_is_told() -> None:
    world = World()
    world.pharmacy()

    def due(number: int) -> list[str]:
        return [one.kind for one in questions.due(world.session, day(number))]

    assert due(670) == []
    assert due(671) == ["ar_reconfirmation_due"]
    assert due(731) == ["ar_reconfirmation_due"]
    assert due(732) == ["pharmacy_decertified"]


@pytest.mark.parametrize("lost", ["deactivated", "decertified"])
def test_r76_only_a_new_form_and_a_new_assessment_certify_again(lost: str) -> None:
    world = World()
    world.pharmacy()
    if lost == "deactivated":
        dispense_requests.deactivate(world.session, CORNER, day(10))
    again = day(11) if lost == "deactivated" else day(800)
    assert questions.pharmacy(world.session, CORNER, again)["standing"] == lost
    world.send("outpatient_pharmacy", PHARMACY, again, ("ar",))
    assert questions.pharmacy(world.session, CORNER, again)["certified"] is False, "the old assessment counts no more"
    world.assessment("pharmacy_knowledge", again + timedelta(hours=1))
    assert questions.pharmacy(world.session, CORNER, again + timedelta(hours=1))["certified"] is True


def test_r76_a_new_assessment_alone_does_not_certify_again() -> None:
    world = World()
    world.pharmacy()
    world.assessment("pharmacy_knowledge", day(800))
    assert questions.pharmacy(world.session, CORNER, day(800))["certified"] is False


def test_r90_a_distributor_enrolls_with_both_statements_and_a_signature() -> None:
    world = World()
    admission = world.send("distributor_enrollment", DISTRIBUTOR, signed=("ar",))
    assert (kinds(admission), admission.ids) == (["distributor_enrolled"], {"distributor_id": "A1B2C3D40"})
    assert storage.count(world.session, Distributor) == 1
    unticked = World().send("distributor_enrollment", {**DISTRIBUTOR, "attestation_2": False}, signed=("ar",))
    assert rules(unticked) == {("attestation_2", "R90")}
    unsigned = World().send("distributor_enrollment", DISTRIBUTOR, absent=("ar",))
    assert rules(unsigned) == {("signature_ar", "R90")}


def test_r90_a_distributor_needs_a_dea_number_or_a_hin() -> None:
    neither = World().send("distributor_enrollment", {**DISTRIBUTOR, "distributor_hin": None}, signed=("ar",))
    assert rules(neither) == {("distributor_dea", "R90")}
    values = {**DISTRIBUTOR, "distributor_hin": None, "distributor_dea": "AP5836727"}
    assert World().send("distributor_enrollment", values, signed=("ar",)).ids == {"distributor_id": "AP5836727"}


def test_on_the_web_an_enrollment_form_still_needs_the_signature_it_names() -> None:
    admission = World().send("prescriber_enrollment", PRESCRIBER, channel=Channel.WEB)
    assert ("signature_prescriber", "R12") in rules(admission)


def test_what_the_registry_does_not_keep_is_listed_with_its_reason() -> None:
    assert all(NOT_KEPT.values())
