"""What the label says about monitoring: how often the ANC is due now, and when the next draw is [label].

What: `advice` over the ANCs of a treatment: the interval that holds today, why, and the day by which the next draw is due.
Why: a prescriber sets the frequency (R07), and the letters and the desk must be able to say where the label asks for more.
Refuses: to decide anything: dispensing goes by the prescriber's frequency; a low ANC's own rules are `registry.treatment`'s.

The label's ladder, general population: weekly to month 6, every 2 weeks to month 12, monthly after. Below 1500 three times a week
until 1500 or more, then the last interval; below 1000 daily until 1000, three times a week until 1500, weekly for four weeks,
then the last interval. Under BEN: 500–999 three times a week until 1000 (or baseline), weekly for four weeks, then the last
interval; below 500 daily until 500, then three times a week.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import TypeAlias

from registry.anc import Finding, finding
from registry.course import Turn
from registry.patients import AncResult, Patient
from registry.policies import AS_A_NEW_PATIENT_AFTER
from registry.vocabulary import Population, TreatmentStatus

Draws: TypeAlias = list[tuple[date, float]]
"""Draw days in order, each with the lowest ANC of the day."""

_Interval: TypeAlias = tuple[timedelta, str, str]
"""The interval, in words, and why."""

DAILY = timedelta(days=1)
THREE_TIMES_A_WEEK = timedelta(days=2)
"""The widest gap that still makes three draws a week, but for a weekend."""
WEEKLY = timedelta(days=7)
EVERY_TWO_WEEKS = timedelta(days=14)
MONTHLY = timedelta(days=31)
WEEKLY_TO_MONTH, EVERY_TWO_WEEKS_TO_MONTH = 6, 12
WEEKS_AFTER_RECOVERY = timedelta(weeks=4)
DEEP_BELOW = 1000.0
"""Below this per µL (moderate, or BEN neutropenia) the label asks for four weekly draws after recovery."""
HOSPICE_INTERVAL = timedelta(days=184)
"""[label] Hospice: the interval may go to six months."""


@dataclass(frozen=True)
class Advice:
    """What the label asks for."""

    interval: timedelta  # at most between two draws
    words: str  # for people
    why: str  # one sentence
    next_draw_by: date | None  # None where no ANC is on file


def advice(patient: Patient, results: Iterable[AncResult], turns: Sequence[Turn], on: date) -> Advice:
    """The label's interval on that program day; `turns` are those of the patient's course."""
    by_day: dict[date, float] = {}
    for one in results:
        if one.draw_date <= on:
            by_day[one.draw_date] = min(one.anc, by_day.get(one.draw_date, one.anc))
    if not by_day:
        return Advice(WEEKLY, "weekly", "no ANC is on file", None)
    draws = sorted(by_day.items())
    interval, words, why = _low_interval(patient.population, draws, on) or _usual_interval(patient, draws, turns, on)
    return Advice(interval, words, why, draws[-1][0] + interval)


def _low_interval(population: Population, draws: Draws, on: date) -> _Interval | None:
    """What a low ANC asks for, and the four weeks after it."""
    newest = draws[-1][1]
    daily_below, often_below = (500, 1000) if population is Population.BEN else (1000, 1500)
    if newest < daily_below:
        return DAILY, "daily", f"the latest ANC is {newest:g}/µL: daily until it is {daily_below} or more"
    if newest < often_below:
        return (
            THREE_TIMES_A_WEEK,
            "three times a week",
            f"the latest ANC is {newest:g}/µL: three times a week until it is {often_below} or more",
        )
    recovered = _recovered_on(population, draws)
    if recovered is not None and on < recovered + WEEKS_AFTER_RECOVERY:
        return WEEKLY, "weekly", f"recovered on {recovered}: weekly for four weeks"
    return None


def _recovered_on(population: Population, draws: Draws) -> date | None:
    """The first normal draw after the last low ones, where one of those was moderate or worse; None where none was."""
    recovered, deep = None, False
    for day, anc in draws:
        if finding(anc, population) is Finding.NORMAL:
            if deep:
                recovered, deep = day, False
        else:
            deep = deep or anc < DEEP_BELOW
            recovered = None
    return recovered


def _usual_interval(patient: Patient, draws: Draws, turns: Sequence[Turn], on: date) -> _Interval:
    """The months of treatment, counted anew after 30 days or more of Interrupted."""
    if patient.hospice:
        return HOSPICE_INTERVAL, "every 6 months", "hospice: the interval may go to six months"
    start = _counted_from(patient, draws, turns)
    if on < _months_after(start, WEEKLY_TO_MONTH):
        return WEEKLY, "weekly", f"treatment since {start}: weekly to month {WEEKLY_TO_MONTH}"
    if on < _months_after(start, EVERY_TWO_WEEKS_TO_MONTH):
        return EVERY_TWO_WEEKS, "every 2 weeks", f"treatment since {start}: every 2 weeks to month {EVERY_TWO_WEEKS_TO_MONTH}"
    return MONTHLY, "monthly", f"treatment since {start}: monthly after month {EVERY_TWO_WEEKS_TO_MONTH}"


def _counted_from(patient: Patient, draws: Draws, turns: Sequence[Turn]) -> date:
    """The start of treatment; where the forms do not say it the first ANC on file; the return from a long interruption."""
    start = patient.start_date or draws[0][0]
    for left, back in pairwise(turns):
        interrupted = left.after is TreatmentStatus.INTERRUPTED and back.after is TreatmentStatus.ENROLLED
        if interrupted and back.since - left.since >= AS_A_NEW_PATIENT_AFTER:
            start = max(start, back.since)
    return start


def _months_after(day: date, months: int) -> date:
    """The same day of the month so many months later, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
