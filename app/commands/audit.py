"""`remsfax audit verify | head`: whether the audit trail is whole, and the hash to note down so that nobody can rewrite it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from app.commands.output import REFUSED, WRONG_USAGE, AsJson, json_line, stop
from app.commands.service import Data, existing

if TYPE_CHECKING:
    from registry.audit_chain import Head

commands = typer.Typer(no_args_is_help=True, help="The audit trail: verify that no entry was changed or lost.")

Expect = Annotated[
    list[str] | None,
    typer.Option(metavar="ENTRY:HASH", help="An entry's hash noted earlier, as `remsfax audit head` prints it; may be repeated."),
]


@commands.command()
def verify(data: Data = None, expect: Expect = None, as_json: AsJson = False) -> None:
    """Read the whole trail and check its chain; exit status 1 if anything does not hold, each finding a line."""
    from registry.audit_chain import verify as verified
    from registry.trail import storage

    noted = [_head_in(text) for text in expect or ()]
    found = 0
    house = existing(data)
    with house.database.reading() as session:
        storage.one_view(session)
        head = storage.head(session)
        for finding in verified(storage.entries(session), head, noted):
            found += 1
            if as_json:
                json_line({"entry": finding.entry, "kind": finding.kind, "detail": finding.detail})
            else:
                print(f"entry {finding.entry}: {finding.kind.replace('_', ' ')}: {finding.detail}")
    if as_json:
        json_line({"whole": not found, **_head_json(head)})
    else:
        print(f"{_head_words(head)}: {f'{found} findings' if found else 'whole'}")
    if found:
        raise typer.Exit(REFUSED)


@commands.command()
def head(data: Data = None, as_json: AsJson = False) -> None:
    """The number and hash of the last entry: note them down outside of this machine, and verify against them with --expect."""
    from registry.trail import storage

    house = existing(data)
    with house.database.reading() as session:
        found = storage.head(session)
    if found is None:
        stop("the audit trail has lost its head: run `remsfax audit verify`", REFUSED)
    if as_json:
        json_line(_head_json(found))
    else:
        print(f"{found.entry}:{found.hash}")


def _head_in(text: str) -> Head:
    """The entry and hash of a note; anything else is wrong usage."""
    from registry.audit_chain import Head

    found = re.fullmatch(r"([0-9]{1,18}):([0-9a-fA-F]{64})", text.strip())
    if found is None:
        stop(
            f"--expect {text}: give the entry's number, a colon and its 64 digits of hash, as `remsfax audit head` prints",
            WRONG_USAGE,
        )
    return Head(int(found[1]), found[2].lower())


def _head_json(found: Head | None) -> dict[str, object]:
    return {"entries": None if found is None else found.entry, "head": None if found is None else found.hash}


def _head_words(found: Head | None) -> str:
    return "no head" if found is None else f"{found.entry} entries, head {found.entry}:{found.hash}"
