"""What a lattice says of texts: the sums over all paths, against adding up every path there is."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.ocr.lattice import CTC_BLANK, LEAST_SYMBOL, Lattice

ALPHABET = "ab"
TINY = st.tuples(st.integers(1, 5), st.integers(0, 2**32 - 1), st.sampled_from([0.1, 1.0, 10.0]))


def lattice_of(steps: int, seed: int, peaked: float, alphabet: str = ALPHABET) -> Lattice:
    probabilities = np.random.default_rng(seed).dirichlet(np.full(len(alphabet) + 1, peaked), steps)
    return Lattice(np.log(np.maximum(probabilities, 1e-12)).astype(np.float32), alphabet)


def every_text(lattice: Lattice) -> dict[str, float]:
    """The probability of every text, by adding up all paths."""
    probabilities = np.exp(lattice.log_probs.astype(np.float64))
    totals: dict[str, float] = {}
    for path in itertools.product(range(probabilities.shape[1]), repeat=len(probabilities)):
        kept = [c for step, c in enumerate(path) if c != CTC_BLANK and (step == 0 or path[step - 1] != c)]
        text = "".join(lattice.characters[c - 1] for c in kept)
        totals[text] = totals.get(text, 0.0) + float(np.prod([row[c] for row, c in zip(probabilities, path, strict=True)]))
    return totals


@settings(max_examples=60, deadline=None)
@given(TINY)
def test_a_text_s_probability_is_the_sum_over_all_its_paths(tiny: tuple[int, int, float]) -> None:
    lattice = lattice_of(*tiny)
    totals = every_text(lattice)
    texts = [text for text in totals if text]
    assert lattice.probabilities(texts) == pytest.approx([totals[text] for text in texts], rel=1e-6, abs=1e-300)
    best = float(np.prod(np.exp(lattice.log_probs.astype(np.float64)).max(axis=1)))
    scores = [min(1.0, (totals[text] / best) ** (1 / np.sqrt(len(text)))) for text in texts]
    assert lattice.scores(texts) == pytest.approx(scores, rel=1e-5)


@settings(max_examples=60, deadline=None)
@given(TINY)
def test_the_alternatives_are_the_likeliest_texts_there_are(tiny: tuple[int, int, float]) -> None:
    lattice = lattice_of(*tiny)
    totals = every_text(lattice)
    expected = sorted((p for text, p in totals.items() if text), reverse=True)[:3]
    found = lattice.alternatives(3)
    assert [p for _, p in found] == sorted((p for _, p in found), reverse=True)
    assert all(p == pytest.approx(totals[text], rel=1e-6, abs=1e-300) for text, p in found)
    for place, p in enumerate(expected):
        if p > 10 * LEAST_SYMBOL:  # below it characters that nobody tries may be needed
            assert found[place][1] == pytest.approx(p, rel=1e-6)


@settings(max_examples=40, deadline=None)
@given(st.integers(2, 9), st.lists(st.text(alphabet="abcX", max_size=6), max_size=6), st.integers(0, 2**32 - 1))
def test_many_texts_at_once_score_as_each_alone(steps: int, texts: list[str], seed: int) -> None:
    lattice = lattice_of(steps, seed, 1.0, "abc")
    together = lattice.scores(texts)
    assert together == pytest.approx([lattice.score(text) for text in texts])
    assert all(0.0 <= score <= 1.0 for score in together)


def test_what_cannot_be_spelled_has_no_probability() -> None:
    lattice = lattice_of(3, 1, 1.0)
    assert list(lattice.probabilities(["", "aX", "abab", "aa"])) == [0.0, 0.0, 0.0, pytest.approx(every_text(lattice)["aa"])]


def test_a_long_strip_neither_overflows_nor_loses_an_unlikely_text() -> None:
    lattice = Lattice(np.log(np.tile(np.float32([0.98, 1e-6, 0.02]), (200, 1))), ALPHABET)
    # by hand: paths of "a" are one stretch of a's among blanks
    expected = sum((200 - length + 1) * 1e-6**length * 0.98 ** (200 - length) for length in range(1, 200))
    assert lattice.probability("a") == pytest.approx(expected, rel=1e-3)
    assert 0.0 < lattice.probability("a" * 20) < 1e-80


def test_the_alternatives_of_a_doubtful_character_are_both_offered() -> None:
    rows = [[0.9, 0.05, 0.05], [0.02, 0.58, 0.40], [0.97, 0.02, 0.01]]
    found = Lattice(np.log(np.float32(rows)), "17").alternatives(2)
    assert [text for text, _ in found] == ["1", "7"]
    assert sum(p for _, p in found) <= 1.0
