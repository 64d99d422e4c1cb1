"""Workers killed with -9 at every stage of a fax: nothing lost, nothing twice."""

from __future__ import annotations

import psutil
import pytest
from sqlalchemy import func, select

from app.case_flow import DocumentState
from intake.fax_lifecycle import FaxState
from outbound import storage as letters
from outbound.delivery import DeliveryState
from registry.tables import SubmissionRow
from tests.service.conftest import Service
from tests.service.fakes import fax
from tests.service.waiting import still_running, wait_for

pytestmark = pytest.mark.service

STAGES = ("read_fax", "triage", "record", "answer", "settle")
DEATHS = [
    "take.nudge",
    *(f"{stage}.{point}" for stage in STAGES for point in ("work", "store")),
    *(f"{stage}.nudge" for stage in STAGES),
    "send.before",
    "send.after",
]


def wait_until_all_letters_are_out(service: Service) -> None:
    def all_out() -> bool:
        with service.database.reading() as session:
            found = letters.counts(session)
        return found[DeliveryState.DUE] == found[DeliveryState.SENDING] == 0

    wait_for("all letters out", all_out, 60)


def assert_nothing_is_lost_and_nothing_done_twice(service: Service, names: list[str], forms: int) -> None:
    """Each fax, of so many forms, is there once; each form was admitted and answered once, each letter sent once."""
    stored = service.faxes()
    assert sorted(one.fax.source_name for one in stored) == sorted(names)
    with service.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SubmissionRow)) == forms * len(names)
        assert letters.counts(session)[DeliveryState.UNCERTAIN] == 0
        for one in stored:
            assert one.state is FaxState.SETTLED
            assert [each.state for each in service.documents(one)] == [DocumentState.ANSWERED] * forms
            planned = letters.of_reference(session, one.fax.reference)
            assert [kind for each in planned for kind in each.kinds].count("acknowledgement") == 1
            sent = [each for each in planned if each.state is DeliveryState.DELIVERED]
            assert len(service.letters(one.fax.reference)) == len(sent)


def broker_of(service: Service) -> psutil.Process:
    return next(one for one in service.children() if "valkey" in one.name())


def test_a_worker_killed_at_each_stage_loses_nothing_and_does_nothing_twice(service: Service) -> None:
    service.start(REMSFAX_TEST_DEATHS=",".join(DEATHS))
    names = [f"fax{number}.tif" for number in range(4)]
    for number, name in enumerate(names):
        service.drop(name, fax("anc_lab_reporting", "prescriber_designee", unlike=number))
    wait_for("all faxes settled", service.all_in(FaxState.SETTLED, len(names)), 120)
    wait_until_all_letters_are_out(service)
    died = {one.name for one in (service.folders.root / "deaths").iterdir()}
    assert died == set(DEATHS), "every death must have happened, else this test shows nothing"
    assert_nothing_is_lost_and_nothing_done_twice(service, names, forms=2)


def test_a_fax_that_kills_its_worker_is_quarantined_after_the_third_and_the_next_fax_is_answered(service: Service) -> None:
    service.start()
    service.drop("poison.tif", fax(kills=True))
    service.drop("good.tif", fax("anc_lab_reporting"))
    wait_for("the good fax is settled", service.in_state("good.tif", FaxState.SETTLED), 40)
    poison = wait_for("the poison is quarantined", service.in_state("poison.tif", FaxState.QUARANTINED), 60)
    assert poison.quarantine_reason == "killed_its_worker"
    assert any("poison" in one.name for one in service.folders.quarantine.iterdir())


def test_a_fax_that_always_fails_is_quarantined_with_its_error(service: Service) -> None:
    service.start()
    service.drop("odd.tif", fax(raises="nobody foresaw this"))
    odd = wait_for("quarantined", service.in_state("odd.tif", FaxState.QUARANTINED), 40)
    assert odd.quarantine_reason == "failed"
    assert "nobody foresaw this" in odd.quarantine_detail


def test_the_broker_killed_and_emptied_in_the_middle_loses_no_fax_and_answers_none_twice(service: Service) -> None:
    service.start()
    names = [f"fax{number}.tif" for number in range(6)]
    for number, name in enumerate(names):
        service.drop(name, fax("anc_lab_reporting", seconds=0.5, unlike=number))
    wait_for("some taken", lambda: len(service.faxes()) >= 3)
    broker = broker_of(service)
    for log in (service.folders.broker / "appendonlydir").iterdir():
        log.unlink()
    broker.kill()
    assert still_running({broker.pid}) == set()
    under_way = [one for one in service.faxes() if one.state is not FaxState.SETTLED]
    assert under_way, "work must be in the middle when the broker dies, else this test shows nothing"
    wait_for("all settled", service.all_in(FaxState.SETTLED, len(names)), 60)
    wait_until_all_letters_are_out(service)
    assert_nothing_is_lost_and_nothing_done_twice(service, names, forms=1)
    assert broker_of(service).pid != broker.pid, "another one must have taken its place"
