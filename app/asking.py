"""Questions to senders, and the forms that come in answer, in the case flow's transactions.

What: note what a sender is asked and until when; find the question that a form answers, take over the pages it lacks, end what
waited for it.
Why: the desk knows no registry and no page folder, the registry no question; here an answer meets what it answers.
Refuses: to put pages of two faxes together unless the form itself says that they are the same person's, or a reviewer does: a
page of one patient under another's would be a disaster.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from app.answers import DocumentAtEnd
from intake import storage as faxes
from intake.fax import DocumentId
from intake.forms.definition import FormDefinition
from intake.page_store import PageStore
from intake.reading import FormReading, Problem, ProblemKind, Value
from intake.reading_json import form_reading_to_json
from review_queue import asking_storage, reviewing, strips
from review_queue import storage as reviews
from review_queue.asking_storage import Answer
from review_queue.joined_pages import joined, lacking
from review_queue.joining import Arrived, Ended, Match, Question, Tie, Whose, answered, other_draws, party_npi, references_on
from review_queue.lifecycle import ReviewState
from review_queue.review_item import FaxFacts, ReviewItem, Verdict
from review_queue.waiting_for_sender import answer_by
from review_queue.what_to_ask import asked_fields, to_be_shown

MOST_STRIPS = 12  # pictures in one letter; whoever has more fields that nobody can read writes the form anew

Forms = Callable[[str, str | None], FormDefinition]
"""The definition of a form's revision."""
WhosePatient = Callable[[Session, Mapping[str, Value]], tuple[str | None, str | None]]
"""Which patient a form's values name: the ID, and the key of name and birth date."""


@dataclass(frozen=True)
class Came:
    """A form that was read, as it goes into triage."""

    reading: FormReading  # with the pages that were taken over
    carried: Mapping[str, Verdict] = field(default_factory=dict)  # what people had settled on those pages
    problems: tuple[Problem, ...] = ()  # what a person must say about it first


