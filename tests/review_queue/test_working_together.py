"""Several people and one fax: taking over, handing on, notes that name somebody."""

from datetime import timedelta

import pytest

from review_queue import handing, note_storage, queue_storage, reviewing, storage
from review_queue.handing import NoSuchColleague
from review_queue.lifecycle import ReviewState, may_take
from review_queue.review_item import VerdictKind
from review_queue.reviewing import NotFree, NotYours, ReasonMissing
from tests.review_queue.browsing import SCRIPT, Person
from tests.review_queue.desk_in_process import enqueue, new_desk
from tests.review_queue.invented import DISAGREEING, NOW, ProblemKind, doubtful

LOW = doubtful("labs.0.anc", 820, ProblemKind.LOW_CERTAINTY, "Not certain.")


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


@pytest.fixture
def ann(desk):
    return Person(desk, "ann")


@pytest.fixture
def bob(desk):
    return Person(desk, "bob")


@pytest.fixture
def sue(desk):
    return Person(desk, "sue")


@pytest.fixture
def session(desk):
    with desk.sessions() as session, session.begin():
        yield session


def hand_on(session, to="bob", number=1, at=NOW):
    item = reviewing.take(session, f"item-{number}", "ann", at)
    return handing.hand(session, item.item_id, item.version, "ann", at, to, "You know this clinic.")


# ---- taking over


def test_a_supervisor_takes_over_with_all_that_was_said_and_the_former_holder_is_refused(desk, session):
    enqueue(desk, 1, DISAGREEING)
    item = reviewing.take(session, "item-1", "ann", NOW)
    reviewing.record(session, "item-1", item.version, "labs.0.anc", VerdictKind.CORRECTED, 3713, "ann", NOW)
    taken = handing.take_over(session, "item-1", item.version, "sue", NOW, "Ann went home.")
    assert (taken.holder, taken.state) == ("sue", ReviewState.IN_HAND)
    assert taken.verdicts["labs.0.anc"].value == 3713
    with pytest.raises(NotYours):
        reviewing.renew(session, "item-1", item.version, "ann", NOW)
    event = storage.events(session, "item-1")[-1]
    assert (event.event, event.by, event.detail) == ("taken_over", "sue", "from ann: Ann went home.")


def test_what_changed_hands_meanwhile_stays_where_it_is(desk, session):
    enqueue(desk, 1, DISAGREEING)
    item = reviewing.take(session, "item-1", "ann", NOW)
    reviewing.release(session, "item-1", item.version, "ann", NOW)
    with pytest.raises(NotFree):
        handing.take_over(session, "item-1", item.version, "sue", NOW, "Too long.")
    again = reviewing.take(session, "item-1", "bob", NOW)
    with pytest.raises(NotFree):
        handing.take_over(session, "item-1", item.version, "sue", NOW, "Too long.")
    assert reviewing.look_at(session, "item-1").holder == again.holder == "bob"


def test_only_a_supervisor_takes_over_and_only_with_a_reason(desk, ann, bob, sue):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/items/item-1/take")
    assert "?act=take-over" not in bob.get("/desk").text
    assert bob.act("/desk/items/item-1/take-over", version=1, reason="I want it").status_code == 403
    assert "/desk/items/item-1?act=take-over" in sue.get("/desk").text
    assert "Take it over from ann" in sue.get("/desk/items/item-1?act=take-over").text
    assert sue.act("/desk/items/item-1/take-over", version=1).status_code == 422
    assert sue.act("/desk/items/item-1/take-over", version=1, reason="Ann went home.").status_code == 303
    answer = ann.act("/desk/items/item-1/lease", SCRIPT, version=1)
    assert answer.status_code == 409
    assert "no longer in your hands" in answer.json()["why"]
    assert "sue took this fax over from you: Ann went home." in ann.get("/desk/items/item-1").text
    assert "took this fax over" not in bob.get("/desk/items/item-1").text


# ---- handing on


def test_what_is_handed_to_a_colleague_comes_to_them_before_all_else(desk, session):
    enqueue(desk, 1, DISAGREEING)
    enqueue(desk, 2, LOW)
    hand_on(session)
    assert storage.peek_next(session, "bob", NOW) == "item-1"
    taken = reviewing.take_next(session, "bob", NOW)
    assert (taken.item_id, taken.passed_by, taken.closing.reason) == ("item-1", "ann", "You know this clinic.")
    assert (taken.meant_for, taken.meant_until) == (None, None)


def test_nobody_else_gets_it_until_a_working_day_has_gone_by(desk, session):
    enqueue(desk, 1, DISAGREEING)
    handed = hand_on(session)
    assert reviewing.take_next(session, "cleo", NOW) is None
    with pytest.raises(NotFree):
        reviewing.take(session, "item-1", "cleo", NOW)
    tomorrow = NOW + timedelta(days=1)
    assert handed.meant_until == tomorrow
    almost = tomorrow - timedelta(seconds=1)
    assert reviewing.take_next(session, "cleo", almost) is None
    assert reviewing.take_next(session, "cleo", tomorrow).item_id == "item-1"


