"""What the documents say exists, and what exists is said."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import typer.main

from app.case_flow import DocumentState
from app.command_line import application
from app.settings import Settings, describe
from intake.fax_lifecycle import FaxState
from intake.forms.catalogue import load_catalogue
from intake.sidecar import parse_sidecar
from outbound.delivery import DeliveryState
from review_queue.lifecycle import ReviewState
from tests.house.house import PACKAGES, ROOT, files, shown

README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
DECISIONS = ROOT / "docs" / "decisions"


def commands(group=None, before: str = "remsfax") -> Iterator[str]:
    """Every command that can be typed, such as "remsfax forms list"."""
    group = typer.main.get_command(application) if group is None else group
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before} {name}")
        else:
            yield f"{before} {name}"


def test_every_command_stands_in_the_operating_manual():
    assert [one for one in commands() if f"`{one}`" not in OPERATING] == []


def commands_shown(text: str) -> Iterator[str]:
    """What stands behind `remsfax` in code: up to two words that are no options, files or values."""
    for number, part in enumerate(text.split("```")):
        code = [part] if number % 2 else re.findall(r"`([^`]+)`", part)
        for piece in code:
            yield from re.findall(r"(?:^|/)(remsfax(?: [a-z]+){1,2})(?![\w.=/])", piece, flags=re.MULTILINE)


def test_every_command_the_documents_show_exists():
    known = set(commands())
    shown_here = {one for path in files(".md") for one in commands_shown(path.read_text(encoding="utf-8"))}
    assert shown_here
    assert [one for one in sorted(shown_here) if one not in known and one.rpartition(" ")[0] not in known] == []


def test_every_setting_stands_in_the_operating_manual_with_its_default_and_meaning():
    rows = [f"| `{one.name}` | {one.default} | {one.meaning} |" for one in describe(Settings.model_construct())]
    assert rows
    assert [row for row in rows if row not in OPERATING] == []


def test_every_setting_the_documents_name_exists():
    # these two are of script/setup, before there is a program to have settings
    known = {one.name for one in describe(Settings.model_construct())} | {"REMSFAX_PYTHON", "REMSFAX_SKIP_SYSTEM_PACKAGES"}
    named = {name for path in files(".md") for name in re.findall(r"REMSFAX_[A-Z_]+[A-Z]", path.read_text(encoding="utf-8"))}
    assert named - known == set()


@pytest.mark.parametrize("script", ["script/demo", "script/test"])
def test_the_two_commands_of_the_readme_can_be_run(script):
    assert f"\n{script}\n" in README
    assert os.access(ROOT / script, os.X_OK)


def test_every_link_and_picture_in_the_documents_leads_somewhere():
    broken = [
        f"{shown(path)}: {target}"
        for path in files(".md")
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8"))
        if not target.startswith(("http://", "https://", "mailto:")) and not (path.parent / target).exists()
    ]
    assert broken == []


def test_every_decision_is_numbered_in_order_and_listed():
    records = sorted(path.name for path in DECISIONS.glob("[0-9]*.md"))
    assert [int(name[:4]) for name in records] == list(range(1, len(records) + 1))
    listed = (DECISIONS / "README.md").read_text(encoding="utf-8")
    for name in records:
        title = (DECISIONS / name).read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
        assert f"[{title}]({name})" in listed


def test_every_decision_says_what_was_rejected_or_why():
    short = [path.name for path in DECISIONS.glob("[0-9]*.md") if "**Because**" not in path.read_text(encoding="utf-8")]
    assert short == []


def test_the_architecture_names_every_floor_and_every_state():
    missing = [name for name in PACKAGES if f"`{name}`" not in ARCHITECTURE]
    for states in (FaxState, DocumentState, ReviewState, DeliveryState):
        missing += [f"{states.__name__}.{one.name}" for one in states if one.name not in ARCHITECTURE]
    assert missing == []


def test_every_file_the_architecture_points_to_exists():
    named = re.findall(r"`((?:app|intake|registry|review_queue|outbound)/[\w/]+\.py)`", ARCHITECTURE)
    assert named
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_the_glossary_explains_every_state_and_role_word_it_uses_in_code_type():
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    rows = [line for line in glossary.splitlines() if line.startswith("| ") and "---" not in line and "| word |" not in line]
    assert len(rows) > 40
    assert [row for row in rows if not re.fullmatch(r"\| [^|]+ \| [^|]{10,} \|", row)] == []


def test_every_form_has_its_folder_named_as_the_manual_on_forms_says():
    for form in load_catalogue().forms:
        assert form.blank == ROOT / "templates" / "forms" / form.code / form.revision / "blank.pdf"


@pytest.mark.parametrize("document", ["README.md", "docs/operating.md"])
def test_the_lines_for_a_fax_server_work_as_they_stand_there(document, tmp_path):
    text = (ROOT / document).read_text(encoding="utf-8")
    lines = re.search(r"^inbox=.*?^cp .*?$", text, flags=re.MULTILINE | re.DOTALL)
    assert lines is not None
    (tmp_path / "recvq").mkdir()
    (tmp_path / "inbox").mkdir()
    (tmp_path / "recvq" / "fax00042.tif").write_bytes(b"II*\0")
    # as HylaFAX's faxrcvd sets them, with the quotes that callers' names may hold
    said = {
        "FILE": "recvq/fax00042.tif",
        "COMMID": "000000042",
        "MSG": 'lost "carrier" \\',
        "CIDNUMBER": "2025550143",
        "CIDNAME": 'O"B',
    }
    script = lines[0].replace("/srv/remsfax/inbox", str(tmp_path / "inbox"))
    subprocess.run(["sh", "-eu", "-c", script], cwd=tmp_path, env={**os.environ, **said}, check=True, timeout=10)
    assert (tmp_path / "inbox" / "fax00042.tif").read_bytes() == b"II*\0"
    sidecar = parse_sidecar((tmp_path / "inbox" / "fax00042.json").read_bytes(), datetime(2026, 11, 23, tzinfo=UTC))
    assert sidecar.trouble == ""
    caller = sidecar.caller
    assert (caller.cid, caller.cidname, caller.commid, caller.error) == ("2025550143", "OB", "000000042", "lost carrier")
