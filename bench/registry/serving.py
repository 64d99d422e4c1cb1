"""`python -m bench.registry.serving [--patients 20000] [--rate 200] [--seconds 60] [--web 2] [--folder DIR]`: dispense checks
over HTTP at a fixed rate, against PostgreSQL with several web processes.

What: every check is sent at its own moment, whether or not earlier ones were answered, with the tokens of many pharmacies; each
answer must be an authorization. Latency counts from the moment the check was due.
Why: a pharmacy's counter does not slow down because the service does.
Refuses: to count an answer that is no authorization as served.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil

from app.api.giving import new_token
from app.api.storage import add_token
from app.api.tokens import PartyKind
from app.broker import EmbeddedServer
from app.database import Database
from bench.registry.making import fill, pharmacy_npis
from registry.identifiers import issue_patient_id
from tools.throwaway_postgres import throwaway_postgres

CLIENTS = 48  # connections kept open
COUNTERS = 200  # pharmacies that ask
WARM_UP = 3.0  # seconds at the same rate that are not counted


@dataclass
class Served:
    """What came of the checks."""

    seconds: list[float] = field(default_factory=list)  # from due to answered
    wrong: list[str] = field(default_factory=list)  # what was answered instead of an authorization


@contextmanager
def service(folder: Path, address: str, web: int) -> Iterator[int]:
    """So many web processes behind one port, and their broker; gives the port."""
    data = folder / "data"
    data.mkdir(exist_ok=True)
    environment = {
        **os.environ, "REMSFAX_DATA": str(data), "REMSFAX_DATABASE_URL": address, "REMSFAX_LOG_LEVEL": "error",
        "OMP_NUM_THREADS": "1", "REMSFAX_DESK_PASSWORD": "only for a measurement",
    }  # fmt: skip
    broker = EmbeddedServer(data / "broker")
    started = [subprocess.Popen(broker.command(), stdout=subprocess.DEVNULL)]
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(512)
        port = int(door.getsockname()[1])
        try:
            for _ in range(web):
                command = [sys.executable, "-m", "app.command_line", "web", "--listen-fd", str(door.fileno())]
                started.append(subprocess.Popen(command, env=environment, pass_fds=(door.fileno(),)))
                _wait_for(port)
                time.sleep(2)  # the next one finds the first account made
            yield port
        finally:
            for process in reversed(started):
                process.terminate()
            for process in started:
                process.wait(20)


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web process does not answer")


def tokens(database: Database) -> list[tuple[str, str]]:
    """NPI and token of each pharmacy that asks."""
    found = []
    with database.writing() as session:
        for npi in pharmacy_npis(COUNTERS):
            token, text = new_token(PartyKind.PHARMACY, npi, "", "Ray Hill", "ray@example.org", (), datetime.now(UTC))
            add_token(session, token)
            found.append((npi, text))
    return found


def serve(port: int, asked: list[tuple[str, str]], patients: int, rate: float, seconds: float) -> Served:
    """Checks at that rate, from many connections."""
    served, lock, begin = Served(), threading.Lock(), time.monotonic() + 0.5

    def client(place: int) -> None:
        chance = random.Random(place)
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for number in range(place, int(rate * seconds), CLIENTS):
            due = begin + number / rate
            time.sleep(max(0.0, due - time.monotonic()))
            npi, token = chance.choice(asked)
            body = json.dumps({"pharmacy_npi": npi, "patient_id": issue_patient_id(chance.randrange(patients))})
            wrong = ""
            try:
                connection.request("POST", "/api/v1/dispense-checks", body, {
                    "Authorization": f"Bearer {token}", "Content-Type": "application/json",
                })  # fmt: skip
                answer = connection.getresponse()
                said = answer.read()
                if answer.status != 200 or not json.loads(said)["authorized"]:
                    wrong = f"{answer.status} {said[:200]!r}"
            except OSError as problem:
                wrong = f"{type(problem).__name__}: {problem}"
                connection.close()
            with lock:
                served.seconds.append(time.monotonic() - due)
                if wrong:
                    served.wrong.append(wrong)

    threads = [threading.Thread(target=client, args=(place,)) for place in range(CLIENTS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return served


def cpu_seconds() -> dict[str, float]:
    """CPU so far of the web processes, of PostgreSQL, and of this process, which asks."""
    found = {"web": 0.0, "postgres": 0.0, "asking": 0.0}
    for process in psutil.process_iter(["cmdline", "name", "cpu_times", "pid"]):
        about = process.info
        name = (
            "web" if "--listen-fd" in (about["cmdline"] or ())
            else "postgres" if about["name"] == "postgres"
            else "asking" if about["pid"] == os.getpid()
            else None
        )  # fmt: skip
        if name is not None and about["cpu_times"] is not None:
            found[name] += about["cpu_times"].user + about["cpu_times"].system
    return found


def main() -> None:
    """Measure and print."""
    asked_for = argparse.ArgumentParser(description=__doc__)
    asked_for.add_argument("--patients", type=int, default=20_000)
    asked_for.add_argument("--rate", type=float, default=200.0)
    asked_for.add_argument("--seconds", type=float, default=60.0)
    asked_for.add_argument("--web", type=int, default=2)
    asked_for.add_argument("--folder", type=Path)
    asked_for.add_argument("--write", type=Path)
    given = asked_for.parse_args()
    with ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = ("shared_buffers=1GB", "max_wal_size=4GB", "max_connections=200")
        address = stack.enter_context(throwaway_postgres(folder, durable=True, settings=settings))
        database = Database(address)
        with suppress(ValueError):  # a folder that was filled before
            fill(database, given.patients)
        asked = tokens(database)
        database.close()
        port = stack.enter_context(service(folder, address, given.web))
        serve(port, asked, given.patients, given.rate, WARM_UP)
        before = cpu_seconds()
        served = serve(port, asked, given.patients, given.rate, given.seconds)
        spent = {name: (seconds - before[name]) / len(served.seconds) * 1e3 for name, seconds in cpu_seconds().items()}
    late = statistics.quantiles(served.seconds, n=100)
    said = (
        f"{len(served.seconds):,} checks at {given.rate:g} a second, {given.patients:,} patients, {given.web} web processes: "
        f"{len(served.wrong)} errors; p50 {late[49] * 1e3:.0f} ms, p95 {late[94] * 1e3:.0f} ms, p99 {late[98] * 1e3:.0f} ms, "
        f"longest {max(served.seconds) * 1e3:.0f} ms; CPU a check: "
        + ", ".join(f"{name} {milliseconds:.1f} ms" for name, milliseconds in spent.items())
    )
    print(said)
    for wrong in served.wrong[:3]:
        print(wrong)
    if given.write:
        made = f"--patients {given.patients} --rate {given.rate:g} --seconds {given.seconds:g} --web {given.web}"
        given.write.write_text(
            "# Dispense checks over HTTP\n\n"
            f"*Made by `python -m bench.registry.serving {made} --write docs/figures/registry-load.md`:\n"
            "PostgreSQL, whose commits wait for the disk, the web processes and the client that asks share one machine.*\n\n"
            f"{said}.\n",
            encoding="utf-8",
        )


if __name__ == "__main__":
    main()
