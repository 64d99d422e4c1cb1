"""What the telephone pages ask of the rest of the program: the port that `app` fills.

What: a reference, the registry's answer to a form in words, and its answers to pharmacies' questions.
Why: the desk knows no registry table and no letter; a page that is made of words can be tested without them.
Refuses: nothing; what is refused, and by which rule, is the registry's answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from registry.submission import Submission


@dataclass(frozen=True)
class SpokenAnswer:
    """An answer to read out."""

    done: bool  # all of it stands, or the authorization is given
    lines: tuple[str, ...]  # sentences, what was done first, then what was not and by which rule
    patient_id: str | None = None  # of the patient it is about
    rationale_offered: bool = False  # a Dispense Rationale may be given instead (R67)


@dataclass(frozen=True)
class PharmacyCaller:
    """Who asks for a pharmacy."""

    npi: str  # the pharmacy's
    name: str
    email: str  # the account of the authorized representative or of enrolled staff
    callback: str
    verified: str  # how the agent made sure, as a code of `phone_entry.Verified`


class Phone(Protocol):
    """The program at the end of the agent's line; every call is in the session's transaction."""

    def reference(self, session: Session, now: datetime) -> str:
        """The next reference, from the same count as those of faxes."""
        ...

    def admit(self, session: Session, submission: Submission, now: datetime) -> SpokenAnswer:
        """The registry's answer to a form, its letters planned; the same submission again changes nothing."""
        ...

    def may_dispense(self, session: Session, caller: PharmacyCaller, patient: str, agent: str, now: datetime) -> SpokenAnswer:
        """R63-R67 by phone. `patient`: REMS Patient ID, or last name and birth date."""
        ...

    def give_rationale(
        self, session: Session, caller: PharmacyCaller, patient: str, prescriber_npi: str, draw_date: date | None,
        anc: float | None, agent: str, now: datetime,
    ) -> SpokenAnswer:  # fmt: skip
        """R67-R71 by phone."""
        ...
