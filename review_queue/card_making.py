"""From a field, its reading and what people said or typed to the card that shows it.

What: a card per doubt and per other field: why it is doubtful, what the readers saw, the best guess in place, others under keys.
Why: where the first guess is right a field costs one key, whatever its kind; that is decided and tested here, not in a page.
Refuses: to put anything into a field that nobody read, guessed or typed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition, Meaning
from intake.reading import FieldReading, Route, Value
from registry.vocabulary import SignatureVerdict
from review_queue.answers import NOT_TICKED, TICKED, Said, Unsettled, settle
from review_queue.drafts import Draft
from review_queue.page_models import Answer, Card
from review_queue.reader_names import on_file, readings, sources
from review_queue.review_item import Doubt, ReviewItem, Verdict, VerdictKind
from review_queue.strips import surroundings
from review_queue.what_to_ask import STOPPING
from review_queue.wording import as_typed, field_label, option_label, shown

SEEN = "seen"  # the answer to a doubt about the whole document: looked at, go on with what is there
SAY_WHO = "Alt P says who it is; going on without that, the sender is asked for the REMS Patient ID."
LONG_TEXT = 60  # characters from which a text field gets several lines
MOST_GUESSES = 9
OTHERWISE_ON_FILE = "the registry has another value"

VERDICT_WORDS = {
    VerdictKind.CONFIRMED: "confirmed",
    VerdictKind.CORRECTED: "corrected",
    VerdictKind.BLANK: "blank",
    VerdictKind.ILLEGIBLE: "illegible",
}


@dataclass(frozen=True)
class Hands:
    """Who looks, and what was typed on the item: for the cards."""

    reviewer: str = ""  # whose page it is
    drafts: tuple[Draft, ...] = ()  # of everybody, of one field the latest first; empty where nothing can be changed

    def own(self, key: str) -> Draft | None:
        """What the reviewer had typed in that field."""
        return next((one for one in self.drafts if one.key == key and one.by == self.reviewer), None)

    def others(self, key: str) -> list[Draft]:
        """What colleagues had typed in that field, the latest first."""
        return [one for one in self.drafts if one.key == key and one.by != self.reviewer]


NOBODYS = Hands()


def card_of(item: ReviewItem, form: FormDefinition | None, key: str, hands: Hands = NOBODYS) -> Card:
    """One card of the item, by field name or doubt key; KeyError if the form has no such field."""
    for doubt in item.doubts:
        if doubt.key == key:
            return doubt_card(doubt, item, form, hands)
    if form is None:
        raise KeyError(key)
    return certain_card(form.field(key), item, form, hands)


def doubt_card(doubt: Doubt, item: ReviewItem, form: FormDefinition | None, hands: Hands = NOBODYS) -> Card:
    """The card of one doubt."""
    flag = doubt.kinds[0].label
    if not doubt.whole_document and form is not None:
        return _card(form.field(doubt.key), item, form, OTHERWISE_ON_FILE if on_file(doubt.why) else flag, doubt, hands)
    verdict = item.verdicts.get(doubt.key)
    return Card(
        key=doubt.key,
        label=flag[:1].upper() + flag[1:],
        flag="",
        why=f"{doubt.why} {SAY_WHO}" if doubt.about_person else doubt.why,
        stopping=doubt.kinds[0] in STOPPING,
        critical=True,
        widget=SEEN,
        typed=SEEN,
        answers=(),
        shown="",
        verdict="" if verdict is None else SEEN,
        by=_by(verdict),
        fax_page=None,
        located=False,
        sound=True,
    )


def _by(verdict: Verdict | None) -> str:
    """Who said so, and that it was before the fax's pages were put together anew."""
    if verdict is None:
        return ""
    return verdict.by if verdict.carried_from is None else f"{verdict.by}, before the pages were put together anew"


def certain_card(field: FieldDefinition, item: ReviewItem, form: FormDefinition, hands: Hands = NOBODYS) -> Card:
    """The card of a field that is not doubtful."""
    return _card(field, item, form, "", None, hands)


def _card(field: FieldDefinition, item: ReviewItem, form: FormDefinition, flag: str, doubt: Doubt | None, hands: Hands) -> Card:
    read = None if item.reading is None else item.reading.fields.get(field.name)
    verdict = item.verdicts.get(field.name)
    today = item.fax.received_at.date()
    value = verdict.value if verdict is not None else _best(field, read, doubt)
    drawn = _code_of(field, value) if picked(field) else as_typed(field, value)
    draft, conflict = _own_draft(field, hands, drawn, verdict)
    blank = verdict is None and doubt is not None and value is None and read is not None and read.route is Route.BLANK
    flaw = _flaw(field, read, drawn, today) if doubt is not None and verdict is None else None
    answers = (
        _options(field, drawn if conflict or not draft else draft)
        if picked(field)
        else _guesses(field, read, doubt, hands, today, drawn, conflict)
    )
    fax_page, placed = _place(item, field, read)
    return Card(
        key=field.name,
        label=field_label(field),
        flag=flag,
        why="" if doubt is None else doubt.why,
        stopping=doubt is not None and doubt.kinds[0] in STOPPING,
        critical=field.critical,
        widget=_widget(field),
        typed="" if picked(field) else drawn,
        answers=answers,
        shown=_in_words(field, value, verdict),
        verdict="" if verdict is None else VERDICT_WORDS[verdict.kind],
        by=_by(verdict),
        fax_page=fax_page,
        located=placed,
        best_blank=blank,
        sound=bool(drawn) and (flaw is None or flaw.may_insist),
        flaw="" if flaw is None or not drawn else flaw.why,
        draft="" if conflict else draft,
        conflict=draft if conflict else "",
        readings=() if doubt is None else _unclaimed(read, answers, drawn),
        around=surroundings(field.box, form) if placed and doubt is not None else None,
    )


