"""The first calibration keeps its promises of order."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from intake.ocr.certainty import TextEvidence, accepted, mark_certainty, text_certainty

evidence = st.builds(
    TextEvidence,
    path=st.floats(0, 1),
    agrees=st.booleans(),
    late=st.booleans(),
    loosely=st.booleans(),
    silent=st.booleans(),
    checked=st.booleans(),
    counted=st.none() | st.booleans(),
    parsed=st.booleans(),
    damaged=st.booleans(),
    standard=st.booleans(),
    beyond=st.booleans(),
)


@given(evidence)
def test_a_certainty_is_a_probability(one: TextEvidence) -> None:
    assert 0.0 <= text_certainty(one) <= 1.0


@given(evidence)
def test_damage_low_resolution_and_ink_over_the_edge_never_raise_certainty(one: TextEvidence) -> None:
    for worse in ({"damaged": True}, {"standard": True}, {"beyond": True}, {"parsed": False}):
        assert text_certainty(replace(one, **worse)) <= text_certainty(one) or getattr(one, next(iter(worse))) == next(
            iter(worse.values())
        )


@given(evidence)
def test_no_critical_value_is_accepted_on_one_readers_word_without_a_check_digit(one: TextEvidence) -> None:
    if not one.agrees and not one.checked:
        assert not accepted(text_certainty(one), critical=True)


@given(evidence)
def test_nothing_that_does_not_parse_or_whose_cells_do_not_count_is_accepted(one: TextEvidence) -> None:
    if not one.parsed or one.counted is False:
        assert not accepted(text_certainty(one), critical=False)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_firmer_mark_is_never_less_certain(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert mark_certainty(low, damaged=False) <= mark_certainty(high, damaged=False)
    assert mark_certainty(high, damaged=True) < mark_certainty(high, damaged=False)
