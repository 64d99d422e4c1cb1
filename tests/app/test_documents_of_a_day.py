"""How many documents went on without a person: what the desk's figures ask of the case flow."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from app.case_flow import DocumentState
from app.database import Database
from app.storage import DocumentRow
from app.web import document_counts
from intake.fax import DocumentId
from review_queue import reviewing
from review_queue.daily_figures import DocumentCounts
from review_queue.review_item import ReviewItemId
from review_queue.triage import TriageContext, triage
from tests.app.databases import upgraded
from tests.registry.test_every_query_has_an_index import heard, scans
from tests.review_queue import invented
from tests.review_queue.invented import NOW


def test_documents_of_a_time_are_counted_and_those_nobody_looked_at_apart(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    upgraded(database)
    states = [DocumentState.ANSWERED, DocumentState.IN_REVIEW, DocumentState.CONFIRMED, DocumentState.READ]
    read = invented.reading(invented.DISAGREEING)
    with database.writing() as session:
        for number, state in enumerate(states, start=1):
            row = {"document_id": f"d-{number}", "fax_id": "f", "number": number, "form": "patient_status", "fax_pages": [1]}
            session.add(DocumentRow(**row, state=state.value, created_at=NOW, changed_at=NOW))
        found = triage(read, invented.STATUS_FORM, TriageContext(NOW), NOW)
        reviewing.enqueue_form(session, ReviewItemId("d-2"), DocumentId("d-2"), invented.fax(), read, found, NOW)
    with database.reading() as session, heard(session) as sent:
        assert document_counts(session, NOW, NOW + timedelta(hours=1)) == DocumentCounts(found=3, untouched=2)
        assert document_counts(session, NOW - timedelta(hours=1), NOW) == DocumentCounts(0, 0)
        assert scans(session, sent) == set()
