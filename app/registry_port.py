"""What the case flow and the desk ask of the registry.

What: admission, the context of a triage, and who sent a form, each in the caller's transaction.
Why: the registry knows no reading and the desk no registry table; here their words are matched.
Refuses: to decide anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from app.document_steps import Registry
from intake.reading import FormReading
from outbound.notice import Recipient
from registry.submission import Admission, Submission, Value
from review_queue.triage import TriageContext
from review_queue.web.services import KnownPatient


def registry_port() -> Registry:
    """The port, filled from the registry floor."""
    return Registry(admit=_admit, context=_context, party=_party)


def _admit(session: Session, submission: Submission, now: datetime) -> Admission:
    from registry.recording import admit

    return admit(session, submission, now)


def _context(session: Session, reading: FormReading, received_at: datetime) -> TriageContext:
    return TriageContext(received_at=received_at)


def _party(session: Session, submission: Submission) -> Recipient | None:
    return None


def known_patient(session: Session, values: Mapping[str, Value]) -> KnownPatient | None:
    """The patient whom a form's values name, for the desk."""
    return None
