"""The rows of arrangements: who said, when and why, how a fax's pages belong together. Rows are only ever added.

What: `intake_arrangements`, and which of them the stored reading does not follow yet.
Why: a fax's row says which arrangement its reading follows; one with a higher number is due, whatever died in between.
Refuses: a second arrangement while one is due (ValueError): it would be made over documents that are not there yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, Text, func, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from intake.arrangement import Arrangement, arrangement_from_json, arrangement_to_json
from intake.fax import DocumentId
from intake.fax_lifecycle import FaxState
from intake.storage import Base, DocumentRow, FaxRow
from registry.moments import UtcDateTime


class ArrangementRow(Base):
    """One arrangement of a fax's pages."""

    __tablename__ = "intake_arrangements"

    fax_id: Mapped[str] = mapped_column(ForeignKey("intake_faxes.fax_id"), primary_key=True)  # the fax
    number: Mapped[int] = mapped_column(Integer, primary_key=True)  # 1, 2, … of this fax
    by: Mapped[str] = mapped_column(String(80))  # the reviewer who said so
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)  # why, in a sentence
    arrangement: Mapped[dict[str, Any]] = mapped_column(JSON)  # what is to be read anew: `arrangement_to_json`
    before: Mapped[dict[str, Any]] = mapped_column(JSON)  # how all pages lay before; the first one's is what the machine found


@dataclass(frozen=True)
class KeptArrangement:
    """An arrangement with who said so."""

    fax_id: str
    number: int  # 1, 2, … of its fax
    by: str
    at: datetime
    reason: str
    arrangement: Arrangement  # what is to be read anew; pages it does not name stay as they are
    before: Arrangement  # how all pages lay before


def add_arrangement(
    session: Session, fax_id: str, arrangement: Arrangement, before: Arrangement, by: str, at: datetime, reason: str
) -> int:
    """Its number; ValueError while another is due. The caller holds the fax (`lock_fax`)."""
    if due_arrangement(session, fax_id) is not None:
        raise ValueError(f"fax {fax_id} is still being read under the last arrangement")
    last = session.scalar(select(func.max(ArrangementRow.number)).where(ArrangementRow.fax_id == fax_id))
    row = ArrangementRow(
        fax_id=fax_id,
        number=(last or 0) + 1,
        by=by,
        at=at,
        reason=reason,
        arrangement=arrangement_to_json(arrangement),
        before=arrangement_to_json(before),
    )
    session.add(row)
    session.flush()
    return row.number


def arrangements_of(session: Session, fax_id: str) -> list[KeptArrangement]:
    """All of a fax, the first one first."""
    rows = session.scalars(select(ArrangementRow).where(ArrangementRow.fax_id == fax_id).order_by(ArrangementRow.number))
    return [_kept(row) for row in rows]


def due_arrangement(session: Session, fax_id: str) -> KeptArrangement | None:
    """The one that the fax's reading does not follow yet, or None."""
    wanted = select(ArrangementRow).join(FaxRow, FaxRow.fax_id == ArrangementRow.fax_id)
    row = session.scalar(wanted.where(ArrangementRow.fax_id == fax_id, _not_followed()).limit(1))
    return None if row is None else _kept(row)


def due_arrangements(session: Session) -> list[tuple[str, int]]:
    """Fax and number of all that are due, of faxes that were read and are not settled."""
    wanted = select(ArrangementRow.fax_id, ArrangementRow.number).join(FaxRow, FaxRow.fax_id == ArrangementRow.fax_id)
    rows = session.execute(wanted.where(FaxRow.state == FaxState.READ.value, _not_followed()).order_by(ArrangementRow.at))
    return [(fax_id, number) for fax_id, number in rows]


def lock_fax(session: Session, fax_id: str) -> bool:
    """Nobody else settles or arranges the fax until this transaction ends; False if there is no such fax."""
    return session.scalar(select(FaxRow.fax_id).where(FaxRow.fax_id == fax_id).with_for_update()) is not None


def store_arranged(
    session: Session, fax_id: str, number: int, reading: str, documents: Sequence[tuple[DocumentId, str]], now: datetime
) -> None:
    """The fax's reading under that arrangement, and the readings of its new documents; those of earlier ones stay beside them."""
    row = session.get_one(FaxRow, fax_id)
    row.reading, row.arranged, row.changed_at = reading, number, now
    last = session.scalar(select(func.max(DocumentRow.ordinal)).where(DocumentRow.fax_id == fax_id))
    first = 0 if last is None else last + 1
    session.add_all(
        DocumentRow(document_id=document_id, fax_id=fax_id, ordinal=ordinal, reading=text)
        for ordinal, (document_id, text) in enumerate(documents, start=first)
    )
    session.flush()


def _not_followed() -> Any:
    return or_(FaxRow.arranged.is_(None), ArrangementRow.number > FaxRow.arranged)


def _kept(row: ArrangementRow) -> KeptArrangement:
    return KeptArrangement(
        fax_id=row.fax_id,
        number=row.number,
        by=row.by,
        at=row.at,
        reason=row.reason,
        arrangement=arrangement_from_json(row.arrangement),
        before=arrangement_from_json(row.before),
    )
