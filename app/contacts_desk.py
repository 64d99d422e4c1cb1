"""Contacts with people and stories of faxes, put together for the desk from what every floor has written down.

What: `ContactsDesk` fills `review_queue.contacts.Contacts`: faxes and calls that named a person, what people did with them, what
was sent; and one fax from its arrival to its answer.
Why: no floor knows all of it; each look-up goes by index, so that a page takes as long with a million faxes as with ten.
Refuses: to tell of a fax's other documents on a person's page: they may be another patient's (minimum necessary).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app import storage as cases
from app.contact_storage import documents_of_party, documents_of_patient
from app.document_steps import Forms
from app.story_words import DOCUMENT_STATES, FAX_STATES, correction_lines, event_line, kinds_in_words, letter_state
from intake import storage as faxes
from intake.fax import DocumentId
from intake.storage import StoredFax
from outbound import calls_storage
from outbound import storage as letters
from outbound.delivery import Delivery, DeliveryId, Event
from outbound.fax_pages import FaxPages, preview_png
from outbound.letters import Letter, compose
from outbound.notice import SenderIdentity
from outbound.wording import telephone
from registry import storage as registry
from registry.patients import Patient
from registry.policies import PROGRAM_ZONE
from registry.submission_json import admission_from_json, submission_from_json
from registry.trail import storage as trail
from registry.vocabulary import FormCode
from review_queue import asking_storage, phone_storage
from review_queue import storage as reviews
from review_queue.contacts import ContactLine, DocumentStory, FaxStory, LetterStory, StoryLine, Thumb
from review_queue.phone_tables import CallRow

ABOUT_CALLS = {"dispense_check": "Asked by phone: may we dispense?", "dispense_rationale": "Dispense Rationale by phone"}


@dataclass(frozen=True)
class ContactsDesk:
    """What was said between people and the program."""

    forms: Forms
    sender: SenderIdentity
    draw: Callable[[Letter], FaxPages]  # as letters went out, with the forms that followed

    def of_person(self, session: Session, kind: str, key: str) -> Sequence[ContactLine]:
        """The latest faxes and calls that named the person, the latest first."""
        if kind == "patient":
            patient = registry.load(session, Patient, key)
            named = [] if patient is None else cases.named_keys(patient.first_name, patient.last_name, patient.date_of_birth)
            documents = documents_of_patient(session, key, named)
            calls = phone_storage.rows_about(session, patient_id=key)
        elif kind in ("prescriber", "pharmacy"):
            documents = documents_of_party(session, kind, key)
            calls = phone_storage.rows_about(session, npi=key)
        else:
            return ()
        found = [self._fax_line(session, one) for one in documents]
        found += [(row.began_at, self._call_line(session, row)) for row in calls]
        return [line for _, line in sorted(found, key=lambda each: each[0], reverse=True)]

    def of_fax(self, session: Session, fax_id: str) -> FaxStory | None:
        """The whole story of a fax, the oldest first."""
        fax = faxes.load_fax(session, fax_id)
        if fax is None:
            return None
        documents = cases.documents_of(session, fax_id)
        sent = letters.of_reference(session, fax.fax.reference)
        lines = [*self._beginning(fax), *(line for one in documents for line in self._document_lines(session, one))]
        lines += [line for one in sent for line in self._letter_lines(session, one)]
        events = [event for one in documents for event in reviews.events(session, one.document_id)]
        earlier = None if fax.duplicate_of is None else faxes.load_fax(session, fax.duplicate_of)
        return FaxStory(
            fax_id=fax_id,
            reference=fax.fax.reference,
            received=_clock(fax.fax.received_at),
            sender=" ".join(part for part in (fax.fax.caller.cidname, fax.fax.caller.cid) if part),
            state=FAX_STATES[fax.state],
            pages=fax.pages or 0,
            same_as="" if earlier is None else earlier.fax.reference,
            documents=tuple(self._document(session, one) for one in documents),
            letters=tuple(self._letter(session, one) for one in sent),
            lines=tuple(line for _, line in sorted(lines, key=lambda each: each[0])),
            looks=sum(one.event == "opened" for one in events),
        )

    def letter(self, session: Session, fax_id: str, delivery_id: str) -> Callable[[int], bytes | None] | None:
        """What draws a letter's pages again, dated as when it was last sent; drawn as due where it never was."""
        fax = faxes.load_fax(session, fax_id)
        found = [] if fax is None else letters.of_reference(session, fax.fax.reference)
        delivery = next((one for one in found if one.delivery_id == delivery_id), None)
        if delivery is None:
            return None
        notices = letters.notices_of(session, DeliveryId(delivery_id))
        began = [one.at for one in letters.history(session, DeliveryId(delivery_id)) if one.event == Event.SUBMIT]
        at = began[-1] if began else delivery.created_at

        def page(number: int) -> bytes | None:
            drawn = self.draw(compose(notices, self.sender, at))
            return preview_png(drawn.tiff, number) if 1 <= number <= drawn.pages else None

        return page

    def _fax_line(self, session: Session, document: cases.Document) -> tuple[datetime, ContactLine]:
        fax = faxes.load_fax(session, document.fax_id)
        assert fax is not None
        did = [event_line(one) for one in reviews.events(session, document.document_id) if one.event != "opened"]
        details = [f"{_clock(at)} {line.what}{f', {line.by}' if line.by else ''}" for at, line in did]
        details += [_outcome_of(document)] if document.admission is not None else []
        line = ContactLine(
            at=_clock(fax.fax.received_at),
            title=f"{_title(document.form)} by fax",
            reference=fax.fax.reference,
            link=f"/desk/faxes/{document.fax_id}/history",
            outcome=DOCUMENT_STATES[document.state],
            details=tuple(details),
            sent=tuple(self._sent(session, fax.fax.reference, (document.document_id, document.fax_id))),
            thumbs=tuple(Thumb(document.fax_id, page) for page in document.fax_pages),
        )
        return fax.fax.received_at, line

    def _call_line(self, session: Session, row: CallRow) -> ContactLine:
        about = ABOUT_CALLS.get(row.about) or f"{_title(row.about)} by phone"
        told = self._sent(session, row.reference, (f"phone-{row.call_id}",))
        is_form = row.about not in ABOUT_CALLS
        return ContactLine(
            at=_clock(row.began_at),
            title=f"{about}: {row.caller['name']}",
            reference=row.reference,
            link=f"/desk/phone/calls/{row.call_id}" if is_form else "",
            outcome={"draft": "broken off, or going on", "dropped": f"dropped: {row.reason}"}.get(row.state, "answered"),
            details=(f"call back {telephone(row.caller['callback'])}; taken by {row.taken_by}", *row.answer),
            sent=tuple(told),
        )

    def _sent(self, session: Session, reference: str, occasions: Sequence[str]) -> list[tuple[str, str]]:
        """What was sent because of these occasions; of a letter that tells of other documents too, only what tells of these."""
        lines: list[tuple[str, str]] = []
        for one in letters.of_reference(session, reference):
            notices = letters.notices_of(session, one.delivery_id)
            kinds = [each.kind for each in notices if each.key.partition("/")[0] in occasions]
            if kinds:
                to = telephone(one.fax) or one.email or "no number known"
                words = f"{_clock(one.created_at)} {kinds_in_words(kinds)}, to {to}: {letter_state(one, one.state)}"
                lines.append((words, one.delivery_id))
        return lines

    def _beginning(self, fax: StoredFax) -> list[tuple[datetime, StoryLine]]:
        about = fax.fax
        said = f"from {about.caller.cid}" if about.caller.cid else "from a number that was not signalled"
        found = [(about.received_at, StoryLine(_clock(about.received_at), "received", "", (said,)))]
        if fax.taken_at != about.received_at:
            found.append((fax.taken_at, StoryLine(_clock(fax.taken_at), "taken from the inbox and archived", "")))
        if fax.quarantine_reason:
            why = f"{fax.quarantine_reason}: {fax.quarantine_detail or ''}"
            found.append((fax.changed_at, StoryLine(_clock(fax.changed_at), "put into quarantine", "", (why,))))
        return found

    def _document_lines(self, session: Session, document: cases.Document) -> list[tuple[datetime, StoryLine]]:
        title = _title(document.form)
        found = [(document.created_at, StoryLine(_clock(document.created_at), f"read: {title}", ""))]
        for event in reviews.events(session, document.document_id):
            if event.event != "opened":
                at, line = event_line(event)
                found.append((at, replace(line, at=_clock(at))))
        answer = asking_storage.answer_of(session, document.document_id)
        if answer is not None:
            words = "joined with our question about" if answer.joined else "may answer our question about"
            found.append((answer.at, StoryLine(_clock(answer.at), f"{words} {answer.question.reference}", answer.by)))
        for row in trail.submissions_of(session, set(), {document.document_id}):
            admission = admission_from_json(row.admission)
            parts = [f"recorded: {one.detail}" for one in admission.applied]
            parts += [f"not recorded: {one.reason} ({one.rule})" for one in admission.refused]
            found.append((row.admitted_at, StoryLine(_clock(row.admitted_at), "the registry answered", "", tuple(parts))))
        return found

    def _letter_lines(self, session: Session, delivery: Delivery) -> list[tuple[datetime, StoryLine]]:
        what = kinds_in_words(delivery.kinds)
        return [
            (one.at, StoryLine(_clock(one.at), f"letter {delivery.number} ({what}): {letter_state(delivery, one.state)}", one.by,
                               (one.detail,) if one.detail else ()))
            for one in letters.history(session, delivery.delivery_id)
        ]  # fmt: skip

    def _document(self, session: Session, document: cases.Document) -> DocumentStory:
        admission = None if document.admission is None else admission_from_json(document.admission)
        submission = None if document.submission is None else submission_from_json(document.submission)
        form = None if document.form is None else self.forms(document.form, None if submission is None else submission.revision)
        item = reviews.item_of_document(session, DocumentId(document.document_id))
        said = {} if item is None else item.verdicts
        return DocumentStory(
            title=_title(document.form),
            pages=document.fax_pages,
            state=DOCUMENT_STATES[document.state],
            item_id="" if item is None else item.item_id,
            applied=() if admission is None else tuple(one.detail for one in admission.applied),
            refused=() if admission is None else tuple(f"{one.reason} ({one.rule})" for one in admission.refused),
            corrections=() if form is None else tuple(correction_lines(said, form)),
        )

    def _letter(self, session: Session, delivery: Delivery) -> LetterStory:
        tries = [f"{_clock(one.at)} {one.event.replace('_', ' ')}: {one.detail}".rstrip(": ")
                 for one in letters.history(session, delivery.delivery_id)]  # fmt: skip
        company = len(calls_storage.members(session, delivery.call_tag)) > 1 if delivery.call_tag else False
        to = telephone(delivery.fax) or delivery.email or "no number is known"
        return LetterStory(
            delivery.delivery_id, kinds_in_words(delivery.kinds), to,
            letter_state(delivery, delivery.state), 0 if company or delivery.email else delivery.pages, tuple(tries),
        )  # fmt: skip


def _outcome_of(document: cases.Document) -> str:
    admission = admission_from_json(document.admission or {})
    refused = [f"{one.reason} ({one.rule})" for one in admission.refused]
    applied = [one.detail for one in admission.applied]
    return " ".join(["The registry:", *applied, *(f"Not recorded: {one}" for one in refused)])


def _title(form: str | None) -> str:
    if form is None:
        return "Pages without a form"
    return FormCode(form).label


def _clock(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(PROGRAM_ZONE)):%m/%d/%Y %H:%M}"
