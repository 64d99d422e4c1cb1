"""The dramatiq actors: one per stage, each a thin wrapper that takes an id and runs the step.

What: the actors of a broker, and the worker process that runs them, one job at a time.
Why: only this file, `nudging` and `broker` know dramatiq; the steps are plain functions that any test can call.
Refuses: to let an error out of an actor: dramatiq would drop the message silently. What a step could not foresee is written to
its attempt's row (`app.running`), and the row decides whether there is another try.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Collection

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from app.case_flow import Stage
from app.nudging import QUEUE_OF

POLL_MS = 200  # how often an idle worker looks into its queues; the longest a nudge waits for an idle worker
STOP_PATIENCE_MS = 10_000  # how long the job in hand may go on after the signal to stop
TICK = 1.0  # seconds between two looks at the clock

_log = logging.getLogger(__name__)


class JobWatch:
    """What the one worker thread is at, so that a job that hangs is noticed from outside it."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._what = ""

    def begin(self, what: str) -> None:
        """A job begins."""
        self._what, self._since = what, time.monotonic()

    def end(self) -> None:
        """It ended."""
        self._since = None

    def busy_for(self) -> tuple[str, float]:
        """The job in hand and its age in seconds; ("", 0.0) when idle."""
        since = self._since
        return ("", 0.0) if since is None else (self._what, time.monotonic() - since)


def work(
    broker: RedisBroker,
    run: Callable[[Stage, str], None],
    queues: Collection[str],
    *,
    limit_seconds: float,
    each_tick: Callable[[], None] = lambda: None,
) -> None:
    """Run jobs of these queues one at a time until SIGTERM or SIGINT; call from the main thread.

    `run` does one step and never raises. `each_tick` is called about once a second from the main thread (the sweep). A job that
    is older than `limit_seconds` is taken for hung: the process kills itself, and its attempt counts as dead.
    """
    watch = JobWatch()
    for stage, queue in QUEUE_OF.items():
        if queue in queues:
            dramatiq.actor(actor_name=stage.value, queue_name=queue, broker=broker)(_actor(stage, run, watch))
    worker = dramatiq.Worker(broker, queues=set(queues), worker_timeout=POLL_MS, worker_threads=1)
    worker.queue_prefetch = 1  # no job waits behind another in this process while a second one is idle
    stop = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stop.set())
    worker.start()
    while not stop.wait(TICK):
        what, age = watch.busy_for()
        if age > limit_seconds:
            _log.error("%s hangs since %.0f s; this worker ends itself", what, age)
            os.kill(os.getpid(), signal.SIGKILL)
        each_tick()
    worker.stop(timeout=STOP_PATIENCE_MS)


def _actor(stage: Stage, run: Callable[[Stage, str], None], watch: JobWatch) -> Callable[[str], None]:
    def step(subject: str) -> None:
        watch.begin(f"{stage.value} {subject}")
        try:
            run(stage, subject)
        finally:
            watch.end()

    return step
