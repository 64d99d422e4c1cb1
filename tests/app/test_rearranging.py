"""A fax put together anew at the desk, by rows alone: what is superseded, what comes in its place, what stays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app import storage as cases
from app.case_flow import DocumentState, Stage
from app.fax_desk import CHANGED_MEANWHILE, IN_REGISTRY, NOTHING_MOVES, READING_AGAIN, FaxDesk
from app.fax_steps import release
from intake.arrangement import Arrangement, Group
from intake.fax_lifecycle import FaxState
from intake.reading import OtherKind
from review_queue import arranging, reviewing
from review_queue import storage as items
from review_queue.fax_board import FaxBoard
from review_queue.lifecycle import ReviewState
from review_queue.review_item import VerdictKind
from review_queue.reviewers import Reviewer
from tests.app.driving import Driven
from tests.service.fakes import fax

LENGTHS = {("patient_status", "2023-11"): 2, ("anc_lab_reporting", "2023-11"): 1}
WHY = "A form had not been recognized."
ENDED, OPEN, GONE = DocumentState.ANSWERED, DocumentState.IN_REVIEW, DocumentState.SUPERSEDED


@pytest.fixture
def driven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driven]:
    monkeypatch.chdir(tmp_path)
    found = Driven(tmp_path)
    yield found
    found.house.database.close()


def desk(driven: Driven) -> FaxDesk:
    return FaxDesk(driven.house.catalogue, driven.house.nudges)


def board(driven: Driven, reviewer: str = "kim", *, senior: bool = False) -> FaxBoard:
    with driven.house.database.reading() as session:
        found = desk(driven).board(session, driven.fax("a.tif").fax.fax_id, Reviewer(reviewer, senior, ""), driven.clock.now)
    assert found is not None
    return found


def arrange(driven: Driven, act: Callable[[Arrangement], Arrangement], base: int | None = None) -> str:
    """What the desk says to a plan made by one act; empty where it is done."""
    seen, kim = board(driven), Reviewer("kim", False, "")
    with driven.house.database.writing() as session:
        number = seen.base if base is None else base
        return desk(driven).arrange(session, seen.fax_id, number, act(seen.free), WHY, kim, driven.clock.now)


def states(driven: Driven) -> list[DocumentState]:
    return [one.state for one in driven.documents("a.tif")]


def status_page(number: int) -> Callable[[Arrangement], Arrangement]:
    return lambda plan: arranging.classify(plan, number, "patient_status", "2023-11", 1, LENGTHS)


def said(driven: Driven, document: int, name: str, value: object) -> None:
    """A verdict on a document's field, and the item put back."""
    item_id = f"{driven.fax('a.tif').fax.fax_id}-{document}"
    with driven.house.database.writing() as session:
        item = reviewing.take(session, item_id, "kim", driven.clock.now)
        reviewing.record(session, item_id, item.version, name, VerdictKind.CORRECTED, value, "kim", driven.clock.now)
        reviewing.release(session, item_id, item.version, "kim", driven.clock.now)


def test_a_loose_page_said_to_be_a_form_is_read_as_one_and_its_fax_settles_only_after_it(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", others=["unknown"]))
    driven.go_on()
    assert states(driven) == [ENDED, OPEN]
    assert arrange(driven, status_page(2)) == ""
    assert states(driven) == [ENDED, GONE]
    assert board(driven).state == READING_AGAIN
    driven.run(Stage.SETTLE, driven.fax("a.tif").fax.fax_id)
    assert driven.fax("a.tif").state is FaxState.READ, "not acknowledged while an arrangement is due"
    driven.go_on()
    documents = driven.documents("a.tif")
    assert [(one.number, one.form, one.fax_pages, one.state) for one in documents] == [
        (1, "anc_lab_reporting", (1,), ENDED),
        (2, None, (2,), GONE),
        (3, "patient_status", (2,), OPEN),
    ]
    with driven.house.database.reading() as session:
        old = reviewing.look_at(session, documents[1].document_id)
        new = reviewing.look_at(session, documents[2].document_id)
    assert (old.state, old.closing.by, old.closing.reason) == (ReviewState.REARRANGED, "kim", WHY)  # type: ignore[union-attr]
    assert new.reading is not None
    assert new.reading.missing_pages == (2,)
    assert board(driven).history[0].by == "kim"


def test_the_whole_way_ends_in_an_acknowledgement_that_knows_only_what_stands(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True, others=["unknown"]))
    driven.go_on()
    assert arrange(driven, lambda plan: arranging.mark(plan, 2, OtherKind.BLANK)) == ""
    driven.go_on()
    assert states(driven) == [OPEN, GONE]
    item_id = driven.documents("a.tif")[0].document_id
    with driven.house.database.writing() as session:
        item = reviewing.take(session, item_id, "kim", driven.clock.now)
        reviewing.reject(session, item_id, item.version, "kim", driven.clock.now, "Not ours.")
    driven.go_on()
    assert driven.fax("a.tif").state is FaxState.SETTLED
    assert states(driven) == [ENDED, GONE]
    assert board(driven).state


