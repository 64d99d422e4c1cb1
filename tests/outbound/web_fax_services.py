"""A fax service on loopback as docs/web-fax-api.md describes it, and ways in which it misbehaves."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass
class FaxService:
    """What the service has and how it behaves; `taken` counts the faxes it would really send."""

    token: str = "secret"
    faxes: dict[str, dict[str, Any]] = field(default_factory=dict)  # by tag
    answer_with: int = 0  # a status instead of doing anything
    hangs_up_after_taking: bool = False

    def ended(self, tag: str, state: str, **how: Any) -> None:
        """The fax of that tag is over."""
        self.faxes[tag] |= {"state": state, **how}


class _Answering(BaseHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Silent."""

    def do_POST(self) -> None:
        service, body = self.service, json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.refused(service):
            return
        tag = self.headers["Idempotency-Key"]
        found = service.faxes.setdefault(
            tag, {"id": f"f{len(service.faxes) + 1}", "tag": tag, "state": "queued", "pages": body["pages"], "to": body["to"],
                  "document": body["document"]},
        )  # fmt: skip
        if service.hangs_up_after_taking:
            service.hangs_up_after_taking = False
            self.connection.close()
            return
        self.say(201, found)

    def do_GET(self) -> None:
        if not self.refused(self.service):
            tag = parse_qs(urlsplit(self.path).query)["tag"][0]
            self.say(200, {"faxes": [one for one in self.service.faxes.values() if one["tag"] == tag]})

    def do_DELETE(self) -> None:
        for one in self.service.faxes.values():
            if one["id"] == self.path.rpartition("/")[2]:
                one |= {"state": "cancelled", "pages_may_have_left": False}
        self.say(202, {})

    @property
    def service(self) -> FaxService:
        return self.server.service  # type: ignore[attr-defined, no-any-return]

    def refused(self, service: FaxService) -> bool:
        status = service.answer_with or (0 if self.headers["Authorization"] == f"Bearer {service.token}" else 401)
        if status:
            self.say(status, {"detail": "no"})
        return bool(status)

    def say(self, status: int, told: dict[str, Any]) -> None:
        body = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(service: FaxService) -> Iterator[str]:
    """Its address on loopback while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answering)
    server.service = service  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
