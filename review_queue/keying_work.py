"""What people do with keyings: ask for one, take the next, key a field, be done, let a form go on without.

What: the use cases around `review_queue.keying`'s decisions; `SecondKeying` is what a submission asks, `next_work` what a
reviewer gets next: an item or a keying.
Why: each is one transaction that begins with proof that the keyer holds the task and knows nothing of it; what two people agree
on becomes the item's verdict in the transaction of the second.
Refuses: a keyer who has seen the fax's values (`NotYours`), to end with fields left (`FieldsLeft`), a release that
comes too early (`TooEarly`). Never commits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from intake.fax import DocumentId
from intake.forms.definition import FieldDefinition, FormDefinition
from intake.reading import ProblemKind, Value
from review_queue import keying_storage as keyings
from review_queue import quality_storage, quality_watch, reviewing, storage
from review_queue.keying import (
    SECOND,
    THIRD,
    KeyingId,
    KeyingRules,
    KeyingState,
    KeyingTask,
    Purpose,
    Word,
    rank_of,
    stands,
    to_key,
    verdict_of,
    word_of,
)
from review_queue.lifecycle import ReviewEvent, ReviewState, after
from review_queue.quality import Outcome
from review_queue.review_item import Closing, Doubt, ReviewItem, Verdict, VerdictKind
from review_queue.reviewing import LEASE, SYSTEM, NotYours
from review_queue.wording import field_label

_TRIES = 5  # how often to ask again when a colleague was faster


class NoSuchKeying(Exception):
    """No keying of that id."""


class FieldsLeft(Exception):
    """A keying with fields that its keyer has not keyed."""


class TooEarly(Exception):
    """A form that may not go on without a second keying yet."""


class StillBlind(Exception):
    """The values of a fax are not shown to somebody who is to key it, or may be asked to."""


@dataclass(frozen=True)
class SecondKeying:
    """What a submission asks: `reviewing.submit` calls it, and the item waits where it says so."""

    form: FormDefinition
    rules: KeyingRules

    def __call__(self, session: Session, item: ReviewItem, now: datetime) -> bool:
        """Ask for what must be keyed; False if nothing must, or nobody could and the rules let the form go on."""
        fields = tuple(name for name in to_key(item, self.form) if not self._settled(session, item, name))
        if not fields:
            return False
        first = {name: word_of(item.verdicts[name]) for name in fields}
        by = item.holder or SYSTEM
        if not self.rules.alone_waits and not keyings.colleagues(session, by):
            storage.add_event(session, item.item_id, ReviewEvent.KEYING_WAIVED.value, SYSTEM, now, "Nobody else is at this desk.")
            return False
        assert item.reading is not None
        rank = rank_of(item)
        task = KeyingTask(
            task_id=KeyingId(f"second-{item.item_id}-{item.version}"),
            purpose=Purpose.SECOND,
            item_id=item.item_id,
            document_id=item.document_id,
            fax=item.fax,
            reading=item.reading,
            first=first,
            fields=fields,
            number=SECOND,
            urgency_rank=rank,
            state=KeyingState.WAITING,
            version=0,
            holder=None,
            lease_until=None,
            asked_at=now,
            release_at=self.rules.release_at(rank, now),
        )
        return keyings.add_task(session, task)

    def _settled(self, session: Session, item: ReviewItem, name: str) -> bool:
        """Two agree on it already, or no two could and it is a senior who has decided, with all they said in view."""
        words = keyings.counted(session, item.document_id).get(name, [])
        first = word_of(item.verdicts[name])
        others = [one for one in words if one.by != first.by]
        if any(one.state is KeyingState.UNLIKE and name in one.fields for one in keyings.tasks_of_item(session, item.item_id)):
            return True
        counts = stands(self.form.field(name), first, others)
        return counts is not None and counts == first


def next_work(
    session: Session, reviewer: str, now: datetime, lease: timedelta = LEASE, *, senior: bool = False
) -> ReviewItem | KeyingTask | None:
    """What the reviewer has in hand, else the most urgent thing they may do; forms that wait for a keying go before items of
    their lane, samples stand a day behind the faxes that arrive with them. None if there is nothing."""
    if storage.held_by(session, reviewer, now) is None:
        held = keyings.held_by(session, reviewer, now)
        if held is not None:
            return look_at(session, held)
        for _ in range(_TRIES):
            head = keyings.head(session, reviewer, now)
            if head is None:
                break
            if not _before_items(session, head.place, reviewer, now, senior=senior):
                break
            if keyings.claim(session, head.task_id, reviewer, now, now + lease):
                return _noted(session, head.task_id, "keying taken", reviewer, now)
    return reviewing.take_next(session, reviewer, now, lease, senior=senior)


def keying_comes_first(session: Session, reviewer: str, now: datetime, *, senior: bool) -> bool:
    """Whether `next_work` would give a keying; nothing is taken."""
    if storage.held_by(session, reviewer, now) is not None:
        return False
    head = keyings.head(session, reviewer, now)
    return head is not None and _before_items(session, head.place, reviewer, now, senior=senior)


def _before_items(session: Session, place: tuple[int, int, datetime], reviewer: str, now: datetime, *, senior: bool) -> bool:
    item = storage.first_free(session, reviewer, now, senior=senior)
    return item is None or place <= (item[0], 1, item[1])


def look_at(session: Session, task_id: str) -> KeyingTask:
    """The task as it stands; `NoSuchKeying`."""
    found = keyings.task(session, task_id)
    if found is None:
        raise NoSuchKeying(task_id)
    return found


def take(session: Session, task_id: str, reviewer: str, now: datetime, lease: timedelta = LEASE) -> KeyingTask:
    """This task, now in the reviewer's hands; `NotYours` if it is not free for them."""
    found = look_at(session, task_id)
    if found.holder == reviewer and found.lease_until is not None and found.lease_until > now:
        return found
    if not keyings.claim(session, task_id, reviewer, now, now + lease):
        raise NotYours(task_id)
    return _noted(session, task_id, "keying taken", reviewer, now)


