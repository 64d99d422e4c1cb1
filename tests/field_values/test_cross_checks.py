from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.forms.cross_checks import band_of, cross_check, cross_check_values
from intake.forms.definition import Meaning
from intake.reading import FieldReading, ProblemKind, Route
from registry.vocabulary import AncBand
from tests.field_values.fields import form

STATUS = form(
    "patient_status",
    patient_date_of_birth=Meaning.BIRTH_DATE,
    submitter=Meaning.CODE,
    designee_first_name=Meaning.NAME,
    designee_last_name=Meaning.NAME,
    ben=Meaning.TICK,
    hospice=Meaning.TICK,
    treatment_status=Meaning.CODE,
    status_date=Meaning.DATE,
    status_reason=Meaning.TEXT,
    rationale=Meaning.TICK,
    rationale_draw_date=Meaning.DRAW_DATE,
    rationale_anc=Meaning.ANC,
    signature_prescriber=Meaning.SIGNATURE,
    signature_prescriber_date=Meaning.DATE,
    signature_designee=Meaning.SIGNATURE,
    signature_designee_date=Meaning.DATE,
)
ENROLLMENT = form("patient_enrollment", rows=2, ben=Meaning.TICK)
GOOD = {
    "patient_date_of_birth": "1980-02-03",
    "submitter": "prescriber",
    "signature_prescriber": "present",
    "signature_prescriber_date": "2023-11-06",
    "signature_designee": "absent",
    "labs.0.draw_date": "2023-10-12",
    "labs.0.anc": 1850,
    "labs.0.band": "normal",
    "labs.1.draw_date": "2023-10-26",
    "labs.1.anc": 1420,
    "labs.1.band": "mild",
}


def found(values, definition=STATUS, **changes):
    return sorted((problem.kind.value, problem.field) for problem in cross_check_values(definition, values | changes))


def test_a_form_that_agrees_with_itself_has_no_problem():
    assert found(GOOD) == []
    assert found({}) == []


@pytest.mark.parametrize(
    ("anc", "band"),
    [(1500, "normal"), (1499.9, "mild"), (1000, "mild"), (999.6, "moderate"), (500, "moderate"), (499, "severe"), (1, "severe")],
)
def test_the_tick_beside_a_count_must_be_its_band(anc, band):
    assert band_of(anc) == band
    for ticked in AncBand:
        problems = found(GOOD, **{"labs.0.anc": anc, "labs.0.band": ticked.value})
        assert problems == ([] if ticked == band else [("contradiction", "labs.0.anc")])


def test_half_a_row_lacks_its_other_half():
    assert found(GOOD, **{"labs.2.draw_date": "2023-11-01"}) == [("missing_value", "labs.2.anc")]
    assert found(GOOD, **{"labs.2.anc": 1600}) == [("missing_value", "labs.2.draw_date")]
    assert found(GOOD, **{"labs.2.band": "normal"}) == [("missing_value", "labs.2.anc")]


def test_a_draw_date_twice_or_out_of_order_is_named():
    assert found(GOOD, **{"labs.1.draw_date": "2023-10-12"}) == [("contradiction", "labs.1.draw_date")]
    more = {"labs.2.draw_date": "2023-11-02", "labs.2.anc": 1700, "labs.3.draw_date": "2023-11-05", "labs.3.anc": 1500}
    assert found(GOOD, **more) == []
    assert found(GOOD, **more | {"labs.2.draw_date": "2023-01-02"}) == [("contradiction", "labs.2.draw_date")]
    either = found(GOOD, **more | {"labs.1.draw_date": "2023-01-26"})
    assert either == [("contradiction", "labs.0.draw_date"), ("contradiction", "labs.1.draw_date")], "either may be misread"


@given(st.lists(st.dates().map(str), unique=True, max_size=4), st.booleans())
def test_rows_in_either_order_of_time_are_fine(days, newest_first):
    values = {}
    for row, day in enumerate(sorted(days, reverse=newest_first)):
        values |= {f"labs.{row}.draw_date": day, f"labs.{row}.anc": 1500}
    assert found(values) == []


