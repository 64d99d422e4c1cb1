"""Pages as a person said they are: laid where a blank can be laid, unlaid where not, and read accordingly."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from intake.arrangement import Arrangement, Aside, Group, SaidPage, arrangement_of
from intake.classification import place
from intake.fax import GrayImage, PageScan
from intake.forms.catalogue import Catalogue
from intake.known import NobodyKnown
from intake.read_fax import Reader, ReadFax, read_fax
from intake.reading import OtherKind, ProblemKind
from intake.reading_json import fax_reading_from_json, fax_reading_to_json
from intake.said_pages import place_as
from tests.reading.paper import Machine, filled
from tests.reading.small_faxes import TODAY, VALUES, dropped

SAMPLES = Path(__file__).resolve().parents[2] / "sample_faxes"
STATUS = ("patient_status", "2023-11")


def as_said(path: Path, reader: Reader, arrangement: Arrangement) -> ReadFax:
    return read_fax(path, reader, NobodyKnown(), TODAY, arrangement)


def photographed(scan: PageScan) -> PageScan:
    """The sheet seen askew, as a telephone's camera sees it on a table."""
    height, width = scan.image.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[60, 40], [width - 20, 90], [width - 90, height - 60], [20, height - 10]], np.float32)
    onto = cv2.getPerspectiveTransform(corners, seen)
    return replace(scan, image=np.asarray(cv2.warpPerspective(scan.image, onto, (width, height), borderValue=(255,)), np.uint8))


def test_a_photographed_page_that_was_not_recognised_is_laid_over_the_blank_it_was_said_to_be(
    catalogue: Catalogue, reader: Reader
) -> None:
    form = catalogue.form(*STATUS)
    scan = photographed(Machine().send(filled(catalogue, form, 1, VALUES)))
    assert place(scan, reader.blanks) is None
    placed = place_as(scan, form, 1, 0, reader.blanks)
    assert placed.classification.evidence.by == "person+landmarks"
    assert placed.registration.share > 0.8


def test_a_page_laid_sideways_is_found_whichever_way_it_was_said_to_lie(catalogue: Catalogue, reader: Reader) -> None:
    form = catalogue.form(*STATUS)
    scan = Machine().send(filled(catalogue, form, 2, VALUES))
    scan = replace(scan, image=np.ascontiguousarray(np.rot90(scan.image, 1)))
    assert place_as(scan, form, 2, 0, reader.blanks).classification.rotated == 90


def test_a_page_that_no_landmark_bears_out_is_still_that_form_with_every_field_left_to_a_person(
    tmp_path: Path, reader: Reader, pages: list[GrayImage], catalogue: Catalogue
) -> None:
    path = dropped(tmp_path, [pages[0], pages[1]], Machine())
    wrong = Arrangement((Group("anc_lab_reporting", "2023-11", (SaidPage(2, 1),)),), (Aside(1, OtherKind.UNKNOWN),))
    done = as_said(path, reader, wrong).reading
    (document,) = done.documents
    assert document.pages[0].mm_to_pixels is None
    assert set(document.fields) == {one.name for one in catalogue.form("anc_lab_reporting").fields}
    for field in document.fields.values():
        assert (field.value, field.accepted, field.guesses) == (None, False, ())
        assert [problem.kind for problem in field.problems] == [ProblemKind.UNREGISTERED]
    assert done.other_pages[0].kind is OtherKind.UNKNOWN


def test_what_was_recognised_and_said_to_be_the_same_reads_the_same_and_is_no_doubt(
    tmp_path: Path, reader: Reader, pages: list[GrayImage]
) -> None:
    path = dropped(tmp_path, pages, Machine(upside_down=True))
    first = read_fax(path, reader, NobodyKnown(), TODAY)
    again = as_said(path, reader, arrangement_of(first.reading))
    assert [one.fields for one in again.reading.documents] == [one.fields for one in first.reading.documents]
    assert again.reading.documents[0].problems == first.reading.documents[0].problems
    assert all(np.array_equal(a, b) for a, b in zip(again.upright, first.upright, strict=True))


def test_two_documents_made_of_one_each_miss_the_others_page(tmp_path: Path, reader: Reader, pages: list[GrayImage]) -> None:
    path = dropped(tmp_path, pages, Machine())
    apart = Arrangement((Group(*STATUS, (SaidPage(1, 1),)), Group(*STATUS, (SaidPage(2, 2),))))
    first, second = as_said(path, reader, apart).reading.documents
    assert (first.missing_pages, second.missing_pages) == ((2,), (1,))
    assert first.fields["patient_last_name"].value == "Quimby"
    assert second.fields["labs.0.anc"].value == 3773


def test_a_page_apart_that_was_turned_keeps_its_turn_in_the_reading(
    tmp_path: Path, reader: Reader, pages: list[GrayImage]
) -> None:
    path = dropped(tmp_path, pages, Machine())
    done = as_said(path, reader, Arrangement((), (Aside(1, OtherKind.LAB_PRINTOUT, 90), Aside(2, None))))
    reading = fax_reading_from_json(fax_reading_to_json(done.reading))
    assert [(one.fax_page, one.kind, one.rotated) for one in reading.other_pages] == [(1, OtherKind.LAB_PRINTOUT, 90)]
    assert done.upright[0].shape == done.upright[1].shape[::-1]


@pytest.mark.parametrize("name", ["09-pharmacy-rock-creek"])
def test_a_page_of_a_sample_fax_set_apart_and_said_to_be_its_form_again_reads_as_before(name: str, reader: Reader) -> None:
    path = SAMPLES / f"{name}.tif"
    first = read_fax(path, reader, NobodyKnown(), TODAY)
    found = arrangement_of(first.reading)
    last = found.groups[-1]
    alone = as_said(path, reader, Arrangement((last,)))
    (document,) = alone.reading.documents
    values = {name: one.value for name, one in first.reading.documents[-1].fields.items()}
    assert {name: one.value for name, one in document.fields.items()} == values
    assert alone.reading.other_pages == ()
