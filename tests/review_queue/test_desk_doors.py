"""The desk's doors: who may see what, and what every answer carries."""

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute

from review_queue import reviewing
from review_queue.reviewers import FAILURES_UNTIL_LOCKED, IDLE_LIMIT
from review_queue.web.guards import Guard, Permission
from review_queue.web.security import COOKIE, safe_next
from tests.review_queue.browsing import SCRIPT, Person
from tests.review_queue.desk_in_process import enqueue, new_desk
from tests.review_queue.invented import DISAGREEING, PASSWORD


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


@pytest.fixture
def ann(desk):
    return Person(desk, "ann")


def state(desk, item_id="item-1"):
    with desk.sessions() as session:
        return reviewing.look_at(session, item_id).state.value


def every_route(desk) -> list[APIRoute]:
    """Every route of the desk."""
    app: FastAPI = desk.app()
    found = []

    def walk(some):
        for route in some:
            if isinstance(route, APIRoute):
                if route.path.startswith("/desk"):
                    found.append(route)
            else:
                walk(getattr(getattr(route, "original_router", None), "routes", ()) or getattr(route, "routes", ()))

    walk(app.router.routes)
    return found


def routes(desk) -> list[tuple[str, str]]:
    """Every method and path the desk answers, with its parameters filled in."""
    fields = dict.fromkeys(("field", "key"), "labs.0.anc")
    filled = {
        "item_id": "item-1",
        "number": "1",
        "name": "desk.css",
        "document_id": "document-1",
        "fax_id": "fax-7",
        "task_id": "second-item-1-1",
        **fields,
    }
    return sorted((method, one.path.format(**filled)) for one in every_route(desk) for method in one.methods or ())


OPEN = {("GET", "/desk/sign-in"), ("POST", "/desk/sign-in"), ("GET", "/desk/static/desk.css")}


def test_every_route_but_the_sign_in_is_closed_to_whoever_has_not_signed_in(desk):
    enqueue(desk, 1, DISAGREEING)
    nobody = Person(desk)
    closed = [one for one in routes(desk) if one not in OPEN]
    assert len(closed) >= 16
    for method, path in closed:
        page = nobody.client.request(method, path)
        assert page.status_code == 303, (method, path)
        assert "PEREZ" not in page.text
        assert page.headers["location"].startswith("/desk/sign-in?next=")
        assert nobody.client.request(method, path, headers={"Accept": "image/png"}).status_code == 401
        assert nobody.client.request(method, path, headers=SCRIPT).status_code == 401
    assert state(desk) == "waiting"


