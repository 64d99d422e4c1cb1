"""One call for one letter and those that ride along: take, hand over, settle; and nothing sent twice when a process dies between.

What: `send`, which an actor calls for every delivery that is due.
How: SENDING is stored with the attempt counted before any work; no session is open while the letter is rendered or the line
works. A delivery found SENDING is never submitted: the gateway is asked by its call's tag what became of it, and what it says is
stored for every letter of the call in one transaction.
Refuses: to resend what may have gone out. Two workers on one delivery: the row's version lets one go on. Two calls to one number:
the database lets one begin. A worker whose call was judged while it was drawing pages begins no call.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from outbound import calls_storage, day_storage, lining_up, numbers_storage, storage
from outbound.attempts import Attempt, How, how_of
from outbound.calling import MOST_TOGETHER, NO_CALLS, CallingRules, holds, rest_after_failure
from outbound.delivery import Delivery, DeliveryId, DeliveryState, Event
from outbound.fax_pages import FaxPages, render
from outbound.gateway import Cause, Delivered, FaxJob, Gateway, Impossible, InProgress, JobMark, NotSent, Outcome
from outbound.letters import Letter, LetterNotWritable, compose
from outbound.notice import Notice, SenderIdentity
from outbound.numbers import FLAG_AFTER, whose
from outbound.retrying import (
    OURS,
    AskPerson,
    Decision,
    Finished,
    GiveUp,
    LookAgain,
    RetryPolicy,
    SendAgain,
    decide,
    event_of,
    words_of,
)

PATIENCE = RetryPolicy()
Draw = Callable[[Letter], FaxPages]


@dataclass(frozen=True)
class Call:
    """A call this worker has taken: to begin it, or to ask what became of it."""

    tag: str
    letters: tuple[Delivery, ...]  # the leader first; when asking, the leader alone
    notices: tuple[tuple[Notice, ...], ...]  # of each letter; when asking, none

    @property
    def leader(self) -> Delivery:
        """The letter the call is for."""
        return self.letters[0]


def send(
    session_factory: sessionmaker[Session],
    delivery_id: DeliveryId,
    gateway: Gateway,
    now: datetime,
    *,
    sender: SenderIdentity,
    policy: RetryPolicy = PATIENCE,
    rules: CallingRules = NO_CALLS,
    draw: Draw = render,
) -> Decision | None:
    """Do what the delivery needs at `now`; the decision on it, or None if there was nothing to do or another worker has it.

    Begins a call for a DUE letter whose turn it is; asks the gateway about a SENDING one whose time to look has come; leaves
    every other alone; `draw` makes the pages. Calling it twice changes nothing the second time. KeyError if there is no such
    delivery.
    """
    try:
        with session_factory.begin() as session:
            call = _take(session, delivery_id, now, rules, policy)
    except (StaleDataError, IntegrityError):  # another worker has the letter, or a call to its number
        return None
    if call is None:
        return None
    if call.notices:
        outcome = _hand_over(session_factory, call, gateway, sender, now, draw)
        if outcome is None:
            return None
    else:
        outcome = gateway.find(mark_of(call.leader))
    return settle(session_factory, call.tag, outcome, now, policy, rules).get(delivery_id)


def _take(session: Session, delivery_id: DeliveryId, now: datetime, rules: CallingRules, policy: RetryPolicy) -> Call | None:
    """The call to begin or to ask about, claimed for this worker; None if nothing is to be done."""
    numbers_storage.at_the_exchange(session)
    delivery = storage.delivery(session, delivery_id)
    if delivery.next_look_at is None or delivery.next_look_at > now:
        return None
    look_at = now + policy.presumed_dead_after
    if delivery.state is DeliveryState.SENDING:
        storage.postpone_look(session, delivery_id, look_at)
        return Call(delivery.call_tag, (delivery,), ())
    if not lining_up.has_its_turn(session, delivery, now, rules):
        return None
    leader = calls_storage.as_waiting(delivery)
    if rules.calls:
        numbers_storage.note_call(session, leader.fax, now)
    riders = []
    if rules.calls and not leader.alone:
        number = numbers_storage.number(session, leader.fax, now)
        holder = numbers_storage.holders(session, [leader.fax]).get((leader.fax, whose(leader.role, leader.name)))
        others = calls_storage.company(session, leader, MOST_TOGETHER - 1)
        riders = [one.delivery_id for one in others if holds(one, number, holder, rules) is None]
    letters = calls_storage.begin_call(session, delivery_id, riders, now, look_at)
    return Call(letters[0].call_tag, letters, tuple(storage.notices_of(session, one.delivery_id) for one in letters))


def _hand_over(
    session_factory: sessionmaker[Session], call: Call, gateway: Gateway, sender: SenderIdentity, now: datetime, draw: Draw
) -> Outcome | None:
    """Write, render and submit; None where the call was judged meanwhile. The letter carries the time of the attempt."""
    fax = call.leader.fax
    if fax is None:
        return Impossible("no fax number")
    notices = sorted((one for each in call.notices for one in each), key=lambda one: one.precedence)
    try:
        rendered = draw(compose(notices, sender, now))
    except LetterNotWritable as problem:
        if len(call.letters) == 1:
            return Impossible(f"the letter cannot be written: {problem}")
        left = _without_riders(session_factory, call, f"several letters cannot be written as one: {problem}", now)
        return None if left is None else _hand_over(session_factory, left, gateway, sender, now, draw)
    with session_factory.begin() as session:
        if not calls_storage.note_rendered(session, call.tag, rendered.pages, hashlib.sha256(rendered.tiff).hexdigest()):
            return None
    return gateway.submit(
        FaxJob(
            mark=mark_of(call.leader),
            fax=fax,
            recipient=notices[0].recipient.name,
            role=notices[0].recipient.role.value,
            kinds=tuple(one.kind for one in notices),
            reference=call.leader.reference,
            tiff=rendered.tiff,
            pages=rendered.pages,
            submitted_at=now.astimezone(UTC).isoformat(),
        )
    )


def _without_riders(session_factory: sessionmaker[Session], call: Call, why: str, now: datetime) -> Call | None:
    """The call for its leader alone; the others go by themselves from now on. None where the call was judged meanwhile."""
    with session_factory.begin() as session:
        for one in call.letters[1:]:
            present = storage.delivery(session, one.delivery_id)
            if present.state is not DeliveryState.SENDING or present.call_tag != call.tag:
                return None
            calls_storage.step_out(session, one.delivery_id, now, why)
    return replace(call, letters=call.letters[:1], notices=call.notices[:1])


def settle(
    session_factory: sessionmaker[Session],
    tag: str,
    outcome: Outcome,
    now: datetime,
    policy: RetryPolicy = PATIENCE,
    rules: CallingRules = NO_CALLS,
) -> dict[DeliveryId, Decision]:
    """Store what follows from the outcome of a call, for every letter of it, in one transaction; the decision on each.

    Where a letter's attempt was meanwhile judged without this worker (it was slow and presumed dead), its word is remembered; and
    if the letter waits to be sent once more though it went out, or may have, that is stopped.
    """
    decisions: dict[DeliveryId, Decision] = {}
    with session_factory.begin() as session:
        numbers_storage.at_the_exchange(session)
        calls_storage.lock_letters(session, tag)
        attempts = calls_storage.members(session, tag)
        for one in attempts:
            present = storage.delivery(session, one.delivery_id)
            decision = decide(
                outcome,
                past=calls_storage.past(session, present, one.number),
                pages=one.pages,
                since=one.began_at,
                now=now,
                policy=policy,
                together=len(attempts),
                stop=present.cancel_wish,
            )
            decisions[one.delivery_id] = decision
            in_time = present.state is DeliveryState.SENDING and present.attempts == one.number
            if in_time:
                _move(session, one, outcome, decision, len(attempts), now)
            else:
                _move_late(session, one, present, decision, now)
            if in_time or not isinstance(decision, LookAgain | SendAgain | GiveUp):
                _keep_evidence(session, one, outcome, now)
            if one.leads and in_time and rules.calls:
                _note_with_number(session, one.fax, outcome, decision, now, policy, rules)
        if isinstance(outcome, InProgress):
            calls_storage.note_job(session, tag, outcome.gateway_reference)
    return decisions


def _move(session: Session, one: Attempt, outcome: Outcome, decision: Decision, together: int, now: datetime) -> None:
    """The letter goes on by what was decided."""
    looks = isinstance(decision, SendAgain) or (isinstance(decision, LookAgain) and one.leads)
    storage.note_event(
        session,
        one.delivery_id,
        event_of(decision),
        now,
        detail=words_of(decision),
        look_at=decision.at if looks and isinstance(decision, SendAgain | LookAgain) else None,
        gateway_reference=decision.gateway_reference if isinstance(decision, Finished | LookAgain) else "",
    )
    if isinstance(outcome, Impossible) and isinstance(decision, SendAgain) and together > 1:
        calls_storage.note_alone(session, one.delivery_id)
    if isinstance(outcome, NotSent):
        day_storage.count(session, now, f"not_sent:{outcome.cause}")


def _move_late(session: Session, one: Attempt, present: Delivery, decision: Decision, now: datetime) -> None:
    """The word came after the attempt was judged: what waits to go out again though it went out, or may have, is stopped."""
    storage.note(session, one.delivery_id, now, "late_word", f"attempt {one.number}: {words_of(decision)}")
    waits = present.state in (DeliveryState.DUE, DeliveryState.HELD)
    if not waits and not (isinstance(decision, Finished) and present.state is DeliveryState.UNCERTAIN):
        return
    if isinstance(decision, Finished):
        storage.note_event(
            session,
            one.delivery_id,
            Event.CONFIRMED,
            now,
            detail=words_of(decision),
            gateway_reference=decision.gateway_reference,
        )
    elif isinstance(decision, AskPerson | LookAgain):
        storage.note_event(session, one.delivery_id, Event.LOSE_SIGHT, now, detail=words_of(decision))


def _keep_evidence(session: Session, one: Attempt, outcome: Outcome, now: datetime) -> None:
    """How the attempt ended, with what proves it; nothing while it has not ended."""
    how = how_of(outcome, one.pages)
    if how is None:
        return
    arrived = isinstance(outcome, Delivered)
    calls_storage.end_attempt(
        session,
        one.delivery_id,
        one.number,
        now,
        how,
        cause=outcome.cause.value if isinstance(outcome, NotSent) else "",
        detail=getattr(outcome, "detail", ""),
        pages_confirmed=outcome.pages if isinstance(outcome, Delivered) else None,
        gateway_reference=outcome.gateway_reference if isinstance(outcome, Delivered) else "",
        evidence=json.dumps(dict(outcome.evidence), ensure_ascii=False) if arrived and isinstance(outcome, Delivered) else "{}",
    )


def _note_with_number(
    session: Session, fax: str, outcome: Outcome, decision: Decision, now: datetime, policy: RetryPolicy, rules: CallingRules
) -> None:
    """What a call says of the number, whichever letter it was for."""
    if isinstance(decision, Finished):
        numbers_storage.note_arrived(session, fax, now)
    if not isinstance(outcome, NotSent) or outcome.cause in OURS:
        return
    number = numbers_storage.note_failed(session, fax, now, person_answered=outcome.cause is Cause.NO_CARRIER)
    if number.no_machine:
        numbers_storage.flag(session, fax, f"people answered the last {number.persons_answered} calls, no fax machine", now)
    elif number.failures >= FLAG_AFTER:
        numbers_storage.flag(session, fax, f"{number.failures} calls in a row brought nothing: {outcome.cause.label}", now)
    again = decision.at if isinstance(decision, SendAgain) else now + policy.by_cause[outcome.cause].pause(1)
    flagged = number.no_machine or number.failures >= FLAG_AFTER
    numbers_storage.rest(session, fax, rest_after_failure(again, flagged, rules, now))


def mark_of(delivery: Delivery, leader: Delivery | None = None) -> JobMark:
    """By what the gateway knows the call of the letter's current or last attempt; `leader`: whose call it was, if not its own."""
    led_by = delivery if leader is None else leader
    return JobMark(
        led_by.delivery_id,
        delivery.call_tag or delivery.tag,
        led_by.letter,
        gateway_reference=delivery.gateway_reference,
        begun_at=delivery.sending_since,
    )


__all__ = ["Call", "How", "mark_of", "send", "settle"]
