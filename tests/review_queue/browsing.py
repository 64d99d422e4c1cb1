"""Somebody with a browser without a script, for the desk's tests."""

from __future__ import annotations

import re

from fastapi.testclient import TestClient

from review_queue.web.security import COOKIE
from tests.review_queue.desk_in_process import Desk, signed_in
from tests.review_queue.invented import PASSWORD

OWN = {"Origin": "http://testserver"}
PAGE = {"Accept": "text/html"}
SCRIPT = {"Accept": "application/json"}


class Person:
    """Somebody with a browser."""

    def __init__(self, desk, name=None):
        self.token = None
        self.client = TestClient(desk.app(), headers=OWN | PAGE, follow_redirects=False)
        if name is not None and isinstance(desk, Desk):
            self.client.cookies.set(COOKIE, signed_in(desk, name))
        elif name is not None:
            answer = self.post("/desk/sign-in", name=name, password=PASSWORD)
            assert answer.status_code == 303

    def get(self, path, **headers):
        return self.client.get(path, headers=headers)

    def post(self, path, headers=None, **data):
        return self.client.post(path, data=data, headers=headers or {})

    def csrf(self):
        """The sign-in's token; the same as long as the cookie is."""
        cookie = self.client.cookies.get(COOKIE)
        if self.token is None or self.token[0] != cookie:
            self.token = cookie, re.search(r'name="csrf" value="([^"]+)"', self.get("/desk").text)[1]
        return self.token[1]

    def act(self, path, headers=None, **data):
        return self.post(path, headers, csrf=self.csrf(), **data)
