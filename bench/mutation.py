"""How sharp the registry's tests are: each rule is changed in one place, and some test must fail.

    python -m bench.mutation [MODULE…] [--report]

What: runs mutmut (bench/requirements-mutation.txt, settings in pyproject.toml) over the pure rule modules, or over those named
(`anc grading`), and writes docs/figures/mutation.md. `--report` writes it from what was run before.
Why: a test that passes whatever the rule says holds nothing.
Refuses: to count what cannot fail: a mutant that changes only the words of a sentence is listed apart, since tests do not hold
wording; one that changes nothing at all stands in equivalent_mutants.yaml with the reason, by its lines, not by its number.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
REPORT = ROOT / "docs" / "figures" / "mutation.md"
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.yaml")
CHILDREN = 2

HEAD = """# Changing the rules to see whether a test notices

*Made by `python -m bench.mutation`. Each mutant is a rule changed in one place; it is killed when a test of `tests/registry`
fails. Words: only a sentence's wording changed, which no test holds. Equivalent: the change makes no difference, see below.*

"""


@dataclass(frozen=True)
class Survivor:
    """A mutant no test noticed."""

    name: str  # mutmut's name for it
    was: str  # the line as it stands in the rule
    became: str  # as the mutant had it

    @property
    def module(self) -> str:
        """The module it is in, such as "anc"."""
        return self.name.split(".")[1]

    @property
    def is_wording(self) -> bool:
        """Whether only the words of a sentence differ."""
        return " " in _changed_text(self.was, self.became)


def main(arguments: list[str]) -> int:
    """Runs and reports; exit status 1 where a survivor is neither wording nor explained."""
    modules = [one for one in arguments if not one.startswith("--")]
    if "--report" not in arguments:
        _mutmut("run", "--max-children", str(CHILDREN), *(f"registry.{one}.*" for one in modules))
    counts, survivors = _results()
    explained = _explained()
    left = [one for one in survivors if not one.is_wording and (one.was, one.became) not in explained]
    REPORT.write_text(_written(counts, survivors, explained, left), encoding="utf-8")
    for one in left:
        print(f"{one.name}\n  - {one.was}\n  + {one.became}", file=sys.stderr)
    return 1 if left else 0


def _mutmut(*arguments: str) -> str:
    """mutmut's output; without PYTHONPATH, which would find the rules before their mutants."""
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    program = Path(sys.executable).with_name("mutmut")
    shown = None if arguments[0] == "run" else subprocess.PIPE
    done = subprocess.run([program, *arguments], cwd=ROOT, env=clean, stdout=shown, text=True, check=False)
    return done.stdout or ""


def _results() -> tuple[dict[str, Counter[str]], list[Survivor]]:
    """How many mutants of each module met which end, and those nobody noticed."""
    counts: dict[str, Counter[str]] = {}
    survivors = []
    for line in _mutmut("results", "--all", "true").splitlines():
        name, _, end = line.strip().partition(": ")
        if not name.startswith("registry.") or end == "not checked":
            continue
        counts.setdefault(name.split(".")[1], Counter())[end] += 1
        if end in ("survived", "no tests"):
            survivors.append(Survivor(name, *_lines(_mutmut("show", name))))
    return counts, survivors


def _lines(diff: str) -> tuple[str, str]:
    """The line before and after, of a unified diff of one change."""
    lines = [line for line in diff.splitlines() if not line.startswith(("---", "+++"))]
    return tuple(" ".join(line[1:].strip() for line in lines if line.startswith(sign)) for sign in "-+")  # type: ignore[return-value]


def _changed_text(was: str, became: str) -> str:
    """The string literal in which the two lines differ; empty where they differ elsewhere."""
    start = next((at for at, (one, other) in enumerate(zip(was, became, strict=False)) if one != other), len(was))
    before = was[:start]
    if before.count('"') % 2 == 0 and not before.endswith('"'):
        return ""
    opened = before.rfind('"')
    closed = was.find('"', start)
    rest = became[became.find('"', start) :] if closed >= 0 else ""
    return was[opened + 1 : closed] if closed >= 0 and rest == was[closed:] else ""


def _explained() -> dict[tuple[str, str], str]:
    found = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []
    return {(one["was"], one["became"]): one["why"] for one in found}


def _written(
    counts: dict[str, Counter[str]], survivors: list[Survivor], explained: dict[tuple[str, str], str], left: list[Survivor]
) -> str:
    rows = ["| module | mutants | killed | words | equivalent | survived | score |", "|---|---|---|---|---|---|---|"]
    for module, ends in sorted(counts.items()):
        own = [one for one in survivors if one.module == module]
        words = sum(one.is_wording for one in own)
        survived = sum(one in left for one in own)
        equivalent = len(own) - words - survived
        killed = ends.total() - len(own)
        score = killed / max(killed + survived, 1)
        rows.append(f"| {module} | {ends.total()} | {killed} | {words} | {equivalent} | {survived} | {score:.1%} |")
    why = [f"- `{one.module}` `{one.was}` → `{one.became}`: {explained[one.was, one.became]}" for one in survivors
           if (one.was, one.became) in explained]  # fmt: skip
    open_ones = [f"- `{one.name}` `{one.was}` → `{one.became}`" for one in left]
    return "\n".join([
        HEAD + "\n".join(rows), "", "## Equivalent, and why", "", *(why or ["None."]), "", "## Survived", "",
        *(open_ones or ["None."]), "",
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
