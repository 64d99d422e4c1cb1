"""The pages: a TIFF-F that any fax server takes, and that says what the letter says."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image

from outbound.fax_pages import MOST_PAGES, preview_png, render
from outbound.letters import LetterNotWritable, compose
from outbound.notice import DocumentOutcome, DocumentResult
from outbound.tiff_f import encode
from tests.outbound.letters_for_tests import NOW, US, ack_notice, notice_of_kind


def ink_of(tiff: bytes, page: int = 0):
    with Image.open(BytesIO(tiff)) as stack:
        stack.seek(page)
        return ~np.asarray(stack)


@pytest.fixture(scope="module")
def letter():
    return render(compose([notice_of_kind("enrollment_confirmed")], US, NOW))


def test_the_tiff_says_what_a_fax_server_expects(letter):
    with Image.open(BytesIO(letter.tiff)) as stack:
        assert stack.n_frames == letter.pages == 2
        for page in range(letter.pages):
            stack.seek(page)
            tags = dict(stack.tag_v2)
            assert (tags[256], tags[257]) == (1728, 2156)
            assert (tags[258], tags[259], tags[262], tags[266], tags[277]) == ((1,), 4, 0, 1, 1)
            assert (float(tags[282]), float(tags[283]), tags[296]) == (204.0, 196.0, 2)
            assert len(tags[273]) == len(tags[279]) == 1
            assert tags[278] == 2156
            assert (tags[254], tags[293], tags[297]) == (2, 0, (page, 2))


def test_pages_are_black_ink_on_white_paper(letter):
    for page in range(letter.pages):
        ink = ink_of(letter.tiff, page)
        assert 0.01 < ink.mean() < 0.15


def test_the_top_eight_millimetres_are_left_to_the_sending_machine(letter):
    rows = round(8 / 25.4 * 196)
    assert not ink_of(letter.tiff)[:rows].any()


def test_no_rule_is_thinner_than_three_dots(letter):
    ink = ink_of(letter.tiff, 1)
    ruled = ink.mean(axis=1) > 0.7
    edges = np.flatnonzero(np.diff(np.concatenate([[0], ruled.astype(int), [0]])))
    thicknesses = edges[1::2] - edges[::2]
    assert len(thicknesses) >= 4
    assert thicknesses.min() >= 3


def test_the_same_letter_makes_the_same_bytes(letter):
    assert render(compose([notice_of_kind("enrollment_confirmed")], US, NOW)).tiff == letter.tiff


def test_a_letter_that_would_hold_the_line_for_an_hour_is_refused():
    documents = tuple(DocumentOutcome("Form", DocumentResult.RECORDED, reason="word " * 900) for _ in range(MOST_PAGES + 1))
    with pytest.raises(LetterNotWritable, match="at most"):
        render(compose([ack_notice(documents=documents)], US, NOW))


def test_a_preview_has_square_pixels_and_knows_its_pages(letter):
    with Image.open(BytesIO(preview_png(letter.tiff, 2, 850))) as preview:
        assert preview.format == "PNG"
        assert preview.size == (850, 1104)
    with pytest.raises(IndexError):
        preview_png(letter.tiff, 3)


@settings(max_examples=25, deadline=None)
@given(st.lists(arrays.arrays(bool, st.tuples(st.integers(1, 12), st.just(1728))), min_size=1, max_size=3))
def test_every_page_of_ink_comes_back_dot_by_dot(pages):
    tiff = encode(pages)
    for number, ink in enumerate(pages):
        assert (ink_of(tiff, number) == ink).all()


def test_a_width_that_no_line_has_is_refused():
    with pytest.raises(ValueError, match="1700"):
        encode([np.zeros((10, 1700), bool)])
    with pytest.raises(ValueError, match="at least one"):
        encode([])
