"""Laying a page over its blank, to within half a pixel, following it locally down the rows.

What: the row path says which row of the form each row of the page is; landmarks of the blank, looked for where that puts them,
give an affine map and what is left to a tenth of a pixel. Places where rows are missing or doubled are reported as squeezed.
Why: one map for the page is wrong on a page that lost rows; a zone read in the wrong place is worse than one not read. Affine
and not a homography: a scanner's glass has no perspective, and two parameters less err less.
Refuses: a page on which too few landmarks agree: then it says so (None) instead of guessing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from intake.fax import GrayImage
from intake.ocr import thresholds
from intake.ocr.blank_page import PATCH, BlankPage
from intake.ocr.coarse import Floats, Matrix
from intake.ocr.following import BAND, Following, Squeeze, follow_nothing, joined, unsupported_rows
from intake.ocr.row_path import CELL, RowPath, cells_of, row_path
from intake.ocr.row_proof import Span, row_proof
from intake.ocr.torn import TornCorner

ACROSS, WIDE, DOWN = 6, 18, 4  # pixels searched around a landmark; sideways never as far as a comb cell is wide (47)
RIM = 2  # rows more around a window, so that blurring does not mix neighbours
END = PATCH + DOWN + RIM
NEAR, FAR = 12, 176  # pixels that rows may be off: coarse scales and a few lost rows; 150 lost rows
STEP = 8  # pixels between nodes of the map that is then interpolated
UNSTEADY_ROWS = 16.0  # within which landmarks are neighbours
AGREEING = 2.0  # pixels within which neighbouring landmarks must say the same


@dataclass(frozen=True)
class Registration:
    """How a blank page lies on a fax page."""

    homography: Matrix  # 3 × 3, blank pixels to page pixels, best for the page as a whole; affine
    share: float  # of the landmarks looked for that were found in agreement, 0–1
    residual_px: float  # mean distance of the agreeing landmarks from where the map puts them, 200-dpi pixels
    squeezed: tuple[Squeeze, ...]  # where rows are missing or doubled
    unsupported: tuple[tuple[float, float], ...]  # y0, y1 in blank pixels: no landmark near or print off the sheet: extrapolated
    bottom_mm: float | None  # where the fax page ends in form millimetres, if before the form does
    map_x: Floats = field(repr=False)  # blank frame to page pixels on a coarse grid
    map_y: Floats = field(repr=False)
    plain: bool = field(default=False, repr=False)  # the homography alone is the map
    torn: tuple[TornCorner, ...] = ()  # corners of the form that are not on the page

    def is_off_page(self, x0: float, y0: float, x1: float, y1: float) -> bool:
        """Whether a part of a zone (blank pixels) went with a torn corner."""
        return any(corner.takes(x0, y0, x1, y1) for corner in self.torn)

    def into_blank_frame(self, page: GrayImage, blank: BlankPage) -> GrayImage:
        """The page as it would look had it been printed where the blank is."""
        height, width = blank.image.shape
        if self.plain:
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            return np.asarray(
                cv2.warpAffine(
                    page, self.homography[:2], (width, height), flags=flags, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)
                ),
                np.uint8,
            )
        full = (_upsampled(self.map_x, width, height), _upsampled(self.map_y, width, height))
        return np.asarray(
            cv2.remap(page, full[0], full[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)), np.uint8
        )


def register(page: GrayImage, blank: BlankPage, coarse: Matrix) -> Registration | None:
    """Refine a coarse placement (blank to page pixels); None if too few landmarks agree."""
    cells = cells_of(page)
    best: tuple[Registration, RowPath] | None = None
    for reach in (NEAR, FAR, FAR):  # each from the best so far: a poor start finds enough to start better
        tried = _registered(page, cells, blank, coarse if best is None else best[0].homography, reach)
        if tried is not None and (best is None or _merit(tried) > _merit(best)):
            best = tried
        if best is not None and best[0].share >= thresholds.SHARE_WHOLE and best[1].explained >= thresholds.ROWS_EXPLAINED:
            break
    return None if best is None else best[0]


def _merit(one: tuple[Registration, RowPath]) -> float:
    """By which of two ways to lay a blank the better is chosen."""
    return one[0].share + one[1].explained


def _registered(
    page: GrayImage, cells: Floats, blank: BlankPage, matrix: Matrix, reach: int
) -> tuple[Registration, RowPath] | None:
    path = row_path(cells, blank.cells, matrix, reach)
    if path.explained < thresholds.ROWS_NEEDED:
        return None
    placement = _Placement(matrix, Following.of(path))
    landmarks = blank.landmarks[: blank.first if placement.following.is_whole else None]
    every = _found(page, blank, placement, len(landmarks), ACROSS if reach == NEAR else WIDE)
    found = (every if reach == NEAR else every.in_one_affine()).in_local_agreement()
    asked = landmarks[_on_sheet(placement.onto_page(landmarks), page)]
    share = len(found.at) / max(1, len(asked))
    if len(found.at) < thresholds.LANDMARKS_NEEDED or share < thresholds.SHARE_NEEDED:
        return None
    placement = placement.refined(found)
    off = found.on_page - placement.onto_page(found.at)
    map_x, map_y = placement.maps(blank.image.shape)
    height = blank.image.shape[0]
    whole = placement.best_affine(found)
    plain = placement.following.adds_nothing
    registration = Registration(
        homography=whole,
        share=share,
        residual_px=float(np.linalg.norm(off, axis=1).mean()),
        squeezed=_squeezed(placement, blank, *_doubted(placement, blank, cells, every)),
        unsupported=joined(
            [
                *unsupported_rows(landmarks, found.at, height),
                *_off_the_sheet(placement, blank, page),
                *(_rows_of(placement.affine, *tile) for tile in path.gone),
            ]
        ),
        bottom_mm=placement.bottom_mm(page.shape, height),
        map_x=map_x,
        map_y=map_y,
        plain=plain,
    )
    return registration, path


@dataclass(frozen=True)
class _Placement:
    """An affine map to the page as it was sent, and what the line did to its rows."""

    affine: Matrix
    following: Following

    def onto_page(self, points: Floats) -> Floats:
        spots = _mapped(self.affine, points)
        return spots + self.following.shift(spots)

    def refined(self, found: _Found) -> _Placement:
        """With what landmarks say: the affine map from all of them, the rest within each segment of rows."""
        if self.following.is_whole:
            affine = _affine(found.at, found.on_page)
            spots = _mapped(affine, found.at)
            following = follow_nothing(spots).corrected(spots, found.on_page - spots)
            return _Placement(
                affine, follow_nothing(spots) if following.largest_correction < thresholds.STRAIGHT_PX else following
            )
        spots = _mapped(self.affine, found.at)
        left = found.on_page - spots - self.following.shift(spots)
        across = _affine(found.at, np.column_stack((left[:, 0], np.zeros(len(left)))))
        tilt = _tilt(found.at, left[:, 1], self.following.segment_of(spots))
        affine = self.affine.copy()
        affine[0] += across[0]
        middle = found.at[:, 0].mean()
        affine[1, 0] += tilt
        affine[1, 2] -= tilt * middle
        spots = _mapped(affine, found.at)
        return _Placement(affine, self.following.corrected(spots, found.on_page - spots - self.following.shift(spots)))

    def best_affine(self, found: _Found) -> Matrix:
        return self.affine if self.following.adds_nothing else _affine(found.at, found.on_page)

    def maps(self, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
        nodes_x = np.arange(0, shape[1] + STEP, STEP, dtype=np.float32)
        nodes_y = np.arange(0, shape[0] + STEP, STEP, dtype=np.float32)
        grid = np.stack(np.meshgrid(nodes_x, nodes_y), axis=-1).reshape(-1, 2)
        spots = self.onto_page(grid)
        return spots[:, 0].reshape(len(nodes_y), len(nodes_x)), spots[:, 1].reshape(len(nodes_y), len(nodes_x))

    def bottom_mm(self, page_shape: tuple[int, ...], height: int) -> float | None:
        """Form millimetres at which the fax page ends; None if the whole form is on it but for a bottom margin of 6 mm."""
        row = self.following.sent_row(float(page_shape[0]))
        inverse = np.asarray(np.linalg.inv(self.affine), np.float64)
        edge = float(_mapped(inverse, np.array([[page_shape[1] / 2, row]], np.float32))[0, 1])
        mm = 25.4 / thresholds.DPI
        return edge * mm if (height - edge) * mm > 6.0 else None


@dataclass(frozen=True)
class _Found:
    at: Floats  # n × 2 in blank pixels
    on_page: Floats  # n × 2 in page pixels
    off: Floats  # n × 2: displacement found, in blank pixels

    def in_one_affine(self) -> _Found:
        """With displacements counted from the affine map that most agree on: where an edge of the print is missing, profiles tell
        a wrong scale, and displacements grow across the page."""
        if len(self.at) < thresholds.LANDMARKS_NEEDED:
            return self
        fitted: object = cv2.estimateAffine2D(self.at, self.at + self.off, ransacReprojThreshold=AGREEING)[0]
        if fitted is None:
            return self
        matrix = np.vstack((np.asarray(fitted, np.float64), (0.0, 0.0, 1.0)))
        return _Found(self.at, self.on_page, self.at + self.off - _mapped(matrix, self.at))

    def in_local_agreement(self) -> _Found:
        """Only landmarks that a good part of their neighbours up and down the page confirm."""
        if len(self.at) < 3:
            return self
        near = np.abs(self.at[:, None, 1] - self.at[None, :, 1]) < thresholds.DPI * 0.6
        alike = np.abs(self.off[:, None, :] - self.off[None, :, :]).max(axis=2) < AGREEING
        confirmed = (near & alike).sum(axis=1) - 1
        keep = confirmed >= np.maximum(3, 0.25 * near.sum(axis=1))
        return _Found(self.at[keep], self.on_page[keep], self.off[keep])


def _found(page: GrayImage, blank: BlankPage, placement: _Placement, count: int, aside: int) -> _Found:
    """The first so many landmarks looked for where a placement puts them, `aside` pixels to either side."""
    side = PATCH + aside
    width, height = 2 * side + 1, 2 * END + 1
    spots = placement.onto_page(blank.landmarks[:count])
    chosen = np.flatnonzero(_on_sheet(spots, page))
    windows = np.empty((len(chosen) * height, width), np.uint8)
    linear = placement.affine[:2, :2]
    corners = spots.astype(np.float64) - linear @ (side, END)
    view = np.column_stack((linear, (0.0, 0.0)))
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    for place, index in enumerate(chosen.tolist()):
        view[:, 2] = corners[index]
        cv2.warpAffine(
            page, view, (width, height), windows[place * height : (place + 1) * height], flags, cv2.BORDER_CONSTANT, (255,)
        )
    windows = np.asarray(cv2.GaussianBlur(windows, (0, 0), 1.0), np.uint8)
    kept, off = [], []
    for place, index in enumerate(chosen.tolist()):
        window = windows[place * height + RIM : (place + 1) * height - RIM]
        match = cv2.matchTemplate(window, blank.patches[index], cv2.TM_CCOEFF_NORMED)
        _, best, _, (x, y) = cv2.minMaxLoc(match)
        if not thresholds.LANDMARK_MATCH <= best <= 1.001 or not (0 < x < 2 * aside and 0 < y < 2 * DOWN):
            continue
        kept.append(index)
        off.append(
            (
                x - aside + _peak(match[y, x - 1], match[y, x], match[y, x + 1]),
                y - DOWN + _peak(match[y - 1, x], match[y, x], match[y + 1, x]),
            )
        )
    moved = np.array(off, np.float32).reshape(-1, 2)
    return _Found(blank.landmarks[kept], spots[kept] + moved @ linear.T.astype(np.float32), moved)


def _peak(before: float, at: float, after: float) -> float:
    """The peak of the parabola through three neighbouring samples, -0.5 to 0.5."""
    bend = before - 2 * at + after
    return 0.0 if abs(bend) < 1e-6 else min(0.5, max(-0.5, float(0.5 * (before - after) / bend)))


def _mapped(matrix: Matrix, points: Floats) -> Floats:
    return np.asarray(points @ matrix[:2, :2].T + matrix[:2, 2], np.float32)


def _affine(at: Floats, to: Floats) -> Matrix:
    """The least-squares affine map, 3 × 3."""
    middle = at.mean(axis=0)
    design = np.column_stack((at - middle, np.ones(len(at)))).astype(np.float64)
    solved = np.linalg.lstsq(design, to.astype(np.float64), rcond=None)[0].T
    matrix = np.eye(3)
    matrix[:2, :2] = solved[:, :2]
    matrix[:2, 2] = solved[:, 2] - solved[:, :2] @ middle
    return matrix


def _tilt(at: Floats, left: Floats, segment: Floats) -> float:
    """The slope of what is left in y, across the page, within groups of rows that the line did not tear apart."""
    group = np.round(at[:, 1] / (2 * thresholds.SUPPORT_REACH_PX)) + 1000 * segment
    _, member = np.unique(group, return_inverse=True)
    count = np.maximum(np.bincount(member), 1)
    x = at[:, 0] - (np.bincount(member, at[:, 0]) / count)[member]
    y = left - (np.bincount(member, left) / count)[member]
    spread = float(x @ x)
    return float(x @ y) / spread if spread > 1e5 else 0.0


def _on_sheet(spots: Floats, page: GrayImage) -> npt.NDArray[np.bool_]:
    """Which spots fall onto the page at all: a page cut short is judged by what it has."""
    height, width = page.shape
    return np.asarray((spots[:, 0] > 0) & (spots[:, 0] < width) & (spots[:, 1] > 0) & (spots[:, 1] < height))


def _rows_of(affine: Matrix, x0: float, v0: float, x1: float, v1: float) -> tuple[float, float]:
    """The blank's rows that a rectangle of the page as sent covers."""
    corners = np.array([[x0, v0], [x1, v0], [x0, v1], [x1, v1]], np.float32)
    rows = _mapped(np.asarray(np.linalg.inv(affine), np.float64), corners)[:, 1]
    return float(rows.min()), float(rows.max())


