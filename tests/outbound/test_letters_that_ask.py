"""A letter that asks: the day, the strip on its page, and nothing of it anywhere else."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from io import BytesIO

import numpy as np
from PIL import Image

from outbound.fax_pages import preview_png, render
from outbound.letters import compose
from outbound.notice import (
    ACKNOWLEDGEMENT,
    Acknowledgement,
    DocumentOutcome,
    DocumentResult,
    FaxResult,
    Missing,
    Notice,
    Recipient,
    Role,
    notice_key,
    without_strips,
)
from outbound.notice_json import facts_from_json, facts_to_json
from outbound.pictures import for_letter
from tests.outbound.letters_for_tests import NOW, REFERENCE, US


def strip() -> str:
    """Something written in a box, as PNG in base64."""
    ink = np.full((150, 640), 255, np.uint8)
    ink[60:110, 40:600:24] = 0
    buffer = BytesIO()
    Image.fromarray(ink).convert("1").save(buffer, "PNG")
    return b64encode(buffer.getvalue()).decode()


MISSING = (Missing("Prescriber NPI", "Nobody could read it. Please write it again.", strip=strip()), Missing("X", "Please sign."))
ASKS = Acknowledgement(
    REFERENCE, NOW, 2, FaxResult.PROCESSED,
    (DocumentOutcome("Patient Status Form", DocumentResult.SENT_BACK, (1, 2), missing=MISSING, answer_by="2026-11-30"),),
)  # fmt: skip


def notice(facts: Acknowledgement) -> Notice:
    recipient = Recipient(Role.SENDER, "", "6175550142")
    return Notice(notice_key("fax", ACKNOWLEDGEMENT, "sender"), ACKNOWLEDGEMENT, recipient, REFERENCE, facts)


def test_the_letter_names_the_day_and_the_reference_and_its_cover_shows_nothing():
    letter = compose([notice(ASKS)], US, NOW)
    assert "need your answer" in letter.html
    assert "by <b>11/30/2026</b>" in letter.html
    assert letter.html.count("data:image/png") == 1
    assert "data:image" not in letter.cover_html
    assert "cut from" in letter.html


def test_a_strip_has_the_whole_width_of_the_table_and_is_made_for_the_line():
    letter = compose([notice(ASKS)], US, NOW)
    assert '<tr class="shown"><td colspan="2">' in letter.html
    assert for_letter(strip()) in letter.html
    assert strip() not in letter.html


def test_a_form_that_was_not_recorded_is_not_told_that_its_receipt_counts():
    said = compose([notice(ASKS)], US, NOW).html
    assert "time of receipt above" not in said
    assert "answered within one business day" in said


def test_without_strips_the_letter_asks_the_same_and_shows_nothing():
    letter = compose([notice(without_strips(ASKS))], US, NOW)
    assert "data:image" not in letter.html
    assert "Nobody could read it" in letter.html
    assert "This answer names no patient" in letter.html


def test_the_strip_is_ink_on_the_page_that_goes_over_the_line():
    def ink(facts: Acknowledgement) -> int:
        drawn = render(compose([notice(facts)], US, NOW))
        assert drawn.pages == 2
        with Image.open(BytesIO(preview_png(drawn.tiff, 2, 1728))) as page:
            return int((np.asarray(page) < 128).sum())

    assert ink(ASKS) - ink(without_strips(ASKS)) > 2_000


def test_what_is_asked_is_the_same_letter_after_a_restart():
    assert facts_from_json(facts_to_json(ASKS)) == ASKS
    stored = facts_to_json(ASKS)
    for document in stored["acknowledgement"]["documents"]:  # as an older release kept it
        del document["answer_by"], document["mended"]
        for missing in document["missing"]:
            del missing["strip"]
    earlier = facts_from_json(stored)
    assert isinstance(earlier, Acknowledgement)
    assert earlier.documents[0].answer_by == ""


def test_what_became_of_a_form_that_was_asked_about_is_told_so():
    whole = replace(
        ASKS.documents[0], result=DocumentResult.RECORDED, missing=(), answer_by="", mended=True, understood=("Labs",)
    )
    letter = compose([notice(replace(ASKS, documents=(whole,)))], US, NOW)
    assert "Your form is complete now" in letter.html
    assert "We had asked you about this form" in letter.html
