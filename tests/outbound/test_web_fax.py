"""A fax service on the web as the gateway meets it."""

from __future__ import annotations

import base64
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
from outbound.web_fax import RECORDS_KEPT, WebFax, check_web_fax_address, outcome_of
from tests.outbound.web_fax_services import FaxService, serving

MARK = JobMark("d1", "d1-1", "R-1", begun_at=datetime.now(UTC))
JOB = FaxJob(MARK, "3125550142", "Ann Lee", "prescriber", ("acknowledgement",), "R-1", b"II*\0pages", 2, "")


@pytest.fixture
def service() -> FaxService:
    return FaxService()


@pytest.fixture
def gateway(service: FaxService) -> Iterator[WebFax]:
    with serving(service) as address:
        yield WebFax(address, "secret", timeout=5)


def test_a_letter_is_taken_once_under_its_tag_and_delivered_when_every_page_is_confirmed(
    service: FaxService, gateway: WebFax
) -> None:
    assert gateway.find(MARK) == NotTaken()
    assert gateway.submit(JOB) == gateway.submit(JOB) == gateway.find(MARK) == InProgress("f1")
    assert base64.b64decode(service.faxes["d1-1"]["document"]) == JOB.tiff
    service.ended("d1-1", "delivered", pages_confirmed=2, far_station="OFFICE", rate="14400")
    assert gateway.find(MARK) == Delivered("f1", 2, {"far machine": "OFFICE", "rate": "14400"})


def test_a_service_that_hangs_up_after_taking_the_letter_is_asked_by_the_tag(service: FaxService, gateway: WebFax) -> None:
    service.hangs_up_after_taking = True
    assert isinstance(gateway.submit(JOB), Unreachable)
    assert gateway.find(MARK) == InProgress("f1")


@pytest.mark.parametrize(("status", "outcome"), [(429, NotSent), (503, NotSent), (500, Unreachable), (400, Impossible)])
def test_what_the_service_says_to_a_letter_decides_whether_it_may_be_given_again(
    service: FaxService, gateway: WebFax, status: int, outcome: type
) -> None:
    service.answer_with = status
    assert isinstance(gateway.submit(JOB), outcome)
    assert isinstance(gateway.find(MARK), Unreachable)


def test_a_wrong_token_stops_the_letter_with_words(service: FaxService, gateway: WebFax) -> None:
    service.token = "another"
    found = gateway.submit(JOB)
    assert isinstance(found, Impossible)
    assert "401" in found.detail


def test_a_service_that_is_not_there_has_taken_nothing() -> None:
    nobody = WebFax("http://127.0.0.1:1", "secret", timeout=1)
    assert isinstance(nobody.submit(JOB), NotSent)
    assert isinstance(nobody.find(MARK), Unreachable)


def test_a_fax_the_service_named_or_may_have_forgotten_is_unknown(gateway: WebFax) -> None:
    assert isinstance(gateway.find(JobMark("d1", "d1-1", "R-1", "f1", datetime.now(UTC))), Unknown)
    old = datetime.now(UTC) - RECORDS_KEPT - timedelta(minutes=1)
    assert isinstance(gateway.find(JobMark("d1", "d1-1", "R-1", "", old)), Unknown)


def test_a_queued_fax_is_cancelled_and_one_that_is_over_is_not(service: FaxService, gateway: WebFax) -> None:
    assert not gateway.cancel(MARK)
    gateway.submit(JOB)
    assert gateway.cancel(MARK)
    assert isinstance(gateway.find(MARK), Impossible)


@pytest.mark.parametrize("address", ["http://fax.example.com", "ftp://fax.example.com", "fax.example.com"])
def test_letters_never_go_over_the_web_in_the_clear(address: str) -> None:
    with pytest.raises(ValueError, match="https"):
        check_web_fax_address(address)
    assert check_web_fax_address("https://fax.example.com/v1/") == "https://fax.example.com/v1"


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "id": st.text(max_size=5),
            "state": st.sampled_from(["queued", "sending", "delivered", "failed", "cancelled", "odd"]),
            "pages": st.integers(-1, 4) | st.none(),
            "pages_confirmed": st.integers(-1, 4) | st.text(max_size=2) | st.none(),
            "pages_may_have_left": st.booleans() | st.none(),
            "cause": st.sampled_from(["busy", "no_answer", "unconvertible", ""]),
        },
    )
)
def test_only_a_fax_whose_pages_surely_stayed_may_be_sent_again(fax: dict[str, object]) -> None:
    found = outcome_of(fax, 2)
    if isinstance(found, NotSent):
        assert fax["pages_may_have_left"] is False
        assert found.cause in (Cause.BUSY, Cause.NO_ANSWER)
    if isinstance(found, Delivered):
        assert (fax["state"], fax["pages_confirmed"]) == ("delivered", 2)
