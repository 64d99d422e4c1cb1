"""What becomes due by time alone: reconfirmations and status forms (R65, R75, R76).

What: pure functions from records and a moment to notices.
Why: a patient must not lose a day because nobody was reminded; computing it from the records makes downtime harmless.
Refuses: to remember what was sent; that is `registry.clock`'s.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from registry.certification import Standing, pharmacy_standing, reconfirm_by
from registry.decision import iso, status_facts
from registry.moments import program_day
from registry.parties import Pharmacy, Prescriber
from registry.patients import Patient
from registry.policies import AR_REMINDERS, OFF_LIST_IS_REMINDED, STATUS_FORM_REMINDER, STATUS_FORM_VALID
from registry.submission import NoticeDue, Value
from registry.vocabulary import TreatmentStatus


def pharmacy_notices(pharmacies: Iterable[Pharmacy], now: datetime) -> list[NoticeDue]:
    """R75: reminders from 60 days before the last day of a certification on, and the decertification after it (R76)."""
    found = []
    for pharmacy in pharmacies:
        last_day = reconfirm_by(pharmacy)
        if last_day is None:
            continue
        facts: dict[str, Value] = {
            "pharmacy_npi": pharmacy.npi,
            "pharmacy_name": pharmacy.name,
            "ar_name": pharmacy.ar_name or None,
            "reconfirm_by": last_day.isoformat(),
        }
        left = last_day - program_day(now)
        if pharmacy_standing(pharmacy, now) is Standing.DECERTIFIED:
            kind = "pharmacy_decertified"
        elif left <= max(AR_REMINDERS):
            kind, facts = "ar_reconfirmation_due", {**facts, "days_left": left.days}
        else:
            continue
        found.append(NoticeDue(kind, "pharmacy", pharmacy.name or "", pharmacy.fax, pharmacy.ar_email, facts))
    return found


def status_form_notices(patients: Iterable[tuple[Patient, date | None, Prescriber | None]], now: datetime) -> list[NoticeDue]:
    """R65: for each patient in treatment, with the day of the last status form: due from day 30, overdue after day 37."""
    found = []
    for patient, last_received, prescriber in patients:
        if patient.treatment_status is TreatmentStatus.DISCONTINUED:
            continue
        if patient.off_list_since is not None and not OFF_LIST_IS_REMINDED:
            continue
        counted_from = last_received or program_day(patient.enrolled_at)
        age = program_day(now) - counted_from
        if age < STATUS_FORM_REMINDER:
            continue
        kind = "status_form_due" if age <= STATUS_FORM_VALID else "status_form_overdue"
        facts: dict[str, Value] = {
            **status_facts(patient),
            "last_received_on": iso(last_received),
            "next_status_form_by": iso(counted_from + STATUS_FORM_VALID),
        }
        name, fax, email = (prescriber.full_name, prescriber.fax, prescriber.email) if prescriber else ("", None, None)
        found.append(NoticeDue(kind, "prescriber", name, fax, email, facts))
    return found
