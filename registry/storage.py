"""Where records stand: loading and storing, the only SQL of this floor.

What: functions over a session, each one question; `put` is the only way to change a record, and writes the audit trail.
Why: load, decide, store; the deciding parts never see a session.
Refuses: to commit; the caller owns the transaction. Two processes enrolling at once collide on the patient's serial
(IntegrityError), and the one that lost admits again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from registry import audit
from registry.agreement import near_days
from registry.audit import Cause
from registry.audit_chain import Head
from registry.dispensing import Authorization, Denial, DispenseHistory
from registry.identifiers import PATIENT_SERIALS
from registry.names import plain_name
from registry.parties import Account, Assessment, Designee, Pharmacy, PharmacyLocation, Prescriber
from registry.patients import AncResult, Patient, PatientFile, Rationale, Statement, StatusChange, StatusForm, Withdrawal
from registry.subjects import subjects_of
from registry.submission import Admission, Admitted, Submission
from registry.submission_json import admission_from_json, admission_to_json, submission_from_json, submission_to_json
from registry.tables import TABLES, AuditRow, Base, CounterRow, HeldRow, SubjectRow, SubmissionRow
from registry.trail import storage as trail
from registry.vocabulary import Channel, SignatureRole, SignatureVerdict

__all__ = ["Base"]

R = TypeVar("R")


def load(session: Session, record: type[R], key: str, lock: bool = False) -> R | None:
    """The record of that key, or None. `lock`: nobody else changes it before this transaction ends, so that what is decided from
    it still holds when it is stored; taken in the order party, patient, audit, so that two transactions never wait for each
    other."""
    place = TABLES[record]
    row = session.connection().execute(place.by_key_locked if lock else place.by_key, {"key": key}).first()
    return None if row is None else place.first_of(row)


def key_of(record: type) -> str:
    """The field that names a record of that type."""
    return TABLES[record].key


def find(session: Session, record: type[R], equal: Mapping[str, object], limit: int | None = None) -> list[R]:
    """The records whose fields equal what is given (a set or sequence: one of its values), by key."""
    columns = TABLES[record].table.c
    conditions = [
        columns[field].in_(list(value)) if isinstance(value, set | frozenset | list | tuple) else columns[field] == value
        for field, value in equal.items()
    ]
    return _where(session, record, *conditions, limit=limit)


def pharmacies_once_certified(session: Session) -> list[Pharmacy]:
    """Pharmacies that were certified and not voided since; whether they still are depends on the day."""
    return _where(session, Pharmacy, TABLES[Pharmacy].table.c.certified_at.is_not(None))


def _where(session: Session, record: type[R], *conditions: ColumnElement[bool], limit: int | None = None) -> list[R]:
    """The records that meet all conditions, by key."""
    place = TABLES[record]
    rows = session.execute(select(place.table).where(*conditions).order_by(place.table.c[place.key]).limit(limit))
    return [place.of(row) for row in rows.mappings()]


def put(session: Session, record: object, cause: Cause) -> bool:
    """Stores a record, new or in place of its earlier version, with its audit entry; False where it already stood so."""
    return put_all(session, [record], cause) == 1


def put_all(session: Session, records: Iterable[object], cause: Cause, head: Head | None = None) -> int:
    """Stores several, each with its audit entry, and says how many changed; of two versions of one record the later counts.

    The audit's head is locked before anything is written, or was by the caller, who then gives it. Statements: at most three a
    record type (those that stand, new ones, changed ones), and three for the audit.
    """
    last: dict[type, dict[Any, object]] = {}
    for record in records:
        last.setdefault(type(record), {})[getattr(record, TABLES[type(record)].key)] = record
    if not last:
        return 0
    head = trail.locked_head(session) if head is None else head
    stand = {kind: _by_key(session, kind, some) for kind, some in last.items()}
    causes = _status_causes(last)
    changes = []
    for kind, some in last.items():
        place = TABLES[kind]
        new: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        for key, record in some.items():
            before = stand[kind].get(key)
            if before == record:
                continue
            if before is None:
                new.append(place.row(record))
            else:
                changed.append({"the_key": key, **place.row(record)})
            changes.append(audit.entry(before, record, str(key), cause, causes.get(getattr(record, "patient_id", None))))
        if new:
            session.execute(insert(place.table), new)
        if changed:
            session.execute(update(place.table).where(place.table.c[place.key] == bindparam("the_key")), changed)
    trail.append(session, changes, head)
    return len(changes)


def add(session: Session, record: object, cause: Cause, head: Head) -> None:
    """Stores a record that is new by its making, with its audit entry behind the locked head; IntegrityError where the key is
    taken after all."""
    place = TABLES[type(record)]
    session.connection().execute(place.table.insert(), place.row(record))
    trail.append(session, [audit.entry(None, record, str(getattr(record, place.key)), cause)], head)


def _by_key(session: Session, kind: type, keys: Iterable[object]) -> dict[object, object]:
    """The records of a type that stand under these keys."""
    name = key_of(kind)
    found: list[object] = find(session, kind, {name: list(keys)})
    return {getattr(one, name): one for one in found}


def _status_causes(records: Mapping[type, Mapping[Any, object]]) -> dict[str | None, str]:
    """Why the treatment status of a patient changes, by patient ID, as the changes stored beside it say."""
    return {one.patient_id: one.cause for one in records.get(StatusChange, {}).values() if isinstance(one, StatusChange)}


def next_serial(session: Session) -> int:
    """The serial of the next new patient."""
    serial = TABLES[Patient].table.c.serial
    highest = session.scalar(select(func.max(serial)))
    if highest is None:
        return 0
    if highest + 1 < PATIENT_SERIALS:
        return int(highest) + 1
    other = TABLES[Patient].table.alias()  # imported patients may have brought the last number there is: the first gap is free
    follows = select(other.c.serial).where(other.c.serial == serial + 1).exists()
    return int(session.scalar(select(func.min(serial)).where(~follows)) or 0) + 1


def patient_candidates(
    session: Session, patient_id: str | None, first_name: str | None, last_name: str | None, born: date | None
) -> list[Patient]:
    """Everyone whom `registry.matching` could find the same or near: who shares the ID, the birth date, or one whole name with a
    birth date that one slip makes of this one.

    One statement; each branch is an equality on an index that yields a handful of rows however many patients there are, for a
    name is never looked up without a day.
    """
    columns = TABLES[Patient].table.c
    conditions: list[ColumnElement[bool]] = []
    if patient_id is not None:
        conditions.append(columns.patient_id == patient_id)
    if born is not None:
        conditions.append(columns.date_of_birth == born)
    if born is not None and first_name is not None and last_name is not None:
        first, last = plain_name(first_name), plain_name(last_name)
        slipped = columns.date_of_birth.in_(near_days(born))
        conditions.append(and_(columns.last_name_key.in_(sorted({last, first})), slipped))  # `first`: names exchanged
        conditions.append(and_(columns.first_name_key == first, slipped))
    return _where(session, Patient, or_(*conditions)) if conditions else []


def patient_file(session: Session, patient: Patient) -> PatientFile:
    """A patient with results, rationales, status forms and statements, those of patients merged into this one too.

    What was withdrawn as an error is left out.
    """
    absorbed = find(session, Patient, {"merged_into": patient.patient_id})
    ids = [patient.patient_id, *(one.patient_id for one in absorbed)]
    patient = replace(patient, enrolled_at=min(one.enrolled_at for one in (patient, *absorbed)))
    withdrawn = {one.record_id for one in find(session, Withdrawal, {"patient_id": ids})}

    def of(record: type[R]) -> tuple[R, ...]:
        key = key_of(record)
        return tuple(one for one in find(session, record, {"patient_id": ids}) if getattr(one, key) not in withdrawn)

    return PatientFile(patient, of(AncResult), of(Rationale), of(StatusForm), of(Statement))


def patient_meant(session: Session, patient_id: str, lock: bool = False) -> Patient | None:
    """The patient of that ID; of one found to be the same person as another, that other. `lock` as in `load`."""
    found = load(session, Patient, patient_id, lock)
    seen: set[str] = set()
    while found is not None and found.merged_into is not None and found.patient_id not in seen:
        seen.add(found.patient_id)
        found = load(session, Patient, found.merged_into, lock)
    return found


def one_at_a_time(session: Session, name: str) -> None:
    """Waits until no other transaction is at this work, and keeps others waiting until this one ends."""
    row = CounterRow.__table__.c
    taken = session.execute(update(CounterRow).where(row.name == name).values(value=row.value).returning(row.value)).first()
    if taken is None:
        session.execute(insert(CounterRow).values(name=name, value=0))


def status_changes(session: Session, patient_id: str) -> list[StatusChange]:
    """A patient's changes of status, oldest first."""
    found = find(session, StatusChange, {"patient_id": patient_id})
    return sorted(found, key=lambda one: (one.at, one.change_id))


