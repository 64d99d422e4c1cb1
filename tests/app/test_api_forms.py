"""Forms, patients and look-ups over the API."""

from __future__ import annotations

from typing import Any

import pytest

from app import web_forms
from outbound import storage as letters
from registry.storage import submission_of
from tests.app.web_world import RAY, WebWorld
from tests.registry.world import ANN, BEA, CLINIC, CORNER, PHARMACY, STATUS, day, on


def submitted(client: Any, body: dict[str, Any], status: int = 201) -> dict[str, Any]:
    answer = client.post("submissions", json=body)
    assert answer.status_code == status, answer.text
    found: dict[str, Any] = answer.json()
    return found


def status_form(*labs: tuple[int, float], **values: Any) -> dict[str, Any]:
    rows: dict[str, Any] = {}
    for row, (number, anc) in enumerate(labs):
        rows |= {f"labs.{row}.draw_date": on(number), f"labs.{row}.anc": anc}
    return {"form": "patient_status", "values": {**STATUS, **rows, **values}}


def test_a_prescriber_s_form_is_admitted_in_the_contract_s_shape(world: WebWorld) -> None:
    answer = submitted(world.ann, world.lab(1850))
    assert answer["admitted"] is True
    assert answer["reference"].startswith("R-20231102-")
    assert [one["part"] for one in answer["applied"]] == ["labs.0"]
    assert answer["ids"] == {"patient_id": world.maria}
    assert answer["treatment_status"] == "enrolled"
    assert {"kind": "anc_recorded", "to": "prescriber"} in answer["notices"]
    assert world.ann.get(f"submissions/{answer['submission_id']}").json() == answer


def test_a_low_count_over_the_web_alarms_the_prescriber_by_letter(world: WebWorld) -> None:
    answer = submitted(world.corner, world.lab(450))
    assert answer["treatment_status"] == "interrupted"
    with world.house.database.reading() as session:
        kinds = [kind for one in letters.of_reference(session, answer["reference"]) for kind in one.kinds]
    assert "neutropenia_severe" in kinds


def test_no_letter_goes_to_a_sender_who_has_the_answer_in_hand(world: WebWorld) -> None:
    answer = submitted(world.ann, {**world.lab(), "values": {**world.lab()["values"], "prescriber_first_name": "ZOE"}})
    assert {"kind": "anc_held", "to": "sender"} in answer["notices"]
    with world.house.database.reading() as session:
        kinds = [kind for one in letters.of_reference(session, answer["reference"]) for kind in one.kinds]
    assert kinds == ["unauthorized_sender"]


def test_the_account_signs_for_its_own_role_and_for_no_other(world: WebWorld) -> None:
    assert submitted(world.corner, world.lab(900))["treatment_status"] == "interrupted"
    world.now = day(3)
    rationale = status_form((2, 950), rationale=True, rationale_draw_date=on(2), rationale_anc=950)
    by_designee = submitted(world.don, rationale)
    assert ("rationale", "R28") in {(one["part"], one["rule"]) for one in by_designee["refused"]}
    assert by_designee["treatment_status"] == "interrupted"
    assert submitted(world.ann, rationale)["treatment_status"] == "enrolled"
    refused = world.don.post("submissions", json={**rationale, "signatures": {"prescriber": "present"}})
    assert (refused.status_code, refused.json()["type"]) == (403, "urn:remsfax:problem:signature")


def test_a_designee_is_who_holds_the_token_whatever_the_form_says(world: WebWorld) -> None:
    body = world.lab(1800)
    body["values"] |= {"designee_first_name": "ANN", "designee_last_name": "LEE", "submitter": "prescriber"}
    answer = submitted(world.don, body)
    with world.house.database.reading() as session:
        kept = submission_of(session, answer["submission_id"])
    assert kept is not None
    assert (kept.values["submitter"], kept.values["submitter_name"]) == ("designee", "Don May")
    assert "designee_first_name" not in kept.values
    assert kept.confirmed_by.startswith("don@example.org for designee")


def test_another_party_s_npi_is_refused(world: WebWorld) -> None:
    for client, values in ((world.ann, {"prescriber_npi": BEA}), (world.corner, {"pharmacy_npi": CLINIC})):
        answer = client.post("submissions", json=world.lab(**values))
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:remsfax:problem:other-party")


def test_a_party_sends_only_its_own_forms(world: WebWorld) -> None:
    enrollment = {"form": "prescriber_enrollment", "values": {}}
    assert world.corner.post("submissions", json=enrollment).status_code == 403
    assert world.don.post("submissions", json=enrollment).status_code == 403
    assert world.wide.post("submissions", json=enrollment).status_code == 403
    assert submitted(world.ann, enrollment)["admitted"] is False


def test_only_the_representative_s_own_token_signs_a_pharmacy_s_enrollment(world: WebWorld) -> None:
    body = {"form": "outpatient_pharmacy", "values": {**PHARMACY, "ar_email": "somebody@example.org"}}
    assert world.corner.post("submissions", json=body).status_code == 403
    own = submitted(world.corner, {"form": "outpatient_pharmacy", "values": {**PHARMACY, "ar_email": RAY}})
    assert "signature_ar" not in {one["part"] for one in own["refused"]}


def test_an_operator_s_account_signs_for_nobody(world: WebWorld) -> None:
    body = world.lab(1800, prescriber_npi=ANN, submitter="prescriber")
    unsigned = submitted(world.operator, body)
    assert unsigned["admitted"] is False
    assert submitted(world.operator, {**body, "signatures": {"submitter": "present"}})["admitted"] is True


