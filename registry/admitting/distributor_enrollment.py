"""The Wholesaler/Distributor Enrollment Form (R90–R93)."""

from __future__ import annotations

from datetime import datetime

from registry import identifiers
from registry.accounts import account_for, taken
from registry.decision import Decision, Findings, Situation
from registry.form_values import PHONE_WHY, FormValues, Need, person, place
from registry.parties import AccountRole, Distributor
from registry.senders import is_signed, signature_reason
from registry.submission import Submission, Value
from registry.vocabulary import SignatureRole

NEEDED = (
    Need("company_name", "The company's name"),
    *place(),
    *person("ar", "The authorized representative's"),
    Need("ar_title", "The authorized representative's title"),
    Need("ar_phone", "The authorized representative's phone number", identifiers.normal_phone, PHONE_WHY),
    Need("ar_email", "The authorized representative's email address", identifiers.normal_email),
)

STATEMENTS = ("attestation_1", "attestation_2")
"""R90: that clozapine is available through the REMS only, and that the distributor will comply; left out is not stated."""


def decide(submission: Submission, situation: Situation, now: datetime) -> Decision:
    """R90: complete, signed, and with both statements ticked (only through the REMS; will comply), or nothing is recorded."""
    findings, form = Findings(submission), FormValues(submission)
    complaints = form.complaints(NEEDED)
    dea, hin = form.text("distributor_dea"), form.text("distributor_hin")
    if dea is None and hin is None:
        complaints.append(form.blank("distributor_dea", "A DEA number or HIN"))
    if dea is not None and identifiers.normal_dea(dea) is None:
        complaints += form.complaints([Need("distributor_dea", "The DEA number", identifiers.normal_dea, "its check digit")])
    if hin is not None and identifiers.normal_hin(hin) is None:
        complaints += form.complaints([Need("distributor_hin", "The HIN", identifiers.normal_hin, "nine letters or digits")])
    complaints += form.unattested("statement", STATEMENTS)
    findings.refuse_all("R90", complaints)
    signed = is_signed(submission, SignatureRole.AR)
    if not signed:
        reason = signature_reason(submission, SignatureRole.AR, "the authorized representative")
        findings.refuse("signature_ar", "R90", f"{reason}.")
    email, first, last = form.normal("ar_email", identifiers.normal_email), form.text("ar_first_name"), form.text("ar_last_name")
    account = account_for(email, AccountRole.DISTRIBUTOR, first, last) if email and first and last else None
    conflict = taken(account, situation.accounts) if account else None
    if conflict:
        findings.refuse("ar_email", "R02", conflict)
    if complaints or not signed or conflict or account is None:
        return findings.decision()

    distributor = _recorded(form, submission.received_at)
    findings.identify("distributor_id", distributor.distributor_id)
    findings.apply("enrollment", f"{distributor.company_name} is enrolled as distributor.", distributor, account)
    name = f"{distributor.ar_first_name} {distributor.ar_last_name}"
    facts: dict[str, Value] = {
        "company_name": distributor.company_name, "distributor_id": distributor.distributor_id, "ar_name": name,
        "secure_ftp": distributor.secure_ftp,
    }  # fmt: skip
    fax = distributor.ar_fax or submission.sender_fax
    findings.tell("distributor_enrolled", "distributor", facts, distributor.company_name, fax, distributor.ar_email)
    return findings.decision()


def _recorded(form: FormValues, received_at: datetime) -> Distributor:
    dea, hin = form.normal("distributor_dea", identifiers.normal_dea), form.normal("distributor_hin", identifiers.normal_hin)
    return Distributor(
        distributor_id=hin or dea or "",
        company_name=form.text("company_name") or "",
        dea=dea,
        hin=hin,
        address=form.text("address") or "",
        city=form.text("city") or "",
        state=form.normal("state", identifiers.normal_state) or "",
        zip=form.normal("zip", identifiers.normal_zip) or "",
        ar_first_name=form.text("ar_first_name") or "",
        ar_last_name=form.text("ar_last_name") or "",
        ar_title=form.text("ar_title") or "",
        ar_phone=form.normal("ar_phone", identifiers.normal_phone) or "",
        ar_fax=form.normal("ar_fax", identifiers.normal_phone),
        ar_email=form.normal("ar_email", identifiers.normal_email) or "",
        secure_ftp=form.choice("secure_ftp") == "yes",
        enrolled_at=received_at,
    )
