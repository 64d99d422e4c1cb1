"""Single characters as ink on paper, from every source there is, bent so that no two are alike.

What: a stamp (0 is ink) of a character at a height in millimetres: scanned digits, pens of real writers, skeletons of digits,
handwriting fonts, typed fonts; and what is no character: scribbles, crossings-out, two characters in one cell.
Why: judging is done by other people's hands; breadth in the training matters more than the last tenth of a percent on one source.
Refuses: hands of another part: every source is asked for FIT, TUNE or TEST.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

from tools.handwriting.pens import writers
from tools.handwriting.scanned_digits import digits, scaled
from tools.handwriting.splits import FONTS, Part, part_of_writer
from tools.make_samples.sheet import PIXELS_PER_MM, Gray, letters
from tools.train_handprint.skeletons import digit

Chance = np.random.Generator
Line = npt.NDArray[np.float64]

DIGITS = "0123456789"
CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SIGNS = ".,/-<>"
NO_CHARACTER = "?"
CHARACTERS = DIGITS + CAPITALS + SIGNS + NO_CHARACTER

SAME_SHAPE = frozenset("ckopsuvwxyz")
"""Small letters that look like their capitals: a hand may write either."""
NO_CAPITAL = "adefhnrt"
"""Small letters that look like nothing the reader knows; b, g, i, l, q look like digits and are left out of the training."""

TYPED: dict[Part, tuple[str, ...]] = {
    Part.FIT: ("dejavu-mono", "dejavu-mono-bold", "liberation-sans", "liberation-serif", "courier-prime", "roboto-mono",
               "special-elite", "inconsolata", "share-tech-mono", "lato"),
    Part.TUNE: ("pt-mono",),
    Part.TEST: ("liberation-mono", "cousine", "cutive-mono", "ibm-plex-mono"),
}  # fmt: skip
"""Typed letters by part: the system's, and `@fontsource/NAME`."""


@dataclass(frozen=True)
class Manner:
    """How one hand writes a whole row: what stays the same from character to character."""

    pen_mm: float = 0.45
    slant: float = 0.0  # shear to the right
    aspect: float = 1.0  # widths times this
    wobble: float = 0.03  # of the height: how much each character is bent
    turn: float = 2.0  # degrees, standard deviation
    bold: int = 0  # pixels of extra ink around a font's strokes


class Source(Protocol):
    """One hand's characters."""

    signs: str  # what it can write

    def stamp(self, sign: str, cap_mm: float, manner: Manner, chance: Chance) -> Gray:
        """A character, 0 is ink, cut to its ink with a margin."""
        ...


@dataclass(frozen=True)
class Scanned:
    """Digits of a scanned collection."""

    folder: Path
    part: Part
    name: str
    signs: str = DIGITS

    def stamp(self, sign: str, cap_mm: float, manner: Manner, chance: Chance) -> Gray:
        """One of the collection's, its strokes as broad as the pen is."""
        ways = _coarse_digits()[sign] if self.name == "coarse" else digits(self.folder, self.part, self.name)[sign]
        stamp = scaled(ways[int(chance.integers(len(ways)))], cap_mm * PIXELS_PER_MM, int(chance.integers(-30, 30)))
        return bent(_with_pen(stamp, manner.pen_mm), manner, chance)


@dataclass(frozen=True)
class Strokes:
    """Characters as pen lines: a real writer's, or skeletons (writer None)."""

    folder: Path
    writer: int | None
    signs: str = field(default=DIGITS)

    @staticmethod
    def of(folder: Path, writer: int) -> Strokes:
        """A writer's digits, capitals and the signs that the data has reliably."""
        return Strokes(folder, writer, DIGITS + CAPITALS + "/-<" + "".join(sorted(SAME_SHAPE)) + NO_CAPITAL)

    def stamp(self, sign: str, cap_mm: float, manner: Manner, chance: Chance) -> Gray:
        """Drawn with the pen of the manner."""
        if self.writer is None:
            lines = digit(sign, chance)
        else:
            glyph = writers(self.folder)[self.writer].glyph(sign, chance)
            lines = [] if glyph is None else list(glyph.lines)
        return bent(drawn(lines, cap_mm, manner.pen_mm), manner, chance)


