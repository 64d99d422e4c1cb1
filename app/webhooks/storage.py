"""The statements of webhooks: subscriptions, events, and each telling on its way.

What: functions over a session; they never commit.
Why: an event is a row before anybody is told, so that no broker and no worker can lose it.
Refuses: a transition that the life of an event does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.webhooks.lifecycle import PAUSES, PRESUMED_DEAD_AFTER, EventState, Next, step
from app.webhooks.tables import Base, EventRow, TellingRow, WebhookRow

__all__ = ["Base"]


@dataclass(frozen=True)
class Webhook:
    """One subscription as stored."""

    webhook_id: str
    token_id: str  # whose request made it
    kind: str  # of the party
    identifier: str  # the party's NPI; "" for operators
    url: str
    secret: str
    kinds: tuple[str, ...] | None  # of notices wanted; None: every kind
    created_at: datetime


@dataclass(frozen=True)
class Telling:
    """One event on its way, with all that a try needs."""

    telling_id: str
    event_id: str
    url: str
    secret: str
    former_secret: str | None  # the one before, while it still holds
    body: Mapping[str, Any]
    tries: int  # this one included


def add_webhook(session: Session, one: Webhook) -> None:
    """Store a subscription."""
    session.add(
        WebhookRow(
            webhook_id=one.webhook_id,
            token_id=one.token_id,
            kind=one.kind,
            identifier=one.identifier,
            url=one.url,
            secret=one.secret,
            kinds=None if one.kinds is None else list(one.kinds),
            created_at=one.created_at,
        )
    )
    session.flush()


def webhooks_of(session: Session, kind: str, identifier: str) -> list[Webhook]:
    """A party's subscriptions that go on, the oldest first."""
    wanted = select(WebhookRow).where(WebhookRow.kind == kind, WebhookRow.identifier == identifier, WebhookRow.ended_at.is_(None))
    return [_webhook(row) for row in session.scalars(wanted.order_by(WebhookRow.created_at, WebhookRow.webhook_id))]


def open_webhooks(session: Session) -> list[Webhook]:
    """Every subscription that goes on."""
    return [_webhook(row) for row in session.scalars(select(WebhookRow).where(WebhookRow.ended_at.is_(None)))]


def end_webhook(session: Session, webhook_id: str, kind: str, identifier: str, now: datetime) -> bool:
    """End a party's subscription, and what is still due to it; False where the party has no such one."""
    wanted = (
        update(WebhookRow)
        .where(
            WebhookRow.webhook_id == webhook_id,
            WebhookRow.kind == kind,
            WebhookRow.identifier == identifier,
            WebhookRow.ended_at.is_(None),
        )
        .values(ended_at=now)
    )
    if session.scalar(wanted.returning(WebhookRow.webhook_id)) is None:
        return False
    session.execute(
        update(TellingRow)
        .where(TellingRow.webhook_id == webhook_id, TellingRow.state == EventState.DUE.value)
        .values(state=EventState.GIVEN_UP.value, look_at=None, last_word="the subscription ended", changed_at=now)
    )
    return True


def change_webhook(session: Session, one: Webhook) -> None:
    """Store where and of what a subscription that goes on is told; what is still due to it goes to the new address."""
    kinds = None if one.kinds is None else list(one.kinds)
    session.execute(update(WebhookRow).where(WebhookRow.webhook_id == one.webhook_id).values(url=one.url, kinds=kinds))


def change_secret(session: Session, webhook_id: str, secret: str, former_until: datetime) -> None:
    """A new secret; the one that stood holds until then beside it, and an older one no more."""
    row = session.get_one(WebhookRow, webhook_id, with_for_update=True)
    row.former_secret, row.former_until, row.secret = row.secret, former_until, secret
    session.flush()


def add_event(session: Session, event_id: str, kind: str, body: Mapping[str, Any], now: datetime) -> bool:
    """Store an event; False, and nothing done, where it is known."""
    if session.get(EventRow, event_id) is not None:
        return False
    session.add(EventRow(event_id=event_id, kind=kind, body=dict(body), at=now))
    session.flush()
    return True


def add_telling(session: Session, telling_id: str, event_id: str, webhook_id: str, now: datetime) -> None:
    """An event is due to a subscriber at once."""
    session.add(
        TellingRow(
            telling_id=telling_id,
            event_id=event_id,
            webhook_id=webhook_id,
            state=EventState.DUE.value,
            tries=0,
            look_at=now,
            last_word="",
            changed_at=now,
        )
    )
    session.flush()


def due(session: Session, now: datetime) -> list[str]:
    """Tellings to try at `now`: due, or in the hands of a worker that counts as dead."""
    states = (EventState.DUE.value, EventState.SENDING.value)
    wanted = select(TellingRow.telling_id).where(TellingRow.state.in_(states), TellingRow.look_at <= now)
    return list(session.scalars(wanted.order_by(TellingRow.look_at)))


def claim(session: Session, telling_id: str, now: datetime) -> Telling | None:
    """Take a telling in hand if it is due, counted before the work; None where it is not due or somebody else was faster."""
    states = (EventState.DUE.value, EventState.SENDING.value)  # SENDING that is due again: its worker counts as dead
    taken = (
        update(TellingRow)
        .where(TellingRow.telling_id == telling_id, TellingRow.state.in_(states), TellingRow.look_at <= now)
        .values(state=EventState.SENDING.value, tries=TellingRow.tries + 1, look_at=now + PRESUMED_DEAD_AFTER, changed_at=now)
    )
    if session.scalar(taken.returning(TellingRow.telling_id)) is None:
        return None
    row = session.get_one(TellingRow, telling_id, populate_existing=True)
    webhook, event = session.get_one(WebhookRow, row.webhook_id), session.get_one(EventRow, row.event_id)
    word = "the subscription ended" if webhook.ended_at is not None else "each try killed its worker"
    if webhook.ended_at is not None or row.tries > len(PAUSES) + 1:
        row.state, row.look_at, row.last_word = step(EventState(row.state), EventState.GIVEN_UP).value, None, word
        session.flush()
        return None
    holds = webhook.former_until is not None and now < webhook.former_until
    former = webhook.former_secret if holds else None
    return Telling(telling_id, event.event_id, webhook.url, webhook.secret, former, event.body, row.tries)


def settle(session: Session, one: Telling, then: Next, word: str, now: datetime) -> None:
    """What came of a try, unless a later one has begun meanwhile."""
    row = session.get_one(TellingRow, one.telling_id, with_for_update=True)
    if row.tries != one.tries:
        return
    row.state = step(EventState(row.state), then.state).value
    row.look_at, row.last_word, row.changed_at = then.at, word, now
    session.flush()


def standing(session: Session, webhook_id: str, limit: int) -> list[tuple[str, str, str, int, str, datetime]]:
    """A subscription's youngest tellings: event, kind, state, tries, last word, changed."""
    rows = session.execute(
        select(
            TellingRow.event_id, EventRow.kind, TellingRow.state, TellingRow.tries, TellingRow.last_word, TellingRow.changed_at
        )
        .join(EventRow, EventRow.event_id == TellingRow.event_id)
        .where(TellingRow.webhook_id == webhook_id)
        .order_by(EventRow.at.desc(), TellingRow.event_id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2], row[3], row[4], row[5]) for row in rows]


def _webhook(row: WebhookRow) -> Webhook:
    kinds = None if row.kinds is None else tuple(row.kinds)
    return Webhook(row.webhook_id, row.token_id, row.kind, row.identifier, row.url, row.secret, kinds, row.created_at)
