"""A POST with an Idempotency-Key has its effect once, however often it is sent.

What: `once` runs an effect in one transaction and keeps its answer there under the key; a repeat gets the kept answer.
Why: a pharmacy whose connection breaks cannot know whether the authorization was given; asking again must not give a second one.
Refuses: the same key for another request (409). Errors are kept by nobody: they changed nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any

from fastapi import Header
from fastapi.responses import JSONResponse
from sqlalchemy.orm import Session

from app.api import storage
from app.api.problems import Problem
from app.api.tokens import Caller
from app.api.transactions import in_one_transaction
from app.composition import Remsfax
from app.nudging import Nudge

KEPT_FOR = timedelta(hours=24)

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9._:-]{1,128}$",
        description="Your own mark on this request: sent again with it within 24 hours, the stored answer comes back.",
    ),
]


@dataclass(frozen=True)
class Effect:
    """What a request came to."""

    status: int  # of the answer
    answer: Mapping[str, Any]  # its body, JSON-native
    nudges: Sequence[Nudge] = ()  # what is due once it is committed


def once(
    house: Remsfax,
    caller: Caller,
    key: str | None,
    request: str,
    effect: Callable[[Session], Effect],
    media_type: str | None = None,
) -> JSONResponse:
    """The answer to a POST; `request` is all that makes it another one: route and body as text."""
    digest = hashlib.sha256(request.encode()).hexdigest()

    def attempt(session: Session) -> tuple[Effect, bool]:
        now = house.clock()
        kept = None if key is None else storage.kept_answer(session, caller.token_id, key, now)
        if kept is not None:
            if kept[0] != digest:
                raise Problem(409, "key-used", "This Idempotency-Key was used for another request. Take a new one.")
            return Effect(kept[1], kept[2]), True
        came_to = effect(session)
        if key is not None:
            storage.keep_answer(session, caller.token_id, key, digest, came_to.status, came_to.answer, now, now + KEPT_FOR)
        return came_to, False

    came_to, repeated = house.together.run(attempt, lambda alone: in_one_transaction(house.database, alone))
    house.nudges.send(came_to.nudges)
    headers = {"Idempotent-Replayed": "true"} if repeated else None
    return JSONResponse(came_to.answer, status_code=came_to.status, headers=headers, media_type=media_type)
