"""What a reviewer can do, and what the case flow asks of the desk.

What: enqueue, take (the next or a chosen one), keep, release, say what a field is, submit, reject, send back, pass on.
Why: every change is one transaction that begins with proof that the reviewer still holds the very version they look at; so
two reviewers never hold one item, and nobody decides on a page that was taken over.
Refuses: a step by somebody who does not hold the item (`NotYours`), an item that is not free (`NotFree`), a submission with
doubts left (`DoubtsLeft`), a rejection without a reason (`ReasonMissing`). Never commits: the caller owns the transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from intake.fax import DocumentId
from intake.reading import FormReading, OtherPage, Value
from review_queue import asking_storage, draft_storage, storage
from review_queue.confirmation import DoubtsLeft
from review_queue.lifecycle import OPEN, VERDICTS, ReviewEvent, ReviewState, after
from review_queue.review_item import Closing, FaxFacts, ItemKind, ReviewItem, ReviewItemId, Urgency, Verdict, VerdictKind
from review_queue.triage import Triage

LEASE = timedelta(minutes=10)  # how long an item stays in one's hands without a sign of life
SYSTEM = "remsfax"  # the actor of what no person did
_TRIES = 5  # how often to ask again when a colleague was faster


class NoSuchItem(Exception):
    """No item of that id."""


class NotFree(Exception):
    """Somebody else holds it, it waits for other eyes, or it is settled."""

    def __init__(self, item: ReviewItem) -> None:
        words = f"in the hands of {item.holder}" if item.holder else item.state.label
        super().__init__(f"this fax is {words}")
        self.item = item


class NotYours(Exception):
    """The reviewer does not hold the item any more (the lease ran out and a colleague took it), or never did."""


class ReasonMissing(Exception):
    """A rejection, a question to the sender or a note to a colleague without words."""


def enqueue_form(
    session: Session,
    item_id: ReviewItemId,
    document_id: DocumentId,
    fax: FaxFacts,
    reading: FormReading,
    triage: Triage,
    now: datetime,
) -> bool:
    """Put a form with doubts into the queue; False, and nothing changed, if the document is there already."""
    item = ReviewItem(
        item_id, document_id, ItemKind.FORM, fax, reading, (), triage.doubts, triage.urgency, triage.urgency_note, now
    )
    return _enqueue(session, item, now)


def enqueue_loose_pages(
    session: Session,
    item_id: ReviewItemId,
    document_id: DocumentId,
    fax: FaxFacts,
    pages: Sequence[OtherPage],
    now: datetime,
) -> bool:
    """Put pages without a form into the queue; False, and nothing changed, if the document is there already."""
    item = ReviewItem(item_id, document_id, ItemKind.LOOSE_PAGES, fax, None, tuple(pages), (), Urgency.ORDINARY, "", now)
    return _enqueue(session, item, now)


def _enqueue(session: Session, item: ReviewItem, now: datetime) -> bool:
    added = storage.add_item(session, item)
    if added:
        storage.add_event(session, item.item_id, "enqueued", SYSTEM, now)
    return added


def outcome(session: Session, document_id: DocumentId) -> ReviewItem | None:
    """The settled item of a document (its `state` and `closing` say how); None while it waits or was never at the desk."""
    item = storage.item_of_document(session, document_id)
    return item if item is not None and item.state in VERDICTS else None


@dataclass(frozen=True)
class Backlog:
    """How much waits; what `remsfax status` and the queue page show."""

    waiting: int  # free to take
    in_hand: int
    second_look: int
    escalated: int
    being_keyed: int
    sent_back: int  # waiting for the sender
    oldest_received: datetime | None  # of all that waits for a person here


def backlog(session: Session) -> Backlog:
    """Counts of what is open, and its oldest fax."""
    found = storage.counts(session, OPEN)
    return Backlog(
        waiting=found[ReviewState.WAITING],
        in_hand=found[ReviewState.IN_HAND],
        second_look=found[ReviewState.SECOND_LOOK],
        escalated=found[ReviewState.ESCALATED],
        being_keyed=found[ReviewState.BEING_KEYED],
        sent_back=found[ReviewState.SENT_BACK],
        oldest_received=storage.oldest_received(session, OPEN - {ReviewState.SENT_BACK}),
    )


def look_at(session: Session, item_id: str) -> ReviewItem:
    """The item as it stands; `NoSuchItem`."""
    item = storage.item(session, item_id)
    if item is None:
        raise NoSuchItem(item_id)
    return item


def take_next(
    session: Session, reviewer: str, now: datetime, lease: timedelta = LEASE, *, senior: bool = False
) -> ReviewItem | None:
    """What the reviewer already has in hand, else the most urgent and then oldest free item, now in their hands; None if none."""
    held = storage.held_by(session, reviewer, now)
    if held is not None:
        return look_at(session, held)
    for _ in range(_TRIES):
        taken = storage.claim_next(session, reviewer, now, now + lease, senior=senior)
        if taken is not None:
            return _note_taken(session, taken, reviewer, now)
    return None


def take(
    session: Session, item_id: str, reviewer: str, now: datetime, *, senior: bool = False, lease: timedelta = LEASE
) -> ReviewItem:
    """This item, now in the reviewer's hands; `NotFree` if it is not free for them. `senior` may take what was escalated."""
    if storage.claim(session, item_id, reviewer, now, now + lease, senior=senior):
        return _note_taken(session, item_id, reviewer, now)
    item = look_at(session, item_id)
    if item.holder == reviewer and item.state is ReviewState.IN_HAND:
        return item
    raise NotFree(item)