def test_a_fax_of_which_only_a_cover_is_left_settles(driven: Driven) -> None:
    driven.drop("a.tif", fax(others=["unknown"]), '{"cid": "312-555-0142"}')
    driven.go_on()
    assert arrange(driven, lambda plan: arranging.mark(plan, 1, OtherKind.COVER_SHEET)) == ""
    driven.go_on()
    assert driven.fax("a.tif").state is FaxState.SETTLED
    assert states(driven) == [GONE]
    assert len(driven.letters("a.tif")) == 1


def test_splitting_carries_each_verdict_along_with_its_page_by_whoever_gave_it(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True))
    driven.go_on()
    fax_id = driven.fax("a.tif").fax.fax_id
    said(driven, 1, "labs.0.anc", 2100)  # stands on the second page
    said(driven, 1, "patient_last_name", "QUIMBY")
    assert arrange(driven, lambda plan: arranging.split(plan, 2)) == ""
    driven.go_on()
    assert states(driven) == [GONE, OPEN, OPEN]
    with driven.house.database.reading() as session:
        first, second = (reviewing.look_at(session, f"{fax_id}-{number}") for number in (2, 3))
    assert (first.values()["patient_last_name"], "labs.0.anc" in first.verdicts) == ("QUIMBY", False)
    verdict = second.verdicts["labs.0.anc"]
    assert (verdict.value, verdict.by, verdict.carried_from) == (2100, "kim", f"{fax_id}-1")


def test_a_form_with_words_said_before_goes_to_the_desk_even_where_its_new_reading_is_certain(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True, sure_again=True))
    driven.go_on()
    said(driven, 1, "labs.0.anc", 2100)
    assert arrange(driven, lambda plan: arranging.turn(plan, 1)) == ""
    driven.go_on()
    assert states(driven) == [GONE, OPEN]


def test_what_is_in_the_registry_cannot_be_moved_and_the_page_says_why(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", others=["unknown", "cover_sheet"]))
    driven.go_on()
    seen = board(driven)
    assert seen.frozen_pages == {1: IN_REGISTRY}
    assert seen.free.fax_pages == {2, 3}
    everything = Arrangement((Group("anc_lab_reporting", "2023-11", seen.whole.groups[0].pages),), seen.free.asides)
    assert arrange(driven, lambda _: everything) == CHANGED_MEANWHILE
    assert states(driven) == [ENDED, OPEN]


def test_a_plan_over_another_state_of_the_fax_changes_nothing(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True, others=["unknown"]))
    driven.go_on()
    assert arrange(driven, status_page(2), base=7) == CHANGED_MEANWHILE
    assert arrange(driven, lambda plan: plan) == NOTHING_MOVES
    assert states(driven) == [OPEN, OPEN]


def test_a_document_that_a_colleague_has_in_hand_is_left_alone_until_the_lease_runs_out(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True, others=["unknown"]))
    driven.go_on()
    fax_id = driven.fax("a.tif").fax.fax_id
    with driven.house.database.writing() as session:
        reviewing.take(session, f"{fax_id}-1", "lee", driven.clock.now)
    assert "lee" in board(driven).frozen_pages[1]
    assert board(driven, "lee").frozen_pages == {}
    assert arrange(driven, status_page(2)) == ""
    driven.go_on()
    assert states(driven) == [OPEN, GONE, OPEN]
    with driven.house.database.reading() as session:
        assert reviewing.look_at(session, f"{fax_id}-1").holder == "lee"


def test_what_waits_for_other_eyes_is_moved_by_those_eyes_only(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))
    driven.go_on()
    item_id = f"{driven.fax('a.tif').fax.fax_id}-1"
    with driven.house.database.writing() as session:
        version = reviewing.take(session, item_id, "kim", driven.clock.now).version
        reviewing.escalate(session, item_id, version, "kim", driven.clock.now, "An adverse event?")
    assert "senior" in board(driven).frozen_pages[1]
    assert board(driven, "bob", senior=True).frozen_pages == {}


def test_a_plan_with_a_form_that_there_is_not_is_refused(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))
    driven.go_on()
    pages = board(driven).free.groups[0].pages
    assert "no such page" in arrange(driven, lambda _: Arrangement((Group("no_form", "1999-01", pages),)))


