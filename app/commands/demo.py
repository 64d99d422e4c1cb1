"""`remsfax demo`: see `app.demo`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def demo(
    data: Annotated[Path, typer.Option(help="A folder; thrown away at the start if a demo made it.")] = Path("demo-data"),
    samples: Annotated[Path | None, typer.Option(help="Folder of sample faxes; this project's own if not given.")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="Port of the desk; else 8080, or a free one.")] = None,
    exit_when_done: Annotated[bool, typer.Option(help="Stop once every sample is at rest; status 1 if one ended wrong.")] = False,
) -> None:
    """Start a service in a throw-away folder, drop the sample faxes into its inbox, and say what becomes of each."""
    from app.demo import SAMPLES
    from app.demo import demo as show

    raise typer.Exit(show(data, samples or SAMPLES, port, exit_when_done))
