"""The watcher as a process: floods, slow writers, a full disk, a broker that is away."""

from __future__ import annotations

import os
import threading
import time
from hashlib import sha256

import pytest

from intake.fax_lifecycle import FaxState
from tests.service.conftest import Service
from tests.service.fakes import fax
from tests.service.waiting import wait_for

pytestmark = pytest.mark.service


def test_500_files_dropped_in_two_seconds_are_all_taken_once_though_the_broker_is_away(service: Service) -> None:
    service.watch(REMSFAX_LOG_LEVEL="error")
    contents = {f"fax{number}.tif": fax("anc_lab_reporting", unlike=number) for number in range(500)}
    began = time.monotonic()
    for name, content in contents.items():
        service.drop(name, content)
    assert time.monotonic() - began < 2
    wait_for("all taken", lambda: len(service.faxes()) == 500, 60)
    wait_for("the inbox is empty", lambda: not list(service.folders.inbox.iterdir()))
    found = service.faxes()
    assert {one.fax.source_name: one.fax.sha256 for one in found} == {
        name: sha256(content).hexdigest() for name, content in contents.items()
    }
    assert len({one.fax.reference for one in found}) == 500
    assert {one.state for one in found} == {FaxState.RECEIVED}
    assert list(service.folders.claimed.iterdir()) == []


def test_a_name_that_is_no_utf_8_is_taken_and_ends_no_watcher(service: Service) -> None:
    service.watch(REMSFAX_STILL_SECONDS="0.2")
    assert service.process is not None
    service.drop(os.fsdecode(b"na\xefve.tif"), fax("anc_lab_reporting"))
    wait_for("taken", lambda: service.fax("na\ufffdve.tif"))
    service.drop("next.tif", fax("anc_lab_reporting", unlike=1))
    wait_for("the next one is taken as well", lambda: service.fax("next.tif"))
    assert service.process.poll() is None
    assert "Traceback" not in service.log.read_text()


def test_a_file_written_in_20_pieces_over_8_seconds_is_taken_once_and_whole(service: Service) -> None:
    service.watch()
    pause = threading.Event()
    content = b"".join(bytes([number]) * 1000 for number in range(20))
    with (service.folders.inbox / "slow.tif").open("wb", buffering=0) as slow:
        for number in range(20):
            slow.write(content[number * 1000 : (number + 1) * 1000])
            assert service.faxes() == []
            pause.wait(0.4)
    taken = wait_for("taken", service.faxes)
    assert [one.fax.sha256 for one in taken] == [sha256(content).hexdigest()]


def test_while_the_disk_is_too_full_for_one_fax_the_next_is_taken_and_the_first_once_there_is_room(service: Service) -> None:
    service.watch(largest_file=2_000_000, REMSFAX_STILL_SECONDS="0.2")
    service.drop("large.tif", bytes(3_000_000))
    service.drop("small.tif", fax("anc_lab_reporting"))
    wait_for("the small one is taken", lambda: service.fax("small.tif"))
    assert service.fax("large.tif") is None
    assert "No space left" in wait_for("said", lambda: text if "No space" in (text := service.log.read_text()) else "")
    assert service.stop() == 0
    service.watch(REMSFAX_STILL_SECONDS="0.2")
    large = wait_for("the large one is taken", lambda: service.fax("large.tif"))
    assert large.fax.sha256 == sha256(bytes(3_000_000)).hexdigest()
