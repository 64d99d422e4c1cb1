"""What the clock's work asks of the database and writes into it: who is near a limit, what was told, when it ran.

What: functions over a session. Each finds its rows by an indexed day instead of looking at everybody.
Why: the job runs every day over a registry that grows for decades.
Refuses: to commit; what was told and the letters about it stand in one transaction of the caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from sqlalchemy import and_, func, insert, or_, select
from sqlalchemy.orm import Session

from registry import storage
from registry.moments import day_ends, program_day
from registry.parties import Pharmacy, Prescriber
from registry.party_storage import parts
from registry.patients import Patient
from registry.tables import TABLES, ToldRow
from registry.vocabulary import TreatmentStatus

RUN = "clock"
"""The subject of the rows that say when the work ran; no NPI and no patient ID reads so."""


def pharmacies_to_reconfirm(session: Session, last_day: date) -> list[Pharmacy]:
    """R75: once certified pharmacies whose certification ends on that day or earlier, the earliest first."""
    place = TABLES[Pharmacy]
    ends = place.table.c.reconfirm_by
    rows = session.execute(select(place.table).where(ends <= last_day).order_by(ends, place.table.c.npi))
    return [place.of(row) for row in rows.mappings()]


def patients_without_status_form(session: Session, since: date) -> list[tuple[Patient, date | None, Prescriber | None]]:
    """R65: patients not Discontinued whose last status form came on that program day or before, or who were enrolled then and
    sent none; each with the day of the last form and the associated prescriber, by prescriber and ID."""
    place, end = TABLES[Patient], day_ends(since)
    columns = place.table.c
    late = or_(columns.last_form_at < end, and_(columns.last_form_at.is_(None), columns.enrolled_at < end))
    rows = session.execute(
        select(place.table)
        .where(late, columns.treatment_status != TreatmentStatus.DISCONTINUED, columns.merged_into.is_(None))
        .order_by(columns.prescriber_npi, columns.patient_id)
    )
    found = [place.of(row) for row in rows.mappings()]
    prescribers = _prescribers(session, {patient.prescriber_npi for patient in found})
    return [
        (
            patient,
            None if patient.last_form_at is None else program_day(patient.last_form_at),
            prescribers.get(patient.prescriber_npi),
        )
        for patient in found
    ]


def told_of(session: Session, subjects: Collection[str]) -> set[tuple[str, str, str]]:
    """What was told of those subjects: subject, occasion and stage each."""
    found: set[tuple[str, str, str]] = set()
    for some in parts(subjects):
        rows = session.execute(select(ToldRow.subject, ToldRow.occasion, ToldRow.stage).where(ToldRow.subject.in_(some)))
        found |= {(subject, occasion, stage) for subject, occasion, stage in rows}
    return found


def note_told(session: Session, told: Iterable[tuple[str, str, str]], now: datetime) -> None:
    """Write down what is told. Two jobs that tell the same at once collide (IntegrityError), and the second tells nothing."""
    rows = [{"subject": subject, "occasion": occasion, "stage": stage, "told_at": now} for subject, occasion, stage in told]
    if rows:
        session.execute(insert(ToldRow), rows)


def note_run(session: Session, now: datetime) -> None:
    """The work of this program day is done."""
    session.merge(ToldRow(subject=RUN, occasion=program_day(now).isoformat(), stage=RUN, told_at=now))
    session.flush()


def last_run(session: Session) -> datetime | None:
    """When the work was last done to its end; None: never."""
    return session.scalar(select(func.max(ToldRow.told_at)).where(ToldRow.subject == RUN))


def _prescribers(session: Session, npis: Collection[str]) -> dict[str, Prescriber]:
    return {one.npi: one for some in parts(npis) for one in storage.find(session, Prescriber, {"npi": some})}
