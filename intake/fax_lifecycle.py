"""The life of a fax as a table; odd transitions are commented, illegal ones raise and nothing happens.

RECEIVED → READ → SETTLED            or QUARANTINED (with a reason; kept; a person can release it)
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class FaxState(StrEnum):
    """Where a fax stands."""

    RECEIVED = "received"  # archived; nobody has looked at its pages
    READ = "read"  # its documents are known and go their own ways
    SETTLED = "settled"  # every document is answered and the sender has an acknowledgement
    QUARANTINED = "quarantined"  # cannot go on; kept with a reason until a person releases it


FAX_LIFE: Mapping[FaxState, frozenset[FaxState]] = {
    FaxState.RECEIVED: frozenset(
        {
            FaxState.READ,
            FaxState.QUARANTINED,
            FaxState.SETTLED,  # a resend of a file already received, a cover sheet alone, blank pages: nothing to decide
        }
    ),
    FaxState.READ: frozenset({FaxState.SETTLED, FaxState.QUARANTINED}),  # quarantined: a document kept killing its worker
    # a document about which the sender had been asked is settled later, and cannot go on
    FaxState.SETTLED: frozenset({FaxState.QUARANTINED}),
    FaxState.QUARANTINED: frozenset({FaxState.RECEIVED, FaxState.READ}),  # released: back to where it was
}


class IllegalFaxTransition(Exception):
    """A step that the life of a fax does not have; nothing was changed."""


def fax_step(now: FaxState, then: FaxState) -> FaxState:
    """`then`, if the table allows it after `now`; raises IllegalFaxTransition otherwise."""
    if then not in FAX_LIFE[now]:
        raise IllegalFaxTransition(f"{now.value} → {then.value} is not in the life of a fax")
    return then
