"""`remsfax demo`: a service in a throw-away folder, the sample faxes dropped into its inbox, and what becomes of each.

What: starts `remsfax up` on embedded defaults, drops faxes chapter by chapter, prints a line as each comes to rest, and keeps the
service running for a look at the desk.
Why: one command from an empty clone shows the main job done on real input; the same command proves it (`--exit-when-done`).
Refuses: to empty a folder it did not make itself, and to touch a database or broker that the environment names.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from app.database import Database
from app.demo_ends import End, Sample, Standing, complaint, samples_in, standings
from app.processes import dying_with_parent
from app.settings import DataFolder

SAMPLES = Path(__file__).resolve().parents[1] / "sample_faxes"
MARKER = ".remsfax-demo"  # a folder that holds it was made by a demo and may be thrown away by the next
LOOK_EVERY = 0.5  # seconds between two looks at the rows
UP_WITHIN = 60.0  # seconds
STOP_WITHIN = 30.0
NOTHING_NEW = 300.0  # seconds without any fax coming to rest: something hangs
WORDS = {End.ANSWERED: "answered", End.DESK: "at the desk", End.QUARANTINED: "quarantined"}
STYLE = {End.ANSWERED: "green", End.DESK: "yellow", End.QUARANTINED: "red"}

ALL_GOOD, NOT_AS_EXPECTED, WRONG_USAGE, SERVICE_MISSING = 0, 1, 2, 3


class CannotShow(Exception):
    """Something the person at the terminal must change first; `status` is the exit status."""

    def __init__(self, text: str, status: int) -> None:
        super().__init__(text)
        self.status = status


def demo(data: Path, samples: Path, port: int | None, exit_when_done: bool) -> int:
    """Run it; the exit status: 0 all as expected, 1 something ended elsewhere (each named), 3 the service did not start."""
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, _as_ctrl_c)
    try:
        faxes = _faxes(samples)
        folder = DataFolder(data.resolve())
        renew(folder.root)
        address = f"http://127.0.0.1:{_free_port(port)}/"
        with service(folder, address) as up:
            _wait_until_up(up, folder, address)
            _say_where(console, folder, address)
            complaints = _show(console, folder, faxes, up)
            if exit_when_done:
                return NOT_AS_EXPECTED if complaints else ALL_GOOD
            _say_where(console, folder, address)
            console.print("[bold]Ctrl-C stops it.[/bold] Drop faxes of your own into the inbox.")
            up.wait()
            raise CannotShow(f"the service ended by itself; see {folder.root / 'service.log'}", SERVICE_MISSING)
    except CannotShow as problem:
        console.print(f"[red]{problem}[/red]")
        return problem.status
    except KeyboardInterrupt:
        console.print("\nStopped.")
        return ALL_GOOD


def renew(root: Path) -> None:
    """An empty folder with the demo's marker; what a former demo left is thrown away. CannotShow if it is no demo's."""
    if root.exists() and any(root.iterdir()):
        if not (root / MARKER).is_file():
            raise CannotShow(f"{root} holds something that no demo made; name another folder with --data", WRONG_USAGE)
        shutil.rmtree(root)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    (root / MARKER).touch()


@contextmanager
def service(folder: DataFolder, address: str) -> Iterator[subprocess.Popen[bytes]]:
    """`remsfax up` on embedded defaults, stopped at the end of the block; its log goes to `service.log`."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REMSFAX_")}
    environment |= {"REMSFAX_DATA": str(folder.root), "REMSFAX_PORT": address.rstrip("/").rpartition(":")[2]}
    with (folder.root / "service.log").open("ab") as log:
        up = subprocess.Popen(
            [sys.executable, "-m", "app.command_line", "up"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder.root,  # no .env file of somebody's working folder is read
            env=environment,
            start_new_session=True,  # Ctrl-C is for us; we then stop it in order
            preexec_fn=dying_with_parent(),
        )
    try:
        yield up
    finally:
        up.terminate()
        try:
            up.wait(STOP_WITHIN)
        except subprocess.TimeoutExpired:
            up.kill()
            up.wait()


def drop(sample: Sample, inbox: Path) -> None:
    """As a fax server does it: the sidecar first, then the fax, each whole under its name at once."""
    for file in (sample.sidecar, sample.fax):
        if file is not None:
            unfinished = inbox / f".{file.name}.part"
            shutil.copyfile(file, unfinished)
            unfinished.rename(inbox / file.name)


class Watching:
    """What is known of each sample so far."""

    def __init__(self, console: Console, folder: DataFolder, up: subprocess.Popen[bytes]) -> None:
        self._console = console
        self._folder = folder
        self._up = up
        self._database = Database(f"sqlite:///{folder.database}")
        self._began = time.monotonic()
        self.seen: dict[str, Standing] = {}  # by the name it dropped under, as of the last look
        self.at_rest: dict[str, Standing] = {}  # as it was when it came to rest

    @property
    def seconds(self) -> float:
        """Since the first fax dropped."""
        return time.monotonic() - self._began

    def look(self, dropped: Sequence[Sample]) -> bool:
        """One look at the rows; a line for each fax that came to rest since the last. True if there was any."""
        if self._up.poll() is not None:
            raise CannotShow(f"the service ended; see {self._folder.root / 'service.log'}", SERVICE_MISSING)
        with self._database.reading() as session:
            self.seen = standings(session)
        news = False
        for one in dropped:
            standing = self.seen.get(one.name)
            if one.name not in self.at_rest and standing is not None and standing.rest is not None:
                self.at_rest[one.name] = standing
                news = True
                _say_line(self._console, one, standing, self.seconds)
        return news

    def complaints(self, faxes: Sequence[Sample]) -> list[str]:
        """What is not where it must be, a sentence each; every letter that was sent must lie in the outbox with its JSON."""
        wrong = {one.name: complaint(one, self.at_rest.get(one.name) or self.seen.get(one.name)) for one in faxes}
        found = [f"{name} {words}" for name, words in wrong.items() if words is not None]
        for name, standing in self.seen.items():
            pairs = [self._folder.outbox / letter for letter in standing.letters]
            found += [f"{name}: no {pair.name} in the outbox" for pair in pairs if not _whole(pair)]
        return found


def _whole(pages: Path) -> bool:
    return pages.is_file() and pages.stat().st_size > 0 and pages.with_suffix(".json").is_file()


def _show(console: Console, folder: DataFolder, faxes: Sequence[Sample], up: subprocess.Popen[bytes]) -> list[str]:
    """Drop everything, say what becomes of it, and return what did not end as it must."""
    watching = Watching(console, folder, up)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("faxes", total=len(faxes))
        for chapter in sorted({one.chapter for one in faxes}):
            dropped = [one for one in faxes if one.chapter == chapter]
            for one in dropped:
                drop(one, folder.inbox)
            if not _until_at_rest(watching, dropped, progress, bar):
                break  # later chapters rest on this one
    complaints = watching.complaints(faxes)
    _sum_up(console, watching, complaints)
    return complaints


def _until_at_rest(watching: Watching, dropped: Sequence[Sample], progress: Progress, bar: TaskID) -> bool:
    """Look until every one of them is at rest; False if nothing happened for too long."""
    last_news = time.monotonic()
    while True:
        if watching.look(dropped):
            last_news = time.monotonic()
        waiting = sum(one.name not in watching.seen for one in dropped)
        under_way = sum(one.name not in watching.at_rest for one in dropped) - waiting
        words = f"{waiting} in the inbox, {under_way} under way"
        progress.update(bar, completed=len(watching.at_rest), description=words)
        if all(one.name in watching.at_rest for one in dropped):
            return True
        if time.monotonic() - last_news > NOTHING_NEW:
            return False
        time.sleep(LOOK_EVERY)


def _say_line(console: Console, sample: Sample, standing: Standing, seconds: float) -> None:
    assert standing.rest is not None
    wrong = complaint(sample, standing)
    mark = "[green]✓[/green]" if wrong is None else "[red]✗[/red]"
    console.print(
        f"{mark} {seconds:5.0f} s  {standing.reference}  {sample.name:<36}  [{STYLE[standing.rest]}]{standing.words}[/]",
        soft_wrap=True,
    )


def _sum_up(console: Console, watching: Watching, complaints: Sequence[str]) -> None:
    ends = [one.rest for one in watching.at_rest.values()]
    counts = ", ".join(f"{ends.count(end)} {WORDS[end]}" for end in End)
    console.print(f"\n[bold]{len(ends)} faxes in {watching.seconds:.0f} s[/bold]: {counts}.")
    if not complaints:
        console.print("[green]Every sample is where it must end.[/green]")
    for one in complaints:
        console.print(f"[red]✗ {one}[/red]", soft_wrap=True)


def _say_where(console: Console, folder: DataFolder, address: str) -> None:
    sign_in = folder.first_sign_in.read_text(encoding="utf-8").strip() if folder.first_sign_in.is_file() else ""
    console.print(f"\n[bold]The desk:[/bold] {address}")
    for line in sign_in.splitlines():
        console.print(f"  {line}", markup=False)
    console.print(f"Inbox {folder.inbox}\nLetters {folder.outbox}\n", markup=False, soft_wrap=True)


def _faxes(folder: Path) -> list[Sample]:
    if not folder.is_dir():
        raise CannotShow(f"no sample faxes in {folder}; name their folder with --samples", WRONG_USAGE)
    try:
        faxes = samples_in(folder)
    except ValueError as problem:
        raise CannotShow(str(problem), WRONG_USAGE) from problem
    if not faxes:
        raise CannotShow(f"{folder} holds no fax with an expectation (NAME.expected.json)", WRONG_USAGE)
    return faxes


def _free_port(wanted: int | None) -> int:
    """The port asked for; without one 8080, or any free one if that is taken. CannotShow if the port asked for is taken."""
    for port in (8080, 0) if wanted is None else (wanted,):
        with socket.socket() as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                door.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(door.getsockname()[1])
    raise CannotShow(f"port {wanted} is taken; name another with --port", WRONG_USAGE)


def _wait_until_up(up: subprocess.Popen[bytes], folder: DataFolder, address: str) -> None:
    deadline = time.monotonic() + UP_WITHIN
    while not _ready(address):
        if up.poll() is not None or time.monotonic() > deadline:
            log = (folder.root / "service.log").read_text(encoding="utf-8", errors="replace")
            raise CannotShow("the service did not start:\n" + "\n".join(log.splitlines()[-15:]), SERVICE_MISSING)
        time.sleep(0.2)


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(address + "readyz", timeout=2) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _as_ctrl_c(signum: int, frame: object) -> None:
    raise KeyboardInterrupt
