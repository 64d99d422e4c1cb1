"""The `remsfax` command: what an operator types, and what integrations call.

What: one typer application; the shapes on stdout and the exit statuses are the outside contract.
Why: a person at a terminal and a program at a pipe get the same facts.
Refuses: to load an engine, a database or a web server for a command that needs none; every import stands where it is used.
"""

from __future__ import annotations

import os
import sys

import typer

from app.commands import (
    audit,
    calibrate,
    clock,
    demo,
    distributors,
    exchange,
    forms,
    history,
    letters,
    numbers,
    people,
    quality,
    quarantine,
    reading,
    registry,
    service,
    token,
)  # fmt: skip
from app.commands.output import WRONG_USAGE, AsJson, json_line, note, table

application = typer.Typer(
    name="remsfax",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Reads the faxes of the Clozapine REMS, keeps its registry, and faxes the answer back.",
)
for _command in (service.up, service.web, service.work, service.watch, service.send, service.status, reading.read):
    application.command()(_command)
for _name, _of_registry in (("history", history.history), ("import", exchange.import_files), ("export", exchange.export)):
    registry.commands.command(_name)(_of_registry)
application.command("demo")(demo.demo)
application.command("clock")(clock.clock)
application.command("calibrate")(calibrate.calibrate)
application.command("quality")(quality.quality)
application.add_typer(forms.commands, name="forms")
application.add_typer(registry.commands, name="registry")
application.add_typer(audit.commands, name="audit")
application.add_typer(distributors.commands, name="distributors")
application.add_typer(people.commands, name="reviewer")
application.add_typer(quarantine.commands, name="quarantine")
application.add_typer(letters.commands, name="letters")
application.add_typer(numbers.commands, name="numbers")
application.add_typer(token.commands, name="token")


@application.command()
def settings(as_json: AsJson = False) -> None:
    """List every setting: its value, its default and what it means."""
    from app.settings import Settings, describe

    lines = describe(Settings())
    if as_json:
        for line in lines:
            json_line({"name": line.name, "value": line.value, "default": line.default, "meaning": line.meaning})
        return
    table(["name", "value", "default", "meaning"], [[one.name, one.value, one.default, one.meaning] for one in lines])


def main() -> None:
    """Entry point: bad settings are wrong usage, said in words."""
    try:
        plain = reading.plain_arguments(sys.argv[1:])
        if plain is None:
            application()
        else:
            reading.read(**plain)
    except typer.Exit as end:
        raise SystemExit(end.exit_code) from None
    except (KeyboardInterrupt, BrokenPipeError):  # as typer has it: no traceback where somebody pressed Ctrl-C or closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        raise SystemExit(1) from None
    except ValueError as problem:
        from pydantic import ValidationError  # a ValueError; where settings were read it is loaded already, else it costs 0.1 s

        if not isinstance(problem, ValidationError):
            raise
        for one in problem.errors():
            note(f"setting REMSFAX_{'_'.join(map(str, one['loc'])).upper()}: {one['msg']}")
        raise SystemExit(WRONG_USAGE) from None


if __name__ == "__main__":
    main()
