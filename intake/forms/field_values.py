"""From what was read in a field to the value it must be, or to a problem that says why not.

What: `parse` types a field's raw text by its `Meaning`; `charset` says which characters a recogniser need consider there.
Why: every reader, the PDF's own form values and the desk must type alike, and a value that cannot be right must never look right.
Refuses: to repair. A check digit that does not fit, a unit left open, a day that does not exist stay as they are and are named;
what else the writer may have meant is offered as a guess for a person, never taken (rems-rules §4).
"""

from __future__ import annotations

import re
import string
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from intake.forms import anc_values, date_values
from intake.forms.definition import FieldDefinition, Meaning
from intake.reading import Problem, ProblemKind, Value
from registry import identifiers

DIGITS = string.digits
LETTERS = string.ascii_letters + "ÁÉÍÓÚÜÑáéíóúüñ"
NAME_MARKS = " '’.,-"
TEXT_MARKS = " '’\".,;:!?&#%()+-/=@*<>"
CHARSETS: dict[Meaning, str] = {
    Meaning.NAME: LETTERS + NAME_MARKS,
    Meaning.TEXT: LETTERS + DIGITS + TEXT_MARKS,
    Meaning.NPI: DIGITS,
    Meaning.DEA: string.ascii_uppercase + DIGITS,
    Meaning.NCPDP: DIGITS,
    Meaning.HIN: string.ascii_uppercase + DIGITS,
    Meaning.LICENCE: LETTERS + DIGITS + " .-/#",
    Meaning.PATIENT_ID: DIGITS + identifiers.PATIENT_ID_LETTERS + "-",
    Meaning.STATE: LETTERS + " .",
    Meaning.ZIP: DIGITS + "-",
    Meaning.PHONE: DIGITS + "()-./+ ",
    Meaning.EMAIL: LETTERS + DIGITS + "@.!#$%&'*+/=?^_`{|}~-",
    Meaning.EXTENSION: DIGITS + "xX#. ext",
    Meaning.BIRTH_DATE: DIGITS + "/-. ",
    Meaning.DRAW_DATE: DIGITS + "/-. ",
    Meaning.DATE: DIGITS + "/-. ",
    # a reader that may not see a point reads "1.85" as 185: whatever changes the meaning must stay readable here, also in a comb
    Meaning.ANC: DIGITS + ".,%<>~- /xX*^KkLlumcesµ³⁹",
    Meaning.CODE: "",
    Meaning.TICK: "",
    Meaning.SIGNATURE: "",
}
BARE_COMB = frozenset({Meaning.BIRTH_DATE, Meaning.DRAW_DATE, Meaning.DATE, Meaning.PHONE, Meaning.ZIP})


@dataclass(frozen=True)
class Parsed:
    """A typed value, or None with the reason."""

    value: Value  # None: blank, or not to be typed without a person (then a problem says why)
    problems: tuple[Problem, ...] = ()
    guesses: tuple[Value, ...] = ()  # what may have been meant, best first; for a person, never taken by itself


def charset(definition: FieldDefinition) -> str:
    """The characters that can stand in this field; "" where nothing is written (marks, choices, signatures)."""
    allowed = CHARSETS[definition.meaning]
    if definition.cells and definition.meaning in BARE_COMB:
        return DIGITS  # the comb prints the slashes and dashes itself
    return allowed


def parse(definition: FieldDefinition, raw: str, today: date) -> Parsed:
    """The value of `raw` in this field; `today` is the day the fax was received. Never raises.

    Text comes back as written with folded spaces, dates as ISO text, an ANC as a number in cells/µL, marks as booleans, choices
    as their option's code. Blank is None without a problem: whether a blank is allowed is the form's question, not the value's.
    """
    text = folded(raw)
    if definition.meaning is Meaning.TICK:
        return _tick(definition, text)
    if not text:
        return Parsed(None)
    if definition.meaning in (Meaning.BIRTH_DATE, Meaning.DRAW_DATE, Meaning.DATE):
        read = date_values.parse_date(text, today, kind=_kind_of_day(definition))
        return _named(definition, read.iso, read.problem, read.detail, read.guesses)
    if definition.meaning is Meaning.ANC:
        anc = anc_values.parse_anc(text)
        return _named(definition, anc.value, anc.problem, anc.detail, anc.guesses)
    if definition.meaning is Meaning.CODE:
        return _code(definition, text)
    return _TYPED.get(definition.meaning, _as_written)(definition, text)


