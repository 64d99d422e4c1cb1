"""Everything said between a person and the program on one page, and the story of one fax."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from review_queue import reviewing
from review_queue.review_item import VerdictKind
from review_queue.storage import events
from tests.app.phone_world import Agent
from tests.registry.world import ANN, CORNER
from tests.service.fakes import fax

MARIA = {
    "patient_first_name": "MARIA", "patient_last_name": "GARCIA", "patient_date_of_birth": "1980-02-03", "patient_id": None,
    "prescriber_npi": ANN,
}  # fmt: skip
CALLER = '{"cid": "312-555-0142", "received_at": "2023-11-02T15:00:00Z"}'


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    monkeypatch.chdir(tmp_path)
    found = Agent(tmp_path)
    yield found
    found.close()


def sent_back(agent: Agent) -> str:
    """Maria's status form, asked about; the fax's id."""
    driven = agent.world.driven
    driven.drop("a.tif", fax("patient_status", doubt=True, values=MARIA), CALLER)
    driven.go_on()
    document = driven.documents("a.tif")[0]
    with agent.house.database.writing() as session:
        item = reviewing.take(session, document.document_id, "kim", driven.clock.now)
        (doubt,) = item.doubts
        reviewing.record(session, item.item_id, item.version, doubt.key, VerdictKind.CORRECTED, "X", "kim", driven.clock.now)
        reviewing.send_back(session, item.item_id, item.version, "kim", driven.clock.now, ["Prescriber signature: please sign."])
    driven.go_on()
    return document.fax_id


def test_a_persons_page_tells_faxes_calls_letters_and_what_reviewers_did(agent: Agent) -> None:
    fax_id = sent_back(agent)
    call = agent.begin()
    agent.post(call, **{name: str(value) for name, value in MARIA.items() if value}, patient_zip="62701")
    page = agent.page(f"/desk/people/patient/{agent.world.maria}")
    assert "Patient Status Form by fax" in page
    assert "Patient Status Form by phone: Ann Lee" in page
    assert "the sender was asked, kim" in page
    assert "answer to the fax, to 312-555-0143: arrived" in page
    assert f"/desk/faxes/{fax_id}/history/pages/1/thumb.png" in page
    assert agent.browser.get(f"/desk/faxes/{fax_id}/history/pages/1/thumb.png").content.startswith(b"\x89PNG")
    prescriber = agent.page(f"/desk/people/prescriber/{ANN}")
    assert "Patient Status Form by fax" in prescriber
    assert agent.page(f"/desk/people/pharmacy/{CORNER}").count("Patient Status Form by fax") == 0


def test_a_fax_tells_its_story_from_arrival_to_answer_with_its_letters_as_they_went_out(agent: Agent) -> None:
    fax_id = sent_back(agent)
    page = agent.page(f"/desk/faxes/{fax_id}/history")
    at = [
        page.index(words)
        for words in ("received</b>", "put before the reviewers", "taken in hand</b>", "the sender was asked</b>")
    ]
    assert at == sorted(at)
    assert "Prescriber signature: please sign." in page
    assert re.search(r"<td class=\"ref\">nothing</td> *<td class=\"ref\"><b>X</b></td> *<td>kim</td>", page)
    (letter,) = set(re.findall(rf"/desk/faxes/{fax_id}/history/letters/\w+/2.png", page))
    assert agent.browser.get(letter).content.startswith(b"\x89PNG")
    assert agent.browser.get(letter.replace("/2.png", "/99.png")).status_code == 404
    with agent.house.database.reading() as session:
        assert [one.event for one in events(session, f"fax:{fax_id}"[:40])] == ["looked at"]


def test_a_fax_nobody_had_to_look_at_says_so_and_what_the_registry_answered(agent: Agent) -> None:
    driven = agent.world.driven
    driven.drop("a.tif", fax("patient_status", values=MARIA), CALLER)
    driven.go_on()
    page = agent.page(f"/desk/faxes/{driven.fax('a.tif').fax.fax_id}/history")
    assert "nobody had to look" in page
    assert "the registry answered" in page


def test_letters_of_another_fax_and_unknown_faxes_are_not_there(agent: Agent) -> None:
    fax_id = sent_back(agent)
    driven = agent.world.driven
    driven.drop("b.tif", fax("anc_lab_reporting", values={**MARIA, "patient_last_name": "FOX"}), CALLER)
    driven.go_on()
    other = driven.letters("b.tif")[0].delivery_id
    assert agent.browser.get(f"/desk/faxes/{fax_id}/history/letters/{other}/1.png").status_code == 404
    assert agent.browser.get("/desk/faxes/nothing/history").status_code == 404


def test_contacts_and_open_questions_are_found_by_index(agent: Agent) -> None:
    asked = {
        "SELECT document_id FROM case_documents WHERE prescriber_npi = '1' ORDER BY created_at DESC LIMIT 40": "of_prescriber",
        "SELECT document_id FROM case_documents WHERE pharmacy_npi = '1' ORDER BY created_at DESC LIMIT 40": "of_pharmacy",
        "SELECT call_id FROM review_calls WHERE patient_id = '1' ORDER BY began_at DESC LIMIT 50": "review_calls_of_patient",
        "SELECT call_id FROM review_calls WHERE npi = '1' ORDER BY began_at DESC LIMIT 50": "review_calls_of_party",
        "SELECT number FROM review_questions WHERE sender_fax = '1' AND ended = ''": "review_questions_sender",
        "SELECT number FROM review_questions WHERE ended = '' ORDER BY answer_by": "review_questions_open",
    }
    with agent.house.database.reading() as session:
        for statement, index in asked.items():
            plan = " ".join(str(row) for row in session.execute(text(f"EXPLAIN QUERY PLAN {statement}")))
            assert index in plan, plan
            assert "TEMP B-TREE" not in plan
