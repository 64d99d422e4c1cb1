"""What stands in a signature's zone without being one: type, words and dates by hand, lines, stripes, smudges, a cross.

What: one function a style, drawing on a sheet.
Why: a drawn line, a smear and "on file" by hand are long connected strokes too.
Refuses: nothing; a name printed by hand is drawn as well, though nobody but a person may say what it is.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np

from tools.handwriting.splits import FONTS, SCRIPTS
from tools.make_samples.pen import smooth
from tools.make_samples.sheet import PIXELS_PER_MM, Sheet
from tools.train_ink.strokes import Box, Chance, Ink
from tools.train_ink.words import LAST, TITLES, TYPEFACES, a_date, a_name, a_pen, a_phrase, one_of, put


def nothing(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A zone left alone."""


def typed_name(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A name, sometimes with a title or "/s/"."""
    text = a_name(chance, ink.part) + one_of(chance, TITLES)
    text = ("/s/ " if chance.random() < 0.15 else "") + (text.upper() if chance.random() < 0.3 else text)
    typed(sheet, box, chance, ink, text)


def typed_phrase(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Words instead of a signature."""
    typed(sheet, box, chance, ink, a_phrase(chance, ink.part))


def typed_date(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A date alone."""
    typed(sheet, box, chance, ink, a_date(chance))


def typed(sheet: Sheet, box: Box, chance: Chance, ink: Ink, text: str) -> None:
    """A line of type."""
    put(
        sheet,
        box,
        chance,
        text,
        one_of(chance, TYPEFACES[ink.part]),
        float(chance.uniform(1.9, 4.2)),
        float(chance.normal(0, 0.3)),
        int(chance.random() < 0.2),
    )


def header_line(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A machine's line of small print across the zone."""
    when = f"{a_date(chance)} {int(chance.integers(24)):02d}:{int(chance.integers(60)):02d}"
    text = f"{when}  FROM {one_of(chance, LAST[ink.part]).upper()} CLINIC 20255501{int(chance.integers(100)):02d} P.1/2"
    sheet.write(
        text,
        (box[0] - 4, float(chance.uniform(box[1] + 2, box[3]))),
        "dejavu-mono-bold",
        round(float(chance.uniform(1.3, 2.0)), 1),
    )


def by_hand(sheet: Sheet, box: Box, chance: Chance, ink: Ink, text: str, script: float = 0.15) -> None:
    """Words in a handwriting font or a real pen's letters, not joined; `script` is the share of the fonts that are joined."""
    if ink.writers and chance.random() < 0.45:
        writer = ink.writers[int(chance.integers(len(ink.writers)))]
        written = writer.word(text, chance)
        cap = min(float(chance.uniform(2.6, 5.0)), (box[2] - box[0] - 5) / max(written.width, 0.1))
        at = np.array(
            [
                box[0] + 2 + float(chance.uniform(0, 1)) * max(0.0, box[2] - box[0] - 4 - written.width * cap),
                (box[1] + box[3] + cap) / 2 + float(chance.normal(0, 1)),
            ]
        )
        width = a_pen(chance)
        for line in written.lines:
            sheet.stroke(smooth(line * cap + at, 4), width)
    else:
        fonts = SCRIPTS[ink.part] if chance.random() < script else FONTS[ink.part]
        put(
            sheet,
            box,
            chance,
            text,
            one_of(chance, fonts),
            float(chance.uniform(2.6, 5.5)),
            float(chance.normal(0, 1.5)),
            int(chance.integers(0, 3)),
        )


def written_phrase(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Words instead of a signature, by hand."""
    by_hand(sheet, box, chance, ink, a_phrase(chance, ink.part))


def written_date(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A date alone, by hand."""
    by_hand(sheet, box, chance, ink, a_date(chance))


def printed_by_hand(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A name in letters that stand apart: in a joined script it would be a signature."""
    text = a_name(chance, ink.part)
    by_hand(sheet, box, chance, ink, text.upper() if chance.random() < 0.5 else text, script=0.0)


def smudge(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A cloud of dirt, a smear, a thumb."""
    wide, tall = float(chance.uniform(3, 30)), float(chance.uniform(2, 11))
    x, y = float(chance.uniform(box[0], box[2] - wide)), float(chance.uniform(box[1] - 1, box[3] - tall))
    size = (round(tall * PIXELS_PER_MM), round(wide * PIXELS_PER_MM))
    grain = float(chance.uniform(1.5, 12))
    noise = cv2.GaussianBlur(
        chance.normal(0, 1, size).astype(np.float32), (0, 0), sigmaX=grain * float(chance.uniform(1, 6)), sigmaY=grain
    )
    noise /= max(float(noise.std()), 1e-6)
    rows, columns = np.mgrid[-1 : 1 : size[0] * 1j, -1 : 1 : size[1] * 1j]
    inside = float(chance.uniform(0.6, 2.2)) * (1 - rows**2 - columns**2)
    gray = np.clip(150 - 90 * (inside + noise - float(chance.uniform(0.2, 1.0))), 0, 255)
    gray[rows**2 + columns**2 > 1] = 255
    sheet.press(gray.astype(np.uint8), x * PIXELS_PER_MM, y * PIXELS_PER_MM)


def stripe(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Dirt on the glass, down the page; the trainer draws it through everything."""
    for _ in range(int(chance.choice((1, 1, 1, 2, 3)))):
        x, wide = float(chance.uniform(box[0] + 1, box[2] - 1)), float(chance.choice((0.15, 0.25, 0.4, 0.8, 1.6)))
        sheet.stroke([(x, box[1] - 5), (x, box[3] + 5)], wide)


def straight_line(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Rules, a strike through the zone, a diagonal."""
    for _ in range(int(chance.choice((1, 1, 1, 2, 3)))):
        y, slope = (
            float(chance.uniform(box[1] + 1, box[3] - 1)),
            float(chance.choice((0, 0, 0, 1))) * float(chance.uniform(-10, 10)),
        )
        left, right = box[0] + float(chance.uniform(-6, 25)), box[2] - float(chance.uniform(-6, 40))
        sheet.stroke([(left, y - slope / 2), (right, y + slope / 2)], float(chance.uniform(0.15, 0.9)))


def line_by_hand(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """A line drawn by hand: a little bent, sometimes there and back."""
    y, pen_mm = float(chance.uniform(box[1] + 2, box[3] - 2)), a_pen(chance)
    left, right = box[0] + float(chance.uniform(1, 25)), box[2] - float(chance.uniform(1, 40))
    slope, shake = float(chance.normal(0, 1.5)), float(chance.uniform(0.02, 0.3))
    xs = np.linspace(left, right, int(chance.integers(4, 12)))
    points = [(float(x), y + slope * (float(x) - left) / (right - left) + float(chance.normal(0, shake))) for x in xs]
    sheet.stroke(smooth(np.array(points)), pen_mm)
    if chance.random() < 0.3:
        back = [(x, y + float(chance.uniform(0.4, 2.0))) for x, y in reversed(points)]
        sheet.stroke(smooth(np.array(([points[-1]] if chance.random() < 0.5 else []) + back)), pen_mm)


def x_alone(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """An X, a tick or a plus, sometimes before a line to sign on."""
    if chance.random() < 0.2:
        put(
            sheet,
            box,
            chance,
            one_of(chance, ("X", "x", "X")),
            one_of(chance, (*TYPEFACES[ink.part], *FONTS[ink.part][:3])),
            float(chance.uniform(2.5, 8)),
            0.0,
            0,
        )
    else:
        size, pen_mm = float(chance.uniform(2.5, 11)), a_pen(chance)
        x, y = (
            float(chance.uniform(box[0] + 1, box[2] - size - 1)),
            float(chance.uniform(box[1], max(box[1] + 0.1, box[3] - size))),
        )
        shaken = chance.normal(0, 0.08 * size, (6, 2))
        ends = (
            np.array([(0, 0), (0.5, 0.5), (1, 1), (1, 0), (0.5, 0.5), (0, 1)])
            * size
            * np.array([float(chance.uniform(0.6, 1.3)), 1])
            + shaken
            + [x, y]
        )
        if chance.random() < 0.2:
            sheet.stroke(smooth(np.array([ends[0] + [0, size / 2], ends[1] + [0, size / 3], ends[3]])), pen_mm)
        else:
            sheet.stroke(smooth(ends[:3]), pen_mm)
            sheet.stroke(smooth(ends[3:]), pen_mm)
    if chance.random() < 0.25:
        y = box[3] - float(chance.uniform(2, 4))
        sheet.stroke([(box[0] + 2, y), (box[2] - 3, y)], 0.3)


def dirt(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Specks, commas and short scratches."""
    for _ in range(int(chance.integers(1, 14))):
        x, y = float(chance.uniform(box[0], box[2])), float(chance.uniform(box[1], box[3]))
        away = chance.normal(0, float(chance.choice((0.1, 0.3, 0.9))), 2)
        sheet.stroke([(x, y), (x + float(away[0]), y + float(away[1]))], float(chance.uniform(0.15, 0.7)))


def torn_rows(sheet: Sheet, box: Box, chance: Chance, ink: Ink) -> None:
    """Runs of black in single rows, as a line error leaves them."""
    for _ in range(int(chance.integers(1, 10))):
        y = float(chance.uniform(box[1] - 1, box[3] + 1))
        edges = np.sort(chance.uniform(box[0] - 3, box[2] + 3, 2 * int(chance.integers(1, 5))))
        for left, right in list(pairwise(edges.tolist()))[::2]:
            sheet.blot((left, y, right, y + float(chance.choice((0.13, 0.13, 0.26, 0.5)))), 0)
