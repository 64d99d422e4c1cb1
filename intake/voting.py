"""What two unlike readers make of one field together.

What: both texts are brought to what the field can hold, parsed by meaning and compared; their agreement, the recogniser's own
probability, check digits and counted cells become one certainty.
Why: agreement of unlike readers is the strongest evidence there is for text that nobody knows beforehand.
Refuses: to change a character because another would pass a check: only what cannot stand in a field is read as its look-alike.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from intake.forms.definition import FieldDefinition, Meaning
from intake.forms.field_values import Parsed, charset, parse
from intake.laid_page import LaidPage, field_reading, page_place
from intake.ocr import certainty
from intake.ocr.engine import Strip
from intake.ocr.ppocr import Lattice
from intake.ocr.strips import Cut
from intake.reading import FieldReading, Problem, ProblemKind, Route, Value

CHECKED = frozenset({Meaning.NPI, Meaning.DEA, Meaning.PATIENT_ID})
SMALL_INITIAL = r"(?<=[-' ])[cosuvwxz](?=[a-z])"  # letters whose small and capital forms differ in size alone
LIKE_LETTERS = str.maketrans("0158", "OISB")
LIKE_DIGITS = str.maketrans("OoQDlIi|ZzSsB", "0000111122558")
TYPICAL_LENGTH = 12  # characters; longer texts are judged by their probability per so many, or none would ever be certain
DIGITS_ONLY = frozenset("0123456789")


@dataclass(frozen=True)
class Written:
    """A field with writing in it, between cutting and deciding."""

    definition: FieldDefinition
    page: LaidPage
    cut: Cut
    strips: tuple[Strip, ...]  # one per line of writing; one alone in comb cells and on single lines


def decided(one: Written, lattices: Sequence[Lattice], vote: str, today: date, late: bool = False) -> FieldReading:
    """One written field from its lines' lattices and the independent reader's `vote`; `late` if that came on a second look."""
    best = [lattice.best() for lattice in lattices]
    text, path = " ".join(line for line, _ in best), math.prod(probability for _, probability in best)
    strip = one.strips[0]
    definition = one.definition
    parsed = parse(definition, _in_position(definition, text), today)
    second = parse(definition, _in_position(definition, _as_mask(definition, vote)), today)
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
    return field_reading(definition, one.page, parsed.value, certain, Route.READ, raw, tuple(problems), guesses)


def _as_mask(definition: FieldDefinition, text: str) -> str:
    """Tesseract cannot be masked field by field: what a field cannot hold is read as what looks like it.

    Where only digits can stand, its look-alike letters are digits.
    """
    if definition.meaning is Meaning.EMAIL:  # an address holds no comma, and no space around a point; tesseract puts both there
        return re.sub(r" *([.,@]) *", lambda point: "@" if point[1] == "@" else ".", text)
    mask = charset(definition)
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
