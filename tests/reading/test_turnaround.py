"""Turnaround forms: pages that say whose they are keep together and are known by it, but never against what is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pypdfium2
import pytest

from intake.fax import GrayImage
from intake.forms.catalogue import Catalogue
from intake.forms.page_codes import TurnaroundCode, find_turnaround_code, turnaround_symbol
from intake.forms.prefilling import prefill
from intake.read_fax import Reader, read_fax
from intake.reading import ProblemKind, Route
from registry.identifiers import issue_patient_id
from tests.reading.paper import Machine
from tests.reading.small_faxes import KnownFrom, dropped, patient

TODAY = date(2026, 11, 23)
ANNA, BERT = issue_patient_id(4711), issue_patient_id(815)
COMMON = {"prescriber_npi": "1649246166", "submitter": "prescriber", "labs.0.draw_date": "2026-11-17", "labs.0.band": "normal"}


@pytest.fixture(scope="module")
def reader(catalogue: Catalogue) -> Reader:
    return Reader(catalogue)


def printed(catalogue: Catalogue, values: Mapping[str, object]) -> list[GrayImage]:
    """The pages of a turnaround form as an office printer lays them on paper, 200 dpi."""
    pdf = pypdfium2.PdfDocument(prefill(catalogue.form("patient_status"), {**COMMON, **values}))  # type: ignore[dict-item]
    pdf.init_forms()
    return [np.asarray(page.render(scale=200 / 72, grayscale=True, may_draw_forms=True).to_numpy()) for page in pdf]


def of_anna(**more: object) -> dict[str, object]:
    return {"patient_id": ANNA, "patient_first_name": "Anna", "patient_last_name": "Quist", "labs.0.anc": 1850, **more}


def of_bert(**more: object) -> dict[str, object]:
    return {"patient_id": BERT, "patient_first_name": "Bert", "patient_last_name": "Oduya", "labs.0.anc": 3773, **more}


@pytest.mark.parametrize("order", [(0, 2, 1, 3), (0, 2, 3, 1), (3, 0, 1, 2)])
@pytest.mark.parametrize("standard", [False, True])
def test_shuffled_pages_of_two_patients_come_together_again(
    tmp_path: Path, reader: Reader, catalogue: Catalogue, order: tuple[int, ...], standard: bool
) -> None:
    sheets = [*printed(catalogue, of_anna()), *printed(catalogue, of_bert())]
    path = dropped(tmp_path, [sheets[place] for place in order], Machine(skew=0.6, standard=standard))
    documents = read_fax(path, reader, KnownFrom(), TODAY).reading.documents
    found = {one.fields["patient_id"].value: one.fields["labs.0.anc"].value for one in documents}
    assert found == {ANNA: 1850, BERT: 3773}
    assert all(one.missing_pages == () for one in documents)
    assert not any(problem.kind is ProblemKind.UNSURE_FORM for one in documents for problem in one.problems)


def test_a_patient_is_known_by_the_code_and_the_name_though_the_birth_date_is_left_blank(
    tmp_path: Path, reader: Reader, catalogue: Catalogue
) -> None:
    known = KnownFrom(patient(id=ANNA, first_name="Anna", last_name="Quist"), patient(first_name="Anna", last_name="Quine"))
    values = of_anna()
    del values["patient_id"]
    sheets = printed(catalogue, of_anna())
    path = dropped(tmp_path, sheets, Machine())
    (document,) = read_fax(path, reader, known, TODAY).reading.documents
    for name in ("patient_id", "patient_first_name", "patient_last_name"):
        assert document.fields[name].route is Route.VERIFIED


def test_another_patients_name_on_a_pre_printed_form_is_not_overruled_by_its_code(
    tmp_path: Path, reader: Reader, catalogue: Catalogue
) -> None:
    anna = patient(id=ANNA, first_name="Anna", last_name="Quist", date_of_birth="1950-01-01")
    bert = patient(id=BERT, first_name="Bert", last_name="Oduya", date_of_birth="1981-07-30")
    sheets = printed(catalogue, of_anna(patient_first_name="Bert", patient_last_name="Oduya", patient_date_of_birth="1981-07-30"))
    (document,) = read_fax(dropped(tmp_path, sheets, Machine()), reader, KnownFrom(anna, bert), TODAY).reading.documents
    assert document.fields["patient_last_name"].value == "Oduya"
    doubted = [name for name in ("patient_id", "patient_last_name") if not document.fields[name].accepted]
    assert doubted


def test_a_code_with_a_wrong_check_character_is_nobodys() -> None:
    assert TurnaroundCode.from_payload(f"RFT{ANNA}1649246166") == TurnaroundCode(ANNA, "1649246166")
    assert TurnaroundCode.from_payload(f"RFT{ANNA}1649246167") is None
    wrong = ANNA[:-1] + ("A" if ANNA[-1] != "A" else "C")
    assert TurnaroundCode.from_payload(f"RFT{wrong}") is None


def test_two_codes_that_differ_say_nothing() -> None:
    title = np.full((300, 900), 255, np.uint8)
    for place, whose in enumerate((ANNA, BERT)):
        symbol = np.kron(np.where(turnaround_symbol(TurnaroundCode(whose)), 0, 255), np.ones((7, 7))).astype(np.uint8)
        title[60 : 60 + symbol.shape[0], 40 + 420 * place : 40 + 420 * place + symbol.shape[1]] = symbol
        if place == 0:
            assert find_turnaround_code(title) == TurnaroundCode(ANNA)
    assert find_turnaround_code(title) is None
