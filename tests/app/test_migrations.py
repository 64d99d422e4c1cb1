"""One history for all floors' tables."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from app.database import Database
from app.migrations import all_metadata, configuration, differences, upgrade
from outbound import looking_storage, numbers_storage
from outbound.delivery import DeliveryId, DeliveryState
from outbound.numbers import whose
from registry.audit import Cause
from registry.dispensing import check
from registry.patients import Patient
from registry.resettling import settle_marked
from registry.storage import load
from registry.vocabulary import MonitoringFrequency, TreatmentStatus
from tests.registry.world import ANN


def test_the_history_makes_exactly_the_tables_that_the_models_say(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    upgrade(database.engine)
    assert differences(database.engine) == []


def test_upgrading_twice_changes_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    upgrade(database.engine)
    upgrade(database.engine)
    tables = {name for one in all_metadata() for name in one.tables}
    assert set(inspect(database.engine).get_table_names()) == tables | {"alembic_version"}


def test_processes_that_start_at_once_upgrade_once(tmp_path: Path) -> None:
    def start(_: int) -> None:
        database = Database(f"sqlite:///{tmp_path / 'x.db'}")
        upgrade(database.engine)
        database.close()

    with ThreadPoolExecutor(4) as processes:
        list(processes.map(start, range(4)))
    assert differences(Database(f"sqlite:///{tmp_path / 'x.db'}").engine) == []


def test_the_way_back_leaves_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    upgrade(database.engine)
    with database.engine.begin() as connection:
        command.downgrade(configuration(connection), "base")
    assert inspect(database.engine).get_table_names() == ["alembic_version"]


def test_what_stands_there_already_can_be_looked_up_by_the_new_columns(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    with database.engine.begin() as connection:
        command.upgrade(configuration(connection), "0002")
        values = {"npi": "1012345678", "city": "St. Louis", "certified_at": "2024-02-29 15:00:00.000000", "name_key": "corner"}
        connection.execute(text(f"INSERT INTO registry_pharmacies ({', '.join(values)}) VALUES (:{', :'.join(values)})"), values)
        connection.execute(
            text("INSERT INTO registry_prescribers (npi, first_name, city, last_name_key) VALUES ('1', 'José', 'Joliet', 'roe')")
        )
    upgrade(database.engine)
    with database.engine.connect() as connection:
        pharmacy = connection.execute(text("SELECT city_key, reconfirm_by FROM registry_pharmacies")).one()
        prescriber = connection.execute(text("SELECT first_name_key, city_key FROM registry_prescribers")).one()
    assert tuple(pharmacy) == ("stlouis", "2026-02-28")
    assert tuple(prescriber) == ("jose", "joliet")


def test_forms_that_stand_there_already_are_found_by_whom_they_name_in_several_steps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    forms = [(f"s{number}", {"prescriber_npi": ANN, "patient_id": "4417-0823-D"}, {}) for number in range(5)]
    forms.append(("t", {"pharmacy_npi": "no NPI"}, {"patient_id": "44170823D"}))
    with database.engine.begin() as connection:
        command.upgrade(configuration(connection), "0006")
        for submission_id, values, ids in forms:
            row = {"id": submission_id, "said": json.dumps({"values": values}), "answer": json.dumps({"ids": ids})}
            connection.execute(text(STORED), row)
        script = ScriptDirectory.from_config(configuration(connection)).get_revision("0007")
    monkeypatch.setattr(script.module, "AT_ONCE", 2)
    upgrade(database.engine)
    with database.engine.connect() as connection:
        rows = connection.execute(text("SELECT subject, submission_id FROM registry_submission_subjects"))
        found = {(row.subject, row.submission_id) for row in rows}
    of_five = {(subject, f"s{number}") for number in range(5) for subject in (f"npi:{ANN}", "patient:44170823D")}
    assert found == {*of_five, ("patient:44170823D", "t")}


STORED = (
    "INSERT INTO registry_submissions (submission_id, reference, form, received_at, admitted_at, admitted, submission, "
    "admission) VALUES (:id, 'R-1', 'patient_status', '2023-11-01 15:00:00', '2023-11-01 15:00:00', 'no', :said, :answer)"
)


def test_every_table_name_says_whose_it_is() -> None:
    prefixes = ("intake_", "review_", "registry_", "outbound_", "case_", "api_")
    assert [name for one in all_metadata() for name in one.tables if not name.startswith(prefixes)] == []


def test_patients_of_an_earlier_version_keep_what_their_record_said_and_wait_until_they_are_settled(tmp_path: Path) -> None:
    """BEN, a stated Interrupted and a gap of labs were columns before; they are what the history says after."""
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    with database.engine.begin() as connection:
        command.upgrade(configuration(connection), "0002")
        for statement in EARLIER:
            connection.exec_driver_sql(statement)
    upgrade(database.engine)
    with database.writing() as session:
        before = load(session, Patient, "44170823D")
        assert before is not None
        assert check(None, before, MOMENT).reasons, "nothing is dispensed before it is settled"
        assert settle_marked(session, Cause(MOMENT, "remsfax", "upgrade")) == 1
        after = load(session, Patient, "44170823D")
    assert after is not None
    assert (after.ben, after.hospice, after.treatment_status, after.latest_anc, after.low_open) == (
        True, False, TreatmentStatus.INTERRUPTED, 900.0, False,
    )  # fmt: skip
    assert after.missing_labs == "2023-11-03 to 2023-11-20"
    assert after.monitoring_frequency is MonitoringFrequency.WEEKLY
    assert differences(database.engine) == []


def test_letters_of_an_earlier_version_keep_recipient_and_last_attempt_and_confirm_their_numbers(
    tmp_path: Path,
) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    letters = (
        ("d1", "delivered", "1"),
        ("d2", "sending", "2"),
        ("d3", "sending", "1"),
        ("d4", "abandoned", "8"),
        ("d5", "due", "0"),
    )
    with database.engine.begin() as connection:
        command.upgrade(configuration(connection), "0009")
        for number, (delivery_id, state, attempts) in enumerate(letters, start=1):
            values = {"id": delivery_id, "number": number, "state": state, "attempts": attempts}
            connection.exec_driver_sql(DELIVERY, values)
            connection.exec_driver_sql(NOTICE, {"id": delivery_id, "facts": '{"facts": {}}'})
        connection.exec_driver_sql(
            "INSERT INTO outbound_delivery_events VALUES ('d4', 1, '2026-01-02', 'close_by_person', 'abandoned', 'mira', 'told')"
        )
    upgrade(database.engine)
    with database.reading() as session:
        found = {one: looking_storage.letter(session, DeliveryId(one)) for one, _, _ in letters}
        (holder,) = numbers_storage.holders_of(session, "2025550133")
    assert {(one.delivery.role, one.delivery.name) for one in found.values()} == {("prescriber", "Ann Lee")}
    assert [len(one.attempts) for one in found.values()] == [1, 1, 1, 1, 0]
    assert (found["d2"].delivery.state, found["d2"].delivery.call_tag) == (DeliveryState.SENDING, "d2-2")
    assert found["d3"].delivery.state is DeliveryState.UNCERTAIN, "of two calls to one number one is left to a person"
    assert (found["d4"].delivery.closed_by, holder.confirmed_how, holder.name) == ("mira", "earlier", "Ann Lee")
    assert whose(holder.role, holder.name) == "prescriber:ann lee"
    assert differences(database.engine) == []


DELIVERY = (
    "INSERT INTO outbound_deliveries (delivery_id, reference, number, urgent, fax, state, attempts, attempts_before, "
    "gateway_reference, pages, pages_sha256, last_word, created_at, version) VALUES (:id, 'R-1', :number, 0, '2025550133', "
    ":state, :attempts, 0, 'job', 2, '', '', '2026-01-01', 1)"
)
NOTICE = (
    "INSERT INTO outbound_notices (key, kind, reference, delivery_id, place, role, name, facts, made_at) VALUES (:id, "
    "'anc_recorded', 'R-1', :id, 1, 'prescriber', 'Ann Lee', :facts, '2026-01-01')"
)


MOMENT = datetime(2023, 12, 1, 15, tzinfo=UTC)
EARLIER = (
    "INSERT INTO registry_patients (patient_id, serial, first_name, last_name, date_of_birth, prescriber_npi, ben, hospice, "
    "monitoring_frequency, enrolled_at, treatment_status, status_since, name_key, last_name_key) VALUES ('44170823D', 0, "
    "'MARIA', 'GARCIA', '1980-02-03', '1234567893', 1, 0, 'weekly', '2023-11-01 15:00:00', 'interrupted', '2023-11-20', "
    "'garcia maria', 'garcia')",
    "INSERT INTO registry_anc_results VALUES ('s1:labs.0', '44170823D', '2023-11-03', 900.0, '2023-11-20 15:00:00', "
    "'patient_status', 's1')",
    "INSERT INTO registry_status_forms (status_form_id, patient_id, prescriber_npi, received_at, period_start, "
    "missing_labs_authorized, monitored) VALUES ('s1', '44170823D', '1234567893', '2023-11-20 15:00:00', '2023-11-01', 0, "
    "'weekly')",
    "INSERT INTO registry_status_changes VALUES ('s1:status', '44170823D', '2023-11-20 15:00:00', 'enrolled', 'interrupted', "
    "'reported as Interrupted on the status form', NULL)",
)
"""One patient as revision 0002 kept it."""
