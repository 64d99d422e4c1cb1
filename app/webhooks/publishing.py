"""Notices become events for those who subscribed, in the transaction that causes them.

What: for each notice of an admission that somebody subscribed to: an event, and one telling a subscriber.
Why: written with the admission, an event exists exactly if what it tells of happened.
Refuses: names, birth dates and counts: a message holds the kind, the reference and the patient's ID; who may know more asks.
And to guess the addressee: a notice goes to the party whose name and fax on file it bears, to operators always.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.case_flow import Stage
from app.nudging import Nudge
from app.webhooks import storage
from app.webhooks.storage import Webhook
from registry.contacts import Contact, pharmacy_contact, prescriber_contact
from registry.identifiers import normal_npi
from registry.submission import Admission, NoticeDue, Submission

OPERATOR = "operator"


def publish(session: Session, submission: Submission, admission: Admission, now: datetime) -> Sequence[Nudge]:
    """The nudges that tell the subscribers; nothing where nobody subscribed. Run twice, the second time adds nothing."""
    subscribed = storage.open_webhooks(session)
    if not subscribed:
        return ()
    nudges = []
    for place, notice in enumerate(admission.notices):
        event_id = _event_id(submission, place, notice)
        addressee = _addressee(session, submission, notice)
        wanting = [one for one in subscribed if _wants(one, notice, addressee)]
        body = message(event_id, notice, admission, now)
        if not wanting or not storage.add_event(session, event_id, notice.kind, body, now):
            continue
        for one in wanting:
            telling_id = hashlib.sha256(f"{event_id} {one.webhook_id}".encode()).hexdigest()[:32]
            storage.add_telling(session, telling_id, event_id, one.webhook_id, now)
            nudges.append(Nudge(Stage.TELL, telling_id))
    return nudges


def message(event_id: str, notice: NoticeDue, admission: Admission, at: datetime) -> dict[str, Any]:
    """What a subscriber is sent."""
    patient_id = notice.facts.get("patient_id") or admission.ids.get("patient_id")
    return {
        "id": event_id,
        "type": f"notice.{notice.kind}",
        "timestamp": at.isoformat(),
        "data": {"kind": notice.kind, "to": notice.to, "reference": admission.reference, "patient_id": patient_id},
    }


def _event_id(submission: Submission, place: int, notice: NoticeDue) -> str:
    """The same for the same notice of the same submission, however often it is admitted."""
    return "evt_" + hashlib.sha256(f"{submission.submission_id} {place} {notice.kind} {notice.to}".encode()).hexdigest()[:32]


def _wants(one: Webhook, notice: NoticeDue, addressee: Contact | None) -> bool:
    if one.kinds is not None and notice.kind not in one.kinds:
        return False
    if one.kind == OPERATOR:
        return True
    return addressee is not None and (one.kind, one.identifier) == (addressee.role, addressee.identifier)


def _addressee(session: Session, submission: Submission, notice: NoticeDue) -> Contact | None:
    """The prescriber or pharmacy that the notice is for: whom form or facts name, if name and fax on file are the notice's."""
    if notice.to not in ("prescriber", "pharmacy"):
        return None
    contact = prescriber_contact if notice.to == "prescriber" else pharmacy_contact
    for said in (submission.values, notice.facts):
        npi = normal_npi(str(said.get(f"{notice.to}_npi") or ""))
        found = None if npi is None else contact(session, npi)
        if found is not None and (found.name, found.fax) == (notice.name, notice.fax):
            return found
    return None
