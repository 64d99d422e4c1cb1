"""A fax as a whole for the desk: what stands on its pages, and putting them together anew.

What: `FaxDesk` fills `review_queue.fax_board.Faxes`. An arrangement, the end of the documents it takes the place of and the end
of their items are one transaction; reading is a worker's (`app.rearranging`).
Why: from that commit on nobody works in vain on an item whose pages move, and whatever dies, the row says what is due.
Refuses: to move a page of a document that was confirmed, that waits for its sender, or that a colleague has in hand; a plan made
over a fax that went on meanwhile.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app import storage
from app.case_flow import AT_END, HARMLESS, DocumentState, Stage
from app.fax_steps import reading_of, rearranging
from app.nudging import Nudge, Nudges
from intake import storage as faxes
from intake.arrangement import Arrangement, Aside, arrangement_of
from intake.arrangement_storage import add_arrangement, arrangements_of, due_arrangement, lock_fax
from intake.fax import DocumentId
from intake.fax_lifecycle import FaxState
from intake.forms.catalogue import Catalogue
from review_queue import storage as items
from review_queue.arranging import changed
from review_queue.carrying import set_aside
from review_queue.fax_board import ArrangedBefore, BoardDocument, FaxBoard, FaxWentOn, FormChoice
from review_queue.lifecycle import ReviewEvent, ReviewState, may_take, states_allowing
from review_queue.review_item import ReviewItem
from review_queue.reviewers import Reviewer

IN_REGISTRY = "Already in the registry: put it right there."
LOOSE = "Pages without a form"
STATE_WORDS = {
    DocumentState.READ: "read, not sorted yet",
    DocumentState.IN_REVIEW: "at the desk",
    DocumentState.CONFIRMED: "confirmed, on its way to the registry",
    DocumentState.RECORDED: "in the registry",
    DocumentState.TURNED_AWAY: "turned away",
    DocumentState.ANSWERED: "answered",
}
FAX_WORDS = {
    FaxState.SETTLED: "This fax has been answered. Its pages stay as they are.",
    FaxState.QUARANTINED: "This fax is in quarantine. Release it first.",
}
CHANGED_MEANWHILE = "This fax went on meanwhile: a page of it cannot be moved any more. Nothing was changed; look again."
BEING_ANSWERED = "This fax is being answered just now. Its pages stay as they are."
READING_AGAIN = "The pages are just being read again. Wait for the new documents."
NOTHING_MOVES = "Nothing is changed by this plan."


@dataclass(frozen=True)
class _Standing:
    """A document that was not superseded, with its item."""

    document: storage.Document
    item: ReviewItem | None
    frozen: str  # why its pages cannot be moved; empty where they can


class FaxDesk:
    """The faxes behind the desk's items."""

    def __init__(self, forms: Catalogue, nudges: Nudges) -> None:
        self._forms, self._nudges = forms, nudges

    def forms(self) -> Sequence[FormChoice]:
        """Every form of the catalogue, the current ones first."""
        return [FormChoice(one.code, one.revision, one.title, one.pages, one.outdated) for one in self._forms.forms]

    def board(self, session: Session, fax_id: str, reviewer: Reviewer, now: datetime) -> FaxBoard | None:
        """The fax as this reviewer may move it; None if there is no such fax, or it was never read."""
        fax = faxes.load_fax(session, fax_id)
        if fax is None or fax.reading is None:
            return None
        standing = _standing(session, fax_id, reviewer, now)
        reading = reading_of(fax)
        whole = arrangement_of(reading)
        made = arrangements_of(session, fax_id)
        due = due_arrangement(session, fax_id)
        state = FAX_WORDS.get(fax.state, "")
        if not state and due is not None:
            state = READING_AGAIN
        if not state and standing and all(one.document.state in AT_END for one in standing):
            state = BEING_ANSWERED
        frozen = {page for one in standing if one.frozen for page in one.document.fax_pages}
        free = frozenset() if state else whole.fax_pages - frozen
        caller = fax.fax.caller
        return FaxBoard(
            fax_id=fax_id,
            reference=fax.fax.reference,
            received_at=fax.fax.received_at,
            sender=" ".join(part for part in (caller.cidname, caller.cid) if part),
            pages=reading.pages,
            state=state,
            documents=tuple(self._shown(one) for one in standing),
            whole=whole,
            free=whole.of_pages(free),
            found=(made[0].before if made else whole).of_pages(free),
            history=tuple(ArrangedBefore(one.by, one.at, one.reason, due == one) for one in made),
            base=made[-1].number if made else 0,
        )

    def arrange(
        self, session: Session, fax_id: str, base: int, plan: Arrangement, reason: str, reviewer: Reviewer, now: datetime
    ) -> str:
        """Add the arrangement and end what it takes the place of; why not, in words, or empty where it is done."""
        lock_fax(session, fax_id)
        board = self.board(session, fax_id, reviewer, now)
        if board is None:
            return "There is no such fax."
        if board.state:
            return board.state
        if base != board.base or plan.fax_pages != board.free.fax_pages:
            return CHANGED_MEANWHILE
        if plan == board.free:
            return NOTHING_MOVES
        lengths = {(one.code, one.revision): one.pages for one in self.forms()}
        if any(page.form_page > lengths.get((one.form, one.revision), 0) for one in plan.groups for page in one.pages):
            return "A form of this plan has no such page."
        anew = to_read(board.free, plan)
        for one in _standing(session, fax_id, reviewer, now):
            if anew.fax_pages.isdisjoint(one.document.fax_pages) or not _is_taken_apart(one.document, board.free, plan):
                continue
            if one.frozen or (one.item is not None and not set_aside(session, one.item, reviewer.name, now, reason)):
                raise FaxWentOn(CHANGED_MEANWHILE)
            storage.move_document(session, one.document.document_id, DocumentState.SUPERSEDED, now)
        add_arrangement(session, fax_id, anew, board.whole, reviewer.name, now, reason)
        return ""

    def read_again(self, session: Session, fax_id: str) -> None:
        """Nudge the workers."""
        due = due_arrangement(session, fax_id)
        if due is not None:
            self._nudges.send([Nudge(Stage.REARRANGE, rearranging(fax_id, due.number))])

    def _shown(self, one: _Standing) -> BoardDocument:
        document = one.document
        title = LOOSE if document.form is None else self._forms.form(document.form).title
        state = STATE_WORDS[document.state]
        if document.state is DocumentState.IN_REVIEW and one.item is not None:
            state = one.item.state.label
        item_id = "" if one.item is None else one.item.item_id
        return BoardDocument(document.number, title, document.fax_pages, state, item_id, one.frozen)


