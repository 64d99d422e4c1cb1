"""Signatures that are nobody's: names in joined scripts, real pens' letters run together, loops, waves, initials.

What: one function a style, drawing on a sheet.
Why: a signature has no shape but that of its writer; what is common to all can only be learnt from many ways of making them.
Refuses: imitating anybody.
"""

from __future__ import annotations

import numpy as np

from tools.handwriting.splits import SCRIPTS
from tools.make_samples import pen
from tools.make_samples.pen import smooth
from tools.make_samples.sheet import Sheet
from tools.train_ink.strokes import Box, Chance, Ink
from tools.train_ink.words import a_name, a_pen, one_of, put


def signature_extras(sheet: Sheet, box: Box, chance: Chance, width: float) -> None:
    """What often stands with a signature: the line it stands on, an X before it."""
    if chance.random() < 0.12:
        y = box[3] - float(chance.uniform(1.5, 4.5))
        sheet.stroke([(box[0] + 2, y), (box[2] - 2, y)], float(chance.uniform(0.2, 0.4)))
    if chance.random() < 0.06:
        x, y = box[0] + 2.5, (box[1] + box[3]) / 2 + 2
        sheet.stroke([(x, y - 3), (x + 3, y)], width)
        sheet.stroke([(x + 3, y - 3), (x, y)], width)


