"""What is stored: one delivery for one answer however often it is composed, and the backlog as it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import create_engine
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from outbound import calls_storage, storage
from outbound.delivery import DeliveryId, DeliveryState, Event, IllegalTransition
from outbound.notice import Recipient, Role
from tests.outbound.letters_for_tests import DOCTOR, NOW, REFERENCE, ack_notice, notice_of_kind

HOUR = timedelta(hours=1)
NOBODY = Recipient(Role.PRESCRIBER, "Nobody Known", None)


@pytest.fixture
def database(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/x.db")
    storage.Base.metadata.create_all(engine)
    return sessionmaker(engine)


@pytest.fixture
def session(database):
    with database() as session:
        yield session


def at_number(fax: str) -> Recipient:
    return Recipient(Role.PRESCRIBER, f"Doctor at {fax}", fax)


def begin(session: Session, leader: str, *riders: str):
    return calls_storage.begin_call(session, DeliveryId(leader), [DeliveryId(one) for one in riders], NOW, NOW)[0]


def plan(session: Session, name: str, *notices, at=NOW) -> DeliveryId:
    return storage.plan_delivery(session, notices, DeliveryId(name), at)


def test_an_answer_composed_twice_makes_one_delivery(session):
    assert plan(session, "d1", ack_notice()) == "d1"
    assert plan(session, "d2", ack_notice(), at=NOW + HOUR) == "d1"
    assert [one.delivery_id for one in storage.of_reference(session, REFERENCE)] == ["d1"]


def test_a_notice_that_came_later_goes_out_without_repeating_the_earlier_ones(session):
    plan(session, "d1", ack_notice())
    assert plan(session, "d2", ack_notice(), notice_of_kind("anc_recorded")) == "d2"
    assert [one.kind for one in storage.notices_of(session, DeliveryId("d2"))] == ["anc_recorded"]
    assert [(one.number, one.kinds) for one in storage.of_reference(session, REFERENCE)] == [
        (1, ("acknowledgement",)),
        (2, ("anc_recorded",)),
    ]


@pytest.mark.parametrize("notice", [ack_notice(), notice_of_kind("adverse_event"), notice_of_kind("neutropenia_mild")])
def test_a_notice_comes_back_as_it_was(session, notice):
    plan(session, "d1", notice)
    session.expire_all()
    assert storage.notices_of(session, DeliveryId("d1")) == (notice,)


def test_the_urgent_stand_first_in_their_letter(session):
    plan(session, "d1", notice_of_kind("anc_recorded"), notice_of_kind("rationale_needed"))
    assert storage.delivery(session, DeliveryId("d1")).kinds == ("rationale_needed", "anc_recorded")
    assert storage.delivery(session, DeliveryId("d1")).urgent


def test_notices_to_two_machines_are_refused_as_one_delivery(session):
    with pytest.raises(ValueError, match="one recipient"):
        plan(session, "d1", ack_notice(), notice_of_kind("anc_recorded", NOBODY))
    with pytest.raises(ValueError, match="at least one"):
        plan(session, "d1")


def test_the_urgent_are_due_first_then_the_longest_waiting(session):
    plan(session, "late", notice_of_kind("anc_recorded", at_number("3125550111"), occasion="S1"), at=NOW)
    plan(session, "early", notice_of_kind("anc_recorded", at_number("3125550112"), occasion="S2"), at=NOW - HOUR)
    plan(session, "urgent", notice_of_kind("neutropenia_severe"), at=NOW)
    plan(session, "future", notice_of_kind("anc_recorded", at_number("3125550113"), occasion="S3"), at=NOW + HOUR)
    assert storage.due(session, NOW) == ("urgent", "early", "late")
    assert storage.due(session, NOW, limit=1) == ("urgent",)
    assert storage.due(session, NOW, lines=2) == ("urgent", "early")
    assert storage.oldest_unsent(session) == NOW - HOUR


def test_of_several_letters_to_one_number_one_is_due_and_none_while_it_is_called(session):
    plan(session, "second", notice_of_kind("anc_recorded", occasion="S1"), at=NOW)
    plan(session, "first", notice_of_kind("anc_recorded", occasion="S2"), at=NOW - HOUR)
    assert storage.due(session, NOW, lines=24) == ("first",)
    assert storage.due(session, NOW) == ("first", "second"), "where nothing rings, none waits for the other"
    begin(session, "first")
    assert storage.due(session, NOW - HOUR, lines=24) == ()


def test_two_calls_to_one_number_at_once_are_refused_by_the_database(session):
    plan(session, "d1", notice_of_kind("anc_recorded", occasion="S1"))
    plan(session, "d2", notice_of_kind("anc_recorded", occasion="S2"))
    begin(session, "d1")
    with pytest.raises(IntegrityError):
        begin(session, "d2")


def test_a_letter_without_a_number_is_shown_to_a_person_and_never_due(session):
    plan(session, "d1", notice_of_kind("anc_recorded", NOBODY))
    assert storage.due(session, NOW + 1000 * HOUR) == ()
    (waiting,) = storage.wanting_a_person(session)
    assert waiting.state is DeliveryState.NO_ADDRESS
    assert "Nobody Known" in waiting.last_word


def test_a_number_given_by_a_person_makes_it_due_with_fresh_patience(session):
    plan(session, "d1", notice_of_kind("anc_recorded"))
    for _ in range(3):
        begin(session, "d1")
        storage.note_event(session, DeliveryId("d1"), Event.NOT_SENT, NOW, detail="busy", look_at=NOW)
    begin(session, "d1")
    storage.note_event(session, DeliveryId("d1"), Event.GIVE_UP, NOW, detail="busy")
    storage.give_number(session, DeliveryId("d1"), "3125550177", "mira", NOW)
    again = begin(session, "d1")
    assert (again.fax, again.tries, again.tag) == ("3125550177", 1, "d1-5")


def test_a_person_can_end_a_delivery_and_the_reason_stays(session):
    plan(session, "d1", notice_of_kind("anc_recorded", NOBODY))
    assert storage.close(session, DeliveryId("d1"), "mira", "told by phone", NOW) is DeliveryState.ABANDONED
    assert [(one.event, one.by, one.detail) for one in storage.history(session, DeliveryId("d1"))][-1] == (
        "close_by_person",
        "mira",
        "told by phone",
    )


def test_an_illegal_transition_changes_nothing(session):
    plan(session, "d1", notice_of_kind("anc_recorded"))
    before = storage.delivery(session, DeliveryId("d1"))
    with pytest.raises(IllegalTransition):
        storage.note_event(session, DeliveryId("d1"), Event.NOT_SENT, NOW, detail="busy", look_at=NOW)
    assert storage.delivery(session, DeliveryId("d1")) == before
    assert len(storage.history(session, DeliveryId("d1"))) == 1


def test_of_two_workers_with_one_delivery_only_one_goes_on(database):
    with database.begin() as session:
        plan(session, "d1", notice_of_kind("anc_recorded"))
    slow = database()
    storage.delivery(slow, DeliveryId("d1"))
    slow_row = slow.get_one(storage.DeliveryRow, "d1")
    slow.commit()
    assert slow_row.version == 1
    with database.begin() as quick:
        begin(quick, "d1")
    stale = database(expire_on_commit=False)
    row = stale.get_one(storage.DeliveryRow, "d1")
    stale.commit()
    with database.begin() as quick:
        storage.note_event(quick, DeliveryId("d1"), Event.CONFIRMED, NOW, detail="arrived")
    row.last_word = "written by a worker that saw an older row"
    with pytest.raises(StaleDataError):
        stale.flush()
    slow.close()
    stale.close()


def test_the_counts_name_every_state(session):
    plan(session, "d1", notice_of_kind("anc_recorded", DOCTOR))
    plan(session, "d2", notice_of_kind("anc_recorded", NOBODY, occasion="S2"))
    counted = storage.counts(session)
    assert set(counted) == set(DeliveryState)
    assert (counted[DeliveryState.DUE], counted[DeliveryState.NO_ADDRESS], counted[DeliveryState.SENDING]) == (1, 1, 0)


def test_a_delivery_nobody_planned_is_a_key_error(session):
    with pytest.raises(KeyError, match="d9"):
        storage.delivery(session, DeliveryId("d9"))