@dataclass(frozen=True)
class Font:
    """A font's characters, typed (straight) or as a handwriting."""

    name: str
    typed: bool
    signs: str = DIGITS + CAPITALS + SIGNS + "".join(sorted(SAME_SHAPE)) + NO_CAPITAL

    def stamp(self, sign: str, cap_mm: float, manner: Manner, chance: Chance) -> Gray:
        """The font's glyph, bent where it stands for a handwriting."""
        stamp = _font_stamp(self.name, sign, round(cap_mm * 5) / 5, manner.bold)
        return stamp if self.typed else bent(stamp, manner, chance)


@lru_cache(maxsize=60000)
def _font_stamp(name: str, sign: str, cap_mm: float, bold: int) -> Gray:
    return trimmed(letters(sign, name, cap_mm, bold)[0])


@lru_cache(maxsize=1)
def _coarse_digits() -> dict[str, list[Gray]]:
    """The 8 × 8 digits that come with scikit-learn: coarse, but of other writers."""
    from sklearn.datasets import load_digits

    packed = load_digits()
    found: dict[str, list[Gray]] = {sign: [] for sign in DIGITS}
    for image, label in zip(packed.images, packed.target, strict=True):
        found[str(int(label))].append(np.asarray(image * 255 / 16, np.uint8))
    return found


def drawn(lines: Sequence[Line], cap_mm: float, pen_mm: float) -> Gray:
    """Pen lines in capital heights as a stamp."""
    if not lines:
        return np.full((3, 3), 255, np.uint8)
    scale = cap_mm * PIXELS_PER_MM
    paths = [smooth(line, 5 if len(line) < 16 else 2) * scale for line in lines]
    every = np.concatenate(paths)
    margin = pen_mm * PIXELS_PER_MM / 2 + 2
    low = every.min(axis=0) - margin
    size = np.ceil(every.max(axis=0) + margin - low).astype(int)
    stamp = np.full((int(size[1]), int(size[0])), 255, np.uint8)
    width = max(1, round(pen_mm * PIXELS_PER_MM))
    for path in paths:
        cv2.polylines(stamp, [np.round((path - low) * 16).astype(np.int32)], False, (0,), width, cv2.LINE_AA, 4)
    return stamp


def smooth(points: Line, steps: int) -> Line:
    """A Catmull-Rom curve through points, `steps` pieces between two."""
    p0, p1, p2, p3 = (np.vstack([points[0], points, points[-1]])[k : k + len(points) - 1] for k in range(4))
    t = np.linspace(0, 1, steps, endpoint=False)[None, :, None]
    p0, p1, p2, p3 = (p[:, None, :] for p in (p0, p1, p2, p3))
    curve = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
    return np.asarray(np.vstack([curve.reshape(-1, 2), points[-1:]]))


def bent(stamp: Gray, manner: Manner, chance: Chance) -> Gray:
    """A stamp sheared, turned, stretched and bent as a hand would, never twice alike."""
    height, width = stamp.shape
    shear = manner.slant + float(chance.normal(0, 0.04))
    angle = np.deg2rad(float(chance.normal(0, manner.turn)))
    wide = manner.aspect * float(np.exp(chance.normal(0, 0.06)))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[wide, -shear], [0, 1]])
    corners = np.array([(0, 0), (width, 0), (0, height), (width, height)]) @ matrix.T
    margin = 3 + 2.5 * manner.wobble * height
    low = corners.min(axis=0) - margin
    size = np.ceil(corners.max(axis=0) - low + margin).astype(int)
    back = np.linalg.inv(matrix)
    xs, ys = np.meshgrid(np.arange(size[0]) + low[0], np.arange(size[1]) + low[1])
    map_x = (back[0, 0] * xs + back[0, 1] * ys).astype(np.float32)
    map_y = (back[1, 0] * xs + back[1, 1] * ys).astype(np.float32)
    if manner.wobble > 0:
        field_ = chance.normal(0, manner.wobble * height, (2, 4, 4)).astype(np.float32)
        map_x += cv2.resize(field_[0], (int(size[0]), int(size[1])), interpolation=cv2.INTER_CUBIC)
        map_y += cv2.resize(field_[1], (int(size[0]), int(size[1])), interpolation=cv2.INTER_CUBIC)
    out = cv2.remap(stamp, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,))
    return trimmed(np.asarray(out, np.uint8))


