"""What unlike readers make of a comb together that nobody knows, on a form filled in by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from intake.classification import Blanks, place
from intake.comb_voting import read_cells
from intake.forms.catalogue import Catalogue
from intake.laid_page import LaidPage
from intake.ocr.certainty import Calibration
from intake.ocr.engine import Strip
from intake.ocr.handprint import CellLattice
from intake.ocr.lattice import Lattice
from intake.ocr.own_hand import KnownCells, OwnHand
from intake.ocr.strips import cut_cells
from intake.reading import FieldReading, ProblemKind
from intake.voting import Witness
from intake.written import WrittenField
from tests.reading.paper import Machine, filled

TODAY = date(2026, 11, 23)
DIGITS = "0123456789"
SIGNS = DIGITS + "?"


class ReaderOfOneMind:
    """A large recogniser that reads the same text in every strip, as firmly as it is told to."""

    def __init__(self, text: str, firm: float) -> None:
        self._text, self._firm = text, firm

    def lattice(self, strip: Strip) -> Lattice:
        probs = np.full((2 * len(self._text), 1 + len(DIGITS)), (1 - self._firm) / len(DIGITS), np.float32)
        for place_, sign in enumerate(self._text):
            probs[2 * place_, 1 + DIGITS.index(sign)] = self._firm
            probs[2 * place_ + 1, 0] = self._firm
        return Lattice(np.log(probs), DIGITS)


def cells(text: str, sure: float = 0.995, like: str = "") -> CellLattice:
    """What the small reader makes of cells: this text, in strokes that look like those of `like`."""
    probs = np.full((len(text), len(SIGNS)), (1 - sure) / (len(SIGNS) - 1), np.float32)
    probs[np.arange(len(text)), [SIGNS.index(sign) for sign in text]] = sure
    traits = np.eye(len(SIGNS), dtype=np.float32)[[SIGNS.index(sign) for sign in like or text]]
    return CellLattice(np.log(probs), SIGNS, np.ones(len(text), np.float32), traits)


KNOWN_HAND = OwnHand.of([KnownCells(cells(text), text) for text in ("2025550143", "03141972", "22101", "8467390218")])

MANY_HANDS = OwnHand.of([*KNOWN_HAND.fields, KnownCells(cells("99", like="80"), "99")])


@pytest.fixture(scope="module")
def pages(catalogue: Catalogue, blanks: Blanks) -> dict[int, LaidPage]:
    form = catalogue.form("patient_status")
    values = {"prescriber_npi": "1649246166", "labs.0.anc": "3773", "labs.0.draw_date": "11172026"}
    laid = {}
    for number in (1, 2):
        scan = Machine().send(filled(catalogue, form, number, values))
        placed = place(scan, blanks)
        assert placed is not None
        laid[number] = LaidPage.of(scan, placed, Calibration.load())
    return laid


def read(
    pages: dict[int, LaidPage],
    name: str,
    own: CellLattice,
    large: ReaderOfOneMind,
    hand: OwnHand = KNOWN_HAND,
    stray: bool = False,
) -> FieldReading:
    """The field by hand, read by both readers and what is known of the hand."""
    page = next(page for page in pages.values() if any(one.name == name for one in _fields(page)))
    definition = next(one for one in _fields(page) if one.name == name)
    cut = replace(cut_cells(page.filled, definition.cells), stray=stray)
    strips = tuple(Strip(name, line, DIGITS, len(own)) for line in cut.lines)
    one = WrittenField(definition, page, cut, strips, own, large)  # type: ignore[arg-type]
    return read_cells(one.read_by(hand), Witness(hand=hand), TODAY)


def _fields(page: LaidPage):  # type: ignore[no-untyped-def]
    return page.placed.form.on_page(page.placed.classification.form_page)


def test_two_unlike_readers_and_a_known_hand_make_a_count_certain(pages: dict[int, LaidPage]) -> None:
    done = read(pages, "labs.0.anc", cells("3773"), ReaderOfOneMind("3773", 0.99))
    assert (done.value, done.manner, done.accepted) == (3773, "read_comb", True)
    assert done.raw == {"handprint": "3773", "ppocr": "3773", "own_hand": "3773"}


def test_a_hand_of_which_nothing_is_known_makes_no_count_certain_however_sure_both_readers_are(
    pages: dict[int, LaidPage],
) -> None:
    done = read(pages, "labs.0.anc", cells("3773"), ReaderOfOneMind("3773", 0.999), OwnHand.of([]))
    assert (done.value, done.manner, done.accepted) == (3773, "", False)


def test_the_hands_own_characters_overrule_what_both_readers_take_a_1_for(pages: dict[int, LaidPage]) -> None:
    done = read(pages, "labs.0.anc", cells("7773", sure=0.8, like="1773"), ReaderOfOneMind("7773", 0.6))
    assert done.raw["own_hand"] == "1773"
    assert not done.accepted
    assert 1773 in done.guesses


def test_a_reader_that_is_firm_about_something_else_stops_the_two_that_see_alike(pages: dict[int, LaidPage]) -> None:
    firm = read(pages, "labs.0.anc", cells("3773"), ReaderOfOneMind("3778", 0.99), MANY_HANDS)
    unsure = read(pages, "labs.0.anc", cells("3773"), ReaderOfOneMind("3778", 0.6), MANY_HANDS)
    assert (firm.value, firm.manner) == (3773, "")
    assert ProblemKind.READERS_DISAGREE in {problem.kind for problem in firm.problems}
    assert (unsure.value, unsure.manner) == (3773, "read_comb")


def test_where_all_known_digits_are_of_one_hand_the_large_reader_alone_stops_nothing(pages: dict[int, LaidPage]) -> None:
    done = read(pages, "labs.0.anc", cells("3773"), ReaderOfOneMind("3778", 0.99))
    assert (done.value, done.manner) == (3773, "read_comb")


def test_a_stroke_beside_the_row_that_is_nobodys_sends_a_count_to_a_person(pages: dict[int, LaidPage]) -> None:
    done = read(pages, "labs.0.anc", cells("3773"), ReaderOfOneMind("3773", 0.99), stray=True)
    assert (done.manner, done.accepted) == ("", False)
    assert ProblemKind.OUTSIDE_ZONE in {problem.kind for problem in done.problems}


def test_a_check_digit_bears_out_what_one_reader_alone_reads_of_a_hand_nobody_knows(pages: dict[int, LaidPage]) -> None:
    done = read(pages, "prescriber_npi", cells("1649246166"), ReaderOfOneMind("1649246186", 0.6), OwnHand.of([]))
    assert (done.value, done.manner) == ("1649246166", "checked_comb")


def test_a_check_digit_that_fails_is_no_certainty_and_no_repair(pages: dict[int, LaidPage]) -> None:
    done = read(pages, "prescriber_npi", cells("1649246168"), ReaderOfOneMind("1649246168", 0.99))
    assert (done.value, done.manner, done.accepted) == ("1649246168", "", False)
    assert ProblemKind.CHECK_DIGIT in {problem.kind for problem in done.problems}
