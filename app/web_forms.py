"""A form that comes over the web or by phone: admitted, letters planned, subscribers told, in the caller's transaction.

What: `admit_told_form`, the same last steps that a fax takes once it is confirmed.
Why: a low ANC must alarm the prescriber by letter, whichever door it came through.
Refuses: to write to the sender: who sends over the web has the answer in hand, who calls has it in the ear.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from app import storage
from app.answers import Desk, DocumentAtEnd, letters_of
from app.fax_steps import plan
from app.nudging import Nudge
from app.webhooks.publishing import publish
from registry.moments import program_day
from registry.recording import admit
from registry.submission import Admission, Reference, Submission


def reference_for(session: Session, now: datetime) -> Reference:
    """The next reference of the day, from the same count as those of faxes."""
    return Reference(storage.next_reference(session, program_day(now)))


def admit_told_form(session: Session, submission: Submission, desk: Desk, now: datetime) -> tuple[Admission, Sequence[Nudge]]:
    """The registry's answer, and what is due once it is committed; the same submission_id again changes nothing."""
    admission = admit(session, submission, now)
    to_others = replace(admission, notices=tuple(one for one in admission.notices if one.to != "sender"))
    at_end = DocumentAtEnd(submission.submission_id, (), None, None, submission, to_others, None)
    nudges = [nudge for letter in letters_of(at_end, desk) for nudge in plan(session, letter, now)]
    return admission, [*nudges, *publish(session, submission, admission, now)]
