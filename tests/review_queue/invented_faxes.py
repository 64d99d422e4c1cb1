"""A fax of several documents for the desk's tests: a cover, a status form, a page nobody recognised, a form that is recorded, a
page that came twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from intake.arrangement import Arrangement, Aside, Group, SaidPage
from intake.reading import OtherKind
from review_queue.fax_board import ArrangedBefore, BoardDocument, FaxBoard, FormChoice
from review_queue.reviewers import Reviewer
from tests.review_queue import invented

FAX, PAGES = "fax-7", 6
STATUS = ("patient_status", "2023-11")
LABS = ("anc_lab_reporting", "2023-11")
IN_REGISTRY = "Already in the registry: put it right there."

FORMS = (
    FormChoice(*STATUS, "Patient Status Form", 2, outdated=False),
    FormChoice(*LABS, "ANC Lab Reporting Form", 1, outdated=False),
    FormChoice("patient_status", "2021-07", "Patient Status Form", 3, outdated=True),
)

WHOLE = Arrangement(
    (
        Group(*STATUS, (SaidPage(2, 1), SaidPage(3, 2))),
        Group(*LABS, (SaidPage(5, 1),)),
    ),
    (Aside(1, OtherKind.COVER_SHEET), Aside(4, OtherKind.UNKNOWN), Aside(6, None)),
)

BOARD = FaxBoard(
    fax_id=FAX,
    reference="R-20261123-0007",
    received_at=invented.RECEIVED,
    sender="RIVERSIDE CLINIC 6175550142",
    pages=PAGES,
    state="",
    documents=(
        BoardDocument(1, "Patient Status Form", (2, 3), "waiting", "item-1", ""),
        BoardDocument(2, "ANC Lab Reporting Form", (5,), "in the registry", "", IN_REGISTRY),
        BoardDocument(3, "Pages without a form", (4,), "waiting", "item-2", ""),
    ),
    whole=WHOLE,
    free=WHOLE.of_pages({1, 2, 3, 4, 6}),
    found=WHOLE.of_pages({1, 2, 3, 4, 6}),
    history=(),
    base=0,
)


@dataclass
class FaxesInMemory:
    """One fax, and every plan that was made of it; nothing is read."""

    boards: dict[str, FaxBoard] = field(default_factory=lambda: {FAX: BOARD})
    made: list[tuple[Arrangement, str, str]] = field(default_factory=list)  # plan, reason, reviewer
    nudged: list[str] = field(default_factory=list)
    why_not: str = ""  # what the next plan is refused with

    def forms(self) -> Sequence[FormChoice]:
        return FORMS

    def board(self, session: Session, fax_id: str, reviewer: Reviewer, now: datetime) -> FaxBoard | None:
        return self.boards.get(fax_id)

    def arrange(
        self, session: Session, fax_id: str, base: int, plan: Arrangement, reason: str, reviewer: Reviewer, now: datetime
    ) -> str:
        if self.why_not or fax_id not in self.boards:
            return self.why_not or "There is no such fax."
        board = self.boards[fax_id]
        if base != board.base or plan.fax_pages != board.free.fax_pages:
            return "This fax went on meanwhile."
        self.made.append((plan, reason, reviewer.name))
        history = (*board.history, ArrangedBefore(reviewer.name, now, reason, True))
        self.boards[fax_id] = replace(board, state="Just being read again.", free=Arrangement(), history=history, base=base + 1)
        return ""

    def read_again(self, session: Session, fax_id: str) -> None:
        self.nudged.append(fax_id)

    def done(self, plan: Arrangement) -> None:
        """A worker has read it again."""
        board = self.boards[FAX]
        history = tuple(replace(one, due=False) for one in board.history)
        whole = Arrangement((*plan.groups, *board.whole.of_pages({5}).groups), plan.asides)
        documents = [one for one in board.documents if one.frozen]
        documents += [
            BoardDocument(4 + number, one.form, one.fax_pages, "waiting", f"item-{4 + number}", "")
            for number, one in enumerate(plan.groups)
        ]
        self.boards[FAX] = replace(board, state="", documents=tuple(documents), whole=whole, free=plan, history=history)
