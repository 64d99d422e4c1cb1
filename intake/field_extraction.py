"""From laid pages to fields: what needs no reader is told at once, what is written is cut out for those who read.

What: zones are cut; PDF values, blanks, ticks and signatures become readings; writing becomes `WrittenField`s, the characters
of all combs of a document looked at by the small reader in one go. `read_written` then reads what nobody knew.
Why: pixels (intake.ocr) and meaning (intake.forms) meet here, in `written`, `voting`, `marked_fields` and `classification`,
nowhere else; and reading costs, so it comes last.
Refuses: to repair a value so that it passes a check; a value that does not parse is offered as raw text with its problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from intake.comb_voting import FIXED_LENGTH, read_cells, read_printed_cells
from intake.confirming import spellings
from intake.forms.definition import FieldDefinition, FieldKind, Meaning
from intake.forms.field_values import charset, parse
from intake.laid_page import LaidPage, field_reading
from intake.marked_fields import choice, mark, signature
from intake.ocr.cells import CellImage, comb_ink, cut_characters
from intake.ocr.certainty import TEXT_LAYER, Evidence, Manner
from intake.ocr.engine import BETWEEN, LARGER, EngineFailed, Strip, TextReader
from intake.ocr.handprint import HandprintReader
from intake.ocr.own_hand import KnownCells, OwnHand
from intake.ocr.ppocr import PpOcr
from intake.ocr.strips import Cut, cut_cells, cut_line
from intake.reading import FieldReading, Problem, ProblemKind, Route
from intake.voting import CHECKED, TYPED, Witness, read_line
from intake.written import DIGITS, WrittenField

KNOWN_FOR_PRINT = 4  # combs of known people that are looked at to tell whether a form is typed
LIKE_PRINT = 0.6  # probability of the cells' reading from which tesseract may bear it out
WORTH_A_VOTE = (
    0.35  # probability of the recogniser's text under which tesseract cannot make it certain: handwriting it cannot read
)


@dataclass
class Extracted:
    """A document's fields: those that are told, and those that must be read."""

    done: dict[str, FieldReading] = field(default_factory=dict)
    written: dict[str, WrittenField] = field(default_factory=dict)


@dataclass(frozen=True)
class _Writing:
    """A field with writing in it, before the characters of its cells are looked at."""

    definition: FieldDefinition
    page: LaidPage
    cut: Cut
    strips: tuple[Strip, ...]
    cells: tuple[CellImage, ...]  # of the inked cells


def extract(pages: Sequence[LaidPage], recogniser: PpOcr, handprint: HandprintReader, today: date) -> Extracted:
    """Sort every field that stands on the given pages of one document."""
    found = Extracted()
    writing: list[_Writing] = []
    for page in pages:
        for definition in page.placed.form.on_page(page.placed.classification.form_page):
            done = _without_writing(definition, page, recogniser, today)
            if isinstance(done, FieldReading):
                found.done[definition.name] = done
            else:
                writing.append(done)
    lattice = handprint.read([cell for one in writing for cell in one.cells])
    start = 0
    for one in writing:
        end = start + len(one.cells)
        cells = lattice.part(start, end) if one.cells else None
        found.written[one.definition.name] = WrittenField(one.definition, one.page, one.cut, one.strips, cells, recogniser)
        start = end
    return found


