"""A copy of the registry in which one module carries its mutants, and the trial of each of them.

What: `tried(module, tests)` writes the copy under mutants/MODULE, runs `mutant_trials` in it, and tells each mutant's end.
Why: mutmut's own run collects the tests anew for each mutant, a second or more; here they are collected once, and each mutant is
tried in a fork: a module takes a minute or two, so that the figures are made again instead of believed.
Refuses: a module whose tests fail without any mutant.

mutmut makes the mutants (`mutate_file_contents`) and leaves out what is decorated; so properties and caches are written as calls
after the function.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import libcst as cst
from mutmut.mutation.file_mutation import mutate_file_contents

ROOT = Path(__file__).resolve().parents[1]
SCRATCH = ROOT / "mutants"
TRIALS = Path(__file__).with_name("mutant_trials.py")


@dataclass(frozen=True)
class Mutant:
    """A rule changed in one place, and whether a test noticed."""

    name: str  # such as "x_course__mutmut_3"
    end: str  # "killed", "timeout", "survived", or "no tests": none comes through its function
    was: str  # the line as it stands in the rule
    became: str  # as the mutant has it
    killer: str  # the test that noticed; "" where none did


def source(module: str) -> Path:
    """Where a module stands, from the root: `admitting.patient_status` is in the folder `admitting`."""
    return Path("registry", *module.split(".")).with_suffix(".py")


def tried(module: str, tests: list[str]) -> list[Mutant]:
    """Every mutant of registry/MODULE.py, each tried with those tests (paths under tests/registry) that come through it.

    RuntimeError where the tests do not pass as they are.
    """
    scratch, code, names = _scratch(module)
    plan, found = scratch / "plan.json", scratch / "found.json"
    plan.write_text(json.dumps({"module": f"registry.{module}", "names": names}))
    found.unlink(missing_ok=True)
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # it would find the rules themselves
    arguments = [sys.executable, TRIALS.name, *(f"tests/registry/{one}" for one in tests)]
    done = subprocess.run(arguments, cwd=scratch, env=clean, check=False, stdout=subprocess.DEVNULL)
    if done.returncode or not found.exists():
        raise RuntimeError(f"the tests of {module} do not pass without a mutant; run them: {' '.join(tests)}")
    ends = json.loads(found.read_text())
    functions = _functions(code)
    return [Mutant(name, *ends[name][:1], *_lines(functions, name), *ends[name][1:]) for name in names]


def _scratch(module: str) -> tuple[Path, str, list[str]]:
    """The folder of the copy, the module's code with all mutants in it, and their names."""
    scratch = SCRATCH / module
    shutil.rmtree(scratch, ignore_errors=True)
    leave = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "registry", scratch / "registry", ignore=leave)
    shutil.copytree(ROOT / "tests" / "registry", scratch / "tests" / "registry", ignore=leave)
    for file in (ROOT / "pyproject.toml", TRIALS):
        shutil.copy(file, scratch)
    path = (scratch / source(module)).resolve()
    plain = cst.parse_module(path.read_text(encoding="utf-8")).visit(_Undecorated()).code
    made = mutate_file_contents(str(path), plain)
    path.write_text(made.code, encoding="utf-8")
    return scratch, made.code, list(made.mutant_names)


class _Undecorated(cst.CSTTransformer):
    """`@property` and caches as calls: `name = property(name)`."""

    def leave_FunctionDef(  # noqa: N802 - libcst's name
        self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef
    ) -> cst.FunctionDef | cst.FlattenSentinel[cst.BaseStatement]:
        if len(updated_node.decorators) != 1:
            return updated_node
        decorator, name = cst.Module([]).code_for_node(updated_node.decorators[0].decorator), updated_node.name.value
        if decorator.partition("(")[0] not in ("property", "cache", "lru_cache"):
            return updated_node
        call = cst.parse_statement(f"{name} = {decorator}({name})")
        return cst.FlattenSentinel([updated_node.with_changes(decorators=()), call])


def _functions(code: str) -> dict[str, list[str]]:
    """The lines of every function of a module, by its name, methods too."""
    found = {}
    module = cst.parse_module(code)
    for statement in module.body:
        inner = statement.body.body if isinstance(statement, cst.ClassDef) else (statement,)
        for one in inner:
            if isinstance(one, cst.FunctionDef):
                found[one.name.value] = module.code_for_node(one.with_changes(name=cst.Name("f"))).strip().splitlines()
    return found


def _lines(functions: dict[str, list[str]], name: str) -> tuple[str, str]:
    """The lines that differ, before and after."""
    stem = name.partition("__mutmut_")[0]
    diff = list(unified_diff(functions[f"{stem}__mutmut_orig"], functions[name], lineterm="", n=0))[2:]
    was, became = (" ".join(line[1:].strip() for line in diff if line.startswith(sign)) for sign in "-+")
    return was, became
