"""The statements on people who may sign in: their accounts, their sign-ins, what was done to an account.

What: find, add, list, and the lock under which a rank is taken away. Functions take a session and never commit.
Why: two supervisors who take the rank from each other at one moment must not both succeed.
Refuses: to judge; that stands in `review_queue.accounts` and `review_queue.reviewers`.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from review_queue.desk_tables import AccountEventRow
from review_queue.tables import ReviewerRow, SignInRow


def reviewer(session: Session, name: str) -> ReviewerRow | None:
    """The reviewer of that sign-in name, or None."""
    return session.get(ReviewerRow, name)


def add_reviewer(session: Session, name: str, password_hash: str, *, senior: bool, supervisor: bool, now: datetime) -> None:
    """Add a reviewer; the caller has made sure that the name is free."""
    row = ReviewerRow(name=name, password_hash=password_hash, senior=senior, supervisor=supervisor, created_at=now, failures=0)
    session.add(row)
    session.flush()


def sign_in(session: Session, token_hash: str) -> SignInRow | None:
    """The sign-in of that token, or None."""
    return session.get(SignInRow, token_hash)


def add_sign_in(session: Session, token_hash: str, reviewer_name: str, csrf: str, now: datetime) -> None:
    """Add a sign-in."""
    session.add(SignInRow(token_hash=token_hash, reviewer=reviewer_name, csrf=csrf, opened_at=now, seen_at=now))
    session.flush()


def end_sign_in(session: Session, row: SignInRow) -> None:
    """End this sign-in."""
    session.delete(row)
    session.flush()


def end_sign_ins(session: Session, reviewer_name: str) -> None:
    """End every sign-in of one person."""
    session.execute(delete(SignInRow).where(SignInRow.reviewer == reviewer_name))


def reviewers(session: Session) -> list[ReviewerRow]:
    """Everybody, those who left last."""
    rows = session.scalars(select(ReviewerRow).order_by(ReviewerRow.disabled_at.is_not(None), ReviewerRow.name))
    return list(rows)


def supervisors(session: Session) -> list[str]:
    """Who may supervise, locked until the transaction ends: two who take the rank from each other wait for each other."""
    found = select(ReviewerRow.name).where(ReviewerRow.supervisor, ReviewerRow.disabled_at.is_(None)).order_by(ReviewerRow.name)
    return list(session.scalars(found.with_for_update()))


def add_account_event(session: Session, name: str, event: str, by: str, at: datetime, detail: str) -> None:
    """Write down what was done to an account."""
    session.add(AccountEventRow(name=name, event=event, by=by, at=at, detail=detail))
    session.flush()


def account_events(session: Session, limit: int) -> list[AccountEventRow]:
    """What was last done to accounts, the latest first."""
    return list(session.scalars(select(AccountEventRow).order_by(AccountEventRow.number.desc()).limit(limit)))
