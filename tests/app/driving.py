"""A composed service driven in this process, one due step at a time: no broker, no child, no waiting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from app import storage as cases
from app.composition import Remsfax, compose
from app.nudging import Nudge
from app.sending import sending_or
from app.settings import Settings
from app.sweep import due
from intake import storage as faxes
from outbound import storage as letters
from outbound.delivery import Delivery
from tests.app.databases import upgraded
from tests.service.fakes import read_what_is_written


class DeafNudges:
    """A broker that forgets everything: whatever goes on does so by its row."""

    def send(self, nudges: Iterable[Nudge]) -> None:
        """Forgotten."""


class Clock:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now


class Driven:
    """The service on a folder of its own."""

    def __init__(self, folder: Path, seed: Callable[[Session], None] | None = None) -> None:
        settings = Settings(data=folder / "data", still_seconds=0, recall_seconds=0)
        settings.folders.create()
        self.house: Remsfax = compose(settings, read=read_what_is_written)
        self.house.nudges = DeafNudges()
        self.clock = Clock()
        self.house.clock = self.clock
        upgraded(self.house.database, seed)
        self.taking = self.house.taking()
        self.runner = self.house.runner()
        self.run = sending_or(self.house, self.runner.run)

    def drop(self, name: str, content: bytes, sidecar: str | None = None) -> None:
        """A fax into the inbox."""
        if sidecar is not None:
            (self.house.folders.inbox / name).with_suffix(".json").write_text(sidecar)
        (self.house.folders.inbox / name).write_bytes(content)

    def take(self) -> None:
        """Take what lies in the inbox."""
        for _ in range(2):
            self.clock.now += timedelta(seconds=11)
            self.taking.take_all(self.clock.now)

    def go_on(self, rounds: int = 40) -> None:
        """Take, and do every step that is due, until nothing is."""
        self.take()
        for _ in range(rounds):
            with self.house.database.reading() as session:
                steps = due(session, self.clock.now)
            if not steps:
                return
            for one in steps:
                self.run(one.stage, one.subject)
            self.clock.now += timedelta(seconds=1)
        raise AssertionError(f"still due after {rounds} rounds: {steps}")

    def fax(self, name: str) -> faxes.StoredFax:
        """The one fax that dropped under this name."""
        with self.house.database.reading() as session:
            (found,) = [one for one in faxes.latest_faxes(session, 100) if one.fax.source_name == name]
        return found

    def documents(self, name: str) -> list[cases.Document]:
        """Its documents."""
        with self.house.database.reading() as session:
            return cases.documents_of(session, self.fax(name).fax.fax_id)

    def letters(self, name: str) -> tuple[Delivery, ...]:
        """Its letters."""
        with self.house.database.reading() as session:
            return letters.of_reference(session, self.fax(name).fax.reference)
