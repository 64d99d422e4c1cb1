"""The lifecycle of a delivery: the legal path, then illegal transitions raise; and what every outcome leads to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.delivery import (
    TRANSITIONS,
    AskPerson,
    DeliveryState,
    Event,
    Finished,
    GiveUp,
    IllegalTransition,
    LookAgain,
    RetryPolicy,
    SendAgain,
    after,
    decide,
    event_of,
)
from outbound.gateway import Cause, Delivered, Impossible, InProgress, NotSent, NotTaken, Outcome, Unknown, Unreachable

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
POLICY = RetryPolicy()

outcomes = st.one_of(
    st.builds(Delivered, st.text(max_size=5), st.integers(0, 5)),
    st.builds(InProgress, st.text(max_size=5)),
    st.builds(NotSent, st.sampled_from(Cause), st.text(max_size=5)),
    st.builds(Impossible, st.text(max_size=5)),
    st.builds(Unknown, st.text(max_size=5)),
    st.builds(NotTaken),
    st.builds(Unreachable, st.text(max_size=5)),
)


def decision_on(outcome: Outcome, attempt: int = 1, pages: int = 2, since: datetime = NOW):
    return decide(outcome, attempt=attempt, pages=pages, since=since, now=NOW, policy=POLICY)


def test_a_letter_is_due_then_sending_then_delivered():
    assert after(after(DeliveryState.DUE, Event.SUBMIT), Event.CONFIRMED) is DeliveryState.DELIVERED


@pytest.mark.parametrize("event", list(Event))
def test_nothing_happens_to_a_delivered_letter(event):
    with pytest.raises(IllegalTransition):
        after(DeliveryState.DELIVERED, event)


@pytest.mark.parametrize(("state", "event"), [(s, e) for s in DeliveryState for e in Event if (s, e) not in TRANSITIONS])
def test_what_the_table_does_not_know_is_refused(state, event):
    with pytest.raises(IllegalTransition, match=str(state)):
        after(state, event)


def test_from_uncertain_only_a_person_leads_back_to_sending():
    to_due = {key for key, to in TRANSITIONS.items() if to is DeliveryState.DUE}
    assert {event for state, event in to_due if state is DeliveryState.UNCERTAIN} == {Event.SEND_AGAIN_BY_PERSON}


def test_a_letter_without_a_number_waits_for_a_person():
    ways_out = {event for state, event in TRANSITIONS if state is DeliveryState.NO_ADDRESS}
    assert ways_out == {Event.NUMBER_GIVEN, Event.CLOSE_BY_PERSON}


def test_every_state_can_be_reached_and_only_delivered_is_final():
    assert set(TRANSITIONS.values()) | {DeliveryState.DUE, DeliveryState.NO_ADDRESS} == set(DeliveryState)
    assert {state for state, _ in TRANSITIONS} == set(DeliveryState) - {DeliveryState.DELIVERED}


@given(outcomes, st.integers(1, 20), st.integers(1, 5), st.integers(0, 200))
def test_every_outcome_of_a_sending_letter_leads_to_a_legal_transition(outcome, attempt, pages, hours):
    decision = decide(outcome, attempt=attempt, pages=pages, since=NOW - timedelta(hours=hours), now=NOW, policy=POLICY)
    assert after(DeliveryState.SENDING, event_of(decision)) in DeliveryState


@given(outcomes, st.integers(1, 20), st.integers(1, 5))
def test_a_letter_is_sent_again_only_if_certainly_no_page_went_out(outcome, attempt, pages):
    if isinstance(decision_on(outcome, attempt, pages), SendAgain):
        assert isinstance(outcome, NotSent | NotTaken)


@given(outcomes, st.integers(POLICY.attempts, 50), st.integers(1, 5))
def test_after_the_last_attempt_nothing_is_sent_again(outcome, attempt, pages):
    assert not isinstance(decision_on(outcome, attempt, pages), SendAgain)


@given(outcomes, st.integers(1, 20), st.integers(1, 5))
def test_finished_means_that_every_page_was_confirmed(outcome, attempt, pages):
    finished = isinstance(decision_on(outcome, attempt, pages), Finished)
    assert finished == (isinstance(outcome, Delivered) and outcome.pages == pages)


def test_the_pauses_between_attempts_grow():
    waits = [decision_on(NotSent(Cause.BUSY), attempt).at - NOW for attempt in range(1, POLICY.attempts)]
    assert waits == sorted(waits)
    assert waits[0] >= timedelta(minutes=1)


def test_giving_up_says_why_and_how_often():
    decision = decision_on(NotSent(Cause.NO_ANSWER), POLICY.attempts)
    assert decision == GiveUp("nobody answers; 8 attempts")


def test_done_with_no_pages_is_a_question_for_a_person():
    assert isinstance(decision_on(Delivered("job-1", 0)), AskPerson)


def test_a_gateway_that_never_ends_is_a_question_for_a_person():
    assert isinstance(decision_on(InProgress("job-1")), LookAgain)
    assert isinstance(decision_on(InProgress("job-1"), since=NOW - timedelta(days=2)), AskPerson)
