"""The queue page: lanes, clocks, filters, what comes next; without a script, and by index only."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from intake.fax import DocumentId
from intake.reading import ProblemKind
from review_queue import queue_storage, reviewing, storage
from review_queue.business_days import overdue_before
from review_queue.figures import AGES
from review_queue.queue_page import address, behind, next_words
from review_queue.queue_storage import LOOSE, NOBODY, Wanted
from review_queue.review_item import ReviewItemId
from review_queue.reviewers import IDLE_LIMIT
from review_queue.triage import TriageContext, triage
from tests.registry.test_every_query_has_an_index import heard, scans
from tests.review_queue import invented
from tests.review_queue.browsing import SCRIPT, Person
from tests.review_queue.desk_in_process import enqueue, enqueue_loose, new_desk
from tests.review_queue.invented import DISAGREEING, NOW, UNREAD_NPI, doubtful

LOW = doubtful("labs.0.anc", 820, ProblemKind.LOW_CERTAINTY, "Not certain.")


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


@pytest.fixture
def ann(desk):
    return Person(desk, "ann")


def arrive(desk, number, age, *doubts, sender="RIVERSIDE CLINIC", fax="6175550142", last_status_form=None):
    """A status form whose fax came in so long ago."""
    received = desk.clock() - age
    read = invented.reading(*(doubts or (DISAGREEING,)))
    found = triage(read, invented.STATUS_FORM, TriageContext(received, last_status_form), received)
    facts = replace(invented.fax(f"R-20261123-{number:04d}", received), sender_name=sender, sender_fax=fax)
    with desk.sessions() as session, session.begin():
        item_id, document_id = ReviewItemId(f"item-{number}"), DocumentId(f"document-{number}")
        reviewing.enqueue_form(session, item_id, document_id, facts, read, found, received)


def seen(page, lane):
    """The references of a lane's lines, in order."""
    body = re.search(rf'<tbody data-lane="{lane}".*?</tbody>', page, re.DOTALL)
    return re.findall(r'class="ref">R-\d{8}-(\d{4})<', body[0]) if body else []


def words(text):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


def test_each_fax_stands_in_its_lane_the_oldest_first(desk, ann):
    arrive(desk, 1, timedelta(hours=1))
    arrive(desk, 2, timedelta(hours=2))
    arrive(desk, 3, timedelta(minutes=5), LOW)
    arrive(desk, 4, timedelta(hours=1), last_status_form=(NOW - timedelta(days=33)).date())
    arrive(desk, 5, timedelta(hours=9))
    with desk.sessions() as session, session.begin():
        reviewing.take(session, "item-5", "bob", NOW)
        reviewing.send_back(session, "item-5", 1, "bob", NOW, ["sign"])
    page = ann.get("/desk").text
    assert (seen(page, "safety"), seen(page, "today"), seen(page, "ordinary"), seen(page, "sender")) == (
        ["0003"], ["0004"], ["0002", "0001"], ["0005"],
    )  # fmt: skip


def test_a_lane_says_how_much_stands_in_it_how_old_it_is_and_what_is_late(desk, ann):
    arrive(desk, 1, timedelta(days=6))
    arrive(desk, 2, timedelta(hours=1))
    page = words(ann.get("/desk").text)
    assert "Ordinary 2 oldest 6 d 0 h ▲ 1 overdue" in page
    assert "Safety 0 nothing" in page
    # six days ago was a Tuesday: due on Wednesday at 17:00, that is four days, eighteen hours and a half ago
    assert "▲ overdue 4 d 18 h" in page
    assert "due tomorrow 17:00" in page


