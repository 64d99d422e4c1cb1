"""The queue, handing on and notes with keys only, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from review_queue import note_storage, reviewing
from tests.review_queue.desk_in_process import enqueue, enqueue_loose, new_desk, served
from tests.review_queue.invented import DISAGREEING, NOW, PASSWORD, UNREAD_NPI, ProblemKind, doubtful
from tests.review_queue.keyboard import CHROMIUM, before_the_door, chromium

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine to press keys in")

LOW = doubtful("labs.0.anc", 820, ProblemKind.LOW_CERTAINTY, "Not certain.")


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


@pytest.fixture
def page(browser, desk):
    """A browser whose user has no mouse; a script error fails the test."""
    with served(desk) as address, before_the_door(browser, address) as page:
        yield page


def sign_in(page: Page, name="ann"):
    page.goto("/desk")
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_selector("#board")


def line(page, number):
    return page.locator(f"tbody[data-key] tr[data-item=item-{number}] a.line")


def test_lanes_lines_filters_and_the_way_back_are_all_under_keys(page, desk):
    enqueue(desk, 1, DISAGREEING)
    enqueue(desk, 2, UNREAD_NPI)
    enqueue(desk, 3, LOW)
    enqueue_loose(desk, 4)
    sign_in(page)
    expect(page.locator("#next button")).to_be_focused()
    expect(page.locator("#next-words")).to_contain_text("next: ANC 820")
    page.keyboard.press("ArrowDown")
    expect(line(page, 3)).to_be_focused()
    page.keyboard.press("3")
    expect(line(page, 4)).to_be_focused()  # the oldest of the ordinary ones
    page.keyboard.press("ArrowDown")
    expect(line(page, 1)).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#next button")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("dialog#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("dialog#keys")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.press("Tab")
    page.keyboard.type("riverside 3")  # digits go into the field and lead to no lane
    page.keyboard.press("Enter")
    page.wait_for_url("**sender=riverside+3**")
    page.keyboard.press("x")
    page.wait_for_url(lambda url: url.endswith("/desk"))
    page.goto("/desk?lane=safety")
    page.keyboard.press("3")  # from one lane alone to another
    page.wait_for_url("**lane=ordinary**")
    page.keyboard.press("3")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("t")
    page.wait_for_url("**/items/item-2")
    with desk.sessions() as session:
        assert reviewing.look_at(session, "item-2").holder == "ann"


def test_new_numbers_come_by_themselves_and_leave_the_focus_where_it_is(page, desk):
    enqueue(desk, 1, DISAGREEING)
    sign_in(page)
    page.keyboard.press("3")
    expect(line(page, 1)).to_be_focused()
    enqueue(desk, 2, LOW)
    page.evaluate("() => window.lookAtNumbers()")
    expect(page.locator('[data-number="waiting"]')).to_have_text("2")
    expect(line(page, 2)).to_be_visible()
    expect(line(page, 1)).to_be_focused()
    expect(page.locator("#next-words")).to_contain_text("next: ANC 820")


def test_the_first_fax_of_the_morning_wakes_the_button(page, desk):
    sign_in(page)
    expect(page.locator("#next button")).to_be_disabled()
    enqueue(desk, 1, DISAGREEING)
    page.evaluate("() => window.lookAtNumbers()")
    expect(page.locator("#next button")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/item-1")


def test_a_note_is_kept_and_the_fax_handed_on_without_leaving_the_keys(page, desk):
    enqueue(desk, 1, DISAGREEING)
    sign_in(page)
    page.keyboard.press("Enter")
    field = page.locator(".card[open] input[name=value]:not([type])")
    expect(field).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type("37")
    page.keyboard.press("Alt+n")
    expect(page.locator("#note-text")).to_be_focused()
    page.keyboard.type("@bob 1 or 7?")  # neither a guess nor the keys' dialog
    page.keyboard.press("Control+Enter")
    expect(page.locator("#note-list")).to_contain_text("@bob 1 or 7?")
    expect(field).to_be_focused()
    expect(field).to_have_value("37")  # what was half typed is still there
    page.keyboard.press("Alt+h")
    expect(page.locator("#hand-to")).to_be_focused()
    page.keyboard.type("bob")
    page.keyboard.press("Tab")
    page.keyboard.type("You know this clinic.")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk?told=handed")
    with desk.sessions() as session:
        item = reviewing.look_at(session, "item-1")
        assert (item.meant_for, item.state.value) == ("bob", "waiting")
        assert note_storage.unseen(session, "bob") == 1
    assert desk.clock() == NOW
