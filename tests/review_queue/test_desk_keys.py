"""A whole fax with keys only, in a real browser."""

import pytest
from playwright.sync_api import expect

from intake.reading import ProblemKind
from review_queue import reviewing
from tests.review_queue.desk_in_process import enqueue, enqueue_loose, new_desk, served
from tests.review_queue.invented import DISAGREEING, UNREAD_NPI, UNSIGNED, doubtful
from tests.review_queue.keyboard import CHROMIUM, before_the_door, chromium, doubt, patient, sign_in, take_next, value

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine to press keys in")

UNSURE_TICK = doubtful("ben", True, ProblemKind.UNSURE_MARK, "A mark that crosses the border of the box.")


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


@pytest.fixture
def page(browser, desk):
    """The sign-in page of a reviewer who has no mouse."""
    with served(desk) as address, before_the_door(browser, address) as page:
        yield page


def test_a_fax_is_settled_from_sign_in_to_the_next_fax_without_a_mouse(page, desk):
    enqueue(desk, 1, DISAGREEING, UNREAD_NPI, UNSIGNED, UNSURE_TICK)
    enqueue(desk, 2, DISAGREEING)
    sign_in(page)
    take_next(page)

    doubt(page, "Prescriber NPI")
    page.keyboard.press("Enter")  # nothing was read: nothing can be confirmed
    expect(page.locator(".card[open] .trouble")).to_contain_text("type what stands there")
    page.keyboard.type("1234567890")
    page.keyboard.press("Enter")  # a typo is told at once
    expect(page.locator(".card[open] .trouble")).to_contain_text("Enter again")
    page.keyboard.press("Control+a")
    page.keyboard.type("1234567893")
    page.keyboard.press("Enter")

    doubt(page, "Benign ethnic neutropenia (BEN)")
    page.keyboard.press("2")  # not ticked
    page.keyboard.press("Enter")

    doubt(page, "Blood draw 1: ANC per µL")
    expect(page.locator(".sheet.on")).to_have_attribute("data-page", "2")  # the page followed the field
    expect(page.locator("polygon.now")).to_have_attribute("data-field", "labs.0.anc")
    page.keyboard.press("2")
    expect(value(page)).to_have_value("3713")
    page.keyboard.press("Enter")

    doubt(page, "Prescriber signature")
    page.keyboard.press("Shift+Enter")  # back: was it really 3713?
    doubt(page, "Blood draw 1: ANC per µL")
    page.keyboard.press("Enter")
    doubt(page, "Prescriber signature")
    page.keyboard.press("Enter")  # absent, as read

    expect(page.locator("#done")).to_be_focused()
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/items/item-2")
    with desk.sessions() as session:
        item = reviewing.look_at(session, "item-1")
    said = {key: (verdict.kind.value, verdict.value) for key, verdict in item.verdicts.items()}
    assert said == {
        "prescriber_npi": ("corrected", "1234567893"),
        "ben": ("corrected", False),
        "labs.0.anc": ("corrected", 3713),
        "signature_prescriber": ("confirmed", "absent"),
    }
    assert item.state.value == "confirmed"
    assert desk.settled == ["document-1"]


def test_typing_on_after_a_digit_that_names_a_guess_keeps_every_digit(page, desk):
    enqueue(desk, 1, DISAGREEING)
    sign_in(page)
    take_next(page)
    page.keyboard.type("1")
    expect(value(page)).to_have_value("3773")
    page.keyboard.type("850")
    expect(value(page)).to_have_value("1850")
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_be_focused()
    with desk.sessions() as session:
        assert reviewing.look_at(session, "item-1").values()["labs.0.anc"] == 1850


def test_a_key_held_down_confirms_one_field_and_not_the_next(page, desk):
    enqueue(desk, 1, DISAGREEING, UNSURE_TICK)
    sign_in(page)
    take_next(page)
    page.keyboard.down("Enter")
    doubt(page, "Blood draw 1: ANC per µL")
    for _ in range(5):
        page.keyboard.down("Enter")  # what the keyboard sends while a key stays down
    page.keyboard.up("Enter")
    doubt(page, "Blood draw 1: ANC per µL")
    expect(page.locator("#left")).to_have_text("1")


def test_submitting_early_leads_to_the_doubt_that_is_left(page, desk):
    enqueue(desk, 1, DISAGREEING, UNSURE_TICK)
    sign_in(page)
    take_next(page)
    page.keyboard.press("Enter")
    doubt(page, "Blood draw 1: ANC per µL")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#say")).to_have_text("1 doubt is still open.")
    doubt(page, "Blood draw 1: ANC per µL")


def test_blank_illegible_and_certain_fields_are_in_reach_of_the_keys(page, desk):
    enqueue(desk, 1, UNREAD_NPI, DISAGREEING)
    sign_in(page)
    take_next(page)
    page.keyboard.press("Alt+i")
    doubt(page, "Blood draw 1: ANC per µL")
    page.keyboard.press("Alt+b")
    expect(page.locator("#done")).to_be_focused()
    page.keyboard.press("Alt+c")
    expect(page.locator(".fold").first).to_have_attribute("open", "")
    page.keyboard.press("Shift+Enter")
    doubt(page, "Blood draw 1: ANC per µL")
    page.keyboard.press("Alt+ArrowDown")
    doubt(page, "REMS Patient ID")