def test_passed_on_and_held_faxes_are_seen_with_whom_they_wait_for(desk, ann):
    for number in (1, 2, 3, 4):
        arrive(desk, number, timedelta(hours=number))
    with desk.sessions() as session, session.begin():
        for number, way in ((1, reviewing.escalate), (2, reviewing.ask_second_look)):
            reviewing.take(session, f"item-{number}", "bob", NOW)
            way(session, f"item-{number}", 1, "bob", NOW, "is this a 7?")
        reviewing.take(session, "item-3", "bob", NOW)
    page = words(ann.get("/desk").text)
    assert "for a senior, from bob" in page
    assert "second look, asked by bob" in page
    assert "bob, 10:00 left" in page
    assert "In hand now 1" in page


def test_the_button_says_beforehand_what_it_gives_and_gives_it(desk, ann):
    arrive(desk, 1, timedelta(hours=5))
    arrive(desk, 2, timedelta(hours=2, minutes=5), LOW)
    assert "next: ANC 820, 2 h 05 m old" in ann.get("/desk").text
    assert ann.act("/desk/next").headers["location"] == "/desk/items/item-2"
    assert "go on: ANC 820, 2 h 05 m old, in your hands" in ann.get("/desk").text
    assert "next: Patient Status Form, 5 h 00 m old" in Person(desk, "bob").get("/desk").text


def test_without_a_free_fax_the_button_rests_and_says_so(desk, ann):
    page = ann.get("/desk").text
    assert "nothing is free for you" in page
    assert re.search(r"<button class=\"main big\"[^>]* disabled", page)
    assert next_words(None, str, "ann", NOW) == "nothing is free for you"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("form=patient_status", ["0001", "0002", "0003"]),
        (f"form={LOOSE}", ["0009"]),
        ("sender=hilltop", ["0002"]),
        ("sender=202555", ["0003"]),
        ("sender=(202)+555-0199", ["0003"]),
        ("sender=%25", []),
        ("doubt=unreadable", ["0003"]),
        ("holder=bob", ["0001"]),
        (f"holder={NOBODY}", ["0002", "0003", "0009"]),
        ("sender=riverside&holder=bob", ["0001"]),
    ],
)
def test_filters_leave_only_what_was_asked_for(desk, ann, asked, found):
    arrive(desk, 1, timedelta(hours=4))
    arrive(desk, 2, timedelta(hours=3), sender="HILLTOP PHARMACY")
    arrive(desk, 3, timedelta(hours=2, minutes=30), UNREAD_NPI, sender=None, fax="2025550199")
    enqueue_loose(desk, 9)
    with desk.sessions() as session, session.begin():
        reviewing.take(session, "item-1", "bob", NOW)
    page = ann.get(f"/desk?{asked}").text
    assert seen(page, "ordinary") == found
    assert 'id="all"' in page


def test_a_kind_of_doubt_that_does_not_exist_leaves_nothing_out(desk, ann):
    arrive(desk, 1, timedelta(hours=4))
    assert seen(ann.get("/desk?doubt=nonsense&lane=nonsense&after=nonsense").text, "ordinary") == ["0001"]


def test_a_long_lane_goes_on_behind_its_last_line_and_leaves_none_out(desk, ann, monkeypatch):
    monkeypatch.setattr("review_queue.web.queueing.FEW", 2)
    monkeypatch.setattr("review_queue.web.queueing.MANY", 2)
    for number in range(1, 6):
        arrive(desk, number, timedelta(hours=1))  # received in the same moment: the id decides
    page, found = ann.get("/desk").text, []
    for _ in range(5):
        more = re.search(r'<tr class="more">.*?href="([^"]+)"', page)
        if more is None:
            break
        page = ann.get(more[1].replace("&amp;", "&")).text
        found += seen(page, "ordinary")
    assert found == ["0001", "0002", "0003", "0004", "0005"]
    assert seen(page, "safety") == []


def test_a_place_in_a_lane_is_written_and_read_alike_and_nonsense_is_the_beginning():
    where = (NOW, "item-7")
    written = address(Wanted(form="patient_status"), "ordinary", where)
    assert written.startswith("/desk?lane=ordinary&form=patient_status&after=")
    assert behind(f"{NOW.isoformat()}~item-7") == where
    assert [behind(one) for one in ("", "x", "2026-11-23~a", f"{NOW.isoformat()}~")] == [None] * 4


