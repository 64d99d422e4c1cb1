"""`remsfax registry play | keys`: the registry's rules tried by hand, and the shipped example answer keys."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

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
    for answer in played(_lines(file)):
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


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    """The file's objects; a line that is none ends the command with wrong usage."""
    with sys.stdin if str(file) == "-" else file.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError as problem:
                stop(f"{file}, line {number}: not JSON ({problem})", WRONG_USAGE)
            if not isinstance(found, dict):
                stop(f"{file}, line {number}: an object is needed", WRONG_USAGE)
            yield found
