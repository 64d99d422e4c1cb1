"""Who sends a form, whether that sender may, and whose signature stands on it.

What: R35: an ANC is accepted only from a certified prescriber, that prescriber's enrolled designee, or a certified pharmacy.
R21, R24–R28: whose own signature a part needs.
Why: authority is checked once, the same way, for every form about a patient.
Refuses: a signature that cannot be told (`unsure`): for the registry it is not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from registry.certification import Standing, is_certified, pharmacy_missing, pharmacy_standing, prescriber_missing
from registry.decision import Situation
from registry.form_values import FormValues
from registry.identifiers import normal_dea, normal_npi
from registry.matching import names_differ, same_name
from registry.policies import CONTACT_PHONE, WEB_ACCOUNT_SIGNS
from registry.submission import Submission
from registry.vocabulary import Channel, SignatureRole, SignatureVerdict


@dataclass(frozen=True)
class Sender:
    """A sender the program may take ANCs from."""

    role: str  # prescriber, designee or pharmacy
    name: str
    designee_known: bool = False  # the designee whom the form names is enrolled: a designee's signature on it stands


@dataclass(frozen=True)
class Unauthorized:
    """A sender it may not take them from."""

    rule: str
    reason: str  # a sentence for the sender that says what to do
    missing: str  # what is needed first, for the letter
    name: str  # as the form gives it


def is_signed(submission: Submission, role: SignatureRole) -> bool:
    """Whether the role's own signature stands; on the web the submitter's account is it (`WEB_ACCOUNT_SIGNS`)."""
    verdict = submission.signatures.get(role)
    if verdict is None and WEB_ACCOUNT_SIGNS and submission.channel is Channel.WEB:
        return FormValues(submission).choice("submitter") == role.value
    return verdict is SignatureVerdict.PRESENT


def signature_reason(submission: Submission, role: SignatureRole, who: str) -> str:
    """What to say where a signature is wanted."""
    if submission.signatures.get(role) is SignatureVerdict.UNSURE:
        return f"Whether {who} signed cannot be told. {who[:1].upper()}{who[1:]} must sign clearly and send the form again"
    return f"{who[:1].upper()}{who[1:]}'s signature is missing. Sign and date the form and send it again"


def submitter(submission: Submission, form: FormValues) -> str | None:
    """The box ticked under "submitted by"; where it is blank, who signed says it; else None."""
    ticked = form.choice("submitter")
    if ticked in ("prescriber", "designee", "pharmacy"):
        return ticked
    if is_signed(submission, SignatureRole.PRESCRIBER):
        return "prescriber"
    if is_signed(submission, SignatureRole.DESIGNEE):
        return "designee"
    return "pharmacy" if form.normal("pharmacy_npi", normal_npi) else None


def authority(submission: Submission, form: FormValues, situation: Situation) -> Sender | Unauthorized:
    """R35: the sender, or why the sender may not report on patients; R15: who covers for a colleague is asked the same.

    A pharmacy's two years, and a designee's end, are judged on the day of receipt: what waits in a queue loses nothing by it.
    """
    role = submitter(submission, form)
    if role == "pharmacy":
        return _pharmacy(form, situation, submission.received_at)
    if role is None:
        reason = "Who sends the form is not marked. Mark prescriber, designee or pharmacy under “submitted by” and send it again."
        return Unauthorized("R35", reason, "the mark under “submitted by”", form.text("submitter_name") or "")
    refusal = _prescriber_refusal(form, situation)
    if refusal is not None:
        return refusal
    assert situation.prescriber is not None
    designee = _designee(form, situation, submission.received_at)
    if role == "designee" and not is_signed(submission, SignatureRole.PRESCRIBER):
        return designee
    return Sender(role, situation.prescriber.full_name, isinstance(designee, Sender))


def is_signed_for_prescriber(submission: Submission, sender: Sender) -> bool:
    """R21, R23: by the prescriber's own hand or an enrolled designee's; a designee nobody knows signs for nobody."""
    if is_signed(submission, SignatureRole.PRESCRIBER):
        return True
    return sender.designee_known and is_signed(submission, SignatureRole.DESIGNEE)


def _prescriber_refusal(form: FormValues, situation: Situation) -> Unauthorized | None:
    """Why the prescriber named may not report, or None."""
    first, last = form.text("prescriber_first_name"), form.text("prescriber_last_name")
    name = " ".join(part for part in (first, last) if part)
    npi, prescriber = form.text("prescriber_npi") or form.text("prescriber_dea"), situation.prescriber
    if npi is None:
        return Unauthorized(
            "R35", "The prescriber's NPI is missing. Write it and send the form again.", "the prescriber's NPI", name
        )
    if form.normal("prescriber_npi", normal_npi) is None and form.normal("prescriber_dea", normal_dea) is None:
        reason = (
            f"The prescriber's NPI “{npi}” cannot be right: its check digit does not fit. Correct it and send the form again."
        )
        return Unauthorized("R35", reason, "the prescriber's right NPI", name)
    if prescriber is None or not is_certified(prescriber):
        lacking = " and ".join(prescriber_missing(prescriber))
        reason = f"The prescriber with NPI {npi} is not certified in the Clozapine REMS. Needed: {lacking}."
        return Unauthorized("R35", reason, lacking, name)
    if names_differ(first, last, prescriber.first_name, prescriber.last_name):
        reason = f"NPI {npi} is registered under another name than {name}. Correct the name or the NPI and send the form again."
        return Unauthorized("R35", reason, "the prescriber's name and NPI as registered", name)
    return None


def _designee(form: FormValues, situation: Situation, received_at: datetime) -> Sender | Unauthorized:
    """The enrolled designee of that name: in the designee's own fields, or as the submitter on an ANC Lab Reporting Form.

    One whom the prescriber took back since sends no more; what came in before counts, however late it is decided.
    """
    first, last = form.text("designee_first_name"), form.text("designee_last_name")
    name = f"{first} {last}" if first and last else form.text("submitter_name")
    if name is None:
        reason = "The designee's name is missing. Write first and last name and send the form again."
        return Unauthorized("R35", reason, "the designee's name", "")
    for designee in situation.designees:
        if designee.ended_at is not None and designee.ended_at <= received_at:
            continue
        if same_name(name, designee.full_name) or same_name(name, f"{designee.last_name} {designee.first_name}"):
            return Sender("designee", designee.full_name, True)
    reason = (
        f"{name} is not enrolled as a designee of this prescriber. Send the Prescriber Designee Enrollment Form, "
        "signed by both, or let the prescriber sign."
    )
    return Unauthorized("R35", reason, "the Prescriber Designee Enrollment Form", name)


def _pharmacy(form: FormValues, situation: Situation, received_at: datetime) -> Sender | Unauthorized:
    name, npi = form.text("pharmacy_name") or "", form.text("pharmacy_npi")
    if npi is None:
        return Unauthorized("R35", "The pharmacy's NPI is missing. Write it and send the form again.", "the pharmacy's NPI", name)
    standing = pharmacy_standing(situation.pharmacy, received_at)
    if standing is Standing.CERTIFIED and situation.pharmacy is not None:
        return Sender("pharmacy", situation.pharmacy.name or name)
    lacking = " and ".join(pharmacy_missing(situation.pharmacy)) or "certification anew"
    reason = f"The pharmacy with NPI {npi} is not certified in the Clozapine REMS. Needed: {lacking}. Questions: {CONTACT_PHONE}."
    return Unauthorized("R35", reason, lacking, name)
