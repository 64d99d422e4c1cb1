"""What needs eyes, how soon, and what may go on unseen.

What: a form as read in, its doubts in words, its urgency and whether it goes straight through out. Pure.
Why: a person's time goes where a reading is not certain; what is certain must not wait, and what is urgent overtakes.
Refuses: to let anything through on trust. An unaccepted field with ink, a needed field that is blank, a missing signature,
a problem of the whole document: each is a doubt, and one doubt is enough for the desk.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition
from intake.reading import FieldReading, FormReading, Problem, ProblemKind, Route, Value
from registry.vocabulary import AncBand, FormCode, SignatureVerdict
from review_queue.needed_fields import is_blank, is_needed
from review_queue.review_item import WHOLE_DOCUMENT, Doubt, Urgency
from review_queue.wording import field_label

LOW_ANC_BELOW = 1000  # cells per µL; R39: general-population patients are interrupted below it
STATUS_WINDOW_DAYS = 37  # R65: days a status form carries a patient
NEAR_WINDOW_END_DAYS = 30  # from this day on a status form overtakes: a week in which pharmacies may still be told yes
MOST_GUESSES = 9  # one key each

OTHERS_WAIT_FOR: Mapping[str, str] = {
    FormCode.PRESCRIBER_ENROLLMENT: "prescriber's certification",
    FormCode.PRESCRIBER_KNOWLEDGE: "prescriber's certification",
    FormCode.OUTPATIENT_PHARMACY: "pharmacy's certification",
    FormCode.INPATIENT_PHARMACY: "pharmacy's certification",
    FormCode.PHARMACY_KNOWLEDGE: "pharmacy's certification",
    FormCode.PRESCRIBER_DESIGNEE: "designee's enrollment",
}
"""Forms without which patients' forms are refused (R35): they stand in one lane with first enrollments, the older first. Behind
them, a patient's form would be settled before the form of the one who sent it, and refused."""

ONLY_LOWERS_CERTAINTY = frozenset({ProblemKind.DAMAGED_ROWS, ProblemKind.ENGINE_FAILED})
"""Problems of a whole page that the reader has already counted in each field's certainty; alone they cost nobody a look."""


@dataclass(frozen=True)
class TriageContext:
    """What triage must know beyond the reading."""

    received_at: datetime  # aware UTC
    last_status_form: date | None = None  # the day the patient's last status form was received; None: none or patient unknown
    first_enrollment: bool = False  # an enrollment of a patient the registry does not know
    problems: tuple[Problem, ...] = ()  # what cross-checks against the registry or between fields found
    raised: Mapping[tuple[str, bool], float] = dataclasses.field(
        default_factory=dict
    )  # certainty needed while an alarm is on, see below
    """By how a value came about and whether its field is critical; what was accepted below it is a doubt."""


@dataclass(frozen=True)
class Triage:
    """What must be settled, how soon, and whether anyone need look."""

    doubts: tuple[Doubt, ...]  # critical ones first, then in reading order
    urgency: Urgency
    urgency_note: str  # what made it urgent; empty for ordinary
    straight_through: bool  # nothing to settle: no person need look


def triage(reading: FormReading, form: FormDefinition, context: TriageContext, now: datetime) -> Triage:
    """Doubts, urgency, and whether the document goes on unseen; `form` is the revision the reading names."""
    found = (*reading.problems, *context.problems)
    doubts = [*_document_doubts(reading, form, found), *_field_doubts(reading, form, found, context.raised)]
    doubts.sort(key=lambda doubt: not doubt.critical)  # stable: reading order within
    urgency, note = _urgency(reading, context, now)
    return Triage(tuple(doubts), urgency, note, straight_through=not doubts)


def _document_doubts(reading: FormReading, form: FormDefinition, found: Iterable[Problem]) -> list[Doubt]:
    problems = [one for one in found if one.field is None and one.kind not in ONLY_LOWERS_CERTAINTY]
    kinds = {one.kind for one in problems}
    if reading.missing_pages and ProblemKind.MISSING_PAGE not in kinds:
        missing = " and ".join(str(page) for page in reading.missing_pages)
        problems.append(Problem(ProblemKind.MISSING_PAGE, f"Of {form.pages} pages, page {missing} did not arrive."))
    if form.outdated and ProblemKind.OUTDATED_REVISION not in kinds:
        problems.append(Problem(ProblemKind.OUTDATED_REVISION, f"This is revision {form.revision}, which is no longer in use."))
    return [
        Doubt(f"{WHOLE_DOCUMENT}{number}", "The whole document", (one.kind,), _sentence(one.detail), (), critical=True, page=None)
        for number, one in enumerate(problems)
    ]


def _field_doubts(
    reading: FormReading, form: FormDefinition, found: Iterable[Problem], raised: Mapping[tuple[str, bool], float]
) -> list[Doubt]:
    beside: dict[str, list[Problem]] = {}
    for problem in found:
        if problem.field is not None:
            beside.setdefault(problem.field, []).append(problem)
    values = {name: one.value for name, one in reading.fields.items()}
    doubts = []
    for field in form.fields:
        problems = _problems_of(field, form, reading, values, beside.get(field.name, []))
        problems = [*problems, *_below_raised_bar(field, reading.fields.get(field.name), raised)]
        if problems:
            doubts.append(_doubt(field, reading.fields.get(field.name), problems))
    return doubts


