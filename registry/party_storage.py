"""Look-ups of parties by names and places: prescribers near what a form says, what the public may see, what distributors get.

What: functions over a session, each one question of few statements, every branch of them an indexed equality, range or IN.
Why: these questions come from the desk and from strangers on the web; none may read a whole table, and none may list one.
Refuses: to write; that is `registry.storage.put`'s.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from registry.names import plain_name
from registry.parties import Pharmacy, PharmacyLocation, Prescriber
from registry.tables import TABLES, AuditRow

R = TypeVar("R")

MOST_LOOKED_AT = 200
"""Rows of one look-up; who has a common name in a large city is found by more than these."""

SAME_BEGINNING = 4
"""Letters of a pharmacy's name that must agree where only the city is known: a city has hundreds of them, a ZIP a few."""

KEYS_AT_ONCE = 500
"""Keys in one IN; SQLite takes some thousand, other databases fewer."""

_LAST_LETTERS = "z" * 20
"""Sort after whatever follows in a key of letters and digits, in SQLite and in PostgreSQL whatever its collation."""


def prescriber_candidates(
    session: Session, npis: Collection[str], first_name: str | None, last_name: str | None, place: str | None, city: str | None
) -> list[Prescriber]:
    """Who has one of the NPIs, or both names (also exchanged), or one of the names at that ZIP (five digits) or in that city."""
    columns = TABLES[Prescriber].table.c
    conditions: list[ColumnElement[bool]] = []
    if npis:
        conditions.append(columns.npi.in_(sorted(npis)))
    if first_name and last_name:
        first, last = plain_name(first_name), plain_name(last_name)
        conditions.append(and_(columns.last_name_key == last, columns.first_name_key == first))
        conditions.append(and_(columns.last_name_key == first, columns.first_name_key == last))
        for key in (columns.last_name_key, columns.first_name_key):
            for name in (first, last):
                if place:
                    conditions.append(and_(key == name, _begins(columns.zip, place)))
                if city:
                    conditions.append(and_(columns.city_key == plain_name(city), key == name))
    return _rows(session, Prescriber, or_(*conditions), limit=MOST_LOOKED_AT) if conditions else []


def pharmacy_candidates(
    session: Session, npis: Collection[str], name: str | None, place: str | None, city: str | None
) -> list[Pharmacy]:
    """Which have one of the NPIs, stand at that ZIP (five digits), or have the name's beginning in that city."""
    columns = TABLES[Pharmacy].table.c
    conditions: list[ColumnElement[bool]] = []
    if npis:
        conditions.append(columns.npi.in_(sorted(npis)))
    if name and place:
        conditions.append(_begins(columns.zip, place))
    if name and city:
        beginning = plain_name(name)[:SAME_BEGINNING]
        conditions.append(and_(columns.city_key == plain_name(city), _begins(columns.name_key, beginning)))
    return _rows(session, Pharmacy, or_(*conditions), limit=MOST_LOOKED_AT) if conditions else []


def pharmacies_certified_on(session: Session, day: date) -> list[Pharmacy]:
    """Whose certification lasts to that program day or longer, by NPI."""
    return _rows(session, Pharmacy, TABLES[Pharmacy].table.c.reconfirm_by >= day)


def pharmacies_by_npi(session: Session, npis: Collection[str]) -> list[Pharmacy]:
    """The pharmacies of those NPIs, each once."""
    return records_by_key(session, Pharmacy, npis)


def locations_of(session: Session, parents: Collection[str]) -> list[PharmacyLocation]:
    """The locations that those pharmacies answer for."""
    parent = TABLES[PharmacyLocation].table.c.parent_npi
    return [one for some in parts(parents) for one in _rows(session, PharmacyLocation, parent.in_(some))]


def records_by_key(session: Session, record: type[R], keys: Collection[str]) -> list[R]:
    """The records of those keys, each once."""
    place = TABLES[record]
    return [one for some in parts(keys) for one in _rows(session, record, place.table.c[place.key].in_(some))]


