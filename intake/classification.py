"""Which page of which form a fax page is, which way up it lies, and where exactly.

What: a Data Matrix names the page where one can be read; otherwise the ink profiles of all blanks are compared, the best few are
laid over the page, and the one whose landmarks agree wins, by a margin.
Why: finding and laying are one act, since a page counts as found only when its blank can be laid over it.
Refuses: a page whose best blank wins by no clear margin; it goes to a person as an unknown page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property

import cv2
import numpy as np
import numpy.typing as npt

from intake.fax import GrayImage, PageScan
from intake.forms.blank_images import blank_page_image
from intake.forms.catalogue import Catalogue
from intake.forms.definition import FormDefinition, Meaning
from intake.forms.page_codes import TITLE_MM, FoundCode, TurnaroundCode, find_codes, find_turnaround_code
from intake.kept import code_of, kept
from intake.ocr import blank_page, coarse, thresholds
from intake.ocr.alignment import Registration, register
from intake.ocr.blank_page import BlankPage
from intake.ocr.ink import Mask
from intake.ocr.torn import torn_corners
from intake.reading import Classification, Evidence

CODE_CORNER_MM = 62.0  # side of the corner squares searched for codes: a code, its margin, the worst shift and skew
TRIED = 5  # blanks laid over a page without a code, best profiles first
LEAST_LIKE = 0.35  # profile score that any blank must reach; right ones have 0.55 and more, letters and printouts up to 0.4
LIKELY = 0.8  # of the best profile score that a blank needs to be laid at all
MARGIN = 0.15  # by which the best blank must win, in landmark share or in what only one of two blanks prints
MOST_TELLING = 10_000  # pixels of it that are looked at; more tell no more
TELLING_PIXELS = 400  # of print that only one blank has; fewer tell nothing


Places = npt.NDArray[np.int32]
PageKey = tuple[str, str, int]
"""A form's code and revision, and a page of it."""


@dataclass(frozen=True)
class PlacedPage:
    """A fax page with its blank laid over it."""

    form: FormDefinition
    classification: Classification
    registration: Registration
    upright: GrayImage  # the page as it arrived, turned upright, 200 dpi
    laid: GrayImage  # the page in the blank's frame
    blank: BlankPage
    turnaround: TurnaroundCode | None = None  # whose form a pre-printed page says it is


