"""`python -m bench.registry [--patients 200000] [--few 10000] [--folder DIR] [--only sqlite|postgresql]`: fills both kinds of
database and prints what answers cost as ratios (docs/figures/registry-speed.md with --write).

A folder that was given is kept, and filled only once. PostgreSQL's cluster lives in it for as long as the command runs.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.database import Database
from bench.registry.making import DRAWS, FORMS, fill
from bench.registry.measuring import OF_EACH, ROUNDS, Costs, costs
from tools.throwaway_postgres import throwaway_postgres

KINDS = ("sqlite", "postgresql")
CHECK_BAR, MATCHING_BAR = 6.0, 3.0


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[Database]:
    if kind == "sqlite":
        folder.mkdir(parents=True, exist_ok=True)
        database = Database(f"sqlite:///{folder / 'registry.db'}")
        yield database
        database.close()
        return
    settings = ("shared_buffers=2GB", "maintenance_work_mem=1GB", "max_wal_size=8GB", "max_connections=50")
    with throwaway_postgres(folder, durable=True, settings=settings) as address:
        database = Database(address)
        yield database
        database.close()


def measured(kind: str, folder: Path, patients: int) -> Costs:
    """Fills a database where it is empty, and measures it."""
    with _database(kind, folder / f"{kind}-{patients}") as database:
        started = time.monotonic()
        try:
            fill(database, patients)
            print(f"{kind}: {patients:,} patients loaded in {time.monotonic() - started:.0f} s", file=sys.stderr)
        except ValueError:
            print(f"{kind}: {patients:,} patients were there", file=sys.stderr)
        return costs(database, patients)


def report(found: dict[str, tuple[Costs, Costs]], many: int, few: int) -> str:
    """The table of ratios."""
    lines = [
        "# What the registry's answers cost with many patients",
        "",
        f"*Made by `python -m bench.registry --patients {many} --few {few} --write docs/figures/registry-speed.md`:",
        f"{many:,} patients with {FORMS * many:,} status forms and {DRAWS * many:,} ANCs; medians of {ROUNDS} rounds of",
        f"{OF_EACH} each, by turn, so that a busy machine slows both sides of a ratio.*",
        "",
        "One row is fetched by its key in the quickest way the session knows. A check is the whole answer with every",
        "reason; an authorization is that with its number, its audit entry and the commit, beside one row written and committed.",
        "PostgreSQL's commits wait for the disk.",
        "",
        f"| database | dispense check / one row (≤ {CHECK_BAR:g}) | authorization / one row written, both committed "
        f"| matching among {many:,} / among {few:,} (≤ {MATCHING_BAR:g}) | one row, µs |",
        "|---|---|---|---|---|",
    ]
    for kind, (large, small) in found.items():
        lines.append(
            f"| {kind} | {large.check / large.row:.2f} | {large.authorization / large.written_row:.2f} "
            f"| {large.matching / small.matching:.2f} | {large.row:.0f} |"
        )
    return "\n".join(lines) + "\n"


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--patients", type=int, default=200_000)
    asked.add_argument("--few", type=int, default=10_000)
    asked.add_argument("--folder", type=Path)
    asked.add_argument("--only", choices=KINDS)
    asked.add_argument("--write", type=Path)
    given = asked.parse_args()
    with ExitStack() as stack:
        folder = given.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        found = {}
        for kind in [given.only] if given.only else KINDS:
            small = measured(kind, folder, given.few)
            found[kind] = (measured(kind, folder, given.patients), small)
    text = report(found, given.patients, given.few)
    print(text)
    if given.write:
        given.write.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
