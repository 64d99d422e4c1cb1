"""What an act makes due: each notice its letter, also where one act makes two of a kind."""

from __future__ import annotations

from pathlib import Path

from app.acts import tell_of_act
from app.answers import Desk
from app.database import Database
from outbound.storage import NoticeRow
from registry.submission import NoticeDue
from tests.app.databases import upgraded
from tests.registry.world import day

PATIENTS = ("44170823D", "82367424E")
FACTS = {"patient_id": "44170823D", "patient_name": "MARIA GARCIA", "patient_date_of_birth": "1980-02-03",
         "treatment_status": "enrolled", "prescriber_npi": "1234567893", "cause": "parted", "since": "2023-11-01"}  # fmt: skip


def test_two_patients_parted_by_one_act_are_both_told_of(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    upgraded(database)
    both = [
        NoticeDue("treatment_resumed", "prescriber", "ANN LEE", "3125550143", None, {**FACTS, "patient_id": one})
        for one in PATIENTS
    ]
    with database.writing() as session:
        tell_of_act(session, "unmerge:82367424E", both, Desk("8005550100"), day(1))
        told = [row.facts for row in session.query(NoticeRow)]
    assert len(told) == 2
    assert all(any(one in facts for facts in told) for one in PATIENTS)
