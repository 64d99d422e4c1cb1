"""The JSON API, health and metrics over HTTP, without a broker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from app.web import application
from tests.app.driving import Driven
from tests.service.fakes import fax


@pytest.fixture
def driven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driven]:
    monkeypatch.chdir(tmp_path)
    found = Driven(tmp_path)
    yield found
    found.house.database.close()


@pytest.fixture
def web(driven: Driven) -> TestClient:
    return TestClient(application(driven.house), follow_redirects=False)


@pytest.fixture
def token(driven: Driven) -> dict[str, str]:
    return {"Authorization": f"Bearer {driven.house.api_token()}"}


@pytest.mark.parametrize("path", ["status", "faxes", "faxes/x", "documents", "deliveries/wanting-a-person"])
def test_nothing_is_told_without_the_token(web: TestClient, path: str) -> None:
    assert web.get(f"/api/v1/{path}").status_code == 401
    assert web.get(f"/api/v1/{path}", headers={"Authorization": "Bearer guess"}).status_code == 401


def test_the_token_is_readable_by_its_owner_only(driven: Driven, token: dict[str, str]) -> None:
    assert driven.house.folders.api_token.stat().st_mode & 0o077 == 0
    assert driven.house.api_token() == driven.house.api_token()


def test_a_fax_is_told_in_full_by_id_and_by_reference(driven: Driven, web: TestClient, token: dict[str, str]) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting"))
    driven.go_on()
    (listed,) = web.get("/api/v1/faxes", headers=token).json()
    by_id = web.get(f"/api/v1/faxes/{listed['fax_id']}", headers=token).json()
    assert by_id == web.get(f"/api/v1/faxes/{listed['reference']}", headers=token).json()
    assert by_id["reading"]["documents"][0]["form"] == "anc_lab_reporting"
    assert [one["state"] for one in by_id["documents"]] == ["answered"]
    assert by_id["documents"][0]["admission"] is not None
    assert by_id["deliveries"]


def test_documents_can_be_asked_for_by_state(driven: Driven, web: TestClient, token: dict[str, str]) -> None:
    driven.drop("a.tif", fax("anc_lab_reporting", doubt=True))
    driven.go_on()
    assert len(web.get("/api/v1/documents?state=in_review", headers=token).json()) == 1
    assert web.get("/api/v1/documents?state=answered", headers=token).json() == []
    assert web.get("/api/v1/documents?state=odd", headers=token).status_code == 422


def test_an_unknown_fax_is_404(web: TestClient, token: dict[str, str]) -> None:
    assert web.get("/api/v1/faxes/R-20231120-0001", headers=token).status_code == 404


def test_health_is_told_to_everybody_and_readiness_says_that_the_broker_is_away(web: TestClient) -> None:
    assert web.get("/healthz").status_code == web.head("/healthz").status_code == 200
    ready = web.get("/readyz")
    assert (ready.status_code, ready.json()) == (503, {"database": True, "broker": False})


def test_metrics_count_by_state_and_name_nobody(driven: Driven, web: TestClient) -> None:
    driven.drop("garcia.tif", fax("anc_lab_reporting", values={"patient_last_name": "GARCIA"}))
    driven.go_on()
    told = web.get("/metrics").text
    assert 'remsfax_faxes{state="settled"} 1.0' in told
    assert "remsfax_broker_up 0.0" in told
    assert "garcia" not in told.lower()


def test_the_home_page_leads_to_the_desk_and_the_desk_to_its_sign_in(web: TestClient) -> None:
    assert web.get("/").headers["location"] == "/desk"
    answer = web.get("/desk", headers={"Accept": "text/html"})
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/desk/sign-in")


def test_the_openapi_document_names_the_api_and_not_the_desk(web: TestClient) -> None:
    paths = web.get("/api/openapi.json").json()["paths"]
    assert "/api/v1/faxes/{fax_id}" in paths
    assert not [one for one in paths if not one.startswith("/api/v1/")]
