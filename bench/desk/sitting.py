"""A reviewer as the server sees one: signs in, takes the next fax, looks, says what each doubtful field is, submits.

What: `Sitting`, over one kept connection, timing each request.
Why: what a browser's script sends is what is measured, without the browser's own time.
Refuses: an answer it did not expect (`Unexpected`), rather than timing a failure.
"""

from __future__ import annotations

import http.client
import json
import re
import time
from collections import defaultdict
from collections.abc import Mapping
from urllib.parse import urlencode

from bench.desk.making import PASSWORD

CSRF = re.compile(r'name="csrf" value="([^"]+)"')
VERSION = re.compile(r'data-version="(\d+)"')
DOUBT = re.compile(r'data-field="([^"]+)"[^>]*data-group="doubt"')
TYPED = r'/fields/{}".*?<input name="value"[^>]* value="([^"]*)"'


class Unexpected(Exception):
    """The desk answered something else."""


class Sitting:
    """One signed-in person."""

    def __init__(self, port: int, name: str) -> None:
        self.name = name
        self.seconds: dict[str, list[float]] = defaultdict(list)  # by kind of request
        self._host = f"127.0.0.1:{port}"
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookie = self._csrf = ""
        status, head, _ = self._ask("sign in", "POST", "/desk/sign-in", {"name": name, "password": PASSWORD})
        if status != 303:
            raise Unexpected(f"{name} cannot sign in: {status}")
        self._cookie = head["set-cookie"].split(";")[0]
        self.queue()

    def queue(self) -> None:
        """Look at the queue."""
        _, _, page = self._ask("queue page", "GET", "/desk", expect=200)
        found = CSRF.search(page)
        assert found is not None
        self._csrf = found[1]

    def next(self) -> str | None:
        """Take the next fax; its id, or None if nothing waits."""
        _, head, _ = self._ask("next", "POST", "/desk/next", {"csrf": self._csrf}, expect=303)
        return _item(head["location"])

    def open(self, item: str) -> tuple[int, list[str], str]:
        """The item's page: its version, the doubtful fields, and the page itself."""
        _, _, page = self._ask("item page", "GET", f"/desk/items/{item}", expect=200)
        version = VERSION.search(page)
        assert version is not None
        return int(version[1]), DOUBT.findall(page), page

    def say(self, item: str, version: int, key: str, value: str) -> None:
        """What a field is, as the page's script posts it."""
        posted = {"csrf": self._csrf, "version": str(version), "said": "value", "value": value}
        _, _, body = self._ask("verdict", "POST", f"/desk/items/{item}/fields/{key}", posted, expect=200, script=True)
        if json.loads(body)["key"] != key:
            raise Unexpected(body)

    def submit(self, item: str, version: int) -> str | None:
        """Submit; the next fax in hand, or None."""
        posted = {"csrf": self._csrf, "version": str(version)}
        _, head, _ = self._ask("submit", "POST", f"/desk/items/{item}/submit", posted, expect=303)
        return _item(head["location"])

    def settle(self, item: str, values: Mapping[str, str]) -> str | None:
        """A whole item: look, say each doubtful field (what stands there, or what `values` has), submit."""
        version, doubts, page = self.open(item)
        for key in doubts:
            typed = re.search(TYPED.format(re.escape(key)), page, re.S)
            self.say(item, version, key, values.get(key) or (typed[1] if typed else ""))
        return self.submit(item, version)

    def close(self) -> None:
        """Leave."""
        self._connection.close()

    def _ask(
        self,
        kind: str,
        method: str,
        path: str,
        posted: Mapping[str, str] | None = None,
        *,
        expect: int | None = None,
        script: bool = False,
    ) -> tuple[int, http.client.HTTPMessage, str]:
        headers = {"Accept": "application/json" if script else "text/html", "Cookie": self._cookie}
        body = None
        if posted is not None:
            body = urlencode(posted)
            headers |= {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://{self._host}"}
        began = time.perf_counter()
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        said = answer.read().decode()
        self.seconds[kind].append(time.perf_counter() - began)
        if expect is not None and answer.status != expect:
            raise Unexpected(f"{method} {path}: {answer.status} {said[:300]}")
        return answer.status, answer.headers, said


def _item(location: str) -> str | None:
    return location.rpartition("/")[2].partition("?")[0] if "/items/" in location else None
