"""Dense practice sheets: many boxes or zones on one page, inked, scanned, damaged and laid back over their blank.

What: a blank drawn here with boxes and words as on the forms; ink in every box by style; the samples' own scanning; rows lost or
doubled; the page put back into the blank's frame by the known transform, off by as much as registration is.
Why: a form has forty boxes and two zones; a net needs tens of thousands, each through the same path as in the product.
Refuses: to use registration itself: what that does to real forms is measured by `bench.marks`, not learnt.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from intake.fax import GrayImage
from intake.ocr import thresholds
from intake.ocr.ink import FilledPage, fill_of
from intake.resolution import square
from tools.make_samples.machine import FINE, STANDARD, Bilevel, Machine, projected, sheet_to_page, sprinkle
from tools.make_samples.sheet import LETTER_MM, PIXELS_PER_MM, Sheet, width_of
from tools.train_ink.mark_styles import MARK_STYLES
from tools.train_ink.signature_styles import ZONE_STYLES
from tools.train_ink.strokes import Box, Chance, Ink

BOX_MM = 4.7
ZONES = ((80.6, 14.6), (119.6, 14.6))
LABELS = (
    "≥ 1500",
    "1000–1499",
    "500–999",
    "< 500",
    "Yes",
    "No",
    "Male",
    "Weekly",
    "A Liver failure",
    "Hospice care.",
    "I understand",
)

MARK_SHARES: Mapping[str, float] = {
    "blank": 5.0, "dot": 1.6, "beside the box": 1.3, "circle around the box": 0.8, "neighbour's stroke across": 1.0,
    "struck out by lines": 1.4, "struck out by one line": 1.2, "scribbled over": 1.2, "struck out by loops": 0.9,
    "struck out by a cross": 0.8, "correction fluid": 1.0, "struck out inside the box": 0.0,
}  # fmt: skip
"""How often a style is practised, where not once."""
SECOND_SHARES: Mapping[str, float] = {
    **dict.fromkeys(MARK_STYLES, 0.5), "struck out inside the box": 8.0,
    "struck out by a cross": 4.0, "large cross": 5.0,
    "cross": 2.0, "tick": 2.0, "typed sign": 3.0, "zigzag fill": 2.5, "half filled": 1.5, "blank": 4.0,
    "dot": 1.0, "scribbled over": 1.0,
}  # fmt: skip
"""The same in the second course: what the first left hardest to tell."""
ZONE_SHARES: Mapping[str, float] = {
    "empty": 1.2, "words by hand": 3.4, "date by hand": 2.0, "typed name": 2.4, "typed words": 1.4, "line by hand": 1.5,
    "an X alone": 1.5, "name printed by hand": 2.8, "script name": 3.6, "real pen's letters, joined": 2.2, "wave": 2.2,
    "angular": 1.4, "initials with a tail": 1.3,
}  # fmt: skip


@dataclass(frozen=True)
class Practice:
    """One page laid over its blank, with what stands where."""

    page: FilledPage
    styles: tuple[tuple[str, Box], ...]
    lines_per_inch: int


@dataclass(frozen=True)
class Wear:
    """What one machine and one line do to a page."""

    machine: Machine
    lost: tuple[tuple[str, int, int], ...]  # "delete", "double" or "black", first row, rows
    jitter_px: tuple[float, float]  # how far registration is off


def wear(chance: Chance) -> Wear:
    """By chance, from a clean page to a poor one."""
    lines = STANDARD if chance.random() < 0.35 else FINE
    machine = Machine(
        lines_per_inch=lines,
        skew=float(chance.uniform(-3, 3)) if chance.random() < 0.5 else float(chance.normal(0, 0.4)),
        shift_mm=(float(chance.uniform(-2, 2)), float(chance.uniform(-2, 2))),
        scale=float(chance.uniform(0.99, 1.01)),
        threshold=int(chance.choice((105, 125, 150, 170, 200))),
        grain=float(chance.choice((4.0, 10.0, 18.0, 26.0))),
        specks=float(chance.choice((0.0, 0.05, 0.2, 0.6))),
    )
    lost: list[tuple[str, int, int]] = []
    if chance.random() < 0.3:
        rows = round(LETTER_MM[1] * lines / 25.4)
        for _ in range(int(chance.integers(1, 40))):
            what = ("delete", "double", "black")[int(chance.choice(3, p=(0.45, 0.4, 0.15)))]
            lost.append((what, int(chance.integers(rows)), 1 if chance.random() < 0.6 else int(chance.integers(2, 7))))
    return Wear(machine, tuple(lost), (float(chance.normal(0, 0.45)), float(chance.normal(0, 0.45))))


def marks_sheet(chance: Chance, ink: Ink, shares: Mapping[str, float] = MARK_SHARES) -> Practice:
    """A page of tick boxes."""
    blank = Sheet()
    boxes: list[Box] = []
    y = 9.0 + float(chance.uniform(0, 3))
    while y < LETTER_MM[1] - 14:
        x = 9.0 + float(chance.uniform(0, 6))
        while x < LETTER_MM[0] - 14:
            boxes.append((x, y, x + BOX_MM, y + BOX_MM))
            label = LABELS[int(chance.integers(len(LABELS)))]
            blank.write(label, (x + BOX_MM + 2.4, y + 3.4), "liberation-sans", 2.1)
            x += BOX_MM + 2.4 + width_of(label, "liberation-sans", 2.1) + float(chance.uniform(3.5, 9))
        y += float(chance.uniform(7.9, 11.5))
        if chance.random() < 0.1:
            blank.blot((6, y - 1.6, LETTER_MM[0] - 6, y), 0)
            y += 1.5
    for box in boxes:
        _rule(blank, box, 0.45)
    names = tuple(MARK_STYLES)
    return _practised(blank, boxes, names, shares, chance, ink, marks=True)


def zones_sheet(chance: Chance, ink: Ink, shares: Mapping[str, float] = ZONE_SHARES) -> Practice:
    """A page of signature zones."""
    blank = Sheet()
    boxes: list[Box] = []
    width, height = ZONES[int(chance.random() < 0.25)]
    y = 12.0
    while y < LETTER_MM[1] - height - 8:
        x = 12.2
        while x + width < LETTER_MM[0] - 8:
            boxes.append((x, y, x + width, y + height))
            blank.write("Prescriber signature", (x, y - 1.3), "liberation-sans", 2.0)
            x += width + 14
        y += float(chance.uniform(21.5, 24))
    for box in boxes:
        _rule(blank, box, float(chance.choice((0.3, 0.45))))
    return _practised(blank, boxes, tuple(ZONE_STYLES), shares, chance, ink, marks=False)


def _rule(sheet: Sheet, box: Box, width: float) -> None:
    x0, y0, x1, y1 = box
    inside = width / 2
    path = [
        (x0 + inside, y0 + inside),
        (x1 - inside, y0 + inside),
        (x1 - inside, y1 - inside),
        (x0 + inside, y1 - inside),
        (x0 + inside, y0 + inside),
    ]
    sheet.stroke(path, width)


def _practised(
    blank: Sheet, boxes: Sequence[Box], names: Sequence[str], shares: Mapping[str, float], chance: Chance, ink: Ink, marks: bool
) -> Practice:
    sheet = Sheet(blank.image)
    weights = np.array([shares.get(name, 1.0) for name in names])
    picked = chance.choice(len(names), size=len(boxes), p=weights / weights.sum())
    styles = tuple((names[int(one)], box) for one, box in zip(picked, boxes, strict=True))
    for name, box in styles:
        if marks:
            MARK_STYLES[name].draw(sheet, box, chance, ink)
        else:
            ZONE_STYLES[name].draw(sheet, box, chance, ink)
    if marks:
        styles = tuple((_reached(name, box, sheet, blank), box) for name, box in styles)
    if marks and chance.random() < 0.35:  # dirt on the glass passes through whatever stands there
        for _ in range(int(chance.integers(1, 5))):
            x = float(chance.uniform(8, LETTER_MM[0] - 8))
            sheet.stroke([(x, 0.0), (x, LETTER_MM[1])], float(chance.choice((0.13, 0.25, 0.4))))
    worn = wear(chance)
    frame = in_blank_frame(sheet, worn, chance)
    size = (round(LETTER_MM[0] * thresholds.DPI / 25.4), round(LETTER_MM[1] * thresholds.DPI / 25.4))
    small = np.asarray(cv2.resize(blank.image, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Practice(fill_of(frame, small, thresholds.DPI), styles, worn.machine.lines_per_inch)


def _reached(name: str, box: Box, sheet: Sheet, blank: Sheet) -> str:
    """A box left alone into which a neighbour's ink has come is told as such."""
    if name != "blank":
        return name
    x0, y0, x1, y1 = (round(edge * PIXELS_PER_MM) for edge in box)
    inked = (sheet.image[y0:y1, x0:x1] < 128) & (blank.image[y0:y1, x0:x1] > 200)
    return "neighbour's stroke across" if int(inked.sum()) > 20 else name


