"""The audit trail: every change of every record, with before and after, who, when, and what caused it (21 CFR 11.10).

What: `Cause` says who acts; `entry` makes the row of one change.
Why: an earlier value is never obscured: it stands in the trail, whoever changed it.
Refuses: an entry without a change; storing what already stands writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from typing import Any

from registry.submission import Submission
from registry.tables import AuditRow


@dataclass(frozen=True)
class Cause:
    """Who changes records, when, and by what."""

    at: datetime
    actor: str
    channel: str
    submission_id: str | None = None
    reference: str | None = None


def cause_of(submission: Submission, now: datetime) -> Cause:
    """A submission as a cause of changes."""
    return Cause(now, submission.confirmed_by, submission.channel.value, submission.submission_id, submission.reference)


def as_json(record: object) -> dict[str, Any]:
    """A record's fields as JSON; days and moments as ISO text. TypeError for what is no record."""
    if not is_dataclass(record):
        raise TypeError(f"not a record: {record!r}")
    values = {one.name: getattr(record, one.name) for one in fields(record)}
    return {name: value.isoformat() if isinstance(value, date | datetime) else value for name, value in values.items()}


def entry(before: object | None, after: object, key: str, cause: Cause) -> AuditRow:
    """The row of one change; ValueError where nothing changed."""
    if before == after:
        raise ValueError(f"nothing changed in {key}")
    return AuditRow(
        at=cause.at,
        actor=cause.actor,
        channel=cause.channel,
        submission_id=cause.submission_id,
        reference=cause.reference,
        record=type(after).__name__,
        record_key=key,
        before=None if before is None else as_json(before),
        after=as_json(after),
    )
