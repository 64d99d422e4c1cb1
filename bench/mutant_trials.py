"""Runs inside a copy of the registry made by `bench.mutants`: the tests once as they are, then each mutant in a fork.

    python mutant_trials.py TESTS…    (reads plan.json, writes found.json)

What: collects the tests, notes which of them come through which function, then tries each mutant with those, until one
fails: first the tests that noticed most so far, then the fastest.
Why: a fork starts with everything imported and collected, and nothing a mutant does reaches the next one.
Refuses: to go on where a test fails without a mutant.
"""

from __future__ import annotations

import gc
import json
import math
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

PATIENCE = 4.0
"""A mutant is a loop without end once it has taken so many times the processor time of its tests, and some seconds."""

SECONDS_AT_LEAST = 5
SLOWEST = 0.3
"""Seconds of processor time: a test that takes longer plays the whole registry, and tries no mutant where a quicker one comes
through its function too. A rule ought to be held by a quick test."""

MEMORY = 4 << 30
"""Bytes; a loop without end that also collects must not take the machine with it."""


class Trials:
    """A pytest plugin whose run loop tries mutants."""

    def __init__(self, module: str, names: list[str]) -> None:
        self._module, self._names = module, names
        self._failed = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Notes a failure."""
        if report.failed:
            self._failed = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Takes the place of pytest's own loop."""
        if session.testsfailed:
            raise session.Failed("the tests cannot be collected")
        through: dict[str, list[tuple[float, pytest.Item]]] = {}
        self._run(session.items[0])  # it pays for what all need
        set_mutant_under_test("stats")
        for item in session.items:
            state()._stats.clear()
            started = time.process_time()
            self._run(item)
            if self._failed:
                raise session.Failed(self._failed)
            for function in state()._stats:
                through.setdefault(function, []).append((time.process_time() - started, item))
        gc.freeze()  # a fork copies what it counts
        ends, noticed = {}, Counter[str]()
        for name in self._names:
            tests = through.get(f"{self._module}.{name.partition('__mutmut_')[0]}", [])
            quick = [one for one in tests if one[0] <= SLOWEST] or tests
            quick.sort(key=lambda one: (-noticed[one[1].nodeid], one[0]))
            ends[name] = self._trial(name, quick) if quick else ("no tests", "")
            noticed[ends[name][1]] += 1
        Path("found.json").write_text(json.dumps(ends))
        return True

    def _run(self, item: pytest.Item) -> None:
        """One test, with nothing in the module's caches that another left there."""
        for one in vars(sys.modules[self._module]).values():
            if hasattr(one, "cache_clear"):
                one.cache_clear()
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    def _trial(self, name: str, tests: list[tuple[float, pytest.Item]]) -> tuple[str, str]:
        """The mutant's end, and the test that noticed it."""
        reader, writer = os.pipe()
        child = os.fork()
        if child:
            os.close(writer)
            with os.fdopen(reader) as said:
                noticed = said.read()
            status = os.waitpid(child, 0)[1]
            if os.WIFSIGNALED(status):
                return "timeout", ""
            return ("killed", noticed) if noticed else ("survived", "")
        limit = math.ceil(PATIENCE * sum(seconds for seconds, _ in tests)) + SECONDS_AT_LEAST
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        noticed = "error"
        try:
            set_mutant_under_test(f"{self._module}.{name}")
            for _, item in tests:
                self._run(item)
                if self._failed:
                    break
            noticed = self._failed
        finally:
            os.write(writer, noticed.encode())
            os._exit(0)


if __name__ == "__main__":
    plan = json.loads(Path("plan.json").read_text())
    options = [
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--tb=no",
        "-q",
        "--hypothesis-seed=0",
        "--hypothesis-profile=mutation",
    ]
    code = pytest.main([*options, "--basetemp=tmp", *sys.argv[1:]], plugins=[Trials(plan["module"], plan["names"])])
    sys.exit(0 if Path("found.json").exists() else int(code) or 1)
