"""The table of what reviewers said about who is meant; rows are only ever added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.moments import UtcDateTime
from review_queue.tables import Base


class PersonRow(Base):
    """One act of a reviewer about whom an item's form means."""

    __tablename__ = "review_persons"

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)  # the order in which they were done
    item_id: Mapped[str] = mapped_column(String(40), index=True)
    act: Mapped[str] = mapped_column(String(20))  # `persons.PersonAct`
    patient_id: Mapped[str | None] = mapped_column(String(9))  # of the candidate; null for a new patient and for undo
    by: Mapped[str] = mapped_column(String(80))  # the reviewer
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)  # why, where it goes against what differs; empty otherwise
