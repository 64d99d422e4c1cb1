"""Runs a program and says what it printed and what it cost.

What: child processes with their CPU time, and with that of all they started and waited for; two at once and how long they took.
Why: benches compare CPU seconds; wall time on a shared machine measures the neighbours.
Refuses: a program that is not there (ProgramMissing), failed or took too long (Failed), rather than timing its failure.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REMSFAX = str(Path(sys.executable).with_name("remsfax"))
PATIENCE = 900.0  # seconds of wall time; a bench that hangs says so and ends


class ProgramMissing(Exception):
    """A program the bench compares with is not installed; the message says how to get it."""


class Failed(Exception):
    """A program ended with an unexpected status, or was ended because it took too long; the message has its last words."""


@dataclass(frozen=True)
class Run:
    """One finished program."""

    cpu_seconds: float  # user and system, of the program and of every child it waited for
    wall_seconds: float
    peak_mib: float  # of the largest of its processes
    stdout: str


def needed(program: str, advice: str) -> None:
    """Raise ProgramMissing with the advice unless the program can be started."""
    if shutil.which(program) is None:
        raise ProgramMissing(f"{program} is not installed: {advice}")


def run(command: Sequence[str], good: Sequence[int] = (0,), threads: int | None = None, patience: float = PATIENCE) -> Run:
    """Run a command to its end. Raises Failed for an exit status that is not among `good`, and after `patience` seconds."""
    environment = dict(os.environ)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # else every start compiles again, which no user's does
    if threads is None:
        for name in ("OMP_THREAD_LIMIT", "OMP_NUM_THREADS"):
            environment.pop(name, None)  # the program's own default, whatever this shell has set
    else:
        environment |= {"OMP_THREAD_LIMIT": str(threads), "OMP_NUM_THREADS": str(threads)}
    late = threading.Event()
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as said:
        started = time.monotonic()
        child = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=printed, stderr=said, env=environment, start_new_session=True
        )

        def end() -> None:
            late.set()
            os.killpg(child.pid, signal.SIGKILL)  # its own session: its children with it

        clock = threading.Timer(patience, end)
        clock.start()
        _, status, used = os.wait4(child.pid, 0)
        clock.cancel()
        wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        text = printed.read().decode(errors="replace")
        said.seek(0)
        words = said.read().decode(errors="replace").strip()[-500:]
    shown = " ".join(command)[:300]
    if late.is_set():
        raise Failed(f"ended after {patience:.0f} s: {shown}\n{words}")
    if child.returncode not in good:
        raise Failed(f"exit status {child.returncode}: {shown}\n{words}")
    return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, text)


def run_at_once(command: Sequence[str], times: int, good: Sequence[int] = (0,)) -> float:
    """Wall seconds until that many of the same command, started together, are all done."""
    results: list[Run | Exception] = []

    def one() -> None:
        try:
            results.append(run(command, good))
        except Failed as failed:
            results.append(failed)

    together = [threading.Thread(target=one) for _ in range(times)]
    started = time.monotonic()
    for thread in together:
        thread.start()
    for thread in together:
        thread.join()
    wall = time.monotonic() - started
    for result in results:
        if isinstance(result, Exception):
            raise result
    return wall


def read_lines(paths: Sequence[Path], known: Path | None = None) -> tuple[list[dict[str, Any]], Run]:
    """The lines of `remsfax read --json` for some files, in their order, and what the one process cost."""
    command = [REMSFAX, "read", *map(str, paths), *(["--known", str(known)] if known else []), "--json"]
    done = run(command, good=(0, 1))
    by_file = {line["file"]: line for line in map(json.loads, done.stdout.splitlines())}
    return [by_file[str(path)] for path in paths], done


def read_faxes(paths: Sequence[Path], known: Path | None = None) -> list[dict[str, Any]]:
    """The lines alone."""
    return read_lines(paths, known)[0]
