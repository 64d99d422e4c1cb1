"""Working through a fax: one key a field whatever its kind, one key back, rules while typing, the image in reach of the keys."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from intake.reading import Problem, ProblemKind, Route
from review_queue import reviewing, storage
from tests.review_queue.desk_in_process import enqueue, enqueue_loose, new_desk, served
from tests.review_queue.invented import DISAGREEING, UNREAD_NPI, UNSIGNED, doubtful, read
from tests.review_queue.keyboard import CHROMIUM, chromium, doubt, saved, someone, take_next, value

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium on this machine to press keys in")

CUT_OFF = Problem(ProblemKind.CUT_OFF, "The call ended on page 2.")
BAD_CHECK = doubtful("prescriber_npi", "1234567890", ProblemKind.CHECK_DIGIT, "The check digit of 1234567890 does not fit.")
UNSURE_TICK = doubtful("ben", True, ProblemKind.UNSURE_MARK, "A mark that crosses the border.", True, False)
UNSURE_HAND = doubtful("signature_prescriber", "unsure", ProblemKind.UNSURE_SIGNATURE, "A line.", "present", "absent")
TWO_TICKS = doubtful("submitter", None, ProblemKind.SEVERAL_MARKS, "Both are marked.", "designee", "prescriber")
NO_DATE = read("patient_date_of_birth", None)
BLANK_CHOICE = read("submitter", None, route=Route.BLANK)
UNIT = doubtful("labs.0.anc", None, ProblemKind.UNIT, "The unit is open: 1.85.", 1850)


@pytest.fixture(scope="module")
def browser():
    with chromium() as browser:
        yield browser


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


@pytest.fixture
def page(browser, desk):
    with served(desk) as address:
        desk.address = address
        with someone(browser, address, desk) as page:
            yield page


def said(desk):
    with desk.sessions() as session:
        return {key: (one.kind.value, one.value) for key, one in reviewing.look_at(session, "item-1").verdicts.items()}


def start(page):
    """To the fax that is there now."""
    page.goto("/desk")
    take_next(page)


def test_where_the_first_guess_is_right_a_field_of_any_kind_costs_one_key(page, desk):
    fields = (BAD_CHECK, UNSURE_TICK, UNIT, UNSURE_HAND, TWO_TICKS, NO_DATE)
    enqueue(desk, 1, *fields, problems=(CUT_OFF,))
    enqueue(desk, 2, UNREAD_NPI, BLANK_CHOICE)
    start(page)
    doubts = page.locator(".card[data-group=doubt]").count()
    assert doubts == len(fields) + 1
    for left in range(doubts, 0, -1):
        expect(page.locator("#left")).to_have_text(str(left))
        page.keyboard.press("Enter")
    expect(page.locator("#done")).to_be_focused()
    saved(page)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert said(desk) == {
        "document.0": ("confirmed", "seen"),
        "patient_date_of_birth": ("blank", None),
        "prescriber_npi": ("confirmed", "1234567890"),
        "submitter": ("corrected", "designee"),
        "ben": ("confirmed", True),
        "labs.0.anc": ("corrected", 1850),
        "signature_prescriber": ("corrected", "present"),
    }
    # where nothing was read there is no guess to confirm, and a choice without ink is confirmed as blank
    doubt(page, "Prescriber NPI")
    page.keyboard.press("Enter")
    expect(page.locator(".card[open] .trouble")).to_contain_text("type what stands there")
    page.keyboard.press("Alt+i")
    doubt(page, "Submitted by")
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_be_focused()


def test_what_was_said_is_taken_back_step_by_step_and_each_step_stays_in_the_history(page, desk):
    enqueue(desk, 1, UNREAD_NPI, DISAGREEING)
    start(page)
    page.keyboard.type("1234567893")
    page.keyboard.press("Enter")
    doubt(page, "Blood draw 1: ANC per µL")
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_be_focused()
    page.keyboard.press("Control+z")
    doubt(page, "Blood draw 1: ANC per µL")
    expect(value(page)).to_have_value("3713")  # to be mended, not to be typed again
    expect(page.locator("#left")).to_have_text("1")
    page.keyboard.press("Control+z")  # nothing was edited since: the verdict before
    doubt(page, "Prescriber NPI")
    expect(page.locator("#left")).to_have_text("2")
    page.keyboard.press("Alt+u")
    expect(page.locator("#say")).to_have_text("Nothing of yours is left to take back.")
    assert said(desk) == {}
    with desk.sessions() as session:
        kinds = [one.kind.value for one in storage.verdicts(session, "item-1")]
    assert kinds == ["corrected", "corrected", "retracted", "retracted"]
    page.locator("#history summary").click()
    expect(page.locator(".history li").first).to_have_text("11/23/2026 16:30 UTC ann Prescriber NPI: taken back (1234567893)")


def test_in_a_text_being_edited_the_key_of_taking_back_takes_back_letters(page, desk):
    enqueue(desk, 1, UNREAD_NPI, DISAGREEING)
    start(page)
    page.keyboard.press("Alt+i")
    doubt(page, "Blood draw 1: ANC per µL")
    page.keyboard.press("End")
    page.keyboard.type("5")
    expect(value(page)).to_have_value("37735")
    page.keyboard.press("Control+z")
    expect(value(page)).to_have_value("3773")
    saved(page)
    assert set(said(desk)) == {"prescriber_npi"}


def test_rules_and_checks_are_told_while_one_types_and_nothing_is_kept_of_it(page, desk):
    enqueue(desk, 1, DISAGREEING, BAD_CHECK)
    start(page)
    page.keyboard.type("1234567891")
    expect(page.locator(".card[open] .hint")).to_contain_text("check digit")
    page.keyboard.press("Escape")
    expect(value(page)).to_have_value("1234567890")
    page.keyboard.press("Enter")
    doubt(page, "Blood draw 1: ANC per µL")
    page.keyboard.type("820")
    expect(page.locator("#rules")).to_contain_text("R39")
    page.keyboard.press("Control+a")
    page.keyboard.type("1820")
    expect(page.locator("#rules")).not_to_contain_text("R39")
    saved(page)
    assert set(said(desk)) == {"prescriber_npi"}


def test_what_is_typed_while_an_answer_is_awaited_goes_into_the_next_field(page, desk):
    enqueue(desk, 1, UNREAD_NPI, DISAGREEING)
    start(page)
    page.route("**/check", lambda route: route.abort())  # nobody can know beforehand whether it is sound
    page.keyboard.type("1234567893")
    page.evaluate("""() => {
        const how = (key) => ({key, bubbles: true, cancelable: true});
        const press = (key) => document.activeElement.dispatchEvent(new KeyboardEvent("keydown", how(key)));
        ["Enter", "1", "8", "5", "0"].forEach(press);
    }""")
    doubt(page, "Blood draw 1: ANC per µL")
    expect(value(page)).to_have_value("1850")


def test_each_engine_and_the_registry_stand_by_name_beside_what_they_say(page, desk):
    three = replace(DISAGREEING, raw={"handprint": "3773", "ppocr": "3713", "tesseract": "37I3"})
    words = "the registry has “PEREZ” here for the same patient"
    enqueue(desk, 1, three, doubtful("patient_last_name", "PERES", ProblemKind.CONTRADICTION, words, "PEREZ"), UNSIGNED)
    start(page)
    card = page.locator(".card[open]")
    expect(card.locator(".flag")).to_have_text("the registry has another value")
    expect(card.locator(".guess")).to_have_text(["1PERES line reader", "2PEREZ registry"])
    page.keyboard.press("2")
    page.keyboard.press("Enter")
    doubt(page, "Blood draw 1: ANC per µL")
    expect(card.locator(".guess")).to_have_text(["13773 digit reader", "23713 line reader"])
    expect(card.locator(".readings")).to_have_text("Tesseract: 37I3")
    page.keyboard.press("Enter")
    doubt(page, "Prescriber signature")
    expect(card.locator(".flag")).to_have_text("a required signature is absent")


def test_the_page_image_is_zoomed_moved_and_turned_by_keys_that_leave_the_typing_alone(page, desk):
    enqueue(desk, 1, DISAGREEING, UNSURE_TICK)
    start(page)
    viewer = page.locator(".viewer")
    scale = lambda: float(viewer.get_attribute("data-scale"))  # noqa: E731
    doubt(page, "Benign ethnic neutropenia (BEN)")
    at_first = scale()
    page.keyboard.press("+")
    assert scale() == pytest.approx(at_first * 1.25, abs=0.01)
    page.keyboard.press("r")
    expect(viewer).to_have_attribute("data-turned", "90")
    page.keyboard.press("0")
    expect(viewer).to_have_attribute("data-turned", "0")
    assert scale() == pytest.approx(at_first, abs=0.01)
    page.keyboard.press("Enter")
    doubt(page, "Blood draw 1: ANC per µL")
    before = page.locator(".sheet.on").get_attribute("style")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("-")
    expect(value(page)).to_have_value("-3773")  # the arrow moved the caret, and a dash is a dash
    assert page.locator(".sheet.on").get_attribute("style") == before
    page.keyboard.press("Alt+Shift+ArrowDown")
    assert page.locator(".sheet.on").get_attribute("style") != before
    close = scale()
    page.keyboard.press("Alt+-")
    assert scale() < close
    page.keyboard.press("Alt+z")
    expect(page.locator(".sheet.on")).to_be_in_viewport(ratio=0.999)
    page.keyboard.press("Alt+t")
    expect(viewer).to_have_attribute("data-turned", "90")
    expect(value(page)).to_have_value("-3773")


def test_the_image_glides_to_the_field_unless_motion_is_unwelcome(browser, page, desk):
    enqueue(desk, 1, DISAGREEING)
    start(page)
    glide = "getComputedStyle(document.querySelector('.sheet.on')).transitionDuration"
    page.keyboard.press("Alt+ArrowDown")
    assert page.evaluate(glide) != "0s"
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(glide) == "0s"


def test_the_list_of_keys_shows_what_works_here_and_now(page, desk):
    enqueue(desk, 1, DISAGREEING)
    enqueue_loose(desk, 2)
    page.goto("/desk/items/item-1")
    page.keyboard.press("?")
    looking = page.locator("#keylist").inner_text()
    assert "turn the page" in looking
    assert "confirm" not in looking
    assert "reject" not in looking
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")  # take it
    expect(page.locator("html.js .card[open] :focus")).to_have_count(1)
    page.keyboard.press("?")
    working = page.locator("#keylist").inner_text()
    for words in ("confirm what stands", "1–2", "nothing stands in this field", "take back", "reject", "one field at a time"):
        assert words in working
    assert "submit" not in working  # a doubt is left
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    expect(page.locator("#done")).to_be_focused()
    page.keyboard.press("?")
    done = page.locator("#keylist").inner_text()
    assert "submit, next fax" in done
    assert "nothing stands in this field" not in done


def test_an_act_of_another_kind_needs_no_script_of_its_own(page, desk):
    """What `_item_acts.html` holds: a link with the dialog it opens and its key."""
    enqueue(desk, 1, DISAGREEING)
    start(page)
    page.keyboard.press("?")
    assert "hand it to a colleague by name" in page.locator("#keylist").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("Alt+h")
    expect(page.locator("#hand")).to_be_visible()


def test_one_field_at_a_time_shows_nothing_else_and_is_remembered_for_the_reviewer(page, desk):
    enqueue(desk, 1, DISAGREEING, UNREAD_NPI, problems=(CUT_OFF,))
    start(page)
    page.keyboard.press("Alt+s")
    expect(page.locator(".viewer")).to_be_visible()  # a doubt without a place is looked at on the page
    page.keyboard.press("Enter")
    doubt(page, "Prescriber NPI")
    expect(page.locator(".viewer")).to_be_hidden()
    expect(page.locator(".card:visible")).to_have_count(1)
    expect(page.locator(".card[open] .around")).to_be_visible()
    expect(page.locator("[data-of]")).to_have_attribute("data-of", "2 of 3")
    expect(value(page)).to_be_focused()
    page.reload()
    expect(page.locator("body.snippet")).to_have_count(1)
    page.keyboard.press("Alt+s")
    expect(page.locator(".viewer")).to_be_visible()


def test_who_looks_at_a_colleagues_fax_sees_when_it_gets_free(browser, page, desk):
    enqueue(desk, 1, DISAGREEING)
    start(page)
    with someone(browser, desk.address, desk, "bob") as other:
        other.goto("/desk/items/item-1")
        expect(other.locator("#hands")).to_contain_text("in the hands of ann")
        desk.clock.pass_by(minutes=3)
        other.evaluate("dispatchEvent(new Event('focus'))")
        expect(other.locator("#hands")).to_have_text("ann has it in hand, 7:00 left.")
        page.keyboard.press("Alt+q")
        page.wait_for_url("**/desk")
        other.evaluate("dispatchEvent(new Event('focus'))")
        expect(other.get_by_role("button", name="Take it")).to_be_focused()


def test_a_certain_field_that_was_typed_in_is_not_forgotten_on_submitting(page, desk):
    enqueue(desk, 1, DISAGREEING)
    start(page)
    page.keyboard.press("Alt+ArrowDown")
    doubt(page, "REMS Patient ID")
    page.keyboard.press("End")
    page.keyboard.type("X")
    page.keyboard.press("Alt+ArrowUp")
    page.keyboard.press("Enter")
    doubt(page, "REMS Patient ID")  # typed, not confirmed: it is a doubt of one's own
    page.keyboard.press("Control+Enter")
    expect(page.locator("#say")).to_have_text("REMS Patient ID: typed, not confirmed.")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/desk?told=*")


def test_the_page_has_no_barrier_that_a_machine_can_find(page, desk):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    enqueue(desk, 1, DISAGREEING, UNSURE_TICK, UNSIGNED)
    page.emulate_media(reduced_motion="reduce")
    found = []

    def look(**how):
        found.extend((one["id"], one["nodes"][0]["html"]) for one in axe.run(page, **how).response["violations"])

    page.goto("/desk/items/item-1")
    look()
    page.keyboard.press("Enter")
    expect(page.locator("html.js .card[open] :focus")).to_have_count(1)
    page.keyboard.press("Alt+c")
    look()
    page.emulate_media(color_scheme="dark")
    look(options={"runOnly": ["color-contrast"]})
    page.keyboard.press("Alt+s")
    page.set_viewport_size({"width": 640, "height": 400})
    look()
    page.keyboard.press("?")
    look(options={"runOnly": ["color-contrast"]})
    assert found == []
