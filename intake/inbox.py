"""The watched folder: which faxes are there to be taken, and taking each of them exactly once.

What: `look` says what is settled, `take` claims it by rename, archives it and yields a `TakenFax`; `finish` lets go of the
claim once the fax's row is stored. After a crash `unfinished` names the claims and `resume` goes on with them under the same
fax id.
Why: between any two steps the process may die. A claim is a folder named by the fax id, with a note of what belongs to it; the
fax is in the inbox, or in exactly one claim, or archived with a row.
Refuses: to open what is no regular file, to wait for one, or to take a file that changed while it was claimed.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from intake import errors
from intake.archive import Archive
from intake.claims import ENDING_OF, Claim, as_stamp, stamp_of
from intake.fax import ArchiveKey, Caller, FaxId, ReceivedFax
from intake.settling import READ_FIRST, STILL, Kind, SettledGroup, Settling, Stamp
from intake.sidecar import parse_sidecar

SIBLING_WINDOW = timedelta(seconds=60)  # a .pdf or .json that comes this soon after its .tif was taken belongs to it
MACHINE_AT_FAULT = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG, errno.EACCES, errno.EPERM})


@dataclass(frozen=True)
class TakenFax:
    """A fax out of the inbox and in the archive; its row is still to be stored, its claim to be finished."""

    fax_id: FaxId
    source_name: str  # the name it dropped under, printable
    sha256: str  # of the file that is read
    size: int  # bytes of the file that is read
    archive_key: ArchiveKey  # of the file that is read
    other_keys: tuple[ArchiveKey, ...]
    caller: Caller
    received_at: datetime  # aware UTC; the sidecar's time if it has one, else the file's
    taken_at: datetime  # aware UTC
    sidecar_trouble: str = ""  # what was wrong with the sidecar, in words

    def received(self, reference: str) -> ReceivedFax:
        """The fax under its reference number."""
        return ReceivedFax(
            fax_id=self.fax_id,
            reference=reference,
            received_at=self.received_at,
            source_name=self.source_name,
            sha256=self.sha256,
            archive_key=self.archive_key,
            other_keys=self.other_keys,
            caller=self.caller,
        )


@dataclass(frozen=True)
class LateSibling:
    """A file that belongs to a fax taken a moment ago: archived beside it, never read as a fax of its own."""

    fax_id: FaxId
    keys: tuple[ArchiveKey, ...]
    caller: Caller | None  # where it is a sidecar that says something


@dataclass(frozen=True)
class _Recent:
    fax_id: FaxId
    kinds: frozenset[Kind]
    taken_at: datetime


class Inbox:
    """The inbox and the claims of one data folder. Not shared between threads."""

    def __init__(self, inbox: Path, claimed: Path, archive: Archive, still: timedelta = STILL) -> None:
        self._inbox, self._claimed, self._archive = inbox, claimed, archive
        self._settling = Settling(still)
        self._recent: dict[str, _Recent] = {}

    def look(self, now: datetime) -> list[SettledGroup]:
        """What may be taken now, in order of arrival. Raises NoSpaceLeft (try again) where the folder cannot be read."""
        self._recent = {stem: one for stem, one in self._recent.items() if now - one.taken_at <= SIBLING_WINDOW}
        try:
            present = {entry.name: stamp for entry in os.scandir(self._inbox) if (stamp := _stamp(entry)) is not None}
        except OSError as trouble:
            raise errors.NoSpaceLeft(f"The inbox cannot be read: {trouble.strerror}.") from trouble
        for name in [name for name, one in present.items() if not one.regular and not _looks_like_a_fax(name)]:
            del present[name]  # folders of the operator's own
        return self._settling.look(present, now, self._recent)

    def next_due(self, now: datetime) -> timedelta | None:
        """How long until something more may be settled; None if nothing waits."""
        return self._settling.next_due(now)

    def sibling_of(self, group: SettledGroup) -> FaxId | None:
        """The fax taken a moment ago that this group belongs to; None if it is a fax of its own.

        It belongs there when the names agree and it brings only kinds of file that fax came without.
        """
        recent = self._recent.get(group.stem)
        if recent is None or group.odd or Kind.OTHER in group.kinds or recent.kinds & group.kinds:
            return None
        return recent.fax_id

    def remember(self, source_name: str, fax_id: FaxId, kinds: Iterable[Kind], taken_at: datetime) -> None:
        """After a restart: this fax was taken lately, late siblings belong to it."""
        stem = source_name[: source_name.rfind(".")] if source_name.rfind(".") > 0 else source_name
        self._recent[stem] = _Recent(fax_id, frozenset(kinds), taken_at)

    def take(self, group: SettledGroup, fax_id: FaxId, now: datetime) -> TakenFax | None:
        """Claim and archive a settled group. None if somebody else was faster or a file changed: look again.

        Raises NoSpaceLeft when the claim or the archive cannot be written: the fax then stays in the inbox or in its claim, and
        `unfinished` names it. Raises NotARegularFile for an odd thing (then `set_aside` it) and NotPermitted for a file that
        cannot be opened (it is in its claim: `claimed_file` says where).
        """
        if group.odd:
            raise errors.NotARegularFile
        try:
            if not self._claim(fax_id).make(group, now):
                return None
        except OSError as trouble:
            if trouble.errno in MACHINE_AT_FAULT:
                raise errors.NoSpaceLeft(f"The fax cannot be claimed: {trouble.strerror}.") from trouble
            raise
        self._recent[group.stem] = _Recent(fax_id, group.kinds, now)
        return self.resume(fax_id, now)

    def attach(self, group: SettledGroup, fax_id: FaxId, now: datetime) -> LateSibling | None:
        """Archive a late sibling of a fax that was taken before. None if it vanished meanwhile; raises NoSpaceLeft."""
        keys: list[ArchiveKey] = []
        caller: Caller | None = None
        for one in group.members:
            path = self._inbox / one.name
            if stamp_of(path) != one.stamp:
                continue
            stored = self._archive.store(path, ENDING_OF[one.kind])
            keys.append(stored.key)
            if one.kind is Kind.SIDECAR:
                caller = parse_sidecar(self._archive.path(stored.key).read_bytes(), now).caller
            path.unlink(missing_ok=True)
        recent = self._recent.get(group.stem)
        if recent is not None:
            self._recent[group.stem] = _Recent(fax_id, recent.kinds | group.kinds, recent.taken_at)
        return LateSibling(fax_id, tuple(keys), caller) if keys else None

    def unfinished(self) -> list[FaxId]:
        """Claims whose fax has perhaps no row yet: after a crash, or because the archive was full."""
        if not self._claimed.is_dir():
            return []
        return sorted(FaxId(one.name) for one in self._claimed.iterdir() if one.is_dir())

    def resume(self, fax_id: FaxId, now: datetime) -> TakenFax | None:
        """Go on with a claim from wherever it stopped. None if it never got its file (the claim is then gone).

        The same claim always yields the same TakenFax but for `taken_at`. Raises as `take`.
        """
        claim = self._claim(fax_id)
        held = claim.complete()
        if not held:
            claim.drop()
            return None
        primary = held[0]
        modified = datetime.fromtimestamp(claim.held(primary).stat().st_mtime, UTC)
        stored = {kind: self._archive.store(claim.held(kind), ENDING_OF[kind]) for kind in held}
        caller, received_at, trouble = Caller(), None, ""
        if Kind.SIDECAR in held and primary is not Kind.SIDECAR:
            said = parse_sidecar(self._archive.path(stored[Kind.SIDECAR].key).read_bytes(), now)
            caller, received_at, trouble = said.caller, said.received_at, said.trouble
        return TakenFax(
            fax_id=fax_id,
            source_name=claim.name_of(primary),
            sha256=stored[primary].sha256,
            size=stored[primary].size,
            archive_key=stored[primary].key,
            other_keys=tuple(one.key for kind, one in stored.items() if kind is not primary),
            caller=caller,
            received_at=received_at or min(modified, now),
            taken_at=now,
            sidecar_trouble=trouble,
        )

    def claimed_file(self, fax_id: FaxId) -> tuple[Path, str] | None:
        """The file a claim would read and the name it dropped under; for what cannot even be archived."""
        claim = self._claim(fax_id)
        for kind in READ_FIRST:
            if claim.held(kind).exists():
                return claim.held(kind), claim.name_of(kind)
        return None

    def finish(self, fax_id: FaxId) -> None:
        """Let go of a claim whose fax is archived and has its row. Doing it twice is harmless."""
        self._claim(fax_id).drop()

    def _claim(self, fax_id: FaxId) -> Claim:
        return Claim(self._claimed / fax_id, self._inbox)


def _looks_like_a_fax(name: str) -> bool:
    return name.lower().endswith((".tif", ".tiff", ".pdf", ".json"))


def _stamp(entry: os.DirEntry[str]) -> Stamp | None:
    try:
        return as_stamp(entry.stat(follow_symlinks=False))
    except OSError:
        return None  # gone again
