"""Several short writes in one transaction: whoever waits for the same lock and the same disk goes together.

What: `Together.run` takes one effect; while a transaction is on its way, further ones gather and become the next.
Why: every change ends in the audit's one chain, so writers queue for its head; with a transaction each, its lock and its commit,
a web process with forty waiting threads was slower than one with a single thread.
Refuses: to let one effect spoil another: where any of a group fails, nothing of the group is kept, and each is run alone.

Effects must change nothing but rows: one may be run twice, the first time without a trace.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.database import Database

T = TypeVar("T")

Effect = Callable[[Session], Any]

MOST_TOGETHER = 24  # effects of one transaction: the last one waits for all of them


@dataclass
class _Waiting:
    """One effect, and what came of it."""

    effect: Effect
    turn: Event = field(default_factory=Event)  # set when there is an answer, or when it is this thread's turn to lead
    leads: bool = False  # it is this thread's turn
    done: bool = False  # `answer` stands and is committed
    answer: Any = None


class Together:
    """Gathers the effects of one process."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = Lock()
        self._queue: deque[_Waiting] = deque()
        self._busy = False

    def run(self, effect: Callable[[Session], T], alone: Callable[[Callable[[Session], T]], T]) -> T:
        """What the effect gives, committed. `alone` runs it in a transaction of its own, where a group could not."""
        mine = _Waiting(effect)
        with self._lock:
            self._queue.append(mine)
            mine.leads = not self._busy
            self._busy = True
        if not mine.leads:
            mine.turn.wait()
        if mine.leads:
            self._lead()
        answer: T = mine.answer if mine.done else alone(effect)
        return answer

    def _lead(self) -> None:
        """One transaction for all who wait, this thread's own among them; then the next one who came meanwhile leads."""
        with self._lock:
            group = [self._queue.popleft() for _ in range(min(MOST_TOGETHER, len(self._queue)))]
        try:
            self._commit(group)
        finally:
            with self._lock:
                following = self._queue[0] if self._queue else None
                self._busy = following is not None
                if following is not None:
                    following.leads = True
            for one in group:
                one.leads = False
                one.turn.set()
            if following is not None:
                following.turn.set()

    def _commit(self, group: list[_Waiting]) -> None:
        """All of the group or none; none is no error, each then runs alone and has its own."""
        try:
            with self._database.writing() as session:
                answers = [one.effect(session) for one in group]
        except Exception:  # noqa: BLE001 - whose fault it was shows when each runs alone, and is raised there
            return
        for one, answer in zip(group, answers, strict=True):
            one.answer, one.done = answer, True
