"""What looks like a mark and is none, or was one: dots, misses, circles, strikes, scribbles, correction fluid.

What: one function a style, drawing on a sheet.
Why: these are where a reader errs silently, so they are practised more often than people make them.
Refuses: what is plainly meant; see `plain_marks`.
"""

from __future__ import annotations

import numpy as np

from tools.make_samples.sheet import Sheet
from tools.train_ink.plain_marks import (
    cross,
    crossing,
    large_cross,
    long_tail,
    neat_fill,
    pen_letter,
    small_tick,
    tick,
    typed,
    zigzag,
)
from tools.train_ink.strokes import Box, Chance, Frame, Ink, a_pen, disc, through


def dot(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A spot of a pen, half a millimetre or a whole one."""
    x0, y0, x1, y1 = box
    radius = float(chance.uniform(0.22, 0.55))
    at = (x0 + float(chance.uniform(0.25, 0.75)) * (x1 - x0), y0 + float(chance.uniform(0.25, 0.75)) * (y1 - y0))
    if chance.random() < 0.5:
        disc(sheet, at, radius)
    else:
        sheet.stroke([at, (at[0] + float(chance.normal(0, 0.3)), at[1] + float(chance.normal(0, 0.3)))], 2 * min(radius, 0.35))


def beside(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A tick or cross that missed the box."""
    size = float(chance.uniform(0.45, 0.95))
    side = int(chance.choice(4, p=(0.4, 0.4, 0.1, 0.1)))
    gap = float(chance.uniform(0.12, 0.45)) + size / 2
    shift = {0: (-0.5 - gap, 0.0), 1: (0.5 + gap, 0.0), 2: (0.0, -0.5 - gap * 0.8), 3: (0.0, 0.5 + gap * 0.8)}[side]
    at = Frame(box, chance, 0.04, size, (shift[0], shift[1] + float(chance.normal(0, 0.1))))
    pen = float(chance.uniform(0.3, 0.7))
    if chance.random() < 0.6:
        through(sheet, [at(0.05, 0.5), at(0.38, 0.9), at(0.9, 0.1)], pen)
    else:
        through(sheet, [at(0.1, 0.1), at(0.9, 0.9)], pen)
        through(sheet, [at(0.9, 0.1), at(0.1, 0.9)], pen)


def circled(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A ring around the box, nothing in it."""
    at = Frame(box, chance, 0.03, float(chance.uniform(1.25, 1.9)))
    turn = np.linspace(0, 2 * np.pi * float(chance.uniform(0.95, 1.15)), 14) + float(chance.uniform(0, 6))
    wide = float(chance.uniform(0.55, 0.75))
    through(sheet, [at(0.5 + wide * np.cos(t), 0.5 + 0.55 * np.sin(t)) for t in turn], a_pen(chance))


def some_mark(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A mark that is then undone."""
    (tick, cross, tick, cross, small_tick, pen_letter, typed, zigzag)[int(chance.integers(8))](sheet, box, chance, ink)


def struck_by_lines(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A mark with one to four lines through it that run out of the box."""
    some_mark(sheet, box, chance, ink)
    at = Frame(box, chance, 0.05)
    pen, count, slope = a_pen(chance), int(chance.integers(2, 5)), float(chance.choice((0.0, 0.0, 0.3, -0.5)))
    left, right = float(chance.uniform(-0.6, -0.15)), float(chance.uniform(1.15, 2.2))
    for line in range(count):
        y = 0.5 + (line - (count - 1) / 2) * float(chance.uniform(0.15, 0.3))
        through(sheet, [at(left, y + slope), at(0.5, y), at(right, y - slope)], pen)


def struck_by_one_line(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A mark with one long line through it."""
    some_mark(sheet, box, chance, ink)
    at = Frame(box, chance, 0.05)
    slope = float(chance.normal(0, 0.15))
    through(
        sheet,
        [at(float(chance.uniform(-0.7, -0.2)), 0.5 + slope), at(0.5, 0.5), at(float(chance.uniform(1.2, 3.0)), 0.5 - slope)],
        a_pen(chance),
    )


def struck_inside(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A mark with lines through it that end where the box does: no more ink than a heavy mark has, only its shape tells."""
    some_mark(sheet, box, chance, ink)
    at = Frame(box, chance, 0.03)
    pen, count = a_pen(chance), int(chance.choice((1, 2, 3), p=(0.12, 0.68, 0.2)))
    slope = float(chance.choice((0.0, 0.0, 0.0, 0.25, -0.25)))
    left, right = float(chance.uniform(-0.08, 0.14)), float(chance.uniform(0.86, 1.08))
    for line in range(count):
        y = 0.5 + (line - (count - 1) / 2) * float(chance.uniform(0.16, 0.3))
        through(sheet, [at(left, y + slope), at(0.3, y + slope / 2), at(0.7, y - slope / 2), at(right, y - slope)], pen)


def scribbled_over(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A mark under a scribble that runs over the edges."""
    some_mark(sheet, box, chance, ink)
    at = Frame(box, chance, 0.07, float(chance.uniform(1.15, 1.7)))
    turns = int(chance.integers(8, 22))
    upright = bool(chance.random() < 0.3)
    points = [(0.0 if step % 2 else 1.0, 0.05 + 0.9 * step / (turns - 1)) for step in range(turns)]
    through(sheet, [at(y, x) if upright else at(x, y) for x, y in points], float(chance.uniform(0.4, 0.9)))


def struck_by_loops(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A mark under loops."""
    some_mark(sheet, box, chance, ink)
    at = Frame(box, chance, 0.05, float(chance.uniform(1.0, 1.5)))
    rounds = float(chance.uniform(3, 7))
    turn = np.linspace(0, 2 * np.pi * rounds, int(rounds * 10))
    drift = np.linspace(-0.25, 0.25, len(turn))
    through(
        sheet, [at(0.5 + d + 0.4 * np.cos(t), 0.5 + 0.5 * np.sin(t)) for t, d in zip(turn, drift, strict=True)], a_pen(chance)
    )


def struck_by_cross(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A tick with a large cross over it."""
    (tick, small_tick, typed, zigzag, neat_fill)[int(chance.integers(5))](sheet, box, chance, ink)
    crossing(sheet, box, chance, float(chance.uniform(1.3, 2.2)), 0.08)


def covered(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Correction fluid over a mark, with what sticks out of it."""
    (cross, tick, long_tail, large_cross)[int(chance.integers(4))](sheet, box, chance, ink)
    x0, y0, x1, y1 = box
    cut = chance.uniform(-0.8, 0.9, 4)
    sheet.blot((x0 - cut[0], y0 - cut[1], x1 + cut[2], y1 + cut[3]), 255)


def tail_of_neighbour(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A stroke that comes from a mark below or at the left and passes over this box."""
    at = Frame(box, chance, 0.08)
    start = at(float(chance.uniform(-2.4, -0.6)), float(chance.uniform(1.3, 2.2)))
    end = at(float(chance.uniform(0.2, 1.6)), float(chance.uniform(-0.5, 0.7)))
    through(sheet, [start, ((start[0] + end[0]) / 2 + 0.2, (start[1] + end[1]) / 2), end], float(chance.uniform(0.3, 0.6)))