def _unsteady(placement: _Placement, every: _Found) -> list[tuple[float, float, float]]:
    """Rows v0, v1 of the page as sent where neighbouring landmarks stay off by the same, and by how much: single rows lost or
    doubled so closely that what follows them is too stiff."""
    rows = _mapped(placement.affine, every.at)[:, 1]
    left = (every.on_page - placement.onto_page(every.at))[:, 1]
    order = np.argsort(rows)
    rows, left = rows[order], left[order]
    out = []
    for first in range(len(rows) - 1):
        last = int(np.searchsorted(rows, rows[first] + UNSTEADY_ROWS, side="right"))
        off = float(np.median(left[first:last]))
        if last - first >= 2 and abs(off) > thresholds.UNSTEADY_PX:
            out.append((float(rows[first]), float(rows[last - 1]), abs(off)))
    return out


def _doubted(placement: _Placement, blank: BlankPage, cells: Floats, every: _Found) -> tuple[list[Span], list[Span]]:
    """Rows of the page as sent that are in doubt: those whose exact bounds are not known, and those whose bounds print tells."""
    unsteady = _unsteady(placement, every)
    if placement.following.is_whole:
        return unsteady, []
    middle = cells.shape[1] * CELL / 2

    def offset_at(rows: Floats) -> Floats:
        return placement.following.shift(np.column_stack((np.full(len(rows), middle, np.float32), rows)))[:, 1]

    proof = row_proof(cells, blank.cells, placement.affine, offset_at)
    return [*proof.taken_back(placement.following.spans), *unsteady], proof.doubtful()


