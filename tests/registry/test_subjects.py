"""Whom a submission names: every way to ask for somebody finds the form, and nobody else's page gets it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from registry.history import history_of
from registry.subjects import person_key, subjects_of
from tests.registry.world import ANN, BEA, CORNER, DESIGNEE, PATIENT, PHARMACY, STATUS, World, day

OLGA = {"patient_first_name": "OLGA", "patient_last_name": "PETROV", "patient_date_of_birth": "1955-12-24"}


def test_a_form_is_found_by_each_identifier_in_normal_form() -> None:
    values = {
        "prescriber_npi": int(ANN),
        "locations.0.npi": " 2012345676 ",
        "designee_email": "Don@Example.org",
        "ar_email": "ray@example.org",
        "distributor_hin": "a1b2c3d40",
        "distributor_dea": "AP5836727",
        "pharmacy_npi": "1234567890",
        "prescriber_email": "ann@example.org",
        "ben": True,
        "address": None,
    }
    assert subjects_of(values, {}) == {
        f"npi:{ANN}", "npi:2012345676", "email:don@example.org", "email:ray@example.org", "hin:A1B2C3D40", "dea:AP5836727",
    }  # fmt: skip


def test_a_patient_is_named_by_id_as_answered_and_as_written_and_by_name_only_where_nobody_was_found() -> None:
    written = {**OLGA, "patient_id": "4417-0823-D"}
    named = "person:petrov olga 1955-12-24"
    assert subjects_of(written, {}) == {"patient:44170823D", named}
    assert named not in subjects_of(written, {"patient_id": "44170823D"})
    assert subjects_of({**OLGA, "patient_date_of_birth": "12/24/1955"}, {}) == frozenset()
    assert person_key("ÓLGA", " petrov", "1955-12-24") == named


FIELDS = st.sampled_from([*PATIENT, *PHARMACY, *DESIGNEE, "x_npi"])
VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text())


@given(st.dictionaries(FIELDS, VALUES), st.dictionaries(st.just("patient_id"), st.text(min_size=1)))
def test_whatever_stands_on_a_form_its_keys_are_few_and_none_is_empty(values: dict, ids: dict) -> None:
    found = subjects_of(values, ids)
    assert len(found) <= len(values) + 2
    assert all(key.partition(":")[2] for key in found)


def test_a_refused_form_of_a_name_is_on_that_persons_page_in_any_writing_and_on_no_other() -> None:
    world = World()
    maria = world.patient()
    olga = world.send("patient_enrollment", {**PATIENT, **OLGA}, day(1), ("prescriber",)).ids["patient_id"]
    said = {
        "patient_id": None,
        "patient_first_name": "Olga",
        "patient_last_name": "PETROV",
        "patient_date_of_birth": "1955-12-24",
    }
    held = world.lab(day(2), 2, 1700, **said, submitter="pharmacy", pharmacy_npi=CORNER, pharmacy_name="CORNER DRUGS")
    assert not held.applied

    def forms(patient_id: str) -> set[str | None]:
        return {one.submission_id for one in history_of(world.session, "patient", patient_id).events if one.what == "submission"}

    assert held.submission_id in forms(olga)
    assert held.submission_id not in forms(maria)
    assert held.submission_id in {one.submission_id for one in history_of(world.session, "pharmacy", CORNER).events}


def test_a_form_that_named_its_prescriber_by_dea_number_alone_is_on_the_prescribers_page() -> None:
    world = World()
    world.patient()
    sent = world.send(
        "patient_status", {**STATUS, "prescriber_npi": None, "prescriber_dea": "AP5836727"}, day(2), ("prescriber",)
    )
    assert sent.submission_id in {one.submission_id for one in history_of(world.session, "prescriber", ANN).events}
    assert history_of(world.session, "prescriber", BEA).events == ()
