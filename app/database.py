"""The database: one engine per process, transactions that two processes can run at once.

What: the engine (SQLite in WAL by default), `writing()` and `reading()` sessions, and a check that it answers.
Why: SQLite's deferred transactions fail at once, whatever the busy timeout, when two of them want to write after reading;
so a writing transaction takes the write lock when it begins (BEGIN IMMEDIATE) and waits for it.
Refuses: to commit on its own: every `with` block below is one transaction of its caller.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

BUSY_TIMEOUT_MS = 30_000  # how long a writer waits for another; a transaction here takes milliseconds
KEPT_CONNECTIONS = 20  # of a server, for each process; a web process answers with up to 40 threads, and opening one is dear
WAL_TRIES, WAL_PAUSE = 200, 0.02  # and seconds: how often a process asks for the write-ahead log while others open the file too
_READ_ONLY = "remsfax_read_only"


class Database:
    """The engine and its sessions."""

    def __init__(self, address: str) -> None:
        self.engine = create_engine(
            address,
            hide_parameters=True,  # an error in the log must name no patient
            **({} if address.startswith("sqlite") else {"pool_size": KEPT_CONNECTIONS, "max_overflow": KEPT_CONNECTIONS}),
        )
        if self.engine.dialect.name == "sqlite":
            _speak_sqlite(self.engine)
        self._reading_engine = self.engine.execution_options(**{_READ_ONLY: True})
        self.writing_sessions = sessionmaker(self.engine, expire_on_commit=False)
        self.reading_sessions = sessionmaker(self._reading_engine, expire_on_commit=False)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One transaction that may write: committed at the end of the block, rolled back on any exception."""
        with self.writing_sessions.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent view without taking the write lock; what is added to it is never stored."""
        with self.reading_sessions() as session:
            yield session

    def reachable(self) -> bool:
        """Whether a query is answered."""
        try:
            with self.reading() as session:
                session.execute(text("SELECT 1"))
        except SQLAlchemyError:
            return False
        return True

    def close(self) -> None:
        """Close all pooled connections."""
        self.engine.dispose()


def alone_at(connection: Connection, work: str) -> None:
    """Waits until nobody else is at this work, and keeps others waiting until this transaction ends; before anything is read.

    PostgreSQL needs a lock that stands for no row, since the row or its table may not be there yet; on SQLite a transaction that
    may write is alone anyhow.
    """
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(work.encode()).digest()[:8], signed=True)
        connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def check_address(address: str) -> None:
    """Refuse what can be no address of a database whose driver is here: ValueError that says why, and no secret of it."""
    try:
        dialect = make_url(address).get_dialect()
    except (ArgumentError, AttributeError):  # AttributeError: `mysql+mariadb` names a module of SQLAlchemy's that is no driver
        raise ValueError("an SQLAlchemy address is needed, such as postgresql+psycopg://user@host/remsfax") from None
    try:
        dialect.import_dbapi()
    except ImportError as missing:
        raise ValueError(f"the driver of this kind of database is not installed ({missing})") from None


def _write_ahead(cursor: Any) -> None:
    """Into the write-ahead log: while several processes open a new file at once, SQLite refuses that change without patience."""
    for _ in range(WAL_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            time.sleep(WAL_PAUSE)
        else:
            return
    cursor.execute("PRAGMA journal_mode=WAL")


def _speak_sqlite(engine: Engine) -> None:
    """Write-ahead log, foreign keys, patience, and BEGIN under our own control (pysqlite's own comes too late)."""

    @event.listens_for(engine, "connect")
    def _open(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous=FULL")  # a commit that was answered survives a power cut
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        read_only = connection.get_execution_options().get(_READ_ONLY, False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
