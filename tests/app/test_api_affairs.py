"""What parties settle for themselves over the API: staff, the representative's role, lists, designees, what is due."""

from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient

from app.api.door import BELIEVED_FOR
from app.api.tokens import PartyKind
from outbound import looking_storage
from outbound.delivery import DeliveryState
from registry.history import history_of
from tests.app.web_world import ANNS_EMAIL, DONS_EMAIL, RAY, WebWorld
from tests.registry.world import ANN, BEA, CLINIC, CORNER, day, on

KIT = {"first_name": "Kit", "last_name": "Roe", "email": "kit@example.org"}


def told(client: TestClient, path: str, body: dict[str, Any] | None = None, **headers: str) -> dict[str, Any]:
    answer = client.post(path, json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refused(answer: dict[str, Any]) -> list[str]:
    assert not answer["done"]
    return [one["rule"] for one in answer["reasons"]]


def states(world: WebWorld) -> dict[str, str]:
    return {one["email"]: one["state"] for one in world.corner.get(f"pharmacies/{CORNER}/staff").json()}


def rationale(client: TestClient, world: WebWorld) -> int:
    given = {"pharmacy_npi": CORNER, "patient_id": world.maria, "prescriber_npi": ANN, "draw_date": on(1), "anc": 1900}
    return client.post("dispense-rationales", json=given).status_code


def test_r80_staff_are_invited_by_the_representative_and_may_ask_once_they_accepted(world: WebWorld) -> None:
    kit = world.kit
    assert told(world.corner, f"pharmacies/{CORNER}/staff", KIT) == {"done": True, "reasons": []}
    assert (states(world), rationale(kit, world)) == ({KIT["email"]: "invited"}, 403)
    assert told(kit, f"pharmacies/{CORNER}/staff/acceptance")["done"]
    assert (states(world), rationale(kit, world)) == ({KIT["email"]: "enrolled"}, 200)


def test_r80_an_invitation_is_planned_as_an_email_in_the_transaction_that_stores_it_and_once(world: WebWorld) -> None:
    for _ in range(2):
        told(world.corner, f"pharmacies/{CORNER}/staff", KIT)
    refused(told(world.corner, f"pharmacies/{CORNER}/staff", {**KIT, "email": ANNS_EMAIL}))
    with world.house.database.reading() as session:
        (mail,) = looking_storage.latest(session, kind="staff_invitation")
        assert (mail.email, mail.fax, mail.state) == (KIT["email"], None, DeliveryState.DUE)


def test_r80_nobody_but_the_representative_invites_lists_or_removes(world: WebWorld) -> None:
    told(world.corner, f"pharmacies/{CORNER}/staff", KIT)
    kit = world.kit
    assert told(kit, f"pharmacies/{CORNER}/staff/acceptance")["done"]
    for client in (kit, world.clinic, world.ann):
        for answer in (
            client.get(f"pharmacies/{CORNER}/staff"),
            client.post(f"pharmacies/{CORNER}/staff", json=KIT),
            client.post(f"pharmacies/{CORNER}/staff/removal", json={"email": KIT["email"]}),
            client.post(f"pharmacies/{CORNER}/reconfirmation"),
            client.post(f"pharmacies/{CORNER}/deactivation"),
        ):
            assert answer.status_code == 403, (answer.request.url, answer.text)


def test_r80_an_invitation_is_accepted_with_a_token_of_the_invited_address_only(world: WebWorld) -> None:
    told(world.corner, f"pharmacies/{CORNER}/staff", KIT)
    zoe = world.holding(PartyKind.PHARMACY, CORNER, "Zoe Roe", "zoe@example.org")
    assert refused(told(zoe, f"pharmacies/{CORNER}/staff/acceptance")) == ["R80"]
    assert refused(told(world.operator, f"pharmacies/{CORNER}/staff/acceptance")) == ["R80"]
    assert world.clinic.post(f"pharmacies/{CORNER}/staff/acceptance").status_code == 403


def test_r02_an_address_that_belongs_to_somebody_else_cannot_be_invited(world: WebWorld) -> None:
    taken = {**KIT, "email": "ann@example.org"}
    assert refused(told(world.corner, f"pharmacies/{CORNER}/staff", taken)) == ["R02"]


def test_tokens_of_a_removed_person_end_with_the_removal(world: WebWorld) -> None:
    told(world.corner, f"pharmacies/{CORNER}/staff", KIT)
    kit = world.kit
    told(kit, f"pharmacies/{CORNER}/staff/acceptance")
    assert world.check(kit)["authorized"]
    assert told(world.corner, f"pharmacies/{CORNER}/staff/removal", {"email": "KIT@example.org"})["done"]
    world.now += BELIEVED_FOR
    assert kit.post("dispense-checks", json={"pharmacy_npi": CORNER, "patient_id": world.maria}).status_code == 401
    assert (states(world), world.check()["authorized"]) == ({KIT["email"]: "removed"}, True)
    assert refused(told(world.corner, f"pharmacies/{CORNER}/staff/removal", {"email": "no@example.org"})) == ["R80"]


def test_an_operator_acts_on_the_representatives_word_and_the_trail_names_the_operator(world: WebWorld) -> None:
    assert told(world.operator, f"pharmacies/{CORNER}/staff", KIT)["done"]
    with world.house.database.reading() as session:
        (written,) = [one for one in history_of(session, "pharmacy", CORNER).events if "staff" in one.title]
    assert written.actor.startswith("operator for operator")


def test_r75_the_representative_reconfirms_for_two_years_and_not_after_a_lapse(world: WebWorld) -> None:
    world.now = day(700)
    ray = world.holding(PartyKind.PHARMACY, CORNER, "Ray Hill", RAY)
    answer = told(ray, f"pharmacies/{CORNER}/reconfirmation")
    assert (answer["done"], answer["reconfirm_by"]) == (True, "2027-10-01")
    world.now = day(1500)
    lapsed = told(world.operator, f"pharmacies/{CORNER}/reconfirmation")
    assert (refused(lapsed), lapsed["reconfirm_by"]) == (["R76"], None)


def test_r76_a_deactivated_pharmacy_gets_no_authorization_and_no_shipment(world: WebWorld) -> None:
    assert world.wide.get(f"certified-pharmacies/{CORNER}").json()["may_be_shipped_to"]
    assert told(world.corner, f"pharmacies/{CORNER}/deactivation")["done"]
    assert not world.check()["authorized"]
    shipment = world.wide.get(f"certified-pharmacies/{CORNER}").json()
    assert (shipment["may_be_shipped_to"], shipment["row"]) == (False, None)
    assert "deactivated" in shipment["reason"]


def test_r91_a_distributor_is_told_who_came_and_who_left(world: WebWorld) -> None:
    world.now = day(3)
    told(world.corner, f"pharmacies/{CORNER}/deactivation")
    changes = world.wide.get("certified-pharmacies/changes", params={"since": on(2)}).json()
    assert [(one["change"], one["row"]["npi"], one["what"]) for one in changes["changes"]] == [("left", CORNER, "deactivated")]
    since_before = world.wide.get("certified-pharmacies/changes", params={"since": on(-1)}).json()
    assert {(one["change"], one["row"]["npi"]) for one in since_before["changes"]} == {("certified", CLINIC)}
    assert (changes["since"], changes["as_of"]) == (on(2), on(3))
    assert world.wide.get("certified-pharmacies/changes", params={"since": "2023-02-30"}).status_code == 422
    assert world.corner.get("certified-pharmacies/changes", params={"since": on(2)}).status_code == 403


def test_r91_a_distributor_that_never_enrolled_gets_no_list(world: WebWorld) -> None:
    odd = world.holding(PartyKind.DISTRIBUTOR, "AP5836727", "Ida Fox", "ida@example.org")
    for path in ("certified-pharmacies", f"certified-pharmacies/{CORNER}", f"certified-pharmacies/changes?since={on(0)}"):
        assert (odd.get(path).status_code, world.wide.get(path).status_code) == (403, 200)
    assert odd.get("certified-pharmacies").json()["type"] == "urn:remsfax:problem:not-enrolled"


def test_r48_a_prescriber_takes_a_patient_off_the_list_who_stays_enrolled(world: WebWorld) -> None:
    (listed,) = world.ann.get(f"prescribers/{ANN}/patients").json()
    assert (listed["patient_id"], listed["next_status_form_by"]) == (world.maria, "2023-12-08")
    headers = {"Idempotency-Key": "off"}
    path = f"prescribers/{ANN}/patients/{world.maria}/off-list"
    assert told(world.ann, path, {"reason": "Moved away."}, **headers) == {"done": True, "reasons": []}
    assert world.ann.post(path, json={"reason": "Moved away."}, headers=headers).headers["idempotent-replayed"] == "true"
    assert world.ann.get(f"prescribers/{ANN}/patients").json() == []
    status = world.ann.get(f"patients/{world.maria}/status").json()
    assert (status["treatment_status"], status["prescriber_npi"]) == ("enrolled", None)
    assert world.ann.get(f"fhir/Patient/{world.maria}/$everything").status_code == 200
    assert told(world.ann, path)["done"], "a reason is optional, and twice is once"


def test_a_list_is_the_prescribers_own_and_a_designee_only_looks(world: WebWorld) -> None:
    assert world.don.get(f"prescribers/{ANN}/patients").json() == world.ann.get(f"prescribers/{ANN}/patients").json()
    assert world.bea.get(f"prescribers/{ANN}/patients").status_code == 403
    for client, npi, status in ((world.don, ANN, 403), (world.bea, ANN, 403), (world.bea, BEA, 404), (world.corner, ANN, 403)):
        assert client.post(f"prescribers/{npi}/patients/{world.maria}/off-list").status_code == status


def test_a_designee_taken_back_sees_nobody_any_more(world: WebWorld) -> None:
    assert world.don.get(f"patients/{world.maria}/status").status_code == 200
    (don,) = world.ann.get(f"prescribers/{ANN}/designees").json()
    assert (don["email"], don["ended_at"]) == (DONS_EMAIL, None)
    assert world.don.post(f"prescribers/{ANN}/designees/removal", json={"email": DONS_EMAIL}).status_code == 403
    assert told(world.ann, f"prescribers/{ANN}/designees/removal", {"email": DONS_EMAIL})["done"]
    assert world.don.get(f"patients/{world.maria}/status").status_code == 404, "at once"
    assert world.don.get(f"prescribers/{ANN}/patients").status_code == 403
    world.now += BELIEVED_FOR
    assert world.don.get(f"prescribers/{ANN}/patients").status_code == 401
    assert world.ann.get(f"prescribers/{ANN}/designees").json()[0]["ended_at"]
    assert refused(told(world.ann, f"prescribers/{ANN}/designees/removal", {"email": "no@example.org"})) == ["R20"]


def test_r23_a_token_makes_nobody_a_designee(world: WebWorld) -> None:
    eve = world.holding(PartyKind.DESIGNEE, ANN, "Eve Day", "eve@example.org")
    assert eve.get(f"patients/{world.maria}/status").status_code == 404
    assert eve.get("notices").status_code == 403


@pytest.mark.parametrize(("number", "kind"), [(29, None), (30, "status_form_due"), (38, "status_form_overdue")])
def test_r65_a_prescriber_is_told_what_is_due_without_a_name(world: WebWorld, number: int, kind: str | None) -> None:
    world.now = day(number)
    answer = world.ann.get("notices").json()
    wanted = [] if kind is None else [{"kind": kind, "patient_id": world.maria, "pharmacy_npi": None, "by": "2023-12-08"}]
    assert answer == {"npi": ANN, "notices": wanted}
    assert world.don.get("notices").json() == answer
    assert world.bea.get("notices").json()["notices"] == []
    assert "GARCIA" not in json.dumps(answer)


def test_r75_a_pharmacy_is_told_its_own_reconfirmation_only(world: WebWorld) -> None:
    world.now = day(690)
    ray = world.holding(PartyKind.PHARMACY, CORNER, "Ray Hill", RAY)
    ann = world.holding(PartyKind.PRESCRIBER, ANN, "Ann Lee", ANNS_EMAIL)
    due = [("ar_reconfirmation_due", CORNER, "2025-11-01")]
    for client, asked in ((ray, {}), (world.operator, {"npi": CORNER})):
        notices = client.get("notices", params=asked).json()["notices"]
        assert [(one["kind"], one["pharmacy_npi"], one["by"]) for one in notices] == due
    assert ray.get("notices", params={"npi": CLINIC}).status_code == 403
    assert ann.get("notices", params={"npi": BEA}).status_code == 403
    assert world.operator.get("notices").json()["errors"][0]["location"] == "query.npi"
