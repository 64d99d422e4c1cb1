"""Fax numbers and email addresses on file: where an answer may go.

What: look-ups by party, and the parties behind a number.
Why: patient data goes to a number from the registry, never to whatever number stands on a form.
Refuses: a guess; no number on file is None.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from registry import storage
from registry.parties import Pharmacy, Prescriber


@dataclass(frozen=True)
class Contact:
    """How a party is reached."""

    role: str  # prescriber or pharmacy
    name: str
    fax: str | None  # ten digits
    email: str | None
    identifier: str  # NPI


def prescriber_contact(session: Session, npi: str) -> Contact | None:
    """A prescriber's contact; None for an unknown NPI."""
    found = storage.load(session, Prescriber, npi)
    return None if found is None else Contact("prescriber", found.full_name, found.fax, found.email, npi)


def pharmacy_contact(session: Session, npi: str) -> Contact | None:
    """A pharmacy's contact, or that of the pharmacy that answers for the location; None for an unknown NPI."""
    found = storage.pharmacy_for(session, npi)
    return None if found is None else Contact("pharmacy", found.name or "", found.fax, found.ar_email, found.npi)


def prescriber_of_patient(session: Session, patient_id: str) -> Contact | None:
    """The contact of a patient's associated prescriber (R36), of an absorbed one that of the patient who stands; None for an
    unknown patient."""
    patient = storage.patient_meant(session, patient_id)
    return None if patient is None else prescriber_contact(session, patient.prescriber_npi)


def fax_on_file(session: Session, role: str, identifier: str) -> str | None:
    """The fax of a "prescriber" or "pharmacy" by NPI, or of a "patient"'s prescriber by patient ID; ValueError for others."""
    ways = {"prescriber": prescriber_contact, "pharmacy": pharmacy_contact, "patient": prescriber_of_patient}
    if role not in ways:
        raise ValueError(f"no fax is kept for {role!r}")
    found = ways[role](session, identifier)
    return None if found is None else found.fax


def parties_with_fax(session: Session, fax: str) -> list[Contact]:
    """Everyone whose letters go to that number (ten digits): who may have sent a fax from it."""
    prescribers = storage.find(session, Prescriber, {"fax": fax})
    pharmacies = storage.find(session, Pharmacy, {"fax": fax})
    return [
        *(Contact("prescriber", one.full_name, one.fax, one.email, one.npi) for one in prescribers),
        *(Contact("pharmacy", one.name or "", one.fax, one.ar_email, one.npi) for one in pharmacies),
    ]
