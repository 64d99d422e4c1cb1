"""kill -9 at every stage of a fax: each process is a fork of this one that works until it is killed, the next one goes on.

That a supervisor starts the next one, and that a sweep finds what is left, is shown by tests/service/test_killed_workers.py.
"""

from __future__ import annotations

import os
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app.composition import Remsfax, compose
from app.sending import sending_or
from app.settings import Settings
from app.sweep import due
from tests.app.driving import Clock, DeafNudges, Driven
from tests.service import entry
from tests.service.answered import assert_answered_once
from tests.service.fakes import fax

STAGES = ("read_fax", "triage", "record", "answer", "settle")
DEATHS = [
    "take.nudge",
    *(f"{stage}.{point}" for stage in STAGES for point in ("work", "store")),
    *(f"{stage}.nudge" for stage in STAGES),
    "send.before",
    "send.after",
]


def deaf(settings: Settings, **how: Any) -> Remsfax:
    house = compose(settings, **how)
    house.nudges = DeafNudges()
    return house


def a_life(settings: Settings, clock: Clock) -> None:
    """Take what lies there and do what is due, until nothing is, or until it is killed."""
    house = entry.compose_with_fakes(settings)
    house.clock = clock
    taking, run = house.taking(), sending_or(house, house.runner().run)
    for _ in range(2):
        clock.now += timedelta(seconds=11)
        taking.take_all(clock.now)
    for _ in range(100):
        with house.database.reading() as session:
            steps = due(session, clock.now)
        for one in steps:
            run(one.stage, one.subject)
        if not steps:
            return
        clock.now += timedelta(seconds=1)
    raise AssertionError(f"still due: {steps}")


def test_a_process_killed_at_each_stage_loses_nothing_and_does_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    driven = Driven(tmp_path)
    settings, folders = driven.house.settings, driven.house.folders
    monkeypatch.setattr(entry, "real_compose", deaf)
    (folders.root / "deaths").mkdir()
    (folders.root / "deaths" / "wanted").write_text("\n".join(DEATHS))
    names = [f"fax{number}.tif" for number in range(2)]
    for number, name in enumerate(names):
        driven.drop(name, fax("anc_lab_reporting", "prescriber_designee", unlike=number))
    driven.house.database.engine.dispose()
    killed, status = 0, 1
    while status:
        driven.clock.now += timedelta(minutes=1)
        child = os.fork()
        if child == 0:
            try:
                a_life(settings, driven.clock)
                os._exit(0)
            except BaseException:  # noqa: BLE001 - the child's edge
                traceback.print_exc()
                os._exit(1)
        status = os.waitpid(child, 0)[1]
        assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0
        killed += os.WIFSIGNALED(status)
    died = {one.name for one in (folders.root / "deaths").iterdir()} - {"wanted"}
    assert died == set(DEATHS), "every death must have happened, else this test shows nothing"
    assert killed == len(DEATHS)
    assert_answered_once(driven.house.database, folders, names, forms=2)
