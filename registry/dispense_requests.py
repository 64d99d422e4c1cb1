"""Pharmacies' requests: authorization, Dispense Rationale, dispensed, reconfirmation, deactivation (R63–R76).

What: load, decide by `registry.dispensing` and `registry.certification`, store, in the caller's transaction.
Why: every request and its answer stand in the audit trail, a denial too: R67 asks whether there was one.
Refuses: what the rules refuse, with reasons in words; it never raises for an unknown pharmacy or patient.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from registry import storage
from registry.anc import implausible, is_on_file
from registry.audit import Cause
from registry.certification import Standing, deactivated, pharmacy_standing, reconfirm_by
from registry.dispensing import (
    Authorization,
    Denial,
    RationaleRequest,
    Reason,
    check,
    check_rationale,
    is_outpatient,
    rationale_offered,
    rationales_used,
)
from registry.identifiers import normal_npi, normal_patient_id
from registry.moments import program_day
from registry.parties import Pharmacy
from registry.patients import AncResult, Patient, PatientFile
from registry.policies import DRAW_DATE_SPAN
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


@dataclass(frozen=True)
class RequestAnswer:
    """The answer to a report or request about certification."""

    done: bool
    reason: Reason | None = None  # why not
    until: date | None = None  # the last day of the certification


def ask_dispense(
    session: Session, pharmacy_npi: str, patient_id: str, now: datetime, asked_by: str = "pharmacy", in_process: bool = False
) -> DispenseAnswer:
    """R63–R67: authorizes, or denies with every reason. `in_process`: a form of this patient waits in the queue (app knows)."""
    pharmacy, file = _parties(session, pharmacy_npi, patient_id)
    history = storage.dispense_history(session, file.patient.patient_id if file else "")
    checked = check(pharmacy, file, history, now)
    used = rationales_used(history.authorizations, now)
    cause = Cause(now, asked_by, "web")
    if not checked.reasons and pharmacy is not None and file is not None:
        given = _authorize(session, pharmacy, file, now, by_rationale=False, cause=cause)
        return DispenseAnswer(True, given.authorization, (), used_this_year=used)
    if pharmacy is not None and file is not None:
        denial_id = f"D{storage.count(session, Denial) + 1:08d}"
        denial = Denial(denial_id, pharmacy.npi, file.patient.patient_id, now, checked.only_status_form)
        storage.put(session, denial, cause)
    offered = rationale_offered(checked, pharmacy, history, now)
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
    pharmacy, file = _parties(session, pharmacy_npi, patient_id)
    history = storage.dispense_history(session, file.patient.patient_id if file else "")
    problem = implausible(anc) if anc is not None else None
    request = RationaleRequest(normal_npi(prescriber_npi or ""), draw_date, anc, problem)
    reasons = check_rationale(pharmacy, file, history, request, now)
    if channel is Channel.FAX:
        reasons = (*reasons, Reason("R71", "A Dispense Rationale is given on the web or by phone, not by fax."))
    used = rationales_used(history.authorizations, now)
    if reasons or pharmacy is None or file is None or draw_date is None or anc is None:
        return DispenseAnswer(False, None, reasons, used_this_year=used)
    cause = Cause(now, asked_by, channel.value)
    given = _authorize(session, pharmacy, file, now, by_rationale=True, cause=cause)
    if not is_on_file(file.results, draw_date, anc) and program_day(now) - draw_date <= DRAW_DATE_SPAN:
        result = AncResult(
            f"{given.authorization}:anc", file.patient.patient_id, draw_date, anc, now, "dispense_rationale", given.authorization
        )
        storage.put(session, result, cause)
    return DispenseAnswer(True, given.authorization, (), used_this_year=used + given.outpatient)


def report_dispensed(session: Session, authorization: str, now: datetime, asked_by: str = "pharmacy") -> RequestAnswer:
    """A pharmacy has dispensed on an authorization; reported twice, the first report stands."""
    found = storage.load(session, Authorization, authorization)
    if found is None:
        return RequestAnswer(False, Reason("R63", f"There is no authorization {authorization}."))
    if found.dispensed_at is None:
        storage.put(session, replace(found, dispensed_at=now), Cause(now, asked_by, "web"))
    return RequestAnswer(True)


def reconfirm(session: Session, pharmacy_npi: str, now: datetime, asked_by: str = "pharmacy") -> RequestAnswer:
    """R75: the AR keeps the role for two more years; after a lapse or deactivation only a new certification helps (R76)."""
    pharmacy = storage.load(session, Pharmacy, pharmacy_npi)
    standing = pharmacy_standing(pharmacy, now)
    if pharmacy is None or standing is not Standing.CERTIFIED:
        text = f"The pharmacy is {standing.value}, not certified: send a new form and pass a new assessment."
        return RequestAnswer(False, Reason("R76", text))
    kept = replace(pharmacy, reconfirmed_at=now)
    storage.put(session, kept, Cause(now, asked_by, "web"))
    return RequestAnswer(True, until=reconfirm_by(kept))


def deactivate(session: Session, pharmacy_npi: str, now: datetime, asked_by: str = "pharmacy") -> RequestAnswer:
    """R76: takes a pharmacy out of the program."""
    pharmacy = storage.load(session, Pharmacy, pharmacy_npi)
    if pharmacy is None:
        return RequestAnswer(False, Reason("R76", "There is no such pharmacy."))
    if pharmacy_standing(pharmacy, now) is not Standing.DEACTIVATED:
        storage.put(session, deactivated(pharmacy, now), Cause(now, asked_by, "web"))
    return RequestAnswer(True)


def _parties(session: Session, pharmacy_npi: str, patient_id: str) -> tuple[Pharmacy | None, PatientFile | None]:
    pharmacy = storage.pharmacy_for(session, pharmacy_npi)
    patient = storage.load(session, Patient, normal_patient_id(patient_id) or "")
    return pharmacy, storage.patient_file(session, patient) if patient is not None else None


def _authorize(
    session: Session, pharmacy: Pharmacy, file: PatientFile, now: datetime, by_rationale: bool, cause: Cause
) -> Authorization:
    """Issues the next authorization number."""
    number = f"A{storage.count(session, Authorization) + 1:08d}"
    given = Authorization(number, pharmacy.npi, file.patient.patient_id, now, by_rationale, is_outpatient(pharmacy))
    storage.put(session, given, cause)
    return given
