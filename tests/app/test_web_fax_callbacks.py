"""What a fax service calls back: taken only if it is signed, and only as a nudge to ask."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr, ValidationError

from app.settings import Settings
from app.web import for_programs
from app.web_fax_callbacks import CALLBACK
from app.webhooks.signing import headers, new_secret
from outbound import storage as letters
from outbound.delivery import DeliveryState
from outbound.web_fax import WebFax
from tests.app.driving import Driven
from tests.outbound.web_fax_services import FaxService, serving
from tests.service.fakes import fax

SECRET = new_secret()


@pytest.fixture
def driven(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Driven:
    monkeypatch.chdir(tmp_path)
    return Driven(tmp_path)


def test_a_signed_callback_has_the_letter_asked_about_at_once_and_nothing_else(driven: Driven) -> None:
    house, service = driven.house, FaxService()
    house.settings = house.settings.model_copy(update={"web_fax_secret": SecretStr(SECRET)})
    client = TestClient(for_programs(house))
    with serving(service) as address:
        house.gateway = WebFax(address, "secret", timeout=5)
        driven.drop("a.tif", fax("anc_lab_reporting"), '{"cid": "312-555-0142"}')
        driven.go_on()
        letter = next(one for one in driven.letters("a.tif") if one.state is DeliveryState.SENDING)
        service.ended(letter.tag, "delivered", pages_confirmed=letter.pages)
        body = json.dumps({"tag": letter.tag, "state": "delivered"}).encode()
        signed = headers(SECRET, "m1", driven.clock.now, body)
        assert client.post(CALLBACK, content=body, headers=signed | {"webhook-signature": "v1,AAAA"}).status_code == 401
        late = headers(SECRET, "m1", driven.clock.now - timedelta(minutes=6), body)
        assert client.post(CALLBACK, content=body, headers=late).status_code == 401
        assert client.post(CALLBACK, content=b"{}", headers=headers(SECRET, "m2", driven.clock.now, b"{}")).status_code == 422
        with house.database.reading() as session:
            assert letters.delivery(session, letter.delivery_id).next_look_at > driven.clock.now
        assert client.post(CALLBACK, content=body, headers=signed).status_code == 204
        with house.database.reading() as session:
            found = letters.delivery(session, letter.delivery_id)
            assert found.state is DeliveryState.SENDING  # what it says is not believed: it is asked
            assert found.next_look_at <= driven.clock.now
        driven.go_on()
    with house.database.reading() as session:
        assert letters.delivery(session, letter.delivery_id).state is DeliveryState.DELIVERED


def test_an_unknown_tag_is_answered_like_a_known_one_and_without_a_secret_there_is_no_such_door(driven: Driven) -> None:
    house = driven.house
    assert TestClient(for_programs(house)).post(CALLBACK, content=b"{}").status_code == 404
    house.settings = house.settings.model_copy(update={"web_fax_secret": SecretStr(SECRET)})
    body = b'{"tag": "nobody-1"}'
    answer = TestClient(for_programs(house)).post(CALLBACK, content=body, headers=headers(SECRET, "m1", driven.clock.now, body))
    assert answer.status_code == 204


def test_the_web_gateway_needs_its_address_and_token(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="REMSFAX_WEB_FAX_URL"):
        Settings(data=tmp_path, gateway="web")
    with pytest.raises(ValidationError, match="https"):
        Settings(data=tmp_path, gateway="web", web_fax_url="http://fax.example.com", web_fax_token=SecretStr("t"))
