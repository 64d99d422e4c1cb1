"""What unlike readers make of a line together, where nobody knows what it should say.

What: the recogniser's text and tesseract's, compared; what speaks for the result, for the calibration; and what lines and combs
have in common: witnesses from the rest of the form, the state of the page, values typed by their field.
Why: agreement of unlike readers is the strongest evidence there is for text that nobody knows beforehand.
Refuses: to change a character because another would pass a check; an address in which a 1 may as well be an l.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from intake.forms.cross_checks import band_of
from intake.forms.definition import FieldDefinition, Meaning
from intake.forms.field_values import Parsed, charset, parse
from intake.laid_page import field_reading, page_place
from intake.look_alikes import same_address, same_words, with_capitals
from intake.ocr.certainty import Evidence, Manner, nines
from intake.ocr.ink import stroke_width_px
from intake.ocr.own_hand import OwnHand
from intake.reading import FieldReading, Problem, ProblemKind, Route, Value
from intake.written import WrittenField

CHECKED = frozenset({Meaning.NPI, Meaning.DEA, Meaning.PATIENT_ID})
SMALL_INITIAL = r"(?<=[-' ])[cosuvwxz](?=[a-z])"  # letters whose small and capital forms differ in size alone
SMALL_WORDS = frozenset(
    {"de", "del", "della", "da", "di", "do", "dos", "du", "la", "le", "van", "von", "der", "den", "ter", "y", "el", "al"}
)
"""Words that begin a last name without a capital."""
ONE_STROKE = r"(^|[.@_-])1(?=[.a-z])|(^|[._-])[I|](?=[.a-z])|[a-z][lI](?=[0-9])|[0-9][oO]|[A-Za-z]0(?=[A-Za-z])"
"""In an address: an l, a capital I or a 1; an O right after a digit or a 0 among letters."""
PROPER = re.compile(r"(.*name|.*address|city)")  # texts that are names of places and firms
APOSTROPHE_GAP = re.compile(r"(?<=\w)' +(?=\w)")  # which tesseract sees behind an apostrophe within a name
LIKE_LETTERS = str.maketrans("0158", "OISB")
NO_DIGITS = str.maketrans("058", "OSB")  # a 1 may be an I or an l
LIKE_DIGITS = str.maketrans("OoQDlIi|ZzSsB", "0000111122558")
TYPICAL_LENGTH = 12  # characters; longer texts are judged by their probability per so many, or none would ever be certain
DIGITS_ONLY = frozenset("0123456789")
TYPED = 0.7  # share of printed combs from which a form counts as typed; of even handwriting fonts tesseract reads less than half
FAINT_PX, CLOGGED_PX = 1.8, 7.5  # stroke widths at 200 dpi that a pen leaves on a machine that works
RECENT_DAYS = 62  # before the fax: draws that a monthly form reports, and signatures
NO_DAY = date(2000, 1, 1)  # values are looked up without knowing the day of receipt


@dataclass(frozen=True)
class Witness:
    """What other fields of the same form say of this one: 1 bears it out, 0 says nothing."""

    band: str | None = None  # the range ticked beside a count
    echoed: bool = False  # a name that is read elsewhere on the form too
    hand: OwnHand | None = None  # what is known of the hand that filled the form in; None on a typed form
    person: tuple[str, str] | None = None  # of an address: whose it is, first and last name, as the form's own fields say
    printed: float = 0.0  # share of the form's combs that tesseract reads as the reader of cells does, 0–1: 1 is a typed form


def parsed_text(definition: FieldDefinition, text: str) -> str | None:
    """The value a raw text would be, to look people up by; None where it is none."""
    value = parse(definition, in_position(definition, text), NO_DAY + timedelta(days=36_500)).value
    return None if value is None else str(value)


def read_line(one: WrittenField, vote: str, witness: Witness, today: date, late: bool = False) -> FieldReading:
    """A line that nobody knows, by the recogniser and the independent reader's `vote`; `late` if that came on a second look."""
    definition = one.definition
    text, path = one.line
    raw = {"ppocr": text, "tesseract": vote}
    vote = _without_edges(definition, vote)
    if definition.meaning is Meaning.NAME:
        vote = APOSTROPHE_GAP.sub("'", vote)
    spaced = text != vote and text.replace(" ", "") == vote.replace(" ", "")
    if spaced and witness.printed >= TYPED:
        text = vote  # the letters are the same; where words end in print tesseract sees better
    vote = _as_mask(definition, vote)
    named, doubtful = False, None
    if definition.meaning is Meaning.EMAIL:
        text, vote, named, doubtful = _address(definition, _as_mask(definition, text), vote, witness)
    elif definition.meaning in (Meaning.TEXT, Meaning.LICENCE) and (same := same_words(text, vote)):
        # that it is one of the two is certain; which one, the word has settled
        path = path if same == one.line[0] or len(one.lattices) != 1 else min(1.0, path + one.lattices[0].probability(same))
        text = vote = same
    parsed = parsed_as(definition, text, today)
    second = parsed_as(definition, vote, today)
    agrees = parsed.value is not None and parsed.value == second.value
    loosely = parsed.value is not None and _folded(parsed.value) == _folded(second.value)
    per_length = path ** (TYPICAL_LENGTH / max(TYPICAL_LENGTH, len(text)))
    place = page_place(one.page, definition, written=True)
    speaks = {
        "path": nines(per_length),
        "agree": float(agrees),
        "first_look": float(agrees and not late),
        "loose": float(loosely),
        "both": float(agrees) * nines(per_length),
        "echo": float(witness.echoed or named),
        "print": witness.printed,
        "agree_print": float(agrees) * witness.printed,
        "checked": float(definition.meaning in CHECKED and not parsed.problems),
        "number": float(not any(sign.isalpha() for sign in text)),
        "short": 1.0 - min(len(text), 24) / 24,
        "spaces": float(agrees and not spaced),
        **state_of(one, place),
    }
    problems = [*parsed.problems]
    if parsed.value is None and not problems:
        problems.append(Problem(ProblemKind.UNREADABLE, "there is writing, but nothing could be read", definition.name))
    if one.cut.beyond:
        problems.append(Problem(ProblemKind.OUTSIDE_ZONE, "the writing runs over the edge of its field", definition.name))
    stripe = one.page.stripe_through(definition, through_ink=True)
    problems += [] if stripe is None else [stripe]
    doubtful = doubtful or _letter_or_digit(definition, text.partition("@")[2] if named else text)
    problems += [] if doubtful is None else [doubtful]
    stops = bool(parsed.problems) or parsed.value is None or doubtful is not None
    manner = Manner.PRINTED_LINE if witness.printed >= TYPED else Manner.READ_LINE
    evidence: Evidence | float = Evidence(manner, speaks) if not stops else 0.4 * path
    done = field_reading(
        definition, one.page, parsed.value, evidence, Route.READ, raw, tuple(problems), guesses_of(definition, (parsed, second))
    )
    return done if done.accepted or agrees or not vote or parsed.value is None else disputed(done, raw["ppocr"], raw["tesseract"])


