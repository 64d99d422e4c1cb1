"""Whom a form means: same, near, several, contradiction, stranger; never a guess."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.identifiers import issue_patient_id
from registry.matching import Match, Named, match_patient, names_differ, near_day, similar_name
from registry.patients import Patient
from registry.vocabulary import MonitoringFrequency, TreatmentStatus

BORN = date(1980, 2, 3)


def patient(serial: int = 0, first: str = "Maria", last: str = "Garcia-Lopez", born: date = BORN) -> Patient:
    return Patient(
        issue_patient_id(serial), serial, first, None, last, born, "female", "62701", None, None, "1234567893", False, False,
        MonitoringFrequency.WEEKLY, None, None, datetime(2023, 11, 1, tzinfo=UTC), TreatmentStatus.ENROLLED, date(2023, 11, 1),
    )  # fmt: skip


MARIA = patient()
NAMED = Named(None, "MARIA", "GARCIA LOPEZ", BORN)


def test_name_and_birth_date_name_one_patient_whatever_case_hyphens_and_accents() -> None:
    assert match_patient(replace(NAMED, first_name="María"), [MARIA]).patient == MARIA


def test_two_patients_of_one_name_and_birth_date_are_several() -> None:
    assert match_patient(NAMED, [MARIA, patient(1)]).kind is Match.SEVERAL


@pytest.mark.parametrize(
    "named",
    [
        replace(NAMED, first_name="MARA"), replace(NAMED, last_name="GARCIA"), replace(NAMED, date_of_birth=date(1980, 3, 2)),
        replace(NAMED, date_of_birth=date(1981, 2, 3)), replace(NAMED, first_name="GARCIA-LOPEZ", last_name="MARIA"),
    ],
)  # fmt: skip
def test_nearly_the_same_person_is_near_and_never_same(named: Named) -> None:
    found = match_patient(named, [MARIA])
    assert (found.kind, found.patient) == (Match.NEAR, None)


@pytest.mark.parametrize(
    "named",
    [replace(NAMED, first_name="OLGA"), replace(NAMED, last_name="PEREZ"), replace(NAMED, date_of_birth=date(1975, 7, 19))],
)
def test_another_person_is_a_stranger(named: Named) -> None:
    assert match_patient(named, [MARIA]).kind is Match.STRANGER


def test_another_sex_at_another_place_is_a_stranger_though_the_names_are_near() -> None:
    daniel = patient(first="Daniela")
    named = Named(None, "DANIEL", "GARCIA LOPEZ", BORN, zip="10001", sex="male")
    assert match_patient(named, [daniel]).kind is Match.STRANGER
    assert match_patient(replace(named, zip="62701"), [daniel]).kind is Match.NEAR


def test_the_id_names_its_holder_though_the_last_name_changed() -> None:
    named = Named(MARIA.patient_id, "MARIA", "SMITH", BORN)
    assert match_patient(named, [MARIA]).patient == MARIA


def test_the_id_alone_names_its_holder() -> None:
    assert match_patient(Named(MARIA.patient_id, None, None, None), [MARIA]).patient == MARIA


@pytest.mark.parametrize(
    "named",
    [
        Named(MARIA.patient_id, "MARIA", "GARCIA LOPEZ", date(1955, 12, 24)),
        Named(MARIA.patient_id, "OLGA", "GARCIA LOPEZ", BORN),
        Named(MARIA.patient_id, None, "SMITH", None),
    ],
)  # fmt: skip
def test_an_id_of_somebody_else_is_a_contradiction(named: Named) -> None:
    assert match_patient(named, [MARIA]).kind is Match.CONTRADICTION


def test_a_twins_id_with_the_other_twins_name_is_a_contradiction() -> None:
    mara = patient(1, first="Mara")
    named = Named(MARIA.patient_id, "MARA", "GARCIA-LOPEZ", BORN)
    assert match_patient(named, [MARIA, mara]).kind is Match.CONTRADICTION


def test_an_unknown_id_falls_back_to_name_and_birth_date() -> None:
    named = replace(NAMED, patient_id=issue_patient_id(77))
    assert match_patient(named, [MARIA]).patient == MARIA


@pytest.mark.parametrize("missing", ["first_name", "last_name", "date_of_birth"])
def test_without_an_id_all_of_name_and_birth_date_are_needed(missing: str) -> None:
    assert match_patient(replace(NAMED, **{missing: None}), [MARIA]).kind is Match.INCOMPLETE


@pytest.mark.parametrize(
    ("one", "other"),
    [("Bill", "William"), ("Jon", "John"), ("Smith", "Smtih"), ("O'Brien", "OBRIEN"), ("A", "Anna"), ("Garcia", "Garcia-Lopez")],
)
def test_names_that_people_write_differently_are_similar(one: str, other: str) -> None:
    assert similar_name(one, other)
    assert similar_name(other, one)


@pytest.mark.parametrize(("one", "other"), [("Anna", "Maria"), ("Lee", "May"), ("Al", "Ed"), ("Garcia", "Perez")])
def test_other_names_are_not_similar(one: str, other: str) -> None:
    assert not similar_name(one, other)


def test_days_are_near_by_one_digit_or_by_day_and_month_exchanged() -> None:
    assert near_day(date(1980, 2, 3), date(1980, 2, 8))
    assert near_day(date(1980, 2, 3), date(1980, 3, 2))
    assert not near_day(date(1980, 2, 3), date(1981, 2, 8))


def test_a_prescribers_name_differs_only_when_nothing_of_it_agrees() -> None:
    assert names_differ("BEA", "FOX", "Ann", "Lee")
    assert not names_differ("ANN", "FOX", "Ann", "Lee")
    assert not names_differ("LEE", "ANN", "Ann", "Lee")
    assert not names_differ(None, None, "Ann", "Lee")
    assert not names_differ("BEA", None, None, None)


names = st.text("abcdefgh", min_size=1, max_size=6)


@given(names, names)
def test_similarity_has_no_direction(one: str, other: str) -> None:
    assert similar_name(one, other) == similar_name(other, one)


@given(st.lists(st.tuples(names, names), min_size=1, max_size=5, unique=True), st.data())
def test_whoever_is_the_same_has_exactly_the_name_and_birth_date(people, data) -> None:
    known = [patient(index, first, last) for index, (first, last) in enumerate(people)]
    first, last = data.draw(st.sampled_from(people))
    found = match_patient(Named(None, first, last, BORN), known)
    assert found.kind is Match.SAME
    assert found.patient is not None
    assert (found.patient.first_name, found.patient.last_name) == (first, last)
