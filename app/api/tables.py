"""The API's tables: tokens and the answers kept for repeated requests.

What: what a row of each table means, column by column.
Why: the statements (`app.api.storage`) stay readable when the columns stand elsewhere.
Refuses: nothing; no statement stands here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Integer, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from registry.moments import UtcDateTime


class Base(DeclarativeBase):
    """The tables of the API and of its webhooks."""


class TokenRow(Base):
    """One token (`tokens.Token`)."""

    __tablename__ = "api_tokens"

    token_id: Mapped[str] = mapped_column(String(12), primary_key=True)  # the public part
    name: Mapped[str] = mapped_column(String(120))  # what the operator calls it
    kind: Mapped[str] = mapped_column(String(20))  # `tokens.PartyKind`
    identifier: Mapped[str] = mapped_column(String(40), index=True)  # NPI, HIN or DEA; "" for operators
    person: Mapped[str] = mapped_column(String(120))  # who acts with it
    email: Mapped[str] = mapped_column(String(254))  # of that person
    scopes: Mapped[list[str]] = mapped_column(JSON)  # `tokens.Scope`, sorted
    digest: Mapped[str] = mapped_column(String(64))  # SHA-256 of the secret, hexadecimal
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # null: not by time
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # null: not revoked
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # written at most once a minute


class AnswerRow(Base):
    """The answer to a request that came with an Idempotency-Key, written in the transaction of its effect."""

    __tablename__ = "api_answers"

    token_id: Mapped[str] = mapped_column(String(40), primary_key=True)  # whose key it is
    key: Mapped[str] = mapped_column(String(128), primary_key=True)  # as the client chose it
    request: Mapped[str] = mapped_column(String(64))  # SHA-256 of route and body, hexadecimal
    status: Mapped[int] = mapped_column(Integer)  # of the answer
    answer: Mapped[dict[str, Any]] = mapped_column(JSON)  # its body
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)  # after this the key is free again
