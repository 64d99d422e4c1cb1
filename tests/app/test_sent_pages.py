"""Letters at the desk: each state in words, the list and its filters, one call's evidence and pages, a number, charts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from outbound import storage
from outbound.delivery import DeliveryId
from review_queue.storage import events
from tests.app.letters_world import HOSTILE, LettersWorld, rows
from tests.review_queue.browsing import Person


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[LettersWorld, dict[str, DeliveryId], Person]]:
    """A world that nobody changes, the letters by their states, and Ann."""
    world = LettersWorld(tmp_path_factory.mktemp("letters"))
    made = world.every_state()
    yield world, made, world.someone("ann")
    world.house.database.close()


@pytest.mark.parametrize(
    ("which", "words"),
    [
        ("queued", "Queued goes as soon as a line is free"),
        ("busy", "Waits until 17:03 the line is busy"),
        ("calling", "Calling since 17:00"),
        ("delivered", "Delivered 2 of 2 pages confirmed by “ANACOSTIA B H” at 14400 bit/s, 11/02/2023 12:06"),
        ("failed", "Failed the server cannot convert the document"),
        ("unconfirmed", "Held nobody has confirmed that this number is the recipient’s"),
        ("barred", "Held the number is on the do-not-fax list: they asked us to stop"),
        ("uncertain", "Uncertain it may have arrived, ask the recipient: the receipt of page 2 was lost"),
        ("no-number", "No number no fax number is known for Theo Brandt"),
        ("stopped", "Stopped by bob: told by phone"),
    ],
)
def test_each_state_is_told_in_words_in_the_list_and_on_the_letters_page(seen, which, words):
    _, made, ann = seen
    assert words in rows(ann.get("/desk/sent").text)[made[which]]
    page = " ".join(re.sub(r"<[^>]+>", " ", ann.get(f"/desk/sent/{made[which]}").text).split())
    assert words in page


def test_a_line_tells_kind_recipient_number_reference_and_attempts(seen):
    _, made, ann = seen
    line = rows(ann.get("/desk/sent").text)[made["delivered"]]
    assert "ANC recorded" in line
    assert "ANN LEE 312-555-0143 prescriber R-20231107-0001 1 attempt" in line


def test_what_needs_a_person_stands_first_the_urgent_before_the_oldest_and_on_the_bar_of_every_page(seen):
    _, made, ann = seen
    page = ann.get("/desk/sent").text
    group = page.partition('id="person-title"')[2].partition("</section>")[0]
    wanted = ("uncertain", "unconfirmed", "no-number", "failed", "barred", "beside")
    assert re.findall(r'data-letter="([^"]+)"', group) == [made[one] for one in wanted]
    assert "6 letters need a person" in page
    assert re.search(r'href="/desk/sent".*?▲ </span>6', ann.get("/desk/people").text)
    alone = ann.get("/desk/sent?state=person").text
    assert list(rows(alone)) == [made[one] for one in wanted]
    assert "person-title" not in alone


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("state=uncertain", ["uncertain", "beside"]),
        ("state=failed", ["failed"]),
        ("state=stopped", ["stopped"]),
        ("state=held", ["barred", "unconfirmed"]),
        ("kind=pharmacy_certified", ["barred"]),
        ("text=(202)+555-0133", ["uncertain", "beside"]),
        ("text=R-20231107-0004-1", ["failed"]),
        ("begins=2023-10-31&ends=2023-10-31", ["no-number"]),
        ("state=delivered&begins=2023-11-02", ["delivered"]),
        ("text=nonsense", []),
        ("kind=nonsense", []),
    ],
)
def test_the_list_shows_only_what_is_asked_for(seen, asked, found):
    _, made, ann = seen
    page = ann.get(f"/desk/sent?{asked}").text
    assert sorted(rows(page)) == sorted(made[one] for one in found)


def test_what_nobody_understands_is_said_and_shows_all(seen):
    _, made, ann = seen
    page = ann.get("/desk/sent?begins=yesterday&state=lost&after=x~y").text
    assert "“yesterday” is no day" in page
    assert made["delivered"] in rows(page)


def test_the_list_goes_on_page_by_page_with_the_same_filter(seen, monkeypatch):
    _, _, ann = seen
    whole = list(rows(ann.get("/desk/sent?text=3125550143").text))
    assert len(whole) == 3
    monkeypatch.setattr("review_queue.web.sent.MANY", 2)
    first = ann.get("/desk/sent?text=3125550143").text
    more = re.search(r'href="([^"]+)" id="more"', first)
    assert more is not None
    second = ann.get(more[1].replace("&amp;", "&")).text
    assert [*rows(first), *rows(second)] == whole
    assert 'id="more"' not in second


def test_what_a_far_machine_or_a_log_says_is_never_taken_for_markup(seen):
    _, made, ann = seen
    for path in ("/desk/sent", f"/desk/sent/{made['hostile']}", f"/desk/sent/{made['busy']}", "/desk/sent/number/3125550179"):
        page = ann.get(path).text
        assert HOSTILE not in page, path
        assert "&lt;script&gt;" in page, path


def test_a_letters_page_shows_the_whole_call_with_its_evidence_and_the_very_pages_that_went_out(seen):
    world, made, ann = seen
    page = ann.get(f"/desk/sent/{made['uncertain']}").text
    assert "R-20231107-0003-1</a>" in page  # the other letter of that call
    assert "Dot for dot what went out" in page
    images = re.findall(rf'src="(/desk/sent/{made["uncertain"]}/calls/1/\d.png)"', page)
    assert len(images) == 3  # one cover, both letters
    assert ann.get(images[2]).content.startswith(b"\x89PNG")
    assert ann.get(images[2].replace("3.png", "4.png")).status_code == 404
    assert ann.get(images[2].replace("calls/1", "calls/2")).status_code == 404
    evidence = ann.get(f"/desk/sent/{made['delivered']}").text
    for words in ("2 of 2 confirmed", "ANACOSTIA B H", "14400 bit/s", "000000412", "job 412", "ttyS1"):
        assert words in evidence
    with world.house.database.reading() as session:
        looked = events(session, f"letter:{made['uncertain']}")
    assert {(one.event, one.by) for one in looked} == {("looked at", "ann")}


def test_pages_that_would_be_drawn_otherwise_now_are_said_to_be(seen, monkeypatch):
    world, made, ann = seen
    with world.house.database.writing() as session:
        session.get_one(storage.DeliveryRow, made["delivered"]).pages_sha256 = "0" * 64
    assert "not dot for dot what went out" in ann.get(f"/desk/sent/{made['delivered']}").text
    assert "Nothing has gone out yet." in ann.get(f"/desk/sent/{made['queued']}").text


def test_a_numbers_page_tells_its_calls_over_time_and_who_has_it_on_file(seen):
    _, made, ann = seen
    page = ann.get("/desk/sent/number/3125550143").text
    assert "3 calls in the last 26 weeks; 1 brought every page." in page
    assert "/desk/people/prescriber/1234567893" in page
    assert set(rows(page)) == {made["busy"], made["delivered"], made["failed"]}
    assert ann.get("/desk/sent/number/123").status_code == 404
    assert "Nothing against it" in ann.get("/desk/sent/number/2175550199").text


def test_the_charts_count_what_days_brought(seen):
    _, _, ann = seen
    page = ann.get("/desk/sent/figures").text
    assert "2 delivered in 28 days, 40 % of what ended; 2 became uncertain, 1 failed." in page
    assert "100 % of 2 letters arrived within an hour." in page
    assert "1 attempt brought nothing; most often the line is busy." in page
    assert page.count('class="chart"') == page.count("The same in numbers") == 4
