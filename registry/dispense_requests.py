"""Pharmacies' requests: authorization, Dispense Rationale, dispensed, reconfirmation, deactivation (R63–R76).

What: load, decide by `registry.dispensing` and `registry.certification`, store, in the caller's transaction.
Why: every request and its answer stand in the audit trail, a denial too: R67 asks whether there was one.
Refuses: what the rules refuse, with reasons in words; it never raises for an unknown pharmacy or patient.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from registry import dispense_storage, storage
from registry.admitting.lab_rows import tell_low
from registry.anc import implausible, is_on_file
from registry.audit import Cause
from registry.certification import Standing, deactivated, pharmacy_standing, reconfirm_by
from registry.course import settled
from registry.decision import Act, Findings
from registry.dispensing import (
    Authorization,
    Denial,
    RationaleRequest,
    Reason,
    check,
    check_rationale,
    dispensed_from,
    is_outpatient,
    rationale_offered,
    rationales_used,
)
from registry.identifiers import normal_npi, normal_patient_id
from registry.moments import program_day
from registry.parties import Pharmacy, Prescriber
from registry.patients import AncResult, Patient
from registry.policies import DRAW_DATE_SPAN
from registry.submission import NoticeDue, Reference, SubmissionId
from registry.trail import storage as trail
from registry.vocabulary import Channel


@dataclass(frozen=True)
class DispenseAnswer:
    """The answer to a dispense check or a Dispense Rationale."""

    authorized: bool
    authorization: str | None  # the authorization number
    reasons: tuple[Reason, ...]  # every failed condition (R66)
    rationale_offered: bool = False  # R67
    in_process: bool = False  # a denied patient's form waits in the queue [decision]
    used_this_year: int = 0  # outpatient Dispense Rationales in 365 days (R70)
    notices: tuple[NoticeDue, ...] = ()  # R36: of a low ANC that an accepted Dispense Rationale brought


@dataclass(frozen=True)
class RequestAnswer:
    """The answer to a report or request about certification."""

    done: bool
    reason: Reason | None = None  # why not
    until: date | None = None  # the last day of the certification
    notices: tuple[NoticeDue, ...] = ()  # who must be told of it


def ask_dispense(
    session: Session,
    pharmacy_npi: str,
    patient_id: str,
    now: datetime,
    asked_by: str = "pharmacy",
    in_process: bool = False,
    channel: Channel = Channel.WEB,
) -> DispenseAnswer:
    """R63–R67: authorizes, or denies with every reason. `in_process`: a form of this patient waits in the queue (app knows)."""
    pharmacy, patient = _parties_of_check(session, pharmacy_npi, patient_id)
    checked = check(pharmacy, patient, now)
    cause = Cause(now, asked_by, channel.value)
    if not checked.reasons and pharmacy is not None and patient is not None:
        return DispenseAnswer(
            True, _authorize(session, pharmacy, patient, now, by_rationale=False, cause=cause).authorization, ()
        )
    if pharmacy is None or patient is None:
        return DispenseAnswer(False, None, checked.reasons, False, in_process)
    denial_id = f"{patient.patient_id}:{pharmacy.npi}:{now.isoformat()}"
    storage.put(session, Denial(denial_id, pharmacy.npi, patient.patient_id, now, checked.only_status_form), cause)
    if not checked.only_status_form:
        return DispenseAnswer(False, None, checked.reasons, False, in_process)
    history = storage.dispense_history(session, patient.patient_id)
    offered, used = rationale_offered(checked, pharmacy, history, now), rationales_used(history.authorizations, now)
    return DispenseAnswer(False, None, checked.reasons, offered, in_process, used)


def give_rationale(
    session: Session,
    pharmacy_npi: str,
    patient_id: str,
    prescriber_npi: str | None,
    draw_date: date | None,
    anc: float | None,
    now: datetime,
    asked_by: str = "pharmacy",
    channel: Channel = Channel.WEB,
) -> DispenseAnswer:
    """R67–R71: authorizes on a Dispense Rationale, or names every reason against it; by fax there is none (R71).

    The ANC given with an accepted one joins the patient's history: it comes from a certified pharmacy (R35).
    """
    pharmacy, patient = _parties(session, pharmacy_npi, patient_id)
    history = storage.dispense_history(session, patient.patient_id if patient else "")
    problem = implausible(anc) if anc is not None else None
    request = RationaleRequest(normal_npi(prescriber_npi or ""), draw_date, anc, problem)
    reasons = check_rationale(pharmacy, patient, history, request, now)
    if channel is Channel.FAX:
        reasons = (*reasons, Reason("R71", "A Dispense Rationale is given on the web or by phone, not by fax."))
    used = rationales_used(history.authorizations, now)
    if reasons or pharmacy is None or patient is None or draw_date is None or anc is None:
        return DispenseAnswer(False, None, reasons, used_this_year=used)
    cause = Cause(now, asked_by, channel.value)
    given = _authorize(session, pharmacy, patient, now, by_rationale=True, cause=cause)
    notices = _keep_anc(session, patient.patient_id, given, draw_date, anc, cause)
    return DispenseAnswer(True, given.authorization, (), used_this_year=used + given.outpatient, notices=notices)


def _keep_anc(
    session: Session, patient_id: str, given: Authorization, draw_date: date, anc: float, cause: Cause
) -> tuple[NoticeDue, ...]:
    """The ANC that a pharmacist holds joins the history, unless it is on file or too old to be one of the program's.

    R36: acceptable to continue may still be mild, and the associated prescriber must be told.
    """
    patient = storage.load(session, Patient, patient_id)
    assert patient is not None
    file = storage.patient_file(session, patient)
    if is_on_file(file.results, draw_date, anc) or program_day(cause.at) - draw_date > DRAW_DATE_SPAN:
        return ()
    key = f"{given.authorization}:anc"
    result = AncResult(key, patient_id, draw_date, anc, cause.at, "dispense_rationale", given.authorization)
    grown = file.grown(result)
    patient = settled(grown)
    storage.put_all(session, [result, patient], cause)
    findings = Findings(Act(SubmissionId(given.authorization), Reference(given.authorization)))
    tell_low(findings, [result], grown.results, patient, storage.load(session, Prescriber, patient.prescriber_npi))
    return findings.decision().admission.notices


def report_dispensed(session: Session, authorization: str, now: datetime, asked_by: str = "pharmacy") -> RequestAnswer:
    """A pharmacy has dispensed on an authorization; reported twice, the first report stands."""
    found = _given(session, authorization)
    if found is None:
        return RequestAnswer(False, Reason("R63", f"There is no authorization {authorization}."))
    if found.reversed_at is not None:
        return RequestAnswer(False, Reason("R63", f"Authorization {authorization} was reversed; ask for a new one."))
    if found.dispensed_at is None:
        _keep(session, replace(found, dispensed_at=now), Cause(now, asked_by, "web"))
    return RequestAnswer(True)


def reverse(session: Session, authorization: str, now: datetime, asked_by: str = "pharmacy", reason: str = "") -> RequestAnswer:
    """R63: a pharmacy takes an authorization back, dispensed or not; it counts as never given. Twice changes nothing."""
    found = _given(session, authorization)
    if found is None:
        return RequestAnswer(False, Reason("R63", f"There is no authorization {authorization}."))
    if found.reversed_at is None:
        _keep(session, replace(found, reversed_at=now, reversal_reason=reason or None), Cause(now, asked_by, "web"))
    return RequestAnswer(True)


def _given(session: Session, authorization: str) -> Authorization | None:
    """The authorization of that number, its patient's row locked before its own is read again."""
    found = storage.load(session, Authorization, authorization)
    if found is None:
        return None
    storage.patient_meant(session, found.patient_id, lock=True)
    return storage.load(session, Authorization, authorization, lock=True)


