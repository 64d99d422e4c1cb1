"""A whole call with keys only, in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from registry import storage
from tests.app.phone_world import PASSWORD, Agent
from tests.registry.world import ANN
from tests.review_queue.desk_in_process import served
from tests.review_queue.keyboard import CHROMIUM, before_the_door, chromium

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine to press keys in")


class Served:
    """The agent's service, as the desk in process is served."""

    def __init__(self, agent: Agent) -> None:
        self.agent = agent

    def app(self) -> object:
        return self.agent.web


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    monkeypatch.chdir(tmp_path)
    found = Agent(tmp_path)
    yield found
    found.close()


@pytest.fixture
def page(agent: Agent) -> Iterator[Page]:
    """A browser whose user has no mouse; a script error fails the test."""
    with served(Served(agent)) as address, chromium() as browser, before_the_door(browser, address) as page:  # type: ignore[arg-type]
        yield page


def test_a_call_is_taken_kept_read_back_and_recorded_without_a_mouse(agent: Agent, page: Page) -> None:
    keys = page.keyboard
    page.goto("/desk/sign-in")
    expect(page.locator("#name")).to_be_focused()
    for text in ("kim", PASSWORD):
        keys.type(text)
        keys.press("Tab")
    keys.press("Enter")
    expect(page.get_by_role("button", name="Take the next fax")).to_be_visible()
    page.goto("/desk/phone")
    expect(page.locator("input[name=form]:checked")).to_be_focused()
    keys.press("Tab")
    for typed in ("Ann Lee", "Prescriber", ANN, "Riverside Clinic", "3125550142", "called"):
        keys.type(typed)
        keys.press("Tab")
    keys.press("Enter")
    expect(page.locator("main.call")).to_be_visible()
    call = page.url
    expect(page.locator("#f-patient_id")).to_be_focused()
    keys.press("Enter")
    for typed in ("2/3/1980", "62701", "Maria", "Garcia"):
        keys.type(typed)
        keys.press("Enter")
    expect(page.locator("#patient")).to_contain_text("MARIA GARCIA")
    expect(page.locator("#say")).to_contain_text("kept")
    page.locator("#f-labs\\.0\\.draw_date").focus()
    keys.type("13/40/2023")
    keys.press("Enter")
    expect(page.locator("[data-field='labs.0.draw_date'] .trouble")).not_to_be_empty()
    keys.press("Shift+Enter")
    keys.type("11/01/2023")  # the field's text is selected: typed over
    keys.press("Enter")
    keys.type("1850")
    keys.press("Control+Enter")
    expect(page.get_by_role("heading", name="Read this to Ann Lee")).to_be_visible()
    expect(page.get_by_role("button", name="The caller agrees")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Tell the caller")).to_be_visible()
    expect(page.get_by_role("link", name="Next call")).to_be_focused()
    with agent.house.database.reading() as session:
        submission = storage.submission_of(session, f"phone-{call.rpartition('/')[2]}")
    assert submission is not None
    assert (submission.values["labs.0.draw_date"], submission.values["labs.0.anc"]) == ("2023-11-01", 1850)
