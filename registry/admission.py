"""What the registry makes of a form: one pure decision for each of the ten.

What: `decide` sends a submission to its form's rules and adds what holds for all of them.
Why: one door, whatever the channel; state in, changes out, nothing else touched.
Refuses: a submission without a zone in its received time (ValueError); everything about content is a refusal in the answer.

Fields that forms have and the registry does not keep, each for its reason, are listed in `NOT_KEPT` and ignored in silence.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from registry.admitting import (
    anc_lab_reporting,
    distributor_enrollment,
    knowledge_assessment,
    patient_enrollment,
    patient_status,
    pharmacy_enrollment,
    prescriber_designee,
    prescriber_enrollment,
)
from registry.decision import Decision, Findings, Situation
from registry.form_values import FormValues
from registry.policies import NO_ADVERSE_EVENT
from registry.submission import Submission
from registry.vocabulary import FormCode

NOT_KEPT = {
    "labs.N.band": "redundancy for the reader of the fax; the number is the value",
    "signature_X_date": "the day of receipt counts as the day of completion (R65)",
    "signature_X_name": "the signature is recorded as present or absent, never whose hand it is",
    "prescriber_phone, prescriber_fax, prescriber_email on patients' forms": "contacts change by the prescriber's own form only, "
    "so that no stray status form redirects letters with patient data",
    "practice_name on patients' forms": "as above",
    "pharmacy_name on patients' forms": "the NPI names the pharmacy",
    "submitter_name": "kept with the submission, not with the patient",
    "assessment_date": "the day of receipt counts",
    "ar_replaces": "a new representative is seen by the name (R74)",
    "rationale's attestation text": "the mark stands for it",
}
"""Form field → why the registry keeps nothing of it beyond the stored submission."""

_FORMS: dict[FormCode, Callable[[Submission, Situation, datetime], Decision]] = {
    FormCode.PATIENT_ENROLLMENT: patient_enrollment.decide,
    FormCode.PRESCRIBER_ENROLLMENT: prescriber_enrollment.decide,
    FormCode.PATIENT_STATUS: patient_status.decide,
    FormCode.ANC_LAB_REPORTING: anc_lab_reporting.decide,
    FormCode.PRESCRIBER_DESIGNEE: prescriber_designee.decide,
    FormCode.OUTPATIENT_PHARMACY: pharmacy_enrollment.decide,
    FormCode.INPATIENT_PHARMACY: pharmacy_enrollment.decide,
    FormCode.PRESCRIBER_KNOWLEDGE: knowledge_assessment.decide,
    FormCode.PHARMACY_KNOWLEDGE: knowledge_assessment.decide,
    FormCode.DISTRIBUTOR_ENROLLMENT: distributor_enrollment.decide,
}


def decide(submission: Submission, situation: Situation, now: datetime) -> Decision:
    """The decision about a submission; pure: the same arguments always give the same decision."""
    if submission.received_at.tzinfo is None:
        raise ValueError(f"a received time without a zone: {submission.received_at!r}")
    decision = _FORMS[submission.form](submission, situation, now)
    return _with_adverse_event(decision, submission, situation)


def _with_adverse_event(decision: Decision, submission: Submission, situation: Situation) -> Decision:
    """R05: a suspected adverse event goes to the contact centre with the received time, also when all else is refused."""
    form = FormValues(submission)
    narrative = form.text("adverse_event_narrative")
    ticked = form.raw("adverse_event") is True or form.choice("adverse_event") not in (None, *NO_ADVERSE_EVENT)
    if not ticked and narrative is None:
        return decision
    patient = situation.file.patient if situation.file else None
    written = " ".join(filter(None, (form.text("patient_first_name"), form.text("patient_last_name")))) or None
    findings = Findings(submission)
    findings.tell("adverse_event", "contact_centre", {
        "reference": submission.reference,
        "form": submission.form.value,
        "received_at": submission.received_at.isoformat(),
        "patient_id": patient.patient_id if patient else form.text("patient_id"),
        "patient_name": patient.full_name if patient else written,
        "patient_date_of_birth": patient.date_of_birth.isoformat() if patient else form.text("patient_date_of_birth"),
        "prescriber_npi": form.text("prescriber_npi"),
        "prescriber_name": situation.prescriber.full_name if situation.prescriber else None,
        "narrative": narrative,
    })  # fmt: skip
    admission = decision.admission
    notices = (*findings.decision().admission.notices, *admission.notices)
    return replace(decision, admission=replace(admission, notices=notices))