def to_read(before: Arrangement, plan: Arrangement) -> Arrangement:
    """What of a plan must be read anew: what changed, and all loose pages where one more or less of them is loose."""
    new = changed(before, plan)
    if _loose(before) == _loose(plan):
        return new
    return Arrangement(new.groups, tuple({*new.asides, *_loose(plan)}))


def _is_taken_apart(document: storage.Document, before: Arrangement, plan: Arrangement) -> bool:
    """Whether the document's pages are not together any more as they were."""
    if document.form is None:
        return _loose(before) != _loose(plan)
    pages = tuple(sorted(document.fax_pages))
    return not any(group.fax_pages == pages and group in plan.groups for group in before.groups)


def _loose(some: Arrangement) -> frozenset[Aside]:
    """The pages that a person looks at although they are no form."""
    return frozenset(one for one in some.asides if one.kind is not None and one.kind not in HARMLESS)


def _standing(session: Session, fax_id: str, reviewer: Reviewer, now: datetime) -> list[_Standing]:
    """The documents of a fax that were not superseded, in order."""
    found = []
    for document in storage.documents_of(session, fax_id):
        if document.state is not DocumentState.SUPERSEDED:
            item = items.item_of_document(session, DocumentId(document.document_id))
            found.append(_Standing(document, item, _frozen(document, item, reviewer, now)))
    return found


def _frozen(document: storage.Document, item: ReviewItem | None, reviewer: Reviewer, now: datetime) -> str:
    """Why a document's pages cannot be moved, in words; empty where they can."""
    if document.submission is not None:
        return IN_REGISTRY
    if document.state not in (DocumentState.READ, DocumentState.IN_REVIEW):
        return "Turned away: the sender has been told."
    if item is None:
        return ""
    if item.state not in states_allowing(ReviewEvent.PAGES_REARRANGED):
        return f"This document is {item.state.label}."
    free = may_take(
        item.state,
        item.holder,
        item.lease_until,
        item.passed_by,
        reviewer.name,
        now,
        senior=reviewer.senior,
        meant_for=item.meant_for,
    )
    if free:
        return ""
    if item.state is ReviewState.IN_HAND:
        return f"In the hands of {item.holder}: ask them first."
    return f"Meant for {item.meant_for}: ask them first." if item.meant_for else f"This document is {item.state.label}."
