"""The rows of faxes and of the documents read from them. The only SQL of intake.

What: `intake_faxes`, one row per fax taken, with its state; `intake_documents`, one row per form read from it. Functions take a
session and never commit; the caller owns the transaction.
Why: the row is the truth: what is due next is read from here after any crash.
Refuses: transitions the life of a fax does not have (`IllegalFaxTransition`, and nothing changes).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Integer, String, Text, UniqueConstraint, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from intake.fax import ArchiveKey, Caller, DocumentId, FaxId, ReceivedFax
from intake.fax_lifecycle import FaxState, fax_step
from registry.moments import UtcDateTime


class Base(DeclarativeBase):
    """The tables of intake."""


class FaxRow(Base):
    """One fax taken from the inbox."""

    __tablename__ = "intake_faxes"

    fax_id: Mapped[str] = mapped_column(String(40), primary_key=True)  # made in app when the file is claimed
    reference: Mapped[str] = mapped_column(String(40), unique=True)  # the number told to the sender, "R-20231120-0417"
    state: Mapped[str] = mapped_column(String(20), index=True)  # `fax_lifecycle.FaxState`
    received_at: Mapped[datetime] = mapped_column(
        UtcDateTime, index=True
    )  # the sidecar's time, else the file's; rules count from it
    taken_at: Mapped[datetime] = mapped_column(UtcDateTime)  # when it left the inbox
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)  # of the last change of state
    source_name: Mapped[str] = mapped_column(String(300))  # the name it dropped under, printable
    sha256: Mapped[str] = mapped_column(String(64), index=True)  # of the file that is read
    archive_key: Mapped[str] = mapped_column(String(120))  # of the file that is read
    other_keys: Mapped[list[str]] = mapped_column(JSON)  # of the files archived beside it
    caller: Mapped[dict[str, str | None]] = mapped_column(JSON)  # what the sidecar said: cid, cidname, dnis, commid, error
    duplicate_of: Mapped[str | None] = mapped_column(String(40))  # the fax whose file was the same; null: a new one
    pages: Mapped[int | None] = mapped_column(Integer)  # pages of the fax; null until read
    reading: Mapped[str | None] = mapped_column(Text)  # the whole reading as JSON text (`reading_json`); null until read
    arranged: Mapped[int | None] = mapped_column(Integer)  # number of the arrangement that the reading follows; null: none
    quarantine_reason: Mapped[str | None] = mapped_column(String(40))  # code of the `intake.errors` class; null: none
    quarantine_detail: Mapped[str | None] = mapped_column(Text)  # what was found, for the operator; null: none


class DocumentRow(Base):
    """One form read from a fax."""

    __tablename__ = "intake_documents"
    __table_args__ = (UniqueConstraint("fax_id", "ordinal"),)

    document_id: Mapped[str] = mapped_column(String(60), primary_key=True)  # made in app
    fax_id: Mapped[str] = mapped_column(ForeignKey("intake_faxes.fax_id"), index=True)  # the fax it came in
    ordinal: Mapped[int] = mapped_column(Integer)  # its place among the fax's documents, from 0
    reading: Mapped[str] = mapped_column(Text)  # the form's reading as JSON text (`reading_json.form_reading_to_json`)


@dataclass(frozen=True)
class StoredFax:
    """A fax as its row has it."""

    fax: ReceivedFax
    state: FaxState
    taken_at: datetime
    changed_at: datetime
    duplicate_of: FaxId | None
    pages: int | None
    reading: str | None  # the whole reading as JSON text
    quarantine_reason: str | None
    quarantine_detail: str | None


@dataclass(frozen=True)
class StoredDocument:
    """A document as its row has it."""

    document_id: DocumentId
    fax_id: FaxId
    ordinal: int
    reading: str


def insert_fax(session: Session, fax: ReceivedFax, taken_at: datetime, duplicate_of: FaxId | None = None) -> bool:
    """Store a fax as RECEIVED. False, and nothing done, if that fax id has its row already (a claim resumed after a crash)."""
    if session.get(FaxRow, fax.fax_id) is not None:
        return False
    session.add(
        FaxRow(
            fax_id=fax.fax_id,
            reference=fax.reference,
            state=FaxState.RECEIVED.value,
            received_at=fax.received_at,
            taken_at=taken_at,
            changed_at=taken_at,
            source_name=fax.source_name,
            sha256=fax.sha256,
            archive_key=fax.archive_key,
            other_keys=list(fax.other_keys),
            caller=vars(fax.caller).copy(),
            duplicate_of=duplicate_of,
        )
    )
    session.flush()
    return True


def load_fax(session: Session, fax_id: FaxId | str) -> StoredFax | None:
    """The fax, or None."""
    row = session.get(FaxRow, fax_id)
    return None if row is None else _stored(row)


def fax_of_reference(session: Session, reference: str) -> StoredFax | None:
    """The fax with that reference number, or None."""
    row = session.scalar(select(FaxRow).where(FaxRow.reference == reference))
    return None if row is None else _stored(row)


def ids_of_references(session: Session, references: Collection[str]) -> dict[str, str]:
    """The faxes with these reference numbers, by them; those that name no fax are left out."""
    rows = session.execute(select(FaxRow.reference, FaxRow.fax_id).where(FaxRow.reference.in_(references)))
    return {one.reference: one.fax_id for one in rows}


def earlier_with(session: Session, sha256: str) -> FaxId | None:
    """The first fax of exactly this file; None if there is none.

    Faxes in quarantine do not count: whoever drops such a file again wants it tried again. Nor do duplicates, which point to it.
    """
    found = session.scalar(
        select(FaxRow.fax_id)
        .where(FaxRow.sha256 == sha256, FaxRow.duplicate_of.is_(None), FaxRow.state != FaxState.QUARANTINED.value)
        .order_by(FaxRow.taken_at, FaxRow.fax_id)
        .limit(1)
    )
    return None if found is None else FaxId(found)


def move_fax(session: Session, fax_id: FaxId | str, then: FaxState, now: datetime) -> None:
    """Take a fax to its next state. KeyError if there is no such fax, IllegalFaxTransition if there is no such step."""
    row = _row(session, fax_id)
    row.state = fax_step(FaxState(row.state), then).value
    row.changed_at = now
    session.flush()


def store_reading(
    session: Session,
    fax_id: FaxId | str,
    pages: int,
    reading: str,
    documents: Sequence[tuple[DocumentId, str]],
    then: FaxState,
    now: datetime,
) -> None:
    """Store what reading yielded and take the fax on. `documents` are ids and readings in order; those of an earlier one go."""
    row = _row(session, fax_id)
    row.state = fax_step(FaxState(row.state), then).value
    row.changed_at, row.pages, row.reading = now, pages, reading
    row.quarantine_reason = row.quarantine_detail = None
    for stale in session.scalars(select(DocumentRow).where(DocumentRow.fax_id == fax_id)):
        session.delete(stale)
    session.flush()
    session.add_all(
        DocumentRow(document_id=document_id, fax_id=str(fax_id), ordinal=ordinal, reading=text)
        for ordinal, (document_id, text) in enumerate(documents)
    )
    session.flush()


def quarantine_fax(session: Session, fax_id: FaxId | str, reason: str, detail: str, now: datetime) -> None:
    """Take a fax out of the way with its reason."""
    row = _row(session, fax_id)
    row.state = fax_step(FaxState(row.state), FaxState.QUARANTINED).value
    row.changed_at, row.quarantine_reason, row.quarantine_detail = now, reason, detail
    session.flush()


def release_fax(session: Session, fax_id: FaxId | str, now: datetime) -> FaxState:
    """Back to where it was before quarantine: READ if it has a reading, else RECEIVED. Says which."""
    row = _row(session, fax_id)
    then = FaxState.RECEIVED if row.reading is None else FaxState.READ
    row.state = fax_step(FaxState(row.state), then).value
    row.changed_at, row.quarantine_reason, row.quarantine_detail = now, None, None
    session.flush()
    return then


def add_sibling(session: Session, fax_id: FaxId | str, keys: Sequence[ArchiveKey], caller: Caller | None) -> None:
    """Files that came after their fax was taken; a late sidecar fills only what was not known."""
    row = _row(session, fax_id)
    row.other_keys = [*row.other_keys, *(key for key in keys if key not in row.other_keys)]
    if caller is not None:
        said = vars(caller)
        row.caller = {key: known if known is not None else said.get(key) for key, known in row.caller.items()}
    session.flush()


def faxes_in(session: Session, states: Sequence[FaxState], limit: int | None = None) -> list[StoredFax]:
    """Faxes in these states, the oldest received first."""
    wanted = select(FaxRow).where(FaxRow.state.in_([one.value for one in states])).order_by(FaxRow.received_at, FaxRow.fax_id)
    return [_stored(row) for row in session.scalars(wanted.limit(limit))]


def latest_faxes(session: Session, limit: int) -> list[StoredFax]:
    """The faxes taken last, the youngest first."""
    return [_stored(row) for row in session.scalars(select(FaxRow).order_by(FaxRow.taken_at.desc(), FaxRow.fax_id).limit(limit))]


def fax_counts(session: Session) -> dict[FaxState, int]:
    """How many faxes stand in each state, every state named."""
    found = dict(iter(session.execute(select(FaxRow.state, func.count()).group_by(FaxRow.state))))
    return {state: found.get(state.value, 0) for state in FaxState}


def oldest_in(session: Session, states: Sequence[FaxState]) -> datetime | None:
    """When the longest waiting fax of these states was received; None if there is none."""
    return session.scalar(select(func.min(FaxRow.received_at)).where(FaxRow.state.in_([one.value for one in states])))


def load_document(session: Session, document_id: DocumentId | str) -> StoredDocument | None:
    """The document's reading, or None."""
    row = session.get(DocumentRow, document_id)
    return None if row is None else _document(row)


