"""Look-ups of certified parties: the distributors' list with its changes, one pharmacy by NPI, and what the public may see.

What: functions from a session to values (R91–R93, R60, R10).
Why: wholesalers check before each shipment; patients look for somebody near. Both must get what the dispense check would say.
Refuses: to list everybody to the public: a look-up there names a beginning of a name, city or ZIP, and gets a few.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, TypeVar, get_args, get_type_hints

from sqlalchemy.orm import Session

from registry import party_storage, storage
from registry.certification import Standing, pharmacy_missing, pharmacy_standing
from registry.distribution import Changed, Listed, changes, listed
from registry.identifiers import normal_npi
from registry.moments import day_begins, program_day
from registry.names import plain_name
from registry.parties import Distributor, Pharmacy, PharmacyLocation

R = TypeVar("R")

MOST_SHOWN = 25
"""Parties shown to the public for one question."""

SHORTEST_BEGINNING = 2
"""Letters or digits; one letter would be a way to page through everybody."""


@dataclass(frozen=True)
class PublicParty:
    """What the public may see of a certified party."""

    name: str
    city: str  # "" where only a ZIP is known
    zip: str  # five digits, or ""


@dataclass(frozen=True)
class PharmacyCheck:
    """The answer to a distributor's question about one NPI."""

    npi: str
    row: Listed | None  # as on the list; None: no shipment
    reason: str  # why it is not on the list, a sentence; "" where it is


def certified_list(session: Session, now: datetime) -> list[Listed]:
    """R91: every certified pharmacy and location on the program day of `now`, by NPI."""
    certified = party_storage.pharmacies_certified_on(session, program_day(now))
    locations = party_storage.locations_of(session, [one.npi for one in certified])
    own = party_storage.pharmacies_by_npi(session, [one.npi for one in locations])
    return listed([*certified, *own], locations, now)


def list_changes(session: Session, since: date, now: datetime) -> list[Changed]:
    """R91: what changed on the list since the beginning of that program day, by the records' trail.

    A pharmacy that left and came back in between is told as changed, if anything in its row is different.
    """
    began = day_begins(since)
    if began > now:
        return []
    before = _list_as_it_was(session, since, began)
    after = certified_list(session, now)
    left = {one.npi for one in before} - {one.npi for one in after}
    return changes(before, after, {npi: pharmacy_standing(storage.pharmacy_for(session, npi), now).value for npi in left})


def check_pharmacy(session: Session, npi: str, now: datetime) -> PharmacyCheck:
    """R92, R93: whether a pharmacy or location is on the list, and if not, why not."""
    fitting = normal_npi(npi)
    if fitting is None:
        return PharmacyCheck(npi, None, f"“{npi}” cannot be an NPI: it has ten digits, of which the last is a check digit.")
    own = storage.load(session, Pharmacy, fitting)
    location = storage.load(session, PharmacyLocation, fitting) if own is None else None
    parent = storage.load(session, Pharmacy, location.parent_npi) if location is not None else None
    known = [one for one in (own, parent) if one is not None]
    found = [one for one in listed(known, [location] if location else [], now) if one.npi == fitting]
    return PharmacyCheck(fitting, found[0], "") if found else PharmacyCheck(fitting, None, _why_not(own or parent, fitting, now))


def is_enrolled_distributor(session: Session, number: str) -> bool:
    """R91: whether a HIN or DEA number, in normal form, is that of an enrolled distributor: only those get the list."""
    return any(storage.find(session, Distributor, {field: number}, limit=1) for field in ("distributor_id", "hin", "dea"))


def public_pharmacies(
    session: Session, now: datetime, name: str | None = None, city: str | None = None, zip_code: str | None = None
) -> list[PublicParty]:
    """Certified pharmacies and locations whose name, city and ZIP begin so, at most `MOST_SHOWN`; nobody without a beginning of
    at least two letters or digits. Locations have no city on file, so a city finds pharmacies only."""
    beginnings = _beginnings(name, city, zip_code)
    if beginnings is None:
        return []
    day = program_day(now)
    found = party_storage.pharmacies_beginning(session, *beginnings, day, MOST_SHOWN)
    places = party_storage.locations_beginning(session, *beginnings, day, MOST_SHOWN)
    shown = [PublicParty(one.name or "", one.city or "", (one.zip or "")[:5]) for one in found]
    shown += [PublicParty(one.name or "", "", (one.zip or "")[:5]) for one in places]
    return sorted(shown, key=lambda one: (plain_name(one.name), one.zip))[:MOST_SHOWN]


def public_prescribers(
    session: Session, name: str | None = None, city: str | None = None, zip_code: str | None = None
) -> list[PublicParty]:
    """Certified prescribers whose last name, city and ZIP begin so, at most `MOST_SHOWN`; nobody without a beginning."""
    beginnings = _beginnings(name, city, zip_code)
    if beginnings is None:
        return []
    found = party_storage.prescribers_beginning(session, *beginnings, MOST_SHOWN)
    return [PublicParty(one.full_name, one.city or "", (one.zip or "")[:5]) for one in found]


def _beginnings(name: str | None, city: str | None, zip_code: str | None) -> tuple[str, str, str] | None:
    """In the form of the searched columns; None where nothing is long enough to look for."""
    digits = "".join(one for one in zip_code or "" if one.isdigit())[:5]
    given = (plain_name(name or ""), plain_name(city or ""), digits)
    return given if max(map(len, given)) >= SHORTEST_BEGINNING else None


def _why_not(pharmacy: Pharmacy | None, npi: str, now: datetime) -> str:
    standing = pharmacy_standing(pharmacy, now)
    lacking = " and ".join(pharmacy_missing(pharmacy)) or "certification anew"
    if standing is Standing.UNKNOWN:
        return f"No pharmacy with NPI {npi} is known to the Clozapine REMS."
    return f"The pharmacy with NPI {npi} is {standing.value}, not certified. Needed: {lacking}."


def _list_as_it_was(session: Session, day: date, moment: datetime) -> list[Listed]:
    """The list at the beginning of a program day: what was not written since stands as it does, the rest as its trail says."""
    certified = _as_they_were(session, Pharmacy, party_storage.pharmacies_certified_on(session, day), moment)
    places = party_storage.locations_of(session, [one.npi for one in certified])
    places = _as_they_were(session, PharmacyLocation, places, moment)
    own = _as_they_were(session, Pharmacy, party_storage.pharmacies_by_npi(session, [one.npi for one in places]), moment)
    return listed([*certified, *own], places, moment)


def _as_they_were(session: Session, record: type[R], current: list[R], moment: datetime) -> list[R]:
    """The current records that did not change since the moment, and every record that did as it stood then."""
    before = party_storage.before_first_change(session, record, moment)
    key = storage.key_of(record)
    unchanged = [one for one in current if getattr(one, key) not in before]
    return [*unchanged, *(record_from_json(record, stored) for stored in before.values() if stored is not None)]


def record_from_json(record: type[R], stored: dict[str, Any]) -> R:
    """A record from its JSON in the audit trail; a field that did not exist then has its default."""
    hints = get_type_hints(record)
    values: dict[str, Any] = {}
    for one in fields(record):  # type: ignore[arg-type]
        if one.name in stored:
            values[one.name] = _value(hints[one.name], stored[one.name])
    return record(**values)


def _value(hint: Any, stored: Any) -> Any:
    """One field's value: moments, days and enumerations from their text."""
    kind = next((one for one in get_args(hint) if one is not type(None)), hint)
    if stored is None or not isinstance(stored, str) or kind is str:
        return stored
    if kind in (datetime, date):
        return kind.fromisoformat(stored)
    return kind(stored)