def renew(session: Session, task_id: str, version: int, reviewer: str, now: datetime, lease: timedelta = LEASE) -> datetime:
    """A sign of life: the lease's new end; `NotYours`."""
    if not keyings.hold(session, task_id, version, reviewer, now + lease):
        raise NotYours(task_id)
    return now + lease


def put_back(session: Session, task_id: str, version: int, reviewer: str, now: datetime) -> None:
    """Back into the queue; what was keyed stays the keyer's own, and counts for nothing. `NotYours`."""
    if not keyings.put_back(session, task_id, version, reviewer):
        raise NotYours(task_id)
    _noted(session, task_id, "keying put back", reviewer, now)


def key(
    session: Session,
    task_id: str,
    version: int,
    field: str,
    kind: VerdictKind,
    value: Value,
    reviewer: str,
    now: datetime,
    lease: timedelta = LEASE,
) -> tuple[str, ...]:
    """Keep what one person keyed into one field; the fields left to key. KeyError for a field that is not asked."""
    renew(session, task_id, version, reviewer, now, lease)
    task = look_at(session, task_id)
    if field not in task.fields:
        raise KeyError(field)
    keyings.add_keyed(session, task, field, Word(reviewer, kind, value), now)
    return left(session, task, reviewer)


def left(session: Session, task: KeyingTask, reviewer: str) -> tuple[str, ...]:
    """The fields the reviewer has still to key."""
    done = keyings.keyed_so_far(session, task.task_id, reviewer)
    return tuple(name for name in task.fields if name not in done)


def finish(
    session: Session, task_id: str, version: int, reviewer: str, form: FormDefinition, now: datetime, lease: timedelta = LEASE
) -> KeyingTask:
    """Every field is keyed: what comes of it. The task as it stands then: ended, or waiting for a third person."""
    renew(session, task_id, version, reviewer, now, lease)
    task = look_at(session, task_id)
    if left(session, task, reviewer):
        raise FieldsLeft(task_id)
    keyings.count(session, task_id, reviewer)
    said = keyings.counted(session, task.document_id)
    counts = {name: stands(form.field(name), word, _others(said, name, word)) for name, word in task.first.items()}
    unsettled = tuple(name for name in task.fields if counts[name] is None)
    subject = task.item_id or task.document_id
    if unsettled and keyings.people_who_keyed(session, task_id) == 1 and keyings.anybody_left(session, task_id):
        keyings.ask_third(session, task_id, THIRD, unsettled)
        storage.add_event(session, subject, "third keying asked", SYSTEM, now, ", ".join(unsettled))
        end = None
    else:
        end = KeyingState.UNLIKE if unsettled else KeyingState.ALIKE
        keyings.end(session, task_id, end, reviewer, now)
        storage.add_event(session, subject, f"keyed_{end.value}", reviewer, now, ", ".join(unsettled))
    if task.purpose is Purpose.BLIND:
        _settle_samples(session, task, counts, end, now)
    elif end is not None:
        _settle_item(session, task, form, counts, unsettled, reviewer, now)
    return look_at(session, task_id)


def _others(said: Mapping[str, list[Word]], name: str, first: Word) -> list[Word]:
    return [one for one in said.get(name, ()) if one.by != first.by]


def _settle_item(
    session: Session,
    task: KeyingTask,
    form: FormDefinition,
    counts: Mapping[str, Word | None],
    unsettled: tuple[str, ...],
    by: str,
    now: datetime,
) -> None:
    """What two agree on against the first becomes the verdict of the later of them; all words are kept."""
    assert task.item_id is not None
    if not keyings.still_keyed(session, task.item_id):
        raise NotYours(task.task_id)  # the first took it back in this very moment: nothing of this is stored
    for name, word in counts.items():
        if word is not None and word != task.first[name]:
            read = task.reading.fields[name].value if name in task.reading.fields else None
            storage.add_verdict(session, task.item_id, verdict_of(form.field(name), word, read, now))
    for name in unsettled:
        _reopen(session, task.item_id, form.field(name), now)
    event = ReviewEvent.KEYED_UNLIKE if unsettled else ReviewEvent.KEYED_ALIKE
    closing = None
    if unsettled:
        labels = ", ".join(field_label(form.field(name)) for name in unsettled)
        closing = Closing(SYSTEM, now, f"No two people keyed the same: {labels}. All they keyed stands below.")
    state = after(ReviewState.BEING_KEYED, event)
    storage.leave(session, task.item_id, state, closing, SYSTEM if unsettled else None)
    storage.add_event(session, task.item_id, event.value, by, now)


