"""What people do beside forms: corrections, merges, lists, reversals; each undone or refused in words."""

from __future__ import annotations

import pytest

from registry import contacts, dispense_requests, storage
from registry.audit import Cause
from registry.corrections import correct_anc, withdraw
from registry.identifiers import iso_day
from registry.merging import merge, unmerge
from registry.own_lists import on_list, take_off_list
from registry.patients import AncResult, Merge, Patient, Withdrawal
from registry.questions import due
from tests.registry.world import ANN, BEA, CORNER, OTHER_PRESCRIBER, PATIENT, World, day, kinds, on


@pytest.fixture
def world() -> World:
    made = World()
    made.maria = made.patient()  # type: ignore[attr-defined]
    made.pharmacy()
    return made


def by(number: float, actor: str = "pat") -> Cause:
    return Cause(day(number), actor, "web")


def status(world: World, patient_id: str) -> str:
    return str(world.know(patient_id)["treatment_status"])


@pytest.mark.parametrize(("anc", "told"), [
    (1200, ["neutropenia_mild"]), (700, ["neutropenia_moderate", "rationale_needed", "treatment_interrupted"]), (1600, []),
])  # fmt: skip
def test_r36_an_anc_misread_as_normal_is_told_once_it_is_corrected(world: World, anc: float, told: list[str]) -> None:
    read = world.status(day(2), (1, 1800))
    answer = correct_anc(world.session, f"{read.submission_id}:labs.0", iso_day(on(1)), anc, by(3), "misread")
    assert sorted(one.kind for one in answer.notices) == told


def test_a_misread_low_anc_corrected_leaves_the_patient_as_if_it_had_never_been_read(world: World) -> None:
    read = world.status(day(2), (1, 800))
    answer = correct_anc(world.session, f"{read.submission_id}:labs.0", iso_day(on(1)), 1800, by(3), "the form says 1800")
    assert (answer.done, status(world, world.maria)) == (True, "enrolled")
    assert [one.kind for one in answer.notices] == ["treatment_resumed"]
    assert [one["anc"] for one in world.know(world.maria)["labs"]] == [2100, 1800]


def test_a_corrected_anc_stays_in_the_registry_with_who_withdrew_it_and_why(world: World) -> None:
    read = world.status(day(2), (1, 800))
    key = f"{read.submission_id}:labs.0"
    withdraw(world.session, key, by(3), "belongs to another patient")
    stays = storage.load(world.session, AncResult, key)
    gone = storage.load(world.session, Withdrawal, key)
    assert (stays is not None and stays.anc, gone is not None and (gone.by, gone.reason)) == (
        800,
        ("pat", "belongs to another patient"),
    )


def test_a_normal_anc_that_turns_out_low_interrupts_and_asks_for_a_rationale(world: World) -> None:
    read = world.status(day(2), (1, 1800))
    answer = correct_anc(world.session, f"{read.submission_id}:labs.0", iso_day(on(1)), 800, by(3), "the form says 800")
    assert status(world, world.maria) == "interrupted"
    assert {one.kind for one in answer.notices} == {"neutropenia_moderate", "treatment_interrupted", "rationale_needed"}


@pytest.mark.parametrize("anc", [0, 1.85, 40_000])
def test_a_correction_is_as_strict_about_units_as_a_form(world: World, anc: float) -> None:
    read = world.status(day(2), (1, 1800))
    answer = correct_anc(world.session, f"{read.submission_id}:labs.0", iso_day(on(1)), anc, by(3), "typed")
    assert not answer.done
    assert [one["anc"] for one in world.know(world.maria)["labs"]] == [2100, 1800]


def test_nothing_is_withdrawn_twice_without_a_reason_or_by_a_wrong_key(world: World) -> None:
    key = f"{world.status(day(2), (1, 800)).submission_id}:labs.0"
    assert not withdraw(world.session, key, by(3), "  ").done
    assert not withdraw(world.session, "no such", by(3), "why").done
    assert withdraw(world.session, key, by(3), "wrong patient").done
    assert "already" in withdraw(world.session, key, by(4), "again").reason


