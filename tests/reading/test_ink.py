"""Marks, signatures and strips: what ink in a zone amounts to."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from intake.fax import GrayImage
from intake.ocr.ink import FilledPage, fill_of
from intake.ocr.marks import MarkVerdict, read_mark
from intake.ocr.signatures import read_signature
from intake.ocr.strips import cut_cells, cut_line

MM = 200 / 25.4
BOX = (40.0, 40.0, 45.0, 45.0)
ZONE = (20.0, 60.0, 110.0, 78.0)
CELLS = [(20.0 + 5.5 * i, 100.0, 25.5 + 5.5 * i, 107.5) for i in range(6)]


def blank() -> GrayImage:
    page = np.full((1200, 1200), 255, np.uint8)
    for x0, y0, x1, y1 in (BOX, ZONE, *CELLS):
        cv2.rectangle(page, (round(x0 * MM), round(y0 * MM)), (round(x1 * MM), round(y1 * MM)), 0, 3)
    return page


def line(page: GrayImage, *points_mm: tuple[float, float], width: int = 4) -> None:
    path = np.array([[round(x * MM), round(y * MM)] for x, y in points_mm], np.int32)
    cv2.polylines(page, [path], False, (0,), width)


def laid(page: GrayImage) -> FilledPage:
    return fill_of(page, blank(), 200.0)


def tick(page: GrayImage) -> None:
    line(page, (41, 42.5), (42.3, 44), (44.2, 41))


def cross(page: GrayImage) -> None:
    line(page, (41, 41), (44, 44))
    line(page, (41, 44), (44, 41))


def stroke_leaving_the_box(page: GrayImage) -> None:
    line(page, (41, 43), (42.5, 44.2), (48, 36))


def dot(page: GrayImage) -> None:
    cv2.circle(page, (round(42.5 * MM), round(42.5 * MM)), 3, (0,), -1)


def tick_beside(page: GrayImage) -> None:
    line(page, (45.8, 43), (46.6, 44.6), (47.5, 40.5))


def filled_in(page: GrayImage) -> None:
    cv2.rectangle(page, (round(40 * MM), round(40 * MM)), (round(45 * MM), round(45 * MM)), 0, -1)


def scribbled_over(page: GrayImage) -> None:
    filled_in(page)
    line(page, *((38.5 + 8 * (i % 2), 39 + 0.35 * i) for i in range(20)))


@pytest.mark.parametrize("mark", [tick, cross, filled_in, stroke_leaving_the_box])
def test_a_tick_a_cross_a_filled_box_and_a_stroke_that_leaves_the_box_are_marks(mark: object) -> None:
    page = blank()
    mark(page)  # type: ignore[operator]
    assert read_mark(laid(page), BOX).verdict is MarkVerdict.PRESENT


def test_an_untouched_box_is_no_mark_even_when_the_page_lies_two_pixels_off() -> None:
    assert read_mark(laid(np.roll(blank(), (2, -2), (0, 1))), BOX).verdict is MarkVerdict.ABSENT


def test_rows_repeated_by_the_line_thicken_a_box_but_do_not_mark_it_for_certain() -> None:
    page = blank()
    top = round(BOX[1] * MM)
    page[top : top + 9, round(BOX[0] * MM) : round(BOX[2] * MM)] = 0
    seen = read_mark(laid(page), BOX)
    assert (seen.verdict, seen.firmness) == (MarkVerdict.ABSENT, 0.0)
    tick(page)
    assert read_mark(laid(page), BOX).verdict is MarkVerdict.PRESENT


def test_fax_noise_is_no_mark() -> None:
    page = blank()
    page[np.random.default_rng(5).random(page.shape) < 0.004] = 0
    assert read_mark(laid(page), BOX).verdict is MarkVerdict.ABSENT


@pytest.mark.parametrize("mark", [dot, tick_beside, scribbled_over])
def test_a_dot_a_tick_beside_the_box_and_a_scribbled_over_box_go_to_a_person(mark: object) -> None:
    page = blank()
    mark(page)  # type: ignore[operator]
    assert read_mark(laid(page), BOX).verdict is MarkVerdict.UNSURE


def test_long_looping_strokes_are_a_signature() -> None:
    page = blank()
    t = np.linspace(0, 1, 120)
    line(page, *zip(30 + 50 * t, 69 + 5 * np.sin(25 * t), strict=True))
    assert read_signature(laid(page), ZONE).verdict is MarkVerdict.PRESENT


def test_an_empty_zone_holds_no_signature() -> None:
    assert read_signature(laid(blank()), ZONE).verdict is MarkVerdict.ABSENT


def test_a_printed_line_through_the_zone_is_no_signature() -> None:
    page = blank()
    line(page, (22, 70), (108, 70))
    assert read_signature(laid(page), ZONE).verdict is not MarkVerdict.PRESENT


def test_a_typed_name_is_not_taken_for_a_signature() -> None:
    page = blank()
    cv2.putText(page, "O n   f i l e   J . D o e", (round(25 * MM), round(71 * MM)), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (0,), 2)
    assert read_signature(laid(page), ZONE).verdict is not MarkVerdict.PRESENT


def test_a_smudge_is_not_taken_for_a_signature() -> None:
    page = blank()
    cv2.circle(page, (round(50 * MM), round(70 * MM)), 12, (0,), -1)
    assert read_signature(laid(page), ZONE).verdict is not MarkVerdict.PRESENT


def test_cells_are_counted_by_ink_and_their_rules_leave_no_trace_in_the_strip() -> None:
    page = blank()
    for index, digit in enumerate("185"):
        x = round((CELLS[index][0] + 1.6) * MM)
        cv2.putText(page, digit, (x, round(105.6 * MM)), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0,), 3)
    cut = cut_cells(laid(page), CELLS)
    assert cut.cells == (True, True, True, False, False, False)
    assert len(cut.lines) == 1
    ink = (cut.lines[0] < 128).any(axis=0)
    assert (
        np.diff(np.flatnonzero(np.diff(np.concatenate(([0], ink.astype(int), [0])))))[::2].max() < 30
    )  # no stroke as wide as a box


def test_specks_in_an_empty_row_of_cells_are_not_writing() -> None:
    page = blank()
    page[np.random.default_rng(7).random(page.shape) < 0.004] = 0
    assert cut_cells(laid(page), CELLS).lines == ()


def test_a_block_of_two_lines_is_cut_into_two_strips() -> None:
    page = blank()
    for row, words in ((66, "first words"), (74, "second words")):
        cv2.putText(page, words, (round(25 * MM), round(row * MM)), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0,), 2)
    assert len(cut_line(laid(page), ZONE).lines) == 2
