"""Log lines for a person at night: one line where a library writes a page.

What: a handler of stderr whose records about the broker being away, or unable to write, carry no traceback.
Why: with a full disk every consumer of every process wrote sixty lines every three seconds; the line that says what to do was
lost among them.
Refuses: to touch the tracebacks of anything else.
"""

from __future__ import annotations

import logging
import sys

import redis

FORMAT = "%(asctime)s %(levelname)-7s %(processName)s[%(process)d] %(name)s: %(message)s"
CHATTY = ("dramatiq", "watchfiles", "fontTools", "weasyprint", "alembic")


def log_to_stderr(level: str) -> None:
    """Set up logging for a process of the service; `level` is a name such as "info"."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(in_one_line)
    logging.basicConfig(level=level.upper(), format=FORMAT, handlers=[handler])
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


def in_one_line(record: logging.LogRecord) -> bool:
    """Put what a Redis client raised into the message and leave its traceback out; always True: no record is dropped."""
    problem = record.exc_info[1] if record.exc_info else None
    if record.name.startswith("dramatiq") and isinstance(problem, redis.RedisError):
        record.msg, record.args = "%s %s", (record.getMessage(), problem)
        record.exc_info = record.exc_text = None
    return True
