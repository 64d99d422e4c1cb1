"""A HylaFAX server as the gateway meets it: it busy, it gone, it forgetful, and never a page twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outbound.gateway import (
    Cause,
    Delivered,
    FaxJob,
    Impossible,
    InProgress,
    JobMark,
    NotSent,
    NotTaken,
    Unknown,
    Unreachable,
)
from outbound.hylafax import RECORDS_KEPT, STUCK_AFTER, HylaFax
from outbound.hylafax_session import HylaServer, quoted
from outbound.hylafax_verdicts import JobRecord, outcome_of
from tests.outbound.hylafax_servers import FaxServer, Job, answering

NOW = datetime(2026, 11, 23, 16, 30, tzinfo=UTC)
MARK = JobMark("d1", "d1-1", "R-20261123-0417-1", begun_at=NOW)
JOB = FaxJob(MARK, "3125550142", "Ann Lee", "prescriber", ("acknowledgement",), "R-20261123-0417", b"II*\0pages", 1, "")


@pytest.fixture
def server() -> FaxServer:
    return FaxServer()


class At:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> At:
    return At()


@pytest.fixture
def gateway(server: FaxServer, clock: At) -> Iterator[HylaFax]:
    with answering(server) as port:
        yield HylaFax(HylaServer("127.0.0.1", port, password="secret", timeout=5), "ttyS0", clock=clock)


def test_a_letter_becomes_one_job_with_one_call_and_our_tag(server: FaxServer, gateway: HylaFax) -> None:
    assert gateway.submit(JOB) == InProgress("job 1")
    said = server.jobs[1].parameters
    assert (said["DIALSTRING"], said["JOBINFO"], said["MAXDIALS"], said["MAXTRIES"]) == ("3125550142", "d1-1", "1", "1")
    assert (said["MODEM"], server.documents[said["DOCUMENT"]]) == ("ttyS0", JOB.tiff)
    assert gateway.find(MARK) == InProgress("job 1")


def test_done_with_every_page_is_delivered_and_says_what_proves_it(server: FaxServer, gateway: HylaFax) -> None:
    gateway.submit(JOB)
    server.ended("d1-1", "D", 1, dials=1, tries=1)
    found = gateway.find(MARK)
    assert found == Delivered("job 1", 1, {"far machine": "REMS", "rate": "14400 bit/s", "log": "000000007", "tries": "1"})


def test_submitting_the_same_attempt_twice_makes_one_job(server: FaxServer, gateway: HylaFax) -> None:
    gateway.submit(JOB)
    assert gateway.submit(JOB) == InProgress("job 1")
    server.ended("d1-1", "D", 1, dials=1, tries=1)
    assert isinstance(gateway.submit(JOB), Delivered)
    assert len(server.jobs) == 1


def test_a_server_that_hangs_up_after_taking_the_job_is_asked_later_and_never_given_it_again(
    server: FaxServer, gateway: HylaFax
) -> None:
    server.hang_up_after = "JSUBM"
    assert isinstance(gateway.submit(JOB), Unreachable)
    assert gateway.find(MARK) == InProgress("job 1")


@pytest.mark.parametrize("command", ["USER", "LIST", "STOT", "JNEW", "JPARM"])
def test_a_server_that_hangs_up_before_it_has_the_job_has_sent_nothing(server: FaxServer, gateway: HylaFax, command: str) -> None:
    server.hang_up_at = command
    found = gateway.submit(JOB)
    assert isinstance(found, NotSent)
    assert found.cause is Cause.GATEWAY_DOWN
    assert server.jobs == {}
    assert gateway.find(MARK) == NotTaken()


def test_a_server_that_is_not_there_has_sent_nothing_and_cannot_be_asked(clock: At) -> None:
    nobody = HylaFax(HylaServer("127.0.0.1", 1, timeout=1), clock=clock)
    assert isinstance(nobody.submit(JOB), NotSent)
    assert isinstance(nobody.find(MARK), Unreachable)


def test_a_wrong_password_is_not_the_letters_fault_but_stops_it_with_words(server: FaxServer, gateway: HylaFax) -> None:
    server.password = "another"
    found = gateway.submit(JOB)
    assert isinstance(found, Impossible)
    assert "530 Login incorrect" in found.detail


def test_a_list_that_breaks_off_proves_nothing(server: FaxServer, gateway: HylaFax) -> None:
    server.resets_data = True
    assert isinstance(gateway.find(MARK), Unreachable)
    assert gateway.find(MARK) == NotTaken()


def test_a_job_the_server_named_and_forgot_may_have_gone_out(server: FaxServer, gateway: HylaFax) -> None:
    gateway.submit(JOB)
    server.ended("d1-1", "D", 1)
    server.purged()
    named = JobMark(MARK.delivery_id, MARK.tag, MARK.name, "job 1", NOW)
    assert isinstance(gateway.find(named), Unknown)


def test_silence_about_an_old_attempt_proves_nothing(gateway: HylaFax, clock: At) -> None:
    clock.now += RECORDS_KEPT
    assert gateway.find(MARK) == NotTaken()
    clock.now += timedelta(seconds=1)
    assert isinstance(gateway.find(MARK), Unknown)


def test_a_job_that_waits_beside_idle_modems_is_woken_and_stays_the_same_job(
    server: FaxServer, gateway: HylaFax, clock: At
) -> None:
    gateway.submit(JOB)
    clock.now += STUCK_AFTER + timedelta(seconds=1)
    server.idle_modems = 0
    gateway.find(MARK)
    assert "JSUSP 1" not in server.said  # every modem is busy: it waits rightly
    server.idle_modems = 1
    assert gateway.find(MARK) == InProgress("job 1")
    assert server.said.count("JSUSP 1") == server.said.count("JSUBM 1") == 1
    assert len(server.jobs) == 1


@pytest.mark.parametrize("words", ["504 Cannot submit job 1; null or missing DIALSTRING.", "460 Failed to submit job 1."])
def test_a_job_the_scheduler_does_not_take_is_taken_back_and_made_anew_later(
    server: FaxServer, gateway: HylaFax, words: str
) -> None:
    server.refuse["JSUBM"] = words
    found = gateway.submit(JOB)
    assert isinstance(found, NotSent)
    assert found.cause is Cause.GATEWAY_DOWN
    assert "JDELE 1" in server.said
    assert next(one for one in server.said if one.startswith("JPARM")) == 'JPARM DIALSTRING "3125550142"'


def test_a_job_the_server_neither_takes_nor_gives_back_is_asked_about_before_anything_is_sent(
    server: FaxServer, gateway: HylaFax
) -> None:
    server.refuse |= {"JSUBM": "460 Failed to submit job 1: no answer.", "JDELE": "504 Job 1 not deleted; use JSUSP first."}
    assert isinstance(gateway.submit(JOB), Unreachable)


def test_of_two_jobs_with_our_tag_the_one_that_got_furthest_counts(server: FaxServer, gateway: HylaFax) -> None:
    gateway.submit(JOB)
    server.ended("d1-1", "F", 0, dials=1, code="333", status="Busy signal detected")
    server.jobs[2] = Job(2, dict(server.jobs[1].parameters), "W")  # an operator submitted it again
    assert gateway.find(MARK) == InProgress("job 2")
    server.jobs[2].state, server.jobs[2].pages, server.jobs[2].dials = "D", 1, 1
    assert isinstance(gateway.find(MARK), Delivered)


def test_only_the_modem_that_is_to_call_counts_as_idle(server: FaxServer, gateway: HylaFax, clock: At) -> None:
    gateway.submit(JOB)
    clock.now += STUCK_AFTER + timedelta(seconds=1)
    server.idle_modems, server.busy_modems = 0, ["ttyS0"]
    server.others_idle = ["ttyS1"]
    gateway.find(MARK)
    assert "JSUSP 1" not in server.said


def test_a_job_left_suspended_by_who_died_waking_it_is_handed_in_again(server: FaxServer, gateway: HylaFax, clock: At) -> None:
    gateway.submit(JOB)
    clock.now += STUCK_AFTER + timedelta(seconds=1)
    server.refuse["JSUBM"] = "460 Failed to submit job 1"
    assert isinstance(gateway.find(MARK), Unreachable)
    assert server.jobs[1].state == "T"
    server.refuse.clear()
    assert gateway.find(MARK) == InProgress("job 1")
    assert server.jobs[1].state == "W"


@pytest.mark.parametrize("how", [{"code": "328", "status": "REJECT: Requested modem ttyS0 is not registered"},
                                 {"code": "325", "status": "Kill time expired"}, {"code": "345"}])  # fmt: skip
def test_a_server_that_died_in_a_call_may_say_of_no_call_but_the_job_was_seen_at_it(
    server: FaxServer, gateway: HylaFax, how: dict[str, str]
) -> None:
    gateway.submit(JOB)
    server.jobs[1].state = "R"
    at_it = gateway.find(MARK)
    assert at_it == InProgress("job 1, at it")
    server.jobs[1].state = "W"  # started again, the server has it in its queue as if nothing had been
    seen = JobMark(MARK.delivery_id, MARK.tag, MARK.name, at_it.gateway_reference, NOW)
    assert gateway.find(seen) == at_it
    server.ended("d1-1", "F", 0, **how)
    assert isinstance(gateway.find(seen), Unknown)
    unseen = JobMark(MARK.delivery_id, MARK.tag, MARK.name, "job 1", NOW)
    assert isinstance(gateway.find(unseen), NotSent | Impossible)


def test_a_try_that_came_back_without_a_call_is_not_held_against_the_job(server: FaxServer, gateway: HylaFax) -> None:
    gateway.submit(JOB)
    server.jobs[1].state = "S"  # our modem did not answer: asleep until the next try
    seen = JobMark(MARK.delivery_id, MARK.tag, MARK.name, "job 1, at it", NOW)
    assert gateway.find(seen) == InProgress("job 1")


def test_a_cancelled_attempt_is_asked_for_by_its_tag(server: FaxServer, gateway: HylaFax) -> None:
    assert not gateway.cancel(MARK)
    gateway.submit(JOB)
    assert gateway.cancel(MARK)
    server.jobs[1].code = "345"
    assert isinstance(gateway.find(MARK), Impossible)


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ("Busy signal detected", Cause.BUSY),
        ("No answer from remote", Cause.NO_ANSWER),
        ("No carrier detected", Cause.NO_CARRIER),
        ("No local dialtone", Cause.NO_DIAL_TONE),
        ("No receiver protocol (T.30 T1 timeout)", Cause.PROTOCOL),
    ],
)
def test_a_call_that_ended_before_the_first_page_may_be_made_again(words: str, cause: Cause) -> None:
    found = outcome_of(JobRecord(7, "F", 0, 2, 1, 0, "333", f"{words}; too many attempts to dial"), 2)
    assert found == NotSent(cause, words)


@pytest.mark.parametrize(
    "words",
    [
        "Unspecified Transmit Phase C error",
        "No response to EOP repeated 3 tries",
        "No response to MPS repeated 3 tries",
        "",
        "Kaboom",
    ],
)
def test_a_call_that_ended_in_a_page_or_nobody_knows_where_is_unknown(words: str) -> None:
    assert isinstance(outcome_of(JobRecord(7, "F", 0, 2, 1, 1, "333", words), 2), Unknown)


def test_what_cannot_be_converted_was_never_called() -> None:
    for code in ("322", "347"):
        assert isinstance(outcome_of(JobRecord(7, "F", 0, 0, 0, 0, code, "Document conversion failed")), Impossible)


def test_a_deadline_that_passed_without_a_call_is_not_sent() -> None:
    assert isinstance(outcome_of(JobRecord(7, "F", 0, 1, 0, 0, "325", "Kill time expired")), NotSent)
    assert isinstance(outcome_of(JobRecord(7, "F", 0, 1, 1, 1, "325", "Kill time expired")), Unknown)


@given(
    st.builds(
        JobRecord,
        job=st.just(1),
        state=st.sampled_from("TPSBWRDF"),
        pages=st.integers(0, 3),
        total_pages=st.integers(0, 3),
        dials=st.integers(0, 3),
        tries=st.integers(0, 3),
        code=st.sampled_from(["", "0", "322", "325", "333", "345", "347"]),
        status=st.sampled_from(
            ["", "Busy signal detected", "No carrier detected; too many attempts to dial", "No response to EOP"]
        ),
    ),
    st.integers(1, 3),
)
def test_delivered_means_every_page_and_not_sent_means_none(record: JobRecord, pages: int) -> None:
    found = outcome_of(record, pages)
    if isinstance(found, Delivered):
        assert record.state == "D"
        assert found.pages == pages
    if isinstance(found, NotSent | Impossible):
        assert record.state == "F"
        assert record.code in ("322", "347") or record.pages == 0


@given(st.text())
def test_no_text_ends_its_own_quotes(text: str) -> None:
    inside = quoted(text)[1:-1]
    assert '"' not in inside.replace("\\\\", "").replace('\\"', "")
