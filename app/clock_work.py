"""The clock's work in the service: what is due by time alone becomes letters, once a program day and at every start.

What: `ClockWork.tick`, called by the worker that sweeps, and `run`, which does the work now.
Why: reminders must come though no fax does, and though the service was down on the day (R65, R75, R76).
Refuses: to tell anything twice: what is told is written in the transaction that plans its letter. A crash between two such
transactions leaves the rest to the next run; two jobs at once collide in the database, and the one that lost runs again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.answers import Desk, notices_due
from app.attaching import PRINTED_WITH, with_next_form
from app.database import Database
from app.enclosing import Turnaround, no_turnaround
from app.fax_steps import plan
from app.nudging import Nudges
from app.webhooks.publishing import Told, publish_told
from outbound.notice import Notice, bundles
from registry import clock, clock_storage
from registry.clock import MOST_AT_ONCE, Telling
from registry.moments import program_day

AFTER_TROUBLE = timedelta(minutes=1)
"""How long to wait before the work is tried again when the database did not let it."""

_log = logging.getLogger(__name__)


class ClockWork:
    """Does the work; remembers in memory only what of today's this process has found and not told yet."""

    def __init__(
        self,
        database: Database,
        nudges: Nudges,
        desk: Desk,
        clock: Callable[[], datetime],
        next_form: Turnaround = no_turnaround,
    ) -> None:
        self._database = database
        self._nudges = nudges
        self._desk = desk
        self._clock = clock
        self._next_form = next_form
        self._day: date | None = None  # the program day that was begun
        self._waiting: list[Telling] | None = None  # of that day; None: all told
        self._not_before: datetime | None = None

    def tick(self) -> None:
        """Begin at the first call and then at the first one of each program day; one transaction a call, so that the sweep and a
        signal to stop wait for no more. Never raises for the database: after trouble it begins anew a minute later."""
        now = self._clock()
        if self._not_before is not None and now < self._not_before:
            return
        try:
            if self._day != program_day(now):
                self._day, self._waiting = program_day(now), self._untold(now)
            if self._waiting is not None:
                self._go_on(now)
        except SQLAlchemyError as problem:
            self._day, self._waiting, self._not_before = None, None, now + AFTER_TROUBLE
            _log.warning("the clock's work waits: %s", type(problem).__name__)
        else:
            self._not_before = None

    def run(self, now: datetime) -> list[Telling]:
        """Tell everything that is due at `now` and was not told; what was told. A lost nudge is made up by the sweep."""
        found = self._untold(now)
        told: list[Telling] = []
        for at in range(0, len(found), MOST_AT_ONCE):
            told += self._tell(found[at : at + MOST_AT_ONCE], now)
        self._note_run(now)
        return told

    def _go_on(self, now: datetime) -> None:
        waiting = self._waiting or []
        told = self._tell(waiting[:MOST_AT_ONCE], now)
        self._waiting = waiting[MOST_AT_ONCE:]
        if told:
            _log.info("%d notices became due by time", len(told))
        if not self._waiting:
            self._note_run(now)
            self._waiting = None

    def _untold(self, now: datetime) -> list[Telling]:
        with self._database.reading() as session:
            return clock.untold(session, now)

    def _tell(self, some: Sequence[Telling], now: datetime) -> list[Telling]:
        """What is told, its letters, and the events of those who subscribed, in one transaction."""
        with self._database.writing() as session:
            told = clock.tell(session, some, now)
            letters = bundles(self._with_form(session, one) for one in notices_of(told, self._desk, now))
            nudges = [nudge for letter in letters for nudge in plan(session, list(letter), now)]
            happened = [Told(f"{one.key} {one.notice.kind} {one.notice.to}", one.notice, _reference(now)) for one in told]
            nudges += publish_told(session, happened, now)
        self._nudges.send(nudges)
        return told

    def _with_form(self, session: Session, notice: Notice) -> Notice:
        """A reminder of a status form brings the form, printed for its patient."""
        facts = notice.facts
        if notice.kind not in PRINTED_WITH or not isinstance(facts, Mapping) or not facts.get("patient_id"):
            return notice
        return with_next_form(notice, self._next_form(session, str(facts["patient_id"])))

    def _note_run(self, now: datetime) -> None:
        with self._database.writing() as session:
            clock_storage.note_run(session, now)


def notices_of(tellings: Sequence[Telling], desk: Desk, now: datetime) -> list[Notice]:
    """What is told as outbound's notices, under one reference a program day: one call brings a prescriber all of that day."""
    return [notice for one in tellings for notice in notices_due([one.notice], one.key, _reference(now), desk)]


def _reference(now: datetime) -> str:
    """The reference of what a program day brought."""
    return f"D-{program_day(now):%Y%m%d}"
