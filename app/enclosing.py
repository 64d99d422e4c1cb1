"""Forms that follow a letter: what is printed on them, and how.

What: `form_printer`, the PDF of a form, blank or with what is known printed on it; `next_status_form`, what the registry knows
of the patient and the prescriber by the fields of the status form.
Why: outbound knows letters, intake knows forms, the registry knows people. A form that we print ourselves comes back with its
code, its patient and its prescriber beyond doubt, and the office writes less.
Refuses: anything that changes from month to month: counts, dates, status and signatures are always written anew. A value that has
no room on the form is left to be written by hand: it must not keep the letter from going out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlalchemy.orm import Session

from intake.forms.catalogue import Catalogue
from intake.forms.definition import FormDefinition
from outbound.fax_pages import PrintForm
from outbound.letters import LetterNotWritable
from outbound.notice import Enclosure
from registry import storage
from registry.identifiers import normal_phone
from registry.parties import Prescriber
from registry.submission import Value

Turnaround = Callable[[Session, str], Mapping[str, Value]]
"""What is printed on a patient's next status form, by REMS Patient ID; empty: nothing is to be printed."""


def form_printer(catalogue: Catalogue) -> PrintForm:
    """Prints enclosures; LetterNotWritable for a form that the catalogue does not have."""

    def printed(enclosure: Enclosure) -> bytes:
        from intake.forms.prefilling import prefill  # only where a form is printed: pypdf takes a tenth of a second to load

        try:
            form = catalogue.form(enclosure.form)
        except KeyError as problem:
            raise LetterNotWritable(f"a form cannot be printed: {problem}") from problem
        return prefill(form, _fitting(form, enclosure.values)) if enclosure.values else form.blank.read_bytes()

    return printed


def _fitting(form: FormDefinition, values: Mapping[str, Value]) -> dict[str, Value]:
    """The values that the form has room for."""
    from intake.forms.prefilling import written

    fields = {one.name: one for one in form.fields}
    kept: dict[str, Value] = {}
    for name, value in values.items():
        if name not in fields or value is None:
            continue
        try:
            written(fields[name], value)
        except ValueError:
            continue
        kept[name] = value
    return kept


def no_turnaround(session: Session, patient_id: str) -> Mapping[str, Value]:
    """Where the setting says that no form is printed."""
    return {}


def next_status_form(session: Session, patient_id: str) -> Mapping[str, Value]:
    """The patient and the associated prescriber by the fields of the Patient Status Form; empty for an unknown patient, and for
    one whom the prescriber took off the own list (R48)."""
    patient = storage.patient_meant(session, patient_id)
    if patient is None or patient.off_list_since is not None:
        return {}
    prescriber = storage.load(session, Prescriber, patient.prescriber_npi)
    values: dict[str, Value] = {
        "patient_id": patient.patient_id,
        "patient_first_name": patient.first_name,
        "patient_last_name": patient.last_name,
        "patient_date_of_birth": patient.date_of_birth.isoformat(),
        "patient_zip": patient.zip,
        "prescriber_npi": patient.prescriber_npi,
    }
    if prescriber is not None:
        values |= {
            "prescriber_first_name": prescriber.first_name,
            "prescriber_last_name": prescriber.last_name,
            "prescriber_phone": normal_phone(prescriber.phone or ""),
            "prescriber_fax": normal_phone(prescriber.fax or ""),
        }
    return {name: value for name, value in values.items() if value}
