from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.forms.definition import Meaning
from intake.forms.field_values import charset, parse
from intake.reading import ProblemKind
from tests.field_values.fields import field

TODAY = date(2023, 11, 6)
ANC = field("labs.0.anc", Meaning.ANC, cells=5)


def kinds(parsed):
    return [problem.kind for problem in parsed.problems]


@given(st.integers(100, 30_000))
def test_every_way_of_writing_a_count_gives_the_same_count(count):
    thousands = f"{count / 1000:.3f}".rstrip("0").rstrip(".")
    ways = [
        str(count),
        f"{count:,}",
        f" {count} ",
        " ".join(str(count)),
        f"{count:05}",
        f"{count}/µL",
        f"{count} /uL",
        f"{count:,} cells/mm3",
        f"{count} cells/µL",
        f"{thousands} K",
        f"{thousands}K/uL",
        f"{thousands} k/µL",
        f"{thousands} x10^9/L",
        f"{thousands} × 10⁹/L",
        f"{thousands} x 10^3/µL",
        f"{thousands} x10³/uL",
        f"{thousands}*10*3/mm3",
    ]
    for raw in ways:
        parsed = parse(ANC, raw, TODAY)
        assert (parsed.value, parsed.problems) == (count, ()), raw


@pytest.mark.parametrize("raw", [str(number) for number in range(1, 100)])
def test_a_bare_number_from_1_to_99_is_never_converted(raw):
    parsed = parse(ANC, raw, TODAY)
    assert parsed.value is None
    assert kinds(parsed) == [ProblemKind.UNIT]
    assert parsed.guesses


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        ("0", ProblemKind.OUT_OF_RANGE),
        ("30001", ProblemKind.OUT_OF_RANGE),
        ("99999", ProblemKind.OUT_OF_RANGE),
        ("31 K", ProblemKind.OUT_OF_RANGE),
        ("1850 K", ProblemKind.OUT_OF_RANGE),
        ("0 /µL", ProblemKind.OUT_OF_RANGE),
        ("45%", ProblemKind.UNIT),
        ("45 %", ProblemKind.UNIT),
        ("1.85", ProblemKind.UNIT),
        ("1,85", ProblemKind.UNIT),
        ("1.850", ProblemKind.UNIT),
        ("1.85 /L", ProblemKind.UNIT),
        ("1850 mg", ProblemKind.UNIT),
        ("1.85 x10^9", ProblemKind.UNIT),
        ("1850-1900", ProblemKind.UNIT),
        ("185O", ProblemKind.UNIT),
        ("<500", ProblemKind.FORMAT),
        (">1500", ProblemKind.FORMAT),
        ("~1850", ProblemKind.FORMAT),
        ("normal", ProblemKind.FORMAT),
        ("-1850", ProblemKind.FORMAT),
    ],
)
def test_what_leaves_the_count_open_goes_to_a_person(raw, kind):
    parsed = parse(ANC, raw, TODAY)
    assert parsed.value is None
    assert kinds(parsed) == [kind]


def test_the_likely_counts_are_offered_as_guesses():
    assert parse(ANC, "1.85", TODAY).guesses == (1850,)
    assert parse(ANC, "18", TODAY).guesses == (18000, 18)
    assert parse(ANC, "1,85", TODAY).guesses == (1850,)
    assert parse(ANC, "45%", TODAY).guesses == ()


def test_a_count_is_not_rounded_across_a_threshold():
    assert parse(ANC, "0.9996 K", TODAY).value == 999.6
    assert parse(ANC, "999.6 /µL", TODAY).value == 999.6


def test_a_comb_for_counts_may_hold_the_marks_that_change_the_meaning():
    assert set(".,%<Kk/") <= set(charset(ANC))


@given(st.text(alphabet="0123456789.,% KkxX^*/µuLlmc³⁹<>-٣ ", max_size=14) | st.text())
def test_no_text_makes_it_raise_and_only_possible_counts_come_out(raw):
    parsed = parse(ANC, raw, TODAY)
    assert parsed.value is None or 0 < parsed.value <= 30_000
    assert parsed.value is None or not parsed.problems
