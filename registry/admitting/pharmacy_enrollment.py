"""The Outpatient and the Inpatient Pharmacy Enrollment Form: half of a pharmacy's certification (R60–R62, R73–R76, R81)."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from registry import identifiers
from registry.accounts import account_for, taken
from registry.certification import (
    Standing,
    after_lapse,
    pharmacy_missing,
    pharmacy_standing,
    reconfirm_by,
    spent_by_new_ar,
    with_pharmacy_certification,
)
from registry.decision import Decision, Findings, Situation, iso
from registry.form_values import NPI_WHY, PHONE_WHY, Complaint, FormValues, Need, one_of, person, place
from registry.matching import plain_name
from registry.moments import program_day
from registry.parties import AccountRole, Pharmacy, PharmacyKind, PharmacyLocation
from registry.policies import TITLES_FOR_SEVERAL_SITES
from registry.senders import is_signed, signature_reason
from registry.submission import Submission, Value
from registry.vocabulary import FormCode, SignatureRole

TITLES = ("pharmacy_manager", "staff_pharmacist", "director_of_pharmacy", "corporate_executive", "other")
"""R81, and "other" as the form prints it."""

KINDS_OF_SEVERAL_SITES = ("multiple", "chain")
"""R61: of one AR who answers for all of them."""

NEEDED = (
    Need("pharmacy_name", "The pharmacy's name"),
    Need("pharmacy_npi", "The pharmacy's NPI", identifiers.normal_npi, NPI_WHY),
    *place(),
    Need("pharmacy_phone", "The pharmacy's phone number", identifiers.normal_phone, PHONE_WHY),
    Need("pharmacy_fax", "The pharmacy's fax number", identifiers.normal_phone, PHONE_WHY),
    *person("ar", "The authorized representative's"),
    Need("ar_title", "The authorized representative's title", one_of(*TITLES)),
    Need("ar_phone", "The authorized representative's phone number", identifiers.normal_phone, PHONE_WHY),
    Need("ar_email", "The authorized representative's email address", identifiers.normal_email),
)
OUTPATIENT_NEEDED = (
    Need("pharmacy_kind", "The kind of pharmacy (single, multiple stores, chain)", one_of("single", "multiple", "chain")),
    Need("pharmacy_ncpdp", "The NCPDP provider ID"),
)


def decide(submission: Submission, situation: Situation, now: datetime) -> Decision:
    """R73: a complete form signed by the AR is recorded; certified with that AR's assessment, pending without it.

    R74: a new AR's form starts the certification anew. R76: so does a form after deactivation or lapse. R62: a pharmacy that is
    outpatient stays so when an inpatient form arrives. An incomplete or unsigned form is not recorded: every gap is named.
    """
    findings, form = Findings(submission), FormValues(submission)
    outpatient = submission.form is FormCode.OUTPATIENT_PHARMACY
    complaints = form.complaints([*NEEDED, *(OUTPATIENT_NEEDED if outpatient else ())])
    complaints += form.unattested()
    findings.refuse_all("R73", complaints)
    unsigned = not is_signed(submission, SignatureRole.AR)
    if unsigned:
        reason = signature_reason(submission, SignatureRole.AR, "the authorized representative")
        findings.refuse("signature_ar", "R73", f"{reason}.")
    wrong_title = _title_conflict(form)
    if wrong_title is not None:
        findings.refuse(wrong_title.field, "R81", wrong_title.reason)
    email, first, last = form.normal("ar_email", identifiers.normal_email), form.text("ar_first_name"), form.text("ar_last_name")
    account = account_for(email, AccountRole.AUTHORIZED_REPRESENTATIVE, first, last) if email and first and last else None
    conflict = taken(account, situation.accounts) if account else None
    if conflict:
        findings.refuse("ar_email", "R02", conflict)
    if complaints or unsigned or wrong_title is not None or conflict or account is None:
        return findings.decision()

    npi = form.normal("pharmacy_npi", identifiers.normal_npi)
    assert npi is not None
    if _is_overtaken(situation.pharmacy, f"{first} {last}", submission.received_at):
        reason = "A form received later names another authorized representative: this one counts no more. Send a new form."
        findings.refuse("enrollment", "R74", reason)
        return findings.decision()
    was_certified = pharmacy_standing(situation.pharmacy, now) is Standing.CERTIFIED
    known = situation.pharmacy if situation.pharmacy is not None and situation.pharmacy.npi == npi else Pharmacy(npi)
    spent = spent_by_new_ar(known, f"{first} {last}", situation.assessments, submission.received_at)
    findings.store(*spent)
    left = [one for one in situation.assessments if one.assessment_id not in {other.assessment_id for other in spent}]
    pharmacy = _recorded(after_lapse(known, now), form, submission.received_at, outpatient, findings)
    pharmacy = with_pharmacy_certification(pharmacy, left)
    locations = _locations(form, pharmacy, findings)
    findings.identify("pharmacy_npi", npi)
    findings.apply("enrollment", f"The {submission.form.label} is recorded.", pharmacy, account, *locations)
    tell_certification(findings, pharmacy, was_certified, len(locations))
    return findings.decision()


def tell_certification(findings: Findings, pharmacy: Pharmacy, was_certified: bool, locations: int) -> None:
    """R60, R73: certified, or pending with the missing item named."""
    facts: dict[str, Value] = {"pharmacy_npi": pharmacy.npi, "pharmacy_name": pharmacy.name, "ar_name": pharmacy.ar_name or None}
    if pharmacy.certified_at is not None:
        if not was_certified:
            findings.apply("certification", "The pharmacy is certified.")
        findings.tell_pharmacy(
            "pharmacy_certified",
            pharmacy,
            {
                **facts,
                "certified_on": iso(program_day(pharmacy.certified_at)),
                "reconfirm_by": iso(reconfirm_by(pharmacy)),
                "locations": locations,
            },
        )
        return
    pending: dict[str, Value] = {**facts, "missing": " and ".join(pharmacy_missing(pharmacy))}
    if pharmacy.fax is None:
        findings.tell_sender("pharmacy_pending", pending, pharmacy.name or "")
    else:
        findings.tell_pharmacy("pharmacy_pending", pharmacy, pending)


def _is_overtaken(known: Pharmacy | None, ar_name: str, received_at: datetime) -> bool:
    """R74: whether a form received later, and read earlier, made somebody else the AR: the outgoing one does not come back."""
    if known is None or not known.ar_name or known.form_received_at is None:
        return False
    return received_at < known.form_received_at and plain_name(known.ar_name) != plain_name(ar_name)


def _title_conflict(form: FormValues) -> Complaint | None:
    """R81: a pharmacy manager or staff pharmacist represents one site, not several."""
    title, kind = form.choice("ar_title"), form.choice("pharmacy_kind")
    if kind not in KINDS_OF_SEVERAL_SITES or title not in TITLES or title in TITLES_FOR_SEVERAL_SITES:
        return None
    reason = (
        f"A {title.replace('_', ' ')} can represent one site only; several need a director of pharmacy services or a corporate "
        "executive. Name one and send the form again."
    )
    return Complaint("ar_title", reason)


def _recorded(before: Pharmacy, form: FormValues, received_at: datetime, outpatient: bool, findings: Findings) -> Pharmacy:
    """The pharmacy as the form has it; a new AR (R74) or a first form sets the day the form counts from.

    A form received before the one on file, and read after it, changes no details: a number given up must get no letters.
    """
    first, last = form.text("ar_first_name"), form.text("ar_last_name")
    new_ar = bool(before.ar_name) and plain_name(before.ar_name) != plain_name(f"{first} {last}")
    stays_outpatient = outpatient or before.kind is PharmacyKind.OUTPATIENT
    counts_from: datetime | None = received_at if new_ar or before.form_received_at is None else before.form_received_at
    if before.void_before is not None and received_at <= before.void_before:
        counts_from = before.form_received_at  # R76: received before the pharmacy left, it certifies nobody after
    if before.details_as_of is not None and received_at < before.details_as_of:
        return replace(before, form_received_at=before.form_received_at if new_ar else counts_from)
    return replace(
        before,
        kind=PharmacyKind.OUTPATIENT if stays_outpatient else PharmacyKind.INPATIENT,
        name=form.text("pharmacy_name"),
        sites=form.choice("pharmacy_kind") or before.sites,
        facility_type=form.text("facility_type") or before.facility_type,
        ncpdp=form.text("pharmacy_ncpdp") or before.ncpdp,
        dea=_optional(form, "pharmacy_dea", "The DEA number", identifiers.normal_dea, before.dea, findings),
        hin=_optional(form, "pharmacy_hin", "The HIN", identifiers.normal_hin, before.hin, findings),
        licence=form.text("pharmacy_licence") or before.licence,
        address=form.text("address"),
        city=form.text("city"),
        state=form.normal("state", identifiers.normal_state),
        zip=form.normal("zip", identifiers.normal_zip),
        ship_to=form.text("ship_to") or before.ship_to,
        phone=form.normal("pharmacy_phone", identifiers.normal_phone),
        fax=form.normal("pharmacy_fax", identifiers.normal_phone),
        ar_first_name=first,
        ar_last_name=last,
        ar_title=form.choice("ar_title"),
        ar_phone=form.normal("ar_phone", identifiers.normal_phone),
        ar_fax=form.normal("ar_fax", identifiers.normal_phone),
        ar_email=form.normal("ar_email", identifiers.normal_email),
        form_received_at=counts_from,
        certified_at=None if new_ar else before.certified_at,
        reconfirmed_at=None if new_ar else before.reconfirmed_at,
        details_as_of=received_at,
    )


def _optional(form: FormValues, field: str, label: str, normaliser: identifiers.Normaliser, before: str | None,
              findings: Findings) -> str | None:  # fmt: skip
    """An optional identifier; one that cannot be right is refused alone and the earlier one stays."""
    text = form.text(field)
    if text is None:
        return before
    fitting = normaliser(text)
    if fitting is None:
        findings.refuse(field, "R73", f"{label} “{text}” cannot be right. Correct it and send the form again.")
    return fitting or before


def _locations(form: FormValues, pharmacy: Pharmacy, findings: Findings) -> list[PharmacyLocation]:
    """R61: the stores this AR answers for; a row without a fitting NPI is refused alone, as is any row of a single pharmacy."""
    found = []
    for row in form.rows("locations", "name", "npi", "ncpdp", "zip"):
        field = f"locations.{row}.npi"
        if form.choice("pharmacy_kind") not in KINDS_OF_SEVERAL_SITES:
            reason = (
                "A single pharmacy's representative answers for no other location. Send the form as of multiple stores or a "
                "chain, or enroll the location by itself."
            )
            findings.refuse(f"locations.{row}", "R61", reason)
            continue
        npi = form.normal(field, identifiers.normal_npi)
        if npi is None:
            need = Need(field, f"The NPI of location {row + 1}", identifiers.normal_npi, NPI_WHY)
            reason = form.complaints([need])[0].reason
            findings.refuse(field, "R61", reason)
            continue
        if npi != pharmacy.npi:
            found.append(
                PharmacyLocation(
                    npi,
                    pharmacy.npi,
                    form.text(f"locations.{row}.name"),
                    form.text(f"locations.{row}.ncpdp"),
                    form.normal(f"locations.{row}.zip", identifiers.normal_zip),
                )
            )
    return found
