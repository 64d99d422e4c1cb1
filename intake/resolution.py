"""How large a page of pixels is on paper, and the page with square pixels.

What: the true dots per inch of a page from its tags or, where they are missing or absurd, from its width; and its resampling to
200 dots per inch on both axes, the one resolution everything behind this file works in.
Why: fax pixels are not square (204 × 98, 204 × 196), fax servers leave the tags out or write centimetres, and photographs in a
PDF claim to be a metre wide; whoever reads zones in millimetres must not meet any of that.
Refuses: nothing; a page of unknown size is taken for a US Letter page.
"""

from __future__ import annotations

import cv2

from intake.fax import GrayImage

DPI = 200.0  # of every page behind this file, both axes
FAX_DPI = 204.0  # across, of any fax with 1728, 2048 or 2432 pixels a line (ITU-T T.4)
FAX_WIDTHS = frozenset({1728, 2048, 2432})
LETTER_WIDTH_INCHES = 8.5
LETTER_LENGTH_INCHES = 11.0
SHORTEST_SIDE_INCHES = (3.5, 14.5)  # a page whose shorter side is outside this was not measured, or measured in other units
STANDARD_ROWS_BELOW = (
    1450  # an untagged fax page with fewer rows is 204 × 98 (A4 has 1,142 rows there); 204 × 196 has 2,156 and more
)
INCHES, CENTIMETRES = 2, 3  # TIFF's ResolutionUnit


def tagged_dpi(
    width: int, height: int, x_resolution: float | None, y_resolution: float | None, unit: int | None
) -> tuple[float, float]:
    """Dots per inch across and down of a TIFF page, from its tags where they are believable, else from its pixels.

    `unit` is TIFF's ResolutionUnit: 1 none, 2 inch, 3 centimetre, None missing. Where it is not said and the page would be no
    believable sheet, centimetres are tried before the tags are dropped: fax servers that mean them and leave the unit out exist.
    """
    if x_resolution and y_resolution and x_resolution > 0 and y_resolution > 0:
        for factor in {INCHES: (1.0,), CENTIMETRES: (2.54, 1.0)}.get(unit or 0, (1.0, 2.54)):
            x_dpi, y_dpi = x_resolution * factor, y_resolution * factor
            if believable(width / x_dpi, height / y_dpi):
                return x_dpi, y_dpi
    return guessed_dpi(width, height)


def guessed_dpi(width: int, height: int) -> tuple[float, float]:
    """Dots per inch of a page nothing is known of but its pixels: a fax line by its width, anything else as wide as US Letter."""
    if width in FAX_WIDTHS:
        return FAX_DPI, 98.0 if height < STANDARD_ROWS_BELOW else 196.0
    inches = LETTER_WIDTH_INCHES if width <= height else LETTER_LENGTH_INCHES
    return width / inches, width / inches


def believable(width_inches: float, height_inches: float) -> bool:
    """Whether a sheet of this size goes through a fax machine. A short page (a call cut off) is believable, a narrow one is not.

    Only the width is held against both bounds: rows may be missing, columns never are. The length may be anything up to a long
    roll; a landscape page counts by its shorter side.
    """
    low, high = SHORTEST_SIDE_INCHES
    return low <= width_inches <= 2 * high and min(width_inches, height_inches) <= high


def square(image: GrayImage, dpi: tuple[float, float]) -> GrayImage:
    """The page at 200 × 200 dots per inch: averaged where it shrinks, interpolated where it is stretched, each axis by itself."""
    height, width = image.shape
    target = pixels_at_200(width, height, dpi)
    if target == (width, height):
        return image
    shrink_x, shrink_y = width / target[0], height / target[1]
    # INTER_AREA averages only where it shrinks; each axis gets its own step when one shrinks much and the other grows
    if (shrink_x > 1.3) != (shrink_y > 1.3):
        image = _resampled(image, (target[0], height)) if shrink_x > 1.3 else _resampled(image, (width, target[1]))
    return _resampled(image, target)


def pixels_at_200(width: int, height: int, dpi: tuple[float, float]) -> tuple[int, int]:
    """Width and height in pixels once square; never less than one."""
    return max(1, round(width * DPI / dpi[0])), max(1, round(height * DPI / dpi[1]))


def _resampled(image: GrayImage, size: tuple[int, int]) -> GrayImage:
    height, width = image.shape
    shrinks = width > 1.3 * size[0] or height > 1.3 * size[1]
    resized: GrayImage = cv2.resize(image, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)  # type: ignore[assignment]
    return resized
