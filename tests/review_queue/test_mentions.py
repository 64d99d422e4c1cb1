"""Whom a note names."""

from hypothesis import given
from hypothesis import strategies as st

from review_queue.mentions import named_in, pieces

NAMES = ("ann", "bob", "mary", "mary ann", "o'neil")


def test_a_colleague_is_named_by_an_at_and_the_sign_in_name_in_any_case():
    assert named_in("@Bob, is this a 7? Or @MARY ANN?", NAMES) == ("bob", "mary ann")


def test_a_longer_name_wins_and_part_of_a_word_is_no_name():
    assert named_in("@mary ann", NAMES) == ("mary ann",)
    assert named_in("@mary annoys @annabel", NAMES) == ("mary",)


def test_an_address_names_nobody():
    assert named_in("write to clinic@bob.example or a.b@ann", NAMES) == ()


def test_a_name_nobody_has_is_marked():
    assert [one.text for one in pieces("ask @bib.", NAMES) if one.nobody] == ["@bib"]


def test_each_is_named_once():
    assert named_in("@ann @bob @ann", NAMES) == ("ann", "bob")


@given(st.text(alphabet="@annbobmry .,'<x\n", max_size=60))
def test_the_pieces_together_are_the_note(text):
    assert "".join(one.text for one in pieces(text, NAMES)) == text
