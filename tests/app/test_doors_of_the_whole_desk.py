"""Every POST of the whole desk, as the service puts it together: who may, from where, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from review_queue.web.guards import Guard, Permission
from tests.app.desk_world import DeskWorld
from tests.review_queue.invented import PASSWORD

BEFORE_THE_SIGN_IN = "/desk/sign-in"  # checks its origin; name and password are its words


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskWorld]:
    made = DeskWorld(tmp_path_factory.mktemp("desk"))
    yield made
    made.house.database.close()


def posts(world: DeskWorld) -> list[APIRoute]:
    """Every route of the desk that may change something."""
    found: list[APIRoute] = []

    def walk(routes: object) -> None:
        for route in routes:  # type: ignore[attr-defined]
            if isinstance(route, APIRoute):
                if route.path.startswith("/desk") and route.methods - {"GET", "HEAD"}:
                    found.append(route)
            else:
                walk(getattr(getattr(route, "original_router", None), "routes", ()) or getattr(route, "routes", ()))

    walk(world.app().router.routes)
    return [one for one in found if one.path != BEFORE_THE_SIGN_IN]


def path_of(route: APIRoute) -> str:
    """Its address with something in each parameter."""
    return re.sub(r"{[^}]+}", "1", route.path)


def client(world: DeskWorld, name: str = "") -> TestClient:
    """Somebody's browser without a script."""
    person = TestClient(world.app(), headers={"Origin": "http://testserver", "Accept": "text/html"}, follow_redirects=False)
    if name:
        assert person.post("/desk/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
    return person


def token(person: TestClient) -> str:
    """What this sign-in's forms carry."""
    found = re.search(r'name="csrf" value="([^"]+)"', person.get("/desk").text)
    assert found is not None
    return found[1]


def test_every_post_of_the_desk_was_added_with_a_guard(world: DeskWorld) -> None:
    unguarded = [one.path for one in posts(world) if not isinstance(getattr(one.endpoint, "guard", None), Guard)]
    assert unguarded == []
    assert len(posts(world)) > 11


def test_nobody_posts_without_a_sign_in_or_with_a_foreign_token(world: DeskWorld) -> None:
    nobody, ann = client(world), client(world, "ann")
    for route in posts(world):
        path = path_of(route)
        assert nobody.post(path).status_code == 303, path
        assert nobody.post(path, headers={"Accept": "application/json"}).status_code == 401, path
        assert ann.post(path, data={"csrf": "x" * 43}).status_code == 403, path
        assert ann.post(path, data={"csrf": token(ann)}, headers={"Origin": "http://elsewhere.example"}).status_code == 403, path


def test_a_rank_is_asked_for_and_a_reason_where_the_act_does_not_say_why(world: DeskWorld) -> None:
    ann, sue = client(world, "ann"), client(world, "sue")
    for route in posts(world):
        guard: Guard = route.endpoint.guard  # type: ignore[attr-defined]
        path = path_of(route)
        if guard.permission is not Permission.REVIEW:
            assert ann.post(path, data={"csrf": token(ann)}).status_code == 403, path
        if guard.words_in:
            data = {"csrf": token(sue), **dict.fromkeys(guard.words_in, " ")}
            assert sue.post(path, data=data).status_code == 422, path


def test_the_walk_finds_what_only_the_service_adds(world: DeskWorld) -> None:
    assert any(one.path.startswith("/desk/people/") for one in posts(world))
