"""Every page of the whole desk: as axe sees it, light and dark, and at twice its size."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.app.desk_world import DeskWorld, desk_pages, served
from tests.app.letters_world import STRANGER, LettersWorld
from tests.app.phone_world import ANN_CALLS
from tests.review_queue.browsing import Person
from tests.review_queue.invented import PASSWORD
from tests.review_queue.keyboard import CHROMIUM, chromium, patient

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine to look at pages in")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskWorld]:
    made = LettersWorld(tmp_path_factory.mktemp("desk"), quick=True)
    made.at_the_desk(3)
    made.every_state()
    made.flag(STRANGER.fax or "", made.now)
    yield made
    made.house.database.close()


@pytest.fixture(scope="module")
def pages(world: DeskWorld) -> list[str]:
    """Every page there is; Sue has an item, a keying and a call in hand among them."""
    ann, sue = Person(world, "ann"), Person(world, "sue")
    waiting = world.items()
    corrected = next(one for one in waiting if "patient_id" in ann.get(f"/desk/items/{one}").text)
    ann.act(f"/desk/items/{corrected}/take")
    ann.act(f"/desk/items/{corrected}/fields/patient_id", version=1, said="value", value=world.maria)
    ann.act(f"/desk/items/{corrected}/submit", version=1)
    task = f"second-{corrected}-1"
    assert sue.act(f"/desk/keying/{task}/take").status_code == 303
    item = next(one for one in waiting if one != corrected)
    sue.act(f"/desk/items/{item}/take")
    call = sue.act("/desk/phone/begin", **ANN_CALLS).headers["location"].rpartition("/")[2]
    names = {
        "item_id": item, "number": "1", "name": "desk.css", "document_id": item, "field": "labs.0.anc", "key": world.maria,
        "kind": "patient", "fax_id": item.rpartition("-")[0], "task_id": task, "call_id": call, "delivery_id": "none",
        "letter_id": "letter02", "fax": STRANGER.fax or "", "call": "1",
    }  # fmt: skip
    return [*desk_pages(world.app(), names), "/desk/items/none", f"/desk/items/{item}?act=keys"]


@pytest.fixture(scope="module")
def address(world: DeskWorld) -> Iterator[str]:
    with served(world.app()) as found:
        yield found


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def supervisor(browser: Browser, address: str) -> Iterator[Page]:
    """Sue, who may see every page."""
    page = patient(browser.new_context(base_url=address, viewport={"width": 1280, "height": 800}).new_page())
    page.goto("/desk/sign-in")
    page.fill("#name", "sue")
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")
    yield page
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_page(pages: list[str], supervisor: Page, scheme: str) -> None:
    supervisor.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found, seen = {}, 0
    for path in pages:
        answer = supervisor.goto(path)
        assert answer is not None
        if "text/html" not in answer.headers["content-type"] or "<!doctype html>" not in answer.text():
            continue  # data, an image, or a piece for a page's own script
        seen += 1
        results = Axe().run(supervisor)
        if results.violations_count:
            found[path] = results.generate_report()
    assert found == {}, "\n".join(f"{path}: {report}" for path, report in found.items())
    assert seen >= 15


def test_at_twice_the_size_nothing_has_to_be_scrolled_sideways(pages: list[str], supervisor: Page) -> None:
    supervisor.set_viewport_size({"width": 640, "height": 400})  # 1280 × 800 at 200 %
    wide = {}
    for path in pages:
        answer = supervisor.goto(path)
        assert answer is not None
        if "text/html" in answer.headers["content-type"]:
            width = supervisor.evaluate("document.documentElement.scrollWidth")
            if width > 640:
                wide[path] = width
    supervisor.set_viewport_size({"width": 1280, "height": 800})
    assert wide == {}
