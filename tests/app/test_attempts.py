"""When a step of work may begin, must wait, or is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from app.attempts import Attempt, Begin, GiveUp, Outcome, Wait, may_begin

NOW = datetime(2023, 11, 20, 15, 0, tzinfo=UTC)
LONG_AGO = NOW - timedelta(hours=1)


def attempt(number: int, outcome: Outcome | None, ended: datetime | None = LONG_AGO) -> Attempt:
    return Attempt(number, "host/1/1", LONG_AGO, None if outcome is None else ended, outcome, "ValueError: odd")


def dead(_: Attempt) -> bool:
    return False


def living(_: Attempt) -> bool:
    return True


def test_the_first_attempt_begins() -> None:
    assert may_begin([], dead, NOW) == Begin(1)


def test_a_second_worker_waits_beside_a_living_one() -> None:
    assert may_begin([attempt(1, None)], living, NOW) == Wait(None)


def test_after_two_dead_workers_a_third_try_is_made_and_no_fourth() -> None:
    two = [attempt(1, None), attempt(2, None)]
    assert may_begin(two, dead, NOW) == Begin(3)
    assert may_begin([*two, attempt(3, None)], dead, NOW) == GiveUp(died=True, detail="the worker died 3 times")


def test_a_failed_attempt_is_repeated_only_after_a_pause_that_doubles() -> None:
    just_now = NOW - timedelta(seconds=1)
    once = [attempt(1, Outcome.FAILED, just_now)]
    assert may_begin(once, dead, NOW) == Wait(just_now + timedelta(seconds=2))
    assert may_begin(once, dead, NOW + timedelta(seconds=2)) == Begin(2)
    twice = [attempt(1, Outcome.FAILED), attempt(2, Outcome.FAILED, just_now)]
    assert may_begin(twice, dead, NOW) == Wait(just_now + timedelta(seconds=4))


def test_three_failures_are_given_up_with_the_last_error() -> None:
    failures = [attempt(number, Outcome.FAILED) for number in (1, 2, 3)]
    assert may_begin(failures, dead, NOW) == GiveUp(died=False, detail="ValueError: odd")


@given(st.integers(0, 50))
def test_a_machine_at_fault_never_counts_against_the_fax(times: int) -> None:
    tries = [attempt(number, Outcome.NO_FAULT) for number in range(1, times + 1)]
    assert may_begin(tries, dead, NOW) == Begin(times + 1)


@given(st.lists(st.sampled_from([Outcome.FAILED, Outcome.NO_FAULT, None]), max_size=12))
def test_no_history_is_tried_for_ever(outcomes: list[Outcome | None]) -> None:
    tries = [attempt(number, outcome) for number, outcome in enumerate(outcomes, start=1)]
    decision = may_begin(tries, dead, NOW)
    too_often = outcomes.count(None) >= 3 or outcomes.count(Outcome.FAILED) >= 3
    assert isinstance(decision, GiveUp) == too_often
