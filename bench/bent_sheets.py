"""Filled form pages sent through hard machines and lines, with the true place of every point of the form.

What: every page of every form filled in print; turned, stretched (x and y apart), shifted, cropped by the glass, with a header
line, a stripe, a corner missing, upside down; rows lost, doubled or replaced, by a seed or by a genuine call.
Why: a page's place can be judged to a tenth of a pixel only where the true place of every point is known, also behind lost rows.
Refuses: nothing. The same seed bends the same way.
"""

from __future__ import annotations

import functools
import io
import random
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from intake.fax import PageScan, PageSource
from intake.forms.catalogue import Catalogue
from intake.forms.definition import FieldDefinition, FieldKind, FormDefinition
from intake.resolution import DPI, square
from tools.make_samples import phone_line
from tools.make_samples.fax_files import tiff
from tools.make_samples.filling import Value, fill
from tools.make_samples.machine import COLUMNS_PER_MM, WIDTH, Bilevel, Machine, print_header
from tools.make_samples.random_faxes import TYPED
from tools.make_samples.sheet import LETTER_MM, PIXELS_PER_MM, SHEET_DPI, Gray

Points = npt.NDArray[np.float64]

WORDS = ("Abernathy", "River Rd", "Fever", "of two days", "Dover", "lithium", "O'Donnell", "Suite 210", "moved to the evening")
HEADER = "11/18/2026 09:07  FROM CLINIC 2025550100  P.{page}/{pages}"
COUNTER_BITS = 12  # columns that carry a row's number over the line, twice, each bit two pixels wide
PAPER_GRAIN = 10.0  # standard deviation of the gray before the threshold


@dataclass(frozen=True)
class Bend:
    """What happens to one page between the sender's glass and the receiver's file."""

    lines_per_inch: int
    skew: float = 0.0  # degrees, clockwise
    scale_x: float = 1.0
    scale_y: float = 1.0
    shift_mm: tuple[float, float] = (0.0, 0.0)
    upside_down: bool = False
    header: bool = False
    stripe_mm: float | None = None  # from the left edge of the page
    stripe_px: int = 2
    corner: int | None = None  # 0 top left, clockwise
    corner_mm: tuple[float, float] = (0.0, 0.0)  # legs of the triangle that is missing
    corner_shade: int = 255  # 255 white, 0 black
    specks: float = 0.0
    rows: tuple[tuple[str, int, int], ...] = ()  # "delete", "double", "replace"; first row in 1/10,000 of the page; count
    noise: str | None = None  # faxline's -n, where the page goes through a genuine call
    coding: str = "1d"


@dataclass(frozen=True)
class BentPage:
    """A page as it arrived and where everything on it truly is."""

    scan: PageScan
    form: FormDefinition
    page: int
    bend: Bend
    to_fax: Points  # 3 × 3: form millimetres to fax columns and rows as sent, pixel middles at whole numbers
    row_of: Points  # where each sent row is among the arrived ones
    arrived: int  # rows

    def true_px(self, mm: Points) -> Points:
        """Where points of the form (n × 2, millimetres) are on the page as it arrived and turned upright, 200-dpi pixels."""
        spots = np.column_stack((mm, np.ones(len(mm)))) @ self.to_fax.T
        rows = np.interp(spots[:, 1], np.arange(len(self.row_of)), self.row_of)
        rows += np.minimum(spots[:, 1], 0) + np.maximum(spots[:, 1] - (len(self.row_of) - 1), 0)
        across, down = self.scan.image.shape[1] / WIDTH, self.scan.image.shape[0] / self.arrived  # as whole pixels made it
        found = np.column_stack(((spots[:, 0] + 0.5) * across - 0.5, (rows + 0.5) * down - 0.5))
        if self.bend.upside_down:  # the reader turns the page first
            height, width = self.scan.image.shape
            found = np.array([width - 1.0, height - 1.0]) - found
        return np.asarray(found)

    def is_gone(self, mm: Points) -> npt.NDArray[np.bool_]:
        """Which points of the form were on the torn corner, or ran over the edge of the page."""
        height, width = self.scan.image.shape
        spots = self.true_px(mm)
        gone = (spots < 0).any(axis=1) | (spots[:, 0] > width - 1) | (spots[:, 1] > height - 1)
        if self.bend.corner is not None:
            right, low = self.bend.corner in (1, 2), self.bend.corner in (2, 3)
            x = LETTER_MM[0] - mm[:, 0] if right else mm[:, 0]
            y = LETTER_MM[1] - mm[:, 1] if low else mm[:, 1]
            gone |= x / self.bend.corner_mm[0] + y / self.bend.corner_mm[1] < 1
        return np.asarray(gone)


