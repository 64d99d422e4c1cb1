"""R28, R38–R44: what a signature may move, what interrupts, and the one way back."""

from __future__ import annotations

import pytest

from tests.registry.rules.played_registry import (
    BY_CORNER,
    BY_DON,
    NEITHER_SIGNED,
    ONLY_DESIGNEE,
    Registry,
    ancs,
    at,
    cited,
    on,
    parts,
    rules,
    told,
)

UNSURE = {"prescriber": "unsure", "designee": "present"}
OWN_PARTS = {"ben": True, "hospice": True, "missing_labs_authorized": True}


@pytest.fixture
def low(treated: Registry) -> Registry:
    """Maria is interrupted by 900/µL of day 7."""
    treated.status(7, (7, 900))
    return treated


def test_r28_without_the_prescribers_signature_ben_is_not_set_and_the_ancs_still_count(treated: Registry) -> None:
    answer = treated.status(7, (7, 1900), signed=ONLY_DESIGNEE, ben=True, **BY_DON)
    assert (answer["admitted"], rules(answer)) == ("partly", {("ben", "R28")})
    assert treated.know()["ben"] is False
    assert ancs(treated.know()) == [2100, 1900]


@pytest.mark.parametrize("part", ["ben", "hospice", "missing_labs_authorized"])
@pytest.mark.parametrize("signed", [ONLY_DESIGNEE, UNSURE, NEITHER_SIGNED, {}], ids=["designee", "unsure", "nobody", "no zone"])
def test_r28_each_of_the_prescribers_own_parts_is_refused_alone_without_the_own_signature(
    treated: Registry, part: str, signed: dict[str, str]
) -> None:
    answer = treated.status(7, (7, 1900), signed=signed, **{part: True})
    assert (part, "R28") in rules(answer)
    assert "labs.0" in parts(answer)
    assert part not in parts(answer)


@pytest.mark.parametrize("signed", [ONLY_DESIGNEE, UNSURE, NEITHER_SIGNED], ids=["designee", "unsure", "nobody"])
def test_r28_a_rationale_without_the_own_signature_is_not_applied(low: Registry, signed: dict[str, str]) -> None:
    answer = low.answered(8, 7, 900, signed=signed)
    assert ("rationale", "R28") in rules(answer)
    assert low.treatment() == "interrupted"


def test_r28_a_rationales_day_and_value_without_its_tick_are_refused_all_the_same(low: Registry) -> None:
    answer = low.status(8, signed=ONLY_DESIGNEE, rationale_draw_date=on(7), rationale_anc=900, **BY_DON)
    assert ("rationale", "R28") in rules(answer)


@pytest.mark.parametrize("designee", ["present", "absent", "unsure"])
def test_r28_with_the_own_signature_all_parts_stand_whoever_else_signed(treated: Registry, designee: str) -> None:
    answer = treated.status(7, (7, 1900), signed={"prescriber": "present", "designee": designee}, **OWN_PARTS)
    assert cited(answer) == set()
    assert (treated.know()["ben"], treated.know()["hospice"]) == (True, True)


def test_r28_a_pharmacys_form_never_carries_the_prescribers_parts(treated: Registry) -> None:
    answer = treated.status(7, (7, 1900), signed={"prescriber": "absent"}, **OWN_PARTS, **BY_CORNER)
    assert {(part, "R28") for part in OWN_PARTS} <= rules(answer)
    assert (treated.know()["ben"], treated.know()["hospice"]) == (False, False)


def test_r28_a_form_nobody_signed_reports_its_ancs_and_counts_for_nothing_else(later: Registry) -> None:
    answer = later.status(7, (7, 900), signed=NEITHER_SIGNED)
    assert "labs.0" in parts(answer)
    assert "status_form" not in parts(answer)
    assert later.treatment() == "interrupted", "a low ANC counts whoever signed"
    assert later.know()["last_status_form"] is None


