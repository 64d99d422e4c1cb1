"""Which row of the form each row of a fax page is, by all that the blank prints.

What: the blank is seen in the page's own rows, both are cut into cells 2 mm wide, and the best path of row offsets down the
page is found (Viterbi). Where another path is nearly as good, the rows' place is open, and the path says so.
Why: a damaged line takes out or repeats whole rows of the page. Seen in the page's rows that is one number per row, however
askew the form lies, and every printed rule and letter bears witness; landmarks here and there miss what happens between them.
Refuses: columns; a line does not move them, `alignment` places those.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from intake.fax import GrayImage
from intake.ocr import thresholds
from intake.ocr.coarse import Floats, Matrix

CELL = 16  # pixels across
BLOCK = 8  # rows of the path's steps
ROWS_AT_ONCE = 64
SHARP = 15  # rows over which a cell's mean is taken off: upright rules and gray areas bear no witness to rows
FAINT = 0.5  # ink in a row's cells, as a norm, below which it counts for less than its share
STEP_COST = (
    2.5  # evidence that a shift by one pixel must bring: a single lost row brings it within 15 rows of print, rounding never does
)
JUMP_COST = 5.0  # evidence that any larger jump must bring; 40 rows of a filled form bring 10 to 40
WEAK = 0.35  # share of the evidence of print found in place, below which a stretch of the page is not explained
STRETCH = 8  # blocks of such a stretch: 64 rows, 8 mm
TELLING = 8.0  # evidence of print that a stretch must have to be judged: one rule and a line of small print
TILE = (32, 4)  # rows and cells, 4 × 8 mm, of the parts in which print is looked for separately
TILE_PRINT = 1.0  # squared ink of print in a tile from which its absence tells something: 8 mm of rule bring 7, small print 2
GONE = 0.25  # share of a tile's print, by regression, below which it is not there
GONE_TILES = 3  # neighbouring tiles without their print that make a hole in the page; noise takes single ones
GONE_AROUND = 0.7  # of the tiles with print around that are without it


def cells_of(image: GrayImage) -> Floats:
    """Ink 0–1 in cells one row high and CELL pixels wide."""
    wide = image.shape[1] // CELL
    small = cv2.resize(image[:, : wide * CELL], (wide, image.shape[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(1 - small.astype(np.float32) / 255, np.float32)


@dataclass(frozen=True)
class RowPath:
    """Row offsets by blocks of BLOCK rows of the form as sent: row v of it arrived as row v + offset."""

    first: float  # the row of the first block's middle
    offsets: Floats  # pixels, whole
    open: npt.NDArray[np.bool_]  # by block: another offset, 2 px or more away, explains the page nearly as well
    explained: float  # share of the judged stretches whose print was found, 0–1
    gone: tuple[tuple[float, float, float, float], ...]  # x0, v0, x1, v1 of tiles whose print is not on the page

    @property
    def rows(self) -> Floats:
        """The rows that the offsets stand for."""
        return (self.first + BLOCK * np.arange(len(self.offsets))).astype(np.float32)


def row_path(page_cells: Floats, blank_cells: Floats, matrix: Matrix, reach: int) -> RowPath:
    """The path within ±`reach` pixels; `matrix` is 3 × 3 from blank to page pixels as if no row were lost."""
    print_sharp, page_sharp = sharpened(in_page_rows(blank_cells, matrix, page_cells.shape, reach)), sharpened(page_cells)
    print_norm = np.sqrt(np.einsum("ij,ij->i", print_sharp, print_sharp))
    page_norm = np.sqrt(np.einsum("ij,ij->i", page_sharp, page_sharp))
    weighted = print_sharp / np.sqrt(print_norm + FAINT)[:, None]
    leveled = page_sharp / (page_norm + FAINT)[:, None]
    evidence = _evidence(weighted, leveled, reach)
    steps = np.add.reduceat(evidence, np.arange(0, len(evidence), BLOCK), axis=0)
    states, is_open = _best_path(steps)
    ideal = np.add.reduceat(
        print_norm**2 / np.sqrt(print_norm + FAINT) / (print_norm + FAINT), np.arange(0, len(evidence), BLOCK)
    )
    found = steps[np.arange(len(steps)), states]
    offsets = (states - reach).astype(np.float32)
    return RowPath(
        first=(BLOCK - 1) / 2 - reach,
        offsets=offsets,
        open=is_open,
        explained=_explained(found, ideal),
        gone=_holes(print_sharp, page_sharp, np.repeat(states - reach, BLOCK)[: len(print_sharp)], reach),
    )


def _evidence(weighted: Floats, leveled: Floats, reach: int) -> Floats:
    """By row of the print and offset: how well the page's row there fits. Bands of a matrix product of all rows with all rows
    nearby: for far offsets a tenth of the time of one product of rows after the other."""
    count, wide = len(weighted), 2 * reach + 1
    padded = np.zeros((count + 2 * reach, leveled.shape[1]), np.float32)
    padded[2 * reach : 2 * reach + len(leveled)] = leveled
    evidence = np.empty((count, wide), np.float32)
    for top in range(0, count, ROWS_AT_ONCE):
        rows = min(ROWS_AT_ONCE, count - top)
        product = np.zeros((rows, rows + wide), np.float32)  # a column more, so that each row's band starts one further on
        product[:, :-1] = weighted[top : top + rows] @ padded[top : top + rows + wide - 1].T
        evidence[top : top + rows] = np.lib.stride_tricks.as_strided(
            product, (rows, wide), (product.strides[0] + product.strides[1], product.strides[1])
        )
    return evidence


def sharpened(cells: Floats) -> Floats:
    """Cells less their mean over the rows around: what tells one row from the next."""
    return np.asarray(cells - cv2.blur(cells, (1, SHARP)), np.float32)


def in_page_rows(blank_cells: Floats, matrix: Matrix, shape: tuple[int, ...], pad: int) -> Floats:
    """The blank's cells where the matrix puts them on the page, `pad` rows more above and below."""
    to_pixels = np.array([[CELL, 0, (CELL - 1) / 2], [0, 1, 0], [0, 0, 1]])
    down = np.array([[1, 0, 0], [0, 1, pad], [0, 0, 1]])
    to_cells = down @ np.linalg.inv(to_pixels) @ matrix @ to_pixels
    return np.asarray(
        cv2.warpAffine(blank_cells, to_cells[:2], (shape[1], shape[0] + 2 * pad), flags=cv2.INTER_LINEAR), np.float32
    )


