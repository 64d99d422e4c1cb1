"""What a supervisor does to accounts: add, a new password, a rank, disable, enable.

What: each act in the caller's transaction, written down with who did it.
Why: whoever leaves must be out at once, by any supervisor and without the operator; and a desk without a supervisor has nobody
who can let one in.
Refuses: to disable oneself or to take the rank from the last supervisor (`CannotChange`); to delete: the name stands
under what its owner decided, and is never given to a second person. Passwords are made up here and said once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from review_queue import account_storage, queue_storage
from review_queue.reviewers import create_reviewer, set_password
from review_queue.tables import ReviewerRow


class Rank(StrEnum):
    """What somebody may do at the desk; each includes the one before."""

    REVIEWER = "reviewer"
    SENIOR = "senior"
    SUPERVISOR = "supervisor"


class CannotChange(Exception):
    """The account stays as it is, for the reason given."""


@dataclass(frozen=True)
class Account:
    """One person's account as the page shows it."""

    name: str
    rank: Rank
    created_at: datetime
    last_sign_in_at: datetime | None
    disabled_at: datetime | None
    locked_until: datetime | None  # rests after wrong passwords


def accounts(session: Session) -> list[Account]:
    """Everybody, those who left last."""
    return [
        Account(row.name, _rank(row), row.created_at, row.last_sign_in_at, row.disabled_at, row.locked_until)
        for row in account_storage.reviewers(session)
    ]


def add(session: Session, name: str, rank: Rank, by: str, now: datetime) -> str:
    """A new account; its password, said this once. `CannotChange` for an empty or a taken name."""
    password = secrets.token_urlsafe(12)
    if "@" in name or "," in name or len(name.strip()) > 80:
        raise CannotChange("A name has at most 80 letters, and no @ or comma: colleagues write it behind an @.")
    try:
        senior, supervisor = rank is Rank.SENIOR, rank is Rank.SUPERVISOR
        create_reviewer(session, name, password, now, senior=senior, supervisor=supervisor)
    except ValueError as problem:
        raise CannotChange(f"{str(problem)[:1].upper()}{str(problem)[1:]}.") from None
    account_storage.add_account_event(session, " ".join(name.split()).casefold(), "added", by, now, rank.value)
    return password


def new_password(session: Session, name: str, by: str, now: datetime) -> str:
    """Another password, said this once; the person is signed out everywhere."""
    row = _row(session, name)
    password = secrets.token_urlsafe(12)
    set_password(session, row.name, password)
    account_storage.add_account_event(session, row.name, "new password", by, now, "")
    return password


def give_rank(session: Session, name: str, rank: Rank, by: str, now: datetime) -> None:
    """Another rank, from the next page on."""
    row = _row(session, name)
    if _rank(row) is rank:
        return
    if rank is not Rank.SUPERVISOR:
        _not_the_last_supervisor(session, row)
    row.senior, row.supervisor = rank is Rank.SENIOR, rank is Rank.SUPERVISOR
    account_storage.add_account_event(session, row.name, "rank", by, now, rank.value)


def disable(session: Session, name: str, reason: str, by: str, now: datetime) -> None:
    """Signed out, and no sign-in any more; what was handed to them is for everybody. Twice is no error."""
    row = _row(session, name)
    if row.name == by:
        raise CannotChange("You cannot disable your own account: ask another supervisor.")
    if row.disabled_at is not None:
        return
    _not_the_last_supervisor(session, row)
    row.disabled_at = now
    account_storage.end_sign_ins(session, row.name)
    queue_storage.mean_for_everybody(session, row.name)
    account_storage.add_account_event(session, row.name, "disabled", by, now, reason)


def enable(session: Session, name: str, by: str, now: datetime) -> None:
    """May sign in again, with the password they had. Twice is no error."""
    row = _row(session, name)
    if row.disabled_at is None:
        return
    row.disabled_at = None
    account_storage.add_account_event(session, row.name, "enabled", by, now, "")


def _row(session: Session, name: str) -> ReviewerRow:
    row = account_storage.reviewer(session, name)
    if row is None:
        raise CannotChange("There is nobody of that name at the desk.")
    return row


def _rank(row: ReviewerRow) -> Rank:
    if row.supervisor:
        return Rank.SUPERVISOR
    return Rank.SENIOR if row.senior else Rank.REVIEWER


def _not_the_last_supervisor(session: Session, row: ReviewerRow) -> None:
    if account_storage.supervisors(session) == [row.name]:
        raise CannotChange("This is the last supervisor: make somebody else one first.")
