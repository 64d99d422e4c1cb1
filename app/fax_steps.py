"""The steps of a fax as a whole: read it, settle it, put it out of the way.

What: `read_fax` and `settle` as steps for the runner, and the quarantine that any step may end in.
Why: load, decide, store: what is decided stands in `case_flow` and `answers`; here it meets files and rows.
Refuses: to keep a session open while a fax is read, and to read a file again that was already received.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol
from uuid import uuid4

from sqlalchemy.orm import Session

from app import answers, storage
from app.answers import Desk, DocumentAtEnd, FaxAtEnd
from app.attempts import GiveUp
from app.case_flow import DocumentState, IllegalTransition, Stage, after_reading, settles
from app.nudging import Nudge
from app.running import Step, nothing_long
from intake import storage as faxes
from intake.archive import Archive
from intake.arrangement import Arrangement
from intake.arrangement_storage import arrangements_of, due_arrangement, lock_fax
from intake.errors import KilledItsWorker, UnreadableFax
from intake.fax import DocumentId
from intake.fax_lifecycle import FaxState
from intake.page_store import PageStore
from intake.quarantine import Quarantine
from intake.reading import FaxReading
from intake.reading_json import fax_reading_from_json, fax_reading_to_json, form_reading_to_json
from intake.storage import StoredFax
from outbound import storage as letters
from outbound.acknowledging import unreadable_for_sender
from outbound.delivery import DeliveryId
from outbound.notice import Notice
from registry.moments import program_day

if TYPE_CHECKING:
    from intake.read_fax import ReadFax  # the OCR engines, which only a reading process loads


class Read(Protocol):
    """From a file and its day of receipt to a reading; raises UnreadableFax."""

    def __call__(self, path: Path, today: date, arrangement: Arrangement | None = None) -> ReadFax:
        """All of it as recognised, or under an arrangement the pages that it names."""
        ...


AtEnd = Callable[[Session, storage.Document], DocumentAtEnd]
"""Everything that can be said about a document."""


class FailedEveryTime(UnreadableFax):
    """Work on the fax ended three times in an error nobody foresaw."""

    reason = "failed"
    advice = "The work on this fax failed three times. Keep the file for the engineers; ask the sender to fax again."


@dataclass(frozen=True)
class FaxSteps:
    """The steps of a fax, with what they need."""

    archive: Archive
    pages: PageStore
    quarantine: Quarantine
    read: Read
    at_end: AtEnd
    desk: Desk

    def reading(self) -> Step:
        """RECEIVED → READ, or SETTLED where there is nothing to decide, or QUARANTINED."""
        return Step(self._load_received, self._read, self._store_reading, self.give_up_fax)

    def settling(self) -> Step:
        """READ → SETTLED with its acknowledgement, once every document is answered."""
        return Step(self._load_answered, nothing_long, self._settle, self.give_up_fax)

    def give_up_fax(self, session: Session, fax_id: str, why: Exception | GiveUp, now: datetime) -> Sequence[Nudge]:
        """Quarantine a fax; its sender is told, unless documents of it are already on their way."""
        fax = faxes.load_fax(session, fax_id)
        assert fax is not None
        reason = _as_unreadable(why)
        self.quarantine.put(self.archive.path(fax.fax.archive_key), fax_id, fax.fax.source_name, reason, now, fax.fax.reference)
        faxes.quarantine_fax(session, fax_id, reason.reason, reason.detail, now)
        if fax.state is not FaxState.RECEIVED:
            return ()
        time = 1 + storage.forgiven_attempts(session, Stage.READ_FAX, fax_id)
        return plan(
            session,
            [answers.acknowledgement_of_unreadable(fax_at_end(fax), unreadable_for_sender(reason.reason), time, self.desk)],
            now,
        )

    def give_up_document(self, session: Session, document_id: str, why: Exception | GiveUp, now: datetime) -> Sequence[Nudge]:
        """Quarantine the fax of a document."""
        found = storage.document(session, document_id)
        assert found is not None
        return self.give_up_fax(session, found.fax_id, why, now)

    def _load_received(self, session: Session, fax_id: str) -> StoredFax | None:
        fax = faxes.load_fax(session, fax_id)
        return fax if fax is not None and fax.state is FaxState.RECEIVED else None

    def _read(self, fax: StoredFax) -> FaxReading | None:
        if fax.duplicate_of is not None:
            return None
        found = self.read(self.archive.path(fax.fax.archive_key), program_day(fax.fax.received_at))
        self.pages.store(fax.fax.fax_id, found.upright)
        return found.reading

    def _store_reading(self, session: Session, fax: StoredFax, reading: FaxReading | None, now: datetime) -> Sequence[Nudge]:
        fax_id = fax.fax.fax_id
        if reading is None:
            return self._settle_duplicate(session, fax, now)
        after = after_reading(fax_id, reading)
        forms = [one for one in after.documents if one.form is not None]
        faxes.store_reading(
            session,
            fax_id,
            reading.pages,
            json.dumps(fax_reading_to_json(reading)),
            [
                (DocumentId(one.document_id), json.dumps(form_reading_to_json(form)))
                for one, form in zip(forms, reading.documents, strict=True)
            ],
            after.state,
            now,
        )
        storage.add_documents(session, fax_id, after.documents, now)
        if after.nothing is not None:
            return plan(session, [answers.acknowledgement(fax_at_end(fax, reading.pages), reading, (), self.desk)], now)
        return [Nudge(Stage.TRIAGE, one.document_id) for one in after.documents]

    def _settle_duplicate(self, session: Session, fax: StoredFax, now: datetime) -> Sequence[Nudge]:
        earlier = None if fax.duplicate_of is None else faxes.load_fax(session, fax.duplicate_of)
        assert earlier is not None
        faxes.move_fax(session, fax.fax.fax_id, FaxState.SETTLED, now)
        known = fax_at_end(fax, earlier.pages or 0)
        return plan(session, [answers.acknowledgement_of_duplicate(known, earlier.fax.reference, self.desk)], now)

    def _load_answered(self, session: Session, fax_id: str) -> tuple[StoredFax, FaxReading, list[DocumentAtEnd]] | None:
        fax = faxes.load_fax(session, fax_id)
        if fax is None or fax.state is not FaxState.READ or fax.reading is None:
            return None
        documents = storage.documents_of(session, fax_id)
        if not settles([one.state for one in documents]) or due_arrangement(session, fax_id) is not None:
            return None
        said = [one for one in documents if one.state is DocumentState.ANSWERED]
        return fax, reading_of(fax), [self.at_end(session, one) for one in said]

    def _settle(
        self, session: Session, loaded: tuple[StoredFax, FaxReading, list[DocumentAtEnd]], _: None, now: datetime
    ) -> Sequence[Nudge]:
        fax, reading, documents = loaded
        lock_fax(session, fax.fax.fax_id)
        if due_arrangement(session, fax.fax.fax_id) is not None:
            raise IllegalTransition(f"the pages of {fax.fax.reference} were put together anew meanwhile")
        faxes.move_fax(session, fax.fax.fax_id, FaxState.SETTLED, now)
        acknowledged = answers.acknowledgement(fax_at_end(fax, reading.pages), reading, documents, self.desk)
        letters = answers.letters_at_end(acknowledged, documents, self.desk)
        return [nudge for letter in letters for nudge in plan(session, letter, now)]


def plan(session: Session, notices: Sequence[Notice | None], now: datetime) -> Sequence[Nudge]:
    """Store one letter; the nudge that sends it, or nothing where there is no notice in it."""
    these = [one for one in notices if one is not None]
    if not these:
        return ()
    delivery = letters.plan_delivery(session, these, DeliveryId(uuid4().hex), now)
    return [Nudge(Stage.SEND, delivery)]


def release(session: Session, fax_id: str, now: datetime) -> Sequence[Nudge]:
    """A person lets a fax go on from where it was, with all its tries anew."""
    state = faxes.release_fax(session, fax_id, now)
    documents = storage.documents_of(session, fax_id)
    arranged = [rearranging(fax_id, one.number) for one in arrangements_of(session, fax_id)]
    storage.forgive_attempts(session, [fax_id, *(one.document_id for one in documents), *arranged])
    return [Nudge(Stage.READ_FAX, fax_id)] if state is FaxState.RECEIVED else []


def rearranging(fax_id: str, number: int) -> str:
    """The subject of the stage that reads a fax again under an arrangement: each has its own attempts."""
    return f"{fax_id}-a{number}"


def fax_at_end(fax: StoredFax, pages: int = 0) -> FaxAtEnd:
    """What an acknowledgement must know of it."""
    about = fax.fax
    return FaxAtEnd(about.fax_id, about.reference, about.received_at, pages, about.caller.cid, about.caller.error or "")


def reading_of(fax: StoredFax) -> FaxReading:
    """The stored reading of a fax that was read."""
    assert fax.reading is not None
    return fax_reading_from_json(json.loads(fax.reading))


def _as_unreadable(why: Exception | GiveUp) -> UnreadableFax:
    if isinstance(why, UnreadableFax):
        return why
    if isinstance(why, GiveUp):
        return KilledItsWorker(why.detail) if why.died else FailedEveryTime(why.detail)
    return FailedEveryTime(f"{type(why).__name__}: {why}")
