"""Keep the parts of the service running: start them, restart what dies, stop them all.

What: child processes with a name each, restarted with a growing pause, and a stop that leaves no child behind.
Why: one command runs everything on one machine; the parts stay plain processes that a real init system can run instead.
Refuses: to do any work itself: it is single-threaded and knows no fax, so nothing here can hang on one.

Every child is tied to this process by the kernel (`app.processes.dying_with_parent`), so `kill -9` leaves none either.
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from app.processes import dying_with_parent

FIRST_PAUSE = 0.5  # seconds before a part that died is started again; doubled each time
LONGEST_PAUSE = 30.0
STEADY_AFTER = 30.0  # a part that ran so long begins again with the first pause
PATIENCE = 15.0  # for a clean end; then it is killed
TICK = 0.5  # how often pauses and readiness are looked at, in seconds

_HEARD = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD})
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Part:
    """One process of the service."""

    name: str  # for the log
    command: Callable[[], Sequence[str]]  # asked for anew at each start
    pass_fds: tuple[int, ...] = ()  # open files it inherits, such as the listening socket
    last: bool = False  # stopped after all others: the broker
    after_failures: Callable[[], None] | None = None  # called when it died three times in a row soon after its start


@dataclass
class _Running:
    """A part and what became of it so far."""

    part: Part
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0  # monotonic seconds
    start_at: float = 0.0  # when it is to be started next
    quick_deaths: int = field(default=0)  # in a row

    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None


class Supervisor:
    """Runs parts until a signal says stop. Create and run it in the main thread of a process without other threads."""

    def __init__(self, parts: Sequence[Part], environment: dict[str, str] | None = None) -> None:
        self._running = [_Running(part) for part in parts]
        self._environment = environment
        self._tie = dying_with_parent()

    def run(self, each_tick: Callable[[], None] = lambda: None) -> None:
        """Start everything, look after it, and return after SIGTERM, SIGINT or SIGHUP once nothing is left."""
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _HEARD)
        try:
            while not self._told_to_stop():
                self._look_after()
                each_tick()
        finally:
            self._stop_all()
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _told_to_stop(self) -> bool:
        """Wait for a signal at most one tick; a child's death only wakes."""
        if not any(one.process for one in self._running):
            return False  # nothing started yet: do not wait before the first round
        heard = signal.sigtimedwait(_HEARD, TICK)
        return heard is not None and heard.si_signo != signal.SIGCHLD

    def _look_after(self) -> None:
        now = time.monotonic()
        for one in self._running:
            if one.alive():
                continue
            if one.process is not None:
                self._note_death(one, now)
            if now >= one.start_at:
                self._start(one, now)

    def _note_death(self, one: _Running, now: float) -> None:
        assert one.process is not None
        _sweep_group(one.process.pid)
        lived = now - one.started
        one.quick_deaths = 0 if lived >= STEADY_AFTER else one.quick_deaths + 1
        pause = min(FIRST_PAUSE * 2 ** max(one.quick_deaths - 1, 0), LONGEST_PAUSE)
        one.start_at = now + pause
        _log.warning(
            "%s ended with status %s after %.1f s; starting again in %.1f s", one.part.name, one.process.returncode, lived, pause
        )
        one.process = None
        if one.quick_deaths >= 3 and one.part.after_failures is not None:
            one.part.after_failures()

    def _start(self, one: _Running, now: float) -> None:
        tie = self._tie

        def in_child() -> None:
            tie()
            signal.pthread_sigmask(signal.SIG_SETMASK, ())  # ours are blocked, and masks are inherited

        one.process = subprocess.Popen(
            one.part.command(),
            stdin=subprocess.DEVNULL,
            env=self._environment,
            pass_fds=one.part.pass_fds,
            start_new_session=True,  # Ctrl-C reaches us alone, and a dead part's own children can be found
            preexec_fn=in_child,
        )
        one.started = now
        _log.debug("%s started as process %d", one.part.name, one.process.pid)

    def _stop_all(self) -> None:
        """Ask, wait, insist; the parts marked `last` after all others."""
        for last in (False, True):
            these = [one for one in self._running if one.part.last is last and one.process is not None]
            for one in these:
                if one.alive():
                    assert one.process is not None
                    one.process.terminate()
            deadline = time.monotonic() + PATIENCE
            for one in these:
                assert one.process is not None
                try:
                    one.process.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    _log.warning("%s did not end within %.0f s and is killed", one.part.name, PATIENCE)
                    one.process.kill()
                    one.process.wait()
                _sweep_group(one.process.pid)


def _sweep_group(pid: int) -> None:
    """End what a dead part has left of its own children, such as a page decoder."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
