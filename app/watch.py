"""The watcher: from files in the inbox to faxes with a row, each once.

What: looks at the inbox when something happens in it and every 30 s besides, takes what is settled, stores its row, nudges the
first reader.
Why: file events get lost (full queues, network drives), so they only make the watcher faster; the rescan makes it right.
Refuses: to trust an event: what may be taken is decided by looking.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import watchfiles
from watchfiles._rust_notify import WatchfilesRustInternalError

from app.taking import Taking
from intake.errors import UnreadableFax

TICK_MS = 250  # the longest it takes to see that a file has become still
DEBOUNCE_MS = 50  # events this close together wake us once
PAUSE_AFTER_TROUBLE = 5.0  # seconds until something that had to stay, such as on a full disk, is tried again

_log = logging.getLogger(__name__)


def watch(taking: Taking, inbox: Path, clock: Callable[[], datetime], rescan: timedelta, stop: threading.Event) -> None:
    """Run until `stop` is set."""
    taking.recall(clock())
    look_at = 0.0
    for happened in _events(inbox, stop):
        if stop.is_set():
            return
        if not happened and time.monotonic() < look_at:
            continue
        try:
            went_well = taking.take_all(clock())
            due = taking.next_due(clock())
        except UnreadableFax as problem:  # the inbox itself cannot be read
            _log.error("%s", problem.detail)
            went_well, due = False, None
        soonest = rescan if due is None else min(due, rescan)
        look_at = time.monotonic() + (soonest.total_seconds() if went_well else PAUSE_AFTER_TROUBLE)


def _events(inbox: Path, stop: threading.Event) -> Iterator[bool]:
    """True when something happened in the inbox, False about four times a second otherwise."""
    while not stop.is_set():
        yield True  # what happened while nobody watched
        try:
            for changes in watchfiles.watch(
                inbox,
                watch_filter=None,
                debounce=DEBOUNCE_MS,
                step=DEBOUNCE_MS,
                stop_event=stop,
                rust_timeout=TICK_MS,
                yield_on_timeout=True,
                recursive=False,
                raise_interrupt=False,
            ):
                yield bool(changes)
        except WatchfilesRustInternalError as problem:  # a name that is no UTF-8, a full queue: the look does not need the event
            _log.debug("%s", problem)
            stop.wait(TICK_MS / 1000)
