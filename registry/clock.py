"""The clock's work: what became due by time alone and was not told yet (R65, R75, R76).

What: `untold` finds it, `tell` writes down that it is told, in the transaction in which its caller hands the notices on.
Stages: `Stage`, each told once for an occasion, which is the day that its days are counted from.
Why: nobody presses a button on the sixtieth day; the job may run twice, late, or after a week of downtime, and must tell each
thing once and the latest only: a reminder of sixty days is no use with ten left.
Refuses: an earlier stage once a later one of the same occasion was told, whichever way the clock is turned.

Days are the program's (US Eastern): a job that runs at any moment of a day, of 23, 24 or 25 hours, finds the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from registry import clock_storage
from registry.certification import reconfirm_by
from registry.due import pharmacy_notices, status_form_notices
from registry.moments import program_day
from registry.policies import AR_REMINDERS, STATUS_FORM_REMINDER
from registry.submission import NoticeDue


class Stage(StrEnum):
    """What is told by time; the codes are kept in the database."""

    AR_REMINDED_EARLY = "ar_reminded_early"  # R75: 60 days and less before the last day of a certification
    AR_REMINDED_LATE = "ar_reminded_late"  # R75: 30 days and less
    PHARMACY_DECERTIFIED = "pharmacy_decertified"  # R75, R76: the last day is over
    STATUS_FORM_DUE = "status_form_due"  # R65: from day 30 after the last status form
    STATUS_FORM_OVERDUE = "status_form_overdue"  # R65: after day 37


ORDER: tuple[Stage, ...] = tuple(Stage)
"""Of one subject and occasion only the latest stage that has come is told."""

MOST_AT_ONCE = 100
"""Notices told in one transaction: it holds the database's write lock, and a desk waits for that."""


@dataclass(frozen=True)
class Telling:
    """One notice that is due and was not told."""

    subject: str  # NPI of the pharmacy, or REMS Patient ID
    occasion: str  # ISO day: the last day of the certification, or the day the status form is counted from
    stage: Stage
    notice: NoticeDue

    @property
    def key(self) -> str:
        """The same whenever the same thing is told; outbound keeps one delivery for it."""
        return f"{self.subject}/{self.occasion}/{self.stage.value}"


def due_work(session: Session, now: datetime) -> list[NoticeDue]:
    """Everything that is due at `now` by time alone and was not told yet, at its latest stage. Changes nothing."""
    return [one.notice for one in untold(session, now)]


def tell(session: Session, tellings: Sequence[Telling], now: datetime) -> list[Telling]:
    """Write down what is told, and say what of it another job has not told meanwhile. Hand exactly that on in this transaction,
    and give no more than `MOST_AT_ONCE`."""
    told = clock_storage.told_of(session, {one.subject for one in tellings})
    found = [one for one in tellings if not _told_so_far(one, told)]
    clock_storage.note_told(session, [(one.subject, one.occasion, one.stage.value) for one in found], now)
    return found


def untold(session: Session, now: datetime) -> list[Telling]:
    """What is due at `now` and was not told: pharmacies by their last day, then patients by prescriber."""
    due = all_due(session, now)
    told = clock_storage.told_of(session, {one.subject for one in due})
    return [one for one in due if not _told_so_far(one, told)]


def all_due(session: Session, now: datetime) -> list[Telling]:
    """What is due at `now`, told or not, each at its latest stage."""
    return [*_pharmacies(session, now), *_patients(session, now)]


def _told_so_far(one: Telling, told: Iterable[tuple[str, str, str]]) -> bool:
    """Whether this stage of the occasion, or a later one, was told."""
    later = ORDER[ORDER.index(one.stage) :]
    return any((one.subject, one.occasion, stage.value) in told for stage in later)


def _pharmacies(session: Session, now: datetime) -> Sequence[Telling]:
    """R75, R76: whose certification ends within the first reminder's days, or has ended."""
    found = []
    for pharmacy in clock_storage.pharmacies_to_reconfirm(session, program_day(now) + max(AR_REMINDERS)):
        last_day = reconfirm_by(pharmacy)
        for notice in pharmacy_notices([pharmacy], now):
            assert last_day is not None
            found.append(Telling(pharmacy.npi, last_day.isoformat(), _stage_of_pharmacy(notice), notice))
    return found


def _stage_of_pharmacy(notice: NoticeDue) -> Stage:
    if notice.kind == "pharmacy_decertified":
        return Stage.PHARMACY_DECERTIFIED
    left = notice.facts["days_left"]
    assert isinstance(left, int)
    return Stage.AR_REMINDED_LATE if left <= min(AR_REMINDERS).days else Stage.AR_REMINDED_EARLY


def _patients(session: Session, now: datetime) -> Sequence[Telling]:
    """R65: whose last status form, or enrollment without one, is at least 30 program days old; Discontinued ones are not."""
    found = []
    for patient, last, prescriber in clock_storage.patients_without_status_form(session, program_day(now) - STATUS_FORM_REMINDER):
        counted_from = last or program_day(patient.enrolled_at)
        notices = status_form_notices([(patient, last, prescriber)], now)
        found += [Telling(patient.patient_id, counted_from.isoformat(), Stage(one.kind), one) for one in notices]
    return found
