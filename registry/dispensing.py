"""May this be dispensed? The REMS Dispense Authorization and the Dispense Rationale (R63–R71).

What: pure checks over a pharmacy, a patient's file and what was authorized before.
Why: R66: a denial names every failed condition in words, so all conditions are asked, not only up to the first that fails.
Refuses: to weigh conditions against each other; one that fails denies.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from registry.anc import acceptable_to_continue
from registry.certification import Standing, pharmacy_missing, pharmacy_standing
from registry.moments import last_day_begun, program_day
from registry.monitoring import is_current, status_form_is_current
from registry.parties import Pharmacy, PharmacyKind
from registry.patients import Patient
from registry.policies import (
    CONTACT_PHONE,
    DISPENSE_RATIONALE_YEAR,
    DISPENSE_RATIONALES_PER_YEAR,
    STATUS_FORM_VALID,
    UNREPORTED_AUTHORIZATION_COUNTS_AFTER,
)
from registry.vocabulary import TreatmentStatus


@dataclass(frozen=True)
class Authorization:
    """A REMS Dispense Authorization (R63)."""

    authorization: str  # its number; the key
    pharmacy_npi: str
    patient_id: str
    authorized_at: datetime
    by_rationale: bool  # given on a Dispense Rationale
    outpatient: bool  # counts against the three a year (R70)
    dispensed_at: datetime | None = None  # as the pharmacy reported
    reversed_at: datetime | None = None  # when the pharmacy took it back; it counts as never given
    reversal_reason: str | None = None  # as the pharmacy gave it


@dataclass(frozen=True)
class Denial:
    """A dispense check that was denied."""

    denial_id: str  # the key
    pharmacy_npi: str
    patient_id: str
    denied_at: datetime
    only_status_form: bool  # for want of a current Patient Status Form, and for nothing else (R67)


@dataclass(frozen=True)
class Reason:
    """One failed condition."""

    rule: str
    reason: str


@dataclass(frozen=True)
class DispenseCheck:
    """What a dispense check comes to."""

    reasons: tuple[Reason, ...]  # empty: authorized
    only_status_form: bool  # the one failed condition is the missing status form (R67)


@dataclass(frozen=True)
class DispenseHistory:
    """What was authorized and denied for a patient."""

    authorizations: tuple[Authorization, ...] = ()
    denials: tuple[Denial, ...] = ()


def check(pharmacy: Pharmacy | None, patient: Patient | None, now: datetime) -> DispenseCheck:
    """R64 for the first dispensing after enrollment, R64 and R65 for later ones; no prescriber is asked for (R11, R16).

    It needs two rows and no history: what the history comes to stands with the patient (`registry.course.settled`).
    """
    reasons = [*_pharmacy_reasons(pharmacy, now)]
    if patient is None:
        reasons.append(Reason("R64", "The patient is not enrolled in the Clozapine REMS (R30)."))
        return DispenseCheck(tuple(reasons), False)
    reasons += _patient_reasons(patient)
    form_reasons: list[Reason] = []
    if is_first_dispensing(patient, now):
        if patient.latest_anc is None:
            reasons.append(Reason("R64", "The acceptable ANC of the enrollment is missing (R31)."))
    else:
        form_reasons = _status_form_reasons(patient, now)
        reasons += _lab_reasons(patient)
    return DispenseCheck((*reasons, *form_reasons), bool(form_reasons) and not reasons)


def is_first_dispensing(patient: Patient, now: datetime) -> bool:
    """R64: nothing was dispensed yet; an authorization nobody reported on counts once it is more than a week old [decision]."""
    return patient.dispensed_from is None or now <= patient.dispensed_from


def dispensed_from(authorizations: Iterable[Authorization]) -> datetime | None:
    """From when on later dispensings are later ones: the first report, or a week after the first authorization kept."""
    return min(
        (
            unreported if one.dispensed_at is None else min(one.dispensed_at - _A_MOMENT, unreported)
            for one in authorizations
            if one.reversed_at is None
            for unreported in (one.authorized_at + UNREPORTED_AUTHORIZATION_COUNTS_AFTER,)
        ),
        default=None,
    )


def rationales_used(authorizations: Iterable[Authorization], now: datetime) -> int:
    """R70 [decision]: outpatient Dispense Rationales in the last 365 days, across pharmacies; one that a request with a later
    clock was given a moment before counts too."""
    return sum(
        one.by_rationale and one.outpatient and one.reversed_at is None and one.authorized_at > now - DISPENSE_RATIONALE_YEAR
        for one in authorizations
    )


def is_outpatient(pharmacy: Pharmacy | None) -> bool:
    """R62, R70: whether the outpatient limit holds; an unknown kind is taken for outpatient."""
    return pharmacy is None or pharmacy.kind is not PharmacyKind.INPATIENT


def rationale_offered(checked: DispenseCheck, pharmacy: Pharmacy | None, history: DispenseHistory, now: datetime) -> bool:
    """R67, R70: after a rejection for want of a current status form alone, while the year's three are not used up."""
    if not checked.only_status_form:
        return False
    return not is_outpatient(pharmacy) or rationales_used(history.authorizations, now) < DISPENSE_RATIONALES_PER_YEAR


@dataclass(frozen=True)
class RationaleRequest:
    """What a pharmacist gives with a Dispense Rationale (R68–R69)."""

    prescriber_npi: str | None  # normal form; None: missing or cannot be right
    draw_date: date | None
    anc: float | None
    anc_problem: str | None = None  # why the value must be settled by a person


