"""The statements of sampled fields, of how much went through untouched, and of alarms.

What: the few statements that measuring needs. Functions take a session and never commit.
Why: rates are read over a window by index; what was settled before it is never counted again.
Refuses: to judge; the rule of alarms stands in `review_queue.quality`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from review_queue.keying_tables import AlarmRow, KeyingRow, SampleRow, UntouchedRow
from review_queue.quality import Counted, Outcome, Rate


@dataclass(frozen=True)
class Alarm:
    """An alarm that is on."""

    number: int
    critical: bool  # about critical fields, else about the others
    raised_at: datetime
    why: str  # a sentence with the figures


@dataclass(frozen=True)
class Finding:
    """A sampled field that was wrong, or of which nobody could tell."""

    task_id: str
    field: str
    form: str
    revision: str
    document_id: str
    reference: str
    critical: bool
    outcome: Outcome
    told_at: datetime
    read: object  # what was admitted
    keyed: tuple[tuple[str, str, object], ...]  # who keyed what: name, kind, value
    patient: str  # the REMS Patient ID as admitted; empty where the form has none


def tally(session: Session, day: date, form: str, hand: str, *, sampled: bool) -> None:
    """One more form of a stratum went through unseen."""
    row = session.get(UntouchedRow, (day, form, hand), with_for_update=True)
    if row is None:
        row = UntouchedRow(day=day, form=form, hand=hand, documents=0, sampled=0)
        session.add(row)
    row.documents += 1
    row.sampled += int(sampled)
    session.flush()


def passed(session: Session, form: str, hand: str, since: date) -> int:
    """How many forms of a stratum went through unseen since that day."""
    wanted = select(func.sum(UntouchedRow.documents)).where(
        UntouchedRow.form == form, UntouchedRow.hand == hand, UntouchedRow.day >= since
    )
    return session.scalar(wanted) or 0


def all_passed(session: Session, since: date) -> dict[tuple[str, str], tuple[int, int]]:
    """By form and manner of writing: how many went through unseen since that day, and how many of them were sampled."""
    rows = session.execute(
        select(UntouchedRow.form, UntouchedRow.hand, func.sum(UntouchedRow.documents), func.sum(UntouchedRow.sampled))
        .where(UntouchedRow.day >= since)
        .group_by(UntouchedRow.form, UntouchedRow.hand)
    )
    return {(form, hand): (documents, sampled) for form, hand, documents, sampled in rows}


def add_samples(session: Session, task_id: str, form: str, hand: str, fields: Mapping[str, bool], admitted_at: datetime) -> None:
    """Store the sampled fields of a task, each with whether it is critical."""
    session.add_all(
        SampleRow(
            task_id=task_id,
            field=field,
            form=form,
            hand=hand,
            critical=critical,
            admitted_at=admitted_at,
            outcome=Outcome.OPEN.value,
        )
        for field, critical in fields.items()
    )
    session.flush()


def settle(session: Session, task_id: str, outcomes: Mapping[str, Outcome], now: datetime) -> None:
    """Write down what became of fields; what was wrong or unclear is to be told."""
    for field, outcome in outcomes.items():
        bad = outcome in (Outcome.WRONG, Outcome.UNCLEAR)
        session.execute(
            update(SampleRow)
            .where(SampleRow.task_id == task_id, SampleRow.field == field)
            .values(outcome=outcome.value, settled_at=now, told_at=now if bad else None)
        )


def counted(session: Session, since: datetime, *, admitted_since: datetime | None = None) -> list[Counted]:
    """Samples settled after that, by stratum, class and outcome; only of forms admitted after the second moment, where given."""
    wanted = select(SampleRow.form, SampleRow.hand, SampleRow.critical, SampleRow.outcome, func.count()).where(
        SampleRow.settled_at > since
    )
    if admitted_since is not None:
        wanted = wanted.where(SampleRow.admitted_at > admitted_since)
    rows = session.execute(wanted.group_by(SampleRow.form, SampleRow.hand, SampleRow.critical, SampleRow.outcome))
    return [Counted(form, hand, critical, Outcome(outcome), count) for form, hand, critical, outcome, count in rows]


def waiting(session: Session) -> int:
    """How many sampled fields wait for keyers."""
    return session.scalar(select(func.count()).where(SampleRow.settled_at.is_(None))) or 0


def findings(session: Session, most: int) -> list[tuple[SampleRow, KeyingRow]]:
    """Sampled fields that were wrong or unclear and that no senior has seen to, the oldest first."""
    rows = session.execute(
        select(SampleRow, KeyingRow)
        .join(KeyingRow, KeyingRow.id == SampleRow.task_id)
        .where(SampleRow.told_at.is_not(None), SampleRow.answered_by.is_(None))
        .order_by(SampleRow.told_at, SampleRow.task_id, SampleRow.field)
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def answer(session: Session, task_id: str, field: str, outcome: Outcome, by: str, words: str) -> bool:
    """A senior has seen to a finding; False if it was seen to before."""
    changed = session.scalar(
        update(SampleRow)
        .where(
            SampleRow.task_id == task_id,
            SampleRow.field == field,
            SampleRow.told_at.is_not(None),
            SampleRow.answered_by.is_(None),
        )
        .values(outcome=outcome.value, answered_by=by, answer=words)
        .returning(SampleRow.field)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


def labels(session: Session) -> Iterable[tuple[SampleRow, KeyingRow]]:
    """Every sampled field that two people agreed on, with its task: what calibration learns from."""
    rows = session.execute(
        select(SampleRow, KeyingRow)
        .join(KeyingRow, KeyingRow.id == SampleRow.task_id)
        .where(SampleRow.outcome.in_((Outcome.RIGHT.value, Outcome.WRONG.value)))
        .order_by(SampleRow.admitted_at, SampleRow.task_id, SampleRow.field)
    )
    return ((row[0], row[1]) for row in rows)


def alarms(session: Session) -> list[Alarm]:
    """Alarms that are on, critical fields first."""
    rows = session.scalars(select(AlarmRow).where(AlarmRow.lowered_at.is_(None)).order_by(AlarmRow.critical.desc()))
    return [Alarm(row.number, row.critical, row.raised_at, row.why) for row in rows]


def add_alarm(session: Session, why: str, rate: Rate, now: datetime, *, critical: bool) -> bool:
    """Raise an alarm; False if one of its class was raised in this very moment: the other's stands, and nothing else is lost."""
    row = AlarmRow(
        critical=critical,
        raised_at=now,
        why=why,
        wrong=rate.wrong,
        fields=rate.fields,
        lower=rate.lower,
        upper=rate.upper,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def lower_alarm(session: Session, number: int, by: str, reason: str, now: datetime) -> bool:
    """Lower an alarm; False if it is not on."""
    changed = session.scalar(
        update(AlarmRow)
        .where(AlarmRow.number == number, AlarmRow.lowered_at.is_(None))
        .values(lowered_at=now, lowered_by=by, reason=reason)
        .returning(AlarmRow.number)
        .execution_options(synchronize_session=False)
    )
    return changed is not None


def last_lowered(session: Session, *, critical: bool) -> datetime | None:
    """When the last alarm of a class was lowered; what was keyed before it raises no second one."""
    return session.scalar(
        select(AlarmRow.lowered_at)
        .where(AlarmRow.critical.is_(critical), AlarmRow.lowered_at.is_not(None))
        .order_by(AlarmRow.lowered_at.desc())
        .limit(1)
    )
