"""Earlier signatures beside a new one: a hint where it is switched on, and never more than a hint."""

from dataclasses import replace
from datetime import timedelta

import cv2
import numpy as np
import pytest

from intake.fax import DocumentId, FaxId
from intake.reading import ProblemKind
from registry.submission import SubmissionId
from review_queue import reviewing
from review_queue.confirmation import confirmed
from review_queue.signature_hint import KeptSignature, prescriber_to_look_for, word
from tests.review_queue import invented
from tests.review_queue.browsing import Person
from tests.review_queue.desk_in_process import enqueue, new_desk
from tests.review_queue.invented import DISAGREEING, MM_TO_PIXELS, RECEIVED, STATUS_FORM, UNREAD_NPI, UNSIGNED, item_of, reading

ZONE = STATUS_FORM.field("signature_prescriber").box
UNSURE = invented.doubtful("signature_prescriber", "unsure", ProblemKind.LOW_CERTAINTY, "Not certain.")
LOOPS = [(0.1 + 0.7 * t, 0.5 + 0.3 * np.sin(31 * t)) for t in np.linspace(0, 1, 120)]
HOOKS = [(0.15, 0.2), (0.2, 0.8), (0.24, 0.2), (0.3, 0.75), (0.34, 0.3), (0.36, 0.7)]


def page_signed(strokes, shift_mm=0.0):
    """A page of the form, signed with a line through these points of the zone (shares of its width and height)."""
    page = invented.page_image(2, values={})
    points = [(ZONE.x0 + x * (ZONE.x1 - ZONE.x0) + shift_mm, ZONE.y0 + y * (ZONE.y1 - ZONE.y0)) for x, y in strokes]
    pixels = cv2.perspectiveTransform(np.array([points]), np.array(MM_TO_PIXELS).reshape(3, 3))
    return np.asarray(cv2.polylines(page.copy(), [np.round(pixels).astype(np.int32)], False, (0.0,), 4), np.uint8)


def kept(number, fax_id):
    received = RECEIVED - timedelta(days=number)
    return KeptSignature(DocumentId(f"old-{number}"), FaxId(fax_id), f"R-2026110{number}-0001", received, 2, ZONE, MM_TO_PIXELS)


class Earlier:
    """Three earlier signatures of one prescriber, and who was asked for."""

    def __init__(self):
        self.asked = []
        self.found = [kept(1, "same"), kept(2, "other"), kept(3, "gone"), kept(4, "bare")]

    def __call__(self, session, npi, before, most):
        self.asked.append((npi, before, most))
        return self.found


def desk_with(folder, earlier):
    folder.mkdir()
    found = new_desk(folder)
    pages = invented.PagesInMemory(
        {
            ("fax-1", 1): invented.page_image(1),
            ("fax-1", 2): page_signed(LOOPS),
            ("same", 2): page_signed(LOOPS, 0.4),
            ("other", 2): page_signed(HOOKS),
            ("bare", 2): invented.page_image(2, values={}),
        }
    )
    found.services = replace(found.services, pages=pages, earlier_signatures=earlier)
    return found


@pytest.fixture
def earlier():
    return Earlier()


@pytest.fixture
def desk(tmp_path, earlier):
    return desk_with(tmp_path / "on", earlier)


def test_the_most_unlike_earlier_signature_stands_first_and_is_called_a_hint(desk, earlier):
    enqueue(desk, 1, UNSURE)
    ann = Person(desk, "ann")
    ann.act("/desk/next")
    page = ann.get("/desk/items/item-1").text
    hint = page[page.index('class="earlier"') :]
    hint = hint[: hint.index("</div>")]
    assert "A hint, no verdict" in hint
    assert hint.index("<b>unlike</b> <span>R-20261102-0001") < hint.index("<b>like</b> <span>R-20261101-0001")
    assert hint.count("<figure>") == 2, "a page that is gone and a zone without ink have nothing to show"
    assert set(earlier.asked) == {("1234567893", RECEIVED + timedelta(minutes=1), 3)}


