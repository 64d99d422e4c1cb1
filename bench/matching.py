"""What it costs to find whom a form means: one person among ten thousand patients, and among two hundred thousand.

What: `python -m bench.matching` fills two SQLite files with invented patients, asks both for the same people (a patient as on
file, with one slip, with two, a stranger) in turns, and prints medians and their ratio. It also counts how often a stranger is
taken for nearly a patient, which costs a person's look.
Why: matching stands before every admission; a registry that grows must not slow down.
Refuses: an average, since the first look into a cold file says nothing about the next thousand; and wall time, which on a shared
machine measures the neighbours: it counts CPU seconds.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from statistics import median
from time import thread_time

from sqlalchemy import Engine, create_engine, insert
from sqlalchemy.orm import Session

from bench.invented_people import patient, patients
from registry.agreement import near_days
from registry.matching import Match, Named
from registry.patients import Patient
from registry.situations import match_named
from registry.storage import Base
from registry.tables import TABLES

SIZES = (10_000, 200_000)
BAR = 3.0  # times as dear among two hundred thousand as among ten thousand, at most


def filled(file: Path, count: int) -> Engine:
    """A database of that many patients."""
    engine = create_engine(f"sqlite:///{file}")
    Base.metadata.create_all(engine)
    place = TABLES[Patient]
    with engine.begin() as connection:
        connection.execute(insert(place.table), [place.row(one) for one in patients(count)])
    return engine


def as_on_file(random: Random, one: Patient) -> Named:
    """The patient, as a form without an ID says it."""
    return Named(None, one.first_name, one.last_name, one.date_of_birth, one.zip, one.sex)


def one_slip(random: Random, one: Patient) -> Named:
    """With a letter of the last name changed."""
    at = random.randrange(len(one.last_name))
    changed = one.last_name[:at] + random.choice("AEIOUNRST") + one.last_name[at + 1 :]
    return replace(as_on_file(random, one), last_name=changed)


def two_slips(random: Random, one: Patient) -> Named:
    """With a digit of the birth date changed too."""
    return replace(one_slip(random, one), date_of_birth=random.choice(near_days(one.date_of_birth)))


def stranger(random: Random, one: Patient) -> Named:
    """Somebody else altogether, of names as common."""
    return as_on_file(random, patient(random, 0))


KINDS: dict[str, Callable[[Random, Patient], Named]] = {
    "as on file": as_on_file, "one slip": one_slip, "two slips": two_slips, "stranger": stranger,
}  # fmt: skip


def look(session: Session, asked: list[Named]) -> list[tuple[float, Match]]:
    """CPU seconds and answer of each question."""
    found = []
    for named in asked:
        began = thread_time()
        kind = match_named(session, named).kind
        found.append((thread_time() - began, kind))
    return found


def measure(runs: int, asked: int, folder: Path) -> float:
    """Print the medians of every run; the median ratio over the runs."""
    engines = {size: filled(folder / f"{size}.db", size) for size in SIZES}
    print(f"{'run':>3}  {'kind':<11}" + "".join(f"{size:>12,} " for size in SIZES) + "  ratio   answers among the many")
    ratios = []
    for run in range(runs + 1):
        costs: dict[int, list[float]] = {size: [] for size in SIZES}
        for kind, say in KINDS.items():
            medians, answers = [], ""
            for size, engine in engines.items():
                random = Random(1000 + run)
                known = list(patients(SIZES[0]))
                questions = [say(random, random.choice(known)) for _ in range(asked)]
                with Session(engine) as session:
                    found = look(session, questions)
                costs[size] += [seconds for seconds, _ in found]
                medians.append(median(seconds for seconds, _ in found))
                answers = ", ".join(f"{sum(each is one for _, each in found)} {one.value}" for one in Match if any(
                    each is one for _, each in found))  # fmt: skip
            if run:
                shown = "".join(f"{1000 * one:>9.2f} ms " for one in medians)
                print(f"{run:>3}  {kind:<11}{shown}  {medians[1] / medians[0]:>5.2f}   {answers}")
        if run:  # the first is for warming up
            few, many = (median(costs[size]) for size in SIZES)
            ratios.append(many / few)
            print(f"{run:>3}  {'all':<11}{1000 * few:>9.2f} ms {1000 * many:>9.2f} ms   {ratios[-1]:>5.2f}")
    return median(ratios)


def main() -> None:
    """Measure and say whether the bar holds; exit status 1 if not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--asked", type=int, default=200, help="questions of each kind in a run")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        ratio = measure(given.runs, given.asked, Path(folder))
    print(f"among {SIZES[1]:,} patients one look costs {ratio:.2f} times what it costs among {SIZES[0]:,} (bar: {BAR})")
    raise SystemExit(ratio > BAR)


if __name__ == "__main__":
    main()
