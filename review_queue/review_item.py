"""A review item: one document that needs eyes, with what is doubtful about it and what people said so far.

What: the frozen types of the desk. A doubt names the field, why it is doubtful and what it might be; a verdict is one
person's word on one field; an item is a document with its doubts, its place in the queue and whoever holds it.
Why: triage makes doubts, the desk answers them with verdicts, confirmation turns both into a submission.
Refuses: nothing itself; the steps are in `review_queue.lifecycle`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NewType

from intake.fax import DocumentId, FaxId
from intake.reading import FormReading, OtherPage, ProblemKind, Value
from registry.submission import PersonChoice
from review_queue.lifecycle import ReviewState

ReviewItemId = NewType("ReviewItemId", str)

WHOLE_DOCUMENT = "document."
"""Doubts about the whole document are keyed `document.0`, `document.1` …; no form field begins so."""


CHOSEN = "chosen"
"""The verdict's value on a doubt about the whole document that a choice of the person settled."""


class Lane(StrEnum):
    """The queue's lanes: a lower rank overtakes, within a lane the older fax goes first."""

    rank: int
    label: str

    def __new__(cls, code: str, rank: int = 0, label: str = "") -> Lane:
        """A member from its stable code, its rank and its label."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.rank = rank
        member.label = label
        return member

    SAFETY = "safety", 0, "Safety"  # a patient may come to harm while it waits
    TODAY = "today", 1, "Dispensing today"  # somebody may stand at a pharmacy's counter
    ORDINARY = "ordinary", 2, "Ordinary"


class Urgency(StrEnum):
    """What makes a form urgent, and the lane it waits in."""

    lane: Lane
    label: str

    def __new__(cls, code: str, lane: Lane = Lane.ORDINARY, label: str = "") -> Urgency:
        """A member from its stable code, its lane and its label."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.lane = lane
        member.label = label
        return member

    LOW_ANC = "low_anc", Lane.SAFETY, "low ANC"
    TREATMENT_RATIONALE = "treatment_rationale", Lane.SAFETY, "Treatment Rationale"
    ADVERSE_EVENT = "adverse_event", Lane.SAFETY, "adverse event"  # R05: the received time starts the safety clock
    STATUS_DUE = "status_due", Lane.TODAY, "status form near day 37"
    FIRST_ENROLLMENT = "first_enrollment", Lane.TODAY, "first enrollment"  # or of those who may then send for a patient
    ORDINARY = "ordinary", Lane.ORDINARY, "ordinary"


@dataclass(frozen=True)
class Doubt:
    """One thing a person must settle before the document can go on."""

    key: str  # the form's field name, or `document.N` where it concerns the whole document
    label: str  # what is printed beside the field, or "The whole document"
    kinds: tuple[ProblemKind, ...]  # why, as stable codes; the first one leads
    why: str  # why, as a sentence for the reviewer
    guesses: tuple[Value, ...]  # what it might be, best first, the read value leading; empty where nothing could be read
    critical: bool  # a misreading can harm a patient
    page: int | None  # page of the form; None where it concerns no single page

    @property
    def whole_document(self) -> bool:
        """True where no single field is meant."""
        return self.key.startswith(WHOLE_DOCUMENT)

    @property
    def about_person(self) -> bool:
        """True where only who is meant is in doubt: a choice of the person settles it."""
        return set(self.kinds) <= {ProblemKind.WHO_IS_MEANT, ProblemKind.NEAR_TWIN}


class VerdictKind(StrEnum):
    """What a person said about a field; the codes stand in `Correction.verdict`."""

    CONFIRMED = "confirmed"  # it says what was read
    CORRECTED = "corrected"  # it says something else
    BLANK = "blank"  # nothing stands there
    ILLEGIBLE = "illegible"  # something stands there that nobody can read: the sender is asked
    RETRACTED = "retracted"  # the same reviewer's last word on the field is taken back: it was not said (`review_queue.standing`)


