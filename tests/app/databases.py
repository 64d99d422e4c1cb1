"""Databases at the newest revision: Alembic is asked once for each test process, the rest are copies of its file."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from app.database import Database
from app.migrations import upgrade


def upgraded(database: Database, seed: Callable[[Session], None] | None = None) -> Database:
    """The same database with all tables, and with what `seed` writes; a new SQLite file is a copy of one made before.

    `seed` must be a function of a module, and write the same each time: it runs once for each test process.
    """
    path = Path(database.engine.url.database or "")
    if database.engine.dialect.name == "sqlite" and not path.exists():
        path.write_bytes(_content(seed))
        upgrade(database.engine)
        return database
    upgrade(database.engine)
    if seed is not None:
        with database.writing() as session:
            seed(session)
    return database


@cache
def _content(seed: Callable[[Session], None] | None) -> bytes:
    """The file with all tables, and what the seed wrote."""
    with TemporaryDirectory() as folder:
        made = Database(f"sqlite:///{folder}/made.db")
        if seed is None:
            upgrade(made.engine)
        else:
            upgraded(made)
            with made.writing() as session:
                seed(session)
        made.close()
        connection = sqlite3.connect(f"{folder}/made.db")
        content = connection.serialize()
        connection.close()
        return content
