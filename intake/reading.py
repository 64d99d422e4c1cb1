"""What reading a fax yields: forms with values, each with its certainty, its place on the page and its problems.

What: the frozen types between reading and reviewing, and their exact JSON (the shape outsiders rely on).
Why: uncertainty is data here, never an exception: a smudged NPI is a `Problem`, not a failure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

Value = str | int | float | bool | None
BoxMm = tuple[float, float, float, float]
"""x0, y0, x1, y1 in form millimetres from the page's top left corner, y down."""


class ProblemKind(StrEnum):
    """What can be doubtful about a document or one of its fields; the code is stable, the label is for people."""

    label: str

    def __new__(cls, code: str, label: str = "") -> ProblemKind:
        """A member from its stable code and its label."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.label = label
        return member

    MISSING_PAGE = "missing_page", "a page of the form did not arrive"
    DOUBLED_PAGE = "doubled_page", "a page of the form arrived twice"
    OUTDATED_REVISION = "outdated_revision", "an older revision of the form"
    UNSURE_FORM = "unsure_form", "which form this is cannot be told for certain"
    UNREGISTERED = "unregistered", "the page cannot be laid over the blank form"
    DAMAGED_ROWS = "damaged_rows", "the line damaged this part of the page"
    STRIPE = "stripe", "a stripe down the page runs through this field"
    CUT_OFF = "cut_off", "the call ended in the middle of the page"
    MISSING_VALUE = "missing_value", "a required field is blank"
    UNREADABLE = "unreadable", "ink that no reader could read"
    READERS_DISAGREE = "readers_disagree", "the readers disagree"
    LOW_CERTAINTY = "low_certainty", "not certain enough to go on unseen"
    CHECK_DIGIT = "check_digit", "the check digit does not fit"
    FORMAT = "format", "not of the form this field needs"
    IMPOSSIBLE_DATE = "impossible_date", "no such day, or not a possible one here"
    UNIT = "unit", "the unit must be settled by a person"
    OUT_OF_RANGE = "out_of_range", "outside what is possible here"
    CONTRADICTION = "contradiction", "two things on the form contradict each other"
    SAID_BY_PERSON = "said_by_person", "a person said which form this is"
    SEVERAL_MARKS = "several_marks", "more than one option is marked"
    UNSURE_MARK = "unsure_mark", "a mark that may or may not be meant"
    UNSURE_SIGNATURE = "unsure_signature", "whether this is a signature cannot be told"
    MISSING_SIGNATURE = "missing_signature", "a required signature is absent"
    NOT_KNOWN = "not_known", "no such person or place in the registry"
    OUTSIDE_ZONE = "outside_zone", "ink runs beyond the field"
    WHO_IS_MEANT = "who_is_meant", "who is meant is not certain"
    NEAR_TWIN = "near_twin", "two patients are nearly alike: a person must say which is meant"
    ENGINE_FAILED = "engine_failed", "one of the readers failed"
    MAY_ANSWER = "may_answer", "it may answer what we asked"


@dataclass(frozen=True)
class Problem:
    """One thing that is doubtful, in words for the reviewer."""

    kind: ProblemKind
    detail: str  # one sentence, specific: what was seen
    field: str | None = None  # the field's name; None where it concerns the whole document


class Route(StrEnum):
    """How a value came about."""

    READ = "read"  # read from pixels
    VERIFIED = "verified"  # a known value confirmed on the page
    TEXT = "text"  # taken as text from the PDF's form values or text layer
    BLANK = "blank"  # no ink where the blank form has none


@dataclass(frozen=True)
class FieldReading:
    """One field of a form, as read."""

    field: str  # the form's field name
    value: Value  # None: blank on the form (or nothing could be read: then a problem says so)
    certainty: float  # probability 0–1 that the whole value is right
    accepted: bool  # no person need look at it
    route: Route
    raw: Mapping[str, str]  # what each engine said, by engine name
    fax_page: int  # 1-based page of the fax
    box_mm: BoxMm  # on the form page
    problems: tuple[Problem, ...] = ()
    guesses: tuple[Value, ...] = ()  # what else it might be, best first, for the reviewer
    manner: str = ""  # how it came about, as the calibration tells it apart; "" where it was never to be certain
    speaks: Mapping[str, float] = dataclasses.field(default_factory=dict)  # what spoke for it, as numbers of which more is better
    calibration: str = ""  # version of the calibration that made the certainty of it


@dataclass(frozen=True)
class FormPage:
    """One page of the fax recognised as a page of a form."""

    fax_page: int  # 1-based page of the fax
    form_page: int  # 1-based page of the form
    rotated: int  # degrees clockwise by which the fax page had to be turned: 0, 90, 180 or 270
    damaged_rows: int  # rows known or seen to be damaged
    # 3 × 3, row-major, from form millimetres to pixels of the upright page image kept for the desk; None if unregistered
    mm_to_pixels: tuple[float, ...] | None = None


@dataclass(frozen=True)
class Evidence:
    """Why a page was taken for a certain form page."""

    by: str  # "data_matrix", "landmarks" or both joined by "+"; "person" or "person+landmarks" where a person said so
    score: float  # 0–1
    runner_up: str | None  # the next best form page, if any
    runner_up_score: float


@dataclass(frozen=True)
class Classification:
    """Which page of which form a fax page is."""

    form: str
    revision: str
    form_page: int
    rotated: int
    evidence: Evidence


@dataclass(frozen=True)
class FormReading:
    """One form of a fax, as read."""

    form: str  # form code
    revision: str
    certainty: float  # probability that form, revision and page order are right
    pages: tuple[FormPage, ...]
    missing_pages: tuple[int, ...]
    problems: tuple[Problem, ...]
    fields: Mapping[str, FieldReading]


class OtherKind(StrEnum):
    """What a page is that belongs to no form of ours."""

    COVER_SHEET = "cover_sheet"
    BLANK = "blank"
    LAB_PRINTOUT = "lab_printout"
    OTHER_PROGRAM = "other_program"
    OUTDATED_FORM = "outdated_form"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class OtherPage:
    """A page of the fax that belongs to no form."""

    fax_page: int
    kind: OtherKind
    rotated: int = 0  # degrees clockwise by which a person turned it


@dataclass(frozen=True)
class FaxReading:
    """Everything reading one fax yields."""

    pages: int
    documents: tuple[FormReading, ...]
    other_pages: tuple[OtherPage, ...]
    cpu_seconds: float
    engines: Mapping[str, str] = dataclasses.field(default_factory=dict)  # engine name to version, and the calibration's version
