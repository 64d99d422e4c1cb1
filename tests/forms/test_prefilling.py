"""Turnaround forms: what is filled in comes back, is seen on paper, and lands in its cells."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pypdf
import pypdfium2
import pytest

from intake.forms.blank_images import blank_page_image
from intake.forms.catalogue import Catalogue
from intake.forms.prefilling import CannotPrefill, prefill, written

DPI = 254.0
VALUES: dict[str, Any] = {
    "patient_id": "4417-0823-K",
    "patient_date_of_birth": "1971-04-23",
    "patient_zip": "02139-4307",
    "patient_first_name": "María  José",
    "patient_last_name": "O’Neill",
    "prescriber_npi": "1234567893",
    "prescriber_phone": "(617) 555-0123",
    "submitter": "designee",
    "hospice": True,
    "ben": False,
    "status_date": None,
    "labs.0.draw_date": "2023-11-02",
    "labs.0.anc": 1850,
    "labs.0.band": "normal",
    "labs.7.anc": 950,
}


@pytest.fixture(scope="module")
def filled(catalogue: Catalogue) -> bytes:
    return prefill(catalogue.form("patient_status"), VALUES)


def test_filled_values_come_back_from_the_widgets(filled: bytes) -> None:
    fields = pypdf.PdfReader(io.BytesIO(filled)).get_fields() or {}
    said = {name: field.get("/V") for name, field in fields.items() if field.get("/V") not in (None, "", "/Off")}
    assert said == {
        "patient_id": "44170823K",
        "patient_date_of_birth": "04231971",
        "patient_zip": "02139",
        "patient_first_name": "María José",
        "patient_last_name": "O’Neill",
        "prescriber_npi": "1234567893",
        "prescriber_phone": "6175550123",
        "submitter": "/designee",
        "hospice": "/on",
        "labs:0:draw_date": "11022023",
        "labs:0:anc": "1850",
        "labs:0:band": "/normal",
        "labs:7:anc": "950",
    }


def printed(pdf: bytes, page: int) -> np.ndarray:
    """A page as a viewer shows and prints it."""
    document = pypdfium2.PdfDocument(pdf)
    document.init_forms()
    bitmap = document[page - 1].render(scale=DPI / 72, grayscale=True, may_draw_forms=True)
    return np.array(bitmap.to_numpy()).reshape(bitmap.height, bitmap.width)


def test_each_character_is_printed_in_the_middle_of_its_own_cell(catalogue: Catalogue, filled: bytes) -> None:
    form = catalogue.form("patient_status")
    for name, length in (("patient_id", 9), ("patient_date_of_birth", 8), ("prescriber_phone", 10), ("labs.7.anc", 3)):
        one = form.field(name)
        added = printed(filled, one.page).astype(int) < blank_page_image(form, one.page, DPI).astype(int) - 100
        for number, (x0, y0, x1, y1) in enumerate(one.cells):
            cell = added[round(y0 * 10) : round(y1 * 10), round(x0 * 10) : round(x1 * 10)]
            assert cell.any() == (number < length), f"{name} cell {number}"
            if number < length:
                columns, rows = np.nonzero(cell.any(axis=0))[0], np.nonzero(cell.any(axis=1))[0]
                assert abs(columns.mean() / 10 - (x1 - x0) / 2) < 0.9, f"{name} cell {number}"
                assert rows.min() > 5, f"{name} cell {number}"
                assert rows.max() < cell.shape[0] - 5, f"{name} cell {number}"


def test_only_the_ticked_boxes_are_marked(catalogue: Catalogue, filled: bytes) -> None:
    form = catalogue.form("patient_status")
    page = printed(filled, 1).astype(int) < blank_page_image(form, 1, DPI).astype(int) - 100
    marked = set()
    for one in form.on_page(1):
        for code, box in (one.options or ({"": one.box} if one.kind == "mark" else {})).items():
            x0, y0, x1, y1 = (round(edge * 10) for edge in box)
            if page[y0:y1, x0:x1].mean() > 0.05:
                marked.add((one.name, code))
    assert marked == {("submitter", "designee"), ("hospice", "")}


def test_a_wide_letter_in_a_cell_is_not_cut(catalogue: Catalogue) -> None:
    form = catalogue.form("patient_enrollment")
    one = form.field("patient_middle_initial")
    added = printed(prefill(form, {one.name: "w"}), 1).astype(int) < blank_page_image(form, 1, DPI).astype(int) - 100
    x0, y0, x1, y1 = (round(edge * 10) for edge in one.box)
    columns = np.nonzero(added[y0:y1, x0:x1].any(axis=0))[0]
    assert columns.max() - columns.min() > 38  # 13 points of W are 4.3 mm wide


def test_a_long_line_shrinks_into_its_box(catalogue: Catalogue) -> None:
    form = catalogue.form("patient_enrollment")
    one = form.field("prescriber_email")
    text = "wolfgang.wilhelm.mommsen-wagenknecht@example-hospital.example"[:60]
    added = printed(prefill(form, {one.name: text}), 1).astype(int) < blank_page_image(form, 1, DPI).astype(int) - 100
    x0, y0, x1, y1 = (round(edge * 10) for edge in one.box)
    columns = np.nonzero(added[y0:y1, x0:x1].any(axis=0))[0]
    assert columns.max() < x1 - x0 - 10


def test_every_value_that_does_not_fit_is_named_at_once(catalogue: Catalogue) -> None:
    bad = {
        "shoe_size": 9,
        "signature_prescriber": "present",
        "submitter": "pharmacy",
        "patient_date_of_birth": "1971-13-01",
        "labs.0.anc": 1.85,
        "labs.1.anc": 123456,
        "ben": "yes",
        "patient_first_name": "x" * 36,
    }
    with pytest.raises(CannotPrefill) as caught:
        prefill(catalogue.form("patient_status"), bad)
    assert len(caught.value.problems) == len(bad)
    assert all(any(name in problem for problem in caught.value.problems) for name in bad)


def test_the_blank_itself_stays_as_it_was(catalogue: Catalogue) -> None:
    form = catalogue.form("anc_lab_reporting")
    before = Path(form.blank).read_bytes()
    prefill(form, {"patient_first_name": "Ann"})
    assert Path(form.blank).read_bytes() == before


def test_a_zip_plus_four_keeps_its_five_digits(catalogue: Catalogue) -> None:
    assert written(catalogue.form("patient_status").field("patient_zip"), "02139-4307") == "02139"


@pytest.mark.parametrize("field", ["patient_id", "monitoring_frequency", "ben", "labs.0.anc", "labs.0.draw_date"])
@pytest.mark.parametrize("value", [["weekly"], {"a": 1}], ids=str)
def test_a_value_of_another_kind_is_named_and_never_printed(catalogue: Catalogue, field: str, value: Any) -> None:
    with pytest.raises(CannotPrefill, match=f"^{field}: "):
        prefill(catalogue.form("patient_status"), {field: value})


@pytest.mark.parametrize(("field", "value"), [("patient_last_name", True), ("labs.0.draw_date", "02/30/2023")])
def test_a_mark_is_no_name_and_a_date_is_iso(catalogue: Catalogue, field: str, value: Any) -> None:
    with pytest.raises(CannotPrefill, match=f"^{field}: "):
        prefill(catalogue.form("patient_status"), {field: value})