def read_written(
    written: Mapping[str, WrittenField],
    settled: Mapping[str, FieldReading],
    voter: TextReader,
    today: date,
) -> tuple[dict[str, FieldReading], tuple[str, ...]]:
    """Read what is written and not `settled`; and the readers that failed, in words. Settled fields bear witness."""
    fields: dict[str, FieldReading] = {}
    left = [one for name, one in written.items() if name not in settled]
    lines = [one for one in left if one.cells is None]
    combs = [one for one in left if one.cells is not None]
    known = [one for name, one in written.items() if name in settled and one.cells is not None]
    printed, share = _printed(combs, known[:KNOWN_FOR_PRINT], voter)
    witnesses = {one.definition.name: _witness(one, settled, written, share) for one in left}
    if share >= TYPED:
        for one in combs:
            name = one.definition.name
            read = read_printed_cells(one, witnesses[name], today) if name in printed else None
            fields[name] = read if read is not None and read.accepted else read_cells(one, witnesses[name], today)
    else:  # tesseract's word counts for nothing on a form filled in by hand: it takes a hand's 1 for a 7 like the others
        fields |= _by_hand(combs, _hand(known, settled), witnesses, today)
    votes, failed = _votes([one for one in lines if one.line[1] >= WORTH_A_VOTE], voter)
    lines.sort(key=lambda one: one.definition.meaning is Meaning.EMAIL)  # an address after the names of whose it is
    for one in lines:
        name = one.definition.name
        fields[name] = read_line(one, votes.get(name, ""), _with_person(witnesses[name], name, settled, fields), today)
    looks = () if failed else (LARGER, BETWEEN) if share >= TYPED else (LARGER,)  # by hand tesseract has hardly a word in it
    for height in looks:
        disputed = [one for one in lines if one.definition.name in votes and _worth_a_second_look(fields[one.definition.name])]
        again, _ = _votes(disputed, voter, height)
        for one in disputed:
            name = one.definition.name
            witness = _with_person(witnesses[name], name, settled, fields)
            later = read_line(one, again.get(name, ""), witness, today, late=True)
            if later.certainty > fields[name].certainty:
                raw = {**fields[name].raw, f"{voter.name}_{height}": again.get(name, "")}
                guesses = tuple(dict.fromkeys((*later.guesses, *fields[name].guesses)))
                fields[name] = replace(later, raw=raw, guesses=guesses)
    return fields, failed


def _printed(combs: Sequence[WrittenField], known: Sequence[WrittenField], voter: TextReader) -> tuple[frozenset[str], float]:
    """The combs in which tesseract reads what the reader of cells does, at a tenth of the large recogniser's cost; and the share
    of print among all looked at, some `known` ones among them: what is typed here is typed there."""
    considered = [one for one in (*combs, *known) if one.in_cells and one.in_cells[0][0].isdigit()]
    try:
        votes = voter.read([replace(one.strips[0], charset=DIGITS) for one in considered])
    except EngineFailed:
        return frozenset(), 0.0
    alike = [one for one, vote in zip(considered, votes, strict=True) if vote.text.replace(" ", "") == one.in_cells[0][0]]
    likely = frozenset(one.definition.name for one in alike if one.in_cells[0][1] >= LIKE_PRINT)
    return likely, len(alike) / len(considered) if considered else 0.0


def _votes(lines: Sequence[WrittenField], voter: TextReader, height: int | None = None) -> tuple[dict[str, str], tuple[str, ...]]:
    """What the independent reader makes of the lines, all on one sheet."""
    if not lines:
        return {}, ()
    strips = [strip for one in lines for strip in one.strips]
    try:
        guesses: Iterator[str] = iter(
            [guess.text for guess in (voter.read(strips) if height is None else voter.read(strips, height))]
        )
    except EngineFailed as error:
        return {}, (str(error),)
    return {one.definition.name: " ".join(next(guesses) for _ in one.strips).strip() for one in lines}, ()


def _worth_a_second_look(read: FieldReading) -> bool:
    """A value that the independent reader alone did not bear out, or a character in doubt that it may yet tell."""
    settled_by_it = {ProblemKind.READERS_DISAGREE, ProblemKind.LOW_CERTAINTY}
    return not read.accepted and read.value is not None and {one.kind for one in read.problems} <= settled_by_it


def _hand(known: Sequence[WrittenField], settled: Mapping[str, FieldReading]) -> OwnHand:
    """The hand as the combs that known people confirmed show it."""
    return OwnHand.of([_known_cells(one, settled[one.definition.name]) for one in known])


def _known_cells(one: WrittenField, read: FieldReading) -> KnownCells:
    assert one.cells is not None
    return KnownCells(one.cells, spellings(one.definition, str(read.value))[0])


def _by_hand(
    combs: Sequence[WrittenField], hand: OwnHand, witnesses: Mapping[str, Witness], today: date
) -> Mapping[str, FieldReading]:
    """Combs filled in by a hand: first those that a check digit can bear out, which then show the hand to the others."""
    fields: dict[str, FieldReading] = {}
    for one in sorted(combs, key=lambda one: one.definition.meaning not in CHECKED):
        name = one.definition.name
        read = read_cells(one.read_by(hand), replace(witnesses[name], hand=hand), today)
        if read.manner == Manner.CHECKED_COMB:
            hand = hand.taught(_known_cells(one, read))
        fields[name] = read
    return fields