@dataclass(frozen=True)
class Verdict:
    """One person's word on one field; a later one on the same field counts in its place, the earlier is kept."""

    key: str  # the field's name, or `document.N` for a doubt about the whole document
    kind: VerdictKind
    read: Value  # what had been read
    value: Value  # what it is; None for blank and illegible
    by: str  # the reviewer's sign-in name
    at: datetime  # aware UTC
    carried_from: str | None = None  # the item on which it was given, where the fax was put together anew since; None: this one


@dataclass(frozen=True)
class FaxFacts:
    """What an item keeps of the fax it came in."""

    fax_id: FaxId
    reference: str  # as told to the sender
    received_at: datetime  # aware UTC; the age that counts, and the day of completion (R65)
    sender_fax: str | None = None  # ten digits, from the caller's identification
    sender_name: str | None = None  # the caller's name as signalled


class ItemKind(StrEnum):
    """What lies on the desk."""

    FORM = "form"  # a form that was read
    LOOSE_PAGES = "loose_pages"  # pages on which no form was recognised


@dataclass(frozen=True)
class Closing:
    """How an item was closed, or passed on to other eyes."""

    by: str  # the reviewer's sign-in name
    at: datetime  # aware UTC
    reason: str = ""  # one sentence: for the sender where sent back or rejected, for the colleague where passed on
    asked_for: tuple[str, ...] = ()  # what the sender must give, a sentence each
    answer_sender: bool = True  # False: filed without an answer, such as an advertisement


@dataclass(frozen=True)
class ReviewItem:
    """One document that needs eyes."""

    item_id: ReviewItemId
    document_id: DocumentId
    kind: ItemKind
    fax: FaxFacts
    reading: FormReading | None  # None for loose pages
    loose_pages: tuple[OtherPage, ...]  # empty for forms
    doubts: tuple[Doubt, ...]  # critical ones first
    urgency: Urgency
    urgency_note: str  # what made it urgent: "ANC 820", "status form on day 35"; empty for ordinary
    enqueued_at: datetime
    state: ReviewState = ReviewState.WAITING
    version: int = 0  # counts changes of hands and state; a page drawn under an older version can change nothing
    holder: str | None = None  # who has it in hand
    lease_until: datetime | None = None  # until when; after that anyone may take it over
    passed_by: str | None = None  # who asked for the second look, escalated or handed it on; a second look is for somebody else
    meant_for: str | None = None  # the colleague it was handed to; None: for everybody
    meant_until: datetime | None = None  # when it is for everybody again, untouched or not
    verdicts: Mapping[str, Verdict] = field(default_factory=dict)  # the latest that stands, by key
    closing: Closing | None = None
    person: PersonChoice | None = None  # whom the form means, where a reviewer said so

    def left(self) -> tuple[Doubt, ...]:
        """The doubts nobody has settled yet, in order."""
        said = self._said()
        return tuple(doubt for doubt in self.doubts if doubt.key not in said)

    def values(self) -> dict[str, Value]:
        """Each field's value as it stands: a person's word, else what was read (accepted or not)."""
        read = {} if self.reading is None else {name: one.value for name, one in self.reading.fields.items()}
        said = {key: verdict.value for key, verdict in self._said().items() if not key.startswith(WHOLE_DOCUMENT)}
        return read | said

    def _said(self) -> Mapping[str, Verdict]:
        """What counts; a word taken back was not said."""
        return {key: verdict for key, verdict in self.verdicts.items() if verdict.kind is not VerdictKind.RETRACTED}


def settled_by(choice: PersonChoice, doubts: tuple[Doubt, ...], reading: FormReading | None) -> dict[str, Verdict]:
    """What a choice of the person says about the doubts of who is meant: the form says what was read, and means that person.

    A field of which nothing could be read stays in doubt: who is meant does not say what stands there.
    """
    said: dict[str, Verdict] = {}
    for doubt in doubts:
        field_read = None if reading is None else reading.fields.get(doubt.key)
        read = None if field_read is None else field_read.value
        if doubt.about_person and (doubt.whole_document or read is not None):
            value = CHOSEN if doubt.whole_document else read
            said[doubt.key] = Verdict(doubt.key, VerdictKind.CONFIRMED, read, value, choice.by, choice.at)
    return said
