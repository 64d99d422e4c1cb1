"""The FHIR door: exact units, exact days, and refusals that name the element."""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.operationoutcome import OperationOutcome
from hypothesis import given
from hypothesis import strategies as st

from app.api.fhir import EXAMPLE
from app.fhir.observing import LOINC_CODES, NPI_SYSTEM, PER_MICROLITRE, Refused, values_of
from tests.app.web_world import WebWorld
from tests.registry.world import ANN, BEA, CORNER

FHIR = {"Content-Type": "application/fhir+json"}


def observation(**changes: Any) -> dict[str, Any]:
    """The example with changes by path, such as `valueQuantity__code`; a change to None takes the element away."""
    found = copy.deepcopy(EXAMPLE)
    for path, value in changes.items():
        place: Any = found
        *way, last = path.split("__")
        for part in way:
            place = place[part]
        if value is None:
            del place[last]
        else:
            place[last] = value
    return found


def read(**changes: Any) -> Any:
    return values_of(json.dumps(observation(**changes)).encode())


def send(world: WebWorld, client: Any, status: int = 201, **changes: Any) -> dict[str, Any]:
    body = observation(subject__identifier__value=world.maria, effectiveDateTime="2023-11-02", **changes)
    answer = client.post("fhir/Observation", content=json.dumps(body), headers=FHIR)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    OperationOutcome.model_validate_json(answer.text)
    found: dict[str, Any] = answer.json()
    return found


def labs(world: WebWorld) -> list[float]:
    return [one["anc"] for one in world.ann.get(f"patients/{world.maria}/status").json()["labs"]]


def test_an_observation_is_recorded_through_the_same_door(world: WebWorld) -> None:
    outcome = send(world, world.ann, performer=[{"identifier": {"system": NPI_SYSTEM, "value": ANN}}])
    assert outcome["issue"][0]["severity"] == "information"
    assert "ANC 1850/µL drawn 2023-11-02 is recorded." in outcome["issue"][0]["diagnostics"]
    assert labs(world) == [2100, 1850]


def test_a_low_count_interrupts_as_one_on_a_form_does(world: WebWorld) -> None:
    send(world, world.corner, valueQuantity__value=0.45)
    assert world.ann.get(f"patients/{world.maria}/status").json()["treatment_status"] == "interrupted"


def test_the_performer_must_be_the_token_s_party(world: WebWorld) -> None:
    send(world, world.ann, 403, performer=[{"identifier": {"system": NPI_SYSTEM, "value": BEA}}])
    send(world, world.corner, 403, performer=[{"identifier": {"system": NPI_SYSTEM, "value": ANN}}])
    assert labs(world) == [2100], "what another party's performer reports is not recorded"
    send(world, world.corner, 201, performer=[{"identifier": {"system": NPI_SYSTEM, "value": CORNER}}])
    assert labs(world) == [2100, 1850]


def test_what_the_registry_doubts_is_an_outcome_that_records_nothing(world: WebWorld) -> None:
    outcome = send(world, world.ann, 422, valueQuantity__value=1850)
    assert outcome["issue"][0]["severity"] == "error"
    assert labs(world) == [2100]


def test_a_repeat_with_its_key_is_recorded_once(world: WebWorld) -> None:
    body = json.dumps(observation(subject__identifier__value=world.maria, effectiveDateTime="2023-11-02"))
    answers = [
        world.ann.post("fhir/Observation", content=body, headers={**FHIR, "Idempotency-Key": "o-1"}).text for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert labs(world) == [2100, 1850]


@pytest.mark.parametrize(
    ("unit", "value", "anc"),
    [("/uL", 1850, 1850), ("10*3/uL", 1.85, 1850), ("10*9/L", 0.9999, 999.9), ("10*6/L", 999, 999), ("{cells}/uL", 1500, 1500)],
)
def test_units_of_ucum_are_converted_exactly(unit: str, value: float, anc: float) -> None:
    assert read(valueQuantity__code=unit, valueQuantity__value=value).anc == anc


@given(st.decimals(0, 30, places=4), st.sampled_from(sorted(PER_MICROLITRE)))
def test_every_conversion_is_the_decimal_one(value: Decimal, unit: str) -> None:
    raw = json.dumps(observation(valueQuantity__code=unit)).replace("1.85", str(value))
    anc = values_of(raw.encode()).anc
    assert Decimal(str(anc)) == value * PER_MICROLITRE[unit]


@pytest.mark.parametrize("code", sorted(LOINC_CODES))
def test_neutrophils_per_volume_are_taken_by_whatever_method(code: str) -> None:
    assert read(code__coding=[{"system": "http://loinc.org", "code": code}]).anc == 1850


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2023-11-02", date(2023, 11, 2)),
        ("2023-11-02T09:30:00-05:00", date(2023, 11, 2)),
        ("2023-11-03T02:00:00Z", date(2023, 11, 2)),
        ("2023-11-03T05:00:00+00:00", date(2023, 11, 3)),
    ],
)
def test_the_draw_is_on_the_program_s_day(written: str, day: date) -> None:
    assert read(effectiveDateTime=written).draw_date == day


