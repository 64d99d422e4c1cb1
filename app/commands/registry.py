"""`remsfax registry play | keys`: the registry's rules tried by hand, and the shipped example answer keys."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from app.commands.output import REFUSED, WRONG_USAGE, AsJson, json_line, stop

commands = typer.Typer(no_args_is_help=True, help="The registry: play a file of events through an empty one, show answer keys.")


@commands.command()
def play(
    file: Annotated[Path, typer.Argument(help="JSON Lines of events; `-` reads standard input.", allow_dash=True)],
    as_json: AsJson = False,
) -> None:
    """An empty registry in memory, the file's lines in order, each answered by one line; exit status 1 if a line was none."""
    from registry.played import play as played

    refused = False
    with _lines(file) as lines:
        for answer in played(lines):
            refused = refused or "error" in answer
            if as_json:
                json_line(answer)
            else:
                print(json.dumps(answer, ensure_ascii=False, indent=2))
    if refused:
        raise typer.Exit(REFUSED)


@commands.command()
def keys(as_json: AsJson = False) -> None:
    """The example answer keys of the knowledge assessments."""
    from registry.grading import example_answer_keys

    found = example_answer_keys()
    if as_json:
        json_line(found)
    else:
        print(json.dumps(found, ensure_ascii=False, indent=2))


@contextmanager
def _lines(file: Path) -> Iterator[Iterable[bytes]]:
    """The file's lines as they are; a file that cannot be opened is wrong usage."""
    if str(file) == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = file.open("rb")
    except OSError as problem:
        stop(f"{file} cannot be read: {problem.strerror}", WRONG_USAGE)
    with stream:
        yield stream
