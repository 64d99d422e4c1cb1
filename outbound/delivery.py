"""The life of a delivery, and what to do after each thing a fax line can say.

What: the states and the table of legal transitions; the retry decisions as values (`SendAgain(at)`, `GiveUp(reason)`, …).
Why: a letter holds health data. Sending it again when the first copy may have gone out is a disclosure, not a nuisance; losing it
is a patient without medicine. So every way between states stands in one table and the deciding is pure.
Refuses: any transition not in the table (`IllegalTransition`, nothing changes), and every automatic way out of UNCERTAIN but the
gateway's own word that the pages arrived.

    DUE → SENDING → DELIVERED | DUE again (busy, no answer) | ABANDONED | UNCERTAIN
    NO_ADDRESS: nobody knows a fax number. Operators see it; it is never silently dropped and never "abandoned" by a program.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from outbound.gateway import Delivered, Impossible, InProgress, NotSent, NotTaken, Outcome, Unknown, Unreachable

DeliveryId = NewType("DeliveryId", str)


class DeliveryState(StrEnum):
    """Where a delivery stands."""

    DUE = "due"  # to be sent when its time comes
    SENDING = "sending"  # handed, or about to be handed, to the gateway
    DELIVERED = "delivered"  # the gateway confirmed every page
    ABANDONED = "abandoned"  # given up; a person may start it again
    UNCERTAIN = "uncertain"  # the pages may have gone out; a person decides after the gateway was asked
    NO_ADDRESS = "no_address"  # no fax number is known; a person finds one


class Event(StrEnum):
    """What can happen to a delivery."""

    SUBMIT = "submit"  # an attempt begins; counted before the work
    LOOK_AGAIN = "look_again"  # the gateway is still at it, or could not be asked
    CONFIRMED = "confirmed"  # every page arrived
    NOT_SENT = "not_sent"  # no page went out: busy, no answer; or the gateway never took it
    GIVE_UP = "give_up"  # as often as the policy allows, or it cannot be sent at all
    LOSE_SIGHT = "lose_sight"  # some pages may have gone out
    SEND_AGAIN_BY_PERSON = "send_again_by_person"
    CLOSE_BY_PERSON = "close_by_person"
    NUMBER_GIVEN = "number_given"  # a person found a fax number


_S, _E = DeliveryState, Event
TRANSITIONS: dict[tuple[DeliveryState, Event], DeliveryState] = {
    (_S.DUE, _E.SUBMIT): _S.SENDING,
    (_S.DUE, _E.CLOSE_BY_PERSON): _S.ABANDONED,
    (_S.DUE, _E.CONFIRMED): _S.DELIVERED,  # a worker presumed dead was only slow, and had sent it after all
    (_S.DUE, _E.LOSE_SIGHT): _S.UNCERTAIN,  # likewise, but what it did cannot be told
    (_S.SENDING, _E.LOOK_AGAIN): _S.SENDING,
    (_S.SENDING, _E.CONFIRMED): _S.DELIVERED,
    (_S.SENDING, _E.NOT_SENT): _S.DUE,
    (_S.SENDING, _E.GIVE_UP): _S.ABANDONED,
    (_S.SENDING, _E.LOSE_SIGHT): _S.UNCERTAIN,
    (_S.UNCERTAIN, _E.CONFIRMED): _S.DELIVERED,  # asked later, the gateway knew after all
    (_S.UNCERTAIN, _E.SEND_AGAIN_BY_PERSON): _S.DUE,  # the only way back: `sending.send_again` asks the gateway first
    (_S.UNCERTAIN, _E.CLOSE_BY_PERSON): _S.ABANDONED,
    (_S.ABANDONED, _E.SEND_AGAIN_BY_PERSON): _S.DUE,
    (_S.ABANDONED, _E.NUMBER_GIVEN): _S.DUE,  # the number on file was wrong
    (_S.NO_ADDRESS, _E.NUMBER_GIVEN): _S.DUE,
    (_S.NO_ADDRESS, _E.CLOSE_BY_PERSON): _S.ABANDONED,
    # DELIVERED is the end: a further copy is a new notice with a key of its own.
}


class IllegalTransition(Exception):
    """Something happened that cannot happen in this state; nothing was changed."""


def after(state: DeliveryState, event: Event) -> DeliveryState:
    """The state after `event`; IllegalTransition if the table does not know it."""
    try:
        return TRANSITIONS[state, event]
    except KeyError:
        raise IllegalTransition(f"a delivery that is {state} cannot {event}") from None


@dataclass(frozen=True)
class Delivery:
    """One letter on its way to one machine, as stored."""

    delivery_id: DeliveryId
    kinds: tuple[str, ...]  # of the notices it brings, in their order
    reference: str
    number: int  # 1, 2, … among the letters of one reference
    urgent: bool  # overtakes ordinary letters
    fax: str | None  # ten digits
    state: DeliveryState
    attempts: int  # begun, whatever became of them; never counted back, the tag is made of it
    attempts_before: int  # of these, begun before a person last started the delivery anew
    created_at: datetime  # aware UTC
    next_look_at: datetime | None  # DUE: when to send; SENDING: when to ask the gateway; None: nothing by itself
    sending_since: datetime | None  # begin of the current attempt
    gateway_reference: str  # the gateway's own id of the job, such as a file name; "" before
    pages: int  # of the rendered letter; 0 before the first attempt
    last_word: str  # what was heard last, for operators

    @property
    def tries(self) -> int:
        """Attempts that count against the policy's patience."""
        return self.attempts - self.attempts_before

    @property
    def tag(self) -> str:
        """Our own mark on this attempt, by which the gateway can be asked whether it took it."""
        return f"{self.delivery_id}-{self.attempts}"