def _address(definition: FieldDefinition, text: str, vote: str, witness: Witness) -> tuple[str, str, bool, Problem | None]:
    """An address as both readers see it: its text, the vote, whether the form's own names bear it out, and what is doubtful."""
    found = same_address(text.replace(" ", ""), vote.replace(" ", ""), witness.person)
    doubt = ""
    if " " in vote:
        doubt = "there is a gap in the address: a point may have been lost"
    elif found.against:
        doubt = "the address has another letter than the name on the form, and they look alike"
    problem = Problem(ProblemKind.LOW_CERTAINTY, doubt, definition.name) if doubt else None
    return found.text, found.text if found.agreed else vote, found.named, problem


def _letter_or_digit(definition: FieldDefinition, text: str) -> Problem | None:
    """An address in which a 1 may as well be an l, or a name that begins with an L that may as well be an I: in many typefaces
    they are the same stroke, and no reader can tell."""
    if definition.meaning is Meaning.NAME and definition.critical and re.match(r"(I[a-z]|L[a-z]{2}$)", text) is not None:
        return Problem(ProblemKind.LOW_CERTAINTY, "a capital I and an l look alike here", definition.name)
    if definition.meaning is not Meaning.EMAIL or re.search(ONE_STROKE, text) is None:
        return None
    return Problem(ProblemKind.LOW_CERTAINTY, "a letter and a digit look alike here", definition.name)


def disputed(done: FieldReading, one: str, other: str) -> FieldReading:
    """The reading with both texts named for the reviewer."""
    problem = Problem(ProblemKind.READERS_DISAGREE, f"one reader: {one}, the other: {other}", done.field)
    return replace(done, problems=(*done.problems, problem))


