"""Digits as a pen could write them: skeletons with the variants that people use, no two alike.

What: for a digit, pen lines in units of its height (y down, the baseline at 1), drawn by chance: open and closed 4, barred 7,
slashed 0, 1 with flag and foot, looped 2, 5 in one stroke or two, 3 with a flat top, and so on.
Why: the data folder has the habits of a few hundred people from two countries; a reader must also know habits it was never shown.
Refuses: letters: fonts and pens have those.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

Line = npt.NDArray[np.float64]
"""n × 2 points, x to the right and y down; top 0, baseline 1."""
Chance = np.random.Generator


def digit(sign: str, chance: Chance) -> list[Line]:
    """One way of writing a digit."""
    lines = WAYS[sign](chance)
    return [line + chance.normal(0, 0.012, line.shape) for line in lines]


def _points(*points: tuple[float, float]) -> Line:
    return np.array(points, np.float64)


def _arc(middle: tuple[float, float], radii: tuple[float, float], start: float, turn: float) -> Line:
    """A piece of an ellipse; angles in degrees from the top, clockwise positive."""
    angles = np.deg2rad(np.linspace(start, start + turn, max(5, int(abs(turn) / 25))))
    return np.stack([middle[0] + radii[0] * np.sin(angles), middle[1] - radii[1] * np.cos(angles)], axis=1)


def _u(chance: Chance, low: float, high: float) -> float:
    return float(chance.uniform(low, high))


def _zero(c: Chance) -> list[Line]:
    wide = _u(c, 0.2, 0.42)
    turn = _u(c, 335, 400) * (-1 if c.random() < 0.8 else 1)
    lines = [_arc((wide, 0.5), (wide, 0.5), _u(c, -40, 50), turn)]
    if c.random() < 0.14:
        lines.append(_points((_u(c, -0.1, 0.15), _u(c, 0.8, 1.08)), (2 * wide + _u(c, -0.15, 0.12), _u(c, -0.08, 0.2))))
    return lines


def _one(c: Chance) -> list[Line]:
    lean = _u(c, -0.05, 0.12)
    stem = _points((lean, 0), (lean * 0.5, 0.5), (0, 1))
    kind = c.random()
    if kind < 0.45:
        return [stem]
    flag = _u(c, 0.1, 0.38)
    drop = _u(c, 0.12, 0.42)
    if c.random() < 0.35:  # a long upstroke, as it is taught in Spain and Germany: nearly a 7, but for its pointed top
        flag, drop = _u(c, 0.25, 0.6), _u(c, 0.35, 0.8)
    lines = [np.vstack([_points((lean - flag, drop), (lean - 0.02, 0.02)), stem]) if c.random() < 0.8 else stem]
    if len(lines[0]) == 3:
        lines.append(_points((lean - flag, drop), (lean, 0)))
    if kind > 0.75:
        left = _u(c, 0.12, 0.32)
        lines.append(_points((-left, 1 + _u(c, -0.03, 0.02)), (_u(c, 0.12, 0.32), 1 + _u(c, -0.03, 0.02))))
    return lines


def _two(c: Chance) -> list[Line]:
    wide = _u(c, 0.42, 0.72)
    top = _arc((wide * 0.5, 0.28), (wide * 0.5, 0.28), _u(c, -110, -50), _u(c, 190, 240))
    kind = c.random()
    if kind < 0.4:  # a sharp corner at the bottom left
        foot = _points(
            (_u(c, 0, 0.08), 1), (_u(c, 0.02, 0.1), 0.99), (wide * 0.6, 1 + _u(c, -0.06, 0.06)), (wide, 1 + _u(c, -0.06, 0.04))
        )
        return [np.vstack([top, foot])]
    if kind < 0.75:  # a loop there
        loop = _arc((_u(c, 0.1, 0.18), _u(c, 0.86, 0.93)), (_u(c, 0.07, 0.14), _u(c, 0.05, 0.1)), 150, _u(c, 200, 300))
        return [np.vstack([top, loop, _points((wide * 0.65, _u(c, 0.93, 1.05)), (wide + _u(c, 0, 0.12), _u(c, 0.9, 1.05)))])]
    if kind < 0.9:  # like a Z
        return [_points((0, _u(c, 0, 0.15)), (wide * 0.5, _u(c, -0.05, 0.05)), (wide, 0.1), (wide * 0.6, 0.5), (0.02, 0.98),
                        (0.05, 1), (wide * 0.5, 1), (wide, 1))]  # fmt: skip
    return [np.vstack([top, _points((wide * 0.3, 0.8), (0, 1), (wide * 0.5, _u(c, 0.88, 0.97)), (wide, 1.02))])]


def _three(c: Chance) -> list[Line]:
    wide = _u(c, 0.4, 0.62)
    waist = _u(c, 0.42, 0.52)
    lower = _arc((wide * 0.4, (1 + waist) / 2), (wide * 0.6, (1 - waist) / 2), _u(c, -10, 15), _u(c, 190, 250))
    if c.random() < 0.25:  # flat top
        top = _points((0, _u(c, 0, 0.06)), (wide * 0.5, 0), (wide * 0.9, 0.01), (wide * 0.88, 0.04), (wide * 0.4, waist))
        return [np.vstack([top, lower])]
    upper = _arc((wide * 0.42, waist / 2), (wide * 0.5, waist / 2), _u(c, -90, -40), _u(c, 200, 240))
    middle = _points((wide * _u(c, 0.2, 0.45), waist))
    return [np.vstack([upper, middle, lower])]


def _four(c: Chance) -> list[Line]:
    wide = _u(c, 0.45, 0.72)
    bar = _u(c, 0.52, 0.72)
    stem = wide * _u(c, 0.55, 0.85)
    kind = c.random()
    if kind < 0.5:  # open
        left = _points(
            (_u(c, 0.0, 0.15), _u(c, 0.0, 0.12)),
            (_u(c, 0.0, 0.08), bar * 0.6),
            (0.02, bar - 0.01),
            (0.06, bar),
            (wide * 0.5, bar),
            (wide, bar + _u(c, -0.06, 0.03)),
        )
        return [left, _points((stem + _u(c, -0.02, 0.1), _u(c, 0, 0.25)), (stem, 0.6), (stem + _u(c, -0.12, 0.03), 1))]
    if kind < 0.9:  # closed
        left = _points((stem, 0), (stem * 0.5, bar * 0.5), (0, bar - 0.01), (0.03, bar), (wide * 0.5, bar), (wide, bar))
        return [left, _points((stem, _u(c, -0.02, 0.06)), (stem, 0.5), (stem + _u(c, -0.08, 0.03), 1))]
    # in one line: like a 9 with a corner
    return [_points((stem * _u(c, 0.5, 1), _u(c, 0, 0.1)), (0.02, bar * 0.85), (0.05, bar), (stem * 0.6, bar * 0.9),
                    (stem, _u(c, 0.1, 0.3)), (stem, 0.3), (stem - 0.03, 1))]  # fmt: skip


def _five(c: Chance) -> list[Line]:
    wide = _u(c, 0.42, 0.68)
    neck = _u(c, 0.36, 0.48)
    belly = _arc((wide * 0.42, (1 + neck) / 2 - 0.02), (wide * 0.58, (1 - neck) / 2 + 0.02), _u(c, -35, -5), _u(c, 205, 260))
    left = _u(c, 0.02, 0.16)
    if c.random() < 0.55:  # a hat of its own
        hat = _points(
            (left - _u(c, 0, 0.06), _u(c, 0.0, 0.06)),
            (wide * 0.6, _u(c, -0.04, 0.04)),
            (wide * _u(c, 0.85, 1.2), _u(c, -0.06, 0.06)),
        )
        return [np.vstack([_points((left, _u(c, 0.0, 0.1)), (left - 0.03, neck)), belly]), hat]
    top = _points(
        (wide * _u(c, 0.85, 1.1), _u(c, -0.03, 0.06)), (wide * 0.5, 0.02), (left + 0.02, 0.03), (left, 0.06), (left - 0.03, neck)
    )
    if c.random() < 0.3:  # rounded, nearly an S
        top = _points((wide * 0.95, 0.06), (wide * 0.5, 0.0), (left, 0.2), (left + 0.05, neck))
    return [np.vstack([top, belly])]


def _six(c: Chance) -> list[Line]:
    wide = _u(c, 0.36, 0.62)
    belly = _u(c, 0.2, 0.32)
    back = _points((wide * _u(c, 0.5, 1.1), _u(c, 0, 0.08)), (wide * _u(c, 0.2, 0.4), _u(c, 0.2, 0.3)), (0, 0.68))
    if c.random() < 0.35:
        back = _points((_u(c, 0.02, 0.25), 0), (0.03, 0.4), (0, 0.7))
    ring = _arc((wide * 0.5, 1 - belly), (wide * 0.5, belly), -90, -_u(c, 250, 390))
    return [np.vstack([back, ring])]


def _seven(c: Chance) -> list[Line]:
    wide = _u(c, 0.42, 0.72)
    foot = wide * _u(c, 0.12, 0.6)
    top = _u(c, -0.03, 0.08)
    start = [(0.0, top), (wide * 0.5, _u(c, -0.03, 0.04)), (wide, 0.02), (wide - 0.01, 0.06)]
    if c.random() < 0.3:  # a tick down at the left
        start = [(0.0, _u(c, 0.12, 0.28)), (0.01, top), *start[1:]]
    bend = _u(c, -0.06, 0.1)
    lines = [_points(*start, ((wide + foot) / 2 - bend, 0.5), (foot, 1))]
    if c.random() < 0.35:
        middle = (wide + foot) / 2 - bend
        reach = _u(c, 0.14, 0.28)
        lines.append(_points((middle - reach, 0.52 + _u(c, -0.06, 0.06)), (middle + reach, 0.5 + _u(c, -0.08, 0.04))))
    return lines


def _eight(c: Chance) -> list[Line]:
    wide = _u(c, 0.36, 0.6)
    waist = _u(c, 0.42, 0.52)
    small = wide * _u(c, 0.7, 1.0)
    if c.random() < 0.3:  # two rings
        upper = _arc((wide / 2, waist / 2), (small / 2, waist / 2), _u(c, 120, 200), 360 + _u(c, -15, 20))
        lower = _arc((wide / 2, (1 + waist) / 2), (wide / 2, (1 - waist) / 2), _u(c, -20, 20), 360 + _u(c, -15, 20))
        return [upper, lower]
    over = _arc((wide / 2, waist / 2), (small / 2, waist / 2), _u(c, 30, 80), -_u(c, 190, 230))
    lower = _arc((wide / 2, (1 + waist) / 2), (wide / 2, (1 - waist) / 2), 30, 290)
    back = _points(
        (wide * 0.62, waist * 0.8),
        (wide * 0.5 + small * 0.42, waist * _u(c, 0.35, 0.5)),
        (wide * _u(c, 0.6, 0.8), _u(c, -0.02, 0.08)),
    )
    return [np.vstack([over, lower, back])]


def _nine(c: Chance) -> list[Line]:
    wide = _u(c, 0.36, 0.6)
    head = _u(c, 0.2, 0.3)
    ring = _arc((wide / 2, head), (wide / 2, head), _u(c, 40, 90), -_u(c, 290, 370))
    kind = c.random()
    if kind < 0.5:
        leg = _points((wide, head * 0.9), (wide * 0.97, 0.6), (wide * _u(c, 0.6, 1.0), 1))
    elif kind < 0.8:
        leg = _points((wide, head), (wide * 0.95, 0.75), (wide * 0.5, 1), (_u(c, -0.05, 0.15), _u(c, 0.85, 0.98)))
    elif kind < 0.95:
        leg = _points((wide, head), (wide * 0.7, 0.6), (wide * 0.25, 1))
    else:  # with a foot to the right, as a printed q has
        leg = _points((wide, head), (wide * 0.98, 0.7), (wide * 0.95, 0.98), (wide + _u(c, 0.1, 0.3), _u(c, 0.92, 1.0)))
    return [np.vstack([ring, leg])]


WAYS: Mapping[str, Callable[[Chance], list[Line]]] = {
    "0": _zero, "1": _one, "2": _two, "3": _three, "4": _four, "5": _five, "6": _six, "7": _seven, "8": _eight, "9": _nine,
}  # fmt: skip
