"""Records in bulk: looked up, stored and read through thousands at a time.

What: `standing` records of many keys, `insert_all`, `every` record of a type in the order of its key.
Why: an import asks and stores a batch in a few statements; one at a time, millions of results would take days.
Refuses: to store without the audit trail: `registry.exchange.importing` alone calls it, and writes both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import String, insert, select
from sqlalchemy.orm import Session

from registry.tables import TABLES

AT_ONCE = 2_000  # keys in one IN, rows in one fetch


def standing(session: Session, record: type, keys: Collection[object]) -> dict[Any, Any]:
    """The records of a type that stand under these keys, by key."""
    place, wanted = TABLES[record], list(keys)
    found: dict[Any, Any] = {}
    for start in range(0, len(wanted), AT_ONCE):
        some = select(place.table).where(place.table.c[place.key].in_(wanted[start : start + AT_ONCE]))
        found |= {row[place.key]: place.of(row) for row in session.execute(some).mappings()}
    return found


def known_keys(session: Session, record: type, keys: Collection[str]) -> set[str]:
    """Which of these keys a record of that type stands under."""
    column, wanted = TABLES[record].table.c[TABLES[record].key], list(keys)
    found: set[str] = set()
    for start in range(0, len(wanted), AT_ONCE):
        found.update(session.scalars(select(column).where(column.in_(wanted[start : start + AT_ONCE]))))
    return found


def grouped(session: Session, record: type, whose: Mapping[str, str]) -> defaultdict[str, list[Any]]:
    """The records of a type under these patient IDs, by whose they are."""
    found: defaultdict[str, list[Any]] = defaultdict(list)
    place = TABLES[record]
    for row in session.execute(select(place.table).where(place.table.c.patient_id.in_(list(whose)))).mappings():
        found[whose[row["patient_id"]]].append(place.of(row))
    return found


def insert_all(session: Session, record: type, records: Sequence[object]) -> None:
    """Stores new records of one type; IntegrityError where the table's own rules forbid one."""
    place = TABLES[record]
    session.execute(insert(place.table), [place.row(one) for one in records])


def every(session: Session, record: type) -> Iterator[Any]:
    """All records of a type in the order of their keys' characters, whatever the database's language; streamed."""
    place = TABLES[record]
    column = place.table.c[place.key]
    is_text = isinstance(column.type, String) and session.get_bind().dialect.name == "postgresql"
    wanted = select(place.table).order_by(column.collate("C") if is_text else column)
    for row in session.execute(wanted, execution_options={"yield_per": AT_ONCE}).mappings():
        yield place.of(row)
