"""From an item to what its page shows.

What: the item page: the rail of pages with zones and what stands around the cards (they are made in `review_queue.card_making`).
Why: what a reviewer reads first, and what is folded away, is decided here and tested here, not in a template.
Refuses: to read or write anything; it gets what was loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from intake.forms.definition import FormDefinition
from intake.reading import OtherKind
from review_queue.card_making import NOBODYS, Hands, certain_card, doubt_card
from review_queue.card_making import SEEN as SEEN
from review_queue.card_making import card_of as card_of
from review_queue.lifecycle import CLOSED, ReviewState
from review_queue.needed_fields import is_blank
from review_queue.page_models import ItemPage, Sheet, Zone
from review_queue.review_item import ItemKind, ReviewItem, Urgency
from review_queue.strips import zone_on_page
from review_queue.what_to_ask import what_to_ask
from review_queue.wording import clock, span

PATIENT = "patient_last_name"  # the field by which a form names a patient


def item_page(
    item: ReviewItem,
    form: FormDefinition | None,
    sizes: Mapping[int, tuple[int, int]],
    reviewer: str,
    now: datetime,
    hands: Hands = NOBODYS,
) -> ItemPage:
    """The item as the reviewer sees it. `sizes`: width and height in pixels by fax page; `form` is None for loose pages."""
    doubtful = {doubt.key for doubt in item.doubts}
    absent = () if item.reading is None else item.reading.missing_pages  # what did not arrive is not blank: nobody knows
    rest = [] if form is None else [one for one in form.fields if one.name not in doubtful and one.page not in absent]
    cards = [] if form is None else [certain_card(field, item, form, hands) for field in rest]
    values = item.values()
    lease_left = 0 if item.lease_until is None else max(0, int((item.lease_until - now).total_seconds()))
    mine = item.holder == reviewer
    return ItemPage(
        item_id=item.item_id,
        version=item.version,
        title="Pages without a form" if form is None else form.title,
        lane=item.urgency_note or item.urgency.label if item.urgency is not Urgency.ORDINARY else "",
        urgent=item.urgency is not Urgency.ORDINARY,
        reference=item.fax.reference,
        sender=" ".join(part for part in (item.fax.sender_name, item.fax.sender_fax) if part),
        age=span(now - item.fax.received_at),
        received=f"{item.fax.received_at:%m/%d/%Y %H:%M} UTC",
        form=item.kind is ItemKind.FORM,
        names_patient=form is not None and any(one.name == PATIENT for one in form.fields),
        doubts=tuple(doubt_card(doubt, item, form, hands) for doubt in item.doubts),
        certain=tuple(card for card, field in zip(cards, rest, strict=True) if not is_blank(values.get(field.name))),
        blank=tuple(card for card, field in zip(cards, rest, strict=True) if is_blank(values.get(field.name))),
        sheets=_sheets(item, form, sizes),
        remarks=_remarks(item),
        note=item.closing.reason if item.closing is not None and item.passed_by else "",
        note_by=item.passed_by or "",
        left=len(item.left()),
        lease=clock(item.lease_until, now) if mine else "",
        lease_seconds=lease_left if mine else 0,
        mine=mine,
        held_by="" if mine or item.holder is None else item.holder,
        state=item.state.label,
        closed=_closed(item),
        ask=what_to_ask(item),
    )


def _sheets(item: ReviewItem, form: FormDefinition | None, sizes: Mapping[int, tuple[int, int]]) -> tuple[Sheet, ...]:
    if item.reading is None or form is None:
        return tuple(
            Sheet(page.fax_page, _OTHER_WORDS[page.kind], *sizes.get(page.fax_page, (1700, 2200)), ())
            for page in item.loose_pages
        )
    sheets = []
    for page in sorted(item.reading.pages, key=lambda one: one.form_page):
        zones: tuple[Zone, ...] = ()
        if page.mm_to_pixels is not None:
            zones = tuple(
                Zone(field.name, " ".join(f"{x:.1f},{y:.1f}" for x, y in zone_on_page(field.box, page.mm_to_pixels)))
                for field in form.on_page(page.form_page)
            )
        caption = f"page {page.form_page} of {form.pages}"
        sheets.append(Sheet(page.fax_page, caption, *sizes.get(page.fax_page, (1700, 2200)), zones))
    return tuple(sheets)


_OTHER_WORDS = {
    OtherKind.COVER_SHEET: "cover sheet",
    OtherKind.BLANK: "blank page",
    OtherKind.LAB_PRINTOUT: "laboratory printout",
    OtherKind.OTHER_PROGRAM: "form of another program",
    OtherKind.OUTDATED_FORM: "outdated form",
    OtherKind.UNKNOWN: "not recognized",
}


def _closed(item: ReviewItem) -> str:
    if item.state not in CLOSED or item.closing is None:
        return ""
    if item.state is ReviewState.JOINED:  # by nobody at the desk: its closing is the question that was asked
        return "The sender’s answer came and goes on by itself: see above. Nothing can be changed here."
    return f"This fax was {item.state.label} by {item.closing.by} on {item.closing.at:%m/%d/%Y %H:%M} UTC. It cannot be changed."


def _remarks(item: ReviewItem) -> tuple[str, ...]:
    if item.reading is None:
        return ()
    doubted = {kind for doubt in item.doubts if doubt.whole_document for kind in doubt.kinds}
    said = [one.detail for one in item.reading.problems if one.field is None and one.kind not in doubted]
    turned = [page.fax_page for page in item.reading.pages if page.rotated]
    if turned:
        said.append(f"Fax page {', '.join(map(str, turned))} did not come upright and was turned.")
    return tuple(said)


def first_left(page: ItemPage, wanted: Sequence[str] = ()) -> str:
    """Which card to open: the wanted one, one with two answers, the first unsettled doubt; empty when nothing is left."""
    cards = (*page.doubts, *page.certain, *page.blank)
    keys = {card.key for card in cards}
    for key in wanted:
        if key in keys:
            return key
    torn = next((card.key for card in cards if card.conflict), "")
    return torn or next((card.key for card in cards if card.draft or (card in page.doubts and not card.settled)), "")
