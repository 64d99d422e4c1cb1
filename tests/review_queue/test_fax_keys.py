"""A fax put together anew with keys only, in a real browser."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from intake.arrangement import Aside, Group, SaidPage
from intake.reading import OtherKind
from tests.review_queue.desk_in_process import new_desk, served
from tests.review_queue.invented_faxes import FAX, STATUS
from tests.review_queue.keyboard import CHROMIUM, chromium, someone

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine to press keys in")


@pytest.fixture(scope="module")
def browser():
    with chromium() as started:
        yield started


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


@pytest.fixture
def page(browser, desk):
    """A browser whose user has no mouse, at the fax; a script error fails the test."""
    with served(desk) as address, someone(browser, address, desk) as page:
        page.goto(f"/desk/faxes/{FAX}")
        yield page


def chosen(page: Page, number: int) -> None:
    """Wait until that page is the chosen one and holds the focus."""
    expect(page.locator(".leaf.on:focus")).to_have_attribute("data-page", str(number))


def planned(page: Page, *words: str) -> None:
    """Wait until the plan says this."""
    expect(page.locator(".plan li")).to_have_text([re.compile(one) for one in words])


def test_a_fax_is_put_together_anew_by_keys_from_the_first_look_to_its_new_document(page, desk):
    chosen(page, 1)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    chosen(page, 3)
    expect(page.locator("#large")).to_have_attribute("src", f"/desk/faxes/{FAX}/pages/3.png")

    page.keyboard.press("s")
    planned(page, "fax page 2 is read as one", "fax page 3 is read as one", "taken apart")
    page.keyboard.press("u")  # no: undo
    expect(page.locator(".plan li")).to_have_count(0)
    chosen(page, 3)

    page.keyboard.press("ArrowRight")
    chosen(page, 4)
    page.keyboard.press("f")  # the photographed page is a status form's first page
    expect(page.locator("#what")).to_be_focused()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    planned(page, "Patient Status Form of fax page 4")
    chosen(page, 4)
    page.keyboard.press("r")
    planned(page, r"fax page 4 as page 1 turned by 90")
    page.keyboard.press("End")
    chosen(page, 6)
    page.keyboard.press("b")
    planned(page, "fax page 4", "Fax page 6 is set apart: blank page")

    page.keyboard.press("Control+Enter")  # not without a reason
    expect(page.locator("#apply [name=reason]").first).to_be_focused()
    page.keyboard.press("1")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**told=arranged*")
    (plan, reason, by) = desk.services.faxes.made[0]
    assert Group(*STATUS, (SaidPage(4, 1, 90),)) in plan.groups
    assert Aside(6, OtherKind.BLANK) in plan.asides
    assert (reason, by) == ("A form had not been recognized.", "ann")

    desk.services.faxes.done(plan)
    expect(page.locator("#say")).to_contain_text("were read again")
    chosen(page, 2)


def test_keys_that_make_no_sense_say_so_and_a_frozen_page_says_why(page):
    page.keyboard.press("s")
    expect(page.locator("#trouble")).to_contain_text("belongs to no form")
    chosen(page, 1)
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    chosen(page, 5)
    expect(page.locator("#large-words")).to_contain_text("Already in the registry")
    page.keyboard.press("c")
    expect(page.locator("#trouble")).to_contain_text("Already in the registry")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#say")).to_have_text("There is no plan to apply.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_of_a_fax_has_no_barrier_that_axe_knows(page, scheme):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright")
    page.emulate_media(color_scheme=scheme)
    page.keyboard.press("End")
    page.keyboard.press("b")
    expect(page.locator(".plan li")).to_have_count(1)
    assert axe.Axe().run(page).response["violations"] == []
