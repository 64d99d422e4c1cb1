"""`remsfax registry history`: one person on one page, for people and as JSON."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.command_line import application
from app.database import Database
from registry import storage
from registry.audit import Cause
from registry.parties import Pharmacy, Prescriber
from tests.app.databases import upgraded

ANN = "1234567893"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder in which Ann moved on 15 January, late in the evening, US Eastern."""
    database = Database(f"sqlite:///{tmp_path / 'remsfax.db'}")
    upgraded(database)
    with database.writing() as session:
        storage.put(
            session, Prescriber(ANN, city="Joliet"), Cause(datetime(2024, 1, 2, tzinfo=UTC), "remsfax", "fax", None, "R-1")
        )
        moved = Cause(datetime(2024, 1, 16, 4, 30, tzinfo=UTC), "kim", "phone", reason="She moved.")
        storage.put(session, Prescriber(ANN, city="Peoria"), moved)
    database.close()
    return tmp_path


def history(data: Path, *arguments: str) -> Result:
    return CliRunner().invoke(application, ["registry", "history", "--data", str(data), *arguments])


def test_the_page_has_the_records_and_what_happened(data: Path) -> None:
    result = history(data, ANN)
    assert result.exit_code == 0
    assert f"prescriber {ANN}, as it stands" in result.stdout
    assert "    city: Peoria\n" in result.stdout
    assert "by remsfax, fax, R-1\n" in result.stdout
    assert "reason: She moved.\n    city: Joliet → Peoria\n" in result.stdout


@pytest.mark.parametrize(
    ("as_of", "city"),
    [("2024-01-14", "Joliet"), ("2024-01-15", "Peoria"), ("2024-01-16T04:29:59Z", "Joliet"), ("2024-01-16T04:30:00Z", "Peoria")],
)
def test_a_day_is_the_programs_and_counts_whole(data: Path, as_of: str, city: str) -> None:
    found = json.loads(history(data, ANN, "--as-of", as_of, "--json").stdout)
    assert [one["values"]["city"] for one in found["records"]] == [city]
    assert len(found["events"]) == (1 if city == "Joliet" else 2)


def test_before_everything_there_is_nothing(data: Path) -> None:
    assert "  none\n" in history(data, ANN, "--as-of", "2023-01-01").stdout


def test_who_is_unknown_or_several_is_said(data: Path) -> None:
    assert history(data, "1558598797").exit_code == 1
    database = Database(f"sqlite:///{data / 'remsfax.db'}")
    with database.writing() as session:
        storage.put(session, Pharmacy(ANN), Cause(datetime(2024, 2, 2, tzinfo=UTC), "remsfax", "fax"))
    several = history(data, ANN)
    assert (several.exit_code, "--kind pharmacy" in several.stderr) == (2, True)
    assert "pharmacy" in history(data, ANN, "--kind", "pharmacy").stdout


@pytest.mark.parametrize("wrong", [("--as-of", "01/31/2024"), ("--as-of", "2024-01-31T10:00"), ("--kind", "cat")])
def test_a_date_or_kind_that_is_none_is_wrong_usage(data: Path, wrong: tuple[str, str]) -> None:
    assert history(data, ANN, *wrong).exit_code == 2