@pytest.mark.parametrize(("anc", "status"), [
    (1000, "enrolled"), (1000.1, "enrolled"), (999.9, "interrupted"), (999, "interrupted"), (500, "interrupted"),
])  # fmt: skip
@pytest.mark.parametrize("form", ["status", "lab", "pharmacy"])
def test_r39_general_below_1000_unrounded_interrupts_whichever_form_brings_it(
    treated: Registry, form: str, anc: float, status: str
) -> None:
    if form == "status":
        answer = treated.status(7, (7, anc))
    else:
        answer = treated.lab(7, 7, anc, **(BY_CORNER if form == "pharmacy" else {}))
    assert (answer["treatment_status"], treated.treatment()) == (status, status)


def test_r39_a_late_older_low_interrupts_nobody_whose_newer_result_is_normal(treated: Registry) -> None:
    treated.status(14, (14, 1900))
    late = treated.lab(15, 7, 400)
    assert (late["treatment_status"], treated.treatment()) == ("enrolled", "enrolled")
    assert "neutropenia_severe" in told(late), "but the prescriber is told (R36)"


def test_r39_of_two_values_of_one_day_the_lower_counts_in_either_order(treated: Registry) -> None:
    treated.status(7, (7, 900), (7, 1900))
    assert treated.treatment() == "interrupted"


def test_r39_a_second_lower_value_of_the_latest_day_interrupts(treated: Registry) -> None:
    treated.lab(7, 7, 1900)
    treated.lab(8, 7, 900)
    assert treated.treatment() == "interrupted"


def test_r39_a_later_normal_anc_lifts_nothing_by_itself(low: Registry) -> None:
    low.status(14, (14, 2500))
    low.lab(15, 15, 2500)
    assert low.treatment() == "interrupted"


@pytest.mark.parametrize(("anc", "status"), [(500, "enrolled"), (499.9, "interrupted"), (499, "interrupted"), (999, "enrolled")])
def test_r40_ben_below_500_interrupts(treated: Registry, anc: float, status: str) -> None:
    treated.status(3, (3, 1900), ben=True)
    assert treated.status(7, (7, anc))["treatment_status"] == status


def test_r40_ben_set_on_the_form_that_brings_the_value_moves_its_threshold(treated: Registry) -> None:
    assert treated.status(7, (7, 700), ben=True)["treatment_status"] == "enrolled"


def test_r40_ben_refused_on_that_form_leaves_the_general_threshold(treated: Registry) -> None:
    assert treated.status(7, (7, 700), ben=True, signed=UNSURE, **BY_DON)["treatment_status"] == "interrupted"


@pytest.mark.parametrize("status", ["interrupted", "discontinued"])
def test_r41_interrupted_or_discontinued_gets_no_authorization(treated: Registry, status: str) -> None:
    treated.status(2, (2, 1900), treatment_status=status)
    answer = treated.ask(3)
    assert (answer["authorized"], answer["authorization"]) == (False, None)
    assert {one["rule"] for one in answer["reasons"]} <= {"R41", "R64"}
    assert answer["reasons"] != []


def test_r42_a_signed_rationale_for_the_low_anc_returns_the_patient(low: Registry) -> None:
    answer = low.answered(8, 7, 900)
    assert "rationale" in parts(answer)
    assert (answer["treatment_status"], low.treatment()) == ("enrolled", "enrolled")
    assert low.ask(8)["authorized"] is True


@pytest.mark.parametrize("missing", ["rationale", "rationale_draw_date", "rationale_anc"])
def test_r43_a_section_that_is_not_completed_is_no_rationale(low: Registry, missing: str) -> None:
    whole = {"rationale": True, "rationale_draw_date": on(7), "rationale_anc": 900}
    answer = low.status(8, **{**whole, missing: None})
    assert ("rationale", "R42") in rules(answer)
    assert low.treatment() == "interrupted"


@pytest.mark.parametrize(("day", "anc"), [(6, 900), (7, 1100)])
def test_r43_a_rationale_answers_its_own_anc_and_no_other(low: Registry, day: int, anc: float) -> None:
    low.answered(8, day, anc)
    assert low.treatment() == "interrupted"


