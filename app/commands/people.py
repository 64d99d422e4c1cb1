"""`remsfax reviewer add`: who may sign in at the desk."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer

from app.commands.output import WRONG_USAGE, stop
from app.commands.service import Data, ready

commands = typer.Typer(no_args_is_help=True, help="People who may sign in at the desk.")


@commands.callback()
def reviewers() -> None:
    """Keeps `add` a subcommand of its own while it is the only one."""


@commands.command()
def add(
    name: Annotated[str, typer.Argument(help="Sign-in name; never given to a second person.")],
    data: Data = None,
    senior: Annotated[bool, typer.Option(help="May take what was escalated.")] = False,
    supervisor: Annotated[bool, typer.Option(help="May take over, see everybody's figures, and add people.")] = False,
    ask: Annotated[bool, typer.Option(help="Ask for the password instead of making one up.")] = False,
) -> None:
    """Create an account; prints the password it made up."""
    from review_queue.reviewers import create_reviewer

    house = ready(data)
    chosen: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else secrets.token_urlsafe(12)
    try:
        with house.database.writing() as session:
            create_reviewer(session, name, chosen, house.clock(), senior=senior, supervisor=supervisor)
    except ValueError as problem:
        stop(str(problem), WRONG_USAGE)
    print(f"{name} can sign in" if ask else f"{name} can sign in with the password {chosen}")
