"""A prescriber's designees after enrollment: taking one back (R20–R23).

What: `remove`, in the caller's transaction; the record stays, with the day it ended.
Why: who left an office must not report on its patients; what such a person sent before stays what it was.
Refuses: a designee of another prescriber. One person may be the designee of several; each prescriber takes back only the own one.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from registry import storage
from registry.audit import Cause
from registry.dispense_requests import RequestAnswer
from registry.dispensing import Reason
from registry.identifiers import normal_email, normal_npi
from registry.parties import Designee
from registry.vocabulary import Channel


def remove(
    session: Session,
    prescriber_npi: str,
    email: str,
    now: datetime,
    asked_by: str = "prescriber",
    channel: Channel = Channel.WEB,
) -> RequestAnswer:
    """The prescriber takes a designee back; done twice, the first time stands. A new signed form enrolls the person again."""
    designee_id = f"{normal_npi(prescriber_npi) or prescriber_npi}:{normal_email(email) or email}"
    found = storage.load(session, Designee, designee_id)
    if found is None:
        reason = f"{email} is no designee of the prescriber with NPI {prescriber_npi}. Check the address and the NPI."
        return RequestAnswer(False, Reason("R20", reason))
    if found.ended_at is None:
        storage.put(session, replace(found, ended_at=now), Cause(now, asked_by, channel.value))
    return RequestAnswer(True)