def trimmed(stamp: Gray) -> Gray:
    """Cut to the ink with a pixel around."""
    dark = stamp < 200
    rows, columns = np.flatnonzero(dark.any(axis=1)), np.flatnonzero(dark.any(axis=0))
    if rows.size == 0:
        return stamp[:1, :1]
    return stamp[max(rows[0] - 1, 0) : rows[-1] + 2, max(columns[0] - 1, 0) : columns[-1] + 2]


def _with_pen(stamp: Gray, pen_mm: float) -> Gray:
    """A scanned character's strokes made about as broad as a pen, as far as that keeps them whole."""
    ink = (stamp < 128).astype(np.uint8)
    far = cv2.distanceTransform(cv2.copyMakeBorder(ink, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=(0,)), cv2.DIST_L2, 3)
    ridge = (far > 0) & (far >= cv2.dilate(far, np.ones((3, 3), np.uint8)) - 0.01)
    if not ridge.any():
        return stamp
    broad = 2 * float(np.median(far[ridge]))
    change = (pen_mm * PIXELS_PER_MM - broad) / 2
    steps = int(np.clip(round(change), -max(0, int(broad / 2 - 1.8)), 4))
    if steps == 0:
        return stamp
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * abs(steps) + 1, 2 * abs(steps) + 1))
    grown = cv2.copyMakeBorder(stamp, 5, 5, 5, 5, cv2.BORDER_CONSTANT, value=(255,))
    return trimmed(np.asarray(cv2.erode(grown, kernel) if steps > 0 else cv2.dilate(grown, kernel), np.uint8))


def scribble(cap_mm: float, pen_mm: float, chance: Chance) -> Gray:
    """Strokes that are no character: a zigzag, loops, a blot."""
    count = int(chance.integers(5, 16))
    if chance.random() < 0.5:
        xs = np.linspace(0, float(chance.uniform(0.5, 1)), count)
        ys = np.where(np.arange(count) % 2 == 0, 0.0, 1.0) + chance.normal(0, 0.15, count)
    else:
        angles = np.cumsum(chance.uniform(0.5, 1.6, count))
        xs = 0.4 + chance.uniform(0.1, 0.45, count) * np.cos(angles)
        ys = 0.5 + chance.uniform(0.1, 0.55, count) * np.sin(angles)
    line = np.stack([xs, ys], axis=1)
    if chance.random() < 0.3:
        line = line[:, ::-1]
    return drawn([line], cap_mm, pen_mm * float(chance.uniform(0.8, 1.6)))


def over(one: Gray, other: Gray, dx: int, dy: int) -> Gray:
    """Two stamps on one another, the second shifted by pixels."""
    height = max(one.shape[0], other.shape[0] + abs(dy)) + abs(dy)
    width = max(one.shape[1], other.shape[1] + abs(dx)) + abs(dx)
    out = np.full((height, width), 255, np.uint8)
    for stamp, x, y in ((one, max(0, -dx), max(0, -dy)), (other, max(0, dx), max(0, dy))):
        part = out[y : y + stamp.shape[0], x : x + stamp.shape[1]]
        np.minimum(part, stamp[: part.shape[0], : part.shape[1]], out=part)
    return trimmed(out)


def sources(folder: Path, part: Part) -> dict[str, list[Source]]:
    """The hands of a part by kind."""
    found: dict[str, list[Source]] = {
        "mnist": [Scanned(folder, part, "mnist")],
        "semeion": [Scanned(folder, part, "semeion")],
        "pens": [Strokes.of(folder, number) for number in writers(folder) if part_of_writer(number) is part],
        "fonts": [Font(name, typed=False) for name in FONTS[part]],
        "typed": [Font(name, typed=True) for name in TYPED[part]],
    }
    if part is Part.FIT:
        found["skeletons"] = [Strokes(folder, None)]
        found["coarse"] = [Scanned(folder, part, "coarse")]
    return found
