"""One letter's way to one number over a real line, and how it ended; for `tests.line.outcomes`.

Each letter has a database and a modem of the program of its own, and goes the way that letters go: planned, called for by
`outbound.sending`, asked about, called for again when its time has come. Where that time is hours away its clock is put forward.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from PIL import Image
from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import StaticPool

from outbound import storage
from outbound.delivery import Delivery, DeliveryId, DeliveryState
from outbound.fax_pages import FaxPages, render
from outbound.hylafax import HylaFax
from outbound.hylafax_session import HylaServer
from outbound.letters import Letter
from outbound.notice import Recipient, Role
from outbound.retrying import RetryPolicy
from outbound.sending import send
from tests.line.fax_server import FaxServerOfOnesOwn
from tests.outbound.letters_for_tests import US, notice_of_kind

POLICY = RetryPolicy(look_every=timedelta(seconds=0.5))
PATIENCE = 300.0  # seconds for a letter to come to rest
LATER = timedelta(days=4)  # longer than any pause and any limit: what would call again by itself has done so by then


@dataclass(frozen=True)
class Seen:
    """How one letter ended."""

    outcome: str
    state: str
    calls: int  # counted by the exchange
    pages_there: int  # counted by the far side
    pages: int  # of the letter
    seconds: float
    told: str  # the last word on it

    @property
    def there(self) -> str:
        """Pages that the far side has, of all."""
        return f"{self.pages_there} of {self.pages}"


PEN = threading.Lock()


def drawn(letter: Letter) -> FaxPages:
    """The letter's pages, one letter at a time: the layout engine knows no threads."""
    with PEN:
        return render(letter)


class OneLetter:
    """A letter on its way to one number, by one modem."""

    def __init__(self, server: FaxServerOfOnesOwn, caller: str, number: str, at: str = "", *, minutes: int = 20) -> None:
        self.server, self.number, self.at = server, number, at
        self.caller, self.modem = caller, server.modems[caller]
        self.began, self.ahead = time.monotonic(), timedelta()
        engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
        storage.Base.metadata.create_all(engine)
        self.sessions = sessionmaker(engine)
        self.line = HylaFax(
            HylaServer("127.0.0.1", server.port), self.modem, clock=self.clock, deadline=timedelta(minutes=minutes)
        )
        notice = notice_of_kind("neutropenia_severe", Recipient(Role.PRESCRIBER, f"Doctor {number}", number), occasion=number)
        with self.sessions.begin() as session:
            self.id = storage.plan_delivery(session, [notice], DeliveryId(f"to-{number}-{time.time_ns()}"), self.clock())

    def clock(self) -> datetime:
        """The letter's own time."""
        return datetime.now(UTC) + self.ahead

    @property
    def present(self) -> Delivery:
        """As it stands."""
        with self.sessions() as session:
            return storage.delivery(session, self.id)

    def turn(self) -> None:
        """What the sweep and a worker would do now."""
        with self.sessions() as session:
            due = storage.due(session, self.clock())
        for one in due:
            send(self.sessions, one, self.line, self.clock(), sender=US, policy=POLICY, draw=drawn)

    def until(self, there: Callable[[], bool]) -> None:
        """Turn after turn until it is so."""
        try:
            for _ in patiently(self.number):
                self.turn()
                if there():
                    return
        except TimeoutError as late:
            raise TimeoutError(f"{late}; last heard: {self.present}") from late

    def until_tried(self) -> None:
        """Until a call has ended, whatever it brought."""
        self.until(lambda: self.present.state is not DeliveryState.SENDING)

    def until_happened(self, what: str, more_than: int = 0) -> None:
        """Until the exchange says so of this letter's modem, oftener than so many times."""
        self.until(lambda: self.server.happened().count(f"{self.caller} {what}") > more_than)

    def put_forward(self, by: timedelta = LATER) -> None:
        """So much time passes for this letter; and what is due by then is done."""
        self.ahead += by
        self.turn()

    def seen(self, outcome: str) -> Seen:
        """How it ended; four days later, so that what would be sent again by itself has been."""
        self.put_forward()
        self.until_tried()
        there = 0
        if self.at:
            for _ in patiently(f"what {self.at} received", 15, late=True):
                files = sorted((self.server.received / self.at).glob("*.tif"))
                there = sum(pages_of(one) for one in files)
                if there >= self.present.pages:
                    break
        present = self.present
        return Seen(
            outcome, present.state.value, self.server.calls(self.number), there, present.pages,
            round(time.monotonic() - self.began, 1), present.last_word,
        )  # fmt: skip


def patiently(what: str, seconds: float = PATIENCE, *, late: bool = False) -> Iterator[None]:
    """Turns of a loop; TimeoutError after so many seconds, or with `late` just the end."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        yield
        threading.Event().wait(0.25)
    if not late:
        raise TimeoutError(f"{what}: nothing in {seconds:g} s")


def pages_of(tiff: Path) -> int:
    """Of a received fax."""
    with Image.open(tiff) as fax:
        return int(getattr(fax, "n_frames", 1))


class Plan:
    """The exchange's plan, which the outcomes write together."""

    def __init__(self, server: FaxServerOfOnesOwn) -> None:
        self._server, self._lines, self._turn = server, dict[str, str](), threading.Lock()

    def says(self, number: str, what: str = "") -> None:
        """What is so of a number from now on; nothing any more."""
        with self._turn:
            self._lines[number] = what
            gone = " ".join(one for one, words in self._lines.items() if words == "gone")
            lines = [f"{one} {words}" for one, words in self._lines.items() if words and words != "gone"]
            self._server.planned(*lines, f"gone {gone}")
