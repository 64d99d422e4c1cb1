"""The characters of a comb: one normalised image per cell, each stroke given to the cell it belongs to.

What: the ink of a row of comb cells, told from the form's print; which cells hold any; and each cell's character centred in a
square, its strokes followed across the rules that cut them.
Why: people write over rules. A stroke's tail in the neighbour's cell turns a 1 into a 7 there, and the 7 it came from into a 1.
Refuses: to say what a character is; to part strokes that touch between two rules. Where strokes of two cells touch they are
parted at the rule and both cells say so (`parted`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from intake.fax import GrayImage
from intake.ocr import thresholds
from intake.ocr.comb_rules import Rule, core_of, rules_of, with_ink_beside_rules, without_swollen_rules
from intake.ocr.ink import FilledPage, Mask, PixelBox, despeckled, extent, ink_area_mm2

BoxMm = tuple[float, float, float, float]
Labels = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]

SIZE = 32
"""Pixels of a character image's side."""


@dataclass(frozen=True)
class CellImage:
    """What one comb cell holds."""

    image: GrayImage  # SIZE × SIZE, 255 is ink, 0 is paper; all 0 where the cell holds no stroke at all
    inked: bool  # holds a character: enough ink, tall enough
    doubtful: bool  # holds no character, but more ink than dirt: perhaps a point or a dash
    parted: bool  # a stroke that joins it to its neighbour was cut at the rule
    stray: bool  # right above or below it stands ink that is no character's: perhaps the rest of this one
    box_px: PixelBox  # of its ink on the registered page; empty where there is none


@dataclass(frozen=True)
class CombInk:
    """The ink of a row of cells, cleaned of print and specks."""

    box_px: PixelBox  # of the whole row on the registered page
    fill: Mask  # of that box
    inked: tuple[bool, ...]  # per cell: whether it holds a character
    doubtful: tuple[bool, ...]  # per cell: no character, but so much ink that it may be more than dirt


def comb_ink(page: FilledPage, cells_mm: Sequence[BoxMm]) -> CombInk:
    """The ink of a row of cells, and which cells hold a character."""
    hull = (min(c[0] for c in cells_mm), min(c[1] for c in cells_mm), max(c[2] for c in cells_mm), max(c[3] for c in cells_mm))
    x0, y0, x1, y1 = page.box(hull)
    fill = despeckled(without_swollen_rules(page, (x0, y0, x1, y1)), thresholds.SPECK_PX)
    inked, doubtful = [], []
    for cell in cells_mm:
        cx0, cy0, cx1, cy1 = page.box(cell)
        part = fill[cy0 - y0 : cy1 - y0, cx0 - x0 : cx1 - x0]
        ink = ink_area_mm2(part, page.dpi)
        inked.append(ink >= thresholds.CELL_INK_MM2 and _height_mm(part, page.dpi) >= thresholds.CELL_INK_TALL_MM)
        doubtful.append(not inked[-1] and ink > thresholds.CELL_DIRT_MM2)
    return CombInk((x0, y0, x1, y1), fill, tuple(inked), tuple(doubtful))


def cut_characters(page: FilledPage, cells_mm: Sequence[BoxMm], ink: CombInk | None = None) -> tuple[CellImage, ...]:
    """The character of each cell of a row, in order; `ink` where it is known already."""
    ink = ink or comb_ink(page, cells_mm)
    x0, y0, x1, y1 = ink.box_px
    reach = round(thresholds.CELL_OVERSHOOT_MM * page.dpi / 25.4)
    top, bottom = max(0, y0 - reach), min(page.fill.shape[0], y1 + reach)
    left, right = max(0, x0 - reach), min(page.fill.shape[1], x1 + reach)
    fill = despeckled(page.fill[top:bottom, left:right], thresholds.SPECK_PX)
    fill[y0 - top : y1 - top, x0 - left : x1 - left] = ink.fill
    printed = page.printed[top:bottom, left:right]
    gray = page.page[top:bottom, left:right]
    dark = gray < thresholds.DARK
    edges = [round(page.box(cell)[0] - left) for cell in cells_mm] + [page.box(cells_mm[-1])[2] - left]
    rows = (y0 - top, y1 - top)
    rules = rules_of(printed, dark, edges, rows)
    core = core_of(rules, fill.shape)
    fill = with_ink_beside_rules(fill, printed, dark, core, rows)
    strokes = _Strokes(fill, rules, core, edges, rows, thresholds.CELL_INK_MM2 * (page.dpi / 25.4) ** 2)
    images = []
    for place in range(len(cells_mm)):
        own = strokes.of_cell(place)
        found = extent(own)
        if found is None:
            image, box = np.zeros((SIZE, SIZE), np.uint8), (0, 0, 0, 0)
        else:
            box = (found[0] + left, found[1] + top, found[2] + left, found[3] + top)
            around = _window(found, own.shape)  # a cell's strokes and what bridges them lie in a small part of the row
            own = own[around]
            bridges = strokes.bridges[around] & _near(own)
            image = normalised(np.where(core[around] & ~bridges, np.uint8(255), gray[around]), own | bridges, page.dpi)
        stray = ink_area_mm2(strokes.nobodys(place, rows), page.dpi) >= thresholds.CELL_STRAY_MM2
        images.append(CellImage(image, ink.inked[place], ink.doubtful[place], strokes.parted[place], stray, box))
    return tuple(images)


