"""What time makes due becomes letters: once, in one call for each recipient, and again after trouble."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from typer.testing import CliRunner

from app import clock_work
from app.command_line import application
from app.database import Database
from app.metrics import registry_of
from app.nudging import Nudge
from app.status import Status, status
from outbound import looking_storage
from outbound import storage as letters
from outbound.delivery import Delivery, DeliveryState
from registry.clock_storage import last_run
from registry.recording import admit
from registry.submission import Reference, Submission, SubmissionId
from registry.vocabulary import Channel, FormCode, SignatureRole, SignatureVerdict
from tests.app.driving import Driven
from tests.registry.world import PATIENT, PRESCRIBER, World, day

OLGA = {"patient_first_name": "OLGA", "patient_last_name": "PETROV", "patient_date_of_birth": "1955-12-24"}


def send(session: Session, number: int, form: FormCode, values: Mapping[str, object], at: datetime) -> None:
    signatures = {SignatureRole.PRESCRIBER: SignatureVerdict.PRESENT}
    submission = Submission(
        SubmissionId(f"s{number}"), Reference(f"R-{number}"), form, None, Channel.FAX, at, dict(values), signatures,
    )  # fmt: skip
    assert admit(session, submission, at).applied


@pytest.fixture
def driven(tmp_path: Path) -> Driven:
    """Two patients of one prescriber, enrolled on day 0."""
    made = Driven(tmp_path)
    assessment = World().submission("prescriber_knowledge", {}, day(0)).values
    with made.house.database.writing() as session:
        from registry.grading import example_answer_keys

        who = {"respondent_first_name": "ANN", "respondent_last_name": "LEE", "prescriber_npi": PRESCRIBER["prescriber_npi"]}
        passed = {**assessment, **who, **example_answer_keys()["prescriber_knowledge"]}
        send(session, 1, FormCode.PRESCRIBER_ENROLLMENT, PRESCRIBER, day(0))
        send(session, 2, FormCode.PRESCRIBER_KNOWLEDGE, passed, day(0))
        send(session, 3, FormCode.PATIENT_ENROLLMENT, PATIENT, day(0))
        send(session, 4, FormCode.PATIENT_ENROLLMENT, {**PATIENT, **OLGA}, day(0))
    return made


def due_letters(driven: Driven) -> list[Delivery]:
    with driven.house.database.reading() as session:
        found = reversed(looking_storage.latest(session, state=DeliveryState.DUE))
    return [one for one in found if one.reference.startswith("D-")]


def test_all_that_is_due_for_one_prescriber_goes_in_one_call_and_is_told_once(driven: Driven) -> None:
    driven.clock.now = day(31)
    for _ in range(3):
        driven.house.clock_work.tick()
    (letter,) = due_letters(driven)
    assert (letter.kinds, letter.fax, letter.reference) == (("status_form_due", "status_form_due"), "3125550143", "D-20231202")
    assert [one.stage for one in driven.house.clock_work.run(day(31.5))] == []
    assert len(due_letters(driven)) == 1


@pytest.mark.parametrize(("at", "kind"), [(31, "status_form_due"), (38.5, "status_form_overdue")])
def test_a_reminder_of_a_status_form_brings_it_printed_for_each_patient_to_the_prescribers_number(
    driven: Driven, at: float, kind: str
) -> None:
    driven.house.clock_work.run(day(at))
    (letter,) = due_letters(driven)
    with driven.house.database.reading() as session:
        reminders = letters.notices_of(session, letter.delivery_id)
    assert [one.kind for one in reminders] == [kind, kind]
    printed = [form.values for one in reminders for form in one.enclosures]
    assert [one["patient_id"] for one in printed] == [one.facts["patient_id"] for one in reminders]  # type: ignore[index]
    assert {one["patient_first_name"] for one in printed} == {PATIENT["patient_first_name"], "OLGA"}
    assert {one["prescriber_fax"] for one in printed} == {letter.fax}


def ran_at(driven: Driven) -> datetime | None:
    with driven.house.database.reading() as session:
        return last_run(session)


def test_it_runs_at_the_start_and_then_once_a_program_day(driven: Driven) -> None:
    ran = []
    # 15:00 UTC is the morning of the first, 03:00 UTC still its evening, 06:00 UTC the second
    for hours in (0, 1, 12, 15, 16, 24 + 15):
        driven.clock.now = day(0) + timedelta(hours=hours)
        driven.house.clock_work.tick()
        ran.append(ran_at(driven) == driven.clock.now)
    assert ran == [True, False, False, True, False, True]


def test_one_look_of_the_worker_tells_one_transaction_s_worth_and_the_next_goes_on(driven: Driven, monkeypatch) -> None:
    monkeypatch.setattr(clock_work, "MOST_AT_ONCE", 1)
    driven.clock.now = day(31)
    seen = []
    for _ in range(3):
        driven.house.clock_work.tick()
        seen.append((len(due_letters(driven)), ran_at(driven) is not None))
    assert seen == [(1, False), (2, True), (2, True)]


def test_a_crash_between_two_transactions_leaves_the_rest_to_the_next_run(driven: Driven, monkeypatch) -> None:
    monkeypatch.setattr(clock_work, "MOST_AT_ONCE", 1)
    sent = []

    class DiesAfterTheFirst:
        def send(self, nudges: list[Nudge]) -> None:
            sent.append(nudges)
            raise KeyboardInterrupt

    driven.house.nudges = DiesAfterTheFirst()  # type: ignore[assignment]
    with pytest.raises(KeyboardInterrupt):
        driven.house.clock_work.run(day(31))
    assert [one.kinds for one in due_letters(driven)] == [("status_form_due",)]
    assert ran_at(driven) is None, "it did not come to its end"
    again = Driven(driven.house.folders.root.parent)
    assert len(again.house.clock_work.run(day(32))) == 1
    assert [one.kinds for one in due_letters(again)] == [("status_form_due",)] * 2


def test_a_database_that_does_not_answer_stops_nothing_and_is_asked_again_a_minute_later(driven: Driven) -> None:
    tried = []

    class Away(Database):
        def reading(self):
            tried.append(driven.clock.now)
            raise OperationalError("SELECT", {}, Exception("away"))

    there, driven.house.database = driven.house.database, Away("sqlite://")
    work = driven.house.clock_work
    for seconds in (0, 30, 61):
        driven.clock.now = day(31) + timedelta(seconds=seconds)
        work.tick()
    assert tried == [day(31), day(31) + timedelta(seconds=61)]
    driven.house.database = work._database = there
    driven.clock.now = day(31) + timedelta(seconds=200)
    work.tick()
    assert len(due_letters(driven)) == 1


def test_when_it_last_ran_is_seen_in_status_and_metrics(driven: Driven) -> None:
    def look() -> Status:
        return status(driven.house.database, driven.house.broker, day(31))

    assert look().to_json()["clock_last_ran"] is None
    driven.house.clock_work.run(day(31))
    assert look().to_json()["clock_last_ran"] == "2023-12-02T15:00:00+00:00"
    shown = {one.name: one.samples[0].value for one in registry_of(look).collect() if one.samples}
    assert shown["remsfax_clock_last_run_timestamp_seconds"] == day(31).timestamp()


def test_an_operator_looks_and_tells_at_any_moment(driven: Driven) -> None:
    def typed(*words: str) -> list[dict[str, object]]:
        data = str(driven.house.folders.root)
        done = CliRunner().invoke(application, ["clock", "--data", data, "--at", "2023-12-02T15:00:00Z", *words, "--json"])
        assert done.exit_code == 0, done.output
        return [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]

    assert [one["stage"] for one in typed("--look")] == ["status_form_due"] * 2
    assert [one["stage"] for one in typed()] == ["status_form_due"] * 2
    assert typed() == []


@pytest.mark.parametrize("moment", ["tomorrow", "2023-12-02T15:00:00"])
def test_a_moment_that_is_none_or_has_no_zone_is_wrong_usage(driven: Driven, moment: str) -> None:
    done = CliRunner().invoke(application, ["clock", "--data", str(driven.house.folders.root), "--at", moment])
    assert done.exit_code == 2
