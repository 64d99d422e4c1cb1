"""The Data Matrix in two corners survives the resolutions a fax has."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.fax import GrayImage
from intake.forms.blank_images import blank_page_image
from intake.forms.catalogue import Catalogue
from intake.forms.page_codes import PageCode, find_codes, symbol

codes = st.builds(
    lambda short, year, month, pages, page: PageCode(short, f"20{year:02}-{month:02}", min(page, pages), pages),
    short=st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=2, max_size=2),
    year=st.integers(0, 99),
    month=st.integers(0, 99),
    pages=st.integers(1, 9),
    page=st.integers(1, 9),
)


@given(codes)
def test_a_payload_says_what_was_put_in(code: PageCode) -> None:
    assert PageCode.from_payload(code.payload()) == code
    assert len(code.payload()) == 11


@given(st.text(max_size=14))
def test_foreign_text_is_no_page_code(text: str) -> None:
    code = PageCode.from_payload(text)
    assert code is None or code.payload() == text


@pytest.mark.parametrize(
    "code", [PageCode("PS", "2023-11", 3, 2), PageCode("P", "2023-11", 1, 1), PageCode("PS", "2023-11", 10, 12)]
)
def test_what_cannot_be_spelled_is_refused(code: PageCode) -> None:
    with pytest.raises(ValueError, match="page code"):
        code.payload()


@given(codes)
def test_every_symbol_has_the_size_the_blanks_leave_for_it(code: PageCode) -> None:
    assert symbol(code).shape == (14, 14)


def faxed(blank: GrayImage, rows_per_inch: int) -> GrayImage:
    """A page drawn at 408 dpi as a fax machine sends it, and with square pixels again."""
    height, width = blank.shape
    small = cv2.resize(blank, (width // 2, round(height * rows_per_inch / 408)), interpolation=cv2.INTER_AREA)
    bits = np.where(small > 127, 255, 0).astype(np.uint8)
    return cv2.resize(bits, (width // 2, height // 2), interpolation=cv2.INTER_NEAREST)


@pytest.mark.parametrize("rows_per_inch", [196, 98])
def test_both_codes_of_every_page_are_read_at_fax_resolution(catalogue: Catalogue, rows_per_inch: int) -> None:
    for form in catalogue.forms[:10]:
        for page in range(1, form.pages + 1):
            found = find_codes(faxed(blank_page_image(form, page, 408), rows_per_inch))
            said = [(one.code.revision, one.code.page, one.code.pages) for one in found]
            assert said == [(form.revision, page, form.pages)] * 2, f"{form.code} page {page}"
            assert all(catalogue.form_of_code(one.code) is form for one in found)


def test_a_code_is_found_where_the_blank_says_it_stands_also_upside_down(catalogue: Catalogue) -> None:
    form = catalogue.form("patient_status")
    image = blank_page_image(form, 2, 204)
    for picture, turned in ((image, False), (image[::-1, ::-1].copy(), True)):
        centres = []
        for one in find_codes(picture):
            x, y = np.mean(one.corners, axis=0)
            centres.append((image.shape[1] - x, image.shape[0] - y) if turned else (x, y))
        stated = [((box.x0 + box.x1) / 2 * 204 / 25.4, (box.y0 + box.y1) / 2 * 204 / 25.4) for box in form.codes[2]]
        assert np.abs(np.subtract(sorted(centres), sorted(stated))).max() < 3


def test_the_outdated_revision_carries_no_code(catalogue: Catalogue) -> None:
    form = catalogue.form("patient_status", "2021-11")
    assert form.codes == {}
    assert find_codes(blank_page_image(form, 1, 204)) == ()
