"""Who sits at the desk: what a supervisor does to accounts, and what not even a supervisor can."""

import re
import threading

import pytest

from review_queue import account_storage, accounts
from review_queue.accounts import CannotChange, Rank
from tests.review_queue.browsing import Person
from tests.review_queue.desk_in_process import enqueue, new_desk
from tests.review_queue.invented import DISAGREEING, NOW, PASSWORD


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


@pytest.fixture
def sue(desk):
    return Person(desk, "sue")


@pytest.fixture
def session(desk):
    with desk.sessions() as session, session.begin():
        yield session


def password_on(page):
    return re.search(r'<code class="secret">([^<]+)</code>', page)[1]


def can_sign_in(desk, name, password):
    return Person(desk).post("/desk/sign-in", name=name, password=password).status_code == 303


def test_only_a_supervisor_sees_and_changes_accounts(desk):
    bob = Person(desk, "bob")
    assert bob.get("/desk/reviewers").status_code == 403
    for act in ("add", "password", "rank", "disable", "enable"):
        assert bob.act(f"/desk/reviewers/{act}", who="ann", rank="supervisor", reason="because").status_code == 403
    assert "/desk/reviewers" not in bob.get("/desk").text


def test_a_new_person_signs_in_with_the_password_that_is_shown_once(desk, sue):
    page = sue.act("/desk/reviewers/add", who="Dan Roe", rank="senior").text
    password = password_on(page)
    assert len(password) >= 12
    assert can_sign_in(desk, "dan roe", password)
    later = sue.get("/desk/reviewers").text
    assert password not in later
    assert re.search(r"dan roe</th>\s*<td>senior</td>\s*<td><span[^>]*>0 m ago", later)


@pytest.mark.parametrize("name", ["", "ann", "ANN ", "a@b", "a, b", "x" * 81])
def test_a_name_is_neither_empty_nor_taken_nor_one_that_no_note_could_name(desk, sue, name):
    assert sue.act("/desk/reviewers/add", who=name, rank="reviewer").status_code == 409


def test_a_rank_nobody_has_is_refused(desk, sue):
    assert sue.act("/desk/reviewers/add", who="dan", rank="king").status_code == 422


def test_a_new_password_ends_the_old_one_and_every_sign_in(desk, sue):
    ann = Person(desk, "ann")
    password = password_on(sue.act("/desk/reviewers/password", who="ann").text)
    assert ann.get("/desk").status_code == 303
    assert not can_sign_in(desk, "ann", PASSWORD)
    assert can_sign_in(desk, "ann", password)


def test_a_rank_holds_from_the_next_page_on(desk, sue):
    ann = Person(desk, "ann")
    sue.act("/desk/reviewers/rank", who="ann", rank="supervisor")
    assert ann.get("/desk/reviewers").status_code == 200
    sue.act("/desk/reviewers/rank", who="ann", rank="reviewer")
    assert ann.get("/desk/reviewers").status_code == 403


def test_who_was_disabled_is_out_at_once_and_may_come_back(desk, sue):
    ann = Person(desk, "ann")
    assert sue.act("/desk/reviewers/disable", who="ann").status_code == 422
    assert sue.act("/desk/reviewers/disable", who="ann", reason="Left on Friday.").status_code == 303
    assert ann.get("/desk").status_code == 303
    assert not can_sign_in(desk, "ann", PASSWORD)
    page = sue.get("/desk/reviewers").text
    assert "disabled 11/23/2026" in page
    assert "Left on Friday." in page
    sue.act("/desk/reviewers/enable", who="ann")
    assert can_sign_in(desk, "ann", PASSWORD)


def test_nobody_disables_themselves(desk, sue):
    assert sue.act("/desk/reviewers/disable", who="sue", reason="tired").status_code == 409
    assert sue.get("/desk/reviewers").status_code == 200


def test_the_last_supervisor_keeps_the_rank(desk, sue):
    assert sue.act("/desk/reviewers/rank", who="sue", rank="reviewer").status_code == 409
    sue.act("/desk/reviewers/rank", who="ann", rank="supervisor")
    assert sue.act("/desk/reviewers/rank", who="sue", rank="reviewer").status_code == 303


def test_two_supervisors_who_disable_each_other_at_once_leave_one(desk):
    with desk.sessions() as session, session.begin():
        accounts.give_rank(session, "ann", Rank.SUPERVISOR, "sue", NOW)
    ready, refused = threading.Barrier(2), []

    def disable(by, whom):
        ready.wait()
        try:
            with desk.sessions() as session:
                session.connection().exec_driver_sql("BEGIN IMMEDIATE")  # as the service's writing sessions begin
                accounts.disable(session, whom, "no", by, NOW)
                session.commit()
        except CannotChange:
            refused.append(by)

    both = [threading.Thread(target=disable, args=pair) for pair in (("ann", "sue"), ("sue", "ann"))]
    for one in both:
        one.start()
    for one in both:
        one.join(20)
    with desk.sessions() as session:
        assert len(account_storage.supervisors(session)) == 1
    assert len(refused) == 1


def test_there_is_nobody_to_change_under_an_unknown_name(desk, sue):
    for act in ("password", "rank", "disable", "enable"):
        assert sue.act(f"/desk/reviewers/{act}", who="dan", rank="senior", reason="why").status_code == 409


def test_whatever_was_done_to_an_account_is_written_down(desk, session):
    accounts.add(session, "Dan", Rank.SENIOR, "sue", NOW)
    accounts.give_rank(session, "dan", Rank.REVIEWER, "sue", NOW)
    accounts.give_rank(session, "dan", Rank.REVIEWER, "sue", NOW)  # twice is once
    accounts.new_password(session, "dan", "sue", NOW)
    accounts.disable(session, "dan", "left", "sue", NOW)
    accounts.disable(session, "dan", "left", "sue", NOW)
    accounts.enable(session, "dan", "sue", NOW)
    events = [(one.event, one.by, one.detail) for one in reversed(account_storage.account_events(session, 9))]
    assert events == [
        ("added", "sue", "senior"), ("rank", "sue", "reviewer"), ("new password", "sue", ""), ("disabled", "sue", "left"),
        ("enabled", "sue", ""),
    ]  # fmt: skip


def test_who_has_a_fax_in_hand_is_marked(desk, sue):
    enqueue(desk, 1, DISAGREEING)
    Person(desk, "ann").act("/desk/next")
    assert "has a fax in hand" in sue.get("/desk/reviewers").text
