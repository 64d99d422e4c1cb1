"""What two readers make of a typed line together: what they may settle, and what only a person can tell."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from intake.classification import Blanks, place
from intake.forms.catalogue import Catalogue
from intake.laid_page import LaidPage
from intake.ocr.certainty import Calibration
from intake.ocr.engine import Strip
from intake.ocr.lattice import Lattice
from intake.ocr.strips import cut_line
from intake.reading import FieldReading, ProblemKind
from intake.voting import Witness, read_line
from intake.written import WrittenField
from tests.reading.paper import Machine, filled

TODAY = date(2026, 11, 23)
PRINT = Witness(printed=1.0)


class ReaderOfOneText:
    """A recogniser that reads the same text in every strip, nearly certain of it."""

    def __init__(self, text: str) -> None:
        self._text, self._signs = text, "".join(sorted(set(text)))

    def lattice(self, strip: Strip) -> Lattice:
        probs = np.full((2 * len(self._text), 1 + len(self._signs)), 1e-6, np.float32)
        for place_, sign in enumerate(self._text):
            probs[2 * place_, 1 + self._signs.index(sign)] = 0.9999
            probs[2 * place_ + 1, 0] = 0.9999
        return Lattice(np.log(probs), self._signs)


@pytest.fixture(scope="module")
def page(catalogue: Catalogue, blanks: Blanks) -> LaidPage:
    values = {"patient_last_name": "O'Connor", "prescriber_email": "a.okonedo@clinic50.example.org"}
    scan = Machine().send(filled(catalogue, catalogue.form("anc_lab_reporting"), 1, values))
    placed = place(scan, blanks)
    assert placed is not None
    return LaidPage.of(scan, placed, Calibration.load())


def read(page: LaidPage, name: str, text: str, vote: str) -> FieldReading:
    definition = page.placed.form.field(name)
    cut = cut_line(page.filled, definition.box)
    strips = tuple(Strip(name, line, text) for line in cut.lines[:1])
    one = WrittenField(definition, page, cut, strips, None, ReaderOfOneText(text))  # type: ignore[arg-type]
    return read_line(one, vote, PRINT, TODAY)


def test_a_typed_address_that_both_read_is_certain(page: LaidPage) -> None:
    address = "a.okonedo@clinic51.example.org"
    done = read(page, "prescriber_email", address, address)
    assert (done.value, done.accepted) == (address, True)


@pytest.mark.parametrize("address", ["a.okonedo@clinic5o.example.org", "a.ok0nedo@clinic51.example.org"])
def test_an_o_beside_a_digit_and_a_0_among_letters_of_an_address_go_to_a_person(page: LaidPage, address: str) -> None:
    done = read(page, "prescriber_email", address, address)
    assert not done.accepted
    assert ProblemKind.LOW_CERTAINTY in {problem.kind for problem in done.problems}


@pytest.mark.parametrize("vote", ["0'Connor", "O' Connor"])
def test_a_name_holds_no_digit_and_no_space_after_its_apostrophe(page: LaidPage, vote: str) -> None:
    done = read(page, "patient_last_name", "O'Connor", vote)
    assert (done.value, done.speaks["agree"]) == ("O'Connor", 1.0)
