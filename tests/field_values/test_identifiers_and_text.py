from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.forms.definition import Meaning
from intake.forms.field_values import CHARSETS, charset, folded, parse
from intake.reading import ProblemKind
from registry.identifiers import issue_patient_id, npi_fits
from tests.field_values.fields import field

TODAY = date(2023, 11, 6)
WRITTEN = [one for one in Meaning if one not in (Meaning.CODE, Meaning.TICK, Meaning.SIGNATURE)]


def read(meaning: Meaning, raw: str, name: str = "x", **settings):
    parsed = parse(field(name, meaning, **settings), raw, TODAY)
    return parsed.value, [problem.kind for problem in parsed.problems]


@pytest.mark.parametrize(
    ("meaning", "raw", "value"),
    [
        (Meaning.NPI, "1234567893", "1234567893"),
        (Meaning.NPI, "12345 67893", "1234567893"),
        (Meaning.DEA, "ap5836727", "AP5836727"),
        (Meaning.DEA, "F9 1234563", "F91234563"),
        (Meaning.PATIENT_ID, issue_patient_id(3)[:4] + "-" + issue_patient_id(3)[4:], issue_patient_id(3)),
        (Meaning.NCPDP, "2134567", "2134567"),
        (Meaning.HIN, "ab123cd45", "AB123CD45"),
        (Meaning.STATE, "ny", "NY"),
        (Meaning.STATE, "N Y", "NY"),
        (Meaning.STATE, "New York", "NY"),
        (Meaning.ZIP, "12345", "12345"),
        (Meaning.ZIP, "1 2 3 4 5", "12345"),
        (Meaning.ZIP, "123456789", "12345-6789"),
        (Meaning.PHONE, "(555) 555-0142", "5555550142"),
        (Meaning.PHONE, "1-555-555-0142", "5555550142"),
        (Meaning.PHONE, "5 5 5 5 5 5 0 1 4 2", "5555550142"),
        (Meaning.EMAIL, "Ann.Lee @clinic. example", "Ann.Lee@clinic.example"),
        (Meaning.EXTENSION, "ext. 123", "123"),
        (Meaning.NAME, "  MARIA   DEL  CARMEN ", "MARIA DEL CARMEN"),
        (Meaning.NAME, "O'Brien-Smith Jr.", "O'Brien-Smith Jr."),
        (Meaning.TEXT, "two\nlines\tand  more", "two lines and more"),
        (Meaning.LICENCE, "MD 12-345", "MD 12-345"),
    ],
)
def test_values_come_out_in_their_normal_form(meaning, raw, value):
    assert read(meaning, raw) == (value, [])


@pytest.mark.parametrize(
    ("meaning", "raw", "value", "kind"),
    [
        (Meaning.NPI, "1234567890", "1234567890", ProblemKind.CHECK_DIGIT),
        (Meaning.NPI, "123456789", "123456789", ProblemKind.FORMAT),
        (Meaning.NPI, "3234567893", "3234567893", ProblemKind.FORMAT),
        (Meaning.DEA, "AB4523763", "AB4523763", ProblemKind.CHECK_DIGIT),
        (Meaning.DEA, "4B4523763", "4B4523763", ProblemKind.FORMAT),
        (Meaning.PATIENT_ID, "123456789", "123456789", ProblemKind.CHECK_DIGIT),
        (Meaning.PATIENT_ID, "1234", "1234", ProblemKind.FORMAT),
        (Meaning.NCPDP, "12345", "12345", ProblemKind.FORMAT),
        (Meaning.STATE, "Ontario", "Ontario", ProblemKind.FORMAT),
        (Meaning.ZIP, "1234", "1234", ProblemKind.FORMAT),
        (Meaning.PHONE, "055 555 0142", "055 555 0142", ProblemKind.FORMAT),
        (Meaning.EMAIL, "ann at clinic", "annatclinic", ProblemKind.FORMAT),
        (Meaning.NAME, "/", "/", ProblemKind.FORMAT),
    ],
)
def test_what_does_not_fit_stays_as_it_is_and_is_named(meaning, raw, value, kind):
    assert read(meaning, raw) == (value, [kind])


def test_a_person_has_no_digit_in_the_name_but_a_pharmacy_may():
    assert read(Meaning.NAME, "GARC1A", "patient_last_name") == ("GARC1A", [ProblemKind.FORMAT])
    assert read(Meaning.NAME, "Main Street 24", "pharmacy_name") == ("Main Street 24", [])


@given(st.text(alphabet="0123456789", min_size=10, max_size=10))
def test_an_npi_is_accepted_exactly_when_its_check_digit_fits(raw):
    value, kinds = read(Meaning.NPI, raw)
    assert value == raw
    assert (kinds == []) == npi_fits(raw)


def test_marks_and_choices_are_typed_by_what_the_form_offers():
    assert read(Meaning.TICK, "") == (False, [])
    assert read(Meaning.TICK, "X") == (True, [])
    assert read(Meaning.TICK, "maybe") == (None, [ProblemKind.UNSURE_MARK])
    assert read(Meaning.CODE, "weekly", options=("weekly", "monthly")) == ("weekly", [])
    assert read(Meaning.CODE, "daily", options=("weekly", "monthly")) == (None, [ProblemKind.FORMAT])
    assert read(Meaning.CODE, "") == (None, [])


@pytest.mark.parametrize("meaning", WRITTEN)
@pytest.mark.parametrize("raw", ["", "   ", "\n\t\0"])
def test_blank_is_nothing_and_no_problem(meaning, raw):
    assert read(meaning, raw) == (None, [])


@given(st.sampled_from(list(Meaning)), st.text())
def test_no_text_makes_any_field_raise_and_every_problem_names_its_field(meaning, raw):
    parsed = parse(field("some_field", meaning), raw, TODAY)
    assert all(problem.field == "some_field" and problem.detail for problem in parsed.problems)


@given(
    st.sampled_from([Meaning.NPI, Meaning.DEA, Meaning.ZIP, Meaning.PHONE, Meaning.STATE, Meaning.NAME, Meaning.TEXT]), st.text()
)
def test_typing_a_typed_value_again_changes_nothing(meaning, raw):
    once = parse(field("x", meaning), raw, TODAY).value
    if once is not None:
        assert parse(field("x", meaning), str(once), TODAY).value == once


@given(st.text())
def test_folded_text_has_no_line_breaks_and_no_double_spaces(raw):
    text = folded(raw)
    assert "  " not in text
    assert text == text.strip()
    assert folded(text) == text


def test_every_meaning_has_its_characters_and_a_comb_of_a_date_needs_digits_only():
    assert set(CHARSETS) == set(Meaning)
    assert charset(field("x", Meaning.DRAW_DATE, cells=8)) == "0123456789"
    assert "/" in charset(field("x", Meaning.DRAW_DATE))
    assert charset(field("x", Meaning.TICK)) == ""
