"""Whether a step of work may begin: counted before it begins, so that a step that kills its worker is known by its traces.

What: the pure decision over the attempts made so far.
Why: a broker redelivers after a worker is killed, without end and without counting; the row counts.
Refuses: a fourth try after three dead or three failed ones, and a second worker beside a living one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

MAX_DEAD = 3  # attempts that killed their worker before the fax is quarantined
MAX_FAILED = 3  # attempts that ended in an error nobody foresaw
FIRST_PAUSE = timedelta(seconds=2)  # after a failure; doubled with each further one
NO_FAULT_PAUSE = timedelta(seconds=15)  # after the machine was at fault (disk full): such attempts never count


class Outcome(StrEnum):
    """How an attempt ended; one without any ended with its worker."""

    DONE = "done"
    FAILED = "failed"  # an error nobody foresaw
    NO_FAULT = "no_fault"  # the machine was at fault, or the worker was asked to stop


@dataclass(frozen=True)
class Attempt:
    """One try at one step of work for one fax, document or delivery."""

    number: int  # 1-based
    worker: str  # see `app.processes.this_process`
    began_at: datetime  # aware UTC
    ended_at: datetime | None  # None: still at it, or dead
    outcome: Outcome | None
    detail: str  # what went wrong, for the operator


@dataclass(frozen=True)
class Begin:
    """Go ahead as attempt `number`."""

    number: int


@dataclass(frozen=True)
class Wait:
    """Not now: somebody is at it, or the pause after a failure is not over. The sweep comes again."""

    until: datetime | None  # None: until the other worker ends


@dataclass(frozen=True)
class GiveUp:
    """No further try without a person."""

    died: bool  # True: its workers died; False: it failed
    detail: str


def may_begin(attempts: Sequence[Attempt], alive: Callable[[Attempt], bool], now: datetime) -> Begin | Wait | GiveUp:
    """Decide over the attempts of one step, in order of their number."""
    dead = failed = 0
    for one in attempts:
        if one.ended_at is None:
            if alive(one):
                return Wait(None)
            dead += 1
        elif one.outcome is Outcome.FAILED:
            failed += 1
    if dead >= MAX_DEAD:
        return GiveUp(died=True, detail=f"the worker died {dead} times")
    if failed >= MAX_FAILED:
        return GiveUp(died=False, detail=attempts[-1].detail)
    if attempts and attempts[-1].ended_at is not None:
        last = attempts[-1]
        assert last.ended_at is not None
        pause = {Outcome.FAILED: FIRST_PAUSE * 2 ** max(failed - 1, 0), Outcome.NO_FAULT: NO_FAULT_PAUSE}.get(
            last.outcome or Outcome.DONE, timedelta()
        )
        if now < last.ended_at + pause:
            return Wait(last.ended_at + pause)
    return Begin((attempts[-1].number if attempts else 0) + 1)
