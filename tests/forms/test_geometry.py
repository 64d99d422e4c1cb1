"""Where the zones lie, held against what is really printed."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from intake.forms.blank_images import blank_page_image
from intake.forms.catalogue import Catalogue
from intake.forms.definition import Box, FieldDefinition, FieldKind, FormDefinition
from intake.forms.page_codes import QUIET_MM

DPI = 254.0  # ten pixels a millimetre
KEYS = [
    (code, "2023-11")
    for code in (
        *("patient_enrollment", "prescriber_enrollment", "patient_status", "anc_lab_reporting", "prescriber_designee"),
        *("outpatient_pharmacy", "inpatient_pharmacy", "prescriber_knowledge", "pharmacy_knowledge", "distributor_enrollment"),
    )
] + [("patient_status", "2021-11")]

every_form = pytest.mark.parametrize("key", KEYS, ids=lambda key: "-".join(key))


def ink(form: FormDefinition, page: int, box: Box) -> np.ndarray:
    """The blank's black pixels within a box, ten a millimetre."""
    x0, y0, x1, y1 = (round(edge * 10) for edge in box)
    return blank_page_image(form, page, DPI)[y0:y1, x0:x1] < 128


def zones(one: FieldDefinition) -> list[Box]:
    return list(one.options.values()) or [one.box]


def apart(a: Box, b: Box, gap: float = 0.0) -> bool:
    return a.x1 + gap <= b.x0 or b.x1 + gap <= a.x0 or a.y1 + gap <= b.y0 or b.y1 + gap <= a.y0


@every_form
def test_zones_lie_on_the_page_below_the_senders_header_line(catalogue: Catalogue, key: tuple[str, str]) -> None:
    form = catalogue.form(*key)
    assert (form.width_mm, form.height_mm) == (215.9, 279.4)
    for one in form.fields:
        for box in zones(one):
            assert 10 <= box.x0 < box.x1 <= 206, one.name
            assert 8 < box.y0 < box.y1 < 260, one.name


@every_form
def test_the_top_eight_millimetres_are_free(catalogue: Catalogue, key: tuple[str, str]) -> None:
    form = catalogue.form(*key)
    for page in range(1, form.pages + 1):
        assert not ink(form, page, Box(0, 0, form.width_mm, 8)).any()


@every_form
def test_no_two_zones_overlap_and_none_reaches_a_page_code(catalogue: Catalogue, key: tuple[str, str]) -> None:
    form = catalogue.form(*key)
    for page in range(1, form.pages + 1):
        boxes = [(one.name, box) for one in form.on_page(page) for box in zones(one)]
        for (name, a), (other, b) in combinations(boxes, 2):
            assert apart(a, b, 0.5), f"{name} and {other}"
        for code in form.codes.get(page, ()):
            assert all(apart(code, box, QUIET_MM) for _, box in boxes)


@every_form
def test_cells_tile_their_box_in_equal_parts(catalogue: Catalogue, key: tuple[str, str]) -> None:
    for one in catalogue.form(*key).fields:
        if one.kind in (FieldKind.TEXT, FieldKind.MARK, FieldKind.CHOICE, FieldKind.SIGNATURE):
            assert one.cells == ()
            continue
        assert len(one.cells) == one.max_length
        assert (one.cells[0].x0, one.cells[-1].x1) == (one.box.x0, one.box.x1)
        for left, right in zip(one.cells, one.cells[1:], strict=False):
            assert left.x1 == right.x0
        for cell in one.cells:
            assert (cell.y0, cell.y1) == (one.box.y0, one.box.y1)
            assert cell.x1 - cell.x0 == pytest.approx(5.5, abs=0.05)
            assert cell.y1 - cell.y0 == pytest.approx(7.5, abs=0.05)


@every_form
def test_a_rule_is_printed_at_every_edge_of_a_cell_and_nothing_within(catalogue: Catalogue, key: tuple[str, str]) -> None:
    form = catalogue.form(*key)
    for one in form.fields:
        for x0, y0, x1, y1 in one.cells:
            for x in (x0, x1):
                assert ink(form, one.page, Box(x - 0.1, y0 + 0.5, x + 0.1, y1 - 0.5)).mean() > 0.9, one.name
            for y in (y0, y1):
                assert ink(form, one.page, Box(x0 + 0.5, y - 0.1, x1 - 0.5, y + 0.1)).mean() > 0.9, one.name
            assert not ink(form, one.page, Box(x0 + 0.6, y0 + 0.4, x1 - 0.6, y1 - 0.4)).any(), one.name


@every_form
def test_lines_ticks_and_signatures_are_framed_and_empty(catalogue: Catalogue, key: tuple[str, str]) -> None:
    form = catalogue.form(*key)
    for one in form.fields:
        if one.cells:
            continue
        for x0, y0, x1, y1 in zones(one):
            edges = (Box(x0 - 0.1, y0, x0 + 0.1, y1), Box(x1 - 0.1, y0, x1 + 0.1, y1))
            edges += (Box(x0, y0 - 0.1, x1, y0 + 0.1), Box(x0, y1 - 0.1, x1, y1 + 0.1))
            for edge in edges:
                assert ink(form, one.page, edge).mean() > 0.9, one.name
            assert not ink(form, one.page, Box(x0 + 0.5, y0 + 0.5, x1 - 0.5, y1 - 0.5)).any(), one.name


@every_form
def test_zones_are_large_enough_for_a_hand(catalogue: Catalogue, key: tuple[str, str]) -> None:
    for one in catalogue.form(*key).fields:
        for box in zones(one):
            width, height = box.x1 - box.x0, box.y1 - box.y0
            match one.kind:
                case FieldKind.SIGNATURE:
                    assert width >= 80, one.name
                    assert height >= 14, one.name
                case FieldKind.TEXT:
                    assert width >= 56, one.name
                    assert height >= 8.95, one.name
                case FieldKind.MARK | FieldKind.CHOICE:
                    assert min(width, height) >= 4.5, one.name


@every_form
def test_tick_boxes_have_white_around_them(catalogue: Catalogue, key: tuple[str, str]) -> None:
    form, clear, rule = catalogue.form(*key), 2.7, 0.4
    for one in form.fields:
        if one.kind not in (FieldKind.MARK, FieldKind.CHOICE):
            continue
        for x0, y0, x1, y1 in zones(one):
            beside = (Box(x0 - clear, y0, x0 - rule, y1), Box(x1 + rule, y0, x1 + clear, y1))
            beside += (Box(x0, y0 - clear, x1, y0 - rule), Box(x0, y1 + rule, x1, y1 + clear))
            for strip in beside:
                assert not ink(form, one.page, strip).any(), one.name


def test_nothing_printed_is_grey(catalogue: Catalogue) -> None:
    for form in catalogue.forms:
        image = blank_page_image(form, 1, DPI)
        middling = ((image > 60) & (image < 200)).mean()
        assert middling < 0.02, form.code  # the soft edges of letters only
