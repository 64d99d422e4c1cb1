"""`remsfax letters …`: what went out, what did not, and what an operator does about it."""

from __future__ import annotations

import getpass
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from app.commands.output import REFUSED, WRONG_USAGE, AsJson, json_line, note, stop, table
from app.commands.service import Data, existing

if TYPE_CHECKING:
    from app.composition import Remsfax
    from outbound.attempts import Attempt
    from outbound.delivery import Delivery, DeliveryId
    from outbound.looking_storage import LetterInFull

commands = typer.Typer(no_args_is_help=True, help="Letters and the numbers they go to: look, send again, stop, confirm.")

Letter = Annotated[str, typer.Argument(metavar="LETTER", help="The letter's name, R-YYYYMMDD-NNNN-N, or its id.")]
Fax = Annotated[str, typer.Argument(metavar="NUMBER", help="The fax number, ten digits in any notation.")]
Reason = Annotated[str, typer.Option(help="Why; it stays with the letter or number.")]
By = Annotated[str | None, typer.Option(help="Who does this; else the name at this terminal.")]


@commands.command("list")
def list_letters(
    data: Data = None,
    state: Annotated[str | None, typer.Option(help="due, held, sending, delivered, abandoned, uncertain, no_address.")] = None,
    number: Annotated[str | None, typer.Option(help="Only those to this number.")] = None,
    reference: Annotated[str | None, typer.Option(help="Only those that answer this fax.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="Only those that bring this kind of notice, such as neutropenia_severe.")
    ] = None,
    stuck: Annotated[bool, typer.Option(help="Only those that wait for a person, the urgent and the oldest first.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    as_json: AsJson = False,
) -> None:
    """The latest letters, the youngest first."""
    from outbound import looking_storage, storage
    from outbound.delivery import DeliveryState

    if state is not None and state not in list(DeliveryState):
        stop(f"--state {state}: there are {', '.join(DeliveryState)}", WRONG_USAGE)
    fax = None if number is None else ten_digits(number)
    house = existing(data)
    with house.database.reading() as session:
        if stuck:
            found = storage.wanting_a_person(session, limit)
        else:
            wanted = None if state is None else DeliveryState(state)
            found = looking_storage.latest(session, state=wanted, fax=fax, reference=reference, kind=kind, limit=limit)
    if as_json:
        for one in found:
            json_line(letter_line(one))
        return
    columns = ["letter", "state", "number or address", "to", "since", "tries", "brings", "last word"]
    rows = [
        [one.letter, one.state.value + ("!" if one.urgent else ""), one.fax or one.email or "-", one.name or one.role,
         when(one.created_at), one.attempts, ", ".join(one.kinds), one.waits_for or one.last_word]
        for one in found
    ]  # fmt: skip
    table(columns, rows)


@commands.command()
def show(letter: Letter, data: Data = None, as_json: AsJson = False) -> None:
    """One letter: what it brings, every attempt with its evidence, everything that happened."""
    from outbound import looking_storage

    house = existing(data)
    with house.database.reading() as session:
        found = looking_storage.letter(session, _named(house, letter))
    if as_json:
        json_line(_in_full(found))
    else:
        print("\n".join(_page(found)))


@commands.command()
def again(letter: Letter, reason: Reason, by: By = None, data: Data = None) -> None:
    """Send a letter once more; of one that arrived, a further copy. The gateway is asked first; exit status 1 if it cannot
    say."""
    from outbound import letter_acts, storage
    from outbound.delivery import DeliveryState, IllegalTransition

    house = existing(data)
    delivery_id = _named(house, letter)
    try:
        with house.database.writing() as session:
            if storage.delivery(session, delivery_id).state is DeliveryState.DELIVERED:
                new = letter_acts.copy(session, delivery_id, who(by), reason, house.clock())
                note(f"{storage.delivery(session, new).letter} is a further copy of {letter}, due now")
                return
        state = letter_acts.send_again(
            house.database.writing_sessions, delivery_id, house.gateway, house.clock(), by=who(by), reason=reason
        )
    except letter_acts.NotYet as problem:
        stop(f"{letter} cannot be sent again yet: {problem}", REFUSED)
    except (IllegalTransition, ValueError) as problem:
        stop(f"{letter}: {problem}", WRONG_USAGE)
    note(f"{letter} is {state.value}")


@commands.command()
def cancel(letter: Letter, reason: Reason, by: By = None, data: Data = None) -> None:
    """Stop a letter. One that is on its way is not tried again, and the gateway is asked to end the call if it can."""
    from outbound import letter_acts
    from outbound.delivery import IllegalTransition

    house = existing(data)
    try:
        state = letter_acts.cancel(
            house.database.writing_sessions,
            _named(house, letter),
            house.gateway,
            house.clock(),
            by=who(by),
            reason=reason,
            policy=house.patience,
            rules=house.calling,
        )
    except (IllegalTransition, ValueError) as problem:
        stop(f"{letter}: {problem}", WRONG_USAGE)
    note(f"{letter} is {state.value}")


@commands.command()
def address(
    letter: Letter,
    to: Annotated[str, typer.Argument(metavar="NUMBER", help="Fax number, ten digits; of an invitation also an e-mail address.")],
    vouched: Annotated[str, typer.Option(help="Why you are certain that it is theirs; else it is confirmed first.")] = "",
    by: By = None,
    data: Data = None,
) -> None:
    """Give a letter its fax number, or a better one; it is due at once. An invitation may also get an e-mail address."""
    from outbound import letter_acts
    from outbound.delivery import IllegalTransition

    house = existing(data)
    delivery_id = _named(house, letter)
    try:
        with house.database.writing() as session:
            if "@" in to:
                given = letter_acts.give_address(session, delivery_id, to, who(by), house.clock())
            else:
                given = letter_acts.give_number(session, delivery_id, to, who(by), house.clock(), vouched=vouched)
    except (IllegalTransition, ValueError) as problem:
        stop(f"{letter}: {problem}", WRONG_USAGE)
    note(f"{letter} is {given.value}")


def _named(house: Remsfax, letter: str) -> DeliveryId:
    from outbound import looking_storage

    with house.database.reading() as session:
        found = looking_storage.named(session, letter)
    if found is None:
        stop(f"there is no letter {letter}: look with `remsfax letters list`", REFUSED)
    return found


def ten_digits(number: str) -> str:
    """The number as it is kept; ends the command for what is none."""
    from outbound.letter_acts import NoSuchNumber, dialable

    try:
        return dialable(number)
    except NoSuchNumber as problem:
        stop(str(problem), WRONG_USAGE)


def who(by: str | None) -> str:
    """Who acts."""
    return by or getpass.getuser()


def letter_line(one: Delivery) -> dict[str, Any]:
    """A letter as one line of JSON."""
    return {
        "letter": one.letter,
        "delivery_id": one.delivery_id,
        "state": one.state.value,
        "urgent": one.urgent,
        "fax": one.fax,
        "email": one.email,
        "role": one.role,
        "name": one.name,
        "kinds": list(one.kinds),
        "created_at": one.created_at.isoformat(),
        "next_look_at": None if one.next_look_at is None else one.next_look_at.isoformat(),
        "attempts": one.attempts,
        "waits_for": one.waits_for,
        "last_word": one.last_word,
    }


def _in_full(found: LetterInFull) -> dict[str, Any]:
    return {
        **letter_line(found.delivery),
        "together_with": list(found.together_with),
        "attempts": [_attempt(one) for one in found.attempts],
        "history": [
            {"at": one.at.isoformat(), "event": one.event, "state": one.state.value, "by": one.by, "detail": one.detail}
            for one in found.history
        ],
    }


def _attempt(one: Attempt) -> dict[str, Any]:
    return {
        "number": one.number,
        "call": one.call_tag,
        "fax": one.fax,
        "began_at": one.began_at.isoformat(),
        "ended_at": None if one.ended_at is None else one.ended_at.isoformat(),
        "outcome": None if one.how is None else one.how.value,
        "cause": one.cause or None,
        "detail": one.detail,
        "pages": one.pages,
        "pages_confirmed": one.pages_confirmed,
        "gateway_reference": one.gateway_reference,
        "evidence": dict(one.evidence),
    }


def _page(found: LetterInFull) -> Iterator[str]:
    one = found.delivery
    yield f"{one.letter} ({one.delivery_id}), {one.state.value}{', urgent' if one.urgent else ''}"
    yield f"  to {one.name or one.role} ({one.role}), " + (f"e-mail {one.email}" if one.email else f"fax {one.fax or 'unknown'}")
    yield f"  brings {', '.join(notice.kind for notice in found.notices)}"
    if one.waits_for or one.last_word:
        yield f"  {one.waits_for or one.last_word}"
    if found.together_with:
        yield f"  in one call with {', '.join(found.together_with)}"
    yield ""
    yield "ATTEMPTS"
    for each in found.attempts:
        how = "on its way" if each.how is None else each.how.value.replace("_", " ") + (f" ({each.cause})" if each.cause else "")
        confirmed = "" if each.pages_confirmed is None else f", {each.pages_confirmed} of {each.pages} pages confirmed"
        begun = f"  {each.number}  {when(each.began_at)}  {each.fax or 'e-mail'}  {how}{confirmed if each.fax else ''}"
        yield f"{begun}  {each.gateway_reference}  {each.detail}".rstrip()
        yield from (f"     {name}: {value}" for name, value in each.evidence.items())
    yield "" if found.attempts else "  none"
    yield "WHAT HAPPENED"
    for event in found.history:
        yield f"  {when(event.at)}  {event.event} → {event.state.value}, by {event.by}  {event.detail}".rstrip()


def when(at: datetime) -> str:
    """A moment for people, UTC."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S}Z"
