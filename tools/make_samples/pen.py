"""What a pen leaves beside letters: ticks, crosses, filled boxes, crossings-out and signatures that are nobody's.

What: strokes as smooth curves through seeded random points, in form millimetres.
Why: marks and signatures are told by their ink, so each must differ from the last, as people's do.
Refuses: imitating anybody: a signature here is a scribble of loops that spells no name.
"""

from __future__ import annotations

from enum import StrEnum
from itertools import pairwise

import numpy as np

from tools.make_samples.sheet import Point, Sheet

Box = tuple[float, float, float, float]


class MarkStyle(StrEnum):
    """How somebody marks a box."""

    CROSS = "cross"
    TICK = "tick"
    FILL = "fill"
    TYPED_X = "typed_x"


def smooth(points: np.ndarray, steps: int = 14) -> list[Point]:
    """A Catmull-Rom curve through points (n × 2, mm), `steps` pieces between two."""
    padded = np.vstack([points[0], points, points[-1]])
    out: list[Point] = []
    for p0, p1, p2, p3 in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for t in np.linspace(0, 1, steps, endpoint=False):
            place = 0.5 * (2 * p1 + (p2 - p0) * t + (2 * p0 - 5 * p1 + 4 * p2 - p3) * t**2 + (3 * p1 - p0 - 3 * p2 + p3) * t**3)
            out.append((float(place[0]), float(place[1])))
    out.append((float(points[-1][0]), float(points[-1][1])))
    return out


def mark(sheet: Sheet, box: Box, style: MarkStyle, rng: np.random.Generator, pen_mm: float = 0.55) -> None:
    """One mark in a tick box, a little over its edges where a hand would be."""
    x0, y0, x1, y1 = box
    width, height = x1 - x0, y1 - y0

    def at(x: float, y: float, shake: float = 0.07) -> tuple[float, float]:
        return (x0 + (x + float(rng.normal(0, shake))) * width, y0 + (y + float(rng.normal(0, shake))) * height)

    if style is MarkStyle.TYPED_X:
        sheet.write("X", (x0 + 0.24 * width, y1 - 0.2 * height), "dejavu-mono-bold", 0.62 * height)
    elif style is MarkStyle.CROSS:
        sheet.stroke(smooth(np.array([at(0.08, 0.1), at(0.5, 0.5, 0.04), at(0.95, 0.93)])), pen_mm)
        sheet.stroke(smooth(np.array([at(0.92, 0.06), at(0.5, 0.5, 0.04), at(0.06, 0.95)])), pen_mm)
    elif style is MarkStyle.TICK:
        sheet.stroke(smooth(np.array([at(0.12, 0.5), at(0.4, 0.92, 0.04), at(0.75, 0.2), at(1.2, -0.3, 0.1)])), pen_mm)
    else:
        zigzag = [at(0.1 if step % 2 else 0.9, 0.12 + 0.76 * step / 9, 0.04) for step in range(10)]
        sheet.stroke(smooth(np.array(zigzag), 6), pen_mm)


def signature(sheet: Sheet, box: Box, seed: int, pen_mm: float = 0.5) -> None:
    """An invented signature in a zone; the same seed signs the same way every time, save for where it stands."""
    rng = np.random.default_rng([7041, seed])
    x0, y0, x1, y1 = box
    height = y1 - y0
    length = min(x1 - x0 - 6, float(rng.uniform(36, 66)))
    start = x0 + 3 + float(rng.uniform(0, max(0.1, x1 - x0 - 6 - length)))
    middle = y0 + float(rng.uniform(0.5, 0.62)) * height
    slant = float(rng.uniform(-0.3, 2.4))
    strokes = int(rng.integers(1, 4))
    edges = np.sort(np.concatenate([[0, length], rng.uniform(0.25, 0.75, strokes - 1) * length]))
    for left, right in pairwise(edges.tolist()):
        points: list[tuple[float, float]] = [(left - 0.5, middle + float(rng.uniform(-0.1, 0.3)) * height)]
        letters = max(2, round((right - left) / float(rng.uniform(4.5, 8))))
        for place in range(letters):
            x = left + (right - left) * (place + 0.6) / letters
            up = float(rng.uniform(0.3, 0.44)) if place == 0 else float(rng.choice([0.08, 0.14, 0.18, 0.36]))
            down = float(rng.choice([0.04, 0.08, 0.12, 0.38], p=[0.4, 0.3, 0.2, 0.1]))
            wide = float(rng.uniform(0.8, 2.4))
            points += [
                (x + slant * up, middle - up * height),
                (x - wide, middle - up * height * 0.3),
                (x + wide * 0.3, middle + down * height),
            ]
            if rng.random() < 0.4:
                points.append((x + wide, middle - up * height * 0.4))
        shifted = np.array(points) + np.array([start, 0.0]) + rng.normal(0, 0.2, (len(points), 2))
        shifted[:, 1] = np.clip(shifted[:, 1], y0 + 1.2, y1 - 1.2)
        sheet.stroke(smooth(shifted), pen_mm)
    if rng.random() < 0.6:
        tail = np.array(
            [
                (start + length, middle + 1.5),
                (start + length * 0.5, middle + 0.33 * height),
                (start + length * 1.02, middle + 0.28 * height),
            ]
        )
        sheet.stroke(smooth(tail), pen_mm)


def cross_out(sheet: Sheet, box: Box, rng: np.random.Generator, pen_mm: float = 0.6) -> None:
    """Two lines through what stands in a zone."""
    x0, y0, x1, y1 = box
    for place in (0.42, 0.6):
        middle = y0 + place * (y1 - y0)
        bend = [(x, middle + float(rng.normal(0, 0.3))) for x in np.linspace(x0 + 0.5, x1 - 0.5, 5)]
        sheet.stroke(smooth(np.array(bend)), pen_mm)