def test_nobody_is_drawn_after_the_signature_or_before_birth():
    assert found(GOOD, **{"labs.1.draw_date": "2023-11-07"}) == [("contradiction", "labs.1.draw_date")]
    assert found(GOOD, **{"labs.0.draw_date": "1979-10-12"}) == [("contradiction", "labs.0.draw_date")]


def test_a_designee_who_submits_has_a_name_and_somebody_signed():
    by_designee = {"submitter": "designee", "signature_prescriber": "absent", "signature_designee": "present"}
    named = {"designee_first_name": "ANN", "designee_last_name": "LEE"}
    assert found(GOOD, **by_designee | named) == []
    assert found(GOOD, **by_designee) == [("missing_value", "designee_first_name"), ("missing_value", "designee_last_name")]
    assert found(GOOD, **by_designee | named | {"signature_designee": "absent"}) == [("missing_signature", "signature_designee")]
    assert found(GOOD, **by_designee | named | {"signature_designee": "absent", "signature_prescriber": "present"}) == []


def test_a_prescriber_who_submits_has_signed():
    assert found(GOOD, signature_prescriber="absent", signature_designee="present") == [("contradiction", "signature_prescriber")]


@pytest.mark.parametrize("part", ["ben", "hospice"])
def test_what_only_the_prescriber_may_say_needs_the_prescribers_signature(part):
    by_designee = {
        "submitter": "designee",
        "designee_first_name": "ANN",
        "designee_last_name": "LEE",
        "signature_prescriber": "absent",
        "signature_designee": "present",
    }
    assert found(GOOD, **by_designee | {part: True}) == [("missing_signature", "signature_prescriber")]
    assert found(GOOD, **{part: True}) == []


def test_a_ben_enrollment_needs_a_second_baseline():
    one = {"ben": True, "labs.0.draw_date": "2023-10-12", "labs.0.anc": 1100}
    assert found(one, ENROLLMENT) == [("missing_value", "labs.1.anc"), ("missing_value", "labs.1.draw_date")]
    assert found(one | {"ben": False}, ENROLLMENT) == []


def test_a_change_of_status_needs_its_date_and_reason():
    assert found(GOOD, treatment_status="interrupted") == [("missing_value", "status_date"), ("missing_value", "status_reason")]
    assert found(GOOD, treatment_status="enrolled") == []


def test_a_rationale_names_a_count_that_agrees_with_the_table():
    rationale = {"rationale": True, "rationale_draw_date": "2023-10-26", "rationale_anc": 1420}
    assert found(GOOD, **rationale) == []
    assert found(GOOD, **rationale | {"rationale_anc": 420}) == [("contradiction", "rationale_anc")]
    assert found(GOOD, **rationale | {"rationale_draw_date": "2023-09-30", "rationale_anc": 420}) == []
    assert found(GOOD, rationale=True) == [("missing_value", "rationale_anc"), ("missing_value", "rationale_draw_date")]
    assert found(GOOD, **rationale | {"rationale": False}) == [("contradiction", "rationale")]


def reading(value, route=Route.READ):
    return FieldReading("x", value, 0.9, False, route, {}, 1, (0, 0, 1, 1))


def test_ink_nobody_could_read_and_pages_that_did_not_come_are_not_called_blank():
    fields = {name: reading(value) for name, value in GOOD.items()} | {"submitter": reading("designee")}
    unreadable = {"designee_first_name": reading(None), "signature_designee": reading("present")}
    assert cross_check(STATUS, fields | unreadable) == []
    blank = unreadable | {"designee_first_name": reading(None, Route.BLANK)}
    assert [problem.kind for problem in cross_check(STATUS, fields | blank)] == [ProblemKind.MISSING_VALUE]


VALUES = st.none() | st.booleans() | st.integers(-5, 40_000) | st.floats() | st.text(max_size=6) | st.dates().map(str)


@given(st.dictionaries(st.sampled_from([one.name for one in STATUS.fields]), VALUES))
def test_no_values_make_it_raise_and_every_problem_names_a_field_of_the_form(values):
    for problem in cross_check_values(STATUS, values):
        assert problem.field in {one.name for one in STATUS.fields}
        assert problem.detail
