"""When a number may be called: the hours of the day where its telephone stands. Pure.

What: the time zones of a number by its area code and exchange, and the next moment that lies within the hours.
Why: many a pharmacy's and small practice's fax shares a line with a telephone, and some of them a bedroom's wall.
How: the zones come with the `phonenumbers` package (Google's libphonenumber). Some area codes lie in two zones; then the moment
must lie within the hours of both. Toll-free numbers have no place: for them the program's zone counts.
Refuses: hours that end before they begin; nothing is sent at night by a slip of the pen in a setting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import phonenumbers
from phonenumbers.timezone import time_zones_for_geographical_number

from registry.policies import PROGRAM_ZONE

MOST_ZONES = 3  # an area code lies in one or two zones; a number that may stand in more stands nowhere
_TRIES = 12  # openings looked at, one zone's after another's; zones so far apart that their days never meet end after these


@dataclass(frozen=True)
class Hours:
    """From when to when, local time, a call may begin."""

    begin: time
    end: time  # the first moment after; midnight is the end of the day

    def __post_init__(self) -> None:
        """The end is later on the same day, or midnight."""
        if self.end != time() and self.end <= self.begin:
            raise ValueError(f"the hours {self} end before they begin")

    def __str__(self) -> str:
        """As in the setting."""
        return f"{self.begin:%H:%M}-{'24:00' if self.end == time() else f'{self.end:%H:%M}'}"

    def hold(self, local: time) -> bool:
        """Whether they hold at that time of day."""
        return self.begin <= local and (self.end == time() or local < self.end)


def hours_from(text: str) -> Hours:
    """From a setting such as "07:00-21:00"; "00:00-24:00" is the whole day. ValueError says what is needed."""
    found = re.fullmatch(r"\s*(\d\d?):(\d\d)\s*-\s*(\d\d?):(\d\d)\s*", text)
    if found is None:
        raise ValueError("two times of day are needed, such as 07:00-21:00")
    begin_hour, begin_minute, end_hour, end_minute = map(int, found.groups())
    whole_day = (end_hour, end_minute) == (24, 0)
    try:
        return Hours(time(begin_hour, begin_minute), time() if whole_day else time(end_hour, end_minute))
    except ValueError as problem:
        raise ValueError(f"{text.strip()} are no hours of a day ({problem})") from None


@lru_cache(maxsize=4096)
def zones_of(fax: str, otherwise: str = PROGRAM_ZONE) -> tuple[ZoneInfo, ...]:
    """The zones in which a number of ten digits may stand; the zone `otherwise` where that cannot be told."""
    number = phonenumbers.PhoneNumber(country_code=1, national_number=int(fax))
    names = time_zones_for_geographical_number(number)
    if not names or len(names) > MOST_ZONES or phonenumbers.timezone.UNKNOWN_TIMEZONE in names:
        names = (otherwise,)
    return tuple(ZoneInfo(one) for one in names)


def opening(at: datetime, fax: str, hours: Hours, otherwise: str = PROGRAM_ZONE) -> datetime:
    """The first moment from `at` on (aware) that lies within the hours at the number's place, in UTC; `at` itself if it does."""
    zones = zones_of(fax, otherwise)
    found = at.astimezone(UTC)
    for _ in range(_TRIES):
        shut = next((zone for zone in zones if not hours.hold(_clock(found, zone))), None)
        if shut is None:
            return found
        found = _next_begin(found, shut, hours)
    return _next_begin(at, zones[0], hours)


def _clock(at: datetime, zone: ZoneInfo) -> time:
    return at.astimezone(zone).time()


def _next_begin(at: datetime, zone: ZoneInfo, hours: Hours) -> datetime:
    """When the hours begin next in that zone, after `at`."""
    local = at.astimezone(zone)
    day = local.date() if local.time() < hours.begin else local.date() + timedelta(days=1)
    return datetime.combine(day, hours.begin, zone).astimezone(UTC)
