"""From a laid page to typed values: what each field's zone holds, and how sure that is.

What: zones are cut, read by all readers at once, parsed by meaning, and given a certainty; marks and signatures by their ink.
Why: pixels (intake.ocr) and meaning (intake.forms) meet here and in `classification` only.
Refuses: to repair a value so that it passes a check; a value that does not parse is offered as raw text with its problem.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat

from intake.classification import PlacedPage
from intake.fax import PageScan
from intake.forms.definition import FieldDefinition, FieldKind, Meaning
from intake.forms.field_values import Parsed, charset, parse
from intake.ocr import certainty, thresholds
from intake.ocr.engine import LARGER, EngineFailed, Strip, TextGuess, TextReader
from intake.ocr.ink import FilledPage, fill_of
from intake.ocr.marks import MarkReading, MarkVerdict, read_mark
from intake.ocr.ppocr import Lattice, PpOcr
from intake.ocr.signatures import read_signature
from intake.ocr.strips import Cut, cut_cells, cut_line
from intake.reading import FieldReading, Problem, ProblemKind, Route, Value

CHECKED = frozenset({Meaning.NPI, Meaning.DEA, Meaning.PATIENT_ID})
SMALL_INITIAL = r"(?<=[-' ])[cosuvwxz](?=[a-z])"  # letters whose small and capital forms differ in size alone
LIKE_LETTERS = str.maketrans("0158", "OISB")
LIKE_DIGITS = str.maketrans("OoQDlIi|ZzSsB", "0000111122558")
TYPICAL_LENGTH = 12  # characters; longer texts are judged by their probability per so many, or none would ever be certain
INK_ONLY = frozenset({FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE})
DIGITS_ONLY = frozenset("0123456789")


@dataclass(frozen=True)
class LaidPage:
    """A placed page, ready to be read field by field."""

    scan: PageScan
    placed: PlacedPage
    filled: FilledPage

    @staticmethod
    def of(scan: PageScan, placed: PlacedPage) -> LaidPage:
        """Separate fill from print once for the whole page."""
        return LaidPage(scan, placed, fill_of(placed.laid, placed.blank.image, thresholds.DPI))


@dataclass(frozen=True)
class Written:
    """A field with writing in it, between cutting and deciding."""

    definition: FieldDefinition
    page: LaidPage
    cut: Cut
    strips: tuple[Strip, ...]  # one per line of writing; one alone in comb cells and on single lines


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
        fields[one.definition.name] = _decided(one, lines, vote, today)
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
        again = _decided(one, lines, vote, today, late=True)
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
        return _mark(definition, page)
    if definition.kind is FieldKind.CHOICE:
        return _choice(definition, page)
    if definition.kind is FieldKind.SIGNATURE:
        return _signature(definition, page)
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
            return _field(definition, page, True, certainty.TEXT_LAYER, Route.TEXT, {"pdf": "on"})
        if definition.kind is FieldKind.CHOICE:
            return _field(definition, page, str(raw), certainty.TEXT_LAYER, Route.TEXT, {"pdf": str(raw)})
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
    return _field(definition, page, parsed.value, certain, Route.TEXT, {"pdf": raw}, parsed.problems, parsed.guesses)


def _blank(definition: FieldDefinition, page: LaidPage, cut: Cut) -> FieldReading:
    dirty = cut.doubtful_cells > 0
    certain = certainty.BLANK_DIRTY if dirty else certainty.BLANK_CERTAIN
    problems: tuple[Problem, ...] = ()
    if dirty:
        problems = (Problem(ProblemKind.LOW_CERTAINTY, "a little ink in an otherwise empty field", definition.name),)
    return _field(definition, page, None, certain, Route.BLANK, {}, problems)


def _mark(definition: FieldDefinition, page: LaidPage) -> FieldReading:
    seen = read_mark(page.filled, definition.box)
    if seen.verdict is MarkVerdict.UNSURE:
        problem = Problem(ProblemKind.UNSURE_MARK, _mark_words(seen), definition.name)
        return _field(definition, page, False, 0.5, Route.READ, {"ink": f"{seen.ink_share:.3f}"}, (problem,), (True, False))
    value = seen.verdict is MarkVerdict.PRESENT
    certain = certainty.mark_certainty(seen.firmness, damaged=False)
    return _field(definition, page, value, certain, Route.READ if value else Route.BLANK, {"ink": f"{seen.ink_share:.3f}"})


def _choice(definition: FieldDefinition, page: LaidPage) -> FieldReading:
    seen = {code: read_mark(page.filled, box) for code, box in definition.options.items()}
    raw = {"ink": " ".join(f"{code}={one.ink_share:.3f}" for code, one in seen.items())}
    present = [code for code, one in seen.items() if one.verdict is MarkVerdict.PRESENT]
    unsure = [code for code, one in seen.items() if one.verdict is MarkVerdict.UNSURE]
    guesses: tuple[Value, ...] = (*present, *unsure)
    if len(present) > 1:
        problem = Problem(
            ProblemKind.SEVERAL_MARKS, f"marked: {', '.join(_label(definition, code) for code in present)}", definition.name
        )
        return _field(definition, page, None, 0.5, Route.READ, raw, (problem,), guesses)
    if unsure:
        # a stroke that leaves a clearly marked box may touch its neighbour's surroundings; that alone is no second mark
        firm = present and all(seen[code].ink_share <= thresholds.MARK_ABSENT_SHARE for code in unsure)
        if not firm:
            problem = Problem(
                ProblemKind.UNSURE_MARK,
                "; ".join(f"{_label(definition, c)}: {_mark_words(seen[c])}" for c in unsure),
                definition.name,
            )
            return _field(definition, page, present[0] if present else None, 0.6, Route.READ, raw, (problem,), guesses)
    firmness = min(one.firmness for one in seen.values() if one.verdict is not MarkVerdict.UNSURE)
    certain = certainty.mark_certainty(firmness, damaged=False)
    value = present[0] if present else None
    return _field(definition, page, value, certain, Route.READ if present else Route.BLANK, raw, (), guesses)


def _label(definition: FieldDefinition, code: str) -> str:
    return definition.option_labels.get(code, code)


def _mark_words(seen: MarkReading) -> str:
    if seen.around_mm2 > thresholds.MARK_BESIDE_MM2 and seen.ink_share <= thresholds.MARK_ABSENT_SHARE:
        return "ink beside the box, not in it"
    if seen.ink_share > thresholds.MARK_SCRIBBLED_SHARE:
        return "the box is blacked out"
    return "a trace of ink in the box"


def _signature(definition: FieldDefinition, page: LaidPage) -> FieldReading:
    seen = read_signature(page.filled, definition.box)
    raw = {"ink": f"strokes {seen.stroke_mm:.0f} mm, width {seen.width_mm:.0f} mm, longest {seen.largest_mm:.0f} mm"}
    if seen.verdict is MarkVerdict.UNSURE:
        detail = f"ink that may not be a signature: {seen.stroke_mm:.0f} mm of strokes over {seen.width_mm:.0f} mm"
        problem = Problem(ProblemKind.UNSURE_SIGNATURE, detail, definition.name)
        return _field(definition, page, "unsure", 0.5, Route.READ, raw, (problem,), ("present", "absent"))
    certain = certainty.mark_certainty(seen.firmness, damaged=False)
    route = Route.READ if seen.verdict is MarkVerdict.PRESENT else Route.BLANK
    return _field(definition, page, seen.verdict.value, certain, route, raw)


def _decided(one: Written, lattices: Sequence[Lattice], vote: str, today: date, late: bool = False) -> FieldReading:
    best = [lattice.best() for lattice in lattices]
    text, path = " ".join(line for line, _ in best), math.prod(probability for _, probability in best)
    strip = one.strips[0]
    definition = one.definition
    parsed = parse(definition, _in_position(definition, text), today)
    second = parse(definition, _in_position(definition, _as_mask(vote, strip.charset)), today)
    counted = None if strip.cells is None else len(text.replace(" ", "")) == strip.cells
    agrees = parsed.value is not None and parsed.value == second.value
    placed = page_place(one.page, definition, written=True)
    evidence = certainty.TextEvidence(
        path=path ** (TYPICAL_LENGTH / max(TYPICAL_LENGTH, len(text))),
        agrees=agrees,
        late=late,
        loosely=_folded(parsed.value) == _folded(second.value) and parsed.value is not None,
        silent=not vote,
        checked=definition.meaning in CHECKED and parsed.value is not None and not parsed.problems,
        counted=counted,
        parsed=parsed.value is not None and not parsed.problems,
        damaged=placed is not None,
        standard=one.page.scan.standard_resolution,
        beyond=one.cut.beyond,
    )
    certain = certainty.text_certainty(evidence)
    problems = list(parsed.problems)
    if parsed.value is None and not parsed.problems:
        problems.append(Problem(ProblemKind.UNREADABLE, "there is writing, but nothing could be read", definition.name))
    if counted is False:
        problems.append(
            Problem(ProblemKind.LOW_CERTAINTY, f"{strip.cells} boxes hold ink, {len(text)} characters were read", definition.name)
        )
    if one.cut.beyond:
        problems.append(Problem(ProblemKind.OUTSIDE_ZONE, "the writing runs over the edge of its field", definition.name))
    if not certainty.accepted(certain, definition.critical) and not evidence.agrees and vote and parsed.value is not None:
        problems.append(Problem(ProblemKind.READERS_DISAGREE, f"one reader: {text}, the other: {vote}", definition.name))
    guesses = _guesses(parsed, second)
    raw = {"ppocr": text, "tesseract": vote}
    return _field(definition, one.page, parsed.value, certain, Route.READ, raw, tuple(problems), guesses)


def _as_mask(text: str, mask: str) -> str:
    """Tesseract cannot be masked field by field; where only digits can stand, its look-alike letters are digits."""
    if DIGITS_ONLY.isdisjoint(mask) or any(character.isalpha() for character in mask):
        return text
    return text.translate(LIKE_DIGITS).replace(" ", "")


def _in_position(definition: FieldDefinition, text: str) -> str:
    """Where a field's form fixes letters and digits by position, a look-alike of the other kind is what can stand there."""
    if definition.meaning is Meaning.DEA and len(text) == 9:
        second = text[1] if text[1] == "9" else text[1].translate(LIKE_LETTERS)
        return text[0].translate(LIKE_LETTERS) + second + text[2:].translate(LIKE_DIGITS)
    if definition.meaning is Meaning.PATIENT_ID and len(text) == 9:
        return text[:8].translate(LIKE_DIGITS) + text[8].translate(LIKE_LETTERS)
    if definition.meaning is Meaning.NAME and text[:1].isupper():
        return re.sub(SMALL_INITIAL, lambda initial: initial[0].upper(), text)
    return text


