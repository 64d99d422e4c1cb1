"""The desk in a browser without a script: who may see what, what every answer carries, and a fax from queue to end."""

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from intake.reading import Problem, ProblemKind
from review_queue import reviewing, storage
from review_queue.reviewers import FAILURES_UNTIL_LOCKED, IDLE_LIMIT
from review_queue.web.rendering import PAGES, TEMPLATES
from review_queue.web.security import COOKIE, safe_next
from tests.review_queue import invented
from tests.review_queue.desk_in_process import enqueue, enqueue_loose, new_desk
from tests.review_queue.invented import DISAGREEING, PASSWORD, UNREAD_NPI, UNSIGNED

OWN = {"Origin": "http://testserver"}
PAGE = {"Accept": "text/html"}
SCRIPT = {"Accept": "application/json"}


@pytest.fixture
def desk(tmp_path):
    return new_desk(tmp_path)


class Person:
    """Somebody with a browser."""

    def __init__(self, desk, name=None):
        self.client = TestClient(desk.app(), headers=OWN | PAGE, follow_redirects=False)
        if name is not None:
            answer = self.post("/desk/sign-in", name=name, password=PASSWORD)
            assert answer.status_code == 303

    def get(self, path, **headers):
        return self.client.get(path, headers=headers)

    def post(self, path, headers=None, **data):
        return self.client.post(path, data=data, headers=headers or {})

    def csrf(self):
        return re.search(r'name="csrf" value="([^"]+)"', self.get("/desk").text)[1]

    def act(self, path, headers=None, **data):
        return self.post(path, headers, csrf=self.csrf(), **data)


@pytest.fixture
def ann(desk):
    return Person(desk, "ann")


def version(desk, item_id="item-1"):
    with desk.sessions() as session:
        return reviewing.look_at(session, item_id).version


def state(desk, item_id="item-1"):
    with desk.sessions() as session:
        return reviewing.look_at(session, item_id).state.value


def routes(desk) -> list[tuple[str, str]]:
    """Every method and path the desk answers, with its parameters filled in."""
    app: FastAPI = desk.app()
    filled = {"item_id": "item-1", "number": "1", "field": "labs.0.anc", "key": "labs.0.anc", "name": "desk.css"}
    found = []

    def walk(some):
        for route in some:
            if isinstance(route, APIRoute):
                if route.path.startswith("/desk"):
                    found.extend((method, route.path.format(**filled)) for method in route.methods or ())
            else:
                walk(getattr(getattr(route, "original_router", None), "routes", ()) or getattr(route, "routes", ()))

    walk(app.router.routes)
    return sorted(found)


OPEN = {("GET", "/desk/sign-in"), ("POST", "/desk/sign-in"), ("GET", "/desk/static/desk.css")}


def test_every_route_but_the_sign_in_is_closed_to_whoever_has_not_signed_in(desk):
    enqueue(desk, 1, DISAGREEING)
    nobody = Person(desk)
    closed = [one for one in routes(desk) if one not in OPEN]
    assert len(closed) >= 16
    for method, path in closed:
        page = nobody.client.request(method, path)
        assert page.status_code == (303 if method == "GET" else 401), (method, path)
        assert "PEREZ" not in page.text
        if method == "GET":
            assert page.headers["location"].startswith("/desk/sign-in?next=")
            assert nobody.client.get(path, headers={"Accept": "image/png"}).status_code == 401
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


