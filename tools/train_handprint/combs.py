"""Rows of comb cells, filled, faxed, laid over their blank and cut: training images as the product sees characters.

What: a strip of paper with a comb, characters in its cells, sent through a machine (resolution, skew, threshold, grain, specks,
rows lost or doubled), put back into the blank's frame not quite exactly, and cut by `intake.ocr.cells`.
Why: what a reader meets is not a clean character but what scanning, the removed rules and the neighbours left of it.
Refuses: nothing; the same chance makes the same row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from intake.ocr import thresholds
from intake.ocr.cells import CellImage, cut_characters
from intake.ocr.ink import fill_of
from intake.resolution import square
from tools.make_samples.machine import COLUMNS_PER_MM
from tools.make_samples.sheet import PIXELS_PER_MM, Gray

AROUND_MM = 3.0  # of paper around a comb
RULE_MM = 0.35
PX = thresholds.DPI / 25.4


@dataclass(frozen=True)
class Comb:
    """A row of cells, in millimetres."""

    cells: int
    pitch: float = 5.5
    height: float = 7.5

    @property
    def boxes(self) -> list[tuple[float, float, float, float]]:
        """Each cell's box."""
        return [
            (AROUND_MM + i * self.pitch, AROUND_MM, AROUND_MM + (i + 1) * self.pitch, AROUND_MM + self.height)
            for i in range(self.cells)
        ]

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of its strip of paper."""
        return 2 * AROUND_MM + self.cells * self.pitch, 2 * AROUND_MM + self.height

    def drawn(self, per_mm: float) -> Gray:
        """The empty comb."""
        image = np.full((round(self.size[1] * per_mm), round(self.size[0] * per_mm)), 255, np.uint8)
        half = RULE_MM * per_mm / 2
        x0, x1, y0, y1 = AROUND_MM, AROUND_MM + self.cells * self.pitch, AROUND_MM, AROUND_MM + self.height
        left, right = round(x0 * per_mm - half), round(x1 * per_mm + half)
        top, bottom = round(y0 * per_mm - half), round(y1 * per_mm + half)
        thick = max(1, round(2 * half) + 1)
        for y in (y0, y1):
            at = round(y * per_mm - half)
            image[at : at + thick, left:right] = 0
        for i in range(self.cells + 1):
            at = round((x0 + i * self.pitch) * per_mm - half)
            image[top:bottom, at : at + thick] = 0
        return image


@dataclass(frozen=True)
class Damage:
    """What the way from paper to the registered page does."""

    fine: bool = True
    skew: float = 0.0  # degrees
    threshold: int = 150
    grain: float = 10.0
    specks: float = 0.0  # per 1,000 pixels
    rows: tuple[tuple[int, bool], ...] = ()  # fax rows (from the strip's top) lost, or doubled where True
    off: tuple[float, float, float] = (0.0, 0.0, 0.0)  # what registration leaves: pixels right, down, degrees
    paper_shift: tuple[float, float] = (0.0, 0.0)  # fractions of fax pixels

    @staticmethod
    def by(chance: np.random.Generator) -> Damage:
        """Damage by chance, as hard as faxes that can still be read."""
        rows = tuple(
            (int(chance.integers(10, 100)), bool(chance.random() < 0.5))
            for _ in range(int(chance.choice([0, 1, 2], p=[0.85, 0.1, 0.05])))
        )
        return Damage(
            fine=bool(chance.random() < 0.5),
            skew=float(np.clip(chance.normal(0, 1.6), -5, 5)),
            threshold=int(chance.integers(95, 205)),
            grain=float(chance.uniform(0, 26)),
            specks=float(chance.choice([0, 0, chance.uniform(0, 3)])),
            rows=rows,
            off=(float(chance.normal(0, 0.5)), float(chance.normal(0, 0.5)), float(chance.normal(0, 0.12))),
            paper_shift=(float(chance.random()), float(chance.random())),
        )


def pressed(paper: Gray, stamp: Gray, x: float, y: float) -> None:
    """Darken paper by a stamp whose middle stands at a point (mm)."""
    left, top = round(x * PIXELS_PER_MM - stamp.shape[1] / 2), round(y * PIXELS_PER_MM - stamp.shape[0] / 2)
    x0, y0 = max(0, left), max(0, top)
    part = paper[y0 : max(0, top + stamp.shape[0]), x0 : max(0, left + stamp.shape[1])]
    np.minimum(part, stamp[y0 - top : y0 - top + part.shape[0], x0 - left : x0 - left + part.shape[1]], out=part)


def faxed(paper: Gray, comb: Comb, damage: Damage, chance: np.random.Generator) -> Gray:
    """The paper as the page that comes out in the blank's frame, 200 dpi."""
    rows_per_mm = (196 if damage.fine else 98) / 25.4
    seen = cv2.GaussianBlur(
        paper, (0, 0), sigmaX=0.36 * PIXELS_PER_MM / COLUMNS_PER_MM, sigmaY=0.36 * PIXELS_PER_MM / rows_per_mm
    )
    wide, high = comb.size
    room = 1.5 + abs(np.sin(np.deg2rad(damage.skew))) * wide / 2
    angle = np.deg2rad(damage.skew)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = np.array([wide / 2, high / 2])
    to_fax = np.eye(3)
    grid = np.diag([COLUMNS_PER_MM, rows_per_mm])
    to_fax[:2, :2] = grid @ turn
    to_fax[:2, 2] = grid @ (middle - turn @ middle + np.array([1.5, room])) + np.array(damage.paper_shift)
    size = (round((wide + 3) * COLUMNS_PER_MM), round((high + 2 * room) * rows_per_mm))
    gray = cv2.warpAffine(
        seen,
        (to_fax @ _scaling(1 / PIXELS_PER_MM))[:2],
        size,
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255,),
    ).astype(np.float32)
    if damage.grain:
        gray += chance.normal(0, damage.grain, gray.shape).astype(np.float32)
    black = gray < damage.threshold
    for _ in range(int(chance.poisson(damage.specks * black.size / 1000))):
        x, y = int(chance.integers(black.shape[1] - 3)), int(chance.integers(black.shape[0]))
        black[y, x : x + int(chance.integers(1, 4))] = True
    shifted = 0.0
    for row, doubled in damage.rows:
        at = min(row + round(room * rows_per_mm), black.shape[0] - 2)
        black = np.insert(black, at, black[at], axis=0) if doubled else np.delete(black, at, axis=0)
        shifted += 0.5 if doubled else -0.5
    page = square(np.where(black, 0, 255).astype(np.uint8), (204.0, 196.0 if damage.fine else 98.0))
    # fax pixels to pixels of the square page, pixel middles on pixel middles, then the registration's way back into the blank
    step = (page.shape[1] / black.shape[1], page.shape[0] / black.shape[0])
    to_square = np.array([[step[0], 0, 0.5 * step[0] - 0.5], [0, step[1], 0.5 * step[1] - 0.5 + shifted * step[1]], [0, 0, 1]])
    blank_to_page = to_square @ to_fax @ _scaling(1 / PX)
    wrong = np.deg2rad(damage.off[2])
    cx, cy = wide / 2 * PX, high / 2 * PX
    off = np.array([[1, -wrong, damage.off[0] + wrong * cy], [wrong, 1, damage.off[1] - wrong * cx], [0, 0, 1]])
    out = cv2.warpAffine(
        page, (blank_to_page @ off)[:2], (round(wide * PX), round(high * PX)), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT, borderValue=(255,),
    )  # fmt: skip
    return np.asarray(out, np.uint8)


def _scaling(factor: float) -> np.ndarray:
    return np.diag([factor, factor, 1.0])


def cut(page: Gray, comb: Comb) -> Sequence[CellImage]:
    """The characters of a registered strip."""
    return cut_characters(fill_of(page, comb.drawn(PX), thresholds.DPI), comb.boxes)
