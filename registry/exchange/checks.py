"""What an imported record's fields must be beyond their type: check digits, past days, and whom they refer to.

What: `problem_of` one value; `DERIVED` fields that follow from others; `referred` records a record cannot stand without.
Why: an import passes no form's rules, and a wrong fax number sends patient data to a stranger as surely from a file.
Refuses: to repair: values are in the registry's normal form or named.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from typing import Any

from registry import identifiers
from registry.anc import implausible
from registry.dispensing import Authorization, Denial
from registry.moments import last_day_begun
from registry.parties import Designee, Distributor, Pharmacy, PharmacyLocation, Prescriber, Staff
from registry.patients import Patient

Derive = Callable[[Mapping[str, Any]], Any]

_PHONE = "ten digits, area and exchange not beginning with 0 or 1"
_FORMS: dict[str, tuple[Callable[[str], bool], str]] = {
    "npi": (lru_cache(1 << 12)(identifiers.npi_fits), "an NPI has ten digits, begins with 1 or 2, and its check digit must fit"),
    "dea": (identifiers.dea_fits, "a DEA number has two capitals and seven digits, and its check digit must fit"),
    "hin": (identifiers.hin_fits, "a HIN has nine capitals or digits"),
    "patient_id": (
        lru_cache(1 << 16)(identifiers.patient_id_fits),
        "a REMS Patient ID has eight digits and its check letter, without dashes",
    ),
    "zip": (identifiers.zip_fits, "a ZIP code is 12345 or 12345-6789"),
    "phone": (identifiers.phone_fits, f"a phone number has {_PHONE}"),
    "fax": (identifiers.phone_fits, f"a fax number has {_PHONE}"),
    "email": (lambda text: identifiers.normal_email(text) == text, "an email address in small letters is needed"),
    "authorization": (
        lambda text: len(text) == 9 and text[0] == "A" and text[1:].isascii() and text[1:].isdigit(),
        "an authorization number is A and eight digits, so that the next one given is nobody else's",
    ),
    "state": (lambda text: text in identifiers.STATES, "a state is its two capitals"),
}
"""By a field's name or its ending (`ar_fax`): what fits, and what to write."""

_PAST_DAYS = {"date_of_birth", "draw_date"}
_PAST_MOMENTS = {"received_at", "enrolled_at", "authorized_at", "denied_at"}
_OLDEST = date(1900, 1, 1)
_CLOCKS_DIFFER = timedelta(hours=1)  # how far another machine's clock may be ahead
_NAMES = {"first_name", "last_name"}


@cache
def _form_of(name: str) -> tuple[Callable[[str], bool], str] | None:
    return _FORMS.get(name) or _FORMS.get(name.rpartition("_")[2])


def problem_of(record: type, name: str, value: Any, now: datetime) -> str | None:
    """What is wrong with a field's value of the right type, as a sentence that says what to do; None: nothing."""
    form = _form_of(name)
    if form is not None and isinstance(value, str) and not form[0](value):
        return f"{value!r} cannot be right: {form[1]}"
    if name in _PAST_DAYS and not _OLDEST <= value <= last_day_begun(now):
        return f"{value} cannot be right: a day from {_OLDEST} to today is needed"
    if name in _PAST_MOMENTS and value > now + _CLOCKS_DIFFER:
        return f"{value.isoformat()} is in the future: correct it"
    if name == "anc" and (why := implausible(value)) is not None:
        return f"{why}; write the confirmed value per µL"
    if record is Patient and name in _NAMES and not value.strip():
        return "no patient is enrolled without a name (R34): write it"
    return None


def _serial(values: Mapping[str, Any]) -> int | None:
    patient_id = values.get("patient_id")
    fits = isinstance(patient_id, str) and identifiers.patient_id_fits(patient_id)
    return identifiers.serial_of(str(patient_id)) if fits else None


def _designee_id(values: Mapping[str, Any]) -> str | None:
    npi, email = values.get("prescriber_npi"), values.get("email")
    return f"{npi}:{email}" if npi and email else None


def _staff_id(values: Mapping[str, Any]) -> str | None:
    npi, email = values.get("pharmacy_npi"), values.get("email")
    return f"{npi}:{email}" if npi and email else None


def _distributor_id(values: Mapping[str, Any]) -> str | None:
    found = values.get("hin") or values.get("dea")
    return str(found) if found else None


DERIVED: Mapping[type, Mapping[str, Derive]] = {
    Patient: {"serial": _serial},
    Designee: {"designee_id": _designee_id},
    Staff: {"staff_id": _staff_id},
    Distributor: {"distributor_id": _distributor_id},
}
"""Fields that follow from others and may be left out; given, they must be what follows. None: nothing follows."""

_REFERS: Mapping[tuple[type, str], type] = {
    (Patient, "prescriber_npi"): Prescriber,
    (Designee, "prescriber_npi"): Prescriber,
    (PharmacyLocation, "parent_npi"): Pharmacy,
    (Staff, "pharmacy_npi"): Pharmacy,
    (Authorization, "pharmacy_npi"): Pharmacy,
    (Denial, "pharmacy_npi"): Pharmacy,
}


def referred(record: object) -> Iterator[tuple[type, str]]:
    """Type and key of the records this one cannot stand without."""
    kind = type(record)
    patient_id = getattr(record, "patient_id", None)
    if kind is not Patient and patient_id is not None:
        yield Patient, patient_id
    for (of, name), to in _REFERS.items():
        if of is kind:
            yield to, getattr(record, name)
