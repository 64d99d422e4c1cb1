"""The people of the registry, for the desk's pages: found, shown with their whole history, put right.

What: `PersonDesk` fills `review_queue.people.People` from the registry; what an act makes due becomes letters in its transaction.
Why: the desk knows no registry table, the registry no page and no letter.
Refuses: to decide; the registry says whether an act is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.acts import tell_of_act
from app.answers import Desk
from intake.forms.date_values import DayKind, parse_date
from registry import corrections, merging, own_lists, storage
from registry.agreement import Named
from registry.audit import Cause
from registry.history import Event, StoodRecord, from_where, history_of, people_named
from registry.identifiers import normal_patient_id, print_patient_id
from registry.matching import Match
from registry.moments import day_ends
from registry.names import plain_name
from registry.near import in_words, near_patients
from registry.patients import AncResult, Patient, Rationale, Statement, StatusForm, Withdrawal
from registry.policies import PROGRAM_ZONE
from registry.resettling import ActAnswer
from review_queue.people import Act, ActKind, FoundPerson, HistoryLine, PatientRecordLine, PersonPage, Twin

NOT_SHOWN = {"serial", "patient_id", "name_key", "merged_into", "dispensed_from"}
"""Fields of a record that say nothing to a reader, or stand elsewhere on the page."""

RECORDS: dict[str, Callable[[dict[str, Any]], str]] = {
    AncResult.__name__: lambda one: f"ANC {one['anc']:g}/µL drawn {_shown(one['draw_date'])}",
    Rationale.__name__: lambda one: f"Treatment Rationale for ANC {one['anc']:g}/µL drawn {_shown(one['draw_date'])}",
    StatusForm.__name__: lambda one: "Patient Status Form, completed",
    Statement.__name__: lambda one: f"{one['about'].replace('_', ' ')}: {one['value']}",
}
"""How the records behind a status are named, by type."""

KEYS = {AncResult.__name__: "result_id", Rationale.__name__: "rationale_id", StatusForm.__name__: "status_form_id",
        Statement.__name__: "statement_id"}  # fmt: skip


class PersonDesk:
    """The registry's people for the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def find(self, session: Session, text: str, now: datetime) -> Sequence[FoundPerson]:
        """By identifier, or by last name and birth date in any order."""
        found = [FoundPerson(kind, key, _words(session, kind, key)) for kind, key in people_named(session, text)]
        return found or [
            FoundPerson("patient", one.patient_id, _patient_words(one)) for one in _by_name_and_birth_date(session, text, now)
        ]

    def look(self, session: Session, kind: str, key: str, as_of: date | None) -> PersonPage | None:
        """With what was known at the end of that program day; today's twins only."""
        if kind == "patient":
            key = normal_patient_id(key) or key
        try:
            history = history_of(session, kind, key, None if as_of is None else day_ends(as_of) - timedelta(microseconds=1))
        except ValueError:
            return None
        own = next((one for one in history.records if one.key == key), None)
        if own is None:
            return None
        values = dict(own.values)
        patient = storage.load(session, Patient, key) if kind == "patient" else None
        return PersonPage(
            kind=kind,
            key=key,
            name=_name(values),
            number=print_patient_id(key) if kind == "patient" else key,
            facts=tuple((_label(field), _shown(value)) for field, value in values.items()
                        if value not in (None, "", False) and field not in NOT_SHOWN),
            history=tuple(map(_line, reversed(history.events))),
            records=tuple(_record_lines(history.records)),
            twins=() if patient is None or as_of is not None else tuple(_twins(session, patient)),
            absorbed=() if patient is None else tuple(_absorbed(session, patient)),
            merged_into=str(values.get("merged_into") or ""),
            listed=patient is not None and patient.off_list_since is None and patient.merged_into is None,
        )  # fmt: skip

    def act(self, session: Session, patient_id: str, act: Act, actor: str, now: datetime) -> str:
        """Done in the session's transaction, letters and events included; why not, or empty."""
        answer = _done(session, patient_id, act, Cause(now, actor, "web", reason=act.reason or None))
        if not answer.done:
            return answer.reason
        tell_of_act(
            session, f"{act.kind.value}:{patient_id}", answer.notices, self._desk, now
        )  # the sweep sends, if nobody before
        return ""


def _done(session: Session, patient_id: str, act: Act, cause: Cause) -> ActAnswer:
    other = normal_patient_id(act.other_id) or act.other_id
    if act.kind is ActKind.WITHDRAW:
        return corrections.withdraw(session, act.record_id, cause, act.reason)
    if act.kind is ActKind.MERGE:
        return merging.merge(session, other, patient_id, cause, act.reason)
    if act.kind is ActKind.UNMERGE:
        return merging.unmerge(session, other, cause, act.reason)
    if act.kind is ActKind.OFF_LIST:
        patient = storage.load(session, Patient, patient_id)
        return own_lists.take_off_list(session, patient.prescriber_npi if patient else "", patient_id, cause, act.reason)
    if act.draw_date is None or act.anc is None:
        return ActAnswer(False, "Give the draw date and the ANC per µL as they stand on the form.")
    return corrections.correct_anc(session, act.record_id, act.draw_date, act.anc, cause, act.reason)


