"""From drop to answer, every way a fax can go, by rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.case_flow import DocumentState
from app.fax_steps import release
from intake.fax_lifecycle import FaxState
from outbound import storage as letters
from outbound.delivery import DeliveryState
from outbound.notice import Acknowledgement, FaxResult
from review_queue import reviewing
from review_queue import storage as reviews
from review_queue.lifecycle import ReviewState
from review_queue.review_item import VerdictKind
from tests.app.driving import Driven
from tests.service.fakes import fax

CALLER = '{"cid": "312-555-0142"}'


@pytest.fixture
def driven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driven]:
    monkeypatch.chdir(tmp_path)
    found = Driven(tmp_path)
    yield found
    found.house.database.close()


def acknowledgement(driven: Driven, name: str) -> Acknowledgement:
    with driven.house.database.reading() as session:
        for delivery in letters.of_reference(session, driven.fax(name).fax.reference):
            for notice in letters.notices_of(session, delivery.delivery_id):
                if isinstance(notice.facts, Acknowledgement):
                    return notice.facts
    raise AssertionError("no acknowledgement")


def at_desk(driven: Driven, reviewer: str = "kim") -> tuple[str, int]:
    """Take the next item in hand."""
    with driven.house.database.writing() as session:
        item = reviewing.take_next(session, reviewer, driven.clock.now)
    assert item is not None
    return item.item_id, item.version


def test_a_certain_form_is_answered_without_a_person(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting"), CALLER)
    driven.go_on()
    assert driven.fax("a.tif").state is FaxState.SETTLED
    assert [one.state for one in driven.documents("a.tif")] == [DocumentState.ANSWERED]
    said = acknowledgement(driven, "a.tif")
    assert (said.result, said.pages, len(said.documents)) == (FaxResult.PROCESSED, 1, 1)
    assert any(one.state is DeliveryState.DELIVERED and one.fax == "3125550142" for one in driven.letters("a.tif"))


def test_a_doubtful_form_waits_for_a_person_and_goes_on_once_confirmed(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))
    driven.go_on()
    assert [one.state for one in driven.documents("a.tif")] == [DocumentState.IN_REVIEW]
    item_id, version = at_desk(driven)
    with driven.house.database.writing() as session:
        for doubt in reviewing.look_at(session, item_id).left():
            reviewing.record(session, item_id, version, doubt.key, VerdictKind.BLANK, None, "kim", driven.clock.now)
        reviewing.submit(session, item_id, version, "kim", driven.clock.now)
    driven.go_on()
    (document,) = driven.documents("a.tif")
    assert document.state is DocumentState.ANSWERED
    assert document.submission is not None
    assert document.submission["confirmed_by"] == "kim"
    assert driven.fax("a.tif").state is FaxState.SETTLED


def test_a_rejected_form_never_reaches_the_registry_and_its_sender_is_told_why(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))
    driven.go_on()
    item_id, version = at_desk(driven)
    with driven.house.database.writing() as session:
        reviewing.reject(session, item_id, version, "kim", driven.clock.now, "The page is cut in half.")
    driven.go_on()
    (document,) = driven.documents("a.tif")
    assert (document.state, document.submission, document.admission) == (DocumentState.ANSWERED, None, None)
    assert [one.reason for one in acknowledgement(driven, "a.tif").documents] == ["The page is cut in half."]


def test_loose_pages_filed_without_an_answer_settle_silently(driven: Driven) -> None:
    driven.drop("ad.tif", fax(others=["unknown"]))
    driven.go_on()
    item_id, version = at_desk(driven)
    with driven.house.database.writing() as session:
        reviewing.reject(session, item_id, version, "kim", driven.clock.now, "An advertisement.", answer_sender=False)
    driven.go_on()
    assert driven.fax("ad.tif").state is FaxState.SETTLED
    assert driven.letters("ad.tif") == ()


def test_a_fax_settles_only_when_its_last_document_does(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", others=["lab_printout"]))
    driven.go_on()
    assert [one.state for one in driven.documents("a.tif")] == [DocumentState.ANSWERED, DocumentState.IN_REVIEW]
    assert driven.fax("a.tif").state is FaxState.READ
    item_id, version = at_desk(driven)
    with driven.house.database.writing() as session:
        reviewing.reject(session, item_id, version, "kim", driven.clock.now, "Use the ANC Lab Reporting Form.")
    driven.go_on()
    said = acknowledgement(driven, "a.tif")
    assert driven.fax("a.tif").state is FaxState.SETTLED
    assert (said.other_pages, said.reason) == (("page 2: laboratory printout",), "Use the ANC Lab Reporting Form.")


@pytest.mark.parametrize("pages", [["cover_sheet"], ["blank"], ["cover_sheet", "blank"]])
def test_a_fax_without_any_form_is_answered_so(driven: Driven, pages: list[str]) -> None:
    driven.drop("cover.tif", fax(others=pages), CALLER)
    driven.go_on()
    assert driven.fax("cover.tif").state is FaxState.SETTLED
    assert acknowledgement(driven, "cover.tif").result is FaxResult.COVER_SHEET_ONLY
    with driven.house.database.reading() as session:
        assert sum(reviews.counts(session, ReviewState).values()) == 0


def test_the_same_file_again_is_answered_with_the_first_reference_and_not_read(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting"))
    driven.go_on()
    driven.drop("b.tif", fax("anc_lab_reporting"))
    driven.go_on()
    again = driven.fax("b.tif")
    assert (again.state, again.duplicate_of, again.reading) == (FaxState.SETTLED, driven.fax("a.tif").fax.fax_id, None)
    assert acknowledgement(driven, "b.tif").duplicate_of == driven.fax("a.tif").fax.reference
    assert driven.documents("b.tif") == []


def test_references_run_on_within_the_day_of_receipt(driven: Driven) -> None:
    for number, day in enumerate(("2023-11-20T15:00:00Z", "2023-11-20T16:00:00Z", "2023-11-21T15:00:00Z")):
        driven.drop(f"{number}.tif", fax("anc_lab_reporting", unlike=number), f'{{"received_at": "{day}"}}')
        driven.go_on()
    references = [driven.fax(f"{number}.tif").fax.reference for number in range(3)]
    assert references == ["R-20231120-0001", "R-20231120-0002", "R-20231121-0001"]


def test_an_error_is_tried_three_times_then_quarantined_answered_and_can_be_released(driven: Driven) -> None:
    driven.drop("odd.tif", fax(raises="odd"), CALLER)
    driven.go_on()
    quarantined = driven.fax("odd.tif")
    assert (quarantined.state, quarantined.quarantine_reason) == (FaxState.QUARANTINED, "failed")
    assert acknowledgement(driven, "odd.tif").result is FaxResult.UNREADABLE
    assert len(driven.letters("odd.tif")) == 1
    with driven.house.database.writing() as session:
        release(session, quarantined.fax.fax_id, driven.clock.now)
    assert driven.fax("odd.tif").state is FaxState.RECEIVED
    driven.go_on()
    assert driven.fax("odd.tif").state is FaxState.QUARANTINED
    assert len(driven.letters("odd.tif")) == 2


def test_a_document_of_a_quarantined_fax_waits_with_it(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))
    driven.go_on()
    with driven.house.database.writing() as session:
        from intake.storage import quarantine_fax

        quarantine_fax(session, driven.fax("a.tif").fax.fax_id, "failed", "", driven.clock.now)
    item_id, version = at_desk(driven)
    with driven.house.database.writing() as session:
        reviewing.reject(session, item_id, version, "kim", driven.clock.now, "No.")
    driven.go_on()
    assert [one.state for one in driven.documents("a.tif")] == [DocumentState.IN_REVIEW]
    with driven.house.database.writing() as session:
        release(session, driven.fax("a.tif").fax.fax_id, driven.clock.now)
    driven.go_on()
    assert driven.fax("a.tif").state is FaxState.SETTLED


def test_every_step_done_again_changes_nothing(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting"))
    driven.take()
    fax_id = driven.fax("a.tif").fax.fax_id
    for _ in range(2):
        for stage in driven.runner.steps:
            for subject in (fax_id, f"{fax_id}-1"):
                driven.run(stage, subject)
                driven.run(stage, subject)
    driven.go_on()
    assert driven.fax("a.tif").state is FaxState.SETTLED
    keys = [key for one in driven.letters("a.tif") for key in one.kinds]
    assert keys.count("acknowledgement") == 1


def test_the_desk_shows_nothing_of_a_form_nobody_need_see(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting"))
    driven.go_on()
    with driven.house.database.reading() as session:
        assert reviews.counts(session, ReviewState)[ReviewState.WAITING] == 0
