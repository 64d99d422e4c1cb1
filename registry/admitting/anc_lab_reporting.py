"""The ANC Lab Reporting Form: one ANC of one draw, from prescriber, designee or pharmacy (R04, R08, R35)."""

from __future__ import annotations

from datetime import datetime

from registry.admitting.lab_rows import apply_rows, new_results, read_rows, tell_low
from registry.admitting.refusals import refuse_patient, refuse_sender
from registry.admitting.status_changes import change_of, outcome_of, tell_status
from registry.anc import BAND_WORDS, finding
from registry.course import course, settled
from registry.decision import Decision, Findings, Situation, status_facts
from registry.form_values import FormValues
from registry.senders import Unauthorized, authority, is_signed, signature_reason
from registry.submission import Submission
from registry.vocabulary import SignatureRole


def decide(submission: Submission, situation: Situation, now: datetime) -> Decision:
    """R35: the ANC of an authorized sender is recorded and acts on the treatment status; anybody else's is held.

    R08: a monitoring frequency on it is ignored and the sender told. A form whose signature is absent is not accepted: nobody
    stands for it.
    """
    findings, form = Findings(submission), FormValues(submission)
    sender = authority(submission, form, situation)
    if isinstance(sender, Unauthorized):
        refuse_sender(submission, findings, form, sender, "labs")
        return findings.decision()
    if _is_unsigned(submission):
        reason = signature_reason(submission, SignatureRole.SUBMITTER, "the submitter")
        findings.refuse("signature_submitter", "R35", f"The ANC is not recorded. {reason}.")
        return findings.decision()
    if situation.file is None:
        refuse_patient(findings, form, situation.match.kind)
        return findings.decision()
    rows = read_rows(submission, form, findings, "R04")
    if not form.rows("labs", "draw_date", "anc"):
        findings.refuse("labs.0", "R04", "The ANC and its draw date are missing. Complete both and send the form again.")
    if form.text("monitoring_frequency") is not None:
        rule, who = ("R08", "A pharmacy") if sender.role == "pharmacy" else ("R07", "An ANC Lab Reporting Form")
        reason = (
            f"{who} cannot change the monitoring frequency: the entry is ignored. The prescriber reports it on the status form."
        )
        findings.refuse("monitoring_frequency", rule, reason)
    before, file = situation.file.patient, situation.file
    findings.identify("patient_id", before.patient_id)
    if not rows:
        return findings.decision(before.treatment_status)

    labs = new_results(rows, file.results, before.patient_id, submission)
    fresh = apply_rows(findings, labs)
    grown = file.grown(*fresh)
    found = course(grown)
    outcome = outcome_of(before.treatment_status, found)
    patient = settled(grown, found)
    if patient != before:
        findings.store(patient)
    if (change := change_of(submission, patient.patient_id, before.treatment_status, outcome)) is not None:
        findings.store(change)

    for row, result in labs:
        facts = {
            **status_facts(patient),
            "anc": row.anc,
            "draw_date": row.draw_date.isoformat(),
            "band": BAND_WORDS[finding(row.anc, patient.population)],
            "already_on_file": result is None,
        }
        if sender.role == "pharmacy" and situation.pharmacy is not None:
            findings.tell_pharmacy("anc_recorded", situation.pharmacy, facts)
        else:
            findings.tell_prescriber("anc_recorded", situation.prescriber, facts)
    tell_low(findings, fresh, grown.results, patient, situation.associated)
    tell_status(findings, patient, outcome, found.low, found.low in fresh, situation.associated)
    return findings.decision(patient.treatment_status)


def _is_unsigned(submission: Submission) -> bool:
    """True where the form's zone for a signature holds none; a form without such a zone (web, an own revision) asks for none."""
    roles = (SignatureRole.SUBMITTER, SignatureRole.PRESCRIBER, SignatureRole.DESIGNEE)
    zones = [role for role in roles if role in submission.signatures]
    return bool(zones) and not any(is_signed(submission, role) for role in zones)
