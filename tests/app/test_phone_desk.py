"""Forms and questions by phone, as an agent at the desk has them, without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from outbound.storage import NoticeRow
from registry import dispense_requests, storage
from registry.submission import Submission
from registry.tables import AuditRow
from registry.vocabulary import Channel
from tests.app.phone_world import ANN_CALLS, Agent
from tests.registry.world import CORNER, day

TOLD = {
    "patient_first_name": "Maria", "patient_last_name": "Garcia", "patient_date_of_birth": "2/3/1980", "patient_zip": "62701",
    "prescriber_phone": "3125550142", "prescriber_fax": "3125550143",
}  # fmt: skip
ASKS = {
    "pharmacy_npi": CORNER, "name": "Ray Hill", "email": "ray@example.org", "callback": "3125550162", "verified": "called_back",
}  # fmt: skip


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    monkeypatch.chdir(tmp_path)
    found = Agent(tmp_path)
    yield found
    found.close()


def admitted(agent: Agent, call: str) -> Submission | None:
    with agent.house.database.reading() as session:
        return storage.submission_of(session, f"phone-{call.rpartition('/')[2]}")


def test_a_call_from_hello_to_the_registrys_answer(agent: Agent) -> None:
    call = agent.begin()
    page = agent.page(call)
    assert re.search(r"tell the caller: <b[^>]*>R-\d{8}-\d{4}", page)
    assert 'value="LEE"' in page or 'value="Lee"' in page  # who calls is filled in where the form asks for it
    answer = agent.post(call, **TOLD, **{"labs.0.draw_date": "11/01/2023", "labs.0.anc": "820", "read-back": "1"})
    assert answer.headers["location"] == f"{call}/read-back"
    back = agent.page(f"{call}/read-back")
    assert "820" in back
    assert "An ANC of 820 interrupts treatment" in back
    assert admitted(agent, call) is None
    agent.post(f"{call}/admit")
    told = agent.page(call)
    assert "Treatment status now: Interrupted" in told
    submission = admitted(agent, call)
    assert submission is not None
    assert (submission.channel, submission.confirmed_by, submission.received_at) == (Channel.PHONE, "kim", agent.world.now)
    assert submission.signatures == {}
    with agent.house.database.reading() as session:
        kinds = set(session.scalars(select(NoticeRow.kind).where(NoticeRow.reference == submission.reference)))
    assert "neutropenia_moderate" in kinds  # the prescriber is alarmed by letter as from every other door


def test_pressed_twice_the_form_is_admitted_once(agent: Agent) -> None:
    call = agent.begin()
    agent.post(call, **TOLD, **{"labs.0.draw_date": "11/01/2023", "labs.0.anc": "1900"})
    agent.post(f"{call}/admit")
    first = agent.page(call)
    agent.post(f"{call}/admit")
    assert agent.page(call) == first
    assert agent.post(call, **{"labs.0.anc": "900"}).status_code == 409


def test_a_call_that_breaks_off_is_gone_on_with_under_its_reference(agent: Agent) -> None:
    call = agent.begin()
    agent.post(call, accept="application/json", **{"labs.0.anc": "1900"})
    reference = re.search(r"R-\d{8}-\d{4}", agent.page(call))
    assert reference is not None
    assert reference[0] in agent.page("/desk/phone")
    assert 'value="1900"' in agent.page(call)


def test_what_cannot_be_a_value_is_told_at_once_and_nothing_is_admitted_with_it(agent: Agent) -> None:
    call = agent.begin()
    answer = agent.post(call, accept="application/json", **TOLD, **{"labs.0.draw_date": "13/45/2023"}).json()
    assert list(answer["wrong"]) == ["labs.0.draw_date"]
    assert "MARIA" in answer["patient"].upper()
    assert agent.browser.get(f"{call}/read-back").headers["location"] == call
    agent.post(f"{call}/admit")
    assert admitted(agent, call) is None


def test_a_misprint_that_was_really_told_is_kept_only_when_the_agent_says_so(agent: Agent) -> None:
    call = agent.begin()
    once = agent.post(call, accept="application/json", **{"prescriber_npi": "1234567890"}).json()
    assert once["wrong"]["prescriber_npi"]["may_insist"]
    again = agent.post(call, accept="application/json", **{"prescriber_npi": "1234567890"}).json()
    assert "prescriber_npi" in again["wrong"]
    kept = agent.post(call, accept="application/json", **{"prescriber_npi": "1234567890", "insist.prescriber_npi": "1"}).json()
    assert kept["wrong"] == {}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": " "}, "Ask for the caller’s name"),
        ({"npi": "1234567890"}, "check digit must fit"),
        ({"verified": ""}, "how you made sure"),
        ({"callback": "12"}, "number to call back"),
        ({"role": "pharmacy"}, "A pharmacy does not give this form"),
    ],
)
def test_no_form_begins_before_it_is_known_who_calls(agent: Agent, changes: dict[str, str], why: str) -> None:
    answer = agent.post("/desk/phone/begin", **{**ANN_CALLS, **changes})
    assert answer.status_code == 422
    assert why in answer.text


def test_what_needs_the_prescribers_own_signature_cannot_be_told_by_phone(agent: Agent) -> None:
    call = agent.begin()
    page = agent.page(call)
    for name in ("ben", "hospice", "rationale", "missing_labs_authorized", "signature_prescriber"):
        assert f'name="{name}"' not in page
    assert "own signature (R28)" in page
    agent.post(call, accept="application/json", ben="ticked", **TOLD, **{"labs.0.draw_date": "11/01/2023", "labs.0.anc": "1900"})
    agent.post(f"{call}/admit")
    submission = admitted(agent, call)
    assert submission is not None
    assert "ben" not in submission.values


def test_a_pharmacy_reports_an_anc_and_no_signature_is_asked(agent: Agent) -> None:
    call = agent.begin(form="anc_lab_reporting", name="Ray Hill", role="pharmacy", npi=CORNER, organisation="Corner Drugs")
    draw = {"labs.0.draw_date": "11/01/2023", "labs.0.anc": "1850"}
    agent.post(
        call, **{**TOLD, "prescriber_npi": "1234567893", "prescriber_first_name": "Ann", "prescriber_last_name": "Lee"}, **draw
    )
    agent.post(f"{call}/admit")
    assert "Recorded:" in agent.page(call)


def test_a_call_of_which_nothing_comes_is_dropped_with_a_reason(agent: Agent) -> None:
    call = agent.begin()
    assert agent.post(f"{call}/drop", reason=" ").status_code == 422
    agent.post(f"{call}/drop", reason="A wrong number.")
    assert "A wrong number." in agent.page(call)
    agent.post(f"{call}/admit")
    assert admitted(agent, call) is None


def test_a_first_dispensing_is_authorized_by_phone_and_the_trail_names_the_agent_and_the_door(agent: Agent) -> None:
    answer = agent.post("/desk/phone/dispense", **ASKS, patient="Garcia 02/03/1980")
    assert "Authorized under A 0000 0001." in answer.text
    with agent.house.database.reading() as session:
        row = session.scalar(select(AuditRow).where(AuditRow.record == "Authorization"))
    assert row is not None
    assert (row.actor, row.channel) == ("kim", "phone")


def test_a_denial_names_every_reason_by_rule_and_offers_the_rationale_which_is_then_given(agent: Agent) -> None:
    world = agent.world
    agent.post("/desk/phone/dispense", **ASKS, patient=world.maria)
    with agent.house.database.writing() as session:
        dispense_requests.report_dispensed(session, "A00000001", world.now)
    world.now = day(60)
    agent.browser.post("/desk/sign-in", data={"name": "kim", "password": "correct horse battery"})
    denied = agent.post("/desk/phone/dispense", **ASKS, patient=world.maria).text
    assert "(R65)" in denied
    assert "Give the rationale" in denied
    given = {"prescriber_npi": "1234567893", "draw_date": "12/29/2023", "anc": "1900"}
    bad = agent.post("/desk/phone/dispense/rationale", **ASKS, patient=world.maria, **{**given, "anc": "low"})
    assert bad.status_code == 422
    answer = agent.post("/desk/phone/dispense/rationale", **ASKS, patient=world.maria, **given)
    assert "Authorized under A 0000 0002." in answer.text
    assert "1 of 3 Dispense Rationales" in answer.text


def test_nobody_but_the_representative_or_staff_asks_for_a_certified_pharmacy(agent: Agent) -> None:
    answer = agent.post("/desk/phone/dispense", **{**ASKS, "email": "eve@example.org"}, patient=agent.world.maria)
    assert "(R71)" in answer.text
    with agent.house.database.reading() as session:
        assert session.scalar(select(AuditRow).where(AuditRow.record == "Authorization")) is None


def test_a_question_without_caller_is_not_put(agent: Agent) -> None:
    answer = agent.post("/desk/phone/dispense", patient=agent.world.maria)
    assert answer.status_code == 422
    assert "email address of the caller" in answer.text
