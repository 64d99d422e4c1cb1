"""Which page of which form a fax page is, which way up it lies, and where exactly.

What: a Data Matrix names the page where one can be read; otherwise the ink profiles of all blanks are compared, the best few are
laid over the page, and the one whose landmarks agree wins, by a margin.
Why: finding and laying are one act, since a page counts as found only when its blank can be laid over it.
Refuses: a page whose best blank wins by no clear margin; it goes to a person as an unknown page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np

from intake.fax import GrayImage, PageScan
from intake.forms.blank_images import blank_page_image
from intake.forms.catalogue import Catalogue
from intake.forms.definition import FormDefinition
from intake.forms.page_codes import FoundCode, find_codes
from intake.ocr import coarse, thresholds
from intake.ocr.alignment import BlankPage, Registration, register
from intake.ocr.ink import Mask
from intake.reading import Classification, Evidence

CODE_CORNER_MM = 62.0  # side of the corner squares searched for codes: a code, its margin, the worst shift and skew
TRIED = 5  # blanks laid over a page without a code, best profiles first
LEAST_LIKE = 0.35  # profile score that any blank must reach; right ones have 0.55 and more, letters and printouts up to 0.4
LIKELY = 0.8  # of the best profile score that a blank needs to be laid at all
MARGIN = 0.15  # by which the best blank must win, in landmark share or in what only one of two blanks prints
TELLING_PIXELS = 400  # of print that only one blank has; fewer tell nothing


@dataclass(frozen=True)
class PlacedPage:
    """A fax page with its blank laid over it."""

    form: FormDefinition
    classification: Classification
    registration: Registration
    upright: GrayImage  # the page as it arrived, turned upright, 200 dpi
    laid: GrayImage  # the page in the blank's frame
    blank: BlankPage


class Blanks:
    """The blank pages of every known form, as pixels, each made when first needed and kept."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._pages: dict[tuple[str, str, int], BlankPage] = {}

    @cached_property
    def forms(self) -> Sequence[FormDefinition]:
        """Every revision of every form."""
        return tuple(self._catalogue.forms)

    def page(self, form: FormDefinition, page: int) -> BlankPage:
        """One blank page."""
        key = (form.code, form.revision, page)
        if key not in self._pages:
            self._pages[key] = BlankPage(blank_page_image(form, page, thresholds.DPI))
        return self._pages[key]

    def named_by(self, found: FoundCode) -> tuple[FormDefinition, int] | None:
        """The form and page that a code names; None if the catalogue does not have it."""
        form = self._catalogue.form_of_code(found.code)
        return None if form is None or found.code.page > form.pages else (form, found.code.page)


@dataclass(frozen=True)
class _Try:
    form: FormDefinition
    page: int
    upside_down: bool
    fit: coarse.CoarseFit


Laid = tuple[_Try, Registration, GrayImage]
"""A blank tried, how it lies, and the page turned upright for it."""


def place(scan: PageScan, blanks: Blanks) -> PlacedPage | None:
    """Find the blank of a page and lay it over; None if the page is no form we know."""
    image = at_common_resolution(scan)
    found = _place(image, 0, blanks)
    if found is None and coarse.ink_points(image, thresholds.DPI).ink >= thresholds.BLANK_PAGE_INK:
        # a sheet laid sideways into the machine, or a scan stored so; 180° more is looked for either way
        found = _place(np.ascontiguousarray(np.rot90(image, -1)), 90, blanks)
    return found


def _place(image: GrayImage, turned: int, blanks: Blanks) -> PlacedPage | None:
    """Find the blank of an image that was already turned clockwise by `turned` degrees."""
    points = coarse.ink_points(image, thresholds.DPI)
    if points.ink < thresholds.BLANK_PAGE_INK:
        return None
    degrees = coarse.skew(points)
    upright = coarse.profiles(points, degrees)
    named = _named(image, blanks)
    if named is not None:
        form, page, upside_down = named
        profiles = upright.upside_down() if upside_down else upright
        fit = blanks.page(form, page).profiles.fit(profiles)
        placed = _lay(image, degrees, _Try(form, page, upside_down, fit), blanks)
        if placed is not None:
            return _classified(placed, blanks, "data_matrix+landmarks", 1.0, None, 0.0, turned)
    return _by_landmarks(image, degrees, upright, turned, blanks)


