"""A fax server that misbehaves by seed, kept in a folder so that it survives whoever asks it; and what really went out.

It answers late, or never; it forgets a job before it called, or after; it hangs up while it takes a job; it says "done" with
pages missing; it answers what was true a moment ago. It also tells unasked, as a service on the web calls back: of any job, of
the same one again and again, an older word after a newer one, of an attempt that was followed by another long ago. Under each tag
it notes how often a job was taken: twice is our fault, not its.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from outbound import calls_storage, storage
from outbound.calling import CallingRules
from outbound.delivery import DeliveryId, DeliveryState
from outbound.fax_pages import FaxPages
from outbound.gateway import Cause, Delivered, FaxJob, InProgress, JobMark, NotSent, NotTaken, Outcome, Unknown, Unreachable
from outbound.letters import Letter
from outbound.notice import Recipient, Role
from outbound.retrying import RetryPolicy
from outbound.sending import send, settle
from outbound.tables import DeliveryRow
from tests.outbound.gateways import ProcessDied
from tests.outbound.letters_for_tests import US, notice_of_kind

FATES = {
    "arrives": 40, "busy": 12, "no answer": 8, "no carrier": 3, "protocol": 5, "lost before the call": 6,
    "lost after the call": 5, "half of it": 4, "receipt lost": 5, "never ends": 3, "late": 9,
}  # fmt: skip
"""What becomes of a job, and how often."""
WENT_OUT = {"arrives", "lost after the call", "half of it", "receipt lost", "never ends", "late"}
"""Fates in which pages are on the line."""


IN_A_HURRY = RetryPolicy(look_every=timedelta(minutes=20), in_progress_at_most=timedelta(hours=2))
"""Asks less often than in life, so that a job that never ends does in a moment."""


def listing(letter: Letter) -> FaxPages:
    """The references of a call's letters in place of its pages; a real drawing is not the question here."""
    return FaxPages(", ".join(letter.references).encode(), 2)


