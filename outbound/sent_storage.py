"""The list of what went out and what is going out, page by page, and the calls of one number: for whoever looks at many letters.

What: `sought`, letters by state, kind, number, reference and days; `wanting`, how many ask for a person; `calls_to` a number.
Why: an operator looks for one letter among a million, and for the few that somebody must do something about among those.
How: one filter leads, by its index; the others are asked of the letters it finds, `LOOKED_THROUGH` at most in one look. So a look
costs the same however many letters there are, and `Found.then` says where the next one goes on, also where this one found none.
Refuses: nothing; functions take a session and change nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, or_, select
from sqlalchemy.orm import Session

from outbound import calls_storage, storage
from outbound.attempts import Attempt
from outbound.delivery import Delivery, DeliveryId, DeliveryState
from outbound.tables import WANTS_A_PERSON, AttemptRow, DeliveryRow, NoticeRow

LOOKED_THROUGH = 2000
"""Letters of the leading filter that are looked at for the others in one look."""


@dataclass(frozen=True)
class Sought:
    """Which letters are asked for; what is None or empty asks for nothing."""

    wants_a_person: bool = False  # those that do not go on by themselves; then the urgent and the oldest come first
    state: DeliveryState | None = None
    by_person: bool | None = None  # of ABANDONED: closed by a person, or given up by the program
    fax: str = ""  # ten digits
    reference: str = ""
    kind: str = ""  # brings a notice of this kind
    begins: datetime | None = None  # became due at or after
    ends: datetime | None = None  # became due before


@dataclass(frozen=True)
class Place:
    """The last letter looked at: the next look goes on behind it."""

    at: datetime  # when it became due
    delivery_id: str
    urgent: bool = False  # counts where `wants_a_person` orders


@dataclass(frozen=True)
class Found:
    """One look."""

    letters: tuple[Delivery, ...]
    then: Place | None  # where the next look goes on; None: that was all


def sought(session: Session, wanted: Sought, after: Place | None, limit: int) -> Found:
    """The newest such letters behind `after`, `limit` at most; of those that want a person the urgent, then the oldest."""
    if wanted.wants_a_person:
        return _wanting(session, wanted, after, limit)
    alone = not _beside(wanted, DeliveryRow)
    found = _led_by(wanted, after, limit + 1 if alone else LOOKED_THROUGH)
    rest = _beside(wanted, found.c)
    looked = select(found.c.delivery_id, found.c.at).where(*rest).order_by(found.c.at.desc(), found.c.delivery_id.desc())
    rows = session.execute(looked.limit(limit + 1)).all()
    then = None if len(rows) <= limit else Place(rows[limit - 1].at, rows[limit - 1].delivery_id)
    if then is None and rest:  # fewer than a page, but maybe only because the look ended
        last = select(found.c.delivery_id, found.c.at).order_by(found.c.at.desc(), found.c.delivery_id.desc())
        end = session.execute(last.offset(LOOKED_THROUGH - 1).limit(1)).first()
        then = None if end is None else Place(end.at, end.delivery_id)
    return Found(_deliveries(session, [one.delivery_id for one in rows[:limit]]), then)


def _led_by(wanted: Sought, after: Place | None, most: int) -> Subquery:
    """What the leading filter finds behind `after`, as far as one look goes: letters with all that the others ask for."""
    row = DeliveryRow
    at: Any = row.created_at
    by_kind = wanted.kind and not (wanted.fax or wanted.reference or _state_leads(wanted))
    if by_kind:
        at = NoticeRow.made_at  # a notice is made when its letter becomes due
    asked: Select[Any] = select(row.delivery_id, row.state, row.closed_by, at.label("at"))
    if wanted.fax:
        asked = asked.where(row.fax == wanted.fax)
    elif wanted.reference:
        asked = asked.where(row.reference == wanted.reference)
    elif _state_leads(wanted):
        asked = asked.where(row.state == str(wanted.state))
    elif by_kind:
        asked = asked.join(NoticeRow, NoticeRow.delivery_id == row.delivery_id)
        asked = asked.where(NoticeRow.kind == wanted.kind, ~_second_of_its_kind(wanted.kind))
    asked = asked.where(*_days(wanted, at))
    if after is not None:
        behind = or_(at < after.at, and_(at == after.at, row.delivery_id < after.delivery_id))
        asked = asked.where(at <= after.at, behind)  # the first is for the index
    return asked.order_by(at.desc(), row.delivery_id.desc()).limit(most).subquery()


def _state_leads(wanted: Sought) -> bool:
    """Most letters are delivered: beside a kind that state finds too many, any other one finds fewer than the kind."""
    return wanted.state is not None and not (wanted.kind and wanted.state is DeliveryState.DELIVERED)


def _second_of_its_kind(kind: str) -> ColumnElement[bool]:
    """A letter may bring two notices of a kind; it is listed by the first."""
    other = NoticeRow.__table__.alias()
    earlier = (other.c.delivery_id == NoticeRow.delivery_id, other.c.kind == kind, other.c.place < NoticeRow.place)
    return select(literal(1)).where(*earlier).exists()


def _beside(wanted: Sought, letter: Any) -> list[ColumnElement[bool]]:
    """The filters that did not lead, asked of what was found; `letter`: its columns."""
    rest: list[ColumnElement[bool]] = []
    by_one = bool(wanted.fax or wanted.reference)
    if wanted.state is not None and (by_one or not _state_leads(wanted)):
        rest.append(letter.state == wanted.state.value)
    if wanted.by_person is not None:
        rest.append(letter.closed_by != "" if wanted.by_person else letter.closed_by == "")
    if wanted.kind and (by_one or _state_leads(wanted)):
        rest.append(_brings(wanted.kind, letter.delivery_id))
    return rest


def _wanting(session: Session, wanted: Sought, after: Place | None, limit: int) -> Found:
    """The urgent ones, the oldest first, then the others."""
    row = DeliveryRow
    rest = _days(wanted, row.created_at)
    rest += [row.fax == wanted.fax] if wanted.fax else []
    rest += [row.reference == wanted.reference] if wanted.reference else []
    rest += [_brings(wanted.kind, row.delivery_id)] if wanted.kind else []
    rows: list[Any] = []
    for urgent in (True, False):
        if after is not None and urgent and not after.urgent:
            continue
        asked = select(row.delivery_id, row.created_at, row.urgent).where(WANTS_A_PERSON, row.urgent == urgent, *rest)
        if after is not None and after.urgent is urgent:
            behind = or_(row.created_at > after.at, and_(row.created_at == after.at, row.delivery_id > after.delivery_id))
            asked = asked.where(row.created_at >= after.at, behind)
        rows += session.execute(asked.order_by(row.created_at, row.delivery_id).limit(limit + 1 - len(rows))).all()
        if len(rows) > limit:
            break
    last = rows[limit - 1] if len(rows) > limit else None
    then = None if last is None else Place(last.created_at, last.delivery_id, last.urgent)
    return Found(_deliveries(session, [one.delivery_id for one in rows[:limit]]), then)


def wanting(session: Session, most: int) -> int:
    """How many letters want a person, counted up to `most`."""
    some = select(literal(1)).select_from(DeliveryRow).where(WANTS_A_PERSON).limit(most).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def last_attempts(session: Session, ids: Iterable[DeliveryId]) -> Mapping[str, Attempt]:
    """The latest attempt at each of these letters, where one was begun."""
    wanted = select(AttemptRow.delivery_id, func.max(AttemptRow.number).label("number"))
    newest = wanted.where(AttemptRow.delivery_id.in_(list(ids))).group_by(AttemptRow.delivery_id).subquery()
    mine = and_(AttemptRow.delivery_id == newest.c.delivery_id, AttemptRow.number == newest.c.number)
    rows = session.scalars(select(AttemptRow).join(newest, mine))
    return {one.delivery_id: calls_storage.as_attempt(one) for one in rows}


def calls_to(session: Session, fax: str, since: datetime, limit: int) -> tuple[Attempt, ...]:
    """The calls to a number (ten digits) since then, the latest first; of each the attempt it was begun for."""
    wanted = select(AttemptRow).where(AttemptRow.fax == fax, AttemptRow.began_at >= since, AttemptRow.leads.is_(True))
    rows = session.scalars(wanted.order_by(AttemptRow.began_at.desc()).limit(limit))
    return tuple(calls_storage.as_attempt(one) for one in rows)


def bringing(session: Session, key: str) -> DeliveryId | None:
    """The letter that brings the notice of that key; None if there is none."""
    found = session.scalar(select(NoticeRow.delivery_id).where(NoticeRow.key == key))
    return None if found is None else DeliveryId(found)


def names_of(session: Session, ids: Iterable[DeliveryId]) -> dict[str, str]:
    """What letters are called, "R-20231120-0417-1", by their ids."""
    wanted = select(DeliveryRow.delivery_id, DeliveryRow.reference, DeliveryRow.number)
    rows = session.execute(wanted.where(DeliveryRow.delivery_id.in_(list(ids))))
    return {one.delivery_id: f"{one.reference}-{one.number}" for one in rows}


def held_at(session: Session, fax: str, most: int = 1000) -> tuple[DeliveryId, ...]:
    """The letters that are held at a number."""
    held = select(DeliveryRow.delivery_id).where(DeliveryRow.fax == fax, DeliveryRow.state == DeliveryState.HELD.value)
    return tuple(DeliveryId(one) for one in session.scalars(held.limit(most)))


def sha256_of_pages(session: Session, delivery_id: DeliveryId) -> str:
    """Of the TIFF that was last drawn for a letter, alone or with others; "" before."""
    return session.scalar(select(DeliveryRow.pages_sha256).where(DeliveryRow.delivery_id == delivery_id)) or ""


def _days(wanted: Sought, at: Any) -> list[ColumnElement[bool]]:
    found = [] if wanted.begins is None else [at >= wanted.begins]
    return found if wanted.ends is None else [*found, at < wanted.ends]


def _brings(kind: str, delivery_id: Any) -> ColumnElement[bool]:
    return select(literal(1)).where(NoticeRow.delivery_id == delivery_id, NoticeRow.kind == kind).exists()


def _deliveries(session: Session, ids: Sequence[str]) -> tuple[Delivery, ...]:
    """The letters in the order of their ids."""
    rows = session.scalars(select(DeliveryRow).where(DeliveryRow.delivery_id.in_(ids))).all()
    found = {one.delivery_id: one for one in storage.as_deliveries(session, rows)}
    return tuple(found[DeliveryId(one)] for one in ids)