def script_name(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A name in a joined script."""
    font = one_of(chance, SCRIPTS[ink.part])
    cap = float(chance.uniform(4.0, 9.5))
    put(sheet, box, chance, a_name(chance, ink.part), font, cap, float(chance.normal(1.5, 2.5)), int(chance.integers(0, 4)))
    if chance.random() < 0.3:
        flourish(sheet, box, chance, a_pen(chance))
    signature_extras(sheet, box, chance, 0.5)


def flourish(sheet: Sheet, box: Box, chance: Chance, width: float) -> None:
    """A tail back under the name."""
    y = box[3] - float(chance.uniform(1.5, 5))
    left, right = box[0] + float(chance.uniform(3, 15)), box[0] + float(chance.uniform(30, 65))
    points = [
        (right, y - float(chance.uniform(1, 4))),
        ((left + right) / 2, y),
        (left, y + 0.3),
        (left + 8, y + 1.2),
        (right + 6, y + float(chance.normal(0, 1))),
    ]
    sheet.stroke(smooth(np.array(points[: int(chance.integers(3, 6))])), width)


def pen_name(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Real pens' letters run together: overlapped, slanted, each joined to the next."""
    if not ink.writers:
        return loops(sheet, box, chance, ink)
    writer = ink.writers[int(chance.integers(len(ink.writers)))]
    cap, width = float(chance.uniform(4.0, 7.5)), a_pen(chance)
    slant, squeeze = float(chance.uniform(0.0, 0.5)), float(chance.uniform(0.6, 0.95))
    at, base = box[0] + float(chance.uniform(2, 14)), box[1] + (box[3] - box[1]) * float(chance.uniform(0.6, 0.78))
    climb = float(chance.normal(0.03, 0.04))
    last: tuple[float, float] | None = None
    joined = bool(chance.random() < 0.85)
    for place, sign in enumerate(a_name(chance, ink.part).replace(".", "")):
        glyph = None if sign == " " else writer.glyph(sign, chance)
        if glyph is None:
            at, last = at + 0.35 * cap, None
            continue
        size = cap * (1.25 if place == 0 else float(chance.uniform(0.75, 1.0)))
        for line in glyph.lines:
            points = line * np.array([size * squeeze, size])
            points = points + np.array([at, base - climb * (at - box[0])])
            points[:, 0] += -slant * (points[:, 1] - base)
            if joined and last is not None and points[0, 0] > last[0] - 2.5:
                middle = ((last[0] + points[0, 0]) / 2, max(last[1], float(points[0, 1])) + 0.3)
                sheet.stroke(smooth(np.array([last, middle, tuple(points[0])]), 6), width)
            sheet.stroke(smooth(points, 4), width)
            last = (float(points[-1, 0]), float(points[-1, 1]))
        at += glyph.width * size * squeeze * float(chance.uniform(0.62, 0.95))
        if at > box[2] - 4:
            break
    if chance.random() < 0.3:
        flourish(sheet, box, chance, width)
    return signature_extras(sheet, box, chance, width)


def loops(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """The samples' own signatures."""
    pen.signature(sheet, box, int(chance.integers(1 << 30)), a_pen(chance))
    signature_extras(sheet, box, chance, 0.5)


def broken(points: list[tuple[float, float]], chance: Chance, share: float) -> list[list[tuple[float, float]]]:
    """A stroke in pieces, where a pen skipped."""
    pieces: list[list[tuple[float, float]]] = [[]]
    skipping = 0
    for point in points:
        if skipping:
            skipping -= 1
        elif chance.random() < share:
            skipping = int(chance.integers(1, 4))
            pieces.append([])
        else:
            pieces[-1].append(point)
    return [piece for piece in pieces if len(piece) > 1]


def wave(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A capital's loop, then a running wave that dies out or not: what most hurried people leave."""
    length = float(chance.uniform(18, min(74, box[2] - box[0] - 5)))
    x0 = box[0] + 2 + float(chance.uniform(0, 1)) * max(0.5, box[2] - box[0] - 6 - length)
    middle = (box[1] + box[3]) / 2 + float(chance.normal(0.5, 1.2))
    tall = float(chance.uniform(2.6, 6.8))
    flat = float(chance.uniform(0.6, 2.6))
    period = float(chance.uniform(1.8, 5.0))
    loop = float(chance.uniform(0.2, 1.4))  # above about 0.6 the wave turns into loops
    end = float(chance.uniform(0.15, 1.0))
    t = np.linspace(0, length, int(length / period * 10))
    size = flat * (1 + (end - 1) * t / length) * (1 + 0.35 * np.interp(t, np.linspace(0, length, 9), chance.normal(0, 1, 9)))
    phase = 2 * np.pi * t / period + np.interp(t, np.linspace(0, length, 7), chance.normal(0, 1.2, 7))
    climb = float(chance.normal(-0.04, 0.06))
    x = x0 + t + loop * size * np.cos(phase)
    y = middle + climb * t + size * np.sin(phase)
    head = [
        (x0 - float(chance.uniform(0, 2)), middle + tall * float(chance.uniform(0.2, 0.7))),
        (x0 + float(chance.uniform(0.5, 4)), middle - tall),
        (x0 + float(chance.uniform(-2, 2)), middle - tall * 0.5),
        (x0 + float(chance.uniform(0, 3)), middle + tall * 0.5),
    ]
    points = smooth(np.array(head[: int(chance.integers(2, 5))] if chance.random() < 0.8 else head[:1])) + list(
        zip(x.tolist(), y.tolist(), strict=True)
    )
    width = a_pen(chance)
    for piece in broken(points, chance, 0.04) if chance.random() < 0.2 else [points]:
        sheet.stroke(piece, width)
    if chance.random() < 0.35:
        flourish(sheet, box, chance, width)
    if chance.random() < 0.3:  # a t's bar or an i's dot
        bar = x0 + length * float(chance.uniform(0.2, 0.8))
        sheet.stroke([(bar - 3, middle - flat - 1), (bar + 4, middle - flat - 1.6)], width)
    signature_extras(sheet, box, chance, width)


def initials(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Two or three large turns and a tail."""
    width = a_pen(chance)
    x = box[0] + float(chance.uniform(4, max(5.0, (box[2] - box[0]) * 0.5)))
    middle = (box[1] + box[3]) / 2
    points: list[tuple[float, float]] = []
    for _ in range(int(chance.integers(2, 5))):
        tall, wide = float(chance.uniform(3.5, 8.5)), float(chance.uniform(1.5, 6))
        turn = np.linspace(float(chance.uniform(0, 1.5)), float(chance.uniform(4.5, 8.5)), 9)
        sense = -1 if chance.random() < 0.6 else 1
        points += [
            (x + wide * np.cos(sense * a + 2) + 0.2 * k, middle + tall * np.sin(sense * a + 2)) for k, a in enumerate(turn)
        ]
        x += float(chance.uniform(2, 7))
        if chance.random() < 0.3:
            sheet.stroke(smooth(np.array(points)), width)
            points = []
    points += [
        (x + float(chance.uniform(4, 12)), middle + float(chance.uniform(-2, 3))),
        (x + float(chance.uniform(12, 30)), middle + float(chance.uniform(-3, 3))),
    ]
    sheet.stroke(smooth(np.array(points)), width)
    if chance.random() < 0.3:
        flourish(sheet, box, chance, width)


def wander(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Up-and-down strokes of all heights with turns at their ends: angular hands."""
    width = a_pen(chance)
    count = int(chance.integers(7, 26))
    length = float(chance.uniform(14, 68))
    x = box[0] + 2 + float(chance.uniform(0, 1)) * max(0.5, box[2] - box[0] - 6 - length)
    middle = (box[1] + box[3]) / 2 + float(chance.normal(0, 1))
    points = []
    for place in range(count):
        big = chance.random() < 0.25
        away = float(chance.uniform(3.0, 7.5)) if big or place == 0 else float(chance.uniform(0.6, 2.4))
        points.append((x + float(chance.normal(0, 0.8)), middle + (away if place % 2 else -away)))
        x += length / count * float(chance.uniform(0.3, 1.7))
    cut = int(chance.integers(3, count)) if chance.random() < 0.4 else count
    for piece in (points[:cut], points[cut:]):
        if len(piece) > 2:
            path = smooth(np.array(piece)) if chance.random() < 0.7 else piece
            sheet.stroke(path, width)
    if chance.random() < 0.4:
        flourish(sheet, box, chance, width)
    signature_extras(sheet, box, chance, width)


def over_the_edge(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Any of them, too large for the zone."""
    x0, y0, x1, y1 = box
    shift = chance.uniform(-5, 5, 2)
    grown = (x0 + shift[0] - 2, y0 + 0.6 * shift[1] - 4, x1 + shift[0], y1 + 0.6 * shift[1] + 4)
    (wave, loops, wander, pen_name)[int(chance.integers(4))](sheet, grown, chance, ink)


def tall_narrow(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """High strokes on little width."""
    x = box[0] + float(chance.uniform(3, 40))
    (initials, wander)[int(chance.integers(2))](sheet, (x, box[1] - 1, x + 24, box[3] + 1), chance, ink)
