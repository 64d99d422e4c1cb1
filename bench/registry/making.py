"""Invented patients in any number, loaded in bulk: the volumes the registry's answers are measured at.

What: `fill` brings an empty database up to date and loads prescribers, pharmacies, patients with their status forms, ANCs,
statements and authorizations, consistent with each other as admission would have left them.
Why: what is quick with ten patients need not be with 200,000.
Refuses: a database that holds patients already.
"""

from __future__ import annotations

import random
from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate, islice
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.schema import CreateIndex, DropIndex

from app.database import Database
from app.migrations import upgrade
from bench.reading.names import FIRST, LAST
from registry.dispensing import Authorization
from registry.identifiers import issue_patient_id, npi_fits
from registry.parties import Pharmacy, PharmacyKind, Prescriber
from registry.patients import About, AncResult, Patient, Statement, StatusForm
from registry.tables import TABLES
from registry.vocabulary import MonitoringFrequency, TreatmentStatus

NOW = datetime.now(UTC).replace(microsecond=0)
"""The moment at which the answers are asked: a web process's clock is the machine's own."""

FORMS, DRAWS, AUTHORIZATIONS = 12, 50, 3
"""Status forms, ANCs and authorizations a patient."""

PATIENTS_PER_PRESCRIBER, PHARMACIES = 40, 8_000
AT_ONCE = 20_000  # rows of one statement
WEIGHTS = list(accumulate(1 / (rank + 8) for rank in range(max(len(FIRST), len(LAST)))))
"""Names are as unevenly shared as a census has them: the commonest of a thousand by about one in a hundred."""


