"""Where a page roughly lies: its skew, and how its ink profiles fit a blank's, shifted and scaled.

What: the page's ink as points, turned to any angle for the price of a multiplication; row and column profiles compared with a
blank's over shifts (by Fourier transform) and scales (x and y apart, since a fax stretches them apart).
Why: it costs milliseconds, needs no code on the page, finds the form among all forms and the right way up at once.
Refuses: precision; `alignment` does that and has the last word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
import numpy.typing as npt

from intake.fax import GrayImage
from intake.ocr import thresholds

Floats = npt.NDArray[np.float32]
Matrix = npt.NDArray[np.float64]

COARSE_DPI = 100.0
LENGTH = 2048  # samples of a profile: 20 inches at 100 dpi, so that no shift wraps onto the page
SCALE_STEP = 0.005
SCALES = np.arange(0.94, 1.0601, SCALE_STEP)
POINTS = 30_000  # ink points at most; more change no angle
THINNED = 4  # every so-manieth point is enough for the first search of the angle
SOLID = 25  # 100-dpi pixels (6 mm) of solid black that no form prints and no pen writes
SOLID_SHARE = 0.9  # of such a square that is black


@dataclass(frozen=True)
class InkPoints:
    """A page's dark pixels at 100 dpi, relative to the page's middle."""

    x: Floats
    y: Floats
    width: float  # of the page, in 100-dpi pixels
    height: float
    ink: int  # dark pixels before thinning out

    def turned(self, degrees: float) -> tuple[Floats, Floats]:
        """The points with a skew of `degrees` (clockwise on the page) taken away, from the page's middle."""
        angle = np.float32(np.deg2rad(degrees))
        cos, sin = np.cos(angle), np.sin(angle)
        return self.x * cos + self.y * sin, self.y * cos - self.x * sin


