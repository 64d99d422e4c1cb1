"""Dispensing over the API."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from app.api.problems import Problem
from app.api.tokens import PartyKind
from app.api.transactions import PAUSES, in_one_transaction
from outbound import looking_storage
from outbound.delivery import DeliveryState
from registry import dispense_requests
from tests.app.web_world import WebWorld
from tests.registry.world import ANN, CLINIC, CORNER, PATIENT, day, on
from tests.service.fakes import fax


def test_a_check_authorizes_and_gives_the_number(world: WebWorld) -> None:
    answer = world.check()
    assert answer == {
        "authorized": True,
        "authorization": answer["authorization"],
        "reasons": [],
        "dispense_rationale_offered": False,
        "in_process": False,
        "message": f"Authorized under {answer['authorization']}.",
    }
    assert answer["authorization"]


def test_a_denial_is_an_answer_with_every_reason_in_words(world: WebWorld) -> None:
    world.corner.post(f"authorizations/{world.check()['authorization']}/dispensed")
    world.now = day(120)
    denied = world.check()
    assert not denied["authorized"]
    assert [one["rule"] for one in denied["reasons"]] == ["R65"]
    assert denied["dispense_rationale_offered"]
    assert denied["reasons"][0]["reason"] in denied["message"]
    assert "Dispense Rationale" in denied["message"]


def test_a_pharmacy_cannot_ask_for_another_one(world: WebWorld) -> None:
    asked = {"pharmacy_npi": CLINIC, "patient_id": world.maria}
    answer = world.corner.post("dispense-checks", json=asked)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:remsfax:problem:other-party")
    rationale = {**asked, "prescriber_npi": ANN, "draw_date": on(1), "anc": 1900}
    assert world.corner.post("dispense-rationales", json=rationale).status_code == 403
    assert world.operator.post("dispense-checks", json=asked).status_code == 200
    assert world.ann.post("dispense-checks", json=asked).status_code == 403


def test_a_rationale_authorizes_after_a_denial_for_want_of_a_status_form(world: WebWorld) -> None:
    world.corner.post(f"authorizations/{world.check()['authorization']}/dispensed")
    world.now = day(50)
    assert world.check()["dispense_rationale_offered"]
    given = {"pharmacy_npi": CORNER, "patient_id": world.maria, "prescriber_npi": ANN, "draw_date": on(49), "anc": 1900}
    answer = world.corner.post("dispense-rationales", json=given).json()
    assert answer["authorized"], answer
    assert answer["used_this_year"] == 1
    old = world.corner.post("dispense-rationales", json={**given, "draw_date": on(2)}).json()
    assert "R68" in {one["rule"] for one in old["reasons"]}


def test_r36_a_mild_anc_on_a_rationale_is_told_to_the_prescriber_by_letter_once(world: WebWorld) -> None:
    world.corner.post(f"authorizations/{world.check()['authorization']}/dispensed")
    world.now = day(50)
    world.check()
    given = {"pharmacy_npi": CORNER, "patient_id": world.maria, "prescriber_npi": ANN, "draw_date": on(49), "anc": 1200}
    for _ in range(2):
        answer = world.corner.post("dispense-rationales", json=given, headers={"Idempotency-Key": "once"}).json()
        assert answer["authorized"], answer
    with world.house.database.reading() as session:
        due = looking_storage.latest(session, state=DeliveryState.DUE)
    assert [(one.kinds, one.fax) for one in due if "neutropenia_mild" in one.kinds] == [(("neutropenia_mild",), "3125550143")]


def test_a_rationale_is_given_by_the_representative_or_enrolled_staff_only(world: WebWorld) -> None:
    given = {"pharmacy_npi": CORNER, "patient_id": world.maria, "prescriber_npi": ANN, "draw_date": on(1), "anc": 1900}
    stranger = world.holding(PartyKind.PHARMACY, CORNER, "Zoe Hill", "zoe@example.org")
    answer = stranger.post("dispense-rationales", json=given)
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:remsfax:problem:person")
    assert world.corner.post("dispense-rationales", json=given).status_code == 200


def test_only_the_pharmacy_that_got_an_authorization_reports_on_it(world: WebWorld) -> None:
    number = world.check()["authorization"]
    assert world.clinic.post(f"authorizations/{number}/dispensed").status_code == 404
    assert world.corner.post("authorizations/A99999999/dispensed").status_code == 404
    for _ in range(2):
        assert world.corner.post(f"authorizations/{number}/dispensed").json() == {"authorization": number, "dispensed": True}


def test_a_pharmacy_takes_back_what_was_never_picked_up(world: WebWorld) -> None:
    number = world.check()["authorization"]
    said = {"reason": "Never picked up."}
    assert world.clinic.post(f"authorizations/{number}/reversal", json=said).status_code == 404
    answer = world.corner.post(f"authorizations/{number}/reversal", json=said)
    assert (answer.status_code, answer.json()["reversed"]) == (200, True)
    assert world.corner.post(f"authorizations/{number}/dispensed").status_code == 409
    (kept,) = world.corner.get(f"patients/{world.maria}/dispensing").json()["authorizations"]
    assert kept["reversed_at"]


def test_a_pharmacy_sees_its_own_history_and_an_operator_all(world: WebWorld) -> None:
    number = world.check()["authorization"]
    other = world.check(world.clinic, CLINIC)["authorization"]
    world.corner.post(f"authorizations/{number}/dispensed")
    own = world.corner.get(f"patients/{world.maria}/dispensing").json()
    assert [one["authorization"] for one in own["authorizations"]] == [number]
    assert own["authorizations"][0]["dispensed_at"]
    every = world.operator.get(f"patients/{world.maria}/dispensing").json()
    assert {one["authorization"] for one in every["authorizations"]} == {number, other}


def test_a_repeated_request_gets_the_stored_answer_and_does_nothing_twice(world: WebWorld) -> None:
    headers = {"Idempotency-Key": "fill-1"}
    first, again = world.check(**headers), world.check(**headers)
    assert first == again
    assert len(world.operator.get(f"patients/{world.maria}/dispensing").json()["authorizations"]) == 1
    replayed = world.corner.post("dispense-checks", json={"pharmacy_npi": CORNER, "patient_id": world.maria}, headers=headers)
    assert replayed.headers["idempotent-replayed"] == "true"
    assert world.check()["authorization"] != first["authorization"]


def test_a_key_that_was_used_for_another_request_is_refused(world: WebWorld) -> None:
    world.check(**{"Idempotency-Key": "k"})
    other = {"pharmacy_npi": CORNER, "patient_id": "4417-0823-D"}
    answer = world.corner.post(
        "dispense-checks", json={**other, "patient_id": world.maria[:-1] + "A"}, headers={"Idempotency-Key": "k"}
    )
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:remsfax:problem:key-used")
    number = world.corner.post(f"authorizations/{world.check()['authorization']}/dispensed", headers={"Idempotency-Key": "k"})
    assert number.status_code == 409


def test_a_key_is_its_own_token_s_and_free_again_after_a_day(world: WebWorld) -> None:
    headers = {"Idempotency-Key": "k"}
    first = world.check(**headers)
    assert world.check(world.clinic, CLINIC, **headers)["authorization"] != first["authorization"]
    world.now += timedelta(hours=25)
    assert world.check(**headers)["authorization"] != first["authorization"]


def test_a_refused_request_keeps_no_key(world: WebWorld) -> None:
    headers = {"Idempotency-Key": "k"}
    number = "A00000001"
    assert world.corner.post(f"authorizations/{number}/dispensed", headers=headers).status_code == 404
    assert world.check()["authorization"] == number
    assert world.corner.post(f"authorizations/{number}/dispensed", headers=headers).status_code == 200


def waiting_form(**values: Any) -> bytes:
    named = {name: PATIENT[name] for name in ("patient_first_name", "patient_last_name", "patient_date_of_birth")}
    return fax("patient_status", doubt=True, values={**named, **values})


@pytest.mark.parametrize("how", ["by the ID", "by name and birth date"])
def test_who_is_denied_is_told_that_a_form_is_in_process(world: WebWorld, how: str) -> None:
    world.corner.post(f"authorizations/{world.check()['authorization']}/dispensed")
    world.now = day(120)
    assert not world.check()["in_process"]
    values = {"patient_id": world.maria} if how == "by the ID" else {"patient_id": None}
    world.driven.drop("a.tif", waiting_form(**values))
    world.driven.go_on()
    denied = world.check()
    assert not denied["authorized"]
    assert denied["in_process"]
    assert "received and is in process" in denied["message"]


def test_a_form_of_somebody_else_in_the_queue_is_not_told(world: WebWorld) -> None:
    world.corner.post(f"authorizations/{world.check()['authorization']}/dispensed")
    world.now = day(120)
    world.driven.drop("a.tif", waiting_form(patient_first_name="OLGA", patient_last_name="PETROV", patient_id=None))
    world.driven.go_on()
    assert not world.check()["in_process"]


def test_a_body_that_is_not_as_described_names_the_place_and_never_the_value(world: WebWorld) -> None:
    answer = world.corner.post("dispense-checks", json={"pharmacy_npi": "SECRET", "patient_id": world.maria, "odd": 1})
    assert answer.status_code == 422
    assert {one["location"] for one in answer.json()["errors"]} == {"body.pharmacy_npi", "body.odd"}
    assert "SECRET" not in answer.text


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"pharmacy_npi": NaN}', b"[" * 5000])
def test_a_body_that_is_no_json_is_no_fault_of_ours(world: WebWorld, body: bytes) -> None:
    answer = world.corner.post("dispense-checks", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_without_end_is_refused(world: WebWorld) -> None:
    answer = world.corner.post("dispense-checks", content=(b" " * 100_000 for _ in range(1000)))
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:remsfax:problem:too-large")


def test_unknown_paths_and_methods_are_problems_too(world: WebWorld) -> None:
    missing, wrong = world.corner.get("nothing"), world.corner.get("dispense-checks")
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:remsfax:problem:not-found")
    assert (wrong.status_code, wrong.json()["status"], wrong.headers["allow"]) == (405, 405, "POST")
    assert missing.headers["cache-control"] == "no-store"
    assert world.corner.put("webhooks").headers["allow"] == "GET, POST"


def test_a_fault_of_ours_is_a_problem_without_its_cause(world: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise ValueError("MARIA GARCIA")

    monkeypatch.setattr(dispense_requests, "ask_dispense", fails)
    answer = world.corner.post("dispense-checks", json={"pharmacy_npi": CORNER, "patient_id": world.maria})
    assert (answer.status_code, answer.json()["title"]) == (500, "Internal Server Error")
    assert "MARIA" not in answer.text


def lost_race() -> IntegrityError:
    return IntegrityError("INSERT", {}, Exception("unique"))


def test_a_lost_race_is_tried_again(world: WebWorld) -> None:
    tries, pauses = [], []

    def effect(_: object) -> str:
        tries.append(1)
        if len(tries) < 3:
            raise lost_race()
        return "done"

    assert in_one_transaction(world.house.database, effect, pauses.append) == "done"
    assert len(pauses) == 2


def test_after_the_last_try_it_is_503_and_nothing_was_changed(world: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = dispense_requests.ask_dispense

    def always_late(*arguments: Any) -> None:
        asked(*arguments)
        raise lost_race()

    monkeypatch.setattr(dispense_requests, "ask_dispense", always_late)
    answer = world.corner.post("dispense-checks", json={"pharmacy_npi": CORNER, "patient_id": world.maria})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert world.operator.get(f"patients/{world.maria}/dispensing").json()["authorizations"] == []


def test_a_problem_raised_inside_is_no_race(world: WebWorld) -> None:
    tries = []

    def effect(_: object) -> None:
        tries.append(1)
        raise Problem(409, "any", "any")

    with pytest.raises(Problem):
        in_one_transaction(world.house.database, effect, lambda _: None)
    assert len(tries) == 1
    assert len(PAUSES) >= 3


def test_a_database_that_is_away_is_503_for_readers_too(world: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object) -> None:
        raise OperationalError("SELECT", {}, Exception("away"))

    monkeypatch.setattr("registry.questions.pharmacy", away)
    answer = world.corner.get(f"pharmacies/{CORNER}")
    assert (answer.status_code, json.loads(answer.text)["type"]) == (503, "urn:remsfax:problem:away")
