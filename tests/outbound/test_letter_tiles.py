"""Every letter looks as it did when somebody last looked at it: the ink of each tile of its pages at 204 × 98."""

from __future__ import annotations

import numpy as np
import pytest

from tools.letter_pictures import pages_of, read_tiles, tiled, tiles_of
from tools.letter_samples import EXAMPLES, PLAIN, Example, samples

PAGE_MAY_DIFFER = 1.0  # of 255, on average over a page: a font of another release
TILE_MAY_DIFFER = 10.0  # of 255, of a tile with its neighbours: a word is more, a shift by a dot is less
REMAKE = "look at it (python -m tools.letter_pictures --pages FOLDER), then keep it: python -m tools.letter_pictures"


def with_neighbours(tiles: np.ndarray) -> np.ndarray:
    """Each tile's mean with the eight around it, so that a shift of a dot or two is no difference."""
    padded = np.pad(tiles.astype(float), 1, mode="edge")
    rows, columns = tiles.shape
    return sum(padded[y : y + rows, x : x + columns] for y in range(3) for x in range(3)) / 9


def apart(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    return np.abs(with_neighbours(one) - with_neighbours(other))


def test_a_word_that_is_gone_is_seen_and_a_shift_by_a_dot_is_not() -> None:
    page = pages_of(samples(PLAIN)["status_form_due"])[1]
    moved = np.roll(np.roll(page, 1, axis=0), 1, axis=1)
    assert apart(tiled(page), tiled(moved)).max() <= TILE_MAY_DIFFER
    assert apart(tiled(page), tiled(moved)).mean() <= PAGE_MAY_DIFFER
    lines = np.flatnonzero(page[:, 220:400].any(axis=1))
    body = lines[lines > 480]  # below the box: a paragraph
    last = np.split(body, np.flatnonzero(np.diff(body) > 3) + 1)[-1]
    without = page.copy()
    without[last[0] : last[-1] + 1, 151:330] = False
    assert page[last[0] : last[-1] + 1, 151:330].any()
    assert apart(tiled(page), tiled(without)).max() > TILE_MAY_DIFFER


@pytest.mark.parametrize("who", EXAMPLES, ids=lambda who: who.name)
def test_every_letter_looks_as_it_did(who: Example) -> None:
    kept, made = read_tiles(who), tiles_of(who)
    assert set(kept) == set(made), REMAKE
    for name, tiles in made.items():
        assert tiles.shape == kept[name].shape, f"{who.name} {name} has another number of pages: {REMAKE}"
        differs = apart(tiles, kept[name])
        assert differs.mean() <= PAGE_MAY_DIFFER, f"{who.name} {name} differs by {differs.mean():.1f}: {REMAKE}"
        assert differs.max() <= TILE_MAY_DIFFER, (
            f"{who.name} {name} differs at tile {np.unravel_index(differs.argmax(), differs.shape)}: {REMAKE}"
        )
