"""The whole desk in this process: the service's own web application over a seeded registry, with faxes at the desk, on loopback.

`python -m tests.app.desk_world` serves it until Ctrl C and prints the address and the sign-ins.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import uvicorn
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select

from app.web import application
from review_queue.lifecycle import ReviewState
from review_queue.tables import ItemRow, ReviewerRow
from tests.app.driving import Driven
from tests.registry.world import DAY_ONE, World, day
from tests.review_queue.desk_in_process import reviewer_rows
from tests.review_queue.invented import PASSWORD
from tests.service.fakes import fax

CALLER = '{"cid": "312-555-0142", "cidname": "ANACOSTIA B H"}'


class DeskWorld:
    """A service with people in its registry and work at its desk; ann, bob (senior) and sue (supervisor) can sign in."""

    def __init__(self, folder: Path) -> None:
        self.driven = Driven(folder)
        self.house = self.driven.house
        with self.house.database.writing() as session:
            world = World(session)
            self.maria = world.patient()
            world.designee()
            self.pharmacy = world.pharmacy()
            session.add_all([ReviewerRow(**row) for row in reviewer_rows()])
        self.driven.clock.now = day(1)
        self.began = DAY_ONE

    def at_the_desk(self, count: int, **how: object) -> None:
        """So many faxes with one doubt each, read and in the queue."""
        for number in range(count):
            form = ("anc_lab_reporting", "patient_status", "patient_enrollment")[number % 3]
            self.driven.drop(f"fax-{number}.tif", fax(form, doubt=True, number=number, **how), CALLER)
        self.driven.go_on()

    def items(self) -> list[str]:
        """The ids of what waits, in the queue's order."""
        with self.house.database.reading() as session:
            waiting = select(ItemRow.id).where(ItemRow.state == ReviewState.WAITING.value)
            return list(session.scalars(waiting.order_by(ItemRow.urgency_rank, ItemRow.received_at)))

    def app(self) -> FastAPI:
        """The service's web application."""
        return application(self.house)


def desk_pages(app: FastAPI, names: dict[str, str]) -> list[str]:
    """Every address of the desk that may answer with a page, its parameters filled from `names`; KeyError for an unknown one."""
    found: list[str] = []

    def walk(routes: object) -> None:
        for route in routes:  # type: ignore[attr-defined]
            if isinstance(route, APIRoute):
                if route.path.startswith("/desk") and "GET" in route.methods and not route.path.endswith(".png"):
                    found.append(route.path.format(**names))
            else:
                walk(getattr(getattr(route, "original_router", None), "routes", ()) or getattr(route, "routes", ()))

    walk(app.router.routes)
    return sorted(set(found) - {"/desk/static/desk.css"})


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The address on loopback while the block runs."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]})
        thread.start()
        try:
            deadline = time.monotonic() + 20
            while not server.started:
                assert thread.is_alive(), "the desk's server died"
                assert time.monotonic() < deadline, "the desk did not start"
                threading.Event().wait(0.02)
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(10)


def _look() -> None:
    """Serve it until Ctrl C."""
    with TemporaryDirectory() as folder:
        world = DeskWorld(Path(folder))
        world.at_the_desk(12)
        with served(world.app()) as address:
            print(f"{address}/desk  ann, bob or sue  {PASSWORD}  (Ctrl C ends it)")
            with suppress(KeyboardInterrupt):
                threading.Event().wait()


if __name__ == "__main__":
    _look()
