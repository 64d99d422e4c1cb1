"""A reviewer's word on whether a form answers what we asked: the desk's port, filled.

What: `AnsweringDesk`: join a form with the question that it answers, pages included, or say that it answers something else.
Why: what only a clinic's fax number ties together is for a person to judge, who sees both.
Refuses: another patient's question, one that has ended, and a step by somebody who does not hold the item.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.asking import Asking, question_of_person
from app.document_steps import Registry
from intake.reading import ProblemKind
from review_queue import asking_storage, reviewing
from review_queue import storage as reviews
from review_queue.joining import Match, Question, Tie, differ
from review_queue.lifecycle import ReviewState
from review_queue.page_making import SEEN
from review_queue.review_item import WHOLE_DOCUMENT, Doubt, ReviewItem, VerdictKind
from review_queue.reviewing import LEASE
from review_queue.triage import triage


@dataclass(frozen=True)
class AnsweringDesk:
    """Fills `review_queue.web.services.Answering`."""

    asking: Asking
    registry: Registry

    def join(
        self, session: Session, item_id: str, version: int, reviewer: str, reference: str, now: datetime, lease: timedelta = LEASE
    ) -> str:
        """The form answers our question about the fax of that reference ("": the one offered); why it cannot, or empty."""
        reviewing.renew(session, item_id, version, reviewer, now, lease)
        item = reviewing.look_at(session, item_id)
        if item.reading is None:
            return "Only a form can answer a question. Reject these pages with a reason, or file them."
        question, trouble = self._question(session, item, reference)
        if question is None:
            return trouble
        came = self.asking.join(session, item.document_id, item.fax, item.reading, Match(question, Tie.PERSON), now, reviewer)
        reviews.add_event(session, item_id, "answers", reviewer, now, question.reference)
        if came.reading is item.reading:
            self._say_seen(session, item, version, reviewer, now, lease)
            return ""
        form = self.asking.forms(item.reading.form, item.reading.revision)
        found = triage(came.reading, form, self.registry.context(session, came.reading, item.fax.received_at), now)
        doubts = [_numbered_on(doubt, len(item.doubts)) for doubt in found.doubts]
        asking_storage.put_together(session, item_id, came.reading, doubts)
        reviewing.carry_over(session, item_id, {key: one for key, one in came.carried.items() if key not in item.verdicts})
        return ""

    def part(self, session: Session, item_id: str, version: int, reviewer: str, now: datetime, lease: timedelta = LEASE) -> str:
        """The form answers nothing of what was offered: that question stays open. Why it cannot be said, or empty."""
        reviewing.renew(session, item_id, version, reviewer, now, lease)
        item = reviewing.look_at(session, item_id)
        if not asking_storage.forget_offer(session, item.document_id):
            return "This form is joined with the earlier one already, or nothing was offered."
        reviews.add_event(session, item_id, "answers nothing", reviewer, now)
        self._say_seen(session, item, version, reviewer, now, lease)
        return ""

    def _question(self, session: Session, item: ReviewItem, reference: str) -> tuple[Question | None, str]:
        assert item.reading is not None
        known = asking_storage.answer_of(session, item.document_id)
        if known is not None and known.joined:
            return None, f"This form is joined with {known.question.reference} already."
        question = known.question if known is not None and not reference.strip() else None
        if question is None:
            question = question_of_person(session, reference, item.reading.form)
        if question is None or question.ended:
            return None, "We wait for no answer to this form under that reference. Look at the reference again."
        if question.fax_id == item.fax.fax_id:
            return None, "This is the very fax we asked about."
        if differ(self.asking.whose(session, item.reading.form, item.values(), item.fax), question.whose):
            return None, f"{question.reference} is about somebody else than this form."
        waiting = reviews.item(session, question.item_id)
        if waiting is None or waiting.state is not ReviewState.SENT_BACK:
            held = waiting.holder if waiting is not None and waiting.holder else "a colleague"
            return None, f"{held} has {question.reference} in hand again. Settle it together first."
        return question, ""

    def _say_seen(self, session: Session, item: ReviewItem, version: int, reviewer: str, now: datetime, lease: timedelta) -> None:
        for doubt in item.doubts:
            if doubt.kinds == (ProblemKind.MAY_ANSWER,):
                reviewing.record(session, item.item_id, version, doubt.key, VerdictKind.CONFIRMED, SEEN, reviewer, now, lease)


def _numbered_on(doubt: Doubt, after: int) -> Doubt:
    """A doubt about the whole document under a key that no earlier one had: what was said of that one is not said of this."""
    if not doubt.whole_document:
        return doubt
    return replace(doubt, key=f"{WHOLE_DOCUMENT}{int(doubt.key.removeprefix(WHOLE_DOCUMENT)) + after}")