def in_blank_frame(sheet: Sheet, worn: Wear, chance: Chance) -> GrayImage:
    """The sheet as scanned and worn, back in its own frame at 200 dpi."""
    machine = worn.machine
    gray = projected(sheet.image, machine).astype(np.float32)
    if machine.grain:
        gray += grain(gray.shape, machine.grain, chance)
    black: Bilevel = np.asarray(gray < machine.threshold)
    if machine.specks:
        sprinkle(black, machine.specks, chance)
    black, row_of = torn(black, worn.lost, chance)
    image = square(np.where(black, 0, 255).astype(np.uint8), (204.0, float(machine.lines_per_inch)))
    height, width = round(LETTER_MM[1] * thresholds.DPI / 25.4), round(LETTER_MM[0] * thresholds.DPI / 25.4)
    to_fax = sheet_to_page(machine)
    columns, rows = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    mm = 25.4 / thresholds.DPI
    at_x = to_fax[0, 0] * mm * columns + to_fax[0, 1] * mm * rows + to_fax[0, 2]
    at_y = to_fax[1, 0] * mm * columns + to_fax[1, 1] * mm * rows + to_fax[1, 2]
    at_y = np.interp(at_y, np.arange(len(row_of)), row_of).astype(np.float32)
    map_x = (at_x * thresholds.DPI / 204 + worn.jitter_px[0]).astype(np.float32)
    map_y = (at_y * thresholds.DPI / machine.lines_per_inch + worn.jitter_px[1]).astype(np.float32)
    return np.asarray(
        cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,)), np.uint8
    )


