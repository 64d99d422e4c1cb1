"""Corners that are not on a page, by the print that is missing there."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from intake.classification import Blanks
from intake.fax import GrayImage
from intake.forms.catalogue import Catalogue
from intake.ocr.torn import blocks_of, torn_corners

LEG = 480  # pixels, 61 mm


@pytest.fixture
def blank(catalogue: Catalogue, blanks: Blanks) -> GrayImage:
    """A blank page, 200 dpi."""
    return blanks.page(catalogue.form("patient_status"), 1).image


def torn(blank: GrayImage, shade: int, corner: int) -> GrayImage:
    """The page with a triangle gone at a corner, clockwise from the top left."""
    height, width = blank.shape
    x, y = ((0, 0), (width, 0), (width, height), (0, height))[corner]
    points = [(x, y), (x + LEG * (1 if x == 0 else -1), y), (x, y + LEG * (1 if y == 0 else -1))]
    return np.asarray(cv2.fillPoly(blank.copy(), [np.array(points, np.int32)], (shade,)), np.uint8)


def test_a_page_with_all_its_print_has_all_its_corners(blank: GrayImage) -> None:
    assert torn_corners(blank, blocks_of(blank)) == ()


@pytest.mark.parametrize("shade", [255, 0])
@pytest.mark.parametrize("corner", [0, 1, 2, 3])
def test_a_zone_beyond_the_torn_edge_is_not_on_the_page_and_one_well_inside_is(blank: GrayImage, shade: int, corner: int) -> None:
    height, width = blank.shape
    corners = torn_corners(torn(blank, shade, corner), blocks_of(blank))
    right, low = corner in (1, 2), corner in (2, 3)

    def taken(x: float, y: float) -> bool:
        x0, y0 = (width - x - 80 if right else x), (height - y - 40 if low else y)
        return any(one.takes(x0, y0, x0 + 80, y0 + 40) for one in corners)

    assert taken(100, 100)
    assert not taken(600, 600)


def test_print_under_writing_and_specks_is_not_missing(blank: GrayImage) -> None:
    written = blank.copy()
    chance = np.random.default_rng(3)
    written[chance.integers(0, blank.shape[0], 2000), chance.integers(0, blank.shape[1], 2000)] = 0
    cv2.putText(written, "Quimby", (60, 300), cv2.FONT_HERSHEY_SIMPLEX, 4, (0,), 6)
    assert torn_corners(written, blocks_of(blank)) == ()


def test_a_copier_s_black_edge_is_no_torn_corner_for_zones_beside_it(blank: GrayImage) -> None:
    edged = blank.copy()
    edged[:, :40] = 0
    assert not any(one.takes(300, 300, 500, 340) for one in torn_corners(edged, blocks_of(blank)))