def test_the_queue_names_what_is_urgent_how_old_it_is_and_who_holds_it(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    enqueue(desk, 2, invented.doubtful("labs.0.anc", 820, ProblemKind.LOW_CERTAINTY, "Not certain."))
    Person(desk, "bob").act("/desk/next")
    text = ann.get("/desk").text
    assert text.index("ANC 820") < text.index("R-20261123-0001")
    assert "bob, 10:00 left" in text
    assert "2 h 05 m" in text
    assert "PEREZ" not in text  # minimum necessary: the queue names no patient


def test_a_fax_goes_from_the_queue_to_its_end_without_a_script(desk, ann):
    enqueue(desk, 1, DISAGREEING, UNREAD_NPI)
    enqueue(desk, 2, UNSIGNED)
    assert ann.act("/desk/next").headers["location"] == "/desk/items/item-1"
    page = ann.get("/desk/items/item-1").text
    assert page.index("Prescriber NPI") < page.index("Blood draw 1: ANC per µL")
    assert "William Perez" in page
    here = "/desk/items/item-1"
    answer = ann.act(f"{here}/fields/prescriber_npi", version=1, said="value", value="1234567893")
    assert answer.headers["location"] == here
    ann.act(f"{here}/fields/labs.0.anc", version=1, guess="3713")
    onward = ann.act(f"{here}/submit", version=1)
    assert onward.headers["location"] == "/desk/items/item-2"
    assert desk.settled == ["document-1"]
    with desk.sessions() as session:
        values = reviewing.look_at(session, "item-1").values()
    assert (values["labs.0.anc"], values["prescriber_npi"]) == (3713, "1234567893")
    assert state(desk, "item-2") == "in_hand"


def test_a_typo_comes_back_with_the_reason_and_what_was_typed(desk, ann):
    enqueue(desk, 1, UNREAD_NPI)
    ann.act("/desk/next")
    path = "/desk/items/item-1/fields/prescriber_npi"
    answer = ann.act(path, version=1, said="value", value="1234567890")
    assert answer.status_code == 422
    assert 'value="1234567890"' in answer.text
    assert 'name="insist" value="1"' in answer.text
    told = ann.act(path, SCRIPT, version=1, said="value", value="1234567890").json()
    assert told["may_insist"]
    assert ann.act(path, SCRIPT, version=1, said="value", value="1234567890", insist="1").json()["left"] == []


def test_confirming_a_field_nobody_could_read_takes_a_value_or_a_word(desk, ann):
    enqueue(desk, 1, UNREAD_NPI)
    ann.act("/desk/next")
    path = "/desk/items/item-1/fields/prescriber_npi"
    assert ann.act(path, SCRIPT, version=1, said="value", value="").status_code == 422
    told = ann.act(path, SCRIPT, version=1, said="illegible", value="").json()
    assert (told["verdict"], told["shown"], told["by"]) == ("illegible", "illegible", "ann")


def test_a_certain_field_can_be_corrected_too(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    told = ann.act("/desk/items/item-1/fields/patient_last_name", SCRIPT, version=1, said="value", value="PERES").json()
    assert (told["verdict"], told["left"]) == ("corrected", ["labs.0.anc"])


def test_the_rules_follow_the_verdicts(desk, ann):
    enqueue(desk, 1, UNSIGNED)
    ann.act("/desk/next")
    told = ann.act("/desk/items/item-1/fields/ben", SCRIPT, version=1, said="value", value="ticked").json()
    assert "R28" in told["rules"]
    told = ann.act("/desk/items/item-1/fields/signature_prescriber", SCRIPT, version=1, value="present").json()
    assert "R28" not in told["rules"]


def test_a_problem_of_the_whole_document_is_settled_by_saying_that_one_looked(desk, ann):
    enqueue(desk, 1, problems=(Problem(ProblemKind.CUT_OFF, "The call ended on page 2."),))
    ann.act("/desk/next")
    assert "The call ended on page 2." in ann.get("/desk/items/item-1").text
    assert ann.act("/desk/items/item-1/fields/document.0", SCRIPT, version=1, value="seen").json()["left"] == []
    assert ann.act("/desk/items/item-1/fields/document.7", SCRIPT, version=1, value="seen").status_code == 404


def test_submitting_with_a_doubt_left_changes_nothing(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    answer = ann.act("/desk/items/item-1/submit", version=1)
    assert answer.status_code == 409
    assert "ANC per µL" in answer.text
    assert (state(desk), desk.settled) == ("in_hand", [])


def test_who_does_not_hold_a_fax_may_look_but_change_nothing(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    Person(desk, "bob").act("/desk/next")
    page = ann.get("/desk/items/item-1").text
    assert "in the hands of bob" in page
    assert "<fieldset disabled>" in page
    assert 'id="submit"' not in page
    assert ann.act("/desk/items/item-1/fields/labs.0.anc", SCRIPT, version=1, value="3713").status_code == 409
    assert ann.act("/desk/items/item-1/take").status_code == 409


def test_a_lapsed_lease_lets_a_colleague_take_over_and_the_first_is_told(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    desk.clock.pass_by(minutes=10)
    assert Person(desk, "bob").act("/desk/items/item-1/take").status_code == 303
    answer = ann.act("/desk/items/item-1/fields/labs.0.anc", SCRIPT, version=1, value="3713")
    assert answer.status_code == 409
    assert "no longer in your hands" in answer.json()["why"]


def test_the_heartbeat_keeps_a_fax_in_ones_hands(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    desk.clock.pass_by(minutes=9)
    assert ann.act("/desk/items/item-1/lease", SCRIPT, version=1).json() == {"lease": 600}
    desk.clock.pass_by(minutes=9)
    assert Person(desk, "bob").act("/desk/items/item-1/take").status_code == 409


@pytest.mark.parametrize(
    ("way", "data", "end", "tells_the_flow"),
    [
        ("reject", {"reason": "This is not a form of the Clozapine REMS."}, "rejected", True),
        ("reject", {"reason": "", "other": "Wrong number."}, "rejected", True),
        ("send-back", {"ask": ["Prescriber signature: please sign."]}, "sent_back", True),
        ("send-back", {"other": "Which patient is this?"}, "sent_back", True),
        ("escalate", {"note": "an adverse event?"}, "escalated", False),
        ("second-look", {"note": "is this a 7?"}, "second_look", False),
    ],
)
def test_each_way_out_ends_where_it_says(desk, ann, way, data, end, tells_the_flow):
    enqueue(desk, 1, UNSIGNED)
    ann.act("/desk/next")
    answer = ann.act(f"/desk/items/item-1/{way}", version=1, **data)
    assert answer.status_code == 303
    assert state(desk) == end
    assert desk.settled == (["document-1"] if tells_the_flow else [])


@pytest.mark.parametrize("way", ["reject", "send-back", "escalate", "second-look"])
def test_no_way_out_goes_without_words(desk, ann, way):
    enqueue(desk, 1, UNSIGNED)
    ann.act("/desk/next")
    assert ann.act(f"/desk/items/item-1/{way}", version=1).status_code == 422
    assert (state(desk), desk.settled) == ("in_hand", [])


def test_putting_a_fax_back_frees_it_and_keeps_what_was_said(desk, ann):
    enqueue(desk, 1, DISAGREEING, UNREAD_NPI)
    ann.act("/desk/next")
    ann.act("/desk/items/item-1/fields/labs.0.anc", version=1, value="3713")
    assert ann.act("/desk/items/item-1/release", version=1).headers["location"] == "/desk"
    bob = Person(desk, "bob")
    bob.act("/desk/next")
    assert "corrected by ann" in bob.get("/desk/items/item-1").text


def test_loose_pages_are_shown_and_can_be_answered_or_filed_silently(desk, ann):
    enqueue_loose(desk, 1)
    ann.act("/desk/next")
    page = ann.get("/desk/items/item-1").text
    assert "laboratory printout" in page
    assert "File without an answer" in page
    assert ann.get("/desk/items/item-1/pages/1.png").headers["content-type"] == "image/png"
    assert ann.act("/desk/items/item-1/reject", version=1, silent="1").status_code == 303
    with desk.sessions() as session:
        assert reviewing.look_at(session, "item-1").closing.answer_sender is False


def test_images_belong_to_their_item(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    enqueue_loose(desk, 2)
    for path in ("pages/1.png", "pages/2/thumb.png", "strip/labs.0.anc.png"):
        answer = ann.get(f"/desk/items/item-1/{path}")
        assert answer.status_code == 200
        assert answer.content.startswith(b"\x89PNG")
    for path in ("item-1/pages/3.png", "item-1/strip/nothing.png", "item-2/pages/2.png", "item-2/strip/labs.0.anc.png"):
        assert ann.get(f"/desk/items/{path}").status_code == 404
    assert ann.get("/desk/items/item-9").status_code == 404


def test_whoever_opens_a_fax_is_noted_with_the_time(desk, ann):
    enqueue(desk, 1, DISAGREEING)
    ann.get("/desk/items/item-1")
    with desk.sessions() as session:
        opened = [(row.event, row.by, row.at) for row in storage.events(session, "item-1")][-1]
    assert opened == ("opened", "ann", invented.NOW)


def test_what_stands_on_a_form_is_never_taken_for_markup(desk, ann):
    name = "<script>alert(1)</script>"
    enqueue(desk, 1, invented.doubtful("patient_last_name", name, ProblemKind.FORMAT, name, name))
    assert name not in ann.get("/desk/items/item-1").text


def test_no_page_carries_inline_script_or_style(desk, ann):
    """The content policy would refuse them, and the page would be dead."""
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    for path in ("/desk/sign-in", "/desk", "/desk/items/item-1", "/desk/items/item-9"):
        text = ann.get(path).text
        assert not re.search(r"\son[a-z]+=|\sstyle=|<style|<script(?! src=\"/desk/static/)", text)
        assert "http:" not in text.replace("http://www.w3.org", "")
        assert "https:" not in text


@pytest.mark.parametrize("act", ["", "reject", "send-back", "escalate", "second-look", "keys", "nonsense"])
def test_each_dialog_opens_without_a_script(desk, ann, act):
    enqueue(desk, 1, DISAGREEING)
    ann.act("/desk/next")
    page = ann.get(f"/desk/items/item-1?act={act}").text
    assert len(re.findall(r"<dialog[^>]* open>", page)) == (0 if act in ("", "nonsense") else 1)


def test_every_template_renders_in_some_test(desk, ann):
    """Pages are rendered above; this holds that none lies in the folder that no route shows."""
    shown = {"sign_in.html", "queue.html", "item.html", "message.html", "base.html", "_card.html", "_patient.html", "_rules.html"}
    assert {path.name for path in TEMPLATES.glob("*.html")} == shown
    for name in shown:
        assert PAGES.get_template(name) is not None


def test_an_unknown_patient_is_said_to_be_unknown(tmp_path):
    desk = new_desk(tmp_path, known=False)
    enqueue(desk, 1, DISAGREEING)
    assert "No known patient" in Person(desk, "ann").get("/desk/items/item-1").text


def test_a_page_image_that_is_not_there_is_said_to_be_missing(desk, ann):
    enqueue(desk, 1, DISAGREEING, pages=(invented.FormPage(7, 1, 0, 0, invented.MM_TO_PIXELS),))
    assert "The image of fax page 7 is not there." in ann.get("/desk/items/item-1").text
