"""Webhooks over the API: subscribe, look, change, end.

What: `/webhooks`, each party its own.
Why: a practice system should be told of a low ANC by a message, not by asking every minute.
Refuses: an address that no message may go to (422), and another party's subscriptions (404).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Path, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from app.api.door import ToSubscribe
from app.api.problems import FieldProblem, Problem, errors
from app.api.repeats import Effect, IdempotencyKey, once
from app.api.shapes import Given
from app.api.transactions import in_one_transaction
from app.composition import Remsfax
from app.webhooks import storage
from app.webhooks.addresses import LONGEST, RefusedAddress, check_url
from app.webhooks.signing import new_secret
from registry.notices import NOTICES

MOST_OF_A_PARTY = 20
FORMER_SECRET_HOLDS = timedelta(days=1)  # beside the new one: time to put the new one in place
URL_PATTERN = r"^https?://[!-~]+$"

WebhookId = Annotated[str, Path(pattern=r"^[a-z0-9]{1,40}$", description="As the subscription told it.")]
NoticeCode = Annotated[str, Field(max_length=60, json_schema_extra={"enum": sorted(NOTICES)})]
Limit = Annotated[int, Query(ge=1, le=500, description="How many at most.")]


class WebhookIn(Given):
    """Where to be told, and of what."""

    url: str = Field(
        max_length=LONGEST,
        pattern=URL_PATTERN,
        description="Where messages go; https.",
        examples=["https://ehr.example.org/remsfax"],
    )
    kinds: list[NoticeCode] | None = Field(
        default=None, max_length=60, description="Kinds of notices wanted; null: every kind.", examples=[["neutropenia_severe"]]
    )


class WebhookChange(Given):
    """What shall be different; what is left out stays."""

    url: str | None = Field(default=None, max_length=LONGEST, pattern=URL_PATTERN, description="Where messages go from now on.")
    kinds: list[NoticeCode] | None = Field(
        default=None, max_length=60, description="Kinds of notices wanted; null: every kind; left out: as before."
    )


class WebhookOut(BaseModel):
    """A subscription."""

    webhook_id: str = Field(description="Its id.")
    url: str = Field(description="Where messages go.")
    kinds: list[str] | None = Field(description="Kinds of notices wanted; null: every kind.")
    created_at: datetime = Field(description="Since when.")


class NewWebhookOut(WebhookOut):
    """A new subscription with its secret."""

    secret: str = Field(description="`whsec_…`: what messages are signed with. Shown this once.")


class NewSecretOut(BaseModel):
    """A subscription's new secret."""

    webhook_id: str = Field(description="The subscription's id.")
    secret: str = Field(description="`whsec_…`: what messages are signed with from now on. Shown this once.")
    former_until: datetime = Field(description="Until then messages bear the former secret's signature too.")


class TellingOut(BaseModel):
    """One event on its way to a subscriber."""

    event_id: str = Field(description="The message's `webhook-id`.")
    kind: str = Field(description="Of the notice.")
    state: str = Field(description="due, sending, delivered or given_up.")
    tries: int = Field(description="How often it was tried.")
    last_word: str = Field(description="What was heard last.")
    changed_at: datetime = Field(description="When it was.")


