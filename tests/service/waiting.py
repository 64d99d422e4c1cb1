"""Waiting for a condition with a deadline: the only way a service test may wait."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def wait_for(what: str, condition: Callable[[], Found], seconds: float = 20.0, every: float = 0.05) -> Found:
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
