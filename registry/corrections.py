"""Errors of ours put right after admission: a record withdrawn, an ANC replaced by the right one (21 CFR 11.10).

What: `withdraw` takes an ANC, rationale, status form or statement out of the count, `correct_anc` puts the right value there.
Why: a misread 800 that was 1800 interrupts a patient who must not be; the status is then what it would be without the slip.
Refuses: to overwrite: the withdrawn record stays and says by whom and why; an act without a reason; what is no record or is
withdrawn already.

A sender who corrects an own report sends a form: both values are then on file, and the lower of a day counts.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from registry import storage
from registry.anc import implausible, impossible_draw
from registry.audit import Cause
from registry.moments import last_day_begun
from registry.patients import AncResult, PatientRecord, Rationale, Statement, StatusForm, Withdrawal
from registry.resettling import ActAnswer, refused, resettle

CORRECTABLE: tuple[type[PatientRecord], ...] = (AncResult, Rationale, StatusForm, Statement)
"""Record types that can be withdrawn."""


def withdraw(session: Session, record_id: str, cause: Cause, reason: str) -> ActAnswer:
    """The record of that key counts no more, as if it had never been received."""
    found = _record(session, record_id)
    if isinstance(found, ActAnswer):
        return found
    if not reason.strip():
        return refused("Say why the record is wrong; the reason stays with it.")
    return _replaced(session, found, record_id, cause, reason, ())


def correct_anc(session: Session, result_id: str, draw_date: date, anc: float, cause: Cause, reason: str) -> ActAnswer:
    """The ANC of that key is replaced by what really stands on the form; it counts from the same receipt."""
    found = _record(session, result_id)
    if isinstance(found, ActAnswer):
        return found
    if not isinstance(found, AncResult):
        return refused(f"{result_id} is no ANC. Withdraw it, and key the form again.")
    if not reason.strip():
        return refused("Say what was wrong; the reason stays with the record.")
    wrong = implausible(anc) or impossible_draw(draw_date, last_day_begun(found.received_at))
    if wrong is not None:
        return refused(f"The ANC is not corrected: {wrong}.")
    right = replace(found, result_id=f"{found.result_id}~", draw_date=draw_date, anc=anc)
    return _replaced(session, found, result_id, cause, reason, (right,))


def _record(session: Session, record_id: str) -> PatientRecord | ActAnswer:
    """The record of a key, or why it cannot be corrected."""
    for kind in CORRECTABLE:
        found = storage.load(session, kind, record_id)
        if found is not None:
            gone = storage.load(session, Withdrawal, record_id)
            return found if gone is None else refused(f"{record_id} was withdrawn already, by {gone.by}: {gone.reason}")
    return refused(f"There is no ANC, rationale, status form or statement {record_id}.")


def _replaced(
    session: Session, found: PatientRecord, record_id: str, cause: Cause, reason: str, right: tuple[AncResult, ...]
) -> ActAnswer:
    patient = storage.patient_meant(session, found.patient_id, lock=True)
    assert patient is not None, "records of a patient are stored with the patient"
    withdrawal = Withdrawal(record_id, found.patient_id, cause.at, cause.actor, reason)
    return resettle(session, patient, f"withdrawn:{record_id}", reason, cause, (withdrawal, *right))
