"""The life of one event on its way to one subscriber. Pure.

What: the states, the table of legal transitions, and what an answer means.
Why: a receiver that is down for a night must get its events in the morning, one that is gone must not be asked for ever.
Refuses: any transition not in the table (`IllegalTransition`, nothing changes).

    DUE → SENDING → DELIVERED | DUE again (no 2xx) | GIVEN_UP

An event may arrive twice: where a worker dies after the receiver's answer, nobody knows of it. Receivers tell by `webhook-id`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class EventState(StrEnum):
    """Where one event stands for one subscriber."""

    DUE = "due"  # to be sent when its time comes
    SENDING = "sending"  # a worker is at it, or died at it
    DELIVERED = "delivered"  # the receiver answered 2xx
    GIVEN_UP = "given_up"  # tried as often as we try, or the subscription ended


EVENT_LIFE: Mapping[EventState, frozenset[EventState]] = {
    EventState.DUE: frozenset({EventState.SENDING, EventState.GIVEN_UP}),
    EventState.SENDING: frozenset({EventState.DELIVERED, EventState.DUE, EventState.GIVEN_UP}),
    EventState.DELIVERED: frozenset(),
    EventState.GIVEN_UP: frozenset(),
}

PAUSES = (  # after the 1st, 2nd, … try that failed
    timedelta(seconds=5),
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
)
PRESUMED_DEAD_AFTER = timedelta(seconds=60)  # a worker that says nothing; one try takes a few seconds at most
GONE = 410  # the receiver says that it will never want it


class IllegalTransition(Exception):
    """Something asked for a step that the life of an event does not have; nothing was changed."""


@dataclass(frozen=True)
class Heard:
    """What came of one try."""

    status: int | None  # the HTTP status; None where there was no answer
    word: str  # in words, for operators


@dataclass(frozen=True)
class Next:
    """Where the event goes."""

    state: EventState
    at: datetime | None  # when it is tried again; None: not


def step(now: EventState, then: EventState) -> EventState:
    """`then`, if the table allows it after `now`; raises IllegalTransition otherwise."""
    if then not in EVENT_LIFE[now]:
        raise IllegalTransition(f"{now.value} → {then.value} is not in the life of an event")
    return then


def after(heard: Heard, tries: int, now: datetime) -> Next:
    """Only 2xx counts as delivered; a redirect is an answer like any other that is none. `tries` counts this one."""
    if heard.status is not None and 200 <= heard.status < 300:
        return Next(EventState.DELIVERED, None)
    if heard.status == GONE or tries > len(PAUSES):
        return Next(EventState.GIVEN_UP, None)
    return Next(EventState.DUE, now + PAUSES[tries - 1])
