"""A person's whole history: the records as they stood at a moment, and everything that happened up to it, dated.

What: `history_of` puts it together from the audit trail and the stored submissions, for patients, prescribers, designees,
pharmacies and distributors; `people_named` says whom an identifier means.
Why: an inspector asks what was known on the day of a decision, and a caller what became of a fax: both want one page.
Refuses: to ask today's records what was: a past moment is rebuilt from what the trail says stood then.

Moments are those of the audit: when the registry wrote something down, not when it was drawn, signed or received.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from registry import storage
from registry.audit import subject_in
from registry.audit_chain import Entry
from registry.dispensing import Authorization, Denial
from registry.identifiers import normal_dea, normal_email, normal_hin, normal_npi, normal_patient_id
from registry.parties import Designee, Distributor, Pharmacy, PharmacyLocation, Prescriber
from registry.patients import Merge, Patient
from registry.subjects import dea_key, email_key, hin_key, npi_key, patient_key, person_key
from registry.submission_json import admission_from_json, submission_from_json
from registry.tables import HeldRow, SubmissionRow
from registry.trail import storage as trail


@dataclass(frozen=True)
class Change:
    """One field of a record, before and after."""

    field: str
    before: Any  # JSON-native; None: blank, or the record is new
    after: Any  # JSON-native; None: blank


@dataclass(frozen=True)
class Event:
    """One thing that happened, with who and why."""

    at: datetime  # when the registry wrote it down
    what: str  # "submission", "record", "authorization" or "denial"
    title: str  # one line for people
    actor: str  # who did it
    channel: str  # fax, phone, web or import
    submission_id: str | None  # what caused it
    reference: str | None  # of the fax
    reason: str | None = None  # why, in a sentence, where one was given
    fax_pages: str | None = None  # pages of the fax, such as "2, 3"
    details: tuple[str, ...] = ()  # of a submission: what was applied, refused and held, a sentence each
    changes: tuple[Change, ...] = ()  # of a record: field by field


def from_where(event: Event) -> str:
    """The fax and its pages, in words; empty where it came on none."""
    if event.reference is None:
        return ""
    several = "," in (event.fax_pages or "")
    return event.reference + (f" page{'s' if several else ''} {event.fax_pages}" if event.fax_pages else "")


@dataclass(frozen=True)
class StoodRecord:
    """A record as it stood."""

    record: str  # its type, such as "Patient"
    key: str  # its key
    since: datetime  # when it was written so
    values: Mapping[str, Any]  # its fields, JSON-native


@dataclass(frozen=True)
class History:
    """All of one person up to a moment."""

    kind: str  # "patient", "prescriber", "designee", "pharmacy" or "distributor"
    key: str  # patient ID, NPI, designee's or distributor's ID
    as_of: datetime | None  # None: up to now
    records: tuple[StoodRecord, ...]  # as they stood, by type and key
    events: tuple[Event, ...]  # oldest first


@dataclass(frozen=True)
class _Kind:
    record: type
    mentioned_in: tuple[
        tuple[type, str], ...
    ] = ()  # other people's records that belong on the page, and the field naming the person
    named_by: tuple[Callable[[str], str], ...] = ()  # from the person's key to those under which submissions are found
    also_by: Mapping[str, Callable[[str], str]] = field(default_factory=dict)  # the same, from fields of the person's record


_KINDS = {
    "patient": _Kind(Patient, ((Merge, "absorbed_id"),), (patient_key,)),
    "prescriber": _Kind(Prescriber, (), (npi_key,), {"dea": dea_key}),
    "designee": _Kind(Designee, (), (lambda key: email_key(key.partition(":")[2]),)),
    "pharmacy": _Kind(Pharmacy, ((Authorization, "pharmacy_npi"), (Denial, "pharmacy_npi")), (npi_key,)),
    "distributor": _Kind(Distributor, (), (hin_key, dea_key), {"hin": hin_key, "dea": dea_key}),
}
KINDS = tuple(_KINDS)
"""Whose history can be asked for."""


def history_of(session: Session, kind: str, key: str, as_of: datetime | None = None) -> History:
    """Everything about one person up to and including a moment (None: all).

    `key` is in normal form, as `people_named` gives it; nobody known by it has an empty history. ValueError for an unknown
    kind or a time without a zone.
    """
    if kind not in _KINDS:
        raise ValueError(f"no history of a {kind!r}: ask for {', '.join(KINDS)}")
    if as_of is not None and as_of.tzinfo is None:
        raise ValueError(f"a time without a zone: {as_of!r}")
    asked = _KINDS[kind]
    found = trail.of_person(session, key, asked.mentioned_in)
    for other in _absorbed(found, key, as_of):
        found += trail.of_person(session, other, asked.mentioned_in)
    found = list({one.entry: one for one in sorted(found, key=lambda one: one.entry)}.values())
    entries = [one for one in found if as_of is None or one.at <= as_of]
    causes = {one.submission_id for one in found if one.submission_id is not None}
    absorbed = _absorbed(entries, key, as_of)
    naming = _subjects({key, *absorbed}, entries, asked)
    rows = [one for one in trail.submissions_of(session, naming, causes) if as_of is None or one.admitted_at <= as_of]
    held = trail.held_among(session, [one.submission_id for one in rows])
    happened = [*(_received(one, held.get(one.submission_id), as_of) for one in rows), *map(_changed, entries)]
    records = _standing(entries, {key, *absorbed}, asked)
    return History(
        kind, key, as_of, records, tuple(sorted(happened, key=lambda one: one.at))
    )  # stable: the form, then its changes


def people_named(session: Session, text: str) -> list[tuple[str, str]]:
    """Kind and key of everyone in the registry whom a patient ID, NPI, HIN, DEA number, designee's ID or email names."""
    text = text.strip()
    found: list[tuple[str, str]] = []
    if (patient_id := normal_patient_id(text)) and storage.load(session, Patient, patient_id):
        found.append(("patient", patient_id))
    if npi := normal_npi(text):
        if storage.load(session, Prescriber, npi):
            found.append(("prescriber", npi))
        if storage.load(session, Pharmacy, npi) or storage.load(session, PharmacyLocation, npi):
            found.append(("pharmacy", npi))
    found += [
        ("distributor", one) for one in (normal_hin(text), normal_dea(text)) if one and storage.load(session, Distributor, one)
    ]
    if storage.load(session, Designee, text):
        found.append(("designee", text))
    if email := normal_email(text):
        found += [("designee", one.designee_id) for one in storage.find(session, Designee, {"email": email})]
    return found


