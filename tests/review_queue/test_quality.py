"""Bounds of an error rate, and when it is too high."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from intake.ocr.calibrating import at_most, upper_bound
from review_queue.quality import (
    CRITICAL_BAR,
    ORDINARY_BAR,
    Counted,
    Outcome,
    Rate,
    enough_for,
    lower_bound,
    rate_of,
    recovered,
    too_high,
)


@pytest.mark.parametrize(
    ("wrong", "fields", "lower", "upper"),
    [  # textbook values of the one-sided 95 % Clopper-Pearson bounds
        (0, 10, 0.0, 0.258866),
        (1, 10, 0.005116, 0.394163),
        (2, 10, 0.036771, 0.506901),
        (5, 10, 0.222441, 0.777559),
        (10, 10, 0.741134, 1.0),
        (0, 3000, 0.0, 0.00099808),
    ],
)
def test_the_bounds_are_those_of_the_tables(wrong, fields, lower, upper):
    assert lower_bound(wrong, fields) == pytest.approx(lower, abs=2e-6)
    assert upper_bound(wrong, fields) == pytest.approx(upper, abs=2e-6)


def test_where_nothing_was_keyed_nothing_is_known():
    assert (Rate(0, 0).rate, Rate(0, 0).lower, Rate(0, 0).upper) == (0.0, 0.0, 1.0)


@settings(deadline=None)
@given(st.integers(1, 25), st.floats(0.01, 0.6))
def test_each_bound_holds_the_true_rate_at_least_19_times_in_20(fields, true):
    """Exact coverage: the probability of all outcomes whose bound holds the true rate."""
    chance = [math.comb(fields, wrong) * true**wrong * (1 - true) ** (fields - wrong) for wrong in range(fields + 1)]
    assert sum(one for wrong, one in enumerate(chance) if upper_bound(wrong, fields) >= true) >= 0.95 - 1e-9
    assert sum(one for wrong, one in enumerate(chance) if lower_bound(wrong, fields) <= true) >= 0.95 - 1e-9


@settings(deadline=None)
@given(st.integers(1, 2000), st.data())
def test_the_bounds_enclose_the_rate_and_mirror_each_other(fields, data):
    wrong = data.draw(st.integers(0, min(fields, 60)))
    assert lower_bound(wrong, fields) <= wrong / fields <= upper_bound(wrong, fields)
    if fields <= 60:
        assert lower_bound(wrong, fields) == pytest.approx(1 - upper_bound(fields - wrong, fields), abs=1e-9)


@pytest.mark.parametrize("bar", [CRITICAL_BAR, ORDINARY_BAR])
def test_enough_is_where_a_reader_at_the_bar_passes_nearly_always_and_one_well_above_it_nearly_never(bar):
    fields = enough_for(bar)
    most = max(wrong for wrong in range(100) if upper_bound(wrong, fields) <= bar.bound)
    assert at_most(most, fields, bar.rate) >= 0.95
    assert at_most(most, fields, 2 * bar.bound) < 0.01


def test_enough_is_some_nine_thousand_critical_fields():
    assert 8000 < enough_for(CRITICAL_BAR) < 10_000
    assert 1000 < enough_for(ORDINARY_BAR) < 3000


@pytest.mark.parametrize(
    ("wrong", "fields", "alarm"),
    [
        (0, 10, False),  # the upper bound is 1 in 4: that says nothing
        (0, 2000, False),
        (1, 100, True),  # at least 0.5 in 1,000
        (1, 256, True),
        (1, 257, False),  # one error may happen
        (2, 1000, True),
        (3, 5000, False),
        (1, 20_000, False),
        (20, 9500, True),
    ],
)
def test_an_alarm_is_raised_only_by_what_is_shown(wrong, fields, alarm):
    assert bool(too_high(Rate(wrong, fields), CRITICAL_BAR)) is alarm


def test_an_upper_bound_that_does_not_come_down_with_enough_keyed_is_an_alarm_too():
    fields = enough_for(ORDINARY_BAR)
    wrong = next(wrong for wrong in range(50) if upper_bound(wrong, fields) > ORDINARY_BAR.bound)
    rate = Rate(wrong, fields)
    assert rate.lower > ORDINARY_BAR.rate or "it may be" in too_high(rate, ORDINARY_BAR)
    assert too_high(rate, ORDINARY_BAR)
    assert not too_high(Rate(wrong - 1, fields), ORDINARY_BAR)


@settings(deadline=None)
@given(st.integers(0, 30), st.integers(1, 30_000))
def test_more_errors_never_end_an_alarm(wrong, fields):
    wrong = min(wrong, fields - 1)
    if too_high(Rate(wrong, fields), CRITICAL_BAR):
        assert too_high(Rate(wrong + 1, fields), CRITICAL_BAR)


def test_an_alarm_is_over_when_three_thousand_fields_since_were_right():
    assert not recovered(Rate(0, 2900), CRITICAL_BAR)
    assert recovered(Rate(0, 3000), CRITICAL_BAR)
    assert not recovered(Rate(1, 3000), CRITICAL_BAR)


def test_what_waits_counts_nothing_and_what_is_unclear_counts_as_wrong():
    def some(outcome, fields, critical=True):
        return Counted("patient_status", "typed", critical, outcome, fields)

    found = [some(Outcome.OPEN, 100), some(Outcome.RIGHT, 50), some(Outcome.WRONG, 2), some(Outcome.UNCLEAR, 1)]
    assert rate_of([*found, some(Outcome.WRONG, 9, critical=False)], critical=True) == Rate(3, 53)
