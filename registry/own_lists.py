"""A prescriber's own list of patients (R47, R48).

What: `take_off_list`, and who is on a list.
Why: a patient whom nobody lists is still enrolled and may be dispensed to; taking off is not discontinuing.
Refuses: another prescriber's patient; and to guess who follows: the next enrollment says it (R47).
"""

from __future__ import annotations

from sqlalchemy.orm import Session

from registry import storage
from registry.audit import Cause
from registry.patients import About, Patient, Statement
from registry.resettling import ActAnswer, refused, resettle


def take_off_list(session: Session, prescriber_npi: str, patient_id: str, cause: Cause, reason: str = "") -> ActAnswer:
    """R48: the patient leaves this prescriber's list; treatment status and history stay as they are."""
    patient = storage.patient_meant(session, patient_id, lock=True)
    if patient is None:
        return refused("No enrolled patient has this REMS Patient ID (R30).")
    if patient.prescriber_npi != prescriber_npi:
        return refused("The patient is not on this prescriber's list (R48).")
    if patient.off_list_since is not None:
        return ActAnswer(True, "", patient)
    act = f"off-list:{patient.patient_id}@{cause.at.isoformat()}"
    said = Statement(f"{act}:off_list", patient.patient_id, act, cause.at, About.OFF_LIST, prescriber_npi, None, reason or None)
    return resettle(session, patient, act, reason or "taken off the prescriber's list (R48)", cause, (said,))


def on_list(session: Session, prescriber_npi: str) -> list[Patient]:
    """The prescriber's patients, by ID."""
    return storage.find(session, Patient, {"prescriber_npi": prescriber_npi, "off_list_since": None, "merged_into": None})
