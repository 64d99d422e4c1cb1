"""A whole service in real processes, with a fake reader.

Starting its eight processes costs more than most tests of it: those that need no fresh one share `running`, each with faxes of
names of its own.
"""

from __future__ import annotations

import os
import re
import resource
import signal
import subprocess
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest

from app import storage as cases
from app.case_flow import DocumentState
from app.database import Database
from app.settings import DataFolder
from intake import storage as faxes
from intake.fax_lifecycle import FaxState
from tests.service.entry import COMMAND
from tests.service.waiting import wait_for


class Service:
    """`remsfax up` with the fakes, on one data folder."""

    def __init__(self, root: Path) -> None:
        self.folders = DataFolder(root)
        self.process: subprocess.Popen[bytes] | None = None
        self.log = root.with_name(f"{root.name}.log")
        self._database: Database | None = None

    def start(self, **environment: str) -> None:
        """Start it and wait until the desk answers."""
        with self.log.open("ab") as log:
            before = self.log.stat().st_size
            self.process = subprocess.Popen(
                [*COMMAND, "up", "--port", "0"],
                stdout=log,
                stderr=log,
                env={
                    **os.environ,
                    "REMSFAX_DATA": str(self.folders.root),
                    "REMSFAX_STILL_SECONDS": "0.3",
                    "REMSFAX_SWEEP_SECONDS": "0.5",
                    "REMSFAX_DESK_PASSWORD": "correct horse battery",
                    **environment,
                },
            )
        wait_for("the desk answers", lambda: b"remsfax is ready" in self.log.read_bytes()[before:], 60)

    def let_die(self, points: Sequence[str]) -> None:
        """From now on a process dies once at each of these points."""
        wanted = self.folders.root / "deaths" / "wanted"
        wanted.with_suffix(".part").write_text("\n".join(points))
        wanted.with_suffix(".part").rename(wanted)

    @property
    def died_at(self) -> set[str]:
        """The points at which one has died."""
        return {one.name for one in (self.folders.root / "deaths").iterdir()} - {"wanted"}

    def watch(self, largest_file: int | None = None, **environment: str) -> None:
        """Only the watcher, with no broker anywhere; `largest_file`, in bytes, makes the disk full for anything larger."""

        def limit() -> None:
            if largest_file is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))

        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*COMMAND, "watch"],
                stdout=log,
                stderr=log,
                env={**os.environ, "REMSFAX_DATA": str(self.folders.root), **environment},
                preexec_fn=limit,
            )
        wait_for("the tables are there", lambda: self.folders.database.is_file() and self.folders.first_sign_in.is_file(), 30)

    @property
    def address(self) -> str:
        """Of the desk, as printed last."""
        return re.findall(r"ready at (\S+)", self.log.read_text())[-1]

    @property
    def database(self) -> Database:
        """The service's own database."""
        if self._database is None:
            self._database = Database(f"sqlite:///{self.folders.database}")
        return self._database

    def drop(self, name: str, content: bytes) -> None:
        """A fax into the inbox, as a careful fax server does it."""
        hidden = self.folders.inbox / f".{name}"
        hidden.write_bytes(content)
        hidden.rename(self.folders.inbox / name)

    def fax(self, name: str) -> faxes.StoredFax | None:
        """The fax that dropped under this name."""
        return next((one for one in self.faxes() if one.fax.source_name == name), None)

    def faxes(self) -> list[faxes.StoredFax]:
        """All faxes."""
        with self.database.reading() as session:
            return faxes.latest_faxes(session, 10_000)

    def documents(self, fax: faxes.StoredFax) -> list[cases.Document]:
        """A fax's documents."""
        with self.database.reading() as session:
            return cases.documents_of(session, fax.fax.fax_id)

    def named(self, names: Collection[str]) -> list[faxes.StoredFax]:
        """The faxes that dropped under these names."""
        return [one for one in self.faxes() if one.fax.source_name in names]

    def all_in(self, state: FaxState, names: Collection[str]) -> Callable[[], bool]:
        """Whether exactly one fax of each of these names exists, all in that state."""

        def look() -> bool:
            found = self.named(names)
            return sorted(one.fax.source_name for one in found) == sorted(names) and {one.state for one in found} == {state}

        return look

    def in_state(self, name: str, state: FaxState) -> Callable[[], Any]:
        """Whether the fax of that name has come to the state."""
        return lambda: (fax := self.fax(name)) is not None and fax.state is state and fax

    def at_desk(self, name: str) -> Callable[[], bool]:
        """Whether a document of the fax waits for a person."""

        def look() -> bool:
            fax = self.fax(name)
            return fax is not None and any(one.state is DocumentState.IN_REVIEW for one in self.documents(fax))

        return look

    def letters(self, reference: str) -> list[Path]:
        """The letters that answer a fax."""
        return sorted(self.folders.outbox.glob(f"{reference}-*.tif"))

    def children(self) -> list[psutil.Process]:
        """Every process below `up`."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, *words: str) -> psutil.Process:
        """The one child whose command line holds these words."""
        found = [one for one in self.children() if all(word in one.cmdline() for word in words)]
        assert len(found) >= 1, f"no child {words}"
        return found[0]

    @property
    def runs(self) -> bool:
        """Whether it is up."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """kill -9 of `up` itself."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM, and the exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(40)


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """A service that is not started yet; whatever of it is left is killed at the end."""
    found = Service(tmp_path / "data")
    yield found
    if found.runs:
        found.kill()


@pytest.fixture(scope="session")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One for many tests; whatever of it is left at the end is killed."""
    found = Service(tmp_path_factory.mktemp("lasting") / "data")
    yield found
    if found.runs:
        found.kill()


@pytest.fixture
def running(lasting: Service) -> Service:
    """The lasting one, started if the test before it ended it."""
    if not lasting.runs:
        lasting.start()
    return lasting
