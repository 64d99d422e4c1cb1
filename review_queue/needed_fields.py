"""Which fields a form needs, given what else stands on it.

What: "conditional" in the form definitions made exact: the designee's name where a designee sends, the second baseline for BEN,
whose signature.
Why: a document may go on unseen only if everything it needs is there; a box that rightly stays empty must not cost a look.
Refuses: to judge what follows for a patient. A part that needs a signature it lacks is refused by the registry (R28); here it is
only a reason to look.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from intake.forms.definition import FieldDefinition, FormDefinition, Requirement
from intake.reading import Value
from registry.vocabulary import FormCode, SignatureVerdict

Values = Mapping[str, Value]

_ROW = re.compile(r"(labs|locations)\.(\d+)\.(\w+)")
_SIGNED_PART = re.compile(r"(signature_(?:prescriber|designee|submitter|ar|respondent))_(?:date|name)")
_PRESCRIBERS_OWN = ("ben", "hospice", "rationale", "missing_labs_authorized")
_NAMES_A_PATIENT = ("patient_first_name", "patient_last_name", "patient_date_of_birth")
_DESIGNEE_MAY_SIGN = (FormCode.PATIENT_ENROLLMENT, FormCode.PATIENT_STATUS)


def is_needed(field: FieldDefinition, form: FormDefinition, values: Values) -> bool:
    """True where the form is incomplete without this field; `values` are the form's values as they stand, marks as booleans."""
    if field.name == "patient_id":  # the name and the date of birth name a patient too
        return field.requirement is Requirement.REQUIRED and any(is_blank(values.get(name)) for name in _NAMES_A_PATIENT)
    if field.requirement is Requirement.REQUIRED:
        return True
    row = _ROW.fullmatch(field.name)
    if row is not None:
        return _row_needs(row[1], int(row[2]), row[3], form, values)
    if field.requirement is Requirement.OPTIONAL:
        return False
    signed = _SIGNED_PART.fullmatch(field.name)
    if signed is not None:
        return _present(values, signed[1])
    rule = _CONDITIONS.get(field.name)
    return rule is not None and rule(form, values)


def is_blank(value: Value) -> bool:
    """True for a field without an entry and for a box without a tick."""
    return value is None or value is False or value == ""


def _present(values: Values, signature: str) -> bool:
    return values.get(signature) == SignatureVerdict.PRESENT


def _row_needs(table: str, row: int, column: str, form: FormDefinition, values: Values) -> bool:
    """A table's row that holds anything needs its leading columns; empty rows need nothing."""
    others = [name for name in (one.name for one in form.fields) if name.startswith(f"{table}.{row}.")]
    begun = any(not is_blank(values.get(name)) for name in others)
    if table == "labs":
        second_baseline = form.code == FormCode.PATIENT_ENROLLMENT and row == 1 and values.get("ben") is True
        return column in ("draw_date", "anc") and (begun or second_baseline)
    first_of_several = row == 0 and values.get("pharmacy_kind") in ("multiple", "chain")
    return column in ("name", "npi") and (begun or first_of_several)


def _prescriber_signs(form: FormDefinition, values: Values) -> bool:
    """R28, R33: the prescriber's own signature for what a designee cannot do, and wherever no designee stands for it."""
    if form.code not in _DESIGNEE_MAY_SIGN or any(values.get(name) is True for name in _PRESCRIBERS_OWN):
        return True
    if values.get("submitter") == "designee":
        return False
    return values.get("submitter") == "prescriber" or not _present(values, "signature_designee")


def _designee_signs(form: FormDefinition, values: Values) -> bool:
    """A designee who sends signs, unless the prescriber did; on the designee's own form always (R21)."""
    if form.code not in _DESIGNEE_MAY_SIGN:
        return True
    return values.get("submitter") == "designee" and not _present(values, "signature_prescriber")


def _designee_named(_: FormDefinition, values: Values) -> bool:
    return values.get("submitter") == "designee" or _present(values, "signature_designee")


def _equals(name: str, *wanted: Value) -> Callable[[FormDefinition, Values], bool]:
    return lambda _, values: values.get(name) in wanted


def _lacks(name: str) -> Callable[[FormDefinition, Values], bool]:
    return lambda _, values: is_blank(values.get(name))


_CONDITIONS: dict[str, Callable[[FormDefinition, Values], bool]] = {
    "designee_first_name": _designee_named,
    "designee_last_name": _designee_named,
    "signature_prescriber": _prescriber_signs,
    "signature_designee": _designee_signs,
    "signature_submitter": lambda *_: True,
    "signature_ar": lambda *_: True,
    "prescriber_npi": _lacks("prescriber_dea"),
    "prescriber_dea": _lacks("prescriber_npi"),
    "pharmacy_name": _equals("submitter", "pharmacy"),
    "pharmacy_npi": _equals("submitter", "pharmacy"),
    "distributor_dea": _lacks("distributor_hin"),
    "distributor_hin": _lacks("distributor_dea"),
    "status_date": _equals("treatment_status", "enrolled", "interrupted", "discontinued"),
    "status_reason": _equals("treatment_status", "interrupted", "discontinued"),
    "missing_labs_reason": _equals("missing_labs_authorized", True),
    "rationale_draw_date": _equals("rationale", True),
    "rationale_anc": _equals("rationale", True),
    "adverse_event_narrative": _equals("adverse_event", "yes"),
    "credentials_other": _equals("credentials", "other"),
}
