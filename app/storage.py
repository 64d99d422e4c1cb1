"""The case's own tables: documents of a fax, attempts at steps of work, and the running number of each day.

What: rows and the few statements the actors, the sweep and the status need. Functions take a session and never commit.
Why: the row is the truth; what is due next is read from here, never from a message.
Refuses: a transition the lifecycle does not have (`case_flow.IllegalTransition`, and nothing changes).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import JSON, Date, Index, Integer, String, Text, UniqueConstraint, and_, case, func, or_, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from app.attempts import Attempt, Outcome
from app.case_flow import AT_END, DocumentFound, DocumentState, Stage, document_step
from intake.arrangement_storage import due_arrangement
from registry.moments import UtcDateTime
from registry.tables import name_key
from review_queue.asking_storage import settled_after_asking
from review_queue.lifecycle import VERDICTS
from review_queue.recalling import grace_of
from review_queue.review_item import Lane
from review_queue.tables import ItemRow


class Base(DeclarativeBase):
    """The tables of the case flow."""


class DocumentRow(Base):
    """One document of a fax on its way from reading to answer."""

    __tablename__ = "case_documents"
    __table_args__ = (
        UniqueConstraint("fax_id", "number"),
        Index("case_documents_created", "created_at"),
        Index("case_documents_of_prescriber", "prescriber_npi", "created_at"),
        Index("case_documents_of_pharmacy", "pharmacy_npi", "created_at"),
    )

    document_id: Mapped[str] = mapped_column(String(40), primary_key=True)  # the fax's id with a running number
    fax_id: Mapped[str] = mapped_column(String(32), index=True)  # the fax it came in
    number: Mapped[int] = mapped_column(Integer)  # 1-based place in the fax
    form: Mapped[str | None] = mapped_column(String(40))  # form code; null for loose pages
    fax_pages: Mapped[list[int]] = mapped_column(JSON)  # 1-based pages of the fax it stands on
    state: Mapped[str] = mapped_column(String(20), index=True)  # `case_flow.DocumentState`
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the reading found it
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)  # of the last change of state: how long it lags
    submission: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # as confirmed; null before, and where it was turned away
    admission: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the registry's answer; null before
    turned_away: Mapped[dict[str, Any] | None] = mapped_column(JSON)  # the reviewer's reason and questions; null otherwise
    patient_id: Mapped[str | None] = mapped_column(String(9), index=True)  # of the patient it names, once known; null before
    named: Mapped[str | None] = mapped_column(String(200), index=True)  # name and birth date on it (`named_key`)
    prescriber_npi: Mapped[str | None] = mapped_column(String(10))  # of the prescriber it names; null: none, or not known yet
    pharmacy_npi: Mapped[str | None] = mapped_column(String(10))  # of the pharmacy it names; null: none, or not known yet


class AttemptRow(Base):
    """One try at one step of work, written before the work begins."""

    __tablename__ = "case_attempts"

    stage: Mapped[str] = mapped_column(String(20), primary_key=True)  # `case_flow.Stage`
    subject: Mapped[str] = mapped_column(String(40), primary_key=True)  # the fax's or document's id
    number: Mapped[int] = mapped_column(Integer, primary_key=True)  # 1, 2, …
    worker: Mapped[str] = mapped_column(String(200))  # host/pid/start of the process
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # null: at it, or its worker died
    outcome: Mapped[str | None] = mapped_column(String(20))  # `attempts.Outcome`; null with ended_at
    detail: Mapped[str] = mapped_column(Text)  # what went wrong, for the operator
    forgiven: Mapped[bool] = mapped_column(default=False)  # a person released the fax: counts no more


class DayRow(Base):
    """How many references a day has given out."""

    __tablename__ = "case_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)  # the program's day (US Eastern) on which the faxes were received
    last_number: Mapped[int] = mapped_column(Integer)  # the last number given out


@dataclass(frozen=True)
class Document:
    """One document as stored."""

    document_id: str
    fax_id: str
    number: int  # 1-based place in the fax
    form: str | None  # None for loose pages
    fax_pages: tuple[int, ...]
    state: DocumentState
    created_at: datetime
    changed_at: datetime
    submission: Mapping[str, Any] | None
    admission: Mapping[str, Any] | None
    turned_away: Mapping[str, Any] | None


def next_reference(session: Session, day: date) -> str:
    """The next reference of a day, `R-YYYYMMDD-NNNN`; unique because the caller's transaction holds the write lock."""
    row = session.get(DayRow, day, with_for_update=True)
    if row is None:
        row = DayRow(day=day, last_number=0)
        session.add(row)
    row.last_number += 1
    session.flush()
    return f"R-{day:%Y%m%d}-{row.last_number:04d}"


