"""Asked, answered, joined, recorded: the ways of a form whose sender was asked, by rows alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.case_flow import DocumentState
from intake.fax_lifecycle import FaxState
from outbound import numbers_storage
from outbound import storage as letters
from outbound.notice import Acknowledgement, DocumentResult
from outbound.numbers import Confirmed
from registry.submission_json import submission_from_json
from review_queue import asking_storage, reviewing
from review_queue.lifecycle import ReviewState
from review_queue.review_item import ReviewItem, VerdictKind
from tests.app.driving import Driven
from tests.registry.world import ANN, World
from tests.service.fakes import fax

CALLER = '{"cid": "312-555-0142"}'
WHO = {"patient_first_name": "WILLIAM", "patient_last_name": "PEREZ", "patient_date_of_birth": "1950-10-31", "patient_id": None}


@pytest.fixture
def driven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driven]:
    monkeypatch.chdir(tmp_path)
    found = Driven(tmp_path)
    yield found
    found.house.database.close()


def item_of(driven: Driven, name: str, number: int = 0) -> ReviewItem:
    with driven.house.database.reading() as session:
        return reviewing.look_at(session, driven.documents(name)[number].document_id)


def ask(driven: Driven, name: str, *sentences: str, illegible: bool = False) -> None:
    """Kim takes the form and asks its sender for everything doubtful, or for what is said."""
    item_id = driven.documents(name)[0].document_id
    with driven.house.database.writing() as session:
        item = reviewing.take(session, item_id, "kim", driven.clock.now)
        asked = list(sentences)
        for doubt in item.doubts if illegible else ():
            reviewing.record(session, item_id, item.version, doubt.key, VerdictKind.ILLEGIBLE, None, "kim", driven.clock.now)
            asked.append(f"{doubt.label}: nobody could read it. Please write it again.")
        reviewing.send_back(session, item_id, item.version, "kim", driven.clock.now, asked or ["Prescriber NPI: please sign."])
    driven.go_on()


def told(driven: Driven, name: str) -> list[Acknowledgement]:
    with driven.house.database.reading() as session:
        found = letters.of_reference(session, driven.fax(name).fax.reference)
        notices = [one for each in found for one in letters.notices_of(session, each.delivery_id)]
    return [one.facts for one in notices if isinstance(one.facts, Acknowledgement)]


def state(driven: Driven, name: str) -> DocumentState:
    return driven.documents(name)[0].state


def test_the_letter_lists_what_is_asked_until_when_and_shows_what_nobody_could_read(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True), CALLER)
    driven.go_on()
    ask(driven, "a.tif", illegible=True)
    ((document,),) = [one.documents for one in told(driven, "a.tif")]
    assert document.result is DocumentResult.SENT_BACK
    assert document.answer_by
    (missing,) = document.missing
    assert missing.strip.startswith("iVBOR")  # a PNG in base64
    with driven.house.database.reading() as session:
        (waiting,) = asking_storage.waiting_for_sender(session, driven.clock.now)
    assert (waiting.reference, waiting.overdue) == (driven.fax("a.tif").fax.reference, False)
    assert waiting.answer_by.isoformat() == document.answer_by


def test_no_strip_goes_to_a_number_that_is_only_written_on_the_form(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))  # nobody knows who called
    driven.go_on()
    ask(driven, "a.tif", illegible=True)
    ((document,),) = [one.documents for one in told(driven, "a.tif")]
    assert [one.strip for one in document.missing] == [""]


@pytest.mark.parametrize("confirmed", [False, True])
def test_a_strip_goes_to_a_number_on_file_only_once_that_number_is_confirmed(driven: Driven, confirmed: bool) -> None:
    with driven.house.database.writing() as session:
        World(session).prescriber()
        if confirmed:
            numbers_storage.confirm(
                session, "3125550143", "prescriber", "ANN LEE", Confirmed.VOUCHED, "mira", "letterhead", driven.clock.now
            )
    values = {"prescriber_npi": ANN}
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True, values=values), CALLER)  # through a trunk line, say
    driven.go_on()
    ask(driven, "a.tif", illegible=True)
    with driven.house.database.reading() as session:
        (letter,) = letters.of_reference(session, driven.fax("a.tif").fax.reference)
    assert letter.fax == "3125550143"
    ((document,),) = [one.documents for one in told(driven, "a.tif")]
    assert [one.strip.startswith("iVBOR") for one in document.missing] == [confirmed]


def test_a_question_does_not_wait_for_the_other_documents_of_its_fax(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", others=["lab_printout"], doubt=True, values=WHO), CALLER)
    driven.go_on()
    ask(driven, "a.tif", "Prescriber NPI: please write it again, clearly.")
    assert driven.fax("a.tif").state is FaxState.READ
    assert [one.documents[0].result for one in told(driven, "a.tif")] == [DocumentResult.SENT_BACK]


def test_asked_then_answered_by_the_whole_form_then_recorded(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True, values=WHO), CALLER)
    driven.go_on()
    ask(driven, "a.tif", "Prescriber NPI: please write it again, clearly.")
    driven.drop("b.tif", fax("patient_status", values=WHO, unlike=1), CALLER)
    driven.go_on()
    assert item_of(driven, "a.tif").state is ReviewState.JOINED
    assert state(driven, "b.tif") is DocumentState.ANSWERED
    assert driven.documents("b.tif")[0].admission is not None  # nothing was doubtful: nobody had to look
    with driven.house.database.reading() as session:
        answer = asking_storage.answer_of(session, driven.documents("b.tif")[0].document_id)
        assert asking_storage.waiting_for_sender(session, driven.clock.now) == []
    assert answer is not None
    assert (answer.joined, answer.question.reference) == (True, driven.fax("a.tif").fax.reference)


def test_an_answer_that_comes_twice_is_joined_once_and_the_second_stands_for_itself(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True, values=WHO), CALLER)
    driven.go_on()
    ask(driven, "a.tif", "Prescriber NPI: please write it again, clearly.")
    for number in (1, 2):
        driven.drop(f"b{number}.tif", fax("patient_status", values=WHO, unlike=number), CALLER)
        driven.go_on()
    with driven.house.database.reading() as session:
        found = [asking_storage.answer_of(session, driven.documents(f"b{one}.tif")[0].document_id) for one in (1, 2)]
    assert [one is not None and one.joined for one in found] == [True, False]
    assert {state(driven, "b1.tif"), state(driven, "b2.tif")} == {DocumentState.ANSWERED}


def test_another_patients_form_from_the_same_clinic_leaves_the_question_open(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True, values=WHO), CALLER)
    driven.go_on()
    ask(driven, "a.tif", "Prescriber NPI: please write it again, clearly.")
    driven.drop("b.tif", fax("patient_status", values={**WHO, "patient_last_name": "FOX"}), CALLER)
    driven.go_on()
    assert item_of(driven, "a.tif").state is ReviewState.SENT_BACK


def test_the_next_months_form_takes_no_question_with_it_and_a_reviewer_says_that_it_is_something_else(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True, values=WHO), CALLER)
    driven.go_on()
    ask(driven, "a.tif", "Prescriber NPI: please write it again, clearly.")
    later = {f"labs.{row}.draw_date": f"2023-12-0{row + 1}" for row in range(8)}
    driven.drop("b.tif", fax("patient_status", values={**WHO, **later}), CALLER)
    driven.go_on()
    item_id = driven.documents("b.tif")[0].document_id
    assert "it tells of other blood draws" in item_of(driven, "b.tif").doubts[0].why
    with driven.house.database.writing() as session:
        item = reviewing.take(session, item_id, "lee", driven.clock.now)
        assert driven.house.answering.part(session, item_id, item.version, "lee", driven.clock.now) == ""
        reviewing.submit(session, item_id, item.version, "lee", driven.clock.now)
    driven.go_on()
    assert driven.documents("b.tif")[0].admission is not None
    assert item_of(driven, "a.tif").state is ReviewState.SENT_BACK


def test_the_missing_page_alone_is_put_together_with_the_earlier_ones_and_admitted_with_who_settled_what(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True, values=WHO, missing=[2]), CALLER)
    driven.go_on()
    item_id = driven.documents("a.tif")[0].document_id
    with driven.house.database.writing() as session:
        item = reviewing.take(session, item_id, "kim", driven.clock.now)
        key = next(doubt.key for doubt in item.doubts if not doubt.whole_document)
        reviewing.record(session, item_id, item.version, key, VerdictKind.BLANK, None, "kim", driven.clock.now)
        asked = ["A page is missing: please fax all pages of the form."]
        reviewing.send_back(session, item_id, item.version, "kim", driven.clock.now, asked)
    driven.go_on()
    driven.drop("b.tif", fax("patient_status", values=WHO, missing=[1]), CALLER)
    driven.go_on()
    answer = driven.documents("b.tif")[0]
    offered = item_of(driven, "b.tif")  # page 2 names nobody: a person says whose it is
    assert "may answer our question" in " ".join(doubt.why for doubt in offered.doubts)
    assert item_of(driven, "a.tif").state is ReviewState.SENT_BACK
    with driven.house.database.writing() as session:
        item = reviewing.take(session, answer.document_id, "lee", driven.clock.now)
        trouble = driven.house.answering.join(session, answer.document_id, item.version, "lee", "", driven.clock.now)
    assert trouble == ""
    assert item_of(driven, "a.tif").state is ReviewState.JOINED
    whole = item_of(driven, "b.tif")
    assert whole.reading is not None
    assert sorted(page.form_page for page in whole.reading.pages) == [1, 2]
    assert driven.house.pages.path(whole.fax.fax_id, 2) is not None
    with driven.house.database.writing() as session:
        for doubt in whole.left():
            reviewing.record(session, item.item_id, item.version, doubt.key, VerdictKind.BLANK, None, "lee", driven.clock.now)
        reviewing.submit(session, item.item_id, item.version, "lee", driven.clock.now)
    driven.go_on()
    recorded = driven.documents("b.tif")[0]
    assert recorded.state is DocumentState.ANSWERED
    assert recorded.submission is not None
    submission = submission_from_json(recorded.submission)
    assert [one.by for one in submission.corrections if one.field == key] == ["kim"]
    assert submission.confirmed_by == "lee"
    assert submission.values["patient_last_name"] == "PEREZ"


def test_the_page_with_the_name_alone_takes_the_other_page_over_by_itself_and_nobody_has_to_look(driven: Driven) -> None:
    one_draw = {f"labs.{row}.{column}": None for row in range(1, 8) for column in ("draw_date", "anc", "band")}
    driven.drop("a.tif", fax("patient_status", doubt=True, values={**WHO, **one_draw}), CALLER)
    driven.go_on()
    ask(driven, "a.tif", "Prescriber NPI: please write it again, clearly.")
    driven.drop("b.tif", fax("patient_status", values=WHO, missing=[2]), CALLER)
    driven.go_on()
    (document,) = driven.documents("b.tif")
    assert (document.state, item_of(driven, "a.tif").state) == (DocumentState.ANSWERED, ReviewState.JOINED)
    assert document.submission is not None
    assert submission_from_json(document.submission).fax_pages == (1, 2)
    assert driven.house.pages.path(driven.fax("b.tif").fax.fax_id, 2) is not None
    with driven.house.database.reading() as session:
        answer = asking_storage.answer_of(session, document.document_id)
    assert answer is not None
    assert answer.pages == ((2, 2),)


def test_the_sender_phones_and_the_form_that_waited_is_recorded_and_told(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True, values=WHO), CALLER)
    driven.go_on()
    ask(driven, "a.tif", "Prescriber NPI: please write it again, clearly.")
    assert driven.fax("a.tif").state is FaxState.SETTLED
    item_id = driven.documents("a.tif")[0].document_id
    with driven.house.database.writing() as session:
        item = reviewing.take(session, item_id, "kim", driven.clock.now)
        for doubt in item.left():
            reviewing.record(session, item_id, item.version, doubt.key, VerdictKind.BLANK, None, "kim", driven.clock.now)
        reviewing.submit(session, item_id, item.version, "kim", driven.clock.now)
    driven.go_on()
    (document,) = driven.documents("a.tif")
    assert document.state is DocumentState.ANSWERED
    assert document.admission is not None
    last = told(driven, "a.tif")[-1]
    assert last.documents[0].mended
    with driven.house.database.reading() as session:
        assert asking_storage.waiting_for_sender(session, driven.clock.now) == []


def test_asked_a_second_time_the_sender_gets_a_second_letter_and_one_question_is_open(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True, values=WHO), CALLER)
    driven.go_on()
    ask(driven, "a.tif", "Prescriber NPI: please write it again, clearly.")
    ask(driven, "a.tif", "Prescriber signature: please sign.")
    assert [one.documents[0].missing[0].what for one in told(driven, "a.tif")] == ["Prescriber NPI", "Prescriber signature"]
    with driven.house.database.reading() as session:
        (waiting,) = asking_storage.waiting_for_sender(session, driven.clock.now)
    assert waiting.asked_for == ("Prescriber signature: please sign.",)


def test_rejected_for_good_after_asking_nothing_waits_and_the_sender_is_told_why(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True, values=WHO), CALLER)
    driven.go_on()
    ask(driven, "a.tif", "Prescriber NPI: please write it again, clearly.")
    item_id = driven.documents("a.tif")[0].document_id
    with driven.house.database.writing() as session:
        item = reviewing.take(session, item_id, "kim", driven.clock.now)
        reviewing.reject(session, item_id, item.version, "kim", driven.clock.now, "The patient moved away.")
    driven.go_on()
    assert told(driven, "a.tif")[-1].documents[0].reason == "The patient moved away."
    with driven.house.database.reading() as session:
        assert asking_storage.waiting_for_sender(session, driven.clock.now) == []


def test_a_form_put_back_after_it_was_taken_again_is_sent_to_nobody(driven: Driven) -> None:
    driven.drop("a.tif", fax("patient_status", doubt=True, values=WHO), CALLER)
    driven.go_on()
    ask(driven, "a.tif", "Prescriber NPI: please write it again, clearly.")
    item_id = driven.documents("a.tif")[0].document_id
    with driven.house.database.writing() as session:
        item = reviewing.take(session, item_id, "kim", driven.clock.now)
        reviewing.release(session, item_id, item.version, "kim", driven.clock.now)
    driven.go_on()
    assert len(told(driven, "a.tif")) == 1
    assert state(driven, "a.tif") is DocumentState.ANSWERED
