"""No keystroke is lost and no verdict counts twice: browsers that die, servers and databases that go away, faxes taken over."""

import json
from dataclasses import replace
from functools import partial

import pytest
from playwright.sync_api import expect

from intake.reading import ProblemKind
from review_queue import reviewing, storage
from review_queue.drafts import drafts_of
from review_queue.web.security import COOKIE
from tests.review_queue import keyboard
from tests.review_queue.desk_in_process import enqueue, new_desk, served
from tests.review_queue.invented import DISAGREEING, UNREAD_NPI, UNSIGNED, doubtful
from tests.review_queue.keyboard import CHROMIUM, chromium, doubt, in_hand, saved, signed_in, take_next, value
from tests.review_queue.misbehaving import AwayForAWhile

someone = partial(keyboard.someone, hurried=True)
pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine to press keys in")

NAME = doubtful("patient_last_name", "PERES", ProblemKind.LOW_CERTAINTY, "Not certain.")


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


def said(desk, item="item-1"):
    """Everything said on the item, in order."""
    with desk.sessions() as session:
        return [(one.key, one.kind.value, one.value, one.by) for one in storage.verdicts(session, item)]


def typed(desk, item="item-1"):
    with desk.sessions() as session:
        return {(one.by, one.key): one.text for one in drafts_of(session, item)}


def kept(page):
    """Wait until the desk has taken what was typed."""
    return page.expect_response(lambda answer: answer.url.endswith("/drafts") and answer.ok)


def test_what_was_typed_when_the_browser_died_stands_in_the_field_again(browser, desk):
    enqueue(desk, 1, UNREAD_NPI, DISAGREEING)
    with served(desk) as address:
        with someone(browser, address, desk) as page:
            take_next(page)
            doubt(page, "Prescriber NPI")
            with kept(page):
                page.keyboard.type("12345")
        # the context is closed without a word to the page: nothing was confirmed, nothing was sent on leaving
        assert typed(desk) == {("ann", "prescriber_npi"): "12345"}
        with someone(browser, address, desk) as page:
            take_next(page)
            doubt(page, "Prescriber NPI")
            expect(value(page)).to_have_value("12345")
            expect(page.locator(".card[open] .before")).to_have_text("Typed before, not confirmed.")
            page.keyboard.press("End")
            page.keyboard.type("67893")
            page.keyboard.press("Enter")
            doubt(page, "Blood draw 1: ANC per µL")
            page.keyboard.press("Enter")
            expect(page.locator("#done")).to_be_focused()
            saved(page)
    assert said(desk) == [("prescriber_npi", "corrected", "1234567893", "ann"), ("labs.0.anc", "confirmed", 3773, "ann")]
    assert typed(desk) == {}


def test_what_was_typed_last_goes_out_with_the_page_itself(browser, desk):
    enqueue(desk, 1, UNREAD_NPI)
    with served(desk) as address, someone(browser, address, desk) as page:
        take_next(page)
        page.keyboard.type("12345")
        page.goto("/desk")  # long before the pause after which it is kept
        page.goto("/desk/items/item-1")
        in_hand(page)
        expect(value(page)).to_have_value("12345")


def test_a_server_that_is_restarted_in_mid_item_costs_nothing_and_each_verdict_arrives_once_in_order(browser, desk):
    enqueue(desk, 1, NAME, DISAGREEING, UNSIGNED)
    with served(desk) as address:
        page_of = someone(browser, address, desk)
        page = page_of.__enter__()
        take_next(page)
        doubt(page, "Patient last name")
    page.keyboard.press("Enter")  # as read: known to be sound, so the hands go on although nobody answers
    doubt(page, "Blood draw 1: ANC per µL")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    doubt(page, "Prescriber signature")
    expect(page.locator("#away")).to_contain_text("2 answers kept here")
    assert said(desk) == []
    with served(desk, int(address.rpartition(":")[2])):
        expect(page.locator("#away")).to_be_hidden()
        page.keyboard.press("Enter")
        expect(page.locator("#done")).to_be_focused()
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        page_of.__exit__(None, None, None)
    assert said(desk) == [
        ("patient_last_name", "confirmed", "PERES", "ann"),
        ("labs.0.anc", "corrected", 3713, "ann"),
        ("signature_prescriber", "confirmed", "absent", "ann"),
    ]
    assert desk.settled == ["document-1"]


