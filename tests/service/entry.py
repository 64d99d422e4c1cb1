"""The service with the fakes of these tests composed in: `python -m tests.service.entry PART …` as `remsfax PART …`.

The file `deaths/wanted` in the data folder names the points at which a process dies once, a line each.
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

from app import command_line, composition, supervisor, up
from app.case_flow import Stage
from app.nudging import Nudge
from app.settings import Settings
from outbound.retrying import RetryPolicy
from tests.service.fakes import DiesOnce, DyingGateway, read_what_is_written

COMMAND = (sys.executable, "-m", "tests.service.entry")


def compose_with_fakes(settings: Settings) -> composition.Remsfax:
    """As `composition.compose`, with a fake reader and deaths."""
    folder = settings.folders.root
    marks = folder / "deaths"
    marks.mkdir(parents=True, exist_ok=True)
    death = DiesOnce(marks)
    house = real_compose(settings, read=read_what_is_written, gateway=DyingGateway(settings.folders.outbox, death))
    house.patience = RetryPolicy(presumed_dead_after=timedelta(seconds=2))
    steps = dict(house.steps)
    for stage, step in steps.items():
        steps[stage] = dataclasses.replace(
            step,
            work=death.before(f"{stage.value}.work", step.work),
            store=death.after(f"{stage.value}.store", step.store),
        )
    house.__dict__["steps"] = steps  # in place of the cached property
    send = house.nudges.send

    def dying_send(nudges: Iterable[Nudge]) -> None:
        these = list(nudges)
        for one in these:
            death.passing(f"{FROM.get(one.stage, 'none')}.nudge")
        send(these)

    house.nudges.send = dying_send  # type: ignore[method-assign]
    return house


FROM = {
    Stage.READ_FAX: "take",
    Stage.TRIAGE: "read_fax",
    Stage.RECORD: "triage",
    Stage.ANSWER: "record",
    Stage.SETTLE: "answer",
    Stage.SEND: "settle",
}
"""Which step sends a nudge of that stage when a document goes straight through."""

real_compose = composition.compose


def main() -> None:
    """One part of the service, or all of it."""
    composition.compose = compose_with_fakes  # type: ignore[assignment]
    supervisor.LONGEST_PAUSE = 0.2
    up.COMMAND = COMMAND
    Path(os.environ["REMSFAX_DATA"]).mkdir(parents=True, exist_ok=True)
    command_line.main()


if __name__ == "__main__":
    main()
