"""`remsfax numbers …`: a fax number with all that is known of it, confirming it, the do-not-fax list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.letters import By, Fax, Reason, letter_line, ten_digits, when, who
from app.commands.output import REFUSED, WRONG_USAGE, AsJson, json_line, note, stop, table
from app.commands.service import Data, existing

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

commands = typer.Typer(no_args_is_help=True, help="Fax numbers: what is known of one, confirm it, never fax there.")

RecipientRole = Annotated[str, typer.Argument(metavar="ROLE", help="prescriber, designee, pharmacy or distributor.")]
Name = Annotated[str, typer.Argument(metavar="NAME", help="The recipient's name, as on the letter.")]


@commands.command("list")
def list_numbers(data: Data = None, limit: Annotated[int, typer.Option(min=1)] = 100, as_json: AsJson = False) -> None:
    """The numbers a person should look at, and the do-not-fax list."""
    from outbound import numbers_storage

    house = existing(data)
    with house.database.reading() as session:
        flagged, barred = numbers_storage.flagged(session, limit), numbers_storage.barred(session, limit)
    rows = [(one.fax, "flagged", one.flagged_at, "remsfax", one.flag_reason) for one in flagged]
    rows += [(one.fax, "do not fax", one.barred_at, one.barred_by, one.barred_reason) for one in barred]
    if as_json:
        for fax, why, since, by, detail in rows:
            json_line({"fax": fax, "why": why, "since": _iso(since), "by": by, "detail": detail})
        return
    table(["fax", "why", "since", "by", "detail"], [[_cell(cell) for cell in row] for row in rows])


@commands.command()
def show(fax: Fax, data: Data = None, limit: Annotated[int, typer.Option(min=1)] = 50, as_json: AsJson = False) -> None:
    """One number: who is reached there and how that is known, what people did to it, the letters that went there."""
    from outbound import looking_storage

    house = existing(data)
    with house.database.reading() as session:
        found = looking_storage.number(session, ten_digits(fax), house.clock(), limit)
    number = found.number
    if as_json:
        json_line(
            {
                "fax": number.fax,
                "do_not_fax": number.barred_reason or None,
                "flagged_at": _iso(number.flagged_at),
                "flag_reason": number.flag_reason or None,
                "failures": number.failures,
                "rests_until": _iso(number.rests_until),
                "last_arrived_at": _iso(number.last_arrived_at),
                "called_today": number.called_today,
                "recipients": [
                    {"role": one.role, "name": one.name, "confirmed_at": _iso(one.confirmed_at), "how": one.confirmed_how or None,
                     "by": one.confirmed_by or None, "detail": one.confirmed_detail or None}
                    for one in found.holders
                ],
                "history": [
                    {"at": _iso(one.at), "event": one.event, "by": one.by, "detail": one.detail} for one in found.history
                ],
                "letters": [letter_line(one) for one in found.deliveries],
            }
        )  # fmt: skip
        return
    state = f"on the do-not-fax list: {number.barred_reason}" if number.barred_at else number.flag_reason or "nothing against it"
    print(f"{number.fax}: {state}; {number.failures} calls in a row brought nothing")
    for one in found.holders:
        at = one.confirmed_at
        how = "not confirmed" if at is None else f"confirmed {when(at)}, {one.confirmed_how}, by {one.confirmed_by}"
        print(f"  {one.name or one.role} ({one.role}): {how}")
    for event in found.history:
        print(f"  {when(event.at)}  {event.event}, by {event.by}  {event.detail}")
    rows = [
        [one.letter, one.state.value, one.name or one.role, when(one.created_at), ", ".join(one.kinds)]
        for one in found.deliveries
    ]
    table(["letter", "state", "to", "since", "brings"], rows)


@commands.command()
def confirm(
    fax: Fax,
    code: Annotated[str, typer.Argument(help="The six digits of the test page, as the recipient tells them.")],
    by: By = None,
    data: Data = None,
) -> None:
    """The recipient told the code of the test page; exit status 1 if it is wrong."""
    from outbound import letter_acts

    house = existing(data)
    with house.database.writing() as session:
        told = letter_acts.confirm_number(session, ten_digits(fax), code, who(by), house.clock())
    if not told.right:
        stop(f"{fax}: {told.words}", REFUSED)
    note(f"{fax}: {told.words}; {len(told.released)} letters go out")


@commands.command()
def vouch(fax: Fax, role: RecipientRole, name: Name, reason: Reason, by: By = None, data: Data = None) -> None:
    """You are certain that the number is the recipient's."""
    from outbound import letter_acts

    _act(data, lambda session, now: letter_acts.vouch(session, fax, role, name, who(by), reason, now))
    note(f"{fax} is {name}'s")


@commands.command()
def doubt(fax: Fax, role: RecipientRole, name: Name, reason: Reason, by: By = None, data: Data = None) -> None:
    """The number is not, or no more, the recipient's."""
    from outbound import letter_acts

    _act(data, lambda session, now: letter_acts.doubt(session, fax, role, name, who(by), reason, now))
    note(f"{fax} is confirmed anew before patient data goes there to {name}")


@commands.command()
def check(fax: Fax, role: RecipientRole, name: Name, reason: Reason, by: By = None, data: Data = None) -> None:
    """Send a new test page with a new code."""
    from outbound import letter_acts

    _act(data, lambda session, now: letter_acts.check_again(session, fax, role, name, who(by), reason, now))
    note(f"a test page goes to {fax}")


@commands.command()
def bar(fax: Fax, reason: Reason, by: By = None, data: Data = None) -> None:
    """Put the number on the do-not-fax list: nothing goes there, urgent letters neither."""
    from outbound import letter_acts

    _act(data, lambda session, now: letter_acts.put_on_list(session, fax, who(by), reason, now))
    note(f"{fax} is on the do-not-fax list")


@commands.command()
def unbar(fax: Fax, reason: Reason, by: By = None, data: Data = None) -> None:
    """Take the number off the do-not-fax list; what waited for that goes out."""
    from outbound import letter_acts

    _act(data, lambda session, now: letter_acts.take_off_list(session, fax, who(by), reason, now))
    note(f"{fax} is off the do-not-fax list")


@commands.command()
def clear(fax: Fax, reason: Reason, by: By = None, data: Data = None) -> None:
    """You have looked at a number that failed again and again: it is called as any other."""
    from outbound import letter_acts

    _act(data, lambda session, now: letter_acts.clear_flag(session, fax, who(by), reason, now))
    note(f"{fax} is called as any other")


def _act(data: Any, act: Callable[[Session, datetime], object]) -> None:
    """One act in one transaction; what is wrong with it in words."""
    house = existing(data)
    try:
        with house.database.writing() as session:
            act(session, house.clock())
    except ValueError as problem:
        stop(str(problem), WRONG_USAGE)


def _iso(at: Any) -> str | None:
    return at.isoformat() if isinstance(at, datetime) else None


def _cell(cell: Any) -> object:
    return when(cell) if isinstance(cell, datetime) else cell
