"""PP-OCR and tesseract on print, and what the lattice says of a known text."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from intake.fax import GrayImage
from intake.forms.field_values import CHARSETS
from intake.ocr import ppocr
from intake.ocr.engine import EngineFailed, Strip
from intake.ocr.output_layer import cut_to
from intake.ocr.ppocr import PpOcr
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


def test_what_one_fax_said_does_not_colour_the_next_one_s_reading() -> None:
    one = [strip(text, LETTERS + DIGITS) for text in ("Quimby", "98 Example Road")]
    other = [strip("2025550143", DIGITS), strip("Marigold", LETTERS)]
    used = Tesseract()
    first = used.read(one)
    used.read(other)
    used.page_text(printed("COVER SHEET"))
    assert used.read(one) == first
    assert Tesseract().read(other) == used.read(other)


def test_all_words_of_a_page_are_told_in_order() -> None:
    page = np.full((300, 600), 255, np.uint8)
    for row, text in enumerate(("FAX COVER", "to: Harborview")):
        line = printed(text)
        page[40 + 90 * row : 40 + 90 * row + line.shape[0], 30 : 30 + line.shape[1]] = line
    assert Tesseract().page_text(page).split() == ["FAX", "COVER", "to:", "Harborview"]


def test_a_missing_model_of_tesseract_is_an_engine_failure_that_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path))
    with pytest.raises(EngineFailed, match=r"tessdata\.fast-eng"):
        Tesseract().read([strip("1", DIGITS)])


def test_the_recogniser_can_tell_apart_every_character_that_a_field_may_hold(recogniser: PpOcr) -> None:
    assert set("".join(CHARSETS.values())) <= recogniser.characters


def test_a_wide_gap_between_comb_characters_costs_no_width(recogniser: PpOcr) -> None:
    one, two = printed("4711"), printed("0815")
    apart = np.full((one.shape[0], 400), 255, np.uint8)
    in_comb = Strip("field", np.asarray(np.concatenate([one, apart, two], axis=1), np.uint8), DIGITS, 8)
    lattice = recogniser.lattice(in_comb)
    assert lattice.best()[0] == "47110815"
    assert len(lattice.log_probs) * 8 < one.shape[1] + two.shape[1]


def test_cutting_the_output_layer_changes_no_masked_probability(recogniser: PpOcr, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = strip("Marigold 7", LETTERS + DIGITS)
    monkeypatch.setattr(ppocr, "LATIN_ENDS", 0x110000)
    whole = PpOcr()
    assert len(whole.characters) > 18_000
    assert recogniser.lattice(seen).log_probs == pytest.approx(whole.lattice(seen).log_probs, abs=2e-3)


@pytest.mark.parametrize("damage", [b"", b"\xff\xff\xff", b"not a model at all"])
def test_a_model_that_is_not_built_as_expected_is_refused(damage: bytes) -> None:
    with pytest.raises(ValueError, match=r"ends too early|wire type|no output layer"):
        cut_to(damage, [0, 1], 18_710)
