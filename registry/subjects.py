"""Whom a submission names: the keys under which it is found again. Pure.

What: `subjects_of` gives every key of a form and its answer; the other functions make one key each, for whoever asks.
Why: a form that was held or refused left no record, and still belongs on the page of everyone it names; an index over these keys
finds it among millions.
Refuses: a value that does not fit its form: no key is made of it, and nobody could ask for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from registry.identifiers import iso_day, normal_dea, normal_email, normal_hin, normal_npi, normal_patient_id
from registry.names import plain_name
from registry.submission import Value

_NPI = re.compile(r"(?:.*[_.])?npi")
"""A field whose value is an NPI, whoever's it is."""


def patient_key(patient_id: str) -> str:
    """The key of a REMS Patient ID in normal form."""
    return f"patient:{patient_id}"


def npi_key(npi: str) -> str:
    """The key of an NPI in normal form."""
    return f"npi:{npi}"


def email_key(email: str) -> str:
    """The key of an email address in normal form."""
    return f"email:{email}"


def hin_key(hin: str) -> str:
    """The key of a HIN in normal form."""
    return f"hin:{hin}"


def dea_key(dea: str) -> str:
    """The key of a DEA number in normal form."""
    return f"dea:{dea}"


def person_key(first_name: str, last_name: str, born: str) -> str | None:
    """The key of a patient's name, in comparable form, with an ISO birth date; None where one of the three says nothing."""
    first, last = plain_name(first_name), plain_name(last_name)
    return f"person:{last} {first} {born}" if first and last and iso_day(born) else None


_NORMAL: Mapping[str, tuple[Callable[[str], str | None], Callable[[str], str]]] = {
    "patient_id": (normal_patient_id, patient_key),
    "designee_email": (normal_email, email_key),
    "ar_email": (normal_email, email_key),
    "prescriber_dea": (normal_dea, dea_key),
    "distributor_dea": (normal_dea, dea_key),
    "distributor_hin": (normal_hin, hin_key),
}
"""Fields that name somebody: what makes their normal form, and what the key of it."""


def subjects_of(values: Mapping[str, Value], ids: Mapping[str, str]) -> frozenset[str]:
    """Every key of a form's values and of the identifiers in its answer.

    Name and birth date are a key only where the registry found no patient: of one it found, others of that name must not get
    the form on their pages.
    """
    found: set[str | None] = set()
    for field, value in values.items():
        if not isinstance(value, str | int | float) or isinstance(value, bool):
            continue
        if _NPI.fullmatch(field):
            found.add((npi := normal_npi(_text(value))) and npi_key(npi))
        elif field in _NORMAL:
            normal, key = _NORMAL[field]
            found.add((fitting := normal(_text(value))) and key(fitting))
    patient_id = ids.get("patient_id")
    if patient_id is not None:
        found.add(patient_key(patient_id))
    else:
        first, last, born = (_text(values.get(f"patient_{part}")) for part in ("first_name", "last_name", "date_of_birth"))
        found.add(person_key(first, last, born))
    return frozenset(one for one in found if one)


def _text(value: Value) -> str:
    """As written, with folded spaces; an identifier that came as a number is its digits."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None or isinstance(value, bool) else " ".join(str(value).split())
