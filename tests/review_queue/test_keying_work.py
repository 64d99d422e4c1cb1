"""The life of a keying in the database: who gets it, what two or three people make of it, and how it ends otherwise."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.fax import DocumentId
from review_queue import keying_storage, keying_work, recalling, reviewing, storage
from review_queue.confirmation import DoubtsLeft
from review_queue.keying import KeyingRules, KeyingState, KeyingTask
from review_queue.keying_work import FieldsLeft, SecondKeying, StillBlind, TooEarly
from review_queue.lifecycle import ReviewState
from review_queue.review_item import ReviewItem, VerdictKind
from review_queue.reviewers import create_reviewer
from review_queue.reviewing import LEASE, NotYours, ReasonMissing
from review_queue.tables import ReviewerRow
from tests.review_queue import invented
from tests.review_queue.desk_in_process import enqueue
from tests.review_queue.invented import DISAGREEING
from tests.review_queue.keying_desk import ASKS, corrected, item, key, keying_desk, open_task, taken

LOW = invented.doubtful("labs.0.anc", 820, invented.ProblemKind.LOW_CERTAINTY, "Not certain.")


@pytest.fixture
def desk(tmp_path):
    return keying_desk(tmp_path)


def test_a_corrected_critical_field_keeps_the_form_until_a_colleague_keyed_the_same(desk):
    assert corrected(desk, {"labs.0.anc": 3713}).state is ReviewState.BEING_KEYED
    assert reviewing_outcome(desk) is None
    assert key(desk, "bob", {"labs.0.anc": 3713}).state is KeyingState.ALIKE
    assert item(desk).state is ReviewState.CONFIRMED
    assert (item(desk).verdicts["labs.0.anc"].by, item(desk).closing.by) == ("ann", "ann")


def reviewing_outcome(desk):
    with desk.sessions() as session:
        return reviewing.outcome(session, DocumentId("document-1"))


def test_what_was_only_confirmed_waits_for_nobody(desk):
    enqueue(desk, 1, DISAGREEING)
    with desk.sessions() as session, session.begin():
        held = reviewing.take(session, "item-1", "ann", desk.clock())
        reviewing.record(session, "item-1", held.version, "labs.0.anc", VerdictKind.CONFIRMED, 3773, "ann", desk.clock())
        assert reviewing.submit(session, "item-1", held.version, "ann", desk.clock(), ASKS).state is ReviewState.CONFIRMED


def test_on_a_mismatch_a_third_keys_only_what_differs_and_two_of_three_count(desk):
    corrected(desk, {"prescriber_npi": "1234567893", "labs.0.anc": 3713})
    again = key(desk, "bob", {"prescriber_npi": "1234567893", "labs.0.anc": 3773})
    assert (again.state, again.fields, again.holder) == (KeyingState.WAITING, ("labs.0.anc",), None)
    assert item(desk).state is ReviewState.BEING_KEYED
    assert key(desk, "sue", {"labs.0.anc": 3773}).state is KeyingState.ALIKE
    stands = item(desk).verdicts["labs.0.anc"]
    assert (stands.value, stands.by, stands.kind) == (3773, "sue", VerdictKind.CORRECTED)
    with desk.sessions() as session:
        kept = [(one.value, one.by) for one in storage.verdicts(session, "item-1") if one.key == "labs.0.anc"]
    assert kept == [(3713, "ann"), (3773, "sue")]
    assert item(desk).state is ReviewState.CONFIRMED


def test_the_third_may_bear_out_the_first(desk):
    corrected(desk, {"labs.0.anc": 3713})
    key(desk, "bob", {"labs.0.anc": 3773})
    key(desk, "sue", {"labs.0.anc": 3713})
    assert (item(desk).state, item(desk).verdicts["labs.0.anc"].by) == (ReviewState.CONFIRMED, "ann")


def test_what_no_two_agree_on_goes_to_a_senior_with_all_of_it_and_is_not_keyed_again(desk):
    corrected(desk, {"labs.0.anc": 3713})
    key(desk, "bob", {"labs.0.anc": 3773})
    assert key(desk, "sue", {"labs.0.anc": 3733}).state is KeyingState.UNLIKE
    assert item(desk).state is ReviewState.ESCALATED
    with desk.sessions() as session, session.begin():
        said = [(word.by, word.value) for _, word in keying_work.words_on(session, item(desk))]
        assert said == [("ann", 3713), ("bob", 3773), ("sue", 3733)]
        held = reviewing.take(session, "item-1", "bob", desk.clock(), senior=True)
        with pytest.raises(DoubtsLeft):  # nobody's word stands: the senior must say which it is
            reviewing.submit(session, "item-1", held.version, "bob", desk.clock(), ASKS)
        reviewing.record(session, "item-1", held.version, "labs.0.anc", VerdictKind.CORRECTED, 3733, "bob", desk.clock())
        done = reviewing.submit(session, "item-1", held.version, "bob", desk.clock(), ASKS)
    assert done.state is ReviewState.CONFIRMED


def test_a_certain_field_that_no_two_keyed_alike_does_not_fall_back_to_what_was_read(desk):
    enqueue(desk, 1, DISAGREEING)
    with desk.sessions() as session, session.begin():
        held = reviewing.take(session, "item-1", "ann", desk.clock())
        for field, kind, value in (
            ("labs.0.anc", VerdictKind.CONFIRMED, 3773),
            ("patient_last_name", VerdictKind.CORRECTED, "PERES"),
            ("patient_last_name", VerdictKind.CORRECTED, "PERETZ"),
        ):
            reviewing.record(session, "item-1", held.version, field, kind, value, "ann", desk.clock())
        reviewing.submit(session, "item-1", held.version, "ann", desk.clock(), ASKS)
    key(desk, "bob", {"patient_last_name": "PEREZZ"})
    key(desk, "sue", {"patient_last_name": "PEPEZ"})
    assert [doubt.key for doubt in item(desk).left()] == ["patient_last_name"]
    assert [doubt.key for doubt in item(desk).doubts] == ["labs.0.anc", "patient_last_name"]


def test_where_nobody_is_left_to_be_the_third_it_goes_to_a_senior_at_once(desk):
    with desk.sessions() as session, session.begin():
        session.get(ReviewerRow, "sue").disabled_at = desk.clock()
    corrected(desk, {"labs.0.anc": 3713})
    assert key(desk, "bob", {"labs.0.anc": 3773}).state is KeyingState.UNLIKE
    assert item(desk).state is ReviewState.ESCALATED


def test_nobody_keys_what_they_said_or_saw(desk):
    corrected(desk, {"labs.0.anc": 3713})
    assert taken(desk, "ann") is None
    with desk.sessions() as session, session.begin():
        storage.add_event(session, "item-1", "opened", "bob", desk.clock())
    assert taken(desk, "bob") is None
    task = open_task(desk)
    with desk.sessions() as session, session.begin(), pytest.raises(NotYours):
        keying_work.take(session, task.task_id, "bob", desk.clock())
    assert isinstance(taken(desk, "sue"), KeyingTask)


def test_who_looks_at_the_fax_while_holding_its_keying_can_key_it_no_more(desk):
    corrected(desk, {"labs.0.anc": 3713})
    task = taken(desk, "bob")
    with desk.sessions() as session, session.begin():
        storage.add_event(session, "item-1", "opened", "bob", desk.clock())
        with pytest.raises(NotYours):
            keying_work.key(session, task.task_id, task.version, "labs.0.anc", VerdictKind.CORRECTED, 1, "bob", desk.clock())


def test_a_keying_is_ended_only_when_every_field_was_keyed(desk):
    corrected(desk, {"prescriber_npi": "1234567893", "labs.0.anc": 3713})
    task = taken(desk, "bob")
    with desk.sessions() as session, session.begin():
        left = keying_work.key(session, task.task_id, task.version, "labs.0.anc", VerdictKind.BLANK, None, "bob", desk.clock())
        assert left == ("prescriber_npi",)
        with pytest.raises(FieldsLeft):
            keying_work.finish(session, task.task_id, task.version, "bob", invented.STATUS_FORM, desk.clock())


def test_a_keying_whose_lease_ran_out_is_somebody_elses_and_what_was_keyed_till_then_counts_nothing(desk):
    corrected(desk, {"prescriber_npi": "1234567893", "labs.0.anc": 3713})
    task = taken(desk, "bob")
    with desk.sessions() as session, session.begin():
        keying_work.key(session, task.task_id, task.version, "labs.0.anc", VerdictKind.CORRECTED, 1, "bob", desk.clock())
    assert taken(desk, "sue") is None
    desk.clock.now += LEASE
    done = key(desk, "sue", {"prescriber_npi": "1234567893", "labs.0.anc": 3713})
    assert done.state is KeyingState.ALIKE
    with desk.sessions() as session, session.begin(), pytest.raises(NotYours):
        keying_work.renew(session, task.task_id, task.version, "bob", desk.clock())


def test_a_form_that_waits_for_its_keying_goes_before_the_items_of_its_lane_and_after_more_urgent_ones(desk):
    corrected(desk, {"labs.0.anc": 3713}, number=5)
    enqueue(desk, 1, DISAGREEING)
    enqueue(desk, 2, LOW)
    urgent, keying = taken(desk, "bob"), taken(desk, "sue")
    assert isinstance(urgent, ReviewItem)
    assert urgent.item_id == "item-2"
    assert isinstance(keying, KeyingTask)
    assert taken(desk, "ann").item_id == "item-1"  # it cannot be hers


def test_a_low_anc_is_keyed_before_everything_ordinary(desk):
    corrected(desk, {"labs.0.anc": 3713}, number=5)
    corrected(desk, {"labs.0.anc": 820}, number=6)
    assert taken(desk, "bob").item_id == "item-6"


def test_who_has_a_keying_in_hand_gets_that_one_again(desk):
    corrected(desk, {"labs.0.anc": 3713})
    task = taken(desk, "bob")
    enqueue(desk, 2, LOW)
    assert taken(desk, "bob").task_id == task.task_id


def test_a_desk_of_one_person_does_not_wait_for_nobody_unless_it_is_told_to(desk):
    with desk.sessions() as session, session.begin():
        for name in ("bob", "sue"):
            session.get(ReviewerRow, name).disabled_at = desk.clock()
    assert corrected(desk, {"labs.0.anc": 3713}).state is ReviewState.CONFIRMED
    with desk.sessions() as session:
        happened = [(row.event, row.by, row.detail) for row in storage.events(session, "item-1")]
    assert ("keying_waived", "remsfax", "Nobody else is at this desk.") in happened
    enqueue(desk, 2, DISAGREEING)
    asks = SecondKeying(invented.STATUS_FORM, KeyingRules(alone_waits=True))
    with desk.sessions() as session, session.begin():
        held = reviewing.take(session, "item-2", "ann", desk.clock())
        reviewing.record(session, "item-2", held.version, "labs.0.anc", VerdictKind.CORRECTED, 1, "ann", desk.clock())
        assert reviewing.submit(session, "item-2", held.version, "ann", desk.clock(), asks).state is ReviewState.BEING_KEYED
        assert keying_work.waive(session, "item-2", "ann", desk.clock(), "I am alone today.").state is ReviewState.CONFIRMED


def test_a_senior_lets_a_form_go_on_without_once_its_time_is_over_and_says_why(desk):
    corrected(desk, {"labs.0.anc": 3713})
    task = open_task(desk)
    with desk.sessions() as session, session.begin():
        with pytest.raises(TooEarly):
            keying_work.waive(session, "item-1", "bob", desk.clock(), "Nobody is here.")
        with pytest.raises(ReasonMissing):
            keying_work.waive(session, "item-1", "bob", task.release_at, "  ")
        done = keying_work.waive(session, "item-1", "bob", task.release_at, "Nobody is here.")
    assert done.state is ReviewState.CONFIRMED
    assert open_task(desk) is None
    with desk.sessions() as session:
        assert storage.events(session, "item-1")[-1].detail == "Nobody is here."


def test_while_it_is_keyed_only_who_gave_a_verdict_and_seniors_who_do_not_key_it_see_it(desk):
    corrected(desk, {"labs.0.anc": 3713})
    task = taken(desk, "bob")
    assert task is not None
    with desk.sessions() as session:
        keying_work.check_may_see(session, item(desk), "ann", senior=False)
        keying_work.check_may_see(session, item(desk), "sue", senior=True)
        for name, senior in (("cleo", False), ("bob", True)):
            with pytest.raises(StillBlind):
                keying_work.check_may_see(session, item(desk), name, senior=senior)
        assert keying_work.words_on(session, item(desk)) == ()


def test_taking_a_submission_back_withdraws_its_keying_and_submitting_the_same_again_asks_anew(desk):
    corrected(desk, {"labs.0.anc": 3713})
    task = taken(desk, "bob")
    with desk.sessions() as session, session.begin():
        back = recalling.recall(session, "item-1", "ann", desk.clock())
    assert (back.state, back.holder, back.closing) == (ReviewState.IN_HAND, "ann", None)
    with desk.sessions() as session, session.begin(), pytest.raises(NotYours):
        keying_work.key(session, task.task_id, task.version, "labs.0.anc", VerdictKind.CORRECTED, 1, "bob", desk.clock())
    with desk.sessions() as session, session.begin():
        again = reviewing.submit(session, "item-1", back.version, "ann", desk.clock(), ASKS)
    assert again.state is ReviewState.BEING_KEYED
    assert key(desk, "bob", {"labs.0.anc": 3713}).state is KeyingState.ALIKE


def test_what_a_colleague_had_keyed_before_a_recall_still_agrees(desk):
    """ann submits 3713, bob keys 3773, ann takes it back and sees that it is 3773: two people have read that."""
    corrected(desk, {"labs.0.anc": 3713})
    key(desk, "bob", {"labs.0.anc": 3773})
    with desk.sessions() as session, session.begin():
        back = recalling.recall(session, "item-1", "ann", desk.clock())
        reviewing.record(session, "item-1", back.version, "labs.0.anc", VerdictKind.CORRECTED, 3773, "ann", desk.clock())
        assert reviewing.submit(session, "item-1", back.version, "ann", desk.clock(), ASKS).state is ReviewState.CONFIRMED


PEOPLE = ("ann", "bob", "cleo", "dan")
VALUES = st.sampled_from([3713, 3773, 3733, "?"])


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_whatever_order_they_come_in_nobody_keys_twice_and_two_must_agree(data):
    with tempfile.TemporaryDirectory() as folder:
        desk = keying_desk(Path(folder))
        with desk.sessions() as session, session.begin():
            for row in ("bob", "sue"):
                session.delete(session.get(ReviewerRow, row))
            ann = session.get(ReviewerRow, "ann")
            for name in PEOPLE[1:]:
                session.add(ReviewerRow(name=name, password_hash=ann.password_hash, senior=False, supervisor=False,
                                        created_at=ann.created_at, failures=0))  # fmt: skip
        first = data.draw(st.sampled_from([3713, 3773]))
        corrected(desk, {"labs.0.anc": first})
        said = {"ann": first}
        for _ in range(8):
            if item(desk).state is not ReviewState.BEING_KEYED:
                break
            name = data.draw(st.sampled_from(PEOPLE))
            step = data.draw(st.sampled_from(["key", "look", "put back", "wait"]))
            desk.clock.now += LEASE if step == "wait" else LEASE / 100
            if step == "look" and len(said) > 1:
                continue
            task = taken(desk, name)
            if task is None:
                assert name in said or open_task(desk).holder not in (None, name)
                continue
            assert name not in said
            with desk.sessions() as session, session.begin():
                if step == "put back":
                    keying_work.put_back(session, task.task_id, task.version, name, desk.clock())
            if step == "key":
                said[name] = data.draw(VALUES)
                key(desk, name, {"labs.0.anc": said[name]})
        end = item(desk)
        values = list(said.values())
        agreed = {one for one in values if values.count(one) > 1}
        if end.state is ReviewState.CONFIRMED:
            stands = end.verdicts["labs.0.anc"]
            assert ("?" if stands.kind is VerdictKind.ILLEGIBLE else stands.value) in agreed
        elif end.state is ReviewState.ESCALATED:
            assert (len(said), agreed) == (3, set())
        else:
            assert len(said) < 3
            assert not agreed
        with desk.sessions() as session:
            assert len(keying_storage.counted(session, "document-1").get("labs.0.anc", [])) == len(said) - 1


def test_a_new_colleague_can_key_what_waits(desk):
    corrected(desk, {"labs.0.anc": 3713})
    with desk.sessions() as session, session.begin():
        create_reviewer(session, "cleo", invented.PASSWORD, desk.clock())
    assert isinstance(taken(desk, "cleo"), KeyingTask)