def at_common_resolution(scan: PageScan) -> GrayImage:
    """The page's image at 200 dpi."""
    if abs(scan.dpi - thresholds.DPI) < 0.5:
        return scan.image
    factor = thresholds.DPI / scan.dpi
    return np.asarray(cv2.resize(scan.image, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)


def _named(image: GrayImage, blanks: Blanks) -> tuple[FormDefinition, int, bool] | None:
    """The form and page that a code in one of the corners names, and whether the page lies upside down."""
    height, width = image.shape
    side = round(CODE_CORNER_MM / 25.4 * thresholds.DPI)
    for rows in (slice(0, side), slice(max(0, height - side), height)):
        for columns in (slice(max(0, width - side), width), slice(0, side)):
            for code in find_codes(np.ascontiguousarray(image[rows, columns])):
                named = blanks.named_by(code)
                if named is not None:
                    top_left, _, bottom_right, _ = code.corners
                    return (*named, top_left[1] > bottom_right[1])
    return None


def _by_landmarks(
    image: GrayImage, degrees: float, upright: coarse.Profiles, turned_by: int, blanks: Blanks
) -> PlacedPage | None:
    turned = upright.upside_down()
    tries = [
        _Try(form, page, upside_down, blanks.page(form, page).profiles.fit(turned if upside_down else upright))
        for form in blanks.forms
        for page in range(1, form.pages + 1)
        for upside_down in (False, True)
    ]
    tries.sort(key=lambda one: -one.fit.score)
    if tries[0].fit.score < LEAST_LIKE:
        return None
    likely = [one for one in tries[:TRIED] if one.fit.score >= LIKELY * tries[0].fit.score]
    laid = [placed for placed in (_lay(image, degrees, one, blanks) for one in likely) if placed is not None]
    if not laid:
        return None
    laid.sort(key=lambda one: -one[1].share)
    best, runner_up = laid[0], laid[1] if len(laid) > 1 else None
    for other in laid[1:]:
        if best[1].share - other[1].share >= MARGIN:
            continue
        told = _told_apart(best, other, blanks)
        if abs(told) < MARGIN:
            return None
        if told < 0:
            best, runner_up = other, best
    return _classified(
        best,
        blanks,
        "landmarks",
        best[1].share,
        None if runner_up is None else f"{runner_up[0].form.code} {runner_up[0].form.revision} page {runner_up[0].page}",
        0.0 if runner_up is None else min(runner_up[1].share, best[1].share - MARGIN),
        turned_by,
    )


def _told_apart(one: Laid, other: Laid, blanks: Blanks) -> float:
    """By what only one of two like blanks prints, from -1 (the other) to 1 (the one): sisters share all but their titles."""
    a, b = blanks.page(one[0].form, one[0].page), blanks.page(other[0].form, other[0].page)
    reach = np.ones((9, 9), np.uint8)
    dark_a, dark_b = (blank.image < thresholds.DARK for blank in (a, b))
    only_a = dark_a & ~cv2.dilate(dark_b.astype(np.uint8), reach).astype(bool)
    only_b = dark_b & ~cv2.dilate(dark_a.astype(np.uint8), reach).astype(bool)
    if only_a.sum() < TELLING_PIXELS and only_b.sum() < TELLING_PIXELS:
        return 0.0

    def support(placed: Laid, blank: BlankPage, only: Mask) -> float:
        page = placed[1].into_blank_frame(placed[2], blank) < thresholds.DARK
        return float(cv2.dilate(page.astype(np.uint8), np.ones((3, 3), np.uint8))[only].mean()) if only.any() else 0.5

    return support(one, a, only_a) - support(other, b, only_b)


def _lay(image: GrayImage, degrees: float, one: _Try, blanks: Blanks) -> Laid | None:
    blank = blanks.page(one.form, one.page)
    page = np.asarray(cv2.rotate(image, cv2.ROTATE_180), np.uint8) if one.upside_down else image
    matrix = coarse.coarse_matrix(one.fit, degrees, page.shape, blank.image.shape, thresholds.DPI)
    registration = register(page, blank, matrix)
    return None if registration is None else (one, registration, page)


def _classified(
    placed: Laid,
    blanks: Blanks,
    by: str,
    score: float,
    runner_up: str | None,
    runner_up_score: float,
    turned: int,
) -> PlacedPage:
    one, registration, upright = placed
    blank = blanks.page(one.form, one.page)
    return PlacedPage(
        form=one.form,
        classification=Classification(
            form=one.form.code,
            revision=one.form.revision,
            form_page=one.page,
            rotated=(turned + (180 if one.upside_down else 0)) % 360,
            evidence=Evidence(by, score, runner_up, runner_up_score),
        ),
        registration=registration,
        upright=upright,
        laid=registration.into_blank_frame(upright, blank),
        blank=blank,
    )
