"""The rows of letters that go by e-mail, where they differ from faxes: off and on again, a better address, how many.

Functions take a session and never commit. The rows are those of faxes, with an address in place of the number.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outbound import storage
from outbound.delivery import DeliveryId, DeliveryState, Event, HeldFor
from outbound.tables import DeliveryRow

_HELD = (
    DeliveryRow.email.is_not(None),
    DeliveryRow.state == DeliveryState.HELD.value,
    DeliveryRow.waits_for == HeldFor.MAIL_OFF.value,
)


def by_mail(session: Session, delivery_id: DeliveryId) -> bool:
    """Whether the letter goes by e-mail; KeyError if there is none."""
    return storage.delivery(session, delivery_id).email is not None


def due(session: Session, now: datetime, limit: int = 100) -> tuple[DeliveryId, ...]:
    """E-mails to begin at `now`, or to judge, the longest due first."""
    open_ones = DeliveryRow.state.in_([DeliveryState.DUE.value, DeliveryState.SENDING.value])
    wanted = select(DeliveryRow.delivery_id).where(DeliveryRow.email.is_not(None), open_ones, DeliveryRow.next_look_at <= now)
    return tuple(DeliveryId(one) for one in session.scalars(wanted.order_by(DeliveryRow.next_look_at).limit(limit)))


def any_held(session: Session) -> bool:
    """Whether e-mails wait for a mail server."""
    return session.scalar(select(DeliveryRow.delivery_id).where(*_HELD).limit(1)) is not None


def release_held(session: Session, now: datetime, limit: int = 200) -> int:
    """There is a mail server now: e-mails that waited for one are due, `limit` at a time; how many. Those that another process
    releases at this moment are left to it."""
    rows = session.scalars(select(DeliveryRow).where(*_HELD).limit(limit).with_for_update(skip_locked=True)).all()
    for one in rows:
        detail = "there is a mail server now"
        storage.note_event(session, DeliveryId(one.delivery_id), Event.RELEASE, now, detail=detail, look_at=now)
    return len(rows)


def give_address(session: Session, delivery_id: DeliveryId, email: str, by: str, now: datetime) -> DeliveryState:
    """An operator found the right address of an e-mail; it is due at once."""
    detail = f"e-mail address {email}"
    state = storage.note_event(session, delivery_id, Event.NUMBER_GIVEN, now, detail=detail, by=by, look_at=now)
    row = session.get_one(DeliveryRow, delivery_id)
    row.fax, row.email, row.alone = None, email, True
    session.flush()
    return state


def counts(session: Session) -> dict[DeliveryState, int]:
    """How many e-mails stand in each state, every state named."""
    by_state = select(DeliveryRow.state, func.count()).where(DeliveryRow.email.is_not(None)).group_by(DeliveryRow.state)
    found = dict(session.execute(by_state).all())
    return {state: found.get(state.value, 0) for state in DeliveryState}
