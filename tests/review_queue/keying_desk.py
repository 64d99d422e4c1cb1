"""A desk at which corrected fields are keyed a second time, and people who do it; for the tests of keying."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from intake.reading import Value
from review_queue import keying_storage, keying_work, reviewing
from review_queue.keying import KeyingRules, KeyingTask
from review_queue.keying_work import SecondKeying
from review_queue.review_item import ReviewItem, VerdictKind
from tests.review_queue import invented
from tests.review_queue.desk_in_process import Desk, enqueue, new_desk

RULES = KeyingRules()
ASKS = SecondKeying(invented.STATUS_FORM, RULES)


def keying_desk(folder: Path, *, rules: KeyingRules = RULES, grace: timedelta = timedelta()) -> Desk:
    """ann, bob (senior) and sue (supervisor), and the rule that two must have read a corrected critical field."""
    desk = new_desk(folder)
    desk.services = replace(desk.services, keying=rules, grace=grace)
    return desk


def corrected(desk: Desk, said: dict[str, Value], by: str = "ann", number: int = 1) -> ReviewItem:
    """An item on which somebody corrected these fields, submitted."""
    enqueue(desk, number, *(invented.doubtful(key, "X", invented.ProblemKind.UNREADABLE, "A smudge.") for key in said))
    with desk.sessions() as session, session.begin():
        item = reviewing.take(session, f"item-{number}", by, desk.clock())
        for key, value in said.items():
            reviewing.record(session, item.item_id, item.version, key, VerdictKind.CORRECTED, value, by, desk.clock())
        return reviewing.submit(session, item.item_id, item.version, by, desk.clock(), ASKS)


def taken(desk: Desk, by: str, *, senior: bool = False) -> KeyingTask | ReviewItem | None:
    """What that person is given next."""
    with desk.sessions() as session, session.begin():
        return keying_work.next_work(session, by, desk.clock(), senior=senior)


def key(desk: Desk, by: str, said: dict[str, Value]) -> KeyingTask:
    """That person takes the next keying and keys every field; the task as it stands then."""
    task = taken(desk, by)
    assert isinstance(task, KeyingTask)
    with desk.sessions() as session, session.begin():
        for field in task.fields:
            kind = VerdictKind.ILLEGIBLE if said[field] == "?" else VerdictKind.CORRECTED
            value = None if said[field] == "?" else said[field]
            keying_work.key(session, task.task_id, task.version, field, kind, value, by, desk.clock())
        return keying_work.finish(session, task.task_id, task.version, by, invented.STATUS_FORM, desk.clock())


def item(desk: Desk, item_id: str = "item-1") -> ReviewItem:
    """The item as it stands."""
    with desk.sessions() as session:
        return reviewing.look_at(session, item_id)


def open_task(desk: Desk, item_id: str = "item-1") -> KeyingTask | None:
    """The keying it waits for."""
    with desk.sessions() as session:
        return keying_storage.open_of_item(session, item_id)
