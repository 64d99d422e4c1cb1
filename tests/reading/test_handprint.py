"""The reader of single characters: what it reads, what it refuses, and that its n best are the n best."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.ocr.cells import cut_characters
from intake.ocr.engine import EngineFailed
from intake.ocr.handprint import CellLattice, HandprintReader
from tests.reading.combs import CELLS, blank_comb, laid, stroke, typed

DIGITS = "0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@pytest.fixture(scope="module")
def reader() -> HandprintReader:
    return HandprintReader()


def lattice_of(text: str, reader: HandprintReader) -> CellLattice:
    return reader.read(cut_characters(laid(typed(blank_comb(), text)), CELLS[: len(text)]))


@pytest.mark.parametrize("text", ["1649246166", "2025550143", "3773908812"])
def test_typed_digits_are_read_with_high_probability(reader: HandprintReader, text: str) -> None:
    read, probability = lattice_of(text, reader).best(DIGITS)
    assert read == text
    assert probability > 0.7


def test_typed_capitals_are_read(reader: HandprintReader) -> None:
    assert lattice_of("CAKMRTWXHE", reader).best(CAPITALS)[0] == "CAKMRTWXHE"


def test_a_look_alike_counts_for_the_character_that_the_field_allows(reader: HandprintReader) -> None:
    lattice = lattice_of("O5", reader)
    assert lattice.best(DIGITS)[0] == "05"
    assert lattice.best(CAPITALS)[0] == "OS"
    assert lattice.probability("05", DIGITS) == pytest.approx(lattice.best(DIGITS)[1], rel=1e-4)


def test_scribbles_are_no_digits(reader: HandprintReader) -> None:
    page = blank_comb()
    rng = np.random.default_rng(3)
    for x0, y0, x1, y1 in CELLS:
        points = np.stack([rng.uniform(x0 + 0.9, x1 - 0.9, 14), rng.uniform(y0 + 1.2, y1 - 1.2, 14)], axis=1)
        stroke(page, *((float(x), float(y)) for x, y in points))
    lattice = reader.read(cut_characters(laid(page), CELLS))
    assert np.median(lattice.within(DIGITS).max(axis=1)) < 0.3
    assert lattice.best(DIGITS)[1] < 1e-3


def test_a_cell_without_a_stroke_is_no_character(reader: HandprintReader) -> None:
    lattice = lattice_of("1 2", reader)
    assert lattice.characters[int(lattice.log_probs[1].argmax())] == "?"
    assert lattice.best(DIGITS)[1] < 1e-3


def test_a_document_is_read_in_one_run_as_field_by_field(reader: HandprintReader) -> None:
    both = lattice_of("12345", reader)
    assert both.part(3, 5).best(DIGITS)[0] == "45"
    assert len(both.part(3, 5)) == 2
    assert reader.read([]).best(DIGITS) == ("", 0.0)


def test_a_text_of_another_length_has_no_probability(reader: HandprintReader) -> None:
    lattice = lattice_of("123", reader)
    assert lattice.probability("12") == 0.0
    assert lattice.probability("1234") == 0.0
    assert lattice.probability("12A", DIGITS) == 0.0


def test_a_damaged_model_is_an_engine_failure_that_says_what_to_do(tmp_path: Path) -> None:
    broken = tmp_path / "handprint.onnx"
    broken.write_bytes(b"not a model at all")
    with pytest.raises(EngineFailed, match="Install remsfax again"):
        HandprintReader(broken)


def test_a_missing_model_is_an_engine_failure(tmp_path: Path) -> None:
    with pytest.raises(EngineFailed, match="cannot be loaded"):
        HandprintReader(tmp_path / "gone.onnx")


def lattice_by(seed: int, cells: int, characters: str) -> CellLattice:
    probs = np.random.default_rng(seed).dirichlet(np.full(len(characters), 0.5), cells)
    logs = np.log(np.maximum(probs, 1e-7)).astype(np.float32)
    return CellLattice(logs, characters, np.ones(cells, np.float32), np.zeros((cells, 1), np.float32))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.integers(1, 12), st.sampled_from(["015", "AO0", "17", "S58B"]))
def test_the_n_best_are_exactly_the_n_best_of_all_texts(seed: int, cells: int, n: int, charset: str) -> None:
    lattice = lattice_by(seed, cells, "0158ABOSI7?")
    every = sorted(
        (lattice.probability("".join(text), charset) for text in itertools.product(charset, repeat=cells)), reverse=True
    )
    found = lattice.alternatives(charset, n)
    assert [score for _, score in found] == pytest.approx(every[:n], abs=1e-6)
    assert [lattice.probability(text, charset) for text, _ in found] == pytest.approx([score for _, score in found], abs=1e-6)
    assert found[0] == pytest.approx(lattice.best(charset), abs=1e-6) or found[0][1] == pytest.approx(lattice.best(charset)[1])
    assert len({text for text, _ in found}) == len(found)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_the_probabilities_of_all_texts_never_sum_to_more_than_one(seed: int, cells: int) -> None:
    lattice = lattice_by(seed, cells, "0158ABOSI7?")
    assert lattice.within("0158").sum(axis=1).max() <= 1.0 + 1e-5
    assert lattice.best("0158")[1] <= 1.0
