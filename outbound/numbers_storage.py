"""The rows of fax numbers: the do-not-fax list, flags, who is reached there and how that was shown, and a number's history.

Functions take a session and never commit. A letter that was held for what is settled here is due again in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from outbound.day_storage import make_unless_there
from outbound.delivery import DeliveryId, DeliveryState, Event, HeldFor
from outbound.numbers import Confirmed, Holder, Number, whose
from outbound.storage import note_event
from outbound.tables import DeliveryRow, HolderRow, NumberEventRow, NumberRow
from registry.moments import program_day

EXCHANGE = ""
"""In place of a number: the row that stands for all lines of ours."""


@dataclass(frozen=True)
class NumberEvent:
    """One line of a number's history."""

    at: datetime  # aware UTC
    event: str
    by: str
    detail: str


def numbers(session: Session, faxes: Collection[str], now: datetime) -> dict[str, Number]:
    """What is known of each number at `now`, also of one that nobody has called yet."""
    rows = session.scalars(select(NumberRow).where(NumberRow.fax.in_(faxes)))
    known = {one.fax: _number(one, now) for one in rows}
    return {fax: known.get(fax, Number(fax)) for fax in faxes}


def number(session: Session, fax: str, now: datetime) -> Number:
    """What is known of one number."""
    return numbers(session, [fax], now)[fax]


def holders(session: Session, faxes: Collection[str]) -> dict[tuple[str, str], Holder]:
    """Who is reached at these numbers, by number and `numbers.whose`."""
    rows = session.scalars(select(HolderRow).where(HolderRow.fax.in_(faxes)))
    return {(one.fax, one.whose): _holder(one) for one in rows}


def holders_of(session: Session, fax: str) -> tuple[Holder, ...]:
    """Who is reached at one number."""
    return tuple(holders(session, [fax]).values())


def locked(session: Session, fax: str) -> NumberRow:
    """The number's row, made if it is not there, and nobody else's until the transaction ends."""
    row = session.get(NumberRow, fax, with_for_update=True)
    if row is None:
        make_unless_there(session, NumberRow, fax=fax, failures=0, persons_answered=0, calls=0, barred_reason="", barred_by="",
                          flag_reason="")  # fmt: skip
        row = session.get_one(NumberRow, fax, with_for_update=True)
    return row


def at_the_exchange(session: Session) -> None:
    """Calls are begun and judged one at a time, whoever does it: before anything is read, until the transaction ends. It takes
    milliseconds; without it two senders could take the last line both, or wait for each other's rows for ever."""
    locked(session, EXCHANGE)


def note_call(session: Session, fax: str, now: datetime) -> None:
    """A call to the number begins."""
    row, today = locked(session, fax), program_day(now)
    row.calls = row.calls + 1 if row.calls_day == today else 1
    row.calls_day = today
    session.flush()


def note_arrived(session: Session, fax: str, now: datetime) -> None:
    """Every page of a letter arrived: whatever spoke against the number is over."""
    row = locked(session, fax)
    if row.persons_answered:
        release_held(session, fax, HeldFor.NO_MACHINE, now, "a fax machine answered", "remsfax")
    if row.failures:
        _wake(session, fax, now)
    _nothing_against(row)
    row.last_arrived_at = now
    session.flush()


def note_machine_there(session: Session, fax: str, now: datetime, detail: str) -> None:
    """A fax came from the number: a machine is there, whoever answered our calls."""
    if number(session, fax, now).persons_answered:
        row = locked(session, fax)
        _nothing_against(row)
        remember(session, fax, now, "machine_there", "remsfax", detail)
        release_held(session, fax, HeldFor.NO_MACHINE, now, detail, "remsfax")


def note_failed(session: Session, fax: str, now: datetime, *, person_answered: bool) -> Number:
    """A call reached the recipient's side and brought nothing; what is known of the number then."""
    row = locked(session, fax)
    row.failures += 1
    row.persons_answered = row.persons_answered + 1 if person_answered else 0
    session.flush()
    return _number(row, now)


def rest(session: Session, fax: str, until: datetime) -> None:
    """Not called before."""
    locked(session, fax).rests_until = until
    session.flush()


def flag(session: Session, fax: str, reason: str, now: datetime) -> None:
    """A person should look at the number; nothing changes where it is flagged already."""
    row = locked(session, fax)
    if row.flagged_at is None:
        row.flagged_at, row.flag_reason = now, reason
        remember(session, fax, now, "flagged", "remsfax", reason)


def clear_flag(session: Session, fax: str, by: str, reason: str, now: datetime) -> None:
    """A person has looked: the number is called as any other."""
    row = locked(session, fax)
    _nothing_against(row)
    remember(session, fax, now, "flag_cleared", by, reason)
    release_held(session, fax, HeldFor.NO_MACHINE, now, reason, by)
    _wake(session, fax, now)


def bar(session: Session, fax: str, by: str, reason: str, now: datetime) -> None:
    """Put the number on the do-not-fax list: nothing goes there any more, urgent letters neither; they wait for a person."""
    row = locked(session, fax)
    row.barred_at, row.barred_by, row.barred_reason = now, by, reason
    remember(session, fax, now, "barred", by, reason)


def unbar(session: Session, fax: str, by: str, reason: str, now: datetime) -> None:
    """Take the number off the list; what waited for that is due."""
    row = locked(session, fax)
    row.barred_at, row.barred_by, row.barred_reason = None, "", ""
    remember(session, fax, now, "unbarred", by, reason)
    release_held(session, fax, HeldFor.DO_NOT_FAX, now, reason, by)


