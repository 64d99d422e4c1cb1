"""The Patient Status Form: the month's ANCs, the status, what only the prescriber may say (R03, R07, R24–R28, R38–R44, R65)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from registry.admitting.lab_rows import apply_rows, new_results, read_rows, tell_low
from registry.admitting.prescriber_powers import Powers, prescriber_powers
from registry.admitting.refusals import refuse_patient, refuse_sender
from registry.admitting.status_changes import change_of, tell_status
from registry.decision import Decision, Findings, Situation, iso, status_facts
from registry.form_values import FormValues
from registry.moments import program_day
from registry.monitoring import Gap, missing_labs, period_start, wider
from registry.patients import AncResult, Patient, PatientFile, StatusForm
from registry.policies import AS_A_NEW_PATIENT_AFTER, FREQUENCY_OF_A_NEW_PATIENT, STATUS_FORM_VALID
from registry.senders import Sender, Unauthorized, authority, is_signed
from registry.submission import Submission
from registry.treatment import Outcome, open_low, status_after
from registry.vocabulary import Channel, MonitoringFrequency, SignatureRole, TreatmentStatus


def decide(submission: Submission, situation: Situation, now: datetime) -> Decision:
    """Applies what the sender may say, refuses each other part with its rule; the parts are independent (R28).

    Order: BEN and hospice (they move the thresholds), ANCs, rationale, stated status, then the status that follows; frequency,
    missing labs, and whether the form counts as completed. A form nobody signed still reports its ANCs but does not count.
    """
    findings, form = Findings(submission), FormValues(submission)
    sender = authority(submission, form, situation, now)
    if isinstance(sender, Unauthorized):
        refuse_sender(submission, findings, form, sender, "status_form")
        return findings.decision()
    if situation.file is None:
        refuse_patient(findings, form, situation.match.kind)
        return findings.decision()
    file, before = situation.file, situation.file.patient
    received_on = program_day(submission.received_at)
    findings.identify("patient_id", before.patient_id)
    complete = _is_complete(submission, sender)

    rows = read_rows(submission, form, findings, "R03")
    powers = prescriber_powers(submission, form, sender, file, rows, findings)
    patient = replace(before, ben=before.ben or powers.ben, hospice=before.hospice or powers.hospice)
    patient = replace(patient, monitoring_frequency=_frequency(form, sender, patient, findings))
    if powers.reported is not None:
        rows = [*rows, powers.reported]
    labs = new_results(rows, file.results, patient.patient_id, submission)
    results = [*file.results, *(result for _, result in labs if result is not None)]
    rationales = [*file.rationales, *([powers.rationale] if powers.rationale else [])]
    low = open_low(results, rationales, patient.population)
    stated = _stated_status(submission, form, sender, complete, before, low, findings)
    given = powers.rationale is not None
    outcome = status_after(before.treatment_status, results, rationales, patient.population, stated, given)
    if outcome.cause is not None:
        since = (form.day("status_date") if stated is outcome.status else None) or received_on
        patient = replace(patient, treatment_status=outcome.status, status_since=min(since, received_on))
        patient = replace(patient, monitoring_frequency=_frequency_after_return(form, before, patient, findings))

    fresh = apply_rows(findings, labs)
    _apply_marks(findings, before, patient, powers, outcome)
    if patient != before:
        findings.store(patient)
    change = change_of(submission, patient.patient_id, before.treatment_status, outcome, form.text("status_reason"))
    if change is not None:
        findings.store(change)
    if sender.role == "pharmacy" and not rows:
        reason = (
            "A pharmacy reports ANC values on this form, and there are none. The prescriber or designee sends the status form."
        )
        findings.refuse("status_form", "R23", reason)
    elif not complete and sender.role != "pharmacy":
        reason = "Neither prescriber nor designee signed: ANC values count, the form does not. Sign and send the form again."
        findings.refuse("status_form", "R28", reason)
    gaps = _apply_form(submission, file, patient, results, powers, complete, findings)
    if findings.anything_applied:
        _confirm(submission, situation, sender, patient, len(rows), complete, gaps, findings)
    tell_low(findings, fresh, results, patient, situation.associated)
    tell_status(findings, patient, outcome, low, low in fresh, situation.associated)
    if gaps and complete and not powers.missing_labs_authorized:
        facts = {
            **status_facts(patient),
            "gaps": "; ".join(map(str, gaps)),
            "monitoring_frequency": patient.monitoring_frequency.value,
        }
        findings.tell_prescriber("missing_labs", situation.associated, facts)
    return findings.decision(patient.treatment_status)


def _is_complete(submission: Submission, sender: Sender) -> bool:
    """R65: signed by prescriber or designee; on the phone the agent has identified the caller. A pharmacy's never is."""
    if sender.role == "pharmacy":
        return False
    if submission.channel is Channel.PHONE:
        return True
    return is_signed(submission, SignatureRole.PRESCRIBER) or is_signed(submission, SignatureRole.DESIGNEE)


