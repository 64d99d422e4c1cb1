"""Samples, raised bars, second keying and taking back, through the rows of the whole service."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.calibrating import of_blind_keyings
from app.case_flow import DocumentState, Stage
from app.command_line import application
from app.raised_bars import SURE_ENOUGH, RaisedBars, raised
from app.sending import sending_or
from app.status import status
from app.sweep import due
from intake.ocr.certainty import Calibration, Manner
from review_queue import keying_work, quality_storage, quality_watch, recalling, reviewing
from review_queue.keying import KeyingRules, KeyingTask
from review_queue.keying_work import SecondKeying
from review_queue.lifecycle import ReviewState
from review_queue.quality import Rate
from review_queue.recalling import TooLate
from review_queue.review_item import VerdictKind
from review_queue.reviewers import create_reviewer
from tests.app.driving import Driven
from tests.service.fakes import fax

GRACE = timedelta(seconds=10)


@pytest.fixture
def driven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driven]:
    monkeypatch.chdir(tmp_path)
    found = Driven(tmp_path)
    with found.house.database.writing() as session:
        for name in ("kim", "lee", "mia"):
            create_reviewer(session, name, "correct horse battery", found.clock.now)
    yield found
    found.house.database.close()


def next_of(driven: Driven, name: str) -> object:
    with driven.house.database.writing() as session:
        return keying_work.next_work(session, name, driven.clock.now)


def key(driven: Driven, name: str, **changed: object) -> KeyingTask:
    """That person keys the next task as it was admitted, but for the changes."""
    task = next_of(driven, name)
    assert isinstance(task, KeyingTask)
    form = driven.house.catalogue.form(task.reading.form, task.reading.revision)
    with driven.house.database.writing() as session:
        for field in task.fields:
            word = task.first[field]
            value = changed.get(field.replace(".", "__"), word.value)
            keying_work.key(session, task.task_id, task.version, field, word.kind, value, name, driven.clock.now)  # type: ignore[arg-type]
        return keying_work.finish(session, task.task_id, task.version, name, form, driven.clock.now)


def test_a_form_that_went_through_unseen_is_answered_at_once_and_keyed_blind_afterwards(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting"))
    driven.go_on()
    assert [one.state for one in driven.documents("a.tif")] == [DocumentState.ANSWERED]  # not held
    task = key(driven, "kim")
    form = driven.house.catalogue.form("anc_lab_reporting")
    critical = {one.name for one in form.fields if one.critical}
    assert len(set(task.first) & critical) >= 6
    assert len(set(task.first) - critical) == 3
    with driven.house.database.reading() as session:
        found = quality_watch.figures(session, driven.clock.now)
    assert [(one.rate.wrong, one.passed, one.sampled) for one in found.whole] == [(0, 1, 1), (0, 1, 1)]


def test_a_form_that_a_person_saw_is_no_sample(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))
    driven.go_on()
    item = next_of(driven, "kim")
    assert isinstance(item, reviewing.ReviewItem)
    with driven.house.database.writing() as session:
        for doubt in item.left():
            reviewing.record(session, item.item_id, item.version, doubt.key, VerdictKind.BLANK, None, "kim", driven.clock.now)
        reviewing.submit(session, item.item_id, item.version, "kim", driven.clock.now)
    driven.go_on()
    assert [one.state for one in driven.documents("a.tif")] == [DocumentState.ANSWERED]
    assert next_of(driven, "lee") is None


def test_an_error_two_people_found_is_an_alarm_in_status_metrics_and_command_and_a_label(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting"))
    driven.go_on()
    key(driven, "kim", patient_first_name="SOMEBODY")
    key(driven, "lee", patient_first_name="SOMEBODY")
    found = status(driven.house.database, driven.house.broker, driven.clock.now)
    assert found.to_json()["alarms"] == {"critical": 1, "ordinary": 0}
    done = CliRunner().invoke(application, ["quality", "--data", str(driven.house.folders.root), "--json"])
    assert done.exit_code == 0, done.output
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert (lines[0]["forms"], lines[0]["critical"], lines[0]["wrong"]) == ("all forms", True, 1)
    assert 0 < lines[0]["lower"] < lines[0]["rate"] < lines[0]["upper"] < 1
    assert "why" in lines[-1]
    with driven.house.database.reading() as session:
        assert list(of_blind_keyings(session)) == []  # the fakes' readings say nothing of how they came about


def test_while_an_alarm_is_on_what_was_sure_enough_before_waits_for_a_person_who_is_told_why(
    driven: Driven, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RaisedBars, "_bars", {("", True): 0.99999, ("", False): 0.99999})  # the fakes' readings name no manner
    driven.drop("a.tif", fax("anc_lab_reporting"))
    driven.go_on()
    assert [one.state for one in driven.documents("a.tif")] == [DocumentState.ANSWERED]
    with driven.house.database.writing() as session:
        quality_storage.add_alarm(session, "Too many.", Rate(3, 100), driven.clock.now, critical=True)
    driven.drop("b.tif", fax("anc_lab_reporting", values={"patient_first_name": "OTHER"}))
    driven.go_on()
    assert [one.state for one in driven.documents("b.tif")] == [DocumentState.IN_REVIEW]
    with driven.house.database.writing() as session:
        item = reviewing.take_next(session, "kim", driven.clock.now)
    assert item is not None
    assert {doubt.critical for doubt in item.doubts} == {True}
    assert "samples showed too many errors" in item.doubts[0].why
    with driven.house.database.writing() as session:
        (alarm,) = quality_storage.alarms(session)
        assert quality_watch.lower(session, alarm.number, "sue", "A bad batch of forms.", driven.clock.now)
        assert not quality_watch.lower(session, alarm.number, "sue", "Again.", driven.clock.now)
    driven.drop("c.tif", fax("anc_lab_reporting", values={"patient_first_name": "THIRD"}))
    driven.go_on()
    assert [one.state for one in driven.documents("c.tif")] == [DocumentState.ANSWERED]


def test_raised_bars_leave_a_tenth_of_the_doubt_and_touch_nothing_that_is_sure() -> None:
    curves = Calibration.load().curves
    for manner, curve in curves.items():
        bar = raised(curve.bar_critical)
        assert bar >= curve.bar_critical
        if curve.bar_critical >= SURE_ENOUGH:
            assert bar == curve.bar_critical, manner
    read = curves[Manner.READ_COMB].bar_critical
    assert raised(read) == pytest.approx(1 - (1 - read) / 10)


def submitted(driven: Driven) -> reviewing.ReviewItem:
    """A form on which a person corrected the patient's name."""
    item = next_of(driven, "kim")
    assert isinstance(item, reviewing.ReviewItem)
    assert item.reading is not None
    asks = SecondKeying(driven.house.catalogue.form(item.reading.form, item.reading.revision), KeyingRules())
    said = {doubt.key: (VerdictKind.BLANK, None) for doubt in item.left()}
    with driven.house.database.writing() as session:
        for field, (kind, value) in {**said, "patient_last_name": (VerdictKind.CORRECTED, "SOMEBODY")}.items():
            reviewing.record(session, item.item_id, item.version, field, kind, value, "kim", driven.clock.now)
        return reviewing.submit(session, item.item_id, item.version, "kim", driven.clock.now, asks)


