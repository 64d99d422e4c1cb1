"""What must hold of faxes, however often whoever worked on them was killed."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select

from app import storage as cases
from app.case_flow import DocumentState
from app.database import Database
from app.settings import DataFolder
from intake import storage as faxes
from intake.fax_lifecycle import FaxState
from outbound import storage as letters
from outbound.delivery import DeliveryState
from registry.tables import SubmissionRow


def assert_answered_once(database: Database, folders: DataFolder, names: Sequence[str], forms: int) -> None:
    """Each fax, of so many forms, is there once; each form was admitted and answered once, each letter sent once."""
    with database.reading() as session:
        stored = [one for one in faxes.latest_faxes(session, 10_000) if one.fax.source_name in names]
        assert sorted(one.fax.source_name for one in stored) == sorted(names)
        for one in stored:
            assert one.state is FaxState.SETTLED
            documents = cases.documents_of(session, one.fax.fax_id)
            assert [each.state for each in documents] == [DocumentState.ANSWERED] * forms
            of_it = SubmissionRow.reference == one.fax.reference
            assert session.scalar(select(func.count()).select_from(SubmissionRow).where(of_it)) == forms
            planned = letters.of_reference(session, one.fax.reference)
            assert [kind for each in planned for kind in each.kinds].count("acknowledgement") == 1
            states = [each.state for each in planned]
            assert {DeliveryState.DUE, DeliveryState.SENDING, DeliveryState.UNCERTAIN}.isdisjoint(states)
            sent = list(folders.outbox.glob(f"{one.fax.reference}-*.tif"))
            assert len(sent) == states.count(DeliveryState.DELIVERED)
