"""A FHIR Observation becomes the values of an ANC Lab Reporting Form. Pure, but for the FHIR models, loaded when first used.

What: `values_of` takes the JSON of an Observation and gives draw date, ANC and patient; `Refused` says what cannot be taken.
Why: laboratories and practice systems speak FHIR R4; the registry's one door is a form, so that every rule holds for both.
Refuses: another code than a neutrophil count per volume, a unit that is not in the table, a comparator, a partial date, a result
that is not final. Nothing is guessed: 1.85 without a unit may be a thousand times too low or too high.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from registry.identifiers import normal_npi, normal_patient_id
from registry.moments import program_day

if TYPE_CHECKING:
    from fhir.resources.R4B.observation import Observation

PATIENT_ID_SYSTEM = "urn:remsfax:patient-id"
"""The system of REMS Patient IDs in identifiers."""
NPI_SYSTEM = "http://hl7.org/fhir/sid/us-npi"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"

LOINC_CODES: Mapping[str, str] = {
    "751-8": "Neutrophils [#/volume] in Blood by Automated count",
    "26499-4": "Neutrophils [#/volume] in Blood",
    "753-4": "Neutrophils [#/volume] in Blood by Manual count",
}
"""All neutrophils per volume, whatever the method. Not percentages (770-8), nor segmented ones alone (768-2): they are no ANC."""

PER_MICROLITRE: Mapping[str, Decimal] = {
    "/uL": Decimal(1),
    "{cells}/uL": Decimal(1),
    "/mm3": Decimal(1),
    "10*6/L": Decimal(1),
    "10*3/uL": Decimal(1000),
    "10*3/mm3": Decimal(1000),
    "10*9/L": Decimal(1000),
}
"""UCUM code → how many per µL one of it is. `K/uL` is kelvin per microlitre and 10^9/L no UCUM at all: both are refused."""

STATUSES = frozenset({"final", "corrected", "amended"})
LARGEST = Decimal(10**9)  # per µL; far beyond any count, so that no endless number is ever written out


class Refused(ValueError):
    """What cannot be taken, with the FHIRPath of the element."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason


@dataclass(frozen=True)
class Observed:
    """One ANC as the program counts it."""

    patient_id: str  # normal form
    draw_date: date
    anc: int | float  # per µL, exactly as converted
    performer_npi: str | None  # None: the Observation names none


def values_of(raw: bytes) -> Observed:
    """The ANC that an Observation reports; raises Refused."""
    try:
        return _values_of(_parsed(raw))
    except AttributeError:  # the models let null stand for an element
        raise Refused("Observation", "An element that is needed is null.") from None


def _values_of(found: Observation) -> Observed:
    if found.status not in STATUSES:
        raise Refused("Observation.status", "The status must be final, corrected or amended.")
    if not any(one.system == LOINC and one.code in LOINC_CODES for one in found.code.coding or ()):
        raise Refused("Observation.code", f"The code must be one of LOINC {', '.join(LOINC_CODES)}.")
    return Observed(_patient_id(found), _draw_date(found), _anc(found), _performer(found))


def _parsed(raw: bytes) -> Observation:
    from fhir.resources.R4B.observation import Observation
    from pydantic import ValidationError

    try:
        given = json.loads(raw, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise Refused("Observation", "The body is no JSON.") from None
    if not isinstance(given, dict) or given.get("resourceType") != "Observation":
        raise Refused("Observation.resourceType", "An Observation is needed.")
    try:
        return Observation.model_validate(given)
    except ValidationError as problem:
        first = problem.errors()[0]
        path = ".".join(["Observation", *(str(part) for part in first["loc"])])[:200]
        raise Refused(path, f"This is no FHIR R4 Observation: {first['msg']}.") from None
    except (ValueError, TypeError, ArithmeticError, RecursionError, AttributeError):
        # the models' own validators let some of these out for values of the wrong kind
        raise Refused("Observation", "This is no FHIR R4 Observation.") from None


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _patient_id(found: Observation) -> str:
    identifier = None if found.subject is None else found.subject.identifier
    if identifier is None or identifier.system != PATIENT_ID_SYSTEM:
        raise Refused("Observation.subject.identifier", f"The patient's identifier of the system {PATIENT_ID_SYSTEM} is needed.")
    patient_id = normal_patient_id(str(identifier.value or ""))
    if patient_id is None:
        raise Refused("Observation.subject.identifier.value", "This is no REMS Patient ID: its check letter does not fit.")
    return patient_id


def _draw_date(found: Observation) -> date:
    """The program's day of a moment; a day without a time as it stands."""
    drawn: Any = found.effectiveDateTime
    if isinstance(drawn, datetime):
        if drawn.tzinfo is None:
            raise Refused("Observation.effectiveDateTime", "A time needs its zone.")
        try:
            return program_day(drawn)
        except OverflowError:
            raise Refused("Observation.effectiveDateTime", "There is no such day.") from None
    if isinstance(drawn, date):
        return drawn
    raise Refused("Observation.effectiveDateTime", "The day of the draw is needed: a whole date, with or without a time.")


def _anc(found: Observation) -> int | float:
    quantity = found.valueQuantity
    if quantity is None or quantity.value is None:
        raise Refused("Observation.valueQuantity", "A value is needed.")
    if quantity.comparator is not None:
        raise Refused("Observation.valueQuantity.comparator", "A value with a comparator is no count.")
    factor = PER_MICROLITRE.get(str(quantity.code or "")) if quantity.system == UCUM else None
    if factor is None:
        raise Refused("Observation.valueQuantity.code", f"The unit must be a UCUM code of {', '.join(PER_MICROLITRE)}.")
    value = Decimal(quantity.value)
    if not value.is_finite() or value < 0 or value > LARGEST:
        raise Refused("Observation.valueQuantity.value", "This is no count of cells.")
    anc = value * factor
    return int(anc) if anc == anc.to_integral_value() else float(anc)


def _performer(found: Observation) -> str | None:
    """The NPI of the performers that is one; Refused where two are named."""
    given = {
        str(one.identifier.value or "")
        for one in found.performer or ()
        if one.identifier is not None and one.identifier.system == NPI_SYSTEM
    }
    npis = {normal_npi(one) for one in given}
    if None in npis or len(npis) > 1:
        raise Refused("Observation.performer", "One NPI at most, and a right one, is needed.")
    return next(iter(npis), None)
