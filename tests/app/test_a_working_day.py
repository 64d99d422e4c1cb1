"""A working session by keyboard alone, in a real browser, over the whole service: ten and more items of several kinds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from app import storage as cases
from app.case_flow import DocumentState
from review_queue import storage
from review_queue.tables import EventRow
from tests.app.desk_world import CALLER, DeskWorld, served
from tests.review_queue.invented import PASSWORD
from tests.review_queue.keyboard import CHROMIUM, before_the_door, chromium
from tests.service.fakes import fax

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine to press keys in")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[DeskWorld]:
    made = DeskWorld(tmp_path)
    made.at_the_desk(9)
    made.driven.drop("printout.tif", fax(others=["lab_printout"]), CALLER)
    made.driven.drop("two.tif", fax("patient_status", doubt=True, number=90), CALLER)
    made.driven.drop("odd.tif", fax("anc_lab_reporting", doubt=True, number=91), CALLER)
    made.driven.go_on()
    yield made
    made.house.database.close()


@pytest.fixture
def page(world: DeskWorld) -> Iterator[Page]:
    """A browser whose user has no mouse; a script error fails the test."""
    with served(world.app()) as address, chromium() as browser, before_the_door(browser, address) as page:
        yield page


def tab_to(page: Page, selector: str) -> None:
    """Tab until the focus is there."""
    for _ in range(60):
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached by Tab")


def at_an_item(page: Page) -> str:
    """Wait for the item's page with its script at work; the kind of item."""
    page.wait_for_url("**/items/*")
    expect(page.locator("html.js")).to_have_count(1)
    if page.locator(".loose").count():
        return "loose"
    expect(page.locator(".card[open] :focus, #done:focus")).to_have_count(1)
    return str(page.locator("h1").inner_text())


def settle(page: Page) -> None:
    """Nobody can read the smudged field: say so, and submit."""
    here = page.url
    while not page.locator("#done").is_visible():
        left = page.locator("#left").inner_text()
        nobody_reads = page.locator(".card[open] [data-key='Alt+I']").count()  # a doubt about the whole document has no such key
        page.keyboard.press("Alt+i" if nobody_reads else "Enter")
        expect(page.locator("#left")).not_to_have_text(left)
    page.keyboard.press("Control+Enter")
    page.wait_for_function("was => location.href !== was", arg=here)


def test_a_session_from_sign_in_to_sign_out_needs_no_mouse(world: DeskWorld, page: Page) -> None:
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type("ann")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take the next fax")).to_be_focused()
    page.keyboard.press("Enter")

    done: Counter[str] = Counter()
    escalated = split = False
    while "/items/" in page.url or done.total() == 0:
        kind = at_an_item(page)
        here = page.url
        if kind == "loose":
            page.keyboard.press("Alt+r")
            page.keyboard.press("2")
            page.keyboard.press("Control+Enter")
            page.wait_for_function("was => location.href !== was", arg=here)
        elif kind == "ANC Lab Reporting Form" and not escalated:
            page.keyboard.press("Alt+e")
            page.keyboard.type("Is this an adverse event?")
            page.keyboard.press("Enter")
            page.wait_for_function("was => location.href !== was", arg=here)
            escalated = True
        elif kind == "Patient Status Form" and not split:
            page.keyboard.press("Alt+f")
            page.wait_for_url("**/faxes/*")
            expect(page.locator(".leaf.on:focus")).to_have_count(1)
            page.keyboard.press("ArrowRight")
            page.keyboard.press("s")
            expect(page.locator(".plan li").first).to_be_visible()
            page.keyboard.press("Control+Enter")
            page.keyboard.press("1")
            page.keyboard.press("Control+Enter")
            page.wait_for_url("**told=arranged*")
            world.driven.go_on()
            expect(page.locator("#say")).to_contain_text("were read again")  # the page shows its new documents by itself
            tab_to(page, "nav.places a[href='/desk']")
            page.keyboard.press("Enter")
            expect(page.get_by_role("button", name="Take the next fax")).to_be_focused()
            page.keyboard.press("Enter")
            page.wait_for_url("**/items/*")
            split = True
        else:
            settle(page)
        done[kind] += 1
        assert done.total() < 40

    assert done.total() >= 12
    assert len(done) >= 4
    assert escalated
    assert split
    page.wait_for_url("**/desk?told=*")
    tab_to(page, "form[action='/desk/sign-out'] button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk/sign-in")

    world.driven.go_on()
    with world.house.database.reading() as session:
        states = Counter(one.state for one in cases.latest_documents(session, 100))
        taken = [row for item in world.items() for row in storage.events(session, item) if isinstance(row, EventRow)]
    assert states[DocumentState.SUPERSEDED] == 1
    assert states[DocumentState.IN_REVIEW] == 1  # what was escalated waits for Bob
    assert taken == []
