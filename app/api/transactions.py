"""One transaction of a request, tried again when another request was faster.

What: runs an effect in a writing transaction; a lost race (unique key, serialization, deadlock, locked file) is tried again.
Why: several web processes write at once; that two of them collide is no fault of the client's and no error of ours.
Refuses: to answer a lost race with 500: after the last try it is 503 with Retry-After, and nothing was changed.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from app.api.problems import away
from app.database import Database

_log = logging.getLogger(__name__)

T = TypeVar("T")

PAUSES = (0.005, 0.02, 0.05, 0.1, 0.2)  # seconds at most before the 2nd, 3rd, … try; each is shortened at random


def in_one_transaction(database: Database, effect: Callable[[Session], T], pause: Callable[[float], None] = time.sleep) -> T:
    """What the effect gives, committed; Problem 503 when every try lost its race. The effect must change nothing but rows."""
    for longest in PAUSES:
        try:
            with database.writing() as session:
                return effect(session)
        except (IntegrityError, OperationalError, StaleDataError) as lost:
            _log.info("a race was lost (%s); trying again", type(lost).__name__)
            pause(longest * random.uniform(0.5, 1))  # noqa: S311 - no secret depends on it
    try:
        with database.writing() as session:
            return effect(session)
    except (IntegrityError, OperationalError, StaleDataError) as lost:
        _log.warning("given up after %d lost races: %s", len(PAUSES) + 1, type(lost).__name__)
        raise away() from None
