"""PP-OCR and tesseract on print, and what the lattice says of a known text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw, ImageFont

from intake.fax import GrayImage
from intake.ocr.engine import EngineFailed, Strip
from intake.ocr.ppocr import Lattice, PpOcr
from intake.ocr.tesseract import Tesseract
from tests.reading.paper import FONT

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz -'."


def printed(text: str) -> GrayImage:
    font = ImageFont.truetype(FONT, 30)
    width = round(font.getlength(text)) + 40
    image = Image.new("L", (width, 54), 255)
    ImageDraw.Draw(image).text((20, 27), text, font=font, fill=0, anchor="lm")
    return np.asarray(image, dtype=np.uint8)


def strip(text: str, charset: str) -> Strip:
    return Strip("field", printed(text), charset, None)


@pytest.mark.parametrize("text", ["1649246166", "10311950", "3773"])
def test_printed_digits_are_read_by_both_readers(recogniser: PpOcr, text: str) -> None:
    assert recogniser.read([strip(text, DIGITS)])[0].text == text
    assert Tesseract().read([strip(text, DIGITS)])[0].text == text


def test_one_sheet_gives_each_strip_its_own_words_back() -> None:
    texts = ["Quimby", "2025550143", "Marigold", "Alvarez", "98 Example Road"]
    guesses = Tesseract().read([strip(text, LETTERS + DIGITS) for text in texts])
    assert [guess.text for guess in guesses] == texts


def test_the_mask_keeps_letters_out_of_a_number(recogniser: PpOcr) -> None:
    guess = recogniser.read([strip("1O5OS", DIGITS)])[0]
    assert set(guess.text) <= set(DIGITS)


def test_the_lattice_prefers_what_is_written_to_a_near_miss(recogniser: PpOcr) -> None:
    lattice = recogniser.lattice(strip("10311950", DIGITS))
    assert lattice.score("10311950") > 0.9
    assert lattice.score("10311951") < 0.2
    assert lattice.score("") == 0.0
    assert lattice.score("1031195A") == 0.0


def test_a_missing_tesseract_is_an_engine_failure_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    import pytesseract

    broken = Tesseract()
    monkeypatch.setattr(pytesseract.pytesseract, "tesseract_cmd", "no-such-program")
    with pytest.raises(EngineFailed):
        broken.read([strip("1", DIGITS)])


@settings(max_examples=60, deadline=None)
@given(st.integers(2, 9), st.text(alphabet="abc", min_size=1, max_size=4), st.integers(0, 2**32 - 1))
def test_a_lattice_score_is_a_share_of_the_best_path_whatever_the_lattice(steps: int, text: str, seed: int) -> None:
    probabilities = np.random.default_rng(seed).dirichlet(np.ones(4), steps)
    lattice = Lattice(np.log(probabilities).astype(np.float32), "abc")
    assert 0.0 <= lattice.score(text) <= 1.0


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_the_forward_probability_equals_the_sum_over_all_paths(steps: int, seed: int) -> None:
    import itertools

    probabilities = np.random.default_rng(seed).dirichlet(np.ones(3), steps)
    lattice = Lattice(np.log(probabilities).astype(np.float32), "ab")
    for text in ("a", "ab", "aa"):
        total = 0.0
        for path in itertools.product(range(3), repeat=steps):
            kept = [c for i, c in enumerate(path) if c and (i == 0 or path[i - 1] != c)]
            if "".join("ab"[c - 1] for c in kept) == text:
                total += float(np.prod([probabilities[i, c] for i, c in enumerate(path)]))
        best = float(np.prod(probabilities.max(axis=1)))
        assert lattice.score(text) == pytest.approx(min(1.0, (total / best) ** (1 / np.sqrt(len(text)))), abs=1e-4)
