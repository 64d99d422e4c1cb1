"""Finding a page's blank and laying it over."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.classification import Blanks, PlacedPage, place
from intake.forms.catalogue import Catalogue
from intake.forms.definition import FormDefinition
from tests.reading.paper import Machine, filled

FILLED = {"patient_last_name": "Quimby", "patient_date_of_birth": "03141972", "submitter": "prescriber", "labs.0.anc": "1850"}


def error_px(placed: PlacedPage, machine: Machine) -> tuple[float, float]:
    """Mean and worst distance, in 200-dpi pixels, between where the blank was put and where it is."""
    shape = placed.blank.image.shape
    points = np.array([[x, y] for x in range(96, 1600, 160) for y in range(96, 2100, 160)], np.float64)
    homogeneous = np.column_stack((points, np.ones(len(points)))) @ machine.matrix(shape).T
    true = homogeneous[:, :2] / homogeneous[:, 2:]
    nodes = (points / 8).astype(int)
    found = np.column_stack(
        (placed.registration.map_x[nodes[:, 1], nodes[:, 0]], placed.registration.map_y[nodes[:, 1], nodes[:, 0]])
    )
    # the map names pixels of the upright image, which scaling between resolutions moves by up to half a row
    off = np.linalg.norm(found - true, axis=1)
    return float(off.mean()), float(off.max())


@settings(max_examples=12, deadline=None, derandomize=True)
@given(
    skew=st.floats(-5, 5),
    stretch_x=st.floats(0.96, 1.04),
    stretch_y=st.floats(0.96, 1.04),
    shift_x=st.floats(-60, 60),
    shift_y=st.floats(-60, 60),
    standard=st.booleans(),
)
def test_a_page_is_laid_over_its_blank_to_half_a_pixel_however_the_machine_turned_and_stretched_it(
    catalogue: Catalogue,
    blanks: Blanks,
    skew: float,
    stretch_x: float,
    stretch_y: float,
    shift_x: float,
    shift_y: float,
    standard: bool,
) -> None:
    form = catalogue.form("patient_status")
    machine = Machine(skew, stretch_x, stretch_y, shift_x, shift_y, standard=standard)
    placed = place(machine.send(filled(catalogue, form, 1, FILLED)), blanks)
    assert placed is not None
    assert (placed.form.code, placed.classification.form_page) == ("patient_status", 1)
    mean, worst = error_px(placed, machine)
    assert mean <= 0.6
    assert worst <= 2.0


@pytest.mark.parametrize("upside_down", [False, True])
@pytest.mark.parametrize("standard", [False, True])
def test_each_page_of_each_form_is_found_by_its_code_and_turned_upright(
    catalogue: Catalogue, blanks: Blanks, upside_down: bool, standard: bool
) -> None:
    for form in (one for one in catalogue.forms if one.codes):
        for page in range(1, form.pages + 1):
            scan = Machine(skew=0.8, upside_down=upside_down, standard=standard).send(filled(catalogue, form, page, {}))
            placed = place(scan, blanks)
            assert placed is not None, (form.code, page)
            seen = placed.classification
            assert (seen.form, seen.revision, seen.form_page) == (form.code, form.revision, page)
            assert seen.rotated == (180 if upside_down else 0)


def without_codes(form: FormDefinition, page: int, image: np.ndarray) -> np.ndarray:
    bare = image.copy()
    for box in form.codes.get(page, ()):
        x0, y0, x1, y1 = (round(edge * 200 / 25.4) for edge in box)
        bare[y0 - 4 : y1 + 4, x0 - 4 : x1 + 4] = 255
    return bare


def test_each_page_of_each_form_is_found_by_landmarks_alone_where_no_code_can_be_read(
    catalogue: Catalogue, blanks: Blanks
) -> None:
    for number, form in enumerate(catalogue.forms):
        for page in range(1, form.pages + 1):
            machine = Machine(skew=-1.3, stretch_y=1.01, upside_down=bool(number % 2), standard=bool(page % 2))
            placed = place(machine.send(without_codes(form, page, filled(catalogue, form, page, FILLED))), blanks)
            assert placed is not None, (form.code, form.revision, page)
            seen = placed.classification
            assert (seen.form, seen.revision, seen.form_page) == (form.code, form.revision, page)
            assert seen.evidence.by == "landmarks"


def test_a_page_of_prose_is_no_form(blanks: Blanks) -> None:
    import cv2

    page = np.full((2156, 1694), 255, np.uint8)
    for line in range(40):
        cv2.putText(
            page, "This is a letter about something else entirely.", (120, 160 + 48 * line), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 0, 2
        )
    scan = replace(Machine().send(np.full((2200, 1700), 255, np.uint8)), image=page)
    assert place(scan, blanks) is None


def test_an_empty_page_is_no_form(blanks: Blanks) -> None:
    assert place(Machine().send(np.full((2200, 1700), 255, np.uint8)), blanks) is None


def test_rows_lost_on_the_line_are_followed_or_named(catalogue: Catalogue, blanks: Blanks) -> None:
    form = catalogue.form("patient_status")
    whole = Machine().send(filled(catalogue, form, 2, FILLED))
    lost = np.delete(whole.image, np.r_[900:904, 1500:1506], axis=0)
    placed = place(replace(whole, image=lost), blanks)
    assert placed is not None
    spans = placed.registration.squeezed
    assert any(top <= 920 and bottom >= 900 for top, bottom, _ in spans)
    assert any(top <= 1530 and bottom >= 1500 for top, bottom, _ in spans)
    untouched = [row for row in range(208, 2000, 16) if not any(top <= row <= bottom for top, bottom, _ in spans)]
    shift = {row: (0 if row < 902 else 4 if row < 1503 else 10) for row in untouched}
    for row in untouched:
        expected = row - shift[row]  # the sheet and the page are the same size: rows above stay, rows below move up
        assert abs(float(placed.registration.map_y[row // 8, 100]) - expected) < 2.5


def test_a_page_cut_off_in_the_middle_says_where_it_ends(catalogue: Catalogue, blanks: Blanks) -> None:
    form = catalogue.form("patient_status")
    whole = Machine().send(filled(catalogue, form, 2, FILLED))
    placed = place(replace(whole, image=whole.image[:1300]), blanks)
    assert placed is not None
    assert placed.registration.bottom_mm == pytest.approx(1300 / 200 * 25.4, abs=2.0)


@pytest.mark.parametrize("quarter", [1, 3])
def test_a_sheet_laid_sideways_into_the_machine_is_turned_upright(catalogue: Catalogue, blanks: Blanks, quarter: int) -> None:
    scan = Machine(skew=0.5).send(filled(catalogue, catalogue.form("patient_status"), 1, FILLED))
    placed = place(replace(scan, image=np.ascontiguousarray(np.rot90(scan.image, quarter))), blanks)
    assert placed is not None
    assert (placed.form.code, placed.classification.rotated) == ("patient_status", {1: 90, 3: 270}[quarter])
    assert placed.upright.shape[0] > placed.upright.shape[1]
