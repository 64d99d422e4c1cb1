"""Who is let in, as whom, and how often."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from app.api import storage
from app.api.giving import new_token
from app.api.rates import Limit, after
from app.api.tokens import SCOPES_OF, PartyKind, Scope, digest_of, fits, taken_apart
from app.command_line import application as command_line
from tests.app.web_world import RAY, WebWorld
from tests.registry.world import ANN, CORNER, DAY_ONE


def test_without_a_token_nothing_is_told_and_the_answer_says_how_to_send_one(world: WebWorld) -> None:
    answer = world.anybody.get(f"pharmacies/{CORNER}")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer realm="remsfax"'
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:remsfax:problem:token",
        "title": "Unauthorized",
        "status": 401,
        "detail": "Send a token: Authorization: Bearer …",
        "instance": f"/api/v1/pharmacies/{CORNER}",
    }


@pytest.mark.parametrize("what", ["guess", "remsfax_000000000000_" + "a" * 43, "remsfax__", "é"])
def test_a_guess_is_no_token(world: WebWorld, what: str) -> None:
    answer = world.client({"Authorization": b"Bearer " + what.encode()}).get(f"pharmacies/{CORNER}")  # type: ignore[dict-item]
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_the_right_id_with_another_secret_is_no_token(world: WebWorld) -> None:
    text = world.token(PartyKind.PHARMACY, CORNER, "Ray Hill", RAY)
    wrong = text[:-1] + ("A" if text[-1] != "A" else "B")
    assert world.client({"Authorization": f"Bearer {wrong}"}).get(f"pharmacies/{CORNER}").status_code == 401


def test_a_token_ends_with_its_day_and_when_it_is_revoked(world: WebWorld) -> None:
    text = world.token(PartyKind.PHARMACY, CORNER, "Ray Hill", RAY, days=2)
    client = world.client({"Authorization": f"Bearer {text}"})
    assert client.get(f"pharmacies/{CORNER}").status_code == 200
    world.now += timedelta(days=2)
    assert client.get(f"pharmacies/{CORNER}").status_code == 401
    again = world.token(PartyKind.PHARMACY, CORNER, "Ray Hill", RAY)
    token_id = (taken_apart(again) or ("", ""))[0]
    with world.house.database.writing() as session:
        assert storage.revoke_token(session, token_id, world.now)
        assert not storage.revoke_token(session, token_id, world.now)
    assert world.client({"Authorization": f"Bearer {again}"}).get(f"pharmacies/{CORNER}").status_code == 401


def test_a_token_that_was_just_used_ends_seconds_after_it_is_revoked(world: WebWorld) -> None:
    text = world.token(PartyKind.PHARMACY, CORNER, "Ray Hill", RAY)
    client = world.client({"Authorization": f"Bearer {text}"})
    assert client.get(f"pharmacies/{CORNER}").status_code == 200
    with world.house.database.writing() as session:
        storage.revoke_token(session, text.split("_")[1], world.now)
    world.now += timedelta(seconds=5)
    assert client.get(f"pharmacies/{CORNER}").status_code == 401


def test_a_token_without_the_scope_is_told_which_one_it_lacks(world: WebWorld) -> None:
    client = world.holding(PartyKind.PHARMACY, CORNER, "Ray Hill", RAY, Scope.LOOK_UP)
    assert client.get(f"pharmacies/{CORNER}").status_code == 200
    answer = client.post("dispense-checks", json={"pharmacy_npi": CORNER, "patient_id": world.maria})
    assert answer.status_code == 403
    assert 'scope="dispense"' in answer.headers["www-authenticate"]


@pytest.mark.parametrize("path", ["status", "faxes", "documents", "deliveries/wanting-a-person"])
def test_only_operators_look_at_the_service(world: WebWorld, path: str) -> None:
    assert world.operator.get(path).status_code == 200
    for client in (world.corner, world.ann, world.don, world.wide):
        assert client.get(path).status_code == 403


def test_the_last_use_is_written_once_a_minute(world: WebWorld) -> None:
    text = world.token(PartyKind.PHARMACY, CORNER, "Ray Hill", RAY)
    token_id = (taken_apart(text) or ("", ""))[0]
    client = world.client({"Authorization": f"Bearer {text}"})
    seen = []
    for _ in range(5):
        client.get(f"pharmacies/{CORNER}")
        with world.house.database.reading() as session:
            found = storage.token(session, token_id)
        assert found is not None
        seen.append(found.last_used_at)
        world.now += timedelta(seconds=25)
    first = seen[0]
    assert first is not None
    assert seen == [first, first, first, first + timedelta(seconds=75), first + timedelta(seconds=75)]


def test_a_secret_is_stored_nowhere(world: WebWorld) -> None:
    text = world.token(PartyKind.PHARMACY, CORNER, "Ray Hill", RAY)
    secret = text.rpartition("_")[2] if text.count("_") == 2 else text.split("_", 2)[2]
    world.house.database.close()
    written = b"".join(path.read_bytes() for path in world.house.folders.root.glob("remsfax.db*"))
    assert secret.encode() not in written
    assert digest_of(text.split("_", 2)[2]).encode() in written


def test_beyond_the_limit_the_answer_says_how_long_to_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    world = WebWorld(tmp_path, api_burst=3, api_requests_per_second=0.01)
    answers = [world.corner.get(f"pharmacies/{CORNER}") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert [one.headers["ratelimit-remaining"] for one in answers] == ["2", "1", "0", "0"]
    assert 90 <= int(answers[-1].headers["retry-after"]) <= 100
    assert answers[-1].json()["type"] == "urn:remsfax:problem:too-many"
    assert world.clinic.get(f"pharmacies/{CORNER}").status_code == 200
    world.close()


def test_the_public_search_is_limited_by_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    world = WebWorld(tmp_path, public_burst=2, public_requests_per_second=0.01)
    assert [world.anybody.get("public/pharmacies?city=Springfield").status_code for _ in range(3)] == [200, 200, 429]
    assert world.corner.get(f"pharmacies/{CORNER}").status_code == 200
    world.close()


@given(
    st.lists(st.floats(0, 5), min_size=1, max_size=200),
    st.floats(0.1, 50),
    st.integers(1, 20),
)
def test_a_bucket_never_gives_more_than_its_burst_and_its_rate(gaps: list[float], rate: float, burst: int) -> None:
    limit = Limit("any", rate, burst)
    level, given_out = float(burst), 0
    for gap in gaps:
        allowed, level = after(level, gap, limit)
        given_out += allowed
        assert -1e-9 <= level <= burst
    assert given_out <= burst + rate * sum(gaps) + 1e-6


@given(st.text(max_size=80))
def test_no_text_is_a_token_but_one_of_the_form(text: str) -> None:
    found = taken_apart(text)
    assert found is None or text == f"remsfax_{found[0]}_{found[1]}"


def test_a_written_token_comes_apart_into_what_its_row_knows() -> None:
    token, text = new_token(PartyKind.PHARMACY, CORNER, "", "Ray Hill", RAY, (), DAY_ONE)
    parts = taken_apart(text)
    assert parts is not None
    assert parts[0] == token.token_id
    assert fits(token, parts[1])
    assert not fits(token, parts[1][:-1])
    assert token.scopes == SCOPES_OF[PartyKind.PHARMACY]


@pytest.mark.parametrize(
    ("kind", "identifier", "person", "email", "scope"),
    [
        (PartyKind.PHARMACY, "1234567890", "Ray Hill", RAY, Scope.DISPENSE),
        (PartyKind.PHARMACY, "", "Ray Hill", RAY, Scope.DISPENSE),
        (PartyKind.OPERATOR, CORNER, "Ray Hill", RAY, Scope.SERVICE),
        (PartyKind.DISTRIBUTOR, "1", "Ray Hill", RAY, Scope.LIST),
        (PartyKind.PHARMACY, CORNER, "Ray", RAY, Scope.DISPENSE),
        (PartyKind.PHARMACY, CORNER, "Ray Hill", "ray", Scope.DISPENSE),
        (PartyKind.DISTRIBUTOR, "A1B2C3D40", "Sue Pike", RAY, Scope.DISPENSE),
        (PartyKind.PHARMACY, CORNER, "Ray Hill", RAY, Scope.SERVICE),
    ],
)
def test_a_token_that_could_fit_nobody_is_not_made(
    kind: PartyKind, identifier: str, person: str, email: str, scope: Scope
) -> None:
    with pytest.raises(ValueError, match=r"NPI|HIN|email|name|cannot have"):
        new_token(kind, identifier, "", person, email, [scope], DAY_ONE)


def test_the_command_line_makes_lists_and_revokes_tokens(tmp_path: Path) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(command_line, [*arguments, "--data", str(tmp_path / "data")])
        return done.exit_code, done.stdout

    who = ("--person", "Ann Lee", "--email", "ann@example.org")
    status, text = run("token", "add", "--kind", "prescriber", "--npi", ANN, "--scope", "submit", *who)
    parts = taken_apart(text.strip())
    assert status == 0
    assert parts is not None
    _, listed = run("token", "list", "--json")
    assert f'"token_id": "{parts[0]}"' in listed
    assert '"scopes": ["submit"]' in listed
    assert parts[1] not in listed
    assert run("token", "revoke", parts[0])[0] == 0
    assert run("token", "revoke", parts[0])[0] == 1
    assert run("token", "add", "--kind", "prescriber", "--npi", "12", *who)[0] == 2