def _stated_status(
    submission: Submission,
    form: FormValues,
    sender: Sender,
    complete: bool,
    before: Patient,
    low: AncResult | None,
    findings: Findings,
) -> TreatmentStatus | None:
    """The status ticked, where the sender may say it: back to Enrolled only by the prescriber, and not over an open low ANC."""
    text = form.choice("treatment_status")
    stated = next((status for status in TreatmentStatus if status == text), None)
    if text is None or stated is before.treatment_status:
        return None
    if stated is None:
        findings.refuse("treatment_status", "R38", f"“{text}” is no treatment status: Enrolled, Interrupted or Discontinued.")
        return None
    if sender.role == "pharmacy" or not complete:
        reason = (
            "Only the prescriber or designee reports the treatment status, on a signed status form. Sign it and send it again."
        )
        findings.refuse("treatment_status", "R38", reason)
        return None
    if stated is not TreatmentStatus.ENROLLED:
        return stated
    if not is_signed(submission, SignatureRole.PRESCRIBER):
        reason = "Only the prescriber can return a patient to Enrolled: the prescriber must sign the form and send it again."
        findings.refuse("treatment_status", "R42", reason)
        return None
    if low is not None:
        reason = (
            f"The latest ANC, {low.anc:g}/µL drawn {low.draw_date}, is below the limit and not answered. Complete the section "
            "Treatment Rationale for this ANC, sign and send the form again."
        )
        findings.refuse("treatment_status", "R44", reason)
        return None
    return stated


def _frequency(form: FormValues, sender: Sender, patient: Patient, findings: Findings) -> MonitoringFrequency:
    """R07, R08: set by the prescriber on this form; six months for hospice only (PT-2); a pharmacy's entry is ignored."""
    text = form.choice("monitoring_frequency")
    if text is None:
        return patient.monitoring_frequency
    if sender.role == "pharmacy":
        reason = "A pharmacy cannot change the monitoring frequency: the entry is ignored. The prescriber reports it."
        findings.refuse("monitoring_frequency", "R08", reason)
        return patient.monitoring_frequency
    frequency = next((one for one in MonitoringFrequency if one == text), None)
    if frequency is None:
        findings.refuse("monitoring_frequency", "R07", f"“{text}” is no monitoring frequency. Tick one and send the form again.")
        return patient.monitoring_frequency
    if frequency is MonitoringFrequency.EVERY_SIX_MONTHS and not patient.hospice:
        reason = "Every 6 months is for hospice patients only. Mark hospice, signed by the prescriber, or another frequency."
        findings.refuse("monitoring_frequency", "R07", reason)
        return patient.monitoring_frequency
    if frequency is not patient.monitoring_frequency:
        findings.apply("monitoring_frequency", f"The monitoring frequency is now: {frequency.label}.")
    return frequency


