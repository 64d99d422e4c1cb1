"""The door of the API: whose token is it, may it do this, and not too often.

What: `Needs(scope)` and `Anonymous`, the dependencies that every route has one of; `Door`, what they ask.
Why: no route may forget to ask; a good token costs one indexed row every few seconds, and a write
at most once a minute.
Refuses: 401 without a good token, 403 without the scope, 429 beyond the limit, each with what to do.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.api import storage
from app.api.problems import Problem
from app.api.rates import Limit, Rates
from app.api.tokens import Caller, PartyKind, Scope, Token, caller_of, fits, taken_apart
from app.composition import Remsfax
from app.database import Database

BEARER = HTTPBearer(
    auto_error=False, scheme_name="token", description="A token of `remsfax token add`; for operators also REMSFAX_API_TOKEN."
)
USE_NOTED_EVERY = timedelta(minutes=1)
BELIEVED_FOR = timedelta(seconds=5)  # a revoked token may work so long in a process that has just seen it
MOST_KNOWN = 10_000  # tokens remembered
OPERATORS_OWN = "operator"  # stands for the id of the operator's token of the settings, which has no row


class Door:
    """What the dependencies ask: one for each application."""

    def __init__(self, house: Remsfax) -> None:
        settings = house.settings
        self._database: Database = house.database
        self._clock: Callable[[], datetime] = house.clock
        self._operators = house.api_token().encode()
        self._rates = Rates(house.broker)
        self._known: dict[str, tuple[Token, datetime]] = {}  # token id → the token as it was read, and when
        self._per_token = Limit("token", settings.api_requests_per_second, settings.api_burst)
        self._per_address = Limit("address", settings.public_requests_per_second, settings.public_burst)

    def caller(self, written: str | None) -> Caller:
        """Who holds the token; Problem 401."""
        if written is None:
            raise _not_let_in("Send a token: Authorization: Bearer …")
        if secrets.compare_digest(written.encode(), self._operators):
            return Caller(OPERATORS_OWN, PartyKind.OPERATOR, "", "operator", "", frozenset(Scope))
        parts = taken_apart(written)
        if parts is None:
            raise _not_let_in("This is no token of this service.", "invalid_token")
        now = self._clock()
        token = self._token(parts[0], now)
        if token is None or not fits(token, parts[1]) or not token.is_good(now):
            raise _not_let_in("The token is unknown, expired or revoked. Ask the operator for a new one.", "invalid_token")
        if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
            with self._database.writing() as session:
                storage.note_use(session, token.token_id, now)
            self._known[token.token_id] = (replace(token, last_used_at=now), now)
        return caller_of(token)

    def _token(self, token_id: str, now: datetime) -> Token | None:
        """The token as it stands, or as it stood a few seconds ago: a busy counter asks many times a second."""
        token, read_at = self._known.get(token_id, (None, now))
        if token is not None and timedelta() <= now - read_at < BELIEVED_FOR:
            return token
        with self._database.reading() as session:
            token = storage.token(session, token_id)
        if token is None:
            self._known.pop(token_id, None)
            return None
        if len(self._known) >= MOST_KNOWN:
            self._known.clear()
        self._known[token_id] = (token, now)
        return token

    def count_token(self, request: Request, caller: Caller) -> None:
        """Problem 429 where the token asks too often."""
        self._count(request, self._per_token, caller.token_id)

    def count_address(self, request: Request) -> None:
        """Problem 429 where an anonymous address asks too often."""
        self._count(request, self._per_address, request.client.host if request.client else "unknown")

    def _count(self, request: Request, limit: Limit, whose: str) -> None:
        allowance = self._rates.take(limit, whose)
        request.state.rate_headers = allowance.headers
        if not allowance.allowed:
            detail = f"Too many requests. Ask again in {allowance.wait} s."
            raise Problem(429, "too-many", detail, {"Retry-After": str(allowance.wait)})


class Needs:
    """A dependency: a good token that has the scope, and not too many requests."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __call__(self, request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]) -> Caller:
        """The caller; Problem 401, 403 or 429."""
        door: Door = request.app.state.door
        if given is None:
            door.count_address(request)  # whoever guesses tokens is slowed down by the address
        try:
            caller = door.caller(None if given is None else given.credentials)
        except Problem:
            if given is not None:
                door.count_address(request)
            raise
        door.count_token(request, caller)
        if self._scope not in caller.scopes:
            bearer = f'Bearer realm="remsfax", error="insufficient_scope", scope="{self._scope.value}"'
            detail = f"The token lacks the scope {self._scope.value}."
            raise Problem(403, "scope", detail, {"WWW-Authenticate": bearer})
        return caller


def anonymous(request: Request) -> None:
    """A dependency: no token, but not too many requests from one address."""
    door: Door = request.app.state.door
    door.count_address(request)


def _not_let_in(detail: str, error: str | None = None) -> Problem:
    challenge = 'Bearer realm="remsfax"' + (f', error="{error}"' if error else "")
    return Problem(401, "token", detail, {"WWW-Authenticate": challenge})


ToDispense = Annotated[Caller, Depends(Needs(Scope.DISPENSE))]
ToSeePatients = Annotated[Caller, Depends(Needs(Scope.PATIENTS))]
ToSubmit = Annotated[Caller, Depends(Needs(Scope.SUBMIT))]
ToLookUp = Annotated[Caller, Depends(Needs(Scope.LOOK_UP))]
ToList = Annotated[Caller, Depends(Needs(Scope.LIST))]
ToSettle = Annotated[Caller, Depends(Needs(Scope.AFFAIRS))]
ToSubscribe = Annotated[Caller, Depends(Needs(Scope.WEBHOOKS))]
