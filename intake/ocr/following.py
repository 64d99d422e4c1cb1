"""Following a page down its rows: what a damaged line has taken out or put in, and where nothing vouches for the place.

What: the row path's offsets, cut into segments where they jump and smooth inside them, with what landmarks add to them.
All of it by rows of the page as it was sent, since a line loses whole rows of the page, not of a form that lies askew on it.
Why: lost rows move everything below them up at once. Smoothing over the jump would put the zones around it in the wrong place;
cut there, only zones that the jump runs through are doubtful.
Refuses: jumps so large that a table row could be taken for its neighbour: then nothing on the page counts as placed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from intake.ocr import thresholds
from intake.ocr.coarse import Floats
from intake.ocr.row_path import BLOCK, RowPath

ACROSS = 800.0  # pixels: half the page, so that slopes are of the size of shifts
BAND = 8  # pixels of blank rows per step of what is unsupported
KNOT = 24.0  # rows between nodes of the correction by landmarks
SPREAD = thresholds.DPI * 6 / 25.4  # pixels over which a landmark's word fades
SMOOTH = 3  # blocks on each side over which single-pixel steps become a slope
HELD = np.array([0.02, 0.6], np.float32)  # landmarks' weights that no shift and no slope count for


class Squeeze(NamedTuple):
    """Rows of the blank between which rows of the page are missing or doubled."""

    top: float  # blank pixels
    bottom: float
    rows_px: float  # how much, in 200-dpi pixels


@dataclass(frozen=True)
class Following:
    """What is added to the affine map, by row of the page as sent."""

    rows: Floats  # ascending, one position twice where the offset jumps
    offsets: Floats  # to be added to y
    knots: Floats  # rows of the correction
    bands: Floats  # per knot: shift x, slope x, shift y, slope y
    middle: float  # column the slopes turn about
    spans: tuple[tuple[float, float, float], ...]  # rows v0, v1 in which rows are missing or doubled, and by how many pixels

    @staticmethod
    def of(path: RowPath) -> Following:
        """What the path alone says."""
        rows, offsets = _segments_joined(path)
        return Following(rows, offsets, np.zeros(1, np.float32), np.zeros((1, 4), np.float32), 0.0, _spans(path))

    @property
    def is_whole(self) -> bool:
        """Whether no rows are missing or doubled."""
        return not self.spans

    def shift(self, spots: Floats) -> Floats:
        """What to add at spots (x, v) that the affine map gives."""
        y = np.interp(spots[:, 1], self.rows, self.offsets)
        values = [np.interp(spots[:, 1], self.knots, self.bands[:, column]) for column in range(4)]
        across = (spots[:, 0] - self.middle) / ACROSS
        return np.stack((values[0] + values[1] * across, y + values[2] + values[3] * across), axis=1).astype(np.float32)

    def corrected(self, spots: Floats, left: Floats) -> Following:
        """With what is left at landmarks at (x, v), within each segment between jumps."""
        cuts = self.rows[1:][np.diff(self.rows) == 0]
        edges = np.concatenate(([self.rows[0]], cuts, [self.rows[-1]]))
        segment = np.searchsorted(cuts, spots[:, 1], side="right")
        middle = float(spots[:, 0].mean())
        knots, bands = [], []
        for number, (top, bottom) in enumerate(pairwise(edges)):
            inside = segment == number
            at = np.linspace(top, max(top, bottom - 0.01), max(2, int((bottom - top) / KNOT) + 1)).astype(np.float32)
            knots.append(at)
            bands.append(_bands(spots[inside], left[inside], at, middle))
        return Following(self.rows, self.offsets, np.concatenate(knots), np.concatenate(bands), middle, self.spans)

    def segment_of(self, spots: Floats) -> Floats:
        """The number of the segment between jumps that each spot (x, v) is in."""
        return np.searchsorted(self.rows[1:][np.diff(self.rows) == 0], spots[:, 1], side="right").astype(np.float32)

    def sent_row(self, arrived: float) -> float:
        """The row as sent that arrived as a row of the page."""
        places = np.maximum.accumulate(self.rows + self.offsets)
        if arrived >= places[-1]:
            return arrived - float(self.offsets[-1])
        return float(np.interp(arrived, places, self.rows))

    @property
    def adds_nothing(self) -> bool:
        """Whether the affine map is all there is."""
        return not self.spans and not self.offsets.any() and not self.bands.any()

    @property
    def largest_correction(self) -> float:
        """The largest shift, in pixels, that landmarks and offsets add anywhere within half a page of the middle."""
        bands = np.abs(self.bands)
        across = max(float((bands[:, 0] + bands[:, 1]).max()), float((bands[:, 2] + bands[:, 3]).max()))
        return across + float(np.abs(self.offsets).max())


def follow_nothing(spots: Floats) -> Following:
    """No shift anywhere, over the rows that spots span."""
    rows = np.array((spots[:, 1].min(), spots[:, 1].max()), np.float32)
    return Following(rows, np.zeros(2, np.float32), np.zeros(1, np.float32), np.zeros((1, 4), np.float32), 0.0, ())


def _segments_joined(path: RowPath) -> tuple[Floats, Floats]:
    """The path's rows and offsets, steps of one pixel made slopes, jumps kept sharp by a row that stands twice."""
    jumps = np.flatnonzero(np.abs(np.diff(path.offsets)) >= thresholds.SQUEEZE_PX) + 1
    rows, offsets = [], []
    edges = [0, *jumps.tolist(), len(path.offsets)]
    for first, last in pairwise(edges):
        piece = path.offsets[first:last]
        padded = np.pad(piece, SMOOTH, mode="edge")
        smooth = np.convolve(padded, np.full(2 * SMOOTH + 1, 1 / (2 * SMOOTH + 1)), "valid")
        at = path.rows[first:last]
        rows.append(np.concatenate(([at[0] - BLOCK / 2], at, [at[-1] + BLOCK / 2])))
        offsets.append(np.concatenate(([smooth[0]], smooth, [smooth[-1]])))
    return np.concatenate(rows).astype(np.float32), np.concatenate(offsets).astype(np.float32)


