"""`remsfax quarantine list | release`: faxes that cannot go on by themselves."""

from __future__ import annotations

from typing import Annotated

import typer

from app.commands.output import WRONG_USAGE, AsJson, json_line, note, stop, table
from app.commands.service import Data, existing

commands = typer.Typer(no_args_is_help=True, help="Faxes that cannot go on by themselves: look, let go on.")


@commands.command("list")
def list_quarantined(data: Data = None, as_json: AsJson = False) -> None:
    """Every fax in quarantine with its reason, and what was set aside without being a fax."""
    from intake.fax_lifecycle import FaxState
    from intake.storage import faxes_in

    house = existing(data)
    with house.database.reading() as session:
        stored = faxes_in(session, [FaxState.QUARANTINED])
    rows = [
        {
            "reference": one.fax.reference,
            "source_name": one.fax.source_name,
            "reason": one.quarantine_reason,
            "detail": one.quarantine_detail,
            "received_at": one.fax.received_at.isoformat(),
        }
        for one in stored
    ]
    rows += [
        {"reference": None, "source_name": one.source_name, "reason": one.reason, "detail": one.detail, "received_at": one.at}
        for one in house.quarantine.everything()
        if one.reference is None
    ]
    if as_json:
        for row in rows:
            json_line(row)
        return
    table(
        ["reference", "file", "reason", "detail"],
        [[row["reference"] or "-", row["source_name"], row["reason"], row["detail"]] for row in rows],
    )


@commands.command()
def release(reference: Annotated[str, typer.Argument(help="Reference of the fax, R-YYYYMMDD-NNNN.")], data: Data = None) -> None:
    """Let a fax go on from where it was, with all its tries anew."""
    from app.fax_steps import release as let_go
    from intake.fax_lifecycle import IllegalFaxTransition
    from intake.storage import fax_of_reference

    house = existing(data)
    try:
        with house.database.writing() as session:
            fax = fax_of_reference(session, reference)
            if fax is None:
                stop(f"no fax has the reference {reference}", WRONG_USAGE)
            nudges = let_go(session, fax.fax.fax_id, house.clock())
    except IllegalFaxTransition:
        stop(f"{reference} is not in quarantine", WRONG_USAGE)
    house.quarantine.release(fax.fax.fax_id)
    house.nudges.send(nudges)
    note(f"{reference} goes on")