def _frequency_after_return(form: FormValues, before: Patient, patient: Patient, findings: Findings) -> MonitoringFrequency:
    """[label]: back after 30 days or more of Interrupted, a patient is monitored as a new one, unless the form says otherwise."""
    returned = (before.treatment_status, patient.treatment_status) == (TreatmentStatus.INTERRUPTED, TreatmentStatus.ENROLLED)
    long = patient.status_since - before.status_since >= AS_A_NEW_PATIENT_AFTER
    told = form.text("monitoring_frequency") is not None
    if not (returned and long) or told or patient.hospice or patient.monitoring_frequency is FREQUENCY_OF_A_NEW_PATIENT:
        return patient.monitoring_frequency
    detail = (
        f"After {AS_A_NEW_PATIENT_AFTER.days} days or more of Interrupted the patient is monitored as a new one: "
        f"{FREQUENCY_OF_A_NEW_PATIENT.label}, until the prescriber reports another frequency."
    )
    findings.apply("monitoring_frequency", detail)
    return FREQUENCY_OF_A_NEW_PATIENT


def _apply_marks(findings: Findings, before: Patient, patient: Patient, powers: Powers, outcome: Outcome) -> None:
    """Names the parts besides ANCs that now stand."""
    if patient.ben and not before.ben:
        findings.apply("ben", "The patient is recorded as having benign ethnic neutropenia.")
    if patient.hospice and not before.hospice:
        findings.apply("hospice", "The patient is recorded as a hospice patient.")
    if powers.rationale is not None:
        detail = f"The Treatment Rationale for ANC {powers.rationale.anc:g}/µL drawn {powers.rationale.draw_date} is recorded."
        findings.apply("rationale", detail, powers.rationale)
    if outcome.cause is not None:
        findings.apply("treatment_status", f"The patient is now {patient.treatment_status.label}: {outcome.cause}.")


def _apply_form(
    submission: Submission, file: PatientFile, patient: Patient, results: list[AncResult], powers: Powers, complete: bool,
    findings: Findings,
) -> tuple[Gap, ...]:  # fmt: skip
    """R65: records the form as completed on the day of receipt; gives the missing labs of its period."""
    received_on = program_day(submission.received_at)
    earlier = [form for form in file.status_forms if form.received_at < submission.received_at]
    previous = max((program_day(form.received_at) for form in earlier), default=None)
    start = period_start(received_on, previous, program_day(patient.enrolled_at))
    monitored = wider(file.patient.monitoring_frequency, patient.monitoring_frequency)
    gaps = missing_labs((result.draw_date for result in results), monitored, start, received_on)
    if not complete:
        return gaps
    detail = f"The Patient Status Form counts as completed on {received_on}."
    findings.apply("status_form", detail, StatusForm(
        status_form_id=submission.submission_id,
        patient_id=patient.patient_id,
        prescriber_npi=powers.prescriber_npi,
        received_at=submission.received_at,
        period_start=start,
        monitored=monitored,
        missing_labs_authorized=powers.missing_labs_authorized,
        missing_labs_reason=powers.missing_labs_reason,
    ))  # fmt: skip
    if powers.missing_labs_authorized:
        findings.apply("missing_labs_authorized", "Continuation without the missing ANC values is authorized.")
    return gaps


def _confirm(
    submission: Submission, situation: Situation, sender: Sender, patient: Patient, recorded: int, complete: bool,
    gaps: tuple[Gap, ...], findings: Findings,
) -> None:  # fmt: skip
    """The confirmation to who sent the form, at the fax on file."""
    received_on = program_day(submission.received_at)
    facts = {
        **status_facts(patient),
        "received_on": received_on.isoformat(),
        "complete": complete,
        "results_recorded": recorded,
        "monitoring_frequency": patient.monitoring_frequency.value,
        "missing_labs": "; ".join(map(str, gaps)) or None,
        "next_status_form_by": iso(_next_due(situation, received_on, complete, patient)),
    }
    if sender.role == "pharmacy" and situation.pharmacy is not None:
        findings.tell_pharmacy("status_form_recorded", situation.pharmacy, facts)
    else:
        findings.tell_prescriber("status_form_recorded", situation.prescriber, facts)


def _next_due(situation: Situation, received_on: date, complete: bool, patient: Patient) -> date:
    if complete:
        return received_on + STATUS_FORM_VALID
    last = situation.file.last_status_form if situation.file else None
    return program_day(last.received_at if last else patient.enrolled_at) + STATUS_FORM_VALID