def put_reading(session: Session, document_id: DocumentId | str, reading: str) -> None:
    """The document as it stands with pages of another fax; what this fax alone brought stays in the fax's own reading."""
    session.get_one(DocumentRow, document_id).reading = reading
    session.flush()


def locked(session: Session, fax_id: FaxId | str) -> None:
    """Nobody else numbers pages of this fax until the transaction ends."""
    session.get(FaxRow, fax_id, with_for_update=True)


def documents_of(session: Session, fax_id: FaxId | str) -> list[StoredDocument]:
    """The readings of a fax's documents, in order."""
    rows = session.scalars(select(DocumentRow).where(DocumentRow.fax_id == fax_id).order_by(DocumentRow.ordinal))
    return [_document(row) for row in rows]


def _row(session: Session, fax_id: FaxId | str) -> FaxRow:
    row = session.get(FaxRow, fax_id)
    if row is None:
        raise KeyError(f"no fax {fax_id!r}")
    return row


def _stored(row: FaxRow) -> StoredFax:
    fax = ReceivedFax(
        fax_id=FaxId(row.fax_id),
        reference=row.reference,
        received_at=row.received_at,
        source_name=row.source_name,
        sha256=row.sha256,
        archive_key=ArchiveKey(row.archive_key),
        other_keys=tuple(ArchiveKey(key) for key in row.other_keys),
        caller=Caller(**row.caller),
    )
    return StoredFax(
        fax=fax,
        state=FaxState(row.state),
        taken_at=row.taken_at,
        changed_at=row.changed_at,
        duplicate_of=None if row.duplicate_of is None else FaxId(row.duplicate_of),
        pages=row.pages,
        reading=row.reading,
        quarantine_reason=row.quarantine_reason,
        quarantine_detail=row.quarantine_detail,
    )


def _document(row: DocumentRow) -> StoredDocument:
    return StoredDocument(DocumentId(row.document_id), FaxId(row.fax_id), row.ordinal, row.reading)
