"""An audit trail from before it was chained is sealed as it stands, in order."""

from __future__ import annotations

import json
from pathlib import Path

from alembic import command
from sqlalchemy import text

from app.database import Database
from app.migrations import configuration, upgrade
from registry.audit_chain import verify
from registry.trail import storage as trail

BEFORE = "0003"
INSERT = text(
    "INSERT INTO registry_audit (entry, at, actor, channel, submission_id, reference, record, record_key, before, after) "
    "VALUES (:entry, :at, 'kim', 'fax', 's1', 'R-1', :record, :key, :before, :after)"
)


def test_entries_from_before_are_numbered_without_gaps_and_chained_with_whose_they_are_and_why(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    with database.engine.begin() as connection:
        command.upgrade(configuration(connection), BEFORE)
        for number, (entry, record, before, after) in enumerate([
            (1, "Patient", None, {"patient_id": "P", "treatment_status": "enrolled"}),
            (4, "AncResult", None, {"result_id": "r", "patient_id": "P", "anc": 999.5, "draw_date": "2023-11-01"}),
            (5, "StatusChange", {"cause": "é"}, {"change_id": "c", "patient_id": "P", "cause": "An ANC of 850/µL."}),
            (2000, "Prescriber", None, {"npi": "1234567893"}),
            *((3000 + one, "Account", None, {"email": f"{one}@example.org"}) for one in range(2500)),
        ]):  # fmt: skip
            at = f"2023-11-01 15:00:00.{number:06d}"
            said = {"before": json.dumps(before), "after": json.dumps(after)}
            connection.execute(INSERT, {"entry": entry, "at": at, "record": record, "key": str(entry), **said})
    upgrade(database.engine)
    with database.reading() as session:
        entries = list(trail.entries(session))
        assert list(verify(entries, trail.head(session))) == []
    assert len(entries) == 2504
    assert [one.record_key for one in entries[:5]] == ["1", "4", "5", "2000", "3000"]
    assert [one.subject for one in entries[:5]] == ["P", "P", "P", "1234567893", None]
    assert [one.reason for one in entries[:4]] == [None, None, "An ANC of 850/µL.", None]


def test_the_way_back_keeps_what_was_said(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    upgrade(database.engine)
    with database.engine.begin() as connection:
        connection.execute(text(
            "INSERT INTO registry_audit (entry, at, actor, channel, record, record_key, before, after, previous, hash) "
            "VALUES (1, '2023-11-01 15:00:00', 'kim', 'fax', 'Account', 'a', 'null', '{}', '0', '1')"
        ))  # fmt: skip
        command.downgrade(configuration(connection), BEFORE)
        assert connection.execute(text("SELECT entry, actor FROM registry_audit")).all() == [(1, "kim")]
