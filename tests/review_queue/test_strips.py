"""Strips cut from a page, and zones on it."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.forms.definition import Box
from review_queue.strips import (
    PADDING_MM,
    STRIP_PIXELS_PER_MM,
    NoPlace,
    cut_strip,
    decode,
    encode,
    size_of,
    thumbnail,
    with_padding,
    zone_on_page,
)
from tests.review_queue.invented import MM_TO_PIXELS, STATUS_FORM, page_image

NPI = STATUS_FORM.field("prescriber_npi").box


def test_a_strip_of_an_askew_page_is_cut_straight():
    strip = cut_strip(page_image(1), NPI, STATUS_FORM, MM_TO_PIXELS)
    left, above, _, _ = PADDING_MM
    top_rule = round(above * STRIP_PIXELS_PER_MM)
    columns = slice(round((left + 5) * STRIP_PIXELS_PER_MM), round((left + 55) * STRIP_PIXELS_PER_MM))
    dark = strip[top_rule - 3 : top_rule + 4, columns].min(axis=0) < 128
    assert dark.mean() > 0.95  # the box's upper rule lies in the same few rows along its whole length


def test_the_printed_label_above_the_box_is_in_the_strip():
    strip = cut_strip(page_image(1), NPI, STATUS_FORM, MM_TO_PIXELS)
    above_the_box = strip[: round((PADDING_MM[1] - 1) * STRIP_PIXELS_PER_MM)]
    assert (above_the_box < 128).mean() > 0.01


def test_a_strip_beyond_the_pages_edge_is_white_there():
    strip = cut_strip(np.zeros((2200, 1700), dtype=np.uint8), Box(150, 260, 205, 279), STATUS_FORM, MM_TO_PIXELS)
    assert strip[-1, -1] == 255


def test_a_zone_lies_where_the_box_was_drawn():
    page = page_image(1)
    (x0, y0), *_ = zone_on_page(NPI, MM_TO_PIXELS)
    around = page[round(y0) - 3 : round(y0) + 4, round(x0) : round(x0) + 40]
    assert (around.min(axis=0) < 128).mean() > 0.9


def test_a_page_nobody_could_lay_over_its_blank_has_no_strips():
    with pytest.raises(NoPlace):
        cut_strip(page_image(1), NPI, STATUS_FORM, None)
    with pytest.raises(NoPlace):
        zone_on_page(NPI, None)


def test_a_stored_page_comes_back_with_its_size():
    page = page_image(2)
    assert np.array_equal(decode(encode(page)), page)
    assert size_of(encode(page)) == (page.shape[1], page.shape[0])
    assert thumbnail(page).shape[1] == 96


def test_what_is_no_image_is_refused():
    with pytest.raises(ValueError, match="decoded"):
        decode(b"not a page")


@given(st.floats(0, 215), st.floats(0, 279), st.floats(0.5, 215), st.floats(0.5, 279))
def test_padding_never_leaves_the_page(x0, y0, wide, high):
    area = with_padding(Box(x0, y0, min(215.9, x0 + wide), min(279.4, y0 + high)), STATUS_FORM)
    assert 0 <= area.x0 < area.x1 <= STATUS_FORM.width_mm
    assert 0 <= area.y0 < area.y1 <= STATUS_FORM.height_mm