def test_every_route_answers_with_the_security_headers(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    for method, path in routes(desk):
        answer = ann.client.request(method, path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"
        if "/static/" not in path:
            assert answer.headers["cache-control"] == "no-store", path


def test_no_change_goes_without_the_sign_ins_token_or_from_another_site(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    token = ann.csrf()
    for method, path in routes(desk):
        if method != "POST" or path == "/desk/sign-in":
            continue
        assert ann.post(path, version="0").status_code == 403, path
        assert ann.post(path, csrf="x" * 43, version="0").status_code == 403
        assert ann.post(path, {"Origin": "http://elsewhere.example"}, csrf=token, version="0").status_code == 403
        assert ann.post(path, {"Origin": "null"}, csrf=token, version="0").status_code == 403
    assert ann.get("/desk").status_code == 200  # still signed in: nothing above was taken
    assert state(desk) == "waiting"


GUARDED_APART = {"/desk/sign-in"}  # nobody is signed in yet: it checks the origin, and its words are name and password


def changes(desk) -> list[APIRoute]:
    """Every route that changes something."""
    return [one for one in every_route(desk) if one.methods - {"GET", "HEAD"} and one.path not in GUARDED_APART]


def test_every_change_was_added_with_a_guard_that_names_its_permission_and_where_its_reason_stands(desk):
    found = changes(desk)
    assert len(found) >= 11
    for route in found:
        guard = getattr(route.endpoint, "guard", None)
        assert isinstance(guard, Guard), f"{route.path} is a POST route that was not added by `change`"
        assert guard.act
        assert route.methods == {"POST"}


def test_a_change_that_needs_words_is_refused_without_them_and_one_that_needs_a_rank_without_it(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/items/item-1/take")
    filled = {"item_id": "item-1", "key": "labs.0.anc", "fax_id": "fax-7"}
    for route in changes(desk):
        guard = route.endpoint.guard
        names = {name: filled.get(name, "1") for name in re.findall(r"{(\w+)", route.path)}
        path = route.path.format(**names)
        if guard.permission is not Permission.REVIEW:
            assert ann.act(path, version=1).status_code == 403, path
        if guard.words_in:
            person = ann if guard.permission is Permission.REVIEW else Person(desk, "sue")
            assert person.act(path, version=1, **dict.fromkeys(guard.words_in, "  ")).status_code == 422, path
    assert state(desk) == "in_hand"


def test_another_persons_token_is_no_token(desk, ann):
    bob = Person(desk, "bob")
    assert ann.post("/desk/next", csrf=bob.csrf()).status_code == 403


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(desk):
    answer = Person(desk).post("/desk/sign-in", name="ann", password=PASSWORD)
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(COOKIE)
    assert "HttpOnly" in cookie
    assert "samesite=strict" in cookie.lower()


def test_a_wrong_password_is_told_and_repeated_ones_lock_the_account(desk):
    person = Person(desk)
    for _ in range(FAILURES_UNTIL_LOCKED - 1):
        answer = person.post("/desk/sign-in", name="ann", password="wrong password")
        assert answer.status_code == 403
        assert "do not fit" in answer.text
    assert "30 minutes" in person.post("/desk/sign-in", name="ann", password="wrong password").text
    assert person.post("/desk/sign-in", name="ann", password=PASSWORD).status_code == 403
    desk.clock.pass_by(minutes=30)
    assert person.post("/desk/sign-in", name="ann", password=PASSWORD).status_code == 303


def test_a_sign_in_from_another_sites_form_is_refused(desk):
    answer = Person(desk).post("/desk/sign-in", {"Origin": "http://elsewhere.example"}, name="ann", password=PASSWORD)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_a_form_sent_after_the_time_out_leads_back_to_its_fax_and_says_that_nothing_was_saved(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/items/item-1/take")
    csrf = ann.csrf()
    desk.clock.pass_by(seconds=IDLE_LIMIT.total_seconds() + 1)
    answer = ann.post("/desk/items/item-1/reject", csrf=csrf, version=1, other="Too late.")
    assert answer.headers["location"] == "/desk/sign-in?next=/desk/items/item-1&lost=1"
    page = ann.get(answer.headers["location"]).text
    assert "was not saved" in page
    assert 'value="/desk/items/item-1"' in page
    assert state(desk) == "in_hand"


def test_an_idle_reviewer_is_signed_out_and_comes_back_to_the_same_fax(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    desk.clock.pass_by(seconds=IDLE_LIMIT.total_seconds() + 1)
    answer = ann.get("/desk/items/item-1")
    assert answer.headers["location"] == "/desk/sign-in?next=/desk/items/item-1"
    back = ann.post("/desk/sign-in", name="ann", password=PASSWORD, next="/desk/items/item-1")
    assert back.headers["location"] == "/desk/items/item-1"


@pytest.mark.parametrize("wanted", ["https://elsewhere.example", "//elsewhere.example", "/desk/items//x", "/desk/items/\\x", "/"])
def test_the_sign_in_sends_nobody_elsewhere(wanted):
    assert safe_next(wanted) == "/desk"


def test_signing_out_closes_the_desk(ann):
    assert ann.act("/desk/sign-out").headers["location"] == "/desk/sign-in"
    assert ann.get("/desk").status_code == 303


@pytest.mark.parametrize("name", ["../item.html", "..%2fitem.html", "%2e%2e/base.html", "nothing.css", ".hidden.css"])
def test_only_static_files_are_handed_out(ann, name):
    assert ann.get(f"/desk/static/{name}").status_code == 404
