"""`remsfax clock`: what time alone makes due, told now instead of at the worker's next look."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from app.commands.output import WRONG_USAGE, AsJson, json_line, note, stop, table
from app.commands.service import Data, existing


def clock(
    data: Data = None,
    at: Annotated[str | None, typer.Option(help="As if it were this moment, such as 2026-11-26T15:00:00Z; else now.")] = None,
    look: Annotated[bool, typer.Option("--look", help="Only show what is due and was not told; tell nothing.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tell what is due by time and was not told: reminders to representatives, lapses, status forms due and overdue."""
    from registry.clock import untold

    house = existing(data)
    now = house.clock() if at is None else _moment(at)
    if look:
        with house.database.reading() as session:
            found = untold(session, now)
    else:
        found = house.clock_work.run(now)
    if as_json:
        for one in found:
            facts = dict(one.notice.facts)
            json_line(
                {"stage": one.stage.value, "subject": one.subject, "occasion": one.occasion, "to": one.notice.to, "facts": facts}
            )
        return
    table(
        ["stage", "subject", "counted from", "to"],
        [[one.stage.value, one.subject, one.occasion, one.notice.name] for one in found],
    )
    note(f"{len(found)} {'due and not told' if look else 'told'}")


def _moment(text: str) -> datetime:
    """An ISO moment with its zone; anything else is wrong usage."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        stop(f"{text!r} is no moment: write it as 2026-11-26T15:00:00Z", WRONG_USAGE)
    if moment.tzinfo is None:
        stop(f"{text!r} has no time zone: write it as 2026-11-26T15:00:00Z", WRONG_USAGE)
    return moment
