"""Saying who is meant: by pages without a script, by keys, and what it comes to in the submission."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from playwright.sync_api import expect

from intake.reading import Problem, ProblemKind
from registry.submission import PersonSaid, SubmissionId
from review_queue import confirmation, reviewing, storage
from review_queue.persons import PersonAct, PersonStep, standing_of
from review_queue.review_item import Doubt
from review_queue.triage import TriageContext, triage
from tests.review_queue import invented
from tests.review_queue.browsing import SCRIPT, Person
from tests.review_queue.desk_in_process import enqueue, new_desk, served
from tests.review_queue.invented_persons import BILL, WILLIAM
from tests.review_queue.keyboard import CHROMIUM, chromium, someone

WHO = Problem(ProblemKind.WHO_IS_MEANT, "Name and birth date are nearly those of a known patient.")
TWIN = invented.doubtful("patient_date_of_birth", "1950-10-31", ProblemKind.NEAR_TWIN, "Another patient is nearly alike.")
UNREAD_TWIN = invented.doubtful("patient_date_of_birth", None, ProblemKind.NEAR_TWIN, "Another patient is nearly alike.")
HERE = "/desk/items/item-1"


@pytest.fixture
def desk(tmp_path):
    desk = new_desk(tmp_path)
    desk.services.persons.near.extend([WILLIAM, BILL])
    return desk


@pytest.fixture
def ann(desk):
    ann = Person(desk, "ann")
    enqueue(desk, 1, TWIN, problems=(WHO,))
    ann.act(f"{HERE}/take")
    return ann


def item(desk):
    with desk.sessions() as session:
        return reviewing.look_at(session, "item-1")


def say(ann, act, patient_id="", reason="", version=1):
    return ann.act(f"{HERE}/person", version=version, act=act, patient_id=patient_id, reason=reason)


steps = st.lists(
    st.builds(
        PersonStep,
        st.sampled_from(PersonAct),
        st.sampled_from(["A", "B", None]),
        st.just("ann"),
        st.integers(0, 9).map(lambda number: invented.NOW + timedelta(minutes=number)),
        st.just(""),
    ),
    max_size=8,
)


@given(steps)
def test_an_undo_takes_back_exactly_the_last_that_stood(done):
    before = standing_of(done)
    step = PersonStep(PersonAct.NOT_THIS, "C", "ann", invented.NOW, "")
    undo = PersonStep(PersonAct.UNDO, None, "ann", invented.NOW, "")
    assert standing_of([*done, step, undo]) == before
    assert "C" in standing_of([*done, step]).ruled_out
    chosen = PersonStep(PersonAct.SAME, "C", "ann", invented.NOW, "")
    assert standing_of([*done, chosen]).choice.patient_id == "C"


def test_the_box_shows_each_candidate_item_by_item_and_is_open_while_who_is_meant_is_in_doubt(ann):
    text = ann.get(HERE).text
    assert '<details class="beside" id="beside" open>' in text
    for words in ("William Perez", "Bill Peres", "one digit off", "a nickname", "≠", "2 known patients may be meant"):
        assert words in text


def test_the_same_person_settles_every_doubt_of_who_is_meant_and_travels_in_the_submission(desk, ann):
    assert {one.key for one in item(desk).left()} == {"document.0", "patient_date_of_birth"}
    assert say(ann, "same", WILLIAM.patient_id).headers["location"] == HERE
    assert item(desk).left() == ()
    assert "The same person: William Perez, said ann." in ann.get(HERE).text
    ann.act(f"{HERE}/submit", version=1)
    made = confirmation.confirmed(item(desk), invented.STATUS_FORM, SubmissionId("s1"))
    assert (made.person.said, made.person.patient_id, made.person.by) == (PersonSaid.SAME, WILLIAM.patient_id, "ann")
    assert made.values["patient_date_of_birth"] == "1950-10-31"
    assert [one.field for one in made.corrections] == ["patient_date_of_birth"]


def test_a_field_of_which_nothing_could_be_read_stays_in_doubt_whoever_is_meant(desk):
    ann = Person(desk, "ann")
    enqueue(desk, 1, UNREAD_TWIN)
    ann.act(f"{HERE}/take")
    say(ann, "same", WILLIAM.patient_id)
    assert [one.key for one in item(desk).left()] == ["patient_date_of_birth"]


def test_a_doubt_with_another_reason_too_is_not_settled_by_a_choice():
    mixed = Doubt("x", "x", (ProblemKind.NEAR_TWIN, ProblemKind.UNREADABLE), "", (), True, 1)
    assert not mixed.about_person


def test_a_persons_own_word_on_the_field_counts_before_what_the_choice_says_of_it(desk, ann):
    ann.act(f"{HERE}/fields/patient_date_of_birth", version=1, value="10/30/1950")
    say(ann, "same", WILLIAM.patient_id)
    assert item(desk).values()["patient_date_of_birth"] == "1950-10-30"


def test_a_choice_against_what_differs_needs_words_and_so_does_a_new_patient_beside_others(desk, ann):
    assert say(ann, "same", BILL.patient_id).status_code == 422
    assert say(ann, "new").status_code == 422
    assert item(desk).person is None
    assert say(ann, "same", BILL.patient_id, "the sender  confirmed it").status_code == 303
    assert item(desk).person.reason == "the sender confirmed it"
    assert say(ann, "new", reason="nobody of them").status_code == 303
    assert (item(desk).person.said, item(desk).person.patient_id) == (PersonSaid.NEW, None)


def test_whoever_is_ruled_out_is_not_offered_again_for_this_item_until_it_is_taken_back(desk, ann):
    assert say(ann, "not_this", BILL.patient_id).status_code == 303
    text = ann.get(HERE).text
    assert "Bill Peres" not in text
    assert "1 ruled out" in text
    assert say(ann, "same", BILL.patient_id, "why").status_code == 409
    say(ann, "not_this", WILLIAM.patient_id)
    assert say(ann, "new").status_code == 303  # nobody is left who is near: no words needed
    say(ann, "undo")
    say(ann, "undo")
    assert "William Perez" in ann.get(HERE).text


def test_undo_opens_the_doubts_again(desk, ann):
    say(ann, "same", WILLIAM.patient_id)
    say(ann, "undo")
    assert item(desk).person is None
    assert len(item(desk).left()) == 2
    assert say(ann, "undo").status_code == 409


def test_a_choice_that_the_form_contradicts_is_refused_now_and_at_the_end(desk, ann):
    desk.services.persons.exactly = WILLIAM.patient_id
    say(ann, "same", BILL.patient_id, "why")
    ann.act(f"{HERE}/fields/patient_last_name", version=1, value="EXACT")
    assert "names another patient exactly" in ann.get(HERE).text
    assert ann.act(f"{HERE}/submit", version=1).status_code == 409
    assert item(desk).state.value == "in_hand"
    assert say(ann, "new", reason="why").status_code == 409
    assert say(ann, "same", WILLIAM.patient_id).status_code == 303
    assert ann.act(f"{HERE}/submit", version=1).status_code == 303


def test_nobody_chooses_for_an_item_that_is_not_in_their_hands(desk, ann):
    bob = Person(desk, "bob")
    assert say(bob, "same", WILLIAM.patient_id).status_code == 409
    assert 'action="/desk/items/item-1/person"' not in bob.get(HERE).text
    assert say(ann, "nonsense").status_code == 422
    assert item(desk).person is None


def test_every_act_is_kept_with_who_when_and_why(desk, ann):
    say(ann, "not_this", BILL.patient_id)
    say(ann, "same", WILLIAM.patient_id)
    with desk.sessions() as session:
        kept = [(one.by, one.at, one.detail) for one in storage.events(session, "item-1") if one.event == "person_said"]
    assert kept == [("ann", invented.NOW, f"not_this {BILL.patient_id}"), ("ann", invented.NOW, f"same {WILLIAM.patient_id}")]


def test_the_box_alone_can_be_asked_for_and_loose_pages_have_none(desk, ann):
    assert "William Perez" in ann.get(f"{HERE}/beside", **SCRIPT).text
    desk.services.persons.near.clear()
    assert '<div id="beside" hidden>' in ann.get(f"{HERE}/beside").text


def test_a_form_nobody_had_to_look_at_never_carries_a_choice():
    read = invented.reading()
    found = triage(read, invented.STATUS_FORM, TriageContext(invented.RECEIVED), invented.NOW)
    made = confirmation.untouched(read, invented.STATUS_FORM, found, invented.fax(), SubmissionId("s1"))
    assert made.person is None


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


def to_the_box(page):
    """Alt P, once the page's scripts run."""
    page.keyboard.press("Alt+p")
    expect(page.locator("#beside summary")).to_be_focused()


@pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine to press keys in")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_it_is_is_said_by_keys_and_the_box_has_no_barrier_that_axe_knows(browser, desk, scheme):
    enqueue(desk, 1, TWIN, problems=(WHO,))
    with served(desk) as address, someone(browser, address, desk, color_scheme=scheme) as page:
        expect(page.get_by_role("button", name="Take the next fax")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".card[open] :focus")).to_have_count(1)
        axe = pytest.importorskip("axe_playwright_python.sync_playwright")
        found = axe.Axe().run(page).response["violations"]
        assert [one["id"] for one in found if any("beside" in node["html"] for node in one["nodes"])] == []

        to_the_box(page)
        page.keyboard.press("Shift+2")
        expect(page.locator("#beside")).to_contain_text("1 ruled out")
        expect(page.locator("#left")).to_have_text("2")
        to_the_box(page)
        page.keyboard.press("0")  # a new patient needs words
        expect(page.locator("#beside form[data-number='0'] .why")).to_be_focused()
        page.keyboard.type("another 1 who was born in 1951")
        page.keyboard.press("Enter")
        expect(page.locator("#beside .chosen")).to_contain_text("A new patient, said ann: another 1 who was born in 1951")
        to_the_box(page)
        page.keyboard.press("u")
        expect(page.locator("#beside .chosen")).to_have_count(0)
        to_the_box(page)
        page.keyboard.press("1")
        expect(page.locator("#beside .chosen")).to_contain_text("The same person: William Perez")
        expect(page.locator("#left")).to_have_text("0")
    assert item(desk).person.patient_id == WILLIAM.patient_id
