"""The list of certified pharmacies for wholesalers and distributors, and what changed on it (R90–R93).

What: pure functions: who stands on the list at a moment, its CSV, and the differences between two lists.
Why: a pharmacy that is not on the list gets no shipment; what a wholesaler needs to tell pharmacies apart stands in each row.
Refuses: a store that has certified or begun to certify by itself: then its own standing counts, not that of the headquarters.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from registry.certification import Standing, pharmacy_standing, reconfirm_by
from registry.moments import program_day
from registry.parties import Pharmacy, PharmacyLocation


@dataclass(frozen=True)
class Listed:
    """One pharmacy or location on the list; the fields are the columns of the CSV."""

    npi: str
    name: str
    address: str
    city: str
    state: str
    zip: str
    ncpdp: str
    dea: str
    hin: str
    certified_on: date  # program day
    valid_until: date  # last program day of the certification (R75), unless it is reconfirmed
    answered_for_by: str  # NPI of the pharmacy whose representative answers for this location (R61); "" for a pharmacy itself


class ListChange(StrEnum):
    """What happened to a row since a day."""

    CERTIFIED = "certified"  # was not on the list
    LEFT = "left"  # is no longer on the list: no more shipments
    CHANGED = "changed"  # something in the row is different


@dataclass(frozen=True)
class Changed:
    """One difference between the list of a day and today's."""

    change: ListChange
    row: Listed  # as it stands now; of one that left, as it last stood
    what: str  # names of the columns that differ, apart by spaces; of one that left, its standing


def listed(pharmacies: Iterable[Pharmacy], locations: Iterable[PharmacyLocation], now: datetime) -> list[Listed]:
    """Everybody on the list on the program day of `now`, by NPI. `pharmacies` must hold every pharmacy that has an NPI of
    `locations`, so that its own standing is known."""
    known = {one.npi: one for one in pharmacies}
    certified = {npi: one for npi, one in known.items() if pharmacy_standing(one, now) is Standing.CERTIFIED}
    found = [_pharmacy(one) for one in certified.values()]
    found += [
        _location(one, certified[one.parent_npi]) for one in locations if one.parent_npi in certified and one.npi not in known
    ]
    return sorted(found, key=lambda one: one.npi)


def changes(before: Iterable[Listed], after: Iterable[Listed], standing: Mapping[str, str]) -> list[Changed]:
    """What a list became, by NPI. `standing`: why those who left are not on it, by NPI."""
    was, is_now = {one.npi: one for one in before}, {one.npi: one for one in after}
    found = [Changed(ListChange.CERTIFIED, row, "") for npi, row in is_now.items() if npi not in was]
    found += [Changed(ListChange.LEFT, row, standing.get(npi, "")) for npi, row in was.items() if npi not in is_now]
    for npi, row in is_now.items():
        if npi in was and was[npi] != row:
            differing = [one.name for one in fields(Listed) if getattr(row, one.name) != getattr(was[npi], one.name)]
            found.append(Changed(ListChange.CHANGED, row, " ".join(differing)))
    return sorted(found, key=lambda one: one.row.npi)


def list_csv(rows: Iterable[Listed], as_of: date) -> bytes:
    """The list as CSV (RFC 4180, UTF-8). Its day stands in every row, under the signature, so that an old list shows its age."""
    columns = [one.name for one in fields(Listed)]
    return _csv([*columns, "as_of"], ([*(getattr(row, name) for name in columns), as_of] for row in rows))


def changes_csv(rows: Iterable[Changed], since: date, as_of: date) -> bytes:
    """The changes as CSV, in the columns of the list."""
    columns = [one.name for one in fields(Listed)]
    lines = ([one.change.value, one.what, *(getattr(one.row, name) for name in columns), since, as_of] for one in rows)
    return _csv(["change", "what", *columns, "since", "as_of"], lines)


def _csv(columns: list[str], rows: Iterable[list[object]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return text.getvalue().encode()


def _cell(value: object) -> str:
    """A value as text. A name that came by fax and begins like a formula gets an apostrophe: spreadsheets would run it."""
    text = " ".join(str(value).split())
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text


def _pharmacy(one: Pharmacy) -> Listed:
    until = reconfirm_by(one)
    assert one.certified_at is not None
    assert until is not None
    return Listed(
        npi=one.npi,
        name=one.name or "",
        address=one.address or "",
        city=one.city or "",
        state=one.state or "",
        zip=one.zip or "",
        ncpdp=one.ncpdp or "",
        dea=one.dea or "",
        hin=one.hin or "",
        certified_on=program_day(one.certified_at),
        valid_until=until,
        answered_for_by="",
    )


def _location(one: PharmacyLocation, parent: Pharmacy) -> Listed:
    """A location has its own NPI, name, NCPDP ID and ZIP; the certification is the parent's."""
    parents = _pharmacy(parent)
    return Listed(
        npi=one.npi,
        name=one.name or parents.name,
        address="",
        city="",
        state="",
        zip=one.zip or "",
        ncpdp=one.ncpdp or "",
        dea="",
        hin="",
        certified_on=parents.certified_on,
        valid_until=parents.valid_until,
        answered_for_by=parent.npi,
    )
