"""What the sender of a fax is told about each form: everything that matters, and no value."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import errors
from outbound.acknowledging import (
    ILLEGIBLE,
    LEFT_OUT,
    UNREADABLE,
    UNREADABLE_ANYHOW,
    document_outcome,
    part_label,
    rejected_outcome,
    unreadable_for_sender,
    without_values,
)
from outbound.notice import DocumentResult, Missing
from registry.submission import Admission, Admitted, Applied, Reference, Refused, Submission, SubmissionId
from registry.vocabulary import Channel, FormCode

LABELS = {"ben": "BEN", "patient_zip": "ZIP code", "monitoring_frequency": "Monitoring frequency"}
VALUES = {
    "patient_first_name": "ZELMIRA",
    "patient_last_name": "QUINTANILHA SOUZA",
    "patient_middle_initial": "A",
    "patient_date_of_birth": "1981-03-09",
    "patient_id": "35153828A",
    "labs.0.anc": 1850,
    "labs.0.draw_date": "2026-11-02",
    "prescriber_last_name": "Oyelaran",
    "ben": True,
}


def submission(**changed):
    given = {
        "submission_id": SubmissionId("S1"),
        "reference": Reference("R-1"),
        "form": FormCode.PATIENT_STATUS,
        "revision": "2023-11",
        "channel": Channel.FAX,
        "received_at": datetime(2026, 11, 23, tzinfo=UTC),
        "values": VALUES,
        "signatures": {},
    }
    return Submission(**{**given, **changed})


def admission(*refused, applied=(), admitted=Admitted.PARTLY):
    return Admission(SubmissionId("S1"), Reference("R-1"), admitted, tuple(applied), tuple(refused))


def test_every_refusal_is_told_with_its_rule_and_what_to_do():
    outcome = document_outcome(
        "Patient Status Form", submission(), admission(Refused("ben", "R28", "The prescriber must sign.")), LABELS
    )
    assert outcome.missing == (Missing("BEN", "The prescriber must sign.", "R28"),)
    assert outcome.result is DocumentResult.PARTLY


def test_what_the_registry_knows_from_its_own_file_is_left_out_and_limits_stay():
    reason = "The latest ANC, 720/µL drawn 2026-10-30, is below the limit; at least 1500/µL within 37 days. See 4417-0823-K."
    outcome = document_outcome("Form", submission(), admission(Refused("rationale", "R44", reason)), LABELS)
    assert outcome.missing[0].todo == (
        f"The latest ANC, {LEFT_OUT}/µL drawn {LEFT_OUT}, is below the limit; at least 1500/µL within 37 days. See {LEFT_OUT}."
    )
    assert outcome.missing[0].what == "Treatment Rationale"


def test_what_was_applied_is_told_once_by_label():
    applied = [Applied("labs.0", "ANC 1850 recorded"), Applied("labs.0", "again"), Applied("monitoring_frequency", "weekly")]
    outcome = document_outcome("Form", submission(), admission(applied=applied, admitted=Admitted.YES), LABELS)
    assert outcome.understood == ("Blood draw 1", "Monitoring frequency")


def test_an_illegible_field_is_asked_for_again_unless_a_refusal_already_does():
    outcome = document_outcome(
        "Form", submission(illegible=("patient_zip", "ben")), admission(Refused("ben", "R28", "Sign.")), LABELS
    )
    assert [one.what for one in outcome.missing] == ["BEN", "ZIP code"]
    assert outcome.missing[1].todo == ILLEGIBLE


@pytest.mark.parametrize(
    ("sentence", "told"),
    [
        ("The ANC of 1850 drawn 2026-11-02 is held.", f"The ANC of {LEFT_OUT} drawn {LEFT_OUT} is held."),
        ("The ANC of 1,850 drawn 11/02/2026 is held.", f"The ANC of {LEFT_OUT} drawn {LEFT_OUT} is held."),
        ("Zelmira Quintanilha Souza is not enrolled.", f"{LEFT_OUT} {LEFT_OUT} is not enrolled."),
        ("No patient has the ID 3515-3828-A.", f"No patient has the ID {LEFT_OUT}."),
        ("Born 3/9/1981 or March 9, 1981?", f"Born {LEFT_OUT} or {LEFT_OUT}?"),
        ("A form must be signed by Oyelaran within 37 days.", "A form must be signed by Oyelaran within 37 days."),
    ],
)
def test_a_sentence_loses_the_patients_values_and_nothing_else(sentence, told):
    assert without_values(sentence, VALUES) == told


def test_a_reviewers_reason_loses_the_patients_name():
    outcome = rejected_outcome("Form", "This page is about Quintanilha, not about clozapine.", VALUES)
    assert outcome.reason == f"This page is about {LEFT_OUT}, not about clozapine."
    assert outcome.result is DocumentResult.REJECTED


def test_what_the_desk_asks_for_becomes_rows_without_a_value():
    asked = (
        "Prescriber designee: date signed: please fill it in.",
        "Phone: nobody could read it. Please write it again.",
        "Is Quintanilha the maiden name: yes or no?",
    )
    outcome = rejected_outcome("Form", "", VALUES, asked_for=asked)
    assert outcome.result is DocumentResult.SENT_BACK
    assert [(one.what, one.todo) for one in outcome.missing] == [
        ("Prescriber designee: date signed", "Please fill it in."),
        ("Phone", "Nobody could read it. Please write it again."),
        ("Also", f"Is {LEFT_OUT} the maiden name: yes or no?"),
    ]


def test_a_sender_is_told_in_own_words_why_a_fax_could_not_be_read():
    codes = {each.reason for each in errors.UnreadableFax.__subclasses__()}
    assert set(UNREADABLE) <= codes, "a code that no error has"
    for code in codes:
        assert "sk the sender" not in unreadable_for_sender(code)
    assert "password" in unreadable_for_sender("encrypted")
    assert unreadable_for_sender("killed_its_worker") == UNREADABLE_ANYHOW


@pytest.mark.parametrize(
    ("part", "label"),
    [
        ("labs.1.anc", "Blood draw 2: ANC"),
        ("labs.0.draw_date", "Blood draw 1: draw date"),
        ("locations.0", "Location 1"),
        ("answers.3", "Answer 3"),
        ("enrollment", "Enrollment"),
        ("signature_prescriber", "Signature prescriber"),
    ],
)
def test_a_part_is_called_by_words_for_people(part, label):
    assert part_label(part, LABELS) == label


names = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=12).map(str.title)


@given(names, names, st.dates(), st.integers(100, 30000), st.permutations(range(4)))
def test_no_value_of_the_patient_survives_in_any_sentence_that_names_it(first, last, day, anc, order):
    values = {
        "patient_first_name": first,
        "patient_last_name": last.upper(),
        "patient_date_of_birth": day.isoformat(),
        "labs.0.anc": anc,
    }
    said = [first, last, f"{day:%m/%d/%Y}", f"{anc:,}"]
    told = without_values("; ".join(said[place] for place in order), values)
    assert told == "; ".join([LEFT_OUT] * 4)


# --- questions -----------------------------------------------------------------------------------------------------------


def test_what_is_asked_says_until_when_and_shows_the_strip_of_that_field_alone():
    asked = ["Prescriber NPI: nobody could read it. Please write it again.", "Prescriber signature: please sign."]
    found = rejected_outcome(
        "Patient Status Form", "", {}, asked_for=asked, answer_by="2026-11-30", strips={"Prescriber NPI": "aGVsbG8="}
    )
    assert found.answer_by == "2026-11-30"
    assert [(one.what, one.strip) for one in found.missing] == [("Prescriber NPI", "aGVsbG8="), ("Prescriber signature", "")]


def test_a_rejection_for_good_names_no_day():
    assert rejected_outcome("Patient Status Form", "No.", {}, answer_by="2026-11-30").answer_by == ""