def test_a_rationale_or_form_withdrawn_by_a_correction_of_an_anc_is_refused_and_named(world: World) -> None:
    read = world.status(day(2), (1, 1800))
    answer = correct_anc(world.session, read.submission_id, iso_day(on(1)), 1700, by(3), "typed")
    assert not answer.done
    assert "no ANC" in answer.reason


def twin(world: World, at: float, anc: float) -> str:
    """Maria enrolled a second time, under a slip of the birth date an agent took for another person."""
    from registry.vocabulary import Channel

    values = {**PATIENT, "patient_date_of_birth": "1980-03-02", "labs.0.draw_date": on(int(at)), "labs.0.anc": anc}
    return world.send("patient_enrollment", values, day(at), ("prescriber",), channel=Channel.PHONE).ids["patient_id"]


def test_a_merged_patients_low_anc_counts_for_the_one_that_stays(world: World) -> None:
    other = twin(world, 3, 1900)
    world.lab(day(6), 5, 700, patient_id=other, patient_date_of_birth="1980-03-02")
    answer = merge(world.session, other, world.maria, by(7), "same person, same phone")
    assert (answer.done, status(world, world.maria)) == (True, "interrupted")
    assert "rationale_needed" in {one.kind for one in answer.notices}
    assert not world.ask(world.maria, day(8)).authorized


def test_the_absorbed_id_leads_to_the_patient_that_stays(world: World) -> None:
    other = twin(world, 3, 1900)
    merge(world.session, other, world.maria, by(7), "same person")
    assert world.know(other)["patient_id"] == world.maria
    given = world.ask(other, day(8))
    assert given.authorized
    assert storage.dispense_history(world.session, world.maria).authorizations[0].authorization == given.authorization


