"""Taking faxes out of the inbox, with deaths in between."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.app.driving import Driven
from tests.service.fakes import fax


class Died(BaseException):
    """The process ends here."""


@pytest.fixture
def driven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driven]:
    monkeypatch.chdir(tmp_path)
    found = Driven(tmp_path)
    yield found
    found.house.database.close()


def test_tiff_pdf_and_sidecar_of_one_name_are_one_fax(driven: Driven) -> None:
    driven.drop("a.pdf", b"%PDF-1.7 the same again")
    driven.drop("a.tif", fax("anc_lab_reporting"), '{"cid": "3125550142"}')
    driven.take()
    taken = driven.fax("a.tif").fax
    assert (len(taken.other_keys), taken.caller.cid) == (2, "3125550142")


def take_dying_at(place: str, driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drop a fax and take it in a process that dies when it comes to that function; then take again in the next one."""
    driven.drop("a.tif", fax("anc_lab_reporting"))

    def die(*_: object) -> str:
        raise Died

    with monkeypatch.context() as broken:
        broken.setattr(place, die)
        with pytest.raises(Died):
            driven.take()
    driven.taking = driven.house.taking()
    driven.take()


def test_a_death_between_claim_and_row_is_made_good_by_the_next_start(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    take_dying_at("app.storage.next_reference", driven, monkeypatch)
    assert driven.fax("a.tif").fax.reference.endswith("-0001")
    assert not list(driven.house.folders.claimed.iterdir())


def test_a_death_between_row_and_letting_go_of_the_claim_stores_no_second_row(
    driven: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    take_dying_at("intake.inbox.Inbox.finish", driven, monkeypatch)
    assert driven.fax("a.tif").duplicate_of is None
    assert not list(driven.house.folders.claimed.iterdir())


def test_after_a_restart_a_late_sibling_still_belongs_to_its_fax(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting"))
    driven.take()
    driven.taking = driven.house.taking()
    driven.taking.recall(driven.clock.now)
    driven.drop("a.pdf", b"%PDF-1.7 the same again")
    driven.take()
    assert len(driven.fax("a.tif").fax.other_keys) == 1


def test_an_odd_error_of_one_file_keeps_no_other_waiting(driven: Driven, monkeypatch: pytest.MonkeyPatch) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", unlike=1))
    driven.drop("b.tif", fax("anc_lab_reporting", unlike=2))
    store = driven.taking._store

    def odd(taken, now) -> None:  # type: ignore[no-untyped-def]
        if taken.source_name == "a.tif":
            raise ValueError("odd")
        store(taken, now)

    with monkeypatch.context() as broken:
        broken.setattr(driven.taking, "_store", odd)
        driven.take()
    assert driven.fax("b.tif")
    driven.take()
    assert driven.fax("a.tif")


def test_a_fifo_is_set_aside_with_its_reason_and_never_opened(driven: Driven) -> None:
    os.mkfifo(driven.house.folders.inbox / "x.pdf")
    driven.take()
    (reason,) = driven.house.folders.quarantine.glob("*.reason.json")
    assert json.loads(reason.read_text())["reason"] == "not_a_regular_file"


def test_a_released_copy_of_a_quarantined_file_is_read_anew(driven: Driven) -> None:
    driven.drop("a.tif", fax(raises="odd"))
    driven.go_on()
    driven.drop("b.tif", fax(raises="odd"))
    driven.go_on()
    assert driven.fax("b.tif").duplicate_of is None


def test_the_row_tells_when_it_was_received_by_the_sidecar(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting"), '{"received_at": "2023-11-21T03:30:00Z"}')
    driven.take()
    found = driven.fax("a.tif").fax
    assert found.reference == "R-20231120-0001", "the program's day is US Eastern"
    assert driven.clock.now - found.received_at > timedelta(days=300)
