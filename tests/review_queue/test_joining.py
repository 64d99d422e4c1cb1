"""Which question a form answers, and the pages of two faxes as one form: decided without a database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.reading import FormPage, Problem, ProblemKind
from registry.vocabulary import FormCode
from review_queue.joined_pages import joined, lacking
from review_queue.joining import Arrived, Ended, Question, Tie, Whose, answered, differ, other_draws, party_npi, references_on
from review_queue.review_item import Verdict, VerdictKind
from review_queue.waiting_for_sender import answer_by, overdue
from tests.review_queue import invented

ASKED = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
LATER = ASKED + timedelta(days=2)
WILLIAM = Whose(patient_id="4417082K7", named="perez william 1950-10-31", sender_fax="6175550142")


def question(number: int = 1, **changes: object) -> Question:
    asked = Question(
        number, f"item-{number}", f"document-{number}", f"fax-{number}", f"R-20261123-{number:04d}", "patient_status", WILLIAM,
        ASKED - timedelta(hours=2), ASKED, date(2026, 11, 30), ("Prescriber NPI: please write it again.",), ("prescriber_npi",),
        "ann",
    )  # fmt: skip
    return replace(asked, **changes)  # type: ignore[arg-type]


def arrived(whose: Whose = WILLIAM, **changes: object) -> Arrived:
    return replace(Arrived("fax-9", "patient_status", whose, LATER), **changes)  # type: ignore[arg-type]


def test_the_same_form_for_the_same_patient_answers_the_question():
    found = answered(arrived(), [question()])
    assert found is not None
    assert (found.tie, found.sure) == (Tie.PATIENT, True)


def test_a_pharmacys_own_form_is_known_by_its_npi():
    corner = Whose(npi="1234567893")
    asked = question(form=FormCode.OUTPATIENT_PHARMACY, whose=corner)
    found = answered(arrived(corner, form=FormCode.OUTPATIENT_PHARMACY), [asked])
    assert found is not None
    assert found.tie is Tie.PARTY
    assert party_npi(FormCode.OUTPATIENT_PHARMACY, {"pharmacy_npi": "1234567893", "prescriber_npi": "1558598797"}) == "1234567893"
    assert party_npi(FormCode.PATIENT_STATUS, {"prescriber_npi": "1234567893"}) is None


def test_a_page_without_a_name_from_the_same_machine_is_offered_and_joins_nothing_by_itself():
    found = answered(arrived(Whose(sender_fax=WILLIAM.sender_fax)), [question()])
    assert found is not None
    assert (found.tie, found.sure) == (Tie.FAX_NUMBER, False)


def test_another_patients_form_from_the_same_clinic_is_no_answer():
    other = Whose(patient_id="5528193L8", named="fox ida 1960-01-01", sender_fax=WILLIAM.sender_fax)
    assert answered(arrived(other), [question()]) is None


def test_a_patients_form_that_comes_after_the_day_may_be_the_next_months_and_is_only_offered():
    found = answered(arrived(received_at=ASKED + timedelta(days=20)), [question()])
    assert found is not None
    assert (found.tie, found.sure, found.but) == (Tie.PATIENT, False, "it came late")
    quoted = arrived(received_at=ASKED + timedelta(days=20), quoted=frozenset({"R-20261123-0001"}))
    assert (found := answered(quoted, [question()])) is not None
    assert found.sure


def test_two_forms_are_of_other_draws_only_where_both_tell_of_some_and_share_none():
    november, december = {"labs.0.draw_date": "2026-11-17", "labs.0.anc": 1}, {"labs.3.draw_date": "2026-12-15", "labs.0.anc": 1}
    assert other_draws(november, december)
    assert not other_draws(november, november | december)
    assert not other_draws(november, {"labs.0.draw_date": None})


def test_a_quoted_reference_goes_before_everything_but_never_to_another_patients_form():
    two = [question(1), question(2, whose=Whose(sender_fax="6175550142"))]
    found = answered(arrived(quoted=frozenset({"R-20261123-0002"})), two)
    assert found is not None
    assert (found.question.number, found.tie) == (2, Tie.REFERENCE)
    other = Whose(patient_id="5528193L8")
    assert answered(arrived(other, quoted=frozenset({"R-20261123-0001"})), [question()]) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"fax_id": "fax-1"},
        {"form": "patient_enrollment"},
        {"received_at": ASKED - timedelta(days=1)},
    ],
)
def test_the_fax_itself_another_form_and_an_earlier_fax_answer_nothing(changes):
    assert answered(arrived(**changes), [question()]) is None


def test_what_has_ended_is_answered_no_more_so_a_second_answer_stands_for_itself():
    assert answered(arrived(), [question(ended=Ended.ANSWERED)]) is None


KEYS = st.builds(
    Whose,
    st.sampled_from([None, "4417082K7", "5528193L8"]),
    st.sampled_from([None, "perez", "fox"]),
    st.sampled_from([None, "1234567893"]),
    st.sampled_from([None, "6175550142", "6175550143"]),
)
QUESTIONS = st.lists(
    st.builds(
        question,
        st.integers(1, 9),
        whose=KEYS,
        form=st.sampled_from(["patient_status", "patient_enrollment"]),
        ended=st.sampled_from(["", Ended.ANSWERED.value]),
    ),
    max_size=5,
    unique_by=lambda one: one.number,
)


@given(KEYS, QUESTIONS)
def test_nothing_is_ever_joined_across_forms_or_people_and_the_order_of_looking_makes_no_difference(whose, questions):
    found = answered(arrived(whose), questions)
    assert found == answered(arrived(whose), questions[::-1])
    if found is not None:
        assert found.question.form == "patient_status"
        assert not found.question.ended
        assert not differ(whose, found.question.whose)


@given(KEYS, KEYS)
def test_difference_is_mutual(one, other):
    assert differ(one, other) == differ(other, one)
    assert not differ(one, one)


def test_a_reference_is_found_in_whatever_field_it_was_written():
    written = invented.read("patient_last_name", "PEREZ r-20261123-0417")
    assert references_on(invented.reading(written)) == {"R-20261123-0417"}
    assert references_on(invented.reading()) == frozenset()


# --- pages -------------------------------------------------------------------------------------------------------------

ONE, TWO = (FormPage(1, number, 0, 0, invented.MM_TO_PIXELS) for number in (1, 2))


def half(page: int, *changed):
    """A form of which only one page arrived."""
    names = [one.name for one in invented.FIELDS if one.page != page]
    missing = 3 - page
    problem = Problem(ProblemKind.MISSING_PAGE, f"page {missing} of 2 did not arrive")
    return invented.reading(
        *changed, without=tuple(names), pages=(ONE if page == 1 else TWO,), missing_pages=(missing,), problems=(problem,)
    )


def verdict(key: str, kind: VerdictKind, value=None) -> Verdict:
    return Verdict(key, kind, "4411", value, "ann", ASKED)


def test_the_page_that_came_and_the_page_that_lay_here_are_one_form_with_what_people_had_said():
    earlier = half(1, invented.UNREAD_NPI)
    said = {"prescriber_npi": verdict("prescriber_npi", VerdictKind.CORRECTED, "1558598797")}
    whole = joined(half(2), earlier, said, 2, invented.STATUS_FORM)
    assert whole.pages == ((2, 1),)
    assert whole.reading.missing_pages == ()
    assert not [one for one in whole.reading.problems if one.kind is ProblemKind.MISSING_PAGE]
    assert set(whole.reading.fields) == {one.name for one in invented.FIELDS}
    npi = whole.reading.fields["prescriber_npi"]
    assert (npi.value, npi.accepted, npi.fax_page, npi.raw) == ("1558598797", True, 2, {})
    assert whole.carried == said


def test_what_nobody_could_read_stays_doubtful():
    said = {"prescriber_npi": verdict("prescriber_npi", VerdictKind.ILLEGIBLE)}
    whole = joined(half(2), half(1, invented.UNREAD_NPI), said, 2, invented.STATUS_FORM)
    assert not whole.reading.fields["prescriber_npi"].accepted
    assert whole.carried == {}


def test_a_signature_said_to_be_blank_is_absent_and_a_tick_said_to_be_blank_is_none():
    said = {
        "signature_prescriber": verdict("signature_prescriber", VerdictKind.BLANK),
        "rationale": verdict("rationale", VerdictKind.BLANK),
    }
    whole = joined(half(1), half(2), said, 2, invented.STATUS_FORM)
    assert (whole.reading.fields["signature_prescriber"].value, whole.reading.fields["rationale"].value) == ("absent", False)


def test_a_whole_form_takes_nothing_over_nor_does_another_revision():
    assert lacking(invented.reading(), half(1)) == ()
    assert lacking(half(2), replace(half(1), revision="2021-11")) == ()
    assert lacking(half(2), half(2)) == ()


# --- days ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "day"),
    [
        (datetime(2026, 11, 23, 16, tzinfo=UTC), date(2026, 11, 30)),  # a Monday: the next one
        (datetime(2026, 11, 27, 16, tzinfo=UTC), date(2026, 12, 4)),
        (datetime(2026, 11, 28, 16, tzinfo=UTC), date(2026, 12, 4)),  # a Saturday begins with Monday
        (datetime(2026, 11, 24, 3, tzinfo=UTC), date(2026, 11, 30)),  # still Monday in the program's zone
    ],
)
def test_a_sender_has_five_business_days_of_the_program(asked, day):
    assert answer_by(asked) == day


@given(st.integers(0, 60_000), st.integers(1, 30))
def test_the_day_is_a_working_day_and_more_days_never_end_earlier(hours, days):
    at = ASKED + timedelta(hours=hours)
    assert answer_by(at, days).weekday() < 5
    assert answer_by(at, days) < answer_by(at, days + 1)


def test_the_day_itself_is_not_overdue():
    assert not overdue(date(2026, 11, 30), datetime(2026, 12, 1, 4, tzinfo=UTC))
    assert overdue(date(2026, 11, 30), datetime(2026, 12, 1, 6, tzinfo=UTC))
    with pytest.raises(ValueError, match="at least one"):
        answer_by(ASKED, 0)
