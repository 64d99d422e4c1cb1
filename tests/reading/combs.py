"""A small comb on paper for tests of cells and single characters: a blank, things drawn in it, and the page laid over it."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from intake.fax import GrayImage
from intake.ocr.ink import FilledPage, fill_of
from tests.reading.paper import FONT, PIXELS_PER_MM

CELLS = [(5.0 + 5.5 * i, 5.0, 10.5 + 5.5 * i, 12.5) for i in range(10)]
"""Ten cells as the forms have them, in millimetres."""


def blank_comb() -> GrayImage:
    """The empty comb, 200 dpi, rules as thick as the forms'."""
    page = np.full((round(18 * PIXELS_PER_MM), round(65 * PIXELS_PER_MM)), 255, np.uint8)
    for x0, y0, x1, y1 in CELLS:
        corners = [round(edge * PIXELS_PER_MM) for edge in (x0, y0, x1, y1)]
        cv2.rectangle(page, (corners[0], corners[1]), (corners[2], corners[3]), (0,), 3)
    return page


def typed(page: GrayImage, text: str, first: int = 0) -> GrayImage:
    """The page with characters typed into its cells."""
    image = Image.fromarray(page)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, 34)
    for place, character in enumerate(text, first):
        x0, y0, x1, y1 = CELLS[place]
        if character != " ":
            draw.text(((x0 + x1) / 2 * PIXELS_PER_MM, (y0 + y1) / 2 * PIXELS_PER_MM), character, font=font, fill=0, anchor="mm")
    return np.asarray(image, np.uint8).copy()


def stroke(page: GrayImage, *points: tuple[float, float], pen: int = 4) -> None:
    """A pen line through points in millimetres, in place."""
    path = np.round(np.array(points) * PIXELS_PER_MM).astype(np.int32)
    cv2.polylines(page, [path], False, (0,), pen, cv2.LINE_AA)


def laid(page: GrayImage) -> FilledPage:
    """The page over its blank."""
    return fill_of(page, blank_comb(), 200.0)
