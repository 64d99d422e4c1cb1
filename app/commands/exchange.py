"""`remsfax registry import | export`: records in files, all or nothing in, everything out."""

from __future__ import annotations

import csv
import getpass
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from app.commands.output import REFUSED, WRONG_USAGE, AsJson, json_line, note, stop, table
from app.commands.service import Data, existing, ready

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from app.composition import Remsfax
    from registry.exchange.importing import Counts, Importing, Refusal
    from registry.exchange.lines import Line

STDIN = Path("-")


class _NothingStored(Exception):
    """Rolls the import back."""


def import_files(
    files: Annotated[
        list[Path], typer.Argument(help="JSON Lines, or .csv of one kind each; `-` reads JSON Lines from standard input.")
    ],
    data: Data = None,
    kind: Annotated[
        str | None, typer.Option(help="What the CSV files hold; else a file's own name says it, as prescriber.csv.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only look; store nothing.")] = False,
    by: Annotated[str | None, typer.Option(help="Who imports, for the audit trail; else this machine's user.")] = None,
    as_json: AsJson = False,
) -> None:
    """Import records from files, all or none: one bad line and nothing is stored; each bad line is named, exit status 1."""
    from registry.exchange.importing import CannotGoOn, Importing

    kinds = {file: _kind_of(file, kind) for file in files}
    house = ready(data)
    actor = by or _user()
    try:
        with _session(house, dry_run) as session:
            importing = Importing(session, house.clock(), actor, dry=dry_run)
            refused = 0
            for refusal in _refusals(importing, kinds):
                refused += 1
                _say(refusal, as_json)
            if refused:
                raise _NothingStored
    except _NothingStored:
        _finish(importing.counts, stored=False, as_json=as_json)
        stop("nothing was stored: correct the lines named and import the files again", REFUSED)
    except CannotGoOn as trouble:
        stop(f"{trouble}; nothing was stored: correct it and import the files again", REFUSED)
    _finish(importing.counts, stored=not dry_run, as_json=as_json)
    if otherwise := importing.settling.otherwise:
        some = ", ".join(otherwise[:20]) + (" …" if len(otherwise) > 20 else "")
        note(f"{len(otherwise)} patients have another treatment status than their lines, since their history says so: {some}")
    note("nothing was stored: it was a dry run" if dry_run else f"stored in {house.folders.root}")


def export(
    data: Data = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write; else standard output.")] = None,
    csv_folder: Annotated[
        Path | None, typer.Option("--csv", help="A folder for one CSV file a kind, instead of JSON Lines.")
    ] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only this kind; may be repeated.")] = None,
) -> None:
    """Write every record of the registry, as JSON Lines or as CSV; the files are readable by their owner only."""
    from registry.exchange import exporting
    from registry.exchange.kinds import KINDS
    from registry.trail.storage import one_view

    unknown = sorted(set(kind or ()) - set(KINDS))
    if unknown:
        stop(f"no kind {', '.join(unknown)}: there are {', '.join(KINDS)}", WRONG_USAGE)
    if out is not None and csv_folder is not None:
        stop("give --out for JSON Lines or --csv for CSV, not both", WRONG_USAGE)
    house = existing(data)
    with house.database.reading() as session:
        one_view(session)
        if csv_folder is None:
            lines = (line + "\n" for line in exporting.json_lines(session, kind or ()))
            if out is None:
                sys.stdout.writelines(lines)
            else:
                _write(out, lambda stream: stream.writelines(lines))
            return
        for name in kind or KINDS:
            _write(csv_folder / f"{name}.csv", partial(_write_rows, exporting.csv_rows(session, name)))


def _write_rows(rows: Iterable[list[str]], stream: TextIO) -> None:
    csv.writer(stream).writerows(rows)  # both characters of its line ends are quoted in cells


def _write(file: Path, fill: Callable[[TextIO], object]) -> None:
    """A file with its whole content or not at all, closed to others from the start."""
    part = file.with_name(f".{file.name}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        opened = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8", newline="") as stream:
            fill(stream)
        part.replace(file)
    except OSError as problem:
        stop(f"{file} cannot be written: {problem.strerror}", WRONG_USAGE)


@contextmanager
def _session(house: Remsfax, dry: bool) -> Iterator[Session]:
    """One transaction; a dry one keeps nobody from writing."""
    with house.database.reading() if dry else house.database.writing() as session:
        yield session


def _refusals(importing: Importing, kinds: Mapping[Path, str | None]) -> Iterator[Refusal]:
    """Everything refused in these files, in their order."""
    for file, kind in kinds.items():
        with _lines(file, kind) as lines:
            yield from importing.take(lines)
    yield from importing.end()


@contextmanager
def _lines(file: Path, kind: str | None) -> Iterator[Iterable[Line]]:
    """A file's lines; one that cannot be opened is wrong usage."""
    from registry.exchange.lines import csv_lines, json_lines

    if file == STDIN:
        yield json_lines("standard input", sys.stdin.buffer)
        return
    try:
        if kind is None:
            with file.open("rb") as stream:
                yield json_lines(file.name, stream)
        else:
            with file.open(encoding="utf-8", errors="surrogateescape", newline="") as text:
                yield csv_lines(file.name, kind, text)
    except OSError as problem:
        stop(f"{file} cannot be read: {problem.strerror}", WRONG_USAGE)


def _kind_of(file: Path, told: str | None) -> str | None:
    """What a CSV file holds; None for JSON Lines, whose lines say it themselves."""
    from registry.exchange.kinds import KINDS

    if file != STDIN and not file.is_file():
        stop(f"{file} is no file that can be read", WRONG_USAGE)
    if file.suffix.casefold() != ".csv":
        return None
    kind = told or file.stem.casefold()
    if kind not in KINDS:
        stop(f"{file}: what kind of records? Give --kind, one of {', '.join(KINDS)}", WRONG_USAGE)
    return kind


def _user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container's user need not have a name
        return f"user {os.getuid()}"


def _say(refusal: Refusal, as_json: bool) -> None:
    if as_json:
        json_line({"file": refusal.file, "line": refusal.line, "problem": refusal.problem})
    else:
        print(f"{refusal.file} line {refusal.line}: {refusal.problem}")


def _finish(counts: Mapping[str, Counts], stored: bool, as_json: bool) -> None:
    """The reconciled counts: read = new + already there + refused."""
    if as_json:
        json_line({"stored": stored, "counts": {kind: vars(one) for kind, one in counts.items()}})
        return
    rows = [[kind, one.read, one.new, one.already, one.refused] for kind, one in counts.items()]
    table(["kind", "read", "new", "already there", "refused"], rows)
