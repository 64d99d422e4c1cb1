"""A keying with keys only, in a real browser: as many keys as there are characters, and Enter."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from intake.reading import ProblemKind
from review_queue.lifecycle import ReviewState
from tests.review_queue.desk_in_process import enqueue, served
from tests.review_queue.invented import DISAGREEING, PASSWORD, UNREAD_NPI, doubtful
from tests.review_queue.keyboard import CHROMIUM, before_the_door, chromium, patient
from tests.review_queue.keying_desk import corrected, item, keying_desk, open_task

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine to press keys in")

UNSURE_TICK = doubtful("ben", True, ProblemKind.UNSURE_MARK, "A mark that crosses the border of the box.")


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def desk(tmp_path):
    return keying_desk(tmp_path, grace=timedelta(seconds=30))


@pytest.fixture
def page(browser, desk):
    """A browser whose user has no mouse; a script error fails the test."""
    with served(desk) as address, before_the_door(browser, address) as page:
        yield page


def sign_in(page: Page, name: str) -> None:
    page.goto("/desk")
    page.locator("#name").fill(name)
    page.locator("#password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take the next fax")).to_be_focused()


def field(page: Page, label: str) -> None:
    """Wait until that field is the one in hand."""
    expect(page.locator(".card[open] .label")).to_have_text(label)
    expect(page.locator(".card[open] form :focus")).to_have_count(1)


def test_a_keying_takes_its_characters_and_an_enter_each(page, desk):
    corrected(desk, {"prescriber_npi": "1234567893", "ben": True, "labs.0.anc": 3719})
    enqueue(desk, 2, DISAGREEING)
    sign_in(page, "bob")
    page.keyboard.press("Enter")
    field(page, "Prescriber NPI")
    expect(page.locator(".card[open] input:not([type])")).to_be_focused()
    page.keyboard.type("1234567893")
    page.keyboard.press("Enter")
    field(page, "Benign ethnic neutropenia (BEN)")
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    field(page, "Blood draw 1: ANC per µL")
    expect(page.locator("#left")).to_have_text("1")
    page.keyboard.type("3719")
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/item-2")
    assert item(desk).state is ReviewState.CONFIRMED


def test_who_types_before_the_script_has_come_loses_no_character(page, desk):
    corrected(desk, {"prescriber_npi": "1234567893"})
    waiting = []
    page.route("**/keying.js", lambda route: waiting.append(route))
    sign_in(page, "bob")
    page.keyboard.press("Enter")
    expect(page.locator(".card[open] input:not([type])")).to_be_focused()
    page.keyboard.type.hurried("12345")
    waiting[0].continue_()
    page.wait_for_load_state("load")
    page.keyboard.type("67893")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk?told=keyed")
    assert item(desk).state is ReviewState.CONFIRMED


def test_what_is_typed_while_a_field_is_saved_stands_in_the_next_one(page, desk):
    corrected(desk, {"prescriber_npi": "1234567893", "ben": True, "labs.0.anc": 3719})
    waiting = []
    page.route("**/fields/prescriber_npi", lambda route: waiting.append(route))
    sign_in(page, "bob")
    page.keyboard.press("Enter")
    expect(page.locator(".card[open] input:not([type])")).to_be_focused()
    for key in ["1234567893", "Enter", "1", "Enter", "3719", "Enter"]:
        page.keyboard.press(key) if key == "Enter" else page.keyboard.type(key)
    expect(page.locator("#left")).to_have_text("3")
    waiting[0].continue_()
    page.wait_for_url("**/desk?told=keyed")
    assert item(desk).state is ReviewState.CONFIRMED


def test_a_slip_is_told_keyed_over_and_gone_back_to(page, desk):
    corrected(desk, {"prescriber_npi": "1234567893", "labs.0.anc": 3719})
    sign_in(page, "bob")
    page.keyboard.press("Enter")
    field(page, "Prescriber NPI")
    page.keyboard.press("Enter")
    expect(page.locator(".card[open] .trouble")).to_contain_text("Is nothing written there? Enter again")
    page.keyboard.type("1234567890")
    page.keyboard.press("Enter")
    expect(page.locator(".card[open] .trouble")).to_contain_text("Enter again")
    page.keyboard.press("Control+a")
    page.keyboard.type("1558598797")
    page.keyboard.press("Enter")
    field(page, "Blood draw 1: ANC per µL")
    page.keyboard.press("Shift+Enter")
    field(page, "Prescriber NPI")
    page.keyboard.type("1234567893")
    page.keyboard.press("Enter")
    field(page, "Blood draw 1: ANC per µL")
    page.keyboard.press("Alt+i")
    page.wait_for_url("**/desk?told=keyed")
    assert item(desk).state is ReviewState.BEING_KEYED  # a third keys the ANC, and nothing else
    assert open_task(desk).fields == ("labs.0.anc",)


def test_a_submission_is_taken_back_with_one_key_on_the_next_page(page, desk):
    enqueue(desk, 1, DISAGREEING)
    enqueue(desk, 2, UNREAD_NPI)
    sign_in(page, "ann")
    page.keyboard.press("Enter")
    expect(page.locator(".card[open] :focus")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_be_focused()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/items/item-2")
    expect(page.locator("#recall")).to_contain_text("Submitted R-20261123-0001")
    expect(page.locator(".card[open] :focus")).to_have_count(1)  # the offer takes nobody's hands out of the field
    page.keyboard.press("Alt+u")
    page.wait_for_url("**/items/item-1")
    assert item(desk).state is ReviewState.IN_HAND
    expect(page.locator("#done")).to_be_visible()


def test_without_a_script_a_keying_is_a_form_a_field(browser, desk):
    corrected(desk, {"prescriber_npi": "1234567893", "ben": True})
    with served(desk) as address:
        context = browser.new_context(base_url=address, java_script_enabled=False)
        page = patient(context.new_page())
        sign_in(page, "bob")
        page.keyboard.press("Enter")
        page.locator(".card[open] input:not([type])").fill("1234567893")
        page.keyboard.press("Enter")
        field(page, "Benign ethnic neutropenia (BEN)")
        page.get_by_label("not ticked").check()
        page.get_by_role("button", name="Key it").last.click()
        page.wait_for_url("**/desk?told=keyed")
        context.close()
    assert open_task(desk).fields == ("ben",)


def test_after_a_submission_the_key_takes_back_the_last_thing_done_and_never_two(page, desk):
    enqueue(desk, 1, DISAGREEING)
    enqueue(desk, 2, UNREAD_NPI, DISAGREEING)
    sign_in(page, "ann")
    page.keyboard.press("Enter")
    expect(page.locator(".card[open] :focus")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_be_focused()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/items/item-2")
    expect(page.locator(".card[open] :focus")).to_have_count(1)
    page.keyboard.press("Alt+i")
    expect(page.locator(".card.settled")).to_have_count(1)
    page.keyboard.press("Alt+u")  # what was said here
    expect(page.locator(".card.settled")).to_have_count(0)
    assert item(desk).state is ReviewState.CONFIRMED
    page.keyboard.press("Alt+u")  # then the submission
    page.wait_for_url("**/items/item-1")
    assert item(desk).state is ReviewState.IN_HAND
