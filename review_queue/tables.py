"""The desk's tables, one class each: items, verdicts, events, reviewers, sign-ins.

What: what a row of each table means, column by column.
Why: the statements (`review_queue.storage`) stay readable when the columns stand elsewhere.
Refuses: nothing; no statement stands here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Index, Integer, String, Text, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from registry.moments import UtcDateTime
from review_queue.lifecycle import CLOSED

CLOSED_STATES = tuple(sorted(state.value for state in CLOSED))
"""In one order, since SQLite uses a partial index only for the very condition it was made with."""
IS_OPEN = text(f"state NOT IN ({', '.join(repr(state) for state in CLOSED_STATES)})")
"""The condition of the index over what is open: what is done grows for ever, and the queue page must not feel it. As a list of
the open states it would tempt the planner to take the index of states and read every row."""


class Base(DeclarativeBase):
    """The desk's own tables."""


class ItemRow(Base):
    """One document at the desk."""

    __tablename__ = "review_items"
    __table_args__ = (
        Index("review_items_queue", "state", "urgency_rank", "received_at"),
        # everything that counts, filters and orders the queue page, so that neither reads a row and its reading
        Index(
            "review_items_open",
            *("urgency_rank", "received_at", "id", "state", "form", "sender_fax", "sender_name", "holder", "doubt_kinds"),
            sqlite_where=IS_OPEN,
            postgresql_where=IS_OPEN,
        ),
        Index(
            "review_items_meant",
            *("meant_for", "urgency_rank", "received_at"),
            sqlite_where=text("meant_for IS NOT NULL"),
            postgresql_where=text("meant_for IS NOT NULL"),
        ),
        # what is settled and not taken up: a handful, among a million that were
        Index(
            "review_items_not_taken_up",
            "closed_at",
            sqlite_where=text("taken_up_at IS NULL AND closed_at IS NOT NULL"),
            postgresql_where=text("taken_up_at IS NULL AND closed_at IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)  # made by the caller
    document_id: Mapped[str] = mapped_column(String(40), unique=True)  # one item per document, however often it is enqueued
    kind: Mapped[str] = mapped_column(String(20))  # a form, or loose pages
    form: Mapped[str | None] = mapped_column(String(40))  # the form's code; null for loose pages
    fax_id: Mapped[str] = mapped_column(String(40))  # whose pages the desk may show for this item
    reference: Mapped[str] = mapped_column(String(40))  # as told to the sender
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)  # of the fax; the age that counts
    sender_fax: Mapped[str | None] = mapped_column(String(10))  # ten digits, from the caller's identification
    sender_name: Mapped[str | None] = mapped_column(String(80))  # as signalled
    reading: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the form as read; null for loose pages
    loose_pages: Mapped[list[Any]] = mapped_column(JSON)  # [fax page, kind] pairs; empty for forms
    doubts: Mapped[list[Any]] = mapped_column(JSON)  # as triage named them, in order
    doubt_count: Mapped[int] = mapped_column(Integer, default=0)  # of `doubts`; a line of the queue reads no JSON
    doubt_kinds: Mapped[str] = mapped_column(String(500), default="")  # what leads each doubt, once: ",unreadable,check_digit,"
    urgency: Mapped[str] = mapped_column(String(30))  # the class's code
    urgency_rank: Mapped[int] = mapped_column(Integer)  # the rank of its lane (`Lane`), to sort by
    urgency_note: Mapped[str] = mapped_column(String(80))  # what made it urgent
    enqueued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))  # `ReviewState`
    version: Mapped[int] = mapped_column(Integer, default=0)  # counts changes of hands and state
    holder: Mapped[str | None] = mapped_column(String(80))  # who has it in hand; null otherwise
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # until when
    taken_from: Mapped[str | None] = mapped_column(String(80))  # whose lease had run out when the present holder took it
    passed_by: Mapped[str | None] = mapped_column(String(80))  # who asked for other eyes
    meant_for: Mapped[str | None] = mapped_column(String(80))  # the colleague it was handed to; null: for everybody
    meant_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # then it is for everybody again
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # since when the present or last holder had it
    closed_by: Mapped[str | None] = mapped_column(String(80))  # who closed it or passed it on
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text, default="")  # one sentence, for the sender or the colleague
    asked_for: Mapped[list[Any]] = mapped_column(JSON, default=list)  # what the sender must give, a sentence each
    answer_sender: Mapped[bool] = mapped_column(Boolean, default=True)  # false: filed without an answer
    taken_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the case flow took the verdict: no way back then


class VerdictRow(Base):
    """One person's word on one field; rows are only ever added."""

    __tablename__ = "review_verdicts"
    __table_args__ = (
        Index("review_verdicts_once", "item_id", "once", unique=True),
        Index("review_verdicts_at", "at"),  # a day's words, for the figures
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)  # the order in which they were given
    item_id: Mapped[str] = mapped_column(String(40), index=True)
    key: Mapped[str] = mapped_column(String(60))  # the field's name, or document.N
    kind: Mapped[str] = mapped_column(String(20))  # confirmed, corrected, blank, illegible, retracted
    read: Mapped[Any] = mapped_column(JSON)  # what had been read
    value: Mapped[Any] = mapped_column(JSON)  # what it is
    by: Mapped[str] = mapped_column(String(80))  # the reviewer
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    once: Mapped[str | None] = mapped_column(String(40))  # the page's mark of the message that brought it; null without a script
    carried_from: Mapped[str | None] = mapped_column(String(40))  # the item of an earlier arrangement on which it was given


class EventRow(Base):
    """What happened to an item and who looked at it; rows are only ever added."""

    __tablename__ = "review_events"
    __table_args__ = (Index("review_events_when", "event", "at", "by"),)  # how many of a kind in a time, and whose

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)  # the order in which they happened
    item_id: Mapped[str] = mapped_column(String(40), index=True)
    event: Mapped[str] = mapped_column(String(30))  # `ReviewEvent`, or "enqueued", "opened"
    by: Mapped[str] = mapped_column(String(80))  # the reviewer, or "remsfax"
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    detail: Mapped[str] = mapped_column(Text, default="")  # the reason given, or whose lease had run out


class ReviewerRow(Base):
    """A person who may sign in at the desk."""

    __tablename__ = "review_reviewers"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)  # sign-in name, lower case; never given to a second person
    password_hash: Mapped[str] = mapped_column(String(200))  # argon2id
    senior: Mapped[bool] = mapped_column(Boolean)  # may take what was escalated
    supervisor: Mapped[bool] = mapped_column(Boolean, default=False)  # may take over, see everybody's figures, and add people
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # has left: no sign-in any more; the name stays taken
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    failures: Mapped[int] = mapped_column(Integer, default=0)  # wrong passwords since the last right one or lock-out
    locked_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # no sign-in before, not even with the right password
    last_sign_in_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # null: never


class SignInRow(Base):
    """One open sign-in; the cookie holds the token, the table only its hash."""

    __tablename__ = "review_sessions"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)  # sha256 of the cookie's token
    reviewer: Mapped[str] = mapped_column(String(80))
    csrf: Mapped[str] = mapped_column(String(64))  # every POST of this sign-in carries it
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)  # the last request; idle for too long ends it
