"""The sender's fax machine: from a sheet of paper to the one-bit page that goes over the line.

What: scanning at 204 × 196 or 204 × 98 with what machines do to pages: askew, shifted, upside down, too dark or too thin, specks,
ragged edges, a stripe of dirt down the page, the header line on top.
Why: the reader meets all of these every day; each is a number here, so each can be varied alone.
Refuses: nothing. The same seed damages the same way.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from tools.make_samples.sheet import LETTER_MM, PIXELS_PER_MM, Gray, Sheet, letters

Bilevel = npt.NDArray[np.bool_]
"""A fax page as rows × 1728; True is black."""

WIDTH = 1728
FINE = 196
STANDARD = 98
COLUMNS_PER_MM = 204 / 25.4


@dataclass(frozen=True)
class Machine:
    """What one machine does to the pages it sends."""

    lines_per_inch: int = FINE  # 196 or 98
    skew: float = 0.0  # degrees, clockwise positive
    shift_mm: tuple[float, float] = (0.0, 0.0)  # to the right, down
    scale: float = 1.0  # of the feed: 1.01 stretches the page by a hundredth downwards
    upside_down: bool = False
    threshold: int = 150  # gray below it is black: 110 makes thin copies, 200 dark ones
    grain: float = 10.0  # standard deviation of the gray before the threshold: ragged edges
    specks: float = 0.0  # black specks per 1,000 pixels
    stripe_mm: float | None = None  # where dirt on the glass draws a line down the page, from the left
    header: str | None = None  # the line the machine prints on top; {page} and {pages} are filled in


def scan(sheet: Sheet, machine: Machine, page: int, pages: int, seed: int) -> Bilevel:
    """One page as the machine sends it."""
    rng = np.random.default_rng([5003, seed, page])
    gray = projected(sheet.image, machine)
    if machine.grain:
        gray = gray.astype(np.float32) + rng.normal(0, machine.grain, gray.shape).astype(np.float32)
    black = np.asarray(gray < machine.threshold)
    if machine.specks:
        sprinkle(black, machine.specks, rng)
    if machine.stripe_mm is not None:
        at = round(machine.stripe_mm * COLUMNS_PER_MM)
        black[:, at : at + 2] |= rng.random((black.shape[0], 2)) < 0.85
    if machine.header is not None:
        print_header(black, machine.header.format(page=page, pages=pages), machine)
    return black


def projected(image: Gray, machine: Machine) -> Gray:
    """The sheet on the machine's grid of pixels, in gray: turned, shifted and seen through a pixel's aperture."""
    rows_per_mm = machine.lines_per_inch / 25.4
    rows = round(LETTER_MM[1] * rows_per_mm)
    if machine.upside_down:
        image = np.ascontiguousarray(image[::-1, ::-1])
    aperture = (0.36 * PIXELS_PER_MM / COLUMNS_PER_MM, 0.36 * PIXELS_PER_MM / rows_per_mm)
    seen = cv2.GaussianBlur(image, (0, 0), sigmaX=aperture[0], sigmaY=aperture[1])
    whole = sheet_to_page(machine) @ np.diag([1 / PIXELS_PER_MM, 1 / PIXELS_PER_MM, 1])
    out = cv2.warpAffine(
        seen, whole[:2], (WIDTH, rows), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)
    )
    return np.asarray(out, dtype=np.uint8)


def sheet_to_page(machine: Machine) -> npt.NDArray[np.float64]:
    """Where a point of the sheet, as it lies in the machine, comes to on the page sent: millimetres to pixels, 3 × 3."""
    angle = np.deg2rad(machine.skew)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([LETTER_MM[0] / 2, LETTER_MM[1] / 2])
    # turned about the middle, stretched, shifted; then millimetres to the machine's pixels
    stretch = np.diag([1.0, machine.scale])
    laid = np.eye(3)
    laid[:2, :2] = stretch @ turn
    laid[:2, 2] = stretch @ (middle - turn @ middle) + np.array(machine.shift_mm)
    crop = (WIDTH - LETTER_MM[0] * COLUMNS_PER_MM) / 2
    grid = np.array([[COLUMNS_PER_MM, 0, crop], [0, machine.lines_per_inch / 25.4, 0], [0, 0, 1]])
    return np.asarray(grid @ laid, np.float64)


def sprinkle(black: Bilevel, per_thousand: float, rng: np.random.Generator) -> None:
    """Specks of one to three pixels."""
    count = int(black.size * per_thousand / 1000)
    ys, xs = rng.integers(0, black.shape[0], count), rng.integers(0, black.shape[1] - 3, count)
    for y, x, length in zip(ys, xs, rng.integers(1, 4, count), strict=True):
        black[y, x : x + length] = True


def print_header(black: Bilevel, text: str, machine: Machine) -> None:
    """The sender's line over the first rows of the page, in the machine's own coarse letters."""
    stamp, _, _ = letters(text, "dejavu-mono-bold", 1.35)
    rows = 26 if machine.lines_per_inch == FINE else 13
    high = max(8, round(rows * 0.8))
    wide = min(round(stamp.shape[1] * COLUMNS_PER_MM / PIXELS_PER_MM * 1.25), WIDTH - 60)
    small = np.asarray(cv2.resize(stamp, (wide, high), interpolation=cv2.INTER_AREA)) < 140
    black[:rows] = False
    black[2 : 2 + high, 40 : 40 + wide] = small
