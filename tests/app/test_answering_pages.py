"""What a fax's page says of questions and answers, and what a reviewer says there, without a script."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from review_queue import asking_storage, reviewing
from review_queue.lifecycle import ReviewState
from tests.app.phone_world import Agent
from tests.app.test_contacts import CALLER, MARIA, sent_back
from tests.service.fakes import fax


@pytest.fixture
def agent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Agent]:
    monkeypatch.chdir(tmp_path)
    found = Agent(tmp_path)
    yield found
    found.close()


def page_two(agent: Agent) -> str:
    """The second page alone, without a name on it, from the same clinic; its page's address, taken in hand."""
    driven = agent.world.driven
    driven.drop("b.tif", fax("patient_status", values=MARIA, missing=[1]), CALLER)
    driven.go_on()
    address = f"/desk/items/{driven.documents('b.tif')[0].document_id}"
    agent.post(f"{address}/take")
    return address


def state_of_first(agent: Agent) -> ReviewState:
    with agent.house.database.reading() as session:
        return reviewing.look_at(session, agent.world.driven.documents("a.tif")[0].document_id).state


def version(agent: Agent, address: str) -> str:
    found = re.search(r'data-version="(\d+)"', agent.page(address))
    assert found is not None
    return found[1]


def test_the_page_of_what_waits_says_what_was_asked_and_until_when(agent: Agent) -> None:
    sent_back(agent)
    page = agent.page(f"/desk/items/{agent.world.driven.documents('a.tif')[0].document_id}")
    assert re.search(r"The sender was asked</b> on 11/02/2023 by kim, to answer by <b>11/09/2023</b>", page)
    assert "Prescriber signature: please sign." in page
    assert "overdue" not in page
    agent.world.driven.clock.now = agent.world.driven.clock.now.replace(day=14)
    agent.browser.post("/desk/sign-in", data={"name": "kim", "password": "correct horse battery"})
    assert "overdue" in agent.page(f"/desk/items/{agent.world.driven.documents('a.tif')[0].document_id}")


def test_a_page_that_may_be_the_answer_says_so_and_becomes_it_by_a_reviewers_word(agent: Agent) -> None:
    sent_back(agent)
    address = page_two(agent)
    page = agent.page(address)
    assert "This may answer our question" in page
    assert agent.post(f"{address}/answers", version=version(agent, address)).headers["location"] == address
    page = agent.page(address)
    assert "This answers our question" in page
    assert "page 2 here is page 1 of R-20231102-0001" in page
    assert "on R-20231102-0001</span>" not in page  # that page was taken over as it was settled: there is nothing to guess
    assert state_of_first(agent) is ReviewState.JOINED
    assert agent.browser.get(f"{address}/pages/2.png").status_code == 200
    assert agent.post(f"{address}/answers", version=version(agent, address)).status_code == 409


def test_a_page_that_is_no_answer_leaves_the_question_open(agent: Agent) -> None:
    sent_back(agent)
    address = page_two(agent)
    agent.post(f"{address}/answers-nothing", version=version(agent, address))
    assert "may answer our question of" not in agent.page(address)
    assert state_of_first(agent) is ReviewState.SENT_BACK
    with agent.house.database.reading() as session:
        assert len(asking_storage.waiting_for_sender(session, agent.world.driven.clock.now)) == 1


def test_a_reviewer_joins_by_the_reference_that_the_sender_told(agent: Agent) -> None:
    sent_back(agent)
    driven = agent.world.driven
    driven.drop("b.tif", fax("patient_status", values=MARIA, missing=[1]), '{"cid": "312-555-0177"}')
    driven.go_on()
    address = f"/desk/items/{driven.documents('b.tif')[0].document_id}"
    agent.post(f"{address}/take")
    assert "Does it answer something we asked?" in agent.page(address)
    wrong = agent.post(f"{address}/answers", version=version(agent, address), reference="R-20231102-9999")
    assert wrong.status_code == 409
    assert "We wait for no answer" in wrong.text
    agent.post(f"{address}/answers", version=version(agent, address), reference=" r-20231102-0001 ")
    assert state_of_first(agent) is ReviewState.JOINED


def test_what_was_settled_before_stands_under_one_key_for_the_same_field(agent: Agent) -> None:
    sent_back(agent)
    driven = agent.world.driven
    driven.drop("b.tif", fax("patient_status", doubt=True, values=MARIA, unlike=2), CALLER)
    driven.go_on()
    address = f"/desk/items/{driven.documents('b.tif')[0].document_id}"
    agent.post(f"{address}/take")
    page = agent.page(address)
    told = r'name="guess" value="X" data-number="1"[^>]*><kbd>1</kbd><b>X</b> <span class="source">on R-20231102-0001'
    assert re.search(told, page)


def test_nobody_joins_what_they_do_not_hold(agent: Agent) -> None:
    sent_back(agent)
    address = page_two(agent)
    agent.post(f"{address}/release", version=version(agent, address))
    assert agent.post(f"{address}/answers", version="1").status_code == 409
    assert state_of_first(agent) is ReviewState.SENT_BACK
