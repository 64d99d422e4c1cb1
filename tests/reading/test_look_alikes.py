"""Where two readers name the same strokes differently, what stands beside them decides, or a person does."""

from __future__ import annotations

import pytest

from intake.look_alikes import same_address, same_words, with_capitals

LEE = ("Lee", "O'Marquez")


@pytest.mark.parametrize(
    ("one", "other", "seen"),
    [
        ("5218 0ak Ave Apt 3", "5218 Oak Ave Apt 3", "5218 Oak Ave Apt 3"),
        ("PH53842 OR", "PH53842 0R", "PH53842 OR"),
        ("l561 Park Blvd", "1561 Park Blvd", "1561 Park Blvd"),
    ],
)
def test_a_word_of_letters_alone_or_of_digits_alone_stands_against_a_mixed_one(one: str, other: str, seen: str) -> None:
    assert same_words(one, other) == seen


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Unit O", "Unit 0"),  # both can stand
        ("Ivan", "lvan"),  # both are letters alone
        ("R0B1", "ROB1"),  # neither is pure
        ("Oak Ave", "Elm Ave"),
        ("Oak Ave", "Oak"),
    ],
)
def test_where_both_words_can_stand_or_the_strokes_differ_nothing_is_settled(one: str, other: str) -> None:
    assert same_words(one, other) is None


@pytest.mark.parametrize("vote", ["|.omarquez@clinic60.org", "I.omarquez@clinic60.org", "1.omarquez@clinic60.org"])
def test_an_address_that_is_its_owners_name_needs_the_other_reader_for_the_rest_alone(vote: str) -> None:
    found = same_address("l.omarquez@clinic60.org", vote, LEE)
    assert (found.text, found.agreed, found.named) == ("l.omarquez@clinic60.org", True, True)
    assert not same_address("l.omarquez@clinic60.org", vote, None).agreed
    assert not same_address("l.omarquez@clinic60.org", vote.replace("60", "66"), LEE).agreed


def test_a_letter_is_taken_from_the_other_reader_but_never_from_the_name_alone() -> None:
    taken = same_address("1.omarquez@clinic60.org", "l.omarquez@clinic60.org", LEE)
    assert (taken.text, taken.agreed) == ("l.omarquez@clinic60.org", True)
    neither = same_address("1.omarquez@clinic60.org", "1.omarquez@clinic60.org", LEE)
    assert (neither.text, neither.named, neither.against) == ("1.omarquez@clinic60.org", False, True)


def test_capitals_make_no_other_address_and_digits_after_letters_are_no_l() -> None:
    assert same_address("e.long@clinic19.org", "e.Long@clinic19.org", None).agreed
    assert same_address("e.long@clinic19.org", "e.long@clinicl9.org", None).agreed
    assert not same_address("e.long@clinicl9.org", "e.long@clinic19.org", None).agreed


def test_an_address_without_its_point_is_not_its_owners_name() -> None:
    assert not same_address("lomarquez@clinic60.org", "lomarquez@clinic60.org", LEE).named


@pytest.mark.parametrize(
    ("read", "stands"),
    [
        ("Byrd wholesale", "Byrd Wholesale"),
        ("webster Pharmacy", "Webster Pharmacy"),
        ("wichita", "Wichita"),
        ("stone creek", "stone creek"),  # somebody who writes no capitals
        ("Home of hope", "Home of hope"),  # an h is no capital's likeness
        ("2213 Church St", "2213 Church St"),
    ],
)
def test_initials_that_differ_from_their_capitals_in_size_alone_are_capitals_among_capitals(read: str, stands: str) -> None:
    assert with_capitals(read) == stands
