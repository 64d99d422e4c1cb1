"""The registry, played: an empty one in memory, events in order, each answered by one line (docs: the outside contract).

What: `play` takes the parsed lines and yields the answers. It is how an operator tries rules and how the rules are judged.
Why: the rules must be seen without a fax, a desk or a database server; identifiers come out the same when played again.
Refuses: a line it cannot understand is answered by `{"error": …}` and changes nothing; the next line is played.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from registry import dispense_requests, played_pages, questions, storage
from registry.anc import number
from registry.certification import Standing, pharmacy_standing
from registry.dispense_requests import DispenseAnswer, RequestAnswer
from registry.dispensing import Reason
from registry.event_lines import (
    BadLine,
    event_of,
    moment_in,
    object_in,
    one_of_in,
    optional_text_in,
    signatures_in,
    text_in,
    value_in,
    values_in,
)
from registry.form_values import FormValues
from registry.identifiers import iso_day, normal_npi, normal_patient_id
from registry.moments import program_day
from registry.played_acts import ACTS
from registry.recording import admit
from registry.situations import match_named, named
from registry.staffing import may_ask
from registry.storage import Base
from registry.submission import Admission, NoticeDue, Reference, Submission, SubmissionId
from registry.submission_json import admission_to_json
from registry.vocabulary import Channel, FormCode

Answer = dict[str, Any]


SUBMIT_KEYS = (
    "form", "channel", "received_at", "values", "signatures", "submission_id", "reference", "revision", "illegible", "sender_fax",
)  # fmt: skip
RATIONALE_KEYS = ("pharmacy_npi", "patient_id", "prescriber_npi", "draw_date", "anc", "channel", "asked_by")

NOT_OF_THE_PHARMACY = "Only the pharmacy's authorized representative or its enrolled staff give a Dispense Rationale."


def play(lines: Iterable[bytes | str | Mapping[str, Any]]) -> Iterator[Answer]:
    """One answer a line, parsed or as text; a bad one is answered by its error and changes nothing, an empty one not at all."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    Base.metadata.create_all(engine)
    try:
        with Session(engine) as session:
            for count, line in enumerate(lines, start=1):
                if isinstance(line, bytes | str) and not line.strip():
                    continue
                try:
                    answer = _answer(session, event_of(line), count)
                except BadLine as problem:
                    session.rollback()
                    answer = {"error": f"line {count}: {problem}"}
                else:
                    session.commit()
                yield answer
    finally:
        engine.dispose()


def _answer(session: Session, line: Mapping[str, Any], count: int) -> Answer:
    at = moment_in(line.get("at"), "at")
    for event, answer in _EVENTS.items():
        if event in line:
            return answer(session, line, at, count)
    for event, act in ACTS.items():
        if event in line:
            return act(session, line, at)
    raise BadLine(f"none of {', '.join((*_EVENTS, *ACTS))}")


def _submit(session: Session, line: Mapping[str, Any], at: datetime, count: int) -> Answer:
    given = object_in(line, "submit", SUBMIT_KEYS)
    received_at = moment_in(given["received_at"], "received_at") if given.get("received_at") else at
    illegible = given.get("illegible") or []
    if not isinstance(illegible, list):
        raise BadLine("illegible must be a list of field names")
    submission = Submission(
        submission_id=SubmissionId(optional_text_in(given, "submission_id") or f"play-{count:06d}"),
        reference=Reference(optional_text_in(given, "reference") or f"P-{received_at:%Y%m%d}-{count:04d}"),
        form=one_of_in(given, "form", FormCode),
        revision=optional_text_in(given, "revision"),
        channel=one_of_in(given, "channel", Channel, Channel.FAX),
        received_at=received_at,
        values=values_in(given),
        signatures=signatures_in(given),
        illegible=tuple(map(str, illegible)),
        sender_fax=optional_text_in(given, "sender_fax"),
    )
    return _admission(admit(session, submission, at))


def _admission(admission: Admission) -> Answer:
    full = admission_to_json(admission)
    admitted = {"yes": True, "no": False}.get(full["admitted"], full["admitted"])
    return {
        "admitted": admitted,
        "reference": full["reference"],
        "applied": full["applied"],
        "refused": full["refused"],
        "treatment_status": full["treatment_status"],
        "ids": full["ids"],
        "notices": [{"kind": one.kind, "to": one.to} for one in admission.notices],
    }


def _ask(session: Session, line: Mapping[str, Any], at: datetime, count: int) -> Answer:
    what = line["ask"]
    if what == "dispense":
        npi, patient_id = text_in(line, "pharmacy_npi"), text_in(line, "patient_id")
        return _dispense(dispense_requests.ask_dispense(session, npi, patient_id, at))
    if what == "patient":
        return _patient(session, line, at)
    if what == "prescriber":
        return questions.prescriber(session, _npi(line, "prescriber_npi"))
    if what == "pharmacy":
        return questions.pharmacy(session, _npi(line, "pharmacy_npi"), at)
    if what == "certified_pharmacies":
        return {"pharmacies": questions.certified_pharmacies(session, at)}
    if what == "due":
        return {"notices": [_notice(one) for one in questions.due(session, at)]}
    if what == "history":
        return played_pages.history(session, line)
    if what == "changes":
        return played_pages.list_changes(session, line, at)
    raise BadLine(f"nobody can be asked {what!r}")


