"""What every page of every blank says in words, read by a program that had no part in drawing it."""

from __future__ import annotations

import re

import pdfplumber
import pytest

from intake.forms.catalogue import load_catalogue
from intake.forms.definition import FormDefinition


@pytest.mark.parametrize("form", load_catalogue().forms, ids=lambda form: f"{form.code}-{form.revision}")
def test_every_page_says_which_form_which_revision_which_page_it_is_and_where_to_fax_it(form: FormDefinition) -> None:
    with pdfplumber.open(form.blank) as opened:
        assert len(opened.pages) == form.pages
        for number, page in enumerate(opened.pages, start=1):
            words = re.sub(r"\s+", " ", page.extract_text())
            assert form.title in words
            assert form.code in words
            assert form.revision in words
            assert f"Page {number} of {form.pages}" in words
            assert form.outdated or "800-878-5927" in words
            assert (round(float(page.width)), round(float(page.height))) == (612, 792)


def test_no_word_on_any_blank_is_smaller_than_a_fax_can_carry() -> None:
    for form in load_catalogue().forms:
        with pdfplumber.open(form.blank) as opened:
            for page in opened.pages:
                small = {char["text"] for char in page.chars if char["size"] < 7.9}
                assert small <= {"⁹", "9"}, (form.code, small)  # the exponent of 10⁹ alone
