"""Sending: nothing lost, nothing twice, whatever the line or the process does."""

from __future__ import annotations

import contextlib
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import QueuePool, StaticPool

from outbound import letter_acts, sending, storage
from outbound.delivery import DeliveryId, DeliveryState, IllegalTransition
from outbound.fax_pages import FaxPages
from outbound.gateway import Cause, Delivered, Gateway, InProgress, NotSent, NotTaken, Outcome, Unknown, Unreachable
from outbound.letters import Letter
from outbound.notice import Recipient, Role
from outbound.retrying import BY_CAUSE, RetryPolicy
from tests.outbound import gateways as lines
from tests.outbound.letters_for_tests import DOCTOR, NOW, REFERENCE, US, notice_of_kind

ONE = DeliveryId("d1")
MINUTE = timedelta(minutes=1)


def two_pages(letter: Letter) -> FaxPages:
    """What a letter looks like is not the question here, and drawing it a thousand times would be slow."""
    return FaxPages(letter.html.encode(), 2)


def a_database() -> sessionmaker[Session]:
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    storage.Base.metadata.create_all(engine)
    return sessionmaker(engine)


def planned(recipient: Recipient = DOCTOR) -> sessionmaker[Session]:
    database = a_database()
    with database.begin() as session:
        storage.plan_delivery(session, [notice_of_kind("anc_recorded", recipient)], ONE, NOW)
    return database


def state_of(database: sessionmaker[Session]):
    with database() as session:
        return storage.delivery(session, ONE)


def send(database, gateway, at):
    return sending.send(database, ONE, gateway, at, sender=US, draw=two_pages)


def is_due(database, at):
    with database() as session:
        return ONE in storage.due(session, at)


def run_on(database, gateway, at, hours=100, every=timedelta(minutes=10)):
    """What the sweep does: call send whenever it is due, for so many hours."""
    end = at + timedelta(hours=hours)
    while at < end:
        if is_due(database, at):
            with contextlib.suppress(lines.ProcessDied):
                send(database, gateway, at)
        at += every
    return state_of(database)


def test_a_due_letter_arrives_and_the_gateways_name_for_it_is_kept():
    database, gateway = planned(), lines.GatewayThatWorks()
    send(database, gateway, NOW)
    delivery = state_of(database)
    assert (delivery.state, delivery.gateway_reference, delivery.pages) == (DeliveryState.DELIVERED, "job-d1-1", 2)


def test_sending_twice_makes_one_call():
    database, gateway = planned(), lines.GatewayThatWorks()
    send(database, gateway, NOW)
    assert send(database, gateway, NOW) is None
    assert len(gateway.sent) == 1


def test_a_letter_is_not_sent_before_its_time():
    database, gateway = planned(), lines.GatewayThatWorks()
    assert send(database, gateway, NOW - MINUTE) is None
    assert gateway.sent == {}


def test_a_busy_line_is_tried_again_later_and_given_up_in_the_end():
    database, gateway = planned(), lines.GatewayThatIsAlwaysBusy()
    send(database, gateway, NOW)
    first = state_of(database)
    assert first.state is DeliveryState.DUE
    assert first.next_look_at > NOW
    last = run_on(database, gateway, NOW)
    assert (last.state, last.attempts) == (DeliveryState.ABANDONED, BY_CAUSE[Cause.BUSY].attempts)
    assert "busy" in last.last_word


def test_a_process_that_died_after_the_gateway_had_the_letter_does_not_send_it_twice():
    database, gateway = planned(), lines.GatewayThatDiesAfterTaking()
    with pytest.raises(lines.ProcessDied):
        send(database, gateway, NOW)
    assert state_of(database).state is DeliveryState.SENDING
    assert run_on(database, gateway, NOW + MINUTE, hours=1).state is DeliveryState.DELIVERED
    assert len(gateway.sent) == 1


def test_nobody_asks_while_the_worker_may_still_be_alive():
    database, gateway = planned(), lines.GatewayThatDiesAfterTaking()
    with pytest.raises(lines.ProcessDied):
        send(database, gateway, NOW)
    assert send(database, gateway, NOW + timedelta(seconds=30)) is None


