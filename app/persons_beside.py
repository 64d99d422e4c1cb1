"""The registry's people beside a form: candidates item by item, and whether a reviewer's choice can stand.

What: `PersonsBeside` fills `review_queue.persons.Persons`; both answers are the registry's own (`registry.near`,
`registry.situations`), so that the desk never says yes to what the registry will refuse.
Why: the desk knows no registry table.
Refuses: to choose.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.registry_port import named_by
from registry.agreement import Reason
from registry.identifiers import print_patient_id
from registry.matching import Match, PatientCandidate
from registry.near import ITEM_WORDS, near_patients
from registry.patients import Patient
from registry.situations import match_named, match_said
from registry.submission import PersonChoice, PersonSaid, Value
from review_queue.persons import Candidate, Compared

AGAINST_SAME = (
    "What stands on the form names another patient exactly: by REMS Patient ID, or by name and birth date. Correct what was "
    "misread, or ask the sender."
)
AGAINST_NEW = (
    "What stands on the form names a known patient exactly. Correct what was misread, choose that patient, or ask the sender."
)


class PersonsBeside:
    """The registry's people for the box beside a form."""

    def candidates(self, session: Session, values: Mapping[str, Value]) -> Sequence[Candidate]:
        """Known patients whom the form means or may mean, the likeliest first; of merged ones the one that stands."""
        named = named_by(values)
        meant = match_named(session, named)
        found: dict[str, Candidate] = {}
        for one in near_patients(session, named):
            patient_id = one.patient.merged_into or one.patient.patient_id
            alone = meant.kind is Match.SAME and meant.patient is not None and meant.patient.patient_id == patient_id
            found.setdefault(patient_id, _candidate(one, patient_id, alone=alone))
        return list(found.values())

    def written(self, values: Mapping[str, Value]) -> Mapping[str, str]:
        """What stands on the form, by the items compared."""
        named = named_by(values)
        return {words: _shown(item, getattr(named, item)) for item, words in ITEM_WORDS.items()}

    def against(self, session: Session, values: Mapping[str, Value], choice: PersonChoice) -> str:
        """Why the registry would not take the choice."""
        if match_said(session, named_by(values), choice).kind is not Match.AGAINST_CHOICE:
            return ""
        return AGAINST_NEW if choice.said is PersonSaid.NEW else AGAINST_SAME


def _candidate(found: PatientCandidate, patient_id: str, *, alone: bool) -> Candidate:
    patient = found.patient
    items = {one.item: one for one in found.reasons.items}
    return Candidate(
        patient_id=patient_id,
        number=print_patient_id(patient_id),
        name=patient.full_name,
        about=f"{patient.treatment_status.label}, {patient.monitoring_frequency.label}",
        compared=tuple(_compared(items[item], words, patient) for item, words in ITEM_WORDS.items()),
        named_exactly=alone,
    )


def _compared(reason: Reason, words: str, patient: Patient) -> Compared:
    return Compared(words, _shown(reason.item, getattr(patient, reason.item)), reason.agreement.value, reason.how)


def _shown(item: str, value: object) -> str:
    """As people write it."""
    if value is None:
        return ""
    if isinstance(value, date):
        return f"{value:%m/%d/%Y}"
    return print_patient_id(str(value)) if item == "patient_id" else str(value)
