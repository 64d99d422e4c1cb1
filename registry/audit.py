"""The audit trail: every change of every record, with before and after, who, when, and what caused it (21 CFR 11.10).

What: `Cause` says who acts; `entry` makes the entry of one change; `subject_of` says whose record it is.
Why: an earlier value is never obscured: it stands in the trail, whoever changed it.
Refuses: an entry without a change; storing what already stands writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any

from registry.audit_chain import Entry
from registry.submission import Submission

SUBJECT_FIELDS = ("patient_id", "kept_id", "parent_npi", "prescriber_npi", "npi", "distributor_id", "pharmacy_npi")
"""Fields that say whose record it is, the closest first: a store belongs to its pharmacy, an ANC to its patient."""

REASON_FIELDS = ("cause", "undone_reason", "reversal_reason", "reason")
"""Fields in which a record says why it is so."""


@dataclass(frozen=True)
class Cause:
    """Who changes records, when, and by what."""

    at: datetime  # when it is written, aware
    actor: str  # a reviewer's sign-in name, "remsfax", or who asked
    channel: str  # fax, phone, web or import
    submission_id: str | None = None  # the submission that says so
    reference: str | None = None  # of the fax
    reason: str | None = None  # the reason a person gave, one sentence
    fax_pages: str | None = None  # pages of the fax that say so, such as "2, 3"


def cause_of(submission: Submission, now: datetime) -> Cause:
    """A submission as a cause of changes."""
    pages = ", ".join(map(str, submission.fax_pages)) or None
    channel = submission.channel.value
    return Cause(now, submission.confirmed_by, channel, submission.submission_id, submission.reference, fax_pages=pages)


def as_json(record: object) -> dict[str, Any]:
    """A record's fields as JSON; days and moments as ISO text. TypeError for what is no record."""
    if not is_dataclass(record):
        raise TypeError(f"not a record: {record!r}")
    values = {one.name: getattr(record, one.name) for one in fields(record)}
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in values.items()}


def subject_in(values: Mapping[str, Any]) -> str | None:
    """Whose record these fields are: a patient ID, an NPI or a distributor's ID; None where nobody is named."""
    return next((str(values[name]) for name in SUBJECT_FIELDS if values.get(name) is not None), None)


def subject_of(record: object) -> str | None:
    """As `subject_in`, of a record."""
    return subject_in(as_json(record))


def entry(
    before: object | None, after: object, key: str, cause: Cause, status_cause: str | None = None, why: str | None = None
) -> Entry:
    """The entry of one change, not yet sealed; ValueError where nothing changed.

    Its reason is `why` or the one given with the cause, else what the record itself newly says, else `status_cause` where the
    treatment status changed.
    """
    if before == after:
        raise ValueError(f"nothing changed in {key}")
    old = None if before is None else as_json(before)
    new = as_json(after)
    own = (new.get(name) for name in REASON_FIELDS if old is None or old.get(name) != new.get(name))
    reason = why or cause.reason or next((one for one in own if one is not None), None)
    if reason is None and old is not None and old.get("treatment_status") != new.get("treatment_status"):
        reason = status_cause
    return Entry(
        at=cause.at,
        actor=cause.actor,
        channel=cause.channel,
        submission_id=cause.submission_id,
        reference=cause.reference,
        fax_pages=cause.fax_pages,
        record=type(after).__name__,
        record_key=key,
        subject=subject_in(new),
        before=old,
        after=new,
        reason=reason,
    )