def test_the_same_form_under_the_same_id_changes_nothing_and_another_one_is_refused(world: WebWorld) -> None:
    body = {**world.lab(1850), "submission_id": "lab-77"}
    first = submitted(world.ann, body)
    assert submitted(world.ann, body) == first
    other = world.ann.post("submissions", json={**world.lab(1900), "submission_id": "lab-77"})
    assert (other.status_code, other.json()["type"]) == (409, "urn:remsfax:problem:id-used")
    assert submitted(world.corner, {**world.lab(1850), "submission_id": "lab-77"})["submission_id"] != first["submission_id"]


def test_a_party_sees_its_own_submissions_only(world: WebWorld) -> None:
    made = submitted(world.ann, world.lab())["submission_id"]
    assert world.bea.get(f"submissions/{made}").status_code == 404
    assert world.don.get(f"submissions/{made}").status_code == 404
    assert world.operator.get(f"submissions/{made}").status_code == 200
    assert world.operator.get("submissions/none").status_code == 404


def test_a_form_that_cannot_be_stored_whole_leaves_nothing(world: WebWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(web_forms, "publish", fails)
    assert world.ann.post("submissions", json={**world.lab(450), "submission_id": "x"}).status_code == 500
    monkeypatch.undo()
    assert world.ann.get(f"patients/{world.maria}/status").json()["treatment_status"] == "enrolled"
    assert submitted(world.ann, {**world.lab(450), "submission_id": "x"})["treatment_status"] == "interrupted"


@pytest.mark.parametrize(
    "values",
    [{"labs.0.anc": [1]}, {"Labs": 1}, {"a": "x\u0000y"}, {"a": 10**30}, {"a": {"b": 1}}, {"a": "x" * 5000}],
)
def test_values_that_are_none_of_a_form_are_refused_at_the_door(world: WebWorld, values: dict[str, Any]) -> None:
    assert world.ann.post("submissions", json={"form": "anc_lab_reporting", "values": values}).status_code == 422


def test_a_lone_surrogate_is_refused_at_the_door(world: WebWorld) -> None:
    body = b'{"form": "anc_lab_reporting", "values": {"patient_last_name": "\\ud800"}}'
    answer = world.ann.post("submissions", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422


def test_a_pharmacy_is_told_the_minimum_and_the_prescriber_the_whole(world: WebWorld) -> None:
    told = world.corner.get(f"patients/{world.maria}/status").json()
    assert told == {
        "view": "pharmacy",
        "patient_id": world.maria,
        "treatment_status": "enrolled",
        "may_be_dispensed": True,
        "message": "A dispense check would authorize now.",
        "reasons": [],
        "in_process": False,
    }
    whole = world.ann.get(f"patients/{world.maria}/status").json()
    assert whole["labs"] == [{"draw_date": "2023-10-31", "anc": 2100}]
    assert (whole["next_status_form_by"], whole["next_draw_by"]) == ("2023-12-08", "2023-11-07")
    assert whole == world.don.get(f"patients/{world.maria}/status").json()


def test_a_status_authorizes_nothing(world: WebWorld) -> None:
    world.corner.get(f"patients/{world.maria}/status")
    assert world.operator.get(f"patients/{world.maria}/dispensing").json()["authorizations"] == []


def test_another_prescriber_s_patient_is_as_unknown_as_nobody(world: WebWorld) -> None:
    foreign, nobody = world.bea.get(f"patients/{world.maria}/status"), world.bea.get("patients/00000000A/status")
    assert foreign.status_code == nobody.status_code == 404
    assert foreign.json()["detail"] == nobody.json()["detail"]


def test_certification_is_looked_up_by_npi(world: WebWorld) -> None:
    known = world.wide.get(f"pharmacies/{CORNER}").json()
    assert (known["certified"], known["name"], known["reconfirm_by"]) == (True, "CORNER DRUGS", "2025-11-01")
    assert world.corner.get(f"prescribers/{ANN}").json()["certified"] is True
    unknown = world.corner.get("prescribers/1000000004").json()
    assert (unknown["standing"], len(unknown["missing"])) == ("unknown", 2)


def test_the_list_is_the_distributors(world: WebWorld) -> None:
    listed = world.wide.get("certified-pharmacies").json()["pharmacies"]
    assert [one["npi"] for one in listed] == [CORNER, CLINIC]
    assert world.corner.get("certified-pharmacies").status_code == 403


def test_everybody_finds_who_is_certified_by_name_city_or_zip_and_learns_no_more(world: WebWorld) -> None:
    corner = {"name": "CORNER DRUGS", "city": "Springfield", "zip": "62702"}
    assert world.anybody.get("public/pharmacies?name=corner").json() == {"found": [corner]}
    assert len(world.anybody.get("public/pharmacies?city=springfield&zip=62702").json()["found"]) == 2
    lee = {"name": "ANN LEE", "city": "Springfield", "zip": "62701"}
    assert world.anybody.get("public/prescribers?name=Lee").json() == {"found": [lee]}
    assert world.anybody.get("public/prescribers?name=%25%25").json() == {"found": []}
    assert world.anybody.get("public/prescribers").status_code == 422
    world.now = day(800)
    assert world.anybody.get("public/pharmacies?name=corner").json() == {"found": []}
