"""Nudges: telling another process that a step of work is due. Losing one costs a few seconds, never a fax.

What: a nudge as a value, which queue each stage travels in, and the sender of nudges.
Why: the row is the truth; so a nudge carries an id and nothing else, and a broker that is away must stop nobody.
Refuses: to raise when the broker is away: the sweep nudges again once it is back.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import dramatiq
import redis
from dramatiq.brokers.redis import RedisBroker
from dramatiq.errors import BrokerConnectionError

from app.broker import DECIDING, READING, SENDING
from app.case_flow import Stage

_log = logging.getLogger(__name__)

QUEUE_OF: Mapping[Stage, str] = {
    Stage.READ_FAX: READING,
    Stage.REARRANGE: READING,
    Stage.TRIAGE: DECIDING,
    Stage.TAKE_VERDICT: DECIDING,
    Stage.RECORD: DECIDING,
    Stage.ANSWER: DECIDING,
    Stage.SETTLE: DECIDING,
    Stage.SEND: SENDING,
    Stage.TELL: SENDING,
}


@dataclass(frozen=True)
class Nudge:
    """`stage` is due for the fax, document or delivery of that id."""

    stage: Stage
    subject: str


class Nudges(Protocol):
    """Where nudges go."""

    def send(self, nudges: Iterable[Nudge]) -> None:
        """Pass them on; call it after the transaction that made them due is committed."""
        ...


class BrokerNudges:
    """Nudges over the broker; the actors themselves need not be known in the sending process."""

    def __init__(self, broker: RedisBroker) -> None:
        self._broker = broker

    def send(self, nudges: Iterable[Nudge]) -> None:
        """Enqueue each; if the broker is away, say so once and leave the rest to the sweep."""
        for one in nudges:
            message: dramatiq.Message[None] = dramatiq.Message(
                queue_name=QUEUE_OF[one.stage], actor_name=one.stage.value, args=(one.subject,), kwargs={}, options={}
            )
            try:
                self._broker.enqueue(message)
            except (redis.RedisError, BrokerConnectionError) as problem:
                _log.warning("the broker is away (%s); the sweep will nudge %s %s", problem, one.stage.value, one.subject)
                return
