"""Settles a patient anew after something other than a form changed the history: a correction, a merge, a list.

What: `resettle` computes what the history now comes to, stores it, and says who must be told.
Why: a status that no longer follows from the records it is said to follow from is a wrong answer to the next pharmacy.
Refuses: to decide whether the act is right; the person who acts gives the reason.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from registry import storage
from registry.admitting.lab_rows import tell_low
from registry.admitting.status_changes import outcome_of, tell_status
from registry.audit import Cause
from registry.course import course, settled
from registry.decision import Act, Findings
from registry.dispensing import dispensed_from
from registry.parties import Prescriber
from registry.patients import AncResult, Patient, StatusChange
from registry.submission import NoticeDue, Reference, SubmissionId


@dataclass(frozen=True)
class ActAnswer:
    """What an act came to."""

    done: bool
    reason: str = ""  # why not, with what to do; empty where it is done
    patient: Patient | None = None  # as the patient stands after it
    notices: tuple[NoticeDue, ...] = ()  # who must be told of a status it changed


UNSETTLED = "not yet settled after the upgrade"
"""Missing labs of a patient whose history was stored by an earlier version: nothing is dispensed until it is settled."""


def settle_marked(session: Session, cause: Cause) -> int:
    """Settles every patient an upgrade left unsettled; how many. Nobody is told: what follows was told when it happened."""
    marked = storage.find(session, Patient, {"missing_labs": UNSETTLED})
    for patient in marked:
        since = dispensed_from(storage.dispense_history(session, patient.patient_id).authorizations)
        storage.put(session, replace(settled(storage.patient_file(session, patient)), dispensed_from=since), cause)
    return len(marked)


def refused(reason: str) -> ActAnswer:
    """Nothing was done."""
    return ActAnswer(False, reason)


def resettle(session: Session, before: Patient, act_id: str, why: str, cause: Cause, records: Iterable[object] = ()) -> ActAnswer:
    """Stores the act's records and the patient as the history now has it; `before` is the patient as it stood.

    A low ANC among the records is told as if a form had brought it (R36): what was misread as normal alarmed nobody.
    """
    brought = list(records)
    storage.put_all(session, brought, cause)
    file = storage.patient_file(session, before)
    found = course(file)
    since = dispensed_from(storage.dispense_history(session, before.patient_id).authorizations)
    patient = replace(settled(file, found), dispensed_from=since)
    outcome = outcome_of(before.treatment_status, found)
    findings = Findings(Act(SubmissionId(act_id), Reference(cause.reference or act_id)))
    if outcome.cause is not None:
        change = StatusChange(
            f"{act_id}:status", patient.patient_id, cause.at, before.treatment_status, outcome.status, outcome.cause, why
        )
        findings.store(change)
    is_new_low = found.low is not None and not (before.low_open and before.latest_draw == found.low.draw_date)
    prescriber = storage.load(session, Prescriber, patient.prescriber_npi)
    tell_low(findings, [one for one in brought if isinstance(one, AncResult)], file.results, patient, prescriber)
    tell_status(findings, patient, outcome, found.low, is_new_low, prescriber)
    decision = findings.decision()
    storage.put_all(session, [patient, *decision.records], cause)
    return ActAnswer(True, "", patient, decision.admission.notices)
