"""The figures page's charts, each with the table that says the same. Pure: from a fortnight's figures to pictures and rows.

What: `Chart` (title, picture, table, a sentence) for arrivals by day and hour, ages, corrections by field; lines per reviewer.
Why: a chart without its numbers is closed to who cannot see it, and a number without a sentence to who has no time.
Refuses: to show one reviewer's pace to another: `people_lines` gets told whose lines to make.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from review_queue.daily_figures import Figures, Measure, parts, together, total
from review_queue.figures import age_classes, family_words, pace_per_hour
from review_queue.svg_charts import Column, bars, columns

MOST_FIELDS = 12  # of the corrections; the rest is noise
FEWEST_SEEN = 5  # verdicts seen again, below which a share says nothing


@dataclass(frozen=True)
class Chart:
    """A picture with the table that says the same."""

    title: str
    says: str  # what it comes to, as a sentence
    svg: str  # safe markup of our own making
    heads: tuple[str, ...]  # of the table's columns
    rows: tuple[tuple[str, ...], ...]
    series: tuple[str, ...] = ()  # names of the series, in order, where there are several


@dataclass(frozen=True)
class PersonLine:
    """One reviewer's fortnight."""

    name: str
    done: int
    pace: str  # faxes an hour of work, in words
    seen_again: int  # verdicts on which a colleague gave a later one
    agreement: str  # share of them left as they were, in words


def arrivals_by_day(days: Mapping[date, Figures]) -> Chart:
    """Documents by day, those that went on unseen below those that came to the desk."""
    rows, drawn = [], []
    for day, figures in days.items():
        found, unseen = figures.get((Measure.FOUND, ""), 0), figures.get((Measure.UNTOUCHED, ""), 0)
        done = total(figures, Measure.DONE)
        rows.append((f"{day:%a %m/%d}", str(found), str(unseen), share(unseen, found), str(found - unseen), str(done)))
        drawn.append(Column(f"{day:%m/%d}", (unseen, max(0, found - unseen)), f"{day:%a %m/%d}: {found}, untouched {unseen}"))
    whole = together(days.values())
    found, unseen = whole.get((Measure.FOUND, ""), 0), whole.get((Measure.UNTOUCHED, ""), 0)
    says = f"{found} documents in {len(days)} days; {share(unseen, found)} went on without a person. Today is not over."
    return Chart(
        "Documents by day",
        says,
        columns(drawn, 2),
        ("Day", "Documents", "Untouched", "Share", "To the desk", "Finished"),
        tuple(rows),
        ("untouched", "came to the desk"),
    )


def arrivals_by_hour(days: Mapping[date, Figures], today: date) -> Chart:
    """Today's arrivals at the desk by hour of the program's clock, beside the usual ones of the days before."""
    now = parts(days.get(today, {}), Measure.ARRIVED)
    before = [figures for day, figures in days.items() if day != today and total(figures, Measure.ARRIVED)]
    usual = parts(together(before), Measure.ARRIVED)
    hours = [f"{hour:02d}" for hour in range(24)]
    rows, drawn = [], []
    for hour in hours:
        mean = usual.get(hour, 0) / len(before) if before else 0.0
        rows.append((f"{hour}:00", str(now.get(hour, 0)), f"{mean:.1f}"))
        drawn.append(Column(hour, (now.get(hour, 0),), f"{hour}:00: {now.get(hour, 0)} today, usually {mean:.1f}"))
    busiest = max(usual, key=lambda hour: (usual[hour], hour), default="")
    says = f"{sum(now.values())} came to the desk today."
    says += f" Usually the hour from {busiest}:00 brings the most." if busiest else ""
    return Chart("Arrivals at the desk by hour, today", says, columns(drawn, 3), ("Hour", "Today", "Usually"), tuple(rows))


def ages(counts: Sequence[int], late: int) -> Chart:
    """How old what waits is; `counts` by class, `late`: how many are overdue."""
    classes = age_classes(counts)
    rows = tuple((words, str(count)) for words, count in classes)
    says = "Nothing is overdue." if not late else f"{late} {'is' if late == 1 else 'are'} overdue by the next-business-day clock."
    drawn = bars([(words, count, str(count)) for words, count in classes])
    return Chart("Age of what waits", says, drawn, ("Age", "Faxes"), rows)


def corrections(days: Mapping[date, Figures]) -> Chart:
    """The fields that people change most, and how often of those they looked at."""
    whole = together(days.values())
    said, corrected = parts(whole, Measure.SAID), parts(whole, Measure.CORRECTED)
    most = sorted(corrected, key=lambda family: (-corrected[family], family))[:MOST_FIELDS]
    rows = tuple(
        (family_words(one), str(corrected[one]), str(said.get(one, 0)), share(corrected[one], said.get(one, 0))) for one in most
    )
    drawn = bars([(family_words(one), corrected[one], f"{corrected[one]}, {share(corrected[one], said[one])}") for one in most])
    changed, looked = sum(corrected.values()), sum(said.values())
    says = f"Of {looked} looks at a field in {len(days)} days, {changed} changed what was read ({share(changed, looked)})."
    return Chart("Corrections by field", says, drawn, ("Field", "Changed", "Looked at", "Share"), rows)


def people_lines(days: Mapping[date, Figures], whose: str | None) -> list[PersonLine]:
    """A line per reviewer who finished something, by name; `whose`: only this one's, None: everybody's."""
    whole = together(days.values())
    done, begun, seconds = (parts(whole, one) for one in (Measure.DONE, Measure.BEGUN, Measure.SECONDS))
    seen, kept = parts(whole, Measure.SEEN_AGAIN), parts(whole, Measure.KEPT)
    lines = []
    for name in sorted(done.keys() | seen.keys()):
        if whose not in (None, name):
            continue
        pace = pace_per_hour(done.get(name, 0), begun.get(name, 0), seconds.get(name, 0))
        again = seen.get(name, 0)
        agreement = share(kept.get(name, 0), again) if again >= FEWEST_SEEN else "too few to say"
        lines.append(PersonLine(name, done.get(name, 0), "too few to say" if pace is None else f"{pace:.1f}", again, agreement))
    return lines


def share(part: int, whole: int) -> str:
    """A share in words: "97.3 %"; a dash where there is nothing to share. Never rounded up to all or down to none."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.1 or 99.9 < percent < 100:
        return "under 0.1 %" if percent < 50 else "over 99.9 %"
    return f"{percent:.1f} %".replace(".0 %", " %")
