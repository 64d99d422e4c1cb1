"""What the desk's numbers say: the pace, when the queue would be empty, who agrees with whom, how old things are.

What: pure figures from moments and counts: time at work, words of the forecast, classes of age, agreement between two people.
Why: a number nobody can act on is noise, and a forecast that hides that the queue only grows is worse than none.
Refuses: to forecast from nothing: without a fax finished in the window it says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from registry.moments import program_day
from registry.policies import PROGRAM_ZONE
from review_queue.business_days import day_words

WINDOW = timedelta(hours=2)  # the present pace is that of the last two hours: shorter jumps, longer remembers yesterday's staff
AWAY = timedelta(minutes=15)  # a longer gap between two finished faxes is a break (IDLE_LIMIT signs out after as long)
FARTHEST = timedelta(days=14)  # beyond it a forecast is a guess
AGES = (
    (timedelta(hours=1), "under 1 h"),
    (timedelta(hours=4), "1 to 4 h"),
    (timedelta(hours=8), "4 to 8 h"),
    (timedelta(hours=24), "8 to 24 h"),
    (timedelta(hours=48), "1 to 2 days"),
    (timedelta(days=4), "2 to 4 days"),
    (timedelta.max, "longer"),
)
"""Classes of age, youngest first: what is not older than the length, in words."""

_REPEATED = re.compile(r"\.\d+\.")
_INITIALS = {
    "anc": "ANC",
    "npi": "NPI",
    "dea": "DEA",
    "zip": "ZIP",
    "ben": "BEN",
    "id": "ID",
    "ncpdp": "NCPDP",
    "hin": "HIN",
    "ar": "AR",
}


@dataclass(frozen=True)
class Pace:
    """What came and went in a window that ends now."""

    window: timedelta
    arrived: int  # faxes that came to the desk
    done: int  # faxes that left the hands of the desk's people for good

    def per_hour(self, count: int) -> float:
        """A count of the window as an hour's rate."""
        return count / (self.window / timedelta(hours=1))


def forecast(waiting: int, pace: Pace, now: datetime) -> str:
    """When nothing would wait any more if people and faxes went on as in the window; a sentence, honest where that is never."""
    if waiting == 0:
        return "Nothing waits."
    if pace.done == 0:
        return f"No fax was finished in the last {_hours(pace.window)}: nobody can say when the queue will be empty."
    done, arrived = rate_words(pace.per_hour(pace.done)), rate_words(pace.per_hour(pace.arrived))
    net = pace.per_hour(pace.done - pace.arrived)
    if net <= 0:
        grows = "stays as long as it is" if pace.done == pace.arrived else "grows"
        return f"Never at this pace: {arrived} an hour arrive, {done} are finished. The queue {grows}."
    if waiting / net > FARTHEST / timedelta(hours=1):
        return f"Not within two weeks at this pace: {arrived} an hour arrive, {done} are finished."
    at = now + timedelta(hours=waiting / net)
    clock = at.astimezone(ZoneInfo(PROGRAM_ZONE))
    when = f"{day_words(program_day(at), program_day(now))} about {clock:%H:%M}"
    return f"Empty {when}, if it goes on like this without a break: {arrived} an hour arrive, {done} are finished."


def rate_words(per_hour: float) -> str:
    """ "3.5", "14"; one digit behind the point where it matters."""
    return f"{per_hour:.1f}".removesuffix(".0") if per_hour < 10 else f"{per_hour:.0f}"


def _hours(window: timedelta) -> str:
    hours = window // timedelta(hours=1)
    return "hour" if hours == 1 else f"{hours} hours"


def time_at_work(finished: Iterable[datetime]) -> timedelta:
    """How long somebody worked, from when they finished faxes: the gaps between, without those of a break.

    The first fax of each stretch had a beginning nobody sees; it is left out of both sides (`pace_per_hour`).
    """
    moments = sorted(finished)
    gaps = (later - earlier for earlier, later in pairwise(moments))
    return sum((gap for gap in gaps if gap <= AWAY), timedelta())


def stretches(finished: Iterable[datetime]) -> int:
    """How many times somebody began to work: faxes whose beginning nobody saw."""
    moments = sorted(finished)
    return bool(moments) + sum(later - earlier > AWAY for earlier, later in pairwise(moments))


def pace_per_hour(done: int, begun: int, seconds: int) -> float | None:
    """Faxes an hour of work; None where too little was seen to say. `begun`: of `stretches`, `seconds`: of `time_at_work`."""
    return None if seconds < 60 or done <= begun else (done - begun) * 3600 / seconds


def age_classes(ages: Sequence[int]) -> list[tuple[str, int]]:
    """Words and counts of each class of `AGES`; `ages` are counts in that order."""
    return [(words, count) for (_, words), count in zip(AGES, ages, strict=True)]


@dataclass(frozen=True)
class TwoWords:
    """Two people's words on one field of one form, the earlier and the later."""

    earlier_by: str
    earlier_kind: str  # `VerdictKind`
    earlier_value: object
    later_kind: str
    later_value: object

    @property
    def agree(self) -> bool:
        """The later one left it as it was; confirming a corrected value is agreeing with it."""
        same_kind = self.earlier_kind == self.later_kind or {self.earlier_kind, self.later_kind} == {"confirmed", "corrected"}
        return same_kind and self.earlier_value == self.later_value


def field_family(key: str) -> str:
    """A field's name without its place in a list: "labs.0.anc" and "labs.1.anc" are one line of the figures."""
    return "document." if key.startswith("document.") else _REPEATED.sub(".", key)


def family_words(family: str) -> str:
    """ "labs.anc" as "Labs ANC"."""
    if family == "document.":
        return "The whole document"
    words = [_INITIALS.get(word, word) for word in family.replace(".", " ").replace("_", " ").split()]
    return f"{words[0][:1].upper()}{words[0][1:]} {' '.join(words[1:])}".strip()
