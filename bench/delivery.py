"""Delivery under kill -9, under a server that misbehaves, on 24 lines, and with a million letters behind it.

What: `python -m bench.delivery --runs 200` writes docs/figures/delivery.md. Each run plans letters in a database on disk and
lets a sender process bring them to a server of ill fate (tests/outbound/misbehaving.py); the process is killed with SIGKILL, at
a step or after some milliseconds, and the next one goes on. Counted: letters lost, sent twice, delivered without having arrived.
Refuses: to call a run good whose letters are not all at rest.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import NullPool

from bench import line_queue
from outbound import day_storage, looking_storage, storage
from outbound.calling import CallingRules
from outbound.delivery import DeliveryId, DeliveryState
from outbound.tables import Base
from tests.outbound.letters_for_tests import NOW
from tests.outbound.lines_in_use import BEGIN, a_room
from tests.outbound.misbehaving import Found, MisbehavingServer, MortalSessions, at_rest, judge, next_moment, plan_letters, step

FIGURES = Path(__file__).resolve().parents[1] / "docs" / "figures" / "delivery.md"
RULES = CallingRules(lines=2)
LETTERS, NUMBERS = 6, 3
MOST_KILLS = 6
COMPILED: dict[object, object] = {}
"""Statements compiled before the senders are forked, so that each need not do it anew."""


def database(folder: Path) -> sessionmaker[Session]:
    """The letters' database; a killed process loses nothing of it whatever SQLite syncs, since the machine goes on."""
    engine = create_engine(
        f"sqlite:///{folder / 'letters.db'}", poolclass=NullPool, execution_options={"compiled_cache": COMPILED}
    )

    @event.listens_for(engine, "connect")
    def quick(connection: object, _: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")  # type: ignore[attr-defined]
        connection.execute("PRAGMA journal_mode=WAL")  # type: ignore[attr-defined]

    return sessionmaker(engine)


def sender(folder: Path, seed: int, dying: Callable[[str], None]) -> None:
    """A sender process: goes on from the clock on disk until every letter is at rest."""
    clock, factory = folder / "clock", database(folder)
    server, mortal = MisbehavingServer(folder, seed, dying), MortalSessions(factory, dying)
    now = datetime.fromisoformat(clock.read_text())
    while not at_rest(factory):
        acted = step(mortal, server, now, RULES)
        now = now + timedelta(seconds=1) if acted else next_moment(factory, now)
        written = clock.with_suffix(".part")
        written.write_text(now.isoformat())
        os.replace(written, clock)


class KilledAt:
    """SIGKILL to this very process at a step, counted from 1; 0 never."""

    def __init__(self, at: int) -> None:
        self._at, self._steps = at, 0

    def __call__(self, where: str) -> None:
        """Passing a step."""
        self._steps += 1
        if self._steps == self._at:
            os.kill(os.getpid(), signal.SIGKILL)


def plan_run(folder: Path, seed: int) -> sessionmaker[Session]:
    """The letters of a run, due on a fresh database."""
    factory = database(folder)
    Base.metadata.create_all(factory.kw["bind"])
    plan_letters(factory, seed, LETTERS, NUMBERS, NOW)
    (folder / "clock").write_text(NOW.isoformat())
    return factory


def one_run(seed: int, folder: Path) -> tuple[Found, int]:
    """Letters to their rest by senders that are killed; what it came to, and how many were."""
    dice = random.Random(seed)
    factory, kills = plan_run(folder, seed), 0
    for turn in range(MOST_KILLS + 1):
        last = turn == MOST_KILLS
        by_time = not last and dice.random() < 0.4
        at = 0 if last or by_time else dice.randint(1, 25)
        child = os.fork()
        if child == 0:
            try:
                sender(folder, seed, KilledAt(at))
                os._exit(0)
            except BaseException as problem:  # noqa: BLE001 - the child's edge
                print(f"seed {seed}: {problem!r}", flush=True)
                os._exit(1)
        if by_time:
            time.sleep(dice.uniform(0.005, 0.3))
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        if os.WIFSIGNALED(status):
            kills += 1
        elif os.WEXITSTATUS(status):
            raise RuntimeError(f"seed {seed}: the sender failed")
        else:
            break
    return judge(factory, MisbehavingServer(folder, seed)), kills


def kills_and_misfortunes(runs: int) -> list[str]:
    """The runs, and their table."""
    total = {"letters": 0, "delivered": 0, "uncertain": 0, "given up": 0, "calls": 0, "kills": 0}
    faults: list[str] = []
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:  # what every sender would load anew is loaded before they are forked
        plan_run(Path(folder), 0)
        sender(Path(folder), 0, lambda where: None)
    for seed in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            found, kills = one_run(seed, Path(folder))
        counted = (found.letters, found.delivered, found.uncertain, found.given_up, found.calls, kills)
        for name, more in zip(total, counted, strict=True):
            total[name] += more
        faults += [f"seed {seed}: {one}" for one in found.faults]
        if seed % 20 == 19:
            print(f"{seed + 1} runs, {time.monotonic() - began:.0f} s, {len(faults)} faults", flush=True)
    kinds = ("lost", "went out", "never arrived", "without evidence", "taken")
    at_fault = " | ".join(str(sum(kind in one for one in faults)) for kind in kinds)
    return [
        "## kill -9, and a server that misbehaves",
        "",
        f"{runs} runs with {LETTERS} letters each to {NUMBERS} recipients at two machines. The sender was killed",
        f"{total['kills']} times, at a step (before and after each transaction and each word with the server) or after some",
        "milliseconds. The server answered late, never, or what was true a moment ago; told unasked of any job, twice and",
        "oftener, an older word after a newer one; lost jobs before and after their call; hung up while it took one; confirmed",
        "too few pages. Nobody sent anything again by hand.",
        "",
        "| letters | delivered | uncertain: a person is asked | given up or held, no page out | calls with pages |",
        "|--:|--:|--:|--:|--:|",
        f"| {total['letters']} | {total['delivered']} | {total['uncertain']} | {total['given up']} | {total['calls']} |",
        "",
        "| lost | sent twice | delivered, never arrived | delivered without evidence | a job taken twice |",
        "|--:|--:|--:|--:|--:|",
        f"| {at_fault} |",
        "",
        *(f"- {one}" for one in faults[:20]),
    ]


def two_dozen_lines() -> list[str]:
    """A day on 24 lines, by the rules of choosing alone."""
    lines = [
        "## 24 lines",
        "",
        "A simulated day from 07:00 in New York, by the rules of choosing alone: letters to machines from New York to Honolulu,",
        "one in twenty a safety letter; of the machines 80 % are good, 15 % often busy, 3 % off, 2 % people. At every beginning",
        "and end of a call it was looked for: a line idle while a letter may go, two calls to one number, a safety letter behind",
        "an ordinary one.",
        "",
        "| letters | numbers | come within | calls | letters brought | lines used in the first half hour | broken rules |",
        "|--:|--:|--:|--:|--:|--:|--:|",
    ]
    cases = ((1000, 400, 6.0, None), (3000, 400, 6.0, None), (1500, 1000, 0.5, None), (1000, 300, 2.0, 700))
    for letters, numbers, hours, limit in cases:
        room = a_room(1, letters, numbers, hours=hours, a_day=limit, to_one=4 if limit else None)
        room.run(BEGIN + timedelta(minutes=30))
        used = room.busy_seconds / (24 * 1800)
        room.run(BEGIN + timedelta(days=2))
        counted = f"{room.calls} | {room.carried} | {min(used, 1):.0%} | {len(room.broken)}"
        lines.append(f"| {letters} | {numbers} | {hours:.3g} h | {counted} |")
        print(lines[-1], flush=True)
    found = line_queue.a_day(1000)
    return [
        *lines,
        "",
        "The last of them with at most 700 calls a day, 4 of them to one number.",
        "",
        f"{found.letters} letters through the rows themselves, with hours of the day, limits and riders: {found.calls} calls,",
        f"{found.delivered} letters delivered, at most {found.most} calls at a time. Whenever all that was due had been done it",
        f"was looked, {found.moments:,} times: a line idled while a letter might go {found.idle} times. The end of a call is",
        f"noticed {found.late:.0f} s later in the mean, since each is asked about every 15 s; so long its line counts as taken.",
        "",
    ]


MILLION = (
    """
    WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :last)
    INSERT INTO outbound_deliveries (
      delivery_id, reference, number, role, name, urgent, fax,
      state,
      attempts, attempts_before, next_look_at, sending_since, gateway_reference, pages, pages_sha256, last_word,
      created_at, call_tag, waits_for, alone, cancel_wish, closed_by, version)
    SELECT
      'd' || i, 'R-' || i, 1, 'prescriber', 'Doctor ' || (i % 20000), i % 20 = 0, CAST(2025550000 + i % 20000 AS TEXT),
      CASE WHEN i > :last - 3000 AND i % 3 THEN 'due' WHEN i % 100 < 97 THEN 'delivered' WHEN i % 100 < 99 THEN 'abandoned'
        WHEN i % 1000 = 99 THEN 'uncertain' ELSE 'delivered' END,
      1, 0, CASE WHEN i > :last - 3000 AND i % 3 THEN '2026-11-23 15:00:00.000000' END, NULL, 'job ' || i, 2, '', 'arrived',
      strftime('%Y-%m-%d %H:%M:%f', '2024-01-01', (i * 90) || ' seconds') || '000', 'd' || i || '-1', '', 0, '',
      CASE WHEN i % 100 = 97 THEN 'mira' ELSE '' END, 1
    FROM n""",
    """
    INSERT INTO outbound_notices (key, kind, reference, delivery_id, place, role, name, facts, made_at)
    SELECT delivery_id || '/k', CASE WHEN rowid % 50 = 0 THEN 'neutropenia_severe' ELSE 'anc_recorded' END, reference,
      delivery_id, 1, role, name, json_object('facts', json_object()), created_at
    FROM outbound_deliveries""",
    """
    INSERT INTO outbound_attempts (
      delivery_id, number, call_tag, leads, fax, began_at, ended_at, outcome, cause, detail, pages, pages_confirmed,
      gateway_reference, evidence)
    SELECT delivery_id, 1, call_tag, 1, fax, created_at, created_at, 'delivered', '', '', 2, 2, gateway_reference, '{}'
    FROM outbound_deliveries WHERE rowid % 10 = 0""",
)


def a_million(letters: int) -> list[str]:
    """What looking costs behind so many letters."""
    with tempfile.TemporaryDirectory() as folder:
        factory = database(Path(folder))
        Base.metadata.create_all(factory.kw["bind"])
        with factory.begin() as session:
            for statement in MILLION:
                session.execute(text(statement), {"last": letters - 1} if ":last" in statement else {})
        now, day, some = datetime(2026, 11, 26, tzinfo=UTC), timedelta(days=1), DeliveryId(f"d{letters // 2}")
        questions: dict[str, Callable[[Session], object]] = {
            "what is due, on 24 lines": lambda s: storage.due(s, now, lines=24),
            "the latest 100 letters": lambda s: looking_storage.latest(s),
            "the latest 100 given up": lambda s: looking_storage.latest(s, state=DeliveryState.ABANDONED),
            "100 uncertain ones": lambda s: looking_storage.latest(s, state=DeliveryState.UNCERTAIN),
            "the latest 100 to one number": lambda s: looking_storage.latest(s, fax="2025550042"),
            "under one reference": lambda s: looking_storage.latest(s, reference="R-4711"),
            "the latest 100 of a rare kind": lambda s: looking_storage.latest(s, kind="neutropenia_severe"),
            "of a kind and a state": lambda s: looking_storage.latest(s, kind="anc_recorded", state=DeliveryState.ABANDONED),
            "the 100 after one": lambda s: looking_storage.latest(s, before=storage.delivery(s, some)),
            "one letter by its name": lambda s: looking_storage.named(s, f"R-{letters // 2}-1"),
            "one letter with its evidence": lambda s: looking_storage.letter(s, some),
            "one number with its letters": lambda s: looking_storage.number(s, "2025550042", now),
            "100 that wait for a person": lambda s: storage.wanting_a_person(s),
            "30 days for a chart": lambda s: day_storage.per_day(s, (now - 30 * day).date(), now.date()),
            "counts by state": storage.counts,
        }
        lines = [f"## Looking, behind {letters:,} letters", "", "SQLite, a file on disk; CPU time, the median of five.", ""]
        lines += ["| question | CPU ms |", "|---|--:|"]
        for name, ask in questions.items():
            took = []
            for _ in range(5):
                with factory() as session:
                    began = time.process_time()
                    ask(session)
                    took.append(time.process_time() - began)
            lines.append(f"| {name} | {1000 * sorted(took)[2]:.1f} |")
            print(lines[-1], flush=True)
    return [*lines, ""]


def main() -> None:
    """All of it, into docs/figures."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--runs", type=int, default=200)
    asked.add_argument("--letters", type=int, default=1_000_000)
    given = asked.parse_args()
    parts = [*two_dozen_lines(), *a_million(given.letters), *kills_and_misfortunes(given.runs)]
    head = ["# Delivery: kill -9, misfortunes, lines, a million letters", "", "Made by `python -m bench.delivery`.", ""]
    FIGURES.write_text("\n".join([*head, *parts]).rstrip() + "\n", encoding="utf-8")
    print("\n".join(parts))


if __name__ == "__main__":
    main()