def _squeezed(placement: _Placement, blank: BlankPage, vague: Sequence[Span], exact: Sequence[Span]) -> tuple[Squeeze, ...]:
    """Row spans of the blank in which rows are missing or doubled; the whole page where a table row may have slipped."""
    height = float(blank.image.shape[0])
    ends = _mapped(placement.affine, blank.extent)[:, 0]
    out = []
    around = thresholds.SQUEEZE_MARGIN_PX
    for v0, v1, size in (*((v0 - around, v1 + around, size) for v0, v1, size in vague), *exact):
        top, bottom = _rows_of(placement.affine, float(ends.min()), v0, float(ends.max()), v1)
        if bottom > 0 and top < height:
            out.append(Squeeze(top, bottom, size))
    largest = max((one.rows_px for one in out), default=0.0)
    return (Squeeze(0.0, height, largest),) if largest > thresholds.ROW_LOST_PX else tuple(out)


def _off_the_sheet(placement: _Placement, blank: BlankPage, page: GrayImage) -> list[tuple[float, float]]:
    """Rows of the blank whose print runs over the page's edge: what was written there did not come with it."""
    lost = blank.extent[~_on_sheet(placement.onto_page(blank.extent), page)]
    return [(float(y - BAND / 2), float(y + BAND / 2)) for y in lost[:, 1]]


def _upsampled(nodes: Floats, width: int, height: int) -> Floats:
    """Nodes every STEP pixels, interpolated to every pixel."""
    matrix = np.array([[STEP, 0, 0], [0, STEP, 0]], np.float64)
    return np.asarray(
        cv2.warpAffine(nodes, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )
