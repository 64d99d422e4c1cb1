"""docs/rules.md: every rule of the program, where it is decided and by which tests it is held.

    python -m tools.rules_table            writes it
    python -m tools.rules_table --check    exit status 1 and the reasons where it is old, or a rule lacks a place or a test

What: rule numbers found in the registry's docstrings and refusals, and in the names and docstrings of its tests.
Why: a list kept by hand says tomorrow what was true yesterday.
Refuses: a rule that nothing decides or nothing tests, and a number nobody explains in rules.yaml.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import zip_longest
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "rules.md"
LINES = Path(__file__).with_name("rules.yaml")

HEAD = """# The rules, where they are decided, and what holds them

*Made by `python -m tools.rules_table` from the docstrings of `registry/` and the tests of `tests/registry/`; a test checks that
it is up to date. What each rule says stands here in our own short words, not in the program's.*

"""


@dataclass
class Rule:
    """One rule, and what was found of it."""

    number: str  # "R65"
    says: str  # one line
    instead: str | None = None  # what software cannot enforce of it, and what it does in that place
    places: dict[Path, list[str]] = field(default_factory=dict)  # file → functions, classes and constants
    tests: dict[Path, list[str]] = field(default_factory=dict)  # file → names of tests

    @property
    def is_tested_by_name(self) -> bool:
        """Whether a test begins with its number."""
        return any(self.number.lower() in numbers_in_name(name) for names in self.tests.values() for name in names)


def main(arguments: list[str]) -> int:
    """Writes the table, or checks it; the exit status."""
    rules, unknown = found_rules()
    text = written(rules)
    if "--check" not in arguments:
        TABLE.write_text(text, encoding="utf-8")
    wrong = [*unknown, *gaps(rules)]
    if not TABLE.exists() or TABLE.read_text(encoding="utf-8") != text:
        wrong.append("docs/rules.md is old: python -m tools.rules_table")
    for one in wrong:
        print(one, file=sys.stderr)
    return 1 if wrong else 0


def gaps(rules: dict[str, Rule]) -> list[str]:
    """Each rule without a place or without a test of its own."""
    wrong = []
    for rule in rules.values():
        if not rule.places and rule.instead is None:
            wrong.append(f"{rule.number}: nothing in registry/ names it, and rules.yaml has no `instead`")
        if not rule.is_tested_by_name:
            wrong.append(f"{rule.number}: no test in tests/registry/ is named test_{rule.number.lower()}_…")
    return wrong


def found_rules() -> tuple[dict[str, Rule], list[str]]:
    """All rules with their places and tests, and each number met that rules.yaml does not explain."""
    rules = {number: Rule(number, one["says"], one.get("instead")) for number, one in explained().items()}
    unknown = []
    for path in sorted((ROOT / "registry").rglob("*.py")):
        for name, cited in places_in(ast.parse(path.read_text(encoding="utf-8"))):
            for number in sorted(cited):
                if number in rules:
                    rules[number].places.setdefault(path, []).append(name)
                else:
                    unknown.append(f"{path.relative_to(ROOT)}: {name} cites {number}, which rules.yaml does not explain")
    for path in sorted((ROOT / "tests" / "registry").rglob("test_*.py")):
        for name, cited in tests_in(ast.parse(path.read_text(encoding="utf-8"))):
            for number in sorted(cited & set(rules)):
                rules[number].tests.setdefault(path, []).append(name)
    return rules, unknown


@cache
def explained() -> dict[str, dict[str, str]]:
    """rules.yaml: each rule's short line, and what is done instead where software cannot enforce it."""
    lines: dict[str, dict[str, str]] = yaml.safe_load(LINES.read_text(encoding="utf-8"))
    return lines


def numbers(text: str) -> set[str]:
    """The rules a text cites; `R24–R27` and `R24–27` are all that exist from the one to the other."""
    known, found = explained(), set()
    for first, last in re.findall(r"\bR([0-9]{2})(?:[–-]R?([0-9]{2}))?\b", text):
        between = {f"R{number:02d}" for number in range(int(first) + 1, int(last or first))}
        found |= {f"R{first}", f"R{last or first}", *(between & set(known))}
    return found


def numbers_in_name(name: str) -> set[str]:
    """The rules a test's name begins with, in small letters: `test_r64_r66_…`, `test_r24_to_r27_…`."""
    start = re.match(r"test((_to)?_r[0-9]{2})+", name)
    if start is None:
        return set()
    cited = re.findall(r"(?:(_to))?_r([0-9]{2})", start[0])
    found: list[int] = []
    for through, number in cited:
        found += range(found[-1] + 1, int(number) + 1) if through else [int(number)]
    return {f"r{number:02d}" for number in found}


def places_in(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """Name and cited rules of the module's functions, methods, classes and documented constants."""
    for name, text, exact in _cited(tree):
        if cited := numbers(text) | exact:
            yield name, cited


def _cited(tree: ast.Module) -> Iterator[tuple[str, str, set[str]]]:
    """Name, docstring and rules given as plain strings of each thing in a module."""
    for node, following in zip_longest(tree.body, tree.body[1:]):
        if isinstance(node, ast.FunctionDef):
            yield node.name, ast.get_docstring(node) or "", _literals(node)
        elif isinstance(node, ast.ClassDef):
            yield node.name, ast.get_docstring(node) or "", set()
            for method in node.body:
                if isinstance(method, ast.FunctionDef):
                    yield f"{node.name}.{method.name}", ast.get_docstring(method) or "", _literals(method)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            said = following.value if isinstance(following, ast.Expr) else None
            text = said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else ""
            if isinstance(target, ast.Name):
                yield target.id, text, _literals(node)


def _literals(node: ast.AST) -> set[str]:
    """Rules that stand as a string of their own, as in `refuse(part, "R28", …)`."""
    return {
        one.value
        for one in ast.walk(node)
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and re.fullmatch(r"R[0-9]{2}", one.value)
    }


def tests_in(tree: ast.Module) -> Iterator[tuple[str, set[str]]]:
    """Name of each test and the rules that it is named for or that its docstring cites."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            named = {number.upper() for number in numbers_in_name(node.name)}
            yield node.name, named | numbers(ast.get_docstring(node) or "")


def written(rules: dict[str, Rule]) -> str:
    """The whole document."""
    rows = ["| rule | what it says | decided in | tests |", "|---|---|---|---|"]
    for rule in rules.values():
        count = sum(map(len, rule.tests.values()))
        places = "; ".join(f"[{_module(path)}](../{_shown(path)}): {', '.join(names)}" for path, names in rule.places.items())
        rows.append(f"| {rule.number} | {rule.says} | {places or '—'} | [{count}](#{rule.number.lower()}) |")
    apart = [f"- **{rule.number}** {rule.instead}" for rule in rules.values() if rule.instead is not None]
    sections = [_section(rule) for rule in rules.values()]
    return (
        f"{HEAD}{chr(10).join(rows)}\n\n## What software cannot enforce, and what is done instead\n\n{chr(10).join(apart)}\n\n"
        f"## The tests, by rule\n\n{chr(10).join(sections)}"
    )


def _section(rule: Rule) -> str:
    lines = [f"### {rule.number}", ""]
    for path, names in rule.tests.items():
        lines.append(f"[{path.stem}](../{_shown(path)})")
        lines += [f"- {name}" for name in names]
        lines.append("")
    return "\n".join(lines)


def _shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _module(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts[1:])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
