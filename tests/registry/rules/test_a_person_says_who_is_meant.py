"""R30, R47 and a reviewer's word on who is meant: it settles what is near, and never stands against what is exact."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from registry.matching import Match, Named, PatientMatch, chosen_match, match_patient
from registry.policies import CONTACT_PHONE
from registry.submission import Admitted, PersonChoice, PersonSaid
from registry.submission_json import submission_from_json, submission_to_json
from registry.tables import AuditRow
from registry.vocabulary import Channel
from tests.registry.histories_by_hand import patient
from tests.registry.world import BEA, DAY_ONE, OTHER_PRESCRIBER, PATIENT, World, day, on, parts, rules

SLIP = {"patient_first_name": "MARY", "patient_date_of_birth": "1980-02-08"}
"""Nearly Maria: a nickname, and one digit of the birth date."""

OLGA = {
    "patient_first_name": "OLGA",
    "patient_last_name": "PETROV",
    "patient_date_of_birth": "1955-12-24",
    "patient_zip": "62704",
}


def same(patient_id: str, reason: str = "") -> PersonChoice:
    return PersonChoice(PersonSaid.SAME, patient_id, "ann", DAY_ONE, reason)


NEW = PersonChoice(PersonSaid.NEW, None, "ann", DAY_ONE, "another date of birth, she says")


@pytest.fixture
def world() -> World:
    return World()


def test_r30_without_a_word_a_near_name_is_refused_and_with_it_the_form_counts_for_the_patient(world: World) -> None:
    maria = world.patient()
    refused = world.lab(day(5), 4, 1800, **SLIP)
    assert rules(refused) == {("patient", "R30")}
    taken = world.send("anc_lab_reporting", lab(4, 1800, **SLIP), day(5), ("submitter",), person=same(maria))
    assert (taken.admitted, taken.ids["patient_id"]) == (Admitted.YES, maria)
    assert 1800 in [one["anc"] for one in world.know(maria)["labs"]]


def lab(number: int, anc: float, **values: Any) -> dict[str, Any]:
    about = {name: PATIENT[name] for name in PATIENT if name.startswith(("patient_", "prescriber_"))}
    row = {"labs.0.draw_date": on(number), "labs.0.anc": anc}
    return {**about, "submitter": "prescriber", "submitter_name": "ANN LEE", **row, **values}


def test_r47_a_near_enrollment_of_the_same_person_re_associates_her_without_a_duplicate(world: World) -> None:
    maria = world.patient()
    answer = world.send("patient_enrollment", {**PATIENT, **SLIP}, day(3), ("prescriber",), person=same(maria))
    assert answer.ids["patient_id"] == maria
    assert "already enrolled" in answer.applied[0].detail


def test_r47_a_near_enrollment_of_somebody_else_enrolls_a_new_patient(world: World) -> None:
    maria = world.patient()
    assert rules(world.send("patient_enrollment", {**PATIENT, **SLIP}, day(3), ("prescriber",))) == {("enrollment", "R47")}
    answer = world.send("patient_enrollment", {**PATIENT, **SLIP}, day(3), ("prescriber",), person=NEW)
    assert "enrollment" in parts(answer)
    assert answer.ids["patient_id"] != maria


def test_r30_a_status_form_of_a_new_patient_is_told_to_enroll_first(world: World) -> None:
    world.patient()
    answer = world.send("patient_status", lab(4, 1800, **SLIP), day(5), ("prescriber",), person=NEW)
    assert ("patient", "R30") in rules(answer)
    assert "Send a Patient Enrollment Form" in answer.refused[0].reason


@pytest.mark.parametrize("form", ["anc_lab_reporting", "patient_enrollment"])
def test_an_id_of_another_known_patient_is_refused_with_words_whatever_was_chosen(world: World, form: str) -> None:
    maria = world.patient()
    olga = world.send("patient_enrollment", {**PATIENT, **OLGA}, DAY_ONE, ("prescriber",)).ids["patient_id"]
    values = {**PATIENT, **lab(4, 1800, **SLIP), "patient_id": olga}
    answer = world.send(form, values, day(5), ("submitter", "prescriber"), person=same(maria))
    assert answer.admitted is Admitted.NO
    assert "do not fit one patient" in answer.refused[0].reason
    assert CONTACT_PHONE in answer.refused[0].reason
    assert "OLGA" not in answer.refused[0].reason


def test_name_and_birth_date_that_are_exactly_anothers_are_refused(world: World) -> None:
    world.patient()
    twin = {**PATIENT, **SLIP}
    mary = world.send("patient_enrollment", twin, DAY_ONE, ("prescriber",), channel=Channel.PHONE).ids["patient_id"]
    answer = world.send("anc_lab_reporting", lab(4, 1800), day(5), ("submitter",), person=same(mary))
    assert rules(answer) == {("patient", "R30")}
    named = world.send("patient_enrollment", PATIENT, day(5), ("prescriber",), person=NEW)
    assert rules(named) == {("enrollment", "R47")}


def test_a_choice_settles_an_id_whose_holders_name_differs_but_not_somebody_the_form_does_not_come_near(world: World) -> None:
    maria = world.patient()
    olga = world.send("patient_enrollment", {**PATIENT, **OLGA}, DAY_ONE, ("prescriber",)).ids["patient_id"]
    married = lab(4, 1800, patient_id=maria, patient_first_name="BEATRIX", patient_date_of_birth="1980-02-04")
    assert rules(world.send("anc_lab_reporting", married, day(5), ("submitter",))) == {("patient", "R30")}
    assert (
        world.send("anc_lab_reporting", married, day(5), ("submitter",), person=same(maria, "called")).ids["patient_id"] == maria
    )
    far = world.send("anc_lab_reporting", lab(6, 1800, **SLIP), day(7), ("submitter",), person=same(olga))
    assert rules(far) == {("patient", "R30")}
    assert rules(world.send("anc_lab_reporting", lab(6, 1800), day(7), ("submitter",), person=same("44170999X"))) == {
        ("patient", "R30")
    }


def test_what_differs_all_the_same_is_told_in_the_audit_with_who_chose_and_why(world: World) -> None:
    maria = world.patient()
    world.send("anc_lab_reporting", lab(4, 1800, **SLIP), day(5), ("submitter",), person=same(maria, "the nurse confirmed it"))
    reasons = audit_reasons(world)
    (told,) = {one for one in reasons if one and one.startswith("ann said")}
    assert told == (
        "ann said that this patient is meant; first name a nickname; birth date one digit off. Reason: the nurse confirmed it"
    )


def audit_reasons(world: World) -> list[str | None]:
    return list(world.session.scalars(select(AuditRow.reason)))


def test_what_was_held_for_a_sender_counts_for_the_chosen_patient_once_the_sender_is_certified(world: World) -> None:
    maria = world.patient()
    by_bea = lab(4, 1800, **SLIP, prescriber_npi=BEA, prescriber_first_name="BEA", prescriber_last_name="FOX")
    held = world.send("anc_lab_reporting", by_bea, day(5), ("submitter",), person=same(maria))
    assert held.admitted is Admitted.NO
    world.prescriber(day(6), OTHER_PRESCRIBER)
    assert 1800 in [one["anc"] for one in world.know(maria)["labs"]]


def test_a_choice_survives_its_json_and_older_json_has_none(world: World) -> None:
    chosen = world.submission("patient_status", {}, DAY_ONE, person=same("44170823D", "why"))
    stored = json.loads(json.dumps(submission_to_json(chosen)))
    assert submission_from_json(stored) == chosen
    plain = submission_to_json(world.submission("patient_status", {}, DAY_ONE))
    del plain["person"]
    assert submission_from_json(plain).person is None


def people() -> st.SearchStrategy[Named]:
    first, last = st.sampled_from(["MARIA", "MARY", "OLGA"]), st.sampled_from(["GARCIA", "GARCIAS", "PETROV"])
    born = st.sampled_from([DAY_ONE.date() - timedelta(days=9000 + number) for number in (0, 1, 40)])
    return st.builds(Named, st.none(), first, last, born)


@given(people(), st.lists(people(), max_size=3), st.integers(0, 2), st.booleans())
def test_a_choice_never_stands_against_an_exact_patient_and_never_for_one_not_near(
    named: Named, known: list[Named], which: int, with_id: bool
) -> None:
    patients = [
        patient(patient_id=f"P{number}", first_name=one.first_name, last_name=one.last_name, date_of_birth=one.date_of_birth)
        for number, one in enumerate(known)
    ]
    if with_id and patients:
        named = Named(patients[0].patient_id, named.first_name, named.last_name, named.date_of_birth)
    picked = patients[which] if which < len(patients) else None
    plain: PatientMatch = match_patient(named, patients)
    chosen = chosen_match(named, plain, patients, picked)
    if chosen.kind is Match.SAME:
        assert chosen.patient == picked
        assert named.patient_id in (None, picked.patient_id if picked else None)
        assert plain.kind is not Match.STRANGER
        assert plain.patient in (None, picked)
    if plain.kind is Match.SAME and plain.patient != picked:
        assert chosen.kind is Match.AGAINST_CHOICE
