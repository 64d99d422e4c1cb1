"""One attempt to bring a letter to its machine: load, hand over, store; and nothing sent twice when a process dies between.

What: `send`, which an actor calls for every delivery that is due, and `send_again`, which an operator's verdict calls.
How: SENDING is stored with the attempt counted before any work; no session is open while the letter is rendered or the line
works. A delivery found SENDING is never submitted: the gateway is asked by the attempt's tag what became of it.
Refuses: to resend what may have gone out. Two workers on one delivery: the row's version lets one go on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime

from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from outbound import storage
from outbound.delivery import (
    AskPerson,
    Decision,
    Delivery,
    DeliveryId,
    DeliveryState,
    Event,
    Finished,
    GiveUp,
    LookAgain,
    RetryPolicy,
    SendAgain,
    decide,
    event_of,
)
from outbound.fax_pages import FaxPages, render
from outbound.gateway import FaxJob, Gateway, Impossible, JobMark, NotTaken, Outcome
from outbound.letters import Letter, LetterNotWritable, compose
from outbound.notice import Notice, SenderIdentity

PATIENCE = RetryPolicy()


class NotYet(Exception):
    """A person asked to send again, but the gateway could not say, or is still at it; nothing was changed."""


def send(
    session_factory: sessionmaker[Session],
    delivery_id: DeliveryId,
    gateway: Gateway,
    now: datetime,
    *,
    sender: SenderIdentity,
    policy: RetryPolicy = PATIENCE,
    draw: Callable[[Letter], FaxPages] = render,
) -> Decision | None:
    """Do what the delivery needs at `now`; the decision taken, or None if there was nothing to do or another worker has it.

    Submits a DUE letter whose time has come; asks the gateway about a SENDING one whose time to look has come; leaves every other
    alone; `draw` makes the pages. Calling it twice changes nothing the second time. KeyError if there is no such delivery.
    """
    try:
        with session_factory.begin() as session:
            taken = _take(session, delivery_id, now, policy)
    except StaleDataError:
        return None
    if taken is None:
        return None
    delivery, notices, submit = taken
    if submit:
        outcome, pages = _hand_over(session_factory, delivery, notices, gateway, sender, now, draw)
    else:
        outcome, pages = gateway.find(_mark(delivery)), delivery.pages
    return _settle(session_factory, delivery, outcome, pages, now, policy)


def send_again(
    session_factory: sessionmaker[Session], delivery_id: DeliveryId, gateway: Gateway, now: datetime, *, by: str, reason: str
) -> DeliveryState:
    """An operator wants a letter out that is uncertain or was given up: the gateway is asked first.

    DELIVERED if the gateway now says that it arrived, else DUE. `NotYet` if it is still sending or cannot be asked;
    `IllegalTransition` for a letter that is on its way or delivered.
    """
    with session_factory() as session:
        delivery = storage.delivery(session, delivery_id)
    outcome = gateway.find(_mark(delivery)) if delivery.attempts else NotTaken()
    decision = decide(outcome, attempt=1, pages=delivery.pages, since=now, now=now, policy=PATIENCE)
    if isinstance(decision, LookAgain):
        raise NotYet(decision.reason)
    with session_factory.begin() as session:
        if isinstance(decision, Finished) and delivery.state is DeliveryState.UNCERTAIN:
            return storage.note_event(
                session,
                delivery_id,
                Event.CONFIRMED,
                now,
                detail="asked again, the gateway says it arrived",
                by=by,
                gateway_reference=decision.gateway_reference,
            )
        return storage.note_event(session, delivery_id, Event.SEND_AGAIN_BY_PERSON, now, detail=reason, by=by, look_at=now)


def _take(
    session: Session, delivery_id: DeliveryId, now: datetime, policy: RetryPolicy
) -> tuple[Delivery, tuple[Notice, ...], bool] | None:
    """The delivery, its notices and whether to submit (else: ask), claimed for this worker; None if nothing is to be done."""
    delivery = storage.delivery(session, delivery_id)
    if delivery.next_look_at is None or delivery.next_look_at > now:
        return None
    notices = storage.notices_of(session, delivery_id)
    look_at = now + policy.presumed_dead_after
    if delivery.state is DeliveryState.DUE:
        return storage.begin_attempt(session, delivery_id, now, look_at), notices, True
    storage.postpone_look(session, delivery_id, look_at)
    return delivery, notices, False


def _hand_over(
    session_factory: sessionmaker[Session],
    delivery: Delivery,
    notices: tuple[Notice, ...],
    gateway: Gateway,
    sender: SenderIdentity,
    now: datetime,
    draw: Callable[[Letter], FaxPages],
) -> tuple[Outcome, int]:
    """Write, render and submit; the outcome and the number of pages. The letter carries the time of the attempt."""
    if delivery.fax is None:
        return Impossible("no fax number"), 0
    try:
        rendered = draw(compose(notices, sender, now))
    except LetterNotWritable as problem:
        return Impossible(f"the letter cannot be written: {problem}"), 0
    with session_factory.begin() as session:  # before the line has it: whoever asks later knows how many pages to expect
        storage.note_rendered(session, delivery.delivery_id, rendered.pages, hashlib.sha256(rendered.tiff).hexdigest())
    job = FaxJob(
        mark=_mark(delivery),
        fax=delivery.fax,
        recipient=notices[0].recipient.name,
        role=notices[0].recipient.role.value,
        kinds=delivery.kinds,
        reference=delivery.reference,
        tiff=rendered.tiff,
        pages=rendered.pages,
        submitted_at=now.astimezone(UTC).isoformat(),
    )
    return gateway.submit(job), rendered.pages


def _settle(
    session_factory: sessionmaker[Session], taken: Delivery, outcome: Outcome, pages: int, now: datetime, policy: RetryPolicy
) -> Decision:
    """Store what follows from the outcome of the attempt `taken`.

    Where the attempt was meanwhile judged without this worker (it was slow and presumed dead), its word is remembered; and if the
    letter waits to be sent once more though it went out, or may have, that is stopped.
    """
    decision = decide(outcome, attempt=taken.tries, pages=pages, since=taken.sending_since or now, now=now, policy=policy)
    event = event_of(decision)
    with session_factory.begin() as session:
        present = storage.delivery(session, taken.delivery_id)
        if present.state is not DeliveryState.SENDING or present.attempts != taken.attempts:
            storage.note_late_word(session, taken.delivery_id, now, f"attempt {taken.attempts}: {_words(decision)}")
            if present.state is not DeliveryState.DUE or isinstance(decision, SendAgain | GiveUp):
                return decision
            event = Event.CONFIRMED if isinstance(decision, Finished) else Event.LOSE_SIGHT
        storage.note_event(
            session,
            taken.delivery_id,
            event,
            now,
            detail=_words(decision),
            look_at=decision.at if isinstance(decision, SendAgain | LookAgain) and event is not Event.LOSE_SIGHT else None,
            gateway_reference=decision.gateway_reference if isinstance(decision, Finished | LookAgain) else "",
        )
    return decision


def _words(decision: Decision) -> str:
    """One line for operators."""
    match decision:
        case Finished(gateway_reference=reference):
            return f"arrived: {reference}"
        case SendAgain(reason=reason) | GiveUp(reason=reason) | LookAgain(reason=reason) | AskPerson(reason=reason):
            return reason


def _mark(delivery: Delivery) -> JobMark:
    """By what the gateway knows the current attempt."""
    return JobMark(
        delivery.delivery_id,
        delivery.tag,
        f"{delivery.reference}-{delivery.number}",
        gateway_reference=delivery.gateway_reference,
        begun_at=delivery.sending_since,
    )
