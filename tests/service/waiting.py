"""Waiting for a condition with a deadline: the only way a service test may wait.

What: `wait_for` looks at any condition again and again; `next_line` and `still_running` let the kernel wake them.
Why: a test that sleeps is either slow or wrong; one that waits for the thing itself is as fast as the thing.
Refuses: to wait without an end.
"""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable, Iterable
from typing import IO, TypeVar

Found = TypeVar("Found")


def wait_for(what: str, condition: Callable[[], Found], seconds: float = 60.0, every: float = 0.05) -> Found:
    """What `condition` returns, as soon as it is true; AssertionError naming `what` after `seconds`."""
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what}")
        pause.wait(every)


def next_line(pipe: IO[bytes], seconds: float = 20.0) -> str:
    """The next line a process writes into an unbuffered `pipe`, without its end; "" once nobody holds its other end.

    AssertionError after `seconds` without a whole line.
    """
    deadline = time.monotonic() + seconds
    line = b""
    while not line.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([pipe], [], [], left)[0]:
            raise AssertionError(f"no line within {seconds:g} s, only {line!r}")
        byte = os.read(pipe.fileno(), 1)
        if not byte:
            break
        line += byte
    return line.decode().rstrip("\n")


def still_running(pids: Iterable[int], seconds: float = 20.0) -> set[int]:
    """Those of the processes that have not ended after `seconds`; returns at once when the last one has. A zombie has ended."""
    deadline = time.monotonic() + seconds
    running: dict[int, int] = {}
    try:
        for pid in pids:
            try:
                running[os.pidfd_open(pid)] = pid
            except ProcessLookupError:
                continue  # ended, and somebody has asked for its status
        while running:
            ended = select.select(list(running), [], [], max(0.0, deadline - time.monotonic()))[0]
            if not ended:
                break
            for handle in ended:
                os.close(handle)
                del running[handle]
        return set(running.values())
    finally:
        for handle in running:
            os.close(handle)
