"""The sweep: whatever is due by its row and nobody has been told of is nudged again.

What: compares what the rows say is due with what is still pending in the broker, and nudges the difference.
Why: the broker may lose everything, a nudge may have been sent while it was away, a desk may have died after its commit; the rows
know. Comparing, rather than nudging by age, never floods a queue that is merely long.
Refuses: nothing; nudging too often is harmless, every step looks at its row first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import redis
from dramatiq.brokers.redis import RedisBroker
from sqlalchemy.orm import Session

from app import storage
from app.broker import Pending, pending
from app.case_flow import DUE_FOR_DOCUMENT, Stage
from app.database import Database
from app.fax_steps import rearranging
from app.nudging import QUEUE_OF, Nudge, Nudges
from app.webhooks import storage as webhooks
from intake import arrangement_storage
from intake import storage as faxes
from intake.fax_lifecycle import FaxState
from outbound import mail_storage as mails
from outbound import storage as letters

MOST_AT_ONCE = 200  # nudges of one sweep; the next one follows in seconds


def due(session: Session, now: datetime, grace: timedelta = timedelta(), lines: int | None = None) -> list[Nudge]:
    """Every step that is due at `now`, the oldest first within its stage; of letters no more than `lines` can take.

    A reviewer may take a verdict back for `grace`.
    """
    asleep = {one.fax.fax_id for one in faxes.faxes_in(session, [FaxState.QUARANTINED])}
    found = [Nudge(Stage.READ_FAX, one.fax.fax_id) for one in faxes.faxes_in(session, [FaxState.RECEIVED])]
    for document_id, fax_id, state in storage.documents_in(session, list(DUE_FOR_DOCUMENT)):
        if fax_id not in asleep:
            found.append(Nudge(DUE_FOR_DOCUMENT[state], document_id))
    settled = storage.settled_at_desk(session, now, grace)
    found += [Nudge(Stage.TAKE_VERDICT, one) for one, fax_id in settled if fax_id not in asleep]
    arranged = arrangement_storage.due_arrangements(session)
    found += [Nudge(Stage.REARRANGE, rearranging(fax_id, number)) for fax_id, number in arranged]
    unanswered = storage.faxes_with_open_documents(session) | {fax_id for fax_id, _ in arranged}
    found += [
        Nudge(Stage.SETTLE, one.fax.fax_id)
        for one in faxes.faxes_in(session, [FaxState.READ])
        if one.fax.fax_id not in unanswered
    ]
    found += [Nudge(Stage.SEND, one) for one in letters.due(session, now, lines=lines)]
    found += [Nudge(Stage.TELL, one) for one in webhooks.due(session, now)]
    return found


def sweep(
    database: Database,
    broker: RedisBroker,
    nudges: Nudges,
    now: datetime,
    grace: timedelta = timedelta(),
    lines: int | None = None,
) -> Sequence[Nudge]:
    """Nudge what is due and not pending; what was nudged. Nothing while the broker is away."""
    try:
        told = {one for queue in set(QUEUE_OF.values()) for one in pending(broker, queue)}
    except redis.RedisError:
        return ()
    with database.reading() as session:
        found = due(session, now, grace, lines)
        lagging = [one for one in found if Pending(one.stage.value, one.subject) not in told][:MOST_AT_ONCE]
    nudges.send(lagging)
    return lagging


def release_mails(database: Database, now: datetime) -> None:
    """There is a mail server: e-mails that were held for want of one are due."""
    with database.reading() as session:
        if not mails.any_held(session):
            return
    with database.writing() as session:
        mails.release_held(session, now)
