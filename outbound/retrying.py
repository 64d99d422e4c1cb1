"""After an attempt: what follows from the gateway's word, by the cause, as a value. Pure.

What: `RetryPolicy`, with every pause and limit in one place, and `decide`.
Why: whether a letter may be sent again depends on whether a page may have gone out, and when on why none did. A busy machine is
free in minutes; where a person answered, a second call is a nuisance and a third one harassment; where our own line is dead the
letter is fine, and giving it up would only make work.
Refuses: to send again after anything but the certain word that no page went out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType

from outbound.delivery import Event
from outbound.gateway import Cause, Delivered, Impossible, InProgress, NotSent, NotTaken, Outcome, Unknown, Unreachable

OURS = frozenset({Cause.NO_DIAL_TONE, Cause.NO_SPACE, Cause.GATEWAY_DOWN})
"""Causes on our side of the telephone line: no call was made, and the recipient's machine has nothing to do with it."""
NOT_TAKEN = "not_taken"
"""How an attempt is counted whose process died before the gateway had the letter."""


@dataclass(frozen=True)
class Retry:
    """How patiently one cause is met."""

    minutes: tuple[int, ...]  # the pause after the 1st, 2nd, … attempt that ended so; the last one holds for all further ones
    attempts: int | None  # given up when so many attempts ended so; None: however many
    patience: timedelta = timedelta()  # and not before it has been so for so long

    def pause(self, times: int) -> timedelta:
        """The pause after the `times`-th attempt (from 1) that ended so."""
        return timedelta(minutes=self.minutes[min(times, len(self.minutes)) - 1])

    def ends(self, times: int, lasting: timedelta) -> bool:
        """Whether to give up when `times` attempts ended so, over a time of `lasting`."""
        return lasting >= self.patience and (self.attempts is None or times >= self.attempts)


PATIENCE_OF_MAIL = timedelta(minutes=10)
"""Longer than any talk with a mail server lasts: a dozen words, each within half a minute."""

_OURS = Retry((1, 1, 2, 5, 5, 10, 15, 30), None, timedelta(days=3))  # over a weekend; the pauses grow, since each try renders
BY_CAUSE: Mapping[Cause, Retry] = MappingProxyType(
    {
        # three minutes are a fax of some pages; they grow, since a machine that is busy for an hour is off the hook or in trouble
        Cause.BUSY: Retry((3, 3, 3, 3, 3, 10, 20, 30, 60, 60, 120, 240, 480), 16),
        # switched off for the night or the weekend: the pauses grow so that sixteen tries reach over 72 hours
        Cause.NO_ANSWER: Retry((5, 5, 5, 15, 30, 60, 120, 240, 480), 16),
        Cause.NO_CARRIER: Retry((10,), 2),  # a person answered: once more, in case the machine is started by hand, then never
        # a full mailbox, or a server that takes mail of strangers at the second try only: sixteen tries reach over three days
        Cause.NOT_NOW: Retry((5, 15, 30, 60, 120, 240, 480), 16),
        Cause.PROTOCOL: Retry((1, 1, 1, 5, 15, 30, 60), 8),  # noise on the line mostly: another call takes another way
        Cause.NO_DIAL_TONE: _OURS,
        Cause.NO_SPACE: _OURS,
        Cause.GATEWAY_DOWN: _OURS,
    }
)


@dataclass(frozen=True)
class RetryPolicy:
    """How patiently we send; every length in one place."""

    by_cause: Mapping[Cause, Retry] = field(default_factory=lambda: BY_CAUSE)
    calls_at_most: int = 24  # calls of one letter that reached the recipient's side and brought nothing, whatever their causes
    deaths_at_most: int = 8  # attempts whose process died before the gateway had the letter: it may be the letter that kills it
    presumed_dead_after: timedelta = timedelta(seconds=60)  # a worker that says nothing; the work takes under 2 s
    mail_presumed_dead_after: timedelta = PATIENCE_OF_MAIL  # the same with a mail server, which may be slow at each word
    look_every: timedelta = timedelta(seconds=15)  # while the gateway is at it: a call takes a minute, and its line waits for us
    in_progress_at_most: timedelta = timedelta(hours=24)  # longer than any fax server keeps trying


