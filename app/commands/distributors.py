"""`remsfax distributors list | changes | check | publish`: what wholesalers and distributors ask for (R91–R93)."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

import typer

from app.commands.output import REFUSED, WRONG_USAGE, AsJson, json_line, note, stop, table
from app.commands.service import Data, existing

commands = typer.Typer(no_args_is_help=True, help="The list of certified pharmacies for wholesalers and distributors.")

AsCsv = Annotated[bool, typer.Option("--csv", help="CSV on stdout, as distributors get it.")]
SHOWN = ("npi", "name", "city", "state", "zip", "valid_until")


@commands.command("list")
def show(data: Data = None, as_csv: AsCsv = False, as_json: AsJson = False) -> None:
    """Every certified pharmacy and location of today."""
    from registry.distribution import list_csv
    from registry.looking_up import certified_list
    from registry.moments import program_day

    house = existing(data)
    now = house.clock()
    with house.database.reading() as session:
        rows = certified_list(session, now)
    if as_csv:
        sys.stdout.buffer.write(list_csv(rows, program_day(now)))
    elif as_json:
        for row in rows:
            json_line(_plain(asdict(row)))
    else:
        table(SHOWN, [[getattr(row, name) for name in SHOWN] for row in rows])
        note(f"{len(rows)} certified")


@commands.command()
def changes(
    since: Annotated[str, typer.Option(help="First day to look at, such as 2026-11-01.")],
    data: Data = None,
    as_csv: AsCsv = False,
    as_json: AsJson = False,
) -> None:
    """Who came onto the list, left it, or has something different in its row since a day."""
    from registry.distribution import changes_csv
    from registry.looking_up import list_changes
    from registry.moments import program_day

    house = existing(data)
    try:
        day = date.fromisoformat(since)
    except ValueError:
        stop(f"{since!r} is no day: write it as 2026-11-01", WRONG_USAGE)
    now = house.clock()
    with house.database.reading() as session:
        rows = list_changes(session, day, now)
    if as_csv:
        sys.stdout.buffer.write(changes_csv(rows, day, program_day(now)))
    elif as_json:
        for one in rows:
            json_line({"change": one.change.value, "what": one.what, **_plain(asdict(one.row))})
    else:
        table(
            ["change", "what", *SHOWN],
            [[one.change.value, one.what, *(getattr(one.row, name) for name in SHOWN)] for one in rows],
        )
        note(f"{len(rows)} changes since {day}")


@commands.command()
def check(npi: Annotated[str, typer.Argument(help="The pharmacy's NPI.")], data: Data = None, as_json: AsJson = False) -> None:
    """Whether one pharmacy may be supplied today; exit status 1 if it is not on the list."""
    from registry.looking_up import check_pharmacy

    house = existing(data)
    with house.database.reading() as session:
        found = check_pharmacy(session, npi, house.clock())
    if as_json:
        row = None if found.row is None else _plain(asdict(found.row))
        json_line({"npi": found.npi, "listed": found.row is not None, "row": row, "reason": found.reason or None})
    elif found.row is not None:
        print(f"{found.npi} is certified until {found.row.valid_until}: {found.row.name}, {found.row.city} {found.row.zip}")
    else:
        print(f"{found.npi} is not on the list: no shipment. {found.reason}")
    if found.row is None:
        raise typer.Exit(REFUSED)


@commands.command()
def publish(data: Data = None, as_json: AsJson = False) -> None:
    """Write the signed list into the distributors' folder now; the service does so by itself once a day and after changes."""
    from app.distributor_list import publish as write
    from app.signing import CannotSign

    house = existing(data)
    folder = house.settings.distributor_list_folder
    try:
        found = write(folder, house.folders.distributor_key, house.database, house.clock())
    except CannotSign as problem:
        stop(str(problem), WRONG_USAGE)
    except OSError as problem:
        stop(f"{folder} cannot be written: {problem.strerror}", WRONG_USAGE)
    if as_json:
        json_line({"folder": str(folder), **asdict(found)})
    else:
        print(f"{folder / found.list_name}: {found.rows} pharmacies{'' if found.new else ', as before'}")


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Days as ISO text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row.items()}
