"""Which process did this, is it still there, and how a child never outlives its parent.

What: a process's name that no later process can have, a check whether it lives, and the Linux parent-death signal.
Why: an attempt whose worker was killed must be told from one that is merely slow, within seconds and without guessing;
and `remsfax up` killed with -9 must leave nothing running.
Refuses: to guess about other machines: their workers count as alive until the time limit says otherwise.
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
from collections.abc import Callable

import psutil

_PR_SET_PDEATHSIG = 1


def this_process() -> str:
    """`host/pid/start`, the start in milliseconds since the epoch: a reused pid is another process."""
    return f"{socket.gethostname()}/{os.getpid()}/{int(psutil.Process().create_time() * 1000)}"


def is_alive(process: str) -> bool | None:
    """Whether the process of that name runs; None if it ran on another machine and cannot be told."""
    host, pid, start = process.rsplit("/", 2)
    if host != socket.gethostname():
        return None
    try:
        found = psutil.Process(int(pid))
        return int(found.create_time() * 1000) == int(start) and found.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def dying_with_parent() -> Callable[[], None]:
    """A `preexec_fn` for Popen: the child is killed the moment this process ends, however it ends.

    Call it from the main thread of a process that starts children from its main thread only: the kernel ties the signal to
    the thread that forked.
    """
    parent = os.getpid()
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def in_child() -> None:
        prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:  # it died between fork and here
            os._exit(1)

    return in_child