@dataclass(frozen=True)
class Asking:
    """What the steps and the desk need to ask and to join."""

    pages: PageStore
    forms: Forms
    whose_patient: WhosePatient
    business_days: int

    def ask(self, session: Session, item: ReviewItem, now: datetime) -> None:
        """Write down the question of an item that was sent back; loose pages are only told which form to use."""
        if item.reading is None or item.closing is None:
            return
        whose = self.whose(session, item.reading.form, item.values(), item.fax)
        by = answer_by(item.closing.at, self.business_days)
        asking_storage.note_question(session, item, item.reading.form, whose, asked_fields(item), by, now)

    def settle(self, session: Session, item: ReviewItem, now: datetime) -> None:
        """A reviewer settled the item otherwise: nothing is waited for any more."""
        asking_storage.end_question(session, item.item_id, Ended.SETTLED, now)

    def settled_since(self, session: Session, item: ReviewItem) -> bool:
        """Whether an item whose sender was asked was settled, or asked about once more, after that."""
        if item.closing is None:
            return False
        waiting = [one for one in asking_storage.questions_about(session, item.document_id) if not one.ended]
        return any(item.state is not ReviewState.SENT_BACK or item.closing.at > one.asked_at for one in waiting)

    def time_of(self, session: Session, document_id: str, *, asked: bool) -> int:
        """Which of the letters about one document this is: each question has its own, and what followed each."""
        return 2 * len(asking_storage.questions_about(session, document_id)) + (0 if asked else 1)

    def with_question(self, session: Session, end: DocumentAtEnd, fax_id: str) -> DocumentAtEnd:
        """What is said about a document that was sent back: until when, and strips of what nobody could read."""
        asked = [one for one in asking_storage.questions_about(session, end.document_id) if not one.ended]
        item = reviews.item_of_document(session, DocumentId(end.document_id))
        if not asked or item is None or end.form is None or item.reading is None:
            return end
        shown = [name for name in asked[-1].fields if to_be_shown(item, name)][:MOST_STRIPS]
        cut = {name: self._strip(item, end.form, name) for name in shown}
        return replace(end, answer_by=asked[-1].answer_by, strips={name: png for name, png in cut.items() if png is not None})

    def whose(self, session: Session, form: str, values: Mapping[str, Value], fax: FaxFacts) -> Whose:
        """What tells whose form it is."""
        npi = party_npi(form, values)
        patient_id, named = self.whose_patient(session, values) if npi is None else (None, None)
        return Whose(patient_id, named, npi, fax.sender_fax)

    def answer_in(self, session: Session, document_id: str, fax: FaxFacts, reading: FormReading, now: datetime) -> Came:
        """A form before its triage: joined with the question it answers, or with a doubt where it only may answer one."""
        known = asking_storage.answer_of(session, document_id)
        if known is not None:  # taken over in an earlier round of this step, or by a person
            return Came(reading)
        values = {name: one.value for name, one in reading.fields.items()}
        whose = self.whose(session, reading.form, values, fax)
        arrived = Arrived(fax.fax_id, reading.form, whose, fax.received_at, references_on(reading))
        match = answered(arrived, asking_storage.may_be_answered(session, arrived))
        if match is None:
            return Came(reading)
        earlier = reviews.item(session, match.question.item_id)
        if earlier is None or earlier.reading is None:
            return Came(reading)
        if match.tie is Tie.PATIENT and other_draws(values, earlier.values()):
            match = replace(match, but="it tells of other blood draws")
        proven = match.tie in (Tie.PATIENT, Tie.PARTY)
        if match.sure and (proven or not lacking(reading, earlier.reading)) and earlier.state is ReviewState.SENT_BACK:
            return self.join(session, document_id, fax, reading, match, now)
        self._note(session, document_id, fax, match, now, joined_now=False)
        detail = (
            f"It may answer our question about {match.question.reference}: {match.tie.label}"
            f"{f', but {match.but}' if match.but else ''}. Say above whether it does; until then that fax goes on waiting."
        )
        return Came(reading, problems=(Problem(ProblemKind.MAY_ANSWER, detail),))

    def join(
        self, session: Session, document_id: str, fax: FaxFacts, reading: FormReading, match: Match, now: datetime,
        by: str = reviewing.SYSTEM,
    ) -> Came:  # fmt: skip
        """The form answers the question: what waited for it ends, and the pages that it lacks are taken over from there."""
        question = match.question
        earlier = reviews.item(session, question.item_id)
        reviewing.answer_came(session, question.item_id, now, f"{fax.reference}: {match.tie.label}", by)
        asking_storage.end_question(session, question.item_id, Ended.ANSWERED, now)
        came = Came(reading)
        taken: tuple[tuple[int, int], ...] = ()
        if earlier is not None and earlier.reading is not None and lacking(reading, earlier.reading):
            came, taken = self._take_over(session, document_id, fax, reading, earlier)
        self._note(session, document_id, fax, match, now, joined_now=True, by=by, pages=taken)
        return came

    def _take_over(
        self, session: Session, document_id: str, fax: FaxFacts, reading: FormReading, earlier: ReviewItem
    ) -> tuple[Came, tuple[tuple[int, int], ...]]:
        assert earlier.reading is not None
        faxes.locked(session, fax.fax_id)
        stored = faxes.load_fax(session, fax.fax_id)
        own = 0 if stored is None else stored.pages or 0
        first = max([own, *asking_storage.pages_taken_over(session, fax.fax_id)]) + 1
        form = self.forms(reading.form, reading.revision)
        whole = joined(reading, earlier.reading, earlier.verdicts, first, form)
        for (
            mine,
            theirs,
        ) in whole.pages:  # files first: should the process die here, they are written again under the same numbers
            if not self.pages.take_over(fax.fax_id, mine, earlier.fax.fax_id, theirs):
                return Came(reading), ()
        faxes.put_reading(session, document_id, json.dumps(form_reading_to_json(whole.reading)))
        return Came(whole.reading, whole.carried), whole.pages

    def _note(
        self, session: Session, document_id: str, fax: FaxFacts, match: Match, now: datetime, *, joined_now: bool,
        by: str = reviewing.SYSTEM, pages: tuple[tuple[int, int], ...] = (),
    ) -> None:  # fmt: skip
        answer = Answer(document_id, fax.fax_id, match.question, match.tie, joined_now, by, now, pages)
        asking_storage.note_answer(session, answer)

    def _strip(self, item: ReviewItem, form: FormDefinition, name: str) -> bytes | None:
        """The PNG of a field cut from the sender's page; None where its place or the page is not known."""
        assert item.reading is not None
        definition = form.field(name)
        page = next((one for one in item.reading.pages if one.form_page == definition.page), None)
        path = None if page is None else self.pages.path(item.fax.fax_id, page.fax_page)
        if page is None or page.mm_to_pixels is None or path is None:
            return None
        return strips.letter_strip(strips.decode(path.read_bytes()), definition.box, form, page.mm_to_pixels)


def question_of_person(session: Session, reference: str, form: str) -> Question | None:
    """The open question about a fax and a form of it, as a reviewer names it by its reference."""
    found = [one for one in asking_storage.open_question_of(session, reference.strip().upper()) if one.form == form]
    return found[0] if found else None