def state_of(one: WrittenField, place: Problem | None) -> dict[str, float]:
    """What the page itself says of how far its strokes can be trusted."""
    width = stroke_width_px(one.strips[0].image)
    return {
        "whole": float(place is None),
        "sound": float(one.page.scan.damaged_rows == 0 and not one.page.placed.registration.squeezed),
        "fine": float(not one.page.scan.standard_resolution),
        "inside": float(not one.cut.beyond),
        "clear": float(FAINT_PX <= width <= CLOGGED_PX),
        "clean": 1.0,
    }


def borne_out(definition: FieldDefinition, value: Value, witness: Witness, today: date) -> float:
    """Whether something else on the form bears the value out."""
    if definition.meaning is Meaning.ANC and isinstance(value, int | float) and witness.band is not None:
        return float(band_of(float(value)) == witness.band)
    if definition.meaning in (Meaning.DRAW_DATE, Meaning.DATE) and isinstance(value, str):
        try:
            away = (today - date.fromisoformat(value)).days
        except ValueError:
            return 0.0
        return float(0 <= away <= RECENT_DAYS)
    return 0.0


def parsed_as(definition: FieldDefinition, text: str, today: date) -> Parsed:
    """A raw text as the value of its field, look-alikes brought to what can stand there."""
    return parse(definition, in_position(definition, text), today)


def _without_edges(definition: FieldDefinition, text: str) -> str:
    """A vote without lone signs at its ends: dust, and what is left of the box's own rule, not writing."""
    if definition.meaning not in (Meaning.NAME, Meaning.TEXT, Meaning.LICENCE, Meaning.EMAIL):
        return text
    words = text.split()
    while len(words) > 1 and not any(sign.isalnum() for sign in words[-1]):
        words.pop()
    while len(words) > 1 and not any(sign.isalnum() for sign in words[0]):
        words.pop(0)
    return " ".join(words)


def _as_mask(definition: FieldDefinition, text: str) -> str:
    """Tesseract cannot be masked field by field: what a field cannot hold is read as what looks like it.

    Where only digits can stand, its look-alike letters are digits.
    """
    if definition.meaning is Meaning.EMAIL:  # an address holds no comma, and no space around a point; readers put both there
        return re.sub(r" *([.,@]) *", lambda point: "@" if point[1] == "@" else ".", text)
    if definition.meaning is Meaning.NAME:  # a name holds no digit
        return text.translate(NO_DIGITS)
    mask = charset(definition)
    if DIGITS_ONLY.isdisjoint(mask) or any(character.isalpha() for character in mask):
        return text
    return text.translate(LIKE_DIGITS).replace(" ", "")


def in_position(definition: FieldDefinition, text: str) -> str:
    """Where a field's form fixes letters and digits by position, a look-alike of the other kind is what can stand there."""
    if definition.meaning is Meaning.DEA and len(text) == 9:
        second = text[1] if text[1] == "9" else text[1].translate(LIKE_LETTERS)
        return text[0].translate(LIKE_LETTERS) + second + text[2:].translate(LIKE_DIGITS)
    if definition.meaning is Meaning.PATIENT_ID and len(text) == 9:
        return text[:8].translate(LIKE_DIGITS) + text[8].translate(LIKE_LETTERS)
    if definition.meaning is Meaning.NAME and text:
        if text[0].islower() and text.split()[0] not in SMALL_WORDS:
            text = text[0].upper() + text[1:]
        if text[0].isupper():
            return re.sub(SMALL_INITIAL, lambda initial: initial[0].upper(), text)
    if definition.meaning is Meaning.TEXT and PROPER.fullmatch(definition.name) is not None:
        return with_capitals(text)
    return text


def _folded(value: Value) -> str:
    return "" if value is None else "".join(character for character in str(value).casefold() if character.isalnum())


def guesses_of(definition: FieldDefinition, readings: Sequence[Parsed]) -> tuple[Value, ...]:
    """Every value and guess, best first; those that pass their checks before those that do not."""
    found: list[tuple[bool, Value]] = []
    for parsed in readings:
        for value, bad in ((parsed.value, bool(parsed.problems)), *((guess, bool(parsed.problems)) for guess in parsed.guesses)):
            if value is not None and value not in [kept for _, kept in found]:
                found.append((bad, value))
    return tuple(value for _, value in sorted(found, key=lambda pair: pair[0]))
