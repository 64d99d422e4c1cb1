"""The short way into `remsfax read` understands a command line exactly as the long way does, or leaves it alone."""

from __future__ import annotations

import inspect
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer

from app.commands import reading


def as_typer_has_it(given: list[str]) -> dict[str, Any] | None:
    """What typer hands to a command with `read`'s own signature; None where it refuses."""
    seen: list[dict[str, Any]] = []

    def record(**told: Any) -> None:
        seen.append(told)

    signature = inspect.signature(reading.read, eval_str=True)
    record.__signature__ = signature  # type: ignore[attr-defined]
    record.__annotations__ = {name: one.annotation for name, one in signature.parameters.items()}
    application = typer.Typer()
    application.callback()(lambda: None)  # keeps the command's name a word of its own
    application.command("read")(record)
    try:
        application(given, standalone_mode=False)
    except Exception:  # noqa: BLE001 - whatever typer's way of refusing is
        return None
    return seen[0]


@pytest.mark.parametrize(
    "more",
    [
        [],
        ["a.tif"],
        ["a.tif", "b c.pdf"],
        ["--json", "a.tif"],
        ["a.tif", "--json"],
        ["a.tif", "--known", "KNOWN", "--json"],
        ["--known", "KNOWN", "a.tif"],
        ["--received", "2025-03-09", "a.tif"],
        ["a.tif", "--received", "2025-13-09"],
        ["a.tif", "--received", ""],
        ["a.tif", "--received"],
        ["a.tif", "--known", "missing.jsonl"],
        ["a.tif", "--known", "."],
        ["--known", "KNOWN"],
    ],
)
def test_both_ways_agree(tmp_path: Path, more: list[str]) -> None:
    known = tmp_path / "known.jsonl"
    known.touch()
    given = ["read", *(str(known) if word == "KNOWN" else word for word in more)]
    assert reading.plain_arguments(given) == as_typer_has_it(given)


@pytest.mark.parametrize(
    "given",
    [[], ["settings"], ["read", "--help"], ["read", "-x", "a.tif"], ["read", "--", "-a.tif"], ["read", "--known=x", "a.tif"]],
)
def test_anything_else_is_typer_s(given: list[str]) -> None:
    assert reading.plain_arguments(given) is None


def test_the_short_way_loads_no_pydantic_and_keeps_the_exit_status(tmp_path: Path) -> None:
    (tmp_path / "empty.tif").touch()
    code = (
        "import sys; from app.command_line import main\n"
        "try: main()\nexcept SystemExit as end: print(end.code, sorted({'pydantic', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "read", str(tmp_path / "empty.tif"), "--json"], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "1 []"
    assert '"reason": "empty' in done.stdout
