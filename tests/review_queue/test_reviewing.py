"""Taking, keeping, settling and leaving items: in the database, with two people at once."""

import threading
from datetime import timedelta

import pytest

from intake.fax import DocumentId
from intake.reading import OtherKind, OtherPage
from review_queue import reviewing, storage
from review_queue.confirmation import DoubtsLeft
from review_queue.lifecycle import ReviewState
from review_queue.review_item import ReviewItemId, VerdictKind
from review_queue.reviewing import LEASE, NotFree, NotYours, ReasonMissing
from review_queue.triage import TriageContext, triage
from tests.review_queue import invented
from tests.review_queue.desk_in_process import enqueue, enqueue_loose, new_desk
from tests.review_queue.invented import DISAGREEING, NOW, UNREAD_NPI, doubtful


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


@pytest.fixture
def session(desk):
    with desk.sessions() as session, session.begin():
        yield session


LOW = doubtful("labs.0.anc", 820, invented.ProblemKind.LOW_CERTAINTY, "Not certain.")


def test_the_most_urgent_and_then_the_oldest_is_taken_first(desk):
    enqueue(desk, 2, DISAGREEING)
    enqueue(desk, 1, DISAGREEING)
    enqueue(desk, 3, LOW)
    taken = []
    for name in ("ann", "bob", "cleo"):
        with desk.sessions() as session, session.begin():
            taken.append(reviewing.take_next(session, name, NOW).item_id)
    assert taken == ["item-3", "item-1", "item-2"]
    with desk.sessions() as session, session.begin():
        assert reviewing.take_next(session, "dan", NOW) is None


def test_who_asks_for_the_next_while_holding_one_gets_that_one(desk, session):
    enqueue(desk, 1, DISAGREEING)
    enqueue(desk, 2, DISAGREEING)
    first = reviewing.take_next(session, "ann", NOW)
    assert reviewing.take_next(session, "ann", NOW).item_id == first.item_id


def test_a_document_is_enqueued_once_however_often_it_comes(desk, session):
    enqueue(desk, 1, DISAGREEING)
    form_reading = invented.reading(DISAGREEING)
    found = triage(form_reading, invented.STATUS_FORM, TriageContext(NOW), NOW)
    again = reviewing.enqueue_form(
        session, ReviewItemId("item-9"), DocumentId("document-1"), invented.fax(), form_reading, found, NOW
    )
    assert not again
    assert reviewing.backlog(session).waiting == 1


def test_what_was_stored_comes_back_the_same(desk, session):
    enqueue(desk, 1, DISAGREEING, UNREAD_NPI)
    item = reviewing.look_at(session, "item-1")
    assert item.reading == invented.reading(DISAGREEING, UNREAD_NPI)
    assert [doubt.key for doubt in item.doubts] == ["prescriber_npi", "labs.0.anc"]
    assert item.fax.received_at.tzinfo is not None


def test_two_reviewers_at_the_same_moment_never_hold_one_item(desk):
    """Eight threads with a session each, all asking at once, again and again, for fewer items than there are hands."""
    for number in range(1, 7):
        enqueue(desk, number, DISAGREEING)
    names = [f"reviewer-{number}" for number in range(8)]
    start = threading.Barrier(len(names))
    taken, failures = {}, []

    def ask(name):
        start.wait()
        try:
            with desk.sessions() as session, session.begin():
                item = reviewing.take_next(session, name, NOW)
            taken[name] = None if item is None else item.item_id
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=ask, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    got = [item_id for item_id in taken.values() if item_id is not None]
    assert failures == []
    assert sorted(got) == [f"item-{number}" for number in range(1, 7)]  # each once, and none left lying
    with desk.sessions() as session:
        for name, item_id in taken.items():
            if item_id is not None:
                assert reviewing.look_at(session, item_id).holder == name