def test_only_the_signatures_own_zone_of_another_fax_is_shown_and_only_under_its_prescribers_items(desk, earlier):
    enqueue(desk, 1, UNSURE)
    ann = Person(desk, "ann")
    image = cv2.imdecode(
        np.frombuffer(ann.get("/desk/items/item-1/earlier-signatures/old-1.png").content, np.uint8), cv2.IMREAD_GRAYSCALE
    )
    height, width = image.shape
    assert (width, height) == (round((ZONE.x1 - ZONE.x0 - 2) * 200 / 25.4), round((ZONE.y1 - ZONE.y0 - 2) * 200 / 25.4))
    assert ann.get("/desk/items/item-1/earlier-signatures/old-3.png").status_code == 404
    assert ann.get("/desk/items/item-1/earlier-signatures/document-1.png").status_code == 404
    earlier.found = []
    assert ann.get("/desk/items/item-1/earlier-signatures/old-1.png").status_code == 404


def test_switched_off_nothing_is_shown_and_there_are_no_images(tmp_path):
    off = desk_with(tmp_path / "off", None)
    enqueue(off, 1, UNSURE)
    ann = Person(off, "ann")
    assert 'class="earlier"' not in ann.get("/desk/items/item-1").text
    assert ann.get("/desk/items/item-1/earlier-signatures/old-1.png").status_code == 404


def test_nobody_is_looked_for_while_the_npi_is_in_doubt_or_where_nobody_signed(desk, earlier):
    enqueue(desk, 1, UNREAD_NPI, UNSURE)
    enqueue(desk, 2, DISAGREEING, UNSIGNED)
    ann = Person(desk, "ann")
    assert 'class="earlier"' not in ann.get("/desk/items/item-1").text
    assert 'class="earlier"' not in ann.get("/desk/items/item-2").text
    assert earlier.asked == []
    ann.act("/desk/next")
    ann.act("/desk/items/item-1/fields/prescriber_npi", version=1, said="value", value="1234567893")
    assert 'class="earlier"' in ann.get("/desk/items/item-1").text


def test_a_form_without_a_signature_that_is_the_prescribers_for_certain_gets_no_hint():
    form = replace(STATUS_FORM, fields=tuple(one for one in STATUS_FORM.fields if one.name != "signature_prescriber"))
    assert prescriber_to_look_for(item_of(reading()), STATUS_FORM) == "1234567893"
    assert prescriber_to_look_for(item_of(reading()), form) is None
    assert prescriber_to_look_for(item_of(reading()), replace(STATUS_FORM, outdated=True)) is None


def test_doubts_verdicts_and_what_is_submitted_are_the_same_with_and_without_the_hint(tmp_path, desk):
    without = desk_with(tmp_path / "off", None)
    ends = []
    for one in (desk, without):
        enqueue(one, 1, UNSURE, DISAGREEING)
        ann = Person(one, "ann")
        ann.act("/desk/next")
        doubts = looked_at(one).doubts
        here = "/desk/items/item-1"
        assert ('class="earlier"' in ann.get(here).text) is (one is desk)
        ann.act(f"{here}/fields/signature_prescriber", version=1, said="value", value="present")
        ann.act(f"{here}/fields/labs.0.anc", version=1, said="value", value="3773")
        ann.act(f"{here}/submit", version=1)
        item = looked_at(one)
        ends.append((doubts, item, confirmed(item, STATUS_FORM, SubmissionId("s-1"))))
    assert ends[0] == ends[1]


def looked_at(desk):
    with desk.sessions() as session:
        return reviewing.look_at(session, "item-1")


def test_a_likeness_is_told_in_three_words():
    assert [word(alike) for alike in (0.0, 0.59, 0.6, 0.77, 0.78, 1.0)] == [
        "unlike", "unlike", "not clearly like", "not clearly like", "like", "like",
    ]  # fmt: skip