def webhook_routes(house: Remsfax) -> APIRouter:
    """The routes under `/api/v1`."""
    router = APIRouter(tags=["webhooks"])

    @router.post("/webhooks", status_code=201, responses=errors(400, 401, 403, 409, 413, 422))
    def subscribe(body: WebhookIn, caller: ToSubscribe) -> NewWebhookOut:
        """Be told of the notices that go to the token's party; an operator is told of all."""
        _check(body.url, body.kinds, house.settings.webhooks_to_private_addresses)
        now = house.clock()
        kinds = None if body.kinds is None else tuple(body.kinds)
        one = storage.Webhook(
            uuid4().hex, caller.token_id, caller.kind.value, caller.identifier, body.url, new_secret(), kinds, now
        )

        def effect(session: Session) -> None:
            if len(storage.webhooks_of(session, one.kind, one.identifier)) >= MOST_OF_A_PARTY:
                raise Problem(409, "too-many-webhooks", f"A party has at most {MOST_OF_A_PARTY} subscriptions. End one first.")
            storage.add_webhook(session, one)

        in_one_transaction(house.database, effect)
        return NewWebhookOut(webhook_id=one.webhook_id, url=one.url, kinds=body.kinds, created_at=now, secret=one.secret)

    @router.get("/webhooks", responses=errors(401, 403))
    def subscriptions(caller: ToSubscribe) -> list[WebhookOut]:
        """The party's subscriptions."""
        with house.database.reading() as session:
            return [_out(one) for one in storage.webhooks_of(session, caller.kind.value, caller.identifier)]

    @router.get("/webhooks/{webhook_id}", responses=errors(401, 403, 404, 422))
    def subscription(webhook_id: WebhookId, caller: ToSubscribe) -> WebhookOut:
        """One of them."""
        with house.database.reading() as session:
            return _out(_own(session, caller.kind.value, caller.identifier, webhook_id))

    @router.get("/webhooks/{webhook_id}/events", responses=errors(401, 403, 404, 422))
    def events(webhook_id: WebhookId, caller: ToSubscribe, limit: Limit = 100) -> list[TellingOut]:
        """What was sent to it and what came of it, the youngest first."""
        with house.database.reading() as session:
            found = storage.standing(session, _own(session, caller.kind.value, caller.identifier, webhook_id).webhook_id, limit)
        return [
            TellingOut(event_id=event_id, kind=kind, state=state, tries=tries, last_word=word, changed_at=at)
            for event_id, kind, state, tries, word, at in found
        ]

    @router.patch("/webhooks/{webhook_id}", responses=errors(400, 401, 403, 404, 413, 422))
    def change(webhook_id: WebhookId, body: WebhookChange, caller: ToSubscribe) -> WebhookOut:
        """Another address or other kinds; the same twice changes nothing."""
        _check(body.url, body.kinds, house.settings.webhooks_to_private_addresses)

        def effect(session: Session) -> WebhookOut:
            one = _own(session, caller.kind.value, caller.identifier, webhook_id)
            if "kinds" in body.model_fields_set:
                one = replace(one, kinds=None if body.kinds is None else tuple(body.kinds))
            one = replace(one, url=body.url or one.url)
            storage.change_webhook(session, one)
            return _out(one)

        return in_one_transaction(house.database, effect)

    @router.post("/webhooks/{webhook_id}/secret", response_model=NewSecretOut, responses=errors(401, 403, 404, 409, 422))
    def new_signing_secret(webhook_id: WebhookId, caller: ToSubscribe, key: IdempotencyKey = None) -> JSONResponse:
        """A new secret; for a day each message bears both signatures, then the new one's alone. A third ends the first."""

        def effect(session: Session) -> Effect:
            one = _own(session, caller.kind.value, caller.identifier, webhook_id)
            secret, until = new_secret(), house.clock() + FORMER_SECRET_HOLDS
            storage.change_secret(session, one.webhook_id, secret, until)
            return Effect(200, {"webhook_id": one.webhook_id, "secret": secret, "former_until": until.isoformat()})

        return once(house, caller, key, f"webhook-secret {webhook_id}", effect)

    @router.delete("/webhooks/{webhook_id}", status_code=204, responses=errors(401, 403, 404, 422))
    def end(webhook_id: WebhookId, caller: ToSubscribe) -> None:
        """End it; what was still due to it is given up."""

        def effect(session: Session) -> bool:
            return storage.end_webhook(session, webhook_id, caller.kind.value, caller.identifier, house.clock())

        if not in_one_transaction(house.database, effect):
            raise _unknown()

    return router


def _check(url: str | None, kinds: Sequence[str] | None, private_too: bool) -> None:
    wrong = []
    if url is not None:
        try:
            check_url(url, private_too)
        except RefusedAddress as problem:
            wrong.append(FieldProblem(location="body.url", message=f"{problem}."))
    if unknown := sorted(set(kinds or ()) - set(NOTICES)):
        wrong.append(FieldProblem(location="body.kinds", message=f"There is no notice of the kind {unknown[0][:60]!r}."))
    if wrong:
        raise Problem(422, "not-valid", "The subscription is not possible.", errors=wrong)


def _own(session: Session, kind: str, identifier: str, webhook_id: str) -> storage.Webhook:
    for one in storage.webhooks_of(session, kind, identifier):
        if one.webhook_id == webhook_id:
            return one
    raise _unknown()


def _unknown() -> Problem:
    return Problem(404, "not-found", "There is no such subscription of this token's party.")


def _out(one: storage.Webhook) -> WebhookOut:
    kinds = None if one.kinds is None else list(one.kinds)
    return WebhookOut(webhook_id=one.webhook_id, url=one.url, kinds=kinds, created_at=one.created_at)
