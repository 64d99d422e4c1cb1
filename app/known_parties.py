"""Who is known: the reading port filled from the registry, or from a file for `remsfax read --known`.

What: two fillings of `intake.known.KnownParties`.
Why: reading asks "does it say what we know?"; where the knowledge comes from is composition, not reading.
Refuses: a line of the file that is not a known kind with values (`BadKnownFile` names file and line).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from app.database import Database
from intake.known import KnownParty

KINDS = ("patient", "prescriber", "pharmacy", "designee")
MOST = 60  # candidates per question, as the port says


class BadKnownFile(Exception):
    """A line that cannot be used."""


class PartiesOfFile:
    """Parties from a JSON Lines file: `{"kind": "patient", "first_name": …}` with the forms' field names without their prefix."""

    def __init__(self, parties: Sequence[KnownParty]) -> None:
        self._parties = parties
        self._by_value: dict[tuple[str, str, str], list[int]] = defaultdict(list)
        for index, party in enumerate(parties):
            for field, value in party.values.items():
                self._by_value[party.kind, field, _folded(value)].append(index)

    @classmethod
    def load(cls, path: Path) -> PartiesOfFile:
        """Read a file; BadKnownFile names the first line that is wrong."""
        parties = []
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            raise BadKnownFile(f"{path} is not UTF-8 text") from None
        except OSError as problem:
            raise BadKnownFile(f"{path} cannot be read: {problem.strerror}") from None
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except ValueError as problem:
                raise BadKnownFile(f"{path}, line {number}: not JSON ({problem})") from None
            if not isinstance(found, dict) or found.get("kind") not in KINDS:
                raise BadKnownFile(f"{path}, line {number}: an object with a kind of {', '.join(KINDS)} is needed")
            kind = str(found.pop("kind"))
            if wrong := [name for name, value in found.items() if isinstance(value, dict | list)]:
                raise BadKnownFile(f"{path}, line {number}: {wrong[0]} must be text or a number")
            values = {name.removeprefix(f"{kind}_"): str(value) for name, value in found.items() if value is not None}
            parties.append(KnownParty(kind, values))
        return cls(parties)

    def candidates(self, kind: str, read: Mapping[str, Sequence[str]]) -> Sequence[KnownParty]:
        """Those that share a value, the ones that share most first, then in the file's order."""
        shared: Counter[int] = Counter()
        for field, guesses in read.items():
            agreeing = {index for guess in guesses for index in self._by_value.get((kind, field, _folded(guess)), ())}
            shared.update(agreeing)
        best = sorted(shared.items(), key=lambda one: (-one[1], one[0]))[:MOST]
        return [self._parties[index] for index, _ in best]


class PartiesOfRegistry:
    """Parties as they stand in the registry, each question in a short read transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def candidates(self, kind: str, read: Mapping[str, Sequence[str]]) -> Sequence[KnownParty]:
        """Asked of `registry.known`."""
        from registry.known import candidates

        with self._database.reading() as session:
            return [KnownParty(kind, dict(one.values)) for one in candidates(session, kind, read)][:MOST]


def _folded(value: str) -> str:
    return " ".join(value.split()).casefold()