def _note_taken(session: Session, item_id: str, reviewer: str, now: datetime) -> ReviewItem:
    taken_from = storage.taken_from(session, item_id)
    event = ReviewEvent.TAKEN if taken_from is None else ReviewEvent.TAKEN_OVER
    storage.add_event(session, item_id, event.value, reviewer, now, "" if taken_from is None else f"from {taken_from}")
    return look_at(session, item_id)


def renew(session: Session, item_id: str, version: int, reviewer: str, now: datetime, lease: timedelta = LEASE) -> datetime:
    """A sign of life: the lease's new end; `NotYours`."""
    if not storage.hold(session, item_id, version, reviewer, now + lease):
        raise NotYours(item_id)
    return now + lease


def _held(session: Session, item_id: str, version: int, reviewer: str, now: datetime) -> ReviewItem:
    renew(session, item_id, version, reviewer, now)
    return look_at(session, item_id)


def record(
    session: Session,
    item_id: str,
    version: int,
    key: str,
    kind: VerdictKind,
    value: Value,
    reviewer: str,
    now: datetime,
    lease: timedelta = LEASE,
    *,
    once: str = "",
) -> ReviewItem:
    """Keep one person's word on one field (`key` as in `Verdict`), with what had been read; the item as it stands then.

    `once` marks the message: sent again after a lost answer it changes nothing, even when the item has left their hands since.
    """
    try:
        renew(session, item_id, version, reviewer, now, lease)
    except NotYours:
        if storage.was_said(session, item_id, once):
            return look_at(session, item_id)
        raise
    item = look_at(session, item_id)
    draft_storage.forget(session, item_id, key, reviewer)
    if storage.was_said(session, item_id, once):
        return item
    read = item.reading.fields[key].value if item.reading is not None and key in item.reading.fields else None
    verdict = Verdict(key, kind, read, None if kind in (VerdictKind.BLANK, VerdictKind.ILLEGIBLE) else value, reviewer, now)
    storage.add_verdict(session, item_id, verdict, once)
    return replace(item, verdicts={**item.verdicts, key: verdict})


def submit(
    session: Session,
    item_id: str,
    version: int,
    reviewer: str,
    now: datetime,
    second_keying: Callable[[Session, ReviewItem, datetime], bool] | None = None,
) -> ReviewItem:
    """Every doubt is settled: the form may go to the registry. `DoubtsLeft` otherwise; loose pages cannot be submitted.

    `second_keying` asks a colleague to key what was corrected by hand, and says whether the form must wait for it
    (`keying_work.SecondKeying`); None: a desk without.
    """
    item = _held(session, item_id, version, reviewer, now)
    if item.kind is not ItemKind.FORM:
        raise ReasonMissing("Pages without a form cannot be submitted: reject them with a reason, or file them.")
    if item.left():
        raise DoubtsLeft(item.left())
    waits = second_keying is not None and second_keying(session, item, now)
    return _leave(session, item, ReviewEvent.KEYING_ASKED if waits else ReviewEvent.SUBMITTED, Closing(reviewer, now), now)


