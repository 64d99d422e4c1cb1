"""R35, R15, R21, R24–R28: who sends a form, whether that sender may, and whose signature stands on it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registry.decision import Situation
from registry.form_values import FormValues
from registry.parties import Designee, Pharmacy, Prescriber
from registry.senders import Sender, Unauthorized, authority, is_signed, is_signed_for_prescriber, signature_reason, submitter
from registry.submission import Submission
from registry.vocabulary import Channel, SignatureRole, SignatureVerdict
from tests.registry.forms_by_hand import sent
from tests.registry.histories_by_hand import at

NPI, WRONG_NPI, DEA = "1234567893", "1234567890", "AP5836727"
PRESENT, ABSENT, UNSURE = SignatureVerdict.PRESENT, SignatureVerdict.ABSENT, SignatureVerdict.UNSURE
BY_PRESCRIBER, BY_DESIGNEE = SignatureRole.PRESCRIBER, SignatureRole.DESIGNEE
ANN = Prescriber(NPI, first_name="Ann", last_name="Lee", form_received_at=at(0), assessment_passed_at=at(0), certified_at=at(0))
DON = Designee(f"{NPI}:don", NPI, "Don", "May", "staff", "3125550150", None, "don@example.org", at(0))
CORNER = Pharmacy("1012345678", name="Corner Drugs", form_received_at=at(0), assessment_passed_at=at(0), certified_at=at(0))
KNOWN = Situation(next_serial=0, keys={}, prescriber=ANN, designees=(DON,), pharmacy=CORNER)
ANNS = {"prescriber_first_name": "ANN", "prescriber_last_name": "LEE", "prescriber_npi": NPI}


def asked(submission: Submission, situation: Situation = KNOWN) -> Sender | Unauthorized:
    return authority(submission, FormValues(submission), situation)


def refused(submission: Submission, situation: Situation = KNOWN) -> Unauthorized:
    found = asked(submission, situation)
    assert isinstance(found, Unauthorized)
    assert found.rule == "R35"
    return found


@pytest.mark.parametrize(("verdict", "signed"), [(PRESENT, True), (ABSENT, False), (UNSURE, False)])
def test_r28_a_signature_stands_where_it_is_seen_and_nowhere_else(verdict: SignatureVerdict, signed: bool) -> None:
    assert is_signed(sent({BY_PRESCRIBER: verdict}), BY_PRESCRIBER) is signed
    assert is_signed(sent({BY_PRESCRIBER: verdict}, submitter="prescriber"), BY_DESIGNEE) is False
    on_the_web = sent({BY_PRESCRIBER: verdict}, Channel.WEB, submitter="prescriber")
    assert is_signed(on_the_web, BY_PRESCRIBER) is signed


def test_r28_on_the_web_the_account_of_the_submitter_signs_for_that_role_alone() -> None:
    web = sent(channel=Channel.WEB, submitter="prescriber")
    assert (is_signed(web, BY_PRESCRIBER), is_signed(web, BY_DESIGNEE)) == (True, False)
    assert not is_signed(sent(submitter="prescriber"), BY_PRESCRIBER)
    assert not is_signed(sent(channel=Channel.PHONE, submitter="prescriber"), BY_PRESCRIBER)
    assert not is_signed(sent(channel=Channel.WEB), BY_PRESCRIBER)
    assert is_signed(sent(channel=Channel.WEB, submitter=" Prescriber"), BY_PRESCRIBER)


def test_r28_a_missing_signature_and_one_that_cannot_be_told_are_asked_for_by_whose_it_is() -> None:
    missing = signature_reason(sent({BY_PRESCRIBER: ABSENT}), BY_PRESCRIBER, "the prescriber")
    unsure = signature_reason(sent({BY_PRESCRIBER: UNSURE}), BY_PRESCRIBER, "the prescriber")
    assert missing.startswith("The prescriber's signature is missing")
    assert "the prescriber signed cannot be told. The prescriber must sign" in unsure
    assert signature_reason(sent({BY_PRESCRIBER: UNSURE}), BY_DESIGNEE, "the designee").startswith("The designee's")


@pytest.mark.parametrize("ticked", ["prescriber", "designee", "pharmacy"])
def test_the_box_ticked_says_who_sends_whoever_signed(ticked: str) -> None:
    form = sent({BY_PRESCRIBER: PRESENT}, submitter=ticked.upper())
    assert submitter(form, FormValues(form)) == ticked


@pytest.mark.parametrize(
    ("form", "who"),
    [
        (sent({BY_PRESCRIBER: PRESENT, BY_DESIGNEE: PRESENT}), "prescriber"), (sent({BY_DESIGNEE: PRESENT}), "designee"),
        (sent({BY_DESIGNEE: PRESENT}, submitter="nobody"), "designee"), (sent(pharmacy_npi="1558598797"), "pharmacy"),
        (sent({BY_DESIGNEE: UNSURE}, pharmacy_npi=WRONG_NPI), None), (sent(), None),
    ],
)  # fmt: skip
def test_where_no_box_is_ticked_the_signature_says_it_then_the_pharmacys_npi(form: Submission, who: str | None) -> None:
    assert submitter(form, FormValues(form)) == who


def test_r35_nobody_named_is_asked_for_and_the_submitter_is_quoted() -> None:
    found = refused(sent(submitter_name="Don  May"))
    assert ("submitted by" in found.reason, "submitted by" in found.missing, found.name) == (True, True, "Don May")
    assert refused(sent()).name == ""


def test_r35_a_certified_prescriber_may_under_the_name_on_file() -> None:
    assert asked(sent(submitter="prescriber", **ANNS)) == Sender("prescriber", "Ann Lee")
    by_dea = sent(submitter="prescriber", prescriber_dea=DEA)
    assert asked(by_dea) == Sender("prescriber", "Ann Lee")
    slipped_npi_beside_a_dea = sent(submitter="prescriber", prescriber_npi=WRONG_NPI, prescriber_dea=DEA)
    assert asked(slipped_npi_beside_a_dea) == Sender("prescriber", "Ann Lee")


def test_r35_without_npi_and_dea_nobody_is_looked_for() -> None:
    found = refused(sent(submitter="prescriber", prescriber_first_name="ANN", prescriber_last_name="LEE"))
    assert ("NPI is missing" in found.reason, found.missing, found.name) == (True, "the prescriber's NPI", "ANN LEE")


def test_r35_an_npi_or_dea_that_cannot_be_right_is_quoted() -> None:
    found = refused(sent(submitter="prescriber", **{**ANNS, "prescriber_npi": WRONG_NPI}))
    assert (WRONG_NPI in found.reason, found.name) == (True, "ANN LEE")
    assert found.missing == "the prescriber's right NPI"
    assert "AB4523763" in refused(sent(submitter="prescriber", prescriber_dea="AB4523763")).reason


def test_r35_r15_a_prescriber_who_is_unknown_or_pending_is_told_what_is_lacking() -> None:
    form = sent(submitter="prescriber", **ANNS)
    unknown = refused(form, replace(KNOWN, prescriber=None))
    assert ("Enrollment Form" in unknown.missing, " and the Knowledge" in unknown.missing) == (True, True)
    pending = refused(form, replace(KNOWN, prescriber=replace(ANN, certified_at=None, assessment_passed_at=None)))
    assert pending.missing == "the Knowledge Assessment for Prescribers, passed"
    assert (pending.missing in pending.reason, NPI in pending.reason, pending.name) == (True, True, "ANN LEE")


def test_r35_an_npi_under_another_name_is_refused_and_part_of_the_name_is_enough() -> None:
    other = {**ANNS, "prescriber_first_name": "BEA", "prescriber_last_name": "FOX"}
    found = refused(sent(submitter="prescriber", **other))
    assert (found.name, NPI in found.reason, "BEA FOX" in found.reason) == ("BEA FOX", True, True)
    assert found.missing == "the prescriber's name and NPI as registered"
    for name in ({"prescriber_first_name": "BEA"}, {"prescriber_last_name": "FOX"}):
        assert isinstance(asked(sent(submitter="prescriber", **{**ANNS, **name})), Sender)
    assert refused(sent(submitter="prescriber", **{**ANNS, "prescriber_first_name": None, "prescriber_last_name": "FOX"}))
    assert refused(sent(submitter="prescriber", **{**ANNS, "prescriber_first_name": "BEA", "prescriber_last_name": None}))


def test_r35_an_enrolled_designee_may_however_the_name_stands() -> None:
    for values in (
        {"designee_first_name": "DON", "designee_last_name": "MAY", "submitter_name": "SOMEBODY ELSE"},
        {"submitter_name": "don may"}, {"submitter_name": "May, Don"},
        {"designee_first_name": "DON", "submitter_name": "Don May"},
        {"designee_last_name": "MAY", "submitter_name": "Don May"},
    ):  # fmt: skip
        assert asked(sent(submitter="designee", **ANNS, **values)) == Sender("designee", "Don May", designee_known=True)
    second = replace(DON, first_name="Eve")
    assert asked(sent(submitter="designee", **ANNS, submitter_name="Don May"), replace(KNOWN, designees=(second, DON)))


def test_r35_the_prescribers_own_signature_stands_for_a_designee_who_is_not_enrolled() -> None:
    form = sent({BY_PRESCRIBER: PRESENT}, submitter="designee", submitter_name="EVE FOX", **ANNS)
    assert asked(form) == Sender("designee", "Ann Lee")
    assert asked(replace(form, values={**form.values, "submitter": "prescriber"})) == Sender("prescriber", "Ann Lee")


def test_r21_r23_a_designees_signature_stands_only_where_the_form_names_an_enrolled_one() -> None:
    by_don = sent({BY_DESIGNEE: PRESENT}, submitter="prescriber", submitter_name="Don May", **ANNS)
    known = asked(by_don)
    assert known == Sender("prescriber", "Ann Lee", designee_known=True)
    assert isinstance(known, Sender)
    stranger = Sender("prescriber", "Ann Lee")
    assert (is_signed_for_prescriber(by_don, known), is_signed_for_prescriber(by_don, stranger)) == (True, False)
    assert not is_signed_for_prescriber(sent({BY_DESIGNEE: UNSURE}), known)
    assert not is_signed_for_prescriber(sent({BY_PRESCRIBER: ABSENT}), known)
    assert is_signed_for_prescriber(sent({BY_PRESCRIBER: PRESENT}), stranger)


def test_r35_a_stranger_as_designee_is_sent_the_form_for_designees() -> None:
    found = refused(sent(submitter="designee", submitter_name="EVE FOX", **ANNS))
    assert (found.name, found.missing) == ("EVE FOX", "the Prescriber Designee Enrollment Form")
    assert "EVE FOX is not enrolled" in found.reason
    nameless = refused(sent(submitter="designee", designee_first_name="DON", **ANNS))
    assert (nameless.name, nameless.missing) == ("", "the designee's name")
    assert "name is missing" in nameless.reason


def test_r35_a_designee_of_a_prescriber_who_may_not_may_not_either() -> None:
    form = sent(submitter="designee", submitter_name="Don May", **ANNS)
    assert "not certified" in refused(form, replace(KNOWN, prescriber=replace(ANN, certified_at=None))).reason


def test_r35_a_designee_taken_back_sends_no_more_and_what_came_in_before_counts() -> None:
    form = sent(submitter="designee", submitter_name="Don May", **ANNS)
    for ended, may in ((at(5), False), (at(4), False), (at(5) + timedelta(seconds=1), True)):
        situation = replace(KNOWN, designees=(replace(DON, ended_at=ended),))
        assert isinstance(asked(form, situation), Sender) is may
    enrolled_again = replace(KNOWN, designees=(replace(DON, ended_at=at(4)), DON))
    assert asked(form, enrolled_again) == Sender("designee", "Don May", designee_known=True)


def test_r35_a_certified_pharmacy_may_under_the_name_on_file() -> None:
    form = sent(submitter="pharmacy", pharmacy_npi=CORNER.npi, pharmacy_name="CORNER")
    assert asked(form) == Sender("pharmacy", "Corner Drugs")
    assert asked(form, replace(KNOWN, pharmacy=replace(CORNER, name=None))) == Sender("pharmacy", "CORNER")
    unnamed = sent(submitter="pharmacy", pharmacy_npi=CORNER.npi)
    assert asked(unnamed, replace(KNOWN, pharmacy=replace(CORNER, name=None))) == Sender("pharmacy", "")


def test_r35_a_pharmacy_without_npi_or_certification_is_told_what_is_lacking() -> None:
    nameless = refused(sent(submitter="pharmacy", pharmacy_name="CORNER"))
    assert (nameless.name, nameless.missing, "NPI is missing" in nameless.reason) == ("CORNER", "the pharmacy's NPI", True)
    form = sent(submitter="pharmacy", pharmacy_npi=CORNER.npi, pharmacy_name="CORNER")
    unknown = refused(form, replace(KNOWN, pharmacy=None))
    assert ("Enrollment Form" in unknown.missing, " and the Knowledge" in unknown.missing) == (True, True)
    assert (CORNER.npi in unknown.reason, unknown.missing in unknown.reason, unknown.name) == (True, True, "CORNER")


def test_r75_r35_a_pharmacy_whose_certification_lapsed_is_asked_to_certify_anew() -> None:
    assert isinstance(asked(sent(received=700, submitter="pharmacy", pharmacy_npi=CORNER.npi)), Sender)
    lapsed = refused(sent(received=900, submitter="pharmacy", pharmacy_npi=CORNER.npi))
    assert (lapsed.missing, lapsed.name) == ("certification anew", "")
