"""What a call's page shows of its form: pure.

What: sections of inputs; blood draws as rows of a table, since that is how a caller reads them out.
Why: templates get words and names, nothing to decide.
Refuses: fields that a call cannot give; they are not there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition, Meaning
from review_queue.answers import NOT_TICKED, TICKED
from review_queue.phone_entry import Call, Keyed, sections
from review_queue.wording import as_typed, field_label, option_label

LONG_TEXT = 60  # characters from which a text field gets several lines
ROWS_SHOWN = 4  # empty rows of blood draws that stand open; a month of weekly draws
_ROW = re.compile(r"labs\.(\d+)\.(\w+)")
_HINTS = {
    Meaning.BIRTH_DATE: "MM/DD/YYYY",
    Meaning.DRAW_DATE: "MM/DD/YYYY",
    Meaning.DATE: "MM/DD/YYYY",
    Meaning.ANC: "per µL",
    Meaning.NPI: "10 digits",
    Meaning.PHONE: "10 digits",
    Meaning.ZIP: "5 digits",
    Meaning.PATIENT_ID: "8 digits, 1 letter",
}


@dataclass(frozen=True)
class Input:
    """One field of the form."""

    name: str
    label: str
    short: str  # without the row's name, for the head of a table's column
    hint: str
    widget: str  # "text", "long" or "pick"
    typed: str  # as typed, or as it would be
    options: tuple[tuple[str, str], ...]  # of a pick: code and words
    why: str  # what is wrong with it; empty: nothing
    may_insist: bool
    critical: bool


@dataclass(frozen=True)
class CallSection:
    """A group of fields."""

    title: str
    inputs: tuple[Input, ...]  # those that are in no row
    rows: tuple[tuple[Input, ...], ...]  # blood draws
    folded: tuple[tuple[Input, ...], ...]  # further rows, empty ones


def call_sections(form: FormDefinition, call: Call) -> list[CallSection]:
    """The form's fields as the page shows them, in the form's order."""
    found = []
    for title, fields in sections(form):
        rows: dict[str, list[FieldDefinition]] = {}
        single = []
        for one in fields:
            row = _ROW.fullmatch(one.name)
            if row is None:
                single.append(one)
            else:
                rows.setdefault(row[1], []).append(one)
        drawn = [tuple(_input(one, call) for one in each) for each in rows.values()]
        filled = max([place for place, each in enumerate(drawn, start=1) if any(one.typed for one in each)], default=0)
        shown = max(ROWS_SHOWN, filled + 1)
        found.append(CallSection(title, tuple(_input(one, call) for one in single), tuple(drawn[:shown]), tuple(drawn[shown:])))
    return found


def _input(one: FieldDefinition, call: Call) -> Input:
    keyed = call.fields.get(one.name, Keyed(""))
    label = field_label(one)
    return Input(
        name=one.name,
        label=label,
        short=_upper_first(label.partition(": ")[2] or label),
        hint="" if (hint := _HINTS.get(one.meaning, "")) in label else hint,
        widget=_widget(one),
        typed=keyed.raw if keyed.value is None or one.kind in _PICKED else as_typed(one, keyed.value),
        options=_options(one),
        why=keyed.why,
        may_insist=keyed.may_insist,
        critical=one.critical,
    )


_PICKED = (FieldKind.MARK, FieldKind.CHOICE)


def _upper_first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _widget(one: FieldDefinition) -> str:
    if one.kind in _PICKED:
        return "pick"
    return "long" if (one.max_length or 0) > LONG_TEXT else "text"


def _options(one: FieldDefinition) -> tuple[tuple[str, str], ...]:
    if one.kind is FieldKind.MARK:
        return ((TICKED, "yes"), (NOT_TICKED, "no"))
    return tuple((code, option_label(one, code)) for code in one.options)