def barred(session: Session, limit: int = 100) -> tuple[Number, ...]:
    """The do-not-fax list, the newest first."""
    rows = session.scalars(
        select(NumberRow).where(NumberRow.barred_at.is_not(None)).order_by(NumberRow.barred_at.desc()).limit(limit)
    )
    return tuple(_number(one, None) for one in rows)


def flagged(session: Session, limit: int = 100) -> tuple[Number, ...]:
    """Numbers a person should look at, the longest waiting first."""
    rows = session.scalars(select(NumberRow).where(NumberRow.flagged_at.is_not(None)).order_by(NumberRow.flagged_at).limit(limit))
    return tuple(_number(one, None) for one in rows)


def confirm(
    session: Session, fax: str, role: str, name: str, how: Confirmed, by: str, detail: str, now: datetime
) -> tuple[DeliveryId, ...]:
    """The number is that recipient's; the letters that waited for it, due now. Known already, nothing changes."""
    row = holder_row(session, fax, role, name)
    if row.confirmed_at is not None:
        return ()
    row.confirmed_at, row.confirmed_how, row.confirmed_by, row.confirmed_detail = now, how.value, by, detail
    row.code, row.wrong_codes = "", 0
    remember(session, fax, now, f"confirmed:{how.value}", by, f"{row.name or row.role}: {detail}")
    return release_held(session, fax, HeldFor.UNCONFIRMED, now, f"the number is confirmed ({how.value})", by, row.whose)


def doubt(session: Session, fax: str, role: str, name: str, by: str, reason: str, now: datetime) -> None:
    """The number is not, or no more, that recipient's; the next letter with patient data waits again."""
    row = holder_row(session, fax, role, name)
    row.confirmed_at, row.confirmed_how, row.confirmed_by, row.confirmed_detail = None, "", "", ""
    row.checked_by = None
    remember(session, fax, now, "doubted", by, f"{row.name or row.role}: {reason}")


def holder_row(session: Session, fax: str, role: str, name: str) -> HolderRow:
    """The recipient's row at the number, made if it is not there, and nobody else's until the transaction ends."""
    key = (fax, whose(role, name))
    row = session.get(HolderRow, key, with_for_update=True)
    if row is None:
        make_unless_there(session, HolderRow, fax=fax, whose=key[1], role=role, name=name, confirmed_how="", confirmed_by="",
                          confirmed_detail="", code="", wrong_codes=0, checks=0)  # fmt: skip
        row = session.get_one(HolderRow, key, with_for_update=True)
    return row


def rows_with_code(session: Session, fax: str) -> Sequence[HolderRow]:
    """Recipients at the number whose test page's code holds."""
    return session.scalars(select(HolderRow).where(HolderRow.fax == fax, HolderRow.code != "").with_for_update()).all()


def release_held(
    session: Session, fax: str, reason: HeldFor, now: datetime, detail: str, by: str, of: str | None = None
) -> tuple[DeliveryId, ...]:
    """What is held at the number for that reason is due; `of`: one recipient's only."""
    rows = session.scalars(
        select(DeliveryRow).where(
            DeliveryRow.fax == fax, DeliveryRow.state == DeliveryState.HELD.value, DeliveryRow.waits_for == reason.value
        )
    ).all()
    free = [one for one in rows if of is None or whose(one.role, one.name) == of]
    for one in free:
        note_event(session, DeliveryId(one.delivery_id), Event.RELEASE, now, detail=detail, by=by, look_at=now)
    return tuple(DeliveryId(one.delivery_id) for one in free)


def history(session: Session, fax: str) -> tuple[NumberEvent, ...]:
    """What people and proofs did to a number, in order."""
    rows = session.scalars(select(NumberEventRow).where(NumberEventRow.fax == fax).order_by(NumberEventRow.number))
    return tuple(NumberEvent(one.at, one.event, one.by, one.detail) for one in rows)


def remember(session: Session, fax: str, at: datetime, event: str, by: str, detail: str) -> None:
    """One more line of a number's history."""
    last = session.scalar(select(func.max(NumberEventRow.number)).where(NumberEventRow.fax == fax)) or 0
    session.add(NumberEventRow(fax=fax, number=last + 1, at=at, event=event, by=by, detail=detail))
    session.flush()


def _nothing_against(row: NumberRow) -> None:
    """What spoke against the number is over: failures, the flag, the pause."""
    row.failures = row.persons_answered = 0
    row.flagged_at, row.flag_reason, row.rests_until = None, "", None


def _wake(session: Session, fax: str, now: datetime) -> None:
    """What waits out a pause at the number is looked at now: it is called again, or put off for another reason."""
    pausing = select(DeliveryRow).where(
        DeliveryRow.fax == fax, DeliveryRow.state == DeliveryState.DUE.value, DeliveryRow.next_look_at > now
    )
    for row in session.scalars(pausing):
        row.next_look_at, row.waits_for = now, ""
    session.flush()


def _number(row: NumberRow, now: datetime | None) -> Number:
    today = None if now is None else program_day(now)
    return Number(
        fax=row.fax,
        barred_reason=row.barred_reason,
        barred_by=row.barred_by,
        barred_at=row.barred_at,
        failures=row.failures,
        persons_answered=row.persons_answered,
        flagged_at=row.flagged_at,
        flag_reason=row.flag_reason,
        rests_until=row.rests_until,
        last_arrived_at=row.last_arrived_at,
        called_today=row.calls if row.calls_day == today else 0,
    )


def _holder(row: HolderRow) -> Holder:
    return Holder(
        fax=row.fax,
        role=row.role,
        name=row.name,
        confirmed_at=row.confirmed_at,
        confirmed_how=row.confirmed_how,
        confirmed_by=row.confirmed_by,
        confirmed_detail=row.confirmed_detail,
        checked_by=row.checked_by,
        wrong_codes=row.wrong_codes,
    )
