"""From a file to a reading: the whole recipe on small real faxes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from intake.errors import UnreadableFax
from intake.fax import GrayImage
from intake.forms.catalogue import Catalogue
from intake.ocr.engine import EngineFailed, Strip, TextGuess
from intake.read_fax import Reader
from intake.reading import OtherKind, ProblemKind, Route
from intake.reading_json import fax_reading_from_json, fax_reading_to_json
from tests.reading.paper import Machine, filled
from tests.reading.small_faxes import VALUES, dropped, read

EXPECTED = {
    "patient_first_name": "Marigold",
    "patient_last_name": "Quimby",
    "patient_date_of_birth": "1972-03-14",
    "prescriber_npi": "1649246166",
    "submitter": "prescriber",
    "ben": False,
    "labs.0.draw_date": "2026-11-17",
    "labs.0.anc": 3773,
    "labs.0.band": "normal",
    "labs.1.anc": None,
    "signature_prescriber": "present",
    "signature_designee": "absent",
}


@pytest.mark.parametrize("machine", [Machine(skew=0.7), Machine(skew=-1.1, upside_down=True, standard=True)])
def test_a_typed_status_form_is_read_at_both_resolutions_and_upside_down(
    tmp_path: Path, reader: Reader, pages: list[GrayImage], machine: Machine
) -> None:
    done = read(dropped(tmp_path, pages, machine), reader)
    (document,) = done.reading.documents
    assert (document.form, document.revision, document.missing_pages) == ("patient_status", "2023-11", ())
    assert {name: document.fields[name].value for name in EXPECTED} == EXPECTED
    accepted = [field for field in document.fields.values() if field.accepted]
    assert len(accepted) >= 0.9 * len(document.fields)
    assert [page.rotated for page in document.pages] == [180 if machine.upside_down else 0] * 2
    assert len(done.upright) == 2


def test_every_value_keeps_what_each_engine_said_its_page_and_its_box(
    tmp_path: Path, reader: Reader, pages: list[GrayImage], catalogue: Catalogue
) -> None:
    (document,) = read(dropped(tmp_path, pages, Machine()), reader).reading.documents
    npi = document.fields["prescriber_npi"]
    assert npi.raw["handprint"] == "1649246166"
    assert set(npi.raw.values()) == {"1649246166"}
    assert len(npi.raw) == 2  # never one reader alone
    assert document.fields["patient_last_name"].raw == {"ppocr": "Quimby", "tesseract": "Quimby"}
    assert npi.fax_page == 1
    assert npi.box_mm == catalogue.form("patient_status").field("prescriber_npi").box
    assert set(document.fields) == {field.name for field in catalogue.form("patient_status").fields}


def test_a_reading_survives_its_json(tmp_path: Path, reader: Reader, pages: list[GrayImage]) -> None:
    reading = read(dropped(tmp_path, pages, Machine()), reader).reading
    again = fax_reading_from_json(fax_reading_to_json(reading))
    assert fax_reading_to_json(again) == fax_reading_to_json(reading)
    assert again.documents[0].fields["labs.0.anc"].value == 3773


def test_a_missing_page_is_named_and_pages_in_the_wrong_order_are_put_right(
    tmp_path: Path, reader: Reader, pages: list[GrayImage]
) -> None:
    (alone,) = read(dropped(tmp_path, pages[1:], Machine()), reader).reading.documents
    assert alone.missing_pages == (1,)
    assert ProblemKind.MISSING_PAGE in {problem.kind for problem in alone.problems}
    (turned,) = read(dropped(tmp_path, pages[::-1], Machine()), reader).reading.documents
    assert [(page.fax_page, page.form_page) for page in turned.pages] == [(2, 1), (1, 2)]


def test_a_doubled_page_is_no_second_form_but_another_patients_page_is(
    tmp_path: Path, reader: Reader, pages: list[GrayImage], catalogue: Catalogue
) -> None:
    doubled = read(dropped(tmp_path, [pages[0], pages[0], pages[1]], Machine()), reader).reading
    assert [one.missing_pages for one in doubled.documents] == [()]
    assert ProblemKind.DOUBLED_PAGE in {problem.kind for problem in doubled.documents[0].problems}
    other = dict(VALUES, patient_last_name="Featherstone", patient_date_of_birth="01011950", patient_zip="20019", labs="")
    second = [filled(catalogue, catalogue.form("patient_status"), page, other) for page in (1, 2)]
    both = read(dropped(tmp_path, [*pages, *second], Machine()), reader).reading
    assert [one.fields["patient_last_name"].value for one in both.documents] == ["Quimby", "Featherstone"]


def test_a_note_in_the_margin_is_not_passed_over(tmp_path: Path, reader: Reader, pages: list[GrayImage]) -> None:
    import cv2

    noted = pages[1].copy()
    cv2.putText(noted, "pt fell ill, please call", (700, 1100), cv2.FONT_HERSHEY_SCRIPT_SIMPLEX, 1.2, (0,), 3)
    noted = np.asarray(noted, np.uint8)
    (document,) = read(dropped(tmp_path, [pages[0], noted], Machine()), reader).reading.documents
    fields = {name: field for name, field in document.fields.items() if field.problems}
    assert ProblemKind.OUTSIDE_ZONE in {problem.kind for problem in document.problems} or fields


def test_pages_of_other_kinds_are_named(tmp_path: Path, reader: Reader) -> None:
    import cv2

    def page(*lines: str) -> GrayImage:
        sheet = np.full((2200, 1700), 255, np.uint8)
        for number, line in enumerate(lines):
            cv2.putText(sheet, line, (150, 300 + 90 * number), cv2.FONT_HERSHEY_DUPLEX, 1.6, (0,), 3)
        return sheet

    cover = page(
        "FAX COVER SHEET", "To: Clozapine REMS", "From: Dr Okonedo", "Date: 11/20/2026", "Pages: 3 including this", "CONFIDENTIAL"
    )
    lab = page(
        "LABORATORY REPORT",
        "Specimen collected 11/17/2026",
        "WBC 5.2  reference range 4.0-11.0",
        "Neutrophils abs 2.1",
        "Platelets 210",
    )
    empty = page()
    done = read(dropped(tmp_path, [cover, lab, empty], Machine()), reader).reading
    assert [one.kind for one in done.other_pages] == [OtherKind.COVER_SHEET, OtherKind.LAB_PRINTOUT, OtherKind.BLANK]
    assert done.documents == ()


def test_a_file_without_pages_raises_what_is_wrong_with_it(tmp_path: Path, reader: Reader) -> None:
    path = tmp_path / "x.tif"
    path.write_text("this is no picture")
    with pytest.raises(UnreadableFax):
        read(path, reader)


class VoterThatCrashes:
    name = "tesseract"
    version = "0"
    cpu_seconds = 0.0

    def read(self, strips: Sequence[Strip], line: int = 0) -> list[TextGuess]:
        raise EngineFailed("tesseract was killed")

    def page_text(self, image: GrayImage) -> str:
        raise EngineFailed("tesseract was killed")


def test_with_one_reader_down_no_line_is_accepted_on_the_other_alone_but_all_is_offered(
    tmp_path: Path, catalogue: Catalogue, pages: list[GrayImage]
) -> None:
    crippled = Reader(catalogue)
    crippled.voter = VoterThatCrashes()  # type: ignore[assignment]
    (document,) = read(dropped(tmp_path, pages, Machine()), crippled).reading.documents
    assert ProblemKind.ENGINE_FAILED in {problem.kind for problem in document.problems}
    assert document.fields["patient_last_name"].value == "Quimby"
    assert not document.fields["patient_last_name"].accepted
    assert document.fields["labs.0.anc"].value == 3773  # two unlike readers are left for what stands in cells


def test_a_stripe_down_the_page_ticks_no_box_and_fills_no_blank(
    tmp_path: Path, reader: Reader, pages: list[GrayImage], catalogue: Catalogue
) -> None:
    box = catalogue.form("patient_status").field("labs.3.band").options["normal"]
    x = round((box.x0 + box.x1) / 2 * 200 / 25.4)
    striped = pages[1].copy()
    striped[:, x : x + 3] = 0
    (document,) = read(dropped(tmp_path, [pages[0], striped], Machine()), reader).reading.documents
    for row in range(1, 8):
        assert document.fields[f"labs.{row}.band"].value is None
    assert document.fields["missing_labs_reason"].value is None


def test_a_stripes_own_remains_are_no_digit_in_a_comb_that_must_be_full(
    tmp_path: Path, reader: Reader, pages: list[GrayImage], catalogue: Catalogue
) -> None:
    cell = catalogue.form("patient_status").field("labs.3.draw_date").cells[2]
    x = round((cell.x0 + cell.x1) / 2 * 200 / 25.4)
    y0, y1 = round(cell.y0 * 200 / 25.4), round(cell.y1 * 200 / 25.4)
    striped = pages[1].copy()
    striped[:, x : x + 3] = 0
    striped[y0 + 8 : y1 - 8, x - 2 : x + 5] = 0  # ragged here, so that it cannot be told from a stroke that crosses it
    (document,) = read(dropped(tmp_path, [pages[0], striped], Machine()), reader).reading.documents
    blank = document.fields["labs.3.draw_date"]
    assert (blank.value, blank.route, blank.accepted) == (None, Route.BLANK, True)


def test_an_address_with_a_letter_in_doubt_is_borne_out_by_the_name_beside_it_or_by_nobody(
    tmp_path: Path, reader: Reader, catalogue: Catalogue
) -> None:
    values = {
        "prescriber_first_name": "Lionel",
        "prescriber_last_name": "Quimby",
        "prescriber_npi": "1649246166",
        "prescriber_phone": "2025550143",
        "prescriber_fax": "2025550144",
        "prescriber_email": "l.quimby@clinic60.example.org",
        "practice_name": "Quimby Wholesale",
    }
    sheets = [filled(catalogue, catalogue.form("prescriber_enrollment"), page, values) for page in (1, 2)]
    (document,) = read(dropped(tmp_path, sheets, Machine()), reader).reading.documents
    address = document.fields["prescriber_email"]
    assert (address.value, address.speaks["echo"]) == ("l.quimby@clinic60.example.org", 1.0)
    assert address.accepted
    other = filled(catalogue, catalogue.form("prescriber_enrollment"), 1, {**values, "prescriber_email": "I.quimby@clinic60.org"})
    (document,) = read(dropped(tmp_path, [other, sheets[1]], Machine()), reader).reading.documents
    assert not document.fields["prescriber_email"].accepted


def test_what_spoke_for_a_value_and_by_which_calibration_is_kept_with_it(
    tmp_path: Path, reader: Reader, pages: list[GrayImage]
) -> None:
    (document,) = read(dropped(tmp_path, pages, Machine()), reader).reading.documents
    anc = document.fields["labs.0.anc"]
    assert anc.calibration == reader.calibration.version
    assert anc.manner in ("printed_comb", "read_comb")
    assert anc.speaks["witness"] == 1.0  # the band ticked beside it bears it out
    assert set(document.fields["labs.7.anc"].speaks) == {"white", "fine"}


def test_a_number_shorter_than_its_comb_is_whole_where_its_length_is_free(
    tmp_path: Path, reader: Reader, catalogue: Catalogue
) -> None:
    values = {"prescriber_first_name": "Anselm", "prescriber_npi": "1649246166", "phone_extension": "214"}
    sheets = [filled(catalogue, catalogue.form("prescriber_enrollment"), page, values) for page in (1, 2)]
    (document,) = read(dropped(tmp_path, sheets, Machine()), reader).reading.documents
    extension = document.fields["phone_extension"]
    assert (extension.value, extension.problems) == ("214", ())