def _by_name_and_birth_date(session: Session, text: str, now: datetime) -> list[Patient]:
    """Patients of a last name (any of the words) with that birth date, by indexed look-up."""
    read = {word: parse_date(word, now.date(), DayKind.BIRTH).iso for word in text.replace(",", " ").split()}
    days = [day for day in read.values() if day is not None]
    names = {name for word, day in read.items() if day is None and (name := plain_name(word))}
    if len(days) != 1 or not names:
        return []
    return storage.find(session, Patient, {"last_name_key": names, "date_of_birth": date.fromisoformat(days[0])}, 50)


def _words(session: Session, kind: str, key: str) -> str:
    if kind == "patient" and (patient := storage.load(session, Patient, key)) is not None:
        return _patient_words(patient)
    history = history_of(session, kind, key)
    own = next((one for one in history.records if one.key == key), None)
    return key if own is None else f"{_name(dict(own.values))}, {key}"


def _patient_words(patient: Patient) -> str:
    born = f"{patient.date_of_birth:%m/%d/%Y}"
    return f"{patient.full_name}, born {born}, {print_patient_id(patient.patient_id)}, {patient.treatment_status.label}"


def _name(values: dict[str, Any]) -> str:
    person = " ".join(str(values[part]) for part in ("first_name", "last_name") if values.get(part))
    return person or str(values.get("name") or values.get("company_name") or next(iter(values.values())))


def _label(field: str) -> str:
    words = field.replace("_", " ").replace("npi", "NPI").replace("anc", "ANC").replace("zip", "ZIP").replace("dea", "DEA")
    return words[:1].upper() + words[1:]


def _shown(value: Any) -> str:
    """As people write it; moments on the program's day and clock."""
    if value is True:
        return "yes"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}T.*", text):
        return _moment(datetime.fromisoformat(text))
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return f"{date.fromisoformat(text):%m/%d/%Y}"
    return text


def _moment(at: datetime) -> str:
    return f"{at.astimezone(ZoneInfo(PROGRAM_ZONE)):%m/%d/%Y %H:%M}"


def _line(event: Event) -> HistoryLine:
    changes = tuple(
        f"{_label(one.field)}: {_shown(one.after)}" if one.before is None else
        f"{_label(one.field)}: {_shown(one.before)} → {'blank' if one.after is None else _shown(one.after)}"
        for one in event.changes if one.field not in NOT_SHOWN
    )  # fmt: skip
    by = ", ".join(filter(None, (event.actor, event.channel, from_where(event))))
    title = re.sub(r"\d{4}-\d{2}-\d{2}T[0-9:.+Z-]+", lambda found: _shown(found[0]), event.title)
    return HistoryLine(_moment(event.at), title, by, event.reason or "", (*event.details, *changes))


def _record_lines(records: Sequence[StoodRecord]) -> list[PatientRecordLine]:
    gone = {one.values["record_id"]: one.values for one in records if one.record == Withdrawal.__name__}
    lines = []
    behind = [one for one in records if one.record in RECORDS]
    for one in sorted(behind, key=lambda found: (str(found.values["received_at"]), found.key), reverse=True):
        values = dict(one.values)
        away = gone.get(one.key)
        is_anc = one.record == AncResult.__name__
        lines.append(
            PatientRecordLine(
                record_id=str(values[KEYS[one.record]]),
                words=RECORDS[one.record](values),
                received=_shown(values["received_at"]),
                gone="" if away is None else f"withdrawn {_shown(away['at'])} by {away['by']}: {away['reason']}",
                draw_date=str(values["draw_date"]) if is_anc else "",
                anc=f"{values['anc']:g}" if is_anc else "",
            )
        )
    return lines


def _twins(session: Session, patient: Patient) -> list[Twin]:
    named = Named(None, patient.first_name, patient.last_name, patient.date_of_birth, patient.zip, patient.sex)
    own = {patient.patient_id, patient.merged_into}
    return [
        Twin(one.patient.patient_id, in_words(one))
        for one in near_patients(session, named)
        if one.patient.patient_id not in own and one.patient.merged_into is None and one.kind in (Match.SAME, Match.NEAR)
    ]


def _absorbed(session: Session, patient: Patient) -> list[Twin]:
    found = storage.find(session, Patient, {"merged_into": patient.patient_id})
    return [Twin(one.patient_id, _patient_words(one)) for one in found]
