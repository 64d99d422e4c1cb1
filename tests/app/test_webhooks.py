"""Webhooks, told to a real small server that misbehaves."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.case_flow import Stage
from app.sending import tell_subscriber
from app.sweep import due
from app.webhooks import storage
from app.webhooks.addresses import RefusedAddress, check_url, is_public, resolved
from app.webhooks.lifecycle import EVENT_LIFE, PAUSES, EventState, Heard, IllegalTransition, after, step
from app.webhooks.posting import post
from app.webhooks.signing import headers, new_secret, signature
from tests.app.web_world import WebWorld
from tests.registry.world import DAY_ONE
from tests.service.fakes import fax


class Receiver:
    """A server that answers as it is told, one way after the other, and keeps what it got."""

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.ways: list[str] = []
        self.release = threading.Event()
        receiver = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                way = receiver.ways.pop(0) if receiver.ways else "204"
                if way == "drops":
                    self.connection.close()
                elif way == "slow":
                    receiver.release.wait(30)
                elif way == "twice":
                    self.wfile.write(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\nHTTP/1.1 500 Odd\r\ncontent-length: 0\r\n\r\n")
                elif way == "nonsense":
                    self.wfile.write(b"what?\r\n\r\n")
                else:
                    self.send_response(int(way))
                    self.send_header("location", f"{receiver.url}/elsewhere")
                    self.send_header("content-length", "0")
                    self.end_headers()

            def log_message(self, *_: object) -> None:
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/hook"

    def close(self) -> None:
        self.release.set()
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.close()


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebWorld]:
    monkeypatch.chdir(tmp_path)
    found = WebWorld(tmp_path, webhooks_to_private_addresses=True)
    yield found
    found.close()


def subscribe(client: Any, receiver: Receiver, kinds: list[str] | None = None) -> dict[str, Any]:
    answer = client.post("webhooks", json={"url": receiver.url, "kinds": kinds})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def tell_all(world: WebWorld) -> int:
    """Every telling that is due, once; how many there were."""
    with world.house.database.reading() as session:
        found = [one for one in due(session, world.now) if one.stage is Stage.TELL]
    for one in found:
        tell_subscriber(world.house, one.subject)
    return len(found)


def standing(world: WebWorld, client: Any, webhook: dict[str, Any]) -> list[tuple[str, int]]:
    return [(one["state"], one["tries"]) for one in client.get(f"webhooks/{webhook['webhook_id']}/events").json()]


def test_the_prescriber_is_told_of_a_low_count_without_a_name(world: WebWorld, receiver: Receiver) -> None:
    webhook = subscribe(world.ann, receiver, ["neutropenia_severe"])
    made = world.corner.post("submissions", json=world.lab(450)).json()
    assert tell_all(world) == 1
    ((sent, body),) = receiver.got
    told = json.loads(body)
    assert told["type"] == "notice.neutropenia_severe"
    assert told["data"] == {
        "kind": "neutropenia_severe",
        "to": "prescriber",
        "reference": made["reference"],
        "patient_id": world.maria,
    }
    assert sent["webhook-id"] == told["id"]
    assert b"GARCIA" not in body
    assert b"450" not in body
    assert standing(world, world.ann, webhook) == [("delivered", 1)]
    assert tell_all(world) == 0


def test_the_signature_can_be_checked_with_what_was_shown_once(world: WebWorld, receiver: Receiver) -> None:
    secret = subscribe(world.ann, receiver)["secret"]
    world.ann.post("submissions", json=world.lab(450))
    tell_all(world)
    for sent, body in receiver.got:
        signed = f"{sent['webhook-id']}.{sent['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert hmac.compare_digest(wanted, sent["webhook-signature"])
    assert receiver.got


def test_each_party_is_told_its_own_and_an_operator_everything(world: WebWorld, receiver: Receiver) -> None:
    hooks = {name: subscribe(getattr(world, name), receiver) for name in ("ann", "bea", "corner", "clinic", "operator")}
    world.corner.post("submissions", json=world.lab(450))
    tell_all(world)
    kinds = {
        name: {one["kind"] for one in getattr(world, name).get(f"webhooks/{hook['webhook_id']}/events").json()}
        for name, hook in hooks.items()
    }
    assert kinds["bea"] == kinds["clinic"] == set()
    assert kinds["corner"] == {"anc_recorded"}
    assert "neutropenia_severe" in kinds["ann"]
    assert kinds["operator"] == kinds["corner"] | kinds["ann"]


def test_a_fax_tells_subscribers_as_a_web_form_does(world: WebWorld, receiver: Receiver) -> None:
    subscribe(world.operator, receiver)
    world.driven.drop("a.tif", fax("anc_lab_reporting"))
    world.driven.go_on()
    assert receiver.got


@pytest.mark.parametrize("way", ["500", "404", "302", "drops", "nonsense"])
def test_what_is_no_2xx_is_tried_again_later_with_the_same_id(world: WebWorld, receiver: Receiver, way: str) -> None:
    webhook = subscribe(world.ann, receiver, ["neutropenia_severe"])
    receiver.ways = [way, way]
    world.corner.post("submissions", json=world.lab(450))
    assert tell_all(world) == 1
    assert tell_all(world) == 0  # not before its pause
    world.now += PAUSES[0]
    assert tell_all(world) == 1
    world.now += PAUSES[1]
    assert tell_all(world) == 1
    assert standing(world, world.ann, webhook) == [("delivered", 3)]
    assert len({sent["webhook-id"] for sent, _ in receiver.got}) == 1
    assert len({sent["webhook-timestamp"] for sent, _ in receiver.got}) == 3


def test_a_receiver_that_answers_twice_is_told_once(world: WebWorld, receiver: Receiver) -> None:
    webhook = subscribe(world.ann, receiver, ["neutropenia_severe"])
    receiver.ways = ["twice"]
    world.corner.post("submissions", json=world.lab(450))
    tell_all(world)
    assert standing(world, world.ann, webhook) == [("delivered", 1)]
    assert len(receiver.got) == 1


def test_a_receiver_that_never_answers_costs_the_worker_no_longer_than_a_try(receiver: Receiver) -> None:
    receiver.ways = ["slow"]
    heard = post(receiver.url, b"{}", {}, True, seconds=0.3)
    assert heard == Heard(None, "no answer in 0.3 s")


def test_it_is_given_up_after_the_last_try_and_at_once_where_the_receiver_says_gone(world: WebWorld, receiver: Receiver) -> None:
    webhook = subscribe(world.ann, receiver, ["neutropenia_severe"])
    receiver.ways = ["500"] * (len(PAUSES) + 1)
    world.corner.post("submissions", json=world.lab(450))
    for pause in (*PAUSES, timedelta(days=30)):
        assert tell_all(world) == 1
        world.now += pause
    assert tell_all(world) == 0
    assert standing(world, world.ann, webhook) == [("given_up", len(PAUSES) + 1)]
    assert after(Heard(410, ""), 1, DAY_ONE).state is EventState.GIVEN_UP


def test_a_worker_that_died_at_it_leaves_it_due_a_minute_later(world: WebWorld, receiver: Receiver) -> None:
    webhook = subscribe(world.ann, receiver, ["neutropenia_severe"])
    world.corner.post("submissions", json=world.lab(450))
    with world.house.database.writing() as session:
        (telling,) = storage.due(session, world.now)
        assert storage.claim(session, telling, world.now) is not None
        assert storage.claim(session, telling, world.now) is None
    assert tell_all(world) == 0
    world.now += timedelta(seconds=61)
    assert tell_all(world) == 1
    assert standing(world, world.ann, webhook) == [("delivered", 2)]


def test_an_ended_subscription_gets_nothing_more(world: WebWorld, receiver: Receiver) -> None:
    webhook = subscribe(world.ann, receiver)
    world.corner.post("submissions", json=world.lab(450))
    assert world.bea.delete(f"webhooks/{webhook['webhook_id']}").status_code == 404
    assert world.ann.delete(f"webhooks/{webhook['webhook_id']}").status_code == 204
    assert world.ann.get("webhooks").json() == []
    assert tell_all(world) == 0
    assert receiver.got == []


def test_a_secret_is_shown_once_and_only_to_its_party(world: WebWorld, receiver: Receiver) -> None:
    webhook = subscribe(world.ann, receiver)
    assert webhook["secret"].startswith("whsec_")
    assert "secret" not in world.ann.get(f"webhooks/{webhook['webhook_id']}").json()
    assert world.bea.get(f"webhooks/{webhook['webhook_id']}").status_code == 404


def test_a_subscription_that_cannot_be_is_refused_with_the_reason(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    world = WebWorld(tmp_path)
    for url in ("http://ehr.example.org/", "https://127.0.0.1/", "https://[::ffff:10.0.0.1]/", "https://u:p@ehr.example.org/"):
        answer = world.ann.post("webhooks", json={"url": url})
        assert (answer.status_code, answer.json()["errors"][0]["location"]) == (422, "body.url")
    assert world.ann.post("webhooks", json={"url": "https://ehr.example.org/", "kinds": ["odd"]}).status_code == 422
    world.close()


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "169.254.169.254", "192.168.0.1", "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255",
     "::1", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "::"],
)  # fmt: skip
def test_no_message_goes_to_a_special_address(address: str) -> None:
    from ipaddress import ip_address

    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(RefusedAddress):
        check_url(f"https://{host}/", private_too=False)


def test_a_name_that_leads_inside_is_refused_when_it_is_used() -> None:
    check_url("https://localhost/", private_too=False)  # by its form alone it could be anybody's
    with pytest.raises(RefusedAddress, match="not public"):
        resolved("https://localhost/", private_too=False)
    assert post("https://localhost/", b"{}", {}, False).status is None


@pytest.mark.parametrize(
    "url", ["ftp://a.example/", "https://", "https://a b/", "https://a.example:99999/", "https://é.example/", "x"]
)
def test_what_is_no_url_of_a_webhook_is_refused(url: str) -> None:
    with pytest.raises(RefusedAddress):
        check_url(url, private_too=True)


@given(st.sampled_from(EventState), st.sampled_from(EventState))
def test_only_the_table_s_steps_are_taken(now: EventState, then: EventState) -> None:
    if then in EVENT_LIFE[now]:
        assert step(now, then) is then
    else:
        with pytest.raises(IllegalTransition):
            step(now, then)


@given(st.one_of(st.none(), st.integers(100, 599)), st.integers(1, 20))
def test_an_event_is_delivered_by_2xx_only_and_never_tried_for_ever(status: int | None, tries: int) -> None:
    then = after(Heard(status, ""), tries, DAY_ONE)
    assert (then.state is EventState.DELIVERED) == (status is not None and 200 <= status < 300)
    assert then.state in EVENT_LIFE[EventState.SENDING]
    if tries > len(PAUSES):
        assert then.state is not EventState.DUE
    assert (then.at is not None) == (then.state is EventState.DUE)


def test_the_signature_is_that_of_standard_webhooks() -> None:
    # the example of the specification's reference implementations
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    made = signature(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_two_secrets_are_never_alike() -> None:
    assert new_secret() != new_secret()
    at = datetime(2023, 11, 1, tzinfo=UTC)
    assert headers(new_secret(), "a", at, b"")["webhook-timestamp"] == str(int(at.timestamp()))
