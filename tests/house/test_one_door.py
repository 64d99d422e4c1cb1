"""One file per outside program, SQL in storage only, broad except at the two process edges only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.house.house import module_name, package_files, shown, tree

# Files where rows are defined, read and written, by the last word of their name (`clock_storage`). Elsewhere sqlalchemy lends
# sessions and engines, and nothing that speaks SQL.
SPEAKS_SQL = ("storage", "tables", "moments", "database")
SESSION_ONLY = {
    "Session",
    "sessionmaker",
    "Engine",
    "SQLAlchemyError",
    "OperationalError",
    "IntegrityError",
    "DBAPIError",
    "InterfaceError",
    "StaleDataError",
    "TimeoutError",
    "create_engine",
    "StaticPool",
}

# Where a broad except stands: the edges of a process, with the reason beside it.
EDGES = {"app.mailing_aside", "app.running", "app.sending", "app.taking", "app.together"}


# Calls that add to a definition: commands of the command line, tags of a YAML loader, indexes of a table.
DEFINES = ("application.add_typer(", "application.command(", "_LinesLoader.add_constructor(", "Index(")


def imports_from(path: Path, package: str) -> Iterator[tuple[str, int]]:
    """What a file imports from a package: each name with its line; the package itself as "*"."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (("*", node.lineno) for one in node.names if one.name.split(".")[0] == package)
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module and node.module.split(".")[0] == package:
            yield from ((one.name, node.lineno) for one in node.names)


def test_only_storage_speaks_sql():
    elsewhere = [
        f"{shown(path)}:{line} {name}"
        for path in package_files()
        if path.stem.rpartition("_")[2] not in SPEAKS_SQL and "migrations" not in path.parts
        for name, line in imports_from(path, "sqlalchemy")
        if name not in SESSION_ONLY
    ]
    assert elsewhere == []


def test_broad_except_stands_only_at_the_edges_of_a_process():
    broad = {
        module_name(path)
        for path in package_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in ("Exception", "BaseException")))
        # one that only tidies up and raises again hides nothing
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
    }
    assert broad == EDGES


def test_nothing_happens_at_import():
    """A module's top level defines; it opens, starts and connects nothing."""
    calls = [
        f"{shown(path)}:{node.lineno} {ast.unparse(node)[:60]}"
        for path in package_files()
        for node in tree(path).body
        if isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Call)
        and not ast.unparse(node).startswith(DEFINES)
        and path.name not in ("__main__.py", "env.py")
    ]
    assert calls == []
