"""What all print across a page that lost rows says of its placement, rule by rule.

What: the blank's print is put where a placement puts it and compared with the page a few pixels higher and lower, at every row
that prints enough to tell. Where the page says otherwise, or rows went missing between two such rows, the rows are doubtful;
where it bears the placement out, small doubts of the row path are taken back.
Why: landmarks are 29 rows high and stand where they stand, and the path knows whole pixels in blocks of 8 rows; a single row lost
or doubled between them puts a zone's rule two pixels off at standard resolution, and only that rule knows.
Refuses: to move anything. A jump between two rows of print may have happened anywhere between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from intake.ocr import thresholds
from intake.ocr.coarse import Floats, Matrix
from intake.ocr.row_path import in_page_rows, sharpened

REACH = 4  # pixels up and down that print is looked for
HALF_BAND = 4  # rows on each side that are judged together: a rule and what a fax makes of its edges
PRINT = 1.0  # squared ink of print in a band that can tell: 15 mm of rule
FOUND = 0.5  # share of it that must be found where it fits best
BETTER = 0.15  # share of it by which it must fit better than where the placement puts it to speak against that
NEAR_BAND = 6.0  # rows around a band that it speaks for

Span = tuple[float, float, float]
"""Rows v0, v1 of the page as sent in which rows are missing or doubled, and by how many pixels."""


@dataclass(frozen=True)
class RowProof:
    """Rows of the page as sent whose print tells where it is, ascending."""

    rows: Floats
    off: Floats  # pixels by which the print stands lower than the placement has it
    against: npt.NDArray[np.bool_]  # whether it speaks clearly against the placement
    lost: Floats  # pixels that went missing or came in up to there, as the page's width tells the height its rows should have

    def doubtful(self) -> list[Span]:
        """Where print is not where the placement has it, and between rows of print that moved against each other."""
        found = [
            (float(row) - NEAR_BAND, float(row) + NEAR_BAND, abs(float(off)))
            for row, off in zip(self.rows[self.against], self.off[self.against], strict=True)
        ]
        moved = np.abs(np.diff(self.lost))
        jumps = np.flatnonzero(moved > thresholds.MOVED_PX).tolist()
        return found + [(float(self.rows[one]), float(self.rows[one + 1]), float(moved[one])) for one in jumps]

    def taken_back(self, spans: Sequence[Span]) -> list[Span]:
        """The spans without the rows that print on both sides bears out, where no more than a row was in doubt. A page does not
        become whole by this: if nothing were left, all of it stays."""
        left = [piece for span in spans for piece in (self._unproved(span) if span[2] <= thresholds.PROVABLE_PX else [span])]
        return left or list(spans)

    def _unproved(self, span: Span) -> list[Span]:
        top, bottom, size = span
        steady = np.abs(self.off) <= thresholds.PROVED_OFF_PX
        proved = (
            (np.diff(self.rows) <= thresholds.PROVED_ROWS)
            & (np.abs(np.diff(self.lost)) <= thresholds.SQUEEZE_PX)
            & steady[:-1]
            & steady[1:]
        )
        pieces = []
        for index in np.flatnonzero(proved).tolist():
            above, below = float(self.rows[index]), float(self.rows[index + 1])
            if below <= top or above >= bottom:
                continue
            if above > top:
                pieces.append((top, above, size))
            top = max(top, below)
        return [*pieces, (top, bottom, size)] if top < bottom else pieces


def row_proof(page_cells: Floats, blank_cells: Floats, affine: Matrix, offset_at: Callable[[Floats], Floats]) -> RowProof:
    """`affine` is 3 × 3 from blank pixels to the page as sent; `offset_at` gives what is added to rows in the page's middle."""
    printed = sharpened(in_page_rows(blank_cells, affine, page_cells.shape, 0))
    expected = _banded(np.einsum("ij,ij->i", printed, printed)[None])[0]
    highest = cv2.dilate(expected[None], np.ones((1, 2 * HALF_BAND + 1), np.uint8))[0]
    middles = np.flatnonzero((expected > PRINT) & (expected >= highest))
    middles = middles[(middles >= HALF_BAND) & (middles < len(expected) - HALF_BAND)]
    around = (middles[:, None] + np.arange(-HALF_BAND, HALF_BAND + 1)).ravel()
    places, seen = around + offset_at(around.astype(np.float32)), sharpened(page_cells)
    wide = 2 * HALF_BAND + 1
    fits = np.stack(
        [
            np.einsum("ij,ij->i", printed[around], _at(seen, places + step)).reshape(-1, wide).sum(axis=1)
            for step in range(-REACH, REACH + 1)
        ]
    )
    share = fits / expected[middles]
    best, here = fits.argmax(axis=0), np.arange(len(middles))
    inner = np.clip(best, 1, 2 * REACH - 1)
    before, at, after = share[inner - 1, here], share[inner, here], share[inner + 1, here]
    peak = np.clip(0.5 * (before - after) / np.minimum(before - 2 * at + after, -1e-6), -0.5, 0.5)
    off = (inner - REACH + peak).astype(np.float32)
    tells = share[best, here] > FOUND
    rows, off = middles[tells].astype(np.float32), off[tells]
    against = (np.abs(off) > thresholds.UNSTEADY_PX) & ((share[best, here] - share[REACH, here])[tells] > BETTER)
    lost = (offset_at(rows) + off).astype(np.float32)
    if np.abs(np.diff(lost)).max(initial=0.0) > thresholds.SQUEEZE_PX:
        # losses that the affine map took for a scale; a page without any jump is one that a machine stretched
        taller = float(np.hypot(affine[0, 1], affine[1, 1]) / np.hypot(affine[0, 0], affine[1, 0])) - 1
        lost = (lost + taller * rows).astype(np.float32)
    return RowProof(rows, off, np.asarray(against, np.bool_), lost)


def _banded(values: Floats) -> Floats:
    """Sums over each row's band."""
    wide = 2 * HALF_BAND + 1
    return np.asarray(cv2.blur(values, (wide, 1), borderType=cv2.BORDER_CONSTANT) * wide, np.float32)


def _at(cells: Floats, places: Floats) -> Floats:
    """Rows of cells at places between rows; nothing beyond the page."""
    low = np.floor(places).astype(np.intp)
    part = (places - low).astype(np.float32)[:, None]
    inside = ((low >= 0) & (low < len(cells) - 1))[:, None]
    low = np.clip(low, 0, len(cells) - 2)
    return np.asarray((cells[low] * (1 - part) + cells[low + 1] * part) * inside, np.float32)