class Blanks:
    """The blank pages of every known form, as pixels, each made when first needed and kept."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._pages: dict[PageKey, BlankPage] = {}
        self._telling: dict[tuple[PageKey, PageKey], tuple[Places, Places]] = {}

    @cached_property
    def forms(self) -> Sequence[FormDefinition]:
        """Every revision of every form."""
        return tuple(self._catalogue.forms)

    def form(self, code: str, revision: str) -> FormDefinition:
        """One form; KeyError if there is none."""
        return self._catalogue.form(code, revision)

    def page(self, form: FormDefinition, page: int) -> BlankPage:
        """One blank page."""
        key = (form.code, form.revision, page)
        if key not in self._pages:
            image = blank_page_image(form, page, thresholds.DPI)
            made_from = (image.tobytes(), _code_of_blanks(), cv2.__version__)
            self._pages[key] = kept("laid-blank", made_from, BlankPage, lambda: BlankPage(image))
        return self._pages[key]

    def telling(self, one: tuple[FormDefinition, int], other: tuple[FormDefinition, int]) -> tuple[Places, Places]:
        """Where only the one of two blank pages prints, and where only the other: pixels counted row by row. Made once, kept."""
        (a, b) = ((form.code, form.revision, page) for form, page in (one, other))
        if (a, b) not in self._telling:
            images = [self.page(*one).image, self.page(*other).image]
            dark = [image < thresholds.DARK for image in images]
            near = [cv2.dilate(image.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool) for image in dark]
            found = [np.flatnonzero(dark[place] & ~near[1 - place]).astype(np.int32) for place in (0, 1)]
            thin = [max(1, places.size // MOST_TELLING) for places in found]
            self._telling[a, b] = (found[0][:: thin[0]].copy(), found[1][:: thin[1]].copy())
        return self._telling[a, b]

    def named_by(self, found: FoundCode) -> tuple[FormDefinition, int] | None:
        """The form and page that a code names; None if the catalogue does not have it."""
        form = self._catalogue.form_of_code(found.code)
        return None if form is None or found.code.page > form.pages else (form, found.code.page)


@cache
def _code_of_blanks() -> bytes:
    """The source of all that is worked out from a blank: another landmark or profile is another blank."""
    return code_of(blank_page.__file__, "coarse.py", "following.py", "row_path.py", "thresholds.py", "torn.py")


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


def laid_as(image: GrayImage, form: FormDefinition, page: int, turned: int, by: str, blanks: Blanks) -> PlacedPage | None:
    """An image already turned clockwise by `turned` degrees, with one named blank laid over it; None where that fails."""
    points = coarse.ink_points(image, thresholds.DPI)
    if points.ink < thresholds.BLANK_PAGE_INK:
        return None
    degrees = coarse.skew(points)
    fit = blanks.page(form, page).profiles.fit(coarse.profiles(points, degrees))
    laid = _lay(image, degrees, _Try(form, page, False, fit), blanks)
    return None if laid is None else _classified(laid, blanks, by, laid[1].share, None, 0.0, turned)


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
        apart, told = best[1].share - other[1].share, _told_apart(best, other, blanks)
        if apart < MARGIN and told <= -MARGIN:
            best, runner_up = other, best
        elif told < (MARGIN if apart < MARGIN else -MARGIN):
            return None
    if any(rows > thresholds.ROW_LOST_PX for _, _, rows in best[1].squeezed):
        return None  # a jump that large also turns a sister's page into this one: a line more in one of them looks like lost rows
    # a sister that could not be laid over a damaged page may be the right one all the same: seen where the best lies
    beaten = {(one[0].form.code, one[0].form.revision, one[0].page) for one in laid}
    print_seen = _print_seen(best, blanks)
    for form in blanks.forms:
        for page in range(1, form.pages + 1):
            if (form.code, form.revision, page) in beaten:
                continue
            only_best, only_other = blanks.telling((best[0].form, best[0].page), (form, page))
            if _support(print_seen, only_best) - _support(print_seen, only_other) < MARGIN:
                return None
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
    only_one, only_other = blanks.telling((one[0].form, one[0].page), (other[0].form, other[0].page))
    if only_one.size < TELLING_PIXELS and only_other.size < TELLING_PIXELS:
        return 0.0
    return _support(_print_seen(one, blanks), only_one) - _support(_print_seen(other, blanks), only_other)


def _print_seen(placed: Laid, blanks: Blanks) -> Mask:
    """Where the page, laid over the blank, is dark or next to it."""
    page = placed[1].into_blank_frame(placed[2], blanks.page(placed[0].form, placed[0].page)) < thresholds.DARK
    return cv2.dilate(page.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)


def _support(seen: Mask, places: Places) -> float:
    """Share of some of a blank's print that a page shows, 0–1."""
    return float(seen.ravel()[places].mean()) if places.size else 0.5


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
    laid = registration.into_blank_frame(upright, blank)
    return PlacedPage(
        form=one.form,
        classification=Classification(
            form=one.form.code,
            revision=one.form.revision,
            form_page=one.page,
            rotated=(turned + (180 if one.upside_down else 0)) % 360,
            evidence=Evidence(by, score, runner_up, runner_up_score),
        ),
        registration=replace(registration, torn=torn_corners(laid, blank.blocks)),
        upright=upright,
        laid=laid,
        blank=blank,
        turnaround=_turnaround(one.form, laid),
    )


def _turnaround(form: FormDefinition, laid: GrayImage) -> TurnaroundCode | None:
    """Whose form a page says it is in its title, on forms that name a patient by ID."""
    if not any(one.meaning is Meaning.PATIENT_ID for one in form.fields):
        return None
    x0, y0, x1, y1 = (round(edge / 25.4 * thresholds.DPI) for edge in TITLE_MM)
    around = round(2.0 / 25.4 * thresholds.DPI)
    return find_turnaround_code(np.ascontiguousarray(laid[max(0, y0 - around) : y1 + around, x0 - around : x1 + around]))
