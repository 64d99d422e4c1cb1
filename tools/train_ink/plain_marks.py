"""Marks that are meant: ticks, crosses, slashes, fills, typed signs and those of PDF viewers.

What: one function a style, drawing on a sheet.
Why: whoever judges marks in a way of their own; a reader must have seen every pen, size and place.
Refuses: what is odd; see `odd_marks`.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from tools.handwriting.splits import Part
from tools.make_samples.pen import smooth
from tools.make_samples.sheet import Sheet
from tools.train_ink.strokes import Box, Chance, Frame, Ink, a_pen, disc, through


def nothing(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A box left alone."""


def tick(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Of all sizes, its tail in or out of the box."""
    size = float(chance.uniform(0.45, 1.15))
    at = Frame(box, chance, 0.06, size, tuple(chance.normal(0, 0.1, 2)))  # type: ignore[arg-type]
    tail = float(chance.uniform(0.0, 1.2)) if chance.random() < 0.6 else 0.0
    points = [at(0.05, 0.5), at(0.38, 0.9), at(0.7, 0.3), at(0.95 + tail * 0.5, 0.0 - tail * 0.7)]
    if chance.random() < 0.3:
        points = points[:2] + points[3:]
    through(sheet, points, a_pen(chance), chance.random() < 0.7)


def small_tick(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A third to half of the box."""
    size = float(chance.uniform(0.32, 0.5))
    at = Frame(box, chance, 0.05, size, tuple(chance.uniform(-0.18, 0.18, 2)))  # type: ignore[arg-type]
    through(sheet, [at(0.0, 0.5), at(0.35, 0.95), at(1.0, 0.0)], float(chance.uniform(0.3, 0.7)), chance.random() < 0.5)


def tick_from_outside(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Begun left of the box."""
    at = Frame(box, chance, 0.06)
    points = [at(float(chance.uniform(-0.6, -0.1)), float(chance.uniform(0.1, 0.6))), at(0.4, 0.85)]
    tail = float(chance.uniform(0.0, 1.6))
    points += [at(0.8, 0.2), at(1.0 + 0.5 * tail, -0.1 - 0.6 * tail)]
    through(sheet, points, a_pen(chance), chance.random() < 0.7)


def long_tail(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A stroke that leaves the box far."""
    at = Frame(box, chance, 0.06)
    far = float(chance.uniform(0.8, 2.2))
    through(
        sheet,
        [at(0.15, 0.55), at(0.4, 0.92), at(0.9, 0.1), at(1 + far * 0.8, -far * float(chance.uniform(0.3, 0.8)))],
        a_pen(chance),
    )


def cross(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """About as large as the box."""
    crossing(sheet, box, chance, float(chance.uniform(0.5, 1.25)), 0.1)


def small_cross(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A third to half of the box."""
    crossing(sheet, box, chance, float(chance.uniform(0.3, 0.5)), 0.15)


def large_cross(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Far larger than the box."""
    crossing(sheet, box, chance, float(chance.uniform(1.25, 2.3)), 0.12)


def crossing(sheet: Sheet, box: Box, chance: Chance, size: float, off: float) -> None:
    """Two strokes, sometimes without lifting the pen."""
    at = Frame(box, chance, 0.06, size, tuple(chance.normal(0, off, 2)))  # type: ignore[arg-type]
    pen, curved = a_pen(chance), bool(chance.random() < 0.6)
    bend = float(chance.normal(0, 0.06))
    through(sheet, [at(0.03, 0.05), at(0.5 + bend, 0.5), at(0.97, 0.95)], pen, curved)
    if chance.random() < 0.12:  # without lifting the pen
        through(sheet, [at(0.97, 0.95), at(1.05, 0.4), at(0.95, 0.05), at(0.5, 0.5 + bend), at(0.05, 0.95)], pen, True)
    else:
        through(sheet, [at(0.95, 0.05), at(0.5, 0.5 + bend), at(0.05, 0.95)], pen, curved)


def slash(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """One stroke across."""
    at = Frame(box, chance, 0.08, float(chance.uniform(0.7, 1.6)))
    up = bool(chance.random() < 0.85)
    through(sheet, [at(0.1, 0.95 if up else 0.05), at(0.5, 0.5), at(0.95, 0.05 if up else 0.95)], a_pen(chance))


def pen_letter(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """An X or V as a real writer makes it."""
    if not ink.writers:
        return cross(sheet, box, chance, ink)
    writer = ink.writers[int(chance.integers(len(ink.writers)))]
    glyph = writer.glyph(str(chance.choice(list("XxXxVv"))), chance)
    if glyph is None:
        return cross(sheet, box, chance, ink)
    points = np.concatenate(glyph.lines)
    low, high = points.min(axis=0), points.max(axis=0)
    size = float(chance.uniform(0.5, 1.3)) * (box[3] - box[1]) / max(float((high - low).max()), 1e-6)
    middle = np.array([(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]) + chance.normal(0, 0.4, 2)
    pen = a_pen(chance)
    for line in glyph.lines:
        sheet.stroke(smooth((line - (low + high) / 2) * size + middle, 4), pen)
    return None


SIGNS: Mapping[Part, tuple[tuple[str, str], ...]] = {
    Part.FIT: (
        ("X", "dejavu-mono"), ("X", "dejavu-mono-bold"), ("X", "liberation-mono"), ("x", "liberation-sans"),
        ("X", "liberation-serif"),
        ("✓", "dejavu-mono"), ("✔", "dejavu-mono"), ("✗", "dejavu-mono"), ("✘", "dejavu-mono-bold"), ("■", "dejavu-mono"),
        ("√", "dejavu-mono"), ("V", "liberation-sans"), ("X", "indie-flower"), ("X", "kalam"), ("x", "gaegu"),
    ),
    Part.TUNE: (("X", "liberation-sans"), ("✓", "dejavu-mono-bold"), ("x", "handlee"), ("X", "pangolin")),
    Part.TEST: (
        ("x", "dejavu-mono"), ("X", "liberation-sans"), ("✔", "dejavu-mono-bold"), ("✗", "dejavu-mono-bold"),
        ("x", "liberation-serif"), ("X", "caveat"), ("X", "shadows-into-light"), ("x", "reenie-beanie"), ("v", "gochi-hand"),
        ("✕", "dejavu-mono"), ("●", "dejavu-mono"),
    ),
}  # fmt: skip
"""Signs of fonts that people type into a box, by part."""


def typed(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A sign of a font."""
    signs = SIGNS[ink.part]
    sign, font = signs[int(chance.integers(len(signs)))]
    cap = round(float(chance.uniform(0.42, 0.85)) * (box[3] - box[1]), 1)
    x = box[0] + float(chance.uniform(0.1, 0.4)) * (box[2] - box[0])
    sheet.write(sign, (x, box[3] - float(chance.uniform(0.08, 0.35)) * (box[3] - box[1])), font, cap)


def viewer(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """What a PDF viewer draws: even, centred."""
    x0, y0, x1, y1 = box
    at = Frame(box, chance, 0.0, float(chance.uniform(0.55, 0.95)))
    kind = int(chance.integers(5))
    pen = float(chance.uniform(0.35, 0.9))
    if kind == 0:
        through(sheet, [at(0.08, 0.55), at(0.38, 0.9), at(0.95, 0.1)], pen, False)
    elif kind == 1:
        through(sheet, [at(0.05, 0.05), at(0.95, 0.95)], pen, False)
        through(sheet, [at(0.95, 0.05), at(0.05, 0.95)], pen, False)
    elif kind == 2:  # a bullet
        disc(sheet, ((x0 + x1) / 2, (y0 + y1) / 2), float(chance.uniform(0.3, 0.42)) * (x1 - x0))
    elif kind == 3:
        edge = float(chance.uniform(0.12, 0.28)) * (x1 - x0)
        sheet.blot((x0 + edge, y0 + edge, x1 - edge, y1 - edge), 0)
    else:
        turn = np.linspace(0, 2 * np.pi, 11) - np.pi / 2
        away = np.where(np.arange(11) % 2 == 0, 0.5, 0.21)
        for reach in np.linspace(0.15, 1.0, 7):
            sheet.stroke(
                [at(0.5 + a * reach * np.cos(t), 0.5 + a * reach * np.sin(t)) for a, t in zip(away, turn, strict=True)], 0.3
            )


def zigzag(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Filled by a pen that runs to and fro."""
    at = Frame(box, chance, 0.045)
    turns, span = int(chance.integers(6, 14)), float(chance.uniform(0.5, 0.85))
    top = float(chance.uniform(0.08, 0.9 - span)) if span < 0.8 else 0.08
    upright = bool(chance.random() < 0.4)
    points = [(0.12 if step % 2 else 0.88, top + span * step / (turns - 1)) for step in range(turns)]
    through(sheet, [at(y, x) if upright else at(x, y) for x, y in points], a_pen(chance))


def neat_fill(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Blacked in, edge to edge."""
    x0, y0, x1, y1 = box
    out = float(chance.uniform(-0.5, 0.3))
    sheet.blot((x0 - out, y0 - out, x1 + out, y1 + out), 0)


def half_fill(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """One part of the box shaded."""
    x0, y0, x1, y1 = box
    share = float(chance.uniform(0.4, 0.7))
    side = int(chance.integers(4))
    part = {
        0: (x0 + 0.2, y0 + 0.2, x0 + share * (x1 - x0), y1 - 0.2), 1: (x1 - share * (x1 - x0), y0 + 0.2, x1 - 0.2, y1 - 0.2),
        2: (x0 + 0.2, y0 + 0.2, x1 - 0.2, y0 + share * (y1 - y0)), 3: (x0 + 0.2, y1 - share * (y1 - y0), x1 - 0.2, y1 - 0.2),
    }[side]  # fmt: skip
    pen = float(chance.uniform(0.4, 0.9))
    rows = np.arange(part[1] + pen / 2, part[3], pen * 0.8)
    sheet.stroke(
        [
            (x + float(chance.normal(0, 0.12)), float(y))
            for y in rows
            for x in ((part[0], part[2]) if int(y * 10) % 2 else (part[2], part[0]))
        ],
        pen,
    )
