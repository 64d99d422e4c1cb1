"""One history for all floors' tables."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from alembic import command
from sqlalchemy import inspect

from app.database import Database
from app.migrations import all_metadata, configuration, differences, upgrade


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


def test_every_table_name_says_whose_it_is() -> None:
    prefixes = ("intake_", "review_", "registry_", "outbound_", "case_")
    assert [name for one in all_metadata() for name in one.tables if not name.startswith(prefixes)] == []
