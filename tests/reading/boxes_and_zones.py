"""A blank with one tick box, one signature zone and a comb, and strokes to put on it."""

from __future__ import annotations

import cv2
import numpy as np

from intake.fax import GrayImage
from intake.ocr.ink import FilledPage, fill_of

MM = 200 / 25.4
BOX = (40.0, 40.0, 44.7, 44.7)
ZONE = (20.0, 60.0, 110.0, 78.0)
CELLS = [(20.0 + 5.5 * i, 100.0, 25.5 + 5.5 * i, 107.5) for i in range(6)]


def blank() -> GrayImage:
    page = np.full((1200, 1200), 255, np.uint8)
    for x0, y0, x1, y1 in (BOX, ZONE, *CELLS):
        cv2.rectangle(page, (round(x0 * MM), round(y0 * MM)), (round(x1 * MM), round(y1 * MM)), 0, 3)
    return page


def line(page: GrayImage, *points_mm: tuple[float, float], width: int = 4) -> None:
    path = np.array([[round(x * MM), round(y * MM)] for x, y in points_mm], np.int32)
    cv2.polylines(page, [path], False, (0,), width)


def laid(page: GrayImage) -> FilledPage:
    return fill_of(page, blank(), 200.0)
