"""Two small nets that look at ink as a second, unlike opinion beside the rules: one at tick boxes, one at signature zones.

What: crops of a laid page as the nets want them, and the share of belief in each class, all boxes of a call in one run.
Why: rules count ink and know nothing of shape; a net knows shape and may be sure of nonsense. Where both agree, errors are rare.
Refuses: to give a verdict; `marks` and `signatures` weigh both. Raises EngineFailed where a model file is missing.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from intake.ocr.ink import FilledPage
from intake.ocr.onnx_session import OnnxModel

Floats = npt.NDArray[np.float32]
BoxMm = tuple[float, float, float, float]

MODELS = Path(__file__).parent / "models"
MARK_SIDE = 80  # pixels at 200 dpi: a box of 4.7 mm and 2.7 mm around it
ZONE_HEIGHT, ZONE_WIDTHS = 80, (352, 512)  # pixels at 100 dpi: zones up to 83 and 124 mm wide and 3 mm around them
ZONE_AROUND_MM = 3.0


class MarkClass(IntEnum):
    """What the mark net tells apart, in the order of its outputs."""

    EMPTY = 0
    MARKED = 1
    FILLED = 2
    DOT = 3
    BESIDE = 4  # ink around the box, none meant in it
    STRUCK = 5  # a mark that was struck out or scribbled over
    COVERED = 6  # correction fluid over a mark


class ZoneClass(IntEnum):
    """What the signature net tells apart, in the order of its outputs."""

    NOTHING = 0
    SIGNED = 1
    TYPED = 2
    WRITTEN = 3  # words or a date by hand
    LINE = 4
    SMUDGE = 5
    CROSS = 6  # an X or a tick alone
    NAME = 7  # a name printed by hand: some sign like that


def mark_crop(page: FilledPage, box_mm: BoxMm) -> Floats:
    """A tick box and what is around it: 2 × MARK_SIDE × MARK_SIDE, the page's ink and the blank's print, 0–1."""
    scale = page.dpi / 25.4
    left = round((box_mm[0] + box_mm[2]) / 2 * scale - MARK_SIDE / 2)
    top = round((box_mm[1] + box_mm[3]) / 2 * scale - MARK_SIDE / 2)
    return np.stack([_cut(image, left, top, MARK_SIDE, MARK_SIDE) for image in (page.page, page.blank)])


def zone_crop(page: FilledPage, box_mm: BoxMm) -> Floats:
    """A signature zone and 3 mm around it: 2 × ZONE_HEIGHT × one of ZONE_WIDTHS at half the page's resolution, as `mark_crop`;
    the zone stands at the left, white beyond it, and what is wider than the widest is cut off."""
    scale = page.dpi / 25.4
    left = round((box_mm[0] - ZONE_AROUND_MM) * scale)
    top = round((box_mm[1] + box_mm[3]) / 2 * scale - ZONE_HEIGHT)
    width = min(2 * ZONE_WIDTHS[-1], round((box_mm[2] - box_mm[0] + 2 * ZONE_AROUND_MM) * scale) // 2 * 2)
    room = next(one for one in ZONE_WIDTHS if width // 2 <= one)
    crop = np.zeros((2, ZONE_HEIGHT, room), np.float32)
    for channel, image in enumerate((page.page, page.blank)):
        half = cv2.resize(_cut(image, left, top, width, 2 * ZONE_HEIGHT), (width // 2, ZONE_HEIGHT), interpolation=cv2.INTER_AREA)
        crop[channel, :, : width // 2] = half
    return crop


def _cut(image: npt.NDArray[np.uint8], left: int, top: int, width: int, height: int) -> Floats:
    """A part of a page as ink, 0 white to 1 black; white where the page has ended."""
    out = np.zeros((height, width), np.float32)
    x0, y0, x1, y1 = max(0, left), max(0, top), min(image.shape[1], left + width), min(image.shape[0], top + height)
    if x0 < x1 and y0 < y1:
        out[y0 - top : y1 - top, x0 - left : x1 - left] = (255 - image[y0:y1, x0:x1]) / np.float32(255)
    return out


def mark_beliefs(page: FilledPage, boxes_mm: Sequence[BoxMm]) -> Floats:
    """The net's belief in each `MarkClass`: n × 7, rows sum to 1."""
    return _beliefs("marks", np.stack([mark_crop(page, box) for box in boxes_mm]))


def zone_beliefs(page: FilledPage, box_mm: BoxMm) -> Floats:
    """The net's belief in each `ZoneClass`: 8 numbers that sum to 1."""
    return np.asarray(_beliefs("signatures", zone_crop(page, box_mm)[None])[0], np.float32)


def _beliefs(name: str, crops: Floats) -> Floats:
    logits = _model(name).run(crops).astype(np.float64)
    raised = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


@cache
def _model(name: str) -> OnnxModel:
    """One session per net and process."""
    return OnnxModel(MODELS / f"{name}.onnx")
