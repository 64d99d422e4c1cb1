"""Into the registry: lines of files become records, all or none, each with its audit entry.

What: `Importing.take` reads the lines of any number of files in batches and gives what is refused; `end` asks for what was still
missing; `counts` reconcile.
Why: a registry moves in once, with millions of results: a wrong line must be named, and half an import is worse than none.
Refuses: a line that is wrong in itself, whose key stands twice, stands in the registry with other content, or refers to nobody.

Lines are stored as they are read, until one is refused; then the rest is only looked at, and the caller rolls back. In memory
stay fingerprints of the keys read, and the lines that refer to what was not seen yet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from registry import audit
from registry.audit import Cause
from registry.audit_chain import Head
from registry.exchange import storage
from registry.exchange.checks import referred
from registry.exchange.kinds import shape_of
from registry.exchange.lines import Line
from registry.exchange.settling import Settling, is_left_open, same
from registry.trail import storage as trail

CHANNEL = "import"
UNKNOWN_KIND = "unknown"  # where lines are counted that do not say what they are
BATCH = 2_000  # lines


class CannotGoOn(Exception):
    """The database itself refuses a line; nothing more can be read in this transaction."""


@dataclass(frozen=True)
class Refusal:
    """One line that is not imported."""

    file: str  # the file's name
    line: int  # its number there
    problem: str  # what is wrong, and what to do


@dataclass
class Counts:
    """What became of the lines of one kind: read = new + already + refused."""

    read: int = 0  # records in the files
    new: int = 0  # stored
    already: int = 0  # stood in the registry with the same content
    refused: int = 0  # wrong


@dataclass(frozen=True)
class _Good:
    """A line that is right in itself."""

    file: str  # its file
    number: int  # its number there
    kind: str  # of its record
    key: Any  # the key of its record
    record: Any  # what it says
    is_open: bool  # it is a patient, and leaves to the registry what follows from the history


@dataclass(frozen=True)
class _Waiting:
    """A line that refers to a record not seen yet."""

    file: str  # its file
    number: int  # its number there
    kind: str  # of its record
    to: str  # whom it refers to, in words


class Importing:
    """One import within the caller's transaction, which it neither commits nor rolls back; with `dry`, nothing is written."""

    def __init__(self, session: Session, now: datetime, actor: str, dry: bool = False) -> None:
        self.counts: defaultdict[str, Counts] = defaultdict(Counts)
        self.settling = Settling()
        self._session = session
        self._now = now
        self._cause = Cause(now, actor, CHANNEL)
        self._head: Head | None = None if dry else trail.locked_head(session)  # None: nothing is stored (any more)
        self._seen: set[int] = set()  # fingerprints of the records read, refused ones too
        self._standing: set[int] = set()  # of records referred to that stand in the registry
        self._waiting: defaultdict[int, list[_Waiting]] = defaultdict(list)  # by whom they refer to

    def take(self, lines: Iterable[Line]) -> Iterator[Refusal]:
        """Read these lines, and give what is refused as it is found; may be called for each file. CannotGoOn ends the import."""
        left = iter(lines)
        while batch := list(islice(left, BATCH)):
            good: list[_Good] = []
            for line in batch:
                yield from self._read(line, good)
            new: list[_Good] = []
            yield from self._compare(good, new)
            if self._head is not None:
                self._head = self._store(new, self._head)
            self._refer(new)

    def end(self) -> Iterator[Refusal]:
        """After the last file: the lines that refer to records in no file and not in the registry; else patients are settled."""
        missing: dict[tuple[str, int], list[_Waiting]] = defaultdict(list)
        for whom, lines in self._waiting.items():
            if whom not in self._seen:
                for one in lines:
                    missing[one.file, one.number].append(one)
        for (file, number), found in missing.items():
            self.counts[found[0].kind].new -= 1
            what = " and no ".join(one.to for one in found)
            yield self._refuse(
                file, number, found[0].kind, f"no {what} is in the files or the registry: import it too, or correct it"
            )
        if self._head is not None:
            self.settling.end(self._session, self._cause)

    def _read(self, line: Line, good: list[_Good]) -> Iterator[Refusal]:
        """A line as a record among the good, or refused."""
        kind = UNKNOWN_KIND if line.shape is None else line.shape.name
        self.counts[kind].read += 1
        if line.shape is None or line.values is None:
            yield self._refuse(line.file, line.number, kind, line.problem or "it cannot be read")
            return
        record, problems = line.shape.parse(line.values, self._now)
        key = line.values.get(line.shape.key) if record is None else getattr(record, line.shape.key)
        fingerprint = hash((kind, str(key)))
        if fingerprint in self._seen and record is not None:
            problems = [f"{line.shape.key} {key} stands twice in the files: keep one line"]
        self._seen.add(fingerprint)
        if problems:
            yield self._refuse(line.file, line.number, kind, "; ".join(problems))
        else:
            good.append(_Good(line.file, line.number, kind, key, record, is_left_open(record, line.values.get("low_open"))))

    def _compare(self, good: list[_Good], new: list[_Good]) -> Iterator[Refusal]:
        """The lines that are new to the registry; of the others, those that differ are refused."""
        keys: defaultdict[type, list[Any]] = defaultdict(list)
        for one in good:
            keys[type(one.record)].append(one.key)
        stand = {kind: storage.standing(self._session, kind, some) for kind, some in keys.items()}
        for one in good:
            before = stand[type(one.record)].get(one.key)
            if before is None:
                self.counts[one.kind].new += 1
                new.append(one)
            elif same(before, one.record, one.is_open):
                self.counts[one.kind].already += 1
            else:
                names = (field.name for field in fields(one.record))
                differ = ", ".join(name for name in names if getattr(before, name) != getattr(one.record, name))
                problem = (
                    f"{one.key} stands in the registry with another {differ}: leave the line out, or change the record there"
                )
                yield self._refuse(one.file, one.number, one.kind, problem)

    def _store(self, new: list[_Good], head: Head) -> Head:
        """New records with their entries in the trail."""
        records: defaultdict[type, list[Any]] = defaultdict(list)
        for one in new:
            records[type(one.record)].append(one.record)
        entries = [audit.entry(None, one.record, str(one.key), self._cause, why=f"{one.file} line {one.number}") for one in new]
        try:
            for kind, some in records.items():
                storage.insert_all(self._session, kind, some)
            head = trail.append(self._session, entries, head)
        except IntegrityError as trouble:
            place = f"{new[0].file} line {new[0].number} to {new[-1].file} line {new[-1].number}"
            raise CannotGoOn(f"{place}: the database refuses one of these lines: {trouble.orig}") from None
        for one in new:
            self.settling.note(one.record, one.is_open)
        return head

    def _refer(self, new: list[_Good]) -> None:
        """Remembers the new lines that refer to records neither read yet nor in the registry."""
        asked: defaultdict[type, dict[str, list[_Good]]] = defaultdict(dict)
        for one in new:
            for to, key in referred(one.record):
                fingerprint = hash((shape_of(to).name, key))
                if fingerprint not in self._seen and fingerprint not in self._standing:
                    asked[to].setdefault(key, []).append(one)
        for to, lines in asked.items():
            name = shape_of(to).name
            known = storage.known_keys(self._session, to, lines)
            self._standing.update(hash((name, key)) for key in known)
            for key, some in lines.items():
                if key not in known:
                    self._waiting[hash((name, key))] += (
                        _Waiting(one.file, one.number, one.kind, f"{name} {key}") for one in some
                    )

    def _refuse(self, file: str, number: int, kind: str, problem: str) -> Refusal:
        """From the first refusal on nothing is stored: the transaction will be rolled back."""
        self._head = None
        self.counts[kind].refused += 1
        return Refusal(file, number, problem)