def test_a_process_that_died_before_the_gateway_had_the_letter_sends_it():
    database, gateway = planned(), lines.GatewayThatDiesBeforeTaking(times=2)
    assert run_on(database, gateway, NOW, hours=1).state is DeliveryState.DELIVERED
    assert len(gateway.sent) == 1


def test_a_letter_that_kills_every_worker_is_given_up():
    database, gateway = planned(), lines.GatewayThatDiesBeforeTaking(times=1000)
    last = run_on(database, gateway, NOW)
    assert (last.state, last.attempts) == (DeliveryState.ABANDONED, RetryPolicy().deaths_at_most)


def test_what_may_have_gone_out_is_never_sent_again_by_itself():
    database, gateway = planned(), lines.GatewayThatLosesTheLine()
    assert run_on(database, gateway, NOW).state is DeliveryState.UNCERTAIN
    assert len(gateway.sent) == 1


def test_an_uncertain_letter_goes_out_again_on_a_persons_word():
    database, gateway = planned(), lines.GatewayThatLosesTheLine()
    send(database, gateway, NOW)
    state = letter_acts.send_again(database, ONE, gateway, NOW + MINUTE, by="mira", reason="the clinic says nothing came")
    assert state is DeliveryState.DUE
    send(database, gateway, NOW + MINUTE)
    assert sorted(gateway.sent) == ["d1-1", "d1-2"]
    with database() as session:
        assert [one.by for one in storage.history(session, ONE) if one.event == "send_again_by_person"] == ["mira"]


def test_a_persons_word_is_not_followed_where_the_gateway_now_knows_that_it_arrived():
    database, gateway = planned(), lines.GatewayThatLosesTheLine()
    send(database, gateway, NOW)
    remembers = lines.GatewayThatWorks(gateway.sent)
    assert letter_acts.send_again(database, ONE, remembers, NOW + MINUTE, by="mira", reason="?") is DeliveryState.DELIVERED
    assert len(gateway.sent) == 1


def test_a_persons_word_waits_for_a_gateway_that_cannot_be_asked():
    database = planned()
    send(database, lines.GatewayThatLosesTheLine(), NOW)
    with pytest.raises(letter_acts.NotYet):
        letter_acts.send_again(database, ONE, lines.GatewayThatCannotBeAsked(), NOW + MINUTE, by="mira", reason="?")
    assert state_of(database).state is DeliveryState.UNCERTAIN


def test_a_delivered_letter_is_not_sent_again_even_on_a_persons_word():
    database, gateway = planned(), lines.GatewayThatWorks()
    send(database, gateway, NOW)
    with pytest.raises(IllegalTransition):
        letter_acts.send_again(database, ONE, gateway, NOW + MINUTE, by="mira", reason="?")
    assert len(gateway.sent) == 1


def test_a_gateway_that_says_done_with_no_pages_did_not_deliver():
    database = planned()
    send(database, lines.GatewayThatSaysDoneWithNoPages(), NOW)
    assert state_of(database).state is DeliveryState.UNCERTAIN


def test_a_number_that_cannot_be_dialled_is_given_up_at_once_with_its_reason():
    database = planned()
    send(database, lines.GatewayThatRefusesTheNumber(), NOW)
    assert (state_of(database).state, state_of(database).last_word) == (DeliveryState.ABANDONED, "not a telephone number")


def test_a_slow_gateway_is_asked_until_it_is_done():
    database, gateway = planned(), lines.GatewayThatTakesItsTime()
    assert run_on(database, gateway, NOW, hours=1).state is DeliveryState.SENDING
    gateway.done = True
    assert run_on(database, gateway, NOW + timedelta(hours=1), hours=1).state is DeliveryState.DELIVERED
    assert len(gateway.sent) == 1


def test_a_full_disk_is_waited_out():
    database = planned()
    send(database, lines.DiskThatIsFull(), NOW)
    delivery = state_of(database)
    assert delivery.state is DeliveryState.DUE
    assert run_on(database, lines.GatewayThatWorks(), NOW, hours=1).state is DeliveryState.DELIVERED


