"""Who may sit at the desk: passwords, lock-out, and sign-ins that end by themselves."""

from datetime import timedelta

import pytest

from review_queue import account_storage as storage
from review_queue.reviewers import (
    FAILURES_UNTIL_LOCKED,
    IDLE_LIMIT,
    LOCK_OUT,
    LONGEST_SIGN_IN,
    SignedIn,
    SignInRefused,
    create_reviewer,
    recognise,
    set_password,
    sign_in,
    sign_out,
)
from tests.review_queue.desk_in_process import new_desk
from tests.review_queue.invented import NOW, PASSWORD


@pytest.fixture
def session(tmp_path):
    with new_desk(tmp_path).sessions() as session, session.begin():
        yield session


def fail(session, times, now=NOW):
    return [sign_in(session, "ann", "wrong password", now) for _ in range(times)][-1]


def test_the_right_password_signs_in_and_the_token_says_who_it_is(session):
    result = sign_in(session, " Ann ", PASSWORD, NOW)
    assert isinstance(result, SignedIn)
    person = recognise(session, result.token, NOW)
    assert (person.name, person.senior) == ("ann", False)
    assert len(person.csrf) > 20


def test_neither_the_password_nor_the_token_stands_in_the_database(session):
    token = sign_in(session, "ann", PASSWORD, NOW).token
    row = storage.reviewer(session, "ann")
    assert row.password_hash.startswith("$argon2id$")
    assert storage.sign_in(session, token) is None


def test_a_wrong_password_and_an_unknown_name_are_refused_in_the_same_words(session):
    assert sign_in(session, "ann", "wrong password", NOW) == sign_in(session, "nobody", PASSWORD, NOW) == SignInRefused(None)


def test_repeated_failures_lock_the_account_for_thirty_minutes_even_with_the_right_password(session):
    assert fail(session, FAILURES_UNTIL_LOCKED - 1).locked_until is None
    assert fail(session, 1).locked_until == NOW + LOCK_OUT
    almost = NOW + timedelta(minutes=29, seconds=59)
    assert isinstance(sign_in(session, "ann", PASSWORD, almost), SignInRefused)
    assert isinstance(sign_in(session, "ann", PASSWORD, NOW + timedelta(minutes=30)), SignedIn)


def test_a_right_password_in_between_forgets_the_failures(session):
    fail(session, FAILURES_UNTIL_LOCKED - 1)
    sign_in(session, "ann", PASSWORD, NOW)
    assert fail(session, FAILURES_UNTIL_LOCKED - 1).locked_until is None


def test_one_locked_account_leaves_the_others_alone(session):
    fail(session, FAILURES_UNTIL_LOCKED)
    assert isinstance(sign_in(session, "bob", PASSWORD, NOW), SignedIn)


def test_a_sign_in_ends_when_nobody_touched_the_desk_for_a_while(session):
    token = sign_in(session, "ann", PASSWORD, NOW).token
    assert recognise(session, token, NOW + IDLE_LIMIT) is not None
    assert recognise(session, token, NOW + IDLE_LIMIT + IDLE_LIMIT) is not None  # each request counts
    assert recognise(session, token, NOW + 3 * IDLE_LIMIT + timedelta(seconds=1)) is None
    assert recognise(session, token, NOW) is None  # ended for good, whatever the clock says then


def test_a_sign_in_ends_after_a_shift_however_busy_it_was(session):
    token = sign_in(session, "ann", PASSWORD, NOW).token
    now = NOW
    while now - NOW <= LONGEST_SIGN_IN:
        assert recognise(session, token, now) is not None
        now += timedelta(minutes=10)
    assert recognise(session, token, now) is None


def test_signing_out_ends_the_sign_in_and_an_unknown_token_is_no_error(session):
    token = sign_in(session, "ann", PASSWORD, NOW).token
    sign_out(session, token)
    sign_out(session, "unknown")
    assert recognise(session, token, NOW) is None


def test_a_new_password_ends_what_was_open_under_the_old_one(session):
    token = sign_in(session, "ann", PASSWORD, NOW).token
    set_password(session, "ann", "another long password")
    assert recognise(session, token, NOW) is None
    assert isinstance(sign_in(session, "ann", PASSWORD, NOW), SignInRefused)


@pytest.mark.parametrize(("name", "password"), [("", PASSWORD), ("dora", "short"), ("ANN", PASSWORD)])
def test_an_empty_name_a_short_password_and_a_taken_name_are_refused(session, name, password):
    with pytest.raises(ValueError, match=r"name|password|reviewer"):
        create_reviewer(session, name, password, NOW)
