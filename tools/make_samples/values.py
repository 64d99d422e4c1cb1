"""What people write on the forms: values by field name, made from the cast.

What: one function per form that fits the story; the rest of a form's fields come as keyword arguments.
Why: a name, a number or a spelling is said once, in the cast.
Refuses: nothing; `filling` refuses what a form does not have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tools.make_samples.cast import Designee, Distributor, Patient, Pharmacy, Prescriber
from tools.make_samples.filling import Value

Values = dict[str, Value]
Lab = tuple[str, int]  # ISO draw date, ANC per µL


def band(anc: int) -> str:
    """The range somebody ticks beside an ANC."""
    return "normal" if anc >= 1500 else "mild" if anc >= 1000 else "moderate" if anc >= 500 else "severe"


def labs(draws: Sequence[Lab], bands: bool = True) -> Values:
    """Rows of the ANC table."""
    out: Values = {}
    for row, (drawn, anc) in enumerate(draws):
        out |= {f"labs.{row}.draw_date": drawn, f"labs.{row}.anc": anc}
        if bands:
            out[f"labs.{row}.band"] = band(anc)
    return out


def signed(role: str, when: str, name: str | None = None) -> Values:
    """A signature, its date and, where a name is given, the printed name."""
    out: Values = {f"signature_{role}": "present", f"signature_{role}_date": when}
    return out | ({f"signature_{role}_name": name} if name else {})


def prescriber_on_form(who: Prescriber) -> Values:
    """The prescriber as the patient forms ask for one."""
    return {
        "prescriber_first_name": who.first,
        "prescriber_last_name": who.last,
        "prescriber_npi": who.npi,
        "prescriber_phone": who.phone,
        "prescriber_fax": who.fax,
    }


def patient_on_form(who: Patient) -> Values:
    """The patient as every patient form asks for one."""
    return {
        "patient_first_name": who.first,
        "patient_last_name": who.last,
        "patient_date_of_birth": who.born,
        "patient_zip": who.zip,
    }


def patient_status(
    patient: Patient, prescriber: Prescriber, draws: Sequence[Lab], when: str, designee: Designee | None = None, **more: Value
) -> Values:
    """A Patient Status Form."""
    out = patient_on_form(patient) | prescriber_on_form(prescriber) | labs(draws) | {"adverse_event": "no"}
    if designee:
        out |= {"submitter": "designee", "designee_first_name": designee.first, "designee_last_name": designee.last}
        out |= signed("designee", when, f"{designee.first} {designee.last}")
    else:
        out |= {"submitter": "prescriber"} | signed("prescriber", when, f"{prescriber.first} {prescriber.last}")
    return out | more


def anc_lab(patient: Patient, prescriber: Prescriber, drawn: Lab, when: str, submitter: str, name: str, **more: Value) -> Values:
    """An ANC Lab Reporting Form."""
    out = patient_on_form(patient) | {"patient_sex": patient.sex} | prescriber_on_form(prescriber) | labs([drawn])
    out |= {"submitter": submitter, "submitter_name": name} | signed("submitter", when)
    return out | more


def with_typing(values: Mapping[str, Value], capitals: bool, keep: Sequence[str] = ("email",)) -> Values:
    """The values as this hand writes them: text in capitals where the hand does so, but codes, dates and addresses of mail."""
    out: Values = {}
    for name, value in values.items():
        written = capitals and isinstance(value, str) and WORDS.intersection(name.split("_")) and not any(part in name for part in keep)
        out[name] = value.upper() if written and isinstance(value, str) else value
    return out


WORDS = frozenset({"name", "narrative", "reason", "address", "city", "initial", "type", "to", "specialty", "other", "title"})
"""Parts of field names that say the field holds words."""
