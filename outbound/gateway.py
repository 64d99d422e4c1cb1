"""The port to the fax line: what a gateway is asked, and everything it may answer.

What: the protocol every gateway fulfils (spool folder, later HylaFAX) and its outcomes as values.
Why: the difference between "no page went out" and "nobody knows" decides whether health data may be sent again. A gateway must
say which, so each is a type of its own.
Refuses: exceptions as answers. A gateway that raises is a process that died: the delivery stays SENDING and is asked about later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from registry.vocabulary import Labelled


class Cause(Labelled):
    """Why no page went out, though the letter itself is fine."""

    BUSY = "busy", "the line is busy"
    NO_ANSWER = "no_answer", "nobody answers"
    NO_CARRIER = "no_carrier", "a person or an answering machine, no fax machine"
    NO_DIAL_TONE = "no_dial_tone", "our own line has no dial tone"
    PROTOCOL = "protocol", "the machines did not come to terms before the first page"
    NO_SPACE = "no_space", "no space left where letters are put"
    GATEWAY_DOWN = "gateway_down", "the gateway is not reachable"
    NOT_NOW = "not_now", "the mail server asks to try again later"


@dataclass(frozen=True)
class Delivered:
    """The far end has the pages (for the spool folder: the pair of files is in place; for an e-mail: the mail server has it)."""

    gateway_reference: str
    pages: int  # as confirmed; less than the letter's is not delivered
    evidence: Mapping[str, str] = field(
        default_factory=dict
    )  # what proves it: the far machine's name, the rate, the server's log
    said: str = "arrived"  # what it means, in words


@dataclass(frozen=True)
class InProgress:
    """The gateway has the job and is not done."""

    gateway_reference: str


@dataclass(frozen=True)
class NotSent:
    """No page left: safe to try again."""

    cause: Cause
    detail: str = ""


@dataclass(frozen=True)
class Impossible:
    """It can never be sent like this: not a number, not a document."""

    detail: str


@dataclass(frozen=True)
class Unknown:
    """Pages may have gone out."""

    detail: str


@dataclass(frozen=True)
class NotTaken:
    """The gateway, asked by tag, has never heard of the job: nothing went out."""


@dataclass(frozen=True)
class Unreachable:
    """The gateway could not be asked, or died while it was being asked: ask again later, send nothing."""

    detail: str


Outcome = Delivered | InProgress | NotSent | Impossible | Unknown | NotTaken | Unreachable


@dataclass(frozen=True)
class JobMark:
    """How we and the gateway know an attempt by name."""

    delivery_id: str  # the same for every attempt of a letter
    tag: str  # one per attempt
    name: str  # of the letter: reference and number, "R-20231120-0417-1"
    gateway_reference: str = ""  # what the gateway called the job of this attempt, if it ever said so
    begun_at: datetime | None = None  # when the attempt began, aware UTC; None where nobody wrote it down


@dataclass(frozen=True)
class FaxJob:
    """A letter as the line gets it."""

    mark: JobMark
    fax: str  # ten digits
    recipient: str  # name for the fax server's own log; never a patient's
    role: str
    kinds: tuple[str, ...]  # of the notices it brings
    reference: str
    tiff: bytes  # TIFF-F
    pages: int
    submitted_at: str  # ISO, UTC


class Gateway(Protocol):
    """Something that can bring pages to a fax machine."""

    def submit(self, job: FaxJob) -> Outcome:
        """Take the letter; a second submit under the same mark must not send a second copy."""
        ...

    def find(self, mark: JobMark) -> Outcome:
        """What became of an earlier submit; `NotTaken` only if it certainly never reached the line."""
        ...
