"""What an import comes to for the patients concerned: settled from the history that is now on file.

What: `Settling.note` remembers whose history the import made or grew, `end` settles them, hundreds at a time.
Why: what a dispense check looks at (the latest ANC, whether it is low) follows from the records. A file that brings a low ANC and
says nothing of that must interrupt the patient all the same.
Refuses: to settle a new patient whose line says `low_open` and so all that follows: it comes from an export, and is taken as it
stood.

Of a new patient of whom no statement is on file, prescriber, BEN, hospice, frequency and status become statements, as received
with the enrollment: the next form is judged on them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from registry import storage
from registry.audit import Cause
from registry.course import settled
from registry.dispensing import Authorization, dispensed_from
from registry.exchange import storage as bulk
from registry.patients import YES, About, AncResult, Patient, PatientFile, Rationale, Statement, StatusForm, Withdrawal
from registry.vocabulary import TreatmentStatus

FOLLOWS = frozenset({
    "prescriber_npi", "ben", "hospice", "monitoring_frequency", "treatment_status", "status_since", "off_list_since",
    "latest_draw", "latest_anc", "low_open", "last_form_at", "missing_labs", "dispensed_from",
})  # fmt: skip
"""A patient's fields that the history makes."""

OF_HISTORY = (AncResult, Rationale, StatusForm, Statement, Withdrawal, Authorization)
AT_ONCE = 500  # patients


def is_left_open(record: object, given: object) -> bool:
    """Whether a line leaves to the registry what follows from a patient's history; `given` is its `low_open`."""
    return isinstance(record, Patient) and given is None


def same(before: object, record: object, is_open: bool) -> bool:
    """Whether a line says what stands; where it leaves open what follows from the history, that is not compared."""
    if is_open and isinstance(before, Patient) and isinstance(record, Patient):
        values: dict[str, Any] = {name: getattr(before, name) for name in FOLLOWS}
        return before == replace(record, **values)
    return before == record


class Settling:
    """The patients of one import that are to be settled."""

    def __init__(self) -> None:
        self.otherwise: list[str] = []  # patient IDs whose treatment status came out otherwise than their lines said
        self._open: set[str] = set()
        self._as_given: set[str] = set()

    def note(self, record: object, is_open: bool) -> None:
        """A new record of the import."""
        if isinstance(record, Patient):
            (self._open if is_open else self._as_given).add(record.patient_id)
        elif isinstance(record, OF_HISTORY):
            self._open.add(record.patient_id)

    def end(self, session: Session, cause: Cause) -> None:
        """Settles them; everything must be stored."""
        wanted = sorted(self._open - self._as_given)
        told = replace(cause, reason="Settled from the history as imported.")
        for start in range(0, len(wanted), AT_ONCE):
            changed: list[object] = []
            for file, authorizations in _files(session, wanted[start : start + AT_ONCE]):
                said = [] if any(one.about is About.PRESCRIBER for one in file.statements) else list(_said(file.patient))
                since = dispensed_from(authorizations)
                patient = replace(settled(file.grown(*said)), dispensed_from=since)
                if patient.treatment_status is not file.patient.treatment_status:
                    self.otherwise.append(patient.patient_id)
                changed += [*said, patient]
            storage.put_all(session, changed, told)


def _said(patient: Patient) -> Iterator[Statement]:
    """What an imported patient's record says, as statements."""
    source = f"import:{patient.patient_id}"

    def statement(about: About, value: str, at: datetime = patient.enrolled_at, **more: Any) -> Statement:
        return Statement(f"{source}:{about.value}", patient.patient_id, source, at, about, value, **more)

    yield statement(About.PRESCRIBER, patient.prescriber_npi)
    if patient.ben:
        yield statement(About.BEN, YES)
    if patient.hospice:
        yield statement(About.HOSPICE, YES)
    yield statement(About.FREQUENCY, patient.monitoring_frequency.value)
    if patient.treatment_status is not TreatmentStatus.ENROLLED:
        noon = datetime.combine(patient.status_since, time(17), UTC)  # the same day in all of the country
        yield statement(About.STATUS, patient.treatment_status.value, max(noon, patient.enrolled_at), day=patient.status_since)


def _files(session: Session, patient_ids: list[str]) -> Iterator[tuple[PatientFile, list[Authorization]]]:
    """The files of these patients, each with what was authorized; those merged into another are read with that one."""
    found = storage.find(session, Patient, {"patient_id": patient_ids})
    kept_ids = sorted({one.merged_into or one.patient_id for one in found})
    kept = {one.patient_id: one for one in storage.find(session, Patient, {"patient_id": kept_ids})}
    absorbed = storage.find(session, Patient, {"merged_into": kept_ids})
    whose = {one.patient_id: one.merged_into or one.patient_id for one in (*kept.values(), *absorbed)}
    withdrawn = {one.record_id for one in storage.find(session, Withdrawal, {"patient_id": list(whose)})}
    records = {kind: bulk.grouped(session, kind, whose) for kind in (AncResult, Rationale, StatusForm, Statement)}
    given = bulk.grouped(session, Authorization, whose)
    for patient_id, patient in kept.items():
        enrolled_at = min([patient.enrolled_at, *(one.enrolled_at for one in absorbed if one.merged_into == patient_id)])
        counting = (
            one
            for kind, some in records.items()
            for one in some[patient_id]
            if getattr(one, storage.key_of(kind)) not in withdrawn
        )
        yield PatientFile(replace(patient, enrolled_at=enrolled_at)).grown(*counting), given[patient_id]
