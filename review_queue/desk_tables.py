"""Tables of working together: notes and whom they name, what was done to accounts, figures of days that are over.

What: what a row of each means, column by column.
Why: beside the items' own tables (`review_queue.tables`); a note is no verdict and an account no fax.
Refuses: nothing; no statement stands here.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from registry.moments import UtcDateTime
from review_queue.tables import Base


class NoteRow(Base):
    """What somebody wrote beside an item, for everybody to read; rows are only ever added."""

    __tablename__ = "review_notes"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)  # the order in which they were written
    item_id: Mapped[str] = mapped_column(String(40), index=True)
    by: Mapped[str] = mapped_column(String(80))  # the reviewer
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    text: Mapped[str] = mapped_column(Text)  # as written


class MentionRow(Base):
    """One person named in one note."""

    __tablename__ = "review_mentions"
    __table_args__ = (
        Index("review_mentions_of", "name", "note"),
        Index(
            "review_mentions_unseen",
            *("name", "item_id"),
            sqlite_where=text("seen_at IS NULL"),
            postgresql_where=text("seen_at IS NULL"),
        ),
    )

    note: Mapped[int] = mapped_column(Integer, primary_key=True)  # the note's number
    name: Mapped[str] = mapped_column(String(80), primary_key=True)  # whom it names
    item_id: Mapped[str] = mapped_column(String(40))  # the note's item
    seen_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when that person first had the note on a page; null: not yet


class AccountEventRow(Base):
    """What a supervisor did to somebody's account; rows are only ever added."""

    __tablename__ = "review_account_events"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)  # the order in which they happened
    name: Mapped[str] = mapped_column(String(80))  # whose account
    event: Mapped[str] = mapped_column(String(30))  # added, new password, rank, disabled, enabled
    by: Mapped[str] = mapped_column(String(80))  # the supervisor
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    detail: Mapped[str] = mapped_column(Text, default="")  # the rank given, or the reason


class DayFigureRow(Base):
    """One number of one program day that is over: counted once, so that nobody counts a fortnight at every look."""

    __tablename__ = "review_day_figures"

    day: Mapped[date] = mapped_column(Date, primary_key=True)  # the program's day (US Eastern)
    measure: Mapped[str] = mapped_column(String(20), primary_key=True)  # `daily_figures.Measure`
    part: Mapped[str] = mapped_column(String(80), primary_key=True)  # of what: an hour, a field, a reviewer; empty for the whole
    number: Mapped[int] = mapped_column(BigInteger)  # a count, or seconds
