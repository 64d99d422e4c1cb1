"""One attempt at one letter, and the evidence that is kept of it.

What: how an attempt can end, as a word that is stored, and the attempt as operators see it.
Why: years later somebody asks whether a letter arrived; then the far machine's name, its rate, the pages it confirmed and the
server's log are the proof, for each letter, also where one call brought several.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from outbound.delivery import DeliveryId
from outbound.gateway import Delivered, Impossible, NotSent, NotTaken, Outcome, Unknown


class How(StrEnum):
    """How an attempt ended; "" in a row stands for: not known yet."""

    DELIVERED = "delivered"  # every page was confirmed
    PARTLY = "partly"  # the gateway says done, and not every page was confirmed
    NOT_SENT = "not_sent"  # no page went out; the cause says why
    NOT_TAKEN = "not_taken"  # the gateway never had it: the process died before
    IMPOSSIBLE = "impossible"  # it can never be sent like this
    UNKNOWN = "unknown"  # pages may have gone out
    STEPPED_OUT = "stepped_out"  # taken out of the call before it began


def how_of(outcome: Outcome, pages: int) -> How | None:
    """How an attempt of so many pages ended; None where it has not."""
    match outcome:
        case Delivered(pages=sent):
            return How.DELIVERED if sent and sent == pages else How.PARTLY
        case NotSent():
            return How.NOT_SENT
        case NotTaken():
            return How.NOT_TAKEN
        case Impossible():
            return How.IMPOSSIBLE
        case Unknown():
            return How.UNKNOWN
    return None


@dataclass(frozen=True)
class Attempt:
    """One attempt at one letter."""

    delivery_id: DeliveryId
    number: int  # 1, 2, …
    call_tag: str  # whoever was in the same call has the same
    leads: bool  # the call was begun for this letter
    fax: str  # the number called
    began_at: datetime  # aware UTC
    ended_at: datetime | None  # when its end was known; None: not yet
    how: How | None  # None: not known yet
    cause: str  # a Cause where no page went out, else ""
    detail: str  # the gateway's words
    pages: int  # of the call; 0 before they were drawn
    pages_confirmed: int | None  # by the far machine; None: not told
    gateway_reference: str  # the gateway's own id of the job
    evidence: Mapping[str, str]  # what proves it, by its name

    @property
    def far_station(self) -> str:
        """What the far machine called itself; "" if it did not."""
        return self.evidence.get("far machine", "")

    @property
    def folder(self) -> str:
        """The folder it was laid into instead of being called for; "" where it was."""
        return self.evidence.get("folder", "")

    @property
    def rate(self) -> str:
        """At what rate the pages went; "" if nobody says."""
        return self.evidence.get("rate", "")

    @property
    def log(self) -> str:
        """The fax server's number for the log of the call; "" without one."""
        return self.evidence.get("log", "")
