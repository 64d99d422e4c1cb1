"""The strip of a field, cut out of the page, and where its zone lies on the page.

What: zones as polygons in page pixels, and a field's surroundings as a small upright image.
Why: the page's homography maps form millimetres to pixels, so a strip is cut straight even from a page that lies askew; the
printed label above the box is in it, so that the reviewer sees which field it is.
Refuses: a page that was not registered (`NoPlace`): then only the whole page can be shown.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from intake.fax import GrayImage
from intake.forms.definition import Box, FormDefinition

STRIP_PIXELS_PER_MM = 10.0  # a little finer than 204 dots per inch (8.03 per mm): nothing is lost
PADDING_MM = (4.0, 5.0, 4.0, 2.5)  # left, above (the printed label), right, below
AROUND_MM = (14.0, 16.0, 14.0, 12.0)  # the same where the strip stands alone: the fields above and below tell where one is
LETTER_PADDING_MM = (1.0, 5.0, 1.0, 1.0)  # a letter shows the asked field and its label, as little as can be of its neighbours
LETTER_INK_BELOW = 150  # gray 0–255, as letters are drawn: strokes keep their width
WIDEST_MM = 196.0  # nothing on a Letter page is wider between its margins


class NoPlace(Exception):
    """The page could not be laid over the blank: nobody knows where the field stands."""


def decode(png: bytes) -> GrayImage:
    """A stored page image as rows × columns of gray; ValueError if it is no image."""
    image = cv2.imdecode(np.frombuffer(png, dtype=np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise ValueError("the stored page image cannot be decoded")
    return np.asarray(image, dtype=np.uint8)


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height of a stored page image in pixels, from its head alone."""
    with Image.open(io.BytesIO(png)) as image:
        return image.size


def zone_on_page(box: Box, mm_to_pixels: Sequence[float] | None) -> list[tuple[float, float]]:
    """The four corners of a box in pixels of the page image, clockwise from the top left; `NoPlace`."""
    matrix = _matrix(mm_to_pixels)
    corners = np.array([[box.x0, box.y0], [box.x1, box.y0], [box.x1, box.y1], [box.x0, box.y1]], dtype=np.float64)
    mapped = cv2.perspectiveTransform(corners.reshape(1, 4, 2), matrix).reshape(4, 2)
    return [(float(x), float(y)) for x, y in mapped]


def cut_strip(
    page: GrayImage, box: Box, form: FormDefinition, mm_to_pixels: Sequence[float] | None, *, around: bool = False
) -> GrayImage:
    """The box with its surroundings (`around`: wide ones), upright at `STRIP_PIXELS_PER_MM`, white beyond the page. `NoPlace`."""
    area = with_padding(box, form, AROUND_MM if around else PADDING_MM)
    return cut(page, area, mm_to_pixels, STRIP_PIXELS_PER_MM)


def cut(page: GrayImage, area: Box, mm_to_pixels: Sequence[float] | None, pixels_per_mm: float) -> GrayImage:
    """A part of the form, upright, at that resolution; white where the page ends. `NoPlace`."""
    matrix = _matrix(mm_to_pixels)
    width = max(1, round((area.x1 - area.x0) * pixels_per_mm))
    height = max(1, round((area.y1 - area.y0) * pixels_per_mm))
    to_mm = np.array([[1 / pixels_per_mm, 0, area.x0], [0, 1 / pixels_per_mm, area.y0], [0, 0, 1]], dtype=np.float64)
    found = cv2.warpPerspective(
        page,
        matrix @ to_mm,
        (width, height),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255.0,),
    )
    return np.asarray(found, dtype=np.uint8)


def with_padding(box: Box, form: FormDefinition, padding: tuple[float, float, float, float] = PADDING_MM) -> Box:
    """The box and its surroundings in millimetres, within the page and never wider than `WIDEST_MM`."""
    left, above, right, below = padding
    x0, x1 = max(0.0, box.x0 - left), min(form.width_mm, box.x1 + right)
    return Box(x0, max(0.0, box.y0 - above), min(x1, x0 + WIDEST_MM), min(form.height_mm, box.y1 + below))


@dataclass(frozen=True)
class Around:
    """A field within its surroundings, in millimetres from their top left corner."""

    width: float  # of the surroundings
    height: float
    x: float  # of the field's box
    y: float
    wide: float
    high: float


def surroundings(box: Box, form: FormDefinition) -> Around:
    """Where the box lies within what is shown around it where the strip stands alone."""
    area = with_padding(box, form, AROUND_MM)
    return Around(
        round(area.x1 - area.x0, 2),
        round(area.y1 - area.y0, 2),
        round(box.x0 - area.x0, 2),
        round(box.y0 - area.y0, 2),
        round(min(box.x1, area.x1) - box.x0, 2),
        round(box.y1 - box.y0, 2),
    )


def letter_strip(page: GrayImage, box: Box, form: FormDefinition, mm_to_pixels: Sequence[float] | None) -> bytes:
    """The box with the label above it and hardly anything beside it, black or white, as PNG for a letter. `NoPlace`."""
    left, above, right, below = LETTER_PADDING_MM
    area = Box(
        max(0.0, box.x0 - left),
        max(0.0, box.y0 - above),
        min(form.width_mm, box.x1 + right, box.x0 - left + WIDEST_MM),
        min(form.height_mm, box.y1 + below),
    )
    inked = np.where(cut(page, area, mm_to_pixels, STRIP_PIXELS_PER_MM) < LETTER_INK_BELOW, 0, 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(inked).convert("1").save(buffer, "PNG", optimize=True)
    return buffer.getvalue()


def encode(image: GrayImage) -> bytes:
    """PNG bytes."""
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def thumbnail(page: GrayImage, width: int = 96) -> GrayImage:
    """The page at that width in pixels, for the rail of pages."""
    height = max(1, round(page.shape[0] * width / page.shape[1]))
    return np.asarray(cv2.resize(page, (width, height), interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _matrix(mm_to_pixels: Sequence[float] | None) -> npt.NDArray[np.float64]:
    if mm_to_pixels is None:
        raise NoPlace("the page could not be laid over the blank form")
    return np.array(mm_to_pixels, dtype=np.float64).reshape(3, 3)
