"""The table of what is being typed: one row per field and reviewer, there only while the item is open.

What: what a row means, column by column.
Why: a browser, a machine or a server may stop in the middle of a word; what was typed must stand there again afterwards.
Refuses: nothing; no statement stands here.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from registry.moments import UtcDateTime
from review_queue.tables import Base


class DraftRow(Base):
    """What one reviewer has typed in one field and not confirmed."""

    __tablename__ = "review_drafts"

    item_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(60), primary_key=True)  # the field's name
    reviewer: Mapped[str] = mapped_column(String(80), primary_key=True)
    text: Mapped[str] = mapped_column(Text)  # as it stood in the field; for a pick the answer's code
    page: Mapped[str] = mapped_column(String(40))  # which opening of the page typed it
    stroke: Mapped[int] = mapped_column(Integer)  # counts that page's changes: a late message never undoes a later one
    at: Mapped[datetime] = mapped_column(UtcDateTime)
