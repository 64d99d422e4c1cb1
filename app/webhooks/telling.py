"""One try at telling one subscriber of one event: claim, send, settle.

What: two short transactions with the HTTP request between them.
Why: the try is counted before the work; a worker that dies at it leaves a row that is due again a minute later.
Refuses: to hold a session while a stranger's server takes its time.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from app.database import Database
from app.webhooks import storage
from app.webhooks.lifecycle import EventState, Heard, after
from app.webhooks.signing import headers

_log = logging.getLogger(__name__)

Post = Callable[[str, bytes, Mapping[str, str]], Heard]
"""Sends a body with headers to a URL and says what was heard."""


def tell(database: Database, telling_id: str, post: Post, clock: Callable[[], datetime]) -> None:
    """Try once, if it is due."""
    began = clock()
    with database.writing() as session:
        one = storage.claim(session, telling_id, began)
    if one is None:
        return
    body = json.dumps(one.body, separators=(",", ":")).encode()
    heard = post(one.url, body, headers(one.secret, one.event_id, began, body, one.former_secret))
    then = after(heard, one.tries, clock())
    if then.state is EventState.GIVEN_UP:
        _log.warning("webhook event %s is given up after %d tries: %s", one.event_id, one.tries, heard.word)
    with database.writing() as session:
        storage.settle(session, one, then, heard.word, clock())
