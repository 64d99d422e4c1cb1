"""Signature zones: signed, not signed, or for a person."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from intake.fax import GrayImage
from intake.instead_of_signing import Instead, ZoneWords, says_instead, stands_instead, words_of
from intake.marked_fields import signature_verdict
from intake.ocr.lattice import Lattice
from intake.ocr.marks import MarkVerdict
from intake.ocr.signature_likeness import likeness
from intake.ocr.signatures import SignatureReading, ZoneLook, read_signature
from tests.reading.boxes_and_zones import MM, ZONE, blank, laid, line


def sign(page: GrayImage) -> None:
    """A capital's loop and a wave that dies out, as in haste."""
    t = np.linspace(0, 1, 160)
    x = 30 + 42 * t + 1.2 * np.cos(34 * t)
    y = 69 - 2 * t + (1 - 0.6 * t) * (2.4 + 0.9 * np.sin(9 * t)) * np.sin(34 * t)
    line(page, (29, 73), (31, 62), (30, 68), *zip(x, y, strict=True))


def typed_name(page: GrayImage) -> None:
    cv2.putText(page, "Jane Doe, MD", (round(25 * MM), round(71 * MM)), cv2.FONT_HERSHEY_COMPLEX, 0.8, (0,), 1)


def smudge(page: GrayImage) -> None:
    cv2.circle(page, (round(50 * MM), round(70 * MM)), 12, (0,), -1)


def ruled_line(page: GrayImage) -> None:
    line(page, (22, 70), (108, 70))


def line_by_hand(page: GrayImage) -> None:
    line(page, (24, 70), (40, 70.4), (60, 69.8), (80, 70.3), (96, 69.9))


def stripe(page: GrayImage) -> None:
    line(page, (60, 0), (60, 150), width=3)


def an_x(page: GrayImage) -> None:
    line(page, (30, 65), (37, 73))
    line(page, (37, 65), (30, 73))


def noise(page: GrayImage) -> None:
    page[np.random.default_rng(5).random(page.shape) < 0.004] = 0


def test_long_looping_strokes_are_a_signature() -> None:
    page = blank()
    sign(page)
    assert read_signature(laid(page), ZONE).verdict is MarkVerdict.PRESENT


def test_a_signature_with_a_stripe_through_it_is_still_one() -> None:
    page = blank()
    sign(page)
    stripe(page)
    assert read_signature(laid(page), ZONE).verdict is not MarkVerdict.ABSENT


def test_an_empty_zone_holds_no_signature() -> None:
    assert read_signature(laid(blank()), ZONE).verdict is MarkVerdict.ABSENT


@pytest.mark.parametrize("other", [typed_name, smudge, ruled_line, line_by_hand, stripe, an_x, noise])
def test_type_smudges_lines_stripes_a_cross_and_noise_are_never_taken_for_a_signature(other: object) -> None:
    page = blank()
    other(page)  # type: ignore[operator]
    assert read_signature(laid(page), ZONE).verdict is not MarkVerdict.PRESENT


@pytest.mark.parametrize(
    "words", ["on file", "0n file", "Signature on File", "N/A", "n/a", "3/14/2026", "03-14-26", "March 4, 2026"]
)
def test_words_and_dates_that_stand_where_nobody_signed_are_known(words: str) -> None:
    assert stands_instead(words)


@pytest.mark.parametrize("words", ["Maria Lopez", "J. Smith", "A. Nolan MD", "R", ""])
def test_names_are_not_taken_for_such_words(words: str) -> None:
    assert not stands_instead(words)


def seen_as(*steps: dict[str, float]) -> Lattice:
    """What a recogniser saw: at each step the probability of some characters, the blank has the rest."""
    characters = "".join(dict.fromkeys("".join(sign for step in steps for sign in step)))
    rows = []
    for step in steps:
        rows.append([1.0 - sum(step.values()), *(step.get(sign, 0.0) for sign in characters)])
        rows.append([1.0, *(0.0 for _ in characters)])
    return Lattice(np.log(np.maximum(rows, 1e-12)).astype(np.float32), characters)


def plain(words: str) -> Lattice:
    return seen_as(*({sign: 0.98} for sign in words))


def test_such_words_are_known_though_the_reader_spells_them_wrong() -> None:
    misread = [{wrong: 0.6, right: 0.3} for wrong, right in zip("qn tlle", "on File", strict=True)]
    assert not stands_instead("qn tlle")
    assert says_instead(seen_as(*misread))


def test_two_letters_that_may_be_initials_are_no_such_words_unless_they_are_plain() -> None:
    assert says_instead(plain("NA"))
    assert not says_instead(seen_as({"M": 0.9, "N": 0.05}, {"A": 0.9}))


@pytest.mark.parametrize("date", ["06/13/2026", "8110124", "Fea 3. 2020", "1-2-24"])
def test_a_date_is_known_though_strokes_were_taken_for_ones_and_its_month_is_misspelt(date: str) -> None:
    assert says_instead(plain(date))


@pytest.mark.parametrize("words", ["Maria Lopez", "J. Smith 3/4/24", "0008", "Ana", "MARCH"])
def test_names_and_loops_that_read_as_naughts_are_no_such_words(words: str) -> None:
    assert not says_instead(plain(words))


def test_a_cross_before_the_words_does_not_hide_them() -> None:
    assert words_of([plain("X"), plain("on file")]).instead
    assert not words_of([plain("Maria Lopez"), plain("on file")]).instead
    assert not words_of([]).instead


SIGNED = SignatureReading(MarkVerdict.PRESENT, 0.9, 60.0, 40.0, 30.0, signed=0.999, look=ZoneLook.SIGNED, may_be_signed=True)
BY_HAND = SignatureReading(
    MarkVerdict.UNSURE, 0.0, 40.0, 30.0, 8.0, signed=0.02, name=0.2, written=0.77, look=ZoneLook.WRITTEN, may_be_signed=True
)


def test_words_speak_against_what_looks_like_a_signature() -> None:
    assert signature_verdict(SIGNED, ZoneWords("Maria Lopez", 0.9, Instead.NO))[0] is MarkVerdict.PRESENT
    verdict, firmness, words = signature_verdict(SIGNED, ZoneWords("on file", 0.9, Instead.PLAINLY))
    assert (verdict, firmness) == (MarkVerdict.UNSURE, 0.0)
    assert "on file" in words


def test_words_by_hand_settle_that_nobody_signed_only_when_they_say_so() -> None:
    assert signature_verdict(BY_HAND, ZoneWords("on file", 0.2, Instead.PERHAPS))[0] is MarkVerdict.ABSENT
    assert signature_verdict(BY_HAND, ZoneWords("Maria Lopez", 0.95, Instead.NO))[0] is MarkVerdict.UNSURE
    assert signature_verdict(BY_HAND)[0] is MarkVerdict.UNSURE


def test_a_signature_is_more_like_itself_a_little_shifted_than_like_another() -> None:
    one, other = blank(), blank()
    sign(one)
    t = np.linspace(0, 1, 80)
    line(other, *zip(28 + 20 * t, 69 + 6 * np.cos(11 * t), strict=True))
    line(other, (45, 64), (58, 75), (74, 66))
    zone = (slice(480, 605), slice(165, 860))
    first, shifted, second = (laid(page).fill[zone] for page in (one, np.roll(one, (2, 5), (0, 1)), other))
    assert likeness(first, shifted) > 0.8
    assert likeness(first, second) < likeness(first, shifted) - 0.2
    assert likeness(first, np.zeros_like(first)) == 0.0
    assert likeness(first, second) == pytest.approx(likeness(second, first), abs=1e-5)
