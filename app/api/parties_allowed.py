"""For which party may this caller act? Pure.

What: a pharmacy's token acts for that pharmacy only, a prescriber's and a designee's for that prescriber only.
Why: a stolen or misused token must not reach beyond its own party, whatever the body says.
Refuses: another party's NPI with 403, and a patient of another prescriber with 404, so that nobody learns who is enrolled.
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.api.problems import Problem
from app.api.tokens import Caller, PartyKind
from registry import storage
from registry.identifiers import normal_patient_id
from registry.patients import Patient

NO_PATIENT = "There is no such patient, or none that this token may see."


def acting_for_pharmacy(caller: Caller, npi: str) -> str:
    """The pharmacy's NPI, if the caller may act for it; Problem 403."""
    if not caller.is_operator and (caller.kind is not PartyKind.PHARMACY or caller.identifier != npi):
        raise Problem(403, "other-party", "The token does not act for the pharmacy of this NPI.")
    return npi


def patient_seen_by(session: Session, caller: Caller, patient_id: str) -> Patient:
    """The patient, if this caller may see it: Problem 404 for no patient and for another prescriber's alike."""
    patient = storage.patient_meant(session, normal_patient_id(patient_id) or "")
    if patient is None:
        raise Problem(404, "not-found", NO_PATIENT)
    of_prescriber = caller.kind in (PartyKind.PRESCRIBER, PartyKind.DESIGNEE)
    if of_prescriber and patient.prescriber_npi != caller.identifier:
        raise Problem(404, "not-found", NO_PATIENT)
    return patient
