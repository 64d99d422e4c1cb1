"""Questions the registry answers: a patient, a prescriber, a pharmacy, who is certified, what is due.

What: functions from a session to JSON-native answers, the shapes of the outside contract.
Why: desk, phone, letters and `registry play` must all get the same answer.
Refuses: nothing; who is not known is said so.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from registry import storage
from registry.certification import (
    Standing,
    is_certified,
    pharmacy_missing,
    pharmacy_standing,
    prescriber_missing,
    reconfirm_by,
)
from registry.clock_storage import patients_without_status_form
from registry.course import course
from registry.decision import iso
from registry.due import pharmacy_notices, status_form_notices
from registry.label_monitoring import advice
from registry.moments import program_day
from registry.parties import Pharmacy, PharmacyLocation, Prescriber
from registry.patients import Patient, PatientFile
from registry.policies import STATUS_FORM_REMINDER, STATUS_FORM_VALID
from registry.submission import NoticeDue


def shown_number(value: float) -> int | float:
    """An ANC as people write it: whole where it is whole."""
    return int(value) if value.is_integer() else value


def patient(session: Session, patient_id: str, on: date | None = None) -> dict[str, Any] | None:
    """A patient with status, frequency, prescriber, BEN, hospice and labs in draw-date order; None for an unknown ID.

    `on` adds what the label asks for on that program day, and when the next status form is due (R65).
    """
    found = storage.patient_meant(session, patient_id)
    if found is None:
        return None
    file = storage.patient_file(session, found)
    labs = sorted({(one.draw_date, one.anc) for one in file.results})
    return {
        "patient_id": found.patient_id,
        "first_name": found.first_name,
        "last_name": found.last_name,
        "date_of_birth": found.date_of_birth.isoformat(),
        "treatment_status": found.treatment_status.value,
        "status_since": found.status_since.isoformat(),
        "monitoring_frequency": found.monitoring_frequency.value,
        "prescriber_npi": found.prescriber_npi if found.off_list_since is None else None,
        "ben": found.ben,
        "hospice": found.hospice,
        "labs": [{"draw_date": drawn.isoformat(), "anc": shown_number(anc)} for drawn, anc in labs],
        "last_status_form": iso(program_day(found.last_form_at)) if found.last_form_at else None,
        "off_list_since": iso(found.off_list_since),
        "missing_labs": found.missing_labs,
        **({} if on is None else _due(file, on)),
    }


def _due(file: PatientFile, on: date) -> dict[str, Any]:
    """What the label and the program ask for next."""
    asked = advice(file.patient, file.results, course(file).turns, on)
    counted_from = program_day(file.patient.last_form_at or file.patient.enrolled_at)
    return {
        "label_monitoring": asked.words,
        "label_reason": asked.why,
        "next_draw_by": iso(asked.next_draw_by),
        "next_status_form_by": iso(counted_from + STATUS_FORM_VALID),
    }


def prescriber(session: Session, npi: str) -> dict[str, Any]:
    """A prescriber's certification with what is missing (R12), and the designees."""
    found = storage.load(session, Prescriber, npi)
    standing = Standing.UNKNOWN if found is None else Standing.CERTIFIED if is_certified(found) else Standing.PENDING
    return {
        "npi": npi,
        "certified": is_certified(found),
        "standing": standing.value,
        "missing": [] if is_certified(found) else list(prescriber_missing(found)),
        "first_name": found.first_name if found else None,
        "last_name": found.last_name if found else None,
        "designees": [one.full_name for one in storage.designees_of(session, npi) if one.ended_at is None],
    }


def pharmacy(session: Session, npi: str, now: datetime) -> dict[str, Any]:
    """R92: a pharmacy's certification with what is missing (R73), and until when it holds (R75)."""
    found = storage.pharmacy_for(session, npi)
    standing = pharmacy_standing(found, now)
    certified = standing is Standing.CERTIFIED
    return {
        "npi": npi,
        "certified": certified,
        "standing": standing.value,
        "missing": [] if certified else list(pharmacy_missing(found)),
        "name": found.name if found else None,
        "kind": found.kind.value if found and found.kind else None,
        "ar_name": (found.ar_name or None) if found else None,
        "reconfirm_by": iso(reconfirm_by(found)) if found else None,
    }


def certified_pharmacies(session: Session, now: datetime) -> list[dict[str, Any]]:
    """R91: every certified pharmacy and each location its AR answers for, by NPI; of a location with a record of its own that
    one's standing counts, as for its dispensing."""
    found = []
    for one in storage.pharmacies_once_certified(session):
        if pharmacy_standing(one, now) is not Standing.CERTIFIED:
            continue
        found.append({"npi": one.npi, "name": one.name, "city": one.city, "state": one.state, "zip": one.zip})
        stores = storage.find(session, PharmacyLocation, {"parent_npi": one.npi})
        alone = {own.npi for own in storage.find(session, Pharmacy, {"npi": [store.npi for store in stores]})} if stores else ()
        found += [
            {"npi": store.npi, "name": store.name or one.name, "city": None, "state": None, "zip": store.zip}
            for store in stores
            if store.npi not in alone
        ]
    return sorted(found, key=lambda one: str(one["npi"]))


def due(session: Session, now: datetime) -> list[NoticeDue]:
    """What is due by time alone at `now`: AR reconfirmations, decertifications, status forms."""
    patients = patients_without_status_form(session, program_day(now) - STATUS_FORM_REMINDER)
    return [*pharmacy_notices(storage.pharmacies_once_certified(session), now), *status_form_notices(patients, now)]


def due_for_prescriber(session: Session, npi: str, now: datetime) -> list[NoticeDue]:
    """R65: what is due by time at `now` for one prescriber's patients, by patient."""
    known = storage.load(session, Prescriber, npi)
    patients = storage.find(session, Patient, {"prescriber_npi": npi, "merged_into": None})
    return status_form_notices(
        [(one, None if one.last_form_at is None else program_day(one.last_form_at), known) for one in patients], now
    )


def due_for_pharmacy(session: Session, npi: str, now: datetime) -> list[NoticeDue]:
    """R75, R76: what is due by time at `now` for a pharmacy, or for the one that answers for that location."""
    found = storage.pharmacy_for(session, npi)
    return [] if found is None else pharmacy_notices([found], now)
