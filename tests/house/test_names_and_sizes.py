"""Names say what a file is, and a file holds one idea."""

from __future__ import annotations

import ast

from tests.house.house import files, module_name, package_files, shown, tree

SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base", "core", "lib", "stuff"}
ENOUGH_LINES = 350

# Longer files, each with the one idea it holds. A file that shrank again must leave the list.
LONGER: dict[str, str] = {}


def test_no_module_has_a_name_that_says_nothing():
    assert [shown(path) for path in files(".py") if path.stem in SAY_NOTHING or path.parent.name in SAY_NOTHING] == []


def test_no_function_has_a_name_that_says_nothing():
    vague = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in package_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.name.lstrip("_").startswith(("process_", "handle_", "do_"))
        # a method named so by the library that calls it, such as process_bind_param, takes self
        and not (node.args.args and node.args.args[0].arg == "self")
    ]
    assert vague == []


def test_no_file_is_longer_than_one_idea():
    lengths = {shown(path): path.read_text(encoding="utf-8").count("\n") for path in files(".py")}
    long = {name: lines for name, lines in lengths.items() if lines > ENOUGH_LINES and "migrations/versions" not in name}
    assert sorted(long) == sorted(LONGER), long


def test_every_module_says_what_it_is():
    silent = [module_name(path) for path in package_files() if path.name != "__init__.py" and not ast.get_docstring(tree(path))]
    assert silent == []


def test_nothing_is_left_for_later():
    marks = ("TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error")
    left = [
        f"{shown(path)}:{number}"
        for path in files(".py", ".html", ".css", ".yaml", ".md")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(mark in line.split() or f"{mark}:" in line or f"raise {mark}" in line for mark in marks)
    ]
    assert left == []