def _folded(value: Value) -> str:
    return "" if value is None else "".join(character for character in str(value).casefold() if character.isalnum())


def _guesses(parsed: Parsed, second: Parsed) -> tuple[Value, ...]:
    found: list[Value] = []
    for value in (parsed.value, *parsed.guesses, second.value, *second.guesses):
        if value is not None and value not in found:
            found.append(value)
    return tuple(found)


def page_place(page: LaidPage, definition: FieldDefinition, written: bool) -> Problem | None:
    """What is wrong with the place of a field on this page: squeezed or extrapolated rows, or beyond the page's end.
    A few lost rows harm only what is `written`."""
    scale = thresholds.DPI / 25.4
    y0, y1 = definition.box.y0 * scale, definition.box.y1 * scale
    registration = page.placed.registration
    for top, bottom, rows in registration.squeezed:
        if y0 < bottom and top < y1 and (written or rows > thresholds.SQUEEZE_HARMLESS_PX):
            return Problem(
                ProblemKind.DAMAGED_ROWS, "rows are missing or doubled here: the line damaged this part", definition.name
            )
    for top, bottom in registration.unsupported:
        if y0 < bottom and top < y1:
            return Problem(
                ProblemKind.UNREGISTERED, "nothing printed near this field was found again on the page", definition.name
            )
    if registration.bottom_mm is not None and definition.box.y1 > registration.bottom_mm:
        return Problem(ProblemKind.CUT_OFF, "the page ends before this field", definition.name)
    return None


def _field(
    definition: FieldDefinition,
    page: LaidPage,
    value: Value,
    certain: float,
    route: Route,
    raw: Mapping[str, str],
    problems: Sequence[Problem] = (),
    guesses: Sequence[Value] = (),
) -> FieldReading:
    written = definition.kind not in INK_ONLY and route is not Route.BLANK
    place = None if route is Route.TEXT else page_place(page, definition, written)
    if place is not None:
        problems = (*problems, place)
        certain = min(certain, 0.5 if place.kind is ProblemKind.CUT_OFF else 0.99)
    return FieldReading(
        field=definition.name,
        value=value,
        certainty=certain,
        accepted=certainty.accepted(certain, definition.critical) and not _stops(problems),
        route=route,
        raw=raw,
        fax_page=page.scan.number,
        box_mm=definition.box,
        problems=tuple(problems),
        guesses=tuple(guesses),
    )


def _stops(problems: Sequence[Problem]) -> bool:
    """Whether a person must look whatever the certainty; ink over the edge alone only lowers it."""
    return any(problem.kind is not ProblemKind.OUTSIDE_ZONE for problem in problems)
