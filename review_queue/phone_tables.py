"""The table of telephone calls: forms that callers give, and questions of pharmacies.

What: a row per call, kept as typed.
Why: a call may break off at any word; what was told must be there when the caller is back, under the reference they have.
Refuses: nothing; the statements stand in `review_queue.phone_storage`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.moments import UtcDateTime
from review_queue.tables import Base


class CallRow(Base):
    """One call."""

    __tablename__ = "review_calls"
    __table_args__ = (
        Index("review_calls_open", "state", "changed_at"),
        Index("review_calls_of_patient", "patient_id", "began_at"),
        Index("review_calls_of_party", "npi", "began_at"),
    )

    call_id: Mapped[str] = mapped_column(String(32), primary_key=True)  # made by the caller of the statement
    reference: Mapped[str] = mapped_column(String(40), unique=True)  # told to the caller
    about: Mapped[str] = mapped_column(String(40))  # form code, or "dispense_check", "dispense_rationale"
    revision: Mapped[str] = mapped_column(String(10))  # of the form whose fields are asked; empty for questions
    caller: Mapped[dict[str, Any]] = mapped_column(JSON)  # who called, as told, and how that was made sure
    npi: Mapped[str | None] = mapped_column(String(10))  # of the prescriber or pharmacy called for
    patient_id: Mapped[str | None] = mapped_column(String(9))  # of the patient it is about, once known
    fields: Mapped[dict[str, Any]] = mapped_column(JSON)  # each field as typed, with its value or what is wrong
    taken_by: Mapped[str] = mapped_column(String(80))  # the agent
    began_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(20))  # `phone_entry.CallState`
    version: Mapped[int] = mapped_column(Integer, default=0)  # counts changes of state
    answer: Mapped[list[Any]] = mapped_column(JSON)  # the registry's answer in words, a line each
    reason: Mapped[str] = mapped_column(Text, default="")  # why it was dropped
