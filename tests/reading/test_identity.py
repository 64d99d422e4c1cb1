"""Who a page means: joint evidence with a margin, and never one of two near-twins."""

from __future__ import annotations

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.identity import Contradicted, Identified, NearTwins, Scored, are_near_twins, identify, near_days
from intake.known import KnownParty


def party(kind: str = "patient", **values: str) -> KnownParty:
    return KnownParty(kind, {"first_name": "Rosa", "last_name": "Varga", "date_of_birth": "1968-04-17", **values})


def scored(who: KnownParty, **scores: float) -> Scored:
    return Scored(who, scores, frozenset(name for name, score in scores.items() if score >= 0.3))


ALL = {"first_name": 0.9, "last_name": 0.95, "date_of_birth": 1.0, "zip": 0.8}


def test_one_candidate_whose_fields_agree_is_meant() -> None:
    found = identify([scored(party(), **ALL)])
    assert isinstance(found, Identified)
    assert found.margin == math.inf


def test_names_and_a_zip_code_alone_name_no_patient() -> None:
    assert isinstance(identify([scored(party(), first_name=1.0, last_name=1.0, zip=1.0, date_of_birth=1e-9)]), Contradicted)


def test_somebody_else_who_explains_the_page_nearly_as_well_leaves_it_open() -> None:
    other = party(first_name="Hugo", date_of_birth="1950-01-01")
    assert identify([scored(party(), **ALL), scored(other, **dict(ALL, first_name=0.5))]) is None


@pytest.mark.parametrize("born", ["1968-04-18", "1968-04-11", "1969-04-17", "1968-05-10"])
def test_a_namesake_born_about_the_same_day_sends_it_to_a_person_however_clear_the_page(born: str) -> None:
    twin = scored(party(date_of_birth=born), first_name=0.9, last_name=0.95, date_of_birth=1e-9, zip=1e-9)
    found = identify([scored(party(), **ALL), twin])
    assert isinstance(found, NearTwins)
    assert found.other is twin.party


def test_a_namesake_of_another_age_is_no_twin() -> None:
    other = scored(party(date_of_birth="1991-12-02"), first_name=0.9, last_name=0.95, date_of_birth=1e-9, zip=1e-9)
    assert isinstance(identify([scored(party(), **ALL), other]), Identified)


def test_the_same_patient_known_twice_over_is_no_twin() -> None:
    assert not are_near_twins(party(id="1"), party(id="1", zip="22101"))


def test_a_letter_more_or_less_makes_no_other_name() -> None:
    assert are_near_twins(party(first_name="Jon"), party(first_name="John", date_of_birth="1968-04-18"))
    assert not are_near_twins(party(first_name="Rosa"), party(first_name="Hugo"))


@given(st.dates(date(1930, 1, 1), date(2010, 12, 31)), st.integers(-31, 31))
def test_days_within_a_month_are_near_both_ways(born: date, away: int) -> None:
    other = born + timedelta(days=away)
    assert near_days(born.isoformat(), other.isoformat())
    assert near_days(other.isoformat(), born.isoformat())


def test_a_prescriber_is_known_by_a_number_and_a_name() -> None:
    who = party("prescriber", npi="2000000002")
    assert isinstance(identify([scored(who, last_name=0.9, npi=1.0)]), Identified)
    assert identify([scored(who, last_name=1.0, first_name=1.0)]) is None
