"""The tables of this floor: what is to be told, how far each letter has come, and what happened to it on the way.

What: notices (with their facts), deliveries (one call that brings one or more notices to one machine), and their history.
Functions take a session and never commit.
Why: the row is the truth; an answer composed twice makes one delivery because the notice's key is the primary key.
Refuses: a delivery whose row changed since it was loaded (`StaleDataError`, by version number): another worker has it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, ForeignKey, Index, UniqueConstraint, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from outbound.delivery import Delivery, DeliveryId, DeliveryState, Event, after
from outbound.notice import Notice, NoticeKey, Recipient, Role
from outbound.notice_json import facts_from_json, facts_to_json
from registry.moments import UtcDateTime


class Base(DeclarativeBase):
    """The tables of outbound."""


class NoticeRow(Base):
    """Something that somebody must be told."""

    __tablename__ = "outbound_notices"

    key: Mapped[str] = mapped_column(primary_key=True)  # occasion/kind/role/number: the same however often it is composed
    kind: Mapped[str]  # "acknowledgement" or a notice kind of the registry
    reference: Mapped[str]  # of the fax it answers, printed on the pages
    delivery_id: Mapped[str] = mapped_column(ForeignKey("outbound_deliveries.delivery_id"), index=True)  # what brings it
    place: Mapped[int]  # 1, 2, … within its delivery
    role: Mapped[str]  # the recipient's role
    name: Mapped[str]  # the recipient's name when the notice was made
    facts: Mapped[str]  # JSON: what the letter says
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the notice was first composed


class DeliveryRow(Base):
    """One call that brings notices to one machine."""

    __tablename__ = "outbound_deliveries"
    __table_args__ = (
        UniqueConstraint("reference", "number", name="outbound_deliveries_letter"),
        Index("outbound_deliveries_by_time", "state", "next_look_at"),
    )

    delivery_id: Mapped[str] = mapped_column(primary_key=True)  # made by the caller
    reference: Mapped[str]  # as the notice's, for the letter's name
    number: Mapped[int]  # 1, 2, … among the letters of one reference
    urgent: Mapped[bool]  # overtakes ordinary letters
    fax: Mapped[str | None]  # ten digits; none: an operator must find one
    state: Mapped[str]  # a DeliveryState
    attempts: Mapped[int]  # begun; counted before the work so that a letter that kills its worker ends
    attempts_before: Mapped[int]  # of these, begun before a person last started it anew: they do not count against the patience
    next_look_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when to send, or to ask the gateway
    sending_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # begin of the current attempt
    gateway_reference: Mapped[str]  # the gateway's own id of the job
    pages: Mapped[int]  # of the letter as last rendered
    pages_sha256: Mapped[str]  # of the TIFF as last rendered: which pages went out
    last_word: Mapped[str]  # what was heard last, for operators
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it became due
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


@dataclass(frozen=True)
class HistoryEntry:
    """One line of a delivery's history."""

    at: datetime  # aware UTC
    event: str
    state: DeliveryState  # after it
    by: str
    detail: str


def plan_delivery(session: Session, notices: Sequence[Notice], delivery_id: DeliveryId, now: datetime) -> DeliveryId:
    """Store notices that go to one recipient under one reference, the urgent first, and their one delivery, due at once.

    Notices whose key is known are not stored again; if all are, the earlier delivery's id comes back and nothing changes.
    ValueError for no notice, or for notices to different recipients or under different references.
    """
    if len({(one.recipient, one.reference) for one in notices}) != 1:
        raise ValueError("one delivery brings at least one notice, all to one recipient and under one reference")
    keys = [one.key for one in notices]
    known = dict(session.execute(select(NoticeRow.key, NoticeRow.delivery_id).where(NoticeRow.key.in_(keys))).all())
    new = sorted((one for one in notices if one.key not in known), key=lambda one: one.precedence)
    if not new:
        return DeliveryId(known[keys[0]])
    recipient, reference = new[0].recipient, new[0].reference
    last = session.scalar(select(func.max(DeliveryRow.number)).where(DeliveryRow.reference == reference)) or 0
    state = DeliveryState.DUE if recipient.fax else DeliveryState.NO_ADDRESS
    word = "" if recipient.fax else f"no fax number is known for {recipient.name or recipient.role.label}"
    session.add(
        DeliveryRow(
            delivery_id=delivery_id,
            reference=reference,
            number=last + 1,
            urgent=any(one.urgent for one in new),
            fax=recipient.fax or None,
            state=state.value,
            attempts=0,
            attempts_before=0,
            next_look_at=now if recipient.fax else None,
            sending_since=None,
            gateway_reference="",
            pages=0,
            pages_sha256="",
            last_word=word,
            created_at=now,
        )
    )
    session.flush()
    for place, notice in enumerate(new, start=1):
        session.add(
            NoticeRow(
                key=notice.key,
                kind=notice.kind,
                reference=reference,
                delivery_id=delivery_id,
                place=place,
                role=recipient.role.value,
                name=recipient.name,
                facts=json.dumps(facts_to_json(notice.facts), ensure_ascii=False, sort_keys=True),
                made_at=now,
            )
        )
    session.flush()
    _remember(session, delivery_id, now, "planned", state, "remsfax", word)
    return delivery_id


