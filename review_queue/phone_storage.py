"""The statements about telephone calls (table: `review_queue.phone_tables`).

What: begin a call, keep what was typed, end it, find it again by state, patient or party. Functions never commit.
Why: an answer of the registry and the call's end are one transaction, and a call ends once.
Refuses: to judge; what may be told by phone stands in `review_queue.phone_entry`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from registry.vocabulary import FormCode
from review_queue.phone_entry import Call, Caller, CallerRole, CallState, Keyed, Verified
from review_queue.phone_tables import CallRow


def begin(session: Session, call: Call) -> None:
    """Store a new call."""
    session.add(
        CallRow(
            call_id=call.call_id, reference=call.reference, about=call.form.value, revision=call.revision,
            caller=asdict(call.caller), npi=call.caller.npi or None, patient_id=None, fields=_fields_to_json(call.fields),
            taken_by=call.taken_by, began_at=call.began_at, changed_at=call.changed_at, state=call.state.value,
            version=call.version, answer=[],
        )
    )  # fmt: skip
    session.flush()


def note_question(
    session: Session, call_id: str, reference: str, about: str, caller: Mapping[str, str], npi: str | None,
    patient_id: str | None, taken_by: str, now: datetime, answer: Sequence[str],
) -> None:  # fmt: skip
    """A pharmacy asked by phone and was answered: for the page of contacts."""
    session.add(
        CallRow(
            call_id=call_id, reference=reference, about=about, revision="", caller=dict(caller), npi=npi, patient_id=patient_id,
            fields={}, taken_by=taken_by, began_at=now, changed_at=now, state=CallState.ADMITTED.value, version=1,
            answer=list(answer),
        )
    )  # fmt: skip
    session.flush()


def call(session: Session, call_id: str) -> Call | None:
    """A form's call, or None."""
    row = session.get(CallRow, call_id, populate_existing=True)
    return None if row is None or row.about not in set(FormCode) else _call(row)


def keep(session: Session, call_id: str, fields: Mapping[str, Keyed], patient_id: str | None, agent: str, now: datetime) -> bool:
    """Keep what was typed; False, and nothing done, where the call has its end."""
    changes: dict[str, Any] = {
        "fields": _fields_to_json(fields), "patient_id": patient_id, "taken_by": agent, "changed_at": now,
    }  # fmt: skip
    return _change(session, call_id, changes)


def end(session: Session, call_id: str, state: CallState, now: datetime, answer: Sequence[str] = (), reason: str = "") -> bool:
    """A draft has its end, once; False where it has one already."""
    changes = {"state": state.value, "changed_at": now, "answer": list(answer), "reason": reason, "version": CallRow.version + 1}
    return _change(session, call_id, changes)


def note_answer(session: Session, call_id: str, answer: Sequence[str], patient_id: str | None) -> None:
    """The registry's answer to a call that has just ended, in words."""
    changes = {"answer": list(answer)} | ({"patient_id": patient_id} if patient_id else {})
    session.execute(update(CallRow).where(CallRow.call_id == call_id).values(changes))


def drafts(session: Session, limit: int = 50) -> list[Call]:
    """Calls that broke off or are going on, the latest first."""
    wanted = select(CallRow).where(CallRow.state == CallState.DRAFT.value).order_by(CallRow.changed_at.desc()).limit(limit)
    return [_call(row) for row in session.scalars(wanted)]


def rows_about(session: Session, *, patient_id: str | None = None, npi: str | None = None, limit: int = 50) -> list[CallRow]:
    """Calls about a patient, or from a prescriber or pharmacy, the latest first."""
    mine = CallRow.patient_id == patient_id if patient_id is not None else CallRow.npi == npi
    return list(session.scalars(select(CallRow).where(mine).order_by(CallRow.began_at.desc()).limit(limit)))


def _change(session: Session, call_id: str, changes: Mapping[str, Any]) -> bool:
    draft = update(CallRow).where(CallRow.call_id == call_id, CallRow.state == CallState.DRAFT.value)
    return session.scalar(draft.values(dict(changes)).returning(CallRow.call_id)) is not None


def _fields_to_json(fields: Mapping[str, Keyed]) -> dict[str, Any]:
    return {name: asdict(one) for name, one in fields.items()}


def _call(row: CallRow) -> Call:
    told = row.caller
    caller = Caller(
        told["name"], CallerRole(told["role"]), told["npi"], told["organisation"], told["callback"], Verified(told["verified"]),
        told["verified_note"],
    )  # fmt: skip
    return Call(
        call_id=row.call_id, reference=row.reference, form=FormCode(row.about), revision=row.revision, caller=caller,
        taken_by=row.taken_by, began_at=row.began_at, changed_at=row.changed_at, state=CallState(row.state), version=row.version,
        fields={name: Keyed(**one) for name, one in row.fields.items()}, answer=tuple(row.answer), reason=row.reason,
    )  # fmt: skip
