"""Reading a fax again as a person put its pages together: a stage of its own.

What: the step that is due for each arrangement: read the pages it names, store them as new documents with running numbers.
Why: reading takes seconds and may kill its process, so it is a worker's; what the new documents take the place of was superseded
in the transaction in which the arrangement was made (`app.fax_desk`).
Refuses: to touch a document whose pages the arrangement does not name; to store a reading of a fax that went on meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app import storage
from app.attempts import GiveUp
from app.case_flow import DocumentState, IllegalTransition, Stage, documents_in
from app.fax_steps import Read, reading_of
from app.nudging import Nudge
from app.running import Step
from intake import storage as faxes
from intake.archive import Archive
from intake.arrangement_storage import KeptArrangement, due_arrangement, lock_fax, store_arranged
from intake.fax import DocumentId
from intake.fax_lifecycle import FaxState
from intake.page_store import PageStore
from intake.reading import FaxReading, FormReading
from intake.reading_json import fax_reading_to_json, form_reading_from_json, form_reading_to_json
from intake.storage import StoredFax
from registry.moments import program_day

GiveUpFax = Callable[[Session, str, Exception | GiveUp, datetime], Sequence[Nudge]]
"""Takes a fax into quarantine."""


@dataclass(frozen=True)
class _Due:
    """An arrangement with its fax."""

    fax: StoredFax
    said: KeptArrangement


@dataclass(frozen=True)
class Rearranging:
    """The step, with what it needs."""

    archive: Archive
    pages: PageStore
    read: Read
    give_up: GiveUpFax

    def step(self) -> Step:
        """The reading of a READ fax brought to its last arrangement, or the fax QUARANTINED with the arrangement still due."""
        return Step(self._load, self._read, self._store, self._give_up)

    def _load(self, session: Session, subject: str) -> _Due | None:
        fax_id, _, number = subject.rpartition("-a")
        fax = faxes.load_fax(session, fax_id)
        said = due_arrangement(session, fax_id)
        if fax is None or fax.state is not FaxState.READ or said is None or str(said.number) != number:
            return None
        return _Due(fax, said)

    def _read(self, due: _Due) -> FaxReading:
        fax = due.fax.fax
        found = self.read(self.archive.path(fax.archive_key), program_day(fax.received_at), due.said.arrangement)
        wanted = due.said.arrangement.fax_pages
        self.pages.store_some(fax.fax_id, {number: one for number, one in enumerate(found.upright, start=1) if number in wanted})
        return found.reading

    def _store(self, session: Session, due: _Due, found: FaxReading, now: datetime) -> Sequence[Nudge]:
        fax_id, said = due.fax.fax.fax_id, due.said
        lock_fax(session, fax_id)
        still = due_arrangement(session, fax_id)
        if still is None or still.number != said.number:
            raise IllegalTransition(f"arrangement {said.number} of {fax_id} is done already")
        earlier = storage.documents_of(session, fax_id)
        new = documents_in(fax_id, found, 1 + max((one.number for one in earlier), default=0))
        forms = [one for one in new if one.form is not None]
        whole = merged(reading_of(due.fax), found, said.arrangement.fax_pages, _kept(session, earlier))
        store_arranged(
            session,
            fax_id,
            said.number,
            json.dumps(fax_reading_to_json(whole)),
            [
                (DocumentId(one.document_id), json.dumps(form_reading_to_json(form)))
                for one, form in zip(forms, found.documents, strict=True)
            ],
            now,
        )
        storage.add_documents(session, fax_id, new, now)
        return [Nudge(Stage.TRIAGE, one.document_id) for one in new] or [Nudge(Stage.SETTLE, fax_id)]

    def _give_up(self, session: Session, subject: str, why: Exception | GiveUp, now: datetime) -> Sequence[Nudge]:
        return self.give_up(session, subject.rpartition("-a")[0], why, now)


def _kept(session: Session, documents: Sequence[storage.Document]) -> tuple[FormReading, ...]:
    """The forms of a fax that nobody put together anew."""
    return tuple(
        form_reading_from_json(json.loads(stored.reading))
        for one in documents
        if one.state is not DocumentState.SUPERSEDED and (stored := faxes.load_document(session, one.document_id)) is not None
    )


def merged(before: FaxReading, found: FaxReading, read_again: Set[int], kept: Sequence[FormReading]) -> FaxReading:
    """The whole fax: what stayed, and what was read again."""
    stayed = tuple(one for one in before.other_pages if one.fax_page not in read_again)
    return replace(
        found,
        documents=(*kept, *found.documents),
        other_pages=tuple(sorted((*stayed, *found.other_pages), key=lambda one: one.fax_page)),
        cpu_seconds=before.cpu_seconds + found.cpu_seconds,
    )
