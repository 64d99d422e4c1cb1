"""What all styles are drawn with: pens, frames that shake, curves through points.

What: small pieces that marks and signatures share, in form millimetres.
Why: breadth comes from chance in the pieces, not from many styles.
Refuses: nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.handwriting.pens import Writer
from tools.handwriting.splits import Part
from tools.make_samples.pen import smooth
from tools.make_samples.sheet import Sheet

Box = tuple[float, float, float, float]
Chance = np.random.Generator


@dataclass(frozen=True)
class Ink:
    """What a drawing may use: real pens of its part, and where it stands."""

    part: Part
    writers: tuple[Writer, ...] = ()


def a_pen(chance: Chance) -> float:
    """Widths in mm: mostly ballpoints, some fine liners and markers."""
    return float(
        chance.choice((0.3, 0.35, 0.4, 0.5, 0.55, 0.6, 0.7, 0.9, 1.2), p=(0.1, 0.1, 0.15, 0.2, 0.13, 0.12, 0.1, 0.06, 0.04))
    )


class Frame:
    """Points given in box units (0–1), shaken."""

    def __init__(
        self, box: Box, chance: Chance, shake: float = 0.06, size: float = 1.0, shift: tuple[float, float] = (0, 0)
    ) -> None:
        self._box, self._chance, self._shake, self._size, self._shift = box, chance, shake, size, shift

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        """A point of the frame in form millimetres."""
        x0, y0, x1, y1 = self._box
        nx, ny = self._chance.normal(0, self._shake, 2)
        at_x = 0.5 + (x - 0.5 + nx) * self._size + self._shift[0]
        at_y = 0.5 + (y - 0.5 + ny) * self._size + self._shift[1]
        return x0 + at_x * (x1 - x0), y0 + at_y * (y1 - y0)


def through(sheet: Sheet, points: list[tuple[float, float]], pen: float, curved: bool = True) -> None:
    """A stroke through points, curved or angular."""
    sheet.stroke(smooth(np.array(points), 8) if curved else points, pen)


def disc(sheet: Sheet, middle: tuple[float, float], radius: float) -> None:
    """A filled round spot."""
    for ring in np.arange(0.0, radius, 0.15):
        turn = np.linspace(0, 2 * np.pi, 24)
        sheet.stroke(
            [(middle[0] + ring * np.cos(t), middle[1] + ring * np.sin(t)) for t in turn], min(0.35, 2 * (radius - ring) + 0.05)
        )