def _npi(line: Mapping[str, Any], name: str) -> str:
    """The NPI asked about in normal form; one that cannot be right stays as it is, and nobody has it."""
    text = text_in(line, name, "npi")
    return normal_npi(text) or text


def _patient(session: Session, line: Mapping[str, Any], at: datetime) -> Answer:
    """By REMS Patient ID, or by the form fields for name and birth date."""
    patient_id = normal_patient_id(str(line.get("patient_id") or ""))
    if patient_id is None and line.get("patient_last_name"):
        values = {field: value_in(line, field) for field in line if field.startswith("patient_")}
        form = FormValues(Submission(
            SubmissionId(""), Reference(""), FormCode.PATIENT_STATUS, None, Channel.WEB, datetime.now(UTC), values, {},
        ))  # fmt: skip
        match = match_named(session, named(form))
        patient_id = match.patient.patient_id if match.patient else None
    found = questions.patient(session, patient_id, program_day(at)) if patient_id else None
    if found is None:
        return {
            "patient_id": line.get("patient_id"),
            "treatment_status": None,
            "monitoring_frequency": None,
            "prescriber_npi": None,
            "ben": None,
            "hospice": None,
            "labs": [],
        }
    return found


def _dispense_rationale(session: Session, line: Mapping[str, Any], at: datetime, count: int) -> Answer:
    """`asked_by`: the email of who gives it, then the AR's or enrolled staff's (R71); left out, the pharmacy's word is taken."""
    given = object_in(line, "dispense_rationale", RATIONALE_KEYS)
    npi, asked_by = text_in(given, "pharmacy_npi"), optional_text_in(given, "asked_by")
    certified = pharmacy_standing(storage.pharmacy_for(session, npi), at) is Standing.CERTIFIED
    if asked_by is not None and certified and not may_ask(session, asked_by, npi, at):
        answer = DispenseAnswer(False, None, (Reason("R71", NOT_OF_THE_PHARMACY),))
        return _rationale(answer)
    answer = dispense_requests.give_rationale(
        session,
        npi,
        text_in(given, "patient_id"),
        optional_text_in(given, "prescriber_npi"),
        iso_day(optional_text_in(given, "draw_date") or ""),
        number(value_in(given, "anc")),
        at,
        asked_by or "pharmacy",
        channel=one_of_in(given, "channel", Channel, Channel.WEB),
    )
    return _rationale(answer)


def _rationale(answer: DispenseAnswer) -> Answer:
    return {
        "authorized": answer.authorized,
        "authorization": answer.authorization,
        "reasons": _reasons(answer.reasons),
        "used_this_year": answer.used_this_year,
    }


def _dispensed(session: Session, line: Mapping[str, Any], at: datetime, count: int) -> Answer:
    given = object_in(line, "dispensed", ("authorization",))
    answer = dispense_requests.report_dispensed(session, text_in(given, "authorization"), at)
    return {"dispensed": answer.done, "reasons": _reasons(_of(answer))}


def _reconfirm(session: Session, line: Mapping[str, Any], at: datetime, count: int) -> Answer:
    answer = dispense_requests.reconfirm(session, text_in(object_in(line, "reconfirm", ("pharmacy_npi",)), "pharmacy_npi"), at)
    until = answer.until.isoformat() if answer.until else None
    return {"reconfirmed": answer.done, "reasons": _reasons(_of(answer)), "reconfirm_by": until}


def _deactivate(session: Session, line: Mapping[str, Any], at: datetime, count: int) -> Answer:
    answer = dispense_requests.deactivate(session, text_in(object_in(line, "deactivate", ("pharmacy_npi",)), "pharmacy_npi"), at)
    return {"deactivated": answer.done, "reasons": _reasons(_of(answer))}


def _dispense(answer: DispenseAnswer) -> Answer:
    return {
        "authorized": answer.authorized,
        "authorization": answer.authorization,
        "reasons": _reasons(answer.reasons),
        "dispense_rationale_offered": answer.rationale_offered,
        "in_process": answer.in_process,
    }


def _of(answer: RequestAnswer) -> tuple[Reason, ...]:
    return () if answer.reason is None else (answer.reason,)


def _reasons(reasons: Iterable[Reason]) -> list[Answer]:
    return [{"rule": one.rule, "reason": one.reason} for one in reasons]


def _notice(notice: NoticeDue) -> Answer:
    return {"kind": notice.kind, "to": notice.to, "facts": dict(notice.facts)}


_EVENTS: dict[str, Callable[[Session, Mapping[str, Any], datetime, int], Answer]] = {
    "submit": _submit,
    "ask": _ask,
    "dispense_rationale": _dispense_rationale,
    "dispensed": _dispensed,
    "reconfirm": _reconfirm,
    "deactivate": _deactivate,
}
