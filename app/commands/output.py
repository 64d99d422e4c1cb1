"""How every command speaks: JSON Lines on stdout for programs, a table for people, everything else on stderr.

Exit statuses of the outside contract stand here: 0 all good, 1 some input was refused, 2 wrong usage, 3 a service is missing.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, NoReturn

import typer

REFUSED = 1
WRONG_USAGE = 2
SERVICE_MISSING = 3

AsJson = Annotated[bool, typer.Option("--json", help="JSON Lines on stdout instead of a table.")]


def json_line(value: Mapping[str, Any]) -> None:
    """One JSON object on one line, flushed, so that a reader at the other end of a pipe has it at once."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, separators=(", ", ": ")) + "\n")
    sys.stdout.flush()


def table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table for people; plain columns when stdout is no terminal."""
    if not sys.stdout.isatty():
        widths = [max([len(name), *(len(str(row[at])) for row in rows)]) for at, name in enumerate(columns)]
        for row in [columns, *rows]:
            print("  ".join(str(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
        return
    from rich.console import Console
    from rich.table import Table

    drawn = Table(*columns, box=None, pad_edge=False)
    for row in rows:
        drawn.add_row(*(str(cell) for cell in row))
    Console().print(drawn)


def note(text: str) -> None:
    """A line for the person at the terminal, on stderr."""
    print(text, file=sys.stderr, flush=True)


def stop(text: str, status: int) -> NoReturn:
    """Say why on stderr and end with the status."""
    note(text)
    raise typer.Exit(status)
