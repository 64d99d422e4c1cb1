"""How exactly fax pages are laid over their blanks, what that costs, and whether a page says so where it cannot be.

    python -m bench.registration [--pages N] [--seed N] [--faxline PATH] [--only WORDS] [--write docs/figures/registration.md]

Every page of every form, filled in print, is bent in one way after the other and in all ways together, fine and standard. The
error of a zone is the largest distance, in 200-dpi pixels, between where the reader takes its corners and middle from and where
they truly are. A zone is flagged where the registration says that it may not be accepted: squeezed, unsupported or cut off. Exit
status 1 where a wrong form was accepted, or an unflagged zone is off by more than 2 px. CPU is that of `place` alone, one thread.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np

from bench.bent_sheets import Bend, BentPage, bent
from intake.classification import Blanks, PlacedPage, place
from intake.forms.catalogue import Catalogue, load_catalogue
from intake.ocr import thresholds
from tools.make_samples import phone_line
from tools.make_samples.machine import FINE, STANDARD

WORST_PX = 2.0  # of an unflagged zone
MEAN_PX = 0.5
LINES = ("snr=21,gate=1", "snr=22,gate=1", "snr=24,gate=1", "snr=21,imp=4,impms=5,impdb=6,gate=1")
Bender = Callable[[random.Random, int], Bend]


def machine(chance: random.Random, lines: int) -> Bend:
    """What every machine does a little of."""
    return Bend(lines, skew=chance.uniform(-0.5, 0.5), shift_mm=(chance.uniform(-1, 1), chance.uniform(-1.5, 1.5)), specks=0.05)


def skewed(chance: random.Random, lines: int) -> Bend:
    """±5°, half of them at 4 to 5."""
    turn = chance.choice((chance.uniform(-5, 5), chance.choice((-1, 1)) * chance.uniform(4, 5)))
    return Bend(lines, skew=turn)


def scaled(chance: random.Random, lines: int) -> Bend:
    """96–104 %, x and y apart."""
    return Bend(lines, scale_x=chance.uniform(0.96, 1.04), scale_y=chance.uniform(0.96, 1.04))


def shifted(chance: random.Random, lines: int) -> Bend:
    """±8 mm."""
    return Bend(lines, shift_mm=(chance.uniform(-8, 8), chance.uniform(-8, 8)))


def cut(chance: random.Random, lines: int, shade: int) -> Bend:
    """A corner gone, 20 to 60 mm along each edge."""
    legs = (chance.uniform(20, 60), chance.uniform(20, 60))
    return replace(machine(chance, lines), corner=chance.randrange(4), corner_mm=legs, corner_shade=shade)


def striped(chance: random.Random, lines: int) -> Bend:
    """A stripe down the page, 2 to 8 pixels wide."""
    return replace(machine(chance, lines), stripe_mm=chance.uniform(10, 205), stripe_px=chance.choice((2, 2, 4, 8)))


def combined(chance: random.Random, lines: int, most: float = 1.0) -> Bend:
    """Everything together, each up to `most` of its range."""
    return Bend(
        lines,
        skew=most * chance.uniform(-5, 5),
        scale_x=1 + most * chance.uniform(-0.04, 0.04),
        scale_y=1 + most * chance.uniform(-0.04, 0.04),
        shift_mm=(most * chance.uniform(-8, 8), most * chance.uniform(-8, 8)),
        upside_down=chance.random() < 0.5,
        header=True,
        stripe_mm=chance.uniform(10, 205),
        stripe_px=chance.choice((2, 4)),
        corner=chance.randrange(4),
        corner_mm=(chance.uniform(15, 45), chance.uniform(15, 45)),
        corner_shade=chance.choice((0, 255)),
        specks=0.1,
    )


def lost(chance: random.Random, lines: int, kinds: Sequence[str], clusters: int, longest: int) -> Bend:
    """Rows lost, doubled or replaced in some places; `longest` in rows of the fine page."""
    scale = 1 if lines == FINE else 0.5
    rows = tuple(
        (chance.choice(kinds), chance.randrange(200, 9800), max(1, round(scale * longest ** chance.random())))
        for _ in range(clusters)
    )
    return replace(machine(chance, lines), rows=rows)


def scattered(chance: random.Random, lines: int, kinds: Sequence[str]) -> Bend:
    """1 to 150 single rows, anywhere."""
    count = round(150 ** chance.random())
    return replace(
        machine(chance, lines), rows=tuple((chance.choice(kinds), chance.randrange(50, 9950), 1) for _ in range(count))
    )


CONDITIONS: dict[str, Bender] = {
    "clean": machine,
    "skew ±5°": skewed,
    "scale 96–104 %, x and y apart": scaled,
    "shift ±8 mm": shifted,
    "header line": lambda chance, lines: replace(machine(chance, lines), header=True),
    "stripe": striped,
    "white corner cut": lambda chance, lines: cut(chance, lines, 255),
    "black corner cut": lambda chance, lines: cut(chance, lines, 0),
    "upside down": lambda chance, lines: replace(machine(chance, lines), upside_down=True),
    "all, up to half": lambda chance, lines: combined(chance, lines, 0.5),
    "all, in full": combined,
    "single rows lost": lambda chance, lines: scattered(chance, lines, ("delete",)),
    "single rows doubled": lambda chance, lines: scattered(chance, lines, ("double",)),
    "one run of rows lost": lambda chance, lines: lost(chance, lines, ("delete",), 1, 150),
    "one run of rows doubled": lambda chance, lines: lost(chance, lines, ("double",), 1, 150),
    "2–8 runs lost, doubled, replaced": lambda chance, lines: lost(
        chance, lines, ("delete", "double", "replace"), chance.randint(2, 8), 60
    ),
    "all up to half, 3 runs lost": lambda chance, lines: replace(
        combined(chance, lines, 0.5), rows=lost(chance, lines, ("delete", "double"), 3, 60).rows
    ),
    "genuine call": lambda chance, lines: replace(
        machine(chance, lines), noise=chance.choice(LINES), coding=chance.choice(("1d", "2d"))
    ),
}


@dataclass
class Row:
    """One condition's figures."""

    condition: str
    pages: int = 0
    placed: int = 0
    wrong: int = 0
    zones: int = 0
    flagged: int = 0
    gone: int = 0  # zones of which a corner or the middle is not on the page at all
    gone_unflagged: int = 0
    errors: list[float] = field(default_factory=list)  # of unflagged zones, at every point
    off: list[str] = field(default_factory=list)  # unflagged zones beyond WORST_PX
    cpu: list[float] = field(default_factory=list)

    def cells(self) -> str:
        """As a line of the table."""
        mean = f"{np.mean(self.errors):.2f}" if self.errors else "–"
        worst = f"{max(self.errors):.2f}" if self.errors else "–"
        share = f"{100 * self.flagged / self.zones:.1f}" if self.zones else "–"
        return (
            f"| {self.condition} | {self.pages} | {self.placed} | {self.wrong} | {mean} | {worst} "
            f"| {self.gone_unflagged} of {self.gone} | {share} | {1000 * np.median(self.cpu):.0f} |"
        )


