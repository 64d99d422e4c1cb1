from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.resolution import DPI, believable, guessed_dpi, pixels_at_200, square, tagged_dpi


@pytest.mark.parametrize(
    ("size", "tags", "dpi"),
    [
        ((1728, 2156), (204.0, 196.0, 2), (204.0, 196.0)),
        ((1728, 1078), (204.0, 98.0, 2), (204.0, 98.0)),
        ((1728, 2156), (None, None, None), (204.0, 196.0)),
        ((1728, 1142), (None, None, None), (204.0, 98.0)),
        ((1728, 2156), (80.31, 77.17, 3), (203.99, 196.01)),
        ((1728, 2156), (80.31, 77.17, None), (203.99, 196.01)),
        ((1728, 2156), (72.0, 72.0, 2), (204.0, 196.0)),  # an editor's default; the page would be two feet wide
        ((1728, 2156), (1.0, 1.0, 1), (204.0, 196.0)),  # an aspect ratio, no resolution
        ((2550, 3300), (None, None, None), (300.0, 300.0)),
        ((3300, 2550), (None, None, None), (300.0, 300.0)),  # landscape
        ((1728, 300), (204.0, 98.0, 2), (204.0, 98.0)),  # a call cut off early is short, not narrow
    ],
)
def test_the_size_on_paper_is_found_from_tags_or_from_the_pixels(size, tags, dpi):
    assert tagged_dpi(*size, *tags) == pytest.approx(dpi, abs=0.05)


@given(
    width=st.integers(1, 20_000),
    height=st.integers(1, 20_000),
    x=st.floats(),
    y=st.floats(),
    unit=st.sampled_from([None, 0, 1, 2, 3]),
)
def test_any_tags_whatever_give_a_positive_resolution(width, height, x, y, unit):
    dpi = tagged_dpi(width, height, x, y, unit)
    assert all(0 < one < float("inf") for one in dpi)
    assert believable(width / dpi[0], height / dpi[1]) or dpi == guessed_dpi(width, height)


def test_a_stripe_keeps_its_place_and_its_width_when_rows_are_stretched():
    page = np.full((1078, 1728), 255, np.uint8)
    page[490:539] = 0  # half an inch, five inches down
    squared = square(page, (204.0, 98.0))
    dark = np.flatnonzero(squared[:, 800] < 128)
    assert dark[0] == pytest.approx(5 * DPI, abs=2)
    assert dark[-1] == pytest.approx(5.5 * DPI, abs=2)


def test_thin_lines_survive_being_shrunk():
    page = np.full((6600, 5100), 255, np.uint8)
    page[3000:3006] = 0  # a hundredth of an inch at 600 dots per inch
    assert square(page, (600.0, 600.0)).min() < 100


def test_a_page_that_is_square_already_is_left_alone():
    page = np.zeros((10, 10), np.uint8)
    assert square(page, (200.0, 200.0)) is page


@given(st.integers(1, 5000), st.integers(1, 5000), st.floats(1, 2000), st.floats(1, 2000))
def test_a_square_page_is_never_without_pixels(width, height, x, y):
    assert min(pixels_at_200(width, height, (x, y))) >= 1
