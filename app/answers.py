"""What is said about a fax and its documents: from admissions and verdicts to notices. Pure.

What: the acknowledgement of a settled or unreadable fax, and the letters that an admission owes.
Why: outbound knows no review and the registry knows no fax; here both are known, and the facts for the words are put together.
Refuses: to choose words or fax machines: those are `outbound.acknowledging`'s and `outbound.recipients`'.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from app.attaching import with_next_form, withheld
from intake.forms.definition import FormDefinition
from intake.reading import FaxReading, FormReading, OtherKind, OtherPage
from outbound.acknowledging import document_outcome, rejected_outcome
from outbound.notice import (
    ACKNOWLEDGEMENT,
    Acknowledgement,
    DocumentOutcome,
    Enclosure,
    FaxResult,
    Notice,
    Recipient,
    Role,
    bundles,
    notice_key,
    without_strips,
)
from outbound.recipients import acknowledgement_recipient, may_see_own_page, notice_recipient
from registry.submission import Admission, NoticeDue, Submission, Value
from registry.vocabulary import FormCode
from review_queue.review_item import Closing
from review_queue.wording import field_label

FAXES_ON_FORMS = ("prescriber_fax", "pharmacy_fax", "designee_fax", "ar_fax")
"""Fields in which a sender writes how to be reached."""

KIND_IN_WORDS = {
    OtherKind.BLANK: "blank",
    OtherKind.LAB_PRINTOUT: "laboratory printout",
    OtherKind.OTHER_PROGRAM: "a form of another program",
    OtherKind.OUTDATED_FORM: "a form no longer in use",
    OtherKind.UNKNOWN: "no form of this program",
}


@dataclass(frozen=True)
class FaxAtEnd:
    """What an acknowledgement must know of the fax."""

    fax_id: str
    reference: str  # as told to the sender
    received_at: datetime  # aware UTC
    pages: int  # 0 where none could be had
    caller: str | None  # the caller's number as signalled
    call_error: str = ""  # what the fax server said went wrong


@dataclass(frozen=True)
class DocumentAtEnd:
    """One document that needs no more work, with everything that can be said about it."""

    document_id: str
    fax_pages: tuple[int, ...]  # 1-based pages of the fax
    form: FormDefinition | None  # None for loose pages
    reading: FormReading | None  # None for loose pages
    submission: Submission | None  # None where it was turned away
    admission: Admission | None  # None where it was turned away
    closing: Closing | None  # the reviewer's, where a person turned it away
    party: Recipient | None = None  # who sent it, with the number on file
    number_confirmed: bool = False  # that number is shown to be the party's
    answer_by: date | None = None  # until when the sender is asked to answer; None where nothing is asked
    strips: Mapping[str, bytes] = field(
        default_factory=dict
    )  # by field: PNG of what nobody could read and the sender is asked for
    mended: bool = False  # its sender had been asked about it before
    next_form: Mapping[str, Value] = field(default_factory=dict)  # what is printed on the patient's next status form


@dataclass(frozen=True)
class Desk:
    """Our own lines, which no letter may go to by mistake."""

    fax: str  # ten digits
    contact_centre_fax: str | None = field(default=None)  # of the people who take urgent reports
    mails: bool = False  # there is a mail server


def acknowledgement(fax: FaxAtEnd, reading: FaxReading, documents: Sequence[DocumentAtEnd], desk: Desk) -> Notice | None:
    """The answer to a fax that was read; None where a person filed all of it without an answer."""
    told = [one for one in documents if one.closing is None or one.closing.answer_sender]
    if documents and not told:
        return None
    forms = [one for one in told if one.form is not None]
    loose = [one for one in told if one.form is None]
    if not documents:
        result = FaxResult.COVER_SHEET_ONLY  # of blank pages alone the same is true: no form came with them
    elif forms:
        result = FaxResult.PROCESSED
    else:
        result = FaxResult.REJECTED
    facts = Acknowledgement(
        reference=fax.reference,
        received_at=fax.received_at,
        pages=fax.pages,
        result=result,
        documents=tuple(_outcome(one, one.form) for one in forms if one.form is not None),
        reason=" ".join(_said(one.closing) for one in loose if one.closing is not None),
        other_pages=tuple(
            f"page {one.fax_page}: {KIND_IN_WORDS[one.kind]}" for one in reading.other_pages if one.kind in KIND_IN_WORDS
        ),
        call_error=fax.call_error,
    )
    return replace(_to_sender(fax, facts, documents, desk), enclosures=_right_forms(told, reading.other_pages))


def _right_forms(documents: Sequence[DocumentAtEnd], other_pages: Sequence[OtherPage] = ()) -> tuple[Enclosure, ...]:
    """Blank forms for whoever used an old one or a wrong one, or sent a printout instead of one: the current one, and those that
    the reviewer's words to the sender name. Who mended a form got it with the question."""
    old = [one.form.code for one in documents if one.form is not None and one.form.outdated and not one.mended]
    codes = [FormCode(one) for one in old if one in set(FormCode)]
    words = " ".join(_said(one.closing) for one in documents if one.closing is not None).casefold()
    codes += [code for code in FormCode if code.label.casefold() in words]
    if any(one.kind is OtherKind.LAB_PRINTOUT for one in other_pages):
        codes.append(FormCode.ANC_LAB_REPORTING)
    return tuple(Enclosure(code, code.label) for code in dict.fromkeys(codes))


