"""What a fax service on the web calls back: a nudge to ask it, never a fact.

What: one POST route; a callback whose signature and time fit makes its delivery due to be asked about at once.
Why: without it a letter's end is known half a minute later; with it in a second. Nothing depends on it.
Refuses: a signature that does not fit, a time more than five minutes off (401), a body that names no tag (422); an unknown tag is
answered like a known one, so that nobody learns which letters there are.
"""

from __future__ import annotations

import hmac
import json
from datetime import datetime, timedelta

from fastapi import FastAPI, HTTPException, Request, Response

from app.case_flow import Stage
from app.composition import Remsfax
from app.nudging import Nudge
from app.webhooks.signing import signature
from outbound import storage as letters
from outbound.delivery import DeliveryId, DeliveryState

CALLBACK = "/gateways/web-fax"
MOST_OFF = timedelta(minutes=5)
LONGEST = 64 * 1024  # bytes of a callback


def genuine(secret: str, headers: dict[str, str], body: bytes, now: datetime) -> bool:
    """Whether one of the signatures is ours to make over this body at about this time."""
    at = headers.get("webhook-timestamp", "")
    if not at.isdecimal() or len(at) > 12 or abs(int(at) - now.timestamp()) > MOST_OFF.total_seconds():
        return False
    wanted = signature(secret, headers.get("webhook-id", ""), int(at), body).encode()
    given = headers.get("webhook-signature", "").split()
    return any(hmac.compare_digest(one.encode(), wanted) for one in given)


def tag_of(body: bytes) -> str | None:
    """The tag a callback names; None where it names none."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    tag = said.get("tag") if isinstance(said, dict) else None
    return tag if isinstance(tag, str) and tag else None


def add_web_fax_callback(web: FastAPI, house: Remsfax) -> None:
    """The route; only where a secret is set."""
    secret = house.settings.web_fax_secret
    if secret is None:
        return

    @web.post(CALLBACK, include_in_schema=False)
    async def called_back(request: Request) -> Response:
        body = await request.body()
        now = house.clock()
        if len(body) > LONGEST or not genuine(secret.get_secret_value(), dict(request.headers), body, now):
            raise HTTPException(401, "The signature does not fit.")
        tag = tag_of(body)
        if tag is None:
            raise HTTPException(422, "The callback names no tag.")
        if _make_due(house, DeliveryId(tag.rpartition("-")[0]), tag, now):
            house.nudges.send([Nudge(Stage.SEND, tag.rpartition("-")[0])])
        return Response(status_code=204)


def _make_due(house: Remsfax, delivery_id: DeliveryId, tag: str, now: datetime) -> bool:
    with house.database.writing() as session:
        try:
            found = letters.delivery(session, delivery_id)
        except KeyError:
            return False
        if found.state is not DeliveryState.SENDING or found.tag != tag:
            return False
        letters.postpone_look(session, delivery_id, now)
    return True
