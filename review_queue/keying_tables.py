"""The tables of keyings and of the quality they measure: tasks, what was keyed, samples, what was untouched, alarms.

What: what a row of each table means, column by column.
Why: apart from the items' tables, since nothing of these may reach an item's page before a keying has ended.
Refuses: nothing; no statement stands here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Float, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.moments import UtcDateTime
from review_queue.tables import Base


class KeyingRow(Base):
    """Fields of one document that somebody keys without seeing what was said before."""

    __tablename__ = "review_keyings"
    __table_args__ = (Index("review_keyings_queue", "state", "urgency_rank", "ahead", "place_at"),)

    id: Mapped[str] = mapped_column(String(64), primary_key=True)  # made of the item's or document's id
    purpose: Mapped[str] = mapped_column(String(10))  # `Purpose`
    item_id: Mapped[str | None] = mapped_column(String(40), index=True)  # the item that waits; null for samples
    document_id: Mapped[str] = mapped_column(String(40), index=True)
    fax_id: Mapped[str] = mapped_column(String(40))  # whose strips are shown
    reference: Mapped[str] = mapped_column(String(40))  # as told to the sender
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)  # of the fax
    place_at: Mapped[datetime] = mapped_column(UtcDateTime)  # as if received then: what it is sorted by
    reading: Mapped[dict[str, Any]] = mapped_column(JSON)  # the form as read
    first: Mapped[dict[str, Any]] = mapped_column(JSON)  # by field: who said the first word, its kind, its value
    fields: Mapped[list[Any]] = mapped_column(JSON)  # what is to be keyed now
    number: Mapped[int] = mapped_column(Integer)  # whose turn it is: 2 or 3
    urgency_rank: Mapped[int] = mapped_column(Integer)  # the rank of its lane
    ahead: Mapped[int] = mapped_column(Integer)  # 0 where a form waits: before items of its lane; 1: by age among them
    state: Mapped[str] = mapped_column(String(12))  # `KeyingState`
    version: Mapped[int] = mapped_column(Integer)  # counts changes of hands
    holder: Mapped[str | None] = mapped_column(String(80))  # who has it in hand
    lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # until when
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    release_at: Mapped[datetime] = mapped_column(UtcDateTime)  # from when a senior reviewer may let the form go on without
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(80))  # the last who keyed, or who let it go
    reason: Mapped[str] = mapped_column(Text, default="")  # of who let it go


class KeyedRow(Base):
    """What one person keyed into one field; rows are only ever added, a later one of the same person counts."""

    __tablename__ = "review_keyed"
    __table_args__ = (Index("review_keyed_document", "document_id", "by"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)  # the order in which they were keyed
    task_id: Mapped[str] = mapped_column(String(64), index=True)
    document_id: Mapped[str] = mapped_column(String(40))
    field: Mapped[str] = mapped_column(String(60))
    kind: Mapped[str] = mapped_column(String(20))  # `VerdictKind`
    value: Mapped[Any] = mapped_column(JSON)
    by: Mapped[str] = mapped_column(String(80))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    counts: Mapped[bool] = mapped_column(Boolean, default=False)  # true once its person had keyed every field of the task


class SampleRow(Base):
    """One accepted field of a form nobody had touched, keyed blind after the fact."""

    __tablename__ = "review_samples"
    __table_args__ = (Index("review_samples_settled", "settled_at"),)

    task_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    field: Mapped[str] = mapped_column(String(60), primary_key=True)
    form: Mapped[str] = mapped_column(String(40))  # the form's code
    hand: Mapped[str] = mapped_column(String(10))  # `sampling.Hand`
    critical: Mapped[bool] = mapped_column(Boolean)
    admitted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    settled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # null while it waits for keyers or for a senior
    outcome: Mapped[str] = mapped_column(String(10))  # `quality.Outcome`
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # wrong or unclear: when seniors were told of it
    answered_by: Mapped[str | None] = mapped_column(String(80))  # the senior who saw to it
    answer: Mapped[str] = mapped_column(Text, default="")  # what that senior did


class UntouchedRow(Base):
    """How many forms of a stratum went through unseen on a day: what shares are chosen by and rates are weighted with."""

    __tablename__ = "review_untouched"

    day: Mapped[date] = mapped_column(Date, primary_key=True)  # the program's day of admission
    form: Mapped[str] = mapped_column(String(40), primary_key=True)
    hand: Mapped[str] = mapped_column(String(10), primary_key=True)
    documents: Mapped[int] = mapped_column(Integer)
    sampled: Mapped[int] = mapped_column(Integer)  # of these


class AlarmRow(Base):
    """The error rate of untouched fields was too high: bars are raised until the alarm is lowered."""

    __tablename__ = "review_alarms"
    __table_args__ = (
        # two processes that see the same error at once raise one alarm
        Index(
            "review_alarms_open",
            "critical",
            unique=True,
            sqlite_where=text("lowered_at IS NULL"),
            postgresql_where=text("lowered_at IS NULL"),
        ),
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    critical: Mapped[bool] = mapped_column(Boolean)  # of critical fields, else of the others
    raised_at: Mapped[datetime] = mapped_column(UtcDateTime)
    why: Mapped[str] = mapped_column(Text)  # a sentence with the figures
    wrong: Mapped[int] = mapped_column(Integer)
    fields: Mapped[int] = mapped_column(Integer)  # that were keyed
    lower: Mapped[float] = mapped_column(Float)  # one-sided 95 % bounds of the rate
    upper: Mapped[float] = mapped_column(Float)
    lowered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    lowered_by: Mapped[str | None] = mapped_column(String(80))  # a supervisor, or "remsfax" by the rule of recovery
    reason: Mapped[str] = mapped_column(Text, default="")
