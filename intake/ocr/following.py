"""Following a page down its rows: what a damaged line has taken out or put in, and where nothing vouches for the place.

What: the shift that a homography leaves at each landmark is cut into segments where it jumps; inside a segment it is smooth.
Why: lost rows move everything below them up at once. Smoothing over the jump would put the zones around it in the wrong place;
cut there, only zones that the jump runs through are doubtful.
Refuses: jumps so large that a table row could be taken for its neighbour: then nothing on the page counts as placed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from intake.ocr import thresholds
from intake.ocr.coarse import Floats

ACROSS = 800.0  # pixels: half the page, so that slopes are of the size of shifts
BAND = 8  # pixels of blank rows per step of the correction
SPREAD = thresholds.DPI * 6 / 25.4  # pixels over which a landmark's word fades
SIDE = 8  # landmarks on each side that a jump is judged by


class Squeeze(NamedTuple):
    """Rows of the blank between which rows of the page are missing or doubled."""

    top: float  # blank pixels
    bottom: float
    rows_px: float  # how much, in 200-dpi pixels


@dataclass(frozen=True)
class Following:
    """What is added to the homography, by row; and where it jumps."""

    rows: Floats  # band positions, blank pixels
    bands: Floats  # per band: shift x, slope x, shift y, slope y
    middle: float  # column the slopes turn about
    jumps: tuple[tuple[float, float, float], ...]  # y0, y1 between which it jumps, and by how many pixels

    @staticmethod
    def nothing() -> Following:
        """No shift anywhere."""
        return Following(np.zeros(1, np.float32), np.zeros((1, 4), np.float32), 0.0, ())

    def shift(self, points: Floats) -> Floats:
        """What to add at points (x, y) of the blank."""
        values = [np.interp(points[:, 1], self.rows, self.bands[:, column]) for column in range(4)]
        across = (points[:, 0] - self.middle) / ACROSS
        return np.stack((values[0] + values[1] * across, values[2] + values[3] * across), axis=1).astype(np.float32)

    def squeezed(self, height: int) -> tuple[Squeeze, ...]:
        """Row spans in which rows are missing or doubled; the whole page where a table row may have slipped."""
        largest = max((abs(size) for _, _, size in self.jumps), default=0.0)
        if largest > thresholds.ROW_LOST_PX:
            return (Squeeze(0.0, float(height), largest),)
        margin = thresholds.SQUEEZE_MARGIN_PX
        return tuple(Squeeze(top - margin, bottom + margin, abs(size)) for top, bottom, size in self.jumps)


def follow(at: Floats, left: Floats, height: int) -> Following:
    """From landmarks (x, y) of the blank and the shift left at each."""
    order = np.argsort(at[:, 1], kind="stable")
    at, left = at[order], left[order]
    cuts = sorted(_cuts(at[:, 1], left[:, 1], 0, len(at)))
    middle = float(at[:, 0].mean())
    rows: list[float] = []
    bands: list[Floats] = []
    jumps: list[tuple[float, float, float]] = []
    edges = [0, *cuts, len(at)]
    tops = [0.0, *(float(at[cut - 1, 1] + at[cut, 1]) / 2 for cut in cuts)]
    bottoms = [*tops[1:], float(height)]
    for first, last, top, bottom in zip(edges[:-1], edges[1:], tops, bottoms, strict=True):
        positions = np.arange(top, bottom, BAND, dtype=np.float32)
        positions = np.append(positions, np.float32(max(top, bottom - 0.01)))
        rows.extend(positions.tolist())
        bands.extend(_band(at[first:last], left[first:last], float(row), middle) for row in positions)
    for cut in cuts:
        before, after = left[max(0, cut - SIDE) : cut, 1], left[cut : cut + SIDE, 1]
        jumps.append((float(at[cut - 1, 1]), float(at[cut, 1]), float(np.median(after) - np.median(before))))
    return Following(np.array(rows, np.float32), np.array(bands, np.float32), middle, tuple(jumps))


def _cuts(y: Floats, dy: Floats, first: int, last: int) -> list[int]:
    """Where the shift jumps: the sharpest place, then again on both sides of it, until nothing jumps."""
    best, where = thresholds.SQUEEZE_PX, -1
    for cut in range(first + 4, last - 3):
        if y[cut] - y[cut - 1] < 1:
            continue  # landmarks of one row belong together
        before = dy[max(first, cut - SIDE) : cut]
        after = dy[cut : min(last, cut + SIDE)]
        jump = abs(float(np.median(after) - np.median(before)))
        spread = float(np.abs(before - np.median(before)).mean() + np.abs(after - np.median(after)).mean())
        if jump - spread > best:
            best, where = jump - spread, cut
    if where < 0:
        return []
    return [*_cuts(y, dy, first, where), where, *_cuts(y, dy, where, last)]


def _band(at: Floats, left: Floats, row: float, middle: float) -> Floats:
    """Shift and slope at a row from the landmarks of its segment, the near ones first; none near: the nearest ones' shift."""
    away = np.abs(at[:, 1] - row)
    weight = np.exp(-0.5 * ((away - max(0.0, float(away.min()) - SPREAD)) / SPREAD) ** 2)
    across = (at[:, 0] - middle) / ACROSS
    design = np.stack((np.ones_like(across), across), axis=1)
    normal = design.T @ (design * weight[:, None]) + np.diag([0.02, 0.6]).astype(np.float32)
    solved = np.linalg.solve(normal, design.T @ (left * weight[:, None]))
    return np.array((solved[0, 0], solved[1, 0], solved[0, 1], solved[1, 1]), np.float32)


def unsupported_rows(asked: Floats, found: Floats, height: int) -> tuple[tuple[float, float], ...]:
    """Row spans where most landmarks that should be there were not found: another print, a stripe, or a page cut off."""
    reach = thresholds.SUPPORT_REACH_PX
    spans: list[tuple[float, float]] = []
    for row in range(0, height, BAND):
        expected = int((np.abs(asked[:, 1] - row) <= reach).sum())
        seen = int((np.abs(found[:, 1] - row) <= reach).sum())
        if expected >= 4 and seen >= thresholds.SUPPORT_SHARE * expected:
            continue
        if expected < 4 and seen >= expected:
            continue
        if spans and row - spans[-1][1] <= BAND:
            spans[-1] = (spans[-1][0], float(row + BAND))
        else:
            spans.append((float(row), float(row + BAND)))
    return tuple(spans)
