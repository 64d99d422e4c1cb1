"""What an operator reads at night."""

from __future__ import annotations

import logging

import redis

from app.log_lines import in_one_line


def record_of(name: str, problem: Exception) -> logging.LogRecord:
    return logging.LogRecord(
        name, logging.CRITICAL, "", 0, "Consumer of %s failed.", ("reading",), (type(problem), problem, None)
    )


def test_a_broker_that_cannot_write_is_one_line() -> None:
    record = record_of("dramatiq.worker.ConsumerThread(reading)", redis.ResponseError("MISCONF No space left on device"))
    assert in_one_line(record)
    assert logging.Formatter().format(record) == "Consumer of reading failed. MISCONF No space left on device"


def test_any_other_error_keeps_its_traceback() -> None:
    for name, problem in (("dramatiq.worker", ValueError("odd")), ("app.running", redis.ResponseError("odd"))):
        record = record_of(name, problem)
        assert in_one_line(record)
        assert record.exc_info is not None