def delivery(session: Session, delivery_id: DeliveryId) -> Delivery:
    """The delivery of that id; KeyError if there is none."""
    return _as_deliveries(session, [_row(session, delivery_id)])[0]


def notices_of(session: Session, delivery_id: DeliveryId) -> tuple[Notice, ...]:
    """What a delivery brings, in its order, with the fax number it goes to now; KeyError if there is none."""
    fax = _row(session, delivery_id).fax
    rows = session.scalars(select(NoticeRow).where(NoticeRow.delivery_id == delivery_id).order_by(NoticeRow.place))
    return tuple(
        Notice(
            key=NoticeKey(row.key),
            kind=row.kind,
            recipient=Recipient(Role(row.role), row.name, fax),
            reference=row.reference,
            facts=facts_from_json(json.loads(row.facts)),
        )
        for row in rows
    )


def of_reference(session: Session, reference: str) -> tuple[Delivery, ...]:
    """Every letter that answers one fax, in the order they became due."""
    return _listed(session, DeliveryRow.reference == reference)


def due(session: Session, now: datetime, limit: int = 100) -> tuple[DeliveryId, ...]:
    """What `sending.send` has to be called for at `now`: urgent letters first, then the longest waiting."""
    looked_at = select(DeliveryRow.delivery_id).where(
        DeliveryRow.state.in_([DeliveryState.DUE.value, DeliveryState.SENDING.value]), DeliveryRow.next_look_at <= now
    )
    return tuple(
        DeliveryId(one)
        for one in session.scalars(looked_at.order_by(DeliveryRow.urgent.desc(), DeliveryRow.next_look_at).limit(limit))
    )


def wanting_a_person(session: Session, limit: int = 100) -> tuple[Delivery, ...]:
    """Letters that do not go on by themselves: without a number, uncertain, or given up; oldest first."""
    states = [DeliveryState.NO_ADDRESS.value, DeliveryState.UNCERTAIN.value, DeliveryState.ABANDONED.value]
    return _listed(session, DeliveryRow.state.in_(states), limit=limit)


def counts(session: Session) -> dict[DeliveryState, int]:
    """How many deliveries stand in each state, every state named."""
    found = dict(session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state)).all())
    return {state: found.get(state.value, 0) for state in DeliveryState}


def oldest_unsent(session: Session) -> datetime | None:
    """When the oldest letter that is not out yet became due; None if nothing waits."""
    waiting = [DeliveryState.DUE.value, DeliveryState.SENDING.value]
    return session.scalar(select(func.min(DeliveryRow.created_at)).where(DeliveryRow.state.in_(waiting)))


def history(session: Session, delivery_id: DeliveryId) -> tuple[HistoryEntry, ...]:
    """Everything that happened to a delivery, in order."""
    rows = session.scalars(
        select(DeliveryEventRow).where(DeliveryEventRow.delivery_id == delivery_id).order_by(DeliveryEventRow.number)
    )
    return tuple(HistoryEntry(one.at, one.event, DeliveryState(one.state), one.by, one.detail) for one in rows)


def begin_attempt(session: Session, delivery_id: DeliveryId, now: datetime, look_at: datetime) -> Delivery:
    """DUE → SENDING with the attempt counted; `look_at` is when somebody asks if nothing more is heard."""
    row = _row(session, delivery_id)
    row.state = after(DeliveryState(row.state), Event.SUBMIT).value
    row.attempts += 1
    row.sending_since = now
    row.gateway_reference = ""  # the earlier attempt's job is not this one's
    row.next_look_at = look_at
    session.flush()
    _remember(session, delivery_id, now, Event.SUBMIT, DeliveryState.SENDING, "remsfax", f"attempt {row.attempts}")
    return delivery(session, delivery_id)


def postpone_look(session: Session, delivery_id: DeliveryId, look_at: datetime) -> None:
    """While one worker asks the gateway, no other does; not part of the history."""
    _row(session, delivery_id).next_look_at = look_at
    session.flush()