def grain(shape: tuple[int, ...], deviation: float, chance: Chance) -> np.ndarray:
    """Paper's grain: one strip of it again and again at another place, as drawing millions of numbers takes longest of all."""
    strip = chance.normal(0, deviation, (240, shape[1])).astype(np.float32)
    rows = np.concatenate([np.roll(strip, int(chance.integers(shape[1])), axis=1) for _ in range(shape[0] // 240 + 1)])
    return rows[: shape[0]]


def torn(black: Bilevel, lost: Sequence[tuple[str, int, int]], chance: Chance) -> tuple[Bilevel, np.ndarray]:
    """Rows lost, doubled or blackened; and where each sent row is then, as registration would follow it: smoothly."""
    counts = np.ones(len(black), int)
    for what, first, rows in lost:
        if what == "delete":
            counts[first : first + rows] = 0
        elif what == "double":
            counts[first : first + rows] = 2
        else:
            left = int(chance.integers(black.shape[1]))
            black[first : first + 1, left : left + int(chance.integers(20, 900))] = True
    place = np.cumsum(counts).astype(np.float64) - counts
    kept = np.repeat(np.arange(len(black)), counts)
    arrived = black[kept]
    away = place - np.arange(len(place))
    smooth = cv2.blur(away.reshape(-1, 1), (1, 61), borderType=cv2.BORDER_REPLICATE).ravel()
    return arrived, np.arange(len(place)) + smooth


def practice(
    seed: int, pages: int, ink: Ink, marks: bool, second: bool = False, zone_shares: Mapping[str, float] = ZONE_SHARES
) -> Iterator[Practice]:
    """Pages by seed; of the second course's marks if `second`."""
    for page in range(pages):
        chance = np.random.default_rng([6007, seed, page, int(marks)])
        yield (
            marks_sheet(chance, ink, SECOND_SHARES if second else MARK_SHARES) if marks else zones_sheet(chance, ink, zone_shares)
        )