def add_documents(session: Session, fax_id: str, found: Sequence[DocumentFound], now: datetime) -> None:
    """Store what a reading found, once."""
    for one in found:
        if session.get(DocumentRow, one.document_id) is None:
            session.add(
                DocumentRow(
                    document_id=one.document_id,
                    fax_id=fax_id,
                    number=one.number,
                    form=one.form,
                    fax_pages=list(one.fax_pages),
                    state=DocumentState.READ.value,
                    created_at=now,
                    changed_at=now,
                )
            )
    session.flush()


def note_patient(session: Session, document_id: str, patient_id: str | None, named: str | None) -> None:
    """Write down whom a document is about, as far as it is known by now, so that whoever asks for the patient can be told."""
    session.execute(update(DocumentRow).where(DocumentRow.document_id == document_id).values(patient_id=patient_id, named=named))


def named_key(first_name: str, last_name: str, born: date) -> str:
    """How a document is found by the name and birth date on it."""
    return f"{name_key(first_name, last_name)} {born.isoformat()}"[:200]


def named_keys(first_name: str, last_name: str, born: date) -> list[str]:
    """The keys of a person whose names may stand in either order."""
    return [named_key(first_name, last_name, born), named_key(last_name, first_name, born)]


def is_in_process(session: Session, patient_id: str, first_name: str, last_name: str, born: date) -> bool:
    """Whether a document about this patient was read and is not yet recorded. Two look-ups by index."""
    keys = named_keys(first_name, last_name, born)
    about = or_(DocumentRow.patient_id == patient_id, DocumentRow.named.in_(keys))
    waiting = (DocumentState.READ.value, DocumentState.IN_REVIEW.value, DocumentState.CONFIRMED.value)
    if session.scalar(select(DocumentRow.document_id).where(about, DocumentRow.state.in_(waiting)).limit(1)) is not None:
        return True
    superseded = select(DocumentRow.fax_id).where(about, DocumentRow.state == DocumentState.SUPERSEDED.value).distinct()
    return any(due_arrangement(session, fax_id) is not None for fax_id in session.scalars(superseded))  # being read again


def document(session: Session, document_id: str) -> Document | None:
    """The document of that id, or None."""
    row = session.get(DocumentRow, document_id)
    return None if row is None else _document(row)


def documents_of(session: Session, fax_id: str) -> list[Document]:
    """A fax's documents in their order."""
    rows = session.scalars(select(DocumentRow).where(DocumentRow.fax_id == fax_id).order_by(DocumentRow.number))
    return [_document(row) for row in rows]


def latest_documents(session: Session, limit: int, state: DocumentState | None = None) -> list[Document]:
    """Documents, the youngest first."""
    wanted = select(DocumentRow).order_by(DocumentRow.created_at.desc(), DocumentRow.document_id).limit(limit)
    if state is not None:
        wanted = wanted.where(DocumentRow.state == state.value)
    return [_document(row) for row in session.scalars(wanted)]


def move_document(
    session: Session,
    document_id: str,
    then: DocumentState,
    now: datetime,
    *,
    submission: Mapping[str, Any] | None = None,
    admission: Mapping[str, Any] | None = None,
    turned_away: Mapping[str, Any] | None = None,
) -> None:
    """Take a document to its next state with what that state brings; IllegalTransition if there is no such step."""
    row = session.get_one(DocumentRow, document_id, with_for_update=True)  # what was seen before may be superseded by now
    row.state = document_step(DocumentState(row.state), then).value
    row.changed_at = now
    if submission is not None:
        row.submission = dict(submission)
    if admission is not None:
        row.admission = dict(admission)
    if turned_away is not None:
        row.turned_away = dict(turned_away)
    session.flush()


def documents_in(session: Session, states: Sequence[DocumentState]) -> list[tuple[str, str, DocumentState]]:
    """Ids, faxes and states of all documents in one of the states, the longest waiting first."""
    rows = session.execute(
        select(DocumentRow.document_id, DocumentRow.fax_id, DocumentRow.state)
        .where(DocumentRow.state.in_([one.value for one in states]))
        .order_by(DocumentRow.changed_at)
    )
    return [(document_id, fax_id, DocumentState(state)) for document_id, fax_id, state in rows]