def test_r43_a_newer_low_result_interrupts_again(low: Registry) -> None:
    low.answered(8, 7, 900)
    assert low.lab(9, 9, 900)["treatment_status"] == "interrupted"
    low.answered(10, 9, 900)
    assert low.treatment() == "enrolled"


def test_r43_an_answered_low_stays_answered_when_the_same_result_arrives_again(low: Registry) -> None:
    low.answered(8, 7, 900)
    again = low.status(9, (7, 900))
    assert again["treatment_status"] == "enrolled"


def test_r43_a_rationale_on_the_form_that_reports_the_low_anc_keeps_the_patient_enrolled(treated: Registry) -> None:
    answer = treated.answered(8, 7, 900, **{"labs.0.draw_date": on(7), "labs.0.anc": 900})
    assert answer["treatment_status"] == "enrolled"
    assert "neutropenia_moderate" in told(answer)


def test_r43_a_prescribers_return_to_enrolled_on_a_signed_form_lifts_an_interruption_whose_latest_anc_is_normal(
    low: Registry,
) -> None:
    low.lab(9, 9, 1900)
    assert low.status(10, treatment_status="enrolled")["treatment_status"] == "enrolled"


@pytest.mark.parametrize("signed", [ONLY_DESIGNEE, UNSURE, NEITHER_SIGNED])
def test_r43_nobody_but_the_prescriber_returns_a_patient_to_enrolled(low: Registry, signed: dict[str, str]) -> None:
    low.lab(9, 9, 1900)
    low.status(10, signed=signed, treatment_status="enrolled", **BY_DON)
    assert low.treatment() == "interrupted"


def test_r43_discontinued_returns_by_enrolled_on_a_signed_form_and_not_by_a_rationale(treated: Registry) -> None:
    treated.status(7, (7, 900), treatment_status="discontinued")
    treated.answered(8, 7, 900)
    assert treated.treatment() == "discontinued"
    treated.status(9, (9, 1900), treatment_status="enrolled")
    assert treated.treatment() == "enrolled"


@pytest.mark.parametrize("anc", [999, 499])
def test_r44_the_prescriber_is_alerted_and_nothing_dispensed_until_a_rationale(treated: Registry, anc: float) -> None:
    answer = treated.status(7, (7, anc))
    assert {"treatment_interrupted", "rationale_needed"} <= told(answer, "prescriber")
    assert treated.ask(8)["authorized"] is False
    treated.answered(9, 7, anc)
    assert treated.ask(9)["authorized"] is True


def test_r44_ticking_enrolled_over_an_unanswered_low_anc_lifts_nothing(low: Registry) -> None:
    answer = low.status(8, treatment_status="enrolled")
    assert ("treatment_status", "R44") in rules(answer)
    assert low.treatment() == "interrupted"


def test_r44_a_new_low_of_an_interrupted_patient_alerts_again(low: Registry) -> None:
    assert "rationale_needed" in told(low.lab(9, 9, 700))


@pytest.mark.parametrize(("back_on", "frequency"), [(36, "monthly"), (37, "weekly"), (60, "weekly")])
def test_thirty_days_or_more_of_interruption_are_followed_by_monitoring_as_a_new_patient(
    treated: Registry, back_on: int, frequency: str
) -> None:
    treated.status(3, (3, 1900), monitoring_frequency="monthly")
    treated.status(7, (7, 900))
    treated.lab(back_on, back_on, 1900)
    treated.status(at(back_on), treatment_status="enrolled")
    assert treated.know()["monitoring_frequency"] == frequency


def test_r44_who_answers_an_older_low_anc_is_told_that_the_newer_one_is_not_answered(low: Registry) -> None:
    low.lab(8, 8, 600)
    answer = low.answered(9, 7, 900)
    assert ("treatment_status", "R44") in rules(answer)
    assert "600" in answer["refused"][0]["reason"]
    assert (answer["admitted"], low.treatment()) == ("partly", "interrupted")
    assert rules(low.answered(10, 8, 600)) == set()
