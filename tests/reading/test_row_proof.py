"""What the print of a page that lost rows says of its placement."""

from __future__ import annotations

import numpy as np

from intake.ocr.coarse import Floats
from intake.ocr.row_proof import RowProof, row_proof

RULES = (100, 160, 220, 300, 380)  # rows of the blank's rules


def cells(rules: tuple[int, ...]) -> Floats:
    """A page 480 pixels wide with rules two rows thick across it, as ink in cells one row high."""
    page = np.zeros((480, 30), np.float32)
    for rule in rules:
        page[rule : rule + 2] = 1.0
    return page


def proof(rules: tuple[int, ...], offset: float = 0.0) -> RowProof:
    """The proof of a page with rules where they are, placed as if all of it were `offset` lower than the blank."""
    return row_proof(cells(rules), cells(RULES), np.eye(3), lambda rows: np.full(len(rows), offset, np.float32))


def test_print_where_the_placement_has_it_leaves_no_doubt() -> None:
    assert proof(RULES).doubtful() == []


def test_a_rule_that_stands_two_pixels_off_is_in_doubt_and_rows_between_other_rules_are_not() -> None:
    spans = proof((100, 160, 222, 300, 380)).doubtful()
    assert any(top < 222 < bottom for top, bottom, _ in spans)
    assert all(top > 150 and bottom < 310 for top, bottom, _ in spans)


def test_rows_missing_between_two_rules_are_in_doubt_though_each_rule_is_near_its_place() -> None:
    spans = proof((101, 161, 221, 298, 378), offset=-0.5).doubtful()
    assert any(top <= 230 and bottom >= 290 for top, bottom, _ in spans)


def test_a_small_doubt_between_rules_in_place_is_taken_back_and_a_large_one_is_not() -> None:
    whole = proof(RULES)
    assert whole.taken_back([(110.0, 150.0, 1.6), (310.0, 370.0, 1.6), (170.0, 210.0, 9.0)]) == [(170.0, 210.0, 9.0)]


def test_a_doubt_beyond_the_last_rule_stays() -> None:
    assert proof(RULES).taken_back([(400.0, 450.0, 1.6), (110.0, 150.0, 1.6)]) == [(400.0, 450.0, 1.6)]


def test_a_page_on_which_rows_were_lost_does_not_become_whole() -> None:
    assert proof(RULES).taken_back([(110.0, 150.0, 1.6)]) == [(110.0, 150.0, 1.6)]
