"""When a dropped file may be taken: once it and its siblings have been still. Pure; the folder is `intake.inbox`'s.

What: `Settling.look` gets what stands in the folder and the time, and says which groups are settled. Files of one name
(`NAME.tif`, `NAME.pdf`, `NAME.json`) are one fax and settle together.
Why: nobody tells a folder watcher that a file is complete; a fax taken half is a fax lost. Stillness is observed, never deduced
from the file's own time: programs set that time as they like.
Refuses: hidden files (their writers will rename them), and what only promises to become a fax (`.part`, a sidecar alone) until
it has been still so long that nothing more can come; then it is taken, so that nothing ever lies in the folder unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

STILL = timedelta(seconds=2)
STILL_EMPTY = timedelta(seconds=10)  # an empty file may be a placeholder whose writer comes back
STILL_PROMISE = timedelta(hours=1)  # a partial file or a sidecar alone: its fax may still be on the line
UNFINISHED_ENDINGS = (".part", ".partial", ".tmp", ".temp", ".filepart", ".crdownload", ".swp", ".lock", "~")


class Kind(StrEnum):
    """What a member of a group is, by its name's ending; the content may say otherwise later."""

    TIFF = "tiff"
    PDF = "pdf"
    SIDECAR = "json"
    OTHER = "other"  # no ending we know: a group of its own, judged by its content


ENDINGS: Mapping[str, Kind] = {".tif": Kind.TIFF, ".tiff": Kind.TIFF, ".pdf": Kind.PDF, ".json": Kind.SIDECAR}
READ_FIRST = (Kind.TIFF, Kind.PDF, Kind.OTHER, Kind.SIDECAR)
"""Which member is read: the TIFF holds the receiver's damage tags, the PDF made from it lost them."""


@dataclass(frozen=True)
class Stamp:
    """What must stay the same for a file to be still."""

    size: int  # bytes
    modified_ns: int
    inode: int  # a file replaced by another of the same size is not still
    regular: bool  # False: FIFO, socket, device, link, folder


@dataclass(frozen=True)
class Member:
    """One file of a group."""

    name: str  # in the folder; may hold surrogates for bytes that are no UTF-8
    kind: Kind
    stamp: Stamp


@dataclass(frozen=True)
class SettledGroup:
    """What may be taken as one fax (or set aside as one odd thing)."""

    stem: str  # the shared name without its ending
    members: tuple[Member, ...]  # the one to read first

    @property
    def primary(self) -> Member:
        """The member that is read."""
        return self.members[0]

    @property
    def odd(self) -> bool:
        """True for what is no regular file and will not be opened."""
        return not self.primary.stamp.regular

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of its members."""
        return frozenset(one.kind for one in self.members)


class Settling:
    """Remembers since when each file has been still. One per watched folder."""

    def __init__(self, still: timedelta = STILL) -> None:
        self._still = still
        self._since: dict[str, tuple[Stamp, datetime]] = {}
        self._next: datetime | None = None

    def look(self, present: Mapping[str, Stamp], now: datetime, taken_stems: Iterable[str] = ()) -> list[SettledGroup]:
        """The groups that are settled, in the order their files became still.

        `present` holds everything in the folder by name. `taken_stems` are names of faxes taken a moment ago: a sidecar of such a
        name need not wait for a fax. A group that is returned and stays in the folder is returned again by the next look.
        """
        self._note(present, now)
        taken = frozenset(taken_stems)
        settled: list[tuple[datetime, SettledGroup]] = []
        self._next = None
        for stem, members in _grouped(present):
            due = self._due(members, stem in taken)
            if due <= now:
                settled.append((due, SettledGroup(stem, tuple(members))))
            else:
                self._next = due if self._next is None else min(self._next, due)
        return [group for _, group in sorted(settled, key=lambda pair: (pair[0], pair[1].stem))]

    def next_due(self, now: datetime) -> timedelta | None:
        """How long until the next group may be settled, as of the last look; None if nothing waits."""
        return None if self._next is None else max(self._next - now, timedelta())

    def _note(self, present: Mapping[str, Stamp], now: datetime) -> None:
        noted: dict[str, tuple[Stamp, datetime]] = {}
        for name, stamp in present.items():
            before = self._since.get(name)
            still = before is not None and before[0] == stamp and before[1] <= now  # a clock set back starts the wait anew
            noted[name] = before if before is not None and still else (stamp, now)
        self._since = noted

    def _due(self, members: list[Member], sibling_taken: bool) -> datetime:
        """When the whole group has been still for long enough."""
        promise_only = all(one.kind is Kind.SIDECAR or _is_promise(one.name) for one in members)
        dues = []
        for one in members:
            needed = self._still
            if one.stamp.regular and one.stamp.size == 0:
                needed = max(needed, STILL_EMPTY)
            if one.stamp.regular and promise_only and not sibling_taken:
                needed = STILL_PROMISE
            dues.append(self._since[one.name][1] + needed)
        return max(dues)


def _grouped(present: Mapping[str, Stamp]) -> list[tuple[str, list[Member]]]:
    """The files that count, by stem, the one to read first. A second file of one kind (`A.tif`, `A.TIFF`) is a fax of its own."""
    groups: dict[tuple[str, bool], list[Member]] = {}  # by stem, and whether it is a name that stands for itself
    for name in sorted(present):
        if name.startswith("."):
            continue
        stamp = present[name]
        stem, kind = group_of(name) if stamp.regular else (name, Kind.OTHER)
        key = (stem, kind is Kind.OTHER)
        if any(one.kind is kind for one in groups.get(key, ())):
            key = (name, True)
        groups.setdefault(key, []).append(Member(name, kind, stamp))
    for members in groups.values():
        members.sort(key=lambda one: READ_FIRST.index(one.kind))
    return [(stem, members) for (stem, _), members in groups.items()]


def group_of(name: str) -> tuple[str, Kind]:
    """The stem a file shares with its siblings, and its kind. A name without a known ending stands for itself."""
    dot = name.rfind(".")
    kind = ENDINGS.get(name[dot:].lower()) if dot > 0 else None
    return (name, Kind.OTHER) if kind is None else (name[:dot], kind)


def _is_promise(name: str) -> bool:
    return name.lower().endswith(UNFINISHED_ENDINGS)
