"""Invented people, forms, readings and pages for the desk's tests; nothing here is a real person or number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace as replace
from datetime import UTC, date, datetime
from pathlib import Path

import cv2
import numpy as np

from intake.fax import DocumentId, FaxId, GrayImage
from intake.forms.definition import Box, FieldDefinition, FieldKind, FormDefinition, Meaning, Requirement
from intake.reading import FieldReading, FormPage, FormReading, Problem, ProblemKind, Route, Value
from review_queue import strips
from review_queue.review_item import FaxFacts, ItemKind, ReviewItem, ReviewItemId
from review_queue.triage import TriageContext, triage
from review_queue.web.services import KnownPatient

NOW = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
RECEIVED = datetime(2026, 11, 23, 14, 24, tzinfo=UTC)
PASSWORD = "correct horse battery"
REQUIRED, CONDITIONAL, OPTIONAL = Requirement.REQUIRED, Requirement.CONDITIONAL, Requirement.OPTIONAL


def field(
    name: str,
    label: str,
    kind: FieldKind,
    meaning: Meaning,
    requirement: Requirement,
    top: float,
    *,
    left: float = 20,
    wide: float = 60,
    page: int = 1,
    critical: bool = True,
    options: tuple[str, ...] = (),
    max_length: int | None = None,
) -> FieldDefinition:
    box = Box(left, top, left + wide, top + 9)
    return FieldDefinition(
        name,
        label,
        kind,
        meaning,
        requirement,
        critical,
        page,
        box,
        options={code: Box(left + 12 * at, top, left + 12 * at + 5, top + 5) for at, code in enumerate(options)},
        option_labels={code: code.replace("_", " ") for code in options},
        max_length=max_length,
    )


FIELDS = (
    field("patient_id", "REMS Patient ID", FieldKind.LETTERS, Meaning.PATIENT_ID, REQUIRED, 30, wide=50, max_length=9),
    field("patient_first_name", "Patient first name", FieldKind.TEXT, Meaning.NAME, REQUIRED, 45),
    field("patient_last_name", "Patient last name", FieldKind.TEXT, Meaning.NAME, REQUIRED, 45, left=100),
    field("patient_date_of_birth", "Date of birth", FieldKind.DATE, Meaning.BIRTH_DATE, REQUIRED, 60, max_length=8),
    field("prescriber_npi", "Prescriber NPI", FieldKind.DIGITS, Meaning.NPI, REQUIRED, 75, max_length=10),
    field("submitter", "Submitted by", FieldKind.CHOICE, Meaning.CODE, REQUIRED, 90, options=("prescriber", "designee")),
    field("designee_last_name", "Designee last name", FieldKind.TEXT, Meaning.NAME, CONDITIONAL, 90, left=100),
    field("ben", "Benign ethnic neutropenia (BEN).", FieldKind.MARK, Meaning.TICK, OPTIONAL, 105, wide=5),
    field("labs.0.draw_date", "Blood draw 1: date", FieldKind.DATE, Meaning.DRAW_DATE, OPTIONAL, 40, page=2, max_length=8),
    field("labs.0.anc", "Blood draw 1: ANC per µL", FieldKind.NUMBER, Meaning.ANC, OPTIONAL, 40, left=100, page=2, max_length=5),
    field("labs.1.draw_date", "Blood draw 2: date", FieldKind.DATE, Meaning.DRAW_DATE, OPTIONAL, 55, page=2, max_length=8),
    field("labs.1.anc", "Blood draw 2: ANC per µL", FieldKind.NUMBER, Meaning.ANC, OPTIONAL, 55, left=100, page=2, max_length=5),
    field("rationale", "Treatment Rationale.", FieldKind.MARK, Meaning.TICK, CONDITIONAL, 75, wide=5, page=2),
    field("signature_prescriber", "Prescriber signature", FieldKind.SIGNATURE, Meaning.SIGNATURE, CONDITIONAL, 200, page=2),
    field("signature_prescriber_date", "Date signed", FieldKind.DATE, Meaning.DATE, CONDITIONAL, 200, left=140, page=2),
    field("signature_designee", "Designee signature", FieldKind.SIGNATURE, Meaning.SIGNATURE, CONDITIONAL, 220, page=2),
)  # fmt: skip

STATUS_FORM = FormDefinition(
    "patient_status", "2023-11", "Patient Status Form", 2, 215.9, 279.4, FIELDS, {}, Path("invented.pdf")
)

CERTAIN: dict[str, Value] = {
    "patient_id": "4417082K7",
    "patient_first_name": "WILLIAM",
    "patient_last_name": "PEREZ",
    "patient_date_of_birth": "1950-10-31",
    "prescriber_npi": "1234567893",
    "submitter": "prescriber",
    "designee_last_name": None,
    "ben": False,
    "labs.0.draw_date": "2026-11-17",
    "labs.0.anc": 3773,
    "labs.1.draw_date": None,
    "labs.1.anc": None,
    "rationale": False,
    "signature_prescriber": "present",
    "signature_prescriber_date": "2026-11-20",
    "signature_designee": "absent",
}


def read(name: str, value: Value, form: FormDefinition = STATUS_FORM, **changes: object) -> FieldReading:
    """A certain reading of one field, changed as told."""
    definition = form.field(name)
    blank = value is None or value is False or value == "absent"
    certain = FieldReading(
        name,
        value,
        0.9999,
        True,
        Route.BLANK if blank else Route.READ,
        {} if value is None else {"ppocr": str(value)},
        definition.page,
        tuple(definition.box),  # type: ignore[arg-type]
    )
    return replace(certain, **changes)  # type: ignore[arg-type]


def doubtful(name: str, value: Value, kind: ProblemKind, detail: str, *guesses: Value) -> FieldReading:
    """A reading nobody should trust."""
    return read(
        name, value, certainty=0.6, accepted=False, route=Route.READ, problems=(Problem(kind, detail, name),), guesses=guesses
    )


def reading(*changed: FieldReading, without: tuple[str, ...] = (), **document: object) -> FormReading:
    """A status form read with certainty, except for the changed fields."""
    fields: dict[str, FieldReading] = {name: read(name, value) for name, value in CERTAIN.items() if name not in without}
    fields |= {one.field: one for one in changed}
    pages = tuple(FormPage(page, page, 0, 0, MM_TO_PIXELS) for page in (1, 2))
    whole = FormReading("patient_status", "2023-11", 0.9999, pages, (), (), fields)
    return replace(whole, **document)  # type: ignore[arg-type]


DISAGREEING = doubtful("labs.0.anc", 3773, ProblemKind.READERS_DISAGREE, "One reader says 3773, another 3713.", 3713)
UNREAD_NPI = doubtful("prescriber_npi", None, ProblemKind.UNREADABLE, "Two digits are squeezed by line damage.")
UNSIGNED = read("signature_prescriber", "absent")


def fax(reference: str = "R-20261123-0417", received_at: datetime = RECEIVED, fax_id: str = "fax-1") -> FaxFacts:
    return FaxFacts(FaxId(fax_id), reference, received_at, "6175550142", "RIVERSIDE CLINIC")


def item_of(form_reading: FormReading, **changes: object) -> ReviewItem:
    """A status form at the desk with the doubts that triage finds in its reading, changed as told."""
    found = triage(form_reading, STATUS_FORM, TriageContext(RECEIVED), NOW)
    item = ReviewItem(
        ReviewItemId("item-1"),
        DocumentId("document-1"),
        ItemKind.FORM,
        fax(),
        form_reading,
        (),
        found.doubts,
        found.urgency,
        found.urgency_note,
        NOW,
    )
    return replace(item, **changes)  # type: ignore[arg-type]


def scale_and_turn(degrees: float = 0.6, dots_per_mm: float = 8.0) -> tuple[float, ...]:
    """A page that lies a little askew: form millimetres to pixels."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle), 6.0], [np.sin(angle), np.cos(angle), 9.0], [0, 0, 1]])
    return tuple(float(one) for one in (turn @ np.diag([dots_per_mm, dots_per_mm, 1])).flatten())


