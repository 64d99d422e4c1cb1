"""The steps of one document: triage, a person's verdict, the registry's answer, the letters.

What: four steps for the runner.
Why: each loads, lets a pure function decide, and stores; the registry and the document's state change in one transaction.
Refuses: to make a submission itself: `review_queue.confirmation` is its only maker.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import storage
from app.answers import Desk, DocumentAtEnd, answered_apart, letters_at_end
from app.asking import Asking
from app.attaching import PRINTED_WITH
from app.case_flow import DocumentState, Stage, settles
from app.contact_storage import note_parties
from app.enclosing import Turnaround, no_turnaround
from app.fax_steps import FaxSteps, fax_at_end, plan, reading_of
from app.nudging import Nudge
from app.number_proofs import is_confirmed, note_proofs
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
from registry.identifiers import normal_npi, normal_phone
from registry.submission import Admission, Submission, SubmissionId, Value
from registry.submission_json import admission_from_json, admission_to_json, submission_from_json, submission_to_json
from review_queue import confirmation, quality_watch, recall_storage, reviewing
from review_queue import storage as items
from review_queue.carrying import carried, carry
from review_queue.lifecycle import ReviewState
from review_queue.recalling import grace_of
from review_queue.review_item import Closing, FaxFacts, ReviewItem, ReviewItemId
from review_queue.sampling import SamplingRules
from review_queue.triage import TriageContext, triage

Forms = Callable[[str, str | None], FormDefinition]
"""The definition of a form's revision."""


@dataclass(frozen=True)
class Registry:
    """What the steps ask of the registry, each in the caller's transaction."""

    admit: Callable[[Session, Submission, datetime], Admission]
    context: Callable[[Session, FormReading, datetime], TriageContext]
    """What triage must know of the patient a reading seems to name."""
    party: Callable[[Session, str, Mapping[str, Value]], Recipient | None]
    """Who sent a form of that code with these values, with the fax number on file."""
    whose: Callable[[Session, Mapping[str, Value]], tuple[str | None, str | None]]
    """Which patient a form's values name: the ID, and the key of name and birth date; each None where it cannot be told."""
    next_form: Turnaround = no_turnaround
    """What is printed on a patient's next status form."""


@dataclass(frozen=True)
class _Waiting:
    """A document with its fax, and its reading unless it is loose pages."""

    document: storage.Document
    fax: StoredFax
    reading: FormReading | None


def _no_alarm(_: Session) -> Mapping[tuple[str, bool], float]:
    return {}


