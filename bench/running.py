"""Runs a program and says what it printed and what it cost.

What: child processes with their CPU time, and with that of all they started and waited for.
Why: benches compare CPU seconds; wall time on a shared machine measures the neighbours.
Refuses: a program that is not there or failed (CalledProcessError, FileNotFoundError), rather than timing its failure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

REMSFAX = str(Path(sys.executable).with_name("remsfax"))


@dataclass(frozen=True)
class Run:
    """One finished program."""

    cpu_seconds: float  # user and system, of the program and of every child it waited for
    wall_seconds: float
    peak_mib: float  # of the largest of its processes
    stdout: str


def run(command: Sequence[str], good: Sequence[int] = (0,), threads: int | None = None) -> Run:
    """Run a command to its end. Raises CalledProcessError for an exit status that is not among `good`."""
    environment = dict(os.environ)
    if threads is not None:
        environment |= {"OMP_THREAD_LIMIT": str(threads), "OMP_NUM_THREADS": str(threads)}
    with tempfile.TemporaryFile() as printed:
        started = time.monotonic()
        child = subprocess.Popen(command, stdout=printed, stderr=subprocess.DEVNULL, env=environment)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - started
        child.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        text = printed.read().decode()
    if child.returncode not in good:
        raise subprocess.CalledProcessError(child.returncode, list(command), text)
    return Run(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, text)


def read_faxes(paths: Sequence[Path], known: Path | None = None) -> list[dict[str, Any]]:
    """The lines of `remsfax read --json` for some files, in their order."""
    command = [REMSFAX, "read", *map(str, paths), *(["--known", str(known)] if known else []), "--json"]
    by_file = {line["file"]: line for line in map(json.loads, run(command, good=(0, 1)).stdout.splitlines())}
    return [by_file[str(path)] for path in paths]
