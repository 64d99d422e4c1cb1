"""What a dispense check asks of the database, as few statements as it can be.

What: the pharmacy and the patient of a check in one look-up, and the next authorization number.
Why: the check stands between a patient at a counter and the medicine, hundreds of times a second.
Refuses: to decide; `registry.dispensing` does.
"""

from __future__ import annotations

from sqlalchemy import bindparam, func, join, select, true
from sqlalchemy.orm import Session

from registry.dispensing import Authorization
from registry.parties import Pharmacy
from registry.patients import Patient
from registry.tables import TABLES

# built once: every check runs them
_NUMBERS = TABLES[Authorization].table.c.authorization
_LAST_AUTHORIZATION = select(func.max(_NUMBERS)).where(_NUMBERS.between("A00000000", "A99999999"))
_OF_CHECK = (
    select(TABLES[Pharmacy].table, TABLES[Patient].table)
    .select_from(join(TABLES[Pharmacy].table, TABLES[Patient].table, true()))  # one row of each: no product of tables
    .where(TABLES[Pharmacy].table.c.npi == bindparam("npi"), TABLES[Patient].table.c.patient_id == bindparam("patient"))
)


def next_authorization(session: Session) -> str:
    """The next authorization number, "A" and eight digits; to be asked under the audit's locked head, so that nobody else gets
    the same."""
    last = session.connection().execute(_LAST_AUTHORIZATION).scalar()
    return f"A{1 if last is None else int(last[1:]) + 1:08d}"


def parties_of_check(session: Session, pharmacy_npi: str, patient_id: str) -> tuple[Pharmacy, Patient] | None:
    """The pharmacy and the patient of a dispense check in one statement; None where either is not found by the own key, or the
    patient was merged: then they are looked for one by one."""
    pharmacies, patients = TABLES[Pharmacy], TABLES[Patient]
    row = session.connection().execute(_OF_CHECK, {"npi": pharmacy_npi, "patient": patient_id}).first()
    if row is None:
        return None
    pharmacy, patient = pharmacies.first_of(row), patients.first_of(row[len(pharmacies.table.c) :])
    return None if patient.merged_into is not None else (pharmacy, patient)
