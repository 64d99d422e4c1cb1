"""The Patient Status Form: the month's ANCs, the status, what only the prescriber may say (R03, R07, R24–R28, R38–R44, R65)."""

from __future__ import annotations

from datetime import datetime

from registry.admitting.lab_rows import apply_rows, new_results, read_rows, tell_low
from registry.admitting.prescriber_powers import Powers, name_unanswered, prescriber_powers
from registry.admitting.refusals import refuse_patient, refuse_sender
from registry.admitting.status_changes import change_of, outcome_of, said, tell_status
from registry.course import Course, course, gaps_of, settled
from registry.decision import Decision, Findings, Situation, iso, status_facts
from registry.form_values import FormValues
from registry.moments import program_day
from registry.monitoring import Gap
from registry.patients import YES, About, AncResult, Patient, Rationale, Statement, StatusForm
from registry.policies import AS_A_NEW_PATIENT_AFTER, FREQUENCY_OF_A_NEW_PATIENT, STATUS_FORM_VALID
from registry.senders import Sender, Unauthorized, authority, is_signed, is_signed_for_prescriber
from registry.submission import Submission
from registry.treatment import Outcome
from registry.vocabulary import Channel, MonitoringFrequency, SignatureRole, TreatmentStatus


def decide(submission: Submission, situation: Situation, now: datetime) -> Decision:
    """Applies what the sender may say, refuses each other part with its rule; the parts are independent (R28).

    What the sender may say joins the history; what follows from it is `registry.course`'s, and what did not take effect there is
    refused here. A form nobody signed still reports its ANCs but does not count as completed.
    """
    findings, form = Findings(submission), FormValues(submission)
    sender = authority(submission, form, situation)
    if isinstance(sender, Unauthorized):
        refuse_sender(submission, findings, form, sender, "status_form")
        return findings.decision()
    if situation.file is None:
        refuse_patient(findings, form, situation.match.kind)
        return findings.decision()
    file, before = situation.file, situation.file.patient
    findings.identify("patient_id", before.patient_id)
    complete = _is_complete(submission, sender)
    rows = read_rows(submission, form, findings, "R03")
    powers = prescriber_powers(submission, form, sender, file, rows, findings)
    if powers.reported is not None:
        rows = [*rows, powers.reported]
    statements = _statements(submission, form, sender, complete, before, powers, findings)
    labs = new_results(rows, file.results, before.patient_id, submission)
    form_record = _form_record(submission, before, powers)
    rationale = [powers.rationale] if powers.rationale is not None else []
    results = [result for _, result in labs if result is not None]
    grown = file.grown(*results, *rationale, *statements, *([form_record] if complete else []))
    found = course(grown)
    patient, outcome = settled(grown, found), outcome_of(before.treatment_status, found)

    fresh = apply_rows(findings, labs)
    findings.store(*statements)
    _apply_marks(submission, findings, before, patient, powers, found, outcome)
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
        reason = (
            "Neither the prescriber nor an enrolled designee signed: ANC values count, the form does not. Sign and send the form "
            "again."
        )
        findings.refuse("status_form", "R28", reason)
    judged = grown if complete else grown.grown(form_record)
    gaps = gaps_of(judged, form_record, course(judged))
    if complete:
        _apply_form(form_record, findings)
    if findings.anything_applied:
        _confirm(submission, situation, sender, patient, len(rows), complete, gaps, findings)
    tell_low(findings, fresh, grown.results, patient, situation.associated)
    tell_status(findings, patient, outcome, found.low, found.low in fresh, situation.associated)
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
    return is_signed_for_prescriber(submission, sender)


def _statements(
    submission: Submission, form: FormValues, sender: Sender, complete: bool, before: Patient, powers: Powers, findings: Findings
) -> list[Statement]:
    """What joins the history beside ANCs; each part that this sender may not say is refused."""
    found = []
    if powers.ben:
        found.append(said(submission, before.patient_id, About.BEN, YES))
    if powers.hospice:
        found.append(said(submission, before.patient_id, About.HOSPICE, YES))
    frequency = _frequency(form, sender, complete, findings)
    if frequency is not None:
        found.append(said(submission, before.patient_id, About.FREQUENCY, frequency.value))
    status = _stated_status(submission, form, sender, complete, before, findings)
    if status is not None:
        day, reason = form.day("status_date"), form.text("status_reason")
        found.append(said(submission, before.patient_id, About.STATUS, status.value, day, reason))
    return found


def _stated_status(
    submission: Submission, form: FormValues, sender: Sender, complete: bool, before: Patient, findings: Findings
) -> TreatmentStatus | None:
    """The status ticked, where the sender may say it: back to Enrolled only by the prescriber (R42)."""
    text = form.choice("treatment_status")
    stated = next((status for status in TreatmentStatus if status == text), None)
    if text is None:
        return None
    if stated is None:
        findings.refuse("treatment_status", "R38", f"“{text}” is no treatment status: Enrolled, Interrupted or Discontinued.")
        return None
    nothing_new = stated is before.treatment_status
    if sender.role == "pharmacy" or not complete:
        reason = (
            "Only the prescriber or designee reports the treatment status, on a signed status form. Sign it and send it again."
        )
        if not nothing_new:
            findings.refuse("treatment_status", "R38", reason)
        return None
    if stated is TreatmentStatus.ENROLLED and not is_signed(submission, SignatureRole.PRESCRIBER):
        reason = "Only the prescriber can return a patient to Enrolled: the prescriber must sign the form and send it again."
        if not nothing_new:
            findings.refuse("treatment_status", "R42", reason)
        return None
    return stated