def _absorbed(entries: Iterable[Entry], key: str, as_of: datetime | None) -> list[str]:
    """The patients that at that moment were merged into this one: their records are read with it."""
    merges = {one.record_key: one.after for one in entries if one.record == Merge.__name__ and (as_of is None or one.at <= as_of)}
    return [one["absorbed_id"] for one in merges.values() if one["kept_id"] == key and one["undone_at"] is None]


def _standing(entries: Iterable[Entry], keys: Set[str], asked: _Kind) -> tuple[StoodRecord, ...]:
    """The records of the person of these keys after these entries; one that meanwhile is another's stands there no more."""
    stood: dict[tuple[str, str], Entry] = {}
    for one in entries:
        stood[one.record, one.record_key] = one
    names = {record.__name__: field for record, field in asked.mentioned_in}
    return tuple(
        StoodRecord(one.record, one.record_key, one.at, one.after)
        for _, one in sorted(stood.items(), key=lambda item: (item[0][0] != asked.record.__name__, item[0]))
        if not keys.isdisjoint((one.record_key, subject_in(one.after), one.after.get(names.get(one.record, ""))))
    )


def _subjects(keys: Set[str], entries: Iterable[Entry], asked: _Kind) -> set[str]:
    """Under what the person's submissions are found: by the own keys, by numbers the records had, and a patient by every name and
    birth date they had, for a held or refused form may say nothing else."""
    found = {named(key) for key in keys for named in asked.named_by}
    for one in entries:
        if one.record != asked.record.__name__ or one.record_key not in keys:
            continue
        found |= {named(one.after[name]) for name, named in asked.also_by.items() if one.after.get(name)}
        if asked.record is Patient:
            said = person_key(*(str(one.after[part]) for part in ("first_name", "last_name", "date_of_birth")))
            found |= {said} if said else set()
    return found


def _changed(entry: Entry) -> Event:
    """An entry of the trail as an event."""
    before = entry.before or {}
    changes = tuple(
        Change(field, before.get(field), entry.after.get(field))
        for field in {**before, **entry.after}
        if before.get(field) != entry.after.get(field)
    )
    is_new = entry.before is None
    what = {"Authorization": "authorization", "Denial": "denial"}.get(entry.record, "record") if is_new else "record"
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", entry.record).lower()
    title = f"{'new' if is_new else 'changed'}: {words} {entry.record_key}"
    return Event(
        entry.at, what, title, entry.actor, entry.channel, entry.submission_id, entry.reference, entry.reason, entry.fax_pages,
        changes=changes,
    )  # fmt: skip


def _received(row: SubmissionRow, held: HeldRow | None, as_of: datetime | None) -> Event:
    """A submission and its answer as an event."""
    submission, admission = submission_from_json(row.submission), admission_from_json(row.admission)
    details = [f"applied {one.part}: {one.detail}" for one in admission.applied]
    details += [f"refused {one.part} ({one.rule}): {one.reason}" for one in admission.refused]
    if held is not None:
        details.append(f"held from {held.held_at.isoformat()} until the sender is certified (R35)")
        if held.released_at is not None and (as_of is None or held.released_at <= as_of):
            details.append(f"counted since {held.released_at.isoformat()}")
    title = f"{submission.form.label}, received {submission.received_at.isoformat()}, admitted: {admission.admitted.value}"
    return Event(
        row.admitted_at, "submission", title, submission.confirmed_by, submission.channel.value, submission.submission_id,
        submission.reference, fax_pages=", ".join(map(str, submission.fax_pages)) or None, details=tuple(details),
    )  # fmt: skip
