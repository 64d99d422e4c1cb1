"""Keying in a browser without a script: the first value is nowhere, and what is keyed leads on."""

import json
import re
from datetime import timedelta

import pytest

from review_queue import reviewing
from review_queue.lifecycle import ReviewState
from review_queue.reviewers import create_reviewer
from tests.review_queue import invented
from tests.review_queue.browsing import SCRIPT, Person
from tests.review_queue.desk_in_process import enqueue
from tests.review_queue.invented import DISAGREEING, UNREAD_NPI
from tests.review_queue.keying_desk import corrected, item, key, keying_desk, open_task, taken
from tests.review_queue.test_desk_doors import every_route

NPI, ANC, READ_ANC = "1234567893", "3719", "3773"


@pytest.fixture
def desk(tmp_path):
    desk = keying_desk(tmp_path)
    with desk.sessions() as session, session.begin():
        create_reviewer(session, "cleo", invented.PASSWORD, desk.clock())
    return desk


@pytest.fixture
def ann(desk):
    return Person(desk, "ann")


@pytest.fixture
def cleo(desk):
    return Person(desk, "cleo")


def submitted_by_ann(desk, ann):
    """ann reads 3719 where the readers said 3773 or 3713, and types an NPI nobody could read."""
    enqueue(desk, 1, DISAGREEING, UNREAD_NPI)
    ann.act("/desk/next")
    here = "/desk/items/item-1"
    ann.act(f"{here}/fields/prescriber_npi", version=1, said="value", value=NPI)
    ann.act(f"{here}/fields/labs.0.anc", version=1, said="value", value=ANC)
    return ann.act(f"{here}/submit", version=1)


def test_the_colleagues_next_is_the_keying_and_two_who_agree_send_the_form_on(desk, ann, cleo):
    assert submitted_by_ann(desk, ann).headers["location"] == "/desk?told=to-key"
    assert desk.settled == []
    page = cleo.act("/desk/next").headers["location"]
    assert page.startswith("/desk/keying/second-item-1-")
    assert "2</b> <span" in cleo.get(page).text
    assert cleo.act(f"{page}/fields/prescriber_npi", version=1, value=NPI).headers["location"] == page
    assert cleo.act(f"{page}/fields/labs.0.anc", version=1, value=ANC).headers["location"] == "/desk?told=keyed"
    assert (item(desk).state, desk.settled) == (ReviewState.CONFIRMED, ["document-1"])


SECRETS = (NPI, ANC, READ_ANC, "3713", "PEREZ", "4417082K7", "William Perez")


def everything_shown(person, desk, page):
    """Every page and answer somebody who is to key a fax can get at, GET and POST, as page and as JSON."""
    task = open_task(desk)
    here = "/desk/items/item-1"
    yield person.get("/desk")
    yield person.get(page)
    yield person.get("/desk/quality")
    yield person.get(here)
    yield person.get(f"{here}?field=labs.0.anc&act=send-back")
    yield person.get(here, **SCRIPT)
    for path in (f"{here}/take", f"{here}/submit", f"{here}/recall", f"{here}/reject", f"{here}/lease"):
        for headers in ({}, SCRIPT):
            yield person.act(path, headers, version=task.version, reason="why")
    for said, value in (("value", ""), ("value", "12345"), ("value", "x" * 20), ("nonsense", "1"), ("blank", "")):
        for headers in ({}, SCRIPT):
            yield person.act(f"{here}/fields/labs.0.anc", headers, version=2, said=said, value=value)
            if said != "blank":
                yield person.act(f"{page}/fields/labs.0.anc", headers, version=task.version, said=said, value=value)
    yield person.act(f"{page}/lease", version=task.version)
    yield person.act(f"{page}/fields/patient_last_name", SCRIPT, version=task.version, value="1")
    yield person.act(f"{page}/fields/labs.0.anc", SCRIPT, version=0, value="1")


@pytest.mark.parametrize("turn", [2, 3])
def test_nothing_a_keyer_can_open_or_post_tells_a_value_that_was_read_or_said_before(desk, ann, cleo, turn):
    submitted_by_ann(desk, ann)
    if turn == 3:
        key(desk, "sue", {"prescriber_npi": "1558598797", "labs.0.anc": 3333})
    page = cleo.act("/desk/next").headers["location"]
    answers = list(everything_shown(cleo, desk, page))
    assert len(answers) > 30
    for answer in answers:
        text = answer.text + json.dumps(dict(answer.headers))
        for secret in (*SECRETS, "1558598797", "3333"):
            assert secret not in text, (answer.url, secret)
    assert open_task(desk).holder == "cleo"  # nothing of all that took it out of her hands


