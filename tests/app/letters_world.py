"""A desk with letters in every state, each by what a line did: for the tests of its pages, and to look at them.

`python -m tests.app.letters_world` serves it until Ctrl C and prints the address and the sign-ins.
"""

from __future__ import annotations

import re
import threading
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np
from fastapi import FastAPI

from app.web import desk_services
from outbound import letter_acts, numbers_storage, storage
from outbound.calling import CallingRules
from outbound.delivery import DeliveryId, DeliveryState, Event
from outbound.fax_pages import FaxPages
from outbound.gateway import Cause, Delivered, FaxJob, Impossible, InProgress, JobMark, NotSent, Outcome, Unknown
from outbound.hours import hours_from
from outbound.letters import Letter
from outbound.notice import Recipient, Role
from outbound.sending import send
from outbound.tiff_f import Resolution, encode
from review_queue.web import desk_router
from review_queue.web.security import COOKIE
from tests.app.desk_world import DeskWorld, served
from tests.outbound.letters_for_tests import ack_notice, notice_of_kind
from tests.review_queue.browsing import Person
from tests.review_queue.desk_in_process import signed_in
from tests.review_queue.invented import PASSWORD

RULES = CallingRules(hours=hours_from("07:00-21:00"), lines=8, confirm_numbers=True)
HOSTILE = '<script>alert("x")</script>'
LEE = Recipient(Role.PRESCRIBER, "ANN LEE", "3125550143")
OYELARAN = Recipient(Role.PRESCRIBER, "Amara Oyelaran", "2025550133")
HARBOR = Recipient(Role.PHARMACY, "Harbor Pharmacy", "3125550142")
STRANGER = Recipient(Role.PRESCRIBER, "Miriam Okafor", "4105550117")
NOBODY = Recipient(Role.PRESCRIBER, "Theo Brandt", None)


@dataclass
class LineThatIsTold:
    """Says what the test set."""

    says: Outcome | None = None
    found: Outcome | None = None  # what it says when it is asked later; None: the same
    calls: list[FaxJob] = field(default_factory=list)

    def submit(self, job: FaxJob) -> Outcome:
        self.calls.append(job)
        return self.says or arrived(job.pages)

    def find(self, mark: JobMark) -> Outcome:
        return self.found or self.says or arrived(self.calls[-1].pages)


def arrived(pages: int, station: str = "ANACOSTIA B H") -> Delivered:
    """Every page confirmed, with what a HylaFAX server tells."""
    evidence = {"far machine": station, "rate": "14400 bit/s", "log": "000000412", "modem": "ttyS1"}
    return Delivered("job 412", pages, evidence)


def blank_pages(letter: Letter) -> FaxPages:
    """A white cover and a white page for each thing that is told, for tests that look at none."""
    pages = 1 + len(letter.kinds)
    return FaxPages(encode([np.zeros((8, 1728), bool)] * pages, Resolution.STANDARD), pages)


