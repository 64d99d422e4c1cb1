"""The figures of program days: counted when first asked for, kept once the day is over.

What: `fortnight` gives the figures of the last days, `present_pace` the desk's pace of the last hours.
Why: each number comes from the rows that are the truth (events, verdicts, documents), so no other code must remember to count;
and a day that is over never changes, so it is counted once and kept.
Refuses: to keep a day that is not over by `SETTLES`: its last faxes are still on their way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from registry.moments import day_begins, day_ends, program_day
from registry.policies import PROGRAM_ZONE
from review_queue import daily_storage
from review_queue.figures import WINDOW, Pace, field_family, stretches, time_at_work
from review_queue.lifecycle import ReviewEvent
from review_queue.review_item import VerdictKind

DAYS = 14  # how far back the figures look, today included
SETTLES = timedelta(hours=2)  # after its end a day's faxes are read and triaged
ENQUEUED = "enqueued"
FINISHED = frozenset(
    event.value
    for event in (
        ReviewEvent.SUBMITTED,
        ReviewEvent.KEYING_ASKED,
        ReviewEvent.SENT_BACK,
        ReviewEvent.REJECTED,
        ReviewEvent.PAGES_REARRANGED,
    )
)
"""What ends one person's work on a fax; passing it on does not."""


class Measure(StrEnum):
    """What is counted of a day; the codes are kept."""

    FOUND = "found"  # documents found in faxes
    UNTOUCHED = "untouched"  # of them, those that went on without a person
    ARRIVED = "arrived"  # at the desk, by hour of the program's clock: "09"
    DONE = "done"  # faxes finished, by reviewer
    BEGUN = "begun"  # stretches of work, by reviewer
    SECONDS = "seconds"  # of work, by reviewer
    SAID = "said"  # verdicts, by family of fields
    CORRECTED = "corrected"  # of them, those that changed what was read, by family of fields
    SEEN_AGAIN = "seen_again"  # verdicts on which a colleague gave a later one, by the earlier's reviewer
    KEPT = "kept"  # of them, those that the colleague left as they were


Figures = Mapping[tuple[str, str], int]
"""Numbers by measure and part."""


@dataclass(frozen=True)
class DocumentCounts:
    """Documents of a stretch of time."""

    found: int
    untouched: int  # went on without a person


class DocumentFacts(Protocol):
    """What the desk does not see: documents that never came to it."""

    def __call__(self, session: Session, begins: datetime, ends: datetime) -> DocumentCounts:
        """Documents found in that time, the end not included, and triaged since."""
        ...


def fortnight(session: Session, documents: DocumentFacts | None, now: datetime, days: int = DAYS) -> dict[date, Figures]:
    """The figures of the last days, today's as far as they go; days that are over are kept, so commit."""
    today = program_day(now)
    asked = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    kept = daily_storage.day_figures(session, asked[0], asked[-1])
    found: dict[date, Figures] = {}
    for day in asked:
        if day in kept:
            found[day] = kept[day]
            continue
        found[day] = count_day(session, documents, day)
        if now >= day_ends(day) + SETTLES:
            daily_storage.keep_day(session, day, found[day])
    return found


def count_day(session: Session, documents: DocumentFacts | None, day: date) -> Figures:
    """One day's figures from the rows; the number of documents found is always there, even 0."""
    begins, ends = day_begins(day), day_ends(day)
    counted: Counter[tuple[str, str]] = Counter()
    zone = ZoneInfo(PROGRAM_ZONE)
    for at, count in daily_storage.events_by_hour(session, ENQUEUED, begins, ends).items():
        counted[Measure.ARRIVED, f"{at.astimezone(zone):%H}"] += count
    for person, moments in daily_storage.moments_by_person(session, FINISHED, begins, ends).items():
        counted[Measure.DONE, person] = len(moments)
        counted[Measure.BEGUN, person] = stretches(moments)
        counted[Measure.SECONDS, person] = int(time_at_work(moments).total_seconds())
    for key, kind, count in daily_storage.verdicts_by_field(session, begins, ends):
        counted[Measure.SAID, field_family(key)] += count
        counted[Measure.CORRECTED, field_family(key)] += count if kind != VerdictKind.CONFIRMED else 0
    for pair in daily_storage.second_words(session, begins, ends):
        counted[Measure.SEEN_AGAIN, pair.earlier_by] += 1
        counted[Measure.KEPT, pair.earlier_by] += pair.agree
    seen = DocumentCounts(total(counted, Measure.ARRIVED), 0) if documents is None else documents(session, begins, ends)
    figures = {key: number for key, number in counted.items() if number}
    return figures | {(Measure.FOUND, ""): seen.found, (Measure.UNTOUCHED, ""): seen.untouched}


def total(figures: Figures, measure: Measure) -> int:
    """A measure over all its parts."""
    return sum(number for (found, _), number in figures.items() if found == measure)


def parts(figures: Figures, measure: Measure) -> dict[str, int]:
    """A measure by its parts."""
    return {part: number for (found, part), number in figures.items() if found == measure}


def together(days: Iterable[Figures]) -> Figures:
    """All days as one."""
    summed: Counter[tuple[str, str]] = Counter()
    for figures in days:
        summed.update(figures)
    return summed


def present_pace(session: Session, now: datetime, window: timedelta = WINDOW) -> Pace:
    """What came to the desk and what was finished in the window that ends now."""
    arrived = daily_storage.count_events(session, [ENQUEUED], now - window, now)
    return Pace(window, arrived, daily_storage.count_events(session, FINISHED, now - window, now))
