"""What the desk says of letters that were laid into a folder: no more than is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.sent_words import outcome_of, pages_of, said_of
from outbound import calls_storage
from outbound.delivery import DeliveryState
from tests.app.driving import Driven
from tests.service.fakes import fax

CALLER = '{"cid": "2025550144"}'


@pytest.fixture
def letter_and_call(tmp_path: Path):
    """An answer that went to the spool folder, and its attempt."""
    driven = Driven(tmp_path)
    driven.drop("printout.tif", fax("patient_status"), CALLER)
    driven.go_on()
    letter = next(one for one in driven.letters("printout.tif") if one.state is DeliveryState.DELIVERED)
    with driven.house.database.reading() as session:
        yield letter, calls_storage.attempts(session, letter.delivery_id)[-1]
    driven.house.database.close()


def test_a_letter_in_the_outbox_is_handed_over_and_nobody_is_said_to_have_confirmed_it(letter_and_call):
    letter, call = letter_and_call
    said = said_of(letter, call, datetime.now(UTC))
    assert (said.state, said.why) == (
        "Handed over", "laid into the outbox; whether it was sent on, and arrived, is not known here"
    )  # fmt: skip
    assert (outcome_of(call)[0], pages_of(call)) == ("Laid into the outbox", str(call.pages))


def test_a_call_with_the_same_pages_is_said_to_be_confirmed(letter_and_call):
    letter, call = letter_and_call
    called = replace(call, evidence={})
    assert said_of(letter, called, datetime.now(UTC)).state == "Delivered"
    assert pages_of(called) == f"{call.pages} of {call.pages} confirmed"
