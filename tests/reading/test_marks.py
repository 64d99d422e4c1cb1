"""Tick boxes: marked, empty, or for a person."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from intake.classification import Blanks, place
from intake.fax import GrayImage, PageScan, PageSource
from intake.forms.catalogue import Catalogue
from intake.laid_page import LaidPage
from intake.marked_fields import choice
from intake.ocr import thresholds
from intake.ocr.certainty import Calibration
from intake.ocr.marks import MarkLook, MarkVerdict, firmness_of, read_mark, read_marks
from intake.reading import ProblemKind
from tests.reading.boxes_and_zones import BOX, MM, blank, laid, line


def tick(page: GrayImage) -> None:
    line(page, (41, 42.5), (42.3, 44), (44.2, 41))


def cross(page: GrayImage) -> None:
    line(page, (41, 41), (44, 44))
    line(page, (41, 44), (44, 41))


def large_cross(page: GrayImage) -> None:
    line(page, (38, 38), (46.5, 46.5))
    line(page, (38.2, 46.8), (46.6, 37.8))


def stroke_leaving_the_box(page: GrayImage) -> None:
    line(page, (41, 43), (42.5, 44.2), (48, 36))


def filled_in(page: GrayImage) -> None:
    cv2.rectangle(page, (round(BOX[0] * MM), round(BOX[1] * MM)), (round(BOX[2] * MM), round(BOX[3] * MM)), 0, -1)


def small_typed_x(page: GrayImage) -> None:
    cv2.putText(page, "x", (round(41.4 * MM), round(43.6 * MM)), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0,), 1)


def dot(page: GrayImage) -> None:
    cv2.circle(page, (round(42.4 * MM), round(42.4 * MM)), 3, (0,), -1)


def tick_beside(page: GrayImage) -> None:
    line(page, (45.8, 43), (46.6, 44.6), (47.5, 40.5))


def scribbled_over(page: GrayImage) -> None:
    tick(page)
    line(page, *((38.5 + 8 * (i % 2), 39 + 0.35 * i) for i in range(20)))


def struck_out(page: GrayImage) -> None:
    tick(page)
    for y in (41.5, 42.4, 43.3):
        line(page, (37.5, y + 0.3), (48, y - 0.3))


@pytest.mark.parametrize("mark", [tick, cross, large_cross, filled_in, stroke_leaving_the_box])
def test_a_tick_a_cross_a_filled_box_and_a_stroke_that_leaves_the_box_are_firm_marks(mark: object) -> None:
    page = blank()
    mark(page)  # type: ignore[operator]
    seen = read_mark(laid(page), BOX)
    assert seen.verdict is MarkVerdict.PRESENT
    assert seen.firmness >= thresholds.MARK_FIRM


@pytest.mark.parametrize("mark", [dot, tick_beside, scribbled_over, struck_out])
def test_a_dot_a_tick_beside_the_box_and_marks_struck_out_go_to_a_person(mark: object) -> None:
    page = blank()
    mark(page)  # type: ignore[operator]
    assert read_mark(laid(page), BOX).verdict is MarkVerdict.UNSURE


def test_a_small_thin_typed_sign_is_a_mark_and_no_dot() -> None:
    page = blank()
    small_typed_x(page)
    seen = read_mark(laid(page), BOX)
    assert (seen.verdict, seen.look) == (MarkVerdict.PRESENT, MarkLook.MARKED)


def test_a_reviewer_is_told_what_the_ink_looks_like() -> None:
    page = blank()
    struck_out(page)
    assert read_mark(laid(page), BOX).look is MarkLook.STRUCK


def test_an_untouched_box_is_no_mark_even_when_the_page_lies_two_pixels_off() -> None:
    assert read_mark(laid(np.roll(blank(), (2, -2), (0, 1))), BOX).verdict is MarkVerdict.ABSENT


def test_fax_noise_is_no_mark() -> None:
    page = blank()
    page[np.random.default_rng(5).random(page.shape) < 0.004] = 0
    assert read_mark(laid(page), BOX).verdict is MarkVerdict.ABSENT


def test_rows_repeated_by_the_line_thicken_a_box_but_never_mark_it() -> None:
    page = blank()
    top = round(BOX[1] * MM)
    page[top : top + 9, round(BOX[0] * MM) : round(BOX[2] * MM)] = 0
    assert read_mark(laid(page), BOX).verdict is not MarkVerdict.PRESENT


def test_boxes_judged_together_are_judged_as_each_alone() -> None:
    page = blank()
    tick(page)
    away = (BOX[0] + 20, BOX[1], BOX[2] + 20, BOX[3])
    together = read_marks(laid(page), (BOX, away))
    alone = (read_mark(laid(page), BOX), read_mark(laid(page), away))
    assert [one.verdict for one in together] == [one.verdict for one in alone]
    assert together[0].firmness == pytest.approx(alone[0].firmness, abs=1e-3)


def test_firmness_grows_with_belief_and_reaches_the_bar_where_belief_is_sure() -> None:
    beliefs = (0.4, 0.9, 0.99, 0.999, 0.99999)
    firm = [firmness_of(one, 0.99) for one in beliefs]
    assert firm == sorted(firm)
    assert firm[0] == 0.0
    assert firm[2] == pytest.approx(thresholds.MARK_FIRM, abs=1e-3)


def status_page(
    catalogue: Catalogue, blanks: Blanks, *marks: tuple[str, Callable[[GrayImage, tuple[float, float]], None]]
) -> LaidPage:
    """The first page of the status form with something drawn at options of "submitted by"."""
    form = catalogue.form("patient_status", "2023-11")
    page = catalogue.blank_pages(form.code, form.revision)[0].copy()
    for option, draw in marks:
        box = form.field("submitter").options[option]
        draw(page, (box.x0 - BOX[0], box.y0 - BOX[1]))
    scan = PageScan(1, page, 200.0, (204.0, 196.0), PageSource.TIFF)
    placed = place(scan, blanks)
    assert placed is not None
    return LaidPage.of(scan, placed, Calibration.load())


def moved(*points: tuple[float, float]) -> Callable[[GrayImage, tuple[float, float]], None]:
    """A stroke given around BOX, for another box."""

    def draw(page: GrayImage, away: tuple[float, float]) -> None:
        line(page, *((x + away[0], y + away[1]) for x, y in points))

    return draw


TICK = moved((41, 42.5), (42.3, 44), (44.2, 41))
STRIKES = [moved((37.5, y + 0.3), (48, y - 0.3)) for y in (41.5, 42.4, 43.3)]


def test_of_two_ticked_options_none_is_taken(catalogue: Catalogue, blanks: Blanks) -> None:
    page = status_page(catalogue, blanks, ("prescriber", TICK), ("designee", TICK))
    read = choice(page.placed.form.field("submitter"), page)
    assert (read.value, read.accepted, [one.kind for one in read.problems]) == (None, False, [ProblemKind.SEVERAL_MARKS])
    assert set(read.guesses) == {"prescriber", "designee"}


def test_a_correction_goes_to_a_person_with_the_mark_that_stands_as_the_best_guess(catalogue: Catalogue, blanks: Blanks) -> None:
    strikes = [("prescriber", strike) for strike in STRIKES]
    page = status_page(catalogue, blanks, ("prescriber", TICK), *strikes, ("designee", TICK))
    read = choice(page.placed.form.field("submitter"), page)
    assert (read.value, read.accepted) == ("designee", False)
    assert read.guesses[0] == "designee"
    assert "struck out" in read.problems[0].detail


def test_one_ticked_option_among_untouched_ones_is_accepted(catalogue: Catalogue, blanks: Blanks) -> None:
    page = status_page(catalogue, blanks, ("designee", TICK))
    read = choice(page.placed.form.field("submitter"), page)
    assert (read.value, read.accepted, read.problems) == ("designee", True, ())
