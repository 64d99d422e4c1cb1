"""Histories of one patient for property tests: forms with all that moves a status, crowded into few days and few values.

A history is a list of `Event`s; each has a receipt of its own and an id that says nothing of the order of admission. Days, values
and minutes are few on purpose: draws of one day, values on both sides of every threshold, resends and two faxes of one moment
must be common, not lucky.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from registry.recording import admit
from registry.submission import Admission, Submission, SubmissionId
from registry.vocabulary import SignatureRole, SignatureVerdict
from tests.registry.world import CLINIC, CORNER, STATUS, World, day, on

LAST_DAY = 12
ANCS = (400, 499.9, 500, 700, 999, 999.9, 1000, 1499, 1500, 1900)
FREQUENCIES = ("weekly", "every_two_weeks", "monthly", "every_six_months", "other")
STATUSES = ("enrolled", "interrupted", "discontinued")
SIGNATURES = {
    "prescriber": {"prescriber": "present", "designee": "absent"},
    "designee": {"prescriber": "absent", "designee": "present"},
    "unsure": {"prescriber": "unsure", "designee": "present"},
    "nobody": {"prescriber": "absent", "designee": "absent"},
}


@dataclass(frozen=True)
class Event:
    """A form about Maria and when it was received."""

    name: str  # its submission id
    form: str
    received_at: datetime
    values: tuple[tuple[str, Any], ...]
    signed: str  # a key of SIGNATURES; "submitter" on a lab form

    def again(self, name: str) -> Event:
        """The same fax, taken in under another id."""
        return replace(self, name=name)

    @property
    def rationale(self) -> tuple[str, float] | None:
        """The draw day and value it answers with the prescriber's own signature."""
        given = dict(self.values)
        if self.signed != "prescriber" or not given.get("rationale"):
            return None
        return given["rationale_draw_date"], given["rationale_anc"]


class Kept(World):
    """Maria a day after her first dispensing, at two outpatient pharmacies and an inpatient one; made once, copied each time."""

    def __init__(self) -> None:
        content, self.maria = _treated()
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        connection.deserialize(content)
        self.session = Session(create_engine("sqlite://", poolclass=StaticPool, creator=lambda: connection))
        self.sent = 100

    def take(self, event: Event, when: datetime) -> Admission:
        """Admits an event at `when`, which is not before its receipt."""
        return admit(self.session, self.as_submission(event), when)

    def as_submission(self, event: Event) -> Submission:
        """The event as the registry takes it."""
        verdicts = {"submitter": "present"} if event.form == "anc_lab_reporting" else SIGNATURES[event.signed]
        present = tuple(role for role, verdict in verdicts.items() if verdict == "present")
        absent = tuple(role for role, verdict in verdicts.items() if verdict == "absent")
        made = self.submission(
            event.form, dict(event.values), event.received_at, present, absent, submission_id=SubmissionId(event.name)
        )
        if event.signed == "unsure":
            made = replace(made, signatures={**made.signatures, SignatureRole.PRESCRIBER: SignatureVerdict.UNSURE})
        return made

    def everything(self, when: datetime) -> dict[str, Any]:
        """All that can be asked of Maria and bears on her medicine; asks on a copy, so that asking changes nothing."""
        self.session.commit()
        known = self.know(self.maria)
        asked = ("treatment_status", "ben", "hospice", "monitoring_frequency", "labs", "last_status_form")
        copy = Kept.__new__(Kept)
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        connection.deserialize(_content(self))
        copy.session = Session(create_engine("sqlite://", poolclass=StaticPool, creator=lambda: connection))
        answer = copy.ask(self.maria, when)
        return {
            **{name: known[name] for name in asked},
            "authorized": answer.authorized,
            "reasons": sorted(one.rule for one in answer.reasons),
            "rationale_offered": answer.rationale_offered,
        }


def _content(world: World) -> bytes:
    connection = world.session.connection().connection.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    return connection.serialize()


@cache
def _treated() -> tuple[bytes, str]:
    world = World()
    maria = world.patient()
    world.designee()
    world.pharmacy()
    world.pharmacy(pharmacy_npi=CLINIC, ar_email="clinic@example.org")
    world.pharmacy(form="inpatient_pharmacy", pharmacy_npi=WARD, ar_email="ward@example.org")
    world.dispense(maria, day(1))
    world.session.commit()
    return _content(world), maria


WARD = "1558598797"
OUTPATIENTS = (CORNER, CLINIC)

DON = (("submitter", "designee"), ("designee_first_name", "DON"), ("designee_last_name", "MAY"))


@st.composite
def moments(draw: st.DrawFn) -> datetime:
    """Of days 3 to 12, in the morning, the evening or after midnight by UTC; often the same."""
    return day(draw(st.integers(3, LAST_DAY))) + timedelta(hours=draw(st.sampled_from((0, 6, 10))))


@st.composite
def status_forms(draw: st.DrawFn, name: str) -> Event:
    """A Patient Status Form with any of its parts."""
    received_at = draw(moments())
    newest = (received_at - day(0)).days
    signed = draw(st.sampled_from(("prescriber", "prescriber", "designee", "unsure", "nobody")))
    values: dict[str, Any] = dict(STATUS)
    if signed != "prescriber":
        values |= dict(DON)
    for number, (drawn, anc) in enumerate(draw(st.lists(results(newest), max_size=2))):
        values |= {f"labs.{number}.draw_date": on(drawn), f"labs.{number}.anc": anc}
    for mark in ("ben", "hospice", "missing_labs_authorized"):
        if draw(st.integers(0, 3)) == 0:
            values[mark] = True
    if draw(st.integers(0, 2)) == 0:
        drawn, anc = draw(results(newest))
        values |= {"rationale": True, "rationale_draw_date": on(drawn), "rationale_anc": anc}
    if draw(st.integers(0, 2)) == 0:
        values["treatment_status"] = draw(st.sampled_from(STATUSES))
    if draw(st.integers(0, 2)) == 0:
        values["monitoring_frequency"] = draw(st.sampled_from(FREQUENCIES))
    return Event(name, "patient_status", received_at, tuple(values.items()), signed)


@st.composite
def lab_reports(draw: st.DrawFn, name: str) -> Event:
    """An ANC Lab Reporting Form."""
    received_at = draw(moments())
    drawn, anc = draw(results((received_at - day(0)).days))
    values = {**STATUS, "submitter_name": "ANN LEE", "labs.0.draw_date": on(drawn), "labs.0.anc": anc}
    return Event(name, "anc_lab_reporting", received_at, tuple(values.items()), "submitter")


def results(newest: int) -> st.SearchStrategy[tuple[int, float]]:
    """A draw day up to the day `newest`, mostly near it, and a value."""
    return st.tuples(st.integers(max(newest - 3, 0), newest), st.sampled_from(ANCS))


@st.composite
def histories(draw: st.DrawFn, least: int = 2, most: int = 5) -> list[Event]:
    """Events in order of receipt and then of name; one of them may be there twice, under two ids."""
    count = draw(st.integers(least, most))
    events = [draw(st.one_of(status_forms(f"e{number}"), lab_reports(f"e{number}"))) for number in range(count)]
    if draw(st.integers(0, 3)) == 0:
        events.append(draw(st.sampled_from(events)).again(f"e{count}"))
    return sorted(events, key=lambda event: (event.received_at, event.name))
