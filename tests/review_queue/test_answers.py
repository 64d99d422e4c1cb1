"""What a reviewer typed or picked, and what is wrong with it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.reading import ProblemKind
from review_queue.answers import Said, Settled, Unsettled, settle
from review_queue.review_item import VerdictKind
from tests.review_queue.invented import CERTAIN, DISAGREEING, RECEIVED, STATUS_FORM, UNREAD_NPI, doubtful, read

TODAY = RECEIVED.date()


def settled(name, raw, reading=None, said=Said.VALUE, *, insist=False):
    return settle(STATUS_FORM.field(name), reading or read(name, CERTAIN[name]), said, raw, TODAY, insist=insist)


def test_the_read_value_typed_again_is_a_confirmation():
    assert settled("labs.0.anc", "3773", DISAGREEING) == Settled(VerdictKind.CONFIRMED, 3773)


def test_another_value_is_a_correction():
    assert settled("labs.0.anc", "3713", DISAGREEING) == Settled(VerdictKind.CORRECTED, 3713)


def test_a_date_is_typed_as_it_stands_on_the_paper():
    assert settled("patient_date_of_birth", "10/31/1950") == Settled(VerdictKind.CONFIRMED, "1950-10-31")


def test_nothing_typed_is_no_answer():
    told = settled("prescriber_npi", "  ", UNREAD_NPI)
    assert isinstance(told, Unsettled)
    assert not told.may_insist


@pytest.mark.parametrize(("said", "kind"), [(Said.BLANK, VerdictKind.BLANK), (Said.ILLEGIBLE, VerdictKind.ILLEGIBLE)])
def test_blank_and_illegible_are_said_and_carry_no_value(said, kind):
    assert settled("prescriber_npi", "whatever stands in the input", UNREAD_NPI, said) == Settled(kind, None)


def test_a_typo_in_an_npi_is_told_at_once_and_kept_only_on_purpose():
    told = settled("prescriber_npi", "1234567890", UNREAD_NPI)
    assert isinstance(told, Unsettled)
    assert told.may_insist
    assert settled("prescriber_npi", "1234567890", UNREAD_NPI, insist=True) == Settled(VerdictKind.CORRECTED, "1234567890")


def test_a_day_that_does_not_exist_cannot_be_insisted_on():
    told = settled("labs.0.draw_date", "02/30/2026", insist=True)
    assert isinstance(told, Unsettled)
    assert not told.may_insist


def test_a_bare_small_anc_is_asked_about_with_what_may_be_meant():
    told = settled("labs.0.anc", "4", DISAGREEING, insist=True)
    assert isinstance(told, Unsettled)
    assert "4000" in told.why


@pytest.mark.parametrize(
    ("name", "raw", "expected"),
    [
        ("ben", "ticked", Settled(VerdictKind.CORRECTED, True)),
        ("ben", "not_ticked", Settled(VerdictKind.CONFIRMED, False)),
        ("submitter", "designee", Settled(VerdictKind.CORRECTED, "designee")),
        ("signature_prescriber", "present", Settled(VerdictKind.CONFIRMED, "present")),
        ("signature_prescriber", "absent", Settled(VerdictKind.CORRECTED, "absent")),
    ],
)
def test_a_pick_is_one_of_the_answers_offered(name, raw, expected):
    assert settled(name, raw) == expected


@pytest.mark.parametrize(("name", "raw"), [("ben", "yes"), ("submitter", "pharmacy"), ("signature_prescriber", "unsure")])
def test_a_pick_that_was_not_offered_is_refused(name, raw):
    assert isinstance(settled(name, raw), Unsettled)


def test_a_tick_is_not_taken_for_the_number_one():
    odd = doubtful("ben", 1, ProblemKind.UNSURE_MARK, "?")
    assert settled("ben", "ticked", odd) == Settled(VerdictKind.CORRECTED, True)


@given(st.sampled_from(sorted(CERTAIN)), st.text(max_size=40), st.booleans())
def test_no_input_whatever_breaks_the_desk_or_settles_a_field_without_a_value(name, raw, insist):
    told = settled(name, raw, insist=insist)
    assert isinstance(told, Settled | Unsettled)
    if isinstance(told, Settled):
        assert told.value is not None
