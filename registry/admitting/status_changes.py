"""What follows from a change of treatment status: the history entry and the notices (R36–R44)."""

from __future__ import annotations

from datetime import date

from registry.course import Course
from registry.decision import Findings, status_facts
from registry.parties import Prescriber
from registry.patients import About, AncResult, Patient, Statement, StatusChange
from registry.submission import Submission
from registry.treatment import Outcome
from registry.vocabulary import TreatmentStatus


def said(
    submission: Submission, patient_id: str, about: About, value: str, day: date | None = None, reason: str | None = None
) -> Statement:
    """What a form says of its patient, for the history."""
    key = f"{submission.submission_id}:{about.value}"
    return Statement(key, patient_id, submission.submission_id, submission.received_at, about, value, day, reason)


def outcome_of(before: TreatmentStatus, found: Course) -> Outcome:
    """The status a history now comes to, with what turned it last; no cause where it is as before."""
    if found.status is before:
        return Outcome(before, None)
    return Outcome(found.status, found.turns[-1].cause if found.turns else "what had changed it was withdrawn as an error")


def change_of(
    submission: Submission, patient_id: str, before: TreatmentStatus, outcome: Outcome, reason: str | None = None
) -> StatusChange | None:
    """The history entry of an outcome; None where nothing changed."""
    if outcome.cause is None:
        return None
    return StatusChange(
        change_id=f"{submission.submission_id}:status",
        patient_id=patient_id,
        at=submission.received_at,
        before=before,
        after=outcome.status,
        cause=outcome.cause,
        reason=reason,
    )


def tell_status(
    findings: Findings, patient: Patient, outcome: Outcome, low: AncResult | None, is_new_low: bool, to: Prescriber | None
) -> None:
    """R44: a new unanswered low ANC asks for a rationale, also of a patient who already was Interrupted; changes are told."""
    facts = status_facts(patient)
    low_facts = {"anc": low.anc if low else None, "draw_date": low.draw_date.isoformat() if low else None}
    since = patient.status_since.isoformat()
    if outcome.cause is not None:
        if outcome.status is TreatmentStatus.INTERRUPTED:
            told = {**facts, "cause": outcome.cause, **low_facts, "since": since}
            findings.tell_prescriber("treatment_interrupted", to, told)
        elif outcome.status is TreatmentStatus.DISCONTINUED:
            findings.tell_prescriber("treatment_discontinued", to, {**facts, "cause": outcome.cause, "since": since})
        else:
            findings.tell_prescriber("treatment_resumed", to, {**facts, "cause": outcome.cause, "since": since})
    if low is not None and outcome.status is TreatmentStatus.INTERRUPTED and (is_new_low or outcome.cause is not None):
        findings.tell_prescriber("rationale_needed", to, {**facts, **low_facts})
