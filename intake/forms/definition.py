"""What a form is: its pages, its fields, where each stands, what each may hold.

What: frozen types for one revision of one form; lengths in millimetres from the page's top left corner, y down.
Why: one source of truth per form and revision under `templates/forms/`; drawing, reading, desk and letters all use these.
Refuses: a definition that contradicts its blank (see `intake.forms.catalogue`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple


class Box(NamedTuple):
    """A rectangle in form millimetres."""

    x0: float
    y0: float
    x1: float
    y1: float


class FieldKind(StrEnum):
    """How a field is filled, and so how it is read."""

    TEXT = "text"  # a line or block of free text
    DIGITS = "digits"  # digits in comb cells
    LETTERS = "letters"  # letters and digits in comb cells
    DATE = "date"  # MM DD YYYY in eight comb cells
    NUMBER = "number"  # a number in comb cells, right or left aligned
    MARK = "mark"  # one tick box
    CHOICE = "choice"  # one of several tick boxes
    SIGNATURE = "signature"


class Requirement(StrEnum):
    """Whether the form is complete without the field."""

    REQUIRED = "required"
    CONDITIONAL = "conditional"
    OPTIONAL = "optional"


class Meaning(StrEnum):
    """What a value must be, whatever box it stands in: decides charset, checks and typing."""

    NAME = "name"
    TEXT = "text"
    NPI = "npi"
    DEA = "dea"
    NCPDP = "ncpdp"
    HIN = "hin"
    LICENCE = "licence"
    PATIENT_ID = "patient_id"
    STATE = "state"
    ZIP = "zip"
    PHONE = "phone"
    EMAIL = "email"
    EXTENSION = "extension"
    BIRTH_DATE = "birth_date"
    DRAW_DATE = "draw_date"
    DATE = "date"  # signature, status, start and assessment dates
    ANC = "anc"
    CODE = "code"  # choices
    TICK = "tick"  # marks
    SIGNATURE = "signature"


@dataclass(frozen=True)
class FieldDefinition:
    """One field of a form."""

    name: str  # stable field name, such as "labs.0.anc"
    label: str  # what is printed beside it, for people
    kind: FieldKind
    meaning: Meaning
    requirement: Requirement
    critical: bool  # a misreading can harm a patient: 0.05 errors per 1,000 allowed, else 0.4
    page: int  # 1-based
    box: Box  # the zone; for a choice the hull of its options
    cells: tuple[Box, ...] = ()  # comb cells from left to right; empty if none
    options: Mapping[str, Box] = field(default_factory=dict)  # a choice's tick boxes by option code
    max_length: int | None = None  # characters; the number of cells of a comb
    option_labels: Mapping[str, str] = field(default_factory=dict)  # the words printed beside a choice's boxes, by option code


@dataclass(frozen=True)
class FormDefinition:
    """One revision of one form."""

    code: str  # "patient_status"
    revision: str  # "2023-11"
    title: str
    pages: int
    width_mm: float
    height_mm: float
    fields: tuple[FieldDefinition, ...]  # in reading order
    codes: Mapping[int, tuple[Box, ...]]  # where the Data Matrix codes stand, by page; empty for forms without
    blank: Path  # the printable, fillable PDF: the map the zones were read from
    outdated: bool = False  # recognised, but to be answered with "please use the current revision"

    def field(self, name: str) -> FieldDefinition:
        """The field of that name; KeyError with the form's name if there is none."""
        for one in self.fields:
            if one.name == name:
                return one
        raise KeyError(f"{self.code} {self.revision} has no field {name!r}")

    def on_page(self, page: int) -> tuple[FieldDefinition, ...]:
        """The fields of one page (1-based), in reading order."""
        return tuple(one for one in self.fields if one.page == page)
