"""The desk's pages of people: found, seen as of any day, put right by a senior reviewer with a reason."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import select

from app.answers import Desk
from app.database import Database
from app.person_desk import PersonDesk
from outbound.storage import DeliveryRow
from registry import questions
from registry.vocabulary import Channel
from review_queue.reviewers import create_reviewer
from review_queue.storage import events
from review_queue.web import DeskServices, desk_router
from tests.app.databases import upgraded
from tests.registry.world import PATIENT, World, day, on

PASSWORD = "correct horse battery"


class Sitting:
    """A reviewer at a desk over a registry with Maria in it, and a second Maria under a slip of the birth date."""

    def __init__(self, folder: Path, senior: bool) -> None:
        self.database = Database(f"sqlite:///{folder / 'desk.db'}")
        upgraded(self.database)
        self.now = day(20)
        with self.database.writing() as session:
            create_reviewer(session, "pat", PASSWORD, self.now, senior=senior)
            world = World(session)
            self.maria = world.patient()
            self.read = world.status(day(2), (1, 800)).submission_id
            slip = {"patient_date_of_birth": "1980-03-02", "labs.0.draw_date": on(4), "labs.0.anc": 700, "new_to_clozapine": "no"}
            slip["labs.0.anc"] = 1900
            twin = world.send("patient_enrollment", {**PATIENT, **slip}, day(5), ("prescriber",), channel=Channel.PHONE)
            self.twin = twin.ids["patient_id"]
        services = DeskServices(
            sessions=self.database.writing_sessions, pages=None, forms=None, settled=lambda _: None,  # type: ignore[arg-type]
            people=PersonDesk(Desk("8005550100")), clock=lambda: self.now,
        )  # fmt: skip
        app = FastAPI()
        app.include_router(desk_router(services))
        self.browser = TestClient(app, headers={"Origin": "http://testserver", "Accept": "text/html"}, follow_redirects=False)
        self.browser.post("/desk/sign-in", data={"name": "pat", "password": PASSWORD})

    def page(self, address: str) -> str:
        answer = self.browser.get(address)
        assert answer.status_code == 200, answer.headers.get("location")
        return re.sub(r"\s+", " ", answer.text)

    def act(self, what: str, reason: str = "the form says so", **values: str) -> tuple[int, str]:
        csrf = re.search(r'name="csrf" value="([^"]+)"', self.browser.get("/desk").text)
        assert csrf is not None
        data = {"csrf": csrf[1], "what": what, "reason": reason, **values}
        answer = self.browser.post(f"/desk/people/patient/{self.maria}/act", data=data)
        return answer.status_code, re.sub(r"\s+", " ", answer.text)

    def status(self) -> str:
        with self.database.reading() as session:
            found = questions.patient(session, self.maria)
        assert found is not None
        return str(found["treatment_status"])

    def letters(self) -> int:
        with self.database.reading() as session:
            return len(session.scalars(select(DeliveryRow)).all())


@pytest.fixture
def senior(tmp_path: Path) -> Sitting:
    return Sitting(tmp_path, senior=True)


@pytest.mark.parametrize("asked", ["Garcia 02/03/1980", "1980-02-03 garcia", "garcia, 2/3/80"])
def test_a_patient_is_found_by_last_name_and_birth_date_in_any_order(senior: Sitting, asked: str) -> None:
    answer = senior.browser.get("/desk/people", params={"q": asked})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/desk/people/patient/{senior.maria}")


def test_a_name_alone_finds_nobody_and_the_page_says_what_is_needed(senior: Sitting) -> None:
    assert "A name needs its birth date" in senior.page("/desk/people?q=Garcia")


def test_a_person_is_one_page_with_the_records_and_everything_that_happened(senior: Sitting) -> None:
    page = senior.page(f"/desk/people/patient/{senior.maria}")
    assert "ANC 800/µL drawn 11/02/2023" in page
    assert "Patient Status Form, received 11/03/2023 11:00" in page
    assert "interrupted" in page
    assert senior.twin in page, "the near twin is offered"


def test_a_page_as_of_an_earlier_day_knows_nothing_later_and_lets_nobody_act(senior: Sitting) -> None:
    page = senior.page(f"/desk/people/patient/{senior.maria}?as_of=2023-11-02")
    assert "ANC 800/µL" not in page
    assert "Withdraw" not in page
    assert "ANC 2100/µL" in page


def test_whoever_looks_is_noted_with_the_time(senior: Sitting) -> None:
    senior.page(f"/desk/people/patient/{senior.maria}")
    with senior.database.reading() as session:
        noted = events(session, f"patient:{senior.maria}")
    assert [(one.event, one.by, one.at) for one in noted] == [("looked at", "pat", senior.now)]


def test_a_corrected_anc_lifts_the_interruption_and_the_prescriber_is_told(senior: Sitting) -> None:
    before = senior.letters()
    status, _ = senior.act("correct", record=f"{senior.read}:labs.0", draw_date=on(1), anc="1800")
    assert (status, senior.status()) == (303, "enrolled")
    assert senior.letters() == before + 1
    page = senior.page(f"/desk/people/patient/{senior.maria}?done=correct")
    assert "Corrected" in page
    assert "withdrawn" in page
    assert "by pat: the form says so" in page


def test_a_merge_and_its_undoing_are_done_at_the_desk_and_stay_in_the_history(senior: Sitting) -> None:
    assert senior.act("merge", "same phone, same address", other=senior.twin)[0] == 303
    page = senior.page(f"/desk/people/patient/{senior.maria}")
    assert "Merged:" in page
    assert "same phone, same address" in page
    assert senior.maria in senior.page(f"/desk/people/patient/{senior.twin}")
    assert senior.act("unmerge", "two sisters", other=senior.twin)[0] == 303
    assert "two sisters" in senior.page(f"/desk/people/patient/{senior.maria}")


@pytest.mark.parametrize(
    ("what", "values", "says"),
    [
        ("correct", {"record": "RECORD", "draw_date": "", "anc": "1800"}, "Give the draw date"),
        ("correct", {"record": "RECORD", "draw_date": "2023-11-02", "anc": "1.8"}, "not corrected"),
        ("withdraw", {"record": "nothing"}, "There is no ANC"),
        ("merge", {"other": "99999999X"}, "There is no patient"),
    ],
)
def test_an_act_that_cannot_be_done_changes_nothing_and_says_why(
    senior: Sitting, what: str, values: dict[str, str], says: str
) -> None:
    status, page = senior.act(what, **{name: value.replace("RECORD", f"{senior.read}:labs.0") for name, value in values.items()})
    assert status == 422
    assert says in page
    assert senior.status() == "interrupted"


def test_an_act_without_a_reason_is_not_done(senior: Sitting) -> None:
    assert senior.act("withdraw", reason=" ", record=f"{senior.read}:labs.0")[0] == 422
    assert senior.status() == "interrupted"


def test_only_a_senior_reviewer_puts_records_right(tmp_path: Path) -> None:
    junior = Sitting(tmp_path, senior=False)
    assert "Withdraw" not in junior.page(f"/desk/people/patient/{junior.maria}")
    assert junior.act("withdraw", record=f"{junior.read}:labs.0")[0] == 403
    assert junior.status() == "interrupted"


def test_nobody_known_is_a_page_that_says_so(senior: Sitting) -> None:
    for address in ("/desk/people/patient/99999999X", "/desk/people/sorcerer/1"):
        answer = senior.browser.get(address)
        assert answer.status_code == 404
        assert "Nobody in the registry" in answer.text


def test_nobody_sees_or_changes_people_without_a_sign_in_or_from_another_page(senior: Sitting) -> None:
    stranger = TestClient(
        senior.browser.app, headers={"Origin": "http://testserver", "Accept": "text/html"}, follow_redirects=False
    )
    act = f"/desk/people/patient/{senior.maria}/act"
    for method, address in (("GET", "/desk/people"), ("GET", f"/desk/people/patient/{senior.maria}"), ("POST", act)):
        answer = stranger.request(method, address)
        assert answer.status_code == 303
        assert "GARCIA" not in answer.text
    data = {"csrf": "made up", "what": "withdraw", "reason": "why", "record": f"{senior.read}:labs.0"}
    assert senior.browser.post(act, data=data).status_code == 403
    assert senior.status() == "interrupted"
