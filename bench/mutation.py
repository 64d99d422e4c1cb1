"""How sharp the registry's tests are: each rule is changed in one place, and some test must fail.

    nice python -m bench.mutation [MODULE…] [--report]

What: tries every mutant of the pure rule modules, or of those named (`anc grading`), with the tests that hold each module, and
writes docs/figures/mutation.md. `--report` writes it from what was tried before. Needs bench/requirements-mutation.txt.
Why: a test that passes whatever the rule says holds nothing.
Refuses: to count what cannot fail: a mutant that changes only the words of a sentence is listed apart, since tests do not hold
wording; one that changes nothing at all stands in equivalent_mutants.yaml with the reason, by its lines, not by its number. A
module that was changed since it was tried stands in the table as to be tried again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import time
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import yaml

from bench.mutants import ROOT, SCRATCH, Mutant, source, tried

REPORT = ROOT / "docs" / "figures" / "mutation.md"
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.yaml")
TESTS = Path(__file__).with_name("mutation_tests.yaml")

HEAD = """# Changing the rules to see whether a test notices

*Made by `nice -n 15 python -m bench.mutation`. Each mutant is a rule changed in one place; it is killed when one of the module's
tests (bench/mutation_tests.yaml) fails, or never ends. Words: only a sentence's wording changed, which no test holds. Equivalent:
the change makes no difference, see below. Score: killed of those that are neither. Minutes and load are of the run; the machine
has {cores} cores and others used it too. Mutants are tried one after the other, at low priority.*

"""


@dataclass(frozen=True)
class Trial:
    """One module's run."""

    module: str  # such as "anc"
    on: str  # ISO day
    minutes: float
    load: float  # the machine's, over the last minute of the run
    source: str  # hash of the rules as they were tried
    mutants: list[Mutant]


def main(arguments: list[str]) -> int:
    """Tries and reports; exit status 1 where a survivor is neither wording nor explained."""
    tests: dict[str, list[str]] = yaml.safe_load(TESTS.read_text(encoding="utf-8"))
    named = [one for one in arguments if not one.startswith("--")]
    if unknown := set(named) - set(tests):
        print(f"no tests are listed in {TESTS.name} for {', '.join(sorted(unknown))}", file=sys.stderr)
        return 2
    explained = _explained()
    SCRATCH.mkdir(exist_ok=True)
    for module in [] if "--report" in arguments else named or tests:
        started = time.monotonic()
        mutants = tried(module, tests[module])
        minutes = (time.monotonic() - started) / 60
        trial = Trial(module, datetime.now(UTC).date().isoformat(), minutes, os.getloadavg()[0], _source(module), mutants)
        _kept(module).write_text(json.dumps(asdict(trial)), encoding="utf-8")
        print(_row(trial, explained), file=sys.stderr)
    trials = [_trial(_kept(module)) for module in tests if _kept(module).exists()]
    REPORT.write_text(_written(trials, explained), encoding="utf-8")
    left = [(one.module, mutant) for one in trials for mutant in _left(one, explained) if not named or one.module in named]
    for module, one in left:
        print(f"{module} {one.name} ({one.end})\n  - {one.was}\n  + {one.became}", file=sys.stderr)
    return 1 if left else 0


def _kept(module: str) -> Path:
    return SCRATCH / f"{module}.json"


def _trial(path: Path) -> Trial:
    kept = json.loads(path.read_text(encoding="utf-8"))
    return Trial(**{**kept, "mutants": [Mutant(**one) for one in kept["mutants"]]})


def _source(module: str) -> str:
    return hashlib.sha256((ROOT / source(module)).read_bytes()).hexdigest()


def _explained() -> dict[tuple[str, str, str], str]:
    """The reasons, by module and lines."""
    found = yaml.safe_load(EQUIVALENT.read_text(encoding="utf-8")) or []
    return {(one["in"], one["was"], one["became"]): one["why"] for one in found}


def _unnoticed(trial: Trial) -> list[Mutant]:
    return [one for one in trial.mutants if one.end in ("survived", "no tests")]


def _left(trial: Trial, explained: dict[tuple[str, str, str], str]) -> list[Mutant]:
    """Those that a test should have noticed."""
    return [one for one in _unnoticed(trial) if not is_wording(one) and (trial.module, one.was, one.became) not in explained]


def is_wording(one: Mutant) -> bool:
    """Whether only the words of a sentence differ."""
    return " " in changed_text(one.was, one.became)


def changed_text(was: str, became: str) -> str:
    """The string literal in which the two lines differ; empty where they differ elsewhere."""
    start = next((at for at, (one, other) in enumerate(zip(was, became, strict=False)) if one != other), len(was))
    before = was[:start]
    if before.count('"') % 2 == 0 and not before.endswith('"'):
        return ""
    opened = before.rfind('"')
    closed = was.find('"', start)
    rest = became[became.find('"', start) :] if closed >= 0 else ""
    return was[opened + 1 : closed] if closed >= 0 and rest == was[closed:] else ""


def _row(trial: Trial, explained: dict[tuple[str, str, str], str]) -> str:
    unnoticed, survived = _unnoticed(trial), len(_left(trial, explained))
    words = sum(is_wording(one) for one in unnoticed)
    killed = len(trial.mutants) - len(unnoticed)
    score = f"{killed / max(killed + survived, 1):.1%}" if trial.source == _source(trial.module) else "changed since: try again"
    cells = (len(trial.mutants), killed, words, len(unnoticed) - words - survived, survived, score, trial.on)
    return f"| {trial.module} | {' | '.join(map(str, cells))} | {trial.minutes:.1f} | {trial.load:.1f} |"


def _written(trials: list[Trial], explained: dict[tuple[str, str, str], str]) -> str:
    rows = ["| module | mutants | killed | words | equivalent | survived | score | on | minutes | load |", "|---" * 10 + "|"]
    rows += [_row(one, explained) for one in trials]
    everything = [mutant for one in trials for mutant in one.mutants]
    unnoticed = [(one.module, mutant) for one in trials for mutant in _unnoticed(one)]
    left = [(one.module, mutant) for one in trials for mutant in _left(one, explained)]
    killed = len(everything) - len(unnoticed)
    words = sum(is_wording(mutant) for _, mutant in unnoticed)
    rows.append(
        f"| **all** | {len(everything)} | {killed} | {words} | {len(unnoticed) - words - len(left)} | {len(left)} "
        f"| **{killed / max(killed + len(left), 1):.1%}** | | {sum(one.minutes for one in trials):.1f} | |"
    )
    why = [f"- `{module}` `{one.was}` → `{one.became}`: {explained[module, one.was, one.became]}" for module, one in unnoticed
           if (module, one.was, one.became) in explained]  # fmt: skip
    open_ones = [f"- `{module}` `{one.was}` → `{one.became}`" for module, one in left]
    return "\n".join([
        HEAD.format(cores=os.cpu_count()) + "\n".join(rows), "", "## Equivalent, and why", "", *(why or ["None."]), "",
        "## Survived", "", *(open_ones or ["None."]), "",
    ])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
