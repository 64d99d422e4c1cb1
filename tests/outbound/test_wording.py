"""How values are written for people in the United States."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound import wording


def test_a_moment_is_written_in_the_senders_zone_summer_and_winter():
    assert wording.us_time(datetime(2026, 11, 23, 5, 4, tzinfo=UTC), "America/New_York") == "11/23/2026 12:04 AM EST"
    assert wording.us_time(datetime(2026, 7, 1, 16, 0, tzinfo=UTC), "America/New_York") == "07/01/2026 12:00 PM EDT"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        wording.us_time(datetime(2026, 11, 23), "America/New_York")  # noqa: DTZ001 - the point


@pytest.mark.parametrize(
    ("pages", "written"),
    [((), ""), ((3,), "page 3"), ((1, 2, 3), "pages 1–3"), ((5, 1, 2), "pages 1–2, 5"), ((2, 2), "page 2")],
)
def test_pages_are_written_as_runs(pages, written):
    assert wording.page_list(pages) == written


@given(st.sets(st.integers(1, 60)))
def test_every_page_is_in_its_list_and_no_other(pages):
    found = set()
    for run in wording.page_list(pages).replace("pages ", "").replace("page ", "").split(", "):
        first, _, last = run.partition("–")
        found |= set(range(int(first), int(last or first) + 1)) if first else set()
    assert found == pages


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "not given"),
        ("", "not given"),
        (True, "yes"),
        (1850, "1,850"),
        (1850.0, "1,850"),
        (999.5, "999.5"),
        ("2026-11-02", "11/02/2026"),
        ("2026-13-02", "2026-13-02"),
        ("2026-11-02: 850; 2026-11-09: 1200", "11/02/2026: 850; 11/09/2026: 1200"),
        ("every_two_weeks", "every 2 weeks"),
        ("Harbor Pharmacy", "Harbor Pharmacy"),
    ],
)
def test_a_fact_is_written_in_words(value, written):
    assert wording.in_words(value) == written


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Maria Elena Garcia", "M.E.G."), ("GARCIA, MARIA ELENA", "M.E.G."), ("Ōno", "Ō."), ("", "not given"), (None, "not given")],
)
def test_initials_stand_in_the_order_of_the_name(name, initials):
    assert wording.initials(name) == initials


def test_what_is_no_date_is_refused():
    with pytest.raises(ValueError, match="last Tuesday"):
        wording.us_date("last Tuesday")
