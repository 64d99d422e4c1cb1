"""Two patients found to be one person, and found not to be after all.

What: `merge` lets one patient's whole history count with the other's, `unmerge` sets both apart again.
Why: two records of one person hide a low ANC; one record of two people invents one. Either error must be undone without loss.
Refuses: to merge by itself; a person decides and says why. No record moves: each keeps the patient ID it came with, the history
of the one that stays is read together with that of the absorbed, and the absorbed ID leads to the one that stays.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from registry import storage
from registry.audit import Cause
from registry.patients import About, Merge, Patient, Statement
from registry.resettling import ActAnswer, refused, resettle


def merge(session: Session, absorbed_id: str, kept_id: str, cause: Cause, reason: str) -> ActAnswer:
    """Both IDs mean the patient `kept_id` from now on; the earlier enrollment is the enrollment."""
    found = {one: storage.load(session, Patient, one, lock=True) for one in sorted({absorbed_id, kept_id})}
    absorbed, kept = found[absorbed_id], found[kept_id]
    for patient_id, patient in ((absorbed_id, absorbed), (kept_id, kept)):
        if patient is None:
            return refused(f"There is no patient {patient_id}.")
        if patient.merged_into is not None:
            return refused(f"Patient {patient_id} is merged into {patient.merged_into}; undo that first, or name that patient.")
    assert absorbed is not None
    assert kept is not None
    if absorbed_id == kept_id:
        return refused("A patient cannot be merged with itself.")
    if storage.find(session, Patient, {"merged_into": absorbed_id}, 1):
        return refused(f"Another patient is merged into {absorbed_id}: merge {kept_id} into {absorbed_id} instead.")
    if not reason.strip():
        return refused("Say why the two are one person; the reason stays with the record.")
    record = Merge(f"{absorbed_id}>{kept_id}@{cause.at.isoformat()}", kept_id, absorbed_id, cause.at, cause.actor, reason)
    return resettle(session, kept, record.merge_id, reason, cause, (record, replace(absorbed, merged_into=kept_id)))


def unmerge(session: Session, absorbed_id: str, cause: Cause, reason: str) -> ActAnswer:
    """The absorbed patient stands alone again, with what came under the own ID; answers with the one that had been kept."""
    absorbed = storage.load(session, Patient, absorbed_id)
    if absorbed is None or absorbed.merged_into is None:
        return refused(f"Patient {absorbed_id} is not merged into another.")
    for patient_id in sorted((absorbed_id, absorbed.merged_into)):
        storage.load(session, Patient, patient_id, lock=True)
    kept = storage.load(session, Patient, absorbed.merged_into)
    open_merges = storage.find(session, Merge, {"absorbed_id": absorbed_id, "undone_at": None})
    assert kept is not None, "a patient is merged into one that stands"
    if not reason.strip():
        return refused("Say why the two are two people; the reason stays with the record.")
    undone = [replace(one, undone_at=cause.at, undone_by=cause.actor, undone_reason=reason) for one in open_merges]
    alone = replace(absorbed, merged_into=None)
    act = f"undone:{absorbed_id}@{cause.at.isoformat()}"
    storage.put_all(session, [*undone, alone], cause)
    first = resettle(session, _as_enrolled(session, alone), f"{act}:absorbed", reason, cause)
    second = resettle(session, _as_enrolled(session, kept), f"{act}:kept", reason, cause)
    return replace(second, notices=(*first.notices, *second.notices))


def _as_enrolled(session: Session, patient: Patient) -> Patient:
    """The patient with the own earliest enrollment, which the merge had made that of both."""
    said = storage.find(session, Statement, {"patient_id": patient.patient_id, "about": About.PRESCRIBER})
    return replace(patient, enrolled_at=min((one.received_at for one in said), default=patient.enrolled_at))