def folded(raw: str) -> str:
    """The text with runs of white space as one space and none at the ends; control characters count as white space."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in raw).split())


def _kind_of_day(definition: FieldDefinition) -> date_values.DayKind:
    if definition.meaning is Meaning.BIRTH_DATE:
        return date_values.DayKind.BIRTH
    if definition.meaning is Meaning.DRAW_DATE:
        return date_values.DayKind.DRAW
    if definition.name.startswith("signature_") or definition.name == "assessment_date":
        return date_values.DayKind.PAST
    return date_values.DayKind.ANY  # a treatment may start, and a status change, after the form is sent


def _named(
    definition: FieldDefinition, value: Value, kind: ProblemKind | None, detail: str, guesses: tuple[Value, ...] = ()
) -> Parsed:
    problems = () if kind is None else (Problem(kind, detail, definition.name),)
    return Parsed(value, problems, guesses)


def _tick(definition: FieldDefinition, text: str) -> Parsed:
    word = text.casefold()
    if word in ("", "false", "off", "no", "0"):
        return Parsed(False)
    if word in ("true", "on", "yes", "x", "1", "✓", "✗"):
        return Parsed(True)
    return _named(definition, None, ProblemKind.UNSURE_MARK, f"“{text}” is neither a tick nor blank.")


def _code(definition: FieldDefinition, text: str) -> Parsed:
    for code in definition.options:
        if text.casefold() == code.casefold():
            return Parsed(code)
    return _named(definition, None, ProblemKind.FORMAT, f"“{text}” is none of this field's options.")


def _npi(definition: FieldDefinition, text: str) -> Parsed:
    return _checked(
        definition, _bare(text), r"[12][0-9]{9}", identifiers.npi_fits, "An NPI has ten digits and begins with 1 or 2."
    )


def _dea(definition: FieldDefinition, text: str) -> Parsed:
    return _checked(
        definition,
        _bare(text).upper(),
        r"[A-Z][A-Z9][0-9]{7}",
        identifiers.dea_fits,
        "A DEA number has two letters and seven digits.",
    )


def _patient_id(definition: FieldDefinition, text: str) -> Parsed:
    form = f"[0-9]{{{identifiers.PATIENT_ID_DIGITS}}}[A-Z0-9]"
    words = "A REMS Patient ID has eight digits and a letter."
    return _checked(definition, _bare(text).upper(), form, identifiers.patient_id_fits, words)


def _checked(definition: FieldDefinition, bare: str, form: str, fits: Callable[[str], bool], words: str) -> Parsed:
    if re.fullmatch(form, bare) is None:
        return _named(definition, bare, ProblemKind.FORMAT, f"{words} “{bare}” is not of that form.")
    if not fits(bare):
        return _named(
            definition, bare, ProblemKind.CHECK_DIGIT, f"The check digit of {bare} does not fit: one character is wrong."
        )
    return Parsed(bare)


def _ncpdp(definition: FieldDefinition, text: str) -> Parsed:
    warning = identifiers.ncpdp_warning(text)
    return _named(definition, _bare(text), ProblemKind.FORMAT if warning else None, warning or "")


def _normal(normal: Callable[[str], str | None], kind: ProblemKind, words: str) -> Callable[[FieldDefinition, str], Parsed]:
    """A parser by a normal form of `registry.identifiers`; what has none stays as written, with a problem."""

    def parse_one(definition: FieldDefinition, text: str) -> Parsed:
        value = normal(text)
        return Parsed(value) if value is not None else _named(definition, text, kind, f"{words} “{text}” is not one.")

    return parse_one


def _comb_spaced(normal: Callable[[str], str | None]) -> Callable[[str], str | None]:
    """The normal form, also where a reader put a space between the cells of a comb."""
    return lambda text: normal(text) or normal(text.replace(" ", ""))


def _email(definition: FieldDefinition, text: str) -> Parsed:
    bare = text.replace(" ", "")  # no address holds a space; readers put them after dots
    if identifiers.email_fits(bare):
        return Parsed(bare)
    return _named(definition, bare, ProblemKind.FORMAT, f"“{bare}” is not of the form of an email address.")


def _extension(definition: FieldDefinition, text: str) -> Parsed:
    found = re.fullmatch(r"(?:ext(?:ension)?\.?|x|#)?\s*([0-9]{1,8})", text, re.IGNORECASE)
    return (
        Parsed(found[1]) if found else _named(definition, text, ProblemKind.FORMAT, "An extension is a number of up to 8 digits.")
    )


def _name(definition: FieldDefinition, text: str) -> Parsed:
    if not any(letter.isalpha() for letter in text):
        return _named(definition, text, ProblemKind.FORMAT, f"“{text}” holds no letter, so it is no name.")
    if any(letter.isdigit() for letter in text) and definition.name.startswith(("patient_", "prescriber_", "designee_", "ar_")):
        return _named(definition, text, ProblemKind.FORMAT, f"“{text}” holds a digit; a person's name has none.")
    return Parsed(text)


def _as_written(_definition: FieldDefinition, text: str) -> Parsed:
    return Parsed(text)


def _bare(text: str) -> str:
    """Without the separators people and readers put between the characters of an identifier."""
    return re.sub(r"[\s.-]", "", text)


_TYPED: dict[Meaning, Callable[[FieldDefinition, str], Parsed]] = {
    Meaning.NAME: _name,
    Meaning.NPI: _npi,
    Meaning.DEA: _dea,
    Meaning.NCPDP: _ncpdp,
    Meaning.PATIENT_ID: _patient_id,
    Meaning.HIN: _normal(identifiers.normal_hin, ProblemKind.FORMAT, "A HIN has nine letters or digits."),
    Meaning.STATE: _normal(_comb_spaced(identifiers.normal_state), ProblemKind.FORMAT, "A state is a two-letter code or a name."),
    Meaning.ZIP: _normal(_comb_spaced(identifiers.normal_zip), ProblemKind.FORMAT, "A ZIP code is 12345 or 12345-6789."),
    Meaning.PHONE: _normal(
        identifiers.normal_phone,
        ProblemKind.FORMAT,
        "A phone number has ten digits; area code and exchange do not begin with 0 or 1.",
    ),
    Meaning.EMAIL: _email,
    Meaning.EXTENSION: _extension,
}
