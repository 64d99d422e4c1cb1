"""The steps of one document: triage, a person's verdict, the registry's answer, the letters.

What: four steps for the runner.
Why: each loads, lets a pure function decide, and stores; the registry and the document's state change in one transaction.
Refuses: to make a submission itself: `review_queue.confirmation` is its only maker.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app import storage
from app.answers import Desk, DocumentAtEnd, letters_of
from app.case_flow import DocumentState, Stage, settles
from app.fax_steps import FaxSteps, plan, reading_of
from app.nudging import Nudge
from app.running import Step, nothing_long
from app.webhooks.publishing import publish
from intake import storage as faxes
from intake.arrangement_storage import due_arrangement
from intake.fax import DocumentId
from intake.fax_lifecycle import FaxState
from intake.forms.definition import FormDefinition
from intake.reading import FormReading
from intake.reading_json import form_reading_from_json
from intake.storage import StoredFax
from outbound.notice import Recipient
from registry.identifiers import normal_phone
from registry.submission import Admission, Submission, SubmissionId, Value
from registry.submission_json import admission_from_json, admission_to_json, submission_from_json, submission_to_json
from review_queue import confirmation, reviewing
from review_queue import storage as items
from review_queue.carrying import carried, carry
from review_queue.lifecycle import ReviewState
from review_queue.review_item import Closing, FaxFacts, ReviewItem, ReviewItemId
from review_queue.triage import TriageContext, triage

Forms = Callable[[str, str | None], FormDefinition]
"""The definition of a form's revision."""


@dataclass(frozen=True)
class Registry:
    """What the steps ask of the registry, each in the caller's transaction."""

    admit: Callable[[Session, Submission, datetime], Admission]
    context: Callable[[Session, FormReading, datetime], TriageContext]
    """What triage must know of the patient a reading seems to name."""
    party: Callable[[Session, Submission], Recipient | None]
    """Who sent a form, with the fax number on file."""
    whose: Callable[[Session, Mapping[str, Value]], tuple[str | None, str | None]]
    """Which patient a form's values name: the ID, and the key of name and birth date; each None where it cannot be told."""


@dataclass(frozen=True)
class _Waiting:
    """A document with its fax, and its reading unless it is loose pages."""

    document: storage.Document
    fax: StoredFax
    reading: FormReading | None


