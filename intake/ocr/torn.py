"""Corners that are not on the page: torn or folded off, under a black lid or a white one.

What: near each corner, the line, of whatever slope, outside which the blank's print is missing or under solid black, and inside
which it is there; and which zones reach beyond that line.
Why: a zone whose corner is gone may have lost what was written there, and reads as blank or as a shorter value. The zone's own
frame and the print around are all there is to know it by: paper and lid are both white.
Refuses: holes in the middle of the page (`row_path` finds those), and corners without print.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from intake.fax import GrayImage
from intake.ocr import thresholds

FACTOR = 4  # pixels to a block's side, half a millimetre: print may lie a block off and still be there
PRINTED = 190  # mean gray of a block below which the blank prints there: a thin rule, a letter
INKED = 225  # mean gray of a block below which the page has any ink there
SOLID = 7  # blocks to the side of a square, 3.5 mm …
SOLID_SHARE = 0.9  # … that is black to this share where a lid shows
LEG_MM = 100.0  # how far along each edge a corner is looked for
SLOPES = (0.33, 0.45, 0.6, 0.8, 1.0, 1.25, 1.67, 2.2, 3.0)  # of the line: its leg along the page's top over that down its side
SEEN_COUNTS = 4.0  # blocks of missing print that one block of print seen outweighs: a speck of noise makes up to nine seen
AS_GOOD = 0.8  # of the best line's gain that makes another line possible
AT_CORNER = 16  # blocks from the corner, 8 mm, within which a black lid begins: the sheet may lie askew
FILLED = 0.6  # share of a triangle in the corner that is black where the lid shows
MARGIN_PX = 8.0  # beyond the line, 1 mm: the torn edge itself
MISSING = 14.0  # blocks of missing print, less those seen, that make a corner torn: 7 mm of rule


@dataclass(frozen=True)
class TornCorner:
    """A corner of the form that is not on the page, in 200-dpi pixels of the blank's frame."""

    right: bool
    low: bool
    slope: float
    reach: float  # of x + slope * y, both counted from the corner: print is there again from here on
    width: float  # of the blank
    height: float

    def takes(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether a zone (200-dpi pixels) reaches beyond the line."""
        x = self.width - x1 if self.right else x0
        y = self.height - y1 if self.low else y0
        return max(0.0, x) + self.slope * max(0.0, y) < self.reach


def torn_corners(laid: GrayImage, blank: GrayImage) -> tuple[TornCorner, ...]:
    """The corners that a page, laid over its blank, lacks; `blank` as `blocks_of` it."""
    printed, there = blank < PRINTED, blocks_of(laid)
    core = _solid(there)
    lid = _grown(core) & ~_grown(_solid(blank))
    seen = cv2.dilate(((there < INKED) & ~lid).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & ~lid
    missing = printed & ~seen
    found = []
    for low in (False, True):
        for right in (False, True):
            turn = (slice(None, None, -1 if low else 1), slice(None, None, -1 if right else 1))
            height, width = laid.shape
            for slope, reach in (*_lines(missing[turn], printed[turn]), *_black((core & lid)[turn])):
                found.append(TornCorner(right, low, slope, reach + MARGIN_PX, float(width), float(height)))
    return tuple(found)


def _lines(missing: npt.NDArray[np.bool_], printed: npt.NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Slopes and reaches, in pixels, of the lines that part missing print in the top left corner from print that is there about
    as well as the best one does: little print leaves the slope open."""
    leg = round(LEG_MM / 25.4 * thresholds.DPI / FACTOR)
    missing, printed = missing[:leg, :leg], printed[:leg, :leg]
    if np.count_nonzero(missing) < MISSING:
        return []
    y, x = np.nonzero(printed)
    worth = np.where(missing[y, x], 1.0, -SEEN_COUNTS)
    tried: list[tuple[float, float, float]] = []
    for slope in SLOPES:
        far = x + slope * y
        inside = np.flatnonzero(far < leg * min(1.0, slope))  # beyond it the corner square itself ends
        if not inside.size:
            continue
        order = inside[np.argsort(far[inside], kind="stable")]
        gained = np.cumsum(worth[order])
        last = int(gained.argmax())
        ahead = order[last + 1 :][worth[order[last + 1 :]] < 0]
        edge = float(far[ahead[0]]) if ahead.size else float(far[order[last]])
        tried.append((float(gained[last]), slope, edge * FACTOR))
    most = max((gain for gain, _, _ in tried), default=0.0)
    return [(slope, edge) for gain, slope, edge in tried if gain >= max(MISSING, AS_GOOD * most)]


def _black(lid: npt.NDArray[np.bool_]) -> list[tuple[float, float]]:
    """Slope and reach, in pixels, of the smallest triangle in the top left corner that holds all the black there; nothing where
    it is no triangle: a black edge runs down the whole page."""
    leg = round(LEG_MM / 25.4 * thresholds.DPI / FACTOR)
    _, parts = cv2.connectedComponents(np.ascontiguousarray(lid[:leg, :leg]).view(np.uint8), connectivity=4)
    at_corner = int(parts[:AT_CORNER, :AT_CORNER].max())
    if at_corner == 0:
        return []
    y, x = np.nonzero(parts == at_corner)
    rim = SOLID // 2  # of the black, of which these are the middles
    tried = [(float((x + slope * y).max()) + rim * (1 + slope) / 2, slope) for slope in SLOPES]
    reach, slope = min(tried, key=lambda one: one[0] ** 2 / one[1])
    return [(slope, reach * FACTOR)] if y.size >= FILLED * reach**2 / slope / 2 else []


def blocks_of(image: GrayImage) -> GrayImage:
    """Mean gray of blocks of FACTOR × FACTOR pixels."""
    height, width = image.shape
    return np.asarray(cv2.resize(image, (width // FACTOR, height // FACTOR), interpolation=cv2.INTER_AREA), np.uint8)


def _solid(blocks: GrayImage) -> npt.NDArray[np.bool_]:
    """Blocks in the middle of much black."""
    dark = (blocks < thresholds.DARK).astype(np.uint8)
    return np.asarray(cv2.boxFilter(dark, cv2.CV_16U, (SOLID, SOLID), normalize=False) >= SOLID_SHARE * SOLID**2, np.bool_)


def _grown(core: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """All of the black, and its ragged edge."""
    return core if not core.any() else cv2.dilate(core.astype(np.uint8), np.ones((SOLID + 2, SOLID + 2), np.uint8)) > 0
