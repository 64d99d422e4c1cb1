"""The rows of this floor, and nothing that reads or writes them.

What: notices with their facts; deliveries, one letter each; the history and the attempts of a delivery; numbers, and who is
reached there; what a day brought, counted.
Why: the row is the truth; an answer composed twice makes one delivery because the notice's key is the primary key, and two calls
to one number at once are refused by the database itself (`outbound_deliveries_one_call`).
Refuses: a delivery whose row changed since it was loaded (`StaleDataError`, by version number): another worker has it.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from registry.moments import UtcDateTime

WANTS_A_PERSON = text("(state IN ('held', 'no_address', 'uncertain') OR (state = 'abandoned' AND closed_by = ''))")
"""Letters that do not go on by themselves, as an index of their own has them: it finds them only where a query says it so."""


class Base(DeclarativeBase):
    """The tables of outbound."""


class NoticeRow(Base):
    """Something that somebody must be told."""

    __tablename__ = "outbound_notices"
    __table_args__ = (Index("outbound_notices_by_kind", "kind", "made_at"),)

    key: Mapped[str] = mapped_column(primary_key=True)  # occasion/kind/role/number: the same however often it is composed
    kind: Mapped[str]  # "acknowledgement" or a kind of `outbound.letter_kinds`
    reference: Mapped[str]  # of the fax it answers, printed on the pages
    delivery_id: Mapped[str] = mapped_column(ForeignKey("outbound_deliveries.delivery_id"), index=True)  # what brings it
    place: Mapped[int]  # 1, 2, … within its delivery
    role: Mapped[str]  # the recipient's role
    name: Mapped[str]  # the recipient's name when the notice was made
    facts: Mapped[str]  # JSON: what the letter says, with the forms it brings
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the notice was first composed


class DeliveryRow(Base):
    """One call that brings notices to one machine."""

    __tablename__ = "outbound_deliveries"
    __table_args__ = (
        UniqueConstraint("reference", "number", name="outbound_deliveries_letter"),
        Index("outbound_deliveries_by_time", "state", "next_look_at"),
        Index("outbound_deliveries_by_state", "state", "created_at"),
        Index("outbound_deliveries_by_number", "fax", "state"),
        Index("outbound_deliveries_of_number", "fax", "created_at"),
        Index(
            "outbound_deliveries_mails",
            "state",
            "next_look_at",
            sqlite_where=text("email IS NOT NULL"),
            postgresql_where=text("email IS NOT NULL"),
        ),
        Index(
            "outbound_deliveries_one_call",
            "fax",
            unique=True,
            sqlite_where=text("state = 'sending' AND leader_id IS NULL"),
            postgresql_where=text("state = 'sending' AND leader_id IS NULL"),
        ),
        Index(
            "outbound_deliveries_wanting",
            "urgent",
            "created_at",
            "delivery_id",
            sqlite_where=WANTS_A_PERSON,
            postgresql_where=WANTS_A_PERSON,
        ),
    )

    delivery_id: Mapped[str] = mapped_column(primary_key=True)  # made by the caller
    reference: Mapped[str]  # as the notice's, for the letter's name
    number: Mapped[int]  # 1, 2, … among the letters of one reference
    role: Mapped[str]  # the recipient's role, as the notices say
    name: Mapped[str]  # the recipient's name, as the notices say
    urgent: Mapped[bool]  # overtakes ordinary letters
    fax: Mapped[str | None]  # ten digits; none: an operator must find one, or it goes by e-mail
    email: Mapped[str | None]  # address, of one that goes by e-mail; none: it goes by fax
    state: Mapped[str]  # a DeliveryState
    attempts: Mapped[int]  # begun; counted before the work so that a letter that kills its worker ends
    attempts_before: Mapped[int]  # of these, begun before a person last started it anew: they do not count against the patience
    next_look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when to send, or to ask the gateway
    sending_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # begin of the current attempt
    gateway_reference: Mapped[str]  # the gateway's own id of the job
    pages: Mapped[int]  # of the letter as last rendered
    pages_sha256: Mapped[str]  # of the TIFF as last rendered: which pages went out
    last_word: Mapped[str]  # what was heard last, for operators
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)  # when it became due
    leader_id: Mapped[str | None]  # the letter whose call it rides, or last rode, along in; none: it led its own
    call_tag: Mapped[str]  # the tag of its current or last call, its leader's; "" before the first
    waits_for: Mapped[str]  # held: a HeldFor; due: why it is not called now; "" else
    alone: Mapped[bool]  # never again in one call with others
    cancel_wish: Mapped[str]  # on its way when a person wanted it stopped: who and why; "" else
    closed_by: Mapped[str]  # the person who ended it; "" where none did
    version: Mapped[int] = mapped_column()  # counts changes; a stale one is refused

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads a plain class attribute


class DeliveryEventRow(Base):
    """One thing that happened to a delivery: its history, never changed."""

    __tablename__ = "outbound_delivery_events"

    delivery_id: Mapped[str] = mapped_column(ForeignKey("outbound_deliveries.delivery_id"), primary_key=True)  # whose
    number: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, … in order
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # when
    event: Mapped[str]  # an Event, or "planned", or "late_word"
    state: Mapped[str]  # the state after it
    by: Mapped[str]  # the operator's sign-in name; "remsfax" where no person acted
    detail: Mapped[str]  # one line for operators


class AttemptRow(Base):
    """One attempt at one delivery: the call it was part of, and what became of it. Its evidence."""

    __tablename__ = "outbound_attempts"
    __table_args__ = (Index("outbound_attempts_of_number", "fax", "began_at"),)

    delivery_id: Mapped[str] = mapped_column(ForeignKey("outbound_deliveries.delivery_id"), primary_key=True)  # whose
    number: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, … as counted with the delivery
    call_tag: Mapped[str] = mapped_column(index=True)  # of the call: whoever was in it has the same
    leads: Mapped[bool]  # the call was begun for this letter
    fax: Mapped[str]  # the number called, ten digits; "" of an e-mail
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it was counted, before any work
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when its end was known; none: not yet
    outcome: Mapped[str]  # an `attempts.How`; "" while it is not known
    cause: Mapped[str]  # why no page went out, a Cause; "" else
    detail: Mapped[str]  # the gateway's words
    pages: Mapped[int]  # of the call, all letters and the cover; 0 before they are drawn
    pages_confirmed: Mapped[int | None]  # by the far machine; none: not told
    gateway_reference: Mapped[str]  # the gateway's own id of the job
    evidence: Mapped[str]  # JSON: what proves it, such as the far machine's name, the rate, the server's log


class NumberRow(Base):
    """One fax number, whoever is reached there."""

    __tablename__ = "outbound_numbers"

    fax: Mapped[str] = mapped_column(primary_key=True)  # ten digits
    barred_reason: Mapped[str] = mapped_column(default="")  # why it is on the do-not-fax list; "" where it is not
    barred_by: Mapped[str] = mapped_column(default="")  # who put it there
    barred_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # when; none: it is not there
    failures: Mapped[int] = mapped_column(default=0)  # calls in a row that reached the recipient's side and brought nothing
    persons_answered: Mapped[int] = mapped_column(default=0)  # of these, the last ones in a row at which no machine answered
    flagged_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # since when a person should look at it
    flag_reason: Mapped[str] = mapped_column(default="")  # why
    rests_until: Mapped[datetime | None] = mapped_column(UtcDateTime)  # not called before
    last_arrived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when every page of a letter last arrived there
    calls_day: Mapped[date | None] = mapped_column(Date)  # the program day that `calls` counts
    calls: Mapped[int] = mapped_column(default=0)  # calls begun on that day


class HolderRow(Base):
    """One recipient at one number, and whether that is shown."""

    __tablename__ = "outbound_holders"

    fax: Mapped[str] = mapped_column(primary_key=True)  # ten digits
    whose: Mapped[str] = mapped_column(primary_key=True)  # role and name, `outbound.numbers.whose`
    role: Mapped[str]  # the recipient's role
    name: Mapped[str]  # as first written
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # none: not confirmed
    confirmed_how: Mapped[str] = mapped_column(default="")  # a Confirmed
    confirmed_by: Mapped[str] = mapped_column(default="")  # who took the code or vouched
    confirmed_detail: Mapped[str] = mapped_column(default="")  # the reason, or the form's reference
    code: Mapped[str] = mapped_column(default="")  # of the last test page; "" none, or void
    wrong_codes: Mapped[int] = mapped_column(default=0)  # told since that page
    checked_by: Mapped[str | None]  # the delivery of the last test page
    checks: Mapped[int] = mapped_column(default=0)  # test pages made


class NumberEventRow(Base):
    """One thing that a person or a proof did to a number: never changed."""

    __tablename__ = "outbound_number_events"

    fax: Mapped[str] = mapped_column(primary_key=True)  # ten digits
    number: Mapped[int] = mapped_column(primary_key=True)  # 1, 2, … in order
    at: Mapped[datetime] = mapped_column(UtcDateTime)  # when
    event: Mapped[str]  # what, such as "barred"
    by: Mapped[str]  # who
    detail: Mapped[str]  # why


class DayRow(Base):
    """How often something happened on a program day: for charts and for the daily limit, without counting what is done."""

    __tablename__ = "outbound_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)  # the program's day
    what: Mapped[str] = mapped_column(primary_key=True)  # "calls", "delivered", "not_sent:busy", "took:hour", …
    times: Mapped[int]  # how often