def ink_points(image: GrayImage, dpi: float) -> InkPoints:
    """The dark pixels of a page with square pixels."""
    factor = COARSE_DPI / dpi
    small = cv2.resize(image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    edge = round(COARSE_DPI * 0.08)  # black borders from a skewed sheet are not the form's
    small[:edge], small[-edge:], small[:, :edge], small[:, -edge:] = 255, 255, 255, 255
    dark = (small < thresholds.COARSE_DARK).view(np.uint8)
    solid = cv2.boxFilter(dark, cv2.CV_16U, (SOLID, SOLID), normalize=False) >= SOLID_SHARE * SOLID**2
    if solid.any():  # a black corner or margin outweighs all print
        dark[cv2.dilate(solid.view(np.uint8), np.ones((SOLID + 4, SOLID + 4), np.uint8)) > 0] = 0
    places = np.flatnonzero(dark)
    ink = places.size
    if ink > POINTS:
        step = ink / POINTS
        places = places[(np.arange(POINTS) * step).astype(np.intp)]
    rows, columns = np.divmod(places, small.shape[1])
    height, width = small.shape
    return InkPoints(
        x=(columns - width / 2).astype(np.float32),
        y=(rows - height / 2).astype(np.float32),
        width=float(width),
        height=float(height),
        ink=int(ink),
    )


def skew(points: InkPoints) -> float:
    """Degrees by which the page is turned clockwise, within ±6: where rules and text lines stack up most sharply in rows."""
    if points.x.size < 50:
        return 0.0

    def sharpness(degrees: float, step: int) -> float:
        angle = np.deg2rad(degrees)
        turned = points.y[::step] * np.float32(np.cos(angle)) - points.x[::step] * np.float32(np.sin(angle))
        counts = np.bincount((turned + np.float32(LENGTH / 2)).astype(np.intp), minlength=LENGTH)
        return float(counts @ counts)

    coarse = np.arange(-6.0, 6.01, 0.25)
    step = THINNED if points.x.size > POINTS / 2 else 1
    best = float(coarse[int(np.argmax([sharpness(float(a), step) for a in coarse]))])
    fine = best + np.arange(-0.25, 0.251, 0.05)
    sharp = [sharpness(float(a), 1) for a in fine]
    index = int(np.argmax(sharp))
    return float(fine[index]) + 0.05 * peak(sharp, index)


def peak(values: Sequence[float] | Floats, index: int) -> float:
    """Where between its neighbours a maximum truly is, by the parabola through the three: -0.5 to 0.5 steps."""
    if not 0 < index < len(values) - 1:
        return 0.0
    before, at, after = (float(one) for one in values[index - 1 : index + 2])
    bend = before - 2 * at + after
    return 0.0 if bend >= -1e-12 else min(0.5, max(-0.5, 0.5 * (before - after) / bend))


@dataclass(frozen=True)
class Profiles:
    """Ink per row and per column, smooth part taken away, each of unit length; middle of the page at LENGTH / 2."""

    rows: Floats
    columns: Floats

    @cached_property
    def spectra(self) -> tuple[npt.NDArray[np.complex128], npt.NDArray[np.complex128]]:
        """Fourier transforms of both."""
        return np.fft.rfft(self.rows), np.fft.rfft(self.columns)

    def upside_down(self) -> Profiles:
        """The profiles of the page turned by 180°."""
        return Profiles(rows=np.roll(self.rows[::-1], 1), columns=np.roll(self.columns[::-1], 1))


def profiles(points: InkPoints, degrees: float) -> Profiles:
    """The page's profiles with the skew taken away."""
    x, y = points.turned(degrees)
    return Profiles(rows=_profile(y), columns=_profile(x))


def _profile(values: Floats) -> Floats:
    index = np.clip(np.rint(values + LENGTH / 2), 0, LENGTH - 1).astype(np.intp)
    counts = np.bincount(index, minlength=LENGTH).astype(np.float32)
    counts = np.sqrt(counts)  # a black bar must not outweigh twenty rules
    smooth = cv2.blur(counts[None], (61, 1))[0]
    sharp = cv2.GaussianBlur((counts - smooth)[None], (5, 1), 1.0)[0]
    return np.asarray(sharp / max(float(np.linalg.norm(sharp)), 1e-6), dtype=np.float32)


@dataclass(frozen=True)
class CoarseFit:
    """How a page's profiles fit a blank's."""

    scale_x: float  # page over blank
    scale_y: float
    shift_x: float  # of the page's middle against the blank's, in 100-dpi pixels
    shift_y: float
    score_x: float  # correlation, -1 to 1
    score_y: float

    @property
    def score(self) -> float:
        """Both correlations in one number."""
        return float(np.sqrt(max(0.0, self.score_x) * max(0.0, self.score_y)))


class BlankProfiles:
    """A blank page's profiles at every scale tried, as spectra; made once per blank page."""

    def __init__(self, blank: GrayImage, dpi: float) -> None:
        points = ink_points(blank, dpi)
        self._rows = np.stack([np.conj(np.fft.rfft(_profile(points.y * np.float32(s)))) for s in SCALES])
        self._columns = np.stack([np.conj(np.fft.rfft(_profile(points.x * np.float32(s)))) for s in SCALES])

    def fit(self, page: Profiles) -> CoarseFit:
        """The best scale and shift of each axis."""
        rows, columns = page.spectra
        scale_y, shift_y, score_y = _best(self._rows, rows, REACH_ROWS)
        scale_x, shift_x, score_x = _best(self._columns, columns, REACH_COLUMNS)
        return CoarseFit(scale_x, scale_y, shift_x, shift_y, score_x, score_y)


REACH_ROWS = 450  # samples: a page cut off early has its middle up to 4.5 inches higher
REACH_COLUMNS = 150  # samples: shifts of up to 1.5 inches


def _best(stack: npt.NDArray[np.complex128], page: npt.NDArray[np.complex128], reach: int) -> tuple[float, float, float]:
    correlation = np.fft.irfft(stack * page[None], n=LENGTH, axis=1)
    near = np.concatenate((correlation[:, -reach:], correlation[:, :reach]), axis=1)
    scale_index, shift_index = (int(one) for one in np.unravel_index(int(near.argmax()), near.shape))
    shift = shift_index - reach + peak(near[scale_index], shift_index)
    by_scale = near[:, max(0, shift_index - 1) : shift_index + 2].max(axis=1)
    scale = SCALES[scale_index] + SCALE_STEP * peak(by_scale, scale_index)
    return float(scale), float(shift), float(near[scale_index, shift_index])


def coarse_matrix(
    fit: CoarseFit, degrees: float, page_shape: tuple[int, int], blank_shape: tuple[int, int], dpi: float
) -> Matrix:
    """3 × 3 from blank pixels to page pixels, both at `dpi`."""
    factor = dpi / COARSE_DPI
    angle = np.deg2rad(degrees)
    to_middle = np.array([[1, 0, -blank_shape[1] / 2], [0, 1, -blank_shape[0] / 2], [0, 0, 1]])
    stretch = np.array([[fit.scale_x, 0, fit.shift_x * factor], [0, fit.scale_y, fit.shift_y * factor], [0, 0, 1]])
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    back = np.array([[1, 0, page_shape[1] / 2], [0, 1, page_shape[0] / 2], [0, 0, 1]])
    return np.asarray(back @ turn @ stretch @ to_middle, dtype=np.float64)
