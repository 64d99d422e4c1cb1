"""The patient beside a form at the desk: whom the registry knows by what stands on it.

What: one look-up for the desk's pages, in the desk's own session.
Why: a reviewer who sees that name, birth date and ID agree decides in seconds; the desk itself knows no registry table.
Refuses: to choose among several: nobody is shown then.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy.orm import Session

from app.registry_port import meant, text_of
from registry import storage
from registry.identifiers import normal_npi, normal_patient_id, normal_zip, print_patient_id
from registry.matching import same_name
from registry.patients import Patient
from registry.questions import shown_number
from registry.submission import Value
from review_queue.web.services import KnownPatient


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


def _compared(values: Mapping[str, Value], patient: Patient) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the form says as the registry does, and what it says otherwise; blanks say nothing."""
    agree: list[str] = []
    differ: list[str] = []
    given = {
        "first name": (text_of(values, "patient_first_name"), patient.first_name),
        "last name": (text_of(values, "patient_last_name"), patient.last_name),
        "birth date": (text_of(values, "patient_date_of_birth"), patient.date_of_birth.isoformat()),
        "ZIP": ((normal_zip(text_of(values, "patient_zip") or "") or "")[:5] or None, (patient.zip or "")[:5] or None),
        "REMS Patient ID": (normal_patient_id(text_of(values, "patient_id") or ""), patient.patient_id),
        "prescriber": (normal_npi(text_of(values, "prescriber_npi") or ""), patient.prescriber_npi),
    }
    for label, (said, known) in given.items():
        if said and known:
            (agree if same_name(said, known) else differ).append(label)
    return tuple(agree), tuple(differ)
