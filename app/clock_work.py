"""The clock's work in the service: what is due by time alone becomes letters, once a program day and at every start.

What: `ClockWork.tick`, called by the worker that sweeps, and `run`, which does the work now.
Why: reminders must come though no fax does, and though the service was down on the day (R65, R75, R76).
Refuses: to tell anything twice: what is told is written in the transaction that plans its letter. A crash between two such
transactions leaves the rest to the next run; two jobs at once collide in the database, and the one that lost runs again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from app.answers import Desk
from app.database import Database
from app.fax_steps import plan
from app.nudging import Nudge, Nudges
from outbound.notice import Notice, bundles, notice_key
from outbound.recipients import notice_recipient
from registry import clock, clock_storage
from registry.clock import MOST_AT_ONCE, Telling
from registry.moments import program_day

AFTER_TROUBLE = timedelta(minutes=1)
"""How long to wait before the work is tried again when the database did not let it."""

_log = logging.getLogger(__name__)


class ClockWork:
    """Does the work; remembers in memory only that this process has done today's."""

    def __init__(self, database: Database, nudges: Nudges, desk: Desk, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._nudges = nudges
        self._desk = desk
        self._clock = clock
        self._done_on: date | None = None
        self._not_before: datetime | None = None

    def tick(self) -> None:
        """Run at the first call and then at the first one of each program day; after trouble again a minute later. Never raises
        for the database: the sweep in the same process must go on."""
        now = self._clock()
        if self._done_on == program_day(now) or (self._not_before is not None and now < self._not_before):
            return
        try:
            told = self.run(now)
        except SQLAlchemyError as problem:
            self._not_before = now + AFTER_TROUBLE
            _log.warning("the clock's work waits: %s", type(problem).__name__)
            return
        self._done_on, self._not_before = program_day(now), None
        if told:
            _log.info("%d notices became due by time", len(told))

    def run(self, now: datetime) -> list[Telling]:
        """Tell everything that is due at `now` and was not told; what was told. A lost nudge is made up by the sweep."""
        with self._database.reading() as session:
            found = clock.untold(session, now)
        told: list[Telling] = []
        for at in range(0, len(found), MOST_AT_ONCE):
            with self._database.writing() as session:
                some = clock.tell(session, found[at : at + MOST_AT_ONCE], now)
                letters = bundles(notices_of(some, self._desk, now))
                nudges: Sequence[Nudge] = [nudge for letter in letters for nudge in plan(session, list(letter), now)]
            self._nudges.send(nudges)
            told += some
        with self._database.writing() as session:
            clock_storage.note_run(session, now)
        return told


def notices_of(tellings: Sequence[Telling], desk: Desk, now: datetime) -> list[Notice]:
    """What is told as outbound's notices, under one reference a program day: one call brings a prescriber all of that day."""
    reference = f"D-{program_day(now):%Y%m%d}"
    return [
        Notice(
            notice_key(one.key, one.notice.kind, one.notice.to),
            one.notice.kind,
            notice_recipient(one.notice, ours=desk.fax, contact_centre=desk.contact_centre_fax),
            reference,
            dict(one.notice.facts),
        )
        for one in tellings
    ]
