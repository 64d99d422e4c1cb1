"""The registry, played: one answer a line, in the shape of the contract, the same every time."""

from __future__ import annotations

import json

import pytest

from registry.grading import example_answer_keys
from registry.played import play
from tests.registry.world import ANN, CORNER, PATIENT, PHARMACY, PRESCRIBER, STATUS


def submit(at: str, form: str, values: dict, **signatures: str) -> dict:
    return {"at": at, "submit": {"form": form, "channel": "fax", "received_at": at, "values": values, "signatures": signatures}}


LEE = {"respondent_first_name": "ANN", "respondent_last_name": "LEE", "prescriber_npi": ANN}
HILL = {"respondent_first_name": "RAY", "respondent_last_name": "HILL", "pharmacy_name": "CORNER", "pharmacy_npi": CORNER}
OPENING = [
    submit("2023-11-01T15:00:00Z", "prescriber_enrollment", PRESCRIBER, prescriber="present"),
    submit("2023-11-01T15:00:00Z", "prescriber_knowledge", {**LEE, **example_answer_keys()["prescriber_knowledge"]}),
    submit("2023-11-01T15:00:00Z", "outpatient_pharmacy", PHARMACY, ar="present"),
    submit("2023-11-01T15:00:00Z", "pharmacy_knowledge", {**HILL, **example_answer_keys()["pharmacy_knowledge"]}),
    submit("2023-11-01T15:00:00Z", "patient_enrollment", PATIENT, prescriber="present"),
]
MARIA = list(play(OPENING))[-1]["ids"]["patient_id"]


def played(*lines: dict) -> list[dict]:
    return list(play([*OPENING, *lines]))[len(OPENING) :]


def test_a_submission_is_answered_in_the_shape_of_the_contract() -> None:
    values = {**STATUS, "labs.0.draw_date": "2023-11-05", "labs.0.anc": 700, "ben": True}
    (answer,) = played(submit("2023-11-06T15:00:00Z", "patient_status", values, prescriber="absent", designee="present"))
    assert set(answer) == {"admitted", "reference", "applied", "refused", "treatment_status", "ids", "notices"}
    assert (answer["admitted"], answer["treatment_status"], answer["ids"]) == ("partly", "interrupted", {"patient_id": MARIA})
    assert [(one["part"], one["rule"]) for one in answer["refused"]] == [("ben", "R28"), ("status_form", "R28")]
    assert {"kind": "neutropenia_moderate", "to": "prescriber"} in answer["notices"]


def test_a_whole_admission_is_true_and_a_refused_one_false() -> None:
    yes, no = played(
        submit("2023-11-06T15:00:00Z", "patient_status", STATUS, prescriber="present"),
        submit("2023-11-06T15:00:00Z", "patient_enrollment", {}, prescriber="present"),
    )
    assert (yes["admitted"], no["admitted"]) == (True, False)


def test_the_same_lines_played_again_give_identical_answers() -> None:
    lines = [*OPENING, {"at": "2023-11-02T15:00:00Z", "ask": "dispense", "pharmacy_npi": CORNER, "patient_id": MARIA}]
    assert json.dumps(list(play(lines))) == json.dumps(list(play(lines)))


def test_a_submission_with_an_id_of_its_own_is_admitted_once() -> None:
    line = submit("2023-11-06T15:00:00Z", "patient_status", {**STATUS, "labs.0.draw_date": "2023-11-05", "labs.0.anc": 700})
    line["submit"]["submission_id"] = "twice"
    first, second = played(line, line)
    assert first == second


def test_dispensing_is_asked_authorized_reported_and_denied_with_reasons() -> None:
    ask = {"ask": "dispense", "pharmacy_npi": CORNER, "patient_id": MARIA}
    answers = played(
        {"at": "2023-11-02T15:00:00Z", **ask},
        {"at": "2023-11-02T16:00:00Z", "dispensed": {"authorization": "A00000001"}},
        {"at": "2023-11-03T15:00:00Z", **ask},
        {"at": "2023-11-03T15:00:00Z", "dispense_rationale": {
            "pharmacy_npi": CORNER, "patient_id": MARIA, "prescriber_npi": ANN, "draw_date": "2023-11-02", "anc": 1900}},
    )  # fmt: skip
    assert answers[0] == {
        "authorized": True, "authorization": "A00000001", "reasons": [], "dispense_rationale_offered": False, "in_process": False,
    }  # fmt: skip
    assert answers[1]["dispensed"] is True
    assert (answers[2]["authorized"], answers[2]["dispense_rationale_offered"]) == (False, True)
    assert [one["rule"] for one in answers[2]["reasons"]] == ["R65"]
    assert answers[3] == {"authorized": True, "authorization": "A00000002", "reasons": [], "used_this_year": 1}


def test_pharmacies_reconfirm_and_deactivate() -> None:
    answers = played(
        {"at": "2025-10-01T15:00:00Z", "reconfirm": {"pharmacy_npi": CORNER}},
        {"at": "2025-12-01T15:00:00Z", "ask": "certified_pharmacies"},
        {"at": "2025-12-02T15:00:00Z", "deactivate": {"pharmacy_npi": CORNER}},
        {"at": "2025-12-03T15:00:00Z", "ask": "certified_pharmacies"},
        {"at": "2025-12-03T15:00:00Z", "reconfirm": {"pharmacy_npi": CORNER}},
    )
    assert (answers[0]["reconfirmed"], answers[0]["reconfirm_by"]) == (True, "2027-10-01")
    assert answers[1] == {
        "pharmacies": [{"npi": CORNER, "name": "CORNER DRUGS", "city": "Springfield", "state": "IL", "zip": "62702"}]
    }
    assert answers[2]["deactivated"] is True
    assert answers[3] == {"pharmacies": []}
    assert (answers[4]["reconfirmed"], answers[4]["reasons"][0]["rule"]) == (False, "R76")


