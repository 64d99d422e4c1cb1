"""The tables of webhooks: who wants to be told, what happened, and each telling on its way.

What: what a row of each table means, column by column.
Why: the statements (`app.webhooks.storage`) stay readable when the columns stand elsewhere.
Refuses: nothing; no statement stands here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from registry.moments import UtcDateTime


class Base(DeclarativeBase):
    """The tables of webhooks."""


class WebhookRow(Base):
    """One subscription."""

    __tablename__ = "api_webhooks"

    webhook_id: Mapped[str] = mapped_column(String(40), primary_key=True)  # made by us
    token_id: Mapped[str] = mapped_column(String(40))  # whose request made it
    kind: Mapped[str] = mapped_column(String(20))  # of the party, `tokens.PartyKind`; an operator's is told of everything
    identifier: Mapped[str] = mapped_column(String(40), index=True)  # the party's NPI; "" for operators
    url: Mapped[str] = mapped_column(String(500))  # where messages go
    secret: Mapped[str] = mapped_column(String(100))  # both sides sign with it, so it is kept as it is
    former_secret: Mapped[str | None] = mapped_column(String(100))  # the one before; messages bear its signature too for a while
    former_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # for how long; null: there is none
    kinds: Mapped[list[str] | None] = mapped_column(JSON)  # of notices wanted; null: every kind
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # null: it goes on


class EventRow(Base):
    """One notice that somebody subscribed to, written in the transaction that caused it."""

    __tablename__ = "api_events"

    event_id: Mapped[str] = mapped_column(String(40), primary_key=True)  # the same again when the same step runs again
    kind: Mapped[str] = mapped_column(String(60))  # of the notice
    body: Mapped[dict[str, Any]] = mapped_column(JSON)  # as sent: references and ids, no names
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it happened


class TellingRow(Base):
    """One event on its way to one subscriber."""

    __tablename__ = "api_tellings"
    __table_args__ = (
        Index("ux_api_tellings_event_webhook", "event_id", "webhook_id", unique=True),
        Index("ix_api_tellings_due", "state", "look_at"),
    )

    telling_id: Mapped[str] = mapped_column(String(40), primary_key=True)  # made by us
    event_id: Mapped[str] = mapped_column(String(40))  # what is told
    webhook_id: Mapped[str] = mapped_column(String(40))  # to whom
    state: Mapped[str] = mapped_column(String(20))  # `lifecycle.EventState`
    tries: Mapped[int] = mapped_column(Integer)  # begun, whatever became of them
    look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # DUE: when to send; SENDING: when its worker counts as dead
    last_word: Mapped[str] = mapped_column(Text)  # what was heard last, for operators
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
