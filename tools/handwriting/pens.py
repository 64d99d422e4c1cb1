"""Letters as real pens wrote them: trajectories of forty writers, put together to words.

What: each writer's letters as pen lines in units of a capital's height over the baseline, either repetition by chance, at the
writer's own spacing; drawn with any pen width on a sheet of paper.
Why: a font repeats each letter exactly; people do not, and the reader must be measured on people.
Refuses: letters nobody wrote (accents): they come as their plain letter, and what has none is left out.
"""

from __future__ import annotations

import gzip
import json
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tools.handwriting.splits import Part, part_of_writer
from tools.make_samples.pen import smooth
from tools.make_samples.sheet import Sheet

Line = npt.NDArray[np.float64]
"""n × 2 points, x to the right and y down, in capital heights; the baseline is y = 0."""

SPACE = 0.55  # of a capital's height between words
MADE_UP: Mapping[str, tuple[Line, ...]] = {
    "/": (np.array([(0.42, -1.05), (0.2, -0.45), (0.0, 0.08)]),),
    "@": (
        np.array([(0.62, -0.62), (0.45, -0.72), (0.34, -0.45), (0.48, -0.3), (0.62, -0.5), (0.64, -0.35), (0.82, -0.3),
                  (0.9, -0.55), (0.6, -0.95), (0.2, -0.75), (0.08, -0.3), (0.4, 0.02), (0.85, -0.1)]),
    ),
    "<": (np.array([(0.6, -0.8), (0.05, -0.42), (0.6, -0.05)]),),
    ":": (np.array([(0.05, -0.5), (0.07, -0.46)]), np.array([(0.05, -0.06), (0.07, -0.02)])),
}  # fmt: skip
"""Signs that the writers were not asked for."""


@dataclass(frozen=True)
class Glyph:
    """One written sign."""

    lines: tuple[Line, ...]
    width: float  # of its ink, in capital heights


class Writer:
    """One person's letters."""

    def __init__(self, number: int, written: Mapping[str, Sequence[Sequence[Line]]]) -> None:
        self.number = number
        tall = [np.concatenate(lines) for sign in "ABDEFHKLMNPRTUVWXZ1234578" for lines in written.get(sign, ())]
        base = float(np.median([points[:, 1].max() for points in tall]))
        cap = float(np.median([np.ptp(points[:, 1]) for points in tall]))
        self._glyphs: dict[str, list[Glyph]] = {
            sign: [_glyph(lines, base, cap) for lines in all_] for sign, all_ in written.items()
        }
        for sign, lines in MADE_UP.items():
            self._glyphs.setdefault(sign, [_at_left(list(lines))])
        chance = np.random.default_rng([88, number])
        self._gap = float(chance.uniform(0.12, 0.26))

    def glyph(self, sign: str, chance: np.random.Generator) -> Glyph | None:
        """One of the ways this person writes a sign."""
        ways = self._glyphs.get(sign) or self._glyphs.get(unicodedata.normalize("NFD", sign)[0])
        return None if not ways else ways[int(chance.integers(len(ways)))]

    def word(self, text: str, chance: np.random.Generator) -> Glyph:
        """A text on one baseline, starting at x = 0."""
        lines: list[Line] = []
        at = 0.0
        for sign in text:
            found = None if sign == " " else self.glyph(sign, chance)
            if found is None:
                at += SPACE
                continue
            stretch = 1.0 + float(chance.normal(0, 0.05))
            lift = float(chance.normal(0, 0.03))
            lines += [line * stretch + np.array([at, lift]) for line in found.lines]
            at += found.width * stretch + self._gap * float(chance.uniform(0.6, 1.5))
        return Glyph(tuple(lines), at)


@dataclass(frozen=True)
class PenLetters:
    """A writer with a pen, as a hand of the samples needs letters."""

    writer: Writer
    pen_mm: float = 0.5

    def width(self, text: str, cap_mm: float) -> float:
        """Millimetres a text takes; about, since no two writings are alike."""
        return self.writer.word(text, np.random.default_rng(5)).width * cap_mm

    def write(
        self, sheet: Sheet, text: str, at: tuple[float, float], cap_mm: float, turn: float, chance: np.random.Generator
    ) -> None:
        """A text whose baseline begins at a point (mm), turned by degrees (up is positive)."""
        written = self.writer.word(text, chance)
        angle = -np.deg2rad(turn)
        slant = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        for line in written.lines:
            points = (line * cap_mm) @ slant.T + np.array(at)
            sheet.stroke(smooth(points, 4), self.pen_mm)


def _glyph(lines: Sequence[Line], base: float, cap: float) -> Glyph:
    return _at_left([(line - np.array([0.0, base])) / cap for line in lines])


def _at_left(lines: list[Line]) -> Glyph:
    points = np.concatenate(lines)
    left = float(points[:, 0].min())
    return Glyph(tuple(line - np.array([left, 0.0]) for line in lines), float(np.ptp(points[:, 0])))


@cache
def writers(folder: Path) -> Mapping[int, Writer]:
    """All writers of the data folder."""
    with gzip.open(folder / "pen_strokes_40_writers.json.gz", "rt", encoding="utf-8") as opened:
        entries = json.load(opened)
    written: dict[int, dict[str, list[list[Line]]]] = defaultdict(lambda: defaultdict(list))
    for entry in entries:
        lines = [np.array(stroke, np.float64) for stroke in entry["strokes"] if stroke]
        if lines:
            written[entry["writer"]][entry["char"]].append(lines)
    _borrow(written)
    return {number: Writer(number, signs) for number, signs in sorted(written.items())}


def _borrow(written: dict[int, dict[str, list[list[Line]]]]) -> None:
    """A sign that a writer's page lacks is lent by the next writer of the same part: a left-out digit would be another number."""
    signs = sorted({sign for of_one in written.values() for sign in of_one})
    for part in Part:
        group = [number for number in sorted(written) if part_of_writer(number) is part]
        for place, number in enumerate(group):
            for sign in signs:
                if sign not in written[number]:
                    lender = next((other for other in group[place:] + group[:place] if sign in written[other]), None)
                    if lender is not None:
                        written[number][sign] = written[lender][sign]
