"""`remsfax up`: everything on one machine, from an empty folder, with one command.

What: prepares the data folder (lock, tables, first account), opens the desk's port, and supervises broker, desk, watcher,
decider, sender and readers as child processes.
Why: a newcomer needs nothing but the package; an operator with several machines runs the parts alone.
Refuses: a data folder in use by another `up`, and a port that is taken: both are said at once, before anything starts.
"""

from __future__ import annotations

import fcntl
import os
import socket
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.broker import DECIDING, READING, EmbeddedServer
from app.preparing import CannotStart, said_in_words
from app.settings import Settings
from app.supervisor import Part, Supervisor

COMMAND = (sys.executable, "-m", "app.command_line")

ONE_THREAD = {"OMP_NUM_THREADS": "1", "OMP_THREAD_LIMIT": "1", "OPENBLAS_NUM_THREADS": "1"}
"""Two processes with one thread each read twice as much as one process with two threads (docs: recognition)."""


def up(
    settings: Settings,
    prepare: Callable[[Settings], None],
    announce: Callable[[str], None],
) -> None:
    """Run until SIGTERM or SIGINT. `prepare` makes tables and first account; `announce` gets the address once it answers."""
    with said_in_words(settings):
        settings.folders.create()
        lock = (settings.folders.root / "up.lock").open("a+")
    with only_one(lock, settings.folders.root), listening(settings.host, settings.port) as door:
        prepare(settings)
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        address = f"http://{host}:{door.getsockname()[1]}/"
        supervisor = Supervisor(parts(settings, door, COMMAND), environment_of_parts(settings))
        supervisor.run(each_tick=_announce_once(address, announce))


def parts(settings: Settings, door: socket.socket, command: Sequence[str]) -> list[Part]:
    """The processes of the service, in the order they are started."""

    def remsfax(*arguments: str) -> Callable[[], Sequence[str]]:
        return lambda: [*command, *arguments]

    found = []
    if settings.redis_url is None:
        server = EmbeddedServer(settings.folders.broker)
        found.append(Part("broker", server.command, last=True, after_failures=server.forget))
    found.append(Part("desk", remsfax("web", "--listen-fd", str(door.fileno())), pass_fds=(door.fileno(),)))
    found.append(Part("watcher", remsfax("watch")))
    found.append(Part("decider", remsfax("work", "--queue", DECIDING)))
    found.append(Part("sender", remsfax("send")))
    found += [Part(f"reader {number}", remsfax("work", "--queue", READING)) for number in range(1, settings.workers + 1)]
    return found


def environment_of_parts(settings: Settings) -> dict[str, str]:
    """Our own environment, the data folder as an absolute path, and one thread per process for the number crunchers."""
    return {**ONE_THREAD, **os.environ, "REMSFAX_DATA": str(settings.folders.root)}


@contextmanager
def only_one(lock: IO[str], folder: Path) -> Iterator[None]:
    """Hold the folder's lock file; the kernel frees it when the process ends, however it ends, so no stale lock exists."""
    with lock as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CannotStart(f"another `remsfax up` is running on {folder}") from None
        yield


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """The desk's open port, kept here so that callers wait, and nobody else takes it, while the desk is restarted."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError as problem:
            raise CannotStart(
                f"{host}:{port} cannot be opened ({problem.strerror}); set REMSFAX_PORT, 0 for any free one"
            ) from None
        door.listen(128)
        yield door


def _announce_once(address: str, announce: Callable[[str], None]) -> Callable[[], None]:
    told = False

    def tick() -> None:
        nonlocal told
        if not told and _answers(address):
            told = True
            announce(address)

    return tick


def _answers(address: str) -> bool:
    local = address.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:")
    try:
        with urllib.request.urlopen(local + "healthz", timeout=0.3) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False
