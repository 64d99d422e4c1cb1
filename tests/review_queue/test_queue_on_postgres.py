"""The queue, its figures and the changes of hands on PostgreSQL, where many write at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from app.database import Database
from app.migrations import differences, upgrade
from intake.fax import DocumentId
from review_queue import accounts, daily_storage, handing, queue_storage, reviewing
from review_queue.accounts import CannotChange, Rank
from review_queue.business_days import overdue_before
from review_queue.daily_figures import Measure, fortnight, present_pace
from review_queue.queue_storage import Wanted
from review_queue.review_item import ReviewItemId, VerdictKind
from review_queue.reviewing import NotFree
from review_queue.triage import TriageContext, triage
from tests.review_queue import invented
from tests.review_queue.invented import DISAGREEING, NOW, PASSWORD, UNREAD_NPI
from tools.throwaway_postgres import NoPostgres, throwaway_postgres


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    try:
        with throwaway_postgres(tmp_path_factory.mktemp("postgres")) as address:
            database = Database(address)
            upgrade(database.engine)
            with database.writing() as session:
                for name, rank in (("ann", {}), ("bob", {"senior": True}), ("sue", {"supervisor": True})):
                    accounts.create_reviewer(session, name, PASSWORD, NOW, **rank)
            yield database
            database.close()
    except NoPostgres as missing:
        pytest.skip(str(missing))


def arrive(database, number):
    read = invented.reading(DISAGREEING, UNREAD_NPI)
    found = triage(read, invented.STATUS_FORM, TriageContext(NOW), NOW)
    facts = invented.fax(f"R-20261123-{number:04d}", NOW - timedelta(hours=number))
    with database.writing() as session:
        item_id, document_id = ReviewItemId(f"item-{number}"), DocumentId(f"document-{number}")
        reviewing.enqueue_form(session, item_id, document_id, facts, read, found, NOW)


def test_models_and_history_agree(database):
    assert differences(database.engine) == []


def test_lines_counts_ages_hands_and_figures_are_what_they_are_on_sqlite(database):
    for number in (1, 2, 3):
        arrive(database, number)
    later = NOW + timedelta(minutes=5)
    with database.writing() as session:
        item = reviewing.take(session, "item-3", "ann", NOW)
        reviewing.record(session, "item-3", item.version, "labs.0.anc", VerdictKind.CONFIRMED, 3773, "ann", NOW)
        handing.hand(session, "item-3", item.version, "ann", NOW, "bob", "sure?")
        assert reviewing.take_next(session, "sue", NOW, senior=True).item_id == "item-2"
        item = reviewing.take_next(session, "bob", NOW)
        for key, value in (("labs.0.anc", 3773), ("prescriber_npi", "1234567893")):
            item = reviewing.record(session, "item-3", item.version, key, VerdictKind.CORRECTED, value, "bob", NOW)
        reviewing.submit(session, "item-3", item.version, "bob", NOW)
    with database.reading() as session:
        counts = queue_storage.lane_counts(session, Wanted(sender="river", doubt="unreadable"), overdue_before(NOW))
        assert [(rank, one.count, one.overdue) for rank, one in counts.items()] == [(2, 2, 0)]
        assert [one.item_id for one in queue_storage.lines(session, 2, Wanted(), 9)] == ["item-2", "item-1"]
        assert [one.item_id for one in queue_storage.lines(session, 2, Wanted(), 9, (NOW - timedelta(hours=2), "item-2"))] == [
            "item-1"
        ]
        assert queue_storage.ages(session, [NOW - timedelta(minutes=90)]) == [1, 1]
        assert queue_storage.forms_open(session) == {"patient_status": 2}
        assert [one.holder for one in queue_storage.in_hand(session, 9)] == ["sue"]
        assert present_pace(session, later).done == 1
    with database.writing() as session:
        today = list(fortnight(session, None, later, days=2).values())[-1]
        assert today[Measure.ARRIVED, "11"] == 3
        assert (today[Measure.SEEN_AGAIN, "ann"], today[Measure.KEPT, "ann"]) == (1, 1)
        daily_storage.keep_day(session, NOW.date(), today)
        daily_storage.keep_day(session, NOW.date(), today)  # as if somebody else had


def at_once(database, *works):
    ready = Barrier(len(works))

    def run(work):
        ready.wait()
        try:
            with database.writing() as session:
                return work(session)
        except (NotFree, CannotChange) as refused:
            return type(refused)

    with ThreadPoolExecutor(len(works)) as people:
        return list(people.map(run, works))


def test_two_supervisors_who_take_over_at_once_do_not_both_get_it(database):
    arrive(database, 7)
    with database.writing() as session:
        accounts.give_rank(session, "bob", Rank.SUPERVISOR, "sue", NOW)
        version = reviewing.take(session, "item-7", "ann", NOW).version
    answers = at_once(
        database,
        *(
            lambda session, who=who: handing.take_over(session, "item-7", version, who, NOW, "why").holder
            for who in ("bob", "sue")
        ),
    )
    assert sorted(answers, key=str)[0] is NotFree
    assert {"bob", "sue"} & set(answers)


def test_two_supervisors_who_disable_each_other_at_once_leave_one(database):
    with database.writing() as session:
        accounts.give_rank(session, "bob", Rank.SUPERVISOR, "sue", NOW)
    answers = at_once(
        database,
        lambda session: accounts.disable(session, "bob", "no", "sue", NOW),
        lambda session: accounts.disable(session, "sue", "no", "bob", NOW),
    )
    assert answers.count(CannotChange) == 1
