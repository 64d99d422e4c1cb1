"""The tables of what senders were asked, and of what came in answer.

What: a row per question, with what an answer is recognised by; a row per form that answers one.
Why: an answer is looked for with each form that comes in, so it must be found by index among what is open.
Refuses: nothing; the statements stand in `review_queue.asking_storage`.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from registry.moments import UtcDateTime
from review_queue.tables import Base


class QuestionRow(Base):
    """What one sender was asked about one form."""

    __tablename__ = "review_questions"
    __table_args__ = (
        UniqueConstraint("item_id", "asked_at", name="review_questions_once"),  # asked once, however often the step runs
        Index("review_questions_open", "ended", "answer_by"),  # the lane "waiting for the sender"
        Index("review_questions_patient", "patient_id", "ended"),
        Index("review_questions_named", "named", "ended"),
        Index("review_questions_npi", "npi", "ended"),
        Index("review_questions_sender", "sender_fax", "ended"),
        Index("review_questions_reference", "reference", "ended"),
    )

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)  # the order in which they were asked
    item_id: Mapped[str] = mapped_column(String(40))  # of the review item that waits
    document_id: Mapped[str] = mapped_column(String(40), index=True)  # of the form we asked about
    fax_id: Mapped[str] = mapped_column(String(40))  # the fax it came in
    reference: Mapped[str] = mapped_column(String(40))  # as told to the sender
    form: Mapped[str] = mapped_column(String(40))  # form code; an answer is the same form
    patient_id: Mapped[str | None] = mapped_column(String(9))  # of the patient it names, where known
    named: Mapped[str | None] = mapped_column(String(200))  # key of the name and birth date on it
    npi: Mapped[str | None] = mapped_column(String(10))  # of the prescriber or pharmacy whose own form it is
    sender_fax: Mapped[str | None] = mapped_column(String(10))  # ten digits, from the caller's identification
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)  # of the fax we asked about
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when the reviewer asked
    answer_by: Mapped[date] = mapped_column(Date)  # the day the letter names
    asked_for: Mapped[list[Any]] = mapped_column(JSON)  # what is asked, a sentence each
    fields: Mapped[list[Any]] = mapped_column(JSON)  # the form's fields that are meant by it
    by: Mapped[str] = mapped_column(String(80))  # who asked
    ended: Mapped[str] = mapped_column(String(20), default="")  # `joining.Ended`; empty: it is open
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AnswerRow(Base):
    """A form that answers a question, or may do so until a person has said."""

    __tablename__ = "review_answers"

    document_id: Mapped[str] = mapped_column(String(40), primary_key=True)  # of the form that came
    question: Mapped[int] = mapped_column(Integer, index=True)  # `QuestionRow.number`
    fax_id: Mapped[str] = mapped_column(String(40), index=True)  # the fax it came in
    tie: Mapped[str] = mapped_column(String(20))  # `joining.Tie`: what ties it to the question
    joined: Mapped[bool]  # false: a person must say yet
    by: Mapped[str] = mapped_column(String(80))  # who joined or offered it
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    pages: Mapped[list[Any]] = mapped_column(JSON)  # [its page, the earlier fax's page] of each page taken over from there