def settled_at_desk(session: Session, now: datetime, grace: timedelta) -> list[tuple[str, str]]:
    """Ids and faxes of documents that a person has settled, whose verdict was not taken up and can be taken back no more; those
    among them whose sender had been asked come last."""
    rows = session.execute(
        select(DocumentRow.document_id, DocumentRow.fax_id)
        .join(ItemRow, ItemRow.document_id == DocumentRow.document_id)
        .where(
            DocumentRow.state == DocumentState.IN_REVIEW.value,
            ItemRow.state.in_([one.value for one in VERDICTS]),
            ItemRow.taken_up_at.is_(None),
            ItemRow.closed_at.is_not(None),
            or_(
                ItemRow.closed_at <= now - grace,
                and_(ItemRow.urgency_rank == Lane.SAFETY.rank, ItemRow.closed_at <= now - grace_of(Lane.SAFETY.rank, grace)),
            ),
        )
        .order_by(DocumentRow.changed_at)
    )
    return [*((document_id, fax_id) for document_id, fax_id in rows), *settled_after_asking(session)]


def faxes_with_open_documents(session: Session) -> set[str]:
    """Faxes that have a document whose end is not reached."""
    under_way = [one.value for one in DocumentState if one not in AT_END]
    rows = session.scalars(select(DocumentRow.fax_id).where(DocumentRow.state.in_(under_way)).distinct())
    return set(rows)


def document_counts(session: Session) -> dict[DocumentState, int]:
    """How many documents stand in each state, every state named."""
    counted = session.execute(select(DocumentRow.state, func.count()).group_by(DocumentRow.state))
    found = {DocumentState(state): count for state, count in counted}
    return {state: found.get(state, 0) for state in DocumentState}


def documents_between(session: Session, begins: datetime, ends: datetime) -> tuple[int, int]:
    """How many documents were found in that time (the end not included) and triaged since; and how many no person looked at.

    Items are looked up one by one, through their index: as a join PostgreSQL reads all there ever were.
    """
    item = select(ItemRow.id).where(ItemRow.document_id == DocumentRow.document_id).limit(1).scalar_subquery()
    untouched = func.sum(case((item.is_(None), 1), else_=0))
    asked = select(func.count(), untouched).where(
        DocumentRow.created_at >= begins, DocumentRow.created_at < ends, DocumentRow.state != DocumentState.READ.value
    )
    row = session.execute(asked).one()
    return int(row[0]), int(row[1] or 0)


def oldest_change(session: Session, states: Sequence[DocumentState]) -> datetime | None:
    """Since when the longest waiting document of these states stands where it stands."""
    return session.scalar(select(func.min(DocumentRow.changed_at)).where(DocumentRow.state.in_([one.value for one in states])))


def attempts(session: Session, stage: Stage, subject: str) -> list[Attempt]:
    """The attempts that count, in order."""
    rows = session.scalars(
        select(AttemptRow)
        .where(AttemptRow.stage == stage.value, AttemptRow.subject == subject, AttemptRow.forgiven.is_(False))
        .order_by(AttemptRow.number)
    )
    return [
        Attempt(
            row.number, row.worker, row.began_at, row.ended_at, None if row.outcome is None else Outcome(row.outcome), row.detail
        )
        for row in rows
    ]


def begin_attempt(session: Session, stage: Stage, subject: str, worker: str, now: datetime) -> int:
    """Write down that a worker begins; the attempt's number. Commit before the work."""
    last = session.scalar(
        select(func.max(AttemptRow.number)).where(AttemptRow.stage == stage.value, AttemptRow.subject == subject)
    )
    number = (last or 0) + 1
    session.add(
        AttemptRow(stage=stage.value, subject=subject, number=number, worker=worker, began_at=now, detail="", forgiven=False)
    )
    session.flush()
    return number


def end_attempt(
    session: Session, stage: Stage, subject: str, number: int, outcome: Outcome, now: datetime, detail: str = ""
) -> None:
    """Write down how it ended."""
    row = session.get_one(AttemptRow, (stage.value, subject, number))
    row.ended_at, row.outcome, row.detail = now, outcome.value, detail
    session.flush()


def forgiven_attempts(session: Session, stage: Stage, subject: str) -> int:
    """How many attempts at a step were forgiven: at least one for each time the fax was released."""
    wanted = select(func.count()).where(
        AttemptRow.stage == stage.value, AttemptRow.subject == subject, AttemptRow.forgiven.is_(True)
    )
    return session.scalar(wanted) or 0


def forgive_attempts(session: Session, subjects: Sequence[str]) -> None:
    """A person released the fax: what happened to it and its documents before counts no more, but stays written."""
    for row in session.scalars(select(AttemptRow).where(AttemptRow.subject.in_(subjects))):
        row.forgiven = True
    session.flush()


def _document(row: DocumentRow) -> Document:
    return Document(
        document_id=row.document_id,
        fax_id=row.fax_id,
        number=row.number,
        form=row.form,
        fax_pages=tuple(row.fax_pages),
        state=DocumentState(row.state),
        created_at=row.created_at,
        changed_at=row.changed_at,
        submission=row.submission,
        admission=row.admission,
        turned_away=row.turned_away,
    )
