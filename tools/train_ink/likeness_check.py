"""How well likeness puts a person's own signature before those of others.

    python -m tools.train_ink.likeness_check [--people N] [--seed N]

Each person signs twice: the same loops, turned a little, in another pen, place, machine and resolution. Real people vary more, so
these figures are an upper bound: how often the own second signature is the most alike of all, and the share of pairs in the right
order (area under the curve).
"""

from __future__ import annotations

import argparse

import numpy as np

from intake.ocr.ink import Mask
from intake.ocr.signature_likeness import likeness
from tools.make_samples import pen
from tools.make_samples.sheet import PIXELS_PER_MM, Sheet, turned
from tools.train_ink.sheets import in_blank_frame, wear
from tools.train_ink.strokes import Box, Chance

ZONE: Box = (12.2, 20.0, 92.8, 34.6)


def main() -> None:
    """Sign, compare all with all, print."""
    asked = argparse.ArgumentParser(prog="python -m tools.train_ink.likeness_check", description="Measure signature likeness.")
    asked.add_argument("--people", type=int, default=25)
    asked.add_argument("--seed", type=int, default=1)
    given = asked.parse_args()
    firsts = [_signed(person, np.random.default_rng([given.seed, person, 0])) for person in range(given.people)]
    seconds = [_signed(person, np.random.default_rng([given.seed, person, 1])) for person in range(given.people)]
    alike = np.array([[likeness(one, other) for other in seconds] for one in firsts])
    own, others = np.diag(alike), alike[~np.eye(len(alike), dtype=bool)]
    first = float((alike.argmax(axis=1) == np.arange(len(alike))).mean())
    ordered = float((own[:, None] > others[None, :]).mean())
    print(f"{given.people} people: own is the most alike {100 * first:.0f} %, pairs in order {100 * ordered:.1f} %;")
    print(f"likeness of own {own.mean():.2f} (least {own.min():.2f}), of others {others.mean():.2f} (most {others.max():.2f})")


def _signed(person: int, chance: Chance) -> Mask:
    """The ink of one zone."""
    drawn = Sheet(np.full((round(40 * PIXELS_PER_MM), round(110 * PIXELS_PER_MM)), 255, np.uint8))
    pen.signature(drawn, (4.0, 10.0, 84.6, 24.6), person, float(chance.choice((0.4, 0.5, 0.7))))
    stamp, _, _ = turned(drawn.image, 0.0, 0.0, float(chance.normal(0, 1.5)))
    sheet = Sheet()
    sheet.press(
        stamp, (ZONE[0] - 4 + chance.normal(0, 1)) * PIXELS_PER_MM, (ZONE[1] - 10 + chance.normal(0, 0.5)) * PIXELS_PER_MM
    )
    page = in_blank_frame(sheet, wear(chance), chance)
    x0, y0, x1, y1 = (round(edge * 200 / 25.4) for edge in ZONE)
    return np.asarray(page[y0:y1, x0:x1] < 128)


if __name__ == "__main__":
    main()
