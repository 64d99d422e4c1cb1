"""Limits shared by several processes through the broker, and what happens while it is away."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from app.api.rates import ASK_REDIS_AGAIN, Limit, Rates
from app.broker import EmbeddedServer, connect
from tests.service.waiting import wait_for

SLOW = Limit("token", 0.001, 3)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    embedded = EmbeddedServer(tmp_path / "broker")
    started = subprocess.Popen(embedded.command())
    client = connect(embedded.address).client

    def answers() -> bool:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False

    wait_for("the broker answers", answers)
    yield embedded.address, started
    started.kill()
    started.wait()


def test_two_processes_count_one_token_together(server: tuple[str, subprocess.Popen[bytes]]) -> None:
    one, other = Rates(connect(server[0])), Rates(connect(server[0]))
    taken = [rates.take(SLOW, "t").allowed for rates in (one, other, one, other, one)]
    assert taken == [True, True, True, False, False]
    assert one.take(SLOW, "somebody else").allowed
    assert other.take(SLOW, "t").wait >= 900


def test_while_the_broker_is_away_each_process_counts_for_itself_and_says_so_once(
    server: tuple[str, subprocess.Popen[bytes]], caplog: pytest.LogCaptureFixture
) -> None:
    now = 1000.0
    rates = Rates(connect(server[0]), clock=lambda: now)
    assert rates.take(SLOW, "t").allowed
    server[1].kill()
    server[1].wait()
    assert [rates.take(SLOW, "t").allowed for _ in range(4)] == [True, True, True, False]
    assert len([one for one in caplog.records if "counts requests for itself" in one.message]) == 1
    now += ASK_REDIS_AGAIN
    rates.take(SLOW, "t")
    assert len([one for one in caplog.records if "counts requests for itself" in one.message]) == 2
