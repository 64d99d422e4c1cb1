"""The floors stand as docs/architecture.md draws them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.house.house import PACKAGES, ROOT, files, pyproject

# Top-level folders, and what each is for. A new one is added here and in docs/architecture.md.
FOLDERS = {
    "app": "composition root",
    "intake": "from a file to a reading",
    "outbound": "letters and the fax line",
    "registry": "the law of the program",
    "review_queue": "the reviewing desk",
    "templates": "data: forms, letters, pages",
    "sample_faxes": "data: faxes with what they must yield",
    "tests": "what must hold",
    "bench": "what measures speed and accuracy",
    "tools": "what makes samples and pictures",
    "docs": "what a person reads",
    "script": "what a person starts",
    "requirements": "locked versions",
    ".ci": "what must pass before a change lands",
}


def test_every_top_level_folder_is_known():
    found = {path.relative_to(ROOT).parts[0] for path in files() if len(path.relative_to(ROOT).parts) > 1}
    assert found == set(FOLDERS)


def test_every_floor_is_a_package_known_to_the_linter_the_type_checker_and_the_wheel():
    beside = {"tests", "tools", "bench"}  # packages that are no part of the program
    floors = sorted({path.parent.name for path in ROOT.glob("*/__init__.py")} - beside)
    assert floors == sorted(PACKAGES)
    tools = pyproject()["tool"]
    assert sorted(tools["importlinter"]["root_packages"]) == floors
    assert sorted(tools["mypy"]["packages"]) == floors
    assert sorted(tools["hatch"]["build"]["targets"]["wheel"]["packages"]) == floors


def test_templates_and_samples_hold_no_code():
    assert [path for path in files(".py") if path.relative_to(ROOT).parts[0] in ("templates", "sample_faxes", "docs")] == []


def test_the_import_contracts_hold():
    linter = Path(sys.executable).parent / "lint-imports"
    finished = subprocess.run([linter, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    assert finished.returncode == 0, finished.stdout + finished.stderr
