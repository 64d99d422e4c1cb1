"""What is typed and not confirmed: kept, overtaken by nothing older, gone once it says nothing any more; what counts once."""

import pytest

from review_queue import reviewing, storage
from review_queue.drafts import LONGEST, Typed, drafts_of, keep
from review_queue.review_item import VerdictKind
from review_queue.reviewing import NotYours
from review_queue.taking_back import NothingToTakeBack, take_back
from tests.review_queue.browsing import SCRIPT, Person
from tests.review_queue.desk_in_process import enqueue, new_desk
from tests.review_queue.invented import CERTAIN, DISAGREEING, NOW, UNREAD_NPI

NPI = "prescriber_npi"


@pytest.fixture
def desk(tmp_path):
    desk = new_desk(tmp_path)
    enqueue(desk, 1, UNREAD_NPI, DISAGREEING)
    return desk


@pytest.fixture
def session(desk):
    with desk.sessions() as session, session.begin():
        yield session


def kept(session, text, *, by="ann", page="p1", stroke=1, **more):
    item = reviewing.look_at(session, "item-1")
    return keep(session, item, set(CERTAIN), by, Typed(page, stroke, {NPI: text}, **more), NOW)


def texts(session):
    return {(one.by, one.key): one.text for one in drafts_of(session, "item-1")}


def test_a_message_that_was_overtaken_undoes_nothing(session):
    kept(session, "123", stroke=2)
    kept(session, "12", stroke=1)
    assert texts(session) == {("ann", NPI): "123"}
    kept(session, "9", page="p2", stroke=1)  # another opening of the page counts anew
    assert texts(session) == {("ann", NPI): "9"}


def test_each_reviewers_text_is_kept_apart_and_forgotten_by_their_own_verdict(session):
    item = reviewing.take(session, "item-1", "ann", NOW)
    kept(session, "123")
    kept(session, "456", by="bob")
    reviewing.record(session, "item-1", item.version, NPI, VerdictKind.ILLEGIBLE, None, "ann", NOW)
    assert texts(session) == {("bob", NPI): "456"}


def test_a_text_that_stands_as_it_was_drawn_again_is_no_draft(session):
    kept(session, "123")
    item = reviewing.look_at(session, "item-1")
    assert keep(session, item, set(CERTAIN), "ann", Typed("p1", 2, {}, back=[NPI]), NOW)
    assert texts(session) == {}


def test_no_field_and_no_novel_is_kept(session):
    item = reviewing.look_at(session, "item-1")
    keep(session, item, set(CERTAIN), "ann", Typed("p1", 1, {"nothing": "x", NPI: "x" * (LONGEST + 1)}), NOW)
    assert texts(session) == {}


def test_drafts_outlive_a_note_to_a_colleague_and_end_with_the_item(session):
    item = reviewing.take(session, "item-1", "ann", NOW)
    kept(session, "123")
    reviewing.ask_second_look(session, "item-1", item.version, "ann", NOW, "a 7?")
    assert texts(session) == {("ann", NPI): "123"}
    item = reviewing.take(session, "item-1", "bob", NOW)
    reviewing.reject(session, "item-1", item.version, "bob", NOW, "Not a form.")
    assert texts(session) == {}
    assert not kept(session, "1234", stroke=2)  # a page that was left open comes too late
    assert texts(session) == {}


def test_a_text_whose_verdict_was_taken_meanwhile_is_not_kept_beside_it(session):
    item = reviewing.take(session, "item-1", "ann", NOW)
    reviewing.record(session, "item-1", item.version, NPI, VerdictKind.CORRECTED, "1234567893", "ann", NOW, once="m1")
    kept(session, "1234567893", unsaid={NPI: "m1"})
    assert texts(session) == {}
    kept(session, "999", stroke=2, unsaid={NPI: "m2"})  # of that one nothing ever came
    assert texts(session) == {("ann", NPI): "999"}


def test_a_verdict_sent_twice_counts_once_even_when_the_fax_left_their_hands_in_between(session):
    version = reviewing.take(session, "item-1", "ann", NOW).version

    def say(once):
        return reviewing.record(session, "item-1", version, NPI, VerdictKind.ILLEGIBLE, None, "ann", NOW, once=once)

    say("m1")
    say("m1")
    reviewing.release(session, "item-1", version, "ann", NOW)
    say("m1")
    assert len(storage.verdicts(session, "item-1")) == 1
    with pytest.raises(NotYours):
        say("m2")