def picked(field: FieldDefinition) -> bool:
    """Whether it is answered by picking one of a few answers."""
    return field.kind in (FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE)


def _best(field: FieldDefinition, read: FieldReading | None, doubt: Doubt | None) -> Value:
    """What the field most likely says: as read, else the best guess; nothing where nobody could read anything."""
    value = None if read is None else read.value
    unsaid = value is None or (field.kind is FieldKind.SIGNATURE and value == SignatureVerdict.UNSURE)
    if not unsaid or doubt is None:
        return value
    return next((one for one in doubt.guesses if one not in (None, SignatureVerdict.UNSURE)), value)


def _code_of(field: FieldDefinition, value: Value) -> str:
    """The code that is posted for an answer of a pick; empty where none is."""
    if field.kind is FieldKind.MARK:
        return {True: TICKED, False: NOT_TICKED}.get(value, "") if isinstance(value, bool) else ""
    return "" if value is None or value == SignatureVerdict.UNSURE else str(value)


def _own_draft(field: FieldDefinition, hands: Hands, drawn: str, verdict: Verdict | None) -> tuple[str, bool]:
    """What the reviewer had typed where it differs from what stands; and whether somebody else has settled the field since."""
    draft = hands.own(field.name)
    if draft is None or draft.text == drawn:
        return "", False
    return draft.text, verdict is not None and verdict.by != hands.reviewer and verdict.at >= draft.at


def _flaw(field: FieldDefinition, read: FieldReading | None, drawn: str, today: date) -> Unsettled | None:
    """What is wrong with the value that stands in the field from the start."""
    if not drawn:
        return None
    outcome = settle(field, read, Said.VALUE, drawn, today)
    return outcome if isinstance(outcome, Unsettled) else None


def _widget(field: FieldDefinition) -> str:
    if picked(field):
        return "pick"
    tall = field.box.y1 - field.box.y0 > 16  # millimetres: more than one line of handwriting
    return "long" if (tall and field.meaning is Meaning.TEXT) or (field.max_length or 0) > LONG_TEXT else "text"


def _in_words(field: FieldDefinition, value: Value, verdict: Verdict | None) -> str:
    if verdict is not None and verdict.kind is VerdictKind.ILLEGIBLE:
        return "illegible"
    words = shown(field, value)
    return words or "blank"


def _options(field: FieldDefinition, chosen: str) -> tuple[Answer, ...]:
    """All answers of a pick; the best is chosen, none where nothing is known of it."""
    if field.kind is FieldKind.MARK:
        offered = [(TICKED, "ticked"), (NOT_TICKED, "not ticked")]
    elif field.kind is FieldKind.SIGNATURE:
        offered = [(one.value, one.label) for one in (SignatureVerdict.PRESENT, SignatureVerdict.ABSENT)]
    else:
        offered = [(code, option_label(field, code)) for code in field.options]
    return tuple(Answer(number, code, label, code == chosen) for number, (code, label) in enumerate(offered, start=1))


def _guesses(
    field: FieldDefinition,
    read: FieldReading | None,
    doubt: Doubt | None,
    hands: Hands,
    today: date,
    drawn: str,
    conflict: bool,
) -> tuple[Answer, ...]:
    """What it might be, each with who says so; nothing where the field holds the only one already."""
    spoken = sources(field, read, today)
    found: dict[str, str] = {}
    own = hands.own(field.name)
    if conflict and own is not None:
        found = {own.text: "you had typed", drawn: "stands now"}
    for guess in () if doubt is None else doubt.guesses:
        found.setdefault(as_typed(field, guess), spoken.get(guess, ""))
    if doubt is not None and not doubt.guesses:  # nothing typed came of it: what the readers saw still helps
        for name, text in readings(read):
            found.setdefault(text, name)
    for draft in hands.others(field.name):
        found.setdefault(draft.text, f"{draft.by} had typed")
    kept = [(text, source) for text, source in found.items() if text][:MOST_GUESSES]
    if [text for text, _ in kept] == [drawn] and not conflict:
        return ()  # the input holds it already
    return tuple(Answer(number, text, text, False, source) for number, (text, source) in enumerate(kept, start=1))


def _unclaimed(read: FieldReading | None, answers: Sequence[Answer], drawn: str) -> tuple[tuple[str, str], ...]:
    """What readers saw that stands behind no answer, so that it would go unseen: "37?3" is no number, but tells something."""
    told = {name for answer in answers for name in answer.source.split(", ")}
    return tuple((name, text) for name, text in readings(read) if name not in told and text != drawn)


def _place(item: ReviewItem, field: FieldDefinition, read: FieldReading | None) -> tuple[int | None, bool]:
    """The fax page to look at, and whether the field's place on it is known."""
    if item.reading is None:
        return None, False
    for page in item.reading.pages:
        if page.form_page == field.page and (read is None or page.fax_page == read.fax_page):
            return page.fax_page, page.mm_to_pixels is not None
    return (None if read is None else read.fax_page), False
