"""Parts of a desk that fail as real ones do, named by how they misbehave."""

from __future__ import annotations

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker


class AwayForAWhile:
    """A session factory whose database cannot be reached while `away` is set."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self.away = False
        self.refused = 0  # how often somebody asked in vain

    def __call__(self) -> Session:
        if self.away:
            self.refused += 1
            raise OperationalError("connect", {}, ConnectionError("the database is away"))
        return self._sessions()
