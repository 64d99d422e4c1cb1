"""The rows of calls: which letters one call brings, and the attempt of each with its evidence.

Functions take a session and never commit. See `outbound.delivery` for what holds of the letters of one call.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from outbound import day_storage, storage
from outbound.attempts import Attempt, How
from outbound.calling import Waiting
from outbound.delivery import Delivery, DeliveryId, DeliveryState, Event, after
from outbound.gateway import Cause
from outbound.retrying import NOT_TAKEN, OURS, Past
from outbound.tables import AttemptRow, DeliveryRow


def waiting(session: Session, ids: Sequence[DeliveryId]) -> list[Waiting]:
    """These letters, as choosing sees them, in the order given."""
    rows = session.scalars(select(DeliveryRow).where(DeliveryRow.delivery_id.in_(ids))).all()
    found = {one.delivery_id: as_waiting(one) for one in storage.as_deliveries(session, rows)}
    return [found[one] for one in ids]


def company(session: Session, leader: Waiting, limit: int) -> list[Waiting]:
    """Other letters that are due to the same recipient at the same number and may go in company, in their order. Those in the
    pause after a failed call too: the pause was for the number, which is called now."""
    rows = session.scalars(
        select(DeliveryRow)
        .where(
            DeliveryRow.fax == leader.fax,
            DeliveryRow.state == DeliveryState.DUE.value,
            DeliveryRow.role == leader.role,
            DeliveryRow.name == leader.name,
            DeliveryRow.alone.is_(False),
            DeliveryRow.delivery_id != leader.delivery_id,
        )
        .order_by(DeliveryRow.urgent.desc(), DeliveryRow.created_at, DeliveryRow.delivery_id)
        .limit(limit)
    ).all()
    return [as_waiting(one) for one in storage.as_deliveries(session, rows)]


def as_waiting(one: Delivery) -> Waiting:
    """A delivery with a number as choosing sees it."""
    return Waiting(one.delivery_id, one.fax or "", one.role, one.name, one.urgent, one.created_at, one.kinds, one.alone)


def begin_call(
    session: Session, leader_id: DeliveryId, rider_ids: Sequence[DeliveryId], now: datetime, look_at: datetime
) -> tuple[Delivery, ...]:
    """DUE → SENDING for all letters of a call, their attempts counted; `look_at` is when somebody asks if nothing more is heard.

    The letters, the leader first, without riders that somebody else has moved meanwhile. StaleDataError where that happened to
    the leader, IntegrityError where the number has a call under way.
    """
    wanted = select(DeliveryRow).where(DeliveryRow.delivery_id.in_((leader_id, *rider_ids))).order_by(DeliveryRow.delivery_id)
    locked = session.scalars(wanted.with_for_update().execution_options(populate_existing=True))
    rows = {one.delivery_id: one for one in locked if one.state == DeliveryState.DUE.value}
    if leader_id not in rows:
        raise StaleDataError(f"another worker has {leader_id}")
    ids = (leader_id, *(one for one in rider_ids if one in rows))
    leader = rows[leader_id]
    tag = f"{leader_id}-{leader.attempts + 1}"
    for each in ids:
        row, leads = rows[each], each == leader_id
        row.state = after(DeliveryState(row.state), Event.SUBMIT).value
        row.attempts += 1
        row.sending_since = now
        row.gateway_reference = ""  # the earlier attempt's job is not this one's
        row.next_look_at = look_at if leads else None
        row.leader_id = None if leads else leader_id
        row.call_tag, row.waits_for, row.pages = tag, "", 0
        session.add(
            AttemptRow(
                delivery_id=each,
                number=row.attempts,
                call_tag=tag,
                leads=leads,
                fax=row.fax or "",
                began_at=now,
                ended_at=None,
                outcome="",
                cause="",
                detail="",
                pages=0,
                pages_confirmed=None,
                gateway_reference="",
                evidence="{}",
            )
        )
        session.flush()
        with_whom = (
            ""
            if len(ids) == 1
            else f", {len(ids)} letters in one call" + ("" if leads else f", with {leader.reference}-{leader.number}")
        )
        storage.note(session, DeliveryId(each), now, Event.SUBMIT, f"attempt {row.attempts}{with_whom}")
    day_storage.count(session, now, day_storage.CALLS if leader.email is None else day_storage.MAILS)
    return tuple(storage.delivery(session, one) for one in ids)


def step_out(session: Session, delivery_id: DeliveryId, now: datetime, detail: str) -> None:
    """Take a rider out of a call whose pages were not handed over yet: due at once, and alone from now on."""
    row = session.get_one(DeliveryRow, delivery_id)
    end_attempt(session, delivery_id, row.attempts, now, How.STEPPED_OUT, detail=detail)
    storage.note_event(session, delivery_id, Event.STEP_OUT, now, detail=detail, look_at=now)
    note_alone(session, delivery_id)


def note_rendered(session: Session, tag: str, pages: int, sha256: str) -> bool:
    """How many pages the call has, known before the line has them: asked about later by count. False, and nothing is written,
    where the call was judged meanwhile without this worker: then it must not be begun any more."""
    attempts = members_rows(session, tag)
    rows = [session.get_one(DeliveryRow, one.delivery_id, with_for_update=True) for one in attempts]
    on_the_way = [one.state == DeliveryState.SENDING.value and one.call_tag == tag for one in rows]
    if not on_the_way or not all(on_the_way):
        return False
    for attempt, row in zip(attempts, rows, strict=True):
        attempt.pages = row.pages = pages
        row.pages_sha256 = sha256
    session.flush()
    return True


def lock_letters(session: Session, tag: str) -> None:
    """Whoever judges a call keeps others from its letters until that is stored; what is read after this is as it stands."""
    ids = [one.delivery_id for one in members_rows(session, tag)]
    wanted = select(DeliveryRow).where(DeliveryRow.delivery_id.in_(ids)).order_by(DeliveryRow.delivery_id)
    session.scalars(wanted.with_for_update().execution_options(populate_existing=True)).all()


def members_rows(session: Session, tag: str) -> Sequence[AttemptRow]:
    """The attempts that one call is, its leader's first; without those that stepped out."""
    wanted = select(AttemptRow).where(AttemptRow.call_tag == tag, AttemptRow.outcome != How.STEPPED_OUT.value)
    return session.scalars(wanted.order_by(AttemptRow.leads.desc(), AttemptRow.delivery_id)).all()