@dataclass(frozen=True)
class DocumentSteps:
    """The steps of a document, with what they need."""

    forms: Forms
    registry: Registry
    desk: Desk

    def all(self, fax_steps: FaxSteps) -> Mapping[Stage, Step]:
        """Each stage's step; what cannot go on takes its fax into quarantine."""
        give_up = fax_steps.give_up_document
        return {
            Stage.TRIAGE: Step(self._load(DocumentState.READ), nothing_long, self._triage, give_up),
            Stage.TAKE_VERDICT: Step(self._load_verdict, nothing_long, self._take_verdict, give_up),
            Stage.RECORD: Step(self._load(DocumentState.CONFIRMED), nothing_long, self._record, give_up),
            Stage.ANSWER: Step(
                self._load(DocumentState.RECORDED, DocumentState.TURNED_AWAY), nothing_long, self._answer, give_up
            ),
        }

    def at_end(self, session: Session, document: storage.Document) -> DocumentAtEnd:
        """Everything that can be said about a document whose work is done."""
        reading = _reading(session, document.document_id)
        submission = None if document.submission is None else submission_from_json(document.submission)
        return DocumentAtEnd(
            document_id=document.document_id,
            fax_pages=document.fax_pages,
            form=None if reading is None else self.forms(reading.form, reading.revision),
            reading=reading,
            submission=submission,
            admission=None if document.admission is None else admission_from_json(document.admission),
            closing=None if document.turned_away is None else closing_from_json(document.turned_away),
            party=None if submission is None else self.registry.party(session, submission),
        )

    def _load(self, *states: DocumentState) -> Callable[[Session, str], _Waiting | None]:
        def load(session: Session, document_id: str) -> _Waiting | None:
            found = storage.document(session, document_id)
            if found is None or found.state not in states:
                return None
            fax = faxes.load_fax(session, found.fax_id)
            if fax is None or fax.state is not FaxState.READ:
                return None  # in quarantine: its documents wait with it
            return _Waiting(found, fax, _reading(session, document_id))

        return load

    def _triage(self, session: Session, waiting: _Waiting, _: None, now: datetime) -> Sequence[Nudge]:
        document_id = DocumentId(waiting.document.document_id)
        facts = fax_facts(waiting.fax)
        if waiting.reading is None:
            loose = [one for one in reading_of(waiting.fax).other_pages if one.fax_page in waiting.document.fax_pages]
            reviewing.enqueue_loose_pages(session, ReviewItemId(document_id), document_id, facts, loose, now)
            storage.move_document(session, document_id, DocumentState.IN_REVIEW, now)
            return ()
        form = self.forms(waiting.reading.form, waiting.reading.revision)
        read = {name: one.value for name, one in waiting.reading.fields.items()}
        storage.note_patient(session, document_id, *self.registry.whose(session, read))
        context = self.registry.context(session, waiting.reading, waiting.fax.fax.received_at)
        found = triage(waiting.reading, form, context, now)
        said = carried(waiting.reading, form, self._superseded_items(session, waiting.document.fax_id))
        if found.straight_through and not said:
            submission = confirmation.untouched(waiting.reading, form, found, facts, SubmissionId(document_id))
            return self._confirm(session, document_id, submission, now)
        reviewing.enqueue_form(session, ReviewItemId(document_id), document_id, facts, waiting.reading, found, now)
        carry(session, document_id, said)
        storage.move_document(session, document_id, DocumentState.IN_REVIEW, now)
        return ()

    def _superseded_items(self, session: Session, fax_id: str) -> list[ReviewItem]:
        """What lay on the desk of this fax before its pages were put together anew."""
        gone = [one for one in storage.documents_of(session, fax_id) if one.state is DocumentState.SUPERSEDED]
        found = (items.item_of_document(session, DocumentId(one.document_id)) for one in gone)
        return [one for one in found if one is not None]

    def _load_verdict(self, session: Session, document_id: str) -> ReviewItem | None:
        if self._load(DocumentState.IN_REVIEW)(session, document_id) is None:
            return None
        return reviewing.outcome(session, DocumentId(document_id))

    def _take_verdict(self, session: Session, item: ReviewItem, _: None, now: datetime) -> Sequence[Nudge]:
        if item.state is ReviewState.CONFIRMED:
            assert item.reading is not None
            form = self.forms(item.reading.form, item.reading.revision)
            submission = confirmation.confirmed(item, form, SubmissionId(item.document_id))
            return self._confirm(session, item.document_id, submission, now)
        assert item.closing is not None
        storage.move_document(
            session, item.document_id, DocumentState.TURNED_AWAY, now, turned_away=closing_to_json(item.closing)
        )
        return [Nudge(Stage.ANSWER, item.document_id)]

    def _confirm(self, session: Session, document_id: str, submission: Submission, now: datetime) -> Sequence[Nudge]:
        patient_id, named = self.registry.whose(session, submission.values)
        if submission.person is not None:  # a person's word on who it is counts before what the form alone would say
            patient_id = submission.person.patient_id
        storage.note_patient(session, document_id, patient_id, named)
        storage.move_document(session, document_id, DocumentState.CONFIRMED, now, submission=submission_to_json(submission))
        return [Nudge(Stage.RECORD, document_id)]

    def _record(self, session: Session, waiting: _Waiting, _: None, now: datetime) -> Sequence[Nudge]:
        document_id = waiting.document.document_id
        assert waiting.document.submission is not None
        submission = submission_from_json(waiting.document.submission)
        admission = self.registry.admit(session, submission, now)
        storage.move_document(session, document_id, DocumentState.RECORDED, now, admission=admission_to_json(admission))
        return [Nudge(Stage.ANSWER, document_id), *publish(session, submission, admission, now)]

    def _answer(self, session: Session, waiting: _Waiting, _: None, now: datetime) -> Sequence[Nudge]:
        document = waiting.document
        storage.move_document(session, document.document_id, DocumentState.ANSWERED, now)
        last = settles([one.state for one in storage.documents_of(session, document.fax_id)])
        if last and due_arrangement(session, document.fax_id) is None:
            # the fax's last document: its letters go out with the acknowledgement, in one call instead of two
            return [Nudge(Stage.SETTLE, document.fax_id)]
        return [nudge for letter in letters_of(self.at_end(session, document), self.desk) for nudge in plan(session, letter, now)]


def fax_facts(fax: StoredFax) -> FaxFacts:
    """What a review item keeps of its fax."""
    caller = fax.fax.caller
    return FaxFacts(
        fax_id=fax.fax.fax_id,
        reference=fax.fax.reference,
        received_at=fax.fax.received_at,
        sender_fax=normal_phone(caller.cid) if caller.cid else None,
        sender_name=caller.cidname,
    )


def closing_to_json(closing: Closing) -> dict[str, Any]:
    """A reviewer's last word on a document that was turned away."""
    return {
        "by": closing.by,
        "at": closing.at.isoformat(),
        "reason": closing.reason,
        "asked_for": list(closing.asked_for),
        "answer_sender": closing.answer_sender,
    }


def closing_from_json(stored: Mapping[str, Any]) -> Closing:
    """The way back."""
    return Closing(
        by=stored["by"],
        at=datetime.fromisoformat(stored["at"]),
        reason=stored["reason"],
        asked_for=tuple(stored["asked_for"]),
        answer_sender=stored["answer_sender"],
    )


def _reading(session: Session, document_id: str) -> FormReading | None:
    found = faxes.load_document(session, document_id)
    return None if found is None else form_reading_from_json(json.loads(found.reading))
