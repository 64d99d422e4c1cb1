"""R36–R44: what a change of treatment status leaves in the history, and who is told of it."""

from __future__ import annotations

import pytest

from registry.admitting.status_changes import change_of, outcome_of, said, tell_status
from registry.course import course
from registry.decision import Findings
from registry.parties import Prescriber
from registry.patients import About, AncResult, Statement, StatusChange
from registry.submission import NoticeDue
from registry.treatment import Outcome
from registry.vocabulary import TreatmentStatus
from tests.registry.forms_by_hand import sent
from tests.registry.histories_by_hand import at, history, lab, on, patient

ENROLLED, INTERRUPTED, DISCONTINUED = TreatmentStatus
ANN = Prescriber("1234567893", first_name="Ann", last_name="Lee", fax="3125550143", email="ann@example.org")
LOW = lab(3, 850, 5)
FACTS = {
    "patient_id": "P", "patient_name": "MARIA GARCIA", "patient_date_of_birth": "1980-02-03", "treatment_status": "interrupted",
    "prescriber_npi": "first",
}  # fmt: skip


def test_what_a_form_says_is_kept_under_its_own_name_with_day_and_reason() -> None:
    kept = said(sent(), "P", About.STATUS, "interrupted", on(3), "fever")
    assert kept == Statement("s:status", "P", "s", at(5), About.STATUS, "interrupted", on(3), "fever")
    assert said(sent(), "P", About.BEN, "yes") == Statement("s:ben", "P", "s", at(5), About.BEN, "yes", None, None)


def test_r39_the_outcome_of_a_history_is_its_status_with_the_last_turns_cause() -> None:
    found = course(history(LOW))
    assert outcome_of(ENROLLED, found) == Outcome(INTERRUPTED, "ANC 850/µL drawn 2023-11-04 (R39)")
    assert outcome_of(INTERRUPTED, found) == Outcome(INTERRUPTED, None)


def test_a_status_that_nothing_turns_any_more_was_an_error_taken_back() -> None:
    outcome = outcome_of(INTERRUPTED, course(history()))
    assert outcome.status is ENROLLED
    assert "withdrawn" in (outcome.cause or "")


def test_a_change_is_kept_with_its_cause_and_reason_and_none_where_nothing_changed() -> None:
    kept = change_of(sent(), "P", ENROLLED, Outcome(INTERRUPTED, "why"), "fever")
    assert kept == StatusChange("s:status", "P", at(5), ENROLLED, INTERRUPTED, "why", "fever")
    assert change_of(sent(), "P", ENROLLED, Outcome(ENROLLED, None)) is None


def told(outcome: Outcome, low: AncResult | None = None, is_new: bool = False, to: Prescriber | None = ANN) -> list[NoticeDue]:
    findings = Findings(sent())
    tell_status(findings, patient(treatment_status=INTERRUPTED, status_since=on(4)), outcome, low, is_new, to)
    return list(findings.decision().admission.notices)


def test_r44_an_interruption_by_a_low_anc_is_told_and_asks_for_a_rationale() -> None:
    interrupted, asked = told(Outcome(INTERRUPTED, "why"), LOW)
    whom, anc = ("prescriber", "Ann Lee", "3125550143", "ann@example.org"), {"anc": 850, "draw_date": on(3).isoformat()}
    since = on(4).isoformat()
    assert interrupted == NoticeDue("treatment_interrupted", *whom, {**FACTS, "cause": "why", **anc, "since": since})
    assert asked == NoticeDue("rationale_needed", *whom, {**FACTS, **anc})
    assert [one.fax for one in told(Outcome(INTERRUPTED, "why"), LOW, to=None)] == [None, None]


def test_r38_an_interruption_as_reported_names_no_anc_and_asks_for_nothing() -> None:
    (one,) = told(Outcome(INTERRUPTED, "why"))
    assert (one.kind, one.facts["anc"], one.facts["draw_date"]) == ("treatment_interrupted", None, None)


@pytest.mark.parametrize(("status", "kind"), [(DISCONTINUED, "treatment_discontinued"), (ENROLLED, "treatment_resumed")])
def test_r38_every_other_change_is_told_with_its_cause_and_day(status: TreatmentStatus, kind: str) -> None:
    facts = {**FACTS, "cause": "why", "since": on(4).isoformat()}
    assert told(Outcome(status, "why"), LOW, is_new=True) == [
        NoticeDue(kind, "prescriber", "Ann Lee", "3125550143", "ann@example.org", facts)
    ]


def test_r44_another_low_anc_of_one_already_interrupted_asks_again_and_the_same_one_does_not() -> None:
    assert [one.kind for one in told(Outcome(INTERRUPTED, None), LOW, is_new=True)] == ["rationale_needed"]
    assert told(Outcome(INTERRUPTED, None), LOW) == []
    assert told(Outcome(INTERRUPTED, None), None, is_new=True) == []
    assert told(Outcome(DISCONTINUED, None), LOW, is_new=True) == []
