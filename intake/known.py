"""The port through which reading learns of people and places that are already known.

What: candidates for what stands on a page, and the protocol that yields them. `app` fills it from the registry,
`remsfax read --known` from a file.
Why: most fields of most faxes are known; asking "does it say what we know?" is far more certain than "what does it say?".
Refuses: any opinion on who it is; that is the reader's joint evidence.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class KnownParty:
    """A person or place as it stands in the registry."""

    kind: str  # "patient", "prescriber", "pharmacy" or "designee"
    values: Mapping[str, str]  # by the forms' field names without their prefix: "first_name", "date_of_birth" (ISO), "npi" …


class KnownParties(Protocol):
    """Who could be meant by what was read so far."""

    def candidates(self, kind: str, read: Mapping[str, Sequence[str]]) -> Sequence[KnownParty]:
        """Parties of `kind` that share at least one of the read values (each field with its guesses), best first, at most 60."""
        ...


class NobodyKnown:
    """Reading without a registry: every value must be read."""

    def candidates(self, kind: str, read: Mapping[str, Sequence[str]]) -> Sequence[KnownParty]:
        """Nobody."""
        return ()
