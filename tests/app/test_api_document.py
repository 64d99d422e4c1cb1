"""docs/api.md: every curl line and the check of a signature work as they stand there."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.api.tokens import SCOPES_OF, PartyKind
from app.webhooks.lifecycle import PAUSES
from app.webhooks.signing import headers, new_secret
from tests.app.web_world import WebWorld
from tests.registry.world import day

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text(encoding="utf-8")


def curl_lines() -> list[list[str]]:
    """The arguments of each curl in the document, in its order."""
    blocks = re.findall(r"```\n(curl .*?)```", TEXT, flags=re.DOTALL)
    return [shlex.split("curl " + one.replace("\\\n", " ")) for block in blocks for one in block.split("curl ")[1:]]


def sent(world: WebWorld, arguments: list[str]) -> tuple[str, int, str]:
    """Send what the line says: URL, status and body of the answer."""
    words = arguments[1:]
    method, body, given, url = "GET", None, {}, ""
    while words:
        word = words.pop(0)
        if word == "-H":
            name, value = words.pop(0).split(": ", 1)
            given[name] = value
        elif word == "-d":
            method, body = "POST", words.pop(0)
        elif word == "-X":
            method = words.pop(0)
        else:
            url = word.replace("$API/", "").replace("\\$", "$")  # shlex leaves what a shell takes away
    holders: dict[str, Any] = {"PHARMACY": world.corner, "PRESCRIBER": world.ann, "DISTRIBUTOR": world.wide, "STAFF": world.kit}
    who = given.pop("Authorization", "").removeprefix("Bearer $")
    answer = holders.get(who, world.anybody).request(method, url, content=body, headers=given)
    return url, answer.status_code, answer.text


def test_every_curl_line_of_the_document_is_answered(world: WebWorld) -> None:
    world.now = day(1.2)
    answers = [sent(world, one) for one in curl_lines()]
    assert len(answers) >= 26
    assert [one for one in answers if one[1] not in (200, 201)] == []
    assert [one for one in answers if '"done":false' in one[2]] == []


def test_the_document_s_check_of_a_signature_takes_ours_and_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, flags=re.DOTALL)
    shown: dict[str, Any] = {}
    exec(code, shown)
    secret, now = new_secret(), datetime.now(UTC)
    ours = headers(secret, "evt_1", now, b"{}")
    assert shown["is_ours"](secret, ours, b"{}")
    assert not shown["is_ours"](secret, ours, b"{ }")
    assert not shown["is_ours"](new_secret(), ours, b"{}")
    assert not shown["is_ours"](secret, headers(secret, "evt_1", datetime(2023, 11, 1, tzinfo=UTC), b"{}"), b"{}")


def test_the_document_names_every_kind_with_its_scopes() -> None:
    for kind in PartyKind:
        (row,) = re.findall(rf"^\| `{kind.value}` \|.*\|$", TEXT, flags=re.MULTILINE)
        scopes = SCOPES_OF[kind]
        assert kind is PartyKind.OPERATOR or set(re.findall(r"`([a-z-]+)`", row.rsplit("|", 2)[1])) == {
            one.value for one in scopes
        }
    assert len(PAUSES) == 9  # as many as the document tells of
