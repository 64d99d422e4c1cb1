"""What is to be told, how far each letter has come, and what happened to it on the way.

What: planning a delivery, reading it, and moving it by the lifecycle's table. Functions take a session and never commit. Calls
are in `outbound.calls_storage`, numbers in `outbound.numbers_storage`, lists for a page in `outbound.looking_storage`.
Why: the row is the truth; an answer composed twice makes one delivery because the notice's key is the primary key.
Refuses: a delivery whose row changed since it was loaded (`StaleDataError`, by version number): another worker has it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from outbound import day_storage
from outbound.delivery import Delivery, DeliveryId, DeliveryState, Event, HeldFor, after
from outbound.notice import Notice, NoticeKey, Recipient, Role
from outbound.notice_json import content_to_json, notice_from_json
from outbound.tables import WANTS_A_PERSON, Base, DeliveryEventRow, DeliveryRow, NoticeRow

__all__ = ["Base", "DeliveryEventRow", "DeliveryRow", "NoticeRow"]


@dataclass(frozen=True)
class HistoryEntry:
    """One line of a delivery's history."""

    at: datetime  # aware UTC
    event: str
    state: DeliveryState  # after it
    by: str
    detail: str


def plan_delivery(
    session: Session, notices: Sequence[Notice], delivery_id: DeliveryId, now: datetime, *, urgent: bool = False
) -> DeliveryId:
    """Store notices that go to one recipient under one reference, the urgent first, and their one delivery, due at once.

    `urgent`: it overtakes ordinary letters, whatever its kinds say.
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
    reachable = bool(recipient.fax or recipient.email)
    state = DeliveryState.DUE if reachable else DeliveryState.NO_ADDRESS
    word = "" if reachable else f"no fax number is known for {recipient.name or recipient.role.label}"
    session.add(
        DeliveryRow(
            delivery_id=delivery_id,
            reference=reference,
            number=last + 1,
            role=recipient.role.value,
            name=recipient.name,
            urgent=urgent or any(one.urgent for one in new),
            fax=recipient.fax or None,
            email=recipient.email or None,
            state=state.value,
            attempts=0,
            attempts_before=0,
            next_look_at=now if reachable else None,
            sending_since=None,
            gateway_reference="",
            pages=0,
            pages_sha256="",
            last_word=word,
            created_at=now,
            leader_id=None,
            call_tag="",
            waits_for="",
            alone=False,
            cancel_wish="",
            closed_by="",
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
                facts=json.dumps(content_to_json(notice), ensure_ascii=False, sort_keys=True),
                made_at=now,
            )
        )
    session.flush()
    _remember(session, delivery_id, now, "planned", state, "remsfax", word)
    return delivery_id


def delivery(session: Session, delivery_id: DeliveryId) -> Delivery:
    """The delivery of that id; KeyError if there is none."""
    return as_deliveries(session, [_row(session, delivery_id)])[0]


def notices_of(session: Session, delivery_id: DeliveryId) -> tuple[Notice, ...]:
    """What a delivery brings, in its order, with the number or address it goes to now; KeyError if there is none."""
    to = _row(session, delivery_id)
    rows = session.scalars(select(NoticeRow).where(NoticeRow.delivery_id == delivery_id).order_by(NoticeRow.place))
    told = []
    for row in rows:
        recipient = Recipient(Role(row.role), row.name, to.fax, to.email)
        told.append(notice_from_json(json.loads(row.facts), NoticeKey(row.key), row.kind, recipient, row.reference))
    return tuple(told)


def of_reference(session: Session, reference: str) -> tuple[Delivery, ...]:
    """Every letter that answers one fax, in the order they became due."""
    return _listed(session, DeliveryRow.reference == reference)


def in_state(session: Session, state: DeliveryState, limit: int = 1000) -> tuple[Delivery, ...]:
    """Letters that stand there, in the order they became due."""
    return _listed(session, DeliveryRow.state == state.value, limit)


def due(session: Session, now: datetime, limit: int = 100, lines: int | None = None) -> tuple[DeliveryId, ...]:
    """What `sending.send` has to be called for at `now`: letters on their way whose gateway is to be asked, then those that may
    begin, the urgent ones first, then the oldest; with `lines` one for each number without a call, and no more than are free. An
    e-mail waits for no line."""
    looked_at = select(DeliveryRow.delivery_id).where(DeliveryRow.next_look_at <= now)
    asked = looked_at.where(DeliveryRow.state == DeliveryState.SENDING.value).order_by(DeliveryRow.next_look_at)
    waiting = looked_at.where(DeliveryRow.state == DeliveryState.DUE.value)
    waiting = waiting.order_by(DeliveryRow.urgent.desc(), DeliveryRow.created_at, DeliveryRow.delivery_id).limit(limit)
    if lines is None:  # nothing rings, so nothing waits for a line or a number
        calls, mails = tuple[DeliveryId, ...](), waiting
    else:
        calls = heads(session, now, min(limit, max(lines - calls_under_way(session), 0)))
        mails = waiting.where(DeliveryRow.email.is_not(None))
    first, rest = session.scalars(asked.limit(limit)), session.scalars(mails)
    return (*(DeliveryId(one) for one in first), *calls, *(DeliveryId(one) for one in rest))[:limit]


def calls_under_way(session: Session) -> int:
    """How many lines are taken: letters on their way that lead their call; an e-mail takes none."""
    leading = and_(DeliveryRow.leader_id.is_(None), DeliveryRow.email.is_(None))
    wanted = select(func.count()).where(DeliveryRow.state == DeliveryState.SENDING.value, leading)
    return session.scalar(wanted) or 0


def heads(session: Session, now: datetime, limit: int) -> tuple[DeliveryId, ...]:
    """The first letter of each number that is due and has no call under way: the urgent ones first, then the oldest."""
    if limit <= 0:
        return ()
    calling = select(DeliveryRow.fax).where(DeliveryRow.state == DeliveryState.SENDING.value, DeliveryRow.fax.is_not(None))
    place = func.row_number().over(
        partition_by=DeliveryRow.fax, order_by=(DeliveryRow.urgent.desc(), DeliveryRow.created_at, DeliveryRow.delivery_id)
    )
    ranked = (
        select(DeliveryRow.delivery_id, DeliveryRow.urgent, DeliveryRow.created_at, place.label("place"))
        .where(
            DeliveryRow.state == DeliveryState.DUE.value,
            DeliveryRow.next_look_at <= now,
            DeliveryRow.email.is_(None),
            DeliveryRow.fax.not_in(calling),
        )
        .subquery()
    )
    first = select(ranked.c.delivery_id).where(ranked.c.place == 1)
    ordered = first.order_by(ranked.c.urgent.desc(), ranked.c.created_at, ranked.c.delivery_id).limit(limit)
    return tuple(DeliveryId(one) for one in session.scalars(ordered))


def wanting_a_person(session: Session, limit: int = 100) -> tuple[Delivery, ...]:
    """Letters that do not go on by themselves: held, without a number, uncertain, or given up by the program; urgent ones first,
    then the oldest."""
    rows = session.scalars(
        select(DeliveryRow)
        .where(WANTS_A_PERSON)
        .order_by(DeliveryRow.urgent.desc(), DeliveryRow.created_at, DeliveryRow.number)
        .limit(limit)
    )
    return as_deliveries(session, rows.all())


def counts(session: Session) -> dict[DeliveryState, int]:
    """How many deliveries stand in each state, every state named."""
    found = dict(session.execute(select(DeliveryRow.state, func.count()).group_by(DeliveryRow.state)).all())
    return {state: found.get(state.value, 0) for state in DeliveryState}


def oldest_unsent(session: Session) -> datetime | None:
    """When the oldest letter that is not out yet became due; None if nothing waits."""
    waiting = [DeliveryState.DUE.value, DeliveryState.HELD.value, DeliveryState.SENDING.value]
    off = DeliveryRow.waits_for != HeldFor.MAIL_OFF.value  # what waits for a mail server is no backlog
    return session.scalar(select(func.min(DeliveryRow.created_at)).where(DeliveryRow.state.in_(waiting), off))


def history(session: Session, delivery_id: DeliveryId) -> tuple[HistoryEntry, ...]:
    """Everything that happened to a delivery, in order."""
    rows = session.scalars(
        select(DeliveryEventRow).where(DeliveryEventRow.delivery_id == delivery_id).order_by(DeliveryEventRow.number)
    )
    return tuple(HistoryEntry(one.at, one.event, DeliveryState(one.state), one.by, one.detail) for one in rows)


def postpone_look(session: Session, delivery_id: DeliveryId, look_at: datetime, waits_for: str = "") -> None:
    """While one worker asks the gateway, no other does; and what may not be called now is due later. No part of the history."""
    row = _row(session, delivery_id)
    row.next_look_at, row.waits_for = look_at, waits_for
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
    waits_for: str = "",
) -> DeliveryState:
    """Move the delivery by the lifecycle's table; `outbound.delivery.IllegalTransition` and nothing changes if it may not.

    That the gateway is still at it is written into the history when its words change, not each time it is asked.
    """
    row = _row(session, delivery_id)
    state = after(DeliveryState(row.state), event)
    heard_before = event is Event.LOOK_AGAIN and row.last_word == detail
    row.state = state.value
    row.next_look_at = look_at
    row.last_word = detail
    row.waits_for = waits_for
    if gateway_reference:
        row.gateway_reference = gateway_reference
    if event in (Event.NUMBER_GIVEN, Event.SEND_AGAIN_BY_PERSON):
        row.attempts_before = row.attempts
        row.closed_by = ""
    if event is Event.CLOSE_BY_PERSON:
        row.closed_by = by
    if event is Event.GIVE_UP and row.cancel_wish:
        row.closed_by = row.cancel_wish.partition(":")[0]
    if state is not DeliveryState.SENDING:
        row.cancel_wish = ""
    session.flush()
    if event in day_storage.COUNTED:
        day_storage.count(session, now, day_storage.COUNTED[event])
    if state is DeliveryState.DELIVERED:
        day_storage.count_arrival(session, now, row.created_at, row.attempts)
    if not heard_before:
        _remember(session, delivery_id, now, event, state, by, detail)
    return state


def give_number(session: Session, delivery_id: DeliveryId, fax: str, by: str, now: datetime) -> DeliveryState:
    """An operator found the fax number (ten digits) of a letter that had none, or a wrong one; it is due at once."""
    state = note_event(session, delivery_id, Event.NUMBER_GIVEN, now, detail=f"fax number {fax}", by=by, look_at=now)
    row = _row(session, delivery_id)
    row.fax, row.email, row.alone = fax, None, False
    session.flush()
    return state


def close(session: Session, delivery_id: DeliveryId, by: str, reason: str, now: datetime) -> DeliveryState:
    """An operator ends a delivery that is not to be sent; the reason stays in its history."""
    return note_event(session, delivery_id, Event.CLOSE_BY_PERSON, now, detail=reason, by=by)


def note(session: Session, delivery_id: DeliveryId, now: datetime, what: str, detail: str, by: str = "remsfax") -> None:
    """Something that moves nothing is kept in the history, such as the late word of a worker that was presumed dead."""
    _remember(session, delivery_id, now, what, DeliveryState(_row(session, delivery_id).state), by, detail)


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
    return as_deliveries(session, rows)


def as_deliveries(session: Session, rows: Sequence[DeliveryRow]) -> tuple[Delivery, ...]:
    """The rows as the rest of the floor sees them, each with the kinds of its notices."""
    kinds: dict[str, list[str]] = {row.delivery_id: [] for row in rows}
    of_these = select(NoticeRow.delivery_id, NoticeRow.kind).where(NoticeRow.delivery_id.in_(list(kinds)))
    for delivery_id, kind in session.execute(of_these.order_by(NoticeRow.place)):
        kinds[delivery_id].append(kind)
    return tuple(
        Delivery(
            delivery_id=DeliveryId(row.delivery_id),
            kinds=tuple(kinds[row.delivery_id]),
            role=row.role,
            name=row.name,
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
            leader_id=None if row.leader_id is None else DeliveryId(row.leader_id),
            call_tag=row.call_tag,
            waits_for=row.waits_for,
            alone=row.alone,
            cancel_wish=row.cancel_wish,
            closed_by=row.closed_by,
            email=row.email,
        )
        for row in rows
    )