def prescriber_by_dea(session: Session, dea: str) -> Prescriber | None:
    """The one prescriber with that DEA number; None also where two have it."""
    found = find(session, Prescriber, {"dea": dea}, limit=2)
    return found[0] if len(found) == 1 else None


def designees_of(session: Session, prescriber_npi: str) -> tuple[Designee, ...]:
    """A prescriber's designees."""
    return tuple(find(session, Designee, {"prescriber_npi": prescriber_npi}))


def pharmacy_for(session: Session, npi: str) -> Pharmacy | None:
    """The pharmacy of that NPI, or the one whose AR answers for that location (R61)."""
    own = load(session, Pharmacy, npi)
    if own is not None:
        return own
    location = load(session, PharmacyLocation, npi)
    return None if location is None else load(session, Pharmacy, location.parent_npi)


def assessments_of(session: Session, audience: str, npi: str) -> tuple[Assessment, ...]:
    """All graded assessments of that audience under that NPI."""
    return tuple(find(session, Assessment, {"npi": npi, "audience": audience}))


def accounts(session: Session, emails: Sequence[str]) -> dict[str, Account]:
    """The accounts behind those addresses."""
    if not emails:
        return {}
    return {one.email: one for one in find(session, Account, {"email": emails})}


def dispense_history(session: Session, patient_id: str) -> DispenseHistory:
    """What was authorized and denied for a patient, and for those merged into this one."""
    ids = [patient_id, *(one.patient_id for one in find(session, Patient, {"merged_into": patient_id}))]
    given = find(session, Authorization, {"patient_id": ids})
    denied = find(session, Denial, {"patient_id": ids})
    return DispenseHistory(tuple(given), tuple(denied))


