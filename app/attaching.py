"""What goes along with the registry's notices: the next form, and why a pharmacy may not dispense. Pure.

What: `with_next_form`, the patient's next status form behind its confirmation; `withheld`, a letter to the number on file about
parts that were not accepted and on which dispensing depends.
Why: the acknowledgement may go to a machine nobody has verified, and so names no patient; a prescriber with forty patients must
be told which one gets no medicine.
Refuses: to print a patient's form for anybody but the prescriber whose fax number stands on it, and to say twice what a notice of
the registry says already.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from outbound.letter_kinds import AUTHORIZATION_WITHHELD
from outbound.notice import DocumentOutcome, Enclosure, Notice, NoticeKey, Recipient, Role, Wanted, notice_key
from registry.identifiers import normal_phone
from registry.submission import Admission, Submission, Value
from registry.vocabulary import FormCode, TreatmentStatus

PRINTED_WITH = frozenset({"status_form_recorded", "rationale_needed", "status_form_due", "status_form_overdue"})
"""The notices that bring the patient's next status form."""

SAID_BY = {
    "rationale": frozenset({"rationale_needed", "treatment_interrupted"}),
    "missing_labs_authorized": frozenset({"missing_labs"}),
    "treatment_status": frozenset({"rationale_needed", "treatment_interrupted"}),
}
"""Parts of a status form on which dispensing depends (R41 to R44, R65), and the notices that tell of each anyway."""


def with_next_form(notice: Notice, values: Mapping[str, Value]) -> Notice:
    """The notice with the patient's next status form behind it, where there is one to bring.

    `values`: what is printed on it, empty where nothing is. It goes to the prescriber's number only, and not with a form that has
    to be signed and sent once more, nor for a patient who is Discontinued.
    """
    facts = notice.facts
    if not values or notice.kind not in PRINTED_WITH or not isinstance(facts, Mapping):
        return notice
    own = notice.recipient.role is Role.PRESCRIBER and notice.recipient.fax == normal_phone(str(values.get("prescriber_fax", "")))
    ended = facts.get("treatment_status") == TreatmentStatus.DISCONTINUED or facts.get("complete") is False
    if not own or ended or facts.get("patient_id") != values.get("patient_id") or notice.recipient.fax is None:
        return notice
    form = FormCode.PATIENT_STATUS
    return replace(notice, enclosures=(*notice.enclosures, Enclosure(form, form.label, dict(values))))


def withheld(
    document_id: str, outcome: DocumentOutcome, submission: Submission, admission: Admission, notices: Sequence[Notice]
) -> list[Notice]:
    """The letter about what keeps a pharmacy from dispensing; none where nothing does, or the registry's notices say it.

    `outcome`: the same refusals in words without values. The patient, and where the letter goes, are those of the notices.
    """
    told = {one.kind for one in notices}
    parts = {one.part for one in admission.refused if one.part in SAID_BY and not told & SAID_BY[one.part]}
    about = next((one for one in notices if one.recipient.role is Role.PRESCRIBER and _names_patient(one)), None)
    if submission.form is not FormCode.PATIENT_STATUS or not parts or about is None or not isinstance(about.facts, Mapping):
        return []
    rows = zip(
        admission.refused, outcome.missing, strict=False
    )  # `document_outcome` makes the first rows of the refusals, in order
    wanted = tuple(Wanted(said.what, said.todo) for refused, said in rows if refused.part in parts)
    status = admission.treatment_status
    facts: dict[str, Value] = {
        "patient_id": about.facts["patient_id"],
        "patient_name": about.facts["patient_name"],
        "treatment_status": about.facts.get("treatment_status") if status is None else status.value,
        "form": submission.form.value,
        "received_at": submission.received_at.isoformat(),
    }
    key: NoticeKey = notice_key(document_id, AUTHORIZATION_WITHHELD, Role.PRESCRIBER.value)
    to: Recipient = about.recipient
    return [Notice(key, AUTHORIZATION_WITHHELD, to, about.reference, facts, wanted=wanted)]


def _names_patient(notice: Notice) -> bool:
    return isinstance(notice.facts, Mapping) and "patient_id" in notice.facts and "patient_name" in notice.facts
