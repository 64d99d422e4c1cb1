"""Ink: what stands on a page that the blank does not print.

What: the fill of a registered page (dark where the blank is white), strips cut out of it, and how much of it there is.
Why: readers must see strokes, not boxes; a printed rule through a digit turns 1,850 into 1,350.
Refuses: to decide what ink means.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from intake.fax import GrayImage
from intake.ocr import thresholds

Mask = npt.NDArray[np.bool_]
PixelBox = tuple[int, int, int, int]
"""x0, y0, x1, y1 in pixels of the registered page, half open."""


@dataclass(frozen=True)
class FilledPage:
    """A page laid over its blank, pixel on pixel, at one resolution."""

    page: GrayImage  # the fax page in the blank's frame
    blank: GrayImage  # the blank form
    fill: Mask  # dark on the page, white on the blank and near it
    printed: Mask  # where the blank prints, grown by the registration's tolerance
    dpi: float

    def box(self, box_mm: tuple[float, float, float, float], grow_mm: float = 0.0) -> PixelBox:
        """A box in form millimetres as pixels, clipped to the page."""
        scale = self.dpi / 25.4
        height, width = self.page.shape
        x0, y0, x1, y1 = box_mm
        return (
            max(0, round((x0 - grow_mm) * scale)),
            max(0, round((y0 - grow_mm) * scale)),
            min(width, round((x1 + grow_mm) * scale)),
            min(height, round((y1 + grow_mm) * scale)),
        )


def fill_of(page: GrayImage, blank: GrayImage, dpi: float) -> FilledPage:
    """Separate what was filled in from what the form prints; both images in the same frame."""
    dark = page < thresholds.DARK
    reach = 2 * thresholds.PRINT_REACH_PX + 1
    printed = cv2.dilate((blank < thresholds.PRINTED).astype(np.uint8), np.ones((reach, reach), np.uint8)).astype(bool)
    return FilledPage(page=page, blank=blank, fill=dark & ~printed, printed=printed, dpi=dpi)


def despeckled(fill: Mask, smallest: int) -> Mask:
    """Without connected spots of fewer than `smallest` pixels: line noise, dust."""
    found = extent(fill)
    if found is None:
        return fill
    x0, y0, x1, y1 = found  # most zones hold ink in a part of them
    _, labels, stats, _ = cv2.connectedComponentsWithStats(fill[y0:y1, x0:x1].astype(np.uint8), connectivity=8)
    kept = stats[:, cv2.CC_STAT_AREA] >= smallest
    kept[0] = False
    out = np.zeros(fill.shape, bool)
    out[y0:y1, x0:x1] = kept[labels]
    return out


def without_dust(fill: Mask, around: Mask, dpi: float) -> Mask:
    """The fill without what little ink lies alone: specks that the glass and the line strew over every page.

    `around` is all that is dark there, of the same shape, the smallest spots too: what is left of a stroke too pale for the fax
    lies in a row of such spots, a dot of an i and a full stop lie beside their word.
    """
    spots = despeckled(around | fill, thresholds.DUST_COUNTS_PX)
    reach = round(thresholds.DUST_ALONE_MM * dpi / 25.4)
    joined = cv2.dilate(spots.astype(np.uint8), np.ones((reach + 1, reach + 1), np.uint8))
    count, labels = cv2.connectedComponents(joined)
    ink = np.bincount(labels[spots], minlength=count)
    kept = ink > thresholds.DUST_PX * (dpi / thresholds.DPI) ** 2
    return np.asarray(fill & kept[labels], dtype=bool)


def without_thick_rules(fill: Mask, printed: Mask) -> tuple[Mask, bool]:
    """The fill of a zone without bars along its edges, and whether there were any.

    A damaged line repeats rows: the rule of a box then grows inwards by several rows and would count as ink. A bar covers nearly
    all that is free of print in its row (or, from a scanner's stripe, its column) and hangs together with the edge.
    """
    cleaned = fill.copy()
    found = False
    for rows, free in ((cleaned, ~printed), (cleaned.T, ~printed.T)):  # views: clearing a column of the transpose clears it here
        length = rows.shape[0]
        reach = max(1, round(length * BAR_REACH))
        open_pixels, inked = free.sum(axis=1).tolist(), rows.sum(axis=1).tolist()
        for order in (range(reach), range(length - 1, length - 1 - reach, -1)):
            for index in order:
                if open_pixels[index] == 0 or inked[index] == 0:
                    continue
                if inked[index] < BAR_COVERS * open_pixels[index]:
                    break
                rows[index], inked[index] = False, 0
                found = True
    return cleaned, found


def ink_area_mm2(fill: Mask, dpi: float) -> float:
    """The inked area in square millimetres."""
    return float(fill.sum()) * (25.4 / dpi) ** 2


def stroke_width_px(image: GrayImage) -> float:
    """The mean width of the strokes of a strip, in its pixels: twice its ink over its outline. 0 without ink."""
    ink = (image < thresholds.DARK).astype(np.uint8)
    area = int(ink.sum())
    if area == 0:
        return 0.0
    outline = area - int(cv2.erode(ink, np.ones((3, 3), np.uint8)).sum())
    return 2.0 * area / max(1, outline)


def extent(mask: Mask) -> PixelBox | None:
    """The bounding box of the mask; None if nothing is set."""
    columns = np.flatnonzero(mask.any(axis=0))
    if columns.size == 0:
        return None
    rows = np.flatnonzero(mask.any(axis=1))
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


BAR_COVERS = 0.6  # share of the free pixels of a row that a thickened rule inks; a stroke along a whole edge is no writing
BAR_REACH = 0.25  # share of a zone's height or width in which bars are looked for
PACKED_GAP = 0.4  # of the characters' height left between packed comb characters; of 0.2–0.5 tried the best for tesseract


def tightened(image: GrayImage, packed: bool) -> GrayImage:
    """The strip cut to its ink with a little white; with `packed`, wide gaps between comb characters are closed.

    Tesseract takes characters a comb cell apart for words of one letter each; closed up they are a word.
    """
    ink = image < thresholds.DARK
    found = extent(ink)
    if found is None:
        return image
    x0, y0, x1, y1 = found
    height = y1 - y0
    cut = image[y0:y1, x0:x1]
    if packed:
        gap = max(2, round(height * PACKED_GAP))
        columns = np.asarray(ink[y0:y1, x0:x1].any(axis=0), dtype=bool)
        keep = np.ones(columns.size, dtype=bool)
        start = None
        for x in range(columns.size + 1):
            if x < columns.size and not columns[x]:
                start = x if start is None else start
            elif start is not None:
                keep[start + gap : x] = False
                start = None
        cut = cut[:, keep]
    margin = max(2, round(height * 0.12))
    return np.asarray(cv2.copyMakeBorder(cut, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=255), dtype=np.uint8)
