"""What the desk's pages need from outside, as small protocols that `app` fills.

What: sessions, page images, form definitions, the patient who is meant, a word to the case flow, a clock.
Why: the desk knows no folder, no worker and no registry table; a test fills these with what it needs.
Refuses: nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from intake.fax import DocumentId, FaxId
from intake.forms.definition import FormDefinition
from intake.reading import Value
from review_queue.contacts import Contacts
from review_queue.daily_figures import DocumentFacts
from review_queue.fax_board import Faxes
from review_queue.keying import KeyingRules
from review_queue.people import People
from review_queue.persons import Persons
from review_queue.phone_port import Phone
from review_queue.reviewing import LEASE
from review_queue.sent_letters import Sent
from review_queue.signature_hint import KeptSignature


class PageImages(Protocol):
    """The upright page images of a fax, as `FormPage.mm_to_pixels` maps to them."""

    def image(self, fax_id: FaxId, number: int) -> bytes | None:
        """PNG bytes of the fax's page (1-based), or None if there is no such page."""
        ...


class FormLookup(Protocol):
    """The form definitions; `intake.forms.catalogue.Catalogue` is one."""

    def form(self, code: str, revision: str | None = None) -> FormDefinition:
        """The definition of that revision, the current one for None."""
        ...


@dataclass(frozen=True)
class KnownPatient:
    """The patient in the registry whom the form seems to mean."""

    name: str  # "William Perez"
    date_of_birth: date
    patient_id: str
    treatment_status: str  # in words, "Enrolled"
    monitoring: str  # in words, "weekly"; empty if unknown
    population: str  # "general population" or "benign ethnic neutropenia"
    agree: tuple[str, ...]  # what the form says as the registry does: "first name", "birth date"
    differ: tuple[str, ...] = ()  # what it says otherwise
    latest_anc: str = ""  # in words, "1850 on 11/02/2023"; empty if none


class PatientLookup(Protocol):
    """Whom the registry knows by what stands on the form."""

    def __call__(self, session: Session, values: Mapping[str, Value]) -> KnownPatient | None:
        """The one patient the form's values name, or None if nobody or several."""
        ...


class EarlierSignatures(Protocol):
    """Where earlier signatures of a prescriber stand."""

    def __call__(self, session: Session, npi: str, before: datetime, most: int) -> Sequence[KeptSignature]:
        """Those on forms received before that moment and admitted since, the newest first, at most so many."""
        ...


class Answering(Protocol):
    """Joining forms with the questions that they answer; each step by who holds the item (`NotYours` otherwise)."""

    def join(
        self, session: Session, item_id: str, version: int, reviewer: str, reference: str, now: datetime, lease: timedelta
    ) -> str:
        """The form answers our question about the fax of that reference ("": the one offered); why it cannot, or empty."""
        ...

    def part(self, session: Session, item_id: str, version: int, reviewer: str, now: datetime, lease: timedelta) -> str:
        """The form answers nothing of what was offered; why that cannot be said, or empty."""
        ...


def nobody_known(session: Session, values: Mapping[str, Value]) -> KnownPatient | None:
    """A desk without a registry."""
    return None


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class DeskServices:
    """Everything the desk's pages need."""

    sessions: Callable[[], Session]  # a new session each call, such as a `sessionmaker`; the desk opens, commits and closes it
    pages: PageImages
    forms: FormLookup
    settled: Callable[[DocumentId], None]  # called after the commit that settled a document: a nudge, it may come twice
    known_patient: PatientLookup = nobody_known
    earlier_signatures: EarlierSignatures | None = None  # None: the desk shows none and looks for none
    answering: Answering | None = None  # None: a desk that asks nobody
    contacts: Contacts | None = None  # None: a desk that tells no stories
    people: People | None = None  # None: a desk without a registry has no pages of people
    documents: DocumentFacts | None = None  # None: the figures know only what came to the desk
    reading_sessions: Callable[[], Session] | None = None  # for pages that only look; None: `sessions`
    persons: Persons | None = None  # None: a desk without a registry offers nobody beside a form
    faxes: Faxes | None = None  # None: a desk without a case flow shows items only
    phone: Phone | None = None  # None: nobody answers the telephone here
    sent: Sent | None = None  # None: a desk that sends nothing
    clock: Callable[[], datetime] = _now  # aware UTC
    lease: timedelta = LEASE
    keying: KeyingRules | None = None  # None: a desk without second keying
    grace: timedelta = timedelta()  # for how long a verdict may be taken back before the case flow takes it up
    secure_cookies: bool = False  # True where the desk is reached over TLS only

    def looking(self) -> Session:
        """A session for a page that changes nothing: it takes no lock that a writer waits for."""
        return (self.reading_sessions or self.sessions)()
