"""One step of work: load, decide, store, with its attempt counted before and the next ones nudged after.

What: the shape of a step and the runner every actor calls.
Why: the same care for every stage in one place: a killed worker is known by its open attempt, an unforeseen error has its pause
and its end, and no session stays open while the work itself runs.
Refuses: to raise. This is the worker's edge: the broad `except`s stand here, and what they catch is written to the row.
"""

from __future__ import annotations

import errno
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app import storage
from app.attempts import Attempt, Begin, GiveUp, Outcome, Wait, may_begin
from app.case_flow import IllegalTransition, Stage
from app.database import Database
from app.nudging import Nudge, Nudges
from app.processes import is_alive
from intake.errors import Disposition, UnreadableFax
from intake.fax_lifecycle import IllegalFaxTransition

_log = logging.getLogger(__name__)

NO_FAULT_ERRNO = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EMFILE, errno.ENFILE, errno.ENOMEM})
"""The machine is at fault, not the fax: full or failing disk, no memory, no file handles."""


@dataclass(frozen=True)
class Step:
    """A stage of work on one subject."""

    load: Callable[[Session, str], Any]
    """In a transaction: what the work needs; None if the subject is not in the state for it (then nothing happens)."""
    work: Callable[[Any], Any]
    """Without a session: the long part. May raise UnreadableFax."""
    store: Callable[[Session, Any, Any, datetime], Sequence[Nudge]]
    """In a transaction, from what was loaded and what came of it: changes the rows, and says what is due next."""
    give_up: Callable[[Session, str, Exception | GiveUp, datetime], Sequence[Nudge]]
    """In a transaction: the subject cannot go on; UnreadableFax if the file is the reason."""


@dataclass(frozen=True)
class Runner:
    """Runs steps for one worker process."""

    database: Database
    nudges: Nudges
    steps: Mapping[Stage, Step]
    worker: str  # see `processes.this_process`
    clock: Callable[[], datetime]  # aware UTC
    longest: timedelta  # an attempt older than this is not alive, whatever its process does

    def run(self, stage: Stage, subject: str) -> None:
        """Do the step if it is due, alone, and not tried too often."""
        try:
            self._attempt(stage, subject)
        except Exception:  # noqa: BLE001 - the edge: what could not even be written down must not end the worker; the sweep comes again
            _log.exception("%s %s could not be tried", stage.value, subject)

    def _attempt(self, stage: Stage, subject: str) -> None:
        step = self.steps[stage]
        with self.database.writing() as session:
            loaded = step.load(session, subject)
            if loaded is None:
                return
            decision = may_begin(storage.attempts(session, stage, subject), self._alive, self.clock())
            if isinstance(decision, Wait):
                return
            following: Sequence[Nudge] = ()
            if isinstance(decision, GiveUp):
                _log.warning("%s %s is given up: %s", stage.value, subject, decision.detail)
                following = step.give_up(session, subject, decision, self.clock())
            else:
                number = storage.begin_attempt(session, stage, subject, self.worker, self.clock())
        if isinstance(decision, Begin):
            following = self._work(step, stage, subject, number, loaded)
        self.nudges.send(following)

    def _work(self, step: Step, stage: Stage, subject: str, number: int, loaded: Any) -> Sequence[Nudge]:
        try:
            result = step.work(loaded)
            with self.database.writing() as session:
                following = step.store(session, loaded, result, self.clock())
                storage.end_attempt(session, stage, subject, number, Outcome.DONE, self.clock())
        except (IllegalTransition, IllegalFaxTransition) as problem:  # somebody else was faster; their result stands
            return self._end(stage, subject, number, Outcome.DONE, str(problem))
        except UnreadableFax as problem:
            if problem.disposition is Disposition.RETRY:
                return self._end(stage, subject, number, Outcome.NO_FAULT, problem.detail)
            _log.warning("%s %s is given up: %s", stage.value, subject, problem.detail)
            with self.database.writing() as session:
                following = step.give_up(session, subject, problem, self.clock())
                storage.end_attempt(session, stage, subject, number, Outcome.DONE, self.clock(), problem.detail)
        except Exception as problem:  # noqa: BLE001 - the edge: any error of any stage is written to its row, which decides
            _log.exception("%s %s failed", stage.value, subject)
            outcome = Outcome.NO_FAULT if _machine_at_fault(problem) else Outcome.FAILED
            return self._end(stage, subject, number, outcome, f"{type(problem).__name__}: {problem}")
        return following

    def _end(self, stage: Stage, subject: str, number: int, outcome: Outcome, detail: str) -> Sequence[Nudge]:
        with self.database.writing() as session:
            storage.end_attempt(session, stage, subject, number, outcome, self.clock(), detail)
        return ()

    def _alive(self, attempt: Attempt) -> bool:
        """A process does one job at a time, so an open attempt of our own is one whose end could not be written."""
        if attempt.worker == self.worker or self.clock() > attempt.began_at + self.longest:
            return False
        return is_alive(attempt.worker) is not False


def _machine_at_fault(problem: Exception) -> bool:
    if isinstance(problem, OSError):
        return problem.errno in NO_FAULT_ERRNO
    return isinstance(problem, MemoryError | OperationalError)


def nothing_long(_: Any) -> None:
    """The work of a step that only decides."""
