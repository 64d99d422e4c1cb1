"""`remsfax audit`: whole or broken, in words, in JSON and as an exit status."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.command_line import application
from app.database import Database
from registry import storage
from registry.audit import Cause
from registry.parties import Prescriber
from tests.app.databases import upgraded


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with three audit entries."""
    database = Database(f"sqlite:///{tmp_path / 'remsfax.db'}")
    upgraded(database)
    with database.writing() as session:
        for npi in ("1234567893", "1558598797", "1012345678"):
            storage.put(session, Prescriber(npi), Cause(datetime(2023, 11, 1, tzinfo=UTC), "kim", "fax"))
    database.close()
    return tmp_path


def audit(data: Path, *arguments: str) -> Result:
    command, *rest = arguments
    return CliRunner().invoke(application, ["audit", command, "--data", str(data), *rest])


def altered(data: Path, statement: str) -> None:
    with sqlite3.connect(data / "remsfax.db") as connection:
        connection.execute(statement)


def test_a_whole_trail_is_said_to_be_whole_with_the_hash_to_note(data: Path) -> None:
    noted = audit(data, "head").stdout.strip()
    assert noted.startswith("3:")
    result = audit(data, "verify", "--expect", noted)
    assert (result.exit_code, result.stdout) == (0, f"3 entries, head {noted}: whole\n")
    assert json.loads(audit(data, "verify", "--json").stdout) == {"whole": True, "entries": 3, "head": noted.partition(":")[2]}
    assert json.loads(audit(data, "head", "--json").stdout)["entries"] == 3


@pytest.mark.parametrize(
    ("statement", "entry", "kind"),
    [
        ("UPDATE registry_audit SET actor = 'x' WHERE entry = 2", 2, "altered"),
        ("DELETE FROM registry_audit WHERE entry = 2", 2, "missing"),
        ("DELETE FROM registry_audit WHERE entry = 3", 3, "cut"),
        ("DELETE FROM registry_audit_head", 3, "cut"),
    ],
)
def test_a_broken_trail_is_a_line_with_the_entry_and_what_to_do(data: Path, statement: str, entry: int, kind: str) -> None:
    altered(data, statement)
    result = audit(data, "verify")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"entry {entry}: {kind}: ")
    assert "backup" in result.stdout
    first = json.loads(audit(data, "verify", "--json").stdout.splitlines()[0])
    assert (first["entry"], first["kind"]) == (entry, kind)


def test_a_hash_noted_earlier_that_no_longer_stands_is_told(data: Path) -> None:
    result = audit(data, "verify", "--expect", f"2:{'0' * 64}")
    assert (result.exit_code, "entry 2: not as noted" in result.stdout) == (1, True)


def test_a_note_that_is_none_and_a_folder_without_a_service_are_wrong_usage(data: Path, tmp_path: Path) -> None:
    assert audit(data, "verify", "--expect", "abc").exit_code == 2
    assert audit(tmp_path / "nowhere", "head").exit_code == 2


def test_a_head_that_is_lost_is_said(data: Path) -> None:
    altered(data, "DELETE FROM registry_audit_head")
    assert audit(data, "head").exit_code == 1
