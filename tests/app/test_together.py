"""Several short writes in one transaction: each gets its own answer, and none spoils another."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, current_thread

import pytest
from sqlalchemy import event, text

from app.database import Database
from app.together import MOST_TOGETHER, Together


@pytest.fixture
def database(tmp_path: Path) -> Database:
    made = Database(f"sqlite:///{tmp_path / 'x.db'}")
    with made.writing() as session:
        session.execute(text("CREATE TABLE counted (number INTEGER PRIMARY KEY, thread TEXT)"))
    return made


def numbers(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.scalars(text("SELECT number FROM counted ORDER BY number")))


class Crowd:
    """Effects that gather behind a first one, which holds its transaction open until all of them wait."""

    def __init__(self, database: Database) -> None:
        self.database, self.together = database, Together(database)
        self.held, self.go = Event(), Event()
        self.commits = 0
        event.listen(database.engine, "commit", self._count)

    def _count(self, _: object) -> None:
        self.commits += 1

    def alone(self, effect):
        with self.database.writing() as session:
            return effect(session)

    def add(self, number: int):
        def effect(session):
            if number == 0:
                self.held.set()
                assert self.go.wait(10)
            session.execute(text("INSERT INTO counted VALUES (:n, :t)"), {"n": number, "t": current_thread().name})
            if number < 0:
                raise ValueError(f"{number} is refused")
            return number * 10

        return self.together.run(effect, self.alone)

    def run(self, *others: int) -> list[object]:
        """What each came to, the exception where it raised; `others` gather while 0 is under way."""
        with ThreadPoolExecutor(len(others) + 1) as pool:
            first = pool.submit(self.add, 0)
            assert self.held.wait(10)
            rest = [pool.submit(self.add, one) for one in others]
            while len(self.together._queue) < len(others):
                pass
            self.go.set()
            return [one.exception() or one.result() for one in (first, *rest)]


def test_those_who_wait_go_in_one_transaction_and_each_gets_the_own_answer(database: Database) -> None:
    crowd = Crowd(database)
    assert crowd.run(1, 2, 3, 4) == [0, 10, 20, 30, 40]
    assert numbers(database) == [0, 1, 2, 3, 4]
    assert crowd.commits == 2


def test_no_transaction_takes_more_than_its_share(database: Database) -> None:
    crowd = Crowd(database)
    many = range(1, 2 * MOST_TOGETHER + 2)
    assert crowd.run(*many) == [0, *(one * 10 for one in many)]
    assert crowd.commits == 1 + 3


def test_one_that_fails_has_its_own_error_and_the_others_stand(database: Database) -> None:
    found = Crowd(database).run(1, -5, 2)
    assert (found[0], found[1], found[3]) == (0, 10, 20)
    assert str(found[2]) == "-5 is refused"
    assert numbers(database) == [0, 1, 2]


def test_one_alone_is_committed_before_it_is_answered(database: Database) -> None:
    crowd = Crowd(database)
    crowd.go.set()
    assert crowd.add(0) == 0
    assert numbers(database) == [0]


def test_after_a_failure_the_next_ones_are_served(database: Database) -> None:
    crowd = Crowd(database)
    with pytest.raises(ValueError, match="-1 is refused"):
        crowd.add(-1)
    assert crowd.add(7) == 70
    assert numbers(database) == [7]
