"""Small real paper for the reading tests: blanks filled in print, sent through a machine that turns, stretches and thins them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from intake.fax import GrayImage, PageScan, PageSource
from intake.forms.catalogue import Catalogue
from intake.forms.definition import FormDefinition

DPI = 200.0
PIXELS_PER_MM = DPI / 25.4
FONT = "DejaVuSansMono.ttf"


def filled(catalogue: Catalogue, form: FormDefinition, page: int, values: Mapping[str, str]) -> GrayImage:
    """One page in print: text in its boxes, a cross on each ticked box ("x" for marks, the code for choices, "sign" to sign)."""
    image = Image.fromarray(catalogue.blank_pages(form.code, form.revision)[page - 1]).convert("L")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, 30)
    for field in form.on_page(page):
        value = values.get(field.name)
        if value is None:
            continue
        if value == "sign":
            draw.line(scribble(field.box), fill=0, width=4)
        elif field.options:
            cross(draw, field.options[value])
        elif field.kind.value == "mark":
            cross(draw, field.box)
        elif field.cells:
            for character, cell in zip(value, field.cells, strict=False):
                middle = ((cell.x0 + cell.x1) / 2 * PIXELS_PER_MM, (cell.y0 + cell.y1) / 2 * PIXELS_PER_MM)
                draw.text(middle, character, font=font, fill=0, anchor="mm")
        else:
            at = ((field.box.x0 + 2) * PIXELS_PER_MM, (field.box.y0 + field.box.y1) / 2 * PIXELS_PER_MM)
            draw.text(at, value, font=font, fill=0, anchor="lm")
    return np.asarray(image, dtype=np.uint8)


def cross(draw: ImageDraw.ImageDraw, box: tuple[float, float, float, float]) -> None:
    """A typed X over a tick box."""
    x0, y0, x1, y1 = (edge * PIXELS_PER_MM for edge in box)
    draw.line((x0 + 4, y0 + 4, x1 - 4, y1 - 4), fill=0, width=4)
    draw.line((x0 + 4, y1 - 4, x1 - 4, y0 + 4), fill=0, width=4)


def scribble(box: tuple[float, float, float, float]) -> list[tuple[float, float]]:
    """Loops like a signature's, over most of a zone."""
    x0, y0, x1, y1 = (edge * PIXELS_PER_MM for edge in box)
    t = np.linspace(0, 1, 160)
    x = x0 + (x1 - x0) * (0.1 + 0.7 * t + 0.03 * np.sin(40 * t))
    y = (y0 + y1) / 2 + (y1 - y0) * 0.28 * np.sin(31 * t) * (0.5 + 0.5 * np.cos(5 * t))
    return list(zip(x.tolist(), y.tolist(), strict=True))


@dataclass(frozen=True)
class Machine:
    """A fax machine: what it does to a sheet. Lengths in 200-dpi pixels, angles clockwise in degrees."""

    skew: float = 0.0
    stretch_x: float = 1.0
    stretch_y: float = 1.0
    shift_x: float = 0.0
    shift_y: float = 0.0
    upside_down: bool = False
    standard: bool = False  # 204 × 98 instead of 204 × 196
    noise: float = 12.0  # gray levels, one standard deviation, before the threshold
    seed: int = 1

    def matrix(self, shape: tuple[int, ...]) -> npt.NDArray[np.float64]:
        """Blank pixels to pixels of the upright page, both at 200 dpi."""
        height, width = shape
        angle = np.deg2rad(self.skew)
        turn = np.array([[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]])
        stretch = np.diag([self.stretch_x, self.stretch_y, 1.0])
        away = np.array([[1, 0, width / 2 + self.shift_x], [0, 1, height / 2 + self.shift_y], [0, 0, 1]])
        middle = np.array([[1, 0, -width / 2], [0, 1, -height / 2], [0, 0, 1]])
        return np.asarray(away @ turn @ stretch @ middle, dtype=np.float64)

    def send(self, sheet: GrayImage, number: int = 1) -> PageScan:
        """The page as the receiver has it, square pixels at 200 dpi."""
        height = sheet.shape[0]
        rows = 98 if self.standard else 196
        # pixel middles: the fax's row r covers 200/rows rows of the sheet
        scale_x, scale_y = 204 / 200, rows / 200
        to_fax = np.array([[scale_x, 0, 0.5 * scale_x - 0.5], [0, scale_y, 0.5 * scale_y - 0.5], [0, 0, 1]])
        size = (1728, round(height * scale_y))
        fine = cv2.warpPerspective(
            cv2.blur(sheet, (1, 2 if self.standard else 1)), to_fax @ self.matrix(sheet.shape), size,
            flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(255,),
        )  # fmt: skip
        noisy = fine.astype(np.float64) + np.random.default_rng(self.seed).normal(0, self.noise, fine.shape)
        bilevel = np.where(noisy < 140, 0, 255).astype(np.uint8)
        if self.upside_down:
            bilevel = np.ascontiguousarray(bilevel[::-1, ::-1])
        square = cv2.resize(
            bilevel, (round(1728 * 200 / 204), round(bilevel.shape[0] * 200 / rows)), interpolation=cv2.INTER_LINEAR
        )
        return PageScan(number, np.asarray(square, np.uint8), DPI, (204.0, float(rows)), PageSource.TIFF)
