"""Characters are cut out of a comb each with its own strokes, and keep their size."""

from __future__ import annotations

import numpy as np

from intake.ocr.cells import SIZE, cut_characters
from intake.ocr.strips import cut_cells
from tests.reading.combs import CELLS, blank_comb, laid, stroke, typed


def ink(image: np.ndarray) -> int:
    return int((image > 128).sum())


def test_each_cell_gets_one_image_and_empty_cells_are_told_as_the_strip_tells_them() -> None:
    page = laid(typed(blank_comb(), "18 5"))
    cut = cut_characters(page, CELLS)
    assert len(cut) == len(CELLS)
    assert tuple(cell.inked for cell in cut) == cut_cells(page, CELLS).cells
    assert [cell.inked for cell in cut[:5]] == [True, True, False, True, False]
    assert all(cell.image.shape == (SIZE, SIZE) for cell in cut)
    assert not cut[2].image.any()


def test_the_rules_of_an_empty_comb_leave_no_ink() -> None:
    assert not any(cell.image.any() or cell.inked or cell.doubtful for cell in cut_characters(laid(blank_comb()), CELLS))


def test_a_stroke_that_runs_into_the_neighbours_cell_stays_with_its_own_character() -> None:
    page = typed(blank_comb(), "1", first=1)
    alone = cut_characters(laid(page), CELLS)[1]
    stroke(page, (6.5, 7.0), (9.0, 8.9), (11.4, 8.9))  # cell 0's tail crosses the rule at 10.5 mm
    cut = cut_characters(laid(page), CELLS)
    assert not cut[0].parted
    assert cut[0].box_px[2] > round(10.6 * 200 / 25.4)  # reaches into cell 1
    assert np.abs(cut[1].image.astype(int) - alone.image).mean() < 2  # cell 1's character is as it was


def test_two_characters_that_touch_over_the_rule_are_parted_there_and_say_so() -> None:
    page = blank_comb()
    stroke(page, (6.5, 6.5), (6.5, 11.0), (10.5, 8.8))
    stroke(page, (10.5, 8.8), (14.5, 6.5), (14.5, 11.0))
    cut = cut_characters(laid(page), CELLS)
    assert cut[0].parted
    assert cut[1].parted
    assert cut[0].inked
    assert cut[1].inked
    assert abs(ink(cut[0].image) - ink(cut[1].image)) < 0.2 * ink(cut[0].image)


def test_a_digit_is_blown_up_and_a_point_stays_a_point() -> None:
    page = typed(blank_comb(), "8")
    stroke(page, (13.2, 10.6), (13.3, 10.7), pen=5)
    digit, point = cut_characters(laid(page), CELLS)[:2]
    assert np.flatnonzero((digit.image > 128).any(axis=1)).size >= SIZE - 6
    assert 0 < np.flatnonzero((point.image > 128).any(axis=1)).size <= SIZE // 2 - 4


def test_a_tall_straight_one_beside_the_edge_of_the_comb_is_no_swollen_rule() -> None:
    page = blank_comb()
    stroke(page, (6.6, 6.3), (6.6, 11.6))
    assert cut_characters(laid(page), CELLS)[0].inked
    assert cut_cells(laid(page), CELLS).cells[0]


def test_a_rule_that_repeated_rows_have_swollen_and_a_stripe_down_the_page_are_no_ink() -> None:
    page = blank_comb()
    bottom = round(CELLS[0][3] * 200 / 25.4)
    page[bottom - 7 : bottom, round(5 * 200 / 25.4) : round(60 * 200 / 25.4)] = 0
    page[:, 300:302] = 0
    assert not any(cell.inked or cell.doubtful for cell in cut_characters(laid(page), CELLS))


def test_a_dash_stays_flat() -> None:
    page = blank_comb()
    stroke(page, (6.4, 8.8), (9.1, 8.8))
    rows = np.flatnonzero((cut_characters(laid(page), CELLS)[0].image > 128).any(axis=1))
    assert rows.size <= SIZE // 4


def test_ink_above_the_row_that_nothing_joins_to_it_is_not_in_any_cell() -> None:
    page = typed(blank_comb(), "7")
    before = cut_characters(laid(page), CELLS)[0].image
    stroke(page, (6.0, 3.9), (9.5, 3.9))
    assert np.array_equal(cut_characters(laid(page), CELLS)[0].image, before)


def test_a_leg_below_the_rule_that_no_character_owns_is_called_stray() -> None:
    page = blank_comb()
    x0, _, x1, y1 = CELLS[3]
    stroke(page, (x0 + 3.0, y1 - 6.0), (x0 + 1.2, y1), (x1 - 1.0, y1))  # the bar of the 4 runs along the rule
    stroke(page, (x1 - 1.4, y1 + 0.5), (x1 - 1.4, y1 + 2.0))  # and its leg stands below
    stroke(page, (CELLS[5][0] + 2.5, y1 - 6.0), (CELLS[5][0] + 2.5, y1 + 1.2))  # a long 1, one stroke
    cells = cut_characters(laid(page), CELLS)
    assert [place for place, cell in enumerate(cells) if cell.stray] == [3]
