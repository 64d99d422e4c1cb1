"""What happens after what: the lives of a fax and of its documents, as tables, and the decisions between them.

What: the life of a document (a fax's own is `intake.fax_lifecycle`), the stage that is due in each state, and which documents a
reading yields.
Why: the order of work must be readable in one place and testable without a database, a broker or a clock.
Refuses: a transition that is not in the tables (`IllegalTransition`, and nothing happens).

    fax       RECEIVED → READ → SETTLED                          or QUARANTINED (reason, kept, can be released)
    document  READ → IN_REVIEW → CONFIRMED → RECORDED → ANSWERED (IN_REVIEW is skipped when every field is certain)
                               ↘ TURNED_AWAY → ANSWERED          (a person rejected it or sent it back; the sender is told)
             READ | IN_REVIEW → SUPERSEDED                       (its pages were put together anew: others took its place)
                                 ANSWERED → CONFIRMED | TURNED_AWAY (the sender, who had been asked, phoned: a person settles it)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from intake.fax_lifecycle import FaxState
from intake.reading import FaxReading, FormReading, OtherKind


class DocumentState(StrEnum):
    """Where one document of a fax stands."""

    READ = "read"  # not yet decided whether a person must look
    IN_REVIEW = "in_review"  # at the desk
    CONFIRMED = "confirmed"  # by certainty or by a person
    RECORDED = "recorded"  # the registry has answered
    TURNED_AWAY = "turned_away"  # rejected or sent back at the desk; the registry never sees it
    ANSWERED = "answered"  # what had to be said about it is on its way
    SUPERSEDED = "superseded"  # a person put its pages together anew; nothing is said about it


DOCUMENT_LIFE: Mapping[DocumentState, frozenset[DocumentState]] = {
    DocumentState.READ: frozenset({DocumentState.IN_REVIEW, DocumentState.CONFIRMED, DocumentState.SUPERSEDED}),
    DocumentState.IN_REVIEW: frozenset({DocumentState.CONFIRMED, DocumentState.TURNED_AWAY, DocumentState.SUPERSEDED}),
    DocumentState.CONFIRMED: frozenset({DocumentState.RECORDED}),
    DocumentState.RECORDED: frozenset({DocumentState.ANSWERED}),
    DocumentState.TURNED_AWAY: frozenset({DocumentState.ANSWERED}),
    # only a document whose sender was asked and whose question is open: its item was taken again, and submitted, asked about once
    # more or rejected (`document_steps._load_verdict` sees to it that no other document goes this way)
    DocumentState.ANSWERED: frozenset({DocumentState.CONFIRMED, DocumentState.TURNED_AWAY}),
    DocumentState.SUPERSEDED: frozenset(),
}


class IllegalTransition(Exception):
    """Something asked for a step that the life of a document does not have; nothing was changed."""


def document_step(now: DocumentState, then: DocumentState) -> DocumentState:
    """`then`, if the table allows it after `now`; raises IllegalTransition otherwise."""
    if then not in DOCUMENT_LIFE[now]:
        raise IllegalTransition(f"{now.value} → {then.value} is not in the life of a document")
    return then


class Stage(StrEnum):
    """A step of work: the actor of that name is sent the id."""

    READ_FAX = "read_fax"
    REARRANGE = "rearrange"  # read pages again as a person put them together
    TRIAGE = "triage"
    TAKE_VERDICT = "take_verdict"
    RECORD = "record"
    ANSWER = "answer"
    SETTLE = "settle"
    SEND = "send"
    TELL = "tell"  # a webhook's subscriber


DUE_FOR_FAX: Mapping[FaxState, Stage] = {FaxState.RECEIVED: Stage.READ_FAX}
"""A fax that is READ is settled once its documents are all answered: see `settles`."""

DUE_FOR_DOCUMENT: Mapping[DocumentState, Stage] = {
    DocumentState.READ: Stage.TRIAGE,
    DocumentState.CONFIRMED: Stage.RECORD,
    DocumentState.RECORDED: Stage.ANSWER,
    DocumentState.TURNED_AWAY: Stage.ANSWER,
}
"""IN_REVIEW waits for a person (TAKE_VERDICT is due once the desk has settled it), ANSWERED and SUPERSEDED for nothing."""

AT_END = frozenset({DocumentState.ANSWERED, DocumentState.SUPERSEDED})
"""States in which a document keeps its fax from nothing."""


def settles(documents: Sequence[DocumentState]) -> bool:
    """Whether a fax with these documents can be acknowledged as a whole, unless an arrangement of its pages is due."""
    return all(one in AT_END for one in documents)


class NothingToDecide(StrEnum):
    """Why a fax is settled without a document: what the acknowledgement says."""

    DUPLICATE = "duplicate"  # the same file as an earlier fax
    COVER_SHEET_ONLY = "cover_sheet_only"
    BLANK_PAGES_ONLY = "blank_pages_only"


@dataclass(frozen=True)
class DocumentFound:
    """One thing in a fax that needs its own decision."""

    document_id: str  # the fax's id with a running number: the same again when the same fax is read again
    number: int  # 1-based, in the order of the fax
    form: str | None  # form code; None for loose pages
    fax_pages: tuple[int, ...]  # 1-based pages of the fax


@dataclass(frozen=True)
class AfterReading:
    """What a reading makes of its fax."""

    state: FaxState  # READ, or SETTLED when there is nothing to decide
    documents: tuple[DocumentFound, ...]
    nothing: NothingToDecide | None = None


HARMLESS = frozenset({OtherKind.COVER_SHEET, OtherKind.BLANK})
"""Pages nobody need look at; any other page that belongs to no form is loose and goes to a person."""


def documents_in(fax_id: str, reading: FaxReading, first: int = 1) -> tuple[DocumentFound, ...]:
    """One document per form, and one for all loose pages together, numbered from `first`."""
    found = [
        DocumentFound(f"{fax_id}-{number}", number, form.form, _pages_of(form))
        for number, form in enumerate(reading.documents, start=first)
    ]
    loose = tuple(one.fax_page for one in reading.other_pages if one.kind not in HARMLESS)
    if loose:
        number = first + len(found)
        found.append(DocumentFound(f"{fax_id}-{number}", number, None, loose))
    return tuple(found)


def after_reading(fax_id: str, reading: FaxReading) -> AfterReading:
    """The documents of a fax; without any, the reason."""
    found = documents_in(fax_id, reading)
    if found:
        return AfterReading(FaxState.READ, found)
    cover = any(one.kind is OtherKind.COVER_SHEET for one in reading.other_pages)
    return AfterReading(FaxState.SETTLED, (), NothingToDecide.COVER_SHEET_ONLY if cover else NothingToDecide.BLANK_PAGES_ONLY)


def _pages_of(form: FormReading) -> tuple[int, ...]:
    return tuple(sorted(one.fax_page for one in form.pages))
