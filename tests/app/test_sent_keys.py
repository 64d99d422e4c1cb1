"""Letters with keys only, in a real browser: from the list to what needs somebody, an act, and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from outbound.delivery import DeliveryState
from tests.app.desk_world import served
from tests.app.letters_world import LettersWorld
from tests.review_queue.keyboard import CHROMIUM, chromium, someone

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine to press keys in")


class AsDesk:
    """What `keyboard.someone` needs of a desk."""

    def __init__(self, world: LettersWorld) -> None:
        self.sessions = world.house.database.writing_sessions
        self.clock = world.driven.clock


def test_what_needs_somebody_is_found_opened_and_settled_without_a_mouse(tmp_path: Path) -> None:
    world = LettersWorld(tmp_path, quick=True)
    made = world.every_state()
    with served(world.desk) as address, chromium() as browser, someone(browser, address, AsDesk(world)) as page:  # type: ignore[arg-type]
        page.goto("/desk/sent")
        focused = page.locator(":focus")
        page.keyboard.press("1")
        expect(focused).to_have_attribute("href", f"/desk/sent/{made['uncertain']}")
        page.keyboard.press("j")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("k")
        expect(focused).to_have_attribute("href", f"/desk/sent/{made['unconfirmed']}")
        page.keyboard.press("2")
        expect(focused).to_have_attribute("href", f"/desk/sent/{made['queued']}")
        page.keyboard.press("?")
        expect(page.locator("#keys")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#keys")).to_be_hidden()
        page.keyboard.press("/")
        page.keyboard.type("uncertain")
        page.keyboard.press("Enter")
        page.wait_for_url("**state=uncertain*")
        expect(page.locator("tr[data-letter]")).to_have_count(2)
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/desk/sent/{made['uncertain']}")
        page.keyboard.press("a")
        page.keyboard.type("the nurse, by phone")
        page.keyboard.press("Enter")
        page.wait_for_url("**done=arrived")
        expect(page.get_by_role("status")).to_contain_text("the recipient has it")
        page.keyboard.press("p")
        expect(focused).to_have_attribute("id", "pages")
        page.keyboard.press("b")
        page.wait_for_url("**/desk/sent")
        page.keyboard.press("p")
        page.wait_for_url("**state=person")
        page.keyboard.press("x")
        page.wait_for_url("**/desk/sent")
    assert world.state(made["uncertain"]) is DeliveryState.DELIVERED
    world.house.database.close()
