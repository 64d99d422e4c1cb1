"""Who may sit at the desk: passwords, lock-out, and sign-ins that end by themselves.

What: create a reviewer, sign in, recognise a sign-in by its token, sign out.
Why: 45 CFR 164.312 asks for unique users, authentication and automatic log-off; an account that was guessed at rests
30 minutes [TS-10]. Tokens are kept as hashes, so a stolen database opens no desk.
Refuses: short passwords and taken names (ValueError). A refused sign-in is a value, not an exception, because its count of
failures must be committed.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy.orm import Session

from review_queue import account_storage as storage

FAILURES_UNTIL_LOCKED = 5  # wrong passwords in a row
LOCK_OUT = timedelta(minutes=30)  # TS-10
IDLE_LIMIT = timedelta(minutes=15)  # without a request: signed out
LONGEST_SIGN_IN = timedelta(hours=12)  # a shift; after that the password is asked again
SHORTEST_PASSWORD = 10  # characters
SEEN_EVERY = timedelta(seconds=20)  # how exactly the last request is noted; spares a write per image


@dataclass(frozen=True)
class Reviewer:
    """A signed-in person."""

    name: str  # sign-in name
    senior: bool  # may take what was escalated; a supervisor may, too
    csrf: str  # every POST of this sign-in carries it
    supervisor: bool = False  # may take over, see everybody's figures, and add people


@dataclass(frozen=True)
class SignedIn:
    """The right password: the token for the cookie."""

    token: str


@dataclass(frozen=True)
class SignInRefused:
    """No sign-in, in words that do not tell whether the name exists."""

    locked_until: datetime | None  # set while the account rests

    @property
    def words(self) -> str:
        """What the sign-in page says."""
        if self.locked_until is not None:
            return "Too many wrong passwords. This account rests for 30 minutes; then try again."
        return "Name and password do not fit."


def create_reviewer(
    session: Session, name: str, password: str, now: datetime, *, senior: bool = False, supervisor: bool = False
) -> None:
    """Add a person; ValueError for a taken or empty name and for a password that is too short."""
    sign_in_name = _folded(name)
    if not sign_in_name:
        raise ValueError("a reviewer needs a name")
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"a password has at least {SHORTEST_PASSWORD} characters")
    if storage.reviewer(session, sign_in_name) is not None:
        raise ValueError(f"there is a reviewer {sign_in_name!r} already; names are never given twice")
    storage.add_reviewer(session, sign_in_name, _hasher().hash(password), senior=senior, supervisor=supervisor, now=now)


def set_password(session: Session, name: str, password: str) -> None:
    """Give a person another password and end their sign-ins; ValueError for an unknown name or a short password."""
    row = storage.reviewer(session, _folded(name))
    if row is None:
        raise ValueError(f"there is no reviewer {name!r}")
    if len(password) < SHORTEST_PASSWORD:
        raise ValueError(f"a password has at least {SHORTEST_PASSWORD} characters")
    row.password_hash, row.failures, row.locked_until = _hasher().hash(password), 0, None
    storage.end_sign_ins(session, row.name)


def sign_in(session: Session, name: str, password: str, now: datetime) -> SignedIn | SignInRefused:
    """A token for the right password; refused otherwise, and for 30 minutes after repeated failures. Commit either way."""
    row = storage.reviewer(session, _folded(name))
    fits = _fits(_nobodys_hash() if row is None else row.password_hash, password)  # as slow for a name that does not exist
    if row is None:
        return SignInRefused(None)
    if row.disabled_at is not None:
        return SignInRefused(None)
    if row.locked_until is not None and now < row.locked_until:
        return SignInRefused(row.locked_until)
    if not fits:
        row.failures += 1
        if row.failures < FAILURES_UNTIL_LOCKED:
            return SignInRefused(None)
        row.failures, row.locked_until = 0, now + LOCK_OUT
        return SignInRefused(row.locked_until)
    row.failures, row.locked_until, row.last_sign_in_at = 0, None, now
    if _hasher().check_needs_rehash(row.password_hash):
        row.password_hash = _hasher().hash(password)
    token = secrets.token_urlsafe(32)
    storage.add_sign_in(session, _digest(token), row.name, secrets.token_urlsafe(32), now)
    return SignedIn(token)


def recognise(session: Session, token: str, now: datetime, *, active: bool = True) -> Reviewer | None:
    """Whose sign-in this is; None if it is unknown, was idle too long or is too old (and it is ended then).

    `active`: False for what a page asks by itself, which is no sign that anybody is there.
    """
    row = storage.sign_in(session, _digest(token))
    if row is None:
        return None
    person = storage.reviewer(session, row.reviewer)
    if (
        person is None
        or person.disabled_at is not None
        or now - row.seen_at > IDLE_LIMIT
        or now - row.opened_at > LONGEST_SIGN_IN
    ):
        storage.end_sign_in(session, row)
        return None
    if active and now - row.seen_at > SEEN_EVERY:
        row.seen_at = now
    return Reviewer(row.reviewer, person.senior or person.supervisor, row.csrf, person.supervisor)


def sign_out(session: Session, token: str) -> None:
    """End the sign-in; an unknown token is no error."""
    row = storage.sign_in(session, _digest(token))
    if row is not None:
        storage.end_sign_in(session, row)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _digest(token: str) -> str:
    return sha256(token.encode()).hexdigest()


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()  # argon2id with the library's present advice


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(secrets.token_urlsafe(16))


def _fits(hashed: str, password: str) -> bool:
    try:
        return _hasher().verify(hashed, password)
    except VerifyMismatchError:
        return False
