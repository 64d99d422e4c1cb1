"""Labelled characters for training: rows of a comb filled by one hand, faxed and cut.

What: images (SIZE × SIZE) with their class and the kind of hand they come from, as many as asked, from a seed.
Why: characters of one row share pen, slant, size and damage, and disturb each other; single ones never would.
Refuses: a label for what can no longer be seen: a character that lost most of its ink is taught as "?" or left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from intake.ocr.cells import SIZE
from tools.handwriting.splits import Part
from tools.make_samples.sheet import PIXELS_PER_MM, Gray
from tools.train_handprint.combs import AROUND_MM, Comb, Damage, cut, faxed, pressed
from tools.train_handprint.glyphs import (
    CAPITALS,
    CHARACTERS,
    DIGITS,
    NO_CAPITAL,
    NO_CHARACTER,
    SAME_SHAPE,
    SIGNS,
    Font,
    Manner,
    Source,
    drawn,
    over,
    scribble,
    sources,
)

Chance = np.random.Generator

MIX = {"mnist": 0.27, "semeion": 0.07, "pens": 0.22, "skeletons": 0.16, "fonts": 0.17, "typed": 0.09, "coarse": 0.02}
"""How many rows come from which kind of hand."""
CELLS = 12
LOST = 0.3  # share of its ink below which a character can no longer be told, by anybody
HURT = 0.45  # share below which it is neither taught as itself nor as nothing


@dataclass(frozen=True)
class Samples:
    """Characters with their classes."""

    images: npt.NDArray[np.uint8]  # n × SIZE × SIZE
    classes: npt.NDArray[np.int64]  # places in CHARACTERS
    kinds: npt.NDArray[np.str_]  # of hand

    @staticmethod
    def joined(parts: Sequence[Samples]) -> Samples:
        """All in one."""
        return Samples(
            np.concatenate([one.images for one in parts]),
            np.concatenate([one.classes for one in parts]),
            np.concatenate([one.kinds for one in parts]),
        )


def made(folder: Path, part: Part, rows: range, seed: int) -> Samples:
    """Characters of these rows of a seed: each row has a chance of its own, so that parts can be made apart."""
    hands = sources(folder, part)
    kinds = [kind for kind in MIX if kind in hands]
    weights = np.array([MIX[kind] for kind in kinds])
    images, classes, of_kind = [], [], []
    for row in rows:
        chance = np.random.default_rng([seed, row])
        kind = str(chance.choice(kinds, p=weights / weights.sum()))
        source = hands[kind][int(chance.integers(len(hands[kind])))]
        for image, name in one_row(source, manner_by(chance, kind), chance):
            images.append(image)
            classes.append(CHARACTERS.index(name))
            of_kind.append(kind)
    return Samples(np.array(images, np.uint8).reshape(-1, SIZE, SIZE), np.array(classes, np.int64), np.array(of_kind))


def manner_by(chance: Chance, kind: str) -> Manner:
    """How a hand writes this row."""
    if kind == "typed":
        return Manner(bold=int(chance.choice([0, 0, 0, 1])))
    return Manner(
        pen_mm=float(chance.uniform(0.25, 0.8)),
        slant=float(np.clip(chance.normal(0.06, 0.17), -0.5, 0.6)),
        aspect=float(np.exp(chance.normal(0, 0.16))),
        wobble=float(chance.uniform(0, 0.05)),
        turn=float(chance.uniform(0.5, 5)),
        bold=int(chance.integers(0, 4)),
    )


def signs_by(source: Source, chance: Chance) -> list[str]:
    """What is written into the row: mostly digits, sometimes letters or signs; "" leaves a cell empty."""
    letters = [sign for sign in CAPITALS if sign in source.signs]
    signs = [sign for sign in SIGNS if sign in source.signs]
    small = [sign for sign in "".join(sorted(SAME_SHAPE)) if sign in source.signs]
    odd = [sign for sign in NO_CAPITAL if sign in source.signs]
    writes_letters = bool(letters) and chance.random() < 0.55
    row = []
    for _ in range(CELLS):
        draw = chance.random()
        if draw < 0.05:
            row.append("")
        elif writes_letters and draw < 0.6:
            row.append(str(chance.choice(letters)))
        elif writes_letters and draw < 0.66 and small:
            row.append(str(chance.choice(small)))
        elif writes_letters and draw < 0.68 and odd:
            row.append(str(chance.choice(odd)))
        elif signs and draw > 0.92:
            row.append(str(chance.choice(signs)))
        else:
            row.append(str(chance.choice(list(DIGITS))))
    return row


def one_row(source: Source, manner: Manner, chance: Chance) -> list[tuple[Gray, str]]:
    """The images of a row with their classes."""
    comb = Comb(CELLS, pitch=float(chance.choice([5.5, 5.5, 5.5, chance.uniform(5.0, 6.5)])))
    paper = comb.drawn(PIXELS_PER_MM)
    damage = Damage.by(chance)
    typed = isinstance(source, Font) and source.typed
    cap = float(chance.uniform(2.4, 4.2)) if typed else float(chance.uniform(2.6, 5.8))
    shake = 0.15 if typed else float(chance.uniform(0.1, 0.55))
    names: list[str] = []
    drawn_ink: list[float] = []
    for place, sign in enumerate(signs_by(source, chance)):
        if not sign:
            names.append("")
            drawn_ink.append(0.0)
            continue
        stamp, name = _written(source, sign, cap, manner, chance)
        x = AROUND_MM + (place + 0.5) * comb.pitch + float(chance.normal(0, shake))
        y = AROUND_MM + comb.height / 2 + float(chance.normal(0, shake))
        if sign in ".,":
            y += cap * 0.45
        pressed(paper, stamp, x, y)
        names.append(name)
        drawn_ink.append(float((stamp < 128).sum()) / PIXELS_PER_MM**2)
    page = faxed(paper, comb, damage, chance)
    found = []
    for cell, name, ink in zip(cut(page, comb), names, drawn_ink, strict=True):
        if not name or not cell.image.any():
            continue
        x0, y0, x1, y1 = cell.box_px
        seen = float((page[y0:y1, x0:x1] < 128).sum()) * (25.4 / 200) ** 2
        expected = ink * (0.75 if damage.threshold < 130 else 1.0)
        if seen < HURT * expected and name not in SIGNS:
            if seen > LOST * expected:
                continue
            name = NO_CHARACTER
        found.append((cell.image, name))
    return found


def _written(source: Source, sign: str, cap: float, manner: Manner, chance: Chance) -> tuple[Gray, str]:
    """A stamp and its class; now and then what is no character."""
    own_cap = cap * float(np.exp(chance.normal(0, 0.06)))
    if sign in "./,-<>" and not (isinstance(source, Font) and source.typed) and chance.random() < 0.6:
        return _sign(sign, own_cap, manner, chance), sign
    stamp = source.stamp(sign, own_cap, manner, chance)
    name = NO_CHARACTER if sign in NO_CAPITAL else sign.upper()
    if chance.random() > 0.065:
        if chance.random() < 0.02:  # gone over twice
            stamp = over(
                stamp, source.stamp(sign, own_cap, manner, chance), int(chance.integers(-2, 3)), int(chance.integers(-2, 3))
            )
        return stamp, name
    draw = chance.random()
    if draw < 0.3:
        return scribble(own_cap * float(chance.uniform(0.5, 1)), manner.pen_mm, chance), NO_CHARACTER
    other = str(chance.choice([one for one in source.signs if one in DIGITS and one != sign]))
    second = source.stamp(other, own_cap, manner, chance)
    if draw < 0.55:  # one written over the other
        return over(stamp, second, int(chance.integers(-4, 5)), int(chance.integers(-4, 5))), NO_CHARACTER
    if draw < 0.75:  # two in one cell
        small = [source.stamp(one, own_cap * 0.75, manner, chance) for one in (sign, other)]
        return over(small[0], small[1], small[0].shape[1] + int(chance.integers(-2, 3)), 0), NO_CHARACTER
    lines = []  # crossed out
    for _ in range(int(chance.integers(1, 4))):
        at = float(chance.uniform(0.2, 0.8))
        tilt = float(chance.normal(0, 0.25))
        lines.append(np.array([(-0.15, at - tilt), (0.3, at + float(chance.normal(0, 0.04))), (0.85, at + tilt)]))
    if chance.random() < 0.4:
        lines = [np.array([(0, 0), (0.65, 1)]), np.array([(0.65, 0), (0, 1)])]
    strike = drawn(lines, own_cap, manner.pen_mm)
    dx = (stamp.shape[1] - strike.shape[1]) // 2
    dy = (stamp.shape[0] - strike.shape[0]) // 2
    return over(stamp, strike, dx, dy), NO_CHARACTER


def _sign(sign: str, cap: float, manner: Manner, chance: Chance) -> Gray:
    """A sign as a pen makes it."""
    u = chance.uniform
    if sign == ".":
        line = np.array([(0, 0), (u(0, 0.08), u(0, 0.08))])
    elif sign == ",":
        line = np.array([(u(0.05, 0.14), 0), (u(0.04, 0.14), u(0.08, 0.16)), (0, u(0.18, 0.36))])
    elif sign == "-":
        line = np.array([(0, 0), (0.2, u(-0.03, 0.03)), (u(0.3, 0.7), u(-0.06, 0.06))])
    elif sign == "/":
        across = u(0.45, 0.9)  # a slash leans more than a slanted 1, or nobody could tell them
        line = np.array([(across, 0), (across * 0.45, 0.55), (0, u(1.0, 1.25))])
    else:
        line = np.array([(0.6, u(0, 0.1)), (0.3, 0.25), (0, 0.45), (0.02, 0.47), (0.3, 0.65), (0.6, u(0.75, 0.9))]) * u(0.8, 1.1)
        if sign == ">":
            line[:, 0] = line[:, 0].max() - line[:, 0]
    return drawn([line], cap, manner.pen_mm)