def answered_apart(fax: FaxAtEnd, document: DocumentAtEnd, time: int, desk: Desk) -> Notice | None:
    """What is said about one document by itself: its sender is asked before the whole fax is done, or what was asked about is
    settled after it. The current blank follows where it came on an old form. `time` tells one such letter about it from the next;
    None where it was filed without an answer."""
    if document.form is None or (document.closing is not None and not document.closing.answer_sender):
        return None
    outcome = _outcome(document, document.form)
    facts = Acknowledgement(fax.reference, fax.received_at, fax.pages, FaxResult.PROCESSED, documents=(outcome,))
    told = _to_sender(fax, facts, [document], desk, time, document.document_id)
    return replace(told, enclosures=_right_forms([document]))


def acknowledgement_of_duplicate(fax: FaxAtEnd, earlier: str, desk: Desk) -> Notice:
    """The same file came before, under the reference `earlier`."""
    facts = Acknowledgement(
        fax.reference, fax.received_at, fax.pages, FaxResult.DUPLICATE, duplicate_of=earlier, call_error=fax.call_error
    )
    return _to_sender(fax, facts, (), desk)


def acknowledgement_of_unreadable(fax: FaxAtEnd, reason: str, time: int, desk: Desk) -> Notice:
    """No page could be had. `time` is 1 for the first quarantine of this fax; a released one may end there again."""
    facts = Acknowledgement(
        fax.reference, fax.received_at, fax.pages, FaxResult.UNREADABLE, reason=reason, call_error=fax.call_error
    )
    return _to_sender(fax, facts, (), desk, time)


def letters_of(document: DocumentAtEnd, desk: Desk) -> list[list[Notice]]:
    """What the registry's answer to a document owes, one list per letter; the same keys however often this is asked."""
    return [list(letter) for letter in bundles(_notices_of(document, desk))]


def letters_at_end(acknowledged: Notice | None, documents: Sequence[DocumentAtEnd], desk: Desk) -> list[list[Notice]]:
    """Everything a settled fax owes, one list per call: whoever gets a confirmation gets the acknowledgement in the same one.

    Letters of documents answered earlier are among them; storing them again changes nothing, since their keys are known.
    """
    notices = [notice for one in documents for notice in _notices_of(one, desk)]
    if acknowledged is not None:
        machine = acknowledged.recipient.fax
        same = (one.recipient for one in notices if machine and one.recipient.fax == machine)
        notices.append(replace(acknowledged, recipient=next(same, acknowledged.recipient)))
    return [list(letter) for letter in bundles(notices)]


def _notices_of(document: DocumentAtEnd, desk: Desk) -> list[Notice]:
    if document.admission is None:
        return []
    due = notices_due(document.admission.notices, document.document_id, document.admission.reference, desk)
    more: list[Notice] = []
    if document.form is not None and document.submission is not None:
        said = _outcome(document, document.form)
        more = withheld(document.document_id, said, document.submission, document.admission, due)
    return [*(with_next_form(one, document.next_form) for one in due), *more]


def notices_due(dues: Iterable[NoticeDue], occasion: str, reference: str, desk: Desk) -> list[Notice]:
    """What the registry says is due as outbound's notices, under the occasion's id; equal ones are told apart by their place."""
    counted: dict[tuple[str, str], int] = {}
    notices = []
    for due in dues:
        place = counted.get((due.kind, due.to), 0)
        counted[due.kind, due.to] = place + 1
        recipient = notice_recipient(due, ours=desk.fax, contact_centre=desk.contact_centre_fax, mails=desk.mails)
        notices.append(Notice(notice_key(occasion, due.kind, due.to, place), due.kind, recipient, reference, dict(due.facts)))
    return notices


def _outcome(one: DocumentAtEnd, form: FormDefinition) -> DocumentOutcome:
    missing_pages = () if one.reading is None else one.reading.missing_pages
    if one.submission is None or one.admission is None:
        read = {} if one.reading is None else {name: found.value for name, found in one.reading.fields.items()}
        return rejected_outcome(
            form.title,
            "" if one.closing is None else one.closing.reason,
            read,
            asked_for=() if one.closing is None else one.closing.asked_for,
            fax_pages=one.fax_pages,
            missing_pages=missing_pages,
            outdated=form.outdated,
            answer_by="" if one.answer_by is None else one.answer_by.isoformat(),
            strips={field_label(form.field(name)): b64encode(png).decode() for name, png in one.strips.items()},
        )
    return document_outcome(
        form.title,
        one.submission,
        one.admission,
        {each.name: field_label(each) for each in form.fields},
        fax_pages=one.fax_pages,
        missing_pages=missing_pages,
        outdated=form.outdated,
        mended=one.mended,
    )


def _said(closing: Closing) -> str:
    return " ".join(part for part in (closing.reason, *closing.asked_for) if part)


def _to_sender(
    fax: FaxAtEnd, facts: Acknowledgement, documents: Sequence[DocumentAtEnd], desk: Desk, time: int = 0, occasion: str = ""
) -> Notice:
    parties = [one.party for one in documents if one.party is not None]
    recipient = acknowledgement_recipient(parties, _written_on(documents), fax.caller, ours=desk.fax)
    confirmed = [one.party for one in documents if one.party is not None and one.number_confirmed]
    if not may_see_own_page(recipient, confirmed, fax.caller):
        facts = without_strips(facts)
    key = notice_key(occasion or fax.fax_id, ACKNOWLEDGEMENT, Role.SENDER.value, time)
    return Notice(key, ACKNOWLEDGEMENT, recipient, fax.reference, facts)


def _written_on(documents: Iterable[DocumentAtEnd]) -> list[str]:
    """Fax numbers that stand on confirmed forms."""
    found = []
    for one in documents:
        if one.submission is not None:
            values = one.submission.values
            found += [str(values[name]) for name in FAXES_ON_FORMS if values.get(name)]
    return found
