"""A whole fax in a browser without a script: seen, planned, and put together anew."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import quote

import pytest

from intake.arrangement import Aside, Group, SaidPage
from intake.reading import OtherKind
from review_queue import storage
from review_queue.arranging import as_text, from_text
from review_queue.fax_board import FaxWentOn
from review_queue.fax_pages import fax_page
from tests.review_queue import invented
from tests.review_queue.browsing import Person
from tests.review_queue.desk_in_process import enqueue, new_desk
from tests.review_queue.invented_faxes import BOARD, FAX, FORMS, IN_REGISTRY, STATUS

HERE = f"/desk/faxes/{FAX}"
WHY = "A form had not been recognized."


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


@pytest.fixture
def ann(desk):
    return Person(desk, "ann")


def plan_in(text: str):
    """The plan that a page carries on."""
    return from_text(re.search(r'data-plan="([^"]*)"', text)[1])


def after(ann, plan, at, do, what=""):
    """The plan after one more press of a button."""
    answer = ann.get(f"{HERE}?plan={quote(as_text(plan))}&at={at}&do={do}&what={what}")
    assert answer.status_code == 200
    return plan_in(answer.text), answer.text


def test_every_page_of_the_fax_is_shown_with_what_it_is_and_where_its_document_stands(ann):
    text = ann.get(HERE).text
    assert sorted(map(int, re.findall(r'class="leaf[^"]*" [^>]*data-page="(\d)"', text))) == [1, 2, 3, 4, 5, 6]
    for words in ("Cover sheet", "Not recognized", "The same page again", "page 2 of 2", IN_REGISTRY, "/desk/items/item-1"):
        assert words in text


def test_an_item_links_to_its_fax(desk, ann):
    enqueue(desk, 1, invented.DISAGREEING)
    assert 'href="/desk/faxes/fax-1"' in ann.get("/desk/items/item-1").text


def test_an_act_shows_a_plan_and_changes_nothing(desk, ann):
    plan, text = after(ann, BOARD.free, 4, "form", "patient_status@2023-11@1")
    assert Group(*STATUS, (SaidPage(4, 1),)) in plan.groups
    assert "Patient Status Form of fax page 4 is read as one document." in text
    assert 'id="apply"' in text
    assert desk.services.faxes.made == []
    assert 'id="apply"' not in ann.get(HERE).text


@pytest.mark.parametrize(
    ("at", "do", "kind"),
    [(4, "cover", OtherKind.COVER_SHEET), (4, "lab", OtherKind.LAB_PRINTOUT), (2, "blank", OtherKind.BLANK), (4, "again", None)],
)
def test_each_mark_sets_its_page_apart(ann, at, do, kind):
    plan, _ = after(ann, BOARD.free, at, do)
    assert Aside(at, kind) in plan.asides


def test_split_join_move_and_turn_follow_each_other_and_the_machines_plan_comes_back(ann):
    split, _ = after(ann, BOARD.free, 3, "split")
    joined, _ = after(ann, split, 3, "join")
    assert joined == BOARD.free
    moved, _ = after(ann, joined, 3, "earlier")
    turned, text = after(ann, moved, 3, "turn")
    assert SaidPage(3, 1, 90) in turned.groups[0].pages
    assert "turn-90" in text
    assert after(ann, turned, 3, "turn-back")[0] == moved
    assert after(ann, turned, 3, "restore")[0] == BOARD.free


def test_what_makes_no_sense_is_told_and_the_plan_stays(ann):
    plan, text = after(ann, BOARD.free, 2, "split")
    assert "first of its document" in text
    assert plan == BOARD.free
    assert "did not understand" in after(ann, BOARD.free, 2, "nonsense")[1]


def test_a_page_that_is_in_the_registry_cannot_be_moved_and_says_why(ann):
    plan, text = after(ann, BOARD.free, 5, "cover")
    assert plan == BOARD.free
    assert f'role="alert">{IN_REGISTRY}' in text


@pytest.mark.parametrize(
    "plan", ["nonsense", "1.blank.0", "patient_status@2023-11:2.9.0;1.blank.0;3.blank.0;4.blank.0;6.blank.0"]
)
def test_a_plan_that_does_not_fit_the_fax_is_forgotten_with_a_word(ann, plan):
    text = ann.get(f"{HERE}?plan={quote(plan)}").text
    assert "cannot be made any more" in text
    assert plan_in(text) == BOARD.free


def test_a_plan_is_made_with_its_reason_and_the_workers_are_told(desk, ann):
    plan, _ = after(ann, BOARD.free, 4, "cover")
    answer = ann.act(f"{HERE}/arrangement", plan=as_text(plan), base=0, at=4, reason=WHY)
    assert answer.headers["location"] == f"{HERE}?told=arranged&at=4"
    assert desk.services.faxes.made == [(plan, WHY, "ann")]
    assert desk.services.faxes.nudged == [FAX]
    text = ann.get(answer.headers["location"]).text
    assert "being read again" in text
    assert 'id="acts"' not in text
    assert f"Put together anew by ann on 11/23/2026 16:30 UTC: {WHY}" in text


def test_ones_own_words_count_before_a_ready_made_reason(desk, ann):
    plan, _ = after(ann, BOARD.free, 4, "cover")
    ann.act(f"{HERE}/arrangement", plan=as_text(plan), base=0, reason=WHY, other=" the  sender called ")
    assert desk.services.faxes.made[0][1] == "the sender called"


def test_a_plan_without_a_reason_or_over_another_state_is_not_made(desk, ann):
    plan = as_text(after(ann, BOARD.free, 4, "cover")[0])
    assert ann.act(f"{HERE}/arrangement", plan=plan, base=0, reason=" ").status_code == 422
    stale = ann.act(f"{HERE}/arrangement", plan=plan, base=3, reason=WHY)
    assert stale.status_code == 409
    assert "went on meanwhile" in stale.text
    assert ann.act(f"{HERE}/arrangement", plan="nonsense", base=0, reason=WHY).status_code == 422
    assert (desk.services.faxes.made, desk.services.faxes.nudged) == ([], [])


def test_a_document_that_goes_on_in_the_very_moment_is_told(desk, ann, monkeypatch):
    def went_on(*_):
        raise FaxWentOn("A page of it cannot be moved any more.")

    monkeypatch.setattr(desk.services.faxes, "arrange", went_on)
    answer = ann.act(f"{HERE}/arrangement", plan=as_text(BOARD.free), base=0, reason=WHY)
    assert answer.status_code == 409
    assert "cannot be moved any more" in answer.text


def test_a_settled_fax_can_be_looked_at_only(desk, ann):
    desk.services.faxes.boards[FAX] = replace(BOARD, state="This fax has been answered.", free=BOARD.free.of_pages(()))
    text = ann.get(f"{HERE}?at=2&do=cover").text
    assert "This fax has been answered." in text
    assert 'id="acts"' not in text


def test_its_pages_have_images_and_no_other_faxes_have(ann):
    for path in ("pages/1.png", "pages/6/thumb.png"):
        assert ann.get(f"{HERE}/{path}").content.startswith(b"\x89PNG")
    assert ann.get(f"{HERE}/pages/9.png").status_code == 404
    assert ann.get("/desk/faxes/fax-404").status_code == 404


def test_an_image_that_is_lost_is_said_to_be(desk, ann):
    desk.services.faxes.boards["fax-1"] = replace(BOARD, fax_id="fax-1")
    assert "The image of fax page 4 is not there." in ann.get("/desk/faxes/fax-1?at=4").text


def test_whoever_opens_a_fax_is_noted_with_the_time_once_for_a_plan(desk, ann):
    ann.get(HERE)
    after(ann, BOARD.free, 4, "cover")
    with desk.sessions() as session:
        assert [(one.event, one.by, one.at) for one in storage.events(session, FAX)] == [("opened", "ann", invented.NOW)]


def test_the_choice_of_forms_opens_without_a_script_at_what_would_complete_the_document_before(ann):
    short = BOARD.free.of_pages({1, 2, 4, 6})
    page = fax_page(replace(BOARD, free=short), short, 4, FORMS, invented.NOW)
    assert [one.value for _, choices in page.forms for one in choices if one.chosen] == ["patient_status@2023-11@2"]
    text = ann.get(f"{HERE}?at=4&act=form").text
    assert re.search(r'<dialog id="form"[^>]* open>', text)
    assert "Patient Status Form, revision 2021-07" in text


def test_no_fax_page_carries_inline_script_or_style(ann):
    text = after(ann, BOARD.free, 4, "turn")[1]
    assert not re.search(r"\son[a-z]+=|\sstyle=|<style|<script(?! src=\"/desk/static/)", text)