def _reopen(session: Session, item_id: str, field: FieldDefinition, now: datetime) -> None:
    """What no two agree on is a doubt again, whoever had said what: a senior must settle it in so many words."""
    standing: list[Verdict] = []
    for one in storage.verdicts(session, item_id):
        if one.key == field.name and one.kind is not VerdictKind.RETRACTED:
            standing.append(one)
        elif one.key == field.name:
            standing = standing[:-1]
    for one in reversed(standing):
        storage.add_verdict(session, item_id, Verdict(field.name, VerdictKind.RETRACTED, one.read, None, one.by, now))
    why = "No two people keyed the same here. All they keyed is shown above."
    doubt = Doubt(field.name, field_label(field), (ProblemKind.CONTRADICTION,), why, (), field.critical, field.page)
    storage.add_doubt(session, item_id, doubt)


def _settle_samples(
    session: Session, task: KeyingTask, counts: Mapping[str, Word | None], end: KeyingState | None, now: datetime
) -> None:
    """What two agree on is right or wrong; what no two do is a senior's to say."""
    outcomes = {}
    for name in task.fields:
        word = counts[name]
        if word is not None:
            outcomes[name] = Outcome.RIGHT if word == task.first[name] else Outcome.WRONG
        elif end is not None:
            outcomes[name] = Outcome.UNCLEAR
    quality_storage.settle(session, task.task_id, outcomes, now)
    quality_watch.watch(session, now)


def waive(session: Session, item_id: str, senior: str, now: datetime, reason: str) -> ReviewItem:
    """A senior lets a form go on without its second keying; `TooEarly` while somebody could still key it in time."""
    words = " ".join(reason.split())
    if not words:
        raise reviewing.ReasonMissing("Say why, in a sentence.")
    task = keyings.open_of_item(session, item_id)
    if task is None:
        raise NotYours(item_id)
    if now < task.release_at and keyings.anybody_left(session, task.task_id):
        raise TooEarly(f"a colleague may key it until {task.release_at:%m/%d/%Y %H:%M} UTC; only then may it go on without")
    ended = keyings.end(session, task.task_id, KeyingState.WAIVED, senior, now, words)
    if not ended or not keyings.still_keyed(session, item_id):
        raise NotYours(item_id)
    state = after(ReviewState.BEING_KEYED, ReviewEvent.KEYING_WAIVED)
    storage.leave(session, item_id, state, None, None)
    storage.add_event(session, item_id, ReviewEvent.KEYING_WAIVED.value, senior, now, words)
    return reviewing.look_at(session, item_id)


def check_may_see(session: Session, item: ReviewItem, reviewer: str, *, senior: bool) -> None:
    """`StillBlind` where the item's values may not be shown to this reviewer: while it is being keyed, only to those who gave a
    verdict on it, and to seniors who are not keying it themselves."""
    if item.state is not ReviewState.BEING_KEYED:
        return
    task = keyings.open_of_item(session, item.item_id)
    if task is not None and task.holder == reviewer:
        raise StillBlind("You are keying this fax. Key it, or put it back, before you look at it.")
    if not senior and not keyings.gave_verdict(session, item.item_id, reviewer):
        raise StillBlind("This fax is being keyed a second time. What was said of it is shown once that is done.")


def words_on(session: Session, item: ReviewItem) -> tuple[tuple[str, Word], ...]:
    """Everything keyed of an item by field, for a page that may show it: not while it is being keyed."""
    if item.state is ReviewState.BEING_KEYED:
        return ()
    said = keyings.counted(session, item.document_id)
    firsts: dict[str, Word] = {}
    for task in keyings.tasks_of_item(session, item.item_id):
        firsts |= task.first
    return tuple((name, word) for name, first in firsts.items() if name in said for word in (first, *_others(said, name, first)))


def document_of(task: KeyingTask) -> DocumentId | None:
    """The document whose verdict is now there; None while its item waits, and for samples."""
    ended = task.state in (KeyingState.ALIKE, KeyingState.WAIVED)
    return task.document_id if task.purpose is Purpose.SECOND and ended else None


def _noted(session: Session, task_id: str, event: str, reviewer: str, now: datetime) -> KeyingTask:
    task = look_at(session, task_id)
    storage.add_event(session, task.item_id or task.document_id, event, reviewer, now, f"person {task.number}")
    return replace(task)
