"""A strip of the sender's own page stays readable on its second trip over a line."""

from __future__ import annotations

from base64 import b64decode, b64encode
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from outbound.fax_pages import render
from outbound.letters import LetterNotWritable, compose
from outbound.notice import DocumentOutcome, DocumentResult, Missing, Notice
from outbound.pictures import DOTS_PER_MM, TALLEST_MM, WIDTH_MM, for_letter
from outbound.tiff_f import Resolution
from tests.outbound.letters_for_tests import NOW, US, ack_notice


def png(gray: np.ndarray) -> str:
    out = BytesIO()
    Image.fromarray(gray.astype(np.uint8)).save(out, "PNG")
    return b64encode(out.getvalue()).decode()


def shown(picture: str) -> np.ndarray:
    with Image.open(BytesIO(b64decode(for_letter(picture)))) as image:
        return np.asarray(image.convert("L"))


def strokes() -> np.ndarray:
    """Three thin gray lines across and three down on yellowish paper."""
    page = np.full((60, 300), 236)
    page[[15, 30, 45], :] = 120
    page[:, [60, 150, 240]] = 120
    return page


def asking_with(picture: str) -> Notice:
    """A letter that asks for a blood count and shows what arrived."""
    asks = Missing("Blood draw 1: ANC", "Please write it again.", strip=picture)
    outcome = DocumentOutcome("Patient Status Form", DocumentResult.SENT_BACK, (1, 2), missing=(asks,), answer_by="2026-11-30")
    return ack_notice(documents=(outcome,))


def test_a_picture_is_black_and_white_and_its_strokes_are_three_dots_and_more():
    image = shown(png(strokes()))
    assert set(np.unique(image)) == {0, 255}
    across = (image[:, 5] == 0).astype(int)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], across, [0]])))
    assert len(edges) == 6
    assert (edges[1::2] - edges[::2]).min() >= 3


def test_thin_strokes_are_still_there_at_the_coarse_resolution():
    letter = compose([asking_with(png(strokes()))], US, NOW)
    with Image.open(BytesIO(render(letter, resolution=Resolution.STANDARD).tiff)) as stack:
        stack.seek(1)
        ink = ~np.asarray(stack.convert("1"))
    long_rows = np.flatnonzero(ink[400:, 230:700].mean(axis=1) > 0.95)
    assert len(np.flatnonzero(np.diff(long_rows) > 3)) >= 2  # three lines across, apart from each other


@pytest.mark.parametrize("shape", [(10, 4000), (3000, 20), (1, 1)])
def test_a_picture_of_any_shape_fits_its_place(shape):
    height, width = shown(png(np.full(shape, 200))).shape
    assert width <= WIDTH_MM * DOTS_PER_MM + 1
    assert height <= TALLEST_MM * DOTS_PER_MM + 1


@pytest.mark.parametrize("broken", ["", "no base64!", b64encode(b"no picture").decode()])
def test_what_is_no_picture_makes_no_letter(broken):
    with pytest.raises(ValueError, match="picture"):
        for_letter(broken)
    if broken:  # none at all is a row without a picture
        with pytest.raises(LetterNotWritable, match="picture"):
            compose([asking_with(broken)], US, NOW)
