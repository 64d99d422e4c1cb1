"""The API's statements: tokens, and the answers kept for repeated requests.

What: functions over a session, each one question or change. They never commit.
Why: a request's token is one look-up by its public part; a repeat is found by its key in the transaction that would do the work.
Refuses: to judge; whether a token is good is `app.api.tokens`'.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update
from sqlalchemy.orm import Session

from app.api.tables import AnswerRow, Base, TokenRow
from app.api.tokens import PartyKind, Scope, Token

__all__ = ["Base"]

_TOKENS = TokenRow.__table__
_ANSWERS = AnswerRow.__table__


def token(session: Session, token_id: str) -> Token | None:
    """The token of that public part."""
    row = session.execute(select(_TOKENS).where(TokenRow.token_id == token_id)).first()
    return None if row is None else _token(row)


def tokens(session: Session) -> list[Token]:
    """All tokens, the oldest first."""
    return [_token(row) for row in session.execute(select(_TOKENS).order_by(TokenRow.created_at, TokenRow.token_id))]


def add_token(session: Session, one: Token) -> None:
    """Store a new token."""
    session.add(
        TokenRow(
            token_id=one.token_id,
            name=one.name,
            kind=one.kind.value,
            identifier=one.identifier,
            person=one.person,
            email=one.email,
            scopes=sorted(scope.value for scope in one.scopes),
            digest=one.digest,
            created_at=one.created_at,
            expires_at=one.expires_at,
            revoked_at=one.revoked_at,
            last_used_at=one.last_used_at,
        )
    )
    session.flush()


def revoke_token(session: Session, token_id: str, now: datetime) -> bool:
    """From now on the token is no good; False where there is none or it was revoked already."""
    wanted = update(TokenRow).where(TokenRow.token_id == token_id, TokenRow.revoked_at.is_(None)).values(revoked_at=now)
    return session.scalar(wanted.returning(TokenRow.token_id)) is not None


def revoke_tokens_of(session: Session, kind: PartyKind, identifiers: Collection[str], email: str, now: datetime) -> None:
    """A person leaves a party: every token that acts for it in that person's name is no good from now on."""
    whose = (TokenRow.identifier.in_(sorted(identifiers)), TokenRow.kind == kind.value, TokenRow.email == email)
    session.execute(update(TokenRow).where(*whose, TokenRow.revoked_at.is_(None)).values(revoked_at=now))


def note_use(session: Session, token_id: str, now: datetime) -> None:
    """The token was used; what was kept for its repeats and has expired goes."""
    session.execute(update(TokenRow).where(TokenRow.token_id == token_id).values(last_used_at=now))
    session.execute(delete(AnswerRow).where(AnswerRow.token_id == token_id, AnswerRow.expires_at <= now))


def kept_answer(session: Session, token_id: str, key: str, now: datetime) -> tuple[str, int, dict[str, Any]] | None:
    """Request digest, status and body of the answer under a key; None where the key is free."""
    wanted = select(_ANSWERS.c.request, _ANSWERS.c.status, _ANSWERS.c.answer, _ANSWERS.c.expires_at).where(
        AnswerRow.token_id == token_id, AnswerRow.key == key
    )
    row = session.execute(wanted).first()
    if row is None:
        return None
    if row.expires_at <= now:
        session.execute(delete(AnswerRow).where(AnswerRow.token_id == token_id, AnswerRow.key == key))
        return None
    return row.request, row.status, row.answer


def keep_answer(
    session: Session,
    token_id: str,
    key: str,
    request: str,
    status: int,
    answer: Mapping[str, Any],
    now: datetime,
    expires_at: datetime,
) -> None:
    """Keep an answer under a key; IntegrityError where another request with the key was faster."""
    session.execute(
        insert(AnswerRow).values(
            token_id=token_id,
            key=key,
            request=request,
            status=status,
            answer=dict(answer),
            created_at=now,
            expires_at=expires_at,
        )
    )


def _token(row: Row[Any]) -> Token:
    return Token(
        token_id=row.token_id,
        name=row.name,
        kind=PartyKind(row.kind),
        identifier=row.identifier,
        person=row.person,
        email=row.email,
        scopes=frozenset(Scope(one) for one in row.scopes),
        digest=row.digest,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
