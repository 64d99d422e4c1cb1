"""A fax as a whole, for the desk: its pages, what became of each, and the port by which they are put together anew.

What: `FaxBoard` is what the page shows; `Faxes` is filled by `app`, which knows documents and their states.
Why: the desk knows items, not the case's documents; covers and blanks have no item at all.
Refuses: nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy.orm import Session

from intake.arrangement import Arrangement
from review_queue.reviewers import Reviewer


class FaxWentOn(Exception):
    """A document of the fax went on in the very moment; nothing of the transaction may be kept."""


@dataclass(frozen=True)
class BoardDocument:
    """One document of the fax as it stands."""

    number: int  # 1-based, as the case counts; a document that took the place of another has a higher one
    title: str  # the form's title, or "Pages without a form"
    fax_pages: tuple[int, ...]
    state: str  # where it stands, in words
    item_id: str  # its item at the desk; empty if it has none
    frozen: str  # why its pages cannot be moved, a sentence; empty where they can


@dataclass(frozen=True)
class ArrangedBefore:
    """An arrangement that was made."""

    by: str
    at: datetime
    reason: str
    due: bool  # its pages are not read again yet


@dataclass(frozen=True)
class FaxBoard:
    """A fax with everything that lies on it."""

    fax_id: str
    reference: str
    received_at: datetime
    sender: str  # as signalled; empty if unknown
    pages: int
    state: str  # why nothing can be moved at all, a sentence; empty where something can
    documents: tuple[BoardDocument, ...]  # those that stand, in order
    whole: Arrangement  # how all pages lie
    free: Arrangement  # the part of it that can be moved
    found: Arrangement  # how the machine had found the free pages
    history: tuple[ArrangedBefore, ...]  # the first one first
    base: int  # number of the last arrangement: a plan made over another one is refused

    @property
    def frozen_pages(self) -> Mapping[int, str]:
        """Pages that cannot be moved, each with the reason."""
        return {page: one.frozen for one in self.documents if one.frozen for page in one.fax_pages}


@dataclass(frozen=True)
class FormChoice:
    """A form that a page may be of."""

    code: str
    revision: str
    title: str
    pages: int
    outdated: bool


class Faxes(Protocol):
    """The faxes behind the items."""

    def forms(self) -> Sequence[FormChoice]:
        """Every form there is, the current ones first."""
        ...

    def board(self, session: Session, fax_id: str, reviewer: Reviewer, now: datetime) -> FaxBoard | None:
        """The fax as this reviewer may move it; None if there is no such fax, or it was never read."""
        ...

    def arrange(
        self, session: Session, fax_id: str, base: int, plan: Arrangement, reason: str, reviewer: Reviewer, now: datetime
    ) -> str:
        """Make it so, in the session's transaction; why not, in words, or empty. `plan` names every free page.

        `FaxWentOn` where a document went on in the very moment: then roll back.
        """
        ...

    def read_again(self, session: Session, fax_id: str) -> None:
        """After the commit: a nudge to the workers; it may be lost, the rows know."""
        ...
