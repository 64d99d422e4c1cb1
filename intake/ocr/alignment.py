"""Laying a page over its blank, to within half a pixel, following it locally down the rows.

What: landmarks of the blank are looked for on the page, twice; a homography takes the whole, and row bands take what a damaged
line has shifted. Places where rows are missing or doubled are reported as squeezed.
Why: one homography is wrong on a page that lost rows; a zone read in the wrong place is worse than one not read.
Refuses: a page on which too few landmarks agree: then it says so (None) instead of guessing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from intake.fax import GrayImage
from intake.ocr import thresholds
from intake.ocr.coarse import BlankProfiles, Floats, Matrix
from intake.ocr.following import Following, Squeeze, follow, unsupported_rows

PATCH = 20  # pixels from a landmark's middle to its edge, at the resolution it is looked for
# columns and rows searched around a landmark: at half resolution, then at full. Sideways never as far as a comb cell is wide, or
# a cell is taken for its neighbour; down the page first less than a table row, and only if that fails as far as lost rows shift.
NEAR = (10, 14)
FAR = (10, 28)
NARROW = (11, 11)
EDGE = PATCH + NARROW[0]  # pixels from the page's edge within which nothing can be looked for
STEP = 8  # pixels between nodes of the map that is then interpolated


class BlankPage:
    """A blank form page as pixels: the frame everything is laid into. Made once, kept."""

    def __init__(self, image: GrayImage) -> None:
        self.image = image  # 200 dpi
        self.profiles = BlankProfiles(image, thresholds.DPI)
        self.smooth = _softened(image)
        self.landmarks = _landmarks(self.smooth)  # n × 2, x and y
        half = cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
        self.half = _softened(np.asarray(half, np.uint8))
        self.wide_landmarks = self.landmarks[::2]  # every other is plenty for the first, wide search


@dataclass(frozen=True)
class Registration:
    """How a blank page lies on a fax page."""

    homography: Matrix  # 3 × 3, blank pixels to page pixels, best for the page as a whole
    share: float  # of the landmarks looked for that were found in agreement, 0–1
    residual_px: float  # mean distance of the agreeing landmarks from where the map puts them, 200-dpi pixels
    squeezed: tuple[Squeeze, ...]  # where rows are missing or doubled
    unsupported: tuple[tuple[float, float], ...]  # y0, y1 in blank pixels: no landmark near, the place is extrapolated
    bottom_mm: float | None  # where the fax page ends in form millimetres, if before the form does
    map_x: Floats = field(repr=False)  # blank frame to page pixels on a coarse grid
    map_y: Floats = field(repr=False)

    def into_blank_frame(self, page: GrayImage, blank: BlankPage) -> GrayImage:
        """The page as it would look had it been printed where the blank is."""
        height, width = blank.image.shape
        full = (_upsampled(self.map_x, width, height), _upsampled(self.map_y, width, height))
        return np.asarray(
            cv2.remap(page, full[0], full[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)), np.uint8
        )


def register(page: GrayImage, blank: BlankPage, coarse: Matrix) -> Registration | None:
    """Refine a coarse placement (blank to page pixels); None if too few landmarks agree."""
    near = _refined(page, blank, coarse, NEAR)
    if near is not None and near.share >= thresholds.SHARE_WHOLE:
        return near
    far = _refined(page, blank, coarse, FAR)
    return max((one for one in (near, far) if one is not None), key=lambda one: one.share, default=None)


def _refined(page: GrayImage, blank: BlankPage, coarse: Matrix, reach: tuple[int, int]) -> Registration | None:
    rough = _Placement.of(coarse, blank.image.shape)
    wide = _found_wide(page, blank, rough, reach).in_local_agreement(8.0)
    if len(wide.at) < thresholds.LANDMARKS_NEEDED // 2:
        return None
    followed = _Placement.fitted(wide, blank.image.shape)
    if followed is None:
        return None
    close = _found_narrow(page, blank, followed).in_local_agreement(3.0)
    share = len(close.at) / max(1, _on_sheet(blank, page, followed.homography))
    if len(close.at) < thresholds.LANDMARKS_NEEDED or share < thresholds.SHARE_NEEDED:
        return None
    placement = _Placement.fitted(close, blank.image.shape)
    if placement is None:
        return None
    left = close.on_page - _mapped(placement.homography, close.at)
    corrected = left - placement.following.shift(close.at)
    return Registration(
        homography=placement.homography,
        share=share,
        residual_px=float(np.linalg.norm(corrected, axis=1).mean()),
        squeezed=placement.following.squeezed(blank.image.shape[0]),
        unsupported=unsupported_rows(blank.landmarks, close.at, blank.image.shape[0]),
        bottom_mm=_bottom(placement.homography, page, blank.image.shape[0]),
        map_x=placement.map_x,
        map_y=placement.map_y,
    )


@dataclass(frozen=True)
class _Placement:
    """A homography, what it leaves row band by row band, and both as a map."""

    homography: Matrix
    following: Following
    map_x: Floats
    map_y: Floats

    @staticmethod
    def of(homography: Matrix, shape: tuple[int, ...]) -> _Placement:
        following = Following.nothing()
        return _Placement(homography, following, *_maps(homography, shape, following))

    @staticmethod
    def fitted(found: _Found, shape: tuple[int, ...]) -> _Placement | None:
        homography = _homography(found.at, found.on_page)
        if homography is None:
            return None
        following = follow(found.at, found.on_page - _mapped(homography, found.at), shape[0])
        return _Placement(homography, following, *_maps(homography, shape, following))

    def onto_page(self, points: Floats) -> Floats:
        return _mapped(self.homography, points) + self.following.shift(points)


@dataclass(frozen=True)
class _Found:
    at: Floats  # n × 2 in blank pixels
    on_page: Floats  # n × 2 in page pixels
    off: Floats  # n × 2: displacement found, in blank pixels

    def in_local_agreement(self, within: float) -> _Found:
        """Only landmarks that a good part of their neighbours up and down the page confirm, to `within` pixels."""
        if len(self.at) < 3:
            return self
        near = np.abs(self.at[:, None, 1] - self.at[None, :, 1]) < thresholds.DPI * 0.6
        alike = np.abs(self.off[:, None, :] - self.off[None, :, :]).max(axis=2) < within
        confirmed = (near & alike).sum(axis=1) - 1
        keep = confirmed >= np.maximum(3, 0.25 * near.sum(axis=1))
        return _Found(self.at[keep], self.on_page[keep], self.off[keep])


def _homography(at: Floats, on_page: Floats) -> Matrix | None:
    """The least-squares homography; None where the points do not span one."""
    found: object = cv2.findHomography(at, on_page, 0)[0]  # OpenCV's stubs do not know that it may be None
    return None if found is None else np.asarray(found, np.float64)


def _landmarks(smooth: GrayImage) -> Floats:
    """Corners of print, spread evenly: at most two in each of 12 × 16 fields of the page."""
    height, width = smooth.shape
    corners = cv2.goodFeaturesToTrack(smooth, maxCorners=1500, qualityLevel=0.04, minDistance=18, blockSize=7)
    taken: dict[tuple[int, int], int] = {}
    kept = []
    for x, y in np.asarray(corners, np.float32).reshape(-1, 2):
        inside = EDGE < x < width - EDGE and EDGE < y < height - EDGE
        cell = (int(x * 12 / width), int(y * 16 / height))
        if inside and taken.get(cell, 0) < 2:
            taken[cell] = taken.get(cell, 0) + 1
            kept.append((x, y))
    return np.array(kept, np.float32).reshape(-1, 2)


def _softened(image: GrayImage) -> GrayImage:
    """A little blur: a fax moves edges by half a pixel, and correlation must not mind."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), 1.0), np.uint8)


