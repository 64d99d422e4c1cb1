"""Fills a blank with values, as a typewriter or a hand would.

What: for each field with a value, letters in its comb cells or on its line, marks in its boxes, a scribble where it is signed.
Why: the zones come from the catalogue alone, so a sample can never be filled by another map than it is read by.
Refuses: a field the form does not have, an option it does not offer, a value longer than its comb (ValueError).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from intake.fax import GrayImage
from intake.forms.definition import Box, FieldDefinition, FieldKind, FormDefinition, Meaning
from tools.make_samples.hand import Hand
from tools.make_samples.pen import mark, signature
from tools.make_samples.sheet import Sheet

Value = str | int | bool | None
PRESENT = "present"


def fill(form: FormDefinition, blanks: Sequence[GrayImage], values: Mapping[str, Value], hand: Hand, seed: int) -> list[Sheet]:
    """The pages of a form with values written in. Signature values are "present" (the same seed signs the same) or "absent"."""
    sheets = [Sheet(np.asarray(blank)) for blank in blanks]
    rng = np.random.default_rng([911, seed])
    for name, value in values.items():
        try:
            one = form.field(name)
        except KeyError as missing:
            raise ValueError(str(missing)) from missing
        if value is None or value is False or value == "absent":
            continue
        write_field(sheets[one.page - 1], one, as_written(one, value, hand), hand, rng, seed)
    return sheets


def as_written(one: FieldDefinition, value: Value, hand: Hand) -> Value:
    """The value as this hand writes it: names and words in capitals where the hand does so."""
    if isinstance(value, str) and hand.capitals and one.meaning in (Meaning.NAME, Meaning.TEXT):
        return value.upper()
    return value


def write_field(sheet: Sheet, one: FieldDefinition, value: Value, hand: Hand, rng: np.random.Generator, seed: int) -> None:
    """One value into one field."""
    if one.kind is FieldKind.SIGNATURE:
        if value == PRESENT:
            signature(sheet, one.box, seed * 31 + sum(map(ord, one.name)))
    elif one.kind is FieldKind.MARK:
        mark(sheet, one.box, hand.mark, rng)
    elif one.kind is FieldKind.CHOICE:
        if str(value) not in one.options:
            raise ValueError(f"{one.name} has no option {value!r}")
        mark(sheet, one.options[str(value)], hand.mark, rng)
    elif one.cells:
        in_cells(sheet, one.cells, written_in_cells(one, value), hand, rng, hand.numbers_right and one.kind is FieldKind.NUMBER)
    else:
        on_line(sheet, one.box, written_on_line(one, value), hand, rng)


def written_in_cells(one: FieldDefinition, value: Value) -> str:
    """The characters that stand in a comb for a value: a date as MMDDYYYY, digits without their separators."""
    text = str(value)
    if one.kind is FieldKind.DATE:
        text = text[5:7] + text[8:10] + text[:4]
    elif one.kind is FieldKind.DIGITS:
        text = "".join(sign for sign in text if sign.isdigit())
    if len(text) > len(one.cells):
        raise ValueError(f"{one.name}: {text!r} is longer than its {len(one.cells)} cells")
    return text


def written_on_line(one: FieldDefinition, value: Value) -> str:
    """What stands on a line for a value: a date with slashes, all else as it is."""
    text = str(value)
    if one.kind is FieldKind.DATE:
        text = f"{text[5:7]}/{text[8:10]}/{text[:4]}"
    return text


def in_cells(sheet: Sheet, cells: Sequence[Box], text: str, hand: Hand, rng: np.random.Generator, right: bool) -> None:
    """One character to a cell."""
    used = cells[len(cells) - len(text) :] if right else cells[: len(text)]
    for sign, cell in zip(text, used, strict=True):
        cap = hand.cell_cap_mm * (1 + float(rng.normal(0, 0.05 * hand.shake)))
        x = (cell.x0 + cell.x1 - hand.letters.width(sign, cap)) / 2 + float(rng.normal(0, 0.28 * hand.shake))
        y = (cell.y0 + cell.y1 + cap) / 2 + float(rng.normal(0, 0.3 * hand.shake))
        hand.letters.write(sheet, sign, (x, y), cap, float(rng.normal(0, 3.5 * hand.shake)), rng)


def on_line(sheet: Sheet, box: Box, text: str, hand: Hand, rng: np.random.Generator) -> None:
    """A line of text in a box, or several where the box is tall; letters shrink before they run out of the box."""
    room = box.x1 - box.x0 - 3.4
    if box.y1 - box.y0 > 14:
        rows, cap = wrapped(text, hand, room), hand.cap_mm
        first = box.y0 + 1.8 + cap
    else:
        rows = [text]
        cap = min(hand.cap_mm, hand.cap_mm * room / max(hand.letters.width(text, hand.cap_mm), 0.1))
        first = (box.y0 + box.y1 + cap) / 2 + (0.0 if hand.typed else float(rng.normal(0, 0.35 * hand.shake)))
    for place, row in enumerate(rows):
        x = box.x0 + 1.7 + (0.0 if hand.typed else abs(float(rng.normal(0, 1.2 * hand.shake))))
        if hand.letters.width(row, cap) > box.x1 - x - 1.0:
            x = box.x0 + 1.2
        turn = float(rng.normal(0, 0.5 * hand.shake))
        hand.letters.write(sheet, row, (x, first + place * (cap + 2.1)), cap, turn, rng)


def wrapped(text: str, hand: Hand, room: float) -> list[str]:
    """Words laid out in rows no wider than `room` millimetres."""
    rows: list[str] = []
    for word in text.split():
        if rows and hand.letters.width(f"{rows[-1]} {word}", hand.cap_mm) <= room:
            rows[-1] += f" {word}"
        else:
            rows.append(word)
    return rows
