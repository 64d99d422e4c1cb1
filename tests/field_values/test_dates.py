from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.forms.definition import Meaning
from intake.forms.field_values import parse
from intake.reading import ProblemKind
from tests.field_values.fields import field

TODAY = date(2023, 11, 6)
BIRTH, DRAW, START = (
    field("patient_date_of_birth", Meaning.BIRTH_DATE),
    field("labs.0.draw_date", Meaning.DRAW_DATE),
    field("start_date", Meaning.DATE),
)
SIGNED = field("signature_prescriber_date", Meaning.DATE)


def kinds(parsed):
    return [problem.kind for problem in parsed.problems]


@given(
    day=st.dates(date(1900, 1, 1), TODAY),
    separator=st.sampled_from(["/", "-", ".", " ", " / ", "- "]),
    padded=st.booleans(),
)
def test_every_way_of_writing_a_day_gives_the_same_day(day, separator, padded):
    month, dom = (f"{day.month:02}", f"{day.day:02}") if padded else (str(day.month), str(day.day))
    for raw in (
        f"{month}{separator}{dom}{separator}{day.year}",
        f"{day:%m%d%Y}",
        " ".join(f"{day:%m%d%Y}"),
        f"  {day:%m/%d/%Y}\n",
    ):
        parsed = parse(SIGNED, raw, TODAY)
        assert (parsed.value, parsed.problems) == (day.isoformat(), ()), raw


@given(st.dates(date(2000, 1, 1), TODAY))
def test_two_digit_years_of_a_draw_are_of_this_century(day):
    assert parse(DRAW, f"{day:%m/%d/%y}", TODAY).value == day.isoformat()


@pytest.mark.parametrize(
    ("raw", "value"), [("11/02/58", "1958-11-02"), ("11/02/05", "2005-11-02"), ("11/07/23", "1923-11-07"), ("11/05/23", None)]
)
def test_a_two_digit_year_of_birth_is_taken_only_where_one_century_is_possible(raw, value):
    assert parse(BIRTH, raw, TODAY).value == value


def test_a_two_digit_year_of_birth_that_fits_two_centuries_goes_to_a_person_with_both():
    parsed = parse(BIRTH, "11/02/18", TODAY)
    assert parsed.value is None
    assert kinds(parsed) == [ProblemKind.IMPOSSIBLE_DATE]
    assert parsed.guesses == ("2018-11-02", "1918-11-02")


@pytest.mark.parametrize("raw", ["13/02/2023", "02/30/2023", "00/10/2023", "2/29/2023", "31/12/2022"])
def test_days_that_do_not_exist_are_never_turned_around(raw):
    parsed = parse(DRAW, raw, TODAY)
    assert parsed.value is None
    assert kinds(parsed) == [ProblemKind.IMPOSSIBLE_DATE]
    assert parsed.guesses == ()


@pytest.mark.parametrize(
    "raw", ["11/2", "110223", "1102202", "Nov 2 2023", "11/02-2023", "11//02/2023", "1l/02/2023", "٠١/٠٢/٢٠٢٣"]
)
def test_what_is_not_of_the_form_is_not_guessed_at(raw):
    parsed = parse(DRAW, raw, TODAY)
    assert parsed.value is None
    assert kinds(parsed) == [ProblemKind.FORMAT]


def test_the_future_is_possible_for_a_start_but_not_for_a_draw_a_signature_or_a_birth():
    for definition, impossible in ((START, False), (DRAW, True), (SIGNED, True), (BIRTH, True)):
        parsed = parse(definition, "11/07/2023", TODAY)
        assert parsed.value == "2023-11-07"
        assert (kinds(parsed) == [ProblemKind.IMPOSSIBLE_DATE]) is impossible, definition.name


def test_a_draw_of_more_than_a_year_and_a_month_ago_is_doubted_and_keeps_its_value():
    assert parse(DRAW, "11/06/2022", TODAY).problems == ()
    old = parse(DRAW, "10/01/2022", TODAY)
    assert (old.value, kinds(old)) == ("2022-10-01", [ProblemKind.IMPOSSIBLE_DATE])
    assert parse(SIGNED, "10/01/2022", TODAY).problems == ()


def test_today_is_possible_for_a_draw_and_not_for_a_birth():
    assert parse(DRAW, "11/06/2023", TODAY).problems == ()
    assert kinds(parse(BIRTH, "11/06/2023", TODAY)) == [ProblemKind.IMPOSSIBLE_DATE]


def test_nobody_was_born_before_1900():
    assert kinds(parse(BIRTH, "12/31/1899", TODAY)) == [ProblemKind.IMPOSSIBLE_DATE]
    assert parse(BIRTH, "01/01/1900", TODAY).problems == ()


@given(st.text(), st.sampled_from([BIRTH, DRAW, START, SIGNED]))
def test_no_text_makes_it_raise_or_yield_anything_but_a_day(raw, definition):
    parsed = parse(definition, raw, TODAY)
    if parsed.value is not None:
        date.fromisoformat(str(parsed.value))
    assert (
        parsed.value is not None or parsed.problems or not raw.strip() or not any(letter.isprintable() for letter in raw.strip())
    )
