"""Admits a submission: load, decide, store, in the caller's transaction.

What: `admit` is the registry's one door for forms. Every record it stores carries an audit entry; the submission and the answer
are kept as they were.
Why: an actor that runs twice, a worker that dies, a fax that is sent again: none of them may change anything twice.
Refuses: nothing of content (that stands in the Admission). It never commits; if the transaction fails, nothing happened.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from registry import storage
from registry.admission import decide
from registry.audit import Cause, cause_of
from registry.decision import Decision, Record, Situation
from registry.form_values import FormValues
from registry.grading import AnswerKey, example_keys
from registry.identifiers import normal_dea, normal_npi
from registry.parties import Designee, Pharmacy, PharmacyLocation, Prescriber
from registry.patients import Patient
from registry.senders import submitter
from registry.situations import situation_for
from registry.submission import Admission, Admitted, Applied, Submission


def admit(session: Session, submission: Submission, now: datetime, keys: Mapping[str, AnswerKey] | None = None) -> Admission:
    """The registry's answer to a submission; the same submission_id again gives the stored answer and changes nothing.

    `now` is when the registry decides; rules about days use the submission's received_at. `keys` are the answer keys, the shipped
    example without.
    """
    earlier = storage.admission_of(session, submission.submission_id)
    if earlier is not None:
        return earlier
    keys = example_keys() if keys is None else keys
    situation = situation_for(session, submission, keys)
    decision = decide(submission, situation, now)
    storage.put_all(session, decision.records, _cause(submission, situation, now))
    admission = decision.admission
    for released in _released(session, decision.records, now, keys):
        admission = _with_released(admission, released)
    storage.store_submission(session, submission, admission, now)
    if decision.held:
        storage.hold(session, submission.submission_id, _must_certify(submission), now)
    return admission


def _cause(submission: Submission, situation: Situation, now: datetime) -> Cause:
    """Why records change; where a reviewer said who is meant, also what differed all the same."""
    cause = cause_of(submission, now)
    return replace(cause, reason=situation.match.told) if situation.match.told else cause


def _must_certify(submission: Submission) -> str | None:
    """R35: whose certification a held submission waits for: an NPI, or the DEA number of a prescriber who gave no NPI."""
    form = FormValues(submission)
    if submitter(submission, form) == "pharmacy":
        return form.normal("pharmacy_npi", normal_npi)
    if form.text("prescriber_npi") is None:
        return form.normal("prescriber_dea", normal_dea)
    return form.normal("prescriber_npi", normal_npi)


def _awaited(session: Session, records: Sequence[Record]) -> set[str]:
    """Under which numbers submissions may be held for whom these records are about; a pharmacy's are its stores' too (R61)."""
    found: set[str] = set()
    for one in records:
        if isinstance(one, Designee | Patient):
            found.add(one.prescriber_npi)
        elif isinstance(one, Prescriber):
            found |= {one.npi, one.dea or one.npi}
        elif isinstance(one, Pharmacy):
            found |= {one.npi, *(store.npi for store in storage.find(session, PharmacyLocation, {"parent_npi": one.npi}))}
    return found


def _released(session: Session, records: Sequence[Record], now: datetime, keys: Mapping[str, AnswerKey]) -> list[Decision]:
    """R35: what was held for a party is decided again once the party's standing changed or a patient of theirs became known;
    what still cannot stand stays held.

    In the order of receipt, and again for as long as something came of it: an enrollment among them makes the patient for whom
    a draw was held, in whichever order a person settled the two.
    """
    found: list[Decision] = []
    for npi in sorted(_awaited(session, records)):
        before = -1
        while len(found) > before:
            before = len(found)
            for held in sorted(storage.held_for(session, npi), key=lambda one: one.received_at):
                situation = situation_for(session, held, keys)
                decision = decide(held, situation, now)
                if decision.admission.applied:
                    storage.put_all(session, decision.records, _cause(held, situation, now))
                    storage.release(session, held.submission_id, now)
                    found.append(decision)
    return found


def _with_released(admission: Admission, released: Decision) -> Admission:
    """The answer with what a held submission came to, and its notices; an adverse event on it was told on receipt (R05)."""
    parts = ", ".join(one.part for one in released.admission.applied)
    detail = f"What was held under {released.admission.reference} now counts: {parts}."
    admitted = Admitted.PARTLY if admission.refused else Admitted.YES
    return replace(
        admission,
        admitted=admitted,
        applied=(*admission.applied, Applied("held", detail)),
        notices=(*admission.notices, *(one for one in released.admission.notices if one.kind != "adverse_event")),
    )