@pytest.mark.parametrize(
    ("path", "changes"),
    [
        ("Observation.status", {"status": "preliminary"}),
        ("Observation.status", {"status": "entered-in-error"}),
        ("Observation.code", {"code__coding": [{"system": "http://loinc.org", "code": "770-8"}]}),
        ("Observation.code", {"code__coding": [{"system": "urn:local", "code": "751-8"}]}),
        ("Observation.subject.identifier", {"subject__identifier__system": "urn:local"}),
        ("Observation.subject.identifier", {"subject": {"reference": "Patient/1"}}),
        ("Observation.subject.identifier.value", {"subject__identifier__value": "44170823A"}),
        ("Observation.effectiveDateTime", {"effectiveDateTime": "2023-11"}),
        ("Observation.effectiveDateTime", {"effectiveDateTime": None}),
        ("Observation.valueQuantity", {"valueQuantity": None}),
        ("Observation.valueQuantity.comparator", {"valueQuantity__comparator": "<"}),
        ("Observation.valueQuantity.code", {"valueQuantity__code": "K/uL"}),
        ("Observation.valueQuantity.code", {"valueQuantity__code": "10^3/uL"}),
        ("Observation.valueQuantity.code", {"valueQuantity__code": "%"}),
        ("Observation.valueQuantity.code", {"valueQuantity__code": None}),
        ("Observation.valueQuantity.code", {"valueQuantity__system": "urn:local"}),
        ("Observation.valueQuantity.value", {"valueQuantity__value": -1}),
        ("Observation.performer", {"performer": [{"identifier": {"system": NPI_SYSTEM, "value": "12"}}]}),
        ("Observation.resourceType", {"resourceType": "Patient"}),
    ],
)
def test_what_cannot_be_taken_names_its_element(path: str, changes: dict[str, Any]) -> None:
    with pytest.raises(Refused) as refused:
        read(**changes)
    assert refused.value.path == path


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b"\xff", b"[" * 100_000, b'{"resourceType": "Observation", "status": NaN}',
                                 b'{"resourceType": "Observation", "status": {"a": 1}, "code": 5}'])  # fmt: skip
def test_no_body_is_a_fault_of_ours(raw: bytes) -> None:
    with pytest.raises(Refused):
        values_of(raw)


@pytest.mark.parametrize("value", ["1e999999", "1e-999999", "123456789012345678901234567890"])
def test_endless_numbers_are_refused_or_small(value: str) -> None:
    raw = json.dumps(observation()).replace("1.85", value).encode()
    path = None
    try:
        anc = values_of(raw).anc
    except Refused as refused:
        path = refused.path
    assert path == "Observation.valueQuantity.value" if path else anc < 1


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["system", "value", "code", "coding", "identifier"]), inner)
    ),
    max_leaves=8,
)


@given(st.sampled_from(["status", "code", "subject", "effectiveDateTime", "valueQuantity", "performer"]), JSON)
def test_any_json_in_any_element_is_taken_or_refused(element: str, value: Any) -> None:
    raw = json.dumps({**EXAMPLE, element: value}).encode()
    path = ""
    try:
        found = values_of(raw)
    except Refused as refused:
        path = refused.path
    assert path.startswith("Observation") if path else found.patient_id == "44170823D"


def test_everything_about_a_patient_is_a_bundle_that_the_standard_accepts(world: WebWorld) -> None:
    answer = world.ann.get(f"fhir/Patient/{world.maria}/$everything")
    assert answer.headers["content-type"] == "application/fhir+json"
    bundle = Bundle.model_validate_json(answer.text)
    assert [one.resource.get_resource_type() for one in bundle.entry] == ["Patient", "Observation"]
    count = answer.json()["entry"][1]["resource"]
    assert (count["effectiveDateTime"], count["valueQuantity"]["value"]) == ("2023-10-31", 2100)


def test_a_pharmacy_and_another_prescriber_are_not_told_everything(world: WebWorld) -> None:
    for client, status in ((world.corner, 403), (world.bea, 404), (world.anybody, 401)):
        answer = client.get(f"fhir/Patient/{world.maria}/$everything")
        assert (answer.status_code, answer.json()["resourceType"]) == (status, "OperationOutcome")
        OperationOutcome.model_validate_json(answer.text)


def test_a_body_without_end_is_refused(world: WebWorld) -> None:
    answer = world.ann.post("fhir/Observation", content=b" " * 600_000, headers=FHIR)
    assert (answer.status_code, answer.json()["resourceType"]) == (413, "OperationOutcome")