def reject(
    session: Session, item_id: str, version: int, reviewer: str, now: datetime, reason: str, *, answer_sender: bool = True
) -> ReviewItem:
    """Not to be admitted; the sender is told `reason`, or nothing where pages are only filed. `ReasonMissing` without words."""
    item = _held(session, item_id, version, reviewer, now)
    closing = Closing(reviewer, now, _words(reason), answer_sender=answer_sender)
    return _leave(session, item, ReviewEvent.REJECTED, closing, now)


def send_back(
    session: Session, item_id: str, version: int, reviewer: str, now: datetime, asked_for: Sequence[str], reason: str = ""
) -> ReviewItem:
    """Nothing is admitted; the sender is asked for these things, a sentence each. `ReasonMissing` if nothing is asked."""
    item = _held(session, item_id, version, reviewer, now)
    asked = tuple(_words(one) for one in asked_for)
    if not asked:
        _words(reason)
    return _leave(session, item, ReviewEvent.SENT_BACK, Closing(reviewer, now, reason.strip(), asked), now)


def escalate(session: Session, item_id: str, version: int, reviewer: str, now: datetime, note: str) -> ReviewItem:
    """To a senior reviewer, with a note; `ReasonMissing` without one."""
    item = _held(session, item_id, version, reviewer, now)
    return _leave(session, item, ReviewEvent.ESCALATED, Closing(reviewer, now, _words(note)), now)


def ask_second_look(session: Session, item_id: str, version: int, reviewer: str, now: datetime, note: str) -> ReviewItem:
    """To any other reviewer, with a note; `ReasonMissing` without one."""
    item = _held(session, item_id, version, reviewer, now)
    return _leave(session, item, ReviewEvent.SECOND_LOOK_ASKED, Closing(reviewer, now, _words(note)), now)


def release(session: Session, item_id: str, version: int, reviewer: str, now: datetime) -> ReviewItem:
    """Back into the queue, with every verdict given so far."""
    item = _held(session, item_id, version, reviewer, now)
    return _leave(session, item, ReviewEvent.RELEASED, None, now)


def said_on(session: Session, document_id: DocumentId) -> dict[str, Value]:
    """What people said the fields of a document are; nothing of what was left blank or cannot be read."""
    item = storage.item_of_document(session, document_id)
    said = {} if item is None else item.verdicts
    return {key: one.value for key, one in said.items() if one.value is not None}


def carry_over(session: Session, item_id: str, verdicts: Mapping[str, Verdict]) -> None:
    """Verdicts given on an earlier fax whose pages stand in this item: whose word they are, and of when, stays."""
    for verdict in verdicts.values():
        storage.add_verdict(session, item_id, verdict)


def taken_up(session: Session, item_id: str, now: datetime) -> None:
    """The case flow goes on with the verdict: nobody takes it back any more."""
    storage.note_taken_up(session, item_id, now)


def answer_came(session: Session, item_id: str, now: datetime, detail: str, by: str = SYSTEM) -> bool:
    """The sender's answer is here, as a form of its own: the item that waited for it ends. False if it waits no more."""
    if not asking_storage.join(session, item_id):
        return False
    storage.add_event(session, item_id, ReviewEvent.ANSWER_CAME.value, by, now, detail)
    return True


def _leave(session: Session, item: ReviewItem, event: ReviewEvent, closing: Closing | None, now: datetime) -> ReviewItem:
    state = after(item.state, event)
    by = item.holder or SYSTEM
    passed_by = by if event in (ReviewEvent.ESCALATED, ReviewEvent.SECOND_LOOK_ASKED) else None
    storage.leave(session, item.item_id, state, closing, passed_by)
    detail = "" if closing is None else " ".join((closing.reason, *closing.asked_for)).strip()
    storage.add_event(session, item.item_id, event.value, by, now, detail)
    return look_at(session, item.item_id)


def _words(text: str) -> str:
    words = " ".join(text.split())
    if not words:
        raise ReasonMissing("Say why, in a sentence.")
    return words
