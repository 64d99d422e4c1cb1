"""The statements about questions to senders and their answers (tables: `review_queue.asking_tables`).

What: note a question, find those that a form may answer, end one; note an answer, find it. Functions never commit.
Why: what is open is looked for with each form that comes in, by index; what has ended is never counted or sorted.
Refuses: to judge; which question a form answers stands in `review_queue.joining`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from intake.reading import FormReading
from intake.reading_json import form_reading_to_json
from review_queue.asking_tables import AnswerRow, QuestionRow
from review_queue.joining import Arrived, Ended, Question, Tie, Whose
from review_queue.lifecycle import ReviewState
from review_queue.review_item import Doubt, ReviewItem
from review_queue.storage import doubt_to_json
from review_queue.tables import ItemRow
from review_queue.waiting_for_sender import overdue

MOST_CANDIDATES = 50  # open questions looked at for one form; more from one fax number would be told apart by nothing


@dataclass(frozen=True)
class Answer:
    """What ties a form to the question it answers."""

    document_id: str
    fax_id: str  # the fax it came in
    question: Question
    tie: Tie
    joined: bool  # False: a person must say yet
    by: str
    at: datetime  # aware UTC
    pages: tuple[tuple[int, int], ...] = ()  # its page, and the page of the earlier fax that it was taken from


@dataclass(frozen=True)
class WaitingForSender:
    """A line of the lane "waiting for the sender"."""

    item_id: str
    reference: str
    form: str  # form code
    asked_at: datetime  # aware UTC
    answer_by: date  # the program's day
    overdue: bool
    asked_for: tuple[str, ...]  # a sentence each
    by: str  # who asked


def note_question(
    session: Session, item: ReviewItem, form: str, whose: Whose, fields: Sequence[str], by: date, now: datetime
) -> Question:
    """Write down what a sender is asked, once; an earlier question about the same form ends with it."""
    assert item.closing is not None
    closing = item.closing
    known = session.scalar(select(QuestionRow).where(QuestionRow.item_id == item.item_id, QuestionRow.asked_at == closing.at))
    if known is None:
        end_question(session, item.item_id, Ended.ASKED_AGAIN, now)
        known = QuestionRow(
            item_id=item.item_id,
            document_id=item.document_id,
            fax_id=item.fax.fax_id,
            reference=item.fax.reference,
            form=form,
            patient_id=whose.patient_id,
            named=whose.named,
            npi=whose.npi,
            sender_fax=whose.sender_fax,
            received_at=item.fax.received_at,
            asked_at=closing.at,
            answer_by=by,
            asked_for=list(closing.asked_for) or [closing.reason],
            fields=list(fields),
            by=closing.by,
            ended="",
        )
        session.add(known)
        session.flush()
    return _question(known)


def end_question(session: Session, item_id: str, how: Ended, now: datetime) -> None:
    """The open question about an item has its end; nothing happens where none is open."""
    session.execute(
        update(QuestionRow).where(QuestionRow.item_id == item_id, QuestionRow.ended == "").values(ended=how.value, ended_at=now)
    )


def question(session: Session, number: int) -> Question | None:
    """The question of that number, or None."""
    row = session.get(QuestionRow, number, populate_existing=True)
    return None if row is None else _question(row)


def questions_about(session: Session, document_id: str) -> list[Question]:
    """Everything that was asked about one form, in order."""
    rows = session.scalars(select(QuestionRow).where(QuestionRow.document_id == document_id).order_by(QuestionRow.number))
    return [_question(row) for row in rows]


def open_question_of(session: Session, reference: str) -> list[Question]:
    """The open questions about a fax, by the reference its sender knows."""
    rows = session.scalars(select(QuestionRow).where(QuestionRow.reference == reference, QuestionRow.ended == ""))
    return [_question(row) for row in rows]


def may_be_answered(session: Session, arrived: Arrived) -> list[Question]:
    """The open questions that this form may answer, found by each of its keys on its own, the latest asked first."""
    ways: list[ColumnElement[bool]] = []
    if arrived.whose.patient_id:
        ways.append(QuestionRow.patient_id == arrived.whose.patient_id)
    if arrived.whose.named:
        ways.append(QuestionRow.named == arrived.whose.named)
    if arrived.whose.npi:
        ways.append(QuestionRow.npi == arrived.whose.npi)
    if arrived.whose.sender_fax:
        ways.append(QuestionRow.sender_fax == arrived.whose.sender_fax)
    if arrived.quoted:
        ways.append(QuestionRow.reference.in_(sorted(arrived.quoted)))
    found: dict[int, Question] = {}
    for way in ways:
        wanted = select(QuestionRow).where(and_(way, QuestionRow.ended == "")).order_by(QuestionRow.number.desc())
        found |= {row.number: _question(row) for row in session.scalars(wanted.limit(MOST_CANDIDATES))}
    return list(found.values())


def waiting_for_sender(session: Session, now: datetime, limit: int = 200) -> list[WaitingForSender]:
    """What waits for its sender, the longest due first; what somebody has taken in hand again is not among it."""
    rows = session.scalars(
        select(QuestionRow)
        .join(ItemRow, ItemRow.id == QuestionRow.item_id)
        .where(QuestionRow.ended == "", ItemRow.state == ReviewState.SENT_BACK.value)
        .order_by(QuestionRow.answer_by, QuestionRow.number)
        .limit(limit)
    )
    return [
        WaitingForSender(
            row.item_id, row.reference, row.form, row.asked_at, row.answer_by, overdue(row.answer_by, now),
            tuple(row.asked_for), row.by,
        )
        for row in rows
    ]  # fmt: skip


def settled_after_asking(session: Session) -> list[tuple[str, str]]:
    """Documents and faxes whose sender was asked and which a reviewer has settled, or asked about, since."""
    since = or_(
        ItemRow.state.in_([ReviewState.CONFIRMED.value, ReviewState.REJECTED.value]),
        and_(ItemRow.state == ReviewState.SENT_BACK.value, ItemRow.closed_at > QuestionRow.asked_at),
    )
    wanted = (
        select(QuestionRow.document_id, QuestionRow.fax_id)
        .join(ItemRow, ItemRow.id == QuestionRow.item_id)
        .where(QuestionRow.ended == "", since)
        .order_by(QuestionRow.number)
    )
    return [(document_id, fax_id) for document_id, fax_id in session.execute(wanted)]


def join(session: Session, item_id: str) -> bool:
    """Take an item that waits for its sender to its end, in one statement; False if it does not wait any more."""
    waits = and_(ItemRow.id == item_id, ItemRow.state == ReviewState.SENT_BACK.value)
    changes = {"state": ReviewState.JOINED.value, "version": ItemRow.version + 1}
    return session.scalar(update(ItemRow).where(waits).values(changes).returning(ItemRow.id)) is not None


def put_together(session: Session, item_id: str, reading: FormReading, doubts: Sequence[Doubt]) -> None:
    """The item's form as it stands with further pages, and what is doubtful about it now; the caller holds it."""
    changes = {"reading": form_reading_to_json(reading), "doubts": [doubt_to_json(doubt) for doubt in doubts]}
    session.execute(update(ItemRow).where(ItemRow.id == item_id).values(changes))


