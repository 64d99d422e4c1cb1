"""What a reviewer is told of whom a form may mean."""

from __future__ import annotations

from app.registry_port import doubt_about, meant
from registry.identifiers import print_patient_id
from registry.matching import Match
from tests.registry.world import STATUS, World


def doubt(world: World, **values: str) -> str | None:
    said = {**STATUS, **values}
    return doubt_about(world.session, said, meant(world.session, said))


def test_a_near_patient_is_named_with_what_agrees_and_what_does_not() -> None:
    world = World()
    patient_id = print_patient_id(world.patient())
    assert doubt(world) is None
    assert doubt(world, patient_first_name="Mary", patient_date_of_birth="1980-02-08") == (
        "Name and birth date are nearly those of a known patient. Is it the same person? MARIA GARCIA, born 1980-02-03, "
        f"{patient_id}: first name a nickname; birth date one digit off; the same last name, ZIP."
    )
    turned = doubt(world, patient_first_name="Garcia", patient_last_name="Maria")
    assert turned is not None
    assert "first and last name exchanged; the same first name, last name, birth date, ZIP." in turned


def test_the_id_of_another_is_shown_beside_what_contradicts_it() -> None:
    world = World()
    patient_id = world.patient()
    told = doubt(world, patient_id=patient_id, patient_first_name="OLGA", patient_date_of_birth="1955-12-24")
    assert told is not None
    assert "first name another; birth date another; the same REMS Patient ID, last name, ZIP." in told


def test_a_stranger_and_the_same_person_raise_no_doubt() -> None:
    world = World()
    world.patient()
    stranger = {"patient_first_name": "OLGA", "patient_last_name": "PETROV", "patient_date_of_birth": "1955-12-24"}
    assert meant(world.session, {**STATUS, **stranger}).kind is Match.STRANGER
    assert doubt(world, **stranger) is None
    assert doubt(world, patient_last_name="García") is None
