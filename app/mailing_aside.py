"""E-mails go beside the telephone: a mail server that hangs must not keep a letter from a line that is free.

What: `send_mails`, which sends what is due by e-mail until nothing is, and `Aside`, a thread for it.
Why: the worker that sends does one thing at a time, and a talk with a mail server that says nothing lasts for minutes.
Refuses: two at once in one process: whoever comes while one is at it is let go, since that one looks again before it ends.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from app.composition import Remsfax
from outbound import mail_storage
from outbound.delivery import DeliveryId
from outbound.mailing import send_mail

_log = logging.getLogger(__name__)

Work = Callable[[Callable[[], bool]], None]
"""Something that goes on until there is no more to do, or until it is told to stop."""


class Aside:
    """Runs work in a thread of its own, one at a time."""

    def __init__(self) -> None:
        self._busy = threading.Lock()
        self._wanted_again = threading.Event()
        self._stopping = threading.Event()

    def __call__(self, work: Work) -> None:
        """Begin it, unless it is under way: then it looks once more before it ends."""
        self._wanted_again.set()
        if not self._stopping.is_set() and self._busy.acquire(blocking=False):
            threading.Thread(target=self._run, args=(work,), name="mails", daemon=True).start()

    def finish(self, seconds: float) -> None:
        """Begin nothing more; wait so long at most for what is under way. Its row says that it began, whatever becomes of it."""
        self._stopping.set()
        if self._busy.acquire(timeout=seconds):
            self._busy.release()

    def _run(self, work: Work) -> None:
        try:
            while self._wanted_again.is_set() and not self._stopping.is_set():
                self._wanted_again.clear()
                work(self._stopping.is_set)
        finally:
            self._busy.release()


def send_mails(house: Remsfax, stop: Callable[[], bool] = lambda: False) -> None:
    """Send what is due by e-mail, each once; never raises, as `app.sending.send_letter`."""
    seen: set[DeliveryId] = set()
    try:
        while not stop():
            with house.database.reading() as session:
                waiting = [one for one in mail_storage.due(session, house.clock()) if one not in seen]
            if not waiting:
                return
            for delivery_id in waiting:
                if stop():
                    return
                seen.add(delivery_id)
                send_one(house, delivery_id)
    except Exception:  # noqa: BLE001 - the edge: what is due stays due, and the sweep comes again
        _log.exception("e-mails were interrupted")


def send_one(house: Remsfax, delivery_id: DeliveryId) -> None:
    """One attempt at one e-mail."""
    try:
        send_mail(
            house.database.writing_sessions,
            delivery_id,
            house.post,
            house.clock(),
            sender=house.sender,
            policy=house.patience,
        )
    except Exception:  # noqa: BLE001 - the edge: it stays SENDING and is judged later
        _log.exception("e-mail %s was interrupted", delivery_id)
