"""`remsfax registry history`: one person on one page, as of any date."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.output import REFUSED, WRONG_USAGE, AsJson, json_line, stop
from app.commands.service import Data, existing

if TYPE_CHECKING:
    from registry.history import Event, History


def history(
    person: Annotated[
        str, typer.Argument(metavar="ID", help="REMS Patient ID, NPI, a distributor's HIN or DEA number, a designee's email.")
    ],
    data: Data = None,
    as_of: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="As it stood at the end of that day (2024-01-31), or at a moment with zone."),
    ] = None,
    kind: Annotated[
        str | None, typer.Option(help="patient, prescriber, designee, pharmacy or distributor, if several fit.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Everything about one person: the records as they stood, and what happened, dated; exit status 1 if nobody is known."""
    from registry.history import KINDS, history_of, people_named

    moment = None if as_of is None else _moment(as_of)
    if kind is not None and kind not in KINDS:
        stop(f"--kind {kind}: there are {', '.join(KINDS)}", WRONG_USAGE)
    house = existing(data)
    with house.database.reading() as session:
        named = [one for one in people_named(session, person) if kind in (None, one[0])]
        if not named:
            stop(f"nobody in the registry is {person}: check the ID, or look the person up at the desk", REFUSED)
        if len(named) > 1:
            fitting = ", ".join(f"{one} (--kind {what})" for what, one in named)
            stop(f"{person} is several: give one of {fitting}", WRONG_USAGE)
        found = history_of(session, *named[0], moment)
    if as_json:
        json_line(_json(asdict(found)))
    else:
        print("\n".join(page(found)))


def page(found: History) -> Iterator[str]:
    """The lines of the page."""
    yield f"{found.kind} {found.key}, " + ("as it stands" if found.as_of is None else f"as of {_when(found.as_of)}")
    yield ""
    yield "RECORDS"
    withdrawn = {one.key for one in found.records if one.record == "Withdrawal"}
    for one in found.records:
        gone = ", withdrawn: it does not count" if one.key in withdrawn and one.record != "Withdrawal" else ""
        yield f"  {one.record} {one.key} (since {_when(one.since)}{gone})"
        yield from (f"    {field}: {_value(value)}" for field, value in one.values.items() if value is not None)
    if not found.records:
        yield "  none"
    yield ""
    yield "WHAT HAPPENED"
    for event in found.events:
        yield from _event(event)
    if not found.events:
        yield "  nothing"


def _event(event: Event) -> Iterator[str]:
    from registry.history import from_where

    yield f"  {_when(event.at)}  {event.title}"
    by = f"by {event.actor}, {event.channel}"
    yield ", ".join(filter(None, (f"    {by}", from_where(event))))
    if event.reason is not None:
        yield f"    reason: {event.reason}"
    yield from (f"    {one}" for one in event.details)
    yield from (f"    {one.field}: {_value(one.before)} → {_value(one.after)}" for one in event.changes)


def _when(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"


def _value(value: object) -> str:
    return "(blank)" if value is None else str(value)


def _moment(text: str) -> datetime:
    """The end of a day of the program, or a moment with its zone."""
    from registry.identifiers import iso_day
    from registry.moments import day_ends

    day = iso_day(text)
    if day is not None and day < date.max:
        return day_ends(day) - timedelta(microseconds=1)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        at = None
    if at is None or at.tzinfo is None:
        stop(
            f"--as-of {text}: give a day such as 2024-01-31, or a moment with its zone such as 2024-01-31T15:00:00Z", WRONG_USAGE
        )
    return at


def _json(value: Any) -> Any:
    """JSON-native all the way down: moments as ISO text."""
    if isinstance(value, Mapping):
        return {name: _json(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
