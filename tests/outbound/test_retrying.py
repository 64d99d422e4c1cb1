"""What follows from each thing a fax line can say, by its cause: how soon, how often, and what is never sent again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.delivery import DeliveryState, after
from outbound.gateway import Cause, Delivered, Impossible, InProgress, NotSent, NotTaken, Outcome, Unknown, Unreachable
from outbound.retrying import (
    BY_CAUSE,
    NOT_TAKEN,
    OURS,
    AskPerson,
    Finished,
    GiveUp,
    LookAgain,
    Past,
    RetryPolicy,
    SendAgain,
    decide,
    event_of,
)

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
POLICY = RetryPolicy()
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

outcomes = st.one_of(
    st.builds(Delivered, st.text(max_size=5), st.integers(0, 5)),
    st.builds(InProgress, st.text(max_size=5)),
    st.builds(NotSent, st.sampled_from(Cause), st.text(max_size=5)),
    st.builds(Impossible, st.text(max_size=5)),
    st.builds(Unknown, st.text(max_size=5)),
    st.builds(NotTaken),
    st.builds(Unreachable, st.text(max_size=5)),
)
ours_since = st.none() | st.integers(0, 200).map(lambda hours: NOW - timedelta(hours=hours))
pasts = st.builds(Past, st.dictionaries(st.sampled_from([*Cause, NOT_TAKEN]), st.integers(1, 40)), ours_since)
stops = st.sampled_from(["", "mira: not needed"])


def decided(outcome: Outcome, past: Past = Past(), pages: int = 2, since: datetime = NOW, **how):  # noqa: B008 - a frozen value
    return decide(outcome, past=past, pages=pages, since=since, now=NOW, policy=POLICY, **how)


def after_times(cause: Cause, times: int, **how) -> Past:
    return Past({cause: times} if times else {}, **how)


@given(outcomes, pasts, st.integers(1, 5), st.integers(0, 200), st.integers(1, 8), stops)
def test_every_outcome_of_a_sending_letter_leads_to_a_legal_transition(outcome, past, pages, hours, together, stop):
    decision = decided(outcome, past, pages, NOW - timedelta(hours=hours), together=together, stop=stop)
    assert after(DeliveryState.SENDING, event_of(decision)) in DeliveryState


@given(outcomes, pasts, st.integers(0, 5), st.integers(1, 8), stops)
def test_a_letter_is_sent_again_only_if_certainly_no_page_went_out(outcome, past, pages, together, stop):
    if isinstance(decided(outcome, past, pages, together=together, stop=stop), SendAgain):
        assert isinstance(outcome, NotSent | NotTaken | Impossible)


@given(outcomes, pasts, st.integers(0, 5), st.integers(1, 8))
def test_a_letter_that_a_person_wanted_stopped_is_never_sent_again(outcome, past, pages, together):
    assert not isinstance(decided(outcome, past, pages, together=together, stop="mira: not needed"), SendAgain)


@given(outcomes, pasts, st.integers(0, 5))
def test_finished_means_that_every_page_was_confirmed_and_there_was_one(outcome, past, pages):
    finished = isinstance(decided(outcome, past, pages), Finished)
    assert finished == (isinstance(outcome, Delivered) and outcome.pages == pages and pages > 0)


@given(st.sampled_from(sorted(OURS)), pasts, st.integers(0, 60))
def test_what_is_our_own_lines_fault_is_not_given_up_before_a_day(cause, past, hours):
    decision = decided(NotSent(cause), past, since=NOW - timedelta(hours=hours))
    began = past.ours_since or NOW - timedelta(hours=hours)
    if NOW - began < DAY:
        assert isinstance(decision, SendAgain)


@given(st.sampled_from(sorted(set(Cause) - OURS)), pasts)
def test_calls_that_bring_nothing_come_to_an_end_whatever_their_causes(cause, past):
    decision = decided(NotSent(cause), past)
    if past.calls + 1 >= POLICY.calls_at_most:
        assert isinstance(decision, GiveUp)


@pytest.mark.parametrize(
    ("cause", "first"),
    [
        (Cause.BUSY, 3 * MINUTE),
        (Cause.NO_ANSWER, 5 * MINUTE),
        (Cause.PROTOCOL, MINUTE),
        (Cause.NO_DIAL_TONE, MINUTE),
        (Cause.NO_SPACE, MINUTE),
        (Cause.GATEWAY_DOWN, MINUTE),
    ],
)
def test_the_first_pause_is_the_causes(cause, first):
    assert decided(NotSent(cause)).at == NOW + first


@pytest.mark.parametrize("cause", list(Cause))
def test_the_pauses_of_a_cause_never_shrink_and_every_cause_has_its_limits(cause):
    retry = BY_CAUSE[cause]
    waits = [retry.pause(times) for times in range(1, 30)]
    assert waits == sorted(waits)
    assert waits[0] >= MINUTE
    assert retry.attempts is not None or retry.patience >= DAY


def test_where_a_person_answered_there_is_one_more_call_and_then_none():
    assert isinstance(decided(NotSent(Cause.NO_CARRIER)), SendAgain)
    assert decided(NotSent(Cause.NO_CARRIER), after_times(Cause.NO_CARRIER, 1)) == GiveUp(
        "a person or an answering machine, no fax machine; 2 attempts ended so"
    )


def test_tries_of_one_cause_do_not_use_up_the_patience_with_another():
    dead_line = Past({Cause.GATEWAY_DOWN: 300, Cause.BUSY: 3}, None)
    assert decided(NotSent(Cause.BUSY), dead_line) == SendAgain(NOW + 3 * MINUTE, "the line is busy")


def test_a_line_of_ours_that_was_dead_for_days_is_given_up_in_the_end():
    dead = after_times(Cause.NO_DIAL_TONE, 150, ours_since=NOW - 4 * DAY)
    assert isinstance(decided(NotSent(Cause.NO_DIAL_TONE), dead), GiveUp)


def test_a_machine_that_is_off_over_the_weekend_gets_its_letter_on_monday():
    retry = BY_CAUSE[Cause.NO_ANSWER]
    assert sum((retry.pause(times) for times in range(1, retry.attempts)), timedelta()) > 60 * 60 * MINUTE


def test_a_letter_that_kills_every_worker_is_given_up():
    assert isinstance(decided(NotTaken(), Past({NOT_TAKEN: POLICY.deaths_at_most - 1})), GiveUp)
    assert decided(NotTaken()).at == NOW


def test_of_a_call_that_cannot_be_made_each_letter_goes_by_itself():
    assert isinstance(decided(Impossible("not a document"), together=3), SendAgain)
    assert decided(Impossible("not a document")) == GiveUp("not a document")


def test_done_with_no_pages_is_a_question_for_a_person():
    assert isinstance(decided(Delivered("job-1", 0)), AskPerson)
    assert isinstance(decided(Delivered("job-1", 0), pages=0), AskPerson)


def test_a_gateway_that_never_ends_is_a_question_for_a_person():
    assert isinstance(decided(InProgress("job-1")), LookAgain)
    assert isinstance(decided(InProgress("job-1"), since=NOW - 2 * DAY), AskPerson)