@functools.lru_cache(maxsize=256)
def sheet_of(catalogue: Catalogue, code: str, revision: str, page: int, seed: int) -> Gray:
    """One filled page on paper."""
    form = catalogue.form(code, revision)
    chance = random.Random(f"{code}/{revision}/{page}/{seed}")
    values = {one.name: value_for(one, chance) for one in form.on_page(page)}
    hand = chance.choice(TYPED)
    sheets = fill(form, catalogue.blank_pages(code, revision, SHEET_DPI), values, hand, seed)
    return sheets[page - 1].image


def value_for(one: FieldDefinition, chance: random.Random) -> Value:
    """Something that could stand in a field; one in eight stays blank."""
    length = len(one.cells) or one.max_length or 20
    if chance.random() < 0.125:
        return None
    match one.kind:
        case FieldKind.SIGNATURE:
            return "present"
        case FieldKind.MARK:
            return chance.random() < 0.6
        case FieldKind.CHOICE:
            return chance.choice(sorted(one.options))
        case FieldKind.DATE:
            return f"{chance.randint(1940, 2026)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}"
        case FieldKind.NUMBER:
            return str(chance.randint(100, 9999))[:length]
        case FieldKind.DIGITS:
            return "".join(chance.choice("0123456789") for _ in range(length))
        case FieldKind.LETTERS:
            return "".join(chance.choice("ABCDEFGHJKLMNP0123456789") for _ in range(length))
        case FieldKind.TEXT:
            room = max(2, min(length, int((one.box.x1 - one.box.x0) / 3)))
            return " ".join(chance.sample(WORDS, 3))[:room].strip()


def bent(catalogue: Catalogue, form: FormDefinition, page: int, bend: Bend, seed: int, faxline: Path | None = None) -> BentPage:
    """One page of a form, bent. Raises CallFailed where its genuine call fails."""
    sheet = sheet_of(catalogue, form.code, form.revision, page, seed % 3)
    rng = np.random.default_rng([7001, seed, page])
    if bend.corner is not None:
        sheet = without_corner(sheet, bend)
    height = round(LETTER_MM[1] * bend.lines_per_inch / 25.4)
    shown = matrix(bend)
    if bend.upside_down:
        shown = np.array([[-1, 0, WIDTH - 1.0], [0, -1, height - 1.0], [0, 0, 1]]) @ shown
    from_sheet = np.diag([1 / PIXELS_PER_MM, 1 / PIXELS_PER_MM, 1.0]) @ np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    aperture = (0.36 * PIXELS_PER_MM / COLUMNS_PER_MM, 0.36 * PIXELS_PER_MM / bend.lines_per_inch * 25.4)
    seen = cv2.GaussianBlur(sheet, (0, 0), sigmaX=aperture[0], sigmaY=aperture[1])
    gray = cv2.warpAffine(
        seen,
        (shown @ from_sheet)[:2],
        (WIDTH, height),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255,),
    )
    black = np.asarray(gray + rng.normal(0, PAPER_GRAIN, gray.shape) < 150)
    soil(black, bend, rng)
    arrived, came = called(black, bend, faxline, seed) if bend.noise and faxline else edited(black, bend)
    row_of = places(came, height)
    image = square(np.where(arrived, 0, 255).astype(np.uint8), (204.0, float(bend.lines_per_inch)))
    scan = PageScan(1, image, DPI, (204.0, float(bend.lines_per_inch)), PageSource.TIFF)
    return BentPage(scan, form, page, bend, np.asarray(shown), row_of, len(arrived))


def matrix(bend: Bend) -> Points:
    """Form millimetres to columns and rows of the upright fax: stretched, turned about the middle, shifted."""
    rows_per_mm = bend.lines_per_inch / 25.4
    angle = np.deg2rad(bend.skew)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
    middle = np.array([[1, 0, -LETTER_MM[0] / 2], [0, 1, -LETTER_MM[1] / 2], [0, 0, 1]])
    back = np.array([[1, 0, LETTER_MM[0] / 2 + bend.shift_mm[0]], [0, 1, LETTER_MM[1] / 2 + bend.shift_mm[1]], [0, 0, 1]])
    # the glass turns, the feed and the lens stretch what was turned: x and y apart, as machines do
    to_page = back @ np.diag([bend.scale_x, bend.scale_y, 1.0]) @ turn @ middle
    crop = (WIDTH - LETTER_MM[0] * COLUMNS_PER_MM) / 2
    return np.asarray(np.array([[COLUMNS_PER_MM, 0, crop - 0.5], [0, rows_per_mm, -0.5], [0, 0, 1]]) @ to_page)


