"""From an item to what its page shows.

What: the item page as cards (one per doubt, one per other field) and the rail of pages with zones.
Why: what a reviewer reads first, and what is folded away, is decided here and tested here, not in a template.
Refuses: to read or write anything; it gets what was loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition, Meaning
from intake.reading import FieldReading, OtherKind, Value
from registry.vocabulary import SignatureVerdict
from review_queue.answers import NOT_TICKED, TICKED
from review_queue.lifecycle import CLOSED
from review_queue.needed_fields import is_blank
from review_queue.page_models import Answer, Card, ItemPage, Sheet, Zone
from review_queue.review_item import Doubt, ItemKind, ReviewItem, Urgency, Verdict, VerdictKind
from review_queue.strips import zone_on_page
from review_queue.what_to_ask import STOPPING, what_to_ask
from review_queue.wording import as_typed, clock, field_label, option_label, shown, span

SEEN = "seen"  # the answer to a doubt about the whole document: looked at, go on with what is there
LONG_TEXT = 60  # characters from which a text field gets several lines
MOST_GUESSES = 9
PATIENT = "patient_last_name"  # the field by which a form names a patient

VERDICT_WORDS = {
    VerdictKind.CONFIRMED: "confirmed",
    VerdictKind.CORRECTED: "corrected",
    VerdictKind.BLANK: "blank",
    VerdictKind.ILLEGIBLE: "illegible",
}


def item_page(
    item: ReviewItem,
    form: FormDefinition | None,
    sizes: Mapping[int, tuple[int, int]],
    reviewer: str,
    now: datetime,
) -> ItemPage:
    """The item as the reviewer sees it. `sizes`: width and height in pixels by fax page; `form` is None for loose pages."""
    doubtful = {doubt.key for doubt in item.doubts}
    absent = () if item.reading is None else item.reading.missing_pages  # what did not arrive is not blank: nobody knows
    rest = [] if form is None else [one for one in form.fields if one.name not in doubtful and one.page not in absent]
    cards = [_certain_card(field, item) for field in rest]
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
        doubts=tuple(_doubt_card(doubt, item, form) for doubt in item.doubts),
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


def card_of(item: ReviewItem, form: FormDefinition | None, key: str) -> Card:
    """One card of the item, by field name or doubt key; KeyError if the form has no such field."""
    for doubt in item.doubts:
        if doubt.key == key:
            return _doubt_card(doubt, item, form)
    if form is None:
        raise KeyError(key)
    return _certain_card(form.field(key), item)


def _doubt_card(doubt: Doubt, item: ReviewItem, form: FormDefinition | None) -> Card:
    flag = doubt.kinds[0].label
    if doubt.whole_document or form is None:
        verdict = item.verdicts.get(doubt.key)
        return Card(
            key=doubt.key,
            label=flag[:1].upper() + flag[1:],
            flag="",
            why=doubt.why,
            stopping=doubt.kinds[0] in STOPPING,
            critical=True,
            widget=SEEN,
            typed=SEEN,
            answers=(),
            shown="",
            verdict="" if verdict is None else SEEN,
            by="" if verdict is None else verdict.by,
            fax_page=None,
            located=False,
        )
    return _card(form.field(doubt.key), item, flag, doubt)


def _certain_card(field: FieldDefinition, item: ReviewItem) -> Card:
    return _card(field, item, "", None)


def _card(field: FieldDefinition, item: ReviewItem, flag: str, doubt: Doubt | None) -> Card:
    read = None if item.reading is None else item.reading.fields.get(field.name)
    verdict = item.verdicts.get(field.name)
    value = verdict.value if verdict is not None else None if read is None else read.value
    fax_page, placed = _place(item, field, read)
    return Card(
        key=field.name,
        label=field_label(field),
        flag=flag,
        why="" if doubt is None else doubt.why,
        stopping=doubt is not None and doubt.kinds[0] in STOPPING,
        critical=field.critical,
        widget=_widget(field),
        typed="" if _picked(field) else as_typed(field, value),
        answers=_options(field, value, read, verdict, doubt) if _picked(field) else _guesses(field, read, doubt),
        shown=_in_words(field, value, verdict),
        verdict="" if verdict is None else VERDICT_WORDS[verdict.kind],
        by="" if verdict is None else verdict.by,
        fax_page=fax_page,
        located=placed,
    )


def _widget(field: FieldDefinition) -> str:
    if _picked(field):
        return "pick"
    tall = field.box.y1 - field.box.y0 > 16  # millimetres: more than one line of handwriting
    return "long" if (tall and field.meaning is Meaning.TEXT) or (field.max_length or 0) > LONG_TEXT else "text"


def _picked(field: FieldDefinition) -> bool:
    return field.kind in (FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE)


def _in_words(field: FieldDefinition, value: Value, verdict: Verdict | None) -> str:
    if verdict is not None and verdict.kind is VerdictKind.ILLEGIBLE:
        return "illegible"
    words = shown(field, value)
    return words or "blank"


def _options(
    field: FieldDefinition, value: Value, read: FieldReading | None, verdict: Verdict | None, doubt: Doubt | None
) -> tuple[Answer, ...]:
    """All answers of a pick; the read one is chosen only where it is not the very thing that is unclear."""
    told = verdict is not None or (read is not None and (doubt is None or read.accepted or read.value is not None))
    if field.kind is FieldKind.MARK:
        offered = [(TICKED, "ticked", value is True), (NOT_TICKED, "not ticked", value is False)]
    elif field.kind is FieldKind.SIGNATURE:
        both = (SignatureVerdict.PRESENT, SignatureVerdict.ABSENT)
        offered = [(one.value, one.label, value == one) for one in both]
    else:
        offered = [(code, option_label(field, code), value == code) for code in field.options]
    return tuple(Answer(number, code, label, chosen and told) for number, (code, label, chosen) in enumerate(offered, start=1))


def _guesses(field: FieldDefinition, read: FieldReading | None, doubt: Doubt | None) -> tuple[Answer, ...]:
    if doubt is None:
        return ()
    words = [as_typed(field, guess) for guess in doubt.guesses]
    if not words and read is not None:
        words = [raw.strip() for raw in read.raw.values()]  # nothing typed came of it: what the readers saw still helps
    kept = [word for word in dict.fromkeys(words) if word][:MOST_GUESSES]
    if read is not None and kept == [as_typed(field, read.value)]:
        return ()  # the input holds it already
    return tuple(Answer(number, word, word, False) for number, word in enumerate(kept, start=1))


def _place(item: ReviewItem, field: FieldDefinition, read: FieldReading | None) -> tuple[int | None, bool]:
    """The fax page to look at, and whether the field's place on it is known."""
    if item.reading is None:
        return None, False
    for page in item.reading.pages:
        if page.form_page == field.page and (read is None or page.fax_page == read.fax_page):
            return page.fax_page, page.mm_to_pixels is not None
    return (None if read is None else read.fax_page), False


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
    """Which card to open: the wanted one, else the first unsettled doubt; empty when nothing is left."""
    keys = {card.key for card in (*page.doubts, *page.certain, *page.blank)}
    for key in wanted:
        if key in keys:
            return key
    return next((card.key for card in page.doubts if not card.settled), "")
