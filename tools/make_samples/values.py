"""What people write on the forms: values by field name, made from the cast.

What: one function per form that fits the story; the rest of a form's fields come as keyword arguments.
Why: a name, a number or a spelling is said once, in the cast.
Refuses: nothing; `filling` refuses what a form does not have.
"""

from __future__ import annotations

from collections.abc import Sequence

from tools.make_samples.cast import Address, Designee, Distributor, Patient, Pharmacy, Prescriber
from tools.make_samples.filling import Value

Values = dict[str, Value]
Lab = tuple[str, int]  # ISO draw date, ANC per µL

PRESCRIBER_ANSWERS = "bacbdacadb"
"""All right by the shipped example key, questions 1 to 10."""
PHARMACY_ANSWERS = "bcadbcabcd"
"""All right by the shipped example key, questions 1 to 10."""


def band(anc: int) -> str:
    """The range somebody ticks beside an ANC."""
    return "normal" if anc >= 1500 else "mild" if anc >= 1000 else "moderate" if anc >= 500 else "severe"


def labs(draws: Sequence[Lab], bands: bool = True) -> Values:
    """Rows of the ANC table."""
    out: Values = {}
    for row, (drawn, anc) in enumerate(draws):
        out |= {f"labs.{row}.draw_date": drawn, f"labs.{row}.anc": anc}
        if bands:
            out[f"labs.{row}.band"] = band(anc)
    return out


def signed(role: str, when: str, name: str | None = None) -> Values:
    """A signature, its date and, where a name is given, the printed name."""
    out: Values = {f"signature_{role}": "present", f"signature_{role}_date": when}
    return out | ({f"signature_{role}_name": name} if name else {})


def prescriber_on_form(who: Prescriber) -> Values:
    """The prescriber as the patient forms ask for one."""
    return {
        "prescriber_first_name": who.first,
        "prescriber_last_name": who.last,
        "prescriber_npi": who.npi,
        "prescriber_phone": who.phone,
        "prescriber_fax": who.fax,
    }


def patient_on_form(who: Patient) -> Values:
    """The patient as every patient form asks for one."""
    return {
        "patient_first_name": who.first,
        "patient_last_name": who.last,
        "patient_date_of_birth": who.born,
        "patient_zip": who.zip,
    }


def patient_status(
    patient: Patient, prescriber: Prescriber, draws: Sequence[Lab], when: str, designee: Designee | None = None, **more: Value
) -> Values:
    """A Patient Status Form."""
    out = patient_on_form(patient) | prescriber_on_form(prescriber) | labs(draws) | {"adverse_event": "no"}
    if designee:
        out |= {"submitter": "designee", "designee_first_name": designee.first, "designee_last_name": designee.last}
        out |= signed("designee", when, f"{designee.first} {designee.last}")
    else:
        out |= {"submitter": "prescriber"} | signed("prescriber", when, f"{prescriber.first} {prescriber.last}")
    return out | more


def anc_lab(patient: Patient, prescriber: Prescriber, drawn: Lab, when: str, submitter: str, name: str, **more: Value) -> Values:
    """An ANC Lab Reporting Form."""
    out = patient_on_form(patient) | {"patient_sex": patient.sex} | prescriber_on_form(prescriber) | labs([drawn])
    out |= {"submitter": submitter, "submitter_name": name} | signed("submitter", when)
    return out | more


def patient_enrollment(
    patient: Patient,
    prescriber: Prescriber,
    draws: Sequence[Lab],
    when: str,
    frequency: str,
    designee: Designee | None = None,
    **more: Value,
) -> Values:
    """A Patient Enrollment Form."""
    out = patient_on_form(patient) | prescriber_on_form(prescriber) | labs(draws)
    out |= {
        "patient_middle_initial": patient.middle or None,
        "patient_sex": patient.sex,
        "patient_address": patient.address,
        "patient_phone": patient.phone,
        "practice_name": prescriber.practice,
        "monitoring_frequency": frequency,
    }
    if designee:
        out |= {"submitter": "designee", "designee_first_name": designee.first, "designee_last_name": designee.last}
        out |= signed("designee", when, f"{designee.first} {designee.last}")
    else:
        out |= {"submitter": "prescriber"} | signed("prescriber", when, f"{prescriber.first} {prescriber.last}")
    return out | more