def test_taking_back_sent_twice_takes_back_one_step(session):
    version = reviewing.take(session, "item-1", "ann", NOW).version
    for key in (NPI, "labs.0.anc"):
        reviewing.record(session, "item-1", version, key, VerdictKind.BLANK, None, "ann", NOW)
    assert take_back(session, "item-1", version, "ann", NOW, once="u1")[1] == "labs.0.anc"
    item, key = take_back(session, "item-1", version, "ann", NOW, once="u1")
    assert (key, set(item.verdicts)) == ("", {NPI})
    take_back(session, "item-1", version, "ann", NOW, once="u2")
    with pytest.raises(NothingToTakeBack):
        take_back(session, "item-1", version, "ann", NOW, once="u3")
    with pytest.raises(NotYours):
        take_back(session, "item-1", version, "bob", NOW)


def test_a_submission_whose_answer_was_lost_is_answered_again_and_nothing_else_is(desk):
    ann, bob = Person(desk, "ann"), Person(desk, "bob")
    ann.act("/desk/next")
    for key in (NPI, "labs.0.anc"):
        ann.act(f"/desk/items/item-1/fields/{key}", SCRIPT, version=1, said="illegible")
    first = ann.act("/desk/items/item-1/submit", SCRIPT, version=1)
    assert first.json() == {"to": "/desk?told=submitted"}
    assert ann.act("/desk/items/item-1/submit", SCRIPT, version=1).json() == first.json()
    assert bob.act("/desk/items/item-1/submit", SCRIPT, version=1).status_code == 409
    assert ann.act("/desk/items/item-1/submit", SCRIPT, version=2).status_code == 409


def test_a_check_changes_nothing_and_is_open_to_whoever_may_look(desk):
    ann = Person(desk, "ann")
    Person(desk, "bob").act("/desk/next")
    told = ann.act("/desk/items/item-1/check", SCRIPT, key="labs.0.anc", value="820").json()
    assert told["why"] == ""
    assert "R39" in told["rules"]
    wrong = ann.act("/desk/items/item-1/check", SCRIPT, key=NPI, value="1234567890").json()
    assert "check digit" in wrong["why"]
    assert wrong["may_insist"]
    with desk.sessions() as session:
        item = reviewing.look_at(session, "item-1")
    assert (item.verdicts, item.version, item.holder) == ({}, 1, "bob")


def test_typing_is_a_sign_of_life_and_tells_who_has_the_fax_when_it_is_lost(desk):
    ann = Person(desk, "ann")
    ann.act("/desk/next")
    desk.clock.pass_by(minutes=9)
    told = ann.act("/desk/items/item-1/drafts", SCRIPT, version=1, page="p", stroke=1, key=NPI, text="1").json()
    assert (told["kept"], told["lease"], told["mine"]) == (True, 600, True)
    desk.clock.pass_by(minutes=11)
    Person(desk, "bob").act("/desk/items/item-1/take")
    told = ann.act("/desk/items/item-1/drafts", SCRIPT, version=1, page="p", stroke=2, key=NPI, text="12").json()
    assert (told["kept"], told["lease"], told["mine"]) == (True, None, False)
    assert "bob has it in hand" in told["words"]


def test_a_page_that_only_looks_keeps_nobody_signed_in(desk):
    ann = Person(desk, "ann")
    for _ in range(4):
        desk.clock.pass_by(minutes=8)
        ann.get("/desk/items/item-1/hands", **SCRIPT)
    assert ann.get("/desk").status_code == 303


def test_a_blank_field_without_a_script_is_confirmed_as_blank_and_a_typed_one_as_typed(desk):
    ann = Person(desk, "ann")
    ann.act("/desk/next")
    ann.act("/desk/items/item-1/fields/labs.1.anc", version=1, said="stands", value="")
    ann.act(f"/desk/items/item-1/fields/{NPI}", version=1, said="stands", value="1234567893")
    with desk.sessions() as session:
        said = {key: (one.kind.value, one.value) for key, one in reviewing.look_at(session, "item-1").verdicts.items()}
    assert said == {"labs.1.anc": ("blank", None), NPI: ("corrected", "1234567893")}


def test_who_never_had_the_fax_in_hand_keeps_nothing_on_it(desk):
    ann = Person(desk, "ann")
    Person(desk, "bob").act("/desk/next")
    told = ann.act("/desk/items/item-1/drafts", SCRIPT, version=1, page="p", stroke=1, key=NPI, text="1").json()
    assert (told["kept"], told["mine"]) == (False, False)
    with desk.sessions() as session:
        assert texts(session) == {}