MM_TO_PIXELS = scale_and_turn()


def page_image(number: int, form: FormDefinition = STATUS_FORM, values: Mapping[str, Value] = CERTAIN) -> GrayImage:
    """One page of the invented form as the fax line delivers it: boxes, labels and what is written, askew, with specks."""
    flat = np.full((2235, 1727), 255, dtype=np.uint8)
    for one in form.on_page(number):
        x0, y0, x1, y1 = (round(side * 8) for side in one.box)
        cv2.rectangle(flat, (x0, y0), (x1, y1), 0, 3)
        cv2.putText(flat, one.label.encode("ascii", "replace").decode(), (x0, y0 - 8), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 0, 2)
        value = values.get(one.name)
        if value not in (None, False, "absent"):
            cv2.putText(flat, str(value), (x0 + 12, y1 - 18), cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 1.6, 0, 3)
    matrix = np.array(MM_TO_PIXELS).reshape(3, 3) @ np.diag([1 / 8, 1 / 8, 1])
    askew = np.asarray(cv2.warpPerspective(flat, matrix, (1727, 2235), borderValue=(255.0,)), dtype=np.uint8)
    specks = np.random.default_rng(7).random(askew.shape) < 0.0006
    askew[specks] = 0
    return np.where(askew < 140, 0, 255).astype(np.uint8)


class PagesInMemory:
    """Page images that are there from the start; a fax it does not know has none."""

    def __init__(self, images: Mapping[tuple[str, int], GrayImage]) -> None:
        self._images = images

    def image(self, fax_id: FaxId, number: int) -> bytes | None:
        found = self._images.get((fax_id, number))
        return None if found is None else strips.encode(found)  # when it is asked for: most tests ask for none


class OneForm:
    """A catalogue that knows only the forms it was given."""

    def __init__(self, *forms: FormDefinition) -> None:
        self._forms = forms

    def form(self, code: str, revision: str | None = None) -> FormDefinition:
        return next(one for one in self._forms if one.code == code)


WILLIAM = KnownPatient(
    name="William Perez",
    date_of_birth=date(1950, 10, 31),
    patient_id="4417-082-K7",
    treatment_status="Enrolled",
    monitoring="weekly",
    population="general population",
    agree=("first name", "last name", "birth date", "NPI"),
    latest_anc="3610 on 11/10/2026",
)