HEAD = (
    "| condition | pages | placed | wrong form | mean px | worst px of unflagged zones | zones not on the page, unflagged "
    "| zones flagged % | CPU ms a page |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|"
)


def main() -> int:
    """Measure, print and write the table."""
    asked = argparse.ArgumentParser(prog="python -m bench.registration", description="How exactly pages are laid over blanks.")
    asked.add_argument("--pages", type=int, default=36, help="a condition and resolution")
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--faxline", default=None)
    asked.add_argument("--only", default="", help="conditions that contain these words")
    asked.add_argument("--write", type=Path, default=None)
    given = asked.parse_args()
    cv2.setNumThreads(1)  # as one worker of a busy service
    catalogue, faxline = load_catalogue(), phone_line.program(given.faxline)
    blanks = Blanks(catalogue)
    text = f"{given.pages} pages a row, seed {given.seed}; {platform.machine()}, Python {platform.python_version()}.\n\n{HEAD}\n"
    print(text, end="")
    bad = 0
    off: list[str] = []
    for lines in (FINE, STANDARD):
        for name, bender in CONDITIONS.items():
            if given.only not in name:
                continue
            if name == "genuine call" and faxline is None:
                print("genuine call: skipped, faxline is not at hand (--faxline or REMSFAX_FAXLINE)", file=sys.stderr)
                continue
            row = measured(f"{name}, {'fine' if lines == FINE else 'standard'}", bender, lines, catalogue, blanks, given, faxline)
            print(row.cells(), flush=True)
            text += row.cells() + "\n"
            bad += row.wrong + len(row.off)
            off += row.off
    print("".join(f"\n{one}" for one in off), file=sys.stderr)
    if given.write:
        given.write.write_text(f"# Registration\n\nMade by `python -m bench.registration`.\n\n{text}")
    return 1 if bad else 0