def test_a_document_whose_pages_stay_together_is_not_read_again(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", "anc_lab_reporting", doubt=True, others=["lab_printout", "unknown"]))
    driven.go_on()
    assert arrange(driven, status_page(5)) == ""
    driven.go_on()
    found = [(one.form, one.fax_pages, one.state) for one in driven.documents("a.tif")]
    assert found == [
        ("patient_status", (1, 2), OPEN),
        ("anc_lab_reporting", (3,), OPEN),
        (None, (4, 5), GONE),
        ("patient_status", (5,), OPEN),
        (None, (4,), OPEN),
    ]
    assert board(driven).whole.fax_pages == {1, 2, 3, 4, 5}


def test_a_turned_page_is_stored_as_it_lies_now_and_the_others_stay(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True, others=["unknown"]))
    driven.go_on()
    fax_id = driven.fax("a.tif").fax.fax_id
    other = driven.house.pages.path(fax_id, 1).read_bytes()  # type: ignore[union-attr]
    assert arrange(driven, lambda plan: arranging.turn(plan, 2)) == ""
    driven.go_on()
    assert board(driven).whole.rotations[2] == 90
    assert driven.house.pages.path(fax_id, 1).read_bytes() == other  # type: ignore[union-attr]
    assert driven.house.pages.path(fax_id, 2).read_bytes() != other  # type: ignore[union-attr]


def test_what_the_machine_had_found_can_be_restored(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True))
    driven.go_on()
    machine = board(driven).whole
    assert arrange(driven, lambda plan: arranging.split(plan, 2)) == ""
    driven.go_on()
    seen = board(driven)
    assert seen.found == machine
    assert seen.free != machine
    assert arrange(driven, lambda _: seen.found) == ""
    driven.go_on()
    assert board(driven).whole == machine
    assert states(driven) == [GONE, GONE, GONE, OPEN]
    assert [one.due for one in board(driven).history] == [False, False]


def test_doing_the_stage_twice_makes_the_documents_once(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True))
    driven.go_on()
    assert arrange(driven, lambda plan: arranging.split(plan, 2)) == ""
    fax_id = driven.fax("a.tif").fax.fax_id
    for _ in range(3):
        driven.run(Stage.REARRANGE, f"{fax_id}-a1")
    driven.run(Stage.REARRANGE, f"{fax_id}-a2")
    assert [one.number for one in driven.documents("a.tif")] == [1, 2, 3]


def test_reading_again_that_fails_every_time_quarantines_the_fax_and_goes_on_once_it_is_released(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", others=["unknown"], raises_again="an engine broke"))
    driven.go_on()
    assert arrange(driven, status_page(2)) == ""
    driven.go_on()
    quarantined = driven.fax("a.tif")
    assert (quarantined.state, quarantined.quarantine_reason) == (FaxState.QUARANTINED, "failed")
    with driven.house.database.writing() as session:
        release(session, quarantined.fax.fax_id, driven.clock.now)
    assert board(driven).state == READING_AGAIN, "what is due stays due"


def test_a_worker_that_died_between_the_images_and_the_rows_leaves_the_arrangement_due(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True))
    driven.go_on()
    assert arrange(driven, lambda plan: arranging.split(plan, 2)) == ""
    step, subject = driven.runner.steps[Stage.REARRANGE], f"{driven.fax('a.tif').fax.fax_id}-a1"
    with driven.house.database.reading() as session:
        loaded = step.load(session, subject)
    step.work(loaded)  # and here the process is killed
    assert len(driven.documents("a.tif")) == 1
    driven.go_on()
    assert states(driven) == [GONE, OPEN, OPEN]


def test_a_patient_whose_form_is_just_being_read_again_is_still_in_process(driven: Driven) -> None:
    from datetime import date

    values = {"patient_first_name": "MARY", "patient_last_name": "QUIMBY", "patient_date_of_birth": "1972-03-14"}
    driven.drop("a.tif", fax("patient_status", doubt=True, values=values))
    driven.go_on()

    def in_process() -> bool:
        with driven.house.database.reading() as session:
            return cases.is_in_process(session, "44170823D", "MARY", "QUIMBY", date(1972, 3, 14))

    assert in_process()
    assert arrange(driven, lambda plan: arranging.mark(arranging.mark(plan, 1, OtherKind.UNKNOWN), 2, OtherKind.UNKNOWN)) == ""
    assert in_process()
    driven.go_on()
    assert not in_process()


def test_an_item_closed_by_a_new_arrangement_keeps_what_happened(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True))
    driven.go_on()
    assert arrange(driven, lambda plan: arranging.split(plan, 2)) == ""
    with driven.house.database.reading() as session:
        events = [(one.event, one.by, one.detail) for one in items.events(session, f"{driven.fax('a.tif').fax.fax_id}-1")]
    assert events[-1] == ("pages_rearranged", "kim", WHY)