def note_rendered(session: Session, delivery_id: DeliveryId, pages: int, sha256: str) -> None:
    """How many pages the letter of this attempt has, known before the line has them; asked about later by count."""
    row = _row(session, delivery_id)
    row.pages, row.pages_sha256 = pages, sha256
    session.flush()


def note_event(
    session: Session,
    delivery_id: DeliveryId,
    event: Event,
    now: datetime,
    *,
    detail: str,
    by: str = "remsfax",
    look_at: datetime | None = None,
    gateway_reference: str = "",
) -> DeliveryState:
    """Move the delivery by the lifecycle's table; `outbound.delivery.IllegalTransition` and nothing changes if it may not."""
    row = _row(session, delivery_id)
    state = after(DeliveryState(row.state), event)
    row.state = state.value
    row.next_look_at = look_at
    row.last_word = detail
    if gateway_reference:
        row.gateway_reference = gateway_reference
    if event in (Event.NUMBER_GIVEN, Event.SEND_AGAIN_BY_PERSON):
        row.attempts_before = row.attempts
    session.flush()
    _remember(session, delivery_id, now, event, state, by, detail)
    return state


def give_number(session: Session, delivery_id: DeliveryId, fax: str, by: str, now: datetime) -> DeliveryState:
    """An operator found the fax number (ten digits) of a letter that had none, or a wrong one; it is due at once."""
    state = note_event(session, delivery_id, Event.NUMBER_GIVEN, now, detail=f"fax number {fax}", by=by, look_at=now)
    _row(session, delivery_id).fax = fax
    session.flush()
    return state


def close(session: Session, delivery_id: DeliveryId, by: str, reason: str, now: datetime) -> DeliveryState:
    """An operator ends a delivery that is not to be sent; the reason stays in its history."""
    return note_event(session, delivery_id, Event.CLOSE_BY_PERSON, now, detail=reason, by=by)


def note_late_word(session: Session, delivery_id: DeliveryId, now: datetime, detail: str) -> None:
    """A worker came back after its attempt had been judged without it: kept in the history, nothing moves."""
    _remember(session, delivery_id, now, "late_word", DeliveryState(_row(session, delivery_id).state), "remsfax", detail)


def _remember(
    session: Session, delivery_id: DeliveryId, at: datetime, event: str, state: DeliveryState, by: str, detail: str
) -> None:
    """One more line of history."""
    last = session.scalar(select(func.max(DeliveryEventRow.number)).where(DeliveryEventRow.delivery_id == delivery_id)) or 0
    session.add(
        DeliveryEventRow(
            delivery_id=delivery_id, number=last + 1, at=at, event=str(event), state=state.value, by=by, detail=detail
        )
    )
    session.flush()


def _row(session: Session, delivery_id: DeliveryId) -> DeliveryRow:
    """The stored row; KeyError if there is none."""
    row = session.get(DeliveryRow, delivery_id)
    if row is None:
        raise KeyError(f"no delivery {delivery_id!r}")
    return row


def _listed(session: Session, condition: ColumnElement[bool], limit: int = 1000) -> tuple[Delivery, ...]:
    """Deliveries in the order they became due."""
    rows = session.scalars(
        select(DeliveryRow).where(condition).order_by(DeliveryRow.created_at, DeliveryRow.number).limit(limit)
    ).all()
    return _as_deliveries(session, rows)


def _as_deliveries(session: Session, rows: Sequence[DeliveryRow]) -> tuple[Delivery, ...]:
    """The rows as the rest of the floor sees them, each with the kinds of its notices."""
    kinds: dict[str, list[str]] = {row.delivery_id: [] for row in rows}
    of_these = select(NoticeRow.delivery_id, NoticeRow.kind).where(NoticeRow.delivery_id.in_(list(kinds)))
    for delivery_id, kind in session.execute(of_these.order_by(NoticeRow.place)):
        kinds[delivery_id].append(kind)
    return tuple(
        Delivery(
            delivery_id=DeliveryId(row.delivery_id),
            kinds=tuple(kinds[row.delivery_id]),
            reference=row.reference,
            number=row.number,
            urgent=row.urgent,
            fax=row.fax,
            state=DeliveryState(row.state),
            attempts=row.attempts,
            attempts_before=row.attempts_before,
            created_at=row.created_at,
            next_look_at=row.next_look_at,
            sending_since=row.sending_since,
            gateway_reference=row.gateway_reference,
            pages=row.pages,
            last_word=row.last_word,
        )
        for row in rows
    )
