"""Candidates for reading, contacts on file, answer keys and the table of notices."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry import contacts, known, storage
from registry.decision import Findings
from registry.form_values import FormValues
from registry.grading import EXAMPLE_KEYS, BadAnswerKey, grade, load_keys
from registry.notices import NOTICES
from registry.parties import Prescriber
from tests.registry.world import ANN, BEA, CLINIC, CORNER, OTHER_PRESCRIBER, STATUS, World, day


@pytest.fixture
def world() -> World:
    made = World()
    made.maria = made.patient()  # type: ignore[attr-defined]
    made.pharmacy()
    made.designee()
    return made


def test_a_patient_is_a_candidate_by_any_shared_value(world: World) -> None:
    for read in ({"last_name": ["GARCIA"]}, {"patient_last_name": ["XX", "garcia"]}, {"date_of_birth": ["1980-02-03"]},
                 {"id": [world.maria.lower()]}, {"zip": ["62701"]}):  # fmt: skip
        found = known.candidates(world.session, "patient", read)
        assert [one.values["id"] for one in found] == [world.maria], read
        assert found[0].values["date_of_birth"] == "1980-02-03"
        assert found[0].values["first_name"] == "MARIA"


def test_who_shares_nothing_is_no_candidate(world: World) -> None:
    assert known.candidates(world.session, "patient", {"last_name": ["PEREZ"], "date_of_birth": ["soon"], "zip": [""]}) == []
    assert known.candidates(world.session, "patient", {}) == []


def test_who_shares_most_comes_first_and_no_more_than_the_most_come(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "MOST_CANDIDATES", 20)
    for number in range(25):
        born = f"19{50 + number}-07-19"
        name = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[number] * 4
        values = {**STATUS, "patient_first_name": name, "patient_last_name": "GARCIA", "patient_date_of_birth": born,
                  "labs.0.draw_date": "2023-10-31", "labs.0.anc": 1900, "monitoring_frequency": "weekly"}  # fmt: skip
        world.send("patient_enrollment", values, signed=("prescriber",))
    found = known.candidates(world.session, "patient", {"last_name": ["GARCIA"], "first_name": ["MARIA"]})
    assert len(found) == 20
    assert found[0].values["id"] == world.maria


def test_prescribers_pharmacies_and_designees_are_candidates_too(world: World) -> None:
    assert known.candidates(world.session, "prescriber", {"npi": [ANN]})[0].values["fax"] == "3125550143"
    assert known.candidates(world.session, "prescriber", {"last_name": ["Lee"]})[0].values["npi"] == ANN
    assert known.candidates(world.session, "pharmacy", {"pharmacy_name": ["Corner Drugs"]})[0].values["npi"] == CORNER
    assert known.candidates(world.session, "designee", {"last_name": ["MAY"]})[0].values["first_name"] == "DON"
    with pytest.raises(ValueError, match="no such kind"):
        known.candidates(world.session, "plumber", {})


def test_contacts_come_from_the_registry(world: World) -> None:
    assert contacts.fax_on_file(world.session, "prescriber", ANN) == "3125550143"
    assert contacts.fax_on_file(world.session, "patient", world.maria) == "3125550143"
    assert contacts.fax_on_file(world.session, "pharmacy", CORNER) == "3125550161"
    assert contacts.fax_on_file(world.session, "pharmacy", CLINIC) is None
    assert [one.identifier for one in contacts.parties_with_fax(world.session, "3125550161")] == [CORNER]
    with pytest.raises(ValueError, match="no fax is kept"):
        contacts.fax_on_file(world.session, "plumber", "1")


def test_a_fax_number_on_a_patients_form_changes_nothing_on_file(world: World) -> None:
    world.status(day(3), prescriber_fax="2125550100", prescriber_phone="2125550101")
    assert contacts.fax_on_file(world.session, "prescriber", ANN) == "3125550143"


def test_two_prescribers_of_one_dea_number_are_not_told_apart_by_it(world: World) -> None:
    world.prescriber(values={**OTHER_PRESCRIBER, "prescriber_dea": "AP5836727"})
    assert storage.load(world.session, Prescriber, BEA) is not None
    assert storage.prescriber_by_dea(world.session, "AP5836727") is None


def test_the_shipped_key_grades_its_own_answers_as_passed() -> None:
    for key in load_keys().values():
        full = grade(key, key.answers)
        assert (full.passed, full.correct) == (True, full.questions)
        with pytest.raises(ValueError, match=r"unanswered: answers\.1"):
            grade(key, {})


@pytest.mark.parametrize(
    ("old", "new"),
    [("version: example", "edition: example"), ("pass_mark: 9 #", "pass_mark: 11 #"), ("1: b, 2: a", "1: x, 2: a"),
     ("attempts: null #", "attempts: 0 #"), ("prescriber_knowledge:", "prescribers:")],
)  # fmt: skip
def test_a_key_file_that_cannot_be_graded_by_is_refused(tmp_path: Path, old: str, new: str) -> None:
    text = EXAMPLE_KEYS.read_text(encoding="utf-8")
    assert old in text
    wrong = tmp_path / "key.yaml"
    wrong.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(BadAnswerKey, match=r"key\.yaml"):
        load_keys(wrong)


def test_allowed_attempts_are_configuration() -> None:
    from dataclasses import replace

    from registry.recording import admit
    from tests.registry.test_played import LEE

    world = World()
    key = load_keys()["prescriber_knowledge"]
    keys = {"prescriber_knowledge": replace(key, attempts=1)}
    wrong = {**LEE, **key.answers, "answers.1": "d", "answers.2": "d"}
    first = admit(world.session, world.submission("prescriber_knowledge", wrong, day(0)), day(0), keys)
    assert first.notices[0].facts["attempts_left"] == 0
    second = admit(world.session, world.submission("prescriber_knowledge", {**LEE, **key.answers}, day(1)), day(1), keys)
    assert "attempts are used" in second.refused[0].reason


def test_a_notice_with_other_facts_than_its_row_cannot_be_told(world: World) -> None:
    findings = Findings(world.submission("patient_status", {}, day(1)))
    with pytest.raises(ValueError, match="no notice"):
        findings.tell("poem", "prescriber", {})
    with pytest.raises(ValueError, match="no notice"):
        findings.tell("anc_held", "prescriber", {})
    with pytest.raises(ValueError, match="facts differ"):
        findings.tell("designee_invitation", "designee", {"designee_name": "DON"})


def test_every_kind_of_notice_says_what_it_means_and_to_whom() -> None:
    roles = {"prescriber", "designee", "pharmacy", "staff", "distributor", "sender", "contact_centre"}
    for kind, row in NOTICES.items():
        assert kind == row.kind
        assert row.meaning.endswith(".")
        assert set(row.to) <= roles
        assert row.to
        assert len(set(row.facts)) == len(row.facts)


def test_form_values_fold_text_and_take_nothing_for_something(world: World) -> None:
    values = {"a": "  two  words ", "b": "", "c": True, "d": 5.0, "e": 2.5, "f": "YES", "attestation_2": None,
              "attestation_10": False, "attestation_1": True}  # fmt: skip
    form = FormValues(world.submission("patient_status", values, day(1)))
    assert (form.text("a"), form.text("b"), form.text("c"), form.text("d"), form.text("e")) == (
        "two words",
        None,
        None,
        "5",
        "2.5",
    )
    assert (form.mark("c"), form.mark("f"), form.mark("a"), form.mark("z")) == (True, True, False, False)
    assert form.unticked("attestation_") == ["attestation_2", "attestation_10"]
