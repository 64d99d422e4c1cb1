"""Nothing of one machine or one index gets into the project, and what it installs is locked by hash."""

from __future__ import annotations

import ast
import importlib.metadata
import os
import re
import subprocess
import sys

import pytest

from tests.house.house import PACKAGES, ROOT, files, pyproject, shown, tree

TEXT = {".py", ".md", ".toml", ".txt", ".yaml", ".yml", ".json", ".html", ".css", ".js", ".svg", ".sh", ".mako", ".ini", ""}


def lines_matching(pattern: str, within: tuple[str, ...] = ()) -> list[str]:
    wanted = re.compile(pattern)
    found = []
    for path in files():
        inside = path.relative_to(ROOT).parts
        if path.suffix not in TEXT or (within and inside[0] not in within):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if wanted.search(line):
                found.append(f"{shown(path)}:{number}: {line.strip()[:100]}")
    return found


# written so that this line does not match itself
INDEX_OR_MIRROR = r"(?<!emit-)(inde[x]-url|find-link[s]|trusted-hos[t]|pypi\.o[r]g|pythonhoste[d]|deb\.debia[n]|npmj[s])"


def test_no_file_names_a_package_index_or_a_mirror():
    assert lines_matching(INDEX_OR_MIRROR) == []


def test_locks_and_scripts_name_no_address_at_all():
    assert lines_matching(r"https?://", within=("requirements", "script", ".ci", "pyproject.toml", "system-packages.txt")) == []


def test_no_file_names_a_folder_of_the_machine_it_was_made_on():
    # a home folder in the docs or a mount in a comment is of no use to anybody else
    assert lines_matching(r"(?<![\w.$}])/(w[o]rk|f[a]rm|home/\w+|Users/\w+)/") == []


def test_no_file_holds_a_key():
    assert lines_matching(r"(BEGIN [A-Z ]*PRIVATE K[E]Y|AKIA[0-9A-Z]{16}|ghp_[0-9A-Za-z]{36})") == []


@pytest.mark.parametrize("lock", ["runtime.txt", "dev.txt", "build.txt"])
def test_every_locked_package_is_pinned_and_hashed(lock):
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8").replace("\\\n", " ")
    pins = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert pins
    assert [pin for pin in pins if "==" not in pin.split("--hash")[0] or "--hash=sha256:" not in pin] == []


def test_the_locks_agree_wherever_two_name_the_same_package():
    pins: dict[tuple[str, str], set[str]] = {}
    for lock in ("runtime.txt", "dev.txt", "build.txt"):
        text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
        for name, version, marker in re.findall(r"^([\w.-]+)==(\S+)(?: ; ([^\\\n]+))?", text, flags=re.MULTILINE):
            # a marker set apart is a second pin of the same package for another Python or system
            pins.setdefault((name, marker.strip()), set()).add(version)
    assert {name: versions for name, versions in pins.items() if len(versions) > 1} == {}


def distributions(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[<>=!~; ]", one, maxsplit=1)[0].lower() for one in requirements}


def test_every_package_the_floors_import_is_declared():
    declared = distributions(pyproject()["project"]["dependencies"])
    # a declared package's own face: what fastapi and jinja2 hand their users
    declared |= {"starlette", "markupsafe"}
    brings = importlib.metadata.packages_distributions()
    undeclared = set()
    for path in files(".py"):
        if path.relative_to(ROOT).parts[0] not in PACKAGES:
            continue
        for node in ast.walk(tree(path)):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for name in {one.split(".")[0] for one in names}:
                if name in sys.stdlib_module_names or name in PACKAGES:
                    continue
                if not {one.lower().replace("_", "-") for one in brings.get(name, [name])} & declared:
                    undeclared.add(f"{name} in {shown(path)}")
    assert undeclared == set()


def test_every_system_package_says_why_it_is_needed():
    lines = (ROOT / "system-packages.txt").read_text(encoding="utf-8").splitlines()
    packages = [line for line in lines if line and not line.startswith(("#", "["))]
    assert packages
    assert [line for line in packages if not re.fullmatch(r"[a-z0-9.+-]+(?: \| [a-z0-9.+-]+)*\s+# \S.{10,}", line)] == []


@pytest.mark.parametrize(
    "script", ["script/setup", "script/demo", "script/test", "script/lock", "script/prove-in-empty-root", ".ci/run"]
)
def test_every_script_can_be_started_and_is_well_formed(script):
    path = ROOT / script
    assert os.access(path, os.X_OK)
    shell = "bash" if path.read_text(encoding="utf-8").startswith("#!/usr/bin/env bash") else "sh"
    checked = subprocess.run([shell, "-n", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
