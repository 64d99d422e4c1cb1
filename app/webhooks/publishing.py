"""Notices become events for those who subscribed, in the transaction that causes them.

What: for each notice that somebody subscribed to, an event, and one telling a subscriber: `publish` for an admission's notices,
`publish_told` for those that time or an act at the desk made due.
Why: written with what it tells of, an event exists exactly if that happened.
Refuses: names, birth dates and counts: a message holds the kind, the reference and the patient's ID; who may know more asks.
And to guess the addressee: a notice goes to the party whose name and fax on file it bears, to operators always.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.case_flow import Stage
from app.nudging import Nudge
from app.webhooks import storage
from app.webhooks.storage import Webhook
from registry.contacts import Contact, pharmacy_contact, prescriber_contact
from registry.identifiers import normal_npi
from registry.submission import Admission, NoticeDue, Submission, Value

OPERATOR = "operator"


@dataclass(frozen=True)
class Told:
    """One notice, with what makes it this one."""

    key: str  # the same whenever the same thing is told: the event's id is made of it
    notice: NoticeDue
    reference: str  # as the letter has it


def publish(session: Session, submission: Submission, admission: Admission, now: datetime) -> Sequence[Nudge]:
    """An admission's notices; run twice, the second time adds nothing."""
    told = [
        Told(f"{submission.submission_id} {place} {notice.kind} {notice.to}", notice, admission.reference)
        for place, notice in enumerate(admission.notices)
    ]
    return publish_told(session, told, now, submission.values, admission.ids.get("patient_id"))


def publish_told(
    session: Session, told: Iterable[Told], now: datetime, said: Mapping[str, Value] | None = None, patient_id: str | None = None
) -> Sequence[Nudge]:
    """The nudges that tell the subscribers; nothing where nobody subscribed, or where the event is known.

    `said`: a form's values, which name the addressee before the notice's facts do; `patient_id`: of notices without their own.
    """
    subscribed = storage.open_webhooks(session)
    if not subscribed:
        return ()
    nudges = []
    for one in told:
        notice, event_id = one.notice, "evt_" + hashlib.sha256(one.key.encode()).hexdigest()[:32]
        addressee = _addressee(session, (said or {}, notice.facts), notice)
        wanting = [webhook for webhook in subscribed if _wants(webhook, notice, addressee)]
        body = message(event_id, one, notice.facts.get("patient_id") or patient_id, now)
        if not wanting or not storage.add_event(session, event_id, notice.kind, body, now):
            continue
        for webhook in wanting:
            telling_id = hashlib.sha256(f"{event_id} {webhook.webhook_id}".encode()).hexdigest()[:32]
            storage.add_telling(session, telling_id, event_id, webhook.webhook_id, now)
            nudges.append(Nudge(Stage.TELL, telling_id))
    return nudges


def message(event_id: str, one: Told, patient_id: Value, at: datetime) -> dict[str, Any]:
    """What a subscriber is sent."""
    notice = one.notice
    return {
        "id": event_id,
        "type": f"notice.{notice.kind}",
        "timestamp": at.isoformat(),
        "data": {"kind": notice.kind, "to": notice.to, "reference": one.reference, "patient_id": patient_id},
    }


def _wants(one: Webhook, notice: NoticeDue, addressee: Contact | None) -> bool:
    if one.kinds is not None and notice.kind not in one.kinds:
        return False
    if one.kind == OPERATOR:
        return True
    return addressee is not None and (one.kind, one.identifier) == (addressee.role, addressee.identifier)


def _addressee(session: Session, sayings: Iterable[Mapping[str, Value]], notice: NoticeDue) -> Contact | None:
    """The prescriber or pharmacy that the notice is for: whom form or facts name, if name and fax on file are the notice's."""
    if notice.to not in ("prescriber", "pharmacy"):
        return None
    contact = prescriber_contact if notice.to == "prescriber" else pharmacy_contact
    for said in sayings:
        npi = normal_npi(str(said.get(f"{notice.to}_npi") or ""))
        found = None if npi is None else contact(session, npi)
        if found is not None and (found.name, found.fax) == (notice.name, notice.fax):
            return found
    return None
