"""From a laid page to typed values: what each field's zone holds, and how sure that is.

What: zones are cut; PDF values, blanks, ticks and signatures are told at once; what is written is read by all readers together,
and what they dispute is looked at once more.
Why: pixels (intake.ocr) and meaning (intake.forms) meet here, in `voting`, `marked_fields` and `classification`, nowhere else.
Refuses: to repair a value so that it passes a check; a value that does not parse is offered as raw text with its problem.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat

from intake.forms.definition import FieldDefinition, FieldKind
from intake.forms.field_values import charset, parse
from intake.laid_page import LaidPage, field_reading
from intake.marked_fields import choice, mark, signature
from intake.ocr import certainty
from intake.ocr.engine import LARGER, EngineFailed, Strip, TextGuess, TextReader
from intake.ocr.ppocr import Lattice, PpOcr
from intake.ocr.strips import Cut, cut_cells, cut_line
from intake.reading import FieldReading, Problem, ProblemKind, Route
from intake.voting import Written, decided


@dataclass(frozen=True)
class Extracted:
    """A document's fields, and the lattices of those that were written, for verification against what is known."""

    fields: Mapping[str, FieldReading]
    lattices: Mapping[str, Lattice]
    failed: tuple[str, ...]  # readers that failed, in words


def extract(pages: Sequence[LaidPage], recogniser: PpOcr, voter: TextReader, today: date) -> Extracted:
    """Read every field that stands on the given pages of one document."""
    fields: dict[str, FieldReading] = {}
    written: list[Written] = []
    for page in pages:
        for definition in page.placed.form.on_page(page.placed.classification.form_page):
            done = _without_writing(definition, page, today)
            if isinstance(done, FieldReading):
                fields[definition.name] = done
            else:
                written.append(done)
    lattices = [[recogniser.lattice(strip) for strip in one.strips] for one in written]
    failed: tuple[str, ...] = ()
    votes: Iterator[TextGuess]
    try:
        votes = iter(voter.read([strip for one in written for strip in one.strips]))
    except EngineFailed as error:
        votes, failed = repeat(TextGuess("", 0.0)), (str(error),)
    disputed: list[tuple[Written, list[Lattice]]] = []
    for one, lines in zip(written, lattices, strict=True):
        vote = " ".join(next(votes).text for _ in one.strips).strip()
        fields[one.definition.name] = decided(one, lines, vote, today)
        if _worth_a_second_look(fields[one.definition.name]) and not failed:
            disputed.append((one, lines))
    if disputed:
        fields.update(_looked_again(disputed, fields, voter, today))
    order = {d.name: place for place, d in enumerate(pages[0].placed.form.fields)} if pages else {}
    single = {one.definition.name: lines[0] for one, lines in zip(written, lattices, strict=True) if len(lines) == 1}
    return Extracted(dict(sorted(fields.items(), key=lambda item: order[item[0]])), single, failed)


def _worth_a_second_look(field: FieldReading) -> bool:
    """A value that the independent reader alone did not bear out."""
    return (
        not field.accepted and field.value is not None and {one.kind for one in field.problems} <= {ProblemKind.READERS_DISAGREE}
    )


def _looked_again(
    disputed: Sequence[tuple[Written, list[Lattice]]], fields: Mapping[str, FieldReading], voter: TextReader, today: date
) -> dict[str, FieldReading]:
    """The independent reader looks once more, at larger letters; what it then bears out counts, though for less."""
    try:
        votes = iter(voter.read([strip for one, _ in disputed for strip in one.strips], LARGER))
    except EngineFailed:
        return {}
    changed: dict[str, FieldReading] = {}
    for one, lines in disputed:
        name = one.definition.name
        vote = " ".join(next(votes).text for _ in one.strips).strip()
        again = decided(one, lines, vote, today, late=True)
        if again.certainty > fields[name].certainty:
            raw = {**fields[name].raw, f"{voter.name}_larger": vote}
            changed[name] = replace(again, raw=raw, guesses=tuple(dict.fromkeys((*again.guesses, *fields[name].guesses))))
    return changed


def _without_writing(definition: FieldDefinition, page: LaidPage, today: date) -> FieldReading | Written:
    """Fields that need no reader: PDF values, marks, signatures, blanks; a field with writing comes back as `Written`."""
    typed = _typed(definition, page, today)
    if typed is not None:
        return typed
    if definition.kind is FieldKind.MARK:
        return mark(definition, page)
    if definition.kind is FieldKind.CHOICE:
        return choice(definition, page)
    if definition.kind is FieldKind.SIGNATURE:
        return signature(definition, page)
    cut = cut_cells(page.filled, definition.cells) if definition.cells else cut_line(page.filled, definition.box)
    if not cut.lines:
        return _blank(definition, page, cut)
    cells = sum(cut.cells) if cut.cells else None
    mask = charset(definition).replace(" ", "") if definition.cells else charset(definition)
    return Written(definition, page, cut, tuple(Strip(definition.name, line, mask, cells) for line in cut.lines))


def _typed(definition: FieldDefinition, page: LaidPage, today: date) -> FieldReading | None:
    """The value as the PDF itself carries it; None if it does not."""
    if definition.kind is FieldKind.SIGNATURE:
        return None
    values = page.scan.form_values
    if values is not None and definition.name in values:
        raw = values[definition.name]
        if raw is None or raw == "" or raw is False:
            return None  # nothing typed: look at the pixels, somebody may have written on the print
        if definition.kind is FieldKind.MARK:
            return field_reading(definition, page, True, certainty.TEXT_LAYER, Route.TEXT, {"pdf": "on"})
        if definition.kind is FieldKind.CHOICE:
            return field_reading(definition, page, str(raw), certainty.TEXT_LAYER, Route.TEXT, {"pdf": str(raw)})
        return _from_text(definition, page, str(raw), today)
    if definition.kind in (FieldKind.MARK, FieldKind.CHOICE) or not page.scan.text:
        return None
    words = [word for word in page.scan.text if _inside(definition, (word.x0 + word.x1) / 2, (word.y0 + word.y1) / 2)]
    if not words:
        return None
    words.sort(key=lambda word: (round(word.y0 / 3), word.x0))
    joiner = "" if definition.cells else " "
    return _from_text(definition, page, joiner.join(word.text for word in words), today)


def _inside(definition: FieldDefinition, x_mm: float, y_mm: float) -> bool:
    box = definition.box
    return box.x0 <= x_mm <= box.x1 and box.y0 <= y_mm <= box.y1


def _from_text(definition: FieldDefinition, page: LaidPage, raw: str, today: date) -> FieldReading:
    parsed = parse(definition, raw, today)
    certain = certainty.TEXT_LAYER if not parsed.problems else 0.5
    return field_reading(definition, page, parsed.value, certain, Route.TEXT, {"pdf": raw}, parsed.problems, parsed.guesses)


def _blank(definition: FieldDefinition, page: LaidPage, cut: Cut) -> FieldReading:
    dirty = cut.doubtful_cells > 0
    certain = certainty.BLANK_DIRTY if dirty else certainty.BLANK_CERTAIN
    problems: tuple[Problem, ...] = ()
    if dirty:
        problems = (Problem(ProblemKind.LOW_CERTAINTY, "a little ink in an otherwise empty field", definition.name),)
    return field_reading(definition, page, None, certain, Route.BLANK, {}, problems)