def test_two_reviewers_who_choose_the_same_item_get_it_once(desk):
    for round_number in range(1, 11):
        item_id = enqueue(desk, round_number, DISAGREEING)
        start = threading.Barrier(2)
        won = []

        def choose(name, item_id=item_id, start=start, won=won):
            start.wait()
            try:
                with desk.sessions() as session, session.begin():
                    reviewing.take(session, item_id, name, NOW)
                won.append(name)
            except NotFree:
                pass

        threads = [threading.Thread(target=choose, args=(name,)) for name in ("ann", "bob")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(won) == 1


def test_an_item_in_hand_is_not_free_until_its_lease_runs_out(desk, session):
    enqueue(desk, 1, DISAGREEING)
    reviewing.take(session, "item-1", "ann", NOW)
    with pytest.raises(NotFree):
        reviewing.take(session, "item-1", "bob", NOW + LEASE - timedelta(seconds=1))
    item = reviewing.take(session, "item-1", "bob", NOW + LEASE)
    assert item.holder == "bob"
    assert [row.event for row in storage.events(session, "item-1")] == ["enqueued", "taken", "taken_over"]


def test_a_sign_of_life_renews_the_lease(desk, session):
    enqueue(desk, 1, DISAGREEING)
    item = reviewing.take(session, "item-1", "ann", NOW)
    later = NOW + timedelta(minutes=9)
    assert reviewing.renew(session, "item-1", item.version, "ann", later) == later + LEASE
    with pytest.raises(NotFree):
        reviewing.take(session, "item-1", "bob", NOW + LEASE)


def test_whoever_lost_an_item_can_change_nothing_on_it(desk, session):
    enqueue(desk, 1, DISAGREEING)
    lost = reviewing.take(session, "item-1", "ann", NOW)
    reviewing.take(session, "item-1", "bob", NOW + LEASE)
    steps = (
        lambda: reviewing.record(session, "item-1", lost.version, "labs.0.anc", VerdictKind.CORRECTED, 1, "ann", NOW + LEASE),
        lambda: reviewing.submit(session, "item-1", lost.version, "ann", NOW + LEASE),
        lambda: reviewing.reject(session, "item-1", lost.version, "ann", NOW + LEASE, "why"),
        lambda: reviewing.send_back(session, "item-1", lost.version, "ann", NOW + LEASE, ["please sign"]),
        lambda: reviewing.escalate(session, "item-1", lost.version, "ann", NOW + LEASE, "why"),
        lambda: reviewing.ask_second_look(session, "item-1", lost.version, "ann", NOW + LEASE, "why"),
        lambda: reviewing.release(session, "item-1", lost.version, "ann", NOW + LEASE),
        lambda: reviewing.renew(session, "item-1", lost.version, "ann", NOW + LEASE),
    )
    for step in steps:
        with pytest.raises(NotYours):
            step()
    item = reviewing.look_at(session, "item-1")
    assert (item.holder, item.state, dict(item.verdicts)) == ("bob", ReviewState.IN_HAND, {})


def test_a_page_drawn_before_the_item_was_put_back_and_taken_again_can_change_nothing(desk, session):
    enqueue(desk, 1, DISAGREEING)
    old = reviewing.take(session, "item-1", "ann", NOW)
    reviewing.release(session, "item-1", old.version, "ann", NOW)
    reviewing.take(session, "item-1", "ann", NOW)
    with pytest.raises(NotYours):
        reviewing.reject(session, "item-1", old.version, "ann", NOW, "why")


def test_a_verdict_keeps_who_said_when_and_what_had_been_read_and_the_earlier_one_stays(desk, session):
    enqueue(desk, 1, DISAGREEING)
    item = reviewing.take(session, "item-1", "ann", NOW)
    for value in (3713, 3773):
        kind = VerdictKind.CONFIRMED if value == 3773 else VerdictKind.CORRECTED
        reviewing.record(session, "item-1", item.version, "labs.0.anc", kind, value, "ann", NOW)
    kept = storage.verdicts(session, "item-1")
    assert [(one.read, one.value, one.kind.value, one.by, one.at) for one in kept] == [
        (3773, 3713, "corrected", "ann", NOW),
        (3773, 3773, "confirmed", "ann", NOW),
    ]
    assert reviewing.look_at(session, "item-1").verdicts["labs.0.anc"].value == 3773


def test_a_form_with_a_doubt_left_cannot_be_submitted_and_one_without_can(desk, session):
    enqueue(desk, 1, DISAGREEING, UNREAD_NPI)
    item = reviewing.take(session, "item-1", "ann", NOW)
    reviewing.record(session, "item-1", item.version, "labs.0.anc", VerdictKind.CONFIRMED, 3773, "ann", NOW)
    with pytest.raises(DoubtsLeft) as refusal:
        reviewing.submit(session, "item-1", item.version, "ann", NOW)
    assert [doubt.key for doubt in refusal.value.doubts] == ["prescriber_npi"]
    reviewing.record(session, "item-1", item.version, "prescriber_npi", VerdictKind.ILLEGIBLE, None, "ann", NOW)
    assert reviewing.submit(session, "item-1", item.version, "ann", NOW).state is ReviewState.CONFIRMED
    settled = reviewing.outcome(session, DocumentId("document-1"))
    assert settled.closing.by == "ann"
    with pytest.raises(NotFree):
        reviewing.take(session, "item-1", "bob", NOW + LEASE)


def test_there_is_no_outcome_while_an_item_is_open(desk, session):
    enqueue(desk, 1, DISAGREEING)
    assert reviewing.outcome(session, DocumentId("document-1")) is None
    assert reviewing.outcome(session, DocumentId("never-at-the-desk")) is None


@pytest.mark.parametrize("words", ["", "   ", "\n"])
def test_a_rejection_says_why(desk, session, words):
    enqueue(desk, 1, DISAGREEING)
    item = reviewing.take(session, "item-1", "ann", NOW)
    with pytest.raises(ReasonMissing):
        reviewing.reject(session, "item-1", item.version, "ann", NOW, words)


def test_what_the_sender_is_asked_for_stands_in_the_outcome(desk, session):
    enqueue(desk, 1, DISAGREEING)
    item = reviewing.take(session, "item-1", "ann", NOW)
    reviewing.send_back(session, "item-1", item.version, "ann", NOW, ["Prescriber signature: please  sign."])
    settled = reviewing.outcome(session, DocumentId("document-1"))
    assert settled.state is ReviewState.SENT_BACK
    assert settled.closing.asked_for == ("Prescriber signature: please sign.",)


def test_a_second_look_is_for_somebody_else(desk, session):
    enqueue(desk, 1, DISAGREEING)
    item = reviewing.take(session, "item-1", "ann", NOW)
    reviewing.ask_second_look(session, "item-1", item.version, "ann", NOW, "is this a 7?")
    assert reviewing.take_next(session, "ann", NOW) is None
    taken = reviewing.take_next(session, "bob", NOW)
    assert (taken.holder, taken.passed_by, taken.closing.reason) == ("bob", "ann", "is this a 7?")


def test_what_was_escalated_waits_for_a_senior(desk, session):
    enqueue(desk, 1, DISAGREEING)
    item = reviewing.take(session, "item-1", "ann", NOW)
    reviewing.escalate(session, "item-1", item.version, "ann", NOW, "an adverse event?")
    assert reviewing.take_next(session, "cleo", NOW) is None
    with pytest.raises(NotFree):
        reviewing.take(session, "item-1", "cleo", NOW)
    assert reviewing.take(session, "item-1", "bob", NOW, senior=True).holder == "bob"


def test_loose_pages_are_answered_or_filed_but_never_submitted(desk, session):
    enqueue_loose(desk, 1)
    item = reviewing.take(session, "item-1", "ann", NOW)
    assert item.loose_pages == (OtherPage(1, OtherKind.LAB_PRINTOUT),)
    with pytest.raises(ReasonMissing):
        reviewing.submit(session, "item-1", item.version, "ann", NOW)
    reviewing.reject(session, "item-1", item.version, "ann", NOW, "An advertisement.", answer_sender=False)
    assert reviewing.outcome(session, DocumentId("document-1")).closing.answer_sender is False


def test_the_backlog_counts_what_is_open_and_names_its_oldest(desk, session):
    for number in (3, 1, 2):
        enqueue(desk, number, DISAGREEING)
    item = reviewing.take(session, "item-1", "ann", NOW)
    before = reviewing.backlog(session)
    assert (before.waiting, before.in_hand) == (2, 1)
    assert before.oldest_received == invented.RECEIVED + timedelta(minutes=1)
    reviewing.reject(session, "item-1", item.version, "ann", NOW, "why")
    assert reviewing.backlog(session).oldest_received == invented.RECEIVED + timedelta(minutes=2)
