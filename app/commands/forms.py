"""`remsfax forms list | geometry | blank | prefill`: what the forms are and where their fields stand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.output import WRONG_USAGE, AsJson, json_line, note, stop, table

if TYPE_CHECKING:
    from intake.forms.definition import FormDefinition

commands = typer.Typer(no_args_is_help=True, help="The program's forms: list, field positions, blanks, pre-filled forms.")

Form = Annotated[str, typer.Argument(help="Form code, such as patient_status.")]
Revision = Annotated[str | None, typer.Option(help="Revision, such as 2023-11; the current one if not given.")]
Target = Annotated[Path, typer.Option("--output", "-o", help="The PDF to write.")]


@commands.command("list")
def list_forms(as_json: AsJson = False) -> None:
    """Every form and revision that is known."""
    from intake.forms.catalogue import load_catalogue
    from intake.forms.geometry_json import list_json

    rows = list(list_json(load_catalogue()))
    if as_json:
        for row in rows:
            json_line(row)
        return
    columns = ("form", "title", "revision", "pages", "fields")
    table(columns, [[row[name] for name in columns] for row in rows])


@commands.command()
def geometry(form: Form, revision: Revision = None, as_json: AsJson = False) -> None:
    """Every field of a form: what it holds and where it stands, in millimetres from the page's top left corner."""
    from intake.forms.geometry_json import geometry_json

    rows = list(geometry_json(_definition(form, revision)))
    if as_json:
        for row in rows:
            json_line(row)
        return
    table(
        ["field", "kind", "required", "page", "box mm"],
        [[row["field"], row["kind"], row["required"], row["page"], " ".join(map(str, row["box_mm"]))] for row in rows],
    )


@commands.command()
def blank(form: Form, output: Target, revision: Revision = None) -> None:
    """Write a form's printable, fillable blank."""
    _write(output, _definition(form, revision).blank.read_bytes())


@commands.command()
def prefill(
    form: Form,
    values: Annotated[Path, typer.Option(help="JSON object of values by field name.", exists=True, dir_okay=False)],
    output: Target,
    revision: Revision = None,
) -> None:
    """Write a turnaround form: the blank with known values printed in."""
    from intake.forms.prefilling import CannotPrefill
    from intake.forms.prefilling import prefill as draw

    definition = _definition(form, revision)
    try:
        given = json.loads(values.read_text(encoding="utf-8"))
    except ValueError as problem:
        stop(f"{values} is not JSON: {problem}", WRONG_USAGE)
    if not isinstance(given, dict):
        stop(f"{values} must hold one JSON object of values by field name", WRONG_USAGE)
    try:
        drawn = draw(definition, given)
    except CannotPrefill as problem:
        stop("\n".join(problem.problems), WRONG_USAGE)
    _write(output, drawn)


def _write(output: Path, content: bytes) -> None:
    try:
        output.write_bytes(content)
    except OSError as problem:
        stop(f"{output} cannot be written: {problem.strerror}", WRONG_USAGE)
    note(f"wrote {output}")


def _definition(form: str, revision: str | None) -> FormDefinition:
    from intake.forms.catalogue import load_catalogue

    try:
        return load_catalogue().form(form, revision)
    except KeyError as problem:
        stop(str(problem.args[0] if problem.args else problem), WRONG_USAGE)
