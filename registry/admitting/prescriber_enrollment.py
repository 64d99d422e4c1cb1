"""The Prescriber Enrollment Form: half of a prescriber's certification (R10–R14)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from registry import identifiers
from registry.accounts import account_for, taken
from registry.certification import is_certified, prescriber_missing, with_prescriber_certification
from registry.decision import Decision, Findings, Situation, iso
from registry.form_values import NPI_WHY, PHONE_WHY, FormValues, Need, one_of, person, place
from registry.matching import names_differ
from registry.moments import program_day
from registry.parties import AccountRole, Prescriber
from registry.policies import CONTACT_PHONE
from registry.senders import is_signed, signature_reason
from registry.submission import Submission
from registry.vocabulary import SignatureRole

CREDENTIALS = ("md", "do", "np", "pa", "resident_or_intern", "other")
"""R14: any professional with prescribing privileges."""

NEEDED = (
    *person("prescriber", "The prescriber's"),
    Need("credentials", "Credentials", one_of(*CREDENTIALS)),
    Need("prescriber_npi", "The NPI", identifiers.normal_npi, NPI_WHY),
    *place(),
    Need("prescriber_phone", "The phone number", identifiers.normal_phone, PHONE_WHY),
    Need("prescriber_fax", "The fax number", identifiers.normal_phone, PHONE_WHY),
    Need("prescriber_email", "The email address", identifiers.normal_email),
)


def decide(submission: Submission, situation: Situation, now: datetime) -> Decision:
    """R12: a complete and signed form is recorded; certified with the assessment, pending without it.

    An incomplete or unsigned form is not recorded: every gap is named. A wrong optional DEA number or licence state is refused
    alone. A certified prescriber's new form updates the record and keeps the certification. Nobody enters with the NPI of
    somebody else's form, nor with an assessment that somebody of another name passed under it.
    """
    findings, form = Findings(submission), FormValues(submission)
    complaints = form.complaints(NEEDED)
    if form.choice("credentials") == "other" and form.text("credentials_other") is None:
        complaints.append(form.blank("credentials_other", "What the other credentials are"))
    complaints += form.unattested()
    findings.refuse_all("R12", complaints)
    signed = is_signed(submission, SignatureRole.PRESCRIBER)
    if not signed:
        reason = signature_reason(submission, SignatureRole.PRESCRIBER, "the prescriber")
        findings.refuse("signature_prescriber", "R12", f"{reason}.")
    email = form.normal("prescriber_email", identifiers.normal_email)
    first, last = form.text("prescriber_first_name"), form.text("prescriber_last_name")
    account = account_for(email, AccountRole.PRESCRIBER, first, last) if email and first and last else None
    conflict = taken(account, situation.accounts) if account else None
    own = situation.prescriber is not None and situation.prescriber.email == email
    if conflict and not own:
        findings.refuse("prescriber_email", "R02", conflict)
    known = situation.prescriber
    other_name = known is not None and names_differ(first, last, known.first_name, known.last_name)
    if other_name and known is not None and known.form_received_at is not None:
        reason = (
            "The NPI is registered under another name. Correct name or NPI and send the form again; where both are right, call "
            f"{CONTACT_PHONE}."
        )
        findings.refuse("prescriber_npi", "R12", reason)
        return findings.decision()
    if complaints or not signed or (conflict and not own):
        return findings.decision()

    npi = form.normal("prescriber_npi", identifiers.normal_npi)
    assert npi is not None
    assert account is not None
    was_certified = is_certified(known)
    before = Prescriber(npi) if known is None or other_name else known
    prescriber = _recorded(before, form, submission.received_at, findings)
    prescriber = with_prescriber_certification(prescriber)
    findings.identify("prescriber_npi", npi)
    findings.apply("enrollment", "The Prescriber Enrollment Form is recorded.", prescriber, account)
    tell_certification(findings, prescriber, was_certified)
    return findings.decision()


def tell_certification(findings: Findings, prescriber: Prescriber, was_certified: bool) -> None:
    """R12, R13: complete, or pending with the missing item named."""
    facts = {"prescriber_npi": prescriber.npi, "prescriber_name": prescriber.full_name}
    if prescriber.certified_at is not None:
        if not was_certified:
            findings.apply("certification", "The prescriber is certified.")
        certified_on = iso(program_day(prescriber.certified_at))
        findings.tell_prescriber("certification_complete", prescriber, {**facts, "certified_on": certified_on})
        return
    pending = {**facts, "missing": " and ".join(prescriber_missing(prescriber))}
    if prescriber.fax is None:
        findings.tell_sender("certification_pending", pending, prescriber.full_name)
    else:
        findings.tell_prescriber("certification_pending", prescriber, pending)


def _recorded(before: Prescriber, form: FormValues, received_at: datetime, findings: Findings) -> Prescriber:
    """The prescriber as the form has it; optional identifiers that cannot be right are refused and stay as they were.

    A form received before the one on file, and read after it, counts and changes no details: a number given up must get no
    letters.
    """
    if before.details_as_of is not None and received_at < before.details_as_of:
        return replace(before, form_received_at=before.form_received_at or received_at)
    dea, state = before.dea, before.licence_state
    if (text := form.text("prescriber_dea")) is not None:
        dea = identifiers.normal_dea(text) or dea
        if identifiers.normal_dea(text) is None:
            reason = f"The DEA number “{text}” cannot be right: its check digit does not fit. Correct it and send the form again."
            findings.refuse("prescriber_dea", "R12", reason)
    if (text := form.text("licence_state")) is not None:
        state = identifiers.normal_state(text) or state
        if identifiers.normal_state(text) is None:
            findings.refuse("licence_state", "R12", f"“{text}” is no US state. Write its two letters and send the form again.")
    return replace(
        before,
        first_name=form.text("prescriber_first_name"),
        middle_initial=form.text("prescriber_middle_initial") or before.middle_initial,
        last_name=form.text("prescriber_last_name"),
        credentials=form.choice("credentials"),
        credentials_other=form.text("credentials_other"),
        specialty=form.text("specialty") or before.specialty,
        dea=dea,
        licence=form.text("licence") or before.licence,
        licence_state=state,
        practice_name=form.text("practice_name") or before.practice_name,
        address=form.text("address"),
        city=form.text("city"),
        state=form.normal("state", identifiers.normal_state),
        zip=form.normal("zip", identifiers.normal_zip),
        phone=form.normal("prescriber_phone", identifiers.normal_phone),
        phone_extension=form.text("phone_extension") or before.phone_extension,
        fax=form.normal("prescriber_fax", identifiers.normal_phone),
        email=form.normal("prescriber_email", identifiers.normal_email),
        preferred_contact=form.choice("preferred_contact") or before.preferred_contact,
        form_received_at=before.form_received_at or received_at,
        details_as_of=received_at,
    )