@dataclass
class MisbehavingServer:
    """A gateway over a folder; the same seed gives the same misfortunes."""

    folder: Path
    seed: int
    dying: Callable[[str], None] = field(default=lambda where: None)

    def submit(self, job: FaxJob) -> Outcome:
        self.dying("before the gateway has it")
        dice = self._dice(job.mark.tag)
        if dice.random() < 0.05:
            return NotSent(Cause.GATEWAY_DOWN, "connection refused")
        fate = dice.choices(list(FATES), list(FATES.values()))[0]
        told = {"tag": job.mark.tag, "fate": fate, "letters": job.tiff.decode().split(", "), "pages": job.pages}
        line = os.open(self.folder / "jobs", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        os.write(line, (json.dumps(told) + "\n").encode())
        os.close(line)
        self.dying("after the gateway has it")
        if dice.random() < 0.1:
            return Unreachable("the server hung up while it took the letter")
        if dice.random() < 0.3:
            return self._word(told, asked=99)
        return InProgress(job.mark.tag)

    def find(self, mark: JobMark) -> Outcome:
        self.dying("before the question")
        told = next((one for one in self.jobs() if one["tag"] == mark.tag), None)
        asked = self._asked(mark.tag)
        dice = self._dice(f"{mark.tag}/{asked}")
        if dice.random() < 0.15:
            return Unreachable("no connection")
        if told is None:
            return NotTaken()
        if dice.random() < 0.1 and told["fate"] != "lost before the call":
            return InProgress(mark.tag)  # what was true a moment ago
        return self._word(told, asked)

    def unasked(self) -> list[tuple[str, Outcome]]:
        """What it tells by itself at this moment, by tag: words that are true, or once were."""
        jobs = [one for one in self.jobs() if one["fate"] != "lost before the call"]
        dice = self._dice(f"unasked/{self._asked('nothing')}")
        told = dice.choices(jobs, k=dice.choice((0, 0, 0, 1, 3))) if jobs else []
        return [(one["tag"], self._word(one, asked=dice.randrange(6))) for one in told]

    def jobs(self) -> list[dict[str, Any]]:
        """Every job that was taken, in order."""
        path = self.folder / "jobs"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def _word(self, told: dict[str, Any], asked: int) -> Outcome:
        tag, pages = told["tag"], told["pages"]
        match told["fate"]:
            case "late" if asked < 4:
                return InProgress(tag)
            case "arrives" | "late":
                return Delivered(tag, pages, {"far machine": "A CLINIC", "rate": "14400 bit/s", "log": "000000007"})
            case "busy":
                return NotSent(Cause.BUSY)
            case "no answer":
                return NotSent(Cause.NO_ANSWER)
            case "no carrier":
                return NotSent(Cause.NO_CARRIER)
            case "protocol":
                return NotSent(Cause.PROTOCOL)
            case "lost before the call":
                return NotTaken()
            case "lost after the call":
                return Unknown("the server took it and knows nothing of it any more")
            case "half of it":
                return Delivered(tag, pages - 1)
            case "receipt lost":
                return Unknown("no response to the end of page 2")
        return InProgress(tag)  # never ends

    def _asked(self, tag: str) -> int:
        path = self.folder / f"asked-{tag}"
        with path.open("ab") as counted:  # a byte a question: whole, wherever the process is killed
            asked = counted.tell()
            counted.write(b".")
        return asked

    def _dice(self, of: str) -> random.Random:
        return random.Random(f"{self.seed}/{of}")


@dataclass(frozen=True)
class Found:
    """What a run came to."""

    letters: int
    delivered: int
    uncertain: int
    given_up: int
    calls: int  # that put pages on the line
    faults: tuple[str, ...]  # what must not be


def plan_letters(factory: sessionmaker[Session], seed: int, letters: int, numbers: int, at: datetime) -> None:
    """Letters to a few recipients, two at one of the machines; one in six is a safety letter."""
    dice = random.Random(seed)
    with factory.begin() as session:
        for place in range(letters):
            which = dice.randrange(numbers)
            recipient = Recipient(Role.PRESCRIBER, f"Doctor {which}", f"20255501{30 + which // 2}")
            kind = "neutropenia_severe" if dice.random() < 0.17 else "anc_recorded"
            notice = notice_of_kind(kind, recipient, occasion=f"S{place}")
            given = type(notice)(notice.key, kind, recipient, f"R-20261123-{place:04}", notice.facts)
            storage.plan_delivery(session, [given], DeliveryId(f"d{place}"), at)


def step(factory: Any, server: MisbehavingServer, now: datetime, rules: CallingRules) -> bool:
    """What the sweep and the sender do once; False where nothing was due."""
    with factory() as session:
        due = storage.due(session, now, lines=rules.lines)
    for one in due:
        send(factory, one, server, now, sender=US, rules=rules, policy=IN_A_HURRY, draw=listing)
    for tag, word in server.unasked() if due else ():
        settle(factory, tag, word, now, IN_A_HURRY, rules)
    return bool(due)


def at_rest(factory: Any) -> bool:
    """Whether no letter goes on by itself."""
    with factory() as session:
        counted = storage.counts(session)
    return not counted[DeliveryState.DUE] and not counted[DeliveryState.SENDING]


def next_moment(factory: Any, now: datetime) -> datetime:
    """When something is due next, at least a second later; what waits for a line or a number is due when that is free."""
    states = (DeliveryState.DUE.value, DeliveryState.SENDING.value)
    with factory() as session:
        wanted = select(func.min(DeliveryRow.next_look_at)).where(DeliveryRow.state.in_(states), DeliveryRow.next_look_at > now)
        found = session.scalar(wanted)
    return max(found or now, now + timedelta(seconds=1))


def judge(factory: sessionmaker[Session], server: MisbehavingServer) -> Found:
    """Whether anything was lost, sent twice, or claimed without proof."""
    out: dict[str, int] = {}
    arrived: set[str] = set()
    tags: list[str] = []
    for job in server.jobs():
        tags.append(job["tag"])
        for letter in job["letters"]:
            out[letter] = out.get(letter, 0) + (job["fate"] in WENT_OUT)
            if job["fate"] in ("arrives", "late", "lost after the call", "receipt lost"):
                arrived.add(letter)
    faults = [f"{tag} was taken {tags.count(tag)} times" for tag in sorted(set(tags)) if tags.count(tag) > 1]
    counted = dict.fromkeys(DeliveryState, 0)
    with factory() as session:
        for state in DeliveryState:
            for one in storage.in_state(session, state):
                counted[state] += 1
                sent = out.get(one.reference, 0)
                attempts = calls_storage.attempts(session, one.delivery_id)
                if sent > 1:
                    faults.append(f"{one.letter} went out {sent} times and is {state}")
                if state is DeliveryState.DELIVERED and one.reference not in arrived:
                    faults.append(f"{one.letter} is delivered, but never arrived")
                if state is DeliveryState.DELIVERED and not (attempts[-1].pages_confirmed == attempts[-1].pages > 0):
                    faults.append(f"{one.letter} is delivered without evidence")
                if state is DeliveryState.ABANDONED and sent:
                    faults.append(f"{one.letter} was given up, but went out")
                if state in (DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.NO_ADDRESS):
                    faults.append(f"{one.letter} is lost: it stands {state}")
    return Found(
        sum(counted.values()),
        counted[DeliveryState.DELIVERED],
        counted[DeliveryState.UNCERTAIN],
        counted[DeliveryState.ABANDONED] + counted[DeliveryState.HELD],
        sum(job["fate"] in WENT_OUT for job in server.jobs()),
        tuple(faults),
    )


class MortalSessions:
    """A session factory in a process that may die before, in and after every transaction."""

    def __init__(self, factory: sessionmaker[Session], dying: Callable[[str], None]) -> None:
        self._factory, self._dying = factory, dying

    def __call__(self) -> Session:
        return self._factory()

    @contextmanager
    def begin(self) -> Iterator[Session]:
        self._dying("before a transaction")
        with self._factory.begin() as session:
            yield session
            self._dying("before a commit")
        self._dying("after a commit")


@dataclass
class Death:
    """Dies at the chosen step, counted from 1, once; 0 never."""

    at: int = 0
    steps: int = 0

    def __call__(self, where: str) -> None:
        self.steps += 1
        if self.steps == self.at:
            raise ProcessDied(where)