def _problems_of(
    field: FieldDefinition,
    form: FormDefinition,
    reading: FormReading,
    values: Mapping[str, Value],
    beside: list[Problem],
) -> list[Problem]:
    """Why a person must look at this field; empty if nobody need."""
    read = reading.fields.get(field.name)
    needed = is_needed(field, form, values)
    if read is None:
        if field.page in reading.missing_pages:
            return beside  # the missing page is a doubt of its own; one is enough
        return [*beside, *([_missing(field, "It was not read.")] if needed else [])]
    missing = [_missing(field)] if needed and _lacking(field, read.value) else []
    if read.accepted:
        named = {one.kind for one in beside}
        return [*beside, *(one for one in missing if one.kind not in named)]
    no_ink = read.route is Route.BLANK and (is_blank(read.value) or read.value == SignatureVerdict.ABSENT)
    problems = [*beside, *read.problems]
    if missing and not any(one.kind is missing[0].kind for one in problems) and (no_ink or not problems):
        problems += missing
    if problems or no_ink:
        return problems
    return [Problem(ProblemKind.LOW_CERTAINTY, "Not certain enough to go on unseen.", field.name)]


def _below_raised_bar(
    field: FieldDefinition, read: FieldReading | None, raised: Mapping[tuple[str, bool], float]
) -> list[Problem]:
    """While an alarm is on, more is asked of a reading than its calibration asked."""
    if read is None or not read.accepted or read.certainty >= raised.get((read.manner, field.critical), 0.0):
        return []
    why = "Read well enough for other days: samples showed too many errors, so that more is looked at until that is over."
    return [Problem(ProblemKind.LOW_CERTAINTY, why, field.name)]


def _lacking(field: FieldDefinition, value: Value) -> bool:
    if field.kind is FieldKind.SIGNATURE:
        return value != SignatureVerdict.PRESENT
    return is_blank(value)


def _missing(field: FieldDefinition, detail: str = "") -> Problem:
    if field.kind is FieldKind.SIGNATURE:
        return Problem(ProblemKind.MISSING_SIGNATURE, detail or "No signature was found where the form needs one.", field.name)
    if field.kind is FieldKind.MARK:
        return Problem(ProblemKind.MISSING_VALUE, detail or "The form needs this box ticked; no tick was found.", field.name)
    return Problem(ProblemKind.MISSING_VALUE, detail or "The form needs this field; it is blank.", field.name)


def _doubt(field: FieldDefinition, read: FieldReading | None, problems: list[Problem]) -> Doubt:
    guesses: list[Value] = []
    if read is not None:
        guesses = [one for one in dict.fromkeys((read.value, *read.guesses)) if one is not None]
    kinds = tuple(dict.fromkeys(one.kind for one in problems))
    why = " ".join(dict.fromkeys(_sentence(one.detail or one.kind.label) for one in problems))
    return Doubt(field.name, field_label(field), kinds, why, tuple(guesses[:MOST_GUESSES]), field.critical, field.page)


def _sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


_ANC_FIELD = re.compile(r"labs\.\d+\.anc")
_BAND_FIELD = re.compile(r"labs\.\d+\.band")


def _urgency(reading: FormReading, context: TriageContext, now: datetime) -> tuple[Urgency, str]:
    """The most urgent class that applies, and what made it so."""
    low = _lowest_anc(reading)
    if low is not None:
        return Urgency.LOW_ANC, f"ANC {low:g}"
    bands = [one.value for name, one in reading.fields.items() if _BAND_FIELD.fullmatch(name)]
    if AncBand.MODERATE in bands or AncBand.SEVERE in bands:
        return Urgency.LOW_ANC, "a band below 1000 is ticked"
    if _holds(reading, "rationale", True):
        return Urgency.TREATMENT_RATIONALE, "Treatment Rationale"
    if _holds(reading, "adverse_event", "yes"):
        return Urgency.ADVERSE_EVENT, "adverse event reported"
    if reading.form == FormCode.PATIENT_STATUS and context.last_status_form is not None:
        day = (now.date() - context.last_status_form).days
        if day >= NEAR_WINDOW_END_DAYS:
            past = f", past {STATUS_WINDOW_DAYS}" if day > STATUS_WINDOW_DAYS else ""
            return Urgency.STATUS_DUE, f"status form on day {day}{past}"
    if reading.form == FormCode.PATIENT_ENROLLMENT and context.first_enrollment:
        return Urgency.FIRST_ENROLLMENT, "first enrollment"
    if reading.form in OTHERS_WAIT_FOR:
        return Urgency.FIRST_ENROLLMENT, OTHERS_WAIT_FOR[reading.form]
    return Urgency.ORDINARY, ""


def _holds(reading: FormReading, name: str, value: Value) -> bool:
    return name in reading.fields and reading.fields[name].value == value


def _lowest_anc(reading: FormReading) -> float | None:
    """The lowest ANC below the threshold that may stand on the form. A doubtful field counts with all its guesses:
    an urgent look in vain costs a minute, a low value that waits can cost a patient."""
    seen: list[float] = []
    for name, one in reading.fields.items():
        if _ANC_FIELD.fullmatch(name):
            possible = (one.value,) if one.accepted else (one.value, *one.guesses)
            seen += [number for number in map(_number, possible) if number is not None]
    low = [value for value in seen if value < LOW_ANC_BELOW]
    return min(low, default=None)


def _number(value: Value) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, str):
        return float(value) if re.fullmatch(r"\d+(\.\d+)?", value) else None
    return float(value)