def test_a_database_that_is_away_for_a_while_is_said_quietly_and_nothing_typed_is_lost(browser, desk):
    enqueue(desk, 1, UNREAD_NPI, DISAGREEING)
    database = AwayForAWhile(desk.sessions)
    desk.services = replace(desk.services, sessions=database)
    with served(desk) as address, someone(browser, address, desk) as page:
        take_next(page)
        database.away = True
        page.keyboard.type("1234567893")
        page.keyboard.press("Enter")  # nobody can say whether it is sound: after a moment it is kept and the hands go on
        doubt(page, "Blood draw 1: ANC per µL")
        expect(page.locator("#away")).to_contain_text("The desk does not answer")
        page.keyboard.type("1850")
        database.away = False
        expect(page.locator("#away")).to_be_hidden()
        expect(value(page)).to_have_value("1850")
        page.keyboard.press("Enter")
        expect(page.locator("#done")).to_be_focused()
        expect(page.locator(".card.settled")).to_have_count(2)
        expect(page.locator(".said").nth(1)).to_contain_text("by ann")
    assert database.refused
    assert said(desk) == [("prescriber_npi", "corrected", "1234567893", "ann"), ("labs.0.anc", "corrected", 1850, "ann")]


def test_a_verdict_whose_answer_was_lost_is_sent_again_and_counts_once(browser, desk):
    enqueue(desk, 1, DISAGREEING)
    with served(desk) as address, someone(browser, address, desk) as page:
        take_next(page)
        lost = []

        def lose(route):
            route.fetch()  # the desk took it
            lost.append(route)
            route.abort()
            page.unroute("**/fields/*")

        page.route("**/fields/*", lose)
        page.keyboard.press("Enter")
        expect(page.locator(".said").first).to_have_text("confirmed by ann")
    assert len(lost) == 1
    assert said(desk) == [("labs.0.anc", "confirmed", 3773, "ann")]


def test_a_wrong_value_queued_while_nobody_answered_comes_back_as_a_doubt(browser, desk):
    enqueue(desk, 1, UNREAD_NPI, DISAGREEING)
    database = AwayForAWhile(desk.sessions)
    desk.services = replace(desk.services, sessions=database)
    with served(desk) as address, someone(browser, address, desk) as page:
        take_next(page)
        database.away = True
        page.keyboard.type("1234567890")
        page.keyboard.press("Enter")
        doubt(page, "Blood draw 1: ANC per µL")
        database.away = False
        expect(page.locator("#away")).to_be_hidden()
        page.keyboard.press("Enter")
        doubt(page, "Prescriber NPI")  # the next doubt is the one that came back
        expect(value(page)).to_have_value("1234567890")
        expect(page.locator(".card[open] .trouble")).to_contain_text("check digit")
    assert said(desk) == [("labs.0.anc", "confirmed", 3773, "ann")]


