"""24 lines, a clock, letters in the rows: whether a line idles while a letter it may bring waits, by the program itself.

What: `a_day` lets `outbound.sending` bring letters through the real storage (SQLite in memory) to a gateway whose calls last as
long as calls do. At every moment, when everything that is due was done, it is looked for: fewer calls than lines while the head
of a number waits. The pure rules alone are shown by tests/outbound/lines_in_use.py; here are rows, turns and looks as well.
Refuses: to sleep; time is what the rows say comes next.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import create_engine
from sqlalchemy.orm import sessionmaker
from sqlalchemy.pool import StaticPool

from outbound import storage
from outbound.calling import CallingRules
from outbound.delivery import DeliveryId, DeliveryState
from outbound.gateway import Cause, Delivered, FaxJob, InProgress, JobMark, NotSent, NotTaken, Outcome
from outbound.hours import hours_from
from outbound.notice import Recipient, Role
from outbound.sending import send
from tests.outbound.letters_for_tests import US, notice_of_kind
from tests.outbound.lines_in_use import AREAS, BEGIN
from tests.outbound.misbehaving import listing, next_moment

LINES = 24


@dataclass
class LinesOfAClock:
    """A gateway whose calls take 25 to 75 seconds of its clock; one in seven machines is often busy."""

    dice: random.Random
    now: datetime = BEGIN
    ends: dict[str, tuple[datetime, Outcome]] = field(default_factory=dict)  # by tag: when a call is over, and with what
    most: int = 0  # calls at the same time
    late: timedelta = timedelta()  # from the ends of calls to when somebody asked
    busy: timedelta = timedelta()

    def submit(self, job: FaxJob) -> Outcome:
        """A call begins."""
        lasts = timedelta(seconds=25 + 50 * self.dice.random())
        fails = int(job.fax[-2:]) % 7 == 0 and self.dice.random() < 0.5
        found = NotSent(Cause.BUSY) if fails else Delivered(job.mark.tag, job.pages)
        self.ends[job.mark.tag] = self.now + (timedelta(seconds=12) if fails else lasts), found
        self.busy += self.ends[job.mark.tag][0] - self.now
        self.most = max(self.most, sum(end > self.now for end, _ in self.ends.values()))
        return InProgress(job.mark.tag)

    def find(self, mark: JobMark) -> Outcome:
        """Whether it is over."""
        if mark.tag not in self.ends:
            return NotTaken()
        end, found = self.ends[mark.tag]
        if end > self.now:
            return InProgress(mark.tag)
        self.late += self.now - end
        return found


@dataclass(frozen=True)
class Found:
    """What a day came to."""

    letters: int
    delivered: int
    calls: int
    most: int  # calls at the same time
    moments: int  # at which it was looked
    idle: int  # of these, moments at which a line idled while a letter might go
    late: float  # seconds from the end of a call until its line was free again in our book, the mean


def a_day(letters: int, seed: int = 1, numbers: int = 400, within: timedelta = timedelta(hours=1)) -> Found:
    """So many letters to so many numbers in several zones, of which one in twenty is a safety letter; until all rest."""
    dice = random.Random(seed)
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    storage.Base.metadata.create_all(engine)
    factory, lines = sessionmaker(engine), LinesOfAClock(dice)
    rules = CallingRules(hours=hours_from("07:00-21:00"), lines=LINES, calls_a_day=letters * 9 // 10, calls_a_day_to_one_number=4)
    faxes = [f"{dice.choice(AREAS)}555{place:04}" for place in range(numbers)]
    with factory.begin() as session:
        for place in range(letters):
            fax = dice.choice(faxes)
            kind = "neutropenia_severe" if dice.random() < 0.05 else "anc_recorded"
            notice = notice_of_kind(kind, Recipient(Role.PRESCRIBER, f"Doctor {fax}", fax), occasion=f"S{place}")
            at = BEGIN + within * dice.random()
            storage.plan_delivery(session, [notice], DeliveryId(f"d{place}"), at)
    moments = idle = 0
    while True:
        while True:
            with factory() as session:
                due = storage.due(session, lines.now, lines=LINES)
            if not due:
                break
            for one in due:
                send(factory, one, lines, lines.now, sender=US, rules=rules, draw=listing)
        with factory() as session:
            counted = storage.counts(session)
            moments += 1
            idle += storage.calls_under_way(session) < LINES and bool(storage.heads(session, lines.now, 1))
        if not counted[DeliveryState.DUE] and not counted[DeliveryState.SENDING]:
            break
        lines.now = next_moment(factory, lines.now)
    calls = len(lines.ends)
    return Found(letters, counted[DeliveryState.DELIVERED], calls, lines.most, moments, idle, lines.late.total_seconds() / calls)
