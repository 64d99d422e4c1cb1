"""Tokens: who may ask the API for what. Pure.

What: the kinds of parties, their scopes, how a token is written down and taken apart, and the caller that a good one makes.
Why: a token acts for one party and one person; what a pharmacy's program may do must be readable in one table.
Refuses: a scope that its kind of party may never have (ValueError), and to keep a secret: only its SHA-256 is stored.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

PREFIX = "remsfax"
_WRITTEN = re.compile(rf"{PREFIX}_([0-9a-f]{{12}})_([A-Za-z0-9_-]{{20,100}})")


class PartyKind(StrEnum):
    """Whom a token acts for."""

    OPERATOR = "operator"  # the program's own people and programs
    PRESCRIBER = "prescriber"
    DESIGNEE = "designee"  # of one prescriber; never signs for that prescriber (R24–R28)
    PHARMACY = "pharmacy"
    DISTRIBUTOR = "distributor"


class Scope(StrEnum):
    """What a token may do."""

    SERVICE = "service"  # look at faxes, documents, deliveries and counts
    DISPENSE = "dispense"  # dispense checks, Dispense Rationales, reports of dispensing
    PATIENTS = "patients"  # a patient's status
    SUBMIT = "submit"  # send forms and laboratory results
    LOOK_UP = "look-up"  # whether a prescriber or pharmacy is certified
    LIST = "list"  # the list of certified pharmacies (R91)
    AFFAIRS = "affairs"  # what a party settles for itself: staff, designees, the own list, reconfirmation, deactivation
    WEBHOOKS = "webhooks"  # subscribe to notices


SCOPES_OF: Mapping[PartyKind, frozenset[Scope]] = {
    PartyKind.OPERATOR: frozenset(Scope),
    PartyKind.PRESCRIBER: frozenset({Scope.PATIENTS, Scope.SUBMIT, Scope.LOOK_UP, Scope.AFFAIRS, Scope.WEBHOOKS}),
    PartyKind.DESIGNEE: frozenset({Scope.PATIENTS, Scope.SUBMIT, Scope.LOOK_UP}),
    PartyKind.PHARMACY: frozenset({Scope.DISPENSE, Scope.PATIENTS, Scope.SUBMIT, Scope.LOOK_UP, Scope.AFFAIRS, Scope.WEBHOOKS}),
    PartyKind.DISTRIBUTOR: frozenset({Scope.LOOK_UP, Scope.LIST}),
}
"""The most a token of each kind may ever do."""


@dataclass(frozen=True)
class Token:
    """A token as stored, without its secret."""

    token_id: str  # the public part, twelve hexadecimal digits; the key
    name: str  # what the operator calls it, such as "Corner Drugs, counter 2"
    kind: PartyKind
    identifier: (
        str  # NPI of prescriber or pharmacy (a designee's: of the prescriber), HIN or DEA of a distributor; "" for operators
    )
    person: str  # first and last name of who acts with it
    email: str  # of that person, small letters
    scopes: frozenset[Scope]
    digest: str  # SHA-256 of the secret, hexadecimal
    created_at: datetime  # aware UTC
    expires_at: datetime | None  # None: not by time
    revoked_at: datetime | None  # None: not revoked
    last_used_at: datetime | None  # to the minute; None: never

    def is_good(self, now: datetime) -> bool:
        """Neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True)
class Caller:
    """Who asks, once the token was good."""

    token_id: str
    kind: PartyKind
    identifier: str  # as `Token.identifier`
    person: str  # who acts, for the audit trail
    email: str  # "" where none is known
    scopes: frozenset[Scope]

    @property
    def actor(self) -> str:
        """For the audit trail: the person, the party and the token."""
        return f"{self.email or self.person} for {self.kind.value} {self.identifier} (token {self.token_id})".replace("  ", " ")

    @property
    def is_operator(self) -> bool:
        """Whether the program's own people ask, for whom no party's limits hold."""
        return self.kind is PartyKind.OPERATOR

    @property
    def party(self) -> str:
        """Kind and identifier in one word: what belongs to a party is stored under it."""
        return f"{self.kind.value}-{self.identifier}" if self.identifier else self.kind.value


def caller_of(token: Token) -> Caller:
    """The caller that a good token makes."""
    return Caller(token.token_id, token.kind, token.identifier, token.person, token.email, token.scopes)


def new_secret() -> tuple[str, str]:
    """A new token's public part and secret."""
    return secrets.token_hex(6), secrets.token_urlsafe(32)


def written(token_id: str, secret: str) -> str:
    """The token as its holder keeps it: shown once, never stored."""
    return f"{PREFIX}_{token_id}_{secret}"


def taken_apart(text: str) -> tuple[str, str] | None:
    """Public part and secret of a written token; None for what is none."""
    found = _WRITTEN.fullmatch(text)
    return None if found is None else (found[1], found[2])


def digest_of(secret: str) -> str:
    """SHA-256, hexadecimal. The secret has 256 random bits, so no slow hash is needed, and each request is checked."""
    return hashlib.sha256(secret.encode()).hexdigest()


def fits(token: Token, secret: str) -> bool:
    """Whether the secret is the token's, compared in constant time."""
    return hmac.compare_digest(token.digest, digest_of(secret))


def checked_scopes(kind: PartyKind, wanted: Iterable[Scope]) -> frozenset[Scope]:
    """The scopes wanted; all of the kind's where none is named. ValueError for one that the kind may never have."""
    asked = frozenset(wanted)
    if beyond := sorted(asked - SCOPES_OF[kind]):
        allowed = ", ".join(sorted(SCOPES_OF[kind]))
        raise ValueError(f"a token of a {kind.value} cannot have {', '.join(beyond)}; it can have {allowed}")
    return asked or SCOPES_OF[kind]
