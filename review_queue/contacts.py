"""All contacts with a person, and the story of one fax: what the pages show, and the port that `app` fills.

What: lines of a timeline, letters with their state, corrections; words only.
Why: a caller asks what became of a fax, a reviewer what was said to whom; both want one page (rems-rules §6).
Refuses: nothing; whoever looks is noted by the page.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.orm import Session


@dataclass(frozen=True)
class Thumb:
    """A page of a fax, small, with the way to the whole."""

    fax_id: str
    number: int  # page of the fax


@dataclass(frozen=True)
class ContactLine:
    """One contact with a person: a fax that named them, a call, with what was sent because of it."""

    at: str  # in words, the program's clock
    title: str  # "Patient Status Form by fax"
    reference: str
    link: str  # the page with all of it; empty: none
    outcome: str  # what became of it, in words
    details: tuple[str, ...]  # what people did and what was told, a sentence each
    sent: tuple[tuple[str, str], ...] = ()  # letters because of it: a sentence and the letter's id
    thumbs: tuple[Thumb, ...] = ()


@dataclass(frozen=True)
class Corrected:
    """One field that a person settled."""

    label: str
    read: str  # what had been read
    said: str  # what the person said
    by: str


@dataclass(frozen=True)
class StoryLine:
    """One thing that happened to a fax."""

    at: str
    what: str
    by: str  # who; empty: the program itself
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class DocumentStory:
    """One document of the fax."""

    title: str
    pages: tuple[int, ...]
    state: str  # in words
    item_id: str  # of its review item; empty: nobody had to look
    applied: tuple[str, ...]  # what stands in the registry
    refused: tuple[str, ...]  # what does not, each with its rule
    corrections: tuple[Corrected, ...]


@dataclass(frozen=True)
class LetterStory:
    """One letter that answers the fax."""

    delivery_id: str
    what: str  # what it tells, in words
    to: str  # the number it goes to
    state: str  # in words
    pages: int  # as last rendered; 0 before, and where other letters were in its call: the letter's own page shows them all
    tries: tuple[str, ...]  # what happened to it, a sentence each


@dataclass(frozen=True)
class FaxStory:
    """A fax from its arrival to its answer."""

    fax_id: str
    reference: str
    received: str
    sender: str
    state: str
    pages: int
    same_as: str  # the reference of the fax whose file was the same; empty: a new one
    documents: tuple[DocumentStory, ...]
    letters: tuple[LetterStory, ...]
    lines: tuple[StoryLine, ...]  # the oldest first
    looks: int  # how often somebody opened it


class Contacts(Protocol):
    """Contacts with people, and stories of faxes."""

    def of_person(self, session: Session, kind: str, key: str) -> Sequence[ContactLine]:
        """The latest contacts with one person of the registry, the latest first."""
        ...

    def of_fax(self, session: Session, fax_id: str) -> FaxStory | None:
        """The whole story of a fax; None where there is no such fax."""
        ...

    def letter(self, session: Session, fax_id: str, delivery_id: str) -> Callable[[int], bytes | None] | None:
        """What draws a page (from 1) of a letter that answers the fax, as PNG, with no session open; None: no such letter."""
        ...
