"""The desk in a browser without a script: a fax from the queue to each of its ends."""

import re

import pytest

from intake.reading import Problem, ProblemKind
from review_queue import reviewing, storage
from review_queue.web.rendering import PAGES, TEMPLATES
from tests.review_queue import invented
from tests.review_queue.browsing import SCRIPT, Person
from tests.review_queue.desk_in_process import enqueue, enqueue_loose, new_desk
from tests.review_queue.invented import DISAGREEING, UNREAD_NPI, UNSIGNED


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


@pytest.fixture
def ann(desk):
    return Person(desk, "ann")


def state(desk, item_id="item-1"):
    with desk.sessions() as session:
        return reviewing.look_at(session, item_id).state.value


def test_the_queue_names_what_is_urgent_how_old_it_is_and_who_holds_it(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    enqueue(desk, 2, invented.doubtful("labs.0.anc", 820, ProblemKind.LOW_CERTAINTY, "Not certain."))
    Person(desk, "bob").act("/desk/next")
    text = ann.get("/desk").text
    assert text.index("ANC 820") < text.index("R-20261123-0001")
    assert "bob, 10:00 left" in text
    assert "2 h 05 m" in text
    assert "PEREZ" not in text  # minimum necessary: the queue names no patient


def test_a_fax_goes_from_the_queue_to_its_end_without_a_script(desk, ann):
    enqueue(desk, 1, DISAGREEING, UNREAD_NPI)
    enqueue(desk, 2, UNSIGNED)
    assert ann.act("/desk/next").headers["location"] == "/desk/items/item-1"
    page = ann.get("/desk/items/item-1").text
    assert page.index("Prescriber NPI") < page.index("Blood draw 1: ANC per µL")
    assert "William Perez" in page
    here = "/desk/items/item-1"
    answer = ann.act(f"{here}/fields/prescriber_npi", version=1, said="value", value="1234567893")
    assert answer.headers["location"] == here
    ann.act(f"{here}/fields/labs.0.anc", version=1, guess="3713")
    onward = ann.act(f"{here}/submit", version=1)
    assert onward.headers["location"] == "/desk/items/item-2"
    assert desk.settled == ["document-1"]
    with desk.sessions() as session:
        values = reviewing.look_at(session, "item-1").values()
    assert (values["labs.0.anc"], values["prescriber_npi"]) == (3713, "1234567893")
    assert state(desk, "item-2") == "in_hand"


def test_a_typo_comes_back_with_the_reason_and_what_was_typed(desk, ann):
    enqueue(desk, 1, UNREAD_NPI)
    ann.act("/desk/next")
    path = "/desk/items/item-1/fields/prescriber_npi"
    answer = ann.act(path, version=1, said="value", value="1234567890")
    assert answer.status_code == 422
    assert 'value="1234567890"' in answer.text
    assert 'name="insist" value="1234567890"' in answer.text
    told = ann.act(path, SCRIPT, version=1, said="value", value="1234567890").json()
    assert told["may_insist"]
    assert ann.act(path, SCRIPT, version=1, said="value", value="1234567890", insist="1234567890").json()["left"] == []


def test_confirming_a_field_nobody_could_read_takes_a_value_or_a_word(desk, ann):
    enqueue(desk, 1, UNREAD_NPI)
    ann.act("/desk/next")
    path = "/desk/items/item-1/fields/prescriber_npi"
    assert ann.act(path, SCRIPT, version=1, said="value", value="").status_code == 422
    told = ann.act(path, SCRIPT, version=1, said="illegible", value="").json()
    assert (told["verdict"], told["shown"], told["by"]) == ("illegible", "illegible", "ann")


def test_a_certain_field_can_be_corrected_too(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    told = ann.act("/desk/items/item-1/fields/patient_last_name", SCRIPT, version=1, said="value", value="PERES").json()
    assert (told["verdict"], told["left"]) == ("corrected", ["labs.0.anc"])


def test_the_rules_follow_the_verdicts(desk, ann):
    enqueue(desk, 1, UNSIGNED)
    ann.act("/desk/next")
    told = ann.act("/desk/items/item-1/fields/ben", SCRIPT, version=1, said="value", value="ticked").json()
    assert "R28" in told["rules"]
    told = ann.act("/desk/items/item-1/fields/signature_prescriber", SCRIPT, version=1, value="present").json()
    assert "R28" not in told["rules"]


def test_a_problem_of_the_whole_document_is_settled_by_saying_that_one_looked(desk, ann):
    enqueue(desk, 1, problems=(Problem(ProblemKind.CUT_OFF, "The call ended on page 2."),))
    ann.act("/desk/next")
    assert "The call ended on page 2." in ann.get("/desk/items/item-1").text
    assert ann.act("/desk/items/item-1/fields/document.0", SCRIPT, version=1, value="seen").json()["left"] == []
    assert ann.act("/desk/items/item-1/fields/document.7", SCRIPT, version=1, value="seen").status_code == 404


def test_submitting_with_a_doubt_left_changes_nothing(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    answer = ann.act("/desk/items/item-1/submit", version=1)
    assert answer.status_code == 409
    assert "ANC per µL" in answer.text
    assert (state(desk), desk.settled) == ("in_hand", [])


def test_who_does_not_hold_a_fax_may_look_but_change_nothing(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    Person(desk, "bob").act("/desk/next")
    page = ann.get("/desk/items/item-1").text
    assert "in the hands of bob" in page
    assert "<fieldset disabled>" in page
    assert 'id="submit"' not in page
    assert ann.act("/desk/items/item-1/fields/labs.0.anc", SCRIPT, version=1, value="3713").status_code == 409
    assert ann.act("/desk/items/item-1/take").status_code == 409


def test_a_lapsed_lease_lets_a_colleague_take_over_and_the_first_is_told(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    desk.clock.pass_by(minutes=10)
    assert Person(desk, "bob").act("/desk/items/item-1/take").status_code == 303
    answer = ann.act("/desk/items/item-1/fields/labs.0.anc", SCRIPT, version=1, value="3713")
    assert answer.status_code == 409
    assert "no longer in your hands" in answer.json()["why"]


def test_the_heartbeat_keeps_a_fax_in_ones_hands(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    desk.clock.pass_by(minutes=9)
    assert ann.act("/desk/items/item-1/lease", SCRIPT, version=1).json() == {"lease": 600}
    desk.clock.pass_by(minutes=9)
    assert Person(desk, "bob").act("/desk/items/item-1/take").status_code == 409


@pytest.mark.parametrize(
    ("way", "data", "end", "tells_the_flow"),
    [
        ("reject", {"reason": "This is not a form of the Clozapine REMS."}, "rejected", True),
        ("reject", {"reason": "", "other": "Wrong number."}, "rejected", True),
        ("send-back", {"ask": ["Prescriber signature: please sign."]}, "sent_back", True),
        ("send-back", {"other": "Which patient is this?"}, "sent_back", True),
        ("escalate", {"note": "an adverse event?"}, "escalated", False),
        ("second-look", {"note": "is this a 7?"}, "second_look", False),
    ],
)
def test_each_way_out_ends_where_it_says(desk, ann, way, data, end, tells_the_flow):
    enqueue(desk, 1, UNSIGNED)
    ann.act("/desk/next")
    answer = ann.act(f"/desk/items/item-1/{way}", version=1, **data)
    assert answer.status_code == 303
    assert state(desk) == end
    assert desk.settled == (["document-1"] if tells_the_flow else [])


@pytest.mark.parametrize("way", ["reject", "send-back", "escalate", "second-look"])
def test_no_way_out_goes_without_words(desk, ann, way):
    enqueue(desk, 1, UNSIGNED)
    ann.act("/desk/next")
    assert ann.act(f"/desk/items/item-1/{way}", version=1).status_code == 422
    assert (state(desk), desk.settled) == ("in_hand", [])


def test_putting_a_fax_back_frees_it_and_keeps_what_was_said(desk, ann):
    enqueue(desk, 1, DISAGREEING, UNREAD_NPI)
    ann.act("/desk/next")
    ann.act("/desk/items/item-1/fields/labs.0.anc", version=1, value="3713")
    assert ann.act("/desk/items/item-1/release", version=1).headers["location"] == "/desk"
    bob = Person(desk, "bob")
    bob.act("/desk/next")
    assert "corrected by ann" in bob.get("/desk/items/item-1").text


def test_loose_pages_are_shown_and_can_be_answered_or_filed_silently(desk, ann):
    enqueue_loose(desk, 1)
    ann.act("/desk/next")
    page = ann.get("/desk/items/item-1").text
    assert "laboratory printout" in page
    assert "File without an answer" in page
    assert ann.get("/desk/items/item-1/pages/1.png").headers["content-type"] == "image/png"
    assert ann.act("/desk/items/item-1/reject", version=1, silent="1").status_code == 303
    with desk.sessions() as session:
        assert reviewing.look_at(session, "item-1").closing.answer_sender is False


def test_images_belong_to_their_item(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    enqueue_loose(desk, 2)
    for path in ("pages/1.png", "pages/2/thumb.png", "strip/labs.0.anc.png"):
        answer = ann.get(f"/desk/items/item-1/{path}")
        assert answer.status_code == 200
        assert answer.content.startswith(b"\x89PNG")
    for path in ("item-1/pages/3.png", "item-1/strip/nothing.png", "item-2/pages/2.png", "item-2/strip/labs.0.anc.png"):
        assert ann.get(f"/desk/items/{path}").status_code == 404
    assert ann.get("/desk/items/item-9").status_code == 404


def test_whoever_opens_a_fax_is_noted_with_the_time(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.get("/desk/items/item-1")
    with desk.sessions() as session:
        opened = [(row.event, row.by, row.at) for row in storage.events(session, "item-1")][-1]
    assert opened == ("opened", "ann", invented.NOW)


def test_what_stands_on_a_form_is_never_taken_for_markup(desk, ann):
    name = "<script>alert(1)</script>"
    enqueue(desk, 1, invented.doubtful("patient_last_name", name, ProblemKind.FORMAT, name, name))
    assert name not in ann.get("/desk/items/item-1").text


def test_no_page_carries_inline_script_or_style(desk, ann):
    """The content policy would refuse them, and the page would be dead."""
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    for path in ("/desk/sign-in", "/desk", "/desk/items/item-1", "/desk/items/item-9"):
        text = ann.get(path).text
        assert not re.search(r"\son[a-z]+=|\sstyle=|<style|<script(?! src=\"/desk/static/)", text)
        assert "http:" not in text.replace("http://www.w3.org", "")
        assert "https:" not in text


@pytest.mark.parametrize("act", ["", "reject", "send-back", "escalate", "second-look", "hand", "keys", "nonsense"])
def test_each_dialog_opens_without_a_script(desk, ann, act):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    page = ann.get(f"/desk/items/item-1?act={act}").text
    assert len(re.findall(r"<dialog[^>]* open>", page)) == (0 if act in ("", "nonsense") else 1)


def test_every_template_renders_in_some_test(desk, ann):
    """Pages are rendered above; this holds that none lies in the folder that no route shows."""
    whole = [
        "base",
        "fax",
        "fax_history",
        "figures",
        "item",
        "keying",
        "message",
        "notes",
        "people",
        "person",
        "phone",
        "phone_answer",
        "phone_call",
        "phone_dispense",
        "phone_read_back",
        "quality",
        "queue",
        "reviewers",
        "sent",
        "sent_figures",
        "sent_letter",
        "sent_number",
        "sign_in",
    ]
    parts = [
        "_answers_what",
        "_card",
        "_chart",
        "_contacts",
        "_earlier",
        "_figures_quality",
        "_history",
        "_item_acts",
        "_item_beside",
        "_item_dialogs",
        "_keyings",
        "_nav",
        "_notes",
        "_notes_list",
        "_patient",
        "_phone_fields",
        "_quality_told",
        "_question",
        "_queue_board",
        "_recall",
        "_rules",
        "_sent_lines",
    ]
    shown = {f"{name}.html" for name in (*whole, *parts)}
    assert {path.name for path in TEMPLATES.glob("*.html")} == shown
    for name in shown:
        assert PAGES.get_template(name) is not None


def test_an_unknown_patient_is_said_to_be_unknown(tmp_path):
    desk = new_desk(tmp_path, known=False)
    enqueue(desk, 1, DISAGREEING)
    assert "No known patient" in Person(desk, "ann").get("/desk/items/item-1").text


def test_a_page_image_that_is_not_there_is_said_to_be_missing(desk, ann):
    enqueue(desk, 1, DISAGREEING, pages=(invented.FormPage(7, 1, 0, 0, invented.MM_TO_PIXELS),))
    assert "The image of fax page 7 is not there." in ann.get("/desk/items/item-1").text


def test_a_fax_in_other_hands_offers_no_way_to_take_it_until_the_time_runs_out(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    Person(desk, "bob").act("/desk/items/item-1/take")
    take = 'action="/desk/items/item-1/take"'
    assert take not in ann.get("/desk/items/item-1").text
    assert "in the hands of bob" in ann.act("/desk/items/item-1/take").text
    desk.clock.pass_by(minutes=10)
    page = ann.get("/desk/items/item-1").text
    assert take in page
    assert "until the time ran out" in page


def test_a_settled_fax_says_who_settled_it_and_cannot_be_taken(desk, ann):
    enqueue_loose(desk, 1)
    ann.act("/desk/items/item-1/take")
    ann.act("/desk/items/item-1/reject", version=1, reason="Not a form.")
    page = ann.get("/desk/items/item-1").text
    assert "This fax was rejected by ann on 11/23/2026" in page
    assert 'action="/desk/items/item-1/take"' not in page


def test_an_escalated_fax_can_be_taken_from_its_page_by_a_senior_only(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/items/item-1/take")
    ann.act("/desk/items/item-1/escalate", version=1, note="An adverse event?")
    take = 'action="/desk/items/item-1/take"'
    assert take not in ann.get("/desk/items/item-1").text
    assert take in Person(desk, "bob").get("/desk/items/item-1").text
