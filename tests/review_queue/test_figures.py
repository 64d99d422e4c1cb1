"""What the numbers say: forecasts, time at work, agreement; charts whose pictures keep to their scale."""

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review_queue.figures import (
    AWAY,
    Pace,
    TwoWords,
    family_words,
    field_family,
    forecast,
    pace_per_hour,
    stretches,
    time_at_work,
)
from review_queue.figures_page import share
from review_queue.svg_charts import HEIGHT, WIDTH, Column, bars, columns, scale

NOW = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)  # 11:30 on the program's clock
TWO_HOURS = timedelta(hours=2)
COUNTS = st.integers(0, 100_000)


def test_a_queue_that_shrinks_has_an_hour_at_which_it_is_empty():
    said = forecast(30, Pace(TWO_HOURS, arrived=20, done=40), NOW)
    assert said == "Empty today about 14:30, if it goes on like this without a break: 10 an hour arrive, 20 are finished."


def test_a_queue_that_grows_is_never_empty_and_that_is_said():
    assert forecast(30, Pace(TWO_HOURS, arrived=41, done=40), NOW).startswith("Never at this pace: 20 an hour arrive")
    assert "grows" in forecast(30, Pace(TWO_HOURS, arrived=41, done=40), NOW)
    assert "stays as long as it is" in forecast(30, Pace(TWO_HOURS, arrived=40, done=40), NOW)


def test_without_a_finished_fax_nobody_can_say():
    assert forecast(30, Pace(TWO_HOURS, arrived=4, done=0), NOW) == (
        "No fax was finished in the last 2 hours: nobody can say when the queue will be empty."
    )


def test_an_empty_queue_needs_no_forecast():
    assert forecast(0, Pace(TWO_HOURS, 5, 5), NOW) == "Nothing waits."


@given(st.integers(1, 100_000), COUNTS, COUNTS)
def test_an_hour_is_promised_only_where_more_is_finished_than_arrives(waiting, arrived, done):
    said = forecast(waiting, Pace(TWO_HOURS, arrived, done), NOW)
    assert said.startswith("Empty ") <= (done > arrived)
    assert said.startswith("Never") == (0 < done <= arrived)


MOMENTS = st.lists(st.integers(0, 100_000).map(lambda second: NOW + timedelta(seconds=second)), max_size=50)


@given(MOMENTS)
def test_time_at_work_is_never_longer_than_from_the_first_to_the_last(moments):
    whole = max(moments) - min(moments) if moments else timedelta()
    assert timedelta() <= time_at_work(moments) <= whole
    assert 0 <= stretches(moments) <= len(moments)
    assert (stretches(moments) == 0) == (not moments)


def test_a_break_counts_as_no_work():
    moments = [NOW, NOW + timedelta(minutes=5), NOW + timedelta(hours=3), NOW + timedelta(hours=3, minutes=4)]
    assert time_at_work(moments) == timedelta(minutes=9)
    assert stretches(moments) == 2
    assert timedelta(minutes=5) <= AWAY
    assert pace_per_hour(4, 2, 9 * 60) == pytest.approx(2 * 60 / 9)


def test_a_pace_is_not_made_up_from_one_fax():
    assert pace_per_hour(1, 1, 0) is None


@pytest.mark.parametrize(
    ("earlier", "later", "agree"),
    [
        (("confirmed", 3), ("confirmed", 3), True),
        (("corrected", 3), ("confirmed", 3), True),
        (("corrected", 3), ("corrected", 5), False),
        (("blank", None), ("illegible", None), False),
        (("blank", None), ("blank", None), True),
    ],
)
def test_two_words_agree_where_the_later_left_the_earlier_as_it_was(earlier, later, agree):
    assert TwoWords("ann", *earlier, *later).agree is agree


def test_rows_of_a_list_are_one_line_of_the_figures():
    assert {field_family("labs.0.anc"), field_family("labs.3.anc")} == {"labs.anc"}
    assert family_words("labs.anc") == "Labs ANC"
    assert family_words(field_family("document.2")) == "The whole document"
    assert family_words("prescriber_npi") == "Prescriber NPI"


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, "–"), (1, 3, "33.3 %"), (3, 3, "100 %"), (99999, 100000, "over 99.9 %"), (1, 100000, "under 0.1 %"), (0, 9, "0 %")],
)
def test_a_share_is_never_rounded_to_all_or_nothing(part, whole, words):
    assert share(part, whole) == words


@given(st.one_of(COUNTS.map(float), st.floats(0, 1e9)))
def test_a_scale_begins_at_nothing_holds_the_largest_and_is_even(largest):
    lines = scale(largest)
    assert lines[0] == 0
    assert lines[-1] >= largest * (1 - 1e-9)
    assert 2 <= len(lines) <= 6
    steps = {round((b - a) / lines[1], 6) for a, b in pairwise(lines)}
    assert steps == {1.0}


def test_no_chart_is_drawn_below_nothing():
    with pytest.raises(ValueError, match="begins at 0"):
        scale(-1)
    with pytest.raises(ValueError, match="begins at 0"):
        bars([("a", -1, "")])


def places(svg: str) -> list[tuple[float, float, float, float]]:
    tree = ElementTree.fromstring(svg)  # it is well formed, whatever the names
    return [
        tuple(float(one.get(side)) for side in ("x", "y", "width", "height")) for one in tree.iter() if one.tag.endswith("rect")
    ]


@given(st.lists(st.tuples(st.text(max_size=8).filter(str.isprintable), COUNTS, COUNTS), max_size=30))
def test_columns_stay_inside_their_picture_and_are_as_tall_as_their_numbers(found):
    svg = columns([Column(name, (first, second), f"{name}: {first}") for name, first, second in found])
    drawn = places(svg)
    assert len(drawn) == sum(bool(number) for _, first, second in found for number in (first, second))
    for x, y, width, height in drawn:
        assert x >= 0
        assert y >= -0.1
        assert x + width <= WIDTH + 0.1
        assert y + height <= HEIGHT + 0.1
    assert "style=" not in svg


@given(st.lists(st.tuples(st.sampled_from(["<b>", "a & b", '"x"', "plain"]), COUNTS), max_size=12))
def test_bars_are_as_long_as_their_numbers(found):
    svg = bars([(name, number, str(number)) for name, number in found])
    lengths = [width for _, _, width, _ in places(svg)]
    numbers = [number for _, number in found if number]
    assert len(lengths) == len(numbers)
    for length, number in zip(lengths, numbers, strict=True):
        assert length == pytest.approx(max(lengths) * number / max(numbers), abs=0.2)
    assert not re.search(r"<b>", svg)
