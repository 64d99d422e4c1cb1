"""A PostgreSQL cluster of one's own for as long as a test or a measurement lasts.

What: `throwaway_postgres` makes a cluster in a folder, starts it on a socket file only, and yields its address.
Why: what holds on SQLite's one writer need not hold between PostgreSQL's many; a shared server would be another program's.
Refuses: to listen on a network; and, where the server's programs are not installed, to pretend (`NoPostgres` says what to do).
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

PLACES = "/usr/lib/postgresql/*/bin"
"""Where Debian and Ubuntu keep the server's programs, beside PATH."""

ACCOUNT = "postgres"
"""The server refuses to run as root; Debian's package brings this account."""


class NoPostgres(Exception):
    """The server's programs are not here."""


@contextmanager
def throwaway_postgres(folder: Path, durable: bool = False, settings: tuple[str, ...] = ()) -> Iterator[str]:
    """The SQLAlchemy address of a database in a cluster under `folder`, new where there is none; stopped at the end, and left.

    `durable`: commits wait for the disk, as an operator's would. `settings` are lines such as "shared_buffers=2GB".
    """
    programs = _programs()
    cluster = folder / "cluster"
    is_new = not cluster.exists()
    cluster.mkdir(parents=True, exist_ok=True)
    as_whom = _as_account(folder, cluster)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "check": True, "cwd": folder}
    if is_new:
        subprocess.run([*as_whom, programs / "initdb", "-D", cluster, "-A", "trust", "-E", "UTF8", "--no-sync"], **quiet)
    door = Path(mkdtemp(prefix="pg"))  # a socket's path has 107 characters at most, and a test's folder may be longer
    if as_whom:
        shutil.chown(door, ACCOUNT)
    lines = [f"unix_socket_directories='{door}'", "listen_addresses=''", *settings]
    if not durable:
        lines += ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]
    with (cluster / "postgresql.conf").open("a") as config:
        config.write("\n".join(lines) + "\n")
    log = cluster / "server.log"
    subprocess.run([*as_whom, programs / "pg_ctl", "-D", cluster, "-w", "-l", log, "start"], **quiet)
    try:
        if is_new:
            subprocess.run([*as_whom, programs / "createdb", "-h", door, "remsfax"], **quiet)
        owner = subprocess.run([*as_whom, "id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        yield f"postgresql+psycopg://{owner}@/remsfax?host={door}"
    finally:
        subprocess.run([*as_whom, programs / "pg_ctl", "-D", cluster, "-m", "fast", "stop"], **{**quiet, "check": False})
        shutil.rmtree(door, ignore_errors=True)


def _programs() -> Path:
    """The folder of initdb and its like, the newest version's first."""
    found = sorted(Path("/").glob(PLACES.lstrip("/")), key=lambda one: one.parent.name, reverse=True)
    on_path = shutil.which("initdb")
    if on_path is not None:
        found.append(Path(on_path).resolve().parent)
    for place in found:
        if (place / "initdb").exists():
            return place
    raise NoPostgres("PostgreSQL's server is not installed: apt-get install postgresql")


def _as_account(folder: Path, cluster: Path) -> list[str]:
    """How to run as the server's account where we are root; the cluster becomes that account's."""
    if os.geteuid() != 0:
        return []
    shutil.chown(cluster, ACCOUNT)
    for place in (folder, *folder.parents):  # root's own temporary folders keep others out
        if place == place.parent:
            break
        mode = place.stat().st_mode
        if not mode & 0o001:
            place.chmod(mode | 0o011)
    return ["setpriv", f"--reuid={ACCOUNT}", f"--regid={ACCOUNT}", "--clear-groups"]