def count(session: Session, record: type) -> int:
    """How many records of a type there are."""
    return session.scalar(select(func.count()).select_from(TABLES[record].table)) or 0


def admission_of(session: Session, submission_id: str) -> Admission | None:
    """The answer a submission got, or None if it was never admitted."""
    row = session.get(SubmissionRow, submission_id)
    return None if row is None else admission_from_json(row.admission)


def submission_of(session: Session, submission_id: str) -> Submission | None:
    """A submission as it was admitted."""
    row = session.get(SubmissionRow, submission_id)
    return None if row is None else submission_from_json(row.submission)


def signed_on_paper(session: Session, role: SignatureRole, npi: str, before: datetime, most: int) -> list[Submission]:
    """Faxed forms that name this prescriber, bear the role's signature, came before that moment and were admitted in whole or in
    part; the newest first."""
    said = SubmissionRow.submission
    found = session.scalars(
        select(said)
        .where(
            SubmissionRow.received_at < before,
            SubmissionRow.admitted != Admitted.NO.value,
            said["channel"].as_string() == Channel.FAX.value,
            SubmissionRow.prescriber_npi == npi,
            said["signatures"][role.value].as_string() == SignatureVerdict.PRESENT.value,
        )
        .order_by(SubmissionRow.received_at.desc(), SubmissionRow.submission_id)
        .limit(most)
    )
    return [submission_from_json(one) for one in found]


def store_submission(session: Session, submission: Submission, admission: Admission, now: datetime) -> None:
    """Keeps a submission with its answer, and whom it names."""
    session.add(
        SubmissionRow(
            submission_id=submission.submission_id,
            reference=submission.reference,
            form=submission.form.value,
            received_at=submission.received_at,
            admitted_at=now,
            admitted=admission.admitted.value,
            patient_id=admission.ids.get("patient_id"),
            prescriber_npi=None if (npi := submission.values.get("prescriber_npi")) is None else str(npi),
            submission=submission_to_json(submission),
            admission=admission_to_json(admission),
        )
    )
    session.flush()
    subjects = sorted(subjects_of(submission.values, admission.ids))
    if subjects:
        session.execute(insert(SubjectRow), [{"subject": one, "submission_id": submission.submission_id} for one in subjects])


def hold(session: Session, submission_id: str, npi: str | None, now: datetime) -> None:
    """R35: marks a submission as held until the holder of that NPI, or DEA number, is certified."""
    session.add(HeldRow(submission_id=submission_id, npi=npi, held_at=now, released_at=None))
    session.flush()


def held_for(session: Session, npi: str) -> list[Submission]:
    """Submissions still held for that NPI or DEA number, oldest first."""
    rows = session.scalars(
        select(HeldRow).where(HeldRow.npi == npi, HeldRow.released_at.is_(None)).order_by(HeldRow.held_at, HeldRow.submission_id)
    )
    found = (submission_of(session, row.submission_id) for row in rows)
    return [submission for submission in found if submission is not None]


def release(session: Session, submission_id: str, now: datetime) -> None:
    """A held submission counts from now on."""
    session.execute(update(HeldRow).where(HeldRow.submission_id == submission_id).values(released_at=now))


def audit_of(session: Session, record_key: str) -> list[AuditRow]:
    """The trail of one record, oldest first."""
    return list(session.scalars(select(AuditRow).where(AuditRow.record_key == record_key).order_by(AuditRow.entry)))
