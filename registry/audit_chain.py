"""The audit trail as a chain: each entry carries the hash of the one before, so that none can be changed or lost unseen.

What: `seal` numbers an entry and hashes it; `verify` reads a chain and says what does not hold. Pure.
Why: 21 CFR 11.10: a trail is worth what its wholeness is worth, and what is merely stored can be altered where it is stored.
Refuses: to tell a chain that was rewritten as a whole, with its head, from a true one: only a hash noted elsewhere can.

The hash is SHA-256 over one line of JSON with sorted keys, ASCII only: every column but the hash itself. It is made from what is
stored and comes back the same from SQLite and PostgreSQL: moments are UTC in ISO text, numbers as Python writes them, which JSON
keeps through both.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from typing import Any

NOTHING_BEFORE = "0" * 64
"""What the first entry has in place of an earlier entry's hash."""


@dataclass(frozen=True)
class Entry:
    """One change of one record, with its place in the chain."""

    at: datetime  # when it was written, aware UTC
    actor: str  # a reviewer's sign-in name, "remsfax", or who asked
    channel: str  # fax, phone, web or import
    submission_id: str | None  # what caused it
    reference: str | None  # of the fax
    record: str  # the record's type
    record_key: str  # its key
    subject: str | None  # patient ID or NPI the record belongs to
    before: Mapping[str, Any] | None  # the record before; None: it is new
    after: Mapping[str, Any]  # the record since
    reason: str | None  # why, in a sentence, where one was given
    fax_pages: str | None = None  # pages of the fax, such as "2, 3"; None: no fax, or not known
    entry: int = 0  # its number, from 1 without gaps; 0: not sealed
    previous: str = ""  # hash of the entry before
    hash: str = ""  # of all the others


@dataclass(frozen=True)
class Head:
    """Where the chain ends: a tail that was cut off shows here."""

    entry: int = 0  # number of the last entry; 0: there is none
    hash: str = NOTHING_BEFORE  # its hash


@dataclass(frozen=True)
class Finding:
    """One thing that does not hold."""

    entry: int  # the number of the entry it was seen at
    kind: str  # "altered", "missing", "inserted", "unlinked", "cut" or "not_as_noted"
    detail: str  # what is wrong and what to do, one or two sentences


RESTORE = "Compare with the newest backup that verifies, and keep this database as evidence."

_NAMES = tuple(one.name for one in fields(Entry) if one.name != "hash")


def canonical(entry: Entry) -> bytes:
    """The bytes an entry's hash is made over; ValueError for a time without a zone or a number JSON does not have."""
    return _canonical(entry, entry.entry, entry.previous)


def _canonical(entry: Entry, number: int, previous: str) -> bytes:
    """As `canonical`, of an entry that stands under that number after that hash."""
    if entry.at.tzinfo is None:
        raise ValueError(f"entry {entry.entry}: a time without a zone cannot be sealed")
    content: dict[str, Any] = {name: getattr(entry, name) for name in _NAMES}
    content |= {"at": entry.at.astimezone(UTC).isoformat(), "entry": number, "previous": previous}
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def hash_of(entry: Entry) -> str:
    """64 hexadecimal digits of an entry, whatever hash it claims."""
    return hashlib.sha256(canonical(entry)).hexdigest()


def seal(entry: Entry, head: Head) -> tuple[Entry, Head]:
    """The entry as the next of the chain, and the head after it."""
    number = head.entry + 1
    digits = hashlib.sha256(_canonical(entry, number, head.hash)).hexdigest()
    return replace(entry, entry=number, previous=head.hash, hash=digits), Head(number, digits)


def verify(entries: Iterable[Entry], head: Head | None, expected: Iterable[Head] = ()) -> Iterator[Finding]:
    """What does not hold in a chain, read once from first to last in memory of one entry; nothing: it is whole.

    `head` is the stored head, None where there is none; `expected` are heads noted down earlier, elsewhere.
    """
    noted = {one.entry: one.hash for one in expected}
    last = Head()
    for entry in entries:
        yield from _place(entry, last)
        if hash_of(entry) != entry.hash:
            yield Finding(entry.entry, "altered", f"Its content is not what was sealed. {RESTORE}")
        if (hash_noted := noted.pop(entry.entry, None)) is not None and hash_noted != entry.hash:
            yield Finding(
                entry.entry, "not_as_noted", f"Its hash is not the one noted earlier: the chain was rewritten. {RESTORE}"
            )
        last = Head(entry.entry, entry.hash)
    yield from _end(last, head)
    for number, hash_noted in sorted(noted.items()):
        if Head(number, hash_noted) != Head():
            yield Finding(number, "missing", f"The entry noted earlier is not there. {RESTORE}")


def _place(entry: Entry, last: Head) -> Iterator[Finding]:
    """Whether an entry follows the one before it."""
    if entry.entry > last.entry + 1:
        gone = f"entry {last.entry + 1}" if entry.entry == last.entry + 2 else f"entries {last.entry + 1} to {entry.entry - 1}"
        yield Finding(last.entry + 1, "missing", f"Before entry {entry.entry}, {gone} is not there. {RESTORE}")
    elif entry.entry <= last.entry:
        yield Finding(entry.entry, "inserted", f"It stands after entry {last.entry}, out of its order. {RESTORE}")
    elif entry.previous != last.hash:
        before = f"entry {last.entry}" if last.entry else "a chain's beginning"
        text = f"It was sealed after another than {before}: one was inserted or exchanged. {RESTORE}"
        yield Finding(entry.entry, "unlinked", text)


def _end(last: Head, head: Head | None) -> Iterator[Finding]:
    """Whether the chain ends where its head says."""
    if head is None:
        yield Finding(
            last.entry, "cut", f"The chain has no head: whether entries after this one are lost cannot be told. {RESTORE}"
        )
    elif head.entry > last.entry:
        yield Finding(last.entry + 1, "cut", f"The chain ends before entry {head.entry}, where its head stands. {RESTORE}")
    elif head.entry < last.entry:
        yield Finding(
            head.entry + 1, "inserted", f"The head stands at entry {head.entry}; later ones were added past it. {RESTORE}"
        )
    elif head.hash != last.hash:
        yield Finding(last.entry, "altered", f"The head has another hash than the last entry. {RESTORE}")
