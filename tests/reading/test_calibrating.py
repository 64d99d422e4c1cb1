"""Fitting the certainty: curves that are true on what they were fitted on, bars that follow from the errors seen."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.ocr.calibrating import NEVER, Labelled, fit, fitted_curve, upper_bound
from intake.ocr.certainty import Calibration, Curve, Manner


def fields(count: int, error: float, seed: int, critical: bool = True) -> list[Labelled]:
    """Fields of which the doubtful half is wrong at a rate, and the clear half never."""
    chance = random.Random(seed)
    found = []
    for number in range(count):
        clear = number % 2 == 0
        joint = chance.uniform(3, 5) if clear else chance.uniform(0, 2.5)
        right = clear or chance.random() > error * (1 - joint / 2.5)
        found.append(Labelled(f"fax-{number % 97}", Manner.READ_COMB, {"joint": joint, "whole": 1.0}, critical, right))
    return found


def test_a_curve_says_what_was_seen() -> None:
    data = fields(4000, 0.4, 1)
    curve = fitted_curve(data)
    doubtful = [one for one in data if one.speaks["joint"] < 2.5]
    said = sum(curve.certainty(one.speaks) for one in doubtful) / len(doubtful)
    assert said == pytest.approx(sum(one.right for one in doubtful) / len(doubtful), abs=0.03)


def test_nothing_wrong_lies_above_a_critical_bar() -> None:
    data = fields(6000, 0.4, 2)
    curve = fitted_curve(data)
    taken = [one for one in data if curve.certainty(one.speaks) >= curve.bar_critical]
    assert taken
    assert all(one.right for one in taken)


def test_fields_that_are_wrong_at_random_are_never_accepted() -> None:
    chance = random.Random(3)
    data = [Labelled(f"f{n}", Manner.MARK, {"firm": 1.0}, True, chance.random() > 0.05) for n in range(3000)]
    assert fitted_curve(data).bar_critical == NEVER


@given(st.lists(st.tuples(st.floats(0, 5), st.booleans()), min_size=5, max_size=60))
def test_no_weight_is_ever_below_nothing(seen: list[tuple[float, bool]]) -> None:
    data = [
        Labelled(str(n), Manner.READ_LINE, {"path": value, "other": 5 - value}, False, right)
        for n, (value, right) in enumerate(seen)
    ]
    assert all(weight >= 0 for weight in fitted_curve(data).weights.values())


def test_a_bar_is_not_loosened_on_too_little_evidence() -> None:
    strict = Calibration("strict", {Manner.READ_COMB: Curve(-9.0, {"joint": 2.0}, 0.9999, 0.999, 10_000, 5)})
    few = fit(fields(400, 0.3, 4), "new", strict)
    assert few.calibration.curves[Manner.READ_COMB] == strict.curves[Manner.READ_COMB]
    assert "too few" in few.kept[0].reason
    many = fit(fields(9000, 0.3, 4), "new", strict)
    assert many.kept == ()
    assert many.calibration.curves[Manner.READ_COMB] != strict.curves[Manner.READ_COMB]


def test_a_stricter_bar_needs_no_evidence_to_speak_of() -> None:
    loose = Calibration("loose", {Manner.READ_COMB: Curve(9.0, {}, 0.5, 0.5, 10, 0)})
    assert fit(fields(300, 0.5, 5), "new", loose).kept == ()


def test_manners_without_labelled_fields_keep_their_curve() -> None:
    old = Curve(1.0, {}, 0.9, 0.9, 5, 0)
    assert fit(fields(200, 0.3, 6), "new", Calibration("old", {Manner.TEXT: old})).calibration.curves[Manner.TEXT] == old


@pytest.mark.parametrize(("wrong", "count", "bound"), [(0, 3000, 0.000998), (1, 4742, 0.0010), (0, 0, 1.0), (5, 5, 1.0)])
def test_the_upper_bound_is_the_exact_one(wrong: int, count: int, bound: float) -> None:
    assert upper_bound(wrong, count) == pytest.approx(bound, rel=0.01)
