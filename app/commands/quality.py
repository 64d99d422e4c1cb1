"""`remsfax quality`: how often fields that nobody had looked at were wrong, by what people keyed blind."""

from __future__ import annotations

from typing import Annotated

import typer

from app.commands.output import AsJson, json_line, note, table
from app.commands.service import Data, existing


def quality(
    data: Data = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="What was keyed in so many days counts.")] = 90,
    as_json: AsJson = False,
) -> None:
    """Live error rates of untouched fields with one-sided 95 % bounds, by form and manner of writing; and alarms that are on."""
    from datetime import timedelta

    from review_queue.quality_watch import figures

    house = existing(data)
    with house.database.reading() as session:
        found = figures(session, house.clock(), timedelta(days=days))
    lines = (*found.whole, *found.strata)
    if as_json:
        for one in lines:
            json_line({"forms": one.what, "critical": one.critical, "passed": one.passed, "sampled": one.sampled,
                       "fields": one.rate.fields, "wrong": one.rate.wrong, "rate": one.rate.rate,
                       "lower": one.rate.lower, "upper": one.rate.upper})  # fmt: skip
        for alarm in found.alarms:
            json_line(
                {"alarm": alarm.number, "critical": alarm.critical, "raised_at": alarm.raised_at.isoformat(), "why": alarm.why}
            )
        return
    rows = [
        [one.what, "critical" if one.critical else "other", one.passed, one.sampled, one.rate.fields, one.rate.wrong,
         *(f"{1000 * part:.2f}" if one.rate.fields else "-" for part in (one.rate.rate, one.rate.lower, one.rate.upper))]
        for one in lines
    ]  # fmt: skip
    table(["forms", "fields", "unseen", "sampled", "keyed", "wrong", "in 1,000", "at least", "at most"], rows)
    for alarm in found.alarms:
        note(f"alarm since {alarm.raised_at:%Y-%m-%d %H:%M} UTC: {alarm.why}")