@dataclass(frozen=True)
class DocumentSteps:
    """The steps of a document, with what they need."""

    forms: Forms
    registry: Registry
    desk: Desk
    asking: Asking
    grace: timedelta = timedelta()  # how long a reviewer may take a verdict back
    sampling: SamplingRules = field(default_factory=SamplingRules)  # how much of what nobody touched is keyed blind afterwards
    raised_bars: Callable[[Session], Mapping[tuple[str, bool], float]] = _no_alarm
    """What a reading must reach while an alarm is on, by manner and class."""

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
        turned_away = document.turned_away is not None
        party = self._party(session, document, reading, submission)
        end = DocumentAtEnd(
            document_id=document.document_id,
            fax_pages=document.fax_pages,
            form=None if reading is None else self.forms(reading.form, reading.revision),
            reading=reading,
            submission=submission,
            admission=None if document.admission is None else admission_from_json(document.admission),
            closing=None if submission is not None or not document.turned_away else closing_from_json(document.turned_away),
            party=party,
            number_confirmed=party is not None and is_confirmed(session, party),
            mended=submission is not None and turned_away,
            next_form=self._next_form(session, document),
        )
        return end if end.closing is None else self.asking.with_question(session, end, document.fax_id)

    def _party(
        self, session: Session, document: storage.Document, reading: FormReading | None, submission: Submission | None
    ) -> Recipient | None:
        """Who sent a form: by what was confirmed on it, else by what was certain or said by a person."""
        if submission is not None:
            return self.registry.party(session, submission.form, submission.values)
        if reading is None:
            return None
        values = {name: one.value for name, one in reading.fields.items() if one.accepted}
        values |= reviewing.said_on(session, DocumentId(document.document_id))
        return self.registry.party(session, reading.form, values)

    def _next_form(self, session: Session, document: storage.Document) -> Mapping[str, Value]:
        """What is printed on the patient's next status form, where a notice of this document brings one."""
        if document.admission is None:
            return {}
        notices = admission_from_json(document.admission).notices
        patient = next((one.facts.get("patient_id") for one in notices if one.kind in PRINTED_WITH), None)
        return {} if patient is None else self.registry.next_form(session, str(patient))

    def _load(self, *states: DocumentState) -> Callable[[Session, str], _Waiting | None]:
        def load(session: Session, document_id: str) -> _Waiting | None:
            found = storage.document(session, document_id)
            if found is None or found.state not in states:
                return None
            fax = faxes.load_fax(session, found.fax_id)
            if fax is None or fax.state not in (FaxState.READ, FaxState.SETTLED):
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
        reading = waiting.reading
        form = self.forms(reading.form, reading.revision)
        self._note_whose(session, document_id, _values(reading))
        came = self.asking.answer_in(session, document_id, facts, reading, now)
        reading, doubts = came.reading, came.problems
        context = self.registry.context(session, reading, waiting.fax.fax.received_at)
        context = replace(context, problems=(*context.problems, *doubts), raised=self.raised_bars(session))
        found = triage(reading, form, context, now)
        said = carried(reading, form, self._superseded_items(session, waiting.document.fax_id))
        if found.straight_through and not said:
            submission_id = SubmissionId(document_id)
            submission = confirmation.untouched(reading, form, found, facts, submission_id, carried=came.carried)
            return self._confirm(session, document_id, submission, now)
        item_id = ReviewItemId(document_id)
        reviewing.enqueue_form(session, item_id, document_id, facts, reading, found, now)
        reviewing.carry_over(session, item_id, came.carried)
        carry(session, document_id, said)
        storage.move_document(session, document_id, DocumentState.IN_REVIEW, now)
        return ()

    def _superseded_items(self, session: Session, fax_id: str) -> list[ReviewItem]:
        """What lay on the desk of this fax before its pages were put together anew."""
        gone = [one for one in storage.documents_of(session, fax_id) if one.state is DocumentState.SUPERSEDED]
        found = (items.item_of_document(session, DocumentId(one.document_id)) for one in gone)
        return [one for one in found if one is not None]

    def _load_verdict(self, session: Session, document_id: str) -> ReviewItem | None:
        waiting = self._load(DocumentState.IN_REVIEW, DocumentState.ANSWERED)(session, document_id)
        if waiting is None:
            return None
        item = reviewing.outcome(session, DocumentId(document_id))
        if item is None or waiting.document.state is DocumentState.IN_REVIEW:
            return item
        return item if self.asking.settled_since(session, item) else None

    def _take_verdict(self, session: Session, item: ReviewItem, _: None, now: datetime) -> Sequence[Nudge]:
        assert item.closing is not None
        if now < item.closing.at + grace_of(item.urgency.lane.rank, self.grace):
            return ()  # nudged before its time: the sweep comes again
        if not recall_storage.take_up(session, item.item_id, item.version, now):
            return ()  # taken back since it was loaded
        if item.state is ReviewState.CONFIRMED:
            assert item.reading is not None
            form = self.forms(item.reading.form, item.reading.revision)
            submission = confirmation.confirmed(item, form, SubmissionId(item.document_id))
            self.asking.settle(session, item, now)
            return self._confirm(session, item.document_id, submission, now)
        storage.move_document(
            session, item.document_id, DocumentState.TURNED_AWAY, now, turned_away=closing_to_json(item.closing)
        )
        if item.state is ReviewState.SENT_BACK:
            self.asking.ask(session, item, now)
        else:
            self.asking.settle(session, item, now)
        return [Nudge(Stage.ANSWER, item.document_id)]

    def _confirm(self, session: Session, document_id: str, submission: Submission, now: datetime) -> Sequence[Nudge]:
        self._note_whose(session, document_id, submission.values)
        if submission.person is not None:  # a person's word on who it is counts before what the form alone would say
            _, named = self.registry.whose(session, submission.values)
            storage.note_patient(session, document_id, submission.person.patient_id, named)
        storage.move_document(session, document_id, DocumentState.CONFIRMED, now, submission=submission_to_json(submission))
        return [Nudge(Stage.RECORD, document_id)]

    def _note_whose(self, session: Session, document_id: str, values: Mapping[str, Value]) -> None:
        storage.note_patient(session, document_id, *self.registry.whose(session, values))
        npis = (normal_npi(str(values.get(name) or "")) for name in ("prescriber_npi", "pharmacy_npi"))
        note_parties(session, document_id, *npis)

    def _record(self, session: Session, waiting: _Waiting, _: None, now: datetime) -> Sequence[Nudge]:
        document_id = waiting.document.document_id
        assert waiting.document.submission is not None
        submission = submission_from_json(waiting.document.submission)
        admission = self.registry.admit(session, submission, now)
        if submission.confirmed_by == reviewing.SYSTEM and waiting.reading is not None:
            self._sample(session, waiting, waiting.reading, submission, now)
        sent_by = self.registry.party(session, submission.form, submission.values)
        note_proofs(session, submission.sender_fax, sent_by, admission, submission.reference, now)
        storage.move_document(session, document_id, DocumentState.RECORDED, now, admission=admission_to_json(admission))
        return [Nudge(Stage.ANSWER, document_id), *publish(session, submission, admission, now)]

    def _sample(self, session: Session, waiting: _Waiting, reading: FormReading, submission: Submission, now: datetime) -> None:
        """Count what went through unseen; a share of it is keyed blind, while it goes its way."""
        signed = {f"{confirmation.SIGNATURE}{role.value}": verdict.value for role, verdict in submission.signatures.items()}
        form, facts = self.forms(reading.form, reading.revision), fax_facts(waiting.fax)
        document_id = DocumentId(waiting.document.document_id)
        admitted = {**submission.values, **signed}
        quality_watch.note_untouched(session, document_id, facts, reading, form, admitted, self.sampling, now)

    def _answer(self, session: Session, waiting: _Waiting, _: None, now: datetime) -> Sequence[Nudge]:
        document = waiting.document
        storage.move_document(session, document.document_id, DocumentState.ANSWERED, now)
        settled = waiting.fax.state is FaxState.SETTLED
        last = settles([one.state for one in storage.documents_of(session, document.fax_id)])
        if not settled and last and due_arrangement(session, document.fax_id) is None:
            # the fax's last document: its letters go out with the acknowledgement, in one call instead of two
            return [Nudge(Stage.SETTLE, document.fax_id)]
        end = self.at_end(session, document)
        apart = None
        if (
            settled or end.answer_by is not None
        ):  # acknowledged before; or asked about, which must not wait for the other documents
            time = self.asking.time_of(session, document.document_id, asked=end.answer_by is not None)
            apart = answered_apart(fax_at_end(waiting.fax, waiting.fax.pages or 0), end, time, self.desk)
        return [nudge for letter in letters_at_end(apart, [end], self.desk) for nudge in plan(session, letter, now)]


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


def _values(reading: FormReading) -> dict[str, Value]:
    return {name: one.value for name, one in reading.fields.items()}


def _reading(session: Session, document_id: str) -> FormReading | None:
    found = faxes.load_document(session, document_id)
    return None if found is None else form_reading_from_json(json.loads(found.reading))
