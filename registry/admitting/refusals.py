"""Refusals that every form about a patient shares: a sender who may not report, a patient who is not found."""

from __future__ import annotations

from registry.anc import number
from registry.decision import Findings
from registry.form_values import FormValues
from registry.identifiers import normal_patient_id
from registry.matching import Match
from registry.policies import CONTACT_PHONE
from registry.senders import Unauthorized
from registry.submission import Submission

ID_HINT = "Write the patient's REMS Patient ID and send it again"

PATIENT_REFUSALS = {
    Match.STRANGER: ("R30", f"No enrolled patient has this name and birth date. Send a Patient Enrollment Form, or: {ID_HINT}."),
    Match.NEAR: ("R30", f"A patient with nearly this name and birth date is enrolled: who is meant is not certain. {ID_HINT}."),
    Match.SEVERAL: ("R30", f"More than one patient has this name and date of birth. {ID_HINT}."),
    Match.CONTRADICTION: (
        "R30",
        "The REMS Patient ID belongs to a patient with another name or date of birth. Check all three and send the form again, "
        f"or call {CONTACT_PHONE}.",
    ),
    Match.AGAINST_CHOICE: (
        "R30",
        "REMS Patient ID, name and date of birth do not fit one patient. Check all three and send the form again, "
        f"or call {CONTACT_PHONE}.",
    ),
}  # fmt: skip
"""Rule and sentence for each way of not finding the patient; never a word about the patients that were found."""


def refuse_patient(findings: Findings, form: FormValues, match: Match) -> None:
    """Why the form cannot be laid to any patient."""
    if match is Match.INCOMPLETE:
        written = form.text("patient_id")
        if written is not None and normal_patient_id(written) is None:
            reason = (
                f"The REMS Patient ID “{written}” cannot be right: its check letter does not fit. Correct it and send it again."
            )
            findings.refuse("patient_id", "R30", reason)
        fields = {
            "patient_first_name": "The patient's first name",
            "patient_last_name": "The patient's last name",
            "patient_date_of_birth": "The patient's date of birth",
        }
        for field, label in fields.items():
            if form.text(field) is None:
                findings.refuse_all("R34", [form.blank(field, label)])
            elif field == "patient_date_of_birth" and form.day(field) is None:
                findings.refuse(field, "R34", f"“{form.text(field)}” is no date of birth. Correct it and send the form again.")
        if written is None:
            findings.refuse_all("R30", [form.blank("patient_id", "The REMS Patient ID")])
        return
    rule, reason = PATIENT_REFUSALS[match]
    findings.refuse("patient", rule, reason)


def refuse_sender(submission: Submission, findings: Findings, form: FormValues, sender: Unauthorized, part: str) -> None:
    """R35: everything about the patient is refused; ANCs are held until the sender is certified, and both sides are told."""
    findings.refuse(part, sender.rule, sender.reason)
    values = [number(form.raw(f"labs.{row}.anc")) for row in form.rows("labs", "anc")]
    ancs = [anc for anc in values if anc is not None]
    if not ancs:
        return
    findings.hold()
    name = " ".join(filter(None, (form.text("patient_first_name"), form.text("patient_last_name")))) or None
    held = {"patient_name": name, "sender_name": sender.name or None, "missing": sender.missing, "results_held": len(ancs)}
    findings.tell_sender("anc_held", held, sender.name)
    findings.tell("unauthorized_sender", "contact_centre", {
        "patient_name": name,
        "patient_date_of_birth": form.text("patient_date_of_birth"),
        "sender_name": sender.name or None,
        "prescriber_npi": form.text("prescriber_npi"),
        "pharmacy_npi": form.text("pharmacy_npi"),
        "reference": submission.reference,
        "received_at": submission.received_at.isoformat(),
        "lowest_anc": min(ancs),
    })  # fmt: skip
