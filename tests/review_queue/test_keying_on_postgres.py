"""Keyings and recalls on PostgreSQL, where many write at once; and that each look goes by an index."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import text

from app.database import Database
from app.migrations import differences, upgrade
from intake.fax import DocumentId
from review_queue import keying_storage, keying_work, quality_storage, quality_watch, recall_storage, recalling, reviewing
from review_queue.keying import KeyingRules, KeyingTask
from review_queue.keying_work import SecondKeying
from review_queue.lifecycle import ReviewState
from review_queue.quality import Rate
from review_queue.recalling import TooLate
from review_queue.review_item import ReviewItemId, VerdictKind
from review_queue.reviewing import NotYours
from review_queue.sampling import SamplingRules
from review_queue.tables import ReviewerRow
from review_queue.triage import TriageContext, triage
from tests.review_queue import invented
from tests.review_queue.invented import DISAGREEING, NOW, STATUS_FORM
from tools.throwaway_postgres import NoPostgres, throwaway_postgres

ASKS = SecondKeying(STATUS_FORM, KeyingRules())
KEYERS = [f"keyer-{number}" for number in range(8)]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    try:
        with throwaway_postgres(tmp_path_factory.mktemp("postgres")) as address:
            database = Database(address)
            upgrade(database.engine)
            with database.writing() as session:
                for name in ("ann", *KEYERS):
                    session.add(
                        ReviewerRow(name=name, password_hash="x", senior=False, supervisor=False, created_at=NOW, failures=0)
                    )
            yield database
            database.close()
    except NoPostgres as missing:
        pytest.skip(str(missing))


def submitted(database: Database, number: int) -> str:
    """A corrected item, submitted by ann."""
    read = invented.reading(DISAGREEING)
    found = triage(read, STATUS_FORM, TriageContext(invented.RECEIVED), NOW)
    facts = invented.fax(f"R-20261123-{number:04d}", invented.RECEIVED + timedelta(minutes=number))
    item_id = ReviewItemId(f"item-{number}")
    with database.writing() as session:
        reviewing.enqueue_form(session, item_id, DocumentId(f"document-{number}"), facts, read, found, NOW)
        held = reviewing.take(session, item_id, "ann", NOW)
        reviewing.record(session, item_id, held.version, "labs.0.anc", VerdictKind.CORRECTED, 3713, "ann", NOW)
        assert reviewing.submit(session, item_id, held.version, "ann", NOW, ASKS).state is ReviewState.BEING_KEYED
    return item_id


def test_the_tables_are_those_of_the_models(database: Database) -> None:
    assert differences(database.engine) == []


def test_keyers_who_ask_at_once_get_a_task_each(database: Database) -> None:
    for number in range(100, 100 + len(KEYERS)):
        submitted(database, number)
    ready = Barrier(len(KEYERS))

    def ask(name: str) -> str | None:
        ready.wait()
        with database.writing() as session:
            found = keying_work.next_work(session, name, NOW)
        return found.task_id if isinstance(found, KeyingTask) else None

    with ThreadPoolExecutor(len(KEYERS)) as pool:
        got = [one for one in pool.map(ask, KEYERS) if one is not None]
    assert len(got) == len(set(got)) == len(KEYERS)


@pytest.mark.parametrize("number", range(200, 206))
def test_of_a_keyer_who_ends_and_a_first_who_takes_back_one_wins(database: Database, number: int) -> None:
    item_id = submitted(database, number)
    with database.writing() as session:
        waiting = keying_storage.open_of_item(session, item_id)
        assert waiting is not None
        task = keying_work.take(session, waiting.task_id, "keyer-0", NOW)
    ready = Barrier(2)

    def end() -> bool:
        ready.wait()
        try:
            with database.writing() as session:
                keying_work.key(session, task.task_id, task.version, "labs.0.anc", VerdictKind.CORRECTED, 3713, "keyer-0", NOW)
                keying_work.finish(session, task.task_id, task.version, "keyer-0", STATUS_FORM, NOW)
        except NotYours:
            return False
        return True

    def take_back() -> bool:
        ready.wait()
        try:
            with database.writing() as session:
                recalling.recall(session, item_id, "ann", NOW)
        except TooLate:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        ended, back = [one.result() for one in (pool.submit(end), pool.submit(take_back))]
    with database.reading() as session:
        state = reviewing.look_at(session, item_id).state
    assert ended or back
    assert state is (ReviewState.IN_HAND if back else ReviewState.CONFIRMED)


@pytest.mark.parametrize("number", range(300, 306))
def test_of_a_recall_and_the_case_flow_one_wins(database: Database, number: int) -> None:
    item_id = submitted(database, number)
    with database.writing() as session:
        version = reviewing.look_at(session, item_id).version
    ready = Barrier(2)

    def take_up() -> bool:
        ready.wait()
        with database.writing() as session:
            return recall_storage.take_up(session, item_id, version, NOW)

    def take_back() -> bool:
        ready.wait()
        try:
            with database.writing() as session:
                recalling.recall(session, item_id, "ann", NOW)
        except TooLate:
            return False
        return True

    with ThreadPoolExecutor(2) as pool:
        up, back = [one.result() for one in (pool.submit(take_up), pool.submit(take_back))]
    assert up is not back


def test_two_who_see_the_same_error_raise_one_alarm(database: Database) -> None:
    ready = Barrier(4)

    def see(number: int) -> bool:
        with database.writing() as session:
            quality_storage.tally(session, NOW.date(), f"form {number}", "typed", sampled=False)  # what must not be lost with it
            ready.wait()
            return quality_storage.add_alarm(session, "why", Rate(1, 10), NOW, critical=True)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(see, range(4))) == [False, False, False, True]
    with database.reading() as session:
        assert len(quality_storage.alarms(session)) == 1
        assert sum(one[0].startswith("form ") for one in quality_storage.all_passed(session, NOW.date())) == 4


def test_samples_and_their_figures_work_there_too(database: Database) -> None:
    facts = replace(invented.fax(), fax_id="fax-9")
    with database.writing() as session:
        admitted = {**invented.CERTAIN}
        assert quality_watch.note_untouched(
            session, DocumentId("sample-1"), facts, invented.reading(), STATUS_FORM, admitted, SamplingRules(share=1.0), NOW
        )
    with database.reading() as session:
        assert quality_watch.figures(session, NOW).waiting > 0
        assert quality_storage.findings(session, 5) == []


def test_what_may_be_taken_back_and_what_is_keyed_next_are_found_by_index(database: Database) -> None:
    """With sequential scans priced out, a plan that still has one has no index to go by."""
    heard: list[str] = []
    with database.reading() as session:
        session.execute(text("SET enable_seqscan = off"))
        connection = session.connection()

        def listen(_c: object, _cursor: object, statement: str, parameters: object, _ctx: object, _many: object) -> None:
            if statement.startswith("SELECT") and "review_" in statement:
                heard.append(statement)
                plan = connection.exec_driver_sql(f"EXPLAIN {statement}", parameters)  # type: ignore[arg-type]
                lines = [row[0] for row in plan]
                scans = [line for line in lines if "Seq Scan" in line and "review_reviewers" not in line]
                assert scans == [], "\n".join([statement, *lines])

        from sqlalchemy import event

        event.listen(connection, "before_cursor_execute", listen)
        keying_storage.head(session, "keyer-1", NOW)
        keying_storage.open_of_item(session, "item-200")
        keying_storage.open_tasks(session, 20)
        recalling.recallable(session, "ann", NOW, timedelta(seconds=10))
        quality_storage.findings(session, 20)
        quality_storage.counted(session, NOW)
        event.remove(connection, "before_cursor_execute", listen)
    assert len(heard) >= 6
