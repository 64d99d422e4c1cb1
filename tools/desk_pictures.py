"""Pictures of every page of the desk, from the samples: `python -m tools.desk_pictures [--only NAME …] [--data FOLDER]`.

What: runs the demo to its end, starts the service on its data, adds people, works a little, and writes docs/images/NAME.png,
light and dark where it says so.
Why: a picture made by hand shows last month's desk; and whoever changes a page can look at all of them in a minute and a half.
Refuses: a demo that did not end as it must.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from PIL import Image
from playwright.sync_api import Browser, Error, Page, sync_playwright
from sqlalchemy.orm import Session

from app.database import Database
from app.demo import service
from app.settings import DataFolder
from outbound import calls_storage, letter_acts, looking_storage, numbers_storage, storage
from outbound.attempts import How
from outbound.delivery import DeliveryState, Event, HeldFor
from outbound.gateway import Cause
from review_queue.reviewers import create_reviewer

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"
CHROMIUM = "/usr/bin/chromium"
PORT = 18_734
PASSWORD = "for pictures only"  # of accounts in a folder that is thrown away
PEOPLE = {"ann": {}, "bob": {"senior": True}, "sue": {"senior": True, "supervisor": True}}
COLORS = 96  # of a picture: pages are ink on paper and a few tints


@dataclass(frozen=True)
class Shot:
    """One picture."""

    name: str
    who: str  # whose browser
    go: Callable[[Page], None]  # to the page, and what is done there before the picture
    width: int = 1280
    height: int = 800
    scale: float = 1.0
    scheme: Literal["light", "dark"] = "light"


def open_item(words: str) -> Callable[[Page], None]:
    """Take the first fax of the queue whose line says so."""

    def go(page: Page) -> None:
        page.goto("/desk")
        line = page.locator("#board tr", has_text=words).first
        take = line.get_by_role("button", name="Take")
        if take.count():
            take.first.click()
        else:
            line.locator("a").first.click()
        page.wait_for_url("**/items/*")
        page.wait_for_load_state("networkidle")

    return go


def keyed(first: Callable[[Page], None], *keys: str) -> Callable[[Page], None]:
    """The same, and then some keys."""

    def go(page: Page) -> None:
        first(page)
        for key in keys:
            page.keyboard.press(key)
        page.wait_for_timeout(500)

    return go


def at(path: str) -> Callable[[Page], None]:
    """A page by its address."""

    def go(page: Page) -> None:
        page.goto(path)
        page.wait_for_load_state("networkidle")

    return go


def whole_fax(page: Page) -> None:
    """The fax of an item, with a plan."""
    open_item("Status")(page)
    page.keyboard.press("Alt+f")
    page.wait_for_url("**/faxes/*")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    page.wait_for_timeout(700)


def story(page: Page) -> None:
    """What became of a fax."""
    open_item("Status")(page)
    fax = page.locator("[href^='/desk/faxes/']").first.get_attribute("href")
    page.goto(f"{fax}/history")
    page.wait_for_load_state("networkidle")


def patient(page: Page) -> None:
    """A patient of the samples."""
    page.goto("/desk/people?q=4417-0823-D")
    page.wait_for_load_state("networkidle")


def call(page: Page) -> None:
    """A call begun."""
    page.goto("/desk/phone")
    for name, value in {
        "name": "Miriam Okafor", "npi": "2048173654", "organisation": "Anacostia Behavioral Health", "callback": "202-555-0143",
    }.items():  # fmt: skip
        if page.locator(f"[name={name}]").count():
            page.fill(f"[name={name}]", value)
    for name in ("form", "role", "verified"):
        box = page.locator(f"select[name={name}]")
        if box.count():
            box.select_option(index=1)
        elif page.locator(f"[name={name}]").count():
            page.locator(f"[name={name}]").first.check()
    page.locator("main form button").first.click()
    page.wait_for_load_state("networkidle")


def letter(state: str) -> Callable[[Page], None]:
    """The first letter in that state."""

    def go(page: Page) -> None:
        page.goto(f"/desk/sent?state={state}")
        page.locator("a.line").first.click()
        page.wait_for_url(re.compile(r"/desk/sent/[^?/]+$"))
        page.wait_for_load_state("networkidle")

    return go


def number(page: Page) -> None:
    """The number of a letter that is held."""
    letter("held")(page)
    page.locator("#settle").click()
    page.wait_for_load_state("networkidle")


SHOTS = (
    Shot("sign-in", "", at("/desk/sign-in")),
    Shot("queue", "ann", at("/desk")),
    Shot("queue-dark", "ann", at("/desk"), scheme="dark"),
    Shot("queue-200-percent", "ann", at("/desk"), 640, 400, 2.0),
    Shot("item", "ann", open_item("Enrollment")),
    Shot("item-dark", "ann", open_item("Enrollment"), scheme="dark"),
    Shot("item-one-field", "ann", keyed(open_item("Enrollment"), "Alt+s")),
    Shot("item-200-percent", "ann", open_item("Enrollment"), 640, 400, 2.0),
    Shot("item-keys", "ann", keyed(open_item("Enrollment"), "?")),
    Shot("fax", "bob", whole_fax),
    Shot("fax-history", "bob", story),
    Shot("person", "bob", patient),
    Shot("phone", "ann", at("/desk/phone")),
    Shot("phone-call", "ann", call),
    Shot("phone-dispense", "ann", at("/desk/phone/dispense")),
    Shot("figures", "sue", at("/desk/figures")),
    Shot("figures-dark", "sue", at("/desk/figures"), scheme="dark"),
    Shot("sent", "bob", at("/desk/sent")),
    Shot("sent-letter", "bob", letter("uncertain")),
    Shot("sent-number", "bob", number),
    Shot("sent-figures", "bob", at("/desk/sent/figures")),
    Shot("quality", "sue", at("/desk/quality")),
    Shot("reviewers", "sue", at("/desk/reviewers")),
    Shot("notes", "sue", at("/desk/notes")),
)


def in_doubt(session: Session, now: datetime) -> None:
    """Further copies of some of the demo's letters, that want a person: its folder takes all that a telephone line would not."""
    arrived = looking_storage.latest(session, state=DeliveryState.DELIVERED, limit=60)
    named = [one.delivery_id for one in arrived if one.name][:6]
    copies = [letter_acts.copy(session, one, "sue", "asked for by phone", now) for one in named]
    for one in copies[:2]:
        (begun,) = calls_storage.begin_call(session, one, [], now, now)
        calls_storage.note_rendered(session, begun.call_tag, 2, "")
        calls_storage.end_attempt(session, one, 1, now, How.UNKNOWN, detail="the receipt of page 2 was lost")
        storage.note_event(session, one, Event.LOSE_SIGHT, now, detail="the receipt of page 2 was lost")
    for one in copies[2:4]:
        held = storage.delivery(session, one)
        letter_acts.doubt(session, held.fax or "", held.role, held.name, "sue", "a letter came back by post", now)
        numbers_storage.holder_row(session, held.fax or "", held.role, held.name).checked_by = one
        storage.note_event(session, one, Event.HOLD, now, detail="not confirmed", waits_for=HeldFor.UNCONFIRMED)
    for one in copies[4:]:
        calls_storage.begin_call(session, one, [], now, now)
        calls_storage.end_attempt(session, one, 1, now, How.NOT_SENT, cause=Cause.NO_ANSWER, detail="no answer")
        storage.note_event(session, one, Event.GIVE_UP, now, detail=f"{Cause.NO_ANSWER.label}; 16 attempts ended so")


