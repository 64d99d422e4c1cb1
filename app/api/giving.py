"""Making a token: what an operator says of it becomes a stored token and the text its holder keeps.

What: `new_token`, for the command line and for tests.
Why: an identifier that cannot be right would make a token that fits nobody, and nobody would know why.
Refuses: such identifiers, missing names, and scopes beyond the kind (ValueError that says what to do).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from app.api.tokens import PartyKind, Scope, Token, checked_scopes, digest_of, new_secret, written
from registry.identifiers import normal_dea, normal_email, normal_hin, normal_npi

WITH_NPI = frozenset({PartyKind.PRESCRIBER, PartyKind.DESIGNEE, PartyKind.PHARMACY})


def new_token(
    kind: PartyKind,
    identifier: str,
    name: str,
    person: str,
    email: str,
    scopes: Iterable[Scope],
    now: datetime,
    expires_at: datetime | None = None,
) -> tuple[Token, str]:
    """The token to store, and the text to show once. ValueError for what cannot be right."""
    party = _identifier(kind, identifier.strip())
    address = normal_email(email)
    if address is None:
        raise ValueError(f"“{email}” is no email address: give that of the person who acts with the token")
    if len(person.split()) < 2 or len(person) > 120:
        raise ValueError("give first and last name of the person who acts with the token")
    token_id, secret = new_secret()
    token = Token(
        token_id=token_id,
        name=(name.strip() or f"{kind.value} {party}".strip())[:120],
        kind=kind,
        identifier=party,
        person=" ".join(person.split()),
        email=address,
        scopes=checked_scopes(kind, scopes),
        digest=digest_of(secret),
        created_at=now,
        expires_at=expires_at,
        revoked_at=None,
        last_used_at=None,
    )
    return token, written(token_id, secret)


def _identifier(kind: PartyKind, given: str) -> str:
    if kind is PartyKind.OPERATOR:
        if given:
            raise ValueError("an operator's token acts for the program: it has no NPI and no HIN")
        return ""
    if kind in WITH_NPI:
        npi = normal_npi(given)
        if npi is None:
            raise ValueError(f"“{given}” is no NPI: a token of a {kind.value} needs one, ten digits with a right check digit")
        return npi
    found = normal_hin(given) or normal_dea(given)
    if found is None:
        raise ValueError(f"“{given}” is neither a HIN nor a DEA number: a token of a distributor needs one")
    return found