def test_no_route_about_an_item_answers_who_may_be_asked_to_key_it_whatever_route_is_added(desk, ann, cleo):
    submitted_by_ann(desk, ann)
    about = [one for one in every_route(desk) if "{item_id}" in one.path and not one.path.endswith(".png")]
    assert len(about) >= 11
    for route in about:
        path = route.path.format(item_id="item-1", key="labs.0.anc", field="labs.0.anc", number=1, document_id="x")
        answer = cleo.get(path) if "GET" in route.methods else cleo.act(path, version=2, reason="why", note="why", other="why")
        assert answer.status_code in (403, 409), path
        assert "PEREZ" not in answer.text
    assert item(desk).state is ReviewState.BEING_KEYED


def test_the_strip_of_a_field_is_shown_to_its_keyer_only(desk, ann, cleo):
    submitted_by_ann(desk, ann)
    page = cleo.act("/desk/next").headers["location"]
    assert cleo.get(f"{page}/strip/labs.0.anc.png").headers["content-type"] == "image/png"
    assert cleo.get(f"{page}/pages/1.png").status_code == 200
    assert cleo.get(f"{page}/strip/patient_last_name.png").status_code == 404
    assert cleo.get(f"{page}/pages/9.png").status_code == 404
    other = Person(desk, "sue")
    assert other.get(f"{page}/strip/labs.0.anc.png").status_code == 409
    assert other.get(page).status_code == 409


def test_a_field_that_cannot_be_laid_over_its_blank_is_keyed_from_its_whole_page(desk, cleo):
    enqueue(desk, 1, DISAGREEING, pages=(invented.FormPage(2, 2, 0, 0, None),))
    with desk.sessions() as session, session.begin():
        held = reviewing.take(session, "item-1", "ann", desk.clock())
        kind = reviewing.VerdictKind.CORRECTED
        reviewing.record(session, "item-1", held.version, "labs.0.anc", kind, 3719, "ann", desk.clock())
    ann = Person(desk, "ann")
    ann.act("/desk/items/item-1/submit", version=1)
    page = cleo.act("/desk/next").headers["location"]
    assert f"{page}/pages/2.png" in cleo.get(page).text
    assert cleo.get(f"{page}/strip/labs.0.anc.png").status_code == 404


def test_a_typo_is_told_without_a_word_of_what_was_said_before(desk, ann, cleo):
    submitted_by_ann(desk, ann)
    page = cleo.act("/desk/next").headers["location"]
    answer = cleo.act(f"{page}/fields/prescriber_npi", version=1, value="1234567890")
    assert answer.status_code == 422
    assert 'value="1234567890"' in answer.text
    told = cleo.act(f"{page}/fields/prescriber_npi", SCRIPT, version=1, value="1234567890").json()
    assert told["may_insist"]
    kept = cleo.act(f"{page}/fields/prescriber_npi", SCRIPT, version=1, value="1234567890", insist="1").json()
    assert (kept["left"], kept["next"]) == (["labs.0.anc"], "")


def test_the_item_page_tells_those_who_may_see_it_that_it_waits_and_lets_a_senior_end_that_with_a_reason(desk, ann):
    submitted_by_ann(desk, ann)
    assert "Waits for a colleague to key it" in ann.get("/desk/items/item-1").text
    bob = Person(desk, "bob")
    assert "R-20261123-0001" in bob.get("/desk").text
    path = "/desk/items/item-1/without-keying"
    assert bob.act(path, reason="Nobody is here.").status_code == 409
    desk.clock.pass_by(minutes=14)
    desk.clock.now = open_task(desk).release_at
    ann, bob = Person(desk, "ann"), Person(desk, "bob")
    assert ann.act(path, reason="Nobody is here.").status_code == 403
    assert "Let it go on without" in bob.get("/desk/items/item-1").text
    assert bob.act(path, reason="Nobody is here.").status_code == 303
    assert (item(desk).state, desk.settled) == (ReviewState.CONFIRMED, ["document-1"])


