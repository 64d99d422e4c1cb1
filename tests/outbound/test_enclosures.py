"""Forms that follow a letter: each once, counted on the cover, with our line under their foot, and never too many."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from app.enclosing import form_printer
from intake.forms.catalogue import load_catalogue
from outbound.fax_pages import lay_out, render
from outbound.letters import MOST_ENCLOSED, LetterNotWritable, compose
from outbound.notice import Enclosure, Notice
from outbound.notice_json import content_to_json, notice_from_json
from outbound.page_drawing import opened, write_form_line
from outbound.tiff_f import Resolution
from tests.outbound.letters_for_tests import DOCTOR, NOW, REFERENCE, US, notice_of_kind
from tools.letter_samples import NEXT_FORM, PLAIN, notice

BLANK = Enclosure("anc_lab_reporting", "ANC Lab Reporting Form")


@pytest.fixture(scope="module")
def printer():
    return form_printer(load_catalogue())


def bringing(*forms: Enclosure) -> Notice:
    return replace(notice_of_kind("status_form_recorded", complete=True), enclosures=forms)


def words_of(notices) -> str:
    return " ".join(compose(notices, US, NOW).html.split())


@pytest.mark.parametrize(("resolution", "rows"), [(Resolution.FINE, 2156), (Resolution.STANDARD, 1078)])
def test_a_form_follows_its_letter_at_the_resolution_of_the_letter(printer, resolution, rows):
    made = render(compose([bringing(NEXT_FORM)], US, NOW), printer, resolution)
    assert made.pages == 4
    with Image.open(BytesIO(made.tiff)) as stack:
        assert stack.n_frames == 4
        for page in range(4):
            stack.seek(page)
            assert stack.size == (1728, rows)
            assert tuple(float(one) for one in stack.info["dpi"]) == (204.0, float(resolution))
            assert np.asarray(stack.convert("L"))[: round(8 / 279.4 * rows)].min() == 255  # the sending machine's line


def test_the_cover_counts_the_forms_and_the_letter_names_them(printer):
    letter = compose([bringing(NEXT_FORM)], US, NOW)
    with opened(lay_out(letter, following=2)) as document:
        assert "4, with this cover page" in " ".join(document[0].get_textpage().get_text_range().split())
    assert "The next Patient Status Form follows this letter" in letter.html
    assert "A blank ANC Lab Reporting Form follows this letter." in words_of([bringing(BLANK)])


def test_a_form_says_under_its_foot_where_it_belongs(printer):
    letter = compose([bringing(NEXT_FORM)], US, NOW)
    with opened(printer(NEXT_FORM)) as form:
        page = form[1]
        write_form_line(form, page, letter.header, 4, 4)
        text = " ".join(page.get_textpage().get_text_range().split())
    assert f"Sample REMS Contact Center 800-555-0100 11/23/2026 10:04 AM EST to 202-555-0133 {REFERENCE} Page 4 of 4" in text


def test_the_same_form_follows_once_though_two_notices_bring_it(printer):
    low = replace(notice_of_kind("rationale_needed"), enclosures=(NEXT_FORM,))
    letter = compose([low, bringing(NEXT_FORM)], US, NOW)
    assert letter.enclosures == (NEXT_FORM,)
    assert letter.html.count("follows this letter") == 1


def test_more_forms_than_fit_into_a_call_are_left_out_and_the_letter_says_so():
    many = [
        bringing(Enclosure("patient_status", "Patient Status Form", {"patient_id": str(n)})) for n in range(MOST_ENCLOSED + 2)
    ]
    letter = compose(many, US, NOW)
    assert len(letter.enclosures) == MOST_ENCLOSED
    assert letter.html.count("follows this letter") == MOST_ENCLOSED
    assert letter.html.count("More forms than fit into one call") == 2


def test_a_value_that_has_no_room_is_left_to_be_written_and_the_letter_goes_out(printer):
    long_name = replace(NEXT_FORM, values={**NEXT_FORM.values, "patient_last_name": "Q" * 80, "shoe_size": 9})
    with_all, without = printer(NEXT_FORM), printer(long_name)
    assert b"Quintanilha" in with_all or len(with_all) != len(without)
    assert render(compose([bringing(long_name)], US, NOW), printer).pages == 4


def test_a_form_nobody_has_makes_no_letter(printer):
    with pytest.raises(LetterNotWritable, match="shoe_size_form"):
        render(compose([bringing(Enclosure("shoe_size_form", "Shoes"))], US, NOW), printer)
    with pytest.raises(LetterNotWritable, match="patient_status"):
        render(compose([bringing(NEXT_FORM)], US, NOW))


def test_what_a_notice_brings_along_is_the_same_after_a_restart():
    for told in (bringing(NEXT_FORM, BLANK), notice("authorization_withheld", PLAIN), notice_of_kind("anc_recorded")):
        again = notice_from_json(content_to_json(told), told.key, told.kind, told.recipient, told.reference)
        assert again == told


def test_a_notice_stored_by_an_older_release_brings_nothing_along():
    plain = notice_of_kind("anc_recorded")
    again = notice_from_json({"facts": dict(plain.facts)}, plain.key, plain.kind, DOCTOR, REFERENCE)
    assert again == plain


def test_several_references_are_all_named_on_the_cover_and_before_their_parts():
    batch = [replace(notice_of_kind("status_form_due", occasion=f"S{n}"), reference=f"R-20261123-050{n}") for n in range(1, 4)]
    letter = compose(batch, US, NOW)
    for one in batch:
        assert one.reference in letter.cover_html
        assert f"Reference {one.reference}" in letter.html
    assert letter.header.about.endswith("R-20261123-0501 and 2 more")


def test_what_is_said_of_one_occasion_leaves_nothing_out_of_another_ones_part():
    interrupted = replace(notice_of_kind("treatment_interrupted"), reference="R-20261123-0501")
    other = replace(notice_of_kind("rationale_needed"), reference="R-20261123-0503")
    said = words_of([interrupted, other])
    assert said.count("Take a Patient Status Form") == 2