@pytest.mark.parametrize(
    ("key", "words", "state"),
    [("Alt+e", "an adverse event?", "escalated"), ("Alt+l", "is this a 7?", "second_look")],
)
def test_a_fax_is_passed_on_with_a_note_by_keys(page, desk, key, words, state):
    enqueue(desk, 1, DISAGREEING)
    sign_in(page)
    take_next(page)
    page.keyboard.press(key)
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/desk?told=*")
    with desk.sessions() as session:
        item = reviewing.look_at(session, "item-1")
    assert (item.state.value, item.closing.reason) == (state, words)


def test_asking_the_sender_is_two_keys_when_what_is_missing_is_plain(page, desk):
    enqueue(desk, 1, UNSIGNED)
    sign_in(page)
    take_next(page)
    page.keyboard.press("Alt+a")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk?told=*")
    with desk.sessions() as session:
        assert reviewing.look_at(session, "item-1").closing.asked_for == ("Prescriber signature: please sign.",)


def test_loose_pages_are_rejected_with_a_reason_by_keys(page, desk):
    enqueue_loose(desk, 1)
    sign_in(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**/items/item-1")
    expect(page.locator("html.js .loose")).to_be_visible()
    page.keyboard.press("Alt+r")
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk?told=*")
    with desk.sessions() as session:
        assert "laboratory printout" in reviewing.look_at(session, "item-1").closing.reason


def test_escape_leaves_a_dialog_and_the_hands_are_back_in_the_field(page, desk):
    enqueue(desk, 1, DISAGREEING)
    sign_in(page)
    take_next(page)
    for key in ("Alt+r", "Alt+a", "?"):
        page.keyboard.press(key)
        expect(page.locator("dialog[open]")).to_have_count(1)
        page.keyboard.press("Escape")
        expect(page.locator("dialog[open]")).to_have_count(0)
        expect(value(page)).to_be_focused()


def test_without_a_script_enter_confirms_what_was_typed_and_never_a_guess(browser, desk):
    enqueue(desk, 1, DISAGREEING)
    with served(desk) as address:
        context = browser.new_context(base_url=address, java_script_enabled=False)
        page = patient(context.new_page())
        page.goto("/desk")
        sign_in(page)
        page.keyboard.press("Enter")
        page.wait_for_url("**/items/item-1")
        value(page).fill("1850")
        page.keyboard.press("Enter")
        expect(page.locator("#left")).to_have_text("0")
        page.get_by_role("button", name="Submit, next fax").click()
        page.wait_for_url("**/desk?told=*")
        context.close()
    with desk.sessions() as session:
        item = reviewing.look_at(session, "item-1")
    assert (item.state.value, item.values()["labs.0.anc"]) == ("confirmed", 1850)


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720)])
def test_the_page_never_scrolls_as_a_whole(page, desk, size):
    low = doubtful("labs.0.anc", 820, ProblemKind.READERS_DISAGREE, "One reader says 820, another 8200.", 8200)
    enqueue(desk, 1, low, UNREAD_NPI, UNSIGNED, UNSURE_TICK)
    page.set_viewport_size({"width": size[0], "height": size[1]})
    sign_in(page)
    take_next(page)
    measured = page.evaluate("() => [document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert measured == list(size)
    for edge in (".bar .back", ".lease", ".foot [data-act=keys]", ".rail", ".panel"):
        box = page.locator(edge).bounding_box()
        assert box["x"] >= 0, edge
        assert box["x"] + box["width"] <= size[0], edge
    card = page.locator(".card[open]").bounding_box()
    assert card["y"] + card["height"] <= size[1]  # the field in hand is wholly in view


def test_a_fax_a_colleague_took_over_says_so_and_changes_nothing(page, desk):
    enqueue(desk, 1, DISAGREEING)
    sign_in(page)
    take_next(page)
    desk.clock.pass_by(minutes=11)
    with desk.sessions() as session, session.begin():
        reviewing.take(session, "item-1", "bob", desk.clock())
    page.keyboard.press("Enter")
    expect(page.locator(".card[open] .trouble")).to_contain_text("no longer in your hands")
    with desk.sessions() as session:
        assert reviewing.look_at(session, "item-1").verdicts == {}


def test_a_fax_that_is_only_looked_at_is_taken_with_enter(page, desk):
    enqueue(desk, 1, DISAGREEING)
    sign_in(page)
    page.goto("/desk/items/item-1")
    expect(page.get_by_role("button", name="Take it")).to_be_focused()
    take_next(page)
    doubt(page, "Blood draw 1: ANC per µL")


def test_no_message_and_no_label_pushes_a_card_out_of_the_panel(page, desk):
    enqueue(desk, 1, UNREAD_NPI)
    sign_in(page)
    take_next(page)
    page.keyboard.type("x" * 150)
    page.keyboard.press("Enter")
    expect(page.locator(".card[open] .trouble")).to_contain_text("xxx")
    assert page.evaluate("(() => { const s = document.querySelector('.scroll'); return s.scrollWidth - s.clientWidth })()") == 0