def note_answer(session: Session, answer: Answer) -> None:
    """Write down which question a form answers, in place of what was offered before."""
    row = session.get(AnswerRow, answer.document_id)
    if row is None:
        row = AnswerRow(document_id=answer.document_id, fax_id=answer.fax_id)
        session.add(row)
    row.question, row.tie, row.joined = answer.question.number, answer.tie.value, answer.joined
    row.by, row.at, row.pages = answer.by, answer.at, [list(pair) for pair in answer.pages]
    session.flush()


def forget_offer(session: Session, document_id: str) -> bool:
    """A person said that a form answers nothing of what was offered; False if it was joined already, or nothing was offered."""
    row = session.get(AnswerRow, document_id)
    if row is None or row.joined:
        return False
    session.delete(row)
    session.flush()
    return True


def answer_of(session: Session, document_id: str) -> Answer | None:
    """The question that a form answers, or may answer; None if none."""
    row = session.get(AnswerRow, document_id, populate_existing=True)
    asked = None if row is None else question(session, row.question)
    return None if row is None or asked is None else _answer(row, asked)


def answers_to(session: Session, number: int) -> list[Answer]:
    """The forms that were joined with a question, or may be its answer."""
    asked = question(session, number)
    rows = session.scalars(select(AnswerRow).where(AnswerRow.question == number).order_by(AnswerRow.at))
    return [] if asked is None else [_answer(row, asked) for row in rows]


def pages_taken_over(session: Session, fax_id: str) -> list[int]:
    """Page numbers under which pages of earlier faxes were put into this one."""
    rows = session.scalars(select(AnswerRow.pages).where(AnswerRow.fax_id == fax_id))
    return [int(pair[0]) for pages in rows for pair in pages]


def _answer(row: AnswerRow, asked: Question) -> Answer:
    pages = tuple((int(mine), int(theirs)) for mine, theirs in row.pages)
    return Answer(row.document_id, row.fax_id, asked, Tie(row.tie), row.joined, row.by, row.at, pages)


def _question(row: QuestionRow) -> Question:
    return Question(
        number=row.number,
        item_id=row.item_id,
        document_id=row.document_id,
        fax_id=row.fax_id,
        reference=row.reference,
        form=row.form,
        whose=Whose(row.patient_id, row.named, row.npi, row.sender_fax),
        received_at=row.received_at,
        asked_at=row.asked_at,
        answer_by=row.answer_by,
        asked_for=tuple(row.asked_for),
        fields=tuple(row.fields),
        by=row.by,
        ended=row.ended,
    )