def test_a_second_keying_holds_the_document_and_sends_it_on(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))
    driven.go_on()
    assert submitted(driven).state is ReviewState.BEING_KEYED
    driven.go_on()
    assert [one.state for one in driven.documents("a.tif")] == [DocumentState.IN_REVIEW]
    key(driven, "lee")
    driven.go_on()
    (document,) = driven.documents("a.tif")
    assert document.state is DocumentState.ANSWERED
    assert document.submission is not None
    assert document.submission["confirmed_by"] == "kim"
    assert document.submission["values"]["patient_last_name"] == "SOMEBODY"


def test_the_value_of_the_second_and_third_reaches_the_registry_with_the_name_of_the_third(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))
    driven.go_on()
    submitted(driven)
    key(driven, "lee", patient_last_name="SOMEBODI")
    key(driven, "mia", patient_last_name="SOMEBODI")
    driven.go_on()
    (document,) = driven.documents("a.tif")
    assert document.submission is not None
    assert document.submission["values"]["patient_last_name"] == "SOMEBODI"
    said = {one["field"]: one["by"] for one in document.submission["corrections"]}
    assert said["patient_last_name"] == "mia"


def with_grace(driven: Driven) -> None:
    driven.house.settings = driven.house.settings.model_copy(update={"recall_seconds": GRACE.total_seconds()})
    del driven.house.steps  # composed anew
    driven.run = sending_or(driven.house, driven.house.runner().run)


def test_a_verdict_is_taken_up_when_its_grace_is_over_and_not_before(driven: Driven) -> None:
    with_grace(driven)
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))
    driven.go_on()
    item = next_of(driven, "kim")
    assert isinstance(item, reviewing.ReviewItem)
    with driven.house.database.writing() as session:
        reviewing.reject(session, item.item_id, item.version, "kim", driven.clock.now, "No form.")

    def stages() -> list[Stage]:
        with driven.house.database.reading() as session:
            return [one.stage for one in due(session, driven.clock.now, GRACE)]

    driven.clock.now += timedelta(seconds=9)
    assert Stage.TAKE_VERDICT not in stages()
    driven.run(Stage.TAKE_VERDICT, item.document_id)  # a stray nudge
    assert [one.state for one in driven.documents("a.tif")] == [DocumentState.IN_REVIEW]
    with driven.house.database.writing() as session:
        back = recalling.recall(session, item.item_id, "kim", driven.clock.now)
        reviewing.reject(session, item.item_id, back.version, "kim", driven.clock.now, "No form at all.")
    driven.clock.now += timedelta(seconds=11)
    assert Stage.TAKE_VERDICT in stages()
    driven.run(Stage.TAKE_VERDICT, item.document_id)
    (document,) = driven.documents("a.tif")
    assert document.turned_away is not None
    assert document.turned_away["reason"] == "No form at all."
    assert Stage.TAKE_VERDICT not in stages()
    with driven.house.database.writing() as session, pytest.raises(TooLate):
        recalling.recall(session, item.item_id, "kim", driven.clock.now)


def test_what_was_taken_back_between_the_steps_look_and_its_doing_stays_taken_back(driven: Driven) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))
    driven.go_on()
    item = next_of(driven, "kim")
    assert isinstance(item, reviewing.ReviewItem)
    step = driven.house.steps[Stage.TAKE_VERDICT]
    with driven.house.database.writing() as session:
        reviewing.reject(session, item.item_id, item.version, "kim", driven.clock.now, "No form.")
    with driven.house.database.writing() as session:
        loaded = step.load(session, item.document_id)
    assert loaded is not None
    with driven.house.database.writing() as session:
        recalling.recall(session, item.item_id, "kim", driven.clock.now)
    with driven.house.database.writing() as session:
        assert step.store(session, loaded, None, driven.clock.now) == ()
    assert [one.state for one in driven.documents("a.tif")] == [DocumentState.IN_REVIEW]