def measured(
    name: str,
    bender: Bender,
    lines: int,
    catalogue: Catalogue,
    blanks: Blanks,
    given: argparse.Namespace,
    faxline: Path | None,
) -> Row:
    """All pages of one condition, the forms' pages in turn."""
    row = Row(name)
    sheets = [(form, page) for form in catalogue.forms for page in range(1, form.pages + 1)]
    for form, page in sheets:
        blanks.page(form, page)  # made once in a service's life, not a page's cost
    for number in range(given.pages):
        form, page = sheets[number % len(sheets)]
        chance = random.Random(f"{given.seed}/{name}/{number}")
        bend = bender(chance, lines)
        try:
            sent = bent(catalogue, form, page, bend, given.seed * 1000 + number, faxline)
        except phone_line.CallFailed:
            continue
        row.pages += 1
        before = time.process_time()
        placed = place(sent.scan, blanks)
        row.cpu.append(time.process_time() - before)
        if placed is None:
            continue
        row.placed += 1
        seen = placed.classification
        right_way = seen.rotated == (180 if bend.upside_down else 0)
        if (seen.form, seen.revision, seen.form_page) != (form.code, form.revision, page) or not right_way:
            row.wrong += 1
            row.off.append(f"{name} {number}: {form.code} {form.revision} {page} taken for {seen}")
            continue
        judge(row, number, sent, placed)
    return row


def judge(row: Row, number: int, sent: BentPage, placed: PlacedPage) -> None:
    """Each zone of the page: where it was taken from against where it is."""
    for one in sent.form.on_page(sent.page):
        x0, y0, x1, y1 = one.box
        mm = np.array([[x0, y0], [x1, y0], [x0, y1], [x1, y1], [(x0 + x1) / 2, (y0 + y1) / 2]])
        off = np.linalg.norm(taken_from(placed, mm) - sent.true_px(mm), axis=1)
        row.zones += 1
        lost = bool(sent.is_gone(mm).any())
        said = flagged(placed, one.box)
        row.gone += lost
        if lost and not said:
            row.gone_unflagged += 1
            row.off.append(f"{row.condition} {number}: {sent.form.code} {sent.page} {one.name} is not on the page; {sent.bend}")
        if said:
            row.flagged += 1
            continue
        row.errors.extend(off.tolist())
        if off.max() > WORST_PX:
            row.off.append(
                f"{row.condition} {number}: {sent.form.code} {sent.page} {one.name} off by {off.max():.1f} px; {sent.bend}"
            )


def taken_from(placed: PlacedPage, mm: np.ndarray) -> np.ndarray:
    """Where the reader takes points of the form (millimetres) from, in pixels of the upright page."""
    spots = mm * thresholds.DPI / 25.4 - 0.5
    step = 8.0
    out = []
    for nodes in (placed.registration.map_x, placed.registration.map_y):
        columns, rows = spots[:, 0] / step, spots[:, 1] / step
        left, top = np.floor(columns).astype(int), np.floor(rows).astype(int)
        a, b = columns - left, rows - top
        out.append(
            nodes[top, left] * (1 - a) * (1 - b)
            + nodes[top, left + 1] * a * (1 - b)
            + nodes[top + 1, left] * (1 - a) * b
            + nodes[top + 1, left + 1] * a * b
        )
    return np.stack(out, axis=1)


def flagged(placed: PlacedPage, box: tuple[float, float, float, float]) -> bool:
    """Whether the registration says that this zone (millimetres) may not be accepted."""
    scale = thresholds.DPI / 25.4
    y0, y1 = box[1] * scale, box[3] * scale
    said = placed.registration
    spans = [(top, bottom) for top, bottom, _ in said.squeezed] + list(said.unsupported)
    cut = said.bottom_mm is not None and box[3] > said.bottom_mm
    return cut or said.is_off_page(*(edge * scale for edge in box)) or any(y0 < bottom and top < y1 for top, bottom in spans)


if __name__ == "__main__":
    for name in ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT"):
        os.environ.setdefault(name, "1")
    raise SystemExit(main())