def _spans(path: RowPath) -> tuple[tuple[float, float, float], ...]:
    """Where rows are missing or doubled: at each jump, and all around it where its place is open."""
    change = np.diff(path.offsets)
    near = thresholds.SQUEEZE_NEAR_PX // BLOCK
    summed = np.convolve(change, np.ones(near), "same")  # single rows lost close together are a jump too
    hurt = np.zeros(len(path.offsets), bool)
    for index in np.flatnonzero((np.abs(summed) >= thresholds.SQUEEZE_PX) & (change != 0)):
        hurt[index : index + 2] = True
    for index in np.flatnonzero(np.abs(change) >= thresholds.SQUEEZE_PX):
        hurt[index : index + 2] = True
    unrest = np.convolve(np.abs(change), np.ones(2 * near), "same")  # rows lost here and there: where exactly is anybody's guess
    for index in np.flatnonzero(unrest >= thresholds.SQUEEZE_UNREST_PX):
        hurt[max(0, index - near // 2) : index + near // 2] = True
    marked = hurt | path.open
    spans = []
    edges = np.flatnonzero(np.diff(np.concatenate(([0], marked.astype(np.int8), [0]))))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        steps = path.offsets[max(0, first - 1) : last + 1]
        size = max(float(np.abs(np.diff(steps)).max(initial=0.0)), abs(float(steps[-1] - steps[0])), thresholds.SQUEEZE_PX)
        spans.append((float(path.rows[first] - BLOCK / 2), float(path.rows[last - 1] + BLOCK / 2), size))
    return tuple(spans)


def _bands(spots: Floats, left: Floats, knots: Floats, middle: float) -> Floats:
    """Shift and slope at each knot from its segment's landmarks, the near ones first; none near: the nearest ones' shift."""
    if len(spots) < 3:
        return np.zeros((len(knots), 4), np.float32)
    away = np.abs(spots[None, :, 1] - knots[:, None])
    beyond = np.maximum(0.0, away.min(axis=1, keepdims=True) - SPREAD)
    weight = np.exp(-0.5 * ((away - beyond) / SPREAD) ** 2)
    across = (spots[:, 0] - middle) / ACROSS
    a, b, d = weight.sum(axis=1) + HELD[0], weight @ across, weight @ across**2 + HELD[1]
    u, w = weight @ left, weight @ (left * across[:, None])
    determinant = (a * d - b * b)[:, None]
    shift, slope = (d[:, None] * u - b[:, None] * w) / determinant, (a[:, None] * w - b[:, None] * u) / determinant
    return np.stack((shift[:, 0], slope[:, 0], shift[:, 1], slope[:, 1]), axis=1).astype(np.float32)


def unsupported_rows(asked: Floats, found: Floats, height: int) -> tuple[tuple[float, float], ...]:
    """Row spans where most landmarks that should be there were not found: another print, a stripe, or a page cut off."""
    rows = np.arange(0, height, BAND)
    reach = thresholds.SUPPORT_REACH_PX
    expected, seen = (
        np.searchsorted(one, rows + reach, side="right") - np.searchsorted(one, rows - reach, side="left")
        for one in (np.sort(asked[:, 1]), np.sort(found[:, 1]))
    )
    bare = np.where(expected >= 4, seen < thresholds.SUPPORT_SHARE * expected, seen < expected)
    return joined([(float(row), float(row + BAND)) for row in rows[bare]])


def joined(spans: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """Spans that touch, made one."""
    out: list[tuple[float, float]] = []
    for top, bottom in sorted(spans):
        if out and top <= out[-1][1]:
            out[-1] = (out[-1][0], max(bottom, out[-1][1]))
        else:
            out.append((top, bottom))
    return tuple(out)
