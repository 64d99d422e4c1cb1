"""What people do beside forms, as lines of a play: a reversal, a list, a correction, a merge, staff who come and go.

What: one function an event, each answered by what was done or why not.
Why: an operator must be able to try an act before it is done to a real patient.
Refuses: as `registry.event_lines` does, with a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from registry import corrections, designees, dispense_requests, merging, own_lists, staffing
from registry.anc import number
from registry.audit import Cause
from registry.dispense_requests import RequestAnswer
from registry.event_lines import BadLine, object_in, optional_text_in, text_in, value_in
from registry.identifiers import iso_day, normal_patient_id
from registry.resettling import ActAnswer

Answer = dict[str, Any]

BY = "played"
"""Who acts, where the line does not say."""


def _cause(given: Mapping[str, Any], at: datetime) -> Cause:
    return Cause(at, optional_text_in(given, "by") or BY, "web")


def _patient_id(given: Mapping[str, Any], name: str) -> str:
    """A patient's ID in normal form; one that cannot be right stays as it is, and no patient has it."""
    text = text_in(given, name)
    return normal_patient_id(text) or text


def _done(answer: ActAnswer) -> Answer:
    return {
        "done": answer.done,
        "reason": answer.reason or None,
        "patient_id": answer.patient.patient_id if answer.patient else None,
        "treatment_status": answer.patient.treatment_status.value if answer.patient else None,
        "notices": [{"kind": one.kind, "to": one.to} for one in answer.notices],
    }


def reversal(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """`{"reverse": {"authorization", "reason"}}`: an authorization taken back."""
    given = object_in(line, "reverse", ("authorization", "reason", "by"))
    reason = optional_text_in(given, "reason") or ""
    answer = dispense_requests.reverse(session, text_in(given, "authorization"), at, optional_text_in(given, "by") or BY, reason)
    reasons = [] if answer.reason is None else [{"rule": answer.reason.rule, "reason": answer.reason.reason}]
    return {"reversed": answer.done, "reasons": reasons}


def off_list(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """`{"off_list": {"prescriber_npi", "patient_id", "reason"}}`: R48."""
    given = object_in(line, "off_list", ("prescriber_npi", "patient_id", "reason", "by"))
    reason = optional_text_in(given, "reason") or ""
    npi, patient_id = text_in(given, "prescriber_npi"), _patient_id(given, "patient_id")
    return _done(own_lists.take_off_list(session, npi, patient_id, _cause(given, at), reason))


def withdrawal(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """`{"withdraw": {"record", "reason", "by"}}`: a record found to be an error."""
    given = object_in(line, "withdraw", ("record", "reason", "by"))
    return _done(
        corrections.withdraw(session, text_in(given, "record"), _cause(given, at), optional_text_in(given, "reason") or "")
    )


def correction(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """`{"correct": {"record", "draw_date", "anc", "reason", "by"}}`: an ANC replaced by what really stands on the form."""
    given = object_in(line, "correct", ("record", "draw_date", "anc", "reason", "by"))
    day, anc = iso_day(text_in(given, "draw_date")), number(value_in(given, "anc"))
    if day is None or anc is None:
        raise BadLine("correct needs draw_date as YYYY-MM-DD and anc as a number per µL")
    reason = optional_text_in(given, "reason") or ""
    return _done(corrections.correct_anc(session, text_in(given, "record"), day, anc, _cause(given, at), reason))


def merged(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """`{"merge": {"absorbed", "kept", "reason", "by"}}`: two IDs of one person."""
    given = object_in(line, "merge", ("absorbed", "kept", "reason", "by"))
    absorbed, kept = _patient_id(given, "absorbed"), _patient_id(given, "kept")
    return _done(merging.merge(session, absorbed, kept, _cause(given, at), optional_text_in(given, "reason") or ""))


def unmerged(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """`{"unmerge": {"absorbed", "reason", "by"}}`: they were two after all."""
    given = object_in(line, "unmerge", ("absorbed", "reason", "by"))
    reason = optional_text_in(given, "reason") or ""
    return _done(merging.unmerge(session, _patient_id(given, "absorbed"), _cause(given, at), reason))


def staff_invited(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """`{"invite_staff": {"pharmacy_npi", "first_name", "last_name", "email", "by"}}`: R80; `by` is the AR's email."""
    given = object_in(line, "invite_staff", ("pharmacy_npi", "first_name", "last_name", "email", "by"))
    npi, first, last = (text_in(given, name) for name in ("pharmacy_npi", "first_name", "last_name"))
    return _answered(staffing.invite(session, text_in(given, "by"), npi, first, last, text_in(given, "email"), at))


def staff_accepted(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """`{"accept_staff": {"pharmacy_npi", "email"}}`: R80."""
    given = object_in(line, "accept_staff", ("pharmacy_npi", "email"))
    return _answered(staffing.accept(session, text_in(given, "email"), text_in(given, "pharmacy_npi"), at))


def staff_removed(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """`{"remove_staff": {"pharmacy_npi", "email", "by"}}`: `by` is the AR's email."""
    given = object_in(line, "remove_staff", ("pharmacy_npi", "email", "by"))
    npi, email = text_in(given, "pharmacy_npi"), text_in(given, "email")
    return _answered(staffing.remove(session, text_in(given, "by"), npi, email, at))


def designee_removed(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """`{"remove_designee": {"prescriber_npi", "email"}}`: the prescriber takes a designee back (R20–R23)."""
    given = object_in(line, "remove_designee", ("prescriber_npi", "email"))
    return _answered(designees.remove(session, text_in(given, "prescriber_npi"), text_in(given, "email"), at))


def _answered(answer: RequestAnswer) -> Answer:
    reasons = [] if answer.reason is None else [{"rule": answer.reason.rule, "reason": answer.reason.reason}]
    return {"done": answer.done, "reasons": reasons}


ACTS: dict[str, Callable[[Session, Mapping[str, Any], datetime], Answer]] = {
    "reverse": reversal,
    "off_list": off_list,
    "withdraw": withdrawal,
    "correct": correction,
    "merge": merged,
    "unmerge": unmerged,
    "invite_staff": staff_invited,
    "accept_staff": staff_accepted,
    "remove_staff": staff_removed,
    "remove_designee": designee_removed,
}
"""Events of people's acts, by their key."""
