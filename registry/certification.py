"""Certification: who is certified, what is still missing, and until when.

What: pure functions over prescribers and pharmacies. R12: form and assessment make a prescriber. R73–R76: form and the AR's own
assessment make a pharmacy, for two years at a time.
Why: certification is derived from what arrived, in whatever order, and never ticked by hand.
Refuses: another person's assessment for the AR's (R73), and anything from before a deactivation or lapse (R76).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from enum import StrEnum

from registry.matching import plain_name
from registry.moments import day_ends, program_day
from registry.parties import Assessment, Pharmacy, Prescriber
from registry.policies import AR_RECONFIRMS_AFTER_YEARS

PRESCRIBER_FORM = "the Prescriber Enrollment Form, complete and signed"
PRESCRIBER_ASSESSMENT = "the Knowledge Assessment for Prescribers, passed"
PHARMACY_FORM = "the Pharmacy Enrollment Form, complete and signed by the authorized representative"
PHARMACY_ASSESSMENT = "the Knowledge Assessment for Pharmacies, passed by the authorized representative"


class Standing(StrEnum):
    """Where a party stands on its way to certification and after."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    CERTIFIED = "certified"
    DEACTIVATED = "deactivated"  # by itself (R76)
    DECERTIFIED = "decertified"  # the AR did not reconfirm in time (R75)


def prescriber_missing(prescriber: Prescriber | None) -> tuple[str, ...]:
    """R12: what a prescriber still lacks."""
    missing = []
    if prescriber is None or prescriber.form_received_at is None:
        missing.append(PRESCRIBER_FORM)
    if prescriber is None or prescriber.assessment_passed_at is None:
        missing.append(PRESCRIBER_ASSESSMENT)
    return tuple(missing)


def is_certified(prescriber: Prescriber | None) -> bool:
    """R10: certified to prescribe."""
    return prescriber is not None and prescriber.certified_at is not None


def with_prescriber_certification(prescriber: Prescriber) -> Prescriber:
    """The prescriber with the moment of certification, once nothing is missing; it is never moved afterwards."""
    if prescriber.certified_at is not None or prescriber.form_received_at is None or prescriber.assessment_passed_at is None:
        return prescriber
    return replace(prescriber, certified_at=max(prescriber.form_received_at, prescriber.assessment_passed_at))


def pharmacy_missing(pharmacy: Pharmacy | None) -> tuple[str, ...]:
    """R73: what a pharmacy still lacks."""
    missing = []
    if pharmacy is None or pharmacy.form_received_at is None:
        missing.append(PHARMACY_FORM)
    if pharmacy is None or pharmacy.assessment_passed_at is None:
        missing.append(PHARMACY_ASSESSMENT)
    return tuple(missing)


def reconfirm_by(pharmacy: Pharmacy) -> date | None:
    """R75: the last day of this certification: two years after it, or after the last reconfirmation."""
    since = pharmacy.reconfirmed_at or pharmacy.certified_at
    if pharmacy.certified_at is None or since is None:
        return None
    day = program_day(since)
    try:
        return day.replace(year=day.year + AR_RECONFIRMS_AFTER_YEARS)
    except ValueError:  # certified on 29 February
        return date(day.year + AR_RECONFIRMS_AFTER_YEARS, 2, 28)


def pharmacy_standing(pharmacy: Pharmacy | None, now: datetime) -> Standing:
    """R60, R73–R76: where a pharmacy stands on the program day of `now`."""
    if pharmacy is None:
        return Standing.UNKNOWN
    last_day = reconfirm_by(pharmacy)
    if last_day is not None:
        return Standing.CERTIFIED if program_day(now) <= last_day else Standing.DECERTIFIED
    if pharmacy.form_received_at is None and pharmacy.deactivated_at is not None:
        return Standing.DEACTIVATED
    return Standing.PENDING


def after_lapse(pharmacy: Pharmacy, now: datetime) -> Pharmacy:
    """R75, R76: a decertified pharmacy starts anew: what it handed in before its last day counts no more."""
    last_day = reconfirm_by(pharmacy)
    if last_day is None or program_day(now) <= last_day:
        return pharmacy
    return _void(pharmacy, day_ends(last_day))


def deactivated(pharmacy: Pharmacy, now: datetime) -> Pharmacy:
    """R76: out of the program until a new form and a new assessment arrive."""
    return replace(_void(pharmacy, now), deactivated_at=now)


def with_pharmacy_certification(pharmacy: Pharmacy, assessments: Iterable[Assessment]) -> Pharmacy:
    """R73: the pharmacy with the assessment its present AR passed, and the moment of certification once nothing is missing."""
    ar = plain_name(pharmacy.ar_name)
    passed = [
        one.received_at
        for one in assessments
        if one.passed
        and one.spent_at is None
        and plain_name(one.respondent) == ar
        and (pharmacy.void_before is None or one.received_at > pharmacy.void_before)
    ]
    pharmacy = replace(pharmacy, assessment_passed_at=max(passed, default=None) if ar else None)
    if pharmacy.form_received_at is None or pharmacy.assessment_passed_at is None:
        return replace(pharmacy, certified_at=None, reconfirmed_at=None)
    if pharmacy.certified_at is not None:
        return pharmacy
    return replace(
        pharmacy,
        certified_at=max(pharmacy.form_received_at, pharmacy.assessment_passed_at),
        reconfirmed_at=None,
        deactivated_at=None,
    )


def spent_by_new_ar(before: Pharmacy, ar_name: str, assessments: Iterable[Assessment], at: datetime) -> tuple[Assessment, ...]:
    """R74: what the outgoing AR had passed counts no more, also where that person comes back: a new AR passes a new one."""
    leaving = plain_name(before.ar_name)
    if not leaving or leaving == plain_name(ar_name):
        return ()
    return tuple(
        replace(one, spent_at=at) for one in assessments if one.spent_at is None and plain_name(one.respondent) == leaving
    )


def _void(pharmacy: Pharmacy, moment: datetime) -> Pharmacy:
    return replace(
        pharmacy, form_received_at=None, assessment_passed_at=None, certified_at=None, reconfirmed_at=None, void_before=moment
    )
