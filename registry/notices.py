"""Every notice the registry can owe somebody: one row a kind, with who is told, what it means and which facts it carries.

What: the table outbound writes its letters from. `NoticeDue.facts` holds exactly the names listed here, JSON values only;
a fact that is not known is None. Days are ISO text (`2023-11-06`), moments ISO text with zone, ANCs numbers per µL,
patient IDs in normal form (print them with `identifiers.print_patient_id`).
Why: a letter whose variable is missing must fail when it is built, not at a doctor's machine.
Refuses: `registry.decision.Findings.tell` raises on a kind or a fact that is not in this table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class NoticeKind:
    """One kind of notice."""

    kind: str  # the stable code
    to: tuple[str, ...]  # roles it can go to: prescriber, designee, pharmacy, staff, distributor, sender, contact_centre
    meaning: str  # one sentence: what the recipient is told
    facts: tuple[str, ...]  # names of the facts it carries
    urgent: bool = False  # overtakes ordinary letters


_PATIENT = ("patient_id", "patient_name", "patient_date_of_birth")
_ANC = (*_PATIENT, "anc", "draw_date", "band", "population", "is_latest", "other_results", "treatment_status", "prescriber_npi")
_STATUS = (*_PATIENT, "treatment_status", "prescriber_npi")
_PRESCRIBER = ("prescriber_npi", "prescriber_name")
_PHARMACY = ("pharmacy_npi", "pharmacy_name", "ar_name")

NOTICES: dict[str, NoticeKind] = {
    notice.kind: notice
    for notice in (
        NoticeKind(
            "certification_complete", ("prescriber",),
            "R13: the prescriber is certified, and may prescribe clozapine for outpatients.",
            (*_PRESCRIBER, "certified_on"),
        ),
        NoticeKind(
            "certification_pending", ("prescriber", "sender"),
            "R12: what arrived is recorded, certification still waits for the item named in `missing`.",
            (*_PRESCRIBER, "missing"),
        ),
        NoticeKind(
            "assessment_not_passed", ("prescriber", "pharmacy", "sender"),
            "R12, R73: the Knowledge Assessment was not passed; it must be taken again.",
            ("npi", "respondent_name", "correct", "questions", "pass_mark", "attempts_left"),
        ),
        NoticeKind(
            "designee_enrolled", ("prescriber",),
            "The designee is enrolled for this prescriber; what a designee may not do (R24–R27) is repeated.",
            (*_PRESCRIBER, "designee_name", "designee_email"),
        ),
        NoticeKind(
            "designee_invitation", ("designee",),
            "R22: by email, how to get an own sign-in; by fax only where no email can go.",
            ("designee_name", "prescriber_name"),
        ),
        NoticeKind(
            "staff_invitation", ("staff",),
            "R80: by email, the authorized representative invites the person to the pharmacy's staff; how to accept.",
            ("staff_name", "pharmacy_name", "ar_name"),
        ),
        NoticeKind(
            "pharmacy_certified", ("pharmacy",),
            "R60, R73: the pharmacy is certified to buy and dispense clozapine until `reconfirm_by` (R75).",
            (*_PHARMACY, "certified_on", "reconfirm_by", "locations"),
        ),
        NoticeKind(
            "pharmacy_pending", ("pharmacy", "sender"),
            "R73: what arrived is recorded, certification still waits for the item named in `missing`.",
            (*_PHARMACY, "missing"),
        ),
        NoticeKind(
            "pharmacy_deactivated", ("pharmacy",),
            "R76: the pharmacy can neither order nor get a dispense authorization until it certifies again.",
            _PHARMACY,
        ),
        NoticeKind(
            "pharmacy_decertified", ("pharmacy",),
            "R75, R76: the authorized representative did not reconfirm in time; the pharmacy must certify again.",
            (*_PHARMACY, "reconfirm_by"),
        ),
        NoticeKind(
            "ar_reconfirmed", ("pharmacy",),
            "R75: the authorized representative has reconfirmed the role.",
            (*_PHARMACY, "reconfirm_by"),
        ),
        NoticeKind(
            "ar_reconfirmation_due", ("pharmacy",),
            "R75: the authorized representative must reconfirm the role by `reconfirm_by`.",
            (*_PHARMACY, "reconfirm_by", "days_left"),
        ),
        NoticeKind(
            "distributor_enrolled", ("distributor",),
            "R90–R93: the distributor is enrolled and may ask for the list of certified pharmacies.",
            ("company_name", "distributor_id", "ar_name", "secure_ftp"),
        ),
        NoticeKind(
            "enrollment_confirmed", ("prescriber",),
            "R30: the patient is enrolled under this REMS Patient ID; the first status form is due by `next_status_form_by`.",
            (*_STATUS, "population", "hospice", "monitoring_frequency", "enrolled_on", "anc", "draw_date", "next_status_form_by"),
        ),
        NoticeKind(
            "patient_reassociated", ("prescriber",),
            "R47: the patient was already enrolled and is now associated with this prescriber; nothing more is needed.",
            (*_STATUS, "population", "hospice", "monitoring_frequency", "enrolled_on", "next_status_form_by"),
        ),
        NoticeKind(
            "status_form_recorded", ("prescriber", "pharmacy", "sender"),
            "The Patient Status Form is recorded; `complete` is false where a missing signature keeps it from counting (R65).",
            (*_STATUS, "received_on", "complete", "results_recorded", "monitoring_frequency", "missing_labs",
             "next_status_form_by"),
        ),
        NoticeKind(
            "anc_recorded", ("prescriber", "pharmacy"),
            "The ANC of an ANC Lab Reporting Form is recorded.",
            (*_STATUS, "anc", "draw_date", "band", "already_on_file"),
        ),
        NoticeKind(
            "anc_held", ("sender",),
            "R35: the sender is not certified or authorized: the ANC is held and does not count; `missing` says what is needed.",
            ("patient_name", "sender_name", "missing", "results_held"),
        ),
        NoticeKind(
            "unauthorized_sender", ("contact_centre",),
            "R35: an ANC came from a sender who is not certified or authorized; `lowest_anc` tells how urgent it is.",
            ("patient_name", "patient_date_of_birth", "sender_name", "prescriber_npi", "pharmacy_npi", "reference", "received_at",
             "lowest_anc"),
            urgent=True,
        ),
        NoticeKind(
            "neutropenia_mild", ("prescriber",),
            "R36 [label]: ANC 1000–1499, general population: continue; three times a week until 1500 or more.",
            _ANC, urgent=True,
        ),
        NoticeKind(
            "neutropenia_moderate", ("prescriber",),
            "R36 [label]: ANC 500–999, general population: interrupt; daily to 1000, three times a week to 1500.",
            _ANC, urgent=True,
        ),
        NoticeKind(
            "neutropenia_severe", ("prescriber",),
            "R36 [label]: ANC below 500, general population: interrupt; no rechallenge unless benefit outweighs risk.",
            _ANC, urgent=True,
        ),
        NoticeKind(
            "neutropenia_ben", ("prescriber",),
            "R36 [label]: ANC 500–999 under BEN: continue; three times a week to 1000 or baseline.",
            _ANC, urgent=True,
        ),
        NoticeKind(
            "neutropenia_ben_severe", ("prescriber",),
            "R36 [label]: ANC below 500 under BEN: interrupt; daily to 500, three times a week to baseline.",
            _ANC, urgent=True,
        ),
        NoticeKind(
            "treatment_interrupted", ("prescriber",),
            "R39–R41: the patient is Interrupted and nothing may be dispensed; `cause` says why.",
            (*_STATUS, "cause", "anc", "draw_date", "since"), urgent=True,
        ),
        NoticeKind(
            "rationale_needed", ("prescriber",),
            "R42–R44: nothing is dispensed until the prescriber gives a Treatment Rationale for this ANC on a signed form.",
            (*_STATUS, "anc", "draw_date"), urgent=True,
        ),
        NoticeKind(
            "treatment_resumed", ("prescriber",),
            "R42–R43: the patient is Enrolled again; `cause` says by what.",
            (*_STATUS, "cause", "since"),
        ),
        NoticeKind(
            "treatment_discontinued", ("prescriber",),
            "R38, R41: the patient is Discontinued as reported; nothing may be dispensed.",
            (*_STATUS, "cause", "since"),
        ),
        NoticeKind(
            "missing_labs", ("prescriber",),
            "R65: required labs are missing and not authorized; the prescriber may authorize it on a signed status form.",
            (*_STATUS, "gaps", "monitoring_frequency"),
        ),
        NoticeKind(
            "status_form_due", ("prescriber",),
            "R65: the next Patient Status Form is due by `next_status_form_by`, or dispensing stops.",
            (*_STATUS, "last_received_on", "next_status_form_by"),
        ),
        NoticeKind(
            "status_form_overdue", ("prescriber",),
            "R65: no Patient Status Form in the last 37 days; no dispense authorization until one is received.",
            (*_STATUS, "last_received_on", "next_status_form_by"),
        ),
        NoticeKind(
            "adverse_event", ("contact_centre",),
            "R05: a suspected adverse event stands on a fax; its received time starts the safety clock.",
            ("reference", "form", "received_at", "patient_id", "patient_name", "patient_date_of_birth", "prescriber_npi",
             "prescriber_name", "narrative"),
            urgent=True,
        ),
    )
}  # fmt: skip
"""All kinds, by code."""
