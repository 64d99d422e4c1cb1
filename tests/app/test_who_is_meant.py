"""Who is meant, from the desk to the registry: a near name on a fax, a reviewer's word, and what became of the form."""

from __future__ import annotations

import pytest

from app.case_flow import DocumentState
from app.persons_beside import AGAINST_NEW, AGAINST_SAME, PersonsBeside
from registry import questions
from registry.submission import PersonChoice, PersonSaid
from review_queue import choosing, reviewing
from review_queue.choosing import CannotBeMeant
from review_queue.persons import PersonAct
from tests.app.web_world import WebWorld
from tests.registry.world import DAY_ONE, PATIENT, STATUS, World, day, on
from tests.service.fakes import fax

NEARLY = {"patient_first_name": "MARY", "patient_date_of_birth": "1980-02-08"}
LAB = {
    **{name: STATUS[name] for name in STATUS}, "patient_id": None, "labs.0.draw_date": on(2), "labs.0.anc": 1850,
    "monitoring_frequency": None, "adverse_event": None, "adverse_event_narrative": None, **NEARLY,
}  # fmt: skip


def dropped(world: WebWorld) -> str:
    """A near form at the desk, taken by kim; the item's id."""
    world.driven.drop("a.tif", fax("anc_lab_reporting", values=LAB), '{"received_at": "2023-11-05T15:00:00Z"}')
    world.now = day(5)
    world.driven.go_on()
    (document,) = world.driven.documents("a.tif")
    assert document.state is DocumentState.IN_REVIEW
    with world.house.database.writing() as session:
        reviewing.take(session, document.document_id, "kim", world.now)
    return document.document_id


def say(world: WebWorld, item_id: str, act: PersonAct, patient_id: str = "", reason: str = "") -> None:
    with world.house.database.writing() as session:
        version = reviewing.look_at(session, item_id).version
        choosing.say_who(session, item_id, version, act, patient_id, reason, "kim", world.now, PersonsBeside())


def submit(world: WebWorld, item_id: str) -> None:
    with world.house.database.writing() as session:
        reviewing.submit(session, item_id, reviewing.look_at(session, item_id).version, "kim", world.now)
    world.driven.go_on()


def labs(world: WebWorld) -> list[float]:
    with world.house.database.reading() as session:
        found = questions.patient(session, world.maria)
    assert found is not None
    return [one["anc"] for one in found["labs"]]


def test_a_near_name_waits_at_the_desk_and_counts_for_the_patient_whom_the_reviewer_chose(world: WebWorld) -> None:
    item_id = dropped(world)
    with world.house.database.reading() as session:
        item = reviewing.look_at(session, item_id)
        (maria,) = PersonsBeside().candidates(session, item.values())
    assert [doubt.about_person for doubt in item.left()] == [True]
    assert maria.patient_id == world.maria
    assert {one.item: one.agreement for one in maria.compared} == {
        "REMS Patient ID": "unknown", "first name": "nearly", "last name": "agrees", "birth date": "nearly", "ZIP": "agrees",
        "sex": "agrees",
    }  # fmt: skip
    say(world, item_id, PersonAct.SAME, world.maria)
    submit(world, item_id)
    (document,) = world.driven.documents("a.tif")
    assert document.state is DocumentState.ANSWERED
    assert document.admission is not None
    assert document.admission["ids"] == {"patient_id": world.maria}
    assert document.submission is not None
    assert document.submission["person"]["by"] == "kim"
    assert 1850 in labs(world)


def test_going_on_without_a_choice_is_refused_by_the_registry_as_before(world: WebWorld) -> None:
    item_id = dropped(world)
    with world.house.database.writing() as session:
        item = reviewing.look_at(session, item_id)
        for doubt in item.left():
            kind = reviewing.VerdictKind.CONFIRMED
            reviewing.record(session, item_id, item.version, doubt.key, kind, "seen", "kim", world.now)
    submit(world, item_id)
    (document,) = world.driven.documents("a.tif")
    assert document.admission is not None
    assert [one["part"] for one in document.admission["refused"]] == ["patient"]
    assert 1850 not in labs(world)


def test_an_item_ruled_out_of_everybody_is_somebody_new_and_is_told_to_enroll(world: WebWorld) -> None:
    item_id = dropped(world)
    say(world, item_id, PersonAct.NOT_THIS, world.maria)
    say(world, item_id, PersonAct.NEW)
    submit(world, item_id)
    (document,) = world.driven.documents("a.tif")
    assert document.admission is not None
    assert "Enrollment" in document.admission["refused"][0]["reason"]
    assert 1850 not in labs(world)


def test_the_desk_refuses_what_the_registry_would_refuse(world: WebWorld) -> None:
    beside = PersonsBeside()
    exact = {name: PATIENT[name] for name in PATIENT if name.startswith("patient_")}
    with world.house.database.writing() as session:
        olga = {"patient_first_name": "OLGA", "patient_last_name": "PETROV", "patient_date_of_birth": "1955-12-24"}
        other = World(session)
        other.sent = 1000
        olgas = other.send("patient_enrollment", {**PATIENT, **olga}, DAY_ONE, ("prescriber",)).ids["patient_id"]
        same, new = (PersonChoice(said, None, "kim", DAY_ONE) for said in (PersonSaid.SAME, PersonSaid.NEW))
        of_maria, of_olga = (PersonChoice(same.said, one, "kim", DAY_ONE) for one in (world.maria, olgas))
        assert beside.against(session, exact, of_maria) == ""
        assert beside.against(session, exact, new) == AGAINST_NEW
        assert beside.against(session, {**exact, **NEARLY}, new) == ""
        assert beside.against(session, {**exact, **NEARLY, "patient_id": olgas}, of_maria) == AGAINST_SAME
        assert beside.against(session, exact, of_olga) == AGAINST_SAME
        assert beside.written({**exact, "patient_id": "44170823D"})["birth date"] == "02/03/1980"
        (alone,) = beside.candidates(session, exact)
        assert alone.named_exactly


def test_a_choice_of_a_candidate_that_is_not_offered_is_refused(world: WebWorld) -> None:
    item_id = dropped(world)
    with pytest.raises(CannotBeMeant, match="not offered"):
        say(world, item_id, PersonAct.SAME, "44170999X")