def before_first_change(session: Session, record: type, moment: datetime) -> dict[str, dict[str, Any] | None]:
    """Of each record of a type that changed at or after the moment: its JSON as it stood then; None: it was not there."""
    rows = session.execute(
        select(AuditRow.record_key, AuditRow.before)
        .where(AuditRow.record == record.__name__, AuditRow.at >= moment)
        .order_by(AuditRow.entry)
    )
    found: dict[str, dict[str, Any] | None] = {}
    for key, before in rows:
        found.setdefault(key, before)
    return found


def list_changed_since(session: Session, moment: datetime) -> bool:
    """Whether any pharmacy or location was written at or after the moment."""
    names = [Pharmacy.__name__, PharmacyLocation.__name__]
    first = select(AuditRow.entry).where(AuditRow.record.in_(names), AuditRow.at >= moment).limit(1)
    return session.scalar(first) is not None


def pharmacies_beginning(session: Session, name: str, city: str, place: str, day: date, most: int) -> list[Pharmacy]:
    """Certified on that day, with keys that begin so ("" is no condition); by name."""
    columns = TABLES[Pharmacy].table.c
    conditions = _all_begin((columns.name_key, name), (columns.city_key, city), (columns.zip, place))
    return _rows(session, Pharmacy, *conditions, columns.reconfirm_by >= day, order=columns.name_key, limit=most)


def locations_beginning(session: Session, name: str, city: str, place: str, day: date, most: int) -> list[PharmacyLocation]:
    """Locations of pharmacies certified on that day that are none themselves, with keys that begin so; none for a city."""
    columns, parents = TABLES[PharmacyLocation].table.c, TABLES[Pharmacy].table
    own = parents.alias("own")
    conditions = _all_begin((columns.name_key, name), (columns.zip, place))
    if city or not conditions:
        return []
    certified = select(parents.c.npi).where(parents.c.npi == columns.parent_npi, parents.c.reconfirm_by >= day).exists()
    itself = select(own.c.npi).where(own.c.npi == columns.npi).exists()
    return _rows(session, PharmacyLocation, *conditions, certified, ~itself, order=columns.name_key, limit=most)


def prescribers_beginning(session: Session, name: str, city: str, place: str, most: int) -> list[Prescriber]:
    """Certified, with keys that begin so ("" is no condition); by last name."""
    columns = TABLES[Prescriber].table.c
    conditions = _all_begin((columns.last_name_key, name), (columns.city_key, city), (columns.zip, place))
    return _rows(session, Prescriber, *conditions, columns.certified_at.is_not(None), order=columns.last_name_key, limit=most)


def parts(keys: Collection[str]) -> Iterator[list[str]]:
    """The keys, each once, in lists that fit into one IN."""
    ordered = sorted(set(keys))
    return (ordered[at : at + KEYS_AT_ONCE] for at in range(0, len(ordered), KEYS_AT_ONCE))


def _all_begin(*wanted: tuple[ColumnElement[Any], str]) -> list[ColumnElement[bool]]:
    return [_begins(column, beginning) for column, beginning in wanted if beginning]


def _begins(column: ColumnElement[Any], beginning: str) -> ColumnElement[bool]:
    """A range instead of LIKE: it uses a plain index whatever the database takes upper and lower case for."""
    return and_(column >= beginning, column < beginning + (_LAST_LETTERS if beginning.isascii() else "\uffff"))


def _rows(
    session: Session,
    record: type[R],
    *conditions: ColumnElement[bool],
    order: ColumnElement[Any] | None = None,
    limit: int | None = None,
) -> list[R]:
    """The records that meet all conditions, by `order` and key."""
    place = TABLES[record]
    key = place.table.c[place.key]
    found = session.execute(
        select(place.table).where(*conditions).order_by(*([] if order is None else [order]), key).limit(limit)
    )
    return [place.of(row) for row in found.mappings()]
