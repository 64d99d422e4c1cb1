"""Monitoring: whether required labs are missing, and when the next status form is due.

What: pure functions over draw days, the monitoring frequency and the days of status forms.
Why: R65 stops dispensing for a missing lab or a missing form; both are counting days, which goes wrong by one if done twice.
Refuses: an opinion on the label's recommended frequency; the prescriber sets it (R07).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from registry.policies import MISSING_LABS_PERIOD, MONITORING_INTERVAL, MONITORING_TOLERANCE, STATUS_FORM_VALID
from registry.vocabulary import MonitoringFrequency


@dataclass(frozen=True)
class Gap:
    """Too many days without a draw."""

    after: date
    until: date

    def __str__(self) -> str:
        return f"{self.after} to {self.until}"


def period_start(received_on: date, previous: date | None, enrolled_on: date) -> date:
    """Since the last status form, or the enrollment, at most 37 days back [decision]."""
    return max(previous if previous is not None else enrolled_on, received_on - MISSING_LABS_PERIOD)


def missing_labs(draws: Iterable[date], frequency: MonitoringFrequency, start: date, end: date) -> tuple[Gap, ...]:
    """The gaps between draws from `start` to `end` wider than the interval and its tolerance (section 2, "Missing labs").

    The last draw before `start` opens the period where it lies near enough, else `start` itself does: a gap that was already too
    wide then belonged to the form before. The days since the last draw up to `end` are a gap too. `other` never misses one.
    """
    interval = MONITORING_INTERVAL.get(frequency)
    if interval is None:
        return ()
    allowed = interval + MONITORING_TOLERANCE
    days = sorted(set(draws))
    before = [day for day in days if day <= start]
    opening = before[-1] if before and start - before[-1] <= allowed else start
    points = [opening, *(day for day in days if start < day <= end), end]
    return tuple(Gap(one, other) for one, other in pairwise(points) if other - one > allowed)


def wider(one: MonitoringFrequency, other: MonitoringFrequency) -> MonitoringFrequency:
    """The one that asks for fewer draws: a frequency changed on a form does not judge by hindsight the draws before it."""
    return max(one, other, key=lambda frequency: MONITORING_INTERVAL.get(frequency, timedelta.max))


def is_current(draw_date: date, frequency: MonitoringFrequency, on: date) -> bool:
    """R68 [decision]: no older than the monitoring interval and its tolerance, and not of the future."""
    interval = MONITORING_INTERVAL.get(frequency, MONITORING_INTERVAL[MonitoringFrequency.MONTHLY])
    return draw_date <= on <= draw_date + interval + MONITORING_TOLERANCE


def status_form_is_current(received_on: date, on: date) -> bool:
    """R65: days 0 to 37 after receipt, both included."""
    return received_on <= on <= received_on + STATUS_FORM_VALID