def without_corner(sheet: Gray, bend: Bend) -> Gray:
    """The sheet with a triangle gone at one corner."""
    height, width = sheet.shape
    x, y = ((0, 0), (width, 0), (width, height), (0, height))[bend.corner or 0]
    along = round(bend.corner_mm[0] * PIXELS_PER_MM) * (1 if x == 0 else -1)
    down = round(bend.corner_mm[1] * PIXELS_PER_MM) * (1 if y == 0 else -1)
    torn = sheet.copy()
    cv2.fillPoly(torn, [np.array([[x, y], [x + along, y], [x, y + down]], np.int32)], bend.corner_shade)
    return np.asarray(torn, np.uint8)


def soil(black: Bilevel, bend: Bend, rng: np.random.Generator) -> None:
    """What the machine adds: the stripe, specks, its header line."""
    if bend.stripe_mm is not None:
        at = round(bend.stripe_mm * COLUMNS_PER_MM)
        black[:, at : at + bend.stripe_px] |= rng.random(black[:, at : at + bend.stripe_px].shape) < 0.85
    if bend.specks:
        count = int(black.size * bend.specks / 1000)
        black[rng.integers(0, black.shape[0], count), rng.integers(0, WIDTH, count)] = True
    if bend.header:
        print_header(black, HEADER.format(page=1, pages=2), Machine(bend.lines_per_inch))


def edited(black: Bilevel, bend: Bend) -> tuple[Bilevel, npt.NDArray[np.int64]]:
    """The page with rows lost, doubled or replaced; and which sent row each arrived row is."""
    came = np.arange(len(black))
    counts = np.ones(len(black), int)
    for what, start, count in bend.rows:
        first = round(start * len(black) / 10_000)
        if what == "delete":
            counts[first : first + count] = 0
        elif what == "double":
            counts[first : first + count] = 2
        else:
            came[first : first + count] = max(0, first - 1)
    kept = np.repeat(came, counts)
    return black[kept], kept


def called(black: Bilevel, bend: Bend, faxline: Path, seed: int) -> tuple[Bilevel, npt.NDArray[np.int64]]:
    """The page after a genuine call. Each row carries its number in its first columns, twice, taken off on arrival."""
    bits = (np.arange(len(black))[:, None] >> np.arange(COUNTER_BITS)) & 1
    coded = np.repeat(np.hstack((bits, 1 - bits)), 2, axis=1).astype(bool)
    sent = black.copy()
    sent[:, : coded.shape[1]] = coded
    line = phone_line.Line(bend.noise, coding=bend.coding, seed=seed)
    arrived, _ = phone_line.call(faxline, tiff([sent], bend.lines_per_inch), line)
    with Image.open(io.BytesIO(arrived)) as opened:
        page = ~np.asarray(opened.convert("1"), dtype=bool)
    told = page[:, : coded.shape[1] : 2]
    numbers = (told[:, :COUNTER_BITS] * (1 << np.arange(COUNTER_BITS))).sum(axis=1)
    whole = (told[:, :COUNTER_BITS] != told[:, COUNTER_BITS:]).all(axis=1)
    page[:, : coded.shape[1]] = False
    return page, np.where(whole, numbers, -1)


def places(came: npt.NDArray[np.int64], height: int) -> Points:
    """Where each sent row is among the arrived rows: the middle of its copies, unless the copies stand in for rows that were lost
    after it; a lost row between its neighbours."""
    number, place, copies = [], [], []
    last = -1
    for row in np.unique(came[came >= 0]):
        found = np.flatnonzero(came == row)
        if found[0] > last:  # a number that a damaged line made up stands out of order
            number.append(int(row))
            place.append(float(found[0]))
            copies.append(len(found))
            last = int(found[0])
    for index, count in enumerate(copies[:-1]):
        if count > 1 and number[index + 1] - number[index] < count:
            place[index] += (count - 1) / 2
    rows = np.interp(np.arange(height), number, place)
    rows[: number[0]] = place[0] - np.arange(number[0], 0, -1)
    rows[number[-1] + 1 :] = place[-1] + np.arange(1, height - number[-1])
    return np.asarray(rows)