def _witness(
    one: WrittenField,
    settled: Mapping[str, FieldReading],
    written: Mapping[str, WrittenField],
    printed: float,
) -> Witness:
    """What the rest of the form says of a field."""
    name = one.definition.name
    if match := re.fullmatch(r"(labs\.\d+)\.anc", name):
        band = settled.get(f"{match[1]}.band")
        ticked = band.value if band is not None and band.accepted and isinstance(band.value, str) else None
        return Witness(band=ticked, printed=printed)
    if match := re.fullmatch(r"(prescriber|designee|ar|respondent)_(first|last)_name", name):
        beside = written.get(f"signature_{match[1]}_name")
        if beside is not None and one.cells is None:
            words = beside.line[0].casefold().split()
            return Witness(echoed=one.line[0].casefold() in words, printed=printed)
    return Witness(printed=printed)


def _with_person(witness: Witness, name: str, settled: Mapping[str, FieldReading], fields: Mapping[str, FieldReading]) -> Witness:
    """Of an address: whose it is, if both names of that person are certain."""
    whose = re.fullmatch(r"(prescriber|designee|ar|respondent)_email", name)
    if whose is None:
        return witness
    names = [settled.get(key) or fields.get(key) for key in (f"{whose[1]}_first_name", f"{whose[1]}_last_name")]
    said = [str(one.value) for one in names if one is not None and one.value is not None and _is_sure(one)]
    return replace(witness, person=(said[0], said[1])) if len(said) == 2 else witness


def _is_sure(read: FieldReading) -> bool:
    """Whether a name is known, or read alike by both readers."""
    return read.accepted or read.route is Route.VERIFIED or read.speaks.get("agree") == 1.0


def _without_writing(definition: FieldDefinition, page: LaidPage, recogniser: PpOcr, today: date) -> FieldReading | _Writing:
    """Fields that need no reader: PDF values, marks, signatures, blanks; a field with writing comes back as `_Writing`."""
    typed = _typed(definition, page, today)
    if typed is not None:
        return typed
    if definition.kind is FieldKind.MARK:
        return mark(definition, page)
    if definition.kind is FieldKind.CHOICE:
        return choice(definition, page)
    if definition.kind is FieldKind.SIGNATURE:
        return signature(definition, page, recogniser.lattice)
    ink = comb_ink(page.filled, definition.cells) if definition.cells else None
    cut = cut_line(page.filled, definition.box) if ink is None else cut_cells(page.filled, definition.cells, ink)
    if definition.meaning in FIXED_LENGTH and sum(cut.cells) == 1 and page.only_stripe(definition):
        # one stroke in cells that must all be filled is no value: it is what is left of the stripe
        return _blank(definition, page, replace(cut, ink_mm2=0.0, doubtful_cells=0))
    if not cut.lines:
        return _blank(definition, page, cut)
    cells: tuple[CellImage, ...] = ()
    if definition.cells:
        images = cut_characters(page.filled, definition.cells, ink)
        inked = [place for place, image in enumerate(images) if image.inked]
        # a point or a dash between two characters has a cell of its own and little ink
        cells = tuple(image for image in images[inked[0] : inked[-1] + 1] if image.inked or image.doubtful) if inked else ()
        cut = replace(cut, stray=any(image.stray for image in cells))
    mask = charset(definition).replace(" ", "") if definition.cells else charset(definition)
    strips = tuple(Strip(definition.name, line, mask, len(cells) or None) for line in cut.lines)
    return _Writing(definition, page, cut, strips, cells)


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
            return field_reading(definition, page, True, TEXT_LAYER, Route.TEXT, {"pdf": "on"})
        if definition.kind is FieldKind.CHOICE:
            return field_reading(definition, page, str(raw), TEXT_LAYER, Route.TEXT, {"pdf": str(raw)})
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
    certain = TEXT_LAYER if not parsed.problems else 0.5
    return field_reading(definition, page, parsed.value, certain, Route.TEXT, {"pdf": raw}, parsed.problems, parsed.guesses)


def _blank(definition: FieldDefinition, page: LaidPage, cut: Cut) -> FieldReading:
    dirty = cut.doubtful_cells > 0
    problems: tuple[Problem, ...] = ()
    if dirty:
        problems = (Problem(ProblemKind.LOW_CERTAINTY, "a little ink in an otherwise empty field", definition.name),)
    speaks = {"white": max(0.0, 1.0 - cut.ink_mm2 / 0.35), "fine": float(not page.scan.standard_resolution)}
    evidence = 0.9 if dirty else Evidence(Manner.BLANK, speaks)
    return field_reading(definition, page, None, evidence, Route.BLANK, {}, problems)
