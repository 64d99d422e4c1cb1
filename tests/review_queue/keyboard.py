"""Somebody at a keyboard before a real browser, for the desk's tests; a script error fails the test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from review_queue.web.security import COOKIE
from tests.review_queue.desk_in_process import Desk, signed_in
from tests.review_queue.invented import PASSWORD

CHROMIUM = Path("/usr/bin/chromium")
PATIENCE = 30_000  # milliseconds


@contextmanager
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a module; patient, since the machine may have more to do."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@contextmanager
def before_the_door(browser: Browser, address: str, **context: Any) -> Iterator[Page]:
    """The sign-in page in a browser context of its own."""
    opened = browser.new_context(base_url=address, **{"viewport": {"width": 1280, "height": 720}} | context)
    with _page(opened) as page:
        yield page


def patient(page: Page) -> Page:
    """The page with a keyboard whose keys wait until the page has loaded, as people do: its scripts run then, and no key is lost
    to a machine with more to do. The keys themselves stay within reach, as `hurried`."""
    keyboard = page.keyboard
    for name in ("press", "type"):
        hurried = getattr(keyboard, name)

        def waiting(*args: Any, hurried: Any = hurried, **named: Any) -> None:
            page.wait_for_load_state("load")
            hurried(*args, **named)

        waiting.hurried = hurried  # type: ignore[attr-defined]
        setattr(keyboard, name, waiting)
    return page


@contextmanager
def someone(
    browser: Browser, address: str, desk: Desk, name: str = "ann", *, hurried: bool = False, **context: Any
) -> Iterator[Page]:
    """A reviewer's page at the queue, signed in already (the sign-in's hash is slow on purpose).

    `hurried`: where an answer takes long the hands go on, as in life; else they wait, so that a busy machine changes nothing.
    """
    opened = browser.new_context(base_url=address, **{"viewport": {"width": 1280, "height": 720}} | context)
    opened.add_cookies([{"name": COOKIE, "value": signed_in(desk, name), "url": f"{address}/desk"}])
    with _page(opened, hurried) as page:
        expect(page.get_by_role("button", name="Take the next fax")).to_be_visible()
        yield page


@contextmanager
def _page(opened: BrowserContext, hurried: bool = False) -> Iterator[Page]:
    page = patient(opened.new_page())
    if not hurried:
        page.add_init_script(f"window.longestWait = {PATIENCE}")
    page.set_default_timeout(PATIENCE)
    errors: list[object] = []
    page.on("pageerror", lambda error: errors.append(error))
    page.goto("/desk")
    yield page
    opened.close()
    assert errors == []


def sign_in(page: Page, name: str = "ann") -> None:
    """From the sign-in page to the queue, by keys."""
    expect(page.locator("#name")).to_be_focused()
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Take the next fax")).to_be_focused()


def take_next(page: Page) -> None:
    """Enter; the script runs and the hands are in the field then."""
    expect(page.locator("button[autofocus]")).to_be_focused()
    page.keyboard.press("Enter")
    in_hand(page)


def in_hand(page: Page) -> None:
    """The page is ready for keys, with a field in hand."""
    expect(page.locator("html.js .card[open] :focus")).to_have_count(1)


def saved(page: Page) -> None:
    """Wait until the desk has answered for everything that was said: a sound answer is shown before it is."""
    expect(page.locator(".said", has_text="being saved")).to_have_count(0)


def doubt(page: Page, label: str) -> None:
    """Wait until that field is the one in hand."""
    expect(page.locator(".card[open] .label")).to_have_text(label)


def value(page: Page):
    """The text input of the field in hand."""
    return page.locator(".card[open] input[name=value]:not([type])")