def _found_wide(page: GrayImage, blank: BlankPage, placement: _Placement, reach: tuple[int, int]) -> _Found:
    """Landmarks looked for at half resolution, which is four times as cheap for the same reach."""
    height, width = blank.image.shape
    to_half = np.diag([0.5, 0.5, 1.0])
    matrix = placement.homography @ np.linalg.inv(to_half)
    laid = cv2.warpPerspective(
        cv2.blur(page, (2, 2)),
        matrix,
        (width // 2, height // 2),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255,),
    )
    half_landmarks = (blank.wide_landmarks / 2).astype(np.float32)
    at, off = _matches(_softened(np.asarray(laid, np.uint8)), blank.half, half_landmarks, reach)
    at, off = at * 2, off * 2
    return _Found(at=at, on_page=_mapped(placement.homography, at + off), off=off)


def _found_narrow(page: GrayImage, blank: BlankPage, placement: _Placement) -> _Found:
    height, width = blank.image.shape
    full = (_upsampled(placement.map_x, width, height), _upsampled(placement.map_y, width, height))
    laid = cv2.remap(page, full[0], full[1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,))
    at, off = _matches(_softened(np.asarray(laid, np.uint8)), blank.smooth, blank.landmarks, NARROW)
    return _Found(at=at, on_page=placement.onto_page(at + off), off=off)


def _matches(laid: GrayImage, smooth: GrayImage, landmarks: Floats, reach: tuple[int, int]) -> tuple[Floats, Floats]:
    """Where landmarks (x, y) are and by how much they are off, both in pixels of the images given."""
    height, width = smooth.shape
    at, off = [], []
    across, down = reach
    side, end = PATCH + across, PATCH + down
    for x, y in landmarks:
        column, row = round(float(x)), round(float(y))
        if not (side <= column < width - side and end <= row < height - end):
            continue
        patch = smooth[row - PATCH : row + PATCH + 1, column - PATCH : column + PATCH + 1]
        window = laid[row - end : row + end + 1, column - side : column + side + 1]
        match = cv2.matchTemplate(window, patch, cv2.TM_CCOEFF_NORMED)
        _, best, _, (mx, my) = cv2.minMaxLoc(match)
        if not thresholds.LANDMARK_MATCH <= best <= 1.001 or not (0 < mx < 2 * across and 0 < my < 2 * down):
            continue
        dx = mx - across + _peak(match[my, mx - 1], match[my, mx], match[my, mx + 1])
        dy = my - down + _peak(match[my - 1, mx], match[my, mx], match[my + 1, mx])
        at.append((column, row))
        off.append((dx, dy))
    return np.array(at, np.float32).reshape(-1, 2), np.array(off, np.float32).reshape(-1, 2)


def _peak(before: float, at: float, after: float) -> float:
    """The peak of the parabola through three neighbouring samples, -0.5 to 0.5."""
    bend = before - 2 * at + after
    return 0.0 if abs(bend) < 1e-6 else float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5))