def test_letters_about_an_absorbed_patient_go_to_the_prescriber_of_the_one_that_stays(world: World) -> None:
    other = twin(world, 3, 1900)
    merge(world.session, other, world.maria, by(7), "same person")
    world.prescriber(day(8), OTHER_PRESCRIBER)
    by_bea = {"prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA}
    world.send("patient_enrollment", {**PATIENT, **by_bea}, day(9), ("prescriber",))
    assert contacts.fax_on_file(world.session, "patient", other) == OTHER_PRESCRIBER["prescriber_fax"]


def test_a_form_with_the_absorbed_id_is_laid_to_the_patient_that_stays(world: World) -> None:
    other = twin(world, 3, 1900)
    merge(world.session, other, world.maria, by(7), "same person")
    answer = world.lab(day(9), 8, 900, patient_id=other, patient_date_of_birth="1980-03-02")
    assert answer.ids["patient_id"] == world.maria
    assert status(world, world.maria) == "interrupted"


def test_unmerged_patients_stand_as_they_would_have_alone(world: World) -> None:
    other = twin(world, 3, 1900)
    world.lab(day(6), 5, 700, patient_id=other, patient_date_of_birth="1980-03-02")
    before = world.know(world.maria), world.know(other)
    merge(world.session, other, world.maria, by(7), "same person")
    answer = unmerge(world.session, other, by(8), "different people")
    assert answer.done
    assert (world.know(world.maria), world.know(other)) == before
    kept = storage.find(world.session, Merge, {"absorbed_id": other})
    assert [(one.by, one.undone_by, one.undone_reason) for one in kept] == [("pat", "pat", "different people")]


def test_an_earlier_enrollment_of_the_absorbed_patient_is_the_enrollment_and_goes_back_with_it(world: World) -> None:
    other = twin(world, 3, 1900)
    merge(world.session, world.maria, other, by(7), "same person")
    merged = storage.load(world.session, Patient, other)
    unmerge(world.session, world.maria, by(8), "different people")
    alone = storage.load(world.session, Patient, other)
    assert merged is not None
    assert alone is not None
    assert (merged.enrolled_at, alone.enrolled_at) == (day(0), day(3))


@pytest.mark.parametrize("reason", ["", " "])
def test_merging_needs_two_standing_patients_and_a_reason(world: World, reason: str) -> None:
    other = twin(world, 3, 1900)
    assert not merge(world.session, other, world.maria, by(7), reason).done
    assert not merge(world.session, other, other, by(7), "why").done
    assert not merge(world.session, other, "99999999X", by(7), "why").done
    assert not unmerge(world.session, other, by(7), "why").done
    assert merge(world.session, other, world.maria, by(7), "same").done
    assert not merge(world.session, other, world.maria, by(8), "same").done
    third = world.send(
        "patient_enrollment",
        {**PATIENT, "patient_first_name": "ROSA", "patient_date_of_birth": "1975-01-01"},
        day(9),
        ("prescriber",),
    ).ids["patient_id"]
    assert "instead" in merge(world.session, world.maria, third, by(10), "same").reason


def test_r48_off_the_list_is_not_discontinued_and_only_the_own_prescriber_may(world: World) -> None:
    assert not take_off_list(world.session, BEA, world.maria, by(2)).done
    assert take_off_list(world.session, ANN, world.maria, by(2)).done
    assert status(world, world.maria) == "enrolled"
    assert on_list(world.session, ANN) == []
    assert world.ask(world.maria, day(3)).authorized


def test_r48_a_patient_off_the_list_is_not_reminded_of_and_a_low_anc_is_still_told(world: World) -> None:
    take_off_list(world.session, ANN, world.maria, by(2))
    assert [one.kind for one in due(world.session, day(35))] == []
    assert "neutropenia_moderate" in kinds(world.lab(day(36), 35, 800))


def test_r47_the_next_enrollment_puts_the_patient_on_that_prescribers_list(world: World) -> None:
    take_off_list(world.session, ANN, world.maria, by(2))
    world.prescriber(day(3), OTHER_PRESCRIBER)
    bea = {"prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA}
    world.send("patient_enrollment", {**PATIENT, **bea}, day(4), ("prescriber",))
    assert [one.patient_id for one in on_list(world.session, BEA)] == [world.maria]
    assert world.know(world.maria)["off_list_since"] is None


def test_a_reversed_authorization_counts_as_never_given(world: World) -> None:
    first = world.ask(world.maria, day(1))
    dispense_requests.report_dispensed(world.session, str(first.authorization), day(1))
    assert not world.ask(world.maria, day(40)).authorized, "a later dispensing needs a status form"
    assert dispense_requests.reverse(world.session, str(first.authorization), day(41), reason="returned to stock").done
    assert dispense_requests.reverse(world.session, str(first.authorization), day(42), reason="twice").done
    assert world.ask(world.maria, day(43)).authorized, "this is the first dispensing again"


def test_nothing_is_dispensed_on_a_reversed_authorization(world: World) -> None:
    given = str(world.ask(world.maria, day(1)).authorization)
    dispense_requests.reverse(world.session, given, day(1))
    answer = dispense_requests.report_dispensed(world.session, given, day(2))
    assert (answer.done, answer.reason is not None and answer.reason.rule) == (False, "R63")
    assert not dispense_requests.reverse(world.session, "A99999999", day(2)).done


def test_r70_a_reversed_dispense_rationale_is_not_used_up(world: World) -> None:
    world.dispense(world.maria, day(1))
    numbers = []
    for number in (40, 42, 44):
        assert not world.ask(world.maria, day(number)).authorized
        numbers.append(str(world.rationale(world.maria, day(number), number).authorization))
    assert not world.ask(world.maria, day(46)).rationale_offered
    dispense_requests.reverse(world.session, numbers[1], day(47))
    assert world.ask(world.maria, day(48)).rationale_offered
    assert world.rationale(world.maria, day(48), 48, pharmacy=CORNER).used_this_year == 3
