"""Where a page roughly lies: its skew, and how its ink profiles fit a blank's, shifted and scaled.

What: the page's ink as points, turned to any angle for the price of a multiplication; row and column profiles compared with a
blank's over shifts (by Fourier transform) and scales (x and y apart, since a fax stretches them apart).
Why: it costs milliseconds, needs no code on the page, finds the form among all forms and the right way up at once.
Refuses: precision; `alignment` does that and has the last word.
"""

from __future__ import annotations

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
SCALES = np.arange(0.94, 1.0601, 0.005)
POINTS = 30_000  # ink points at most; more change no angle


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
    rows, columns = np.nonzero(small < thresholds.COARSE_DARK)
    ink = rows.size
    if ink > POINTS:
        step = ink / POINTS
        chosen = (np.arange(POINTS) * step).astype(np.intp)
        rows, columns = rows[chosen], columns[chosen]
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

    def sharpness(degrees: float) -> float:
        _, y = points.turned(degrees)
        counts = np.bincount((y + LENGTH / 2).astype(np.intp), minlength=LENGTH).astype(np.float64)
        return float((counts**2).sum())

    coarse = np.arange(-6.0, 6.01, 0.25)
    best = float(coarse[int(np.argmax([sharpness(float(a)) for a in coarse]))])
    fine = best + np.arange(-0.2, 0.201, 0.05)
    return float(fine[int(np.argmax([sharpness(float(a)) for a in fine]))])


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
        self._rows = [np.conj(np.fft.rfft(_profile(points.y * np.float32(s)))) for s in SCALES]
        self._columns = [np.conj(np.fft.rfft(_profile(points.x * np.float32(s)))) for s in SCALES]
        self._rows_stack = np.stack(self._rows)
        self._columns_stack = np.stack(self._columns)

    def fit(self, page: Profiles) -> CoarseFit:
        """The best scale and shift of each axis."""
        rows, columns = page.spectra
        scale_y, shift_y, score_y = _best(self._rows_stack, rows, REACH_ROWS)
        scale_x, shift_x, score_x = _best(self._columns_stack, columns, REACH_COLUMNS)
        return CoarseFit(scale_x, scale_y, shift_x, shift_y, score_x, score_y)


REACH_ROWS = 450  # samples: a page cut off early has its middle up to 4.5 inches higher
REACH_COLUMNS = 150  # samples: shifts of up to 1.5 inches


def _best(stack: npt.NDArray[np.complex128], page: npt.NDArray[np.complex128], reach: int) -> tuple[float, float, float]:
    correlation = np.fft.irfft(stack * page[None], n=LENGTH, axis=1)
    near = np.concatenate((correlation[:, :reach], correlation[:, -reach:]), axis=1)
    scale_index, shift_index = np.unravel_index(int(near.argmax()), near.shape)
    shift = float(shift_index) if shift_index < reach else float(shift_index) - 2 * reach
    return float(SCALES[scale_index]), shift, float(near[scale_index, shift_index])


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
