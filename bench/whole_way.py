"""What a fax costs from drop to answer, beside what reading it alone costs; and how long a clean typed page takes.

    python -m bench.whole_way [--runs 3] [--write docs/figures/whole-way.md]

A service (`remsfax up`, embedded defaults) is started in a folder of its own and warmed up with a handful of faxes at once, so
that every worker has loaded its engines. Then a single typed page drops, alone; its time to the last letter written is the
latency. Then the other samples that hold forms drop chapter by chapter. CPU is user and system time of the whole tree of
processes (supervisor, watcher, workers, web, broker, and every child they waited for) from before the first of these drops until
all are at rest. The idle service's CPU over an equally long time is measured too and reported, not subtracted. Reading alone is
`remsfax read` over the same files and the warm-up, less `remsfax read` over the warm-up, so that neither side counts loading the
engines.
"""

from __future__ import annotations

import argparse
import json
import socket
import statistics
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from app.database import Database
from app.demo import drop, service
from app.demo_ends import Sample, samples_in, standings
from app.settings import DataFolder
from bench.accuracy import SAMPLES
from bench.running import REMSFAX, run

BAR = 1.3  # the whole way may cost this much of the reading alone
PATIENCE = 300.0  # seconds
WARM_UP = (
    "01-prescriber-okafor.tif", "02-prescriber-okafor-knowledge.tif", "03-prescriber-lindqvist.tif",
    "04-prescriber-lindqvist-knowledge.tif", "05-prescriber-raman-both.tif", "42-cover-sheet-only.tif",
)  # fmt: skip
ALONE = "15-distributor-chesapeake.tif"  # one typed page


@dataclass(frozen=True)
class Way:
    """One run."""

    faxes: int
    pages: int
    whole_cpu: float  # seconds, tree of processes, drop to rest
    reading_cpu: float  # seconds, the same faxes read alone
    idle_cpu: float  # seconds the idle service would have used in the same time
    wall: float  # seconds from the first drop to the last rest
    alone_latency: float  # seconds from drop to answer of one typed page, alone
    roles: dict[str, float]  # the CPU seconds by what the processes do

    @property
    def ratio(self) -> float:
        """The whole way over the reading."""
        return self.whole_cpu / self.reading_cpu


def main() -> int:
    """Measure and print; exit status 1 where the median run costs more than the bar allows."""
    asked = argparse.ArgumentParser(prog="python -m bench.whole_way", description="CPU from drop to answer, and of reading.")
    asked.add_argument("--samples", type=Path, default=SAMPLES)
    asked.add_argument("--runs", type=int, default=3)
    asked.add_argument("--write", type=Path, default=None, help="write the table there as Markdown")
    given = asked.parse_args()
    every = [one for one in samples_in(given.samples) if one.end.value != "quarantined"]
    ways = []
    for number in range(given.runs):
        ways.append(one_run(every))
        print(f"run {number + 1}: {ways[-1]} ratio {ways[-1].ratio:.2f}", file=sys.stderr)
    text = report(ways)
    print(text)
    if given.write:
        given.write.parent.mkdir(parents=True, exist_ok=True)
        given.write.write_text("# From drop to answer\n\nMade by `python -m bench.whole_way`.\n\n" + text)
    return 0 if statistics.median(one.ratio for one in ways) <= BAR else 1


def one_run(every: Sequence[Sample]) -> Way:
    """The service over all samples, then the same files through `remsfax read`."""
    by_name = {one.name: one for one in every}
    warm = [by_name[name] for name in WARM_UP]
    rest = [one for one in every if one.name not in (*WARM_UP, ALONE)]
    with tempfile.TemporaryDirectory() as temporary:
        folder, address = DataFolder(Path(temporary)), f"http://127.0.0.1:{free_port()}/"
        with service(folder, address) as up:
            wait_until_ready(address)
            database = Database(f"sqlite:///{folder.database}")
            settle(warm, folder, database)
            time.sleep(5.0)
            idle_from, idle_started = tree_cpu(up.pid), time.monotonic()
            time.sleep(10.0)
            idle_rate = sum(between(idle_from, tree_cpu(up.pid)).values()) / (time.monotonic() - idle_started)
            before, started = tree_cpu(up.pid), time.monotonic()
            latency = settle([by_name[ALONE]], folder, database)
            for chapter in sorted({one.chapter for one in rest}):
                settle([one for one in rest if one.chapter == chapter], folder, database)
            wall = time.monotonic() - started
            roles = between(before, tree_cpu(up.pid))
    measured = [by_name[ALONE], *rest]
    with_warm, warm_only = reading([*warm, *measured]), reading(warm)
    pages, alone = with_warm[1] - warm_only[1], with_warm[0] - warm_only[0]
    return Way(len(measured), pages, sum(roles.values()), alone, idle_rate * wall, wall, latency, roles)