@pytest.mark.parametrize(("who", "senior", "later", "free"), [
    ("bob", False, 0, True), ("cleo", False, 0, False), ("cleo", True, 0, True), ("cleo", False, 24, True),
])  # fmt: skip
def test_whether_one_may_take_it_is_said_as_it_is_decided(desk, session, who, senior, later, free):
    enqueue(desk, 1, DISAGREEING)
    item, now = hand_on(session), NOW + timedelta(hours=later)
    said = may_take(
        item.state, None, None, item.passed_by, who, now, senior=senior, meant_for=item.meant_for, meant_until=item.meant_until
    )
    assert said is free
    assert storage.claim(session, "item-1", who, now, now, senior=senior) is free


@pytest.mark.parametrize("to", ["ann", "nobody", "", " "])
def test_it_cannot_be_handed_to_oneself_or_to_nobody(desk, session, to):
    enqueue(desk, 1, DISAGREEING)
    with pytest.raises(NoSuchColleague):
        hand_on(session, to)


def test_handing_on_needs_words_and_that_one_holds_it(desk, session):
    enqueue(desk, 1, DISAGREEING)
    item = reviewing.take(session, "item-1", "ann", NOW)
    with pytest.raises(ReasonMissing):
        handing.hand(session, "item-1", item.version, "ann", NOW, "bob", " ")
    with pytest.raises(NotYours):
        handing.hand(session, "item-1", item.version, "cleo", NOW, "bob", "please")


def test_a_fax_handed_on_stands_first_in_the_colleagues_queue_and_the_hander_goes_on(desk, ann, bob):
    enqueue(desk, 1, DISAGREEING)
    enqueue(desk, 2, LOW)
    ann.act("/desk/items/item-1/take")
    page = ann.get("/desk/items/item-1?act=hand").text
    assert "<option>bob</option>" in page
    assert "<option>ann</option>" not in page
    answer = ann.act("/desk/items/item-1/hand", version=1, to="bob", note="You know this clinic.")
    assert answer.headers["location"] == "/desk/items/item-2"
    queue = bob.get("/desk").text
    assert queue.index('data-lane="yours"') < queue.index('data-lane="safety"')
    assert "next: handed to you by ann: Patient Status Form" in queue
    assert 'data-lane="yours"' not in ann.get("/desk").text
    assert "handed to bob" in ann.get("/desk").text
    bob.act("/desk/next")
    page = bob.get("/desk/items/item-1").text
    assert "ann asks:" in page
    assert "You know this clinic." in page


def test_what_was_handed_to_somebody_who_left_is_for_everybody(desk, session):
    enqueue(desk, 1, DISAGREEING)
    hand_on(session)
    queue_storage.mean_for_everybody(session, "bob")
    assert reviewing.take_next(session, "cleo", NOW).item_id == "item-1"


# ---- notes


def test_a_note_is_read_by_all_and_written_by_whoever_looks(desk, ann, bob):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/items/item-1/take")
    answer = bob.act("/desk/items/item-1/notes", text="The pen ran dry <here>.\nSee page 2.")
    assert answer.headers["location"] == "/desk/items/item-1#notes"
    page = ann.get("/desk/items/item-1").text
    assert "The pen ran dry &lt;here&gt;." in page
    assert 'Notes (<span id="note-count">1</span>)' in page


def test_who_is_named_sees_a_badge_until_the_fax_was_opened(desk, ann, bob):
    enqueue(desk, 1, DISAGREEING)
    told = ann.act("/desk/items/item-1/notes", SCRIPT, text="@Bob, is this a 7? @sue too, @bib as well").json()
    assert told["told"] == ["bob", "sue"]
    assert "nobody of that name" in told["notes"]
    assert "1 note for you" in bob.get("/desk").text
    assert bob.get("/desk/numbers", **SCRIPT).json()["mentions"] == 1
    assert 'id="mentions" href="/desk/notes" hidden' in ann.get("/desk").text
    assert '<b class="new">new</b>' in bob.get("/desk/notes").text
    bob.get("/desk/items/item-1")
    assert 'id="mentions" href="/desk/notes" hidden' in bob.get("/desk").text
    assert "is this a 7?" in bob.get("/desk/notes").text


def test_who_names_themselves_needs_no_badge(desk, session):
    enqueue(desk, 1, DISAGREEING)
    handing.write_note(session, "item-1", "ann", NOW, "@ann: look again tomorrow")
    assert note_storage.unseen(session, "ann") == 0


@pytest.mark.parametrize(("text", "status"), [("", 422), ("  ", 422), ("x" * 1001, 422), ("x" * 1000, 303)])
def test_a_note_has_words_and_is_never_cut_silently(desk, ann, text, status):
    enqueue(desk, 1, DISAGREEING)
    assert ann.act("/desk/items/item-1/notes", text=text).status_code == status


def test_there_is_no_note_on_a_fax_that_does_not_exist(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    assert ann.act("/desk/items/item-9/notes", text="hello").status_code == 404


def test_without_notes_that_name_one_the_page_says_how_they_come_about(desk, ann):
    assert "No note names you" in ann.get("/desk/notes").text
