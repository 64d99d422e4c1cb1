"""The figures page: counted from what happened, kept once a day is over, and each picture with its numbers."""

import re
from datetime import date, timedelta

import pytest

from registry.moments import program_day
from review_queue import daily_storage, handing, reviewing
from review_queue.daily_figures import SETTLES, DocumentCounts, Measure, count_day, fortnight, parts, present_pace
from review_queue.review_item import VerdictKind
from tests.registry.test_every_query_has_an_index import heard, scans
from tests.review_queue.browsing import Person
from tests.review_queue.desk_in_process import enqueue, new_desk
from tests.review_queue.invented import DISAGREEING, NOW, UNREAD_NPI

TODAY = date(2026, 11, 23)


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


def settle(desk, number, who, at, *words):
    """That person settles the item with these (field, kind, value) words."""
    with desk.sessions() as session, session.begin():
        item = reviewing.take(session, f"item-{number}", who, at)
        for key, kind, value in words:
            item = reviewing.record(session, item.item_id, item.version, key, kind, value, who, at)
        reviewing.submit(session, item.item_id, item.version, who, at)


def a_morning(desk):
    for number in (1, 2, 3):
        enqueue(desk, number, DISAGREEING, UNREAD_NPI)
    words = [("labs.0.anc", VerdictKind.CONFIRMED, 3773), ("prescriber_npi", VerdictKind.CORRECTED, "1234567893")]
    settle(desk, 1, "ann", NOW + timedelta(minutes=5), *words)
    settle(desk, 2, "ann", NOW + timedelta(minutes=9), *words)
    with desk.sessions() as session, session.begin():  # ann says 3773 and hands on; bob sees 3713
        at = NOW + timedelta(minutes=11)
        item = reviewing.take(session, "item-3", "ann", at)
        reviewing.record(session, "item-3", item.version, "labs.0.anc", VerdictKind.CONFIRMED, 3773, "ann", at)
        handing.hand(session, "item-3", item.version, "ann", at, "bob", "sure?")
    settle(desk, 3, "bob", NOW + timedelta(minutes=15), ("labs.0.anc", VerdictKind.CORRECTED, 3713), words[1])


def test_a_days_figures_are_counted_from_what_happened(desk):
    a_morning(desk)
    with desk.sessions() as session:
        found = count_day(session, lambda session, begins, ends: DocumentCounts(10, 7), TODAY)
    assert found == {
        (Measure.FOUND, ""): 10,
        (Measure.UNTOUCHED, ""): 7,
        (Measure.ARRIVED, "11"): 3,  # 16:30 UTC is 11:30 on the program's clock
        (Measure.DONE, "ann"): 2,
        (Measure.DONE, "bob"): 1,
        (Measure.BEGUN, "ann"): 1,
        (Measure.BEGUN, "bob"): 1,
        (Measure.SECONDS, "ann"): 240,
        (Measure.SAID, "labs.anc"): 4,
        (Measure.SAID, "prescriber_npi"): 3,
        (Measure.CORRECTED, "labs.anc"): 1,
        (Measure.CORRECTED, "prescriber_npi"): 3,
        (Measure.SEEN_AGAIN, "ann"): 1,
    }


def test_a_day_is_kept_once_it_is_over_and_counted_no_more(desk):
    a_morning(desk)
    ends = NOW.replace(hour=5, minute=0) + timedelta(days=1)  # midnight on the program's clock
    with desk.sessions() as session, session.begin():
        fortnight(session, None, ends + SETTLES - timedelta(seconds=1), days=2)
        assert TODAY not in daily_storage.day_figures(session, TODAY, TODAY)
        later = ends + SETTLES
        first = fortnight(session, None, later, days=2)
        assert daily_storage.day_figures(session, TODAY, TODAY)[TODAY] == first[TODAY]
        with heard(session) as sent:
            assert fortnight(session, None, later, days=2)[TODAY] == first[TODAY]
        assert len(sent) < 8, "yesterday was counted again"


def test_a_day_without_anything_is_kept_too(desk):
    with desk.sessions() as session, session.begin():
        fortnight(session, None, NOW, days=3)
        kept = daily_storage.day_figures(session, TODAY - timedelta(days=2), TODAY)
    assert kept == {day: {("found", ""): 0, ("untouched", ""): 0} for day in (date(2026, 11, 21), date(2026, 11, 22))}


def test_a_day_that_somebody_kept_in_the_same_moment_stays_as_it_is(desk):
    with desk.sessions() as session, session.begin():
        daily_storage.keep_day(session, TODAY, {("done", "ann"): 3})
        session.expunge_all()
        daily_storage.keep_day(session, TODAY, {("done", "ann"): 3, ("done", "bob"): 1})
        assert daily_storage.day_figures(session, TODAY, TODAY) == {TODAY: {("done", "ann"): 3}}


def test_the_day_the_clocks_go_back_counts_both_of_its_hours(desk):
    desk.clock.now = NOW.replace(month=11, day=1, hour=5, minute=30)  # 01:30 in summer time
    enqueue(desk, 1, DISAGREEING)
    desk.clock.pass_by(hours=1)  # 01:30 once more
    enqueue(desk, 2, DISAGREEING)
    day = program_day(desk.clock())
    with desk.sessions() as session:
        assert parts(count_day(session, None, day), Measure.ARRIVED) == {"01": 2}


def test_the_page_tells_all_of_the_desk_and_each_only_of_themselves(desk):
    a_morning(desk)
    desk.clock.pass_by(minutes=20)
    mine = Person(desk, "ann").get("/desk/figures").text
    assert re.search(r"<th scope=\"row\">ann</th><td class=\"num\">2</td><td class=\"num\">15.0</td>", mine)
    assert '<th scope="row">bob</th>' not in mine
    everybodys = Person(desk, "sue").get("/desk/figures").text
    assert '<th scope="row">bob</th>' in everybodys
    for title in ("Documents by day", "Arrivals at the desk by hour, today", "Age of what waits", "Corrections by field"):
        assert title in mine
    assert "Nothing waits." in mine


def test_each_picture_stands_beside_a_table_that_says_the_same(desk):
    a_morning(desk)
    page = Person(desk, "ann").get("/desk/figures").text
    assert page.count('<svg class="chart"') == page.count("The same in numbers") == 4
    assert page.count('aria-hidden="true" focusable="false"') >= 4
    assert re.search(
        r"<th scope=\"row\">Labs ANC</th><td class=\"num\">1</td><td class=\"num\">4</td><td class=\"num\">25 %", page
    )
    assert not re.search(r"\sstyle=", page)


def test_the_pace_is_that_of_the_last_hours_only(desk):
    a_morning(desk)
    with desk.sessions() as session:
        pace = present_pace(session, NOW + timedelta(minutes=20))
        assert (pace.arrived, pace.done) == (3, 3)
        pace = present_pace(session, NOW + timedelta(hours=2, minutes=7))
        assert (pace.arrived, pace.done) == (0, 2)


def test_no_figure_reads_a_whole_table(desk):
    a_morning(desk)
    with desk.sessions() as session, heard(session) as sent:
        fortnight(session, None, NOW + timedelta(minutes=20))
        present_pace(session, NOW + timedelta(minutes=20))
        session.flush()
        assert scans(session, sent) == set()
