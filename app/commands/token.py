"""`remsfax token add | list | revoke`: whose programs may ask the API for what."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

import typer

from app.api.tokens import PartyKind, Scope, Token
from app.commands.output import REFUSED, WRONG_USAGE, AsJson, json_line, note, stop, table
from app.commands.service import Data, existing, ready

commands = typer.Typer(no_args_is_help=True, help="Tokens of the JSON API: who may ask for what.")


@commands.command()
def add(
    kind: Annotated[PartyKind, typer.Option(help="Whom the token acts for.")],
    person: Annotated[str, typer.Option(help="First and last name of who acts with it.")],
    email: Annotated[str, typer.Option(help="Email address of that person.")],
    npi: Annotated[str, typer.Option(help="NPI of the prescriber or pharmacy; a designee's token has the prescriber's.")] = "",
    hin: Annotated[str, typer.Option(help="HIN or DEA number of the distributor.")] = "",
    scope: Annotated[
        list[Scope] | None, typer.Option(help="What it may do; may be repeated; else all that its kind may.")
    ] = None,
    name: Annotated[str, typer.Option(help="What you call it, such as the program's name.")] = "",
    days: Annotated[int, typer.Option(min=0, max=3650, help="Days until it expires; 0: it does not by itself.")] = 365,
    data: Data = None,
) -> None:
    """Make a token; prints it this once."""
    from app.api.giving import new_token
    from app.api.storage import add_token

    house = ready(data)
    now = house.clock()
    try:
        token, text = new_token(
            kind, npi or hin, name, person, email, scope or (), now, now + timedelta(days=days) if days else None
        )
    except ValueError as problem:
        stop(str(problem), WRONG_USAGE)
    with house.database.writing() as session:
        add_token(session, token)
    note(f"token {token.token_id} for {token.name}: {', '.join(sorted(token.scopes))}. It is shown this once:")
    print(text)


@commands.command("list")
def list_tokens(data: Data = None, as_json: AsJson = False) -> None:
    """Every token, without its secret."""
    from app.api.storage import tokens

    house = existing(data)
    with house.database.reading() as session:
        found = [_shown(one) for one in tokens(session)]
    if as_json:
        for line in found:
            json_line(line)
        return
    columns = ["token_id", "name", "kind", "identifier", "person", "scopes", "expires_at", "last_used_at", "revoked_at"]
    table(columns, [[_word(line[column]) for column in columns] for line in found])


@commands.command()
def revoke(token_id: Annotated[str, typer.Argument(help="As `remsfax token list` shows it.")], data: Data = None) -> None:
    """From now on a token is no good."""
    from app.api.storage import revoke_token

    house = existing(data)
    with house.database.writing() as session:
        done = revoke_token(session, token_id, house.clock())
    if not done:
        stop(f"there is no token {token_id} that is not revoked", REFUSED)
    note(f"token {token_id} is revoked")


def _shown(one: Token) -> dict[str, object]:
    def moment(name: str) -> str | None:
        at = getattr(one, name)
        return None if at is None else at.isoformat(timespec="seconds")

    return {
        "token_id": one.token_id,
        "name": one.name,
        "kind": one.kind.value,
        "identifier": one.identifier,
        "person": one.person,
        "email": one.email,
        "scopes": sorted(scope.value for scope in one.scopes),
        **{when: moment(when) for when in ("created_at", "expires_at", "last_used_at", "revoked_at")},
    }


def _word(value: object) -> str:
    if isinstance(value, list):
        return " ".join(value)
    return "" if value is None else str(value)
