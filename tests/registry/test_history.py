"""A person's history: what stood when, what happened, and nothing of anybody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry import merging, storage
from registry.audit import Cause, as_json
from registry.history import History, history_of, people_named
from registry.patients import AncResult, Patient
from registry.tables import TABLES
from tests.registry.world import ANN, BEA, CORNER, DISTRIBUTOR, OTHER_PRESCRIBER, PATIENT, World, day


def lived() -> tuple[World, str]:
    """Maria: enrolled, dispensed to, denied, interrupted."""
    world = World()
    maria = world.patient()
    world.designee(day(0.1))
    world.pharmacy(day(0.2))
    world.dispense(maria, day(1))
    world.status(day(7), (7, 850))
    assert not world.ask(maria, day(8)).authorized
    return world, maria


def record(found: History, kind: str) -> dict:
    (one,) = [one.values for one in found.records if one.record == kind]
    return dict(one)


def test_records_stand_as_they_stood_on_the_day_asked_for() -> None:
    world, maria = lived()
    assert record(history_of(world.session, "patient", maria, day(6)), "Patient")["treatment_status"] == "enrolled"
    assert record(history_of(world.session, "patient", maria, day(7)), "Patient")["treatment_status"] == "interrupted"
    assert history_of(world.session, "patient", maria, day(-1)).records == ()
    assert history_of(world.session, "patient", maria, day(-1)).events == ()


def test_without_a_date_the_records_are_those_of_the_registry() -> None:
    world, maria = lived()
    found = {(one.record, one.key): one.values for one in history_of(world.session, "patient", maria).records}
    stored = {
        (kind.__name__, str(getattr(one, place.key))): as_json(one)
        for kind, place in TABLES.items()
        if "patient_id" in place.table.c
        for one in storage.find(world.session, kind, {"patient_id": maria})
    }
    assert found == stored
    assert next(iter(found)) == ("Patient", maria), "the person first"


def test_everything_that_happened_to_a_patient_is_dated_and_in_order() -> None:
    world, maria = lived()
    events = history_of(world.session, "patient", maria).events
    assert [one.at for one in events] == sorted(one.at for one in events)
    assert [one.what for one in events].count("submission") == 2
    assert [one.what for one in events if one.what in ("authorization", "denial")] == ["authorization", "denial"]
    form = next(one for one in events if one.what == "submission" and one.at == day(7))
    assert "Patient Status Form" in form.title
    assert any(one.startswith("applied labs.0") for one in form.details)
    change = next(one for one in events if one.title == f"changed: patient {maria}" and one.at == day(7))
    assert events.index(form) < events.index(change), "the form, then what it changed"
    assert ("treatment_status", "enrolled", "interrupted") in [(one.field, one.before, one.after) for one in change.changes]
    assert (change.reason or "").startswith("ANC")
    assert (change.actor, change.channel, change.reference) == ("remsfax", "fax", form.reference)


def test_what_was_refused_and_left_no_record_is_told_too() -> None:
    world = World()
    maria = world.patient()
    world.status(day(7), (7, 1900), signed=("designee",), ben=True)
    refused = [line for one in history_of(world.session, "patient", maria).events for line in one.details if "refused" in line]
    assert any("(R28)" in line or "(R24)" in line for line in refused)
    world.send("prescriber_enrollment", {**OTHER_PRESCRIBER, "prescriber_fax": None}, day(2))
    events = history_of(world.session, "prescriber", BEA).events
    assert [one.what for one in events] == ["submission"]


def test_parties_have_their_own_pages() -> None:
    world, maria = lived()
    world.send("distributor_enrollment", DISTRIBUTOR, signed=("ar",))
    ann = history_of(world.session, "prescriber", ANN)
    assert {one.record for one in ann.records} == {"Prescriber", "Designee", "Assessment"}
    don = history_of(world.session, "designee", f"{ANN}:don@example.org")
    assert [one.record for one in don.records] == ["Designee"]
    assert "Prescriber Designee" in don.events[0].title
    corner = history_of(world.session, "pharmacy", CORNER)
    assert {"Pharmacy", "Assessment", "Authorization", "Denial"} == {one.record for one in corner.records}
    wide = history_of(world.session, "distributor", DISTRIBUTOR["distributor_hin"])
    assert [one.record for one in wide.records] == ["Distributor"]
    assert "Distributor" in wide.events[0].title
    assert maria not in {one.key for one in ann.records}


def test_a_held_form_says_so_and_since_when_it_counts() -> None:
    world = World()
    maria = world.patient()
    world.lab(day(3), 3, 1700, submitter="pharmacy", pharmacy_npi=CORNER, pharmacy_name="CORNER DRUGS")
    waiting = history_of(world.session, "patient", maria).events[-1]
    assert waiting.title.startswith("ANC Lab Reporting Form"), "though the registry has not said whom it means"
    world.pharmacy(day(4))

    def told(as_of: datetime) -> list[str]:
        events = history_of(world.session, "patient", maria, as_of).events
        return [line.split()[0] for one in events for line in one.details if line.startswith(("held from", "counted"))]

    assert (told(day(3)), told(day(5))) == (["held"], ["held", "counted"])


def test_a_record_that_became_anothers_stands_with_its_first_owner_only_until_then() -> None:
    world = World()
    maria = world.patient()
    (result,) = storage.find(world.session, AncResult, {"patient_id": maria})
    storage.put(world.session, replace(result, patient_id="other"), Cause(day(5), "kim", "web", reason="It was another's."))
    before, after = (history_of(world.session, "patient", maria, day(at)) for at in (4, 6))
    assert ("AncResult" in {one.record for one in before.records}, "AncResult" in {one.record for one in after.records}) == (
        True,
        False,
    )
    assert [one.reason for one in after.events if one.at == day(5)] == ["It was another's."]
    assert [one.key for one in history_of(world.session, "patient", "other").records] == [result.result_id]


def test_a_merged_patients_history_is_read_with_the_one_that_stays_for_as_long_as_they_are_merged() -> None:
    world = World()
    maria = world.patient()
    enrolled = {**PATIENT, "patient_first_name": "MARY", "patient_date_of_birth": "1951-09-30"}
    mary = world.send("patient_enrollment", enrolled, day(1), ("prescriber",)).ids["patient_id"]
    by = Cause(day(3), "pat", "web")
    assert merging.merge(world.session, mary, maria, by, "One person, two names.").done
    assert merging.unmerge(world.session, mary, Cause(day(6), "pat", "web"), "Two people after all.").done

    def results(as_of: int) -> set[str]:
        return {
            one.values["patient_id"]
            for one in history_of(world.session, "patient", maria, day(as_of)).records
            if one.record == "AncResult"
        }

    assert (results(2), results(4), results(7)) == ({maria}, {maria, mary}, {maria})
    events = [one for one in history_of(world.session, "patient", mary).events if "merge " in one.title]
    assert [one.reason for one in events] == ["One person, two names.", "Two people after all."]


def test_whom_an_identifier_names() -> None:
    world, maria = lived()
    world.send("distributor_enrollment", DISTRIBUTOR, signed=("ar",))
    named = lambda text: people_named(world.session, text)  # noqa: E731
    assert named(f"{maria[:4]}-{maria[4:8]}-{maria[8:].lower()}") == [("patient", maria)]
    assert (named(ANN), named(CORNER), named(BEA)) == ([("prescriber", ANN)], [("pharmacy", CORNER)], [])
    assert named("Don@example.org") == named(f"{ANN}:don@example.org") == [("designee", f"{ANN}:don@example.org")]
    assert named(DISTRIBUTOR["distributor_hin"]) == [("distributor", DISTRIBUTOR["distributor_hin"])]


def test_an_unknown_kind_and_a_time_without_a_zone_are_refused() -> None:
    session = World().session
    with pytest.raises(ValueError, match="patient, prescriber"):
        history_of(session, "cat", "x")
    with pytest.raises(ValueError, match="zone"):
        history_of(session, "patient", "x", datetime(2023, 11, 1))  # noqa: DTZ001


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(st.integers(1, 20), st.sampled_from(["A", "B", "C"])), min_size=1, max_size=8))
def test_as_of_any_moment_the_name_is_the_last_one_written_by_then(writes: list[tuple[int, str]]) -> None:
    world = World()
    maria = world.patient()
    (patient,) = storage.find(world.session, Patient, {"patient_id": maria})
    names = {0: patient.last_name}
    for number, name in sorted(writes, key=lambda one: one[0]):
        storage.put(world.session, replace(patient, last_name=name), Cause(day(number), "kim", "web"))
        names[number] = name
    for number in range(21):
        expected = names[max(one for one in names if one <= number)]
        assert record(history_of(world.session, "patient", maria, day(number)), "Patient")["last_name"] == expected
