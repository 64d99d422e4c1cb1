"""What operators look at: the latest letters, one letter with its evidence, one number with all that went there.

Functions take a session and change nothing. Every question goes by an index and reads no more rows than it shows, with a million
letters too; charts read `outbound.day_storage.per_day`, which counts as things happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from outbound import calls_storage, numbers_storage, storage
from outbound.attempts import Attempt
from outbound.delivery import Delivery, DeliveryId, DeliveryState
from outbound.notice import Notice
from outbound.numbers import Holder, Number
from outbound.numbers_storage import NumberEvent
from outbound.storage import HistoryEntry
from outbound.tables import DeliveryRow, NoticeRow

OF_A_KIND = 2000
"""Letters of a kind that are looked through, the latest first, where a kind and a state is asked for."""
SEVERAL = 400
"""More than a page of letters of a kind: a letter may bring two of it, and many may be made in one moment."""


@dataclass(frozen=True)
class LetterInFull:
    """One letter with everything that is known of it."""

    delivery: Delivery
    notices: tuple[Notice, ...]  # what it brings
    attempts: tuple[Attempt, ...]  # in order, each with its evidence
    history: tuple[HistoryEntry, ...]  # in order
    together_with: tuple[DeliveryId, ...]  # other letters of its current or last call


@dataclass(frozen=True)
class NumberInFull:
    """One number with everything that is known of it."""

    number: Number
    holders: tuple[Holder, ...]  # who is reached there
    history: tuple[NumberEvent, ...]  # what people and proofs did to it
    deliveries: tuple[Delivery, ...]  # the latest first


def latest(
    session: Session,
    *,
    state: DeliveryState | None = None,
    fax: str | None = None,
    reference: str | None = None,
    kind: str | None = None,
    before: Delivery | None = None,
    limit: int = 100,
) -> tuple[Delivery, ...]:
    """Letters, the latest first, of a state, to a number (ten digits), under a reference, of a kind; `before`: the last one
    shown."""
    wanted = select(DeliveryRow)
    if state is not None:
        wanted = wanted.where(DeliveryRow.state == state.value)
    if fax is not None:
        wanted = wanted.where(DeliveryRow.fax == fax)
    if reference is not None:
        wanted = wanted.where(DeliveryRow.reference == reference)
    if kind is not None:
        of_kind = select(NoticeRow.delivery_id).where(NoticeRow.kind == kind)
        if fax is None and reference is None:
            of_kind = of_kind if before is None else of_kind.where(NoticeRow.made_at <= before.created_at)
            enough = limit + SEVERAL if state is None else OF_A_KIND
            found = session.scalars(of_kind.order_by(NoticeRow.made_at.desc()).limit(enough)).all()
            wanted = wanted.where(DeliveryRow.delivery_id.in_(set(found)))
        else:
            wanted = wanted.where(DeliveryRow.delivery_id.in_(of_kind))
    if before is not None:
        same_moment = and_(DeliveryRow.created_at == before.created_at, DeliveryRow.delivery_id < before.delivery_id)
        earlier = or_(DeliveryRow.created_at < before.created_at, same_moment)
        wanted = wanted.where(DeliveryRow.created_at <= before.created_at, earlier)  # the first for the index
    rows = session.scalars(wanted.order_by(DeliveryRow.created_at.desc(), DeliveryRow.delivery_id.desc()).limit(limit)).all()
    return storage.as_deliveries(session, rows)


def letter(session: Session, delivery_id: DeliveryId) -> LetterInFull:
    """One letter; KeyError if there is none."""
    delivery = storage.delivery(session, delivery_id)
    call = calls_storage.members(session, delivery.call_tag) if delivery.call_tag else ()
    return LetterInFull(
        delivery=delivery,
        notices=storage.notices_of(session, delivery_id),
        attempts=calls_storage.attempts(session, delivery_id),
        history=storage.history(session, delivery_id),
        together_with=tuple(one.delivery_id for one in call if one.delivery_id != delivery_id),
    )


def named(session: Session, name: str) -> DeliveryId | None:
    """The letter of that name, such as "R-20231120-0417-1", or of that id; None if there is none."""
    if session.get(DeliveryRow, name) is not None:
        return DeliveryId(name)
    reference, _, number = name.rpartition("-")
    if not number.isdecimal():
        return None
    wanted = select(DeliveryRow.delivery_id).where(DeliveryRow.reference == reference, DeliveryRow.number == int(number))
    found = session.scalar(wanted)
    return None if found is None else DeliveryId(found)


def number(session: Session, fax: str, now: datetime, limit: int = 100) -> NumberInFull:
    """One number of ten digits, also one that nobody knows yet."""
    return NumberInFull(
        number=numbers_storage.number(session, fax, now),
        holders=numbers_storage.holders_of(session, fax),
        history=numbers_storage.history(session, fax),
        deliveries=latest(session, fax=fax, limit=limit),
    )