def test_patient_prescriber_and_pharmacy_are_asked() -> None:
    at = {"at": "2023-11-06T15:00:00Z"}
    name = {field: PATIENT[field] for field in ("patient_first_name", "patient_last_name", "patient_date_of_birth")}
    by_id, by_name, nobody, prescriber, pharmacy = played(
        {**at, "ask": "patient", "patient_id": MARIA}, {**at, "ask": "patient", **name},
        {**at, "ask": "patient", "patient_id": "x"},
        {**at, "ask": "prescriber", "npi": ANN}, {**at, "ask": "pharmacy", "pharmacy_npi": CORNER},
    )  # fmt: skip
    assert by_id == by_name
    wanted = {
        "treatment_status": "enrolled",
        "monitoring_frequency": "weekly",
        "prescriber_npi": ANN,
        "ben": False,
        "hospice": False,
    }
    assert wanted.items() <= by_id.items()
    assert by_id["labs"] == [{"draw_date": "2023-10-31", "anc": 2100}]
    assert (nobody["treatment_status"], nobody["labs"]) == (None, [])
    assert prescriber["certified"] is True
    assert pharmacy["certified"] is True


def test_what_is_due_is_told_by_day() -> None:
    assert played({"at": "2023-12-05T15:00:00Z", "ask": "due"})[0]["notices"][0]["kind"] == "status_form_due"
    assert played({"at": "2023-12-09T15:00:00Z", "ask": "due"})[0]["notices"][0]["kind"] == "status_form_overdue"
    assert played({"at": "2023-11-20T15:00:00Z", "ask": "due"})[0]["notices"] == []


def test_a_line_that_cannot_be_understood_is_answered_and_the_next_one_played() -> None:
    bad = [
        {"at": "yesterday", "ask": "due"}, {"at": "2023-11-06T15:00:00", "ask": "due"}, {"at": "2023-11-06T15:00:00Z"},
        {"at": "2023-11-06T15:00:00Z", "ask": "the oracle"}, {"at": "2023-11-06T15:00:00Z", "submit": {"form": "poem"}},
        {"at": "2023-11-06T15:00:00Z", "submit": 3}, {"at": "2023-11-06T15:00:00Z", "ask": "pharmacy"},
    ]  # fmt: skip
    answers = played(*bad, {"at": "2023-11-06T15:00:00Z", "ask": "due"})
    assert all("error" in answer for answer in answers[:-1])
    assert answers[-1] == {"notices": []}


@pytest.mark.parametrize("text", [
    "not json", "[1]", '{"at": "2023-11-06T15:00:00Z", "submit": {"form": "patient_status", "values": {"labs.0.anc": NaN}}}',
    '{"at": "2023-11-06T15:00:00Z", "submit": {"form": "patient_status", "values": {"labs.0.anc": 1e999}}}',
    '{"at": "2023-11-06T15:00:00Z", "submit": {"form": "patient_status", "values": {"labs.0.anc": [1850]}}}',
    '{"at": "2023-11-06T15:00:00Z", "submit": {"form": "patient_status", "values": {"status_reason": "\\ud800"}}}',
    '{"at": "2023-11-06T15:00:00Z", "submit": {"form": "patient_status", "recieved_at": "2023-11-01T15:00:00Z"}}',
    '{"at": "2023-11-06T15:00:00Z", "submit": {"form": "patient_status", "channel": "pigeon"}}',
    '{"at": "2023-11-06T15:00:00Z", "submit": {"form": "patient_status", "signatures": {"nurse": "present"}}}',
    '{"at": "2023-11-06T15:00:00Z", "submit": {"form": "patient_status", "signatures": {"prescriber": true}}}',
    '{"at": "9999-12-31T23:00:00-05:00", "ask": "due"}', "[" * 100_000, b"\xff\xfe",
], ids=lambda text: repr(text[-40:]))  # fmt: skip
def test_text_that_is_no_event_is_answered_by_line_number_and_the_next_line_is_played(text: str | bytes) -> None:
    error, due = play(["", text, '{"at": "2023-11-06T15:00:00Z", "ask": "due"}'])
    assert error["error"].startswith("line 2: ")
    assert due == {"notices": []}


def test_identifiers_written_as_numbers_are_their_digits() -> None:
    at = {"at": "2023-11-06T15:00:00Z"}
    assert played({**at, "ask": "pharmacy", "npi": int(CORNER)}) == played({**at, "ask": "pharmacy", "npi": CORNER})


def test_a_dispense_rationale_by_fax_is_refused() -> None:
    """R71."""
    given = {"pharmacy_npi": CORNER, "patient_id": MARIA, "prescriber_npi": ANN, "draw_date": "2023-11-02", "anc": 1900}
    lines = [
        {"at": "2023-11-02T15:00:00Z", "ask": "dispense", "pharmacy_npi": CORNER, "patient_id": MARIA},
        {"at": "2023-11-02T16:00:00Z", "dispensed": {"authorization": "A00000001"}},
        {"at": "2023-11-03T15:00:00Z", "ask": "dispense", "pharmacy_npi": CORNER, "patient_id": MARIA},
    ]
    answers = {
        channel: played(*lines, {"at": "2023-11-03T16:00:00Z", "dispense_rationale": {**given, "channel": channel}})[-1]
        for channel in ("web", "phone", "fax")
    }
    assert [answers[channel]["authorized"] for channel in ("web", "phone", "fax")] == [True, True, False]
    assert [one["rule"] for one in answers["fax"]["reasons"]] == ["R71"]
