"""How one name is written twice, each way with its word; everything else is two names."""

from __future__ import annotations

import pytest

from registry.names import how_similar, nicknames, one_letter_off, plain_name, same_name, similar_name


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("José", "jose"), ("O'Brien-Smith Jr.", "obriensmithjr"), ("ANN MARIE", "annmarie"), ("Zoë 3", "zoe3"),
        ("Иван Петров", "иванпетров"), ("", ""), (" - ", "-"),
    ],
)  # fmt: skip
def test_a_plain_name_has_no_accents_case_spaces_or_points_and_another_script_stays(written: str, plain: str) -> None:
    assert plain_name(written) == plain


def test_names_of_another_script_are_told_apart() -> None:
    assert same_name("Иван", "иван")
    assert not same_name("Иван", "Олег")


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("Bill", "William", "a nickname"), ("Bob", "Robert", "a nickname"), ("Zach", "Zachary", "a nickname"),
        ("Abby", "Abigail", "a nickname"), ("Billy", "Willie", "a nickname"), ("Chrissy", "Christina", "a nickname"),
        ("Smith", "Smyth", "one letter off"), ("Jon", "Jo", None), ("Jonh", "John", "one letter off"),
        ("R", "Robert", "an initial"), ("Robert", "r.", "an initial"), ("R", "William", None), ("R", "B", None),
        ("Garcia", "Garcia-Lopez", "a part of a double name"), ("Ann Marie", "Marie", "a part of a double name"),
        ("De la Cruz", "De la Rosa", None), ("De la Cruz", "Cruz", "a part of a double name"), ("Lee A", "A Wong", None),
        ("Robert", "ROBERT", None), ("", "Robert", None), ("Robert", "", None), ("Anna", "Olga", None),
        ("Van Dyke", "Van Gogh", None), ("San Juan", "San Jose", None), ("Ng Lopez", "Ng Kowalski", "a part of a double name"),
    ],
)  # fmt: skip
def test_how_two_names_may_be_one_has_a_word_and_no_direction(one: str, other: str, how: str | None) -> None:
    assert how_similar(one, other) == how_similar(other, one) == how


def test_the_same_name_is_similar_too_and_two_names_are_not() -> None:
    assert similar_name("José", "JOSE")
    assert similar_name("Bob", "Robert")
    assert not similar_name("Anna", "Olga")


def test_a_short_name_of_several_long_ones_belongs_to_all_and_does_not_make_them_one() -> None:
    assert {"alexander", "alexandra", "alex"} <= nicknames()["alex"]
    assert how_similar("Al", "Alfred") == how_similar("Al", "Albert") == "a nickname"
    assert how_similar("Alfred", "Albert") is None
    assert all(name == plain_name(name) for name in nicknames())


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("smith", "smyth"), ("smith", "xmith"), ("smith", "smitx"), ("smith", "smit"), ("smith", "mith"), ("smith", "smth"),
        ("smith", "msith"), ("smith", "smiht"), ("smith", "simth"), ("lee", "les"), ("lee", "leee"),
        ("abc", "acb"), ("aab", "aba"),
    ],
)  # fmt: skip
def test_one_letter_changed_added_lost_or_exchanged_with_its_neighbour_is_one_letter_off(a: str, b: str) -> None:
    assert one_letter_off(a, b)
    assert one_letter_off(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("smith", "smith"), ("smith", "smxxh"), ("smith", "xmitx"), ("smith", "smi"), ("smith", "htims"), ("smith", "ximth"),
        ("smith", "mithx"), ("smith", "tmish"), ("al", "ed"), ("al", "ale"), ("ab", "ba"), ("smith", "msiht"),
        ("smith", "smiths2"),
        ("abcd", "badc"), ("smith", "xmit"), ("abc", "bca"),
    ],
)  # fmt: skip
def test_two_letters_a_letter_moved_far_and_names_of_two_letters_are_not(a: str, b: str) -> None:
    assert not one_letter_off(a, b)
    assert not one_letter_off(b, a)