def fill(database: Database, patients: int, seed: int = 1) -> None:
    """Loads so many patients; ValueError where there are some already."""
    upgrade(database.engine)
    with database.reading() as session:
        if session.scalar(select(func.count()).select_from(TABLES[Patient].table)):
            raise ValueError("the database holds patients already")
    prescribers = list(islice(_npis("1"), max(1, patients // PATIENTS_PER_PRESCRIBER)))
    pharmacies = list(islice(_npis("2"), PHARMACIES))
    people = [_person(random.Random(f"{seed}:{serial}"), serial, prescribers) for serial in range(patients)]
    loads: list[tuple[type, Iterable[dict[str, Any]]]] = [
        (Prescriber, map(_prescriber, prescribers)),
        (Pharmacy, map(_pharmacy, pharmacies)),
        (Patient, (TABLES[Patient].row(one) for one in people)),
        (Statement, (row for one in people for row in _statements(one))),
        (StatusForm, (row for one in people for row in _forms(one))),
        (AncResult, (row for one in people for row in _draws(one))),
        (Authorization, (row for one in people for row in _authorizations(one, pharmacies))),
    ]
    for kind, rows in loads:
        _load(database, TABLES[kind].table, rows)
    if database.engine.dialect.name == "postgresql":
        with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM (ANALYZE)")


def pharmacy_npis(count: int) -> list[str]:
    """The first pharmacies that `fill` made."""
    return list(islice(_npis("2"), min(count, PHARMACIES)))


def _load(database: Database, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """In bulk: the indexes are made afterwards, as an operator's import would."""
    with database.engine.begin() as connection:
        for index in table.indexes:
            connection.execute(DropIndex(index))
        if database.engine.dialect.name == "postgresql":
            names = [column.name for column in table.columns]
            listed = ", ".join(f'"{name}"' for name in names)
            cursor = connection.connection.cursor()
            with cursor.copy(f"COPY {table.name} ({listed}) FROM STDIN") as copy:  # type: ignore[attr-defined]
                for row in rows:
                    copy.write_row([_plain(row.get(name)) for name in names])
        else:
            for some in _chunks(rows, AT_ONCE):
                connection.execute(table.insert(), some)
        for index in table.indexes:
            connection.execute(CreateIndex(index))


def _plain(value: Any) -> Any:
    """As the column keeps it: moments are naive UTC, words their codes."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None)
    return str(value) if isinstance(value, str) else value


def _chunks(rows: Iterable[dict[str, Any]], size: int) -> Iterator[Sequence[dict[str, Any]]]:
    left = iter(rows)
    while some := list(islice(left, size)):
        yield some


def _npis(first: str) -> Iterator[str]:
    """Valid, invented NPIs in order."""
    number = 0
    while True:
        stem = f"{first}{number:08d}"
        yield next(stem + check for check in "0123456789" if npi_fits(stem + check))
        number += 1


def _name(chance: random.Random, names: Sequence[str]) -> str:
    return names[min(len(names) - 1, bisect(WEIGHTS[: len(names)], chance.random() * WEIGHTS[len(names) - 1]))].upper()


def _person(chance: random.Random, serial: int, prescribers: Sequence[str]) -> Patient:
    """A patient enrolled for a year, with the last status form within 37 days."""
    born = date(1940, 1, 1) + timedelta(days=chance.randrange(24_000))
    enrolled = NOW - timedelta(days=380 + chance.randrange(400))
    last_form = NOW - timedelta(days=chance.randrange(20))
    return Patient(
        patient_id=issue_patient_id(serial),
        serial=serial,
        first_name=_name(chance, FIRST),
        middle_initial=None,
        last_name=_name(chance, LAST),
        date_of_birth=born,
        sex=chance.choice(("female", "male")),
        zip=f"{chance.randrange(501, 99951):05d}",
        address=None,
        phone=None,
        prescriber_npi=prescribers[serial % len(prescribers)],
        ben=False,
        hospice=False,
        monitoring_frequency=MonitoringFrequency.WEEKLY,
        new_to_clozapine=None,
        start_date=None,
        enrolled_at=enrolled,
        treatment_status=TreatmentStatus.ENROLLED,
        status_since=enrolled.date(),
        latest_draw=last_form.date(),
        latest_anc=2000.0,
        low_open=False,
        last_form_at=last_form,
        dispensed_from=enrolled,
    )


def _prescriber(npi: str) -> dict[str, Any]:
    long_ago = NOW - timedelta(days=900)
    made = Prescriber(npi, first_name="ANN", last_name="LEE", city="Springfield", state="IL", zip="62701", fax="3125550143",
                      form_received_at=long_ago, assessment_passed_at=long_ago, certified_at=long_ago)  # fmt: skip
    return TABLES[Prescriber].row(made)


def _pharmacy(npi: str) -> dict[str, Any]:
    since = NOW - timedelta(days=int(npi[1:9]) % 600)
    made = Pharmacy(npi, PharmacyKind.OUTPATIENT, f"DRUGS {npi}", "single", city="Springfield", state="IL", zip="62701",
                    fax="3125550161", ar_first_name="RAY", ar_last_name="HILL", form_received_at=since,
                    assessment_passed_at=since, certified_at=since)  # fmt: skip
    return TABLES[Pharmacy].row(made)


def _statements(patient: Patient) -> Iterator[dict[str, Any]]:
    said = ((About.PRESCRIBER, patient.prescriber_npi), (About.FREQUENCY, patient.monitoring_frequency.value))
    for about, value in said:
        key = f"e{patient.serial}"
        yield {"statement_id": f"{key}:{about.value}", "patient_id": patient.patient_id, "submission_id": key,
               "received_at": patient.enrolled_at, "about": about, "value": value}  # fmt: skip


def _forms(patient: Patient) -> Iterator[dict[str, Any]]:
    assert patient.last_form_at is not None
    for number in range(FORMS):
        yield {"status_form_id": f"f{patient.serial}-{number}", "patient_id": patient.patient_id,
               "prescriber_npi": patient.prescriber_npi, "received_at": patient.last_form_at - timedelta(days=30 * number),
               "missing_labs_authorized": False, "missing_labs_reason": None}  # fmt: skip


def _draws(patient: Patient) -> Iterator[dict[str, Any]]:
    assert patient.latest_draw is not None
    assert patient.last_form_at is not None
    for number in range(DRAWS):
        form = number // 4 % FORMS
        yield {"result_id": f"f{patient.serial}-{form}:labs.{number}", "patient_id": patient.patient_id,
               "draw_date": patient.latest_draw - timedelta(days=7 * number), "anc": 2000.0 + number,
               "received_at": patient.last_form_at - timedelta(days=30 * form), "source": "patient_status",
               "submission_id": f"f{patient.serial}-{form}"}  # fmt: skip


def _authorizations(patient: Patient, pharmacies: Sequence[str]) -> Iterator[dict[str, Any]]:
    for number in range(AUTHORIZATIONS):
        at = NOW - timedelta(days=35 + 30 * number)
        yield {"authorization": f"A{patient.serial * AUTHORIZATIONS + number + 1:08d}", "patient_id": patient.patient_id,
               "pharmacy_npi": pharmacies[patient.serial % len(pharmacies)], "authorized_at": at, "by_rationale": False,
               "outpatient": True, "dispensed_at": at, "reversed_at": None, "reversal_reason": None}  # fmt: skip
