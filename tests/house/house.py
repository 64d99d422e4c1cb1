"""The house as these tests see it: its root, its packages, its files.

Files are found by walking, not by git: a tree unpacked from an archive is checked just as well.
"""

from __future__ import annotations

import ast
import functools
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("app", "intake", "outbound", "registry", "review_queue")

# Made by tools or by running; never part of the project.
NOT_OURS = frozenset(
    {
        ".git",
        ".venv",
        "__pycache__",
        ".mypy_cache",
        ".ruff_cache",
        ".pytest_cache",
        ".hypothesis",
        ".import_linter_cache",
        "demo-data",
        "remsfax-data",
        "dist",
        "mutants",
    }
)


def files(*suffixes: str) -> Iterator[Path]:
    """Every file of the project with one of these suffixes (all files without any), in order."""
    pending = [ROOT]
    while pending:
        folder = pending.pop()
        for path in sorted(folder.iterdir()):
            if path.name in NOT_OURS or path.name.endswith(".egg-info"):
                continue
            if path.is_dir():
                pending.append(path)
            elif not suffixes or path.suffix in suffixes:
                yield path


def shown(path: Path) -> str:
    """The path as a person would write it."""
    return path.relative_to(ROOT).as_posix()


def package_files() -> Iterator[Path]:
    """The Python files of the five floors, without generated migrations."""
    for path in files(".py"):
        inside = path.relative_to(ROOT).parts
        if inside[0] in PACKAGES and "versions" not in inside:
            yield path


def module_name(path: Path) -> str:
    """The dotted name of a file in one of the packages."""
    parts = list(path.relative_to(ROOT).with_suffix("").parts)
    if parts[-1] == "__init__":
        parts.pop()
    return ".".join(parts)


@functools.cache
def tree(path: Path) -> ast.Module:
    """The file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@functools.cache
def pyproject() -> dict[str, Any]:
    """pyproject.toml as written."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
