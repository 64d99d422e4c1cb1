"""R35: what an uncertified sender reports is held, and counts once its sender is certified and its patient known."""

from __future__ import annotations

import pytest

from registry.identifiers import issue_patient_id
from registry.submission import Admitted
from tests.registry.world import BEA, OTHER_PRESCRIBER, PATIENT, PRESCRIBER, World, day, kinds, on, parts, rules


@pytest.fixture
def world() -> World:
    made = World()
    made.maria = made.patient()  # type: ignore[attr-defined]
    return made


def test_r35_an_uncertified_prescribers_ancs_are_held_and_both_sides_are_told(world: World) -> None:
    values = {"prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA}
    admission = world.status(day(7), (7, 400), **values)
    assert (admission.admitted, rules(admission)) == (Admitted.NO, {("status_form", "R35")})
    assert kinds(admission) == ["anc_held", "unauthorized_sender"]
    assert admission.notices[1].facts["lowest_anc"] == 400
    assert world.know(world.maria)["treatment_status"] == "enrolled"


def test_r35_held_ancs_count_from_the_senders_certification_on(world: World) -> None:
    values = {"prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA}
    world.status(day(7), (7, 400), **values)
    world.send("prescriber_enrollment", OTHER_PRESCRIBER, day(8), ("prescriber",))
    certified = world.assessment(at=day(9), respondent_first_name="BEA", respondent_last_name="FOX", prescriber_npi=BEA)
    assert "held" in parts(certified)
    assert {"neutropenia_severe", "treatment_interrupted"} <= set(kinds(certified))
    assert world.know(world.maria)["treatment_status"] == "interrupted"
    again = world.send("prescriber_enrollment", OTHER_PRESCRIBER, day(10), ("prescriber",))
    assert "held" not in parts(again), "released once"


@pytest.mark.parametrize(("drawn", "enrolled"), [(7, 0), (1, 2)])
def test_r35_a_draw_held_before_its_patients_enrollment_counts_when_both_are_released(drawn: int, enrolled: int) -> None:
    """At the desk a low ANC overtakes, so its patient's enrollment and the prescriber's certification are settled after it."""
    empty = World()
    assert rules(empty.lab(day(drawn), drawn, 430)) == {("labs", "R35")}
    empty.send("patient_enrollment", PATIENT, day(enrolled), ("prescriber",))
    empty.send("prescriber_enrollment", PRESCRIBER, day(8), ("prescriber",))
    certified = empty.assessment(at=day(9))
    assert [one.part for one in certified.applied].count("held") == 2
    assert "neutropenia_severe" in kinds(certified)
    assert {"draw_date": on(drawn), "anc": 430} in empty.know(issue_patient_id(0))["labs"]


def test_r35_a_draw_held_for_an_uncertified_prescriber_counts_once_the_patient_too_is_known() -> None:
    empty = World()
    empty.lab(day(7), 7, 430)
    empty.prescriber(day(8))  # certified now, but nobody knows the patient
    enrolled = empty.send("patient_enrollment", PATIENT, day(0), ("prescriber",))
    assert "held" in parts(enrolled)
    assert "neutropenia_severe" in kinds(enrolled)
