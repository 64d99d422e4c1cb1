"""The API on PostgreSQL, where several web processes write at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

from app.api.door import Door
from app.migrations import differences
from tests.app.web_world import WebWorld
from tests.registry.world import CORNER
from tools.throwaway_postgres import NoPostgres, throwaway_postgres

AT_ONCE = 8


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebWorld]:
    folder = tmp_path_factory.mktemp("web")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        try:
            with throwaway_postgres(tmp_path_factory.mktemp("postgres")) as address:
                patch.setenv("REMSFAX_DATABASE_URL", address)
                found = WebWorld(folder)
                yield found
                found.close()
        except NoPostgres as missing:
            pytest.skip(str(missing))


def at_once(work: Callable[[int], Any]) -> list[Any]:
    """The work in several threads that begin together."""
    ready = Barrier(AT_ONCE)

    def run(number: int) -> Any:
        ready.wait()
        return work(number)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(run, range(AT_ONCE)))


def check(world: WebWorld, **headers: str) -> Any:
    return world.corner.post("dispense-checks", json={"pharmacy_npi": CORNER, "patient_id": world.maria}, headers=headers)


def test_the_history_makes_the_api_s_tables_there_too(world: WebWorld) -> None:
    assert differences(world.house.database.engine) == []


def test_checks_at_once_get_a_number_each(world: WebWorld) -> None:
    answers = at_once(lambda _: check(world))
    assert [one.status_code for one in answers] == [200] * AT_ONCE
    assert len({one.json()["authorization"] for one in answers}) == AT_ONCE


def test_one_key_sent_by_many_at_once_has_one_effect(world: WebWorld) -> None:
    answers = at_once(lambda _: check(world, **{"Idempotency-Key": "the-same"}))
    assert [one.status_code for one in answers] == [200] * AT_ONCE
    assert len({one.json()["authorization"] for one in answers}) == 1
    numbers = [one["authorization"] for one in world.operator.get(f"patients/{world.maria}/dispensing").json()["authorizations"]]
    assert numbers.count(answers[0].json()["authorization"]) == 1


def test_one_form_sent_by_many_at_once_is_admitted_once(world: WebWorld) -> None:
    body = {**world.lab(1700), "submission_id": "lab-1"}
    answers = at_once(lambda _: world.ann.post("submissions", json=body))
    assert [one.status_code for one in answers] == [201] * AT_ONCE
    assert len({one.text for one in answers}) == 1
    labs = world.ann.get(f"patients/{world.maria}/status").json()["labs"]
    assert [one["anc"] for one in labs].count(1700) == 1


def test_different_forms_at_once_all_stand(world: WebWorld) -> None:
    answers = at_once(lambda number: world.ann.post("submissions", json=world.lab(1600 + number)))
    assert [one.status_code for one in answers] == [201] * AT_ONCE
    assert len({one.json()["reference"] for one in answers}) == AT_ONCE
    labs = {one["anc"] for one in world.ann.get(f"patients/{world.maria}/status").json()["labs"]}
    assert {1600 + number for number in range(AT_ONCE)} <= labs


def test_a_server_that_restarts_under_us_costs_nobody_an_answer(world: WebWorld) -> None:
    world.check()
    for connection in (world.house.database.engine.raw_connection() for _ in range(3)):
        connection.driver_connection.close()  # type: ignore[union-attr]
        connection.close()
    assert isinstance(world.web.state.door, Door)
    assert world.check()["authorized"]
