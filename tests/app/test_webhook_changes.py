"""A subscription that changes, a secret that changes hands, and events of what time and the desk made due."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from app.person_desk import PersonDesk
from app.webhooks import storage
from app.webhooks.lifecycle import Heard
from app.webhooks.telling import tell
from registry.identifiers import iso_day
from review_queue.people import Act, ActKind
from tests.app.web_world import WebWorld
from tests.registry.world import day, on

URL, ELSEWHERE = "https://ehr.example.org/remsfax", "https://ehr.example.org/new"


class Posted:
    """What would have been sent: URL, headers, body."""

    def __init__(self) -> None:
        self.got: list[tuple[str, Mapping[str, str], dict[str, Any]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Heard:
        self.got.append((url, {**headers, "body": body.decode()}, json.loads(body)))
        return Heard(204, "answered 204")


def tell_all(world: WebWorld) -> Posted:
    posted = Posted()
    with world.house.database.reading() as session:
        found = storage.due(session, world.now)
    for one in found:
        tell(world.house.database, one, posted, lambda: world.now)
    return posted


def subscribe(client: Any, **wanted: Any) -> dict[str, Any]:
    answer = client.post("webhooks", json={"url": URL, **wanted})
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def good_for(secret: str, headers: Mapping[str, str]) -> bool:
    """As docs/api.md has a receiver check it: any of the signatures."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.{headers['body']}".encode()
    wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return any(hmac.compare_digest(wanted, one) for one in headers["webhook-signature"].split())


def test_a_subscription_changes_its_address_and_kinds_and_keeps_what_is_left_out(world: WebWorld) -> None:
    path = f"webhooks/{subscribe(world.ann, kinds=['neutropenia_severe'])['webhook_id']}"
    world.corner.post("submissions", json=world.lab(450))
    changed = world.ann.patch(path, json={"url": ELSEWHERE}).json()
    assert (changed["url"], changed["kinds"]) == (ELSEWHERE, ["neutropenia_severe"])
    assert [url for url, _, _ in tell_all(world).got] == [ELSEWHERE], "what was due before goes there too"
    assert world.ann.patch(path, json={"kinds": None}).json()["kinds"] is None
    assert world.ann.get(path).json()["url"] == ELSEWHERE


def test_a_change_that_cannot_be_is_refused_and_another_partys_is_unknown(world: WebWorld) -> None:
    path = f"webhooks/{subscribe(world.ann)['webhook_id']}"
    assert world.ann.patch(path, json={"url": "https://127.0.0.1/"}).json()["errors"][0]["location"] == "body.url"
    assert world.ann.patch(path, json={"kinds": ["odd"]}).status_code == 422
    assert world.bea.patch(path, json={"url": ELSEWHERE}).status_code == 404
    assert world.bea.post(f"{path}/secret").status_code == 404
    assert world.ann.get(path).json()["url"] == URL


def test_for_a_day_after_a_change_messages_bear_the_signatures_of_both_secrets(world: WebWorld) -> None:
    webhook = subscribe(world.ann, kinds=["neutropenia_severe"])
    answer = world.ann.post(f"webhooks/{webhook['webhook_id']}/secret").json()
    old, new = webhook["secret"], answer["secret"]
    seen = []
    for hours, anc in ((0, 450), (23, 440), (25, 430)):
        world.now = day(1) + timedelta(hours=hours)
        world.corner.post("submissions", json=world.lab(anc))
        ((_, headers, _),) = tell_all(world).got
        seen.append((good_for(new, headers), good_for(old, headers), len(headers["webhook-signature"].split())))
    assert seen == [(True, True, 2), (True, True, 2), (True, False, 1)]
    assert old != new


def test_a_change_of_secret_sent_again_with_its_key_makes_no_third_one(world: WebWorld) -> None:
    path = f"webhooks/{subscribe(world.ann)['webhook_id']}/secret"
    first, again = (world.ann.post(path, headers={"Idempotency-Key": "k"}).json()["secret"] for _ in range(2))
    assert first == again
    assert world.ann.post(path).json()["secret"] != first


@pytest.mark.parametrize(("number", "kind"), [(31, "status_form_due"), (40, "status_form_overdue")])
def test_what_time_makes_due_is_an_event_for_its_prescriber_told_once(world: WebWorld, number: int, kind: str) -> None:
    for client in (world.ann, world.bea, world.corner):
        subscribe(client)
    for _ in range(2):
        world.now = day(number)
        world.house.clock_work.run(world.now)
    ((_, _, told),) = tell_all(world).got
    assert (told["type"], told["data"]["patient_id"], told["data"]["reference"][:2]) == (f"notice.{kind}", world.maria, "D-")
    assert "GARCIA" not in json.dumps(told)


def test_a_pharmacy_is_told_that_its_certification_ends(world: WebWorld) -> None:
    subscribe(world.corner)
    world.now = day(690)
    world.house.clock_work.run(world.now)
    ((_, _, told),) = tell_all(world).got
    assert told["data"] == {
        "kind": "ar_reconfirmation_due", "to": "pharmacy", "reference": told["data"]["reference"], "patient_id": None,
    }  # fmt: skip


def test_an_act_at_the_desk_is_an_event_in_its_own_transaction(world: WebWorld) -> None:
    world.now = day(8)
    form = world.ann.post("submissions", json=world.lab(800, 7)).json()
    subscribe(world.ann)
    act = Act(ActKind.CORRECT, "misread", f"{form['submission_id']}:labs.0", draw_date=iso_day(on(7)), anc=1800.0)
    desk = PersonDesk(world.house.desk)
    with world.house.database.writing() as session:
        assert desk.act(session, world.maria, act, "pat", world.now) == ""
        session.rollback()  # the process dies here
    assert tell_all(world).got == []
    with world.house.database.writing() as session:
        assert desk.act(session, world.maria, act, "pat", world.now) == ""
    told = [message for _, _, message in tell_all(world).got]
    assert told, "the prescriber is told of the status that changed"
    assert {(one["data"]["patient_id"], one["data"]["reference"]) for one in told} == {
        (world.maria, f"C-{world.now:%Y%m%d-%H%M%S}")
    }
