"""`python -m bench.desk [--reviewers 50] [--items 200] [--waiting 10000] [--done 1000000] [--rounds 3] [--write FILE]`: the desk
under fifty reviewers at once, and with a long queue and a long past, on PostgreSQL.

What: fifty people settle two hundred items together, then one person works at a desk with ten items and at the same desk with ten
thousand waiting and a million done; medians of the rounds' 95th percentiles.
Why: no item may be had by two, no correction may be lost, and a desk must not grow slow with its past.
Refuses: to end well (status 1) if an item was submitted twice or by one who did not hold it, if a value is not as keyed, or if
a percentile grew by more than three times.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from app import migrations
from app.database import Database
from bench.desk.making import done_long_ago, enqueue, page_images, reviewers
from bench.desk.sitting import Sitting, Unexpected
from bench.registry.serving import service
from review_queue.lifecycle import ReviewState
from review_queue.tables import EventRow, ItemRow, VerdictRow
from tools.throwaway_postgres import throwaway_postgres

MOST_TIMES = 3.0  # the 95th percentile with a long queue and a long past, against that with ten items
KINDS = ("queue page", "next", "item page", "verdict", "submit")
WITHOUT_KEYING = {"REMSFAX_SECOND_KEYING": "never", "REMSFAX_BLIND_SAMPLE_SHARE": "0"}
"""Keying tasks are other pages; here items alone are counted."""
SOLO = 60  # items one person settles in a round


@dataclass(frozen=True)
class Together:
    """What came of fifty reviewers at once."""

    items: int
    reviewers: int
    seconds: float
    twice: int  # submitted more than once
    strangers: int  # submitted by one whom the item's events do not show taking it last
    lost: int  # fields that are not as they were keyed
    errors: tuple[str, ...]
    p95: dict[str, float]  # seconds by kind of request
    shares: tuple[int, int]  # fewest and most items of one reviewer


def together(port: int, database: Database, names: list[str], items: int) -> Together:
    """Everybody takes, keys and submits until nothing waits."""
    keyed: dict[str, tuple[str, str]] = {}
    errors: list[str] = []
    lock, begin = threading.Lock(), threading.Barrier(len(names) + 1)
    sittings: list[Sitting] = []

    def work(name: str) -> None:
        sitting = Sitting(port, name)
        with lock:
            sittings.append(sitting)
        begin.wait()
        try:
            item = sitting.next()
            while item is not None:
                value = str(1000 + (hash((name, item)) % 9000))
                with lock:
                    keyed[item] = (name, value)
                item = sitting.settle(item, {"labs.0.anc": value})
        except (Unexpected, OSError) as problem:
            with lock:
                errors.append(f"{name}: {problem}")

    threads = [threading.Thread(target=work, args=(name,)) for name in names]
    for one in threads:
        one.start()
    begin.wait()
    began = time.monotonic()
    for one in threads:
        one.join()
    took = time.monotonic() - began
    with database.reading() as session:
        events = session.execute(select(EventRow.item_id, EventRow.event, EventRow.by).order_by(EventRow.number)).all()
        said = {
            (row.item_id, row.by): row.value
            for row in session.scalars(select(VerdictRow).where(VerdictRow.key == "labs.0.anc").order_by(VerdictRow.number))
        }
    submitted = Counter(item for item, event, _ in events if event == "submitted")
    holder: dict[str, str] = {}
    strangers = 0
    for item, event, by in events:
        if event in ("taken", "taken_over"):
            holder[item] = by
        elif event == "submitted":
            strangers += holder.get(item) != by
    lost = sum(str(said.get((item, name))) != value for item, (name, value) in keyed.items())
    done = Counter(name for name, _ in keyed.values())
    for one in sittings:
        one.close()
    return Together(
        items=len(submitted), reviewers=len(names), seconds=took, twice=sum(count > 1 for count in submitted.values()),
        strangers=strangers, lost=lost + items - len(submitted), errors=tuple(errors),
        p95={kind: _p95([one for each in sittings for one in each.seconds[kind]]) for kind in KINDS},
        shares=(min(done[name] for name in names), max(done.values(), default=0)),
    )  # fmt: skip


def alone(port: int, database: Database, name: str, first: int) -> dict[str, float]:
    """One person settles items; the 95th percentile of each kind of request. An item is added for each that is done."""
    sitting = Sitting(port, name)
    item = sitting.next()
    for serial in range(first, first + SOLO):
        if item is None:
            raise Unexpected("nothing waits")
        sitting.queue()
        with database.writing() as session:
            enqueue(session, serial, 1, datetime.now(UTC))
        item = sitting.settle(item, {})
        _ = sitting.next()  # what is in hand already, as a reviewer who comes back to the queue gets it
    sitting.close()
    return {kind: _p95(sitting.seconds[kind][5:]) for kind in KINDS}


def _p95(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=20)[18] if len(seconds) > 1 else float("nan")


def _median(rounds: list[dict[str, float]]) -> dict[str, float]:
    return {kind: statistics.median(one[kind] for one in rounds) for kind in KINDS}


def main() -> int:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--reviewers", type=int, default=50)
    asked.add_argument("--items", type=int, default=200)
    asked.add_argument("--waiting", type=int, default=10_000)
    asked.add_argument("--done", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--web", type=int, default=2)
    asked.add_argument("--write", type=Path)
    given = asked.parse_args()
    os.environ |= WITHOUT_KEYING
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        settings = ("shared_buffers=1GB", "max_wal_size=4GB", "max_connections=200")
        with throwaway_postgres(folder, durable=True, settings=settings) as address:
            database = Database(address)
            migrations.upgrade(database.engine)
            page_images(folder / "data" / "pages")
            with database.writing() as session:
                names = reviewers(session, given.reviewers + 1, now)
                enqueue(session, 0, given.items, now)
            with service(folder, address, given.web) as port:
                many = together(port, database, names[1:], given.items)
                serial = given.items
                with database.writing() as session:
                    enqueue(session, serial, 10, now)
                serial += 10
                few = [alone(port, database, names[0], serial + SOLO * number) for number in range(given.rounds)]
                serial += SOLO * given.rounds
                done_long_ago(database, given.done, now)
                for start in range(serial, serial + given.waiting, 500):
                    with database.writing() as session:
                        enqueue(session, start, min(500, serial + given.waiting - start), now + timedelta(seconds=1))
                serial += given.waiting
                long = [alone(port, database, names[0], serial + SOLO * number) for number in range(given.rounds)]
            with database.reading() as session:
                waiting = session.scalar(select(func.count()).where(ItemRow.state == ReviewState.WAITING.value)) or 0
            database.close()
    text = report(many, _median(few), _median(long), waiting, given.done, given)
    print(text)
    if given.write:
        given.write.write_text(text, encoding="utf-8")
    grew = max(_median(long)[kind] / _median(few)[kind] for kind in KINDS)
    return int(bool(many.errors or many.twice or many.strangers or many.lost) or grew > MOST_TIMES)


def report(
    many: Together, few: dict[str, float], long: dict[str, float], waiting: int, done: int, given: argparse.Namespace
) -> str:
    """The figures as a page of docs/figures."""
    lines = [
        "# The desk under load",
        "",
        f"*Made by `python -m bench.desk --reviewers {given.reviewers} --items {given.items} --waiting {given.waiting} "
        f"--done {given.done} --rounds {given.rounds} --web {given.web} --write docs/figures/desk-load.md`: PostgreSQL whose "
        "commits wait for the disk, the web processes and the clients share one machine of two cores.*",
        "",
        f"**{many.reviewers} reviewers at once, {many.items} items**: settled in {many.seconds:.1f} s, {many.shares[0]} to "
        f"{many.shares[1]} items each. Submitted twice: {many.twice}. Submitted by one who did not hold it: {many.strangers}. "
        f"Corrections lost: {many.lost}. Errors: {len(many.errors)}.",
        "",
        *[f"- {one}" for one in many.errors[:5]],
        f"**One reviewer**, 95th percentiles, medians of {given.rounds} rounds of {SOLO} items:",
        "",
        f"| request | 10 items, none done | {waiting:,} waiting, {done:,} done | times | {many.reviewers} reviewers at once |",
        "|---|---|---|---|---|",
        *[
            f"| {kind} | {few[kind] * 1e3:.1f} ms | {long[kind] * 1e3:.1f} ms | {long[kind] / few[kind]:.2f} | "
            f"{many.p95[kind] * 1e3:.0f} ms |"
            for kind in KINDS
        ],
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
