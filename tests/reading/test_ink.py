"""Strips: what is cut out of a zone, and what counts as writing."""

from __future__ import annotations

import cv2
import numpy as np

from intake.ocr.strips import cut_cells, cut_line
from tests.reading.boxes_and_zones import CELLS, MM, ZONE, blank, laid


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


def strewn(page: np.ndarray, *spots_mm: tuple[float, float]) -> None:
    for x, y in spots_mm:
        page[round(y * MM) : round(y * MM) + 3, round(x * MM) : round(x * MM) + 3] = 0


def test_dust_strewn_over_an_empty_block_leaves_it_empty_however_much_it_is_in_all() -> None:
    page = blank()
    strewn(page, (30, 64), (38, 72), (51, 66), (63, 75), (77, 63), (84, 70), (92, 74), (104, 65))
    cut = cut_line(laid(page), ZONE)
    assert (cut.lines, cut.ink_mm2) == ((), 0.0)


def test_what_a_pale_pen_left_of_its_stroke_is_no_dust() -> None:
    page = blank()
    strewn(page, *((40 + 0.9 * step, 72 - 1.1 * step) for step in range(6)))
    assert cut_line(laid(page), ZONE).ink_mm2 > 0.35


def test_dust_far_from_a_word_does_not_widen_its_strip_and_the_point_beside_it_stays() -> None:
    words = blank()
    cv2.putText(words, "Dr", (round(25 * MM), round(70 * MM)), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0,), 2)
    pointed = words.copy()
    strewn(pointed, (30.0, 69.6))
    dusty = pointed.copy()
    strewn(dusty, (80, 69.6), (97, 65))
    (plain,), (strip,), (cleaned,) = (cut_line(laid(page), ZONE).lines for page in (words, pointed, dusty))
    assert strip.shape[1] > plain.shape[1]
    assert (cleaned == strip).all()
