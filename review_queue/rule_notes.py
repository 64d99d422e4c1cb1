"""Which rules of the program this form touches, in words, as its values stand.

What: a few sentences beside the fields: what will not be applied, what will follow.
Why: the reviewer sees at once why a signature or one digit of an ANC matters, and what the sender will be told.
Refuses: to decide; the registry admits or refuses. These notes read the form alone and know no patient.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from intake.reading import Value
from registry.vocabulary import FormCode, SignatureVerdict

INTERRUPTS_BELOW = 1000  # R39, general population, cells per µL
INTERRUPTS_BEN_BELOW = 500  # R40
NEUTROPENIA_BELOW = 1500  # R36: the prescriber is told
STARTS_FROM = 1500  # R31, general population
STARTS_BEN_FROM = 1000  # R31, BEN

_ANC = re.compile(r"labs\.(\d+)\.anc")
_OWN_HAND = {
    "rationale": "the Treatment Rationale",
    "ben": "benign ethnic neutropenia",
    "hospice": "hospice care",
    "missing_labs_authorized": "continuation without required labs",
}


@dataclass(frozen=True)
class RuleNote:
    """One rule that this form touches."""

    rule: str  # its number, "R28"
    text: str  # a sentence or two
    stops: bool  # True: something on the form will not be applied; False: something will follow


def rule_notes(form: str, values: Mapping[str, Value]) -> tuple[RuleNote, ...]:
    """What to know about the form with these values, what stops something first."""
    notes = [*_own_signature(form, values), *_anc_notes(form, values), *_others(form, values)]
    return tuple(sorted(notes, key=lambda note: not note.stops))


def _own_signature(form: str, values: Mapping[str, Value]) -> list[RuleNote]:
    if form not in (FormCode.PATIENT_STATUS, FormCode.PATIENT_ENROLLMENT):
        return []
    if values.get("signature_prescriber") == SignatureVerdict.PRESENT:
        return []
    parts = [words for name, words in _OWN_HAND.items() if values.get(name) is True]
    if not parts:
        return []
    rule = "R28" if form == FormCode.PATIENT_STATUS else "R33"
    needs = "needs" if len(parts) == 1 else "need"
    rest = "The ANC values still count; the sender is told." if form == FormCode.PATIENT_STATUS else "The sender is told."
    named = _listed(parts)
    return [
        RuleNote(
            rule,
            f"{named[:1].upper()}{named[1:]} {needs} the prescriber's own signature. Without it this part is not applied. {rest}",
            True,
        )
    ]


def _anc_notes(form: str, values: Mapping[str, Value]) -> list[RuleNote]:
    ancs = [value for name, value in values.items() if _ANC.fullmatch(name) and _is_count(value)]
    if not ancs:
        return []
    ben = values.get("ben") is True
    lowest = min(float(value) for value in ancs if isinstance(value, int | float))
    if form == FormCode.PATIENT_ENROLLMENT:
        bar = STARTS_BEN_FROM if ben else STARTS_FROM
        return (
            [
                RuleNote(
                    "R31", f"Enrollment needs an ANC of {bar} or more for the first prescription; this one says {lowest:g}.", True
                )
            ]
            if lowest < bar
            else []
        )
    if lowest < (INTERRUPTS_BEN_BELOW if ben else INTERRUPTS_BELOW):
        rule = "R40" if ben else "R39"
        return [
            RuleNote(
                rule,
                f"An ANC of {lowest:g} interrupts treatment if it is the latest: check each digit. The prescriber is alerted.",
                False,
            )
        ]
    if lowest < NEUTROPENIA_BELOW and not ben:
        return [RuleNote("R36", f"An ANC of {lowest:g} is mild neutropenia: the prescriber is told.", False)]
    return []


def _others(form: str, values: Mapping[str, Value]) -> list[RuleNote]:
    notes = []
    if values.get("adverse_event") == "yes":
        notes.append(
            RuleNote("R05", "A suspected adverse event goes to the contact center with the time this fax arrived.", False)
        )
    if form == FormCode.ANC_LAB_REPORTING and values.get("submitter") == "pharmacy" and values.get("monitoring_frequency"):
        notes.append(
            RuleNote("R08", "A pharmacy cannot change the monitoring frequency; the entry is ignored and the sender told.", True)
        )
    if form == FormCode.PATIENT_ENROLLMENT:
        lacking = [words for name, words in _INDISPENSABLE.items() if values.get(name) in (None, "")]
        if lacking:
            notes.append(RuleNote("R34", f"Without {_listed(lacking)} nobody can be enrolled.", True))
    return notes


_INDISPENSABLE = {
    "patient_first_name": "the first name",
    "patient_last_name": "the last name",
    "patient_date_of_birth": "the date of birth",
}


def _is_count(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]