@dataclass(frozen=True)
class Past:
    """The attempts that count and ended before the one in question."""

    ended: Mapping[str, int] = field(default_factory=dict)  # how many, by cause or NOT_TAKEN
    ours_since: datetime | None = None  # since when all of them failed on our side, up to the last; None: the last one did not

    def times(self, how: str) -> int:
        """How many ended so."""
        return self.ended.get(how, 0)

    @property
    def calls(self) -> int:
        """How many reached the recipient's side."""
        return sum(times for how, times in self.ended.items() if how != NOT_TAKEN and Cause(how) not in OURS)


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
    said: str = "arrived"  # what that means, in words


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


def decide(
    outcome: Outcome,
    *,
    past: Past,
    pages: int,
    since: datetime,
    now: datetime,
    policy: RetryPolicy,
    together: int = 1,
    stop: str = "",
) -> Decision:
    """What follows for one letter from the gateway's word on the call begun at `since`, of `pages` pages and `together` letters.

    `stop`: who wanted this letter stopped, and why; it is then not tried again.
    """
    match outcome:
        case Delivered(gateway_reference=reference, pages=sent, said=said):
            if sent and sent == pages:
                return Finished(reference, said)
            return AskPerson(f"the gateway says done, but {sent} of {pages} pages were confirmed")
        case InProgress(gateway_reference=reference):
            if now - since > policy.in_progress_at_most:
                return AskPerson(f"the gateway has been sending since {since:%Y-%m-%d %H:%M} UTC and does not end")
            return LookAgain(now + policy.look_every, "the gateway is sending", reference)
        case Unreachable(detail=detail):
            return LookAgain(now + policy.look_every, f"the gateway cannot be asked: {detail}")
        case Unknown(detail=detail):
            return AskPerson(detail)
        case NotSent() | NotTaken() | Impossible() if stop:
            return GiveUp(f"stopped, no page went out ({stop})")
        case NotSent(cause=cause, detail=detail):
            return _not_sent(cause, f"{cause.label}: {detail}" if detail else cause.label, past, since, now, policy)
        case NotTaken():
            died = past.times(NOT_TAKEN) + 1
            if died >= policy.deaths_at_most:
                return GiveUp(f"the sending process died {died} times before the gateway had the letter")
            return SendAgain(now, "the sending process died before the gateway had the letter")
        case Impossible(detail=detail):
            if together > 1:  # whichever of them it is: each goes by itself, and the one at fault shows
                return SendAgain(now, f"{detail}; {together} letters were in that call, each now goes alone")
            return GiveUp(detail)


def _not_sent(cause: Cause, words: str, past: Past, since: datetime, now: datetime, policy: RetryPolicy) -> Decision:
    """No page went out, for a cause beside the letter."""
    retry, times = policy.by_cause[cause], past.times(cause) + 1
    lasting = now - (past.ours_since or since) if cause in OURS else timedelta()
    if retry.ends(times, lasting):
        return GiveUp(f"{words}; {times} attempt{'' if times == 1 else 's'} ended so")
    if cause not in OURS and past.calls + 1 >= policy.calls_at_most:
        return GiveUp(f"{words}; {past.calls + 1} calls brought nothing")
    return SendAgain(now + retry.pause(times), words)


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


def words_of(decision: Decision) -> str:
    """One line for operators."""
    match decision:
        case Finished(gateway_reference=reference, said=said):
            return f"{said}: {reference}"
        case SendAgain(reason=reason) | GiveUp(reason=reason) | LookAgain(reason=reason) | AskPerson(reason=reason):
            return reason
