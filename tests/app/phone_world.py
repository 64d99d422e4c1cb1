"""A telephone agent at a desk over a seeded registry: Ann certified, Corner Drugs certified, Maria enrolled."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx import Response

from app.web import application
from review_queue.reviewers import create_reviewer
from tests.app.web_world import WebWorld
from tests.registry.world import ANN

PASSWORD = "correct horse battery"
ANN_CALLS = {
    "form": "patient_status", "name": "Ann Lee", "role": "prescriber", "npi": ANN, "organisation": "Riverside Clinic",
    "callback": "312-555-0142", "verified": "called_back",
}  # fmt: skip


class Agent:
    """Somebody signed in at the desk, without a script."""

    def __init__(self, folder: Path) -> None:
        self.world = WebWorld(folder)
        self.house = self.world.house
        with self.house.database.writing() as session:
            create_reviewer(session, "kim", PASSWORD, self.world.now, senior=True)
        self.web = application(self.house)
        self.browser = TestClient(
            self.web, headers={"Origin": "http://testserver", "Accept": "text/html"}, follow_redirects=False
        )
        self.browser.post("/desk/sign-in", data={"name": "kim", "password": PASSWORD})

    def page(self, address: str, status: int = 200) -> str:
        answer = self.browser.get(address)
        assert answer.status_code == status, (answer.status_code, answer.headers.get("location"))
        return re.sub(r"\s+", " ", answer.text)

    def post(self, address: str, **values: Any) -> Response:
        csrf = re.search(r'name="csrf" value="([^"]+)"', self.browser.get("/desk").text)
        assert csrf is not None
        accept = {"Accept": values.pop("accept")} if "accept" in values else {}
        return self.browser.post(address, data={"csrf": csrf[1], **values}, headers=accept)

    def begin(self, **changes: str) -> str:
        """A call begun; its page's address."""
        answer = self.post("/desk/phone/begin", **{**ANN_CALLS, **changes})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def close(self) -> None:
        self.world.close()
