"""Which untouched faxes get a blind second look."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_queue.sampling import DEFAULT_SHARE, wants_second_look


def test_about_two_in_a_hundred_are_chosen():
    chosen = sum(wants_second_look(f"document-{number}") for number in range(20_000))
    assert 0.8 * DEFAULT_SHARE < chosen / 20_000 < 1.2 * DEFAULT_SHARE


@given(st.text(), st.floats(0, 1))
def test_the_choice_is_the_same_every_time_and_grows_with_the_share(document, share):
    assert wants_second_look(document, share) == wants_second_look(document, share)
    assert not (wants_second_look(document, share / 2) and not wants_second_look(document, share))


def test_all_and_none_mean_all_and_none():
    assert wants_second_look("document-1", 1.0)
    assert not wants_second_look("document-1", 0.0)


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_an_impossible_share_is_refused(share):
    with pytest.raises(ValueError, match="share"):
        wants_second_look("document-1", share)
