"""An invented small world in an in-memory registry, and complete forms of each kind to change one thing in."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from registry import dispense_requests, questions
from registry.dispense_requests import DispenseAnswer
from registry.grading import example_answer_keys
from registry.identifiers import iso_day
from registry.recording import admit
from registry.storage import Base
from registry.submission import Admission, Reference, Submission, SubmissionId
from registry.vocabulary import Channel, FormCode, SignatureRole, SignatureVerdict

DAY_ONE = datetime(2023, 11, 1, 15, 0, tzinfo=UTC)
"""10 or 11 in the morning, US Eastern."""

ANN, BEA = "1234567893", "1558598797"
CORNER, CLINIC = "1012345678", "2012345676"

PRESCRIBER = {
    "prescriber_first_name": "ANN", "prescriber_last_name": "LEE", "credentials": "md", "prescriber_npi": ANN,
    "prescriber_dea": "AP5836727", "address": "1 Main St", "city": "Springfield", "state": "IL", "zip": "62701",
    "prescriber_phone": "3125550142", "prescriber_fax": "3125550143", "prescriber_email": "ann@example.org",
    "attestation_1": True,
}  # fmt: skip
OTHER_PRESCRIBER = {
    **PRESCRIBER, "prescriber_first_name": "BEA", "prescriber_last_name": "FOX", "prescriber_npi": BEA, "prescriber_dea": None,
    "prescriber_email": "bea@example.org", "prescriber_fax": "3125550199",
}  # fmt: skip
DESIGNEE = {
    "prescriber_first_name": "ANN", "prescriber_last_name": "LEE", "prescriber_npi": ANN,
    "designee_first_name": "DON", "designee_last_name": "MAY", "designee_role": "staff", "designee_phone": "3125550150",
    "designee_email": "don@example.org", "attestation_1": True,
}  # fmt: skip
PHARMACY = {
    "pharmacy_name": "CORNER DRUGS", "pharmacy_kind": "single", "pharmacy_npi": CORNER, "pharmacy_ncpdp": "1412345",
    "address": "2 Elm St", "city": "Springfield", "state": "IL", "zip": "62702", "pharmacy_phone": "3125550160",
    "pharmacy_fax": "3125550161", "ar_first_name": "RAY", "ar_last_name": "HILL", "ar_title": "pharmacy_manager",
    "ar_phone": "3125550162", "ar_email": "ray@example.org",
}  # fmt: skip
PATIENT = {
    "patient_first_name": "MARIA", "patient_last_name": "GARCIA", "patient_date_of_birth": "1980-02-03", "patient_sex": "female",
    "patient_zip": "62701", "prescriber_first_name": "ANN", "prescriber_last_name": "LEE", "prescriber_npi": ANN,
    "prescriber_phone": "3125550142", "prescriber_fax": "3125550143", "submitter": "prescriber",
    "monitoring_frequency": "weekly", "labs.0.draw_date": "2023-10-31", "labs.0.anc": 2100,
}  # fmt: skip
STATUS = {
    "patient_first_name": "MARIA", "patient_last_name": "GARCIA", "patient_date_of_birth": "1980-02-03", "patient_zip": "62701",
    "prescriber_first_name": "ANN", "prescriber_last_name": "LEE", "prescriber_npi": ANN, "submitter": "prescriber",
}  # fmt: skip
DISTRIBUTOR = {
    "company_name": "WIDE WHOLESALE", "distributor_hin": "A1B2C3D40", "address": "3 Dock Rd", "city": "Joliet", "state": "IL",
    "zip": "60431", "ar_first_name": "SUE", "ar_last_name": "PIKE", "ar_title": "Manager", "ar_phone": "3125550170",
    "ar_email": "sue@example.org", "secure_ftp": "yes", "attestation_1": True, "attestation_2": True,
}  # fmt: skip


def day(number: float) -> datetime:
    """The moment of day `number` of this world; day 0 is the first."""
    return DAY_ONE + timedelta(days=number)


def on(number: int) -> str:
    """The ISO day of day `number`."""
    return day(number).date().isoformat()


@cache
def _empty_registry() -> bytes:
    """An empty database with all tables, made once: a copy of it is a fresh world in no time."""
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    Base.metadata.create_all(create_engine("sqlite://", poolclass=StaticPool, creator=lambda: connection))
    connection.commit()
    return connection.serialize()


class World:
    """A registry in memory and short ways to send it forms."""

    def __init__(self, session: Session | None = None) -> None:
        connection = sqlite3.connect(":memory:", check_same_thread=False)
        connection.deserialize(_empty_registry())
        self.session = session or Session(create_engine("sqlite://", poolclass=StaticPool, creator=lambda: connection))
        self.sent = 0

    def submission(self, form: str, values: Mapping[str, Any], at: datetime, signed: tuple[str, ...] = (),
                   absent: tuple[str, ...] = (), **changes: Any) -> Submission:  # fmt: skip
        self.sent += 1
        verdicts = {SignatureRole(role): SignatureVerdict.PRESENT for role in signed}
        verdicts |= {SignatureRole(role): SignatureVerdict.ABSENT for role in absent}
        taken: dict[str, Any] = {
            "submission_id": SubmissionId(f"s{self.sent}"), "reference": Reference(f"R-{self.sent}"), "form": FormCode(form),
            "revision": "2023-11", "channel": Channel.FAX, "received_at": at, "values": values, "signatures": verdicts,
            "sender_fax": "3125550999",
        }  # fmt: skip
        return Submission(**{**taken, **changes})

    def send(self, form: str, values: Mapping[str, Any], at: datetime = DAY_ONE, signed: tuple[str, ...] = (),
             absent: tuple[str, ...] = (), **changes: Any) -> Admission:  # fmt: skip
        return admit(self.session, self.submission(form, values, at, signed, absent, **changes), at)

    def assessment(self, form: str = "prescriber_knowledge", at: datetime = DAY_ONE, **values: Any) -> Admission:
        who = {"respondent_first_name": "ANN", "respondent_last_name": "LEE", "prescriber_npi": ANN}
        if form == "pharmacy_knowledge":
            who = {
                "respondent_first_name": "RAY",
                "respondent_last_name": "HILL",
                "pharmacy_name": "CORNER",
                "pharmacy_npi": CORNER,
            }
        return self.send(form, {**who, **example_answer_keys()[form], **values}, at)

    def prescriber(self, at: datetime = DAY_ONE, values: Mapping[str, Any] = PRESCRIBER) -> None:
        self.send("prescriber_enrollment", values, at, ("prescriber",))
        first, last = values["prescriber_first_name"], values["prescriber_last_name"]
        npi = values["prescriber_npi"]
        self.assessment(at=at, respondent_first_name=first, respondent_last_name=last, prescriber_npi=npi)

    def designee(self, at: datetime = DAY_ONE) -> Admission:
        return self.send("prescriber_designee", DESIGNEE, at, ("prescriber", "designee"))

    def pharmacy(self, at: datetime = DAY_ONE, form: str = "outpatient_pharmacy", **values: Any) -> Admission:
        enrolled = {**PHARMACY, **values}
        self.assessment(
            "pharmacy_knowledge", at, pharmacy_npi=enrolled["pharmacy_npi"],
            respondent_first_name=enrolled["ar_first_name"], respondent_last_name=enrolled["ar_last_name"],
        )  # fmt: skip
        return self.send(form, enrolled, at + timedelta(minutes=1), ("ar",))

    def patient(self, at: datetime = DAY_ONE, **values: Any) -> str:
        """Enrolls Maria with Ann, who is certified first; gives the REMS Patient ID."""
        self.prescriber(at)
        admission = self.send("patient_enrollment", {**PATIENT, **values}, at, ("prescriber",))
        return admission.ids["patient_id"]

    def status(self, at: datetime, *labs: tuple[int, float], signed: tuple[str, ...] = ("prescriber",),
               channel: Channel = Channel.FAX, **values: Any) -> Admission:  # fmt: skip
        """A Patient Status Form about Maria with ANCs of days."""
        rows: dict[str, Any] = {}
        for row, (number, anc) in enumerate(labs):
            rows |= {f"labs.{row}.draw_date": on(number), f"labs.{row}.anc": anc}
        absent = tuple(role for role in ("prescriber", "designee") if role not in signed)
        return self.send("patient_status", {**STATUS, **rows, **values}, at, signed, absent, channel=channel)

    def lab(self, at: datetime, number: int, anc: float, **values: Any) -> Admission:
        """An ANC Lab Reporting Form about Maria."""
        row = {"labs.0.draw_date": on(number), "labs.0.anc": anc}
        return self.send("anc_lab_reporting", {**STATUS, **row, "submitter_name": "ANN LEE", **values}, at, ("submitter",))

    def ask(self, patient_id: str, at: datetime, pharmacy: str = CORNER) -> DispenseAnswer:
        return dispense_requests.ask_dispense(self.session, pharmacy, patient_id, at)

    def dispense(self, patient_id: str, at: datetime) -> None:
        """A first dispensing that is authorized and reported."""
        answer = self.ask(patient_id, at)
        assert answer.authorization is not None, answer.reasons
        dispense_requests.report_dispensed(self.session, answer.authorization, at)

    def rationale(self, patient_id: str, at: datetime, number: int, anc: float | None = 1900, pharmacy: str = CORNER,
                  prescriber: str | None = ANN) -> DispenseAnswer:  # fmt: skip
        return dispense_requests.give_rationale(self.session, pharmacy, patient_id, prescriber, iso_day(on(number)), anc, at)

    def know(self, patient_id: str) -> dict[str, Any]:
        found = questions.patient(self.session, patient_id)
        assert found is not None
        return found


def rules(admission: Admission) -> set[tuple[str, str]]:
    """Part and rule of each refusal."""
    return {(one.part, one.rule) for one in admission.refused}


def parts(admission: Admission) -> set[str]:
    """The parts that were applied."""
    return {one.part for one in admission.applied}


def kinds(admission: Admission) -> list[str]:
    """The notices due, by kind."""
    return [one.kind for one in admission.notices]