def test_a_letter_without_a_number_stays_until_a_person_gives_one():
    database, gateway = planned(Recipient(Role.PRESCRIBER, "Amara Oyelaran", None)), lines.GatewayThatWorks()
    assert run_on(database, gateway, NOW, hours=1).state is DeliveryState.NO_ADDRESS
    with database.begin() as session:
        storage.give_number(session, ONE, "2025550144", "mira", NOW)
    assert run_on(database, gateway, NOW, hours=1).state is DeliveryState.DELIVERED
    assert gateway.sent["d1-1"].fax == "2025550144"


def test_a_letter_that_cannot_be_written_is_given_up_with_the_missing_fact_named():
    database = a_database()
    with database.begin() as session:
        storage.plan_delivery(session, [notice_of_kind("anc_recorded", draw_date="last Tuesday")], ONE, NOW)
    send(database, lines.GatewayThatWorks(), NOW)
    delivery = state_of(database)
    assert delivery.state is DeliveryState.ABANDONED
    assert "anc_recorded" in delivery.last_word


def test_a_worker_presumed_dead_that_had_sent_the_letter_after_all_stops_the_second_call():
    database = planned()
    works = lines.GatewayThatWorks()

    class GatewayWhoseWorkerFallsAsleep(lines.GatewayThatWorks):
        """While this worker submits, another finds it too long silent, asks, and hears that nothing was taken."""

        def submit(self, job):
            assert send(database, lines.GatewayThatWorks(), NOW + 2 * MINUTE) is not None
            assert state_of(database).state is DeliveryState.DUE
            return works.submit(job)

    send(database, GatewayWhoseWorkerFallsAsleep(), NOW)
    assert state_of(database).state is DeliveryState.DELIVERED
    run_on(database, works, NOW + 2 * MINUTE, hours=1)
    assert list(works.sent) == ["d1-1"]


def test_no_session_is_open_while_the_line_works(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/x.db", poolclass=QueuePool)
    storage.Base.metadata.create_all(engine)
    database = sessionmaker(engine)
    with database.begin() as session:
        storage.plan_delivery(session, [notice_of_kind("anc_recorded")], ONE, NOW)
    open_at_work = []

    class GatewayThatLooksAround(lines.GatewayThatWorks):
        def submit(self, job):
            open_at_work.append(engine.pool.checkedout())
            return super().submit(job)

    send(database, GatewayThatLooksAround(), NOW)
    assert open_at_work == [0]


class LineOfFate:
    """Does at each submit and each question what hypothesis says; a call that brought pages is counted."""

    def __init__(self, fates: list[str]) -> None:
        self.fates = fates
        self.calls: list[str] = []
        self.taken: dict[str, str] = {}  # tag to what became of it

    def _next(self) -> str:
        return self.fates.pop() if self.fates else "works"

    def submit(self, job) -> Outcome:
        fate = self._next()
        if fate == "dies before":
            raise lines.ProcessDied
        if fate in ("busy", "unreachable"):
            self.taken[job.mark.tag] = "busy"
            return NotSent(Cause.BUSY)
        self.calls.append(job.mark.tag)
        self.taken[job.mark.tag] = "lost" if fate == "line lost" else "arrived"
        if fate == "dies after":
            raise lines.ProcessDied
        if fate == "slow":
            return InProgress("j")
        return Unknown("lost") if fate == "line lost" else Delivered("j", job.pages)

    def find(self, mark) -> Outcome:
        fate = self._next()
        if fate == "unreachable":
            return Unreachable("no connection")
        if fate == "slow" and self.taken.get(mark.tag) == "arrived":
            return InProgress("j")
        known = {"arrived": Delivered("j", 2), "lost": Unknown("lost"), "busy": NotSent(Cause.BUSY)}
        return known.get(self.taken.get(mark.tag, ""), NotTaken())


FATES = ["works", "busy", "dies before", "dies after", "line lost", "slow", "unreachable"]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(FATES), max_size=12))
def test_whatever_happens_the_pages_go_out_at_most_once_and_the_letter_always_comes_to_rest(fates):
    database = planned()
    gateway: Gateway = LineOfFate(list(fates))
    rest = run_on(database, gateway, NOW, every=timedelta(hours=1))
    assert len(gateway.calls) <= 1
    assert rest.state in (DeliveryState.DELIVERED, DeliveryState.ABANDONED, DeliveryState.UNCERTAIN)
    assert (rest.state is DeliveryState.ABANDONED) <= (gateway.calls == [])
    assert rest.reference == REFERENCE