def members(session: Session, tag: str) -> tuple[Attempt, ...]:
    """The attempts that one call is, its leader's first; without those that stepped out."""
    return tuple(as_attempt(one) for one in members_rows(session, tag))


def attempts(session: Session, delivery_id: DeliveryId) -> tuple[Attempt, ...]:
    """Every attempt at a letter, in order."""
    rows = session.scalars(select(AttemptRow).where(AttemptRow.delivery_id == delivery_id).order_by(AttemptRow.number))
    return tuple(as_attempt(one) for one in rows)


def past(session: Session, delivery: Delivery, before: int) -> Past:
    """The attempts that count against the patience and ended before the one of that number."""
    ended: dict[str, int] = {}
    ours_since: datetime | None = None
    for one in attempts(session, delivery.delivery_id):
        if not delivery.attempts_before < one.number < before:
            continue
        if one.how is How.NOT_TAKEN:
            ended[NOT_TAKEN] = ended.get(NOT_TAKEN, 0) + 1
        if one.how is How.NOT_SENT:
            ended[one.cause] = ended.get(one.cause, 0) + 1
            ours_since = (ours_since or one.began_at) if Cause(one.cause) in OURS else None
    return Past(ended, ours_since)


def end_attempt(
    session: Session,
    delivery_id: DeliveryId,
    number: int,
    now: datetime,
    how: How,
    *,
    cause: str = "",
    detail: str = "",
    pages_confirmed: int | None = None,
    gateway_reference: str = "",
    evidence: str = "{}",
) -> None:
    """Write down how an attempt ended, and what proves it; a later word than the first replaces it, and the history keeps
    both."""
    row = session.get_one(AttemptRow, (delivery_id, number))
    row.ended_at, row.outcome, row.cause, row.detail = now, how.value, cause, detail
    row.pages_confirmed, row.evidence = pages_confirmed, evidence
    row.gateway_reference = gateway_reference or row.gateway_reference
    session.flush()


def note_job(session: Session, tag: str, gateway_reference: str) -> None:
    """What the gateway calls the job of a call: kept with every letter of it that is on its way."""
    for one in members_rows(session, tag):
        one.gateway_reference = gateway_reference
    session.flush()


def note_cancel_wish(session: Session, delivery_id: DeliveryId, by: str, reason: str, now: datetime) -> None:
    """A person wants a letter stopped that is on its way: it is not tried again, whatever becomes of this attempt."""
    row = session.get_one(DeliveryRow, delivery_id)
    row.cancel_wish = f"{by}: {reason}"
    session.flush()
    storage.note(session, delivery_id, now, "cancel_wished", reason, by)


def hasten(session: Session, delivery_id: DeliveryId, now: datetime) -> None:
    """A due letter overtakes the ordinary ones from now on."""
    row = session.get_one(DeliveryRow, delivery_id)
    row.urgent, row.next_look_at, row.waits_for = True, now, ""
    session.flush()


def note_alone(session: Session, delivery_id: DeliveryId) -> None:
    """Never again in one call with others."""
    session.get_one(DeliveryRow, delivery_id).alone = True
    session.flush()


def as_attempt(row: AttemptRow) -> Attempt:
    """The attempt as the rest of the floor sees it."""
    return Attempt(
        delivery_id=DeliveryId(row.delivery_id),
        number=row.number,
        call_tag=row.call_tag,
        leads=row.leads,
        fax=row.fax,
        began_at=row.began_at,
        ended_at=row.ended_at,
        how=How(row.outcome) if row.outcome else None,
        cause=row.cause,
        detail=row.detail,
        pages=row.pages,
        pages_confirmed=row.pages_confirmed,
        gateway_reference=row.gateway_reference,
        evidence=json.loads(row.evidence),
    )