def test_who_was_taken_over_sees_both_answers_and_takes_either_with_one_key_when_it_is_theirs_again(browser, desk):
    enqueue(desk, 1, DISAGREEING, UNREAD_NPI)
    with served(desk) as address, someone(browser, address, desk) as page:
        take_next(page)
        page.keyboard.press("Alt+ArrowDown")
        doubt(page, "Blood draw 1: ANC per µL")
        page.keyboard.type("1850")
        desk.clock.pass_by(minutes=11)
        with desk.sessions() as session, session.begin():
            item = reviewing.take(session, "item-1", "bob", desk.clock())
        page.keyboard.press("Enter")
        expect(page.locator(".card[open] .trouble")).to_contain_text("no longer in your hands")
        expect(value(page)).to_have_value("1850")
        expect(page.locator("#hands")).to_contain_text("bob has it in hand")
        desk.clock.pass_by(minutes=1)
        with desk.sessions() as session, session.begin():
            reviewing.record(
                session, "item-1", item.version, "labs.0.anc", reviewing.VerdictKind.CORRECTED, 3713, "bob", desk.clock()
            )
            reviewing.release(session, "item-1", item.version, "bob", desk.clock())
        page.evaluate("dispatchEvent(new Event('focus'))")  # the page looks again when one comes back to it
        expect(page.get_by_role("button", name="Take it again")).to_be_visible()
        with page.expect_navigation():
            page.keyboard.press("Alt+g")
        in_hand(page)
        doubt(page, "Blood draw 1: ANC per µL")
        expect(page.locator(".card[open] .before")).to_have_text("You had typed 1850; 3713 stands now, corrected by bob.")
        expect(value(page)).to_have_value("3713")
        page.keyboard.press("1")
        expect(value(page)).to_have_value("1850")
        page.keyboard.press("Enter")
        doubt(page, "Prescriber NPI")
        saved(page)
    assert said(desk)[-1] == ("labs.0.anc", "corrected", 1850, "ann")


def test_what_a_colleague_had_typed_is_one_key_away_for_whoever_took_the_fax_over(browser, desk):
    enqueue(desk, 1, UNREAD_NPI)
    with served(desk) as address:
        with someone(browser, address, desk) as page:
            take_next(page)
            with kept(page):
                page.keyboard.type("1234567893")
            page.route("**/*", lambda route: route.abort())  # what a page says as it closes may come in when the clock has moved
        desk.clock.pass_by(minutes=11)
        with someone(browser, address, desk, "bob") as page:
            take_next(page)
            expect(page.locator(".card[open] .guess")).to_contain_text("1234567893 ann had typed")
            expect(value(page)).to_have_value("")
            page.keyboard.press("1")
            page.keyboard.press("Enter")
            expect(page.locator("#done")).to_be_focused()
            with page.expect_navigation():
                page.keyboard.press("Control+Enter")
    assert said(desk) == [("prescriber_npi", "corrected", "1234567893", "bob")]
    assert typed(desk) == {}  # settled: what was only typed says nothing any more


def test_who_was_signed_out_sees_nothing_of_the_patient_and_goes_on_after_signing_in_on_another_tab(browser, desk):
    enqueue(desk, 1, UNREAD_NPI, DISAGREEING)
    with served(desk) as address, someone(browser, address, desk) as page:
        take_next(page)
        with kept(page):
            page.keyboard.type("123456789")
        page.context.clear_cookies()
        page.keyboard.type("3")
        expect(page.locator("#signed-out")).to_be_visible()
        expect(page.locator("main")).to_be_hidden()
        # on another tab
        page.context.add_cookies([{"name": COOKIE, "value": signed_in(desk, "ann"), "url": f"{address}/desk"}])
        page.evaluate("dispatchEvent(new Event('focus'))")
        expect(page.locator("#signed-out")).to_be_hidden()
        expect(value(page)).to_have_value("1234567893")
        value(page).focus()
        page.keyboard.press("Enter")
        doubt(page, "Blood draw 1: ANC per µL")
        saved(page)
    assert said(desk) == [("prescriber_npi", "corrected", "1234567893", "ann")]


def test_the_browser_keeps_nothing_of_a_patient(browser, desk):
    enqueue(desk, 1, UNREAD_NPI)
    with served(desk) as address, someone(browser, address, desk) as page:
        take_next(page)
        with kept(page):
            page.keyboard.type("1234567893")
        page.keyboard.press("Alt+s")
        stored = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
    assert json.loads(stored) == [{"remsfax-one-at-a-time-ann": "1"}, {}]
