"""Two processes' transactions on one SQLite file."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.database import Database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    found = Database(f"sqlite:///{tmp_path / 'x.db'}")
    with found.writing() as session:
        session.execute(text("CREATE TABLE counter (n INTEGER NOT NULL)"))
        session.execute(text("INSERT INTO counter VALUES (0)"))
    return found


def test_writers_that_read_first_lose_no_count_and_never_deadlock(database: Database) -> None:
    def count_up() -> None:
        for _ in range(25):
            with database.writing() as session:
                n = session.execute(text("SELECT n FROM counter")).scalar_one()
                session.execute(text("UPDATE counter SET n = :n"), {"n": n + 1})

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with database.reading() as session:
        assert session.execute(text("SELECT n FROM counter")).scalar_one() == 100


def test_a_reader_does_not_wait_for_a_writer_and_sees_the_state_before(database: Database) -> None:
    with database.writing() as writer:
        writer.execute(text("UPDATE counter SET n = 7"))
        with database.reading() as reader:
            assert reader.execute(text("SELECT n FROM counter")).scalar_one() == 0


def test_what_fails_inside_a_transaction_is_not_stored(database: Database) -> None:
    class Interrupted(Exception):
        pass

    def begin_and_fail() -> None:
        with database.writing() as session:
            session.execute(text("UPDATE counter SET n = 7"))
            raise Interrupted

    with pytest.raises(Interrupted):
        begin_and_fail()
    with database.reading() as session:
        assert session.execute(text("SELECT n FROM counter")).scalar_one() == 0


def test_foreign_keys_are_enforced(database: Database) -> None:
    with database.writing() as session:
        session.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        session.execute(text("CREATE TABLE child (p INTEGER REFERENCES parent(id))"))
    with pytest.raises(Exception, match="FOREIGN KEY"), database.writing() as session:
        session.execute(text("INSERT INTO child VALUES (1)"))


def test_a_database_that_cannot_be_opened_is_not_reachable(tmp_path: Path) -> None:
    missing = Database(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    assert not missing.reachable()
    with pytest.raises(OperationalError), missing.reading() as session:
        session.execute(text("SELECT 1"))


def test_an_error_of_the_database_names_no_value(database: Database) -> None:
    with pytest.raises(OperationalError) as failed, database.writing() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "Okafor"})
    assert "Okafor" not in str(failed.value)