class LettersWorld(DeskWorld):
    """The desk, a line that does as it is told, and letters; `quick`: with blank pages."""

    def __init__(self, folder: Path, *, quick: bool = False) -> None:
        super().__init__(folder)
        self.line = LineThatIsTold()
        self.house.gateway = self.line  # type: ignore[assignment]
        self.house.__dict__["calling"] = RULES
        self.driven.clock.now = self.now = self.began.replace(hour=21) + timedelta(days=1)
        self._made = 0
        if quick:
            self.house.draw = blank_pages  # type: ignore[method-assign]
        self.clear()

    def clear(self) -> None:
        """No letters, no calls, and three numbers that are known to be their recipients'."""
        self.line.says = self.line.found = None
        self.line.calls.clear()
        with self.house.database.writing() as session:
            for table in reversed(storage.Base.metadata.sorted_tables):
                session.execute(table.delete())
            for one in (LEE, OYELARAN, HARBOR):
                letter_acts.vouch(session, one.fax or "", one.role, one.name, "sue", "their own form", self.now)

    @cached_property
    def desk(self) -> FastAPI:
        """The desk alone: the API beside it takes seconds to put together."""
        alone = FastAPI()
        alone.include_router(desk_router(desk_services(self.house)))
        return alone

    def someone(self, name: str) -> Person:
        """Somebody signed in, without the password's hash, which is slow on purpose."""
        token = signed_in(SimpleNamespace(sessions=self.house.database.writing_sessions, clock=self.driven.clock), name)  # type: ignore[arg-type]
        person = Person(SimpleNamespace(app=lambda: self.desk))
        person.client.cookies.set(COOKIE, token)
        return person

    def plan(self, kind: str, to: Recipient, ago: float = 0, reference: str = "", **changed: object) -> DeliveryId:
        """One letter, due since so many hours."""
        self._made += 1
        occasion, at = f"S{self._made}", self.now - timedelta(hours=ago)
        notice = notice_of_kind(kind, to, occasion, **changed) if kind != "acknowledgement" else ack_notice(to)  # type: ignore[arg-type]
        notice = replace(notice, key=type(notice.key)(f"{occasion}/{kind}"), reference=reference or f"R-20231107-{self._made:04}")
        with self.house.database.writing() as session:
            return storage.plan_delivery(session, [notice], DeliveryId(f"letter{self._made:02}"), at)

    def call(self, says: Outcome | None, *ids: DeliveryId, ago: float = 0) -> None:
        """The first letter's call, and whoever rides along, with the line's word on it."""
        self.line.says = says
        at = self.now - timedelta(hours=ago)
        for one in ids[:1]:
            with self.house.database.writing() as session:
                if storage.delivery(session, one).state is DeliveryState.DUE:
                    storage.postpone_look(session, one, at)
            house = self.house
            send(house.database.writing_sessions, one, self.line, at, sender=house.sender, rules=RULES, draw=house.draw)  # type: ignore[arg-type]
        self.line.says = None

    def state(self, letter: DeliveryId) -> DeliveryState:
        """As it stands."""
        with self.house.database.reading() as session:
            return storage.delivery(session, letter).state

    def every_state(self) -> dict[str, DeliveryId]:
        """A letter in each state, by its name."""
        made = {"delivered": self.plan("anc_recorded", LEE, 5, patient_id=self.maria)}
        self.call(None, made["delivered"], ago=4.9)
        made["uncertain"] = self.plan("neutropenia_severe", OYELARAN, 4)
        made["beside"] = self.plan("acknowledgement", OYELARAN, 4)
        self.call(Unknown("the receipt of page 2 was lost"), made["uncertain"], ago=3.9)
        made["failed"] = self.plan("status_form_recorded", LEE, 30)
        self.call(Impossible("the server cannot convert the document"), made["failed"], ago=29)
        made["busy"] = self.plan("missing_labs", LEE, 2)
        self.call(NotSent(Cause.BUSY, f"busy {HOSTILE}"), made["busy"], ago=0)
        made["queued"] = self.plan("enrollment_confirmed", HARBOR, 0)
        made["unconfirmed"] = self.plan("neutropenia_moderate", STRANGER, 3)
        self.call(None, made["unconfirmed"], ago=2.9)
        made["no-number"] = self.plan("anc_recorded", NOBODY, 50)
        barred = replace(HARBOR, name="Quay Pharmacy", fax="4105550161")
        made["barred"] = self.plan("pharmacy_certified", barred, 7)
        with self.house.database.writing() as session:
            letter_acts.put_on_list(session, barred.fax or "", "bob", "they asked us to stop", self.now)
        self.call(None, made["barred"], ago=6.9)
        made["stopped"] = self.plan("anc_recorded", replace(LEE, name="R. Vance", fax="3125550177"), 9)
        letter_acts.cancel(
            self.house.database.writing_sessions, made["stopped"], self.line, self.now, by="bob", reason="told by phone"
        )
        made["calling"] = self.plan("acknowledgement", replace(LEE, name="Pat Moss", fax="3125550178"), 0.1)
        self.call(InProgress("job 7"), made["calling"])
        made["hostile"] = self.plan("acknowledgement", replace(LEE, name=HOSTILE, fax="3125550179"), 26)
        self.call(arrived(2, HOSTILE), made["hostile"], ago=25.9)
        return made

    def flag(self, fax: str, at: datetime) -> None:
        """People answered there, again and again."""
        with self.house.database.writing() as session:
            for _ in range(2):
                numbers_storage.note_failed(session, fax, at, person_answered=True)
            numbers_storage.flag(session, fax, "people answered the last 2 calls, no fax machine", at)

    def give_up(self, letter: DeliveryId) -> None:
        """The program gives it up."""
        with self.house.database.writing() as session:
            storage.note_event(session, letter, Event.SUBMIT, self.now, detail="attempt")
            storage.note_event(session, letter, Event.GIVE_UP, self.now, detail="nobody answers; 16 attempts ended so")


def rows(page: str) -> dict[str, str]:
    """The lines of the last list of a page, as text by the letter's id."""
    last = page.rpartition("<caption")[2]
    found = re.findall(r'<tr data-letter="([^"]+)".*?</tr>', last, re.S)
    texts = re.findall(r"<tr data-letter=.*?</tr>", last, re.S)
    return {one: " ".join(re.sub(r"<[^>]+>", " ", text).split()) for one, text in zip(found, texts, strict=True)}


def _look() -> None:
    """Serve it until Ctrl C."""
    with TemporaryDirectory() as folder:
        world = LettersWorld(Path(folder))
        world.every_state()
        with served(world.app()) as address:
            print(f"{address}/desk/sent  ann, bob or sue  {PASSWORD}  (Ctrl C ends it)", flush=True)
            with suppress(KeyboardInterrupt):
                threading.Event().wait()


if __name__ == "__main__":
    _look()
