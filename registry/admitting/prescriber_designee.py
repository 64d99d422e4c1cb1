"""The Prescriber Designee Enrollment Form (R20–R27)."""

from __future__ import annotations

from datetime import datetime

from registry import identifiers
from registry.accounts import account_for, taken
from registry.decision import Decision, Findings, Situation
from registry.form_values import NPI_WHY, PHONE_WHY, FormValues, Need, one_of, person
from registry.matching import names_differ
from registry.parties import AccountRole, Designee, Prescriber
from registry.senders import is_signed, signature_reason
from registry.submission import Submission
from registry.vocabulary import SignatureRole

NEEDED = (
    *person("prescriber", "The prescriber's"),
    Need("prescriber_npi", "The prescriber's NPI", identifiers.normal_npi, NPI_WHY),
    *person("designee", "The designee's"),
    Need("designee_role", "The designee's role (provider, staff, pharmacist)", one_of("provider", "staff", "pharmacist")),
    Need("designee_phone", "The designee's phone number", identifiers.normal_phone, PHONE_WHY),
    Need("designee_email", "The designee's email address", identifiers.normal_email),
)


def decide(submission: Submission, situation: Situation, now: datetime) -> Decision:
    """R21: every section and both signatures, or nothing is recorded. R22: then the designee gets an email with a link."""
    findings, form = Findings(submission), FormValues(submission)
    complaints = form.complaints(NEEDED)
    complaints += form.unattested()
    findings.refuse_all("R21", complaints)
    unsigned = [
        (role, who)
        for role, who in ((SignatureRole.PRESCRIBER, "the prescriber"), (SignatureRole.DESIGNEE, "the designee"))
        if not is_signed(submission, role)
    ]
    for role, who in unsigned:
        findings.refuse(f"signature_{role.value}", "R21", f"{signature_reason(submission, role, who)}; both must sign.")
    prescriber = situation.prescriber
    email = form.normal("designee_email", identifiers.normal_email)
    first, last = form.text("designee_first_name"), form.text("designee_last_name")
    account = account_for(email, AccountRole.DESIGNEE, first, last) if email and first and last else None
    conflict = taken(account, situation.accounts) if account else None
    if conflict:
        findings.refuse("designee_email", "R02", conflict)
    other_name = prescriber is not None and names_differ(
        form.text("prescriber_first_name"), form.text("prescriber_last_name"), prescriber.first_name, prescriber.last_name
    )
    if other_name:
        reason = "The prescriber's NPI is registered under another name. Correct name or NPI and send the form again."
        findings.refuse("prescriber_npi", "R21", reason)
    if complaints or unsigned or conflict or other_name or account is None or first is None or last is None:
        return findings.decision()

    npi = form.normal("prescriber_npi", identifiers.normal_npi)
    assert npi is not None
    designee = Designee(
        designee_id=f"{npi}:{account.email}",
        prescriber_npi=npi,
        first_name=first,
        last_name=last,
        role=form.choice("designee_role") or "",
        phone=form.normal("designee_phone", identifiers.normal_phone) or "",
        fax=form.normal("designee_fax", identifiers.normal_phone),
        email=account.email,
        enrolled_at=submission.received_at,
    )
    earlier = next((one for one in situation.designees if one.designee_id == designee.designee_id), None)
    if earlier is not None and earlier.ended_at is not None and submission.received_at <= earlier.ended_at:
        reason = f"{designee.full_name} was removed as designee after this form came in. Send a new one to enroll again."
        findings.refuse("designee", "R21", reason)
        return findings.decision()
    named = prescriber or Prescriber(
        npi, first_name=form.text("prescriber_first_name"), last_name=form.text("prescriber_last_name")
    )
    findings.identify("prescriber_npi", npi)
    findings.apply("designee", f"{designee.full_name} is enrolled as designee.", designee, account)
    findings.tell_prescriber("designee_enrolled", named, {
        "prescriber_npi": npi, "prescriber_name": named.full_name,
        "designee_name": designee.full_name, "designee_email": designee.email,
    })  # fmt: skip
    invitation = {"designee_name": designee.full_name, "prescriber_name": named.full_name}
    findings.tell("designee_invitation", "designee", invitation, designee.full_name, designee.fax, designee.email)
    return findings.decision()
