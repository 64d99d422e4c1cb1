"""The documents that name a person, by index alone: for the page of contacts.

What: whom a document names besides its patient, and the latest documents of a patient, prescriber or pharmacy.
Why: "what became of my fax" is asked of the one who sent it, whatever became of it; a million others must not be read for it.
Refuses: to list everything: the latest are given, up to a number.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from app.storage import Document, DocumentRow, document

MOST = 40  # documents on one page of contacts


def note_parties(session: Session, document_id: str, prescriber_npi: str | None, pharmacy_npi: str | None) -> None:
    """Write down which prescriber and which pharmacy a document names, as far as is known by now."""
    changes = {"prescriber_npi": prescriber_npi, "pharmacy_npi": pharmacy_npi}
    session.execute(update(DocumentRow).where(DocumentRow.document_id == document_id).values(changes))


def documents_of_patient(session: Session, patient_id: str, named: Sequence[str], limit: int = MOST) -> list[Document]:
    """The latest documents that name this patient by ID, or by name and birth date."""
    mine = or_(DocumentRow.patient_id == patient_id, DocumentRow.named.in_(named))
    rows = session.scalars(select(DocumentRow.document_id).where(mine).order_by(DocumentRow.created_at.desc()).limit(limit))
    return _documents(session, list(rows))


def documents_of_party(session: Session, kind: str, npi: str, limit: int = MOST) -> list[Document]:
    """The latest documents that name this prescriber, or this pharmacy (`kind`)."""
    column = DocumentRow.pharmacy_npi if kind == "pharmacy" else DocumentRow.prescriber_npi
    wanted = select(DocumentRow.document_id).where(column == npi).order_by(DocumentRow.created_at.desc()).limit(limit)
    return _documents(session, list(session.scalars(wanted)))


def _documents(session: Session, ids: Sequence[str]) -> list[Document]:
    return [found for one in ids if (found := document(session, one)) is not None]
