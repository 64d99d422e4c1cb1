"""How much one token, or one anonymous address, may ask: token buckets, shared by all web processes.

What: `Bucket` in Redis by one script a request; in this process alone while Redis is away, which the log says.
Why: a program that loops must not take the service from the others; processes that counted each for itself would allow
as many times the limit as there are of them.
Refuses: nothing itself: it says how long to wait.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

import redis
from dramatiq.brokers.redis import RedisBroker

_log = logging.getLogger(__name__)

MOST_BUCKETS = 10_000  # kept in this process while Redis is away; the ones not used for longest go
ASK_REDIS_AGAIN = 5.0  # seconds after Redis was away
_KEY = "remsfax:rate:"

_SCRIPT = """
local now = redis.call('TIME')
local at = tonumber(now[1]) + tonumber(now[2]) / 1000000
local rate, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local held = redis.call('HMGET', KEYS[1], 'level', 'at')
local level, last = tonumber(held[1]), tonumber(held[2])
if level == nil then level, last = burst, at end
level = math.min(burst, level + math.max(0, at - last) * rate)
local taken = 0
if level >= 1 then level = level - 1; taken = 1 end
redis.call('HSET', KEYS[1], 'level', tostring(level), 'at', string.format('%.6f', at))
redis.call('PEXPIRE', KEYS[1], math.ceil(burst / rate * 1000) + 1000)
return {taken, tostring(level)}
"""


@dataclass(frozen=True)
class Limit:
    """How much is allowed."""

    name: str  # whose buckets these are
    per_second: float  # how fast a bucket fills
    burst: int  # how much it holds


@dataclass(frozen=True)
class Allowance:
    """What a bucket said."""

    allowed: bool
    level: float  # what is left in it, in requests
    limit: Limit

    @property
    def wait(self) -> int:
        """Whole seconds until one more request is allowed; at least 1 where it was refused."""
        return 0 if self.allowed else max(1, math.ceil((1 - self.level) / self.limit.per_second))

    @property
    def headers(self) -> dict[str, str]:
        """RateLimit headers, as many clients know them."""
        full = math.ceil((self.limit.burst - self.level) / self.limit.per_second)
        return {
            "RateLimit-Limit": str(self.limit.burst),
            "RateLimit-Remaining": str(max(0, math.floor(self.level))),
            "RateLimit-Reset": str(max(0, full)),
        }


def after(level: float, elapsed: float, limit: Limit) -> tuple[bool, float]:
    """Whether a request is allowed from a bucket that stood at `level` so many seconds ago, and where it stands then."""
    filled = min(limit.burst, level + max(0.0, elapsed) * limit.per_second)
    return (True, filled - 1) if filled >= 1 else (False, filled)


class Rates:
    """The buckets, wherever they are."""

    def __init__(self, broker: RedisBroker, clock: Callable[[], float] = time.monotonic) -> None:
        self._script = broker.client.register_script(_SCRIPT)
        self._clock = clock
        self._away_until = -math.inf
        self._lock = threading.Lock()
        self._own: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, limit: Limit, whose: str) -> Allowance:
        """Take one request out of somebody's bucket."""
        if self._clock() >= self._away_until:
            try:
                taken, level = self._script(keys=[f"{_KEY}{limit.name}:{whose}"], args=[limit.per_second, limit.burst])
                return Allowance(bool(taken), float(level), limit)
            except (redis.RedisError, OSError) as problem:
                self._away_until = self._clock() + ASK_REDIS_AGAIN
                _log.warning("the broker is away (%s); each web process counts requests for itself until it is back", problem)
        return self._take_here(limit, f"{limit.name}:{whose}")

    def _take_here(self, limit: Limit, whose: str) -> Allowance:
        now = self._clock()
        with self._lock:
            level, last = self._own.pop(whose, (float(limit.burst), now))
            allowed, left = after(level, now - last, limit)
            self._own[whose] = (left, now)
            while len(self._own) > MOST_BUCKETS:
                self._own.popitem(last=False)
        return Allowance(allowed, left, limit)