@dataclass(frozen=True)
class RetryPolicy:
    """How patiently we send; every length in one place."""

    pauses: tuple[timedelta, ...] = (  # after the 1st, 2nd, … attempt that sent nothing
        timedelta(minutes=3),
        timedelta(minutes=10),
        timedelta(minutes=30),
        timedelta(hours=1),
        timedelta(hours=3),
        timedelta(hours=8),
        timedelta(hours=12),
    )
    presumed_dead_after: timedelta = timedelta(seconds=60)  # a worker that says nothing; the work takes under 2 s
    look_every: timedelta = timedelta(seconds=30)  # while the gateway is at it
    in_progress_at_most: timedelta = timedelta(hours=24)  # longer than any fax server keeps trying

    @property
    def attempts(self) -> int:
        """How often a letter is attempted at most."""
        return len(self.pauses) + 1


@dataclass(frozen=True)
class SendAgain:
    """No page went out: try again."""

    at: datetime
    reason: str


@dataclass(frozen=True)
class GiveUp:
    """Stop trying; an operator sees why."""

    reason: str


@dataclass(frozen=True)
class Finished:
    """It arrived."""

    gateway_reference: str


@dataclass(frozen=True)
class LookAgain:
    """The gateway is still at it: ask again."""

    at: datetime
    reason: str
    gateway_reference: str = ""


@dataclass(frozen=True)
class AskPerson:
    """Pages may have gone out: never by itself again."""

    reason: str


Decision = SendAgain | GiveUp | Finished | LookAgain | AskPerson


def decide(outcome: Outcome, *, attempt: int, pages: int, since: datetime, now: datetime, policy: RetryPolicy) -> Decision:
    """What follows from the gateway's word on the `attempt`-th try (from 1), begun at `since`, of a letter of `pages` pages."""
    match outcome:
        case Delivered(gateway_reference=reference, pages=sent):
            if sent == pages:
                return Finished(reference)
            return AskPerson(f"the gateway says done, but {sent} of {pages} pages were confirmed")
        case InProgress(gateway_reference=reference):
            if now - since > policy.in_progress_at_most:
                return AskPerson(f"the gateway has been sending since {since:%Y-%m-%d %H:%M} UTC and does not end")
            return LookAgain(now + policy.look_every, "the gateway is sending", reference)
        case Unreachable(detail=detail):
            return LookAgain(now + policy.look_every, f"the gateway cannot be asked: {detail}")
        case NotSent(cause=cause, detail=detail):
            words = f"{cause.label}: {detail}" if detail else cause.label
            if attempt >= policy.attempts:
                return GiveUp(f"{words}; {attempt} attempts")
            return SendAgain(now + policy.pauses[attempt - 1], words)
        case NotTaken():
            if attempt >= policy.attempts:
                return GiveUp(f"the sending process died {attempt} times before the gateway had the letter")
            return SendAgain(now, "the sending process died before the gateway had the letter")
        case Impossible(detail=detail):
            return GiveUp(detail)
        case Unknown(detail=detail):
            return AskPerson(detail)


def event_of(decision: Decision) -> Event:
    """The event a decision is for the lifecycle."""
    match decision:
        case Finished():
            return Event.CONFIRMED
        case SendAgain():
            return Event.NOT_SENT
        case GiveUp():
            return Event.GIVE_UP
        case LookAgain():
            return Event.LOOK_AGAIN
        case AskPerson():
            return Event.LOSE_SIGHT
