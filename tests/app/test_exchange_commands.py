"""`remsfax registry import` and `export`: counts, exit statuses, files that others cannot read."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.command_line import application
from registry.exchange.kinds import KINDS

LINES = [
    {"kind": "prescriber", "npi": "1234567893", "last_name": "LEE"},
    {"kind": "pharmacy", "npi": "1012345678", "pharmacy_kind": "outpatient", "name": "CORNER, \"DRUGS\"\nand more"},
    {"kind": "pharmacy_location", "npi": "2012345676", "parent_npi": "1012345678"},
]  # fmt: skip
BAD = {"kind": "prescriber", "npi": "1234567890"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def written(name: str, *lines: dict[str, str]) -> str:
    Path(name).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return name


def registry(*arguments: str, data: str = "data", given: str | None = None) -> Result:
    command, *rest = arguments
    return CliRunner().invoke(application, ["registry", command, "--data", data, *rest], input=given)


def test_import_and_export_bring_everything_to_another_registry_and_back() -> None:
    assert registry("import", written("a.jsonl", *LINES[1:]), written("b.jsonl", LINES[0]), "--by", "kim").exit_code == 0
    assert registry("export", "-o", "first.jsonl").exit_code == 0
    assert stat.S_IMODE(Path("first.jsonl").stat().st_mode) == 0o600
    assert registry("import", "-", data="other", given=Path("first.jsonl").read_text()).exit_code == 0
    assert registry("export", data="other").stdout == Path("first.jsonl").read_text()
    trail = json.loads(registry("history", "1234567893", "--json").stdout)["events"]
    assert [(one["actor"], one["channel"], one["reason"]) for one in trail] == [("kim", "import", "b.jsonl line 1")]


def test_csv_is_a_file_a_kind_and_comes_back() -> None:
    registry("import", written("a.jsonl", *LINES))
    assert registry("export", "--csv", "out", "--kind", "pharmacy", "--kind", "pharmacy_location").exit_code == 0
    assert {one.name for one in Path("out").iterdir()} == {"pharmacy.csv", "pharmacy_location.csv"}
    Path("out/pharmacy.csv").rename("out/stores.csv")
    assert registry("import", "out/stores.csv", data="other").exit_code == 2, "what kind?"
    assert registry("import", "out/stores.csv", "--kind", "pharmacy", data="other").exit_code == 0
    assert registry("import", "out/pharmacy_location.csv", data="other").exit_code == 0
    expected = registry("export", "--kind", "pharmacy", "--kind", "pharmacy_location").stdout
    assert registry("export", data="other").stdout == expected


def test_counts_are_said_and_a_second_time_all_is_there_already() -> None:
    registry("import", written("a.jsonl", *LINES))
    again = registry("import", "a.jsonl", "--json")
    told = json.loads(again.stdout)
    assert told["stored"] is True
    assert told["counts"]["prescriber"] == {"read": 1, "new": 0, "already": 1, "refused": 0}
    assert "already there" in registry("import", "a.jsonl").stdout


def test_one_bad_line_and_nothing_is_stored() -> None:
    result = registry("import", written("a.jsonl", LINES[0], BAD), "--json")
    assert result.exit_code == 1
    refusal, end = map(json.loads, result.stdout.splitlines())
    assert (refusal["file"], refusal["line"], "check digit" in refusal["problem"]) == ("a.jsonl", 2, True)
    assert (end["stored"], end["counts"]["prescriber"]) == (False, {"read": 2, "new": 1, "already": 0, "refused": 1})
    assert "nothing was stored" in result.stderr
    assert registry("export").stdout == ""
    assert "a.jsonl line 2: npi: '1234567890'" in registry("import", "a.jsonl").stdout


def test_a_dry_run_stores_nothing() -> None:
    result = registry("import", written("a.jsonl", *LINES), "--dry-run")
    assert (result.exit_code, "dry run" in result.stderr, registry("export").stdout) == (0, True, "")
    assert registry("import", written("b.jsonl", BAD), "--dry-run").exit_code == 1


def test_what_cannot_be_read_or_written_is_wrong_usage() -> None:
    assert registry("import", "nowhere.jsonl").exit_code == 2
    registry("import", written("a.jsonl", *LINES))
    assert registry("export", "--kind", "cat").exit_code == 2
    assert registry("export", "-o", "x", "--csv", "y").exit_code == 2
    Path("file").write_text("")
    assert registry("export", "--csv", "file").exit_code == 2
    assert registry("export", data="nowhere").exit_code == 2


def test_every_kind_of_record_stands_in_the_operating_manual() -> None:
    manual = (Path(__file__).parents[2] / "docs" / "operating.md").read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f"`{kind}`" not in manual] == []
