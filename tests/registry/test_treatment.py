"""R38–R44: what moves a patient between Enrolled, Interrupted and Discontinued."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from registry import treatment
from registry.anc import acceptable_to_continue, latest
from registry.patients import AncResult, Rationale
from registry.treatment import Outcome, open_low, status_after
from registry.vocabulary import Population, TreatmentStatus
from tests.registry.test_anc import result

GENERAL, BEN = Population.GENERAL, Population.BEN
ENROLLED, INTERRUPTED, DISCONTINUED = TreatmentStatus.ENROLLED, TreatmentStatus.INTERRUPTED, TreatmentStatus.DISCONTINUED


def rationale(one: AncResult) -> Rationale:
    return Rationale("r" + one.result_id, "p", one.draw_date, one.anc, "npi", datetime(2023, 12, 1, tzinfo=UTC), "s")


def answered(rationales: list[Rationale]) -> set[tuple[date, float]]:
    return {(one.draw_date, one.anc) for one in rationales}


def after(before: TreatmentStatus, results: list[AncResult], rationales: list[Rationale], population: Population,
          stated: TreatmentStatus | None = None, rationale_given: bool = False) -> Outcome:  # fmt: skip
    low = open_low(latest(results), answered(rationales), population)
    return status_after(before, low, population, stated, rationale_given)


def test_r39_an_anc_below_1000_interrupts_the_general_population() -> None:
    assert after(ENROLLED, [result(1, 999.9)], [], GENERAL).status is INTERRUPTED
    assert after(ENROLLED, [result(1, 1000)], [], GENERAL).status is ENROLLED


def test_r40_an_anc_below_500_interrupts_under_ben() -> None:
    assert after(ENROLLED, [result(1, 499.9)], [], BEN).status is INTERRUPTED
    assert after(ENROLLED, [result(1, 500)], [], BEN).status is ENROLLED


def test_an_older_low_result_that_arrives_late_does_not_interrupt() -> None:
    assert after(ENROLLED, [result(5, 1900), result(1, 400)], [], GENERAL).status is ENROLLED


def test_of_two_results_of_one_day_the_lower_counts() -> None:
    assert after(ENROLLED, [result(5, 1900), result(5, 900)], [], GENERAL).status is INTERRUPTED


def test_a_later_normal_anc_does_not_lift_interrupted_by_itself() -> None:
    outcome = after(INTERRUPTED, [result(1, 900), result(5, 1900)], [], GENERAL)
    assert (outcome.status, outcome.cause) == (INTERRUPTED, None)


def test_r42_a_rationale_returns_the_patient_to_enrolled() -> None:
    low = result(1, 900)
    assert after(INTERRUPTED, [low], [rationale(low)], GENERAL, rationale_given=True).status is ENROLLED


def test_r42_a_rationale_for_the_low_result_lifts_also_after_a_normal_one() -> None:
    low = result(1, 900)
    assert after(INTERRUPTED, [low, result(3, 1600)], [rationale(low)], GENERAL, rationale_given=True).status is ENROLLED


def test_a_rationale_answers_one_anc_and_a_newer_low_result_interrupts_again() -> None:
    low, lower = result(1, 900), result(2, 900)
    assert open_low(lower, answered([rationale(low)]), GENERAL) == lower
    assert after(ENROLLED, [low, lower], [rationale(low)], GENERAL).status is INTERRUPTED


def test_another_value_of_the_same_day_is_not_answered() -> None:
    low = result(1, 900)
    assert after(ENROLLED, [low, result(1, 700)], [rationale(low)], GENERAL).status is INTERRUPTED


def test_r44_a_stated_enrolled_never_stands_over_an_open_low_anc() -> None:
    assert after(INTERRUPTED, [result(1, 900)], [], GENERAL, stated=ENROLLED).status is INTERRUPTED


def test_the_prescribers_status_change_lifts_when_the_latest_anc_is_acceptable() -> None:
    assert after(INTERRUPTED, [result(1, 900), result(2, 1600)], [], GENERAL, stated=ENROLLED).status is ENROLLED


def test_a_low_anc_leaves_a_discontinued_patient_discontinued() -> None:
    assert after(DISCONTINUED, [result(1, 900)], [], GENERAL).status is DISCONTINUED


def test_a_rationale_alone_does_not_lift_discontinued_but_a_stated_enrolled_does() -> None:
    low = result(1, 900)
    assert after(DISCONTINUED, [low], [rationale(low)], GENERAL, rationale_given=True).status is DISCONTINUED
    assert after(DISCONTINUED, [low], [rationale(low)], GENERAL, stated=ENROLLED).status is ENROLLED


@pytest.mark.parametrize(("lifts", "status"), [(True, ENROLLED), (False, DISCONTINUED)])
def test_whether_a_rationale_alone_lifts_discontinued_is_the_operators_policy(
    monkeypatch: pytest.MonkeyPatch, lifts: bool, status: TreatmentStatus
) -> None:
    monkeypatch.setattr(treatment, "RATIONALE_LIFTS_DISCONTINUED", lifts)
    assert status_after(DISCONTINUED, None, GENERAL, rationale_given=True).status is status


def test_what_the_form_states_is_taken_where_it_stops_treatment() -> None:
    assert after(ENROLLED, [result(1, 1900)], [], GENERAL, stated=INTERRUPTED).status is INTERRUPTED
    assert after(INTERRUPTED, [result(1, 1900)], [], GENERAL, stated=DISCONTINUED).status is DISCONTINUED


def test_leaving_ben_measures_the_same_anc_anew() -> None:
    assert after(ENROLLED, [result(1, 800)], [], BEN).status is ENROLLED
    assert after(ENROLLED, [result(1, 800)], [], GENERAL).status is INTERRUPTED


def test_r38_a_status_that_was_reached_already_has_no_cause_to_be_told() -> None:
    for status in (ENROLLED, INTERRUPTED, DISCONTINUED):
        assert after(status, [result(1, 1900)], [], GENERAL, stated=status) == Outcome(status, None)
    assert after(INTERRUPTED, [result(1, 900)], [], GENERAL) == Outcome(INTERRUPTED, None)
    assert after(DISCONTINUED, [result(1, 900)], [], GENERAL) == Outcome(DISCONTINUED, None)


def test_r39_r40_a_cause_names_the_value_its_day_and_the_rule() -> None:
    general, ben = after(ENROLLED, [result(1, 900)], [], GENERAL), after(ENROLLED, [result(1, 400)], [], BEN)
    assert general.cause == "ANC 900/µL drawn 2023-01-02 (R39)"
    assert ben.cause == "ANC 400/µL drawn 2023-01-02 (R40)"


def test_r38_r42_every_change_has_a_cause() -> None:
    good = [result(1, 1900)]
    assert after(ENROLLED, good, [], GENERAL, stated=DISCONTINUED).cause
    assert after(ENROLLED, good, [], GENERAL, stated=INTERRUPTED).cause
    assert after(DISCONTINUED, good, [], GENERAL, stated=ENROLLED).cause
    assert after(INTERRUPTED, good, [], GENERAL, rationale_given=True).cause


def test_r42_without_a_rationale_on_the_form_nothing_is_lifted() -> None:
    assert status_after(INTERRUPTED, None, GENERAL) == Outcome(INTERRUPTED, None)


def test_r42_a_rationale_on_the_form_of_an_enrolled_patient_changes_nothing() -> None:
    assert after(ENROLLED, [result(1, 1900)], [], GENERAL, rationale_given=True) == Outcome(ENROLLED, None)


ancs = st.lists(st.tuples(st.integers(0, 9), st.sampled_from([300.0, 499.0, 500.0, 999.0, 1000.0, 1600.0])), max_size=8)


@given(ancs, st.sampled_from(list(Population)), st.sampled_from([ENROLLED, INTERRUPTED]))
def test_what_arrives_at_once_has_one_outcome_in_whatever_order(rows, population, before) -> None:
    found = [result(day, anc, str(index)) for index, (day, anc) in enumerate(rows)]
    forward = after(before, found, [], population)
    assert after(before, found[::-1], [], population).status is forward.status


class LifeOfAPatient(RuleBasedStateMachine):
    """Forms of every kind in any order."""

    @initialize(population=st.sampled_from(list(Population)))
    def enrolled(self, population: Population) -> None:
        self.population, self.status = population, ENROLLED
        self.results: list[AncResult] = [result(0, 1900)]
        self.rationales: list[Rationale] = []

    def step(self, stated: TreatmentStatus | None = None, given: bool = False) -> None:
        self.before = self.status
        self.status = after(self.before, self.results, self.rationales, self.population, stated, given).status

    @rule(day=st.integers(0, 12), anc=st.sampled_from([200.0, 499.0, 700.0, 1000.0, 1900.0]))
    def anc_arrives(self, day: int, anc: float) -> None:
        self.results.append(result(day, anc, str(len(self.results))))
        self.step()
        assert not (self.before is not ENROLLED and self.status is ENROLLED), "an ANC lifted a status"

    @rule(data=st.data())
    def rationale_arrives(self, data) -> None:
        self.rationales.append(rationale(data.draw(st.sampled_from(self.results))))
        self.step(given=True)

    @rule(stated=st.sampled_from(list(TreatmentStatus)))
    def status_is_stated(self, stated: TreatmentStatus) -> None:
        self.step(stated=stated)

    @invariant()
    def no_open_low_anc_is_enrolled(self) -> None:
        if not hasattr(self, "results"):
            return
        newest = latest(self.results)
        assert newest is not None
        is_answered = (newest.draw_date, newest.anc) in answered(self.rationales)
        if not acceptable_to_continue(newest.anc, self.population) and not is_answered:
            assert self.status is not ENROLLED
            assert open_low(newest, answered(self.rationales), self.population) == newest


TestLifeOfAPatient = LifeOfAPatient.TestCase
