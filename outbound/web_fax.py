"""The gateway to a fax service on the web, over a small JSON API (docs/web-fax-api.md).

What: hands a letter over with the attempt's tag as idempotency key, asks what became of it by the tag, cancels.
Why: a place without telephone lines sends through a service; most of them can be put behind these four calls by a page of code.
How: what the service calls back is a nudge only: the state that counts is always asked for on a connection of our own.
Refuses: to trust a callback whose signature or time does not fit (`app.web_fax_callbacks`); plain http to other machines
(`ValueError`): letters hold health data.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from outbound.gateway import (
    Cause,
    Delivered,
    FaxJob,
    Impossible,
    InProgress,
    JobMark,
    NotSent,
    NotTaken,
    Outcome,
    Unknown,
    Unreachable,
)

RECORDS_KEPT = timedelta(days=7)
"""For how long the API promises to know a tag: its silence proves nothing after that."""
CAUSES: Mapping[str, Cause] = {
    one.value: one for one in (Cause.BUSY, Cause.NO_ANSWER, Cause.NO_CARRIER, Cause.NO_DIAL_TONE, Cause.PROTOCOL)
}
"""The API's causes of a call that ended before its first page."""
OPEN_STATES = frozenset({"queued", "sending"})
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def check_web_fax_address(address: str) -> str:
    """The address without a slash at its end; ValueError if letters would go over it in the clear."""
    parts = urlsplit(address)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("an https address is needed, such as https://fax.example.com/v1: letters hold health data")
    return address.rstrip("/")


@dataclass(frozen=True)
class WebFax:
    """The gateway; one connection per question."""

    address: str  # of the API, without a slash at its end
    token: str  # bearer token
    callback_url: str = ""  # where the service tells of changes; "": it does not, and we ask
    timeout: float = 30.0  # seconds
    transport: httpx.BaseTransport | None = None  # another way to the service, for tests

    def submit(self, job: FaxJob) -> Outcome:
        """Hand the letter over; the same tag again is the same fax to the service."""
        body = {
            "tag": job.mark.tag,
            "to": job.fax,
            "name": job.recipient,
            "pages": job.pages,
            "document": base64.b64encode(job.tiff).decode(),
            "callback_url": self.callback_url or None,
        }
        try:
            with self._client() as client:
                answer = client.post("/faxes", json=body, headers={"Idempotency-Key": job.mark.tag})
        except (httpx.ConnectError, httpx.ConnectTimeout) as problem:
            return NotSent(Cause.GATEWAY_DOWN, f"{self.address}: {problem}")
        except httpx.HTTPError as problem:
            return Unreachable(f"{self.address} broke off while it took the letter: {problem}")
        if answer.status_code in (429, 503):
            return NotSent(Cause.GATEWAY_DOWN, f"{self.address} says {answer.status_code}")
        if answer.status_code >= 500:
            return Unreachable(f"{self.address} says {answer.status_code} to a letter it may have taken")
        if answer.status_code >= 400:
            return Impossible(f"{self.address} refuses the letter: {answer.status_code} {answer.text[:200]}")
        told = _object(answer)
        return Unreachable(f"{self.address} answers with no fax") if told is None else outcome_of(told, job.pages)

    def find(self, mark: JobMark) -> Outcome:
        """What became of an attempt, by its tag."""
        try:
            with self._client() as client:
                answer = client.get("/faxes", params={"tag": mark.tag})
        except httpx.HTTPError as problem:
            return Unreachable(f"{self.address}: {problem}")
        told = _object(answer)
        if answer.status_code != 200 or told is None or not isinstance(told.get("faxes"), list):
            return Unreachable(f"{self.address} cannot say: {answer.status_code}")
        found = [one for one in told["faxes"] if isinstance(one, dict) and one.get("tag") == mark.tag]
        if found:
            return outcome_of(found[-1], None)
        if mark.gateway_reference:
            return Unknown(f"the service took {mark.gateway_reference} and knows nothing of it any more")
        if mark.begun_at is None or datetime.now(UTC) - mark.begun_at > RECORDS_KEPT:
            return Unknown("the service does not know the fax, and would not any more, had it been sent")
        return NotTaken()

    def cancel(self, mark: JobMark) -> bool:
        """Ask the service to end the attempt; False if it cannot."""
        outcome = self.find(mark)
        if not isinstance(outcome, InProgress):
            return False
        try:
            with self._client() as client:
                return client.delete(f"/faxes/{outcome.gateway_reference}").status_code in (200, 202, 204)
        except httpx.HTTPError:
            return False

    def _client(self) -> httpx.Client:
        return httpx.Client(
            base_url=self.address,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=self.timeout,
            transport=self.transport,
            follow_redirects=False,  # the letter goes where the operator said, nowhere else
        )


def outcome_of(fax: Mapping[str, Any], pages: int | None) -> Outcome:
    """What the service's record of a fax says. `pages` of the letter as rendered here, where known, else as it counts."""
    reference = str(fax.get("id", ""))
    state = fax.get("state")
    confirmed = _count(fax.get("pages_confirmed"))
    expected = pages or _count(fax.get("pages"))
    if state in OPEN_STATES:
        return InProgress(reference)
    detail = str(fax.get("detail") or "")[:200]
    if state == "delivered":
        if confirmed and confirmed == expected:
            told = {words: str(fax[key]) for key, words in (("far_station", "far machine"), ("rate", "rate")) if fax.get(key)}
            return Delivered(reference, confirmed, told)
        return Unknown(f"fax {reference} is delivered with {confirmed} of {expected} pages confirmed")
    if state == "failed" and fax.get("pages_may_have_left") is False and not confirmed:
        cause = CAUSES.get(str(fax.get("cause")))
        if cause is not None:
            return NotSent(cause, detail)
        return Impossible(f"fax {reference}: {fax.get('cause')} {detail}".strip())
    if state == "cancelled" and fax.get("pages_may_have_left") is False and not confirmed:
        return Impossible(f"fax {reference} was cancelled before any call")
    return Unknown(f"fax {reference} is {state}: {fax.get('cause')} {detail}".strip())


def _object(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        told = answer.json()
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _count(value: Any) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
