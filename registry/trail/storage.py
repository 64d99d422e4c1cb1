"""Where the audit trail stands: adding to it, reading it through, and what it says of one person.

What: `locked_head` takes the chain's end for this transaction, `append` seals entries after it; `entries`, `head` and `of_person`
read.
Why: two writers at once must neither fork the chain nor wait for each other in a circle: each locks the head before it writes any
record, so they go one after the other.
Refuses: to go on with a chain whose head is gone (BrokenTrail): what was cut off would never be seen again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import fields
from typing import cast

from sqlalchemy import Table, bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from registry.audit_chain import Entry, Head, seal
from registry.tables import TABLES, AuditHeadRow, AuditRow, HeldRow, SubjectRow, SubmissionRow

ONE_HEAD = 1
AT_ONCE = 2_000  # rows per fetch, and values per IN

_TRAIL = cast(Table, AuditRow.__table__)
_HEAD = cast(Table, AuditHeadRow.__table__)
_COLUMNS = [_TRAIL.c[one.name] for one in fields(Entry)]
_NAMES = [one.name for one in _COLUMNS]

# built once: each change of a record runs them
_WHERE_IT_ENDS = select(_HEAD.c.entry, _HEAD.c.hash).where(_HEAD.c.id == ONE_HEAD)
_LOCKED = _WHERE_IT_ENDS.with_for_update()
_ADDED = insert(_TRAIL)
_MOVED = update(_HEAD).where(_HEAD.c.id == ONE_HEAD).values(entry=bindparam("to_entry"), hash=bindparam("to_hash"))


class BrokenTrail(Exception):
    """The audit trail cannot be gone on with; says what to do."""


def locked_head(session: Session) -> Head:
    """The chain's end, kept from other writers until this transaction ends; to be called before any record is written."""
    found = session.execute(_LOCKED).first()
    if found is not None:
        return Head(found.entry, found.hash)
    if session.scalar(select(func.max(_TRAIL.c.entry))) is not None:
        raise BrokenTrail(
            "the audit trail has lost its head: run `remsfax audit verify` and restore the newest backup that verifies"
        )
    session.execute(insert(_HEAD).values(id=ONE_HEAD, entry=0, hash=Head().hash))
    return Head()


def append(session: Session, changes: Iterable[Entry], after: Head) -> Head:
    """Adds entries behind the locked head, and moves it: two statements, however many they are."""
    rows = []
    head = after
    for change in changes:
        sealed, head = seal(change, head)
        rows.append({name: getattr(sealed, name) for name in _NAMES})
    if rows:
        session.execute(_ADDED, rows)
        session.execute(_MOVED, {"to_entry": head.entry, "to_hash": head.hash})
    return head


def head(session: Session) -> Head | None:
    """The chain's stored end; None where it is missing."""
    found = session.execute(_WHERE_IT_ENDS).first()
    return None if found is None else Head(found.entry, found.hash)


def one_view(session: Session) -> None:
    """Makes all that this session reads of one moment, however long it takes; to be called before it reads anything."""
    if session.get_bind().dialect.name != "sqlite":  # SQLite's transactions are so by themselves
        session.connection(execution_options={"isolation_level": "REPEATABLE READ"})


def entries(session: Session, records: Collection[str] = ()) -> Iterator[Entry]:
    """The trail from its first entry, a few thousand in memory at a time; only of these record types, if any are named."""
    wanted = select(*_COLUMNS).order_by(_TRAIL.c.entry)
    if records:
        wanted = wanted.where(_TRAIL.c.record.in_(list(records)))
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}):
        yield Entry(*row)


def of_person(session: Session, key: str, mentioned_in: Sequence[tuple[type, str]] = ()) -> list[Entry]:
    """All entries of the records that are or once were this person's, oldest first.

    `mentioned_in` are record types and the field that may name the person though the record is another's.
    """
    said = select(_TRAIL.c.record, _TRAIL.c.record_key).where(or_(_TRAIL.c.subject == key, _TRAIL.c.record_key == key)).distinct()
    keys = {(record, record_key) for record, record_key in session.execute(said)}
    for record, field in mentioned_in:
        place = TABLES[record]
        found = session.scalars(select(place.table.c[place.key]).where(place.table.c[field] == key))
        keys |= {(record.__name__, str(one)) for one in found}
    wanted = sorted({record_key for _, record_key in keys})
    found_entries: list[Entry] = []
    for start in range(0, len(wanted), AT_ONCE):
        some = select(*_COLUMNS).where(_TRAIL.c.record_key.in_(wanted[start : start + AT_ONCE]))
        found_entries += (Entry(*row) for row in session.execute(some))
    return sorted((one for one in found_entries if (one.record, one.record_key) in keys), key=lambda one: one.entry)


def submissions_of(session: Session, subjects: Collection[str], also: Collection[str]) -> list[SubmissionRow]:
    """The submissions that name one of these (keys of `registry.subjects`), and those of these ids; in the order of admission."""
    names, wanted = cast(Table, SubjectRow.__table__).c, set(also)
    keys = sorted(subjects)
    for start in range(0, len(keys), AT_ONCE):
        wanted.update(session.scalars(select(names.submission_id).where(names.subject.in_(keys[start : start + AT_ONCE]))))
    ids = sorted(wanted)
    found: list[SubmissionRow] = []
    for start in range(0, len(ids), AT_ONCE):
        found += session.scalars(select(SubmissionRow).where(SubmissionRow.submission_id.in_(ids[start : start + AT_ONCE])))
    return sorted(found, key=lambda one: (one.admitted_at, one.submission_id))


def held_among(session: Session, submission_ids: Collection[str]) -> dict[str, HeldRow]:
    """Which of these submissions are or were held (R35)."""
    wanted = sorted(submission_ids)
    found: dict[str, HeldRow] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = select(HeldRow).where(HeldRow.submission_id.in_(wanted[start : start + AT_ONCE]))
        found |= {one.submission_id: one for one in session.scalars(some)}
    return found