def test_a_senior_sees_everything_that_was_keyed_where_no_two_agreed(desk, ann):
    submitted_by_ann(desk, ann)
    key(desk, "cleo", {"prescriber_npi": NPI, "labs.0.anc": 3333})
    key(desk, "sue", {"labs.0.anc": 4444})
    bob = Person(desk, "bob")
    page = bob.get("/desk/items/item-1").text
    block = page[page.index("Keyed without seeing each other") :]
    for who, what in (("ann", ANC), ("cleo", "3333"), ("sue", "4444")):
        assert re.search(rf"<td>{who}</td><td class=\"ref\">{what}</td>", block)
    assert "No two people keyed the same: Blood draw 1: ANC per µL" in page
    assert bob.act("/desk/items/item-1/take").status_code == 303


def test_a_keying_is_taken_and_put_back_from_its_page(desk, ann, cleo):
    submitted_by_ann(desk, ann)
    task = open_task(desk).task_id
    assert cleo.act(f"/desk/keying/{task}/take").headers["location"] == f"/desk/keying/{task}"
    assert cleo.act(f"/desk/keying/{task}/lease", version=1).json() == {"lease": 600}
    assert cleo.act(f"/desk/keying/{task}/release", version=1).headers["location"] == "/desk"
    assert open_task(desk).holder is None
    assert cleo.get("/desk/keying/nonsense").status_code == 404


def test_a_submission_is_offered_to_be_taken_back_on_the_next_page_until_its_grace_is_over(tmp_path):
    desk = keying_desk(tmp_path, grace=timedelta(seconds=10))
    ann = Person(desk, "ann")
    enqueue(desk, 1, DISAGREEING)
    enqueue(desk, 2, DISAGREEING)
    ann.act("/desk/next")
    ann.act("/desk/items/item-1/fields/labs.0.anc", version=1, value=READ_ANC)
    onward = ann.act("/desk/items/item-1/submit", version=1).headers["location"]
    desk.clock.pass_by(seconds=4)
    page = ann.get(onward).text
    assert "Submitted R-20261123-0001" in page
    assert 'data-seconds="6"' in page
    assert "Take it back" in ann.get("/desk").text
    assert "Take it back" not in Person(desk, "bob").get("/desk").text
    assert Person(desk, "bob").act("/desk/items/item-1/recall").status_code == 409
    assert ann.act("/desk/items/item-1/recall").headers["location"] == "/desk/items/item-1"
    assert (item(desk).state, item(desk).holder) == (ReviewState.IN_HAND, "ann")
    assert item(desk).verdicts["labs.0.anc"].value == int(READ_ANC)  # every verdict is kept
    ann.act("/desk/items/item-1/reject", version=item(desk).version, reason="Not a form.")
    assert "Rejected R-20261123-0001" in ann.get("/desk").text
    desk.clock.pass_by(seconds=11)
    assert "Take it back" not in ann.get("/desk").text


def test_what_is_on_its_way_to_the_registry_says_where_it_is_put_right(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    ann.act("/desk/items/item-1/fields/labs.0.anc", version=1, value=READ_ANC)
    ann.act("/desk/items/item-1/submit", version=1)
    from review_queue.recall_storage import take_up

    with desk.sessions() as session, session.begin():
        assert take_up(session, "item-1", item(desk).version, desk.clock())
        assert not take_up(session, "item-1", item(desk).version, desk.clock())
    answer = ann.act("/desk/items/item-1/recall")
    assert answer.status_code == 409
    assert "Put it right on the page of the person" in answer.text
    assert 'href="/desk/people?q=4417082K7"' in ann.get("/desk/items/item-1").text


def test_the_queue_offers_the_next_when_only_a_keying_waits(desk, ann, cleo):
    submitted_by_ann(desk, ann)
    assert "disabled" not in cleo.get("/desk").text.split("Take the next fax")[0]
    assert "disabled" in ann.get("/desk").text.split("Take the next fax")[0]
    assert taken(desk, "ann") is None


def test_a_senior_who_holds_the_keying_is_not_shown_the_fax(desk):
    corrected(desk, {"labs.0.anc": 3719})
    bob = Person(desk, "bob")
    page = bob.act("/desk/next").headers["location"]
    answer = bob.get("/desk/items/item-1")
    assert answer.status_code == 409
    assert ANC not in answer.text
    assert bob.get(page).status_code == 200