def normalised(page: GrayImage, own: Mask, dpi: float) -> GrayImage:
    """The strokes of a character in the middle of a SIZE × SIZE image, 255 is ink.

    The larger side of its ink fills the image but for two pixels around; ink smaller than `CELL_SCALE_MM` keeps its smallness, so
    that a point stays a point. Width and height are scaled alike: a dash stays flat.
    """
    out = np.zeros((SIZE, SIZE), np.uint8)
    found = extent(own)
    if found is None:
        return out
    x0, y0, x1, y1 = found
    near = cv2.dilate(own[y0:y1, x0:x1].astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    ink = np.where(near, 255 - page[y0:y1, x0:x1], np.uint8(0)).astype(np.uint8)
    factor = (SIZE - 4) / max(x1 - x0, y1 - y0, thresholds.CELL_SCALE_MM * dpi / 25.4)
    width, height = max(1, round((x1 - x0) * factor)), max(1, round((y1 - y0) * factor))
    small = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR)
    left, top = (SIZE - width) // 2, (SIZE - height) // 2
    out[top : top + height, left : left + width] = small
    return out


class _Strokes:
    """Connected ink of a row of cells, joined again where a printed rule cut it, and the cell each piece belongs to."""

    def __init__(
        self, fill: Mask, rules: Sequence[Rule], core: Mask, edges: Sequence[int], rows: tuple[int, int], least: float
    ) -> None:
        count, labels = cv2.connectedComponents(fill.astype(np.uint8), connectivity=8)
        self._labels = np.asarray(labels, np.int32)
        self.bridges = np.zeros_like(fill)
        parent = list(range(count))
        drawn = self.bridges.view(np.uint8)
        for rule in rules:
            first, last = rule.along
            if rule.upright:
                _join(self._labels, rule.across, drawn, parent)
            else:
                _join(self._labels[:, first:last].T, rule.across, drawn[:, first:last].T, parent)
        root = np.array([_root(parent, label) for label in range(count)])
        self._cells = np.clip(np.searchsorted(np.asarray(edges), np.arange(fill.shape[1]), side="right") - 1, 0, len(edges) - 2)
        # ink per piece and cell, then per joined stroke and cell; what lies above or below the row counts only if joined to it
        pieces = np.zeros((count, len(edges) - 1))
        ys, xs = np.nonzero(self._labels)
        np.add.at(pieces, (self._labels[ys, xs], self._cells[xs]), 1)
        strokes = np.zeros_like(pieces)
        np.add.at(strokes, root, pieces)
        self._owner = np.full(count, NOBODYS)
        self.parted = [False] * (len(edges) - 1)
        by_cell = pieces[1:].sum(axis=0)
        for stroke in np.unique(root[np.unique(self._labels[rows[0] : rows[1], edges[0] : edges[-1]])]):
            if stroke == 0:
                continue
            own = strokes[stroke]
            most = int(own.argmax())
            if own[most] >= thresholds.CELL_OWNS_SHARE * own.sum() and not self._all_there_is(own, by_cell, most, least):
                self._owner[root == stroke] = most
            else:
                self._owner[root == stroke] = PARTED
                for place in np.flatnonzero(own >= 0.1 * own.sum()):
                    self.parted[place] = True
        self._drop_remains(core, pieces.sum(axis=1), strokes.sum(axis=1)[root])
        # a bridge within a parted stroke would lie in both cells
        parted = (self._owner == PARTED)[self._labels]
        if parted.any():
            self.bridges &= ~cv2.dilate(parted.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)

    def _drop_remains(self, core: Mask, size: Floats, whole: Floats) -> None:
        """Take away what is left of a thick rule beside it: small, loose, next to print, in a cell that holds a character."""
        beside = cv2.dilate(core.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
        at_print = np.bincount(self._labels[beside], minlength=len(size)) > 0
        for place in range(len(self.parted)):
            own = np.flatnonzero(self._owner == place)
            if own.size > 1:
                small = whole[own] < thresholds.CELL_REMAINS_SHARE * size[own].max()
                self._owner[own[small & at_print[own]]] = NOBODYS

    @staticmethod
    def _all_there_is(whole: Floats, by_cell: Floats, most: int, least: float) -> bool:
        """Whether a stroke is the only ink of another cell than its main one, and enough for a character: then it is two
        characters that touch, and one must not swallow the other."""
        others = [place for place in range(len(whole)) if place != most and whole[place] >= least]
        return any(whole[place] > 0.5 * by_cell[place] for place in others)

    def nobodys(self, place: int, rows: tuple[int, int]) -> Mask:
        """Ink above and below a cell that belongs to no character."""
        columns = self._cells == place
        outside = np.concatenate([self._labels[: rows[0], columns], self._labels[rows[1] :, columns]])
        return np.asarray((outside > 0) & (self._owner[outside] == NOBODYS), bool)

    def of_cell(self, place: int) -> Mask:
        """The ink of one cell's character."""
        return np.asarray(self._cell_of == place, bool)

    @cached_property
    def _cell_of(self) -> npt.NDArray[np.int16]:
        """The cell that each pixel's ink belongs to; what was parted goes to the cell it stands in."""
        owner = self._owner.astype(np.int16)[self._labels]
        return np.asarray(np.where(owner == PARTED, self._cells.astype(np.int16)[None, :], owner), np.int16)


NOBODYS = -1
PARTED = -2
SLANT_PX = 4  # pixels that a stroke may shift on its way across a rule


def _join(labels: Labels, band: tuple[int, int], drawn: npt.NDArray[np.uint8], parent: list[int]) -> None:
    """Join strokes that reach an upright rule's ink from both sides, and draw what lies between."""
    first, last = band
    if first < 1 or last >= labels.shape[1] or first == last:
        return
    for label, top, bottom in _runs(labels[:, first - 1]):
        for other, upper, lower in _runs(labels[:, last]):
            if upper > bottom + SLANT_PX or top > lower + SLANT_PX:
                continue
            between = np.zeros((labels.shape[0], last - first), np.uint8)
            corners = [(0, top), (last - first - 1, upper), (last - first - 1, lower - 1), (0, bottom - 1)]
            cv2.fillConvexPoly(between, np.array(corners, np.int32), 1)
            drawn[:, first:last] |= between
            parent[_root(parent, other)] = _root(parent, label)


def _runs(column: npt.NDArray[np.int32]) -> list[tuple[int, int, int]]:
    """Label, first and last + 1 of each run of ink in a column."""
    turns = np.flatnonzero(np.diff(np.concatenate(([0], column, [0]))))
    return [(int(column[a]), int(a), int(b)) for a, b in pairwise(turns) if column[a] > 0]


def _root(parent: list[int], label: int) -> int:
    while parent[label] != label:
        label = parent[label]
    return label


def _window(box: PixelBox, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of a box and of all bridges in its reach."""
    x0, y0, x1, y1 = box
    rows = slice(max(0, y0 - BRIDGE_REACH), min(shape[0], y1 + BRIDGE_REACH))
    return rows, slice(max(0, x0 - BRIDGE_REACH), min(shape[1], x1 + BRIDGE_REACH))


def _near(own: Mask) -> Mask:
    """Where a bridge belongs to these strokes: in reach of a rule's width."""
    return np.asarray(cv2.dilate(own.astype(np.uint8), np.ones((2 * BRIDGE_REACH + 1, 2 * BRIDGE_REACH + 1), np.uint8)), bool)


BRIDGE_REACH = 6  # pixels: the ink of a rule of 4 that the line swelled


def _height_mm(part: Mask, dpi: float) -> float:
    found = extent(part)
    return 0.0 if found is None else (found[3] - found[1]) * 25.4 / dpi