def prescriber_enrollment(who: Prescriber, when: str, **more: Value) -> Values:
    """A Prescriber Enrollment Form."""
    out: Values = prescriber_on_form(who)
    out |= {
        "prescriber_middle_initial": who.middle or None,
        "credentials": who.credentials,
        "specialty": who.specialty,
        "prescriber_dea": who.dea,
        "licence": who.licence,
        "licence_state": who.at.state,
        "practice_name": who.practice,
        "prescriber_email": who.email,
        "preferred_contact": "fax",
    }
    out |= at_address(who.at) | attested(9) | signed("prescriber", when, f"{who.first} {who.last}")
    return out | more


def prescriber_knowledge(who: Prescriber, when: str, answers: str = PRESCRIBER_ANSWERS, **more: Value) -> Values:
    """A Knowledge Assessment for Prescribers."""
    out: Values = {"respondent_first_name": who.first, "respondent_last_name": who.last, "prescriber_npi": who.npi}
    return out | {"assessment_date": when} | answered(answers) | signed("respondent", when) | more


def designee_enrollment(who: Designee, prescriber: Prescriber, when: str, **more: Value) -> Values:
    """A Prescriber Designee Enrollment Form, signed by both."""
    out: Values = {
        "prescriber_first_name": prescriber.first,
        "prescriber_last_name": prescriber.last,
        "prescriber_npi": prescriber.npi,
        "designee_first_name": who.first,
        "designee_last_name": who.last,
        "designee_role": who.role,
        "designee_phone": who.phone,
        "designee_fax": who.fax,
        "designee_email": who.email,
    }
    out |= attested(4) | signed("prescriber", when, f"{prescriber.first} {prescriber.last}")
    return out | signed("designee", when, f"{who.first} {who.last}") | more


def pharmacy_enrollment(who: Pharmacy, when: str, **more: Value) -> Values:
    """An Outpatient or Inpatient Pharmacy Enrollment Form; `pharmacy_kind` and `facility_type` come with `more`."""
    out: Values = {
        "pharmacy_name": who.name,
        "pharmacy_npi": who.npi,
        "pharmacy_ncpdp": who.ncpdp,
        "pharmacy_dea": who.dea,
        "pharmacy_licence": f"{who.licence} {who.at.state}",
        "pharmacy_phone": who.phone,
        "pharmacy_fax": who.fax,
        "ar_first_name": who.ar_first,
        "ar_last_name": who.ar_last,
        "ar_title": who.ar_title,
        "ar_phone": who.ar_phone,
        "ar_email": who.ar_email,
        "ar_replaces": "no",
    }
    return out | at_address(who.at) | attested(7) | signed("ar", when, f"{who.ar_first} {who.ar_last}") | more


def pharmacy_knowledge(who: Pharmacy, when: str, answers: str = PHARMACY_ANSWERS, **more: Value) -> Values:
    """A Knowledge Assessment for Pharmacies, taken by the authorized representative."""
    out: Values = {
        "respondent_first_name": who.ar_first,
        "respondent_last_name": who.ar_last,
        "pharmacy_name": who.name,
        "pharmacy_npi": who.npi,
        "assessment_date": when,
    }
    return out | answered(answers) | more


def distributor_enrollment(who: Distributor, when: str, **more: Value) -> Values:
    """A Wholesaler/Distributor Enrollment Form."""
    out: Values = {
        "company_name": who.name,
        "distributor_dea": who.dea,
        "ar_first_name": who.ar_first,
        "ar_last_name": who.ar_last,
        "ar_title": who.ar_title,
        "ar_phone": who.ar_phone,
        "ar_fax": who.ar_fax,
        "ar_email": who.ar_email,
        "secure_ftp": "yes",
    }
    return out | at_address(who.at) | attested(3) | signed("ar", when, f"{who.ar_first} {who.ar_last}") | more


def at_address(at: Address) -> Values:
    """An address in its parts."""
    return {"address": at.street, "city": at.city, "state": at.state, "zip": at.zip}


def attested(count: int) -> Values:
    """Every attestation ticked."""
    return {f"attestation_{number}": True for number in range(1, count + 1)}


def answered(letters: str) -> Values:
    """The answers of an assessment, one letter a question."""
    return {f"answers.{number}": letter for number, letter in enumerate(letters, 1)}
