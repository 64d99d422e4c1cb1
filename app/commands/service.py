"""`remsfax up | web | work | watch | send | status`: the service and its parts."""

from __future__ import annotations

import signal
import socket
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from app.commands.output import SERVICE_MISSING, WRONG_USAGE, AsJson, json_line, note, stop, table

if TYPE_CHECKING:
    from app.composition import Remsfax
    from app.preparing import CannotStart
    from app.settings import Settings

MAIL_MAY_END = 10.0
"""Seconds for which an e-mail under way may go on after the signal to stop."""

Data = Annotated[Path | None, typer.Option(help="The data folder; else REMSFAX_DATA.")]


def up(data: Data = None, port: Annotated[int | None, typer.Option(help="Port of the desk; else REMSFAX_PORT.")] = None) -> None:
    """Start everything on this machine and stop it cleanly on SIGTERM or Ctrl-C."""
    from app.preparing import CannotStart, prepare
    from app.up import up as run

    settings = with_logging(data) if port is None else with_logging(data, port=port)

    def make_ready(ready: Settings) -> None:
        told = prepare(ready)
        if told is not None:
            print(told, flush=True)

    try:
        run(settings, make_ready, lambda address: print(f"remsfax is ready at {address}", flush=True))
    except CannotStart as problem:
        cannot_start(problem)


def web(data: Data = None, listen_fd: Annotated[int | None, typer.Option(hidden=True)] = None) -> None:
    """Answer over HTTP: the desk, the API, health and metrics."""
    from app.preparing import CannotStart
    from app.up import listening
    from app.web import serve

    house = ready(data)
    if listen_fd is not None:
        serve(house, socket.socket(fileno=listen_fd))
        return
    try:
        with listening(house.settings.host, house.settings.port) as door:
            note(f"listening on {house.settings.host}:{door.getsockname()[1]}")
            serve(house, door)
    except CannotStart as problem:
        stop(str(problem), WRONG_USAGE)


def work(
    data: Data = None,
    queue: Annotated[list[str] | None, typer.Option(help="Queue to work on: reading, deciding, sending; else all.")] = None,
) -> None:
    """Read faxes, decide and answer, one job at a time; start as many as the machine has cores for."""
    from app.broker import QUEUES

    wanted = queue or list(QUEUES)
    unknown = sorted(set(wanted) - set(QUEUES))
    if unknown:
        stop(f"no queue {', '.join(unknown)}; there are {', '.join(QUEUES)}", WRONG_USAGE)
    run_worker(ready(data), wanted)


def send(data: Data = None) -> None:
    """Write letters and give them to the fax gateway."""
    from app.broker import SENDING

    run_worker(ready(data), [SENDING])


def watch(data: Data = None) -> None:
    """Take faxes out of the inbox."""
    run_watcher(ready(data))


def status(data: Data = None, as_json: AsJson = False) -> None:
    """Counts by state, the oldest items, the lag; exit status 3 if the database or the broker does not answer."""
    from app.status import Status
    from app.status import status as look

    house = compose_here(data)
    if house.settings.database_url is None and not house.folders.database.exists():
        found = Status.of_nothing(house.clock())  # asking SQLite would make the file
    else:
        found = look(house.database, house.broker, house.clock())
    line = found.to_json()
    if as_json:
        json_line(line)
    else:
        _show(line)
    silent = " and ".join(name for name, answers in (("database", found.database), ("broker", found.broker)) if not answers)
    if silent:
        stop(f"the {silent} of {house.folders.root} cannot be reached: start the service with `remsfax up`", SERVICE_MISSING)


def run_worker(house: Remsfax, queues: list[str]) -> None:
    """Work on these queues until told to stop."""
    from app.actors import work as run
    from app.broker import DECIDING, READING
    from app.mailing_aside import Aside
    from app.sending import sending_or

    if READING in queues:
        house.warm()
    aside = Aside()
    step = sending_or(house, house.runner().run, aside)
    every = house.settings.sweep_seconds
    swept = 0.0

    def tick() -> None:
        nonlocal swept
        if DECIDING in queues and time.monotonic() - swept >= every:
            house.sweep()
            house.clock_work.tick()
            house.distributor_list.tick()
            swept = time.monotonic()

    run(house.broker, step, queues, limit_seconds=house.settings.reading_limit_seconds, each_tick=tick)
    aside.finish(MAIL_MAY_END)


def run_watcher(house: Remsfax) -> None:
    """Watch the inbox until told to stop."""
    from app.watch import watch as run

    told = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: told.set())
    rescan = timedelta(seconds=house.settings.rescan_seconds)
    run(house.taking(), house.folders.inbox, house.clock, rescan, told)


def ready(data: Path | None) -> Remsfax:
    """The composed service on a database with its tables; ends the command where folder or database cannot be used."""
    from app.composition import compose
    from app.preparing import CannotStart, prepare

    settings = with_logging(data)
    try:
        prepare(settings)
    except CannotStart as problem:
        cannot_start(problem)
    return compose(settings)


def existing(data: Path | None) -> Remsfax:
    """As `ready`, but only on a data folder that has its database: a mistyped name must not become a new, empty service."""
    settings = with_logging(data)
    if settings.database_url is None and not settings.folders.database.exists():
        stop(f"{settings.folders.root} holds no service: give the folder of `remsfax up` with --data", WRONG_USAGE)
    return ready(data)


def cannot_start(problem: CannotStart) -> NoReturn:
    """Say it, and end with the status that tells an operator's mistake from a service that is away."""
    from app.preparing import DatabaseAway

    stop(str(problem), SERVICE_MISSING if isinstance(problem, DatabaseAway) else WRONG_USAGE)


def compose_here(data: Path | None) -> Remsfax:
    """The composed service as it is, with nothing made ready: for looking."""
    from app.composition import compose

    return compose(with_logging(data))


def with_logging(data: Path | None, **given: Any) -> Settings:
    """The settings in use, and logs on stderr."""
    from app.log_lines import log_to_stderr
    from app.settings import Settings

    settings = Settings(**given) if data is None else Settings(data=data, **given)
    log_to_stderr(settings.log_level)
    return settings


def _show(line: dict[str, Any]) -> None:
    print(f"database {line['database']}, broker {line['broker']}, {line['due']} steps due, lag {line['lag_seconds']:.0f} s")
    print(f"clock      last ran {line['clock_last_ran'] or 'never'}")
    for fields, count in line["alarms"].items():
        if count:
            print(f"alarm      bars are raised for {fields} fields: see remsfax quality")
    for what in ("faxes", "documents", "reviews", "deliveries", "mails"):
        counted = {state: count for state, count in line[what].items() if count}
        print(f"{what:11}" + (", ".join(f"{count} {state.replace('_', ' ')}" for state, count in counted.items()) or "none"))
    waiting = [[name.replace("_", " "), moment] for name, moment in line["oldest"].items() if moment]
    if waiting:
        table(["oldest", "since"], waiting)
