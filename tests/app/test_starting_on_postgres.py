"""Several processes that start at once on an empty PostgreSQL: one makes the tables and the first account, none exits."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from app.database import Database
from app.migrations import differences
from app.preparing import FIRST_REVIEWER, prepare
from app.settings import Settings
from review_queue.account_storage import reviewer
from tools.throwaway_postgres import NoPostgres, throwaway_postgres

AT_ONCE = 3


def start(address: str, folder: Path) -> str | None:
    """As each process of the service does first."""
    return prepare(Settings(data=folder, database_url=address))


def test_processes_that_start_at_once_on_an_empty_server_all_come_up_and_one_says_how_to_sign_in(tmp_path: Path) -> None:
    try:
        with throwaway_postgres(tmp_path / "postgres-place") as address:
            with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as pool:
                said = [one.result() for one in [pool.submit(start, address, tmp_path / "data") for _ in range(AT_ONCE)]]
            database = Database(address)
            assert differences(database.engine) == []
            with database.reading() as session:
                assert reviewer(session, FIRST_REVIEWER) is not None
            database.close()
    except NoPostgres as missing:
        pytest.skip(str(missing))
    assert [one is None for one in said].count(False) == 1
    (told,) = [one for one in said if one is not None]
    assert "sign in at the desk" in told
