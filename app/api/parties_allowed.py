"""For which party may this caller act?

What: a pharmacy's token acts for that pharmacy only, a prescriber's and a designee's for that prescriber only; and whose word an
act of the representative needs.
Why: a stolen or misused token must not reach beyond its own party, whatever the body says.
Refuses: another party's NPI with 403, and a patient of another prescriber with 404, so that nobody learns who is enrolled. A
designee who is not enrolled, or was taken back, sees nobody (R23).
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.api.problems import Problem
from app.api.tokens import Caller, PartyKind
from registry import storage
from registry.identifiers import normal_patient_id
from registry.looking_up import is_enrolled_distributor
from registry.parties import Designee
from registry.patients import Patient

NO_PATIENT = "There is no such patient, or none that this token may see."


def acting_for_pharmacy(caller: Caller, npi: str) -> str:
    """The pharmacy's NPI, if the caller may act for it; Problem 403."""
    if not caller.is_operator and (caller.kind is not PartyKind.PHARMACY or caller.identifier != npi):
        raise Problem(403, "other-party", "The token does not act for the pharmacy of this NPI.")
    return npi


def representative_of(session: Session, caller: Caller, npi: str) -> str:
    """The email of the pharmacy's present representative, if it is this caller's; an operator acts on that one's word.
    Problem 403 for anybody else, enrolled staff too."""
    acting_for_pharmacy(caller, npi)
    pharmacy = storage.pharmacy_for(session, npi)
    email = (pharmacy.ar_email or "") if pharmacy is not None else ""
    if not caller.is_operator and not (email and caller.email == email):
        raise Problem(403, "person", "Only the pharmacy's authorized representative can do this, with a token of the own.")
    return email


def acting_for_prescriber(caller: Caller, npi: str) -> str:
    """The prescriber's NPI, if the caller is that prescriber, not a designee; Problem 403."""
    if not caller.is_operator and (caller.kind is not PartyKind.PRESCRIBER or caller.identifier != npi):
        raise Problem(403, "other-party", "The token is not that of the prescriber of this NPI.")
    return npi


def seeing_for_prescriber(session: Session, caller: Caller, npi: str) -> str:
    """The prescriber's NPI, if the caller may see that prescriber's patients: the prescriber, an enrolled designee (R23), an
    operator; Problem 403."""
    if caller.is_operator:
        return npi
    if caller.identifier != npi or caller.kind not in (PartyKind.PRESCRIBER, PartyKind.DESIGNEE):
        raise Problem(403, "other-party", "The token does not act for the prescriber of this NPI.")
    if caller.kind is PartyKind.DESIGNEE and not _is_enrolled(session, caller):
        raise Problem(403, "person", "The token's person is no designee of this prescriber (any more).")
    return npi


def _is_enrolled(session: Session, caller: Caller) -> bool:
    found = storage.load(session, Designee, f"{caller.identifier}:{caller.email}")
    return found is not None and found.ended_at is None


def enrolled_distributor(session: Session, caller: Caller) -> None:
    """R91: the list is for enrolled distributors; Problem 403 for one whose enrollment is not on file."""
    if caller.kind is PartyKind.DISTRIBUTOR and not is_enrolled_distributor(session, caller.identifier):
        raise Problem(403, "not-enrolled", "No enrollment of this distributor is on file: enroll first (R90), then ask again.")


def patient_seen_by(session: Session, caller: Caller, patient_id: str) -> Patient:
    """The patient, if this caller may see it: Problem 404 for no patient and for another prescriber's alike."""
    patient = storage.patient_meant(session, normal_patient_id(patient_id) or "")
    if patient is None:
        raise Problem(404, "not-found", NO_PATIENT)
    of_prescriber = caller.kind in (PartyKind.PRESCRIBER, PartyKind.DESIGNEE)
    if of_prescriber and patient.prescriber_npi != caller.identifier:
        raise Problem(404, "not-found", NO_PATIENT)
    if caller.kind is PartyKind.DESIGNEE and not _is_enrolled(session, caller):
        raise Problem(404, "not-found", NO_PATIENT)
    return patient
