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


def places_down(placed: PlacedPage, rows: range) -> dict[int, float]:
    """Where rows of the blank (multiples of 8) are on the page, in the middle, but for those that are said to be uncertain."""
    said = [(top, bottom) for top, bottom, _ in placed.registration.squeezed] + list(placed.registration.unsupported)
    free = [row for row in rows if not any(top <= row <= bottom for top, bottom in said)]
    return {row: float(placed.registration.map_y[row // 8, 100]) for row in free}


@pytest.mark.parametrize(("first", "lost"), [(500, 12), (1100, 60), (1700, 150)])
def test_a_long_run_of_lost_rows_is_followed_or_nothing_below_it_counts_as_placed(
    catalogue: Catalogue, blanks: Blanks, first: int, lost: int
) -> None:
    whole = Machine().send(filled(catalogue, catalogue.form("patient_status"), 1, FILLED))
    placed = place(replace(whole, image=np.delete(whole.image, np.arange(first, first + lost), axis=0)), blanks)
    assert placed is not None
    found = places_down(placed, range(208, 2000, 16))
    assert all(abs(place - (row if row < first else row - lost)) < 2.0 for row, place in found.items())
    assert lost > 22 or len(found) > 90  # few lost rows cost few zones


def test_rows_lost_on_a_page_that_lies_askew_are_followed_along_the_page_and_not_along_the_form(
    catalogue: Catalogue, blanks: Blanks
) -> None:
    machine = Machine(skew=3.0)
    whole = machine.send(filled(catalogue, catalogue.form("patient_status"), 1, FILLED))
    placed = place(replace(whole, image=np.delete(whole.image, np.arange(1000, 1012), axis=0)), blanks)
    assert placed is not None
    spans = [(top, bottom) for top, bottom, _ in placed.registration.squeezed]
    for y in range(208, 2000, 64):
        for x in (200, 800, 1400):
            true = machine.matrix(placed.blank.image.shape) @ (x, y, 1)
            arrived = true[1] - (12 if true[1] > 1006 else 0)
            if not any(top <= y <= bottom for top, bottom in spans):
                assert abs(float(placed.registration.map_y[y // 8, x // 8]) - arrived) < 2.0


def test_doubled_rows_push_down_what_follows_them(catalogue: Catalogue, blanks: Blanks) -> None:
    whole = Machine().send(filled(catalogue, catalogue.form("anc_lab_reporting"), 1, FILLED))
    placed = place(replace(whole, image=np.insert(whole.image, range(800, 810), whole.image[800:810], axis=0)), blanks)
    assert placed is not None
    found = places_down(placed, range(208, 2000, 16))
    assert len(found) > 90
    assert all(abs(place - (row if row < 800 else row + 10)) < 2.0 for row, place in found.items())


def test_a_corner_torn_off_leaves_no_field_under_it_counted_as_placed(catalogue: Catalogue, blanks: Blanks) -> None:
    form = catalogue.form("patient_status")
    sheet = filled(catalogue, form, 1, FILLED).copy()
    size = 700  # pixels along each edge: 9 cm, well into the first fields
    for row in range(size):
        sheet[row, : size - row] = 255
    placed = place(Machine().send(sheet), blanks)
    assert placed is not None
    under = [one.box for one in form.on_page(1) if (one.box.x0 + one.box.y1) * 200 / 25.4 < size - 60]
    assert under
    for box in under:
        assert placed.registration.is_off_page(*(edge * 200 / 25.4 for edge in box))


@pytest.mark.parametrize("pushed", [-98, -105])  # the boxes begin at column 94
def test_a_form_pushed_off_the_glass_says_that_its_edge_is_missing_or_is_not_placed(
    catalogue: Catalogue, blanks: Blanks, pushed: int
) -> None:
    form = catalogue.form("patient_status")
    placed = place(Machine(shift_x=pushed).send(filled(catalogue, form, 1, FILLED)), blanks)
    spans = ((0.0, 2200.0),) if placed is None else placed.registration.unsupported
    gone = [one.box for one in form.on_page(1) if one.box.x0 * 200 / 25.4 < 97]
    assert gone
    for box in gone:
        assert any(top < box.y1 * 200 / 25.4 and box.y0 * 200 / 25.4 < bottom for top, bottom in spans)


def test_lost_rows_do_not_turn_one_pharmacy_s_form_into_its_sister(catalogue: Catalogue, blanks: Blanks) -> None:
    for code in ("inpatient_pharmacy", "outpatient_pharmacy"):
        form = catalogue.form(code)
        whole = Machine().send(without_codes(form, 1, filled(catalogue, form, 1, FILLED)))
        for first, lost in ((450, 100), (900, 104), (1300, 180)):
            placed = place(replace(whole, image=np.delete(whole.image, np.arange(first, first + lost), axis=0)), blanks)
            assert placed is None or placed.form.code == code
