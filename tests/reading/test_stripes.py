"""Stripes down a page are found, and taken away without what crosses them."""

from __future__ import annotations

import numpy as np
import pytest

from intake.ocr.stripes import Stripe, find_stripes, without_stripes


def page() -> np.ndarray:
    return np.full((2200, 1700), 255, np.uint8)


@pytest.mark.parametrize("width", [1, 2, 4, 7])
def test_a_ragged_stripe_down_the_page_is_found(width: int) -> None:
    striped = page()
    ragged = np.random.default_rng(3).random((2200, width)) < 0.85
    striped[:, 700 : 700 + width][ragged] = 0
    assert find_stripes(striped) == (Stripe(700, 700 + width),)


def test_boxes_bars_and_the_sheets_edge_are_no_stripes() -> None:
    form = page()
    form[200:230] = 0  # a bar across
    form[300:1100, 500:503] = 0  # the side of a large box
    form[:, :20] = 0  # the sheet's shadow
    form[:, 900:920] = 0  # a broad bar is no dirt
    assert find_stripes(form) == ()


def test_taking_a_stripe_away_leaves_the_strokes_that_cross_it() -> None:
    written = page()
    written[1000:1004, 650:760] = 0
    striped = written.copy()
    striped[:, 700:702] = 0
    cleaned = without_stripes(striped, find_stripes(striped))
    assert (cleaned[1000:1004, 650:760] == 0).all()
    assert (cleaned[:990, 690:710] == 255).all()


def test_a_page_without_stripes_stays_as_it_is() -> None:
    clean = page()
    clean[500:520, 300:900] = 0
    assert find_stripes(clean) == ()
    assert (without_stripes(clean, ()) == clean).all()
