"""The desk on loopback inside the test's own process, with an invented queue; also a way to look at it:
`python -m tests.review_queue.desk_in_process` serves it until Ctrl C and prints the address and the sign-in."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, create_engine, event, select
from sqlalchemy.orm import Session, sessionmaker

from intake.fax import DocumentId, GrayImage
from intake.reading import OtherKind, OtherPage
from review_queue import account_storage, reviewing, storage
from review_queue.review_item import ReviewItemId
from review_queue.reviewers import create_reviewer
from review_queue.tables import ReviewerRow
from review_queue.triage import TriageContext, triage
from review_queue.web import DeskServices
from tests.review_queue import invented
from tests.review_queue.invented_faxes import FAX, PAGES, FaxesInMemory
from tests.review_queue.invented_persons import PersonsInMemory
from tests.review_queue.standing_apps import app_for


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = invented.NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **length: float) -> None:
        self.now += timedelta(**length)


@dataclass(eq=False)
class Desk:
    """A desk with its parts in reach."""

    sessions: sessionmaker[Session]
    clock: Clock
    services: DeskServices
    settled: list[str] = field(default_factory=list)
    made: tuple[DeskServices, FastAPI] | None = None  # the last app, and of which services

    def app(self) -> FastAPI:
        """The desk's pages, made anew where its services were changed."""
        if self.made is None or self.made[0] is not self.services:
            self.made = self.services, app_for(self, self.services)
        return self.made[1]


def database(folder: Path) -> Engine:
    """A SQLite file as the service uses it: WAL, waiting for each other's writes."""
    engine = create_engine(f"sqlite:///{folder / 'desk.db'}", connect_args={"timeout": 10})

    @event.listens_for(engine, "connect")
    def _wal(connection: object, _: object) -> None:
        connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]

    (folder / "desk.db").write_bytes(_tables())
    return engine


@cache
def _tables() -> bytes:
    """An empty database with all tables."""
    engine = create_engine("sqlite://")
    storage.Base.metadata.create_all(engine)
    with engine.connect() as connection:
        held = connection.connection.driver_connection
        assert isinstance(held, sqlite3.Connection)
        return held.serialize()


def new_desk(folder: Path, *, known: bool = True) -> Desk:
    """An empty desk with three reviewers: ann, bob (senior) and sue (supervisor)."""
    sessions = sessionmaker(database(folder))
    clock = Clock()
    settled: list[str] = []
    images = {("fax-1", number): _page(number) for number in (1, 2)}
    images |= {(FAX, number): _page(1 + number % 2) for number in range(1, PAGES + 1)}
    services = DeskServices(
        sessions=sessions,
        pages=invented.PagesInMemory(images | {("fax-2", 1): images["fax-1", 2]}),
        forms=invented.OneForm(invented.STATUS_FORM),
        settled=settled.append,
        known_patient=(lambda session, values: invented.WILLIAM) if known else (lambda session, values: None),
        clock=clock,
        persons=PersonsInMemory(),
        faxes=FaxesInMemory(),
    )
    with sessions() as session, session.begin():
        session.add_all([ReviewerRow(**row) for row in reviewer_rows()])
    return Desk(sessions, clock, services, settled)


def signed_in(desk: Desk, name: str) -> str:
    """The token of a new sign-in of that reviewer, without the password's hash, which is slow on purpose."""
    token = secrets.token_urlsafe(16)
    with desk.sessions() as session, session.begin():
        account_storage.add_sign_in(session, sha256(token.encode()).hexdigest(), name, secrets.token_urlsafe(16), desk.clock())
    return token


@cache
def reviewer_rows() -> tuple[dict[str, object], ...]:
    """Their rows, made once: a good password hash is slow on purpose."""
    engine = create_engine("sqlite://")
    storage.Base.metadata.create_all(engine)
    with Session(engine) as session:
        create_reviewer(session, "ann", invented.PASSWORD, invented.NOW)
        create_reviewer(session, "bob", invented.PASSWORD, invented.NOW, senior=True)
        create_reviewer(session, "sue", invented.PASSWORD, invented.NOW, supervisor=True)
        columns = [column.key for column in ReviewerRow.__table__.columns]
        return tuple({name: getattr(row, name) for name in columns} for row in session.scalars(select(ReviewerRow)))


@cache
def _page(number: int) -> GrayImage:
    return invented.page_image(number)


def enqueue(desk: Desk, number: int, *doubtful: object, **document: object) -> str:
    """One status form at the desk; its item id."""
    read = invented.reading(*doubtful, **document)  # type: ignore[arg-type]
    found = triage(read, invented.STATUS_FORM, TriageContext(invented.RECEIVED), desk.clock())
    facts = invented.fax(f"R-20261123-{number:04d}", invented.RECEIVED + timedelta(minutes=number))
    item_id = ReviewItemId(f"item-{number}")
    with desk.sessions() as session, session.begin():
        reviewing.enqueue_form(session, item_id, DocumentId(f"document-{number}"), facts, read, found, desk.clock())
    return item_id


def enqueue_loose(desk: Desk, number: int) -> str:
    """One laboratory printout at the desk; its item id."""
    item_id = ReviewItemId(f"item-{number}")
    pages = (OtherPage(1, OtherKind.LAB_PRINTOUT),)
    facts = invented.fax(f"R-20261123-{number:04d}", invented.RECEIVED, "fax-2")
    with desk.sessions() as session, session.begin():
        reviewing.enqueue_loose_pages(session, item_id, DocumentId(f"document-{number}"), facts, pages, desk.clock())
    return item_id


@contextmanager
def served(desk: Desk, port: int = 0) -> Iterator[str]:
    """The desk's address on loopback while the block runs; at a port that was free, or at the one given."""
    server = uvicorn.Server(uvicorn.Config(desk.app(), host="127.0.0.1", port=port, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        deadline = time.monotonic() + 20
        while not server.started:
            assert thread.is_alive(), "the desk's server died"
            assert time.monotonic() < deadline, "the desk did not start"
            threading.Event().wait(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(10)


def _look() -> None:
    """Serve an invented queue until Ctrl C."""
    with TemporaryDirectory() as folder:
        desk = new_desk(Path(folder))
        enqueue(desk, 1, invented.DISAGREEING, invented.UNREAD_NPI, invented.UNSIGNED)
        enqueue(desk, 2, invented.DISAGREEING)
        enqueue_loose(desk, 3)
        with served(desk) as address:
            print(f"{address}/desk  ann  {invented.PASSWORD}  (Ctrl C ends it)")
            with suppress(KeyboardInterrupt):
                threading.Event().wait()


if __name__ == "__main__":
    _look()