@contextmanager
def desk(data: Path) -> Iterator[str]:
    """The service on the data of a demo that ran to its end; its address."""
    if not (data / "remsfax.db").exists():
        subprocess.run([sys.executable, "-m", "app.command_line", "demo", "--data", str(data), "--exit-when-done"], check=True)
        database = Database(f"sqlite:///{data / 'remsfax.db'}")
        with database.writing() as session:
            for name, rank in PEOPLE.items():
                create_reviewer(session, name, PASSWORD, datetime.now(UTC), **rank)
            in_doubt(session, datetime.now(UTC))
        database.close()
    address = f"http://127.0.0.1:{PORT}/"
    with service(DataFolder(data), address):
        for _ in range(300):
            try:
                if urllib.request.urlopen(f"{address}readyz", timeout=2).status == 200:
                    break
            except OSError:
                time.sleep(0.2)
        yield address


def sign_in(page: Page, name: str) -> None:
    """As that person."""
    page.goto("/desk/sign-in")
    page.fill("#name", name)
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk")


def take(browser: Browser, address: str, shot: Shot, states: dict[str, str]) -> None:
    """One picture, in a browser of its own with the person's sign-in."""
    context = browser.new_context(
        base_url=address,
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=shot.scale,
        color_scheme=shot.scheme,
        storage_state=states.get(shot.who),
    )
    page = context.new_page()
    page.set_default_timeout(15_000)
    if shot.who and shot.who not in states:
        sign_in(page, shot.who)
        states[shot.who] = context.storage_state()  # type: ignore[assignment]
    shot.go(page)
    path = IMAGES / f"{shot.name}.png"
    page.screenshot(path=path)
    context.close()
    with Image.open(path) as picture:
        picture.convert("RGB").quantize(COLORS).save(path, optimize=True)
    print(path.name, path.stat().st_size // 1024, "KiB", flush=True)


def main() -> int:
    """From the command line; 1 if a picture could not be taken."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--only", nargs="*", default=[], help="names of pictures")
    asked.add_argument("--data", type=Path, help="a folder of an earlier run, to save the demo")
    given = asked.parse_args()
    IMAGES.mkdir(exist_ok=True)
    failed = False
    with tempfile.TemporaryDirectory() as temporary:
        data = (given.data or Path(temporary) / "data").resolve()
        with desk(data) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            states: dict[str, str] = {}
            for shot in SHOTS:
                if not given.only or shot.name in given.only:
                    try:
                        take(browser, address, shot, states)
                    except Error as problem:  # one picture that fails must not cost the others
                        print(f"{shot.name}: {str(problem)[:300]}", file=sys.stderr)
                        failed = True
            browser.close()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
