"""A calibration turns evidence into a probability that only rises with more of it, and keeps its bars."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.ocr.certainty import SHIPPED, BadCalibration, Calibration, Curve, Evidence, Manner, mark_certainty, nines

share = st.floats(0, 5)
CURVE = Curve(-4.0, {"joint": 1.5, "agree": 2.0}, 0.999, 0.99, 1000, 3)
CALIBRATION = Calibration("test", {Manner.READ_COMB: CURVE})


@given(st.dictionaries(st.sampled_from(["joint", "agree", "unheard"]), share))
def test_a_certainty_is_a_probability(speaks: dict[str, float]) -> None:
    assert 0.0 <= CALIBRATION.certainty(Evidence(Manner.READ_COMB, speaks)) <= 1.0


@given(share, share, share)
def test_more_evidence_never_makes_less_certain(a: float, b: float, other: float) -> None:
    low, high = sorted((a, b))
    assert CURVE.certainty({"joint": low, "agree": other}) <= CURVE.certainty({"joint": high, "agree": other})


@given(st.floats(0, 1), st.floats(0, 1))
def test_nines_rise_with_the_probability_and_end_where_nothing_is_known(a: float, b: float) -> None:
    low, high = sorted((a, b))
    assert 0.0 <= nines(low) <= nines(high) <= 5.0


def test_evidence_of_a_manner_that_was_never_fitted_is_never_accepted() -> None:
    evidence = Evidence(Manner.SIGNATURE, {"firm": 1.0})
    certain = CALIBRATION.certainty(evidence)
    assert certain == 0.0
    assert not CALIBRATION.accepted(Manner.SIGNATURE, 1.0, critical=False)


def test_a_critical_field_needs_more_than_an_ordinary_one() -> None:
    assert CALIBRATION.accepted(Manner.READ_COMB, 0.995, critical=False)
    assert not CALIBRATION.accepted(Manner.READ_COMB, 0.995, critical=True)


def test_a_calibration_survives_its_file() -> None:
    assert Calibration.from_json(CALIBRATION.to_json()) == CALIBRATION


def test_the_shipped_calibration_knows_every_manner_and_asks_more_of_critical_fields() -> None:
    shipped = Calibration.load()
    assert set(shipped.curves) == set(Manner)
    assert all(curve.bar_ordinary <= curve.bar_critical for curve in shipped.curves.values())
    assert shipped.accepted(Manner.TEXT, shipped.certainty(Evidence(Manner.TEXT, {})), critical=True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data["curves"].pop("mark") and data["curves"].update(unheard_of={}),
        lambda data: data["curves"]["mark"].pop("base"),
        lambda data: data["curves"]["mark"]["weights"].update(firm=-1.0),
        lambda data: data.pop("version"),
    ],
)
def test_a_damaged_calibration_is_refused_by_name(tmp_path: Path, spoil) -> None:  # type: ignore[no-untyped-def]
    data = json.loads(SHIPPED.read_text())
    spoil(data)
    file = tmp_path / "calibration.json"
    file.write_text(json.dumps(data))
    with pytest.raises(BadCalibration, match=r"calibration\.json"):
        Calibration.load(file)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_firmer_mark_is_never_less_certain(a: float, b: float) -> None:
    low, high = sorted((a, b))
    shipped = Calibration.load()
    assert shipped.certainty(mark_certainty(low)) <= shipped.certainty(mark_certainty(high))