def _mapped(matrix: Matrix, points: Floats) -> Floats:
    if len(points) == 0:
        return np.zeros((0, 2), np.float32)
    return np.asarray(cv2.perspectiveTransform(points[None].astype(np.float64), matrix)[0], np.float32)


def _on_sheet(blank: BlankPage, page: GrayImage, matrix: Matrix) -> int:
    """How many landmarks fall onto the page at all: a page cut short is judged by what it has."""
    spots = _mapped(matrix, blank.landmarks)
    height, width = page.shape
    return int(((spots[:, 0] > 0) & (spots[:, 0] < width) & (spots[:, 1] > 0) & (spots[:, 1] < height)).sum())


def _maps(homography: Matrix, shape: tuple[int, ...], following: Following) -> tuple[Floats, Floats]:
    nodes_x = np.arange(0, shape[1] + STEP, STEP, dtype=np.float32)
    nodes_y = np.arange(0, shape[0] + STEP, STEP, dtype=np.float32)
    grid = np.stack(np.meshgrid(nodes_x, nodes_y), axis=-1).reshape(-1, 2)
    spots = _mapped(homography, grid) + following.shift(grid)
    return spots[:, 0].reshape(len(nodes_y), len(nodes_x)), spots[:, 1].reshape(len(nodes_y), len(nodes_x))


def _upsampled(nodes: Floats, width: int, height: int) -> Floats:
    """Nodes every STEP pixels, interpolated to every pixel."""
    matrix = np.array([[STEP, 0, 0], [0, STEP, 0]], np.float64)
    return np.asarray(
        cv2.warpAffine(nodes, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.float32
    )


def _bottom(homography: Matrix, page: GrayImage, height: int) -> float | None:
    """Form millimetres at which the fax page ends; None if the whole form is on it but for a bottom margin of 6 mm."""
    edge = _mapped(np.asarray(np.linalg.inv(homography), np.float64), np.array([[page.shape[1] / 2, page.shape[0]]], np.float32))[
        0, 1
    ]
    mm = 25.4 / thresholds.DPI
    return float(edge * mm) if (height - edge) * mm > 6.0 else None
