"""The outside contract of the `remsfax` command: shapes on stdout, words on stderr, exit statuses."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfWriter
from typer.testing import CliRunner, Result

from app.command_line import application

HEAVY = {"onnxruntime", "cv2", "sqlalchemy", "fastapi", "weasyprint", "dramatiq", "alembic", "rapidocr"}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def remsfax(*arguments: str) -> Result:
    return CliRunner().invoke(application, list(arguments))


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_the_command_itself_loads_nothing_heavy() -> None:
    code = f"import sys, app.command_line; print(sorted({HEAVY!r} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_listing_forms_loads_no_ocr_engine() -> None:
    code = (
        "import sys\nfrom app.command_line import application\n"
        "application(['forms', 'list', '--json'], standalone_mode=False)\n"
        "print(sorted({'onnxruntime', 'rapidocr', 'weasyprint', 'sqlalchemy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_all_ten_forms_are_listed() -> None:
    listed = lines(remsfax("forms", "list", "--json"))
    assert {one["form"] for one in listed} >= {"patient_status", "distributor_enrollment", "pharmacy_knowledge"}
    assert {"form", "title", "revision", "pages", "fields"} <= set(listed[0])


def test_geometry_is_a_line_per_field_in_millimetres() -> None:
    fields = {one["field"]: one for one in lines(remsfax("forms", "geometry", "anc_lab_reporting", "--json"))}
    anc = fields["labs.0.anc"]
    assert (anc["kind"], anc["required"], anc["page"], len(anc["box_mm"])) == ("number", True, 1, 4)
    assert anc["max_length"] == len(anc["cells"])


def test_an_unknown_form_is_wrong_usage() -> None:
    assert remsfax("forms", "geometry", "tax_return").exit_code == 2


def test_blank_and_prefilled_forms_are_written(tmp_path: Path) -> None:
    assert remsfax("forms", "blank", "patient_status", "-o", "b.pdf").exit_code == 0
    Path("v.json").write_text('{"patient_last_name": "GARCIA"}')
    assert remsfax("forms", "prefill", "patient_status", "--values", "v.json", "-o", "p.pdf").exit_code == 0
    assert Path("b.pdf").read_bytes()[:5] == Path("p.pdf").read_bytes()[:5] == b"%PDF-"
    Path("v.json").write_text('{"shoe_size": 44}')
    refused = remsfax("forms", "prefill", "patient_status", "--values", "v.json", "-o", "p.pdf")
    assert (refused.exit_code, "shoe_size" in refused.stderr) == (2, True)


def test_settings_are_listed_with_secrets_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REMSFAX_API_TOKEN", "sesame")
    result = remsfax("settings", "--json")
    assert "sesame" not in result.stdout
    assert {"name", "value", "default", "meaning"} == set(lines(result)[0])


def test_a_refused_file_is_a_line_and_exit_status_1(tmp_path: Path) -> None:
    Path("text.tif").write_text("Dear Sir or Madam,")
    writer = PdfWriter()
    writer.add_blank_page(612, 792)
    writer.encrypt("secret")
    writer.write("locked.pdf")
    result = remsfax("read", "text.tif", "locked.pdf", "missing.tif", "--json")
    assert result.exit_code == 1
    assert [one["refused"]["reason"] for one in lines(result)] == ["not_a_fax", "encrypted", "not_accessible"]
    for one in lines(result):
        keys = {"file", "sha256", "pages", "refused", "cpu_seconds", "documents", "other_pages"}
        assert keys <= set(one)
    assert "3/3" in result.stderr


def test_reading_a_blank_form_names_the_form_and_each_field() -> None:
    remsfax("forms", "blank", "anc_lab_reporting", "-o", "b.pdf")
    result = remsfax("read", "b.pdf", "--json")
    assert result.exit_code == 0, result.stdout
    (document,) = lines(result)[0]["documents"]
    assert (document["form"], document["pages"][0]["form_page"]) == ("anc_lab_reporting", 1)
    assert document["fields"]["labs.0.anc"]["value"] is None


def test_a_known_file_that_cannot_be_used_is_wrong_usage() -> None:
    Path("known.jsonl").write_text("{}\n")
    assert remsfax("read", "a.tif", "--known", "known.jsonl").exit_code == 2


def test_the_registry_is_played_line_by_line() -> None:
    Path("events.jsonl").write_text(
        '{"at": "2023-11-06T15:00:00Z", "ask": "dispense", "pharmacy_npi": "1234567893", "patient_id": "none"}\n'
    )
    result = remsfax("registry", "play", "events.jsonl", "--json")
    assert (result.exit_code, lines(result)[0]["authorized"]) == (0, False)


def test_a_played_file_with_lines_that_are_none_is_answered_whole_with_exit_status_1() -> None:
    Path("events.jsonl").write_bytes(b'\xff\n\n{"at":\n{"at": "2023-11-06T15:00:00Z", "ask": "due"}\n')
    result = remsfax("registry", "play", "events.jsonl", "--json")
    assert (result.exit_code, [list(one) for one in lines(result)]) == (1, [["error"], ["error"], ["notices"]])


@pytest.mark.parametrize("arguments", [
    ("registry", "play", "missing.jsonl", "--json"), ("registry", "play", ".", "--json"),
    ("forms", "blank", "patient_status", "-o", "missing/b.pdf"), ("read", "a.tif", "--known", "latin.jsonl"),
], ids=" ".join)  # fmt: skip
def test_a_file_that_cannot_be_opened_is_wrong_usage_in_a_sentence(arguments: tuple[str, ...]) -> None:
    Path("latin.jsonl").write_bytes(b'{"kind": "patient", "last_name": "MU\xd1OZ"}')
    result = remsfax(*arguments)
    assert (result.exit_code, result.stdout, result.exception.__class__) == (2, "", SystemExit)
    assert result.stderr.strip()


def test_the_answer_keys_are_printed_by_field_name() -> None:
    (keys,) = lines(remsfax("registry", "keys", "--json"))
    assert set(keys) == {"prescriber_knowledge", "pharmacy_knowledge"}
    assert all(name.startswith("answers.") for name in keys["prescriber_knowledge"])


def test_the_status_of_a_service_that_does_not_run_says_so_with_exit_status_3() -> None:
    result = remsfax("status", "--data", "nowhere", "--json")
    assert result.exit_code == 3
    assert lines(result)[0]["broker"] == "unreachable"
    assert "`remsfax up`" in result.stderr


def test_looking_at_the_status_makes_no_folder_and_no_database() -> None:
    Path("empty").mkdir()
    remsfax("status", "--data", "nowhere", "--json")
    assert remsfax("status", "--data", "empty", "--json").exit_code == 3
    assert (Path("nowhere").exists(), list(Path("empty").iterdir())) == (False, [])


def test_an_account_is_made_once() -> None:
    made = remsfax("reviewer", "add", "kim", "--data", "d")
    assert (made.exit_code, "kim can sign in with the password" in made.stdout) == (0, True)
    assert remsfax("reviewer", "add", "kim", "--data", "d").exit_code == 2


def test_releasing_what_is_not_there_is_wrong_usage() -> None:
    assert remsfax("quarantine", "release", "R-20231120-0001", "--data", "d").exit_code == 2
    assert remsfax("quarantine", "list", "--data", "d", "--json").stdout == ""


def test_a_data_folder_that_cannot_be_one_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    for command in ("up", "watch", "work", "send", "web"):
        refused = remsfax(command, "--data", str(tmp_path / "file"))
        assert (refused.exit_code, refused.stdout) == (2, "")
        assert f"the data folder {tmp_path / 'file'} cannot be used" in refused.stderr


def test_a_database_that_is_none_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "remsfax.db").write_bytes(b"no database at all " * 1000)
    refused = remsfax("up", "--data", str(tmp_path / "data"), "--port", "0")
    assert refused.exit_code == 3
    assert "cannot be used: file is not a database" in refused.stderr


def test_looking_at_the_quarantine_of_a_mistyped_folder_makes_no_service_there(tmp_path: Path) -> None:
    for command in (["list"], ["release", "R-20261123-0001"]):
        refused = remsfax("quarantine", *command, "--data", str(tmp_path / "typo"))
        assert refused.exit_code == 2
        assert "holds no service" in refused.stderr
    assert not (tmp_path / "typo").exists()