def test_the_numbers_alone_are_the_pages_own(desk, ann):
    arrive(desk, 1, timedelta(hours=1))
    told = ann.get("/desk/numbers", **SCRIPT).json()
    assert told["numbers"]["waiting"] == "1"
    assert told["any"]
    assert told["next"] == "next: Patient Status Form, 1 h 00 m old"
    assert told["board"] in ann.get("/desk").text


def test_a_page_that_looks_by_itself_keeps_no_desk_open(desk, ann):
    for _ in range(4):
        desk.clock.pass_by(minutes=IDLE_LIMIT.total_seconds() / 60 / 3)
        last = ann.get("/desk/numbers", **SCRIPT).status_code
    assert last == 401


def test_the_pace_of_arrivals_and_of_finished_faxes_is_told_to_all(desk, ann):
    for number in range(1, 5):
        arrive(desk, number, timedelta(minutes=90))
    ann.act("/desk/items/item-1/take")
    ann.act("/desk/items/item-1/reject", version=1, reason="Not a form.")
    numbers = ann.get("/desk/numbers", **SCRIPT).json()["numbers"]
    assert (numbers["arrived"], numbers["done"]) == ("2", "0")
    desk.clock.pass_by(seconds=1)
    numbers = ann.get("/desk/numbers", **SCRIPT).json()["numbers"]
    assert (numbers["arrived"], numbers["done"]) == ("2", "0.5")
    assert numbers["forecast"].startswith("Never at this pace")


def test_ages_are_counted_in_their_classes_without_what_waits_for_the_sender(desk):
    for number, age in enumerate((0.5, 2, 3, 30, 200), start=1):
        arrive(desk, number, timedelta(hours=age))
    with desk.sessions() as session, session.begin():
        reviewing.take(session, "item-5", "bob", NOW)
        reviewing.send_back(session, "item-5", 1, "bob", NOW, ["sign"])
        bounds = [NOW - length for length, _ in AGES if length < timedelta.max]
        assert queue_storage.ages(session, bounds) == [1, 2, 0, 0, 1, 0, 0]


def test_what_leads_each_doubt_is_kept_once_beside_the_item(desk):
    arrive(desk, 1, timedelta(hours=1), DISAGREEING, UNREAD_NPI, invented.UNSIGNED)
    with desk.sessions() as session:
        line = queue_storage.line(session, "item-1")
        assert line.doubt_count == 3
        assert (
            storage.leading_kinds(reviewing.look_at(session, "item-1").doubts)
            == ",unreadable,readers_disagree,missing_signature,"
        )


def test_no_question_of_the_queue_page_reads_all_items_nor_a_reading(desk, ann):
    for number in range(1, 4):
        enqueue(desk, number, DISAGREEING)
    with desk.sessions() as session, heard(session) as sent:
        everything = Wanted("patient_status", "river", "unreadable", "bob")
        for wanted in (Wanted(), everything):
            queue_storage.lane_counts(session, wanted, overdue_before(NOW))
            for rank in (0, 1, 2, None):
                queue_storage.lines(session, rank, wanted, 10)
                queue_storage.lines(session, rank, wanted, 10, (NOW, "item-1"))
        queue_storage.ages(session, [NOW])
        queue_storage.forms_open(session)
        queue_storage.in_hand(session, 10)
        queue_storage.handed_to(session, "ann")
        storage.peek_next(session, "ann", NOW, senior=True)
        storage.held_by(session, "ann", NOW)
        assert len(sent) > 20
        whole = {one for one in scans(session, sent) if "review_items_open" not in one}
    assert whole == set()
    assert not any(re.search(r"review_items\.(reading|doubts|loose_pages)", statement) for statement, _ in sent)
