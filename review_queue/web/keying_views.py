"""What the pages show of keyings: the fields to key without a word of what was said, and afterwards everything that was said.

What: the frozen types of the keying page and of an item's block of keyings, and how they are filled.
Why: the one page that must not know is built from the form's definition alone; a test searches it for every first value.
Refuses: to look into a task's first words or readings for the keying page.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition, Meaning
from intake.reading import Value
from registry.vocabulary import SignatureVerdict
from review_queue import keying_storage, keying_work
from review_queue.answers import NOT_TICKED, TICKED
from review_queue.keying import KeyingTask, Purpose, Word, alike
from review_queue.lifecycle import ReviewState
from review_queue.review_item import ReviewItem, VerdictKind
from review_queue.wording import field_label, option_label, shown, span

LONG_TEXT = 60  # characters from which a text field gets several lines
TALL_MM = 16  # height of a box that holds more than one line of handwriting


@dataclass(frozen=True)
class Choice:
    """One answer of a pick, under one key."""

    number: int
    code: str  # what is posted
    label: str


@dataclass(frozen=True)
class FieldToKey:
    """One field as the keyer sees it."""

    key: str
    label: str
    widget: str  # "text", "long" or "pick"
    choices: tuple[Choice, ...]  # of a pick
    form_page: int
    located: bool  # its place is known: there is a strip; else the whole page is shown
    fax_page: int | None  # None: its page did not arrive
    keyed: bool  # this keyer has keyed it


@dataclass(frozen=True)
class KeyingPage:
    """Everything the keying page shows."""

    task_id: str
    version: int
    title: str  # of the form
    reference: str
    age: str  # since the fax arrived
    waits: bool  # the form waits for it; else it is a sample
    fields: tuple[FieldToKey, ...]
    left: int
    lease_seconds: int


def keying_page(task: KeyingTask, form: FormDefinition, left: Collection[str], now: datetime) -> KeyingPage:
    """The page, from the form's definition and the places of its pages."""
    lease = 0 if task.lease_until is None else max(0, int((task.lease_until - now).total_seconds()))
    return KeyingPage(
        task_id=task.task_id,
        version=task.version,
        title=form.title,
        reference=task.fax.reference,
        age=span(now - task.fax.received_at),
        waits=task.purpose is Purpose.SECOND,
        fields=tuple(_to_key(form.field(name), task, keyed=name not in left) for name in task.fields),
        left=len(left),
        lease_seconds=lease,
    )


def _to_key(field: FieldDefinition, task: KeyingTask, *, keyed: bool) -> FieldToKey:
    page = next((one for one in task.reading.pages if one.form_page == field.page), None)
    return FieldToKey(
        key=field.name,
        label=field_label(field),
        widget=_widget(field),
        choices=_choices(field),
        form_page=field.page,
        located=page is not None and page.mm_to_pixels is not None,
        fax_page=None if page is None else page.fax_page,
        keyed=keyed,
    )


def _widget(field: FieldDefinition) -> str:
    if field.kind in (FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE):
        return "pick"
    tall = field.box.y1 - field.box.y0 > TALL_MM
    return "long" if (tall and field.meaning is Meaning.TEXT) or (field.max_length or 0) > LONG_TEXT else "text"


def _choices(field: FieldDefinition) -> tuple[Choice, ...]:
    if field.kind is FieldKind.MARK:
        offered = [(TICKED, "ticked"), (NOT_TICKED, "not ticked")]
    elif field.kind is FieldKind.SIGNATURE:
        offered = [(one.value, one.label) for one in (SignatureVerdict.PRESENT, SignatureVerdict.ABSENT)]
    elif field.kind is FieldKind.CHOICE:
        offered = [(code, option_label(field, code)) for code in field.options]
    else:
        offered = []
    return tuple(Choice(number, code, label) for number, (code, label) in enumerate(offered, start=1))


@dataclass(frozen=True)
class KeyedLine:
    """One person's word on one field, for a page that may show it."""

    label: str
    by: str
    value: str  # in words
    agrees: bool | None  # with what stands; None while nothing does


@dataclass(frozen=True)
class KeyedOfItem:
    """An item's keyings."""

    waits_since: str  # for how long it waits to be keyed; empty if it does not
    may_release: bool  # a senior may let it go on without now
    release_at: str  # from when they may
    lines: tuple[KeyedLine, ...]  # what was keyed, field by field; empty while it waits
    people: str  # of a submitted form: what the search for people is asked, to put its record right; empty otherwise


def keyed_for_item(session: Session, item: ReviewItem, form: FormDefinition | None, now: datetime) -> KeyedOfItem:
    """What the item's page says of its keyings."""
    task = keying_storage.open_of_item(session, item.item_id)
    lines = () if form is None else tuple(_line(item, form, name, word) for name, word in keying_work.words_on(session, item))
    if task is None:
        people = who(item.values()) if item.state is ReviewState.CONFIRMED else ""
        return KeyedOfItem("", False, "", lines, people)
    release = now >= task.release_at or not keying_storage.anybody_left(session, task.task_id)
    return KeyedOfItem(span(now - task.asked_at), release, f"{task.release_at:%m/%d/%Y %H:%M} UTC", lines, "")


def who(values: Mapping[str, Value]) -> str:
    """What the search for people is asked for the one a form is about; empty where it names nobody."""
    named = f"{values.get('patient_last_name') or ''} {values.get('patient_date_of_birth') or ''}".strip()
    return str(values.get("patient_id") or named or values.get("prescriber_npi") or values.get("pharmacy_npi") or "")


def _line(item: ReviewItem, form: FormDefinition, name: str, word: Word) -> KeyedLine:
    field, verdict = form.field(name), item.verdicts.get(name)
    agrees = None if verdict is None else alike(field, word, Word(verdict.by, verdict.kind, verdict.value))
    return KeyedLine(field_label(field), word.by, word_shown(field, word), agrees)


def word_shown(field: FieldDefinition, word: Word) -> str:
    """A word on a field, in words."""
    if word.kind is VerdictKind.ILLEGIBLE:
        return "illegible"
    return shown(field, word.value) or "blank"
