"""What the case flow asks of the registry.

What: admission, what triage must know of the patient a form names, and who sent a form.
Why: the registry knows no reading; here their words are matched.
Refuses: to decide who is meant: that is `registry.matching`'s. Where it is not sure, a person is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.document_steps import Registry
from app.enclosing import next_status_form, no_turnaround
from app.storage import named_key
from intake.reading import FormReading, Problem, ProblemKind
from outbound.notice import Recipient, Role
from registry.contacts import Contact, pharmacy_contact, prescriber_contact, prescriber_of_patient
from registry.identifiers import iso_day, normal_npi, normal_patient_id, normal_zip
from registry.matching import Match, Named, PatientMatch
from registry.moments import program_day
from registry.near import in_words, near_patients
from registry.recording import admit
from registry.situations import match_named
from registry.submission import Value
from registry.vocabulary import FormCode
from review_queue.triage import TriageContext

PHARMACY_FORMS = frozenset({FormCode.OUTPATIENT_PHARMACY, FormCode.INPATIENT_PHARMACY, FormCode.PHARMACY_KNOWLEDGE})

DOUBTFUL_MATCH = {
    Match.NEAR: "Name and birth date are nearly those of a known patient. Is it the same person?",
    Match.CONTRADICTION: "The REMS Patient ID is one patient's, name or birth date another's.",
    Match.SEVERAL: "Several known patients have this name and birth date.",
}
"""What a person must look at before the registry is asked: a misread letter makes such a match, and only eyes can tell."""

MOST_NAMED = 3
"""Known patients named in one doubt; a reviewer compares no more at once."""


def registry_port(printed_forms: bool = True) -> Registry:
    """The port, filled from the registry floor; `printed_forms`: whether a patient's next status form is printed."""
    next_form = next_status_form if printed_forms else no_turnaround
    return Registry(admit=admit, context=triage_context, party=sending_party, whose=whose, next_form=next_form)


def triage_context(session: Session, reading: FormReading, received_at: datetime) -> TriageContext:
    """The patient's last status form, whether this is a first enrollment, and doubts about who is meant."""
    values = {name: one.value for name, one in reading.fields.items()}
    if "patient_last_name" not in values:
        return TriageContext(received_at)
    found = meant(session, values)
    doubt = doubt_about(session, values, found)
    problems = () if doubt is None else (Problem(ProblemKind.WHO_IS_MEANT, doubt),)
    last = None
    if found.patient is not None:
        last = None if found.patient.last_form_at is None else program_day(found.patient.last_form_at)
    return TriageContext(
        received_at=received_at,
        last_status_form=last,
        first_enrollment=reading.form == FormCode.PATIENT_ENROLLMENT and found.kind is Match.STRANGER,
        problems=problems,
    )


def sending_party(session: Session, form: str, values: Mapping[str, Value]) -> Recipient | None:
    """Who sent a form with these values, with the fax number on file: the pharmacy of a pharmacy's form, else the prescriber."""
    contact: Contact | None = None
    from_pharmacy = form in PHARMACY_FORMS or values.get("submitter") == "pharmacy"
    pharmacy = normal_npi(text_of(values, "pharmacy_npi") or "")
    if from_pharmacy and pharmacy is not None:
        contact = pharmacy_contact(session, pharmacy)
    if contact is None:
        prescriber = normal_npi(text_of(values, "prescriber_npi") or "")
        contact = None if prescriber is None else prescriber_contact(session, prescriber)
    if contact is None:
        patient = normal_patient_id(text_of(values, "patient_id") or "")
        contact = None if patient is None else prescriber_of_patient(session, patient)
    return None if contact is None else Recipient(Role(contact.role), contact.name, contact.fax)


def whose(session: Session, values: Mapping[str, Value]) -> tuple[str | None, str | None]:
    """The ID of the patient whom the values name, and the key of name and birth date; each None where it cannot be told."""
    if "patient_last_name" not in values:
        return None, None
    found = meant(session, values).patient
    first, last = text_of(values, "patient_first_name"), text_of(values, "patient_last_name")
    born = iso_day(text_of(values, "patient_date_of_birth") or "")
    key = named_key(first, last, born) if first and last and born else None
    return (normal_patient_id(text_of(values, "patient_id") or "") if found is None else found.patient_id), key


def doubt_about(session: Session, values: Mapping[str, Value], found: PatientMatch) -> str | None:
    """What a reviewer must look at before the registry is asked, with the patients who are near and why; None: nothing."""
    doubt = DOUBTFUL_MATCH.get(found.kind)
    if doubt is None:
        return None
    known = [in_words(one) for one in near_patients(session, named_by(values))[:MOST_NAMED]]
    return " ".join([doubt, *known])


def meant(session: Session, values: Mapping[str, Value]) -> PatientMatch:
    """Whom the values name."""
    return match_named(session, named_by(values))


def named_by(values: Mapping[str, Value]) -> Named:
    """What the values say of the patient."""
    return Named(
        patient_id=normal_patient_id(text_of(values, "patient_id") or ""),
        first_name=text_of(values, "patient_first_name"),
        last_name=text_of(values, "patient_last_name"),
        date_of_birth=iso_day(text_of(values, "patient_date_of_birth") or ""),
        zip=normal_zip(text_of(values, "patient_zip") or ""),
        sex=text_of(values, "patient_sex"),
    )


def text_of(values: Mapping[str, Value], name: str) -> str | None:
    """A value as text; None for blank."""
    value = values.get(name)
    return str(value) if value is not None and value != "" else None