def _frequency(form: FormValues, sender: Sender, complete: bool, findings: Findings) -> MonitoringFrequency | None:
    """R07, R08: set by the prescriber on this form, signed like the rest of it; a pharmacy's entry is ignored."""
    text = form.choice("monitoring_frequency")
    if text is None:
        return None
    if sender.role == "pharmacy":
        reason = "A pharmacy cannot change the monitoring frequency: the entry is ignored. The prescriber reports it."
        findings.refuse("monitoring_frequency", "R08", reason)
        return None
    if not complete:
        reason = "Nobody who may set the monitoring frequency signed: the entry is ignored. Sign and send the form again."
        findings.refuse("monitoring_frequency", "R07", reason)
        return None
    frequency = next((one for one in MonitoringFrequency if one == text), None)
    if frequency is None:
        findings.refuse("monitoring_frequency", "R07", f"“{text}” is no monitoring frequency. Tick one and send the form again.")
    return frequency


def _apply_marks(
    submission: Submission, findings: Findings, before: Patient, patient: Patient, powers: Powers, found: Course, outcome: Outcome
) -> None:
    """Names the parts besides ANCs that now stand, and refuses what the history did not let take effect."""
    if submission.submission_id in found.not_for_hospice:
        reason = "Every 6 months is for hospice patients only. Mark hospice, signed by the prescriber, or another frequency."
        findings.refuse("monitoring_frequency", "R07", reason)
    if (low := found.overruled.get(submission.submission_id)) is not None:
        findings.refuse("treatment_status", "R44", _unanswered(low))
    if patient.ben and not before.ben:
        findings.apply("ben", "The patient is recorded as having benign ethnic neutropenia.")
    if patient.hospice and not before.hospice:
        findings.apply("hospice", "The patient is recorded as a hospice patient.")
    _apply_rationale(powers.rationale, found, findings)
    if outcome.cause is not None:
        findings.apply("treatment_status", f"The patient is now {patient.treatment_status.label}: {outcome.cause}.")
    if submission.submission_id in found.restarted:
        detail = (
            f"After {AS_A_NEW_PATIENT_AFTER.days} days or more of Interrupted the patient is monitored as a new one: "
            f"{FREQUENCY_OF_A_NEW_PATIENT.label}, until the prescriber reports another frequency."
        )
        findings.apply("monitoring_frequency", detail)
    elif patient.monitoring_frequency is not before.monitoring_frequency:
        findings.apply("monitoring_frequency", f"The monitoring frequency is now: {patient.monitoring_frequency.label}.")


def _apply_rationale(rationale: Rationale | None, found: Course, findings: Findings) -> None:
    """R42: kept in any case, since it was signed; named as standing only where no lower value of its day is left unanswered."""
    if rationale is None:
        return
    if name_unanswered(rationale, found.low, findings):
        findings.store(rationale)
        return
    detail = f"The Treatment Rationale for ANC {rationale.anc:g}/µL drawn {rationale.draw_date} is recorded."
    findings.apply("rationale", detail, rationale)
    if found.low is not None and rationale.submission_id not in found.overruled:
        findings.refuse("treatment_status", "R44", _unanswered(found.low))


def _unanswered(low: AncResult) -> str:
    """What to do about a low ANC that nothing on the form answers."""
    return (
        f"The latest ANC, {low.anc:g}/µL drawn {low.draw_date}, is below the limit and not answered. Complete the section "
        "Treatment Rationale for this ANC, sign and send the form again."
    )


def _form_record(submission: Submission, patient: Patient, powers: Powers) -> StatusForm:
    """The form as one that counts (R65)."""
    return StatusForm(
        status_form_id=submission.submission_id,
        patient_id=patient.patient_id,
        prescriber_npi=powers.prescriber_npi,
        received_at=submission.received_at,
        missing_labs_authorized=powers.missing_labs_authorized,
        missing_labs_reason=powers.missing_labs_reason,
    )


def _apply_form(record: StatusForm, findings: Findings) -> None:
    """R65: the form counts as completed on the day of receipt."""
    findings.apply("status_form", f"The Patient Status Form counts as completed on {program_day(record.received_at)}.", record)
    if record.missing_labs_authorized:
        findings.apply("missing_labs_authorized", "Continuation without the missing ANC values is authorized.")


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
        "next_status_form_by": iso(program_day(patient.last_form_at or patient.enrolled_at) + STATUS_FORM_VALID),
    }
    if sender.role == "pharmacy" and situation.pharmacy is not None:
        findings.tell_pharmacy("status_form_recorded", situation.pharmacy, facts)
    else:
        findings.tell_prescriber("status_form_recorded", situation.prescriber, facts)
