"""The same registry on PostgreSQL, where many write at once: nothing is lost between two that decide at the same time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from app.database import Database
from app.migrations import all_metadata, differences, upgrade
from registry import dispense_requests, questions, storage
from registry.patients import Patient
from registry.recording import admit
from registry.submission import Submission
from tests.registry.test_every_query_has_an_index import SMALL, a_busy_day, heard
from tests.registry.world import CORNER, PATIENT, STATUS, World, day, on
from tools.throwaway_postgres import NoPostgres, throwaway_postgres


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    try:
        with throwaway_postgres(tmp_path_factory.mktemp("postgres")) as address:
            database = Database(address)
            upgrade(database.engine)
            yield database
            database.close()
    except NoPostgres as missing:
        pytest.skip(str(missing))


@pytest.fixture
def database(cluster: Database) -> Database:
    """All tables empty, as the upgrade leaves them."""
    tables = ", ".join(f'"{name}"' for one in all_metadata() for name in one.tables)
    with cluster.engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {tables}"))
        for seed in SEEDS:
            if seed[0] in {name for one in all_metadata() for name in one.tables}:
                connection.execute(text(seed[1]))
    return cluster


SEEDS = (("registry_counters", "INSERT INTO registry_counters VALUES ('enrollment', 0), ('authorization', 0)"),)
"""Rows that the upgrade itself makes."""


def at_once(database: Database, *works: Callable[[Session], Any]) -> list[Any]:
    """Runs each in a transaction and thread of its own, begun together; one that lost a race tries again, as a worker does."""
    ready = Barrier(len(works))

    def run(work: Callable[[Session], Any]) -> Any:
        ready.wait()
        for _ in range(20):
            try:
                with database.writing() as session:
                    return work(session)
            except (IntegrityError, OperationalError):
                continue
        raise AssertionError("lost twenty races")

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def settled_world(database: Database) -> tuple[World, str]:
    with database.writing() as session:
        world = World(session)
        maria = world.patient()
        world.pharmacy()
    return world, maria


def test_the_history_of_migrations_makes_the_tables_that_the_models_say(cluster: Database) -> None:
    assert differences(cluster.engine) == []


def test_a_busy_day_ends_as_on_sqlite(database: Database) -> None:
    here, there = World(), None
    a_busy_day(here)
    with database.writing() as session:
        there = World(session)
        a_busy_day(there)
        assert answers(there) == answers(here)


def answers(world: World) -> str:
    patients = [questions.patient(world.session, one.patient_id) for one in storage.find(world.session, Patient, {})]
    due = [(one.kind, dict(one.facts)) for one in questions.due(world.session, day(60))]
    given = storage.dispense_history(world.session, str((patients[0] or {})["patient_id"]))
    return json.dumps([patients, due, questions.certified_pharmacies(world.session, day(60)), repr(given)], sort_keys=True)


def test_no_statement_of_a_busy_day_reads_a_whole_table(database: Database) -> None:
    with database.writing() as session:
        with heard(session) as sent:
            a_busy_day(World(session))
        session.execute(text("SET LOCAL enable_seqscan = off"))
        whole = set()
        for statement, parameters in sent:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                plan = "\n".join(row[0] for row in session.connection().exec_driver_sql(f"EXPLAIN {statement}", parameters))
                whole |= {f"{name}: {statement}" for name in re.findall(r"Seq Scan on (\w+)", plan) if name not in SMALL}
    assert whole == set()


def test_two_anc_reports_of_one_patient_admitted_at_once_both_count(database: Database) -> None:
    world, maria = settled_world(database)

    def report(number: int, anc: float) -> Submission:
        row = {"labs.0.draw_date": on(number), "labs.0.anc": anc}
        return world.submission("anc_lab_reporting", {**STATUS, **row, "submitter_name": "ANN LEE"}, day(9), ("submitter",))

    reports = [report(number, anc) for number, anc in ((5, 1800), (6, 800), (7, 1700), (8, 1600))]
    at_once(database, *(lambda session, one=one: admit(session, one, day(9)) for one in reports))
    with database.reading() as session:
        found = questions.patient(session, maria)
    assert found is not None
    assert [one["anc"] for one in found["labs"]] == [2100, 1800, 800, 1700, 1600]
    with database.reading() as session:
        stored = storage.load(session, Patient, maria)
    assert stored is not None
    assert (stored.latest_anc, stored.latest_draw) == (1600, day(8).date())


def test_one_new_patient_enrolled_by_two_forms_at_once_is_one_patient(database: Database) -> None:
    with database.writing() as session:
        world = World(session)
        world.prescriber()
    forms = [world.submission("patient_enrollment", PATIENT, day(1), ("prescriber",)) for _ in range(4)]
    answered = at_once(database, *(lambda session, one=one: admit(session, one, day(1)) for one in forms))
    assert len({one.ids["patient_id"] for one in answered}) == 1
    with database.reading() as session:
        assert len(storage.find(session, Patient, {})) == 1


def test_form_and_assessment_of_a_prescriber_admitted_at_once_certify(database: Database) -> None:
    from registry.grading import example_answer_keys
    from tests.registry.world import ANN, PRESCRIBER

    world = World()
    answers_given = example_answer_keys()["prescriber_knowledge"]
    who = {"respondent_first_name": "ANN", "respondent_last_name": "LEE", "prescriber_npi": ANN}
    form = world.submission("prescriber_enrollment", PRESCRIBER, day(1), ("prescriber",))
    test = world.submission("prescriber_knowledge", {**who, **answers_given}, day(1))
    at_once(database, *(lambda session, one=one: admit(session, one, day(1)) for one in (form, test)))
    with database.reading() as session:
        assert questions.prescriber(session, ANN)["certified"]


def test_authorizations_asked_for_at_once_have_numbers_of_their_own(database: Database) -> None:
    _, maria = settled_world(database)
    asks = [lambda session: dispense_requests.ask_dispense(session, CORNER, maria, day(2)) for _ in range(8)]
    given = at_once(database, *asks)
    assert all(one.authorized for one in given)
    assert len({one.authorization for one in given}) == 8


def test_r70_three_dispense_rationales_a_year_hold_also_where_six_are_given_at_once(database: Database) -> None:
    world, maria = settled_world(database)
    with database.writing() as session:
        world.session = session
        world.dispense(maria, day(1))
        assert world.ask(maria, day(50)).rationale_offered

    def give(session: Session) -> Any:
        return dispense_requests.give_rationale(session, CORNER, maria, STATUS["prescriber_npi"], day(50).date(), 1900, day(50))

    given = at_once(database, *([give] * 6))
    assert sum(one.authorized for one in given) == 3
