"""Making a data folder ready: tables as this version needs them, and a first person who may sign in.

What: `prepare`, called by every process that opens the database.
Why: a newcomer starts with an empty folder; an operator upgrades by starting the new version.
Refuses: to make a second first account, or to change a password that somebody chose; and, in words an operator can act on, a
folder that cannot be written and a database that does not answer.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from app.database import Database, alone_at
from app.migrations import STARTING, is_current, upgrade
from app.settings import Settings

FIRST_REVIEWER = "reviewer"


class CannotStart(Exception):
    """Something an operator must change before the service can start."""


class DatabaseAway(CannotStart):
    """The database is what is missing."""


@contextmanager
def said_in_words(settings: Settings) -> Iterator[None]:
    """What goes wrong with the data folder or the database inside the block, as CannotStart."""
    try:
        yield
    except OSError as problem:
        raise CannotStart(f"the data folder {settings.folders.root} cannot be used: {problem.strerror}") from None
    except DBAPIError as problem:
        where = settings.folders.database if settings.database_url is None else "of REMSFAX_DATABASE_URL"
        raise DatabaseAway(f"the database {where} cannot be used: {problem.orig}") from None


def prepare(settings: Settings) -> str | None:
    """Bring the tables up to date; the first account's new password if one was made, in words for the terminal, else None.

    Raises CannotStart where the folder or the database cannot be used.
    """
    with said_in_words(settings):
        return _prepare(settings)


def _prepare(settings: Settings) -> str | None:
    from app.composition import now
    from registry.audit import Cause
    from registry.resettling import settle_marked
    from review_queue.account_storage import reviewer
    from review_queue.reviewers import create_reviewer

    settings.folders.create()
    if settings.database_url is None:
        settings.folders.database.touch(mode=0o600)  # SQLite gives its log the mode of the file it finds
    database = Database(settings.database_address)
    try:
        was_older = not is_current(database.engine)
        upgrade(database.engine)
        with database.writing() as session:
            alone_at(session.connection(), STARTING)  # of several that start at once, the first makes the account
            if was_older:
                settle_marked(session, Cause(now(), "remsfax", "upgrade"))
            if reviewer(session, FIRST_REVIEWER) is not None:
                return None
            chosen = settings.desk_password
            password = secrets.token_urlsafe(12) if chosen is None else chosen.get_secret_value()
            create_reviewer(session, FIRST_REVIEWER, password, now(), senior=True, supervisor=True)
            if chosen is not None:
                return f"sign in at the desk as {FIRST_REVIEWER} with the password of REMSFAX_DESK_PASSWORD"
            _keep(settings, password)
            return (
                f"sign in at the desk as {FIRST_REVIEWER} with the password {password} (kept in {settings.folders.first_sign_in})"
            )
    finally:
        database.close()


def _keep(settings: Settings, password: str) -> None:
    file = settings.folders.first_sign_in
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        stream.write(f"name: {FIRST_REVIEWER}\npassword: {password}\n")
