"""Values and times in the words of the desk.

What: how a value stands in an input or a table, how long ago something was.
Why: a reviewer compares with the paper, where a date is MM/DD/YYYY and a box is ticked; ISO and booleans are for machines.
Refuses: nothing; a value it has no words for is shown as it is.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from intake.forms.definition import FieldDefinition, FieldKind, Meaning
from intake.reading import Value
from registry.vocabulary import SignatureRole, SignatureVerdict

_ISO_DATE = re.compile(r"(\d{4})-(\d\d)-(\d\d)")
_PHONE = re.compile(r"(\d{3})(\d{3})(\d{4})")
_OWNERS = {
    "patient": "Patient",
    "prescriber": "Prescriber",
    "designee": "Designee",
    "pharmacy": "Pharmacy",
    "ar": "Authorized representative",
}
_OWNED = re.compile(rf"({'|'.join(_OWNERS)})_(?:first_name|last_name|middle_initial|title|phone|fax|email)")
_SIGNED_PART = re.compile(r"signature_([a-z]+)_(date|name)")


def field_label(field: FieldDefinition) -> str:
    """What the field is called away from its page, where "Date signed" or "Phone" alone does not say whose."""
    label = field.label.strip().rstrip(".") if not field.label.isupper() else field.label.strip()
    part = _SIGNED_PART.fullmatch(field.name)
    if part is None:
        return _with_owner(field.name, label)
    role = SignatureRole(part[1]).label
    return f"{role[:1].upper()}{role[1:]}: {label[:1].lower()}{label[1:]}"


def _with_owner(name: str, label: str) -> str:
    """ "Phone" as "Pharmacy phone": a pharmacy's form has two, and only its page tells them apart."""
    whose = _OWNED.fullmatch(name)
    owner = "" if whose is None else _OWNERS[whose[1]]
    if not owner or owner.lower() in label.lower():
        return label
    return f"{owner} {label if label.isupper() else label.lower()}"


def shown(field: FieldDefinition, value: Value) -> str:
    """The value as the reviewer would write it; empty for blank."""
    if field.kind is FieldKind.MARK:
        return "ticked" if value is True else "not ticked"
    if value is None:
        return ""
    if field.kind is FieldKind.SIGNATURE:
        return SignatureVerdict(str(value)).label
    if field.kind is FieldKind.CHOICE:
        return option_label(field, str(value))
    return as_typed(field, value)


def as_typed(field: FieldDefinition, value: Value) -> str:
    """The value as it stands in a text input."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    if field.kind is FieldKind.DATE and (parts := _ISO_DATE.fullmatch(text)):
        return f"{parts[2]}/{parts[3]}/{parts[1]}"
    if field.meaning is Meaning.PHONE and (parts := _PHONE.fullmatch(text)):
        return f"{parts[1]}-{parts[2]}-{parts[3]}"
    return text


def option_label(field: FieldDefinition, code: str) -> str:
    """The words printed beside a choice's box."""
    return field.option_labels.get(code) or code.replace("_", " ")


def span(length: timedelta) -> str:
    """A length of time, short: "2 h 06 m", "12 m", "3 d 4 h"; never negative."""
    minutes = max(0, int(length.total_seconds() // 60))
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02d} m" if hours else f"{minutes} m"


def clock(until: datetime | None, now: datetime) -> str:
    """What is left of a lease, "9:41"; "0:00" when it ran out."""
    seconds = 0 if until is None else max(0, int((until - now).total_seconds()))
    return f"{seconds // 60}:{seconds % 60:02d}"
