"""What an answer costs beside one indexed row fetched through the same session, in the same run.

What: for random patients, turn by turn: the row alone, a dispense check, an authorization written and committed beside one row
written and committed, matching a form's patient among all.
Why: seconds belong to a machine; a ratio to the code.
Refuses: means; of many rounds the median counts, since one round in a hundred waits for a disk.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import insert
from sqlalchemy.orm import Session

from app.database import Database
from bench.registry.making import NOW, pharmacy_npis
from registry import dispense_requests, storage
from registry.dispensing import check
from registry.identifiers import issue_patient_id
from registry.matching import Named
from registry.patients import Patient, Withdrawal
from registry.situations import match_named
from registry.tables import TABLES

ROUNDS, OF_EACH = 40, 50


@dataclass(frozen=True)
class Costs:
    """Medians over the rounds, in microseconds."""

    row: float  # one indexed row
    check: float  # a dispense check, answered
    written_row: float  # one row written and committed
    authorization: float  # a dispense check that authorizes, with audit, committed
    matching: float  # the patient of a form with name and birth date, no ID


def costs(database: Database, patients: int, seed: int = 1) -> Costs:
    """Measures a database that `making.fill` loaded with so many patients."""
    chance = random.Random(seed)
    npis = pharmacy_npis(500)
    rounds: dict[str, list[float]] = {name: [] for name in Costs.__dataclass_fields__}
    for number in range(ROUNDS + 2):
        ids = [issue_patient_id(chance.randrange(patients)) for _ in range(OF_EACH)]
        found = _round(database, [(chance.choice(npis), one) for one in ids])
        if number >= 2:  # the first rounds warm up
            for name, seconds in found.items():
                rounds[name].append(seconds / OF_EACH * 1e6)
    return Costs(**{name: statistics.median(seconds) for name, seconds in rounds.items()})


def _round(database: Database, asked: list[tuple[str, str]]) -> dict[str, float]:
    """Seconds of each kind for all that are asked."""
    with database.reading() as session:
        names = [_as_named(session, patient_id) for _, patient_id in asked]
        found = {
            "row": _timed(lambda: [_row(session, patient_id) for _, patient_id in asked]),
            "check": _timed(lambda: [_check(session, npi, patient_id) for npi, patient_id in asked]),
            "matching": _timed(lambda: [match_named(session, one) for one in names]),
        }
    keys = [f"bench-{uuid4()}" for _ in asked]  # a folder may be measured again
    found["written_row"] = _timed(lambda: [_write(database, key) for key in keys])
    found["authorization"] = _timed(lambda: [_authorize(database, npi, patient_id) for npi, patient_id in asked])
    return found


def _timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _row(session: Session, patient_id: str) -> None:
    """The quickest way the session knows: a statement built once, the bare row."""
    assert session.connection().execute(TABLES[Patient].by_key, {"key": patient_id}).first() is not None


def _check(session: Session, npi: str, patient_id: str) -> None:
    answer = check(storage.pharmacy_for(session, npi), storage.patient_meant(session, patient_id), NOW)
    assert not answer.reasons, answer.reasons


def _as_named(session: Session, patient_id: str) -> Named:
    """Every other one with a birth date that is a slip away, so that near ones are looked for too."""
    found = storage.load(session, Patient, patient_id)
    assert found is not None
    born = found.date_of_birth if found.serial % 2 else found.date_of_birth + timedelta(days=1)
    return Named(None, found.first_name, found.last_name, born, found.zip, found.sex)


def _write(database: Database, key: str) -> None:
    with database.writing() as session:
        values = {"record_id": key, "patient_id": "bench", "at": NOW, "by": "bench", "reason": "bench"}
        session.execute(insert(TABLES[Withdrawal].table).values(values))


def _authorize(database: Database, npi: str, patient_id: str) -> None:
    with database.writing() as session:
        assert dispense_requests.ask_dispense(session, npi, patient_id, NOW).authorized