def check_rationale(
    pharmacy: Pharmacy | None, patient: Patient | None, history: DispenseHistory, request: RationaleRequest, now: datetime
) -> tuple[Reason, ...]:
    """R67–R71: every reason against a Dispense Rationale; empty: it is accepted."""
    checked = check(pharmacy, patient, now)
    reasons = [reason for reason in checked.reasons if not _is_status_form_reason(reason)]
    if not checked.reasons:
        reasons.append(Reason("R67", "No Dispense Rationale is needed: the prescription can be authorized. Ask for it."))
    elif checked.only_status_form and not _was_rejected(pharmacy, patient, history):
        text = "A Dispense Rationale follows a rejection for want of a current Patient Status Form: ask for authorization first."
        reasons.append(Reason("R67", text))
    reasons += _given_reasons(request, patient, now)
    if is_outpatient(pharmacy) and (used := rationales_used(history.authorizations, now)) >= DISPENSE_RATIONALES_PER_YEAR:
        text = f"{used} of {DISPENSE_RATIONALES_PER_YEAR} Dispense Rationales in 365 days are used for this patient."
        reasons.append(Reason("R70", text))
    return tuple(reasons)


def _pharmacy_reasons(pharmacy: Pharmacy | None, now: datetime) -> list[Reason]:
    standing = pharmacy_standing(pharmacy, now)
    if standing is Standing.CERTIFIED:
        return []
    if standing is Standing.DEACTIVATED:
        return [Reason("R76", "The pharmacy is deactivated and must certify again (R64).")]
    if standing is Standing.DECERTIFIED:
        return [Reason("R76", "The pharmacy is decertified: the representative did not reconfirm in two years (R75, R64).")]
    lacking = " and ".join(pharmacy_missing(pharmacy))
    return [Reason("R64", f"The pharmacy is not certified; needed: {lacking} (R60).")]


def _patient_reasons(patient: Patient) -> list[Reason]:
    """R64, R41: neither Interrupted nor Discontinued; the low ANC behind it is named by `_lab_reasons` or here."""
    status = patient.treatment_status
    if status is TreatmentStatus.ENROLLED:
        return []
    text = f"The patient's treatment status is {status.label} since {patient.status_since} (R41)."
    if status is TreatmentStatus.INTERRUPTED:
        text += " A Treatment Rationale by the prescriber on a signed Patient Status Form is needed."
    return [Reason("R64", text)]


def _status_form_reasons(patient: Patient, now: datetime) -> list[Reason]:
    """R65: a Patient Status Form of the last 37 days."""
    if patient.last_form_at is None:
        return [Reason("R65", f"{_NO_FORM}: none was received since the enrollment.")]
    received_on = program_day(patient.last_form_at)
    if status_form_is_current(received_on, program_day(now)):
        return []
    return [Reason("R65", f"{_NO_FORM}: the last was received on {received_on}.")]


_A_MOMENT = timedelta(microseconds=1)
"""A report counts from its own moment on, silence after its week."""

_NO_FORM = f"No Patient Status Form was completed in the last {STATUS_FORM_VALID.days} days"


def _is_status_form_reason(reason: Reason) -> bool:
    return reason.reason.startswith(_NO_FORM)


def _lab_reasons(patient: Patient) -> list[Reason]:
    """R65, R78: missing labs authorized; the latest ANC acceptable or answered by a Treatment Rationale."""
    reasons = []
    if patient.missing_labs is not None:
        text = f"Required labs are missing ({patient.missing_labs}) and the prescriber has not authorized continuation."
        reasons.append(Reason("R65", text))
    if patient.low_open:
        text = (
            f"The latest ANC, {patient.latest_anc:g}/µL drawn {patient.latest_draw}, is not acceptable and no Treatment "
            "Rationale answers it."
        )
        reasons.append(Reason("R65", text))
    if patient.latest_anc is None:
        reasons.append(Reason("R65", "No ANC is on file."))
    return reasons


def _was_rejected(pharmacy: Pharmacy | None, patient: Patient | None, history: DispenseHistory) -> bool:
    """R67: this pharmacy was denied for want of a current status form, and none has come since."""
    assert pharmacy is not None  # for both there would be another reason than the status form
    assert patient is not None
    since = patient.last_form_at or patient.enrolled_at
    return any(
        denial.only_status_form and denial.pharmacy_npi == pharmacy.npi and denial.denied_at >= since
        for denial in history.denials
    )


def _is_current(draw_date: date, patient: Patient, now: datetime) -> bool:
    """R68: as `is_current`, on the program's day, or on a day that has begun elsewhere."""
    on = max(program_day(now), min(draw_date, last_day_begun(now)))
    return is_current(draw_date, patient.monitoring_frequency, on)


def _given_reasons(request: RationaleRequest, patient: Patient | None, now: datetime) -> list[Reason]:
    """R68–R69: prescriber's NPI, draw date and ANC are given, the ANC current and acceptable."""
    reasons = []
    if request.prescriber_npi is None:
        reasons.append(Reason("R69", "The prescriber's NPI is missing or cannot be right."))
    if request.draw_date is None:
        reasons.append(Reason("R69", "The draw date of the ANC is missing or is no date."))
    elif patient is not None and not _is_current(request.draw_date, patient, now):
        frequency = patient.monitoring_frequency.label
        text = f"The ANC drawn {request.draw_date} is not current for a patient monitored {frequency}."
        reasons.append(Reason("R68", text))
    if request.anc is None:
        reasons.append(Reason("R69", "The ANC per µL is missing or is no number."))
    elif request.anc_problem is not None:
        reasons.append(Reason("R69", f"{request.anc_problem}; questions: {CONTACT_PHONE}."))
    elif patient is not None and not acceptable_to_continue(request.anc, patient.population):
        reasons.append(Reason("R68", f"The ANC of {request.anc:g}/µL is not acceptable."))
    return reasons
