"""Every route against its own description: whatever is sent, no fault, no undocumented status, type or shape.

Schemathesis makes requests that fit the description and requests that do not, in this process, with a seeded world behind them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.config import GenerationConfig, ProjectConfig, ProjectsConfig, SchemathesisConfig

from app.api.fhir import EXAMPLE
from tests.app.web_world import WebWorld
from tests.registry.world import ANN, CORNER

POSITIVE, NEGATIVE = GenerationMode.POSITIVE, GenerationMode.NEGATIVE
EXAMPLES = {POSITIVE: 25, NEGATIVE: 12}  # of each route

# Where more is asked of a value than a schema can say: a FHIR resource is described by FHIR, an address must be one.
SAID_ELSEWHERE = {
    "POST /api/v1/fhir/Observation",
    "POST /api/v1/webhooks",
    "PATCH /api/v1/webhooks/{webhook_id}",
    "GET /api/v1/certified-pharmacies/changes",
    "GET /api/v1/notices",
    "GET /api/v1/public/pharmacies",
    "GET /api/v1/public/prescribers",
}


@pytest.fixture(scope="module")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebWorld]:
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("openapi")
        patch.chdir(folder)
        found = WebWorld(folder)
        yield found
        found.close()


@pytest.fixture(scope="module")
def description(seeded: WebWorld) -> Any:
    generation = GenerationConfig(deterministic=True, with_security_parameters=False)
    config = SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation)))
    return schemathesis.openapi.from_asgi("/api/openapi.json", seeded.web, config=config)


def operations() -> list[str]:
    """Named here, so that each is a test of its own; the next test says that none is left out."""
    return [
        "DELETE /webhooks/{webhook_id}",
        "GET /certified-pharmacies",
        "GET /certified-pharmacies/changes",
        "GET /certified-pharmacies/{npi}",
        "GET /deliveries/wanting-a-person",
        "GET /documents",
        "GET /faxes",
        "GET /faxes/{fax_id}",
        "GET /fhir/Patient/{patient_id}/$everything",
        "GET /notices",
        "GET /patients/{patient_id}/dispensing",
        "GET /patients/{patient_id}/status",
        "GET /pharmacies/{npi}",
        "GET /pharmacies/{npi}/staff",
        "GET /prescribers/{npi}",
        "GET /prescribers/{npi}/designees",
        "GET /prescribers/{npi}/patients",
        "GET /public/pharmacies",
        "GET /public/prescribers",
        "GET /status",
        "GET /submissions/{submission_id}",
        "GET /webhooks",
        "GET /webhooks/{webhook_id}",
        "GET /webhooks/{webhook_id}/events",
        "PATCH /webhooks/{webhook_id}",
        "POST /authorizations/{number}/dispensed",
        "POST /authorizations/{number}/reversal",
        "POST /dispense-checks",
        "POST /dispense-rationales",
        "POST /fhir/Observation",
        "POST /pharmacies/{npi}/deactivation",
        "POST /pharmacies/{npi}/reconfirmation",
        "POST /pharmacies/{npi}/staff",
        "POST /pharmacies/{npi}/staff/acceptance",
        "POST /pharmacies/{npi}/staff/removal",
        "POST /prescribers/{npi}/designees/removal",
        "POST /prescribers/{npi}/patients/{patient_id}/off-list",
        "POST /submissions",
        "POST /webhooks",
        "POST /webhooks/{webhook_id}/secret",
    ]


def found_in(description: Any) -> dict[str, Any]:
    return {one.ok().label: one.ok() for one in description.get_all_operations()}


def test_every_route_is_tried(description: Any) -> None:
    found = {label.replace("/api/v1", "") for label in found_in(description)}
    assert found == set(operations())


def test_every_route_says_who_may_ask_and_what_goes_wrong(seeded: WebWorld) -> None:
    for path, methods in seeded.web.openapi()["paths"].items():
        for method, route in methods.items():
            assert route["description"], (path, method)
            assert {"429", "500", "503"} <= set(route["responses"]), (path, method)
            assert ("/public/" in path) != bool(route.get("security")), (path, method)
            if "/public/" not in path:
                assert {"401", "403"} & set(route["responses"]) >= {"401"}, (path, method)


@pytest.mark.parametrize("mode", [POSITIVE, NEGATIVE], ids=["as described", "not as described"])
@pytest.mark.parametrize("label", operations())
def test_no_request_gets_an_answer_that_is_not_described(
    seeded: WebWorld, description: Any, label: str, mode: GenerationMode
) -> None:
    method, path = label.split(" ", 1)
    operation = found_in(description)[f"{method} /api/v1{path}"]
    headers = {"Authorization": f"Bearer {seeded.house.api_token()}"}
    checks = schemathesis.checks
    excluded = [checks.ignored_auth, checks.unsupported_method, checks.missing_required_header]
    if operation.label in SAID_ELSEWHERE:
        excluded += [checks.positive_data_acceptance, checks.negative_data_rejection]

    @settings(
        max_examples=EXAMPLES[mode], derandomize=True, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(operation.as_strategy(mode), st.booleans())
    def tried(case: Any, known: bool) -> None:
        if known and mode is POSITIVE:
            name_what_is_known(case, seeded.maria)
        case.call_and_validate(headers={**headers, **dict(case.headers or {})}, excluded_checks=excluded)

    try:
        tried()
    except Exception as problem:
        if type(problem).__name__ != "Unsatisfiable":
            raise
        assert mode is NEGATIVE, "nothing fits the description"  # a route without parameters cannot be asked wrongly


def name_what_is_known(case: Any, patient_id: str) -> None:
    """Let the request meet somebody who exists."""
    known = {"patient_id": patient_id, "npi": CORNER, "pharmacy_npi": CORNER, "prescriber_npi": ANN, "number": "A00000001"}
    for place in (case.path_parameters, case.body):
        if isinstance(place, dict):
            place.update({name: value for name, value in known.items() if name in place})
    if isinstance(case.body, dict) and case.body.get("resourceType") == "Observation":
        case.body.update({**EXAMPLE, "subject": {"identifier": {**EXAMPLE["subject"]["identifier"], "value": patient_id}}})
