"""A printed status form goes out by fax, is printed, filled in by hand and faxed back: whose it is stays known.

The whole way is real but for the two machines: the letter's own pages at 204 × 98, ink on them, the reader.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from app.enclosing import form_printer
from intake.fax import GrayImage
from intake.forms.catalogue import Catalogue
from intake.forms.definition import FormDefinition
from intake.read_fax import Reader, read_fax
from intake.reading import FormReading, Route
from outbound.fax_pages import render
from outbound.letters import compose
from outbound.notice import Enclosure, Notice, NoticeKey, Recipient, Role, SenderIdentity
from outbound.tiff_f import Resolution
from tests.reading.paper import DPI, PIXELS_PER_MM, Machine, scribble
from tests.reading.small_faxes import KnownFrom, dropped, patient
from tools.letter_samples import NOW, PLAIN, PRINTED, notice

ZELMIRA = patient(
    id=str(PRINTED["patient_id"]), first_name="Zelmira", last_name="Quintanilha", date_of_birth="1981-03-09", zip="97301"
)
BERT = patient(id="", first_name="Bert", last_name="Oduya", date_of_birth="1950-07-30", zip="22101")
TODAY = date(2026, 12, 21)


@pytest.fixture(scope="module")
def sheets(catalogue: Catalogue) -> list[GrayImage]:
    """The form that follows the letter, as an office machine prints what came at 204 × 98."""
    form = Enclosure("patient_status", "Patient Status Form", PRINTED)
    told = notice("status_form_recorded", PLAIN, complete=True)
    sent = Notice(NoticeKey("n"), told.kind, Recipient(Role.PRESCRIBER, "Amara Oyelaran", "2025550133"), "R-1", told.facts,
                  enclosures=(form,))  # fmt: skip
    us = SenderIdentity("Clozapine REMS Contact Center", "8005550100", "8005550101")
    tiff = render(compose([sent], us, NOW), form_printer(catalogue), Resolution.STANDARD).tiff
    printed = []
    with Image.open(BytesIO(tiff)) as stack:
        assert stack.n_frames == 4
        for page in (2, 3):
            stack.seek(page)
            printed.append(np.asarray(stack.convert("L").resize((round(8.47 * DPI), round(11 * DPI))), dtype=np.uint8))
    return printed


def written_on(
    form: FormDefinition, sheet: GrayImage, page: int, values: dict[str, str], struck: tuple[str, ...] = ()
) -> GrayImage:
    """The sheet with ink: text in its fields, a signature, and a line through what is struck."""
    image = Image.fromarray(sheet)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype("DejaVuSansMono.ttf", 30)
    for field in form.on_page(page):
        x0, y0, x1, y1 = (edge * PIXELS_PER_MM for edge in field.box)
        if field.name in struck:
            draw.line((x0, (y0 + y1) / 2, x0 + (x1 - x0) * 0.5, (y0 + y1) / 2), fill=0, width=5)
        value = values.get(field.name)
        if value is None:
            continue
        if value == "sign":
            draw.line(scribble(field.box), fill=0, width=4)
        elif field.cells:
            for character, cell in zip(value, field.cells, strict=False):
                middle = ((cell.x0 + cell.x1) / 2 * PIXELS_PER_MM, (cell.y0 + cell.y1) / 2 * PIXELS_PER_MM)
                draw.text(middle, character, font=font, fill=0, anchor="mm")
        else:
            draw.text((x0 + (x1 - x0) * 0.55, (y0 + y1) / 2), value, font=font, fill=0, anchor="lm")
    return np.asarray(image, dtype=np.uint8)


COUNTS = {
    "labs.0.draw_date": "12182026",
    "labs.0.anc": "3773",
    "signature_prescriber": "sign",
    "signature_prescriber_date": "12202026",
}


def came_back(folder: Path, reader: Reader, sheets: list[GrayImage]) -> FormReading:
    fax = dropped(folder, sheets, Machine(skew=0.4, standard=True))
    (document,) = read_fax(fax, reader, KnownFrom(ZELMIRA, BERT), TODAY).reading.documents
    return document


def test_what_we_printed_is_known_when_it_comes_back_with_the_months_counts(
    tmp_path: Path, reader: Reader, catalogue: Catalogue, sheets: list[GrayImage]
) -> None:
    form = catalogue.form("patient_status")
    filled = [written_on(form, sheet, page, COUNTS) for page, sheet in enumerate(sheets, 1)]
    document = came_back(tmp_path, reader, filled)
    assert (document.form, document.missing_pages) == ("patient_status", ())
    for name in ("patient_id", "patient_first_name", "patient_last_name", "patient_date_of_birth"):
        assert document.fields[name].value == PRINTED[name], name
        assert document.fields[name].route is Route.VERIFIED, name
    assert document.fields["labs.0.anc"].value == 3773
    assert document.fields["labs.0.draw_date"].value == "2026-12-18"


def test_the_code_says_whose_it_is_where_name_and_id_came_out_blank(
    tmp_path: Path, reader: Reader, catalogue: Catalogue, sheets: list[GrayImage]
) -> None:
    form = catalogue.form("patient_status")
    blotted = sheets[0].copy()
    for name in ("patient_id", "patient_first_name", "patient_last_name"):
        x0, y0, x1, y1 = (round(edge * PIXELS_PER_MM) for edge in form.field(name).box)
        blotted[y0 + 6 : y1 - 6, x0 + 6 : x1 - 6] = 255
    second = written_on(form, sheets[1], 2, COUNTS)
    document = came_back(tmp_path, reader, [blotted, second])
    assert document.missing_pages == ()
    assert document.fields["patient_id"].value is None
    born = document.fields["patient_date_of_birth"]
    assert (born.value, born.route) == ("1981-03-09", Route.VERIFIED)
    without_code = [sheet.copy() for sheet in (blotted, second)]
    for sheet in without_code:
        sheet[
            round(9.0 * PIXELS_PER_MM) : round(21.5 * PIXELS_PER_MM), round(68 * PIXELS_PER_MM) : round(140 * PIXELS_PER_MM)
        ] = 255
    assert came_back(tmp_path, reader, without_code).fields["patient_date_of_birth"].route is not Route.VERIFIED


def test_another_patients_name_written_over_the_printed_one_is_never_overruled_by_the_code(
    tmp_path: Path, reader: Reader, catalogue: Catalogue, sheets: list[GrayImage]
) -> None:
    form = catalogue.form("patient_status")
    other = {"patient_first_name": "BERT", "patient_last_name": "ODUYA"}
    struck = ("patient_first_name", "patient_last_name", "patient_date_of_birth")
    first = written_on(form, sheets[0], 1, other, struck)
    document = came_back(tmp_path, reader, [first, written_on(form, sheets[1], 2, COUNTS)])
    doubted = [name for name in struck if not document.fields[name].accepted]
    assert set(struck[:2]) <= set(doubted)