def reading(samples: Sequence[Sample]) -> tuple[float, int]:
    """CPU seconds and pages of `remsfax read` over the samples in one process."""
    done = run([REMSFAX, "read", *(str(one.fax) for one in samples), "--json"], good=(0, 1))
    return done.cpu_seconds, sum(json.loads(line)["pages"] for line in done.stdout.splitlines())


def settle(samples: Sequence[Sample], folder: DataFolder, database: Database) -> float:
    """Drop the samples and wait until each is at rest; seconds that took. TimeoutError after `PATIENCE`."""
    started = time.monotonic()
    for one in samples:
        drop(one, folder.inbox)
    while time.monotonic() - started < PATIENCE:
        with database.reading() as session:
            now = standings(session)
        if all(one.name in now and now[one.name].rest is not None for one in samples):
            return time.monotonic() - started
        time.sleep(0.1)
    raise TimeoutError(f"not at rest: {[one.name for one in samples if one.name not in now or now[one.name].rest is None]}")


def tree_cpu(pid: int) -> dict[str, float]:
    """User and system seconds of a process and its children by what they do, each with all it has waited for."""
    found: dict[str, float] = {}
    root = psutil.Process(pid)
    for process in (root, *root.children(recursive=True)):
        try:
            times, role = process.cpu_times(), role_of(process.cmdline())
        except psutil.NoSuchProcess:
            continue  # it ended in this moment; whoever waited for it counts it
        spent = times.user + times.system + times.children_user + times.children_system
        found[role] = found.get(role, 0.0) + spent
    return found


def role_of(command: Sequence[str]) -> str:
    """What a process of the service does, from its command line."""
    line = " ".join(command)
    for part in ("decoding_child", "--queue reading", "--queue deciding", "watch", "send", "web", "up"):
        if f"{part} " in f"{line} ":
            return part.removeprefix("--queue ").replace("decoding_child", "reading")
    return "broker"


def between(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What was spent between two looks, by role."""
    return {role: round(after[role] - before.get(role, 0.0), 2) for role in sorted(after)}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def wait_until_ready(address: str) -> None:
    """Until the service says it is ready. TimeoutError after `PATIENCE`."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(address + "readyz", timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            pass
        time.sleep(0.2)
    raise TimeoutError("the service did not become ready")


def report(ways: Sequence[Way]) -> str:
    """The table and the same as JSON."""
    text = f"{ways[0].faxes} faxes, {ways[0].pages} pages, {len(ways)} runs.\n\n"
    text += "| run | drop to answer, CPU s | reading, CPU s | ratio | idle, CPU s | wall s | one typed page alone, s |\n"
    text += "|---|--:|--:|--:|--:|--:|--:|\n"
    for number, one in enumerate(ways, 1):
        text += f"| {number} | {one.whole_cpu:.1f} | {one.reading_cpu:.1f} | {one.ratio:.2f} | {one.idle_cpu:.1f} "
        text += f"| {one.wall:.0f} | {one.alone_latency:.1f} |\n"
    text += f"| median | | | {statistics.median(one.ratio for one in ways):.2f} | | "
    text += f"| {statistics.median(one.alone_latency for one in ways):.1f} |\n"
    text += "\nOf the last run: " + ", ".join(f"{role} {spent:.1f}" for role, spent in ways[-1].roles.items()) + " CPU s.\n"
    return text + f"\n```json\n{json.dumps([asdict(one) for one in ways])}\n```\n"


if __name__ == "__main__":
    raise SystemExit(main())
