"""A hand's own characters as a reader: what is known of some combs helps to read the others, and only where it does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.ocr.handprint import CellLattice
from intake.ocr.own_hand import KnownCells, OwnHand

CHARACTERS = "0123456789?"


def written(text: str, looks: str = "", sure: float = 0.6, shift: float = 0.0) -> CellLattice:
    """Cells in which this text stands, as a reader sees them: each looks like the class of `looks`, with a probability of `sure`.

    What it saw in a cell is a direction of its own for each character that really stands there, bent a little by `shift`.
    """
    looks = looks or text
    probs = np.full((len(text), len(CHARACTERS)), (1 - sure) / (len(CHARACTERS) - 1), np.float32)
    traits = np.zeros((len(text), len(CHARACTERS)), np.float32)
    for cell, (true, seen) in enumerate(zip(text, looks, strict=True)):
        probs[cell, CHARACTERS.index(seen)] = sure
        traits[cell, CHARACTERS.index(true)] = 1.0
        traits[cell, (CHARACTERS.index(true) + 1) % len(CHARACTERS)] = shift
    traits /= np.linalg.norm(traits, axis=1, keepdims=True)
    return CellLattice(np.log(probs), CHARACTERS, np.ones(len(text), np.float32), traits)


ONES_LIKE_SEVENS = OwnHand.of(
    [
        KnownCells(written("1172", looks="7172", sure=0.6), "1172"),
        KnownCells(written("7130", looks="7730", sure=0.6), "7130"),
        KnownCells(written("4157", looks="4757", sure=0.6), "4157"),
    ]
)


def test_a_hand_whose_1_looks_like_a_7_is_read_by_its_own_ones() -> None:
    unknown = written("1875", looks="7875", sure=0.7)
    assert unknown.best("0123456789")[0] == "7875"
    assert ONES_LIKE_SEVENS.adapted(unknown).best("0123456789")[0] == "1875"


def test_the_nearest_known_characters_are_a_vote_of_their_own() -> None:
    assert ONES_LIKE_SEVENS.nearest(written("1357", looks="7357"), "0123456789") == "1357"


def test_a_character_that_the_hand_has_not_shown_is_not_pulled_to_one_that_it_has() -> None:
    adapted = ONES_LIKE_SEVENS.adapted(written("8", looks="8", sure=0.9))
    assert adapted.best("0123456789")[0] == "8"


def test_a_hand_of_which_nothing_is_known_changes_nothing_and_votes_for_nothing() -> None:
    unknown = written("1875")
    nobody = OwnHand.of([])
    assert nobody.adapted(unknown) is unknown
    assert nobody.nearest(unknown, "0123456789") == ""
    assert nobody.legible == 0.0
    assert nobody.characters == ""


def test_one_known_field_is_kept_but_not_trusted_for_nothing_bears_it_out() -> None:
    hand = OwnHand.of([KnownCells(written("1234"), "1234")])
    assert hand.characters == "1234"
    assert hand.trust == 0.0


def test_fields_that_were_filled_by_unlike_hands_teach_less_than_they_mislead() -> None:
    """What one field's characters look like in truth is what other characters of the next field look like."""
    turned = [
        KnownCells(written(looks, looks=text, sure=0.8), text)
        for text, looks in (("123456", "123456"), ("123456", "234561"), ("123456", "345612"), ("123456", "456123"))
    ]
    assert OwnHand.of(turned).trust == 0.0


def test_a_field_without_a_character_a_cell_is_left_out() -> None:
    hand = OwnHand.of([KnownCells(written("123"), "1234"), KnownCells(written("77"), "77"), KnownCells(written(""), "")])
    assert hand.characters == "77"


def test_a_character_that_stays_firmly_mistaken_is_named() -> None:
    """A 4 that looks in every way like this hand's 9."""
    hand = OwnHand.of(
        [
            KnownCells(written("99", sure=0.9), "99"),
            KnownCells(written("9", sure=0.9), "4"),
            KnownCells(written("91", sure=0.9), "91"),
        ]
    )
    assert hand.mistaken == {"9"}
    assert not ONES_LIKE_SEVENS.mistaken


def test_a_hand_is_legible_as_far_as_its_fields_read_each_other() -> None:
    clear = OwnHand.of([KnownCells(written("0123456789", sure=0.99), "0123456789")] * 2)
    poor = OwnHand.of([KnownCells(written("0123456789", looks="1234567890", shift=0.4), "0123456789")] * 2)
    assert 0.0 < poor.legible < clear.legible <= 1.0


def test_a_field_more_makes_the_hand_better_known() -> None:
    taught = ONES_LIKE_SEVENS.taught(KnownCells(written("68"), "68"))
    assert taught.characters == ONES_LIKE_SEVENS.characters + "68"
    assert taught.nearest(written("86"), "0123456789") == "86"


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.lists(st.text("0123456789", min_size=1, max_size=6), max_size=5), st.integers(0, 6))
def test_adapted_probabilities_are_probabilities(seed: int, known: list[str], cells: int) -> None:
    rng = np.random.default_rng(seed)

    def noise(count: int) -> CellLattice:
        traits = rng.normal(size=(count, 8)).astype(np.float32)
        traits /= np.maximum(np.linalg.norm(traits, axis=1, keepdims=True), 1e-6)
        probs = rng.dirichlet(np.full(len(CHARACTERS), 0.4), count).reshape(count, len(CHARACTERS))
        return CellLattice(np.log(probs + 1e-7).astype(np.float32), CHARACTERS, np.ones(count, np.float32), traits)

    hand = OwnHand.of([KnownCells(noise(len(text)), text) for text in known])
    adapted = hand.adapted(noise(cells))
    assert len(adapted) == cells
    assert np.exp(adapted.log_probs).sum(axis=1) == pytest.approx(np.ones(cells), abs=1e-3)
    assert 0.0 <= hand.legible <= 1.0


def test_one_hands_digits_are_consistent_and_those_of_many_hands_are_not() -> None:
    many = OwnHand.of([KnownCells(written("123456"), "123456"), KnownCells(written("234561"), "123456")])
    assert ONES_LIKE_SEVENS.consistent == 1.0
    assert many.consistent == 0.0
    assert OwnHand.of([]).consistent == 0.0