def _best_path(steps: Floats) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.bool_]]:
    """The state of each step on the best path, and where a state 2 or more away is nearly as good."""
    forward = _summed(steps)
    states = np.empty(len(steps), np.intp)
    states[-1] = int(forward[-1].argmax())
    last = steps.shape[1] - 1
    for index in range(len(steps) - 2, -1, -1):
        here, state = forward[index], int(states[index + 1])
        choices = [(float(here[state]), state)]
        if state > 0:
            choices.append((float(here[state - 1]) - STEP_COST, state - 1))
        if state < last:
            choices.append((float(here[state + 1]) - STEP_COST, state + 1))
        top = int(here.argmax())
        choices.append((float(here[top]) - JUMP_COST, top))
        states[index] = max(choices)[1]
    if not (np.diff(states) != 0).any():
        return states, np.zeros(len(steps), bool)
    through = forward + _summed(steps[::-1])[::-1] - steps
    best = through[np.arange(len(steps)), states]
    near = np.abs(np.arange(steps.shape[1])[None] - states[:, None]) < 2
    rival = np.where(near, -np.inf, through).max(axis=1)
    return states, rival > best - thresholds.ROW_MARGIN


def _summed(steps: Floats) -> Floats:
    """By step and state: the evidence of the best path that ends there."""
    summed = np.empty_like(steps)
    summed[0] = steps[0]
    for index in range(1, len(steps)):
        before, here = summed[index - 1], summed[index]
        np.maximum(before, before.max() - JUMP_COST, out=here)
        np.maximum(here[1:], before[:-1] - STEP_COST, out=here[1:])
        np.maximum(here[:-1], before[1:] - STEP_COST, out=here[:-1])
        here += steps[index]
    return summed


def _explained(found: Floats, ideal: Floats) -> float:
    """Share of the stretches that have print in which it was found where the path puts it."""
    window = np.ones(STRETCH, np.float32)
    expected, seen = np.convolve(ideal, window, "same"), np.convolve(found, window, "same")
    judged = expected > TELLING
    return float((seen[judged] > WEAK * expected[judged]).mean()) if judged.any() else 0.0


def _holes(
    print_sharp: Floats, page_sharp: Floats, offsets: npt.NDArray[np.intp], pad: int
) -> tuple[tuple[float, float, float, float], ...]:
    """Tiles of the form as sent whose print is not on the page: holes anywhere."""
    rows = np.arange(len(print_sharp)) - pad + offsets
    on_page = (rows >= 0) & (rows < len(page_sharp))
    laid = page_sharp[np.clip(rows, 0, len(page_sharp) - 1)]
    return tuple(_gone(print_sharp, laid, on_page, pad))


def _gone(print_sharp: Floats, laid: Floats, on_page: npt.NDArray[np.bool_], pad: int) -> list[tuple[float, float, float, float]]:
    """Tiles in whose place on the page there is none of the print, nor in most tiles around."""
    down, across = np.arange(0, len(print_sharp), TILE[0]), np.arange(0, print_sharp.shape[1], TILE[1])
    expected = np.add.reduceat(np.add.reduceat(print_sharp**2, down, axis=0), across, axis=1)
    seen = np.add.reduceat(np.add.reduceat(print_sharp * laid, down, axis=0), across, axis=1)
    judged = (expected > TILE_PRINT) & np.logical_or.reduceat(on_page, down)[:, None]
    missing = judged & (seen < GONE * expected)
    if not missing.any():
        return []
    around = [
        cv2.boxFilter(one.astype(np.float32), -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
        for one in (missing, judged)
    ]
    return _tiles(missing & (around[0] >= GONE_TILES) & (around[0] >= GONE_AROUND * around[1]), TILE[0], TILE[1], pad)


def _tiles(marked: npt.NDArray[np.bool_], rows: int, cells: int, pad: int) -> list[tuple[float, float, float, float]]:
    """x0, v0, x1, v1 of marked tiles."""
    width = float(cells * CELL)
    return [
        (float(column) * width, float(row) * rows - pad, float(column + 1) * width, float(row + 1) * rows - pad)
        for row, column in np.argwhere(marked)
    ]
