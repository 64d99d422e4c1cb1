"""What a sample fax is: who fills in what, what the machine and the line do to it, and where it must end.

What: frozen types that the stories are told in.
Why: the fax, its expected values, its sidecar and its row in the table are all made from one description.
Refuses: nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tools.make_samples.filling import Value
from tools.make_samples.hand import Hand
from tools.make_samples.machine import Machine
from tools.make_samples.phone_line import Line


class End(StrEnum):
    """Where a fax must end up."""

    ANSWERED = "answered"  # went all the way without a person
    DESK = "desk"  # waits at the desk, its doubts named
    QUARANTINED = "quarantined"  # kept aside with a reason


class Container(StrEnum):
    """The kind of file that drops."""

    TIFF = "tif"
    SCANNED_PDF = "scanned pdf"  # one CCITT image to a page
    FILLED_PDF = "filled pdf"  # the blank's own widgets filled in a viewer; never scanned


@dataclass(frozen=True)
class FilledForm:
    """One form, filled in."""

    form: str
    values: Mapping[str, Value]
    hand: Hand
    seed: int  # of the hand's unsteadiness and the signatures
    pages: tuple[int, ...] = ()  # the pages that are sent, in order; empty for all
    revision: str | None = None  # None: the current one


@dataclass(frozen=True)
class LoosePage:
    """A page that belongs to no form: its words, and what the reader should call it."""

    kind: str  # "cover_sheet", "lab_printout", "other_program", "outdated_form", "blank", "unknown"
    rows: tuple[str, ...] = ()
    hand: Hand | None = None


@dataclass(frozen=True)
class Doubt:
    """One doubt the desk must name."""

    kind: str  # a ProblemKind's code
    field: str | None = None


@dataclass(frozen=True)
class Sample:
    """One fax of `sample_faxes/`."""

    name: str  # without ending; sorts by the order of dropping
    purpose: str  # one line for the table
    parts: tuple[FilledForm | LoosePage, ...]
    received_at: str  # ISO, UTC
    end: End = End.ANSWERED
    doubts: tuple[Doubt, ...] = ()  # that the desk must name, at least
    cid: str = ""
    cidname: str = ""
    error: str | None = None  # what the fax server said went wrong
    machine: Machine = field(default_factory=Machine)
    turned_pages: tuple[int, ...] = ()  # fax pages fed upside down, beside what the machine does to all
    order: tuple[int, ...] = ()  # fax pages in the order they were fed (1-based); empty: as listed
    line: Line | None = None  # a genuine call through faxline
    container: Container = Container.TIFF
    same_as: str | None = None  # the name of the sample this is a byte-for-byte resend of
    chapter: int = 1  # faxes of a chapter rest on what earlier chapters brought into the registry
    undecidable: bool = False  # nothing on the pages says which belong together: a reader that accepts anything is guessing
    may_be_asked: bool = False  # a reader may honestly be unsure of this one: answered and desk are both right ends


@dataclass(frozen=True)
class BadFile:
    """A file that is no readable fax."""

    name: str  # with its ending
    purpose: str
    made: str  # which of `bad_files` makes it
    reason: str  # the reason code of its quarantine
    received_at: str
    cid: str = ""
    chapter: int = 1
