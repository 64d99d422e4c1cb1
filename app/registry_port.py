"""What the case flow and the desk ask of the registry.

What: admission, what triage must know of the patient a form names, who sent a form, and the patient beside a form at the desk.
Why: the registry knows no reading and the desk no registry table; here their words are matched.
Refuses: to decide who is meant: that is `registry.matching`'s. Where it is not sure, a person is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.document_steps import Registry
from intake.reading import FormReading, Problem, ProblemKind
from outbound.notice import Recipient, Role
from registry import storage
from registry.contacts import Contact, pharmacy_contact, prescriber_contact, prescriber_of_patient
from registry.identifiers import iso_day, normal_npi, normal_patient_id, normal_zip, print_patient_id
from registry.matching import Match, Named, PatientMatch, match_patient, same_name
from registry.moments import program_day
from registry.patients import Patient
from registry.questions import shown_number
from registry.recording import admit
from registry.submission import Submission, Value
from registry.vocabulary import FormCode
from review_queue.triage import TriageContext
from review_queue.web.services import KnownPatient

PHARMACY_FORMS = frozenset({FormCode.OUTPATIENT_PHARMACY, FormCode.INPATIENT_PHARMACY, FormCode.PHARMACY_KNOWLEDGE})

DOUBTFUL_MATCH = {
    Match.NEAR: "Name and birth date are nearly those of a known patient. Is it the same person?",
    Match.CONTRADICTION: "The REMS Patient ID is one patient's, name or birth date another's.",
    Match.SEVERAL: "Several known patients have this name and birth date.",
}
"""What a person must look at before the registry is asked: a misread letter makes such a match, and only eyes can tell."""


def registry_port() -> Registry:
    """The port, filled from the registry floor."""
    return Registry(admit=admit, context=triage_context, party=sending_party)


def triage_context(session: Session, reading: FormReading, received_at: datetime) -> TriageContext:
    """The patient's last status form, whether this is a first enrollment, and doubts about who is meant."""
    values = {name: one.value for name, one in reading.fields.items()}
    if "patient_last_name" not in values:
        return TriageContext(received_at)
    found = meant(session, values)
    problems = (Problem(ProblemKind.CONTRADICTION, DOUBTFUL_MATCH[found.kind]),) if found.kind in DOUBTFUL_MATCH else ()
    last = None
    if found.patient is not None:
        form = storage.patient_file(session, found.patient).last_status_form
        last = None if form is None else program_day(form.received_at)
    return TriageContext(
        received_at=received_at,
        last_status_form=last,
        first_enrollment=reading.form == FormCode.PATIENT_ENROLLMENT and found.kind is Match.STRANGER,
        problems=problems,
    )


def sending_party(session: Session, submission: Submission) -> Recipient | None:
    """Who sent a form, with the fax number on file: the pharmacy of a pharmacy's form, else the prescriber."""
    contact: Contact | None = None
    from_pharmacy = submission.form in PHARMACY_FORMS or submission.values.get("submitter") == "pharmacy"
    pharmacy = normal_npi(_text(submission.values, "pharmacy_npi") or "")
    if from_pharmacy and pharmacy is not None:
        contact = pharmacy_contact(session, pharmacy)
    if contact is None:
        prescriber = normal_npi(_text(submission.values, "prescriber_npi") or "")
        contact = None if prescriber is None else prescriber_contact(session, prescriber)
    if contact is None:
        patient = normal_patient_id(_text(submission.values, "patient_id") or "")
        contact = None if patient is None else prescriber_of_patient(session, patient)
    return None if contact is None else Recipient(Role(contact.role), contact.name, contact.fax)


def known_patient(session: Session, values: Mapping[str, Value]) -> KnownPatient | None:
    """The one patient whom a form's values name, for the desk."""
    patient = meant(session, values).patient
    if patient is None:
        return None
    agree, differ = _compared(values, patient)
    results = storage.patient_file(session, patient).results
    latest = max(results, key=lambda one: (one.draw_date, -one.anc), default=None)
    return KnownPatient(
        name=patient.full_name,
        date_of_birth=patient.date_of_birth,
        patient_id=print_patient_id(patient.patient_id),
        treatment_status=patient.treatment_status.label,
        monitoring=patient.monitoring_frequency.label,
        population=patient.population.label,
        agree=agree,
        differ=differ,
        latest_anc="" if latest is None else f"{shown_number(latest.anc)} on {latest.draw_date:%m/%d/%Y}",
    )


def meant(session: Session, values: Mapping[str, Value]) -> PatientMatch:
    """Whom the values name."""
    named = Named(
        patient_id=normal_patient_id(_text(values, "patient_id") or ""),
        first_name=_text(values, "patient_first_name"),
        last_name=_text(values, "patient_last_name"),
        date_of_birth=iso_day(_text(values, "patient_date_of_birth") or ""),
        zip=normal_zip(_text(values, "patient_zip") or ""),
        sex=_text(values, "patient_sex"),
    )
    candidates = storage.patient_candidates(session, named.patient_id, named.first_name, named.last_name, named.date_of_birth)
    return match_patient(named, candidates)


def _compared(values: Mapping[str, Value], patient: Patient) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the form says as the registry does, and what it says otherwise; blanks say nothing."""
    agree: list[str] = []
    differ: list[str] = []
    given = {
        "first name": (_text(values, "patient_first_name"), patient.first_name),
        "last name": (_text(values, "patient_last_name"), patient.last_name),
        "birth date": (_text(values, "patient_date_of_birth"), patient.date_of_birth.isoformat()),
        "ZIP": ((normal_zip(_text(values, "patient_zip") or "") or "")[:5] or None, (patient.zip or "")[:5] or None),
        "REMS Patient ID": (normal_patient_id(_text(values, "patient_id") or ""), patient.patient_id),
        "prescriber": (normal_npi(_text(values, "prescriber_npi") or ""), patient.prescriber_npi),
    }
    for label, (said, known) in given.items():
        if said and known:
            (agree if same_name(said, known) else differ).append(label)
    return tuple(agree), tuple(differ)


def _text(values: Mapping[str, Value], name: str) -> str | None:
    value = values.get(name)
    return str(value) if value is not None and value != "" else None
