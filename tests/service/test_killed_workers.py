"""Processes of the service killed with -9 in their work: started again, nothing lost, nothing twice.

Every single point at which one may die is gone through by tests/app/test_killed_at_every_stage.py.
"""

from __future__ import annotations

import psutil
import pytest

from intake.fax_lifecycle import FaxState
from outbound import storage as letters
from outbound.delivery import DeliveryState
from tests.service.answered import assert_answered_once
from tests.service.conftest import Service
from tests.service.fakes import fax
from tests.service.waiting import still_running, wait_for

pytestmark = pytest.mark.service

DEATHS = ["take.nudge", "read_fax.work", "record.store", "send.after"]
"""One of the watcher, one of a reader, one of the decider, one of the sender."""


def wait_until_all_letters_are_out(service: Service) -> None:
    def all_out() -> bool:
        with service.database.reading() as session:
            found = letters.counts(session)
        return found[DeliveryState.DUE] == found[DeliveryState.SENDING] == 0

    wait_for("all letters out", all_out, 60)


def broker_of(service: Service) -> psutil.Process:
    return next(one for one in service.children() if "valkey" in one.name())


def test_each_kind_of_process_killed_in_its_work_loses_nothing_and_does_nothing_twice(running: Service) -> None:
    running.let_die(DEATHS)
    names = [f"dies{number}.tif" for number in range(3)]
    for number, name in enumerate(names):
        running.drop(name, fax("anc_lab_reporting", "prescriber_designee", unlike=number))
    wait_for("all faxes settled", running.all_in(FaxState.SETTLED, names), 120)
    wait_until_all_letters_are_out(running)
    assert running.died_at == set(DEATHS), "every death must have happened, else this test shows nothing"
    assert_answered_once(running.database, running.folders, names, forms=2)


def test_a_fax_that_kills_its_worker_is_quarantined_after_the_third_and_the_next_fax_is_answered(running: Service) -> None:
    running.drop("poison.tif", fax(kills=True))
    running.drop("good-beside-poison.tif", fax("anc_lab_reporting", unlike="poison"))
    wait_for("the good fax is settled", running.in_state("good-beside-poison.tif", FaxState.SETTLED), 40)
    poison = wait_for("the poison is quarantined", running.in_state("poison.tif", FaxState.QUARANTINED), 60)
    assert poison.quarantine_reason == "killed_its_worker"
    assert any("poison" in one.name for one in running.folders.quarantine.iterdir())


def test_a_fax_that_always_fails_is_quarantined_with_its_error(running: Service) -> None:
    running.drop("odd.tif", fax(raises="nobody foresaw this"))
    odd = wait_for("quarantined", running.in_state("odd.tif", FaxState.QUARANTINED), 40)
    assert odd.quarantine_reason == "failed"
    assert "nobody foresaw this" in odd.quarantine_detail


def test_the_broker_killed_and_emptied_in_the_middle_loses_no_fax_and_answers_none_twice(running: Service) -> None:
    names = [f"broker{number}.tif" for number in range(6)]
    for number, name in enumerate(names):
        running.drop(name, fax("anc_lab_reporting", seconds=0.5, unlike=f"broker{number}"))
    wait_for("some taken", lambda: len(running.named(names)) >= 3)
    broker = broker_of(running)
    for log in (running.folders.broker / "appendonlydir").iterdir():
        log.unlink()
    broker.kill()
    assert still_running({broker.pid}) == set()
    under_way = [one for one in running.named(names) if one.state is not FaxState.SETTLED]
    assert under_way, "work must be in the middle when the broker dies, else this test shows nothing"
    wait_for("all settled", running.all_in(FaxState.SETTLED, names), 60)
    wait_until_all_letters_are_out(running)
    assert_answered_once(running.database, running.folders, names, forms=1)
    assert broker_of(running).pid != broker.pid, "another one must have taken its place"
