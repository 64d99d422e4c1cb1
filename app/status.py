"""How the service stands: counts by state, the oldest item, the lag, and whether broker and database answer.

What: one frozen picture and its JSON, for `remsfax status`, the API and the metrics.
Why: the real program's users could not tell whether their form had arrived; an operator must see the backlog at a glance.
Refuses: nothing; what cannot be reached is said, not raised.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import redis
from dramatiq.brokers.redis import RedisBroker
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app import storage
from app.broker import QUEUES, pending, reachable
from app.case_flow import DocumentState
from app.database import Database
from app.sweep import due
from intake import storage as faxes
from intake.fax_lifecycle import FaxState
from outbound import mail_storage as mails
from outbound import storage as letters
from registry import clock_storage
from review_queue import quality_storage, reviewing
from review_queue import storage as reviews
from review_queue.lifecycle import ReviewState


@dataclass(frozen=True)
class Status:
    """The service at one moment."""

    at: datetime  # aware UTC
    database: bool  # answers
    broker: bool  # answers
    faxes: Mapping[str, int]  # by state
    documents: Mapping[str, int]
    reviews: Mapping[str, int]
    deliveries: Mapping[str, int]
    due: int  # steps that are due now, in hand or not
    pending: Mapping[str, int]  # nudges on their way, by queue
    oldest: Mapping[str, datetime | None]  # received time of the oldest by what it waits for; None: nothing waits
    mails: Mapping[str, int] = field(default_factory=dict)  # of the deliveries, those that go by e-mail
    alarms: Mapping[str, int] = field(default_factory=dict)  # alarms of the live error rate that are on, by class of field
    clock_last_ran: datetime | None = None  # when what is due by time was last told to its end; None: never

    @classmethod
    def of_nothing(cls, at: datetime, broker: bool = False, pending: Mapping[str, int] | None = None) -> Status:
        """Without a database nothing can be counted."""
        return cls(at, False, broker, {}, {}, {}, {}, 0, pending or {}, {})

    @property
    def lag_seconds(self) -> float:
        """Age of the oldest fax that waits for the machine, not for a person."""
        waiting = [one for name, one in self.oldest.items() if one is not None and name in ("unread", "unsent", "undecided")]
        return max((self.at - min(waiting)).total_seconds(), 0.0) if waiting else 0.0

    def to_json(self) -> dict[str, Any]:
        """The line of `remsfax status --json`."""
        return {
            "at": self.at.isoformat(),
            "database": "reachable" if self.database else "unreachable",
            "broker": "reachable" if self.broker else "unreachable",
            "faxes": dict(self.faxes),
            "documents": dict(self.documents),
            "reviews": dict(self.reviews),
            "deliveries": dict(self.deliveries),
            "mails": dict(self.mails),
            "due": self.due,
            "pending": dict(self.pending),
            "oldest": {name: None if one is None else one.isoformat() for name, one in self.oldest.items()},
            "lag_seconds": round(self.lag_seconds, 1),
            "alarms": dict(self.alarms),
            "clock_last_ran": None if self.clock_last_ran is None else self.clock_last_ran.isoformat(),
        }


def status(database: Database, broker: RedisBroker, now: datetime) -> Status:
    """Look at everything once."""
    try:
        waiting = {queue: len(pending(broker, queue)) for queue in QUEUES}
    except redis.RedisError:
        waiting = {}
    try:
        with database.reading() as session:
            return _of_rows(session, reachable(broker), waiting, now)
    except SQLAlchemyError:
        return Status.of_nothing(now, reachable(broker), waiting)


def _alarms(session: Session) -> dict[str, int]:
    on = [one.critical for one in quality_storage.alarms(session)]
    return {"critical": on.count(True), "ordinary": on.count(False)}


def _of_rows(session: Session, broker: bool, waiting: Mapping[str, int], now: datetime) -> Status:
    return Status(
        at=now,
        database=True,
        broker=broker,
        faxes={state.value: count for state, count in faxes.fax_counts(session).items()},
        documents={state.value: count for state, count in storage.document_counts(session).items()},
        reviews={state.value: count for state, count in reviews.counts(session, ReviewState).items()},
        deliveries={state.value: count for state, count in letters.counts(session).items()},
        due=len(due(session, now)),
        pending=waiting,
        oldest={
            "unread": faxes.oldest_in(session, [FaxState.RECEIVED]),
            "undecided": storage.oldest_change(
                session, [DocumentState.READ, DocumentState.CONFIRMED, DocumentState.RECORDED, DocumentState.TURNED_AWAY]
            ),
            "at_the_desk": reviewing.backlog(session).oldest_received,
            "unsent": letters.oldest_unsent(session),
            "quarantined": faxes.oldest_in(session, [FaxState.QUARANTINED]),
        },
        mails={state.value: count for state, count in mails.counts(session).items()},
        alarms=_alarms(session),
        clock_last_ran=clock_storage.last_run(session),
    )
