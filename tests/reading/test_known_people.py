"""From a file to a reading where people are known: who is confirmed, who is not, and how names are written."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from intake.fax import GrayImage
from intake.forms.catalogue import Catalogue
from intake.known import NobodyKnown
from intake.read_fax import Reader, read_fax
from intake.reading import ProblemKind, Route
from tests.reading.paper import Machine, filled
from tests.reading.small_faxes import TODAY, VALUES, KnownFrom, dropped, patient


def test_a_known_patient_is_confirmed_on_the_page(tmp_path: Path, reader: Reader, pages: list[GrayImage]) -> None:
    path = dropped(tmp_path, pages, Machine(standard=True))
    (document,) = read_fax(
        path, reader, KnownFrom(patient(), patient(first_name="Hugo", date_of_birth="1950-01-01")), TODAY
    ).reading.documents
    for name in ("patient_first_name", "patient_last_name", "patient_date_of_birth", "patient_zip"):
        assert document.fields[name].route is Route.VERIFIED
        assert document.fields[name].accepted


def test_a_field_that_contradicts_the_known_patient_goes_to_a_person(
    tmp_path: Path, reader: Reader, pages: list[GrayImage]
) -> None:
    known = KnownFrom(patient(date_of_birth="1972-03-19"))
    (document,) = read_fax(dropped(tmp_path, pages, Machine()), reader, known, TODAY).reading.documents
    born = document.fields["patient_date_of_birth"]
    assert (born.value, born.accepted) == ("1972-03-14", False)
    assert ProblemKind.CONTRADICTION in {problem.kind for problem in born.problems}


def test_two_patients_who_explain_the_page_alike_confirm_nothing(tmp_path: Path, reader: Reader, pages: list[GrayImage]) -> None:
    twins = KnownFrom(patient(patient_id="1"), patient(patient_id="2"))
    (document,) = read_fax(dropped(tmp_path, pages, Machine()), reader, twins, TODAY).reading.documents
    assert document.fields["patient_last_name"].route is Route.READ


@pytest.mark.parametrize("born", ["1972-03-15", "1972-03-11", "1973-03-14"])
def test_a_patient_with_a_near_twin_goes_to_a_person_with_both_at_hand(
    tmp_path: Path, reader: Reader, pages: list[GrayImage], born: str
) -> None:
    known = KnownFrom(patient(id="40218671C"), patient(id="20219824J", date_of_birth=born))
    (document,) = read_fax(dropped(tmp_path, pages, Machine()), reader, known, TODAY).reading.documents
    for name in ("patient_first_name", "patient_last_name", "patient_date_of_birth", "patient_zip"):
        assert not document.fields[name].accepted
        assert ProblemKind.NEAR_TWIN in {problem.kind for problem in document.fields[name].problems}
    assert document.fields["labs.0.anc"].value == 3773


def test_a_known_person_is_written_as_the_hand_writes_names(tmp_path: Path, reader: Reader, catalogue: Catalogue) -> None:
    capitals = {**VALUES, "patient_first_name": "MARIGOLD", "patient_last_name": "QUIMBY"}
    sheets = [filled(catalogue, catalogue.form("patient_status"), page, capitals) for page in (1, 2)]
    (document,) = read_fax(dropped(tmp_path, sheets, Machine()), reader, KnownFrom(patient()), TODAY).reading.documents
    assert document.fields["patient_last_name"].value == "QUIMBY"
    assert document.fields["patient_last_name"].route is Route.VERIFIED


def test_where_rows_are_lost_what_is_known_and_read_letter_for_letter_is_taken_and_what_nobody_knows_is_not(
    tmp_path: Path, reader: Reader, pages: list[GrayImage], catalogue: Catalogue
) -> None:
    box = catalogue.form("patient_status").field("patient_last_name").box
    row = round((box.y0 + box.y1) / 2 * 200 / 25.4)
    path = dropped(tmp_path, [np.delete(pages[0], slice(row, row + 3), axis=0), pages[1]], Machine())
    for known, taken in ((KnownFrom(patient()), True), (NobodyKnown(), False)):
        (document,) = read_fax(path, reader, known, TODAY).reading.documents
        name = document.fields["patient_last_name"]
        assert ProblemKind.DAMAGED_ROWS in {problem.kind for problem in name.problems}
        assert (name.value, name.accepted) == ("Quimby", taken)
