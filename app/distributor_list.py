"""The list of certified pharmacies in a folder that an SFTP server exports to distributors (R91).

What: `publish` writes a version of the list with its detached signature, then a manifest that names both; `DistributorList` does
so in the service, once a program day and whenever a pharmacy changed.
Why: a pharmacy that lost its certification must be off the list soon, and whoever reads while we write must not see a list with
another one's signature.
Refuses: to change a published file. Versions have names of their own, the signature stands before its list, and the manifest is
renamed into place last; a crash anywhere leaves the earlier manifest and what it names.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from app.database import Database
from app.signing import CannotSign, Signer
from registry.distribution import list_csv
from registry.looking_up import certified_list
from registry.moments import program_day
from registry.party_storage import list_changed_since

MANIFEST = "manifest.json"
PUBLIC_KEY = "public-key.pem"
VERSIONS_KEPT = 10
"""Lists that stay beside the newest one: who has read an earlier manifest can still fetch what it names."""

EVERY = timedelta(minutes=5)
"""How often the service looks whether a pharmacy changed."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Published:
    """What the manifest names now."""

    list_name: str  # of the CSV in the folder
    sha256: str  # of its content
    rows: int
    new: bool  # False: the same list was there already


def publish(folder: Path, key: Path, database: Database, now: datetime) -> Published:
    """Write the list as it stands at `now`. Raises OSError where the folder cannot be written, CannotSign for the key."""
    signer = Signer.of(key)
    folder.mkdir(parents=True, exist_ok=True, mode=0o755)
    with _alone(folder):
        with database.reading() as session:
            rows = certified_list(session, now)
        content = list_csv(rows, program_day(now))
        digest = hashlib.sha256(content).hexdigest()
        standing = manifest(folder)
        if standing is not None and standing.get("sha256") == digest and _complete(folder, standing, signer):
            return Published(str(standing["list"]), digest, len(rows), new=False)
        name = f"certified-pharmacies-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}-{digest[:8]}.csv"
        _write(folder / PUBLIC_KEY, signer.public_pem())
        _write(folder / f"{name}.sig", signer.sign(content))
        _write(folder / name, content)
        named = {
            "list": name,
            "signature": f"{name}.sig",
            "sha256": digest,
            "pharmacies": len(rows),
            "as_of": program_day(now).isoformat(),
            "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
            "public_key": PUBLIC_KEY,
        }
        _write(folder / MANIFEST, json.dumps(named, indent=2).encode() + b"\n")
        _forget_old_ones(folder, name)
    return Published(name, digest, len(rows), new=True)


def manifest(folder: Path) -> dict[str, object] | None:
    """What the folder's manifest says; None where there is none that can be read."""
    try:
        found = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


class DistributorList:
    """Publishes in the service; remembers in memory when it last looked."""

    def __init__(self, folder: Path, key: Path, database: Database, clock: Callable[[], datetime]) -> None:
        self._folder, self._key = folder, key
        self._database = database
        self._clock = clock
        self._looked_at: datetime | None = None
        self._published_at: datetime | None = None

    def tick(self) -> None:
        """Publish at the first call, then where a pharmacy changed or a program day began. Never raises for disk or database: the
        sweep in the same process must go on, and the next look tries again."""
        now = self._clock()
        if self._looked_at is not None and self._looked_at <= now < self._looked_at + EVERY:
            return
        self._looked_at = now
        try:
            if not self._is_due(now):
                return
            found = publish(self._folder, self._key, self._database, now)
        except (OSError, SQLAlchemyError, CannotSign) as problem:
            told = type(problem).__name__ if isinstance(problem, SQLAlchemyError) else problem
            _log.warning("the distributors' list was not published: %s", told)
            return
        self._published_at = now
        if found.new:
            _log.info("published %s with %d pharmacies", found.list_name, found.rows)

    def _is_due(self, now: datetime) -> bool:
        if self._published_at is None or program_day(self._published_at) != program_day(now):
            return True
        with self._database.reading() as session:
            return list_changed_since(session, self._published_at - EVERY)  # what was being written while we read


def _complete(folder: Path, named: dict[str, object], signer: Signer) -> bool:
    """Whether the files that a manifest names stand there under this key; a restored backup may lack them."""
    names = [str(named.get("list")), str(named.get("signature")), PUBLIC_KEY]
    if not all((folder / one).is_file() for one in names):
        return False
    return (folder / PUBLIC_KEY).read_bytes() == signer.public_pem()


def _write(file: Path, content: bytes) -> None:
    """Readable by all and whole: a reader sees the file with all its content or not at all, also after a power cut."""
    made = file.with_name(f".{file.name}.part")
    with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    made.rename(file)
    entries = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(entries)
    finally:
        os.close(entries)


def _forget_old_ones(folder: Path, newest: str) -> None:
    """Versions beyond those kept, and what a crash left half written; a list goes before its signature."""
    lists = sorted(one for one in folder.glob("certified-pharmacies-*.csv") if one.name != newest)
    for one in lists[: max(len(lists) - VERSIONS_KEPT, 0)]:
        one.unlink()
    for one in folder.glob("certified-pharmacies-*.csv.sig"):
        if not one.with_suffix("").exists():
            one.unlink()
    for one in folder.glob(".*.part"):
        one.unlink()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One publisher at a time, so that no older list is published over a newer one; the kernel frees the lock however we end."""
    with (folder / ".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
