"""Which untouched faxes get a blind second look, and at which fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.reading import Route
from review_queue.sampling import (
    BLANK_CRITICAL,
    DEFAULT_SHARE,
    FEWEST,
    Hand,
    SamplingRules,
    fields_to_sample,
    hand_of,
    share_of_stratum,
    wants_second_look,
    weights,
)
from tests.review_queue import invented
from tests.review_queue.invented import DISAGREEING, STATUS_FORM, reading


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


@pytest.mark.parametrize(("passed", "share"), [(0, 1.0), (4, 1.0), (100, 0.05), (1500, DEFAULT_SHARE), (5000, DEFAULT_SHARE)])
def test_a_rare_form_is_sampled_more_densely(passed, share):
    assert share_of_stratum(passed, SamplingRules()) == pytest.approx(share)


@given(st.integers(0, 100_000))
def test_every_stratum_brings_its_fewest_or_all_it_has(passed):
    share = share_of_stratum(passed, SamplingRules())
    assert share == 1.0 or share * passed >= FEWEST - 1e-9


def test_without_a_share_nothing_is_sampled_however_rare():
    assert share_of_stratum(0, SamplingRules(share=0.0)) == 0.0


def test_every_critical_field_with_something_in_it_is_keyed_and_a_few_blank_ones():
    chosen = fields_to_sample(STATUS_FORM, reading(), "document-1")
    filled = {name for name, value in invented.CERTAIN.items() if value not in (None, False, "absent")}
    assert filled <= set(chosen)
    assert len(set(chosen) - filled) == BLANK_CRITICAL
    assert chosen == tuple(one.name for one in STATUS_FORM.fields if one.name in chosen)


def test_which_of_the_others_are_keyed_differs_from_fax_to_fax():
    ordinary = tuple(invented.replace(one, critical=False) for one in STATUS_FORM.fields)
    form = invented.replace(STATUS_FORM, fields=ordinary)
    chosen = {fields_to_sample(form, reading(), f"document-{number}") for number in range(20)}
    assert all(len(one) == 3 for one in chosen)
    assert len(chosen) > 5


def test_what_was_not_accepted_never_went_through_and_is_no_sample():
    assert "labs.0.anc" not in fields_to_sample(STATUS_FORM, reading(DISAGREEING), "document-1")


@pytest.mark.parametrize(
    ("changes", "hand"),
    [
        ({"manner": "read_comb"}, Hand.BY_HAND),
        ({"manner": "printed_line"}, Hand.TYPED),
        ({"manner": "verified_comb"}, Hand.KNOWN),
        ({"route": Route.TEXT, "manner": "text"}, Hand.TEXT),
    ],
)
def test_how_a_form_was_filled_in_shows_in_its_readings(changes, hand):
    assert hand_of(reading(invented.read("patient_id", "4417082K7", **changes))) is hand


def test_weights_are_what_passed():
    assert weights({"a": 3, "b": 1}) == {"a": 0.75, "b": 0.25}
    assert weights({}) == {}
