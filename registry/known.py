"""Candidates for the reading port: who in the registry could stand on a page, given what was read so far.

What: for a kind of party and guesses by field, up to 20 parties that share at least one value, those that share most first.
Why: reading verifies known values instead of transcribing them; it decides who it is by its joint evidence, not we.
Refuses: an unknown kind (ValueError). Fields the registry has no column for share nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from registry import identifiers, storage
from registry.matching import plain_name
from registry.parties import Designee, Pharmacy, Prescriber
from registry.patients import Patient
from registry.policies import MOST_CANDIDATES

MOST_PER_FIELD = 400
"""Parties looked at for one field; a common last name alone says nobody's identity anyway."""


@dataclass(frozen=True)
class Candidate:
    """A party that could be meant."""

    kind: str  # patient, prescriber, pharmacy or designee
    values: Mapping[str, str]  # by the forms' field names without their prefix; what is not known is not there


@dataclass(frozen=True)
class _Search:
    record: type[Any]
    columns: Mapping[str, tuple[str, Callable[[str], Any]]]  # field → column and how its value is compared
    prefix: str  # of the forms' fields


def _folded(text: str) -> str | None:
    return plain_name(text) or None


_SEARCHES = {
    "patient": _Search(Patient, {
        "id": ("patient_id", identifiers.normal_patient_id), "last_name": ("last_name_key", _folded),
        "date_of_birth": ("date_of_birth", identifiers.iso_day), "zip": ("zip", identifiers.normal_zip),
        "prescriber_npi": ("prescriber_npi", identifiers.normal_npi),
    }, "patient_"),
    "prescriber": _Search(Prescriber, {
        "npi": ("npi", identifiers.normal_npi), "dea": ("dea", identifiers.normal_dea), "last_name": ("last_name_key", _folded),
        "fax": ("fax", identifiers.normal_phone), "email": ("email", identifiers.normal_email),
    }, "prescriber_"),
    "pharmacy": _Search(Pharmacy, {
        "npi": ("npi", identifiers.normal_npi), "name": ("name_key", _folded), "ncpdp": ("ncpdp", str.strip),
        "fax": ("fax", identifiers.normal_phone), "zip": ("zip", identifiers.normal_zip),
    }, "pharmacy_"),
    "designee": _Search(Designee, {
        "email": ("email", identifiers.normal_email), "last_name": ("last_name", str.strip),
        "prescriber_npi": ("prescriber_npi", identifiers.normal_npi),
    }, "designee_"),
}  # fmt: skip

_FIELDS: dict[str, tuple[str, ...]] = {
    "patient": ("patient_id", "first_name", "middle_initial", "last_name", "date_of_birth", "sex", "zip", "address", "phone",
                "prescriber_npi"),
    "prescriber": ("npi", "first_name", "middle_initial", "last_name", "dea", "phone", "fax", "email", "practice_name",
                   "credentials", "specialty", "licence", "licence_state", "address", "city", "state", "zip"),
    "pharmacy": ("npi", "name", "ncpdp", "dea", "hin", "licence", "phone", "fax", "address", "city", "state", "zip", "ship_to",
                 "ar_first_name", "ar_last_name", "ar_title", "ar_phone", "ar_fax", "ar_email"),
    "designee": ("first_name", "last_name", "role", "phone", "fax", "email", "prescriber_npi"),
}  # fmt: skip
"""What a candidate says of itself; `patient_id` is `id`, as a form's field name without its prefix."""


def candidates(session: Session, kind: str, read: Mapping[str, Sequence[str]]) -> list[Candidate]:
    """Up to 20 parties of `kind` that share a read value (each field with its guesses), best first; ValueError for no such kind.

    Fields are named with or without their prefix (`last_name` or `patient_last_name`); days are ISO text.
    """
    search = _SEARCHES.get(kind)
    if search is None:
        raise ValueError(f"no such kind of party: {kind!r}")
    guesses = {field.removeprefix(search.prefix): values for field, values in read.items()}
    shared: dict[str, object] = {}
    key = storage.key_of(search.record)
    for field, (column, normaliser) in search.columns.items():
        wanted = {value for guess in guesses.get(field, ()) if guess and (value := normaliser(str(guess)))}
        if not wanted:
            continue
        for found in storage.find(session, search.record, {column: wanted}, MOST_PER_FIELD):
            shared[str(getattr(found, key))] = found
    ranked = sorted(shared, key=lambda name: (-_agreeing(shared[name], guesses), name))
    return [Candidate(kind, _values(kind, shared[name])) for name in ranked[:MOST_CANDIDATES]]


def _values(kind: str, found: object) -> dict[str, str]:
    """What a party says of itself, as text; days ISO."""
    values = {}
    for field in _FIELDS[kind]:
        value = getattr(found, field)
        if value is not None and value != "":
            name = "id" if field == "patient_id" else field
            values[name] = value.isoformat() if isinstance(value, date) else str(value)
    return values


def _agreeing(found: object, guesses: Mapping[str, Sequence[str]]) -> int:
    """How many of the read fields hold the party's own value."""
    agreeing = 0
    for field, values in guesses.items():
        own = getattr(found, "patient_id" if field == "id" else field, None)
        if own is None:
            continue
        text = own.isoformat() if isinstance(own, date) else str(own)
        agreeing += any(plain_name(str(value)) == plain_name(text) for value in values if value)
    return agreeing
