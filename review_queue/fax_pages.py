"""A fax and a plan as the page shows them: stacks of pages, what each is, what the plan would change. Pure.

What: `fax_page` makes the strip from the board and the plan; a page in a frozen document says why it stays.
Why: templates stay dumb, and every sentence can be tested without HTML.
Refuses: to lose a page: all pages of the fax are shown, frozen or free, in some stack.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from intake.arrangement import Arrangement, Group
from review_queue.arranging import KIND_WORDS, FormKey, as_text, what_changes
from review_queue.fax_board import BoardDocument, FaxBoard, FormChoice
from review_queue.wording import span

PLANNED = "planned"


@dataclass(frozen=True)
class Leaf:
    """One page of the fax in the strip."""

    fax_page: int
    caption: str  # "page 1 of 2", "cover sheet"
    turn: int  # degrees by which the plan turns it from how its image lies: 0, 90, 180, 270
    frozen: str  # why it cannot be moved, a sentence; empty where it can
    selected: bool


@dataclass(frozen=True)
class Stack:
    """Pages that belong together."""

    title: str  # the form, or what the page apart is
    state: str  # where the document stands, "planned" for one that would come; empty for a page apart
    item_id: str  # its item at the desk; empty if it has none, or is only planned
    frozen: str  # as of its leaves
    changed: bool  # the plan made it
    leaves: tuple[Leaf, ...]


@dataclass(frozen=True)
class Choice:
    """A page of a form that the selected page may be said to be."""

    value: str  # "patient_status@2023-11@1"
    label: str
    chosen: bool


@dataclass(frozen=True)
class FaxPage:
    """Everything the page of a fax shows."""

    fax_id: str
    reference: str
    age: str
    received: str
    sender: str
    state: str  # why nothing can be moved at all; empty where something can
    due: bool  # it is just being read again
    base: int
    stacks: tuple[Stack, ...]
    at: int  # the selected page
    selected: Leaf
    plan: str  # as `arranging.as_text`
    changes: tuple[str, ...]  # what the plan would do
    forms: tuple[tuple[str, tuple[Choice, ...]], ...]  # by form, current ones first
    history: tuple[str, ...]  # who put it together before, a sentence each


def fax_page(board: FaxBoard, plan: Arrangement, at: int, forms: Sequence[FormChoice], now: datetime) -> FaxPage:
    """The fax under a plan; `at` is the selected page, the first free one (else the first) where it is none of the fax's."""
    if not 1 <= at <= board.pages:
        at = min(plan.fax_pages, default=1)
    pages = {(one.code, one.revision): one.pages for one in forms}
    titles = {(one.code, one.revision): _title(one) for one in forms}
    stacks = _stacks(board, plan, at, pages, titles)
    selected = next(leaf for stack in stacks for leaf in stack.leaves if leaf.selected)
    return FaxPage(
        fax_id=board.fax_id,
        reference=board.reference,
        age=span(now - board.received_at),
        received=f"{board.received_at:%m/%d/%Y %H:%M} UTC",
        sender=board.sender,
        state=board.state,
        due=any(one.due for one in board.history),
        base=board.base,
        stacks=stacks,
        at=at,
        selected=selected,
        plan=as_text(plan),
        changes=what_changes(board.free, plan, titles),
        forms=_choices(plan, at, forms),
        history=tuple(f"Put together anew by {one.by} on {one.at:%m/%d/%Y %H:%M} UTC: {one.reason}" for one in board.history),
    )


def _title(form: FormChoice) -> str:
    return f"{form.title}, revision {form.revision}" if form.outdated else form.title


def _stacks(
    board: FaxBoard, plan: Arrangement, at: int, lengths: dict[FormKey, int], titles: dict[FormKey, str]
) -> tuple[Stack, ...]:
    frozen = board.frozen_pages
    stays = board.whole.of_pages(board.whole.fax_pages - plan.fax_pages)
    lies = board.whole.rotations
    by_pages = {one.fax_pages: one for one in board.documents}
    loose = next((one for one in board.documents if one.title not in titles.values()), None)
    stacks = []
    for group in (*stays.groups, *plan.groups):
        key = (group.form, group.revision)
        known = group in board.whole.groups
        document = by_pages.get(group.fax_pages) if known else None
        leaves = tuple(
            Leaf(
                one.fax_page,
                f"page {one.form_page} of {lengths.get(key, '?')}",
                (one.rotated - lies.get(one.fax_page, 0)) % 360,
                frozen.get(one.fax_page, ""),
                one.fax_page == at,
            )
            for one in group.pages
        )
        stacks.append(_stack(titles.get(key, group.form), document, leaves, changed=not known))
    for aside in (*stays.asides, *plan.asides):
        known = aside in board.whole.asides
        document = loose if known and loose is not None and aside.fax_page in loose.fax_pages else None
        words = KIND_WORDS[aside.kind]
        turn = (aside.rotated - lies.get(aside.fax_page, 0)) % 360
        leaf = Leaf(aside.fax_page, "no form", turn, frozen.get(aside.fax_page, ""), aside.fax_page == at)
        stacks.append(_stack(words[:1].upper() + words[1:], document, (leaf,), changed=not known))
    return tuple(sorted(stacks, key=lambda one: min(leaf.fax_page for leaf in one.leaves)))


def _stack(title: str, document: BoardDocument | None, leaves: tuple[Leaf, ...], *, changed: bool) -> Stack:
    if document is None:
        return Stack(title, PLANNED if changed else "", "", "", changed, leaves)
    return Stack(title, document.state, document.item_id, document.frozen, changed, leaves)


def _choices(plan: Arrangement, at: int, forms: Sequence[FormChoice]) -> tuple[tuple[str, tuple[Choice, ...]], ...]:
    """Every page of every form; chosen is what the page is, else what would complete the document before it."""
    likely = _likely(plan, at, forms)
    return tuple(
        (
            _title(form),
            tuple(
                Choice(
                    f"{form.code}@{form.revision}@{page}",
                    f"{form.title}: page {page} of {form.pages}" + (f" ({form.revision})" if form.outdated else ""),
                    (form.code, form.revision, page) == likely,
                )
                for page in range(1, form.pages + 1)
            ),
        )
        for form in forms
    )


def _likely(plan: Arrangement, at: int, forms: Sequence[FormChoice]) -> tuple[str, str, int]:
    own: Group | None = next((one for one in plan.groups if at in one.fax_pages), None)
    if own is not None:
        return own.form, own.revision, next(one.form_page for one in own.pages if one.fax_page == at)
    lengths = {(one.code, one.revision): one.pages for one in forms}
    for group in sorted((one for one in plan.groups if min(one.fax_pages) < at), key=lambda one: -max(one.fax_pages)):
        taken = {one.form_page for one in group.pages}
        lacking = [page for page in range(1, lengths.get((group.form, group.revision), 0) + 1) if page not in taken]
        if lacking:
            return group.form, group.revision, lacking[0]
    return (forms[0].code, forms[0].revision, 1) if forms else ("", "", 0)