def _keep(session: Session, changed: Authorization, cause: Cause) -> None:
    """Stores a changed authorization, and since when dispensings of its patient are later ones."""
    storage.put(session, changed, cause)
    patient = storage.patient_meant(session, changed.patient_id)
    if patient is not None:
        since = dispensed_from(storage.dispense_history(session, patient.patient_id).authorizations)
        storage.put(session, replace(patient, dispensed_from=since), cause)


def reconfirm(session: Session, pharmacy_npi: str, now: datetime, asked_by: str = "pharmacy") -> RequestAnswer:
    """R75: the AR keeps the role for two more years; after a lapse or deactivation only a new certification helps (R76)."""
    pharmacy = storage.load(session, Pharmacy, _npi(pharmacy_npi), lock=True)
    standing = pharmacy_standing(pharmacy, now)
    if pharmacy is None or standing is not Standing.CERTIFIED:
        text = f"The pharmacy is {standing.value}, not certified: send a new form and pass a new assessment."
        return RequestAnswer(False, Reason("R76", text))
    kept = replace(pharmacy, reconfirmed_at=now)
    storage.put(session, kept, Cause(now, asked_by, "web"))
    return RequestAnswer(True, until=reconfirm_by(kept))


def deactivate(session: Session, pharmacy_npi: str, now: datetime, asked_by: str = "pharmacy") -> RequestAnswer:
    """R76: takes a pharmacy out of the program."""
    pharmacy = storage.load(session, Pharmacy, _npi(pharmacy_npi), lock=True)
    if pharmacy is None:
        return RequestAnswer(False, Reason("R76", "There is no such pharmacy."))
    if pharmacy_standing(pharmacy, now) is not Standing.DEACTIVATED:
        storage.put(session, deactivated(pharmacy, now), Cause(now, asked_by, "web"))
    return RequestAnswer(True)


def _parties_of_check(session: Session, pharmacy_npi: str, patient_id: str) -> tuple[Pharmacy | None, Patient | None]:
    """As `_parties`; in one statement and without a lock where the check will change nothing of the patient."""
    found = dispense_storage.parties_of_check(session, pharmacy_npi, normal_patient_id(patient_id) or "")
    if found is None or found[1].dispensed_from is None:
        return _parties(session, pharmacy_npi, patient_id)
    return found


def _parties(session: Session, pharmacy_npi: str, patient_id: str) -> tuple[Pharmacy | None, Patient | None]:
    patient = storage.patient_meant(session, normal_patient_id(patient_id) or "", lock=True)
    return storage.pharmacy_for(session, _npi(pharmacy_npi)), patient


def _npi(written: str) -> str:
    """An NPI in normal form; one that cannot be right stays as it is, and no pharmacy has it."""
    return normal_npi(written) or written


def _authorize(
    session: Session, pharmacy: Pharmacy, patient: Patient, now: datetime, by_rationale: bool, cause: Cause
) -> Authorization:
    """Issues the next authorization number; the first one starts the patient's week (`is_first_dispensing`)."""
    head = trail.locked_head(session)
    number = dispense_storage.next_authorization(session)
    given = Authorization(number, pharmacy.npi, patient.patient_id, now, by_rationale, is_outpatient(pharmacy))
    if patient.dispensed_from is None:
        storage.put_all(session, [given, replace(patient, dispensed_from=dispensed_from([given]))], cause, head)
    else:
        storage.add(session, given, cause, head)
    return given
